/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pass after pass over a set of processes that changes. */
#include "act/sweep.h"

#include <signal.h>

#include "act/pidfd.h"
#include "base/deadline.h"
#include "base/kernel.h"

/* So many passes in a row must have met nobody new: one that forks and exits may be behind the place
 * where a pass is. Where somebody new has been met at all, many more: on a busy machine each pass misses
 * a lane of forks now and then. */
#define QUIET_PASSES 3
#define QUIET_PASSES_IN_A_STORM 25

static void halt(struct victim *victim)
{
	int r;

	/* Who is stopped already stays so when we are done. */
	if (victim->state == 'T')
		return;
	r = pidfd_send(victim->pidfd, SIGSTOP, NULL);
	victim->is_halted = r == 0;
	victim->error = r == -ESRCH ? 0 : r;
}

static void do_deed(const struct sweep *sweep, struct victim *victim)
{
	if (sweep->deed == SWEEP_HALT) {
		halt(victim);
	} else if (sweep->deed == SWEEP_SIGNAL) {
		victim_note_sent(victim, sweep->signal,
		                 pidfd_send(victim->pidfd, sweep->signal, sweep->value));
		victim->is_signalled = true;
	}
}

/* What was read last, about the process of that descriptor. */
static struct victim victim_of(const struct sweep *sweep, const struct candidate *candidate,
                               int pidfd)
{
	struct victim victim = {
		.pid = candidate->pid,
		.pidfd = pidfd,
		.process = NONE,
		.scope = sweep->scope,
		.parent = candidate->parent,
		.group = candidate->group,
		.session = candidate->session,
		.uid = candidate->uid,
		.start = candidate->start,
		.state = candidate->state,
	};

	memcpy(victim.comm, candidate->comm, sizeof(victim.comm));
	return victim;
}

/* Closes the descriptors of those that are dead. Whether there were any. */
static bool let_go_of_dead(const struct sweep *sweep)
{
	bool any = false;

	for (size_t i = 0; i < sweep->victims->count; i++) {
		struct victim *victim = &sweep->victims->items[i];

		if (victim->pidfd < 0 || pidfd_has_ended(victim->pidfd) != 1)
			continue;
		sweep->source->note_end(sweep->source->data, victim);
		close(victim->pidfd);
		victim->pidfd = -1;
		any = true;
	}
	return any;
}

/* In a storm those that have ended take up all descriptors that one may have. */
static int open_pidfd(const struct sweep *sweep, pid_t pid)
{
	int pidfd = kernel_pidfd_open(pid, 0);

	if ((pidfd == -EMFILE || pidfd == -ENFILE) && let_go_of_dead(sweep))
		pidfd = kernel_pidfd_open(pid, 0);
	return pidfd;
}

/* Pins it, reads again whether it belongs, proves that it was this one. 1 when it was taken in, 0 when
 * not, or -errno. */
static int take_in(struct sweep *sweep, pid_t pid)
{
	const struct sweep_source *source = sweep->source;
	struct candidate candidate;
	auto_close int pidfd = open_pidfd(sweep, pid);
	size_t at;

	if (pidfd < 0)
		return pidfd == -EMFILE || pidfd == -ENFILE || pidfd == -ENOMEM ? pidfd : 0;
	if (source->belongs(source->data, pid, &candidate) != ANSWER_YES ||
	    candidate_is_dead(&candidate) || pidfd_is_unreaped(pidfd) != 1)
		return 0;
	const struct victim victim = victim_of(sweep, &candidate, pidfd);
	int r = victims_add(sweep->victims, &victim, &at);
	if (r < 0)
		return r;
	take_fd(&pidfd);
	do_deed(sweep, &sweep->victims->items[at]);
	return 1;
}

/* A pass under way. */
struct pass {
	struct sweep *sweep;
	int n_new;
};

/* Whether the process of that number is one that we hold already. */
static bool is_held(const struct sweep *sweep, pid_t pid)
{
	const struct victim *victim = victims_find(sweep->victims, pid);

	return victim && victim->pidfd >= 0 && pidfd_is_unreaped(victim->pidfd) == 1;
}

static int visit(void *data, pid_t pid)
{
	struct pass *pass = data;
	struct sweep *sweep = pass->sweep;
	const struct sweep_source *source = sweep->source;
	struct candidate candidate;
	int r;

	if (is_held(sweep, pid))
		return 0;
	r = source->belongs(source->data, pid, &candidate);
	if (r == ANSWER_UNKNOWN || is_denied(r)) {
		/* Nobody would signal those anyway. */
		if (is_denied(r) || !source->is_protected(source->data, &candidate))
			sweep->n_unreadable++;
		return 0;
	}
	if (r != ANSWER_YES || candidate_is_dead(&candidate))
		return 0;
	if (source->is_protected(source->data, &candidate))
		return 0;
	r = take_in(sweep, pid);
	if (r < 0)
		return r;
	pass->n_new += r;
	return 0;
}

int sweep_once(struct sweep *sweep)
{
	struct pass pass = { .sweep = sweep };
	int r;

	sweep->n_unreadable = 0;
	sweep->n_passes++;
	r = sweep->source->walk(sweep->source->data, visit, &pass);
	sweep->n_met += (size_t)pass.n_new;
	return r < 0 ? r : pass.n_new;
}

int sweep_until_quiet(struct sweep *sweep)
{
	unsigned quiet = 0, wanted = QUIET_PASSES;

	while (quiet < wanted) {
		int r = sweep_once(sweep);

		if (r < 0)
			return r;
		quiet = r == 0 ? quiet + 1 : 0;
		if (r > 0)
			wanted = QUIET_PASSES_IN_A_STORM;
		if (quiet < wanted && deadline_now() >= sweep->deadline)
			return -ETIMEDOUT;
	}
	return 0;
}

/* Whether a held one is of this sweep, and may live. */
static bool is_own(const struct sweep *sweep, const struct victim *victim)
{
	return victim->scope == sweep->scope && victim->end == VICTIM_ALIVE && victim->pidfd >= 0;
}

void sweep_halt_held(struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->victims->count; i++) {
		struct victim *victim = &sweep->victims->items[i];

		if (is_own(sweep, victim) && !victim->is_halted)
			halt(victim);
	}
}

static void let_go_on(const struct sweep *sweep, struct victim *victim)
{
	if (victim->is_halted && sweep->signal != SIGKILL && sweep->signal != SIGSTOP)
		(void)!pidfd_send(victim->pidfd, SIGCONT, NULL);
	victim->is_halted = false;
}

void sweep_signal_held(struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->victims->count; i++) {
		struct victim *victim = &sweep->victims->items[i];

		if (!is_own(sweep, victim))
			continue;
		if (!victim->is_signalled) {
			victim_note_sent(victim, sweep->signal,
			                 pidfd_send(victim->pidfd, sweep->signal, sweep->value));
			victim->is_signalled = true;
		}
		let_go_on(sweep, victim);
	}
}
