/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, the conditions beside the scope: --uid, --comm, --older, --state, --filter. */
#include <pwd.h>
#include <time.h>

#include "base/parse.h"
#include "tools/pgkill.h"

int plan_find_users(struct plan *plan)
{
	const struct pgkill_options *options = plan->options;

	plan->uids = arena_alloc(&plan->arena, (options->n_users + 1) * sizeof(*plan->uids));
	if (!plan->uids)
		return cli_fail(-ENOMEM, "cannot look up the users");
	for (size_t i = 0; i < options->n_users && !plan_is_recorded(options); i++) {
		const struct passwd *user;

		if (parse_uid(options->users[i], &plan->uids[i]) == 0)
			continue;
		user = getpwnam(options->users[i]);
		if (user)
			plan->uids[i] = user->pw_uid;
		else
			cli_usage_error("--uid takes users by name or number; there is no user "
			                "'%s'",
			                options->users[i]);
	}
	return EXIT_OK;
}

bool plan_is_filtered(const struct plan *plan)
{
	const struct pgkill_options *options = plan->options;

	return options->n_users > 0 || options->comm || options->older > 0 || options->states ||
	       plan->filter.expr;
}

bool plan_needs_whole_looks(const struct plan *plan)
{
	const struct pgkill_options *options = plan->options;
	bool keep_themselves = true;

	for (size_t i = 0; i < plan->scopes.count; i++) {
		enum scope_kind kind = plan->scopes.items[i].kind;

		keep_themselves = keep_themselves && (kind == SCOPE_SPACE || kind == SCOPE_CGROUP);
	}
	return options->older > 0 || options->states || plan->filter.expr ||
	       (plan_is_filtered(plan) && !keep_themselves);
}

static bool has_name(const struct plan *plan, const char *comm)
{
	return !plan->options->comm || (comm && is_equal(comm, plan->options->comm));
}

/* On this host a name stands for its number, whoever else has that too; in what was recorded for the
 * user that was called so there. */
static bool is_user(const struct plan *plan, const struct snapshot *recorded, size_t i, uid_t uid)
{
	const char *user = plan->options->users[i], *name;
	uid_t wanted;

	if (!plan_is_recorded(plan->options))
		return plan->uids[i] == uid;
	if (parse_uid(user, &wanted) == 0)
		return wanted == uid;
	name = snapshot_user_name(recorded, uid);
	return name && is_equal(name, user);
}

static bool has_user(const struct plan *plan, const struct snapshot *recorded, uid_t uid)
{
	bool is_one = plan->options->n_users == 0;

	for (size_t i = 0; i < plan->options->n_users; i++)
		is_one = is_one || is_user(plan, recorded, i, uid);
	return is_one;
}

bool plan_lets_through(const struct plan *plan, const struct candidate *candidate)
{
	return has_user(plan, NULL, candidate->uid) && has_name(plan, candidate->comm);
}

static uint64_t microseconds_since(uint64_t ticks)
{
	const uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec now;
	uint64_t then = ticks * 1000000 / per_second;
	uint64_t at;

	clock_gettime(CLOCK_BOOTTIME, &now);
	at = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return at > then ? at - then : 0;
}

int plan_passes(const struct plan *plan, const struct snapshot *snapshot, uint32_t index, bool *ret)
{
	const struct pgkill_options *options = plan->options;
	const struct process *process = &snapshot->processes[index];
	auto_arena struct arena scratch = { 0 };
	const struct place place = { .process = index, .space = NONE, .parent = NONE };
	const struct row row = {
		.snapshot = snapshot, .scratch = &scratch, .place = &place, .is_process = true
	};

	*ret = has_name(plan, process->comm) &&
	       (process->known & PROCESS_UID ? has_user(plan, snapshot, process->uid)
	                                     : options->n_users == 0);
	if (options->older > 0)
		*ret = *ret && process->known & PROCESS_STAT &&
		       microseconds_since(process->start) > options->older;
	if (options->states)
		*ret = *ret && process->state && strchr(options->states, process->state);
	if (!*ret || !plan->filter.expr)
		return 0;
	return filter_holds(&plan->filter, &row, ret);
}
