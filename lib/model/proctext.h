/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of /proc files in, plain data out: proc(5). comm is not escaped by the kernel, so no
 * parser reads by lines before it. */
#ifndef NSKIT_PROCTEXT_H
#define NSKIT_PROCTEXT_H

#include <sys/types.h>

#include "base/base.h"

/* Fields of /proc/PID/stat. */
struct stat_text {
	const char *comm; /* into the text, not NUL-terminated */
	size_t comm_length;
	pid_t pid, parent, group, session, foreground_group;
	int32_t terminal;
	uint32_t flags; /* PF_* of include/linux/sched.h: STAT_FLAG_* */
	uint32_t n_threads;
	uint64_t start;
	char state;
};
#define STAT_FLAG_EXITING 0x00000004U
#define STAT_FLAG_KERNEL_THREAD 0x00200000U

/* Parses all of /proc/PID/stat: comm from the first "(" to the last ")". 0 or -EINVAL. */
int proctext_stat(const char *text, size_t length, struct stat_text *ret) must_use;

/* Field 52 of /proc/PID/stat: how a zombie ended, as wait(2) gives it. Whoever may not trace the
 * process is shown 0. 0, or -EINVAL where the text is malformed or ends before it. */
int proctext_exit_code(const char *text, size_t length, int *ret) must_use;

/* How many numbers NSpid and its kin may have: PID namespaces nest 32 deep (pid_namespaces(7)). */
#define PROCTEXT_MAX_LEVELS 34

/* Fields of /proc/PID/status. Counts are 0, `name` NULL and `has_*` false where a line is missing
 * (older kernels, no seccomp). */
struct status_text {
	const char *name; /* into the text, not NUL-terminated; see proctext_name */
	size_t name_length;
	uid_t real_uid, effective_uid;
	pid_t parent;
	pid_t numbers[PROCTEXT_MAX_LEVELS]; /* NStgid, outermost (that of /proc) first */
	size_t n_numbers;
	uint32_t n_threads;
	uint64_t effective_caps;
	uint8_t seccomp; /* 0 none, 1 strict, 2 filter */
	char state;      /* 0: not there */
	bool no_new_privs;
	bool is_kernel_thread;
	bool has_uids, has_parent, has_effective_caps, has_seccomp, has_no_new_privs;
	bool has_kernel_thread; /* "Kthread:" is there */
	bool has_memory;        /* "VmSize:" is there: it has an address space of its own */
};

/* Parses the lines of /proc/PID/status that are known, in any order. 0 or -EINVAL when a known line
 * is malformed. */
int proctext_status(const char *text, size_t length, struct status_text *ret) must_use;

/* What /proc/PID/status has about signals: sets with bit n - 1 for signal n. */
struct signal_text {
	uint64_t own_pending; /* SigPnd, of this thread */
	uint64_t pending;     /* ShdPnd, of all of its process */
	uint64_t blocked;     /* SigBlk */
	uint64_t ignored;     /* SigIgn */
	uint64_t caught;      /* SigCgt */
	pid_t tracer;         /* TracerPid; 0: none */
	char state;
};

/* Parses these lines; kept apart from the others, which many more views need. 0, or -EINVAL when
 * one is malformed, or a set or the state is not there. */
int proctext_signals(const char *text, size_t length, struct signal_text *ret) must_use;

/*
 * The name of status, in which the kernel writes newline and backslash as "\n" and "\\"
 * (proc_task_name in fs/proc/array.c), as it is. `to` has room for `length` bytes and may be where
 * the name is. Returns the new length.
 */
size_t proctext_name(const char *name, size_t length, char *to);

/* attr/current, as security modules write it: with a newline, a NUL byte or neither at its end. The
 * length without these. */
size_t proctext_label(const char *text, size_t length);

/*
 * Command line in place: NUL separators become spaces, trailing ones are cut. Returns the new
 * length, 0 when it is empty.
 */
size_t proctext_cmdline(char *text, size_t length);

/* A uid_map or gid_map: "         0     100000      65536\n..." to "0 100000 65536, ..." in place;
 * the new length. */
size_t proctext_id_map(char *text, size_t length);

#endif
