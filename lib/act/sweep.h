/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set of processes that changes while it is signalled: those that fork and exit meanwhile are found
 * in pass after pass, until there is nobody new. Each is pinned by a pidfd first; then it is read
 * again whether it belongs to the set; then the pidfd is proven unreaped, so that what was read is
 * about this process and not about another one that got its number.
 */
#ifndef NSKIT_SWEEP_H
#define NSKIT_SWEEP_H

#include "model/victim.h"

/* Called for each number that may be in the set. 0 to go on. */
typedef int (*sweep_visit)(void *data, pid_t pid);

/* What the caller knows of the set. */
struct sweep_source {
	/* Calls `visit` for each number that there is now. 0, what `visit` gave, or -errno. */
	int (*walk)(void *data, sweep_visit visit, void *visit_data);
	/*
	 * Reads now whether the process of that number is in the set, and what there is to know of
	 * it. An enum answer, or -errno when it is gone or refused.
	 */
	int (*belongs)(void *data, pid_t pid, struct candidate *ret);
	/* Takes note of how a victim ended, before its descriptor is closed: there are no more. */
	void (*note_end)(void *data, struct victim *victim);
	/* Whether it must be left alone whatever set it is in. */
	bool (*is_protected)(void *data, const struct candidate *candidate);
	void *data;
};

/* What a pass does to those that it meets for the first time. */
enum sweep_deed {
	SWEEP_ADOPT,  /* only hold on to them */
	SWEEP_SIGNAL, /* signal them */
	SWEEP_HALT, /* stop them: who is stopped neither forks nor exits, and keeps its numbers and
			 those of its group and session from being used again */
};

struct sweep {
	const struct sweep_source *source;
	struct victims *victims;
	uint32_t scope; /* of those that are added */
	enum sweep_deed deed;
	int signal;          /* SWEEP_SIGNAL */
	const int *value;    /* queued with it, or NULL */
	uint64_t deadline;   /* base/deadline.h */
	size_t n_passes;     /* so far */
	size_t n_met;        /* met for the first time, in all */
	size_t n_unreadable; /* of the last pass: may be in the set, and cannot be read */
};

/* One pass. Returns how many were met for the first time, or -errno; -EMFILE when no more can be held. */
int sweep_once(struct sweep *sweep) must_use;

/* Passes until several in a row have met nobody new. 0; -ETIMEDOUT at the deadline; -errno. */
int sweep_until_quiet(struct sweep *sweep) must_use;

/* Stops all of that scope that are held and run. */
void sweep_halt_held(struct sweep *sweep);

/* Signals all of that scope that live and have not got the signal yet, and lets those go on that the
 * sweep has stopped. */
void sweep_signal_held(struct sweep *sweep);

#endif
