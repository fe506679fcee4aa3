/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes that pgkill signals, and what became of each: plain data, for acting and for the
 * report. */
#ifndef NSKIT_VICTIM_H
#define NSKIT_VICTIM_H

#include "base/map.h"
#include "model/candidate.h"

/* How it stands with one of them. */
enum victim_end {
	VICTIM_ALIVE,
	VICTIM_ENDED, /* all of its threads are dead */
};

struct victim {
	pid_t pid;
	int pidfd;        /* the owner's; -1: none */
	uint32_t process; /* index in the snapshot of the report, or NONE: met in a sweep */
	uint32_t scope;   /* position of the scope that it was reached through */
	pid_t parent, group, session;
	uid_t uid;
	uint64_t start;
	char comm[CANDIDATE_COMM_SIZE];
	char state;        /* when it was read last */
	bool is_dead;      /* it was a zombie already when it was read */
	bool is_halted;    /* stopped by us, not yet told to go on */
	bool is_at_rest;   /* with is_halted: it has stopped, or is stuck in the kernel */
	bool is_signalled; /* the signal that was asked for has reached it */
	uint64_t sent;     /* signals, bit n - 1 for n */
	int error;         /* why the last one did not reach it: -EPERM; 0: it did */
	enum victim_end end;
	bool has_status;
	int status;         /* as wait(2) has it; valid with has_status */
	uint64_t after;     /* microseconds from the first signal until it was seen to end */
	const char *effect; /* what the signal would do; NULL: not asked for */
	const char *detail; /* why it lives, who does not reap it; or NULL */
};

/* All zero is empty. */
struct victims {
	struct victim *items;
	size_t count, capacity;
	struct map by_pid; /* the newest one of a number */
};

/* Adds one; the descriptor is the list's then. *ret: its position (may be NULL). 0 or -ENOMEM. */
int victims_add(struct victims *victims, const struct victim *victim, size_t *ret) must_use;

/* The newest one with that number, or NULL. */
struct victim *victims_find(const struct victims *victims, pid_t pid);

/* Closes and frees all. Accepts all zero. */
void victims_done(struct victims *victims);
#define auto_victims __attribute__((cleanup(victims_done)))

/* Notes that a signal was sent with the result `r`: 0 or -errno. One that has gone meanwhile is no
 * failure. */
void victim_note_sent(struct victim *victim, int signal, int r);

#endif
