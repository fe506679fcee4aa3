/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which PID namespace each process is, also where that may not be read; the init of each. */
#ifndef NSKIT_PIDPLACE_H
#define NSKIT_PIDPLACE_H

#include "model/session.h"
#include "model/snapshot.h"

/* All zero is empty. */
struct pidplaces {
	const struct snapshot *snapshot;
	uint32_t *parent_of; /* by process: its parent, or NONE: none in sight. No circles */
	uint32_t *space_of;  /* by process: its PID namespace, or NONE where nothing tells it */
	uint32_t *init_of;   /* by namespace: the process with number 1 in it (of several one that
			       lives), or NONE */
	bool *is_blind;      /* by namespace: a process in it may be its init, or not */
	bool is_blind_anywhere; /* the same of a process that may be in any of them */
	uint32_t outermost; /* the PID namespace of that /proc, or NONE where that is not known */
};

/*
 * Where the link is not readable, the numbers of the process tell (they may be read by all): with
 * one number it is in the PID namespace of that /proc; with as many as its parent it is where that
 * is, since a child is born in the parent's namespace or further in. Linear. 0 or -ENOMEM, then
 * *ret is empty.
 */
int pidplaces_find(const struct snapshot *snapshot, struct pidplaces *ret) must_use;

/* Frees all. Accepts all zero. */
void pidplaces_done(struct pidplaces *places);
#define auto_pidplaces __attribute__((cleanup(pidplaces_done)))

/* Its number in the innermost PID namespace that it is in; 0 where that was not read. */
pid_t pidplaces_last_number(const struct process *process);

/* Whether a PID namespace has no living init, so that nobody can be born in it any more. */
enum answer pidplaces_is_dead(const struct pidplaces *places, uint32_t space);

/* Whether a process was put into its PID namespace from outside (setns(2)): it is not the init, and
 * its parent is outside too. */
enum answer pidplaces_is_entered(const struct pidplaces *places, uint32_t process);

#endif
