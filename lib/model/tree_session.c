/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions, the process groups in them, the processes in those. */
#include "model/tree_part.h"

struct builder {
	struct tree *tree;
	uint32_t *positions; /* for each process its node */
};

/* Notes what a question's answer says of a node. */
static void set_mark(struct node *node, enum node_mark mark, enum answer answer)
{
	if (answer == ANSWER_YES)
		node->marks |= (uint16_t)mark;
	else if (answer == ANSWER_UNKNOWN)
		node->unknown |= (uint16_t)mark;
}

static enum answer answer_of(bool is_so)
{
	return is_so ? ANSWER_YES : ANSWER_NO;
}

/* Outside, its leader may live where nobody here sees it. Otherwise 0 is the kernel's own: it began
 * with the idle task, which has no number in /proc. */
static enum answer is_leaderless(const struct session *session, pid_t id, uint32_t leader)
{
	if (leader != NONE)
		return ANSWER_NO;
	if (id == 0)
		return session->is_outside ? ANSWER_UNKNOWN : ANSWER_NO;
	return ANSWER_YES;
}

/* Two groups that are 0 are both outside, and need not be one. */
static enum answer is_foreground(const struct session *session, const struct process_group *group)
{
	if (session->terminal != 0 && session->is_outside && group->id == 0 &&
	    session->foreground_group == 0)
		return ANSWER_UNKNOWN;
	return answer_of(group->is_foreground);
}

static int add_session(struct tree *tree, uint32_t index, uint32_t *ret)
{
	const struct session *session = &tree->sessions.items[index];
	const struct process_group *first = &tree->sessions.groups[session->first_group];
	struct node node = node_of(NODE_SESSION, index);

	node.process =
		session->leader != NONE ? session->leader : tree->sessions.members[first->first];
	set_mark(&node, NODE_LEADERLESS, is_leaderless(session, session->id, session->leader));
	set_mark(&node, NODE_OUTSIDE, answer_of(session->is_outside));
	return tree_add(tree, &node, ret);
}

static int add_group(struct tree *tree, uint32_t index, uint32_t session_at, uint32_t *ret)
{
	const struct process_group *group = &tree->sessions.groups[index];
	const struct session *session = &tree->sessions.items[group->session];
	struct node node = node_of(NODE_GROUP, index);

	node.parent = session_at;
	node.process = group->leader != NONE ? group->leader : tree->sessions.members[group->first];
	set_mark(&node, NODE_FOREGROUND, is_foreground(session, group));
	set_mark(&node, NODE_ORPHANED, group->orphaned);
	set_mark(&node, NODE_STOPPED, answer_of(group->n_stopped > 0));
	set_mark(&node, NODE_LEADERLESS, is_leaderless(session, group->id, group->leader));
	set_mark(&node, NODE_OUTSIDE, answer_of(session->is_outside && group->id == 0));
	return tree_add(tree, &node, ret);
}

/* The process that it stands below, if that is in the same group; else NONE. */
static uint32_t parent_in_group(const struct tree *tree, uint32_t process)
{
	const uint32_t *group_of = tree->sessions.group_of;
	uint32_t parent =
		snapshot_find_pid(tree->snapshot, tree->snapshot->processes[process].parent);

	if (parent == NONE || parent == process || group_of[parent] != group_of[process])
		return NONE;
	return parent;
}

/* Adds the processes of a group, all below it. */
static int add_members(struct builder *builder, uint32_t index, uint32_t group_at)
{
	struct tree *tree = builder->tree;
	const struct process_group *group = &tree->sessions.groups[index];
	const uint32_t *members = tree->sessions.members + group->first;
	int r = 0;

	for (uint32_t i = 0; i < group->n_processes && r == 0; i++) {
		const struct node *above = &tree->nodes[group_at];
		struct node node = node_of(NODE_PROCESS, members[i]);
		node.process = members[i];
		node.parent = group_at;
		node.marks = above->marks & NODE_FOREGROUND;
		node.unknown = above->unknown & NODE_FOREGROUND;
		/* The threads of the kernel are counted instead. */
		node.is_shown = !tree->sessions.items[group->session].is_kernel;
		set_mark(&node, NODE_STOPPED,
		         answer_of(tree->snapshot->processes[members[i]].state == 'T'));
		r = tree_add(tree, &node, &builder->positions[members[i]]);
	}
	return r;
}

/* Puts processes below their parents, now that all of the group have a node. */
static void nest_members(struct builder *builder, uint32_t index)
{
	struct tree *tree = builder->tree;
	const struct process_group *group = &tree->sessions.groups[index];

	for (uint32_t i = 0; i < group->n_processes; i++) {
		uint32_t process = tree->sessions.members[group->first + i];
		uint32_t parent = parent_in_group(tree, process);
		struct node *node = &tree->nodes[builder->positions[process]];
		if (parent != NONE)
			node->parent = builder->positions[parent];
	}
}

/* A process whose stat could not be read stands alone. */
static int add_unplaced(struct builder *builder, uint32_t process)
{
	struct tree *tree = builder->tree;
	struct node node = node_of(NODE_PROCESS, process);

	node.process = process;
	node.marks = NODE_UNSEEN;
	node.unknown = NODE_FOREGROUND;
	char state = tree->snapshot->processes[process].state;
	set_mark(&node, NODE_STOPPED, state == 0 ? ANSWER_UNKNOWN : answer_of(state == 'T'));
	return tree_add(tree, &node, &builder->positions[process]);
}

static int add_groups(struct builder *builder, uint32_t session, uint32_t session_at)
{
	const struct session *item = &builder->tree->sessions.items[session];
	uint32_t group_at = NONE;
	int r = 0;

	for (uint32_t i = item->first_group; i < item->first_group + item->n_groups; i++) {
		r = add_group(builder->tree, i, session_at, &group_at);
		if (r == 0)
			r = add_members(builder, i, group_at);
		if (r < 0)
			return r;
		nest_members(builder, i);
	}
	return r;
}

static int add_all(struct builder *builder)
{
	struct tree *tree = builder->tree;
	uint32_t session_at = NONE;
	int r = 0;

	for (uint32_t i = 0; i < tree->sessions.n_sessions && r == 0; i++) {
		r = add_session(tree, i, &session_at);
		if (r == 0)
			r = add_groups(builder, i, session_at);
	}
	for (uint32_t i = 0; i < tree->snapshot->n_processes && r == 0; i++) {
		if (tree->sessions.group_of[i] == NONE)
			r = add_unplaced(builder, i);
	}
	return r;
}

/* Threads share the session and the group of their process (credentials(7)): none differs. */
int tree_add_session(struct tree *tree, const struct tree_options *options)
{
	(void)options;
	int r = sessions_find(tree->snapshot, &tree->sessions);
	if (r < 0)
		return r;
	auto_free uint32_t *positions = tree_new_positions(tree);
	struct builder builder = { .tree = tree, .positions = positions };

	return positions ? add_all(&builder) : -ENOMEM;
}
