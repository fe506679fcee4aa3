/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pass after pass over a set of processes that changes. */
#include "act/sweep.h"

#include <signal.h>
#include <time.h>

#include "act/pidfd.h"
#include "base/deadline.h"
#include "base/kernel.h"

/* So many rounds in a row must have met nobody new: one that is being born when its number is looked at
 * is seen in the next. Where a round does not come to its end, or not to one that proves anything,
 * because numbers are given away all the time, more of them must have; many more where somebody new has been
 * met at all: on a busy machine each misses a lane of forks now and then. */
#define QUIET_ROUNDS 2
#define QUIET_ROUNDS_UNPROVEN 3
#define QUIET_ROUNDS_IN_A_STORM 25

/* As many numbers as are looked at one by one; of more, another pass is cheaper. */
#define FOLLOWED_AT_ONCE 2048

/* How long numbers are followed, and how long those are waited for that we have stopped; microseconds. */
#define FOLLOW_LIMIT UINT64_C(50000)
#define SETTLE_LIMIT UINT64_C(1500000)
#define SETTLE_LIMIT_OF_KILL UINT64_C(200000)
#define SETTLE_PAUSE 50

static void halt(struct victim *victim)
{
	int r;

	/* Who is stopped already stays so when we are done. */
	if (victim->state == 'T')
		return;
	r = pidfd_send(victim->pidfd, SIGSTOP, NULL);
	victim->is_halted = r == 0;
	victim->is_at_rest = false;
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

/* Whether a held one is of this sweep, and may live. */
static bool is_own(const struct sweep *sweep, const struct victim *victim)
{
	return victim->scope == sweep->scope && victim->end == VICTIM_ALIVE && victim->pidfd >= 0;
}

static void rest(uint64_t microseconds)
{
	const struct timespec pause = { .tv_sec = (time_t)(microseconds / 1000000),
		                        .tv_nsec = (long)(microseconds % 1000000) * 1000 };

	nanosleep(&pause, NULL);
}

/* Whether one that we have stopped has come to rest. One that is in fork(2), and may have to wait there for
 * a lock, comes back from it first. With is_late, who waits in the kernel is taken for stuck there.
 *
 * Of one that has ended nothing is read: whoever looks up a folder of /proc that is being removed waits for
 * that in a loop (shrink_dcache_parent in fs/dcache.c), and if he has a real-time priority, does not let him
 * come to an end whom he waits for. */
static bool is_at_rest(const struct sweep *sweep, const struct victim *victim, bool is_late)
{
	int state;

	if (pidfd_has_ended(victim->pidfd) == 1)
		return true;
	state = sweep->source->state(sweep->source->data, victim->pid);
	return state != 'R' && state != 'S' && (state != 'D' || is_late);
}

/* How many of those that we have stopped may still be on their way there. */
static size_t count_restless(const struct sweep *sweep, bool is_late)
{
	size_t n = 0;

	for (size_t i = 0; i < sweep->victims->count; i++) {
		struct victim *victim = &sweep->victims->items[i];

		if (!is_own(sweep, victim) || !victim->is_halted || victim->is_at_rest)
			continue;
		victim->is_at_rest = is_at_rest(sweep, victim, is_late);
		n += !victim->is_at_rest;
	}
	return n;
}

/* Waits until all that we have stopped are at rest. Whether they are. Who is to be killed is waited for
 * less: fork(2) gives up when KILL comes (copy_process in kernel/fork.c). */
static bool settle(const struct sweep *sweep)
{
	uint64_t limit =
		deadline_after(sweep->signal == SIGKILL ? SETTLE_LIMIT_OF_KILL : SETTLE_LIMIT);

	for (;;) {
		uint64_t begin = deadline_now(), end;

		if (count_restless(sweep, false) == 0)
			return true;
		end = deadline_now();
		if (end >= limit)
			return count_restless(sweep, true) == 0;
		/* We may be above all others, who need the processor to come to rest. */
		rest(SETTLE_PAUSE + 2 * (end - begin));
	}
}

/* After a pass that began when `last` was the number given away last. 1 when none was given away at the
 * end, 0 when that cannot be told, -errno. */
static int follow(struct pass *pass, pid_t last)
{
	const struct sweep_source *source = pass->sweep->source;
	uint64_t limit = deadline_after(FOLLOW_LIMIT);

	while (last >= 0) {
		pid_t now = source->last_number(source->data);

		if (now == last)
			return 1;
		/* They have begun again at the lowest. */
		if (now < last || now - last > FOLLOWED_AT_ONCE || deadline_now() >= limit)
			return 0;
		while (last < now) {
			int r = visit(pass, ++last);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* What sweep_once does; *ret: whether nobody can have escaped it. */
static int play_round(struct sweep *sweep, bool *ret)
{
	const struct sweep_source *source = sweep->source;
	struct pass pass = { .sweep = sweep };
	pid_t last;
	int r;

	sweep->n_unreadable = 0;
	sweep->n_passes++;
	*ret = sweep->deed != SWEEP_HALT || settle(sweep);
	last = source->last_number(source->data);
	r = source->walk(source->data, visit, &pass);
	if (r == 0)
		r = follow(&pass, last);
	sweep->n_met += (size_t)pass.n_new;
	*ret = *ret && r == 1;
	return r < 0 ? r : pass.n_new;
}

int sweep_once(struct sweep *sweep)
{
	bool is_proven;

	return play_round(sweep, &is_proven);
}

int sweep_until_quiet(struct sweep *sweep)
{
	unsigned quiet = 0, proven = 0, wanted = QUIET_ROUNDS_UNPROVEN;

	while (quiet < wanted && proven < QUIET_ROUNDS) {
		bool is_proven;
		int r = play_round(sweep, &is_proven);

		if (r < 0)
			return r;
		if (r > 0 && sweep->deed == SWEEP_ADOPT)
			return 0;
		quiet = r == 0 ? quiet + 1 : 0;
		proven = r == 0 && is_proven ? proven + 1 : 0;
		if (r > 0)
			wanted = QUIET_ROUNDS_IN_A_STORM;
		if (quiet < wanted && proven < QUIET_ROUNDS && deadline_now() >= sweep->deadline)
			return -ETIMEDOUT;
	}
	return 0;
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

/* Whether it is one that the signal is for, and has not got it. */
static bool is_due(const struct sweep *sweep, size_t i)
{
	const struct victim *victim = &sweep->victims->items[i];

	return i != sweep->spared && is_own(sweep, victim) && !victim->is_signalled;
}

bool sweep_has_more(const struct sweep *sweep)
{
	bool has_more = false;

	for (size_t i = 0; i < sweep->victims->count && !has_more; i++)
		has_more = is_due(sweep, i);
	return has_more;
}

void sweep_signal_held(struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->victims->count; i++) {
		struct victim *victim = &sweep->victims->items[i];

		if (!is_due(sweep, i))
			continue;
		victim_note_sent(victim, sweep->signal,
		                 pidfd_send(victim->pidfd, sweep->signal, sweep->value));
		victim->is_signalled = true;
	}
	for (size_t i = sweep->victims->count; i-- > 0;) {
		struct victim *victim = &sweep->victims->items[i];

		if (i != sweep->spared && is_own(sweep, victim))
			let_go_on(sweep, victim);
	}
}
