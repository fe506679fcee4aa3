# SPDX-License-Identifier: GPL-2.0-or-later
# What all tools share.
cli_sources = \
	%D%/cli.c \
	%D%/cli.h \
	%D%/cli_columns.c \
	%D%/cli_common.c \
	%D%/cli_help.c \
	%D%/cli_message.c \
	%D%/cli_parts.h \
	%D%/cli_snapshot.c \
	%D%/cli_target.c

bin_PROGRAMS += %D%/nslist
%C%_nslist_SOURCES = \
	$(cli_sources) \
	%D%/nslist.c \
	%D%/nslist.h \
	%D%/nslist_plan.c \
	%D%/nslist_view.c
%C%_nslist_LDADD = $(nskit_libraries)

bin_PROGRAMS += %D%/nstree
%C%_nstree_SOURCES = \
	$(cli_sources) \
	%D%/nstree.c \
	%D%/nstree.h \
	%D%/nstree_can.c \
	%D%/nstree_plan.c \
	%D%/nstree_view.c
%C%_nstree_LDADD = $(nskit_libraries)

bin_PROGRAMS += %D%/pgkill
%C%_pgkill_SOURCES = \
	$(cli_sources) \
	%D%/pgkill.c \
	%D%/pgkill.h \
	%D%/pgkill_act.c \
	%D%/pgkill_act.h \
	%D%/pgkill_deliver.c \
	%D%/pgkill_filter.c \
	%D%/pgkill_member.c \
	%D%/pgkill_reach.c \
	%D%/pgkill_guard.c \
	%D%/pgkill_plan.c \
	%D%/pgkill_report.c \
	%D%/pgkill_wait.c
%C%_pgkill_LDADD = $(nskit_libraries)
