# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/document.c \
	%D%/document.h \
	%D%/load.c \
	%D%/load.h \
	%D%/load_spaces.c \
	%D%/load_tasks.c \
	%D%/loader.h \
	%D%/lookup.h \
	%D%/record.c \
	%D%/record.h \
	%D%/scan.h \
	%D%/source.h
