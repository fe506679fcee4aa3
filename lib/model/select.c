/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which namespaces a view shows, who is in one, and where a process has numbers. */
#include "model/select.h"

#include "base/vec.h"
#include "model/cgrouptext.h"

static bool is_same(const char *a, const char *b)
{
	return a && b && is_equal(a, b);
}

/* Whether a container belongs to the same pod as another. */
static bool is_same_pod(const struct container *a, const struct container *b)
{
	if (a->pod_uid && b->pod_uid)
		return is_equal(a->pod_uid, b->pod_uid);
	return is_same(a->pod, b->pod) && is_same(a->pod_namespace, b->pod_namespace);
}

bool select_is_meant(const struct snapshot *snapshot, const struct meaning *target, uint32_t index)
{
	const struct process *process = &snapshot->processes[index];

	switch (target->kind) {
	case MEANS_PROCESS:
		return target->process == index;
	case MEANS_CONTAINER:
		if (target->container != NONE)
			return process->container == target->container;
		break;
	case MEANS_POD:
		if (target->container != NONE)
			return process->container != NONE &&
			       (process->container == target->container ||
			        is_same_pod(&snapshot->containers[process->container],
			                    &snapshot->containers[target->container]));
		break;
	default:
		break;
	}
	return target->cgroup && process->cgroup &&
	       cgrouptext_is_in(process->cgroup, target->cgroup, target->hierarchy);
}

static void mark_places(const struct placement *at, bool *marks)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (at->in[type] != NONE)
			marks[at->in[type]] = true;
	}
	for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++) {
		if (at->children[link] != NONE)
			marks[at->children[link]] = true;
	}
}

/* Marks the processes that any target means. */
static void mark_processes(const struct snapshot *snapshot, const struct criteria *criteria,
                           bool *meant)
{
	for (size_t t = 0; t < criteria->n_targets; t++) {
		const struct meaning *target = &criteria->targets[t];
		if (target->kind == MEANS_PROCESS) {
			if (target->process != NONE)
				meant[target->process] = true;
			continue;
		}
		if (target->kind == MEANS_SPACE)
			continue;
		for (uint32_t i = 0; i < snapshot->n_processes; i++)
			meant[i] = meant[i] || select_is_meant(snapshot, target, i);
	}
}

/* Marks the namespaces that the targets are, or are in. 0 or -ENOMEM. */
static int mark_targets(const struct snapshot *snapshot, const struct criteria *criteria,
                        bool *marks)
{
	auto_free bool *meant = calloc(snapshot->n_processes + 1, sizeof(*meant));

	if (!meant)
		return -ENOMEM;
	mark_processes(snapshot, criteria, meant);
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		if (meant[i])
			mark_places(&snapshot->processes[i].at, marks);
	}
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		if (meant[snapshot->threads[i].process])
			mark_places(&snapshot->threads[i].at, marks);
	}
	for (size_t t = 0; t < criteria->n_targets; t++) {
		if (criteria->targets[t].kind == MEANS_SPACE && criteria->targets[t].space != NONE)
			marks[criteria->targets[t].space] = true;
	}
	return 0;
}

static bool is_wanted(const struct space *space, const struct criteria *criteria)
{
	if (space->held == 0 && !space->only_kernel_knows)
		return false;
	if (!(criteria->types & NS_BIT(space->type)))
		return false;
	return !criteria->persistent || space->n_processes == 0;
}

int select_spaces(const struct snapshot *snapshot, const struct criteria *criteria,
                  bool **ret_marks)
{
	auto_free bool *marks = calloc(snapshot->n_spaces + 1, sizeof(*marks));

	if (!marks)
		return -ENOMEM;
	if (criteria->n_targets > 0) {
		int r = mark_targets(snapshot, criteria, marks);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < snapshot->n_spaces; i++)
		marks[i] = (marks[i] || criteria->n_targets == 0) &&
		           is_wanted(&snapshot->spaces[i], criteria);
	*ret_marks = take_pointer(&marks);
	return 0;
}

static bool is_anywhere(const struct placement *at, unsigned types)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (types & NS_BIT(type) && at->in[type] != NONE)
			return true;
	}
	return false;
}

bool select_is_refused(const struct snapshot *snapshot, const struct meaning *target,
                       unsigned types)
{
	bool is_refused = false;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct placement *at = &snapshot->processes[i].at;

		if (!select_is_meant(snapshot, target, i))
			continue;
		if (is_anywhere(at, types))
			return false;
		is_refused = is_refused || at->denied & types;
	}
	for (size_t i = 0; i < snapshot->n_threads && is_refused; i++) {
		if (select_is_meant(snapshot, target, snapshot->threads[i].process) &&
		    is_anywhere(&snapshot->threads[i].at, types))
			return false;
	}
	return is_refused;
}

struct members {
	uint32_t *items;
	size_t count, capacity;
};

static int add_member(struct members *members, uint32_t process)
{
	int r = VEC_GROW(&members->items, &members->capacity, members->count);

	if (r == 0)
		members->items[members->count++] = process;
	return r;
}

/* Processes and threads are both in the order of processes: one walk over both. */
static int find_members(const struct snapshot *snapshot, uint32_t space, struct members *members)
{
	enum ns_type type = snapshot->spaces[space].type;
	size_t thread = 0;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		bool is_in = snapshot->processes[i].at.in[type] == space;
		for (; thread < snapshot->n_threads && snapshot->threads[thread].process <= i;
		     thread++)
			is_in = is_in || snapshot->threads[thread].at.in[type] == space;
		int r = is_in ? add_member(members, i) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int select_members(const struct snapshot *snapshot, uint32_t space, uint32_t **ret,
                   size_t *ret_count)
{
	struct members members = { 0 };
	int r = find_members(snapshot, space, &members);

	if (r < 0) {
		free(members.items);
		return r;
	}
	*ret = members.items;
	*ret_count = members.count;
	return 0;
}

/* The PID namespace of the /proc that was read: whatever has one number is in it. */
static uint32_t find_outermost(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		if (process->n_numbers == 1 && process->at.in[NS_PID] != NONE)
			return process->at.in[NS_PID];
	}
	return NONE;
}

int select_numbers(const struct snapshot *snapshot, uint32_t process, uint32_t **ret_spaces,
                   size_t *ret_count)
{
	const struct process *numbered = &snapshot->processes[process];
	size_t n = numbered->n_numbers;

	if (!numbered->numbers || n == 0)
		return -ENODATA;
	uint32_t *spaces = calloc(n, sizeof(*spaces));
	if (!spaces)
		return -ENOMEM;
	uint32_t space = numbered->at.in[NS_PID];
	for (size_t i = n; i-- > 0;) {
		spaces[i] = space;
		if (space == NONE)
			continue;
		const struct space *here = &snapshot->spaces[space];
		space = here->parent_state == RELATION_KNOWN ? here->parent : NONE;
	}
	if (spaces[0] == NONE)
		spaces[0] = find_outermost(snapshot);
	*ret_spaces = spaces;
	*ret_count = n;
	return 0;
}
