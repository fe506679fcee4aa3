/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgkill, a signal to a scope. What the kernel does in one step nobody escapes by forking: cgroup.kill, a
 * frozen control group, the init of a PID namespace, a process group by its leader. All else is a sweep.
 */
#include <signal.h>

#include "act/boost.h"
#include "act/freeze.h"
#include "act/pidfd.h"
#include "base/deadline.h"
#include "tools/pgkill_act.h"

/* How long a control group may take to freeze. */
#define FREEZE_LIMIT UINT64_C(2000000)

/* So many rounds are to find one of a group that can be stopped. */
#define TRIES 64

/* So often somebody new may have come once all were stopped and signalled: who is not meant makes them. */
#define BIRTHS 64

/* So many whole looks go after those that came meanwhile. */
#define WHOLE_LOOKS 64

static int end_sweep(struct job *job, const struct sweep *sweep, int r)
{
	struct reach *reach = job_reach(job);

	reach->n_passes += sweep->n_passes;
	reach->n_unreadable = sweep->n_unreadable;
	if (r != -ETIMEDOUT)
		return r;
	job->work->is_late = true;
	return 0;
}

/* Only those that are held: nobody else is meant. */
static int deliver_held(struct job *job, int signal)
{
	struct sweep_source source;
	struct sweep sweep = job_sweep(job, &source, signal);

	sweep_signal_held(&sweep);
	job_reach(job)->how = "by pidfd";
	return 0;
}

/* Notes at all of the scope that they got it in one step. */
static void note_all(struct job *job, int signal)
{
	struct victims *victims = &job->work->plan->victims;

	for (size_t i = 0; i < victims->count; i++) {
		struct victim *victim = &victims->items[i];
		int r;

		if (victim->scope != job->scope || victim->end != VICTIM_ALIVE || victim->pidfd < 0)
			continue;
		/* One that was not permitted is not told of by the kernel; one that is reaped by now
		 * was there when all got it. */
		r = pidfd_send(victim->pidfd, 0, NULL);
		victim_note_sent(victim, signal, r == -ESRCH ? 0 : r);
		victim->is_signalled = true;
		victim->is_halted = false;
	}
}

/* Stops all, signals them, and looks whether somebody was set free by that: the kernel sends CONT to a
 * stopped group that nobody outside has a child in any more (kill_orphaned_pgrp in kernel/exit.c). Of a
 * group or session one stays stopped meanwhile, so that its number is nobody else's; of a tree the root. */
static int halt_and_signal(struct job *job, struct sweep *sweep)
{
	auto_boost struct boost boost = { 0 };
	int r;

	boost_begin(&boost);
	sweep->deed = SWEEP_HALT;
	sweep_halt_held(sweep);
	r = sweep_until_quiet(sweep);
	for (unsigned i = 0; r == 0; i++) {
		sweep->spared = job_find_stopped_anchor(job);
		if (!sweep_has_more(sweep))
			break;
		sweep_signal_held(sweep);
		r = i < BIRTHS && deadline_now() < sweep->deadline ? sweep_until_quiet(sweep)
		                                                   : -ETIMEDOUT;
	}
	sweep->spared = SIZE_MAX;
	sweep_signal_held(sweep);
	return r;
}

/* One by one, round after round. Who is stopped first can neither fork nor exit. */
static int deliver_by_sweep(struct job *job, int signal, bool halts)
{
	struct sweep_source source;
	struct sweep sweep = job_sweep(job, &source, signal);
	auto_boost struct boost boost = { 0 };
	int r;

	if (halts) {
		r = halt_and_signal(job, &sweep);
		job_reach(job)->how = "stopped one by one, then signalled";
		return end_sweep(job, &sweep, r);
	}
	boost_begin(&boost);
	sweep_signal_held(&sweep);
	r = sweep_until_quiet(&sweep);
	job_reach(job)->how = "one by one";
	return end_sweep(job, &sweep, r);
}

/* Who is in the group when all of it get the signal has got it: those too that are met only now. Who was
 * moved to another one in between gets it by himself, and nobody stays stopped. */
static int follow_up(struct job *job, struct sweep *sweep)
{
	struct victims *victims = &job->work->plan->victims;
	int r = 0;

	sweep->deed = SWEEP_ADOPT;
	if (sweep->signal != SIGKILL)
		r = sweep_once(sweep);
	for (size_t i = 0; i < victims->count; i++) {
		struct victim *victim = &victims->items[i];

		victim->is_signalled = victim->is_signalled || job_is_anchor(job, victim);
	}
	sweep_signal_held(sweep);
	return r < 0 ? r : 0;
}

/* All of a group at once. As long as one of it is stopped its number is its own: nobody can have it by
 * the time that the kernel looks for it. -errno where that was not possible. */
static int send_by_number(struct job *job, int signal)
{
	struct sweep_source source;
	struct sweep sweep = job_sweep(job, &source, signal);
	auto_boost struct boost boost = { 0 };
	size_t anchor = SIZE_MAX;
	int r = 0;

	boost_begin(&boost);
	sweep.deed = SWEEP_HALT;
	sweep_halt_held(&sweep);
	while (r >= 0 && anchor == SIZE_MAX && sweep.n_passes < TRIES) {
		r = sweep_once(&sweep);
		anchor = job_find_stopped_anchor(job);
	}
	if (r >= 0 && anchor == SIZE_MAX)
		r = -ESRCH;
	if (r >= 0)
		r = kill(-job_scope(job)->id, signal) < 0 ? -errno : 0;
	if (r == 0)
		r = follow_up(job, &sweep);
	return end_sweep(job, &sweep, r);
}

/* After the kernel has killed all: whoever is left has come by another way. */
static int mop_up(struct job *job, int signal)
{
	const char *how = job_reach(job)->how;
	struct sweep_source source;
	struct sweep sweep = job_sweep(job, &source, signal);
	int r = sweep_until_quiet(&sweep);

	if (sweep.n_met == 0)
		job_reach(job)->how = how;
	return end_sweep(job, &sweep, r);
}

static int deliver_to_group(struct job *job, int signal, bool halts)
{
	const struct pgkill_options *options = job->work->plan->options;
	const int *value = options->has_value && signal == options->signal ? &options->value : NULL;
	struct reach *reach = job_reach(job);
	int r = reach->leader < 0 ? -EOPNOTSUPP : pidfd_send_group(reach->leader, signal, value);

	reach->how = "the whole group at once, by the pidfd of its leader";
	if (r == -EPERM) {
		/* Not one of them was permitted. */
		note_all(job, signal);
		return 0;
	}
	if (r < 0 && halts && !value) {
		r = send_by_number(job, signal);
		reach->how =
			"the whole group at once, by its number, which one that was stopped kept";
	}
	if (r < 0)
		return deliver_by_sweep(job, signal, halts);
	note_all(job, signal);
	return signal == SIGKILL ? mop_up(job, signal) : 0;
}

/* The init of the scope's own PID namespace, among the victims, or NULL. */
static struct victim *find_init(const struct job *job)
{
	const struct plan *plan = job->work->plan;

	for (size_t i = 0; i < plan->victims.count; i++) {
		struct victim *victim = &plan->victims.items[i];
		const struct process *process;

		if (victim->scope != job->scope || victim->process == NONE)
			continue;
		process = &plan->known.processes[victim->process];
		if (process->at.in[NS_PID] == job_scope(job)->space && process->n_numbers > 0 &&
		    process->numbers[process->n_numbers - 1] == 1)
			return victim;
	}
	return NULL;
}

/* With its init, the kernel kills all that is in a PID namespace, and lets nobody be born there
 * (zap_pid_ns_processes in kernel/pid_namespace.c). */
static int deliver_to_space(struct job *job, int signal, bool halts)
{
	struct victim *init = NULL;

	if (job_scope(job)->type == NS_PID && signal == SIGKILL)
		init = find_init(job);
	if (!init || pidfd_send(init->pidfd, SIGKILL, NULL) < 0)
		return deliver_by_sweep(job, signal, halts);
	note_all(job, signal);
	job_reach(job)->how = "the init of the PID namespace, and with it all";
	return 0;
}

/* Nobody moves while they are signalled one by one. */
static int deliver_frozen(struct job *job, int signal)
{
	struct reach *reach = job_reach(job);
	struct sweep_source source;
	struct sweep sweep;
	auto_freeze struct freeze freeze = { 0 };
	int r = freeze_begin(reach->dir.fd, reach->dir.version, deadline_after(FREEZE_LIMIT),
	                     &freeze);

	if (r < 0)
		return r;
	sweep = job_sweep(job, &source, signal);
	sweep_signal_held(&sweep);
	r = sweep_until_quiet(&sweep);
	reach->how = "frozen, signalled one by one, thawed";
	return end_sweep(job, &sweep, r);
}

static int deliver_to_cgroup(struct job *job, int signal, bool halts)
{
	struct reach *reach = job_reach(job);
	int r = -EOPNOTSUPP;

	if (reach->dir.version > 0 && !reach->dir.is_root && signal == SIGKILL) {
		r = cgroup_kill(reach->dir.fd);
		if (r == 0) {
			note_all(job, signal);
			reach->how = "cgroup.kill";
			return mop_up(job, signal);
		}
	}
	if (reach->dir.version > 0 && !reach->dir.is_root)
		r = deliver_frozen(job, signal);
	return r == 0 ? 0 : deliver_by_sweep(job, signal, halts);
}

uint32_t deliver_own_scope(const struct work *work)
{
	const struct victim *victim = victims_find(&work->plan->victims, getpid());

	return victim ? victim->scope : NONE;
}

/* Who comes is found by whole looks, which are at all scopes. */
static int deliver_by_looks(struct job *job, int signal)
{
	for (unsigned i = 0; i < WHOLE_LOOKS; i++) {
		int r = 0;

		for (uint32_t scope = 0; r == 0 && scope < job->work->plan->scopes.count; scope++) {
			struct job one = { job->work, scope };

			if (scope != deliver_own_scope(job->work))
				r = deliver_held(&one, signal);
		}
		if (r == 0)
			r = plan_look_again(job->work->plan);
		if (r <= 0)
			return r;
	}
	job->work->is_late = true;
	return 0;
}

/* All but ourselves, then ourselves. */
static int deliver_around_us(struct job *job, int signal)
{
	struct victim *self = victims_find(&job->work->plan->victims, getpid());

	self->is_signalled = true;
	deliver_held(job, signal);
	self->is_signalled = false;
	return deliver_held(job, signal);
}

/* Who ends us now would leave others stopped. */
static void hold_signals(sigset_t *ret_before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, ret_before);
}

/* By what the scope is. */
static int deliver_to_scope(struct job *job, int signal, bool halts)
{
	switch (job_scope(job)->kind) {
	case SCOPE_PROCESS:
		return deliver_held(job, signal);
	case SCOPE_GROUP:
		return deliver_to_group(job, signal, halts);
	case SCOPE_SPACE:
		return deliver_to_space(job, signal, halts);
	case SCOPE_CGROUP:
		return deliver_to_cgroup(job, signal, halts);
	default:
		return deliver_by_sweep(job, signal, halts);
	}
}

int deliver(struct work *work, uint32_t scope, int signal, bool halts)
{
	struct job job = { work, scope };
	sigset_t before;
	int r;

	halts = halts || signal == SIGKILL;
	/* We would stop, freeze or kill ourselves before we were done. */
	if (scope == deliver_own_scope(work))
		return deliver_around_us(&job, signal);
	/* A question, which moves nobody: those will do who are there now. */
	if (signal == 0)
		return deliver_held(&job, 0);
	if (plan_needs_whole_looks(work->plan))
		return deliver_by_looks(&job, signal);
	hold_signals(&before);
	if (plan_is_filtered(work->plan))
		r = deliver_by_sweep(&job, signal, halts);
	else
		r = deliver_to_scope(&job, signal, halts);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int deliver_adopt(struct work *work, uint32_t scope, int signal, uint64_t deadline)
{
	struct job job = { work, scope };
	struct reach *reach = job_reach(&job);
	struct sweep_source source;
	struct sweep sweep = job_sweep(&job, &source, signal);
	sigset_t before;
	int r;

	if (job_scope(&job)->kind == SCOPE_PROCESS)
		return 0;
	if (plan_needs_whole_looks(work->plan))
		return plan_look_again(work->plan);
	if (deadline < sweep.deadline)
		sweep.deadline = deadline;
	/* The kernel knows better than a pass. */
	if (reach->has_own_walk && cgroup_is_populated(reach->dir.fd) == 0)
		return 0;
	if (signal == 0) {
		sweep.deed = SWEEP_ADOPT;
		r = sweep_until_quiet(&sweep);
	} else {
		hold_signals(&before);
		r = halt_and_signal(&job, &sweep);
		sigprocmask(SIG_SETMASK, &before, NULL);
	}
	r = end_sweep(&job, &sweep, r);
	return r < 0 ? r : (int)sweep.n_met;
}
