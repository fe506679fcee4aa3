/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set of processes that changes while it is signalled: those that fork and exit meanwhile are found
 * in round after round, until there is nobody new. Each is pinned by a pidfd first; then it is read
 * again whether it belongs to the set; then the pidfd is proven unreaped, so that what was read is
 * about this process and not about another one that got its number.
 *
 * A round is a pass over all numbers there are, and then over those that were given away meanwhile, until
 * none was: whoever lives then was born before the pass and has been seen in it, or got one of those.
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
	/* The state of that process as /proc tells it, 'R', or -errno. */
	int (*state)(void *data, pid_t pid);
	/* The number that was given away last, or -errno where that cannot be told. */
	pid_t (*last_number)(void *data);
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
	size_t spared;       /* position of a victim that gets no signal for now, or SIZE_MAX */
	uint64_t deadline;   /* base/deadline.h */
	size_t n_passes;     /* so far */
	size_t n_met;        /* met for the first time, in all */
	size_t n_unreadable; /* of the last pass: may be in the set, and cannot be read */
};

/* One round. Returns how many were met for the first time, or -errno; -EMFILE when no more can be held. */
int sweep_once(struct sweep *sweep) must_use;

/* Rounds until several in a row have met nobody new; of SWEEP_ADOPT, whose victims go on forking, to the
 * first that has met somebody. 0; -ETIMEDOUT at the deadline; -errno. */
int sweep_until_quiet(struct sweep *sweep) must_use;

/* Stops all of that scope that are held and run. */
void sweep_halt_held(struct sweep *sweep);

/* Whether somebody of that scope who lives has not got the signal yet, but for the one that is spared. */
bool sweep_has_more(const struct sweep *sweep);

/* Signals all of that scope that live and have not got the signal yet; then lets those go on that the
 * sweep has stopped, the youngest first: the kernel sends HUP and CONT to a stopped group whose last parent
 * outside dies. */
void sweep_signal_held(struct sweep *sweep);

#endif
