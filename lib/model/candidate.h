/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read again of one process right before it is signalled, as plain data. */
#ifndef NSKIT_CANDIDATE_H
#define NSKIT_CANDIDATE_H

#include <sys/types.h>

#include "model/session.h"

/* How long a comm may be: TASK_COMM_LEN is 16, the kernel's workers have up to 64. */
#define CANDIDATE_COMM_SIZE 65

struct candidate {
	pid_t pid;
	pid_t parent, group, session;
	uid_t uid; /* effective; -1: not read */
	uint32_t n_threads;
	uint64_t start; /* clock ticks since boot */
	char state;
	char comm[CANDIDATE_COMM_SIZE];
	bool is_kernel_thread;
	uint64_t space; /* inode of the namespace of the scope's type that it is in; 0: it has none
			   any more, or it is refused */
	enum answer is_inside; /* scope of a namespace: whether it is in there; UNKNOWN: refused */
	const char *cgroup;    /* scope of a control group: /proc/PID/cgroup, until the next one is
				  read; NULL: not read */
};

/* Whether nothing of it runs any more: a zombie leader may have threads that do. */
static inline bool candidate_is_dead(const struct candidate *candidate)
{
	return (candidate->state == 'Z' || candidate->state == 'X') && candidate->n_threads <= 1;
}

#endif
