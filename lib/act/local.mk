# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/boost.c \
	%D%/boost.h \
	%D%/freeze.c \
	%D%/freeze.h \
	%D%/pidfd.c \
	%D%/pidfd.h \
	%D%/sweep.c \
	%D%/sweep.h \
	%D%/waitset.c \
	%D%/waitset.h
