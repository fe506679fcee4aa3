/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of trees: what is drawn at each node, its kind and marks. */
#include "show/treecols.h"

#include "show/noderow.h"
#include "show/proccols.h"

static int get_kind(const struct row *row, struct value *ret)
{
	*ret = value_none();
	if (row->place->node)
		*ret = value_text(node_kind_names[row->place->node->kind]);
	return 0;
}

#define KIND_BIT(kind) (1U << (kind))

/* Whether the row is of one of those kinds (KIND_BITs), in that view. */
static bool is_in_view(const struct row *row, enum tree_view view, unsigned kinds)
{
	const struct node *node = row->place->node;

	return node && row->tree && row->tree->view == view && kinds & KIND_BIT(node->kind);
}

static struct value value_mark(const struct row *row, enum node_mark mark)
{
	const struct node *node = row->place->node;

	return node->unknown & mark ? value_none() : value_bool(node->marks & mark);
}

static int get_foreground(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_GROUP) | KIND_BIT(NODE_PROCESS);

	*ret = is_in_view(row, TREE_SESSION, kinds) ? value_mark(row, NODE_FOREGROUND)
	                                            : value_none();
	return 0;
}

static int get_orphaned(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_GROUP);

	*ret = is_in_view(row, TREE_SESSION, kinds) ? value_mark(row, NODE_ORPHANED) : value_none();
	return 0;
}

static int get_stopped(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_GROUP) | KIND_BIT(NODE_PROCESS);

	*ret = is_in_view(row, TREE_SESSION, kinds) ? value_mark(row, NODE_STOPPED) : value_none();
	return 0;
}

static int get_leaderless(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_SESSION) | KIND_BIT(NODE_GROUP);

	*ret = is_in_view(row, TREE_SESSION, kinds) ? value_mark(row, NODE_LEADERLESS)
	                                            : value_none();
	return 0;
}

static int get_entered(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_PROCESS);

	*ret = is_in_view(row, TREE_PID, kinds) ? value_mark(row, NODE_ENTERED) : value_none();
	return 0;
}

static int get_dead(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_NAMESPACE);

	*ret = is_in_view(row, TREE_PID, kinds) ? value_mark(row, NODE_DEAD) : value_none();
	return 0;
}

static int get_same(const struct row *row, struct value *ret)
{
	const uint32_t n = row->place->n_same;

	*ret = row->place->node ? value_number(n > 1 ? n : 1) : value_none();
	return 0;
}

static int get_left(const struct row *row, struct value *ret)
{
	*ret = row->place->node ? value_number(row->place->n_left) : value_none();
	return 0;
}

/* Whether the namespaces that decide what changed at the node could not be read: its own, or those
 * that it is compared with. */
static bool is_change_unseen(const struct row *row)
{
	const struct node *node = row->place->node;
	const struct process *processes = row->snapshot->processes;
	const uint32_t parent =
		node->parent == NONE ? NONE : row->tree->nodes[node->parent].process;

	if (node->process != NONE && processes[node->process].at.denied)
		return true;
	return parent != NONE && processes[parent].at.denied;
}

static int get_changed(const struct row *row, struct value *ret)
{
	const unsigned kinds = KIND_BIT(NODE_PROCESS) | KIND_BIT(NODE_THREAD);
	const struct node *node = row->place->node;
	size_t count = 0;

	*ret = value_none();
	if (!is_in_view(row, TREE_PROCESS, kinds) || (!node->changed && is_change_unseen(row)))
		return 0;
	struct value *items = arena_alloc(row->scratch, NS_N_TYPES * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		if (node->changed & NS_BIT(type))
			items[count++] = value_text(ns_types[type].name);
	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list = (struct value_list){ .items = items, .count = count };
	return 0;
}

static int get_for_children(const struct row *row, struct value *ret)
{
	const struct thread *thread = noderow_thread(row);
	uint32_t space = NONE;

	if (thread)
		space = thread->at.children[CHILDREN_PID];
	else if (row->is_process && row->place->process != NONE)
		space = row->snapshot->processes[row->place->process].at.children[CHILDREN_PID];
	*ret = space == NONE ? value_none() : value_number(row->snapshot->spaces[space].inode);
	return 0;
}

static int get_hierarchy(const struct row *row, struct value *ret)
{
	const struct cgroup_entry *cgroup = noderow_cgroup_around(row);

	*ret = value_none();
	if (cgroup)
		*ret = value_text(*cgroup->hierarchy == '\0' ? "v2" : cgroup->hierarchy);
	return 0;
}

/* clang-format off */
static const struct column columns[] = {
	{ .name = "TREE", .help = "the row as the tree draws it",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .get = treelabel_get },
	{ .name = "KIND", .help = "namespace, process, thread, session, group or cgroup",
	  .type = VALUE_TEXT, .get = get_kind },
	{ .name = "FOREGROUND", .help = "whether the group, or that of the process, is in the foreground "
					"of its terminal",
	  .type = VALUE_BOOL, .needs = { .leader = PROCESS_STAT }, .get = get_foreground },
	{ .name = "ORPHANED", .help = "whether the group is orphaned: nobody in its session could "
				      "continue it",
	  .type = VALUE_BOOL, .needs = { .leader = PROCESS_STAT }, .get = get_orphaned },
	{ .name = "STOPPED", .help = "whether the process, or one in the group, is stopped",
	  .type = VALUE_BOOL, .needs = { .leader = PROCESS_STAT }, .get = get_stopped },
	{ .name = "LEADERLESS", .help = "whether no process has the number of the session or group",
	  .type = VALUE_BOOL, .needs = { .leader = PROCESS_STAT }, .get = get_leaderless },
	{ .name = "ENTERED", .help = "whether the process was put in from outside (pid)",
	  .type = VALUE_BOOL, .get = get_entered },
	{ .name = "DEAD", .help = "whether the PID namespace lost its init: no process can begin in it",
	  .type = VALUE_BOOL, .get = get_dead },
	{ .name = "SAME", .help = "how many like leaves the row stands for",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .get = get_same },
	{ .name = "LEFT", .help = "how many rows below it are not shown",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .get = get_left },
	{ .name = "CHANGED", .help = "types of namespace in which it is not where its parent is (process)",
	  .type = VALUE_LIST, .get = get_changed },
	{ .name = "FORCHILDREN", .help = "PID namespace of its children, by inode number, where it is "
					 "not its own",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT,
	  .needs = { .types = NS_BIT(NS_PID), .sources = SOURCE_THREAD }, .get = get_for_children },
	{ .name = "HIERARCHY", .help = "hierarchy of the control group: v2, or what v1 calls it (cgroup)",
	  .type = VALUE_TEXT, .get = get_hierarchy },
};
/* clang-format on */

static const struct column_set set = { .columns = columns,
	                               .count = ARRAY_SIZE(columns),
	                               .more = &proccols_table };

const struct column_set *treecols_set(void)
{
	return &set;
}
