/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a target means in a snapshot: processes and namespaces. */
#include "model/target.h"

#include <inttypes.h>

#include "model/target_part.h"

int candidates_add(struct candidates *candidates, const char *target)
{
	if (!target)
		return -ENOMEM;
	for (size_t i = 0; i < candidates->count; i++) {
		if (is_equal(candidates->shown[i], target))
			return 0;
	}
	if (candidates->count == CANDIDATES_SHOWN)
		candidates->n_more++;
	else
		candidates->shown[candidates->count++] = target;
	return 0;
}

int candidates_say(const struct resolver *resolver, const struct target *target,
                   const struct candidates *candidates)
{
	struct arena *arena = resolver->arena;
	const char *list = arena_printf(arena, "%s is ambiguous: ", target->shown);

	for (size_t i = 0; list && i < candidates->count; i++) {
		const char *shown = target_shown(arena, candidates->shown[i]);

		list = shown ? arena_printf(arena, "%s%s%s", list, i ? ", " : "", shown) : NULL;
	}
	if (list && candidates->n_more)
		list = arena_printf(arena, "%s and %zu more", list, candidates->n_more);
	return target_say(-ENOTUNIQ, list, resolver->ret_error);
}

static struct meaning process_meaning(uint32_t process)
{
	return (struct meaning){
		.kind = MEANS_PROCESS, .process = process, .space = NONE, .container = NONE
	};
}

const char *target_thread_error(struct arena *arena, pid_t tid, pid_t process)
{
	return arena_printf(arena, "no process %d; it is a thread of process %d", tid, process);
}

static int say_no_process(const struct resolver *resolver, pid_t pid)
{
	const struct snapshot *snapshot = resolver->snapshot;

	for (size_t i = 0; i < snapshot->n_threads; i++) {
		const struct process *process = &snapshot->processes[snapshot->threads[i].process];

		if (snapshot->threads[i].tid == pid)
			return target_say(-ESRCH,
			                  target_thread_error(resolver->arena, pid, process->pid),
			                  resolver->ret_error);
	}
	return target_say(-ESRCH, arena_printf(resolver->arena, "no process %d", pid),
	                  resolver->ret_error);
}

static int check_identity(const struct resolver *resolver, const struct target *target,
                          const struct process *process)
{
	if (process->pidfd_inode == target->pidfd_inode)
		return 0;
	if (process->pidfd_inode == 0)
		return target_say(-EOPNOTSUPP,
		                  arena_printf(resolver->arena,
		                               "%s: inodes of pidfds are not known here (Linux 6.9 "
		                               "and later have them); %d alone names the process "
		                               "of now",
		                               target->shown, target->pid),
		                  resolver->ret_error);
	return target_say(-ESRCH,
	                  arena_printf(resolver->arena,
	                               "process %d is another one now (%d:%" PRIu64 ")",
	                               target->pid, target->pid, process->pidfd_inode),
	                  resolver->ret_error);
}

/*
 * The number of a process in that PID namespace, or 0. `numbers` begins in the namespace of the
 * /proc that was read and ends in the process's own, so that one step to a parent is one number.
 */
static pid_t number_in(const struct snapshot *snapshot, const struct process *process,
                       uint32_t space)
{
	uint32_t level = process->at.in[NS_PID];

	for (uint32_t i = process->n_numbers; i > 0 && level != NONE; i--) {
		if (level == space)
			return process->numbers[i - 1];
		level = snapshot->spaces[level].parent;
	}
	return 0;
}

static int say_no_number(const struct resolver *resolver, const struct target *target,
                         uint32_t space, bool any_numbers)
{
	struct arena *arena = resolver->arena;
	const struct space *inside = &resolver->snapshot->spaces[space];

	if (!any_numbers)
		return target_say(-EOPNOTSUPP,
		                  arena_printf(arena,
		                               "%s: numbers of processes in inner PID namespaces "
		                               "are not known here (Linux 4.1 and later tell them)",
		                               target->shown),
		                  resolver->ret_error);
	return target_say(-ESRCH,
	                  arena_printf(arena, "%s: no process has number %d in pid:[%" PRIu64 "]",
	                               target->shown, target->pid, inside->inode),
	                  resolver->ret_error);
}

/* The PID namespace whose numbers are meant. */
static int resolve_whose(const struct resolver *resolver, const struct target *target,
                         uint32_t *ret)
{
	const struct snapshot *snapshot = resolver->snapshot;
	struct meaning whose = { 0 };
	uint32_t space;
	int r = target->kind == TARGET_CONTAINER
	                ? target_resolve_container(resolver, target, &whose)
	                : target_resolve_space(resolver, target, &whose);

	if (r < 0)
		return r;
	space = whose.kind == MEANS_SPACE ? whose.space
	                                  : snapshot->processes[whose.process].at.in[NS_PID];
	if (space == NONE)
		return target_say(-ESRCH,
		                  arena_printf(resolver->arena,
		                               "%s: its PID namespace is not readable",
		                               target->shown),
		                  resolver->ret_error);
	*ret = space;
	return 0;
}

static int resolve_inside(const struct resolver *resolver, const struct target *target,
                          struct meaning *ret)
{
	const struct snapshot *snapshot = resolver->snapshot;
	bool any_numbers = false;
	uint32_t space;
	int r = resolve_whose(resolver, target->inside, &space);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];

		any_numbers = any_numbers || process->n_numbers > 0;
		if (number_in(snapshot, process, space) != target->pid)
			continue;
		*ret = process_meaning(i);
		return 0;
	}
	return say_no_number(resolver, target, space, any_numbers);
}

static int resolve_process(const struct resolver *resolver, const struct target *target,
                           struct meaning *ret)
{
	uint32_t process;
	int r = 0;

	if (target->inside)
		return resolve_inside(resolver, target, ret);
	process = snapshot_find_pid(resolver->snapshot, target->pid);
	if (process == NONE)
		return say_no_process(resolver, target->pid);
	if (target->pidfd_inode)
		r = check_identity(resolver, target, &resolver->snapshot->processes[process]);
	if (r == 0)
		*ret = process_meaning(process);
	return r;
}

static int check_type(const struct resolver *resolver, const struct target *target,
                      const struct space *space)
{
	const char *exact;

	if (target->type == NS_N_TYPES || target->type == space->type)
		return 0;
	exact = target_of_space(resolver->arena, space);
	if (!exact)
		return -ENOMEM;
	return target_say(-ESRCH,
	                  arena_printf(resolver->arena, "%s: %s is a %s namespace", target->shown,
	                               exact, ns_types[space->type].name),
	                  resolver->ret_error);
}

static int say_no_space(const struct resolver *resolver, const struct target *target)
{
	const char *shown = target->shown;
	const char *no_ids = "%s: this kernel gives namespaces no 64-bit ids (Linux 6.18 does)";
	const char *elsewhere =
		"no process in sight is in a namespace %s; nslist tells whether a thread, "
		"a descriptor or a mount holds it";

	if (target->id && !resolver->snapshot->has_ids)
		return target_say(-EOPNOTSUPP, arena_printf(resolver->arena, no_ids, shown),
		                  resolver->ret_error);
	if (resolver->snapshot->scanned.sources == SOURCE_PROCESS)
		return target_say(-ESRCH, arena_printf(resolver->arena, elsewhere, shown),
		                  resolver->ret_error);
	return target_say(-ESRCH, arena_printf(resolver->arena, "no namespace %s in sight", shown),
	                  resolver->ret_error);
}

static uint32_t find_space(const struct snapshot *snapshot, const struct target *target)
{
	uint32_t space = NONE;

	if (target->id)
		return snapshot_find_id(snapshot, target->id);
	if (target->type != NS_N_TYPES)
		space = snapshot_find_space(snapshot, target->type, target->inode);
	return space != NONE ? space : snapshot_find_inode(snapshot, target->inode);
}

int target_resolve_space(const struct resolver *resolver, const struct target *target,
                         struct meaning *ret)
{
	const struct snapshot *snapshot = resolver->snapshot;
	uint32_t space = find_space(snapshot, target);
	int r;

	if (space == NONE)
		return say_no_space(resolver, target);
	r = check_type(resolver, target, &snapshot->spaces[space]);
	if (r < 0)
		return r;
	*ret = (struct meaning){
		.kind = MEANS_SPACE, .process = NONE, .space = space, .container = NONE
	};
	return 0;
}

int target_resolve(struct arena *arena, const struct snapshot *snapshot,
                   const struct target *target, struct meaning *ret, const char **ret_error)
{
	struct resolver resolver = { arena, snapshot, ret_error };

	switch (target->kind) {
	case TARGET_PROCESS:
		return resolve_process(&resolver, target, ret);
	case TARGET_CONTAINER:
		return target_resolve_container(&resolver, target, ret);
	case TARGET_UNIT:
		return target_resolve_unit(&resolver, target, ret);
	case TARGET_SPACE:
		return target_resolve_space(&resolver, target, ret);
	case TARGET_PATH:
		return target_resolve_path(&resolver, target, ret);
	case TARGET_CGROUP:
		return target_resolve_cgroup(&resolver, target, ret);
	}
	return -EINVAL;
}
