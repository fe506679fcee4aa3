# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/column.c \
	%D%/column.h \
	%D%/holdercols.c \
	%D%/holdercols.h \
	%D%/json.c \
	%D%/json.h \
	%D%/killcols.c \
	%D%/killcols.h \
	%D%/labeltext.c \
	%D%/labeltext.h \
	%D%/noderow.c \
	%D%/noderow.h \
	%D%/nscols.c \
	%D%/nscols.h \
	%D%/proccols.c \
	%D%/proccols.h \
	%D%/save.c \
	%D%/save.h \
	%D%/table.c \
	%D%/table.h \
	%D%/table_layout.c \
	%D%/table_part.h \
	%D%/treecols.c \
	%D%/treecols.h \
	%D%/treelabel.c \
	%D%/treelabel.h \
	%D%/treelabel_group.c \
	%D%/treelabel_space.c \
	%D%/why.c \
	%D%/why.h
