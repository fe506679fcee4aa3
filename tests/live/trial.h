/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lanes.c and bystanders.c have in common: trials of pgkill in a PID namespace of their own. */
#ifndef NSKIT_TESTS_LIVE_TRIAL_H
#define NSKIT_TESTS_LIVE_TRIAL_H

#include <sys/types.h>

/* Says "what: why" by errno, and ends the process with status 99. */
_Noreturn void trial_fail(const char *what);

/* Puts the process itself into the control group of that folder. */
void trial_join_cgroup(const char *folder);

/* Becomes pgkill, told FIRST (NULL: nothing), the options, and that scope of the process `root`: "session",
 * "tree...", "pid", "uts", "cgroup:FOLDER"; of any other word, its process group. */
_Noreturn void trial_run_pgkill(const char *first, char **options, const char *scope, pid_t root);

/* Runs judge(argv) below this process, in a session of its own, and returns what it did. This process
 * reaps orphans meanwhile. */
int trial_run_judge(int (*judge)(char **argv), char **argv);

/* In a process that the judge has made and that is none of his: closes what tells how it went. */
void trial_leave_judge(void);

#endif
