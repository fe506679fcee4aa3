/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, what is held open of a scope while it is signalled: its namespace, its folder, its leader. */
#include "act/pidfd.h"
#include "base/kernel.h"
#include "model/cgrouptext.h"
#include "tools/pgkill_act.h"

/* The hierarchy in which a member is in the control group, and where its folder is. */
static void open_cgroup(const struct scope *scope, const char *text, struct reach *reach)
{
	static const char *const hierarchies[] = { "",    "freezer", "pids",   "name=systemd",
		                                   "cpu", "memory",  "devices" };

	if (scope->hierarchy) {
		if (cgroupdir_open(scope->hierarchy, scope->cgroup, &reach->dir) < 0)
			return;
		reach->has_own_walk = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		if (!text || !cgrouptext_is_in(text, scope->cgroup, hierarchies[i]) ||
		    cgroupdir_open(hierarchies[i], scope->cgroup, &reach->dir) < 0)
			continue;
		/* In the others somebody else may be in a group of that path. */
		reach->has_own_walk = !strchr(text, '\n');
		return;
	}
}

/* The leader's own number is the group's as long as it is not reaped. */
static void open_leader(struct job *job)
{
	const struct scope *scope = job_scope(job);
	struct reach *reach = job_reach(job);
	struct candidate candidate;
	auto_close int pidfd = kernel_pidfd_open(scope->id, 0);

	if (pidfd >= 0 && candidate_read(&reach->reader, scope->id, &candidate) == 0 &&
	    candidate.group == scope->id && job_has_anchor(job) && pidfd_is_unreaped(pidfd) == 1)
		reach->leader = take_fd(&pidfd);
}

/* A victim in the scope, the first from *at on; NULL: there is none. */
static const struct victim *next_member(const struct plan *plan, uint32_t scope, size_t *at)
{
	while (*at < plan->victims.count) {
		const struct victim *victim = &plan->victims.items[(*at)++];

		if (victim->scope == scope)
			return victim;
	}
	return NULL;
}

static int open_reach(struct work *work, uint32_t index)
{
	struct job job = { work, index };
	const struct plan *plan = work->plan;
	const struct scope *scope = job_scope(&job);
	struct reach *reach = job_reach(&job);
	const struct candidate_wants wants = {
		.cgroup = scope->kind == SCOPE_CGROUP,
		.space = scope->kind == SCOPE_SPACE,
		.type = scope->type,
		.inode = scope->inode,
	};
	int r = candidate_open(&wants, &reach->reader);
	size_t at = 0;

	for (const struct victim *member; r == 0 && (member = next_member(plan, index, &at));) {
		if (scope->kind == SCOPE_SPACE)
			candidate_pin_space(&reach->reader, member->pid);
		if (scope->kind == SCOPE_CGROUP && reach->dir.version == 0)
			open_cgroup(scope, plan->known.processes[member->process].cgroup, reach);
	}
	if (r == 0 && scope->kind == SCOPE_GROUP)
		open_leader(&job);
	return r;
}

int work_open(struct plan *plan, const struct guard *guard, struct work *ret)
{
	size_t n = plan->scopes.count;
	int r = 0;

	*ret = (struct work){ .plan = plan, .guard = guard };
	ret->reaches = arena_alloc(&plan->arena, (n + 1) * sizeof(*ret->reaches));
	if (!ret->reaches)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		ret->reaches[i].leader = -1;
		ret->reaches[i].reader.proc_fd = ret->reaches[i].reader.space_fd =
			ret->reaches[i].reader.load_fd = -1;
	}
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = open_reach(ret, i);
	return r;
}

void work_done(struct work *work)
{
	for (size_t i = 0; work->reaches && i < work->plan->scopes.count; i++) {
		struct reach *reach = &work->reaches[i];

		candidate_close(&reach->reader);
		cgroupdir_done(&reach->dir);
		close_fd_at_end(&reach->leader);
	}
}
