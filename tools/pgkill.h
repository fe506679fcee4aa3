/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pgkill was asked for, whom that means, and what became of them. */
#ifndef NSKIT_PGKILL_H
#define NSKIT_PGKILL_H

#include "base/arena.h"
#include "model/scope.h"
#include "model/victim.h"
#include "scan/candidate.h"
#include "scan/cgroupdir.h"
#include "show/column.h"
#include "tools/cli.h"

/* Beyond the exit codes of all tools. Of several, the first of 2 6 3 1 4 5. */
#define EXIT_REFUSED 6

/* No limit of time. */
#define NO_LIMIT UINT64_MAX

/* The command line. */
struct pgkill_options {
	struct cli_common common;
	struct scope_choice choice;
	bool has_choice;
	int signal;
	bool has_signal;
	bool dry_run, end, wait, no_wait, verbose, list_signals;
	uint64_t end_after, wait_for; /* microseconds, or NO_LIMIT */
	bool has_value;
	int value;
	bool has_count;
	uint64_t count;
	char **users; /* --uid: any of them, by name or number */
	size_t n_users, users_capacity;
	const char *comm;   /* --comm, or NULL */
	uint64_t older;     /* --older: microseconds, or 0 */
	const char *states; /* --state: letters, or NULL */
	pid_t *allowed;     /* --allow */
	size_t n_allowed, allowed_capacity;
	const char *const *operands;
	size_t n_operands;
};

struct guard;

/* Whom the command line means: found once, before the first signal. */
struct plan {
	const struct pgkill_options *options;
	struct arena arena;
	struct columns columns;
	struct filter filter;
	struct target *targets;
	size_t n_targets;
	struct needs select;   /* of every process: who is in a scope */
	struct needs details;  /* of those in one: what is shown, and what decides */
	struct snapshot found; /* every process */
	struct snapshot known; /* those in a scope, read after they were pinned */
	struct scopes scopes;
	struct victims victims;
	uid_t *uids;    /* --uid on this host: one for each of its users */
	bool any_found; /* `found` had one, if only for a moment */
	int *pins;      /* by scope: pidfd of the process or root that it is about, or -1 */
	const struct guard *guard; /* once the first look was found good; NULL before */
	uint64_t n_unreadable;     /* processes that may be in a scope */
};

void plan_init(const struct pgkill_options *options, struct plan *ret);
void plan_done(struct plan *plan);
#define auto_plan __attribute__((cleanup(plan_done)))

/* Targets, columns, needs; the scopes; the victims, each pinned and read again, but for --load and
 * --sysroot, where nobody is signalled. Returns an exit code; what is wrong is said. */
int plan_make(struct plan *plan);

/* Looks again for processes that --uid and the like let through and that are not held yet: how many, or
 * -errno. */
int plan_look_again(struct plan *plan) must_use;

/* Looks up the users that --uid names, into plan->uids. Returns an exit code. */
int plan_find_users(struct plan *plan);

/* Whether some condition beside the scope decides. */
bool plan_is_filtered(const struct plan *plan);

/* Whether nothing less than a snapshot tells who is meant. For users and names what a sweep reads is enough,
 * but where those keep a scope together who are not meant and whom it does not hold: in a group, a session,
 * a tree. */
bool plan_needs_whole_looks(const struct plan *plan);

/* Whether the conditions let the process at that position through; what was not read does not match. 0 or
 * -errno. */
int plan_passes(const struct plan *plan, const struct snapshot *snapshot, uint32_t index, bool *ret)
	must_use;

/* Whether the conditions on users and names let that process through, which was read with its user. */
bool plan_lets_through(const struct plan *plan, const struct candidate *candidate);

/* Of the snapshot that the rows are of: `found` where nobody is pinned. */
struct snapshot *plan_snapshot(struct plan *plan);

/* Whether nobody will be signalled, and nobody is pinned. */
bool plan_is_recorded(const struct pgkill_options *options);

/* Who is never signalled: this process, its ancestors, PID 1, kernel threads; in scopes that are more
 * than a group, its session. */
struct guard {
	const struct pgkill_options *options;
	pid_t *ancestors; /* the process itself first */
	size_t count, capacity;
	pid_t session; /* 0: its leader is in a PID namespace above; -1: none is ours */
};

/* Finds out who that is; nobody but PID 1 and kernel threads where the snapshot is another host's. 0 or
 * -errno. */
int guard_init(const struct pgkill_options *options, struct guard *ret) must_use;
void guard_done(struct guard *guard);
#define auto_guard __attribute__((cleanup(guard_done)))

/* Why that process must be left alone, "is an ancestor of this pgkill", or NULL. */
const char *guard_reason(const struct guard *guard, enum scope_kind kind, pid_t pid, pid_t session,
                         bool is_kernel_thread);

/* Says of the victims who is refused. EXIT_REFUSED, or EXIT_OK where nobody is. */
int guard_check(const struct guard *guard, const struct plan *plan);

/* Signals all of them, and waits where that was asked for. Returns an exit code. */
int act(struct plan *plan, const struct guard *guard);

/* What the signal would do to each, into victim->effect. 0 or -ENOMEM. */
int forecast(struct plan *plan) must_use;

/* Prints the rows of the victims. Returns an exit code. */
int report_print(struct plan *plan);

/* --list-signals, with the operands to decode. Returns an exit code. */
int list_signals(const struct pgkill_options *options);

#endif
