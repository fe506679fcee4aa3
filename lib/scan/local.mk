# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/cgroupmount.c \
	%D%/cgroupmount.h \
	%D%/closing.c \
	%D%/closing.h \
	%D%/detail.c \
	%D%/document.c \
	%D%/document.h \
	%D%/hidepid.c \
	%D%/identity.c \
	%D%/links.c \
	%D%/load.c \
	%D%/load.h \
	%D%/load_spaces.c \
	%D%/load_tasks.c \
	%D%/loader.h \
	%D%/lookup.c \
	%D%/lookup.h \
	%D%/mountns.c \
	%D%/mounts.c \
	%D%/netlink.c \
	%D%/nsfs.c \
	%D%/nsfsopen.c \
	%D%/numbers.c \
	%D%/numbers.h \
	%D%/procfd.c \
	%D%/procfs.c \
	%D%/record.c \
	%D%/record.h \
	%D%/scan.c \
	%D%/scan.h \
	%D%/socket.c \
	%D%/source.h \
	%D%/task.c \
	%D%/threads.c
