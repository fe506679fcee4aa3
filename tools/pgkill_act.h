/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of pgkill that act know of each other. */
#ifndef NSKIT_PGKILL_ACT_H
#define NSKIT_PGKILL_ACT_H

#include "act/sweep.h"
#include "tools/pgkill.h"

/* A scope while it is being signalled. */
struct reach {
	struct candidate_reader reader;
	struct cgroupdir dir; /* SCOPE_CGROUP: its folder, where there is one to be had */
	int leader;           /* SCOPE_GROUP: pidfd of the group's leader, or -1 */
	size_t anchor;       /* position of the victim that was last seen in the group or session */
	bool has_own_walk;   /* SCOPE_CGROUP: its folder lists all that is in it */
	const char *how;     /* the way in which it was reached last, for --verbose */
	size_t n_passes;     /* of a sweep */
	size_t n_unreadable; /* of its last pass */
	bool has_strangers; /* its last pass met one with its number, which may be another's by now */
};

struct work {
	struct plan *plan;
	const struct guard *guard;
	struct reach *reaches; /* one for each scope */
	uint64_t started;      /* when the first signal was sent; deadline_now() */
	bool is_late;          /* somebody new came as long as we were willing to look */
};

/* Opens what is needed to signal the scopes. 0 or -errno. */
int work_open(struct plan *plan, const struct guard *guard, struct work *ret) must_use;
void work_done(struct work *work);
#define auto_work __attribute__((cleanup(work_done)))

/* One scope, for the functions of a sweep. */
struct job {
	struct work *work;
	uint32_t scope;
};

static inline const struct scope *job_scope(const struct job *job)
{
	return &job->work->plan->scopes.items[job->scope];
}

static inline struct reach *job_reach(const struct job *job)
{
	return &job->work->reaches[job->scope];
}

/* A sweep over that scope, not begun yet, that gives the signal to who is met. `source` must outlast it,
 * and the job both. */
struct sweep job_sweep(struct job *job, struct sweep_source *source, int signal);

/* Whether that victim is in the group or session of the scope, and not reaped. */
bool job_is_anchor(struct job *job, const struct victim *victim);

/*
 * Whether a victim is still in the group or session: then its number has not changed hands, as the kernel
 * gives none away that is in use as such (free_pid in kernel/pid.c). Or whether nobody was signalled yet and
 * the number itself was asked for, whoever has it.
 */
bool job_has_anchor(struct job *job);

/* The position of a victim that is stopped, and as long as it is there the scope is no other one's: a member
 * of the group or session, the root of the tree, which others may be left to. SIZE_MAX: there is none. */
size_t job_find_stopped_anchor(struct job *job);

/*
 * Signals all of a scope by the surest way that this kernel and our permissions offer. With `halts` those
 * that have to be found one by one are stopped first, so that nobody escapes; with KILL always. 0 or
 * -errno; what single processes refused is noted at them.
 */
int deliver(struct work *work, uint32_t scope, int signal, bool halts) must_use;

/* The scope that we ourselves are to be signalled in, or NONE: it must come last. */
uint32_t deliver_own_scope(const struct work *work);

/* Takes in who came to a scope meanwhile, looking for them no longer than until the deadline. With a signal
 * (not 0) they are stopped, signalled, and let go; those that whole looks find are only taken in. How many,
 * or -errno. */
int deliver_adopt(struct work *work, uint32_t scope, int signal, uint64_t deadline) must_use;

/*
 * Waits until all victims have ended, and those that came meanwhile too, or until the deadline; with
 * `signal` (not 0) those get that signal and CONT. 0; -ETIMEDOUT when some live; -errno.
 */
int wait_for_end(struct work *work, uint64_t deadline, int signal) must_use;

/* Takes note that a victim has ended, when and how. Its descriptor must be open. */
void wait_note_end(struct work *work, struct victim *victim);

/* Says of each that lives why, and of each that nobody reaps whose child it is. 0 or -ENOMEM. */
int wait_explain(struct work *work) must_use;

#endif
