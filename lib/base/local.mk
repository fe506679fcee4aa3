# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/arena.c \
	%D%/arena.h \
	%D%/base.h \
	%D%/deadline.c \
	%D%/deadline.h \
	%D%/fd.c \
	%D%/fd.h \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/map.c \
	%D%/map.h \
	%D%/parse.c \
	%D%/parse.h \
	%D%/signalname.c \
	%D%/signalname.h \
	%D%/text.c \
	%D%/text.h \
	%D%/vec.c \
	%D%/vec.h
