/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is never signalled, so that nobody saws off the branch that he sits on. */
#include "base/vec.h"
#include "tools/pgkill.h"

/* So many refusals are said one by one. */
#define SAID 10

void guard_done(struct guard *guard)
{
	free(guard->ancestors);
}

static int add(struct guard *guard, pid_t pid)
{
	int r = VEC_GROW(&guard->ancestors, &guard->capacity, guard->count);

	if (r == 0)
		guard->ancestors[guard->count++] = pid;
	return r;
}

/* Parents do not change but to those above them: no way up is missed. */
static int add_ancestors(struct guard *guard)
{
	const struct candidate_wants wants = { 0 };
	auto_candidates struct candidate_reader reader;
	struct candidate candidate = { .parent = getpid() };
	int r = candidate_open(&wants, &reader);

	while (r == 0 && candidate.parent > 0) {
		r = add(guard, candidate.parent);
		if (r == 0)
			r = candidate_read(&reader, candidate.parent, &candidate);
	}
	/* One that is gone meanwhile has no more to say. */
	return is_gone(r) || is_denied(r) ? 0 : r;
}

int guard_init(const struct pgkill_options *options, struct guard *ret)
{
	int r = 0;

	*ret = (struct guard){ .options = options, .session = -1 };
	if (!plan_is_recorded(options)) {
		ret->session = getsid(0);
		r = add_ancestors(ret);
	}
	return r;
}

static bool is_allowed(const struct pgkill_options *options, pid_t pid)
{
	bool is_allowed = false;

	for (size_t i = 0; i < options->n_allowed; i++)
		is_allowed = is_allowed || options->allowed[i] == pid;
	return is_allowed;
}

const char *guard_reason(const struct guard *guard, enum scope_kind kind, pid_t pid, pid_t session,
                         bool is_kernel_thread)
{
	if (is_kernel_thread)
		return "is a thread of the kernel";
	if (is_allowed(guard->options, pid))
		return NULL;
	if (pid == 1)
		return "is PID 1, the init of this PID namespace";
	for (size_t i = 0; i < guard->count; i++) {
		if (guard->ancestors[i] == pid)
			return i == 0 ? "is this pgkill itself" : "is an ancestor of this pgkill";
	}
	if (session == guard->session &&
	    (kind == SCOPE_SESSION || kind == SCOPE_SPACE || kind == SCOPE_CGROUP))
		return session > 0 ? "is in the session of this pgkill"
		                   : "may be in the session of this pgkill: both are out of sight";
	return NULL;
}

int guard_check(const struct guard *guard, const struct plan *plan)
{
	const struct snapshot *snapshot =
		plan_is_recorded(plan->options) ? &plan->found : &plan->known;
	size_t n_refused = 0;

	for (size_t i = 0; i < plan->victims.count; i++) {
		const struct victim *victim = &plan->victims.items[i];
		const struct scope *scope = &plan->scopes.items[victim->scope];
		const char *reason =
			guard_reason(guard, scope->kind, victim->pid, victim->session,
		                     snapshot->processes[victim->process].is_kernel_thread);

		if (!reason)
			continue;
		if (n_refused++ < SAID)
			cli_fail(0, "refused: %s: process %d (%s) %s", scope->shown, victim->pid,
			         victim->comm, reason);
	}
	if (n_refused > SAID)
		cli_fail(0, "refused: and %zu more processes", n_refused - SAID);
	return n_refused > 0 ? EXIT_REFUSED : EXIT_OK;
}
