/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes of a snapshot are in a scope, and whether one that was read again is. */
#include "model/scope.h"

#include "base/map.h"
#include "model/cgrouptext.h"

void scopes_done(struct scopes *scopes)
{
	free(scopes->items);
	*scopes = (struct scopes){ 0 };
}

enum answer scope_has(const struct scope *scope, const struct candidate *candidate)
{
	if (scope->is_over)
		return ANSWER_NO;
	switch (scope->kind) {
	case SCOPE_PROCESS:
		return candidate->pid == scope->id ? ANSWER_YES : ANSWER_NO;
	case SCOPE_GROUP:
		return candidate->group == scope->id ? ANSWER_YES : ANSWER_NO;
	case SCOPE_SESSION:
		return candidate->session == scope->id ? ANSWER_YES : ANSWER_NO;
	case SCOPE_SPACE:
		return candidate->is_inside;
	case SCOPE_CGROUP:
		if (!candidate->cgroup)
			return ANSWER_UNKNOWN;
		return cgrouptext_is_in(candidate->cgroup, scope->cgroup, scope->hierarchy)
		               ? ANSWER_YES
		               : ANSWER_NO;
	default:
		return ANSWER_NO;
	}
}

/* Whether a PID namespace is the scope's, or below it. */
static bool is_at_or_below(const struct snapshot *snapshot, uint32_t space, uint32_t top)
{
	/* PID namespaces nest 32 deep: a damaged file may have them in a circle. */
	for (unsigned i = 0; space != NONE && i < 64; i++) {
		if (space == top)
			return true;
		if (snapshot->spaces[space].parent_state != RELATION_KNOWN)
			return false;
		space = snapshot->spaces[space].parent;
	}
	return false;
}

static enum answer is_inside(const struct snapshot *snapshot, const struct scope *scope,
                             const struct process *process)
{
	uint32_t space = process->at.in[scope->type];

	if (space == NONE)
		return process->at.denied & NS_BIT(scope->type) ? ANSWER_UNKNOWN : ANSWER_NO;
	if (space == scope->space)
		return ANSWER_YES;
	return scope->type == NS_PID && is_at_or_below(snapshot, space, scope->space) ? ANSWER_YES
	                                                                              : ANSWER_NO;
}

/* The snapshot's process as if it had been read again. */
static struct candidate candidate_of(const struct snapshot *snapshot, const struct scope *scope,
                                     const struct process *process)
{
	return (struct candidate){
		.pid = process->pid,
		.group = process->known & PROCESS_STAT ? process->group : -1,
		.session = process->known & PROCESS_STAT ? process->session : -1,
		.cgroup = process->cgroup,
		.is_inside = scope->kind == SCOPE_SPACE ? is_inside(snapshot, scope, process)
		                                        : ANSWER_NO,
	};
}

/* What of the process tells whether it is in such a scope was refused. */
static bool is_refused(const struct scope *scope, const struct process *process)
{
	if (scope->kind == SCOPE_CGROUP)
		return !process->cgroup && process->refused & PROCESS_CGROUP;
	if (scope->kind == SCOPE_GROUP || scope->kind == SCOPE_SESSION || scope->kind == SCOPE_TREE)
		return process->refused & PROCESS_STAT;
	return false;
}

static void mark_plain(const struct snapshot *snapshot, const struct scope *scope, bool *marks,
                       uint64_t *ret_unknown)
{
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		const struct candidate candidate = candidate_of(snapshot, scope, process);
		enum answer answer = scope_has(scope, &candidate);

		marks[i] = marks[i] || answer == ANSWER_YES;
		/* Without a control group a process that was not refused has gone; PID 1 is nobody's
		 * to signal. */
		if (process->pid == 1)
			continue;
		if (is_refused(scope, process) ||
		    (answer == ANSWER_UNKNOWN && scope->kind == SCOPE_SPACE))
			(*ret_unknown)++;
	}
}

/* The tree while it is followed: every process is put into the list once. */
struct tree_walk {
	const struct snapshot *snapshot;
	uint32_t *first_child; /* by process */
	uint32_t *next_child;
	struct map sessions; /* id of a session -> its first process */
	uint32_t *next_in_session;
	uint32_t *list;
	size_t count;
	bool *is_listed;
};

static void tree_walk_done(struct tree_walk *walk)
{
	free(walk->first_child);
	free(walk->next_child);
	free(walk->next_in_session);
	free(walk->list);
	free(walk->is_listed);
	map_done(&walk->sessions);
}
#define auto_tree_walk __attribute__((cleanup(tree_walk_done)))

/* Lists of children, and of the processes of each session. 0 or -ENOMEM. */
static int tree_walk_link(struct tree_walk *walk)
{
	const struct snapshot *snapshot = walk->snapshot;

	for (uint32_t i = 0; i < snapshot->n_processes; i++)
		walk->first_child[i] = NONE;
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		uint32_t parent = snapshot_find_pid(snapshot, process->parent);

		if (parent != NONE && parent != i) {
			walk->next_child[i] = walk->first_child[parent];
			walk->first_child[parent] = i;
		}
		if (process->session <= 0)
			continue;
		walk->next_in_session[i] = map_find(&walk->sessions, (uint64_t)process->session);
		int r = map_put(&walk->sessions, (uint64_t)process->session, i);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tree_walk_init(const struct snapshot *snapshot, struct tree_walk *ret)
{
	size_t size = (snapshot->n_processes + 1) * sizeof(uint32_t);

	*ret = (struct tree_walk){
		.snapshot = snapshot,
		.first_child = malloc(size),
		.next_child = malloc(size),
		.next_in_session = malloc(size),
		.list = malloc(size),
		.is_listed = calloc(snapshot->n_processes + 1, sizeof(bool)),
	};
	if (!ret->first_child || !ret->next_child || !ret->next_in_session || !ret->list ||
	    !ret->is_listed)
		return -ENOMEM;
	memset(ret->next_child, 0xff, size);
	memset(ret->next_in_session, 0xff, size);
	return tree_walk_link(ret);
}

static void tree_walk_put(struct tree_walk *walk, uint32_t process)
{
	if (walk->is_listed[process])
		return;
	walk->is_listed[process] = true;
	walk->list[walk->count++] = process;
}

/* The children of one, and all of the session that it leads. */
static void tree_walk_follow(struct tree_walk *walk, uint32_t process)
{
	const struct process *leader = &walk->snapshot->processes[process];

	for (uint32_t i = walk->first_child[process]; i != NONE; i = walk->next_child[i])
		tree_walk_put(walk, i);
	if (leader->session != leader->pid)
		return;
	for (uint32_t i = map_find(&walk->sessions, (uint64_t)leader->session); i != NONE;
	     i = walk->next_in_session[i])
		tree_walk_put(walk, i);
}

static int mark_tree(const struct snapshot *snapshot, uint32_t root, bool *marks)
{
	auto_tree_walk struct tree_walk walk = { 0 };

	if (root == NONE)
		return 0;
	int r = tree_walk_init(snapshot, &walk);

	if (r < 0)
		return r;
	tree_walk_put(&walk, root);
	for (size_t i = 0; i < walk.count; i++) {
		marks[walk.list[i]] = true;
		tree_walk_follow(&walk, walk.list[i]);
	}
	return 0;
}

int scope_mark(const struct snapshot *snapshot, const struct scope *scope, bool *marks,
               uint64_t *ret_unknown)
{
	*ret_unknown = 0;
	if (scope->is_over)
		return 0;
	if (scope->kind != SCOPE_TREE) {
		mark_plain(snapshot, scope, marks, ret_unknown);
		return 0;
	}
	for (uint32_t i = 0; i < snapshot->n_processes; i++)
		*ret_unknown += is_refused(scope, &snapshot->processes[i]);
	return mark_tree(snapshot, scope->process, marks);
}
