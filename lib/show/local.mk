# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/column.c \
	%D%/column.h \
	%D%/json.c \
	%D%/json.h \
	%D%/nscols.h \
	%D%/save.h \
	%D%/table.h \
	%D%/why.h
