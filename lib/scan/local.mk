# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/load.h \
	%D%/lookup.h \
	%D%/scan.h \
	%D%/source.h
