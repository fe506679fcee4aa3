/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process does with signals, as plain data of a snapshot. Few views need it: so it is not in
 * the record of the process. */
#ifndef NSKIT_SIGNALS_H
#define NSKIT_SIGNALS_H

#include <sys/types.h>

#include "base/base.h"

/* Whether control groups hold a process, and by which version's freezer: they differ in what gets
 * through. Where both do, it is the first version's, which lets nothing through. */
enum frozen { FROZEN_UNKNOWN, FROZEN_NO, FROZEN_V2, FROZEN_V1 };

/* Sets have bit n - 1 for signal n. */
struct signals {
	pid_t pid;
	pid_t tracer;     /* 0: none, or outside the PID namespace of that /proc */
	uint64_t pending; /* for all of its threads, or for the first one */
	uint64_t blocked; /* by all of its threads: the kernel looks for one that does not */
	uint64_t ignored;
	uint64_t caught;
	const char *wchan; /* the kernel's function in which it sleeps; only of state D; NULL: not
			      known */
	char state;     /* as in struct process; of a zombie leader that of a thread that lives */
	uint8_t frozen; /* enum frozen */
	bool has_unread_threads; /* what is blocked may be less */
};

#endif
