/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, from victims to what became of them: signal, wait, kill what is left, report. */
#include <signal.h>

#include "act/pidfd.h"
#include "base/deadline.h"
#include "base/signalname.h"
#include "tools/pgkill_act.h"

/* How long after a KILL of --end the ends are waited for. */
#define KILL_WAIT UINT64_C(2000000)

/* So many processes have a line each on standard error. */
#define MOST_LINES 10

/* Every scope in turn, the one that we ourselves are in last. 0 or -errno. */
static int deliver_all(struct work *work, int signal, bool halts)
{
	uint32_t ours = deliver_own_scope(work);
	int r = 0;

	for (uint32_t i = 0; i < work->plan->scopes.count && r == 0; i++) {
		if (i != ours)
			r = deliver(work, i, signal, halts);
	}
	return r == 0 && ours != NONE ? deliver(work, ours, signal, halts) : r;
}

/* So that who is stopped can act upon the signal. */
static void let_go_on(const struct work *work, int signal)
{
	struct victims *victims = &work->plan->victims;

	if (signal == SIGKILL || signal == SIGSTOP || signal == SIGCONT)
		return;
	for (size_t i = 0; i < victims->count; i++) {
		struct victim *victim = &victims->items[i];

		if (victim->end == VICTIM_ALIVE && victim->pidfd >= 0 && victim->error == 0)
			victim_note_sent(victim, SIGCONT, pidfd_send(victim->pidfd, SIGCONT, NULL));
	}
}

/* Those who live get the signal of the next step, and who comes then decides. */
static void forget_signal(struct work *work)
{
	struct victims *victims = &work->plan->victims;

	for (size_t i = 0; i < victims->count; i++)
		victims->items[i].is_signalled = false;
	work->is_late = false;
}

/* TERM, CONT, wait; KILL what is left, wait. 0, -ETIMEDOUT when some survive, or -errno. */
static int end(struct work *work)
{
	const struct pgkill_options *options = work->plan->options;
	uint64_t deadline = deadline_after(options->end_after);
	int r = deliver_all(work, options->signal, true);

	if (r < 0)
		return r;
	let_go_on(work, options->signal);
	r = wait_for_end(work, deadline, options->signal);
	if (r != -ETIMEDOUT)
		return r;
	forget_signal(work);
	r = deliver_all(work, SIGKILL, true);
	return r < 0 ? r : wait_for_end(work, deadline_after(KILL_WAIT), SIGKILL);
}

/* The signal, and the end where that is waited for. 0, -ETIMEDOUT when some survive, or -errno. */
static int signal_all(struct work *work)
{
	const struct pgkill_options *options = work->plan->options;
	int r;

	if (options->end)
		return end(work);
	r = deliver_all(work, options->signal, false);
	if (r < 0 || !options->wait)
		return r;
	return wait_for_end(work, deadline_after(options->wait_for),
	                    options->signal == SIGKILL ? SIGKILL : 0);
}

static void say_reached(const struct work *work)
{
	char name[SIGNAL_NAME_SIZE];

	for (size_t i = 0; i < work->plan->scopes.count; i++) {
		const struct reach *reach = &work->reaches[i];
		size_t n = 0, n_sent = 0;

		for (size_t j = 0; j < work->plan->victims.count; j++) {
			const struct victim *victim = &work->plan->victims.items[j];

			n += victim->scope == i;
			n_sent += victim->scope == i &&
			          (victim->sent != 0 || work->plan->options->signal == 0);
		}
		if (reach->n_passes > 0)
			cli_fail(0, "%s: %s to %zu of %zu processes, %s, in %zu passes",
			         work->plan->scopes.items[i].shown,
			         signal_name(work->plan->options->signal, name), n_sent, n,
			         reach->how ? reach->how : "not at all", reach->n_passes);
		else
			cli_fail(0, "%s: %s to %zu of %zu processes, %s",
			         work->plan->scopes.items[i].shown,
			         signal_name(work->plan->options->signal, name), n_sent, n,
			         reach->how ? reach->how : "not at all");
	}
}

/* Of how many there were the rest is told, beyond those that had a line each. */
static void say_rest(size_t n)
{
	if (n > MOST_LINES)
		cli_fail(0, "and %zu more processes", n - MOST_LINES);
}

/* Who did not get it: one line each, some of them. Returns an exit code. */
static int say_refused(const struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->victims.count; i++) {
		const struct victim *victim = &plan->victims.items[i];

		if (victim->error == 0)
			continue;
		if (n++ < MOST_LINES)
			cli_fail(victim->error, "process %d (%s)", victim->pid, victim->comm);
	}
	say_rest(n);
	return n > 0 ? EXIT_FAILED : EXIT_OK;
}

/* Who lives although all were to go. Returns an exit code. */
static int say_survivors(const struct work *work)
{
	const struct plan *plan = work->plan;
	bool has_lines = !plan->options->end && !plan->options->common.json;
	size_t n = 0;

	for (size_t i = 0; i < plan->victims.count; i++) {
		const struct victim *victim = &plan->victims.items[i];

		if (victim->end != VICTIM_ALIVE || victim->error != 0)
			continue;
		if (n++ < MOST_LINES && has_lines)
			cli_fail(0, "process %d (%s) has survived: %s", victim->pid, victim->comm,
			         victim->detail ? victim->detail : "alive");
	}
	if (has_lines)
		say_rest(n);
	if (plan->options->end && n > 0)
		cli_fail(0, "%zu %s survived", n, n == 1 ? "process has" : "processes have");
	return n > 0 ? EXIT_CHECK : EXIT_OK;
}

/* Somebody has the number of a scope, and nobody whom we know is in it any more. Returns an exit code. */
static int say_strangers(const struct work *work)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < work->plan->scopes.count; i++) {
		if (!work->reaches[i].has_strangers)
			continue;
		cli_fail(0,
		         "%s: left alone: who has that number now came when all others had "
		         "gone, and may be another one",
		         work->plan->scopes.items[i].shown);
		status = EXIT_CHECK;
	}
	return status;
}

static bool is_waiting(const struct pgkill_options *options)
{
	return options->end || options->wait;
}

static bool wants_report(const struct pgkill_options *options)
{
	return options->end || options->verbose || options->common.json;
}

/* What is told of it all. Returns an exit code; the graver one of 1 and 4 is 1. */
static int tell(struct work *work, int r)
{
	struct plan *plan = work->plan;
	int status = EXIT_OK;

	if (wait_explain(work) < 0)
		return cli_fail(-ENOMEM, "cannot tell what became of them");
	if (plan->options->verbose)
		say_reached(work);
	if (wants_report(plan->options))
		status = report_print(plan);
	if (r == -ETIMEDOUT)
		status = status == EXIT_OK ? say_survivors(work) : status;
	if (is_waiting(plan->options) && say_strangers(work) != EXIT_OK && status == EXIT_OK)
		status = EXIT_CHECK;
	if (work->is_late)
		status = cli_fail(0, "somebody new came in pass after pass: not all were reached "
		                     "(where it is possible, give a control group)");
	if (say_refused(plan) != EXIT_OK)
		status = EXIT_FAILED;
	return status;
}

/* Whom we met in a sweep and could not read may be one. */
static void count_unreadable(struct work *work)
{
	for (size_t i = 0; i < work->plan->scopes.count; i++) {
		if (work->reaches[i].n_unreadable > work->plan->n_unreadable)
			work->plan->n_unreadable = work->reaches[i].n_unreadable;
	}
}

int act(struct plan *plan, const struct guard *guard)
{
	auto_work struct work work;
	int r = work_open(plan, guard, &work);

	if (r == -ENODEV)
		return cli_fail(0, "/proc is not the one of our own PID namespace: nobody can be "
		                   "signalled by it");
	if (r < 0)
		return cli_fail(r, "cannot read /proc");
	work.started = deadline_now();
	r = signal_all(&work);
	count_unreadable(&work);
	if (r < 0 && r != -ETIMEDOUT)
		return cli_fail(r, "cannot signal all of them");
	return tell(&work, r);
}
