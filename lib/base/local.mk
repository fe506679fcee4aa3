# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/arena.h \
	%D%/base.h \
	%D%/fd.h \
	%D%/kernel.h \
	%D%/map.h \
	%D%/parse.h \
	%D%/text.h \
	%D%/vec.h
