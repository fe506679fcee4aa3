/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all trees have in common: the table of views, their nodes, and which of those are shown. */
#include "base/vec.h"
#include "model/tree_part.h"

const char *const node_kind_names[NODE_N_KINDS] = {
	[NODE_NAMESPACE] = "namespace", [NODE_PROCESS] = "process", [NODE_THREAD] = "thread",
	[NODE_SESSION] = "session",     [NODE_GROUP] = "group",     [NODE_CGROUP] = "cgroup",
};

/*
 * Numbers, name and parent are in one file. Without --all only what reaches a container is drawn,
 * so that of each process is looked for; with it, that of each namespace. Descriptors of processes
 * could only show more namespaces that no process is in: those that are found for less do.
 */
static struct needs pid_needs(const struct tree_options *options)
{
	return (struct needs){
		.types = NS_BIT(NS_PID),
		.sources = SOURCE_PROCESS | SOURCE_THREAD,
		.leader = PROCESS_CGROUP,
		.process = PROCESS_NUMBERS | PROCESS_PARENT |
		           (options->all ? 0U : (unsigned)PROCESS_CGROUP),
		.space = SPACE_RELATIONS,
		.empties = true,
		.names = true,
	};
}

static struct needs process_needs(const struct tree_options *options)
{
	return (struct needs){
		.types = NS_ALL_BITS,
		.sources = SOURCE_PROCESS | (options->threads ? (unsigned)SOURCE_THREAD : 0U),
		.process = PROCESS_PARENT | PROCESS_CGROUP,
		.names = true,
	};
}

/* A user namespace, and what it owns, need not have a process in it: it is looked for everywhere, and
 * as the owner of namespaces of all types. */
static struct needs user_needs(const struct tree_options *options)
{
	(void)options;
	return (struct needs){
		.types = NS_ALL_BITS,
		.sources = SOURCE_ALL,
		.leader = PROCESS_COMM | PROCESS_CGROUP,
		.space = SPACE_RELATIONS | SPACE_ID_MAPS | SPACE_OWNER_UID,
		.names = true,
		.users = true,
	};
}

static struct needs session_needs(const struct tree_options *options)
{
	(void)options;
	return (struct needs){
		.sources = SOURCE_PROCESS,
		.process = PROCESS_STAT | PROCESS_TERMINAL,
	};
}

/* Threads are listed and looked at one by one only where they are asked for. */
static struct needs cgroup_needs(const struct tree_options *options)
{
	return (struct needs){
		.sources = SOURCE_PROCESS | (options->threads ? (unsigned)SOURCE_THREAD : 0U),
		.process = PROCESS_CGROUP | PROCESS_PARENT,
		.thread = options->threads ? (unsigned)PROCESS_CGROUP : 0U,
		.names = true,
		.cgroups = options->all,
	};
}

/* clang-format off */
static const struct {
	struct needs (*needs)(const struct tree_options *options);
	int (*add)(struct tree *tree, const struct tree_options *options);
} views[TREE_N_VIEWS] = {
	[TREE_PID]     = { .needs = pid_needs,     .add = tree_add_pid },
	[TREE_PROCESS] = { .needs = process_needs, .add = tree_add_process },
	[TREE_USER]    = { .needs = user_needs,    .add = tree_add_user },
	[TREE_SESSION] = { .needs = session_needs, .add = tree_add_session },
	[TREE_CGROUP]  = { .needs = cgroup_needs,  .add = tree_add_cgroup },
};
/* clang-format on */

struct needs tree_needs(const struct tree_options *options)
{
	return views[options->view].needs(options);
}

struct node node_of(enum node_kind kind, uint32_t index)
{
	return (struct node){
		.kind = kind,
		.index = index,
		.process = NONE,
		.space = NONE,
		.parent = NONE,
		.container = NONE,
		.is_shown = true,
	};
}

int tree_add(struct tree *tree, const struct node *node, uint32_t *ret)
{
	int r = VEC_GROW(&tree->nodes, &tree->capacity, tree->count);

	if (r < 0)
		return r;
	if (ret)
		*ret = (uint32_t)tree->count;
	tree->nodes[tree->count++] = *node;
	return 0;
}

uint32_t *tree_new_positions(const struct tree *tree)
{
	size_t n = tree->snapshot->n_processes;
	uint32_t *positions = malloc((n + 1) * sizeof(*positions));

	for (size_t i = 0; positions && i < n; i++)
		positions[i] = NONE;
	return positions;
}

/* Each way up ends at a node that is shown already, whose own way is walked too: parents in a
 * circle do no harm. */
static void show_ancestors(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (!tree->nodes[i].is_shown)
			continue;
		uint32_t at = tree->nodes[i].parent;
		for (; at != NONE && !tree->nodes[at].is_shown; at = tree->nodes[at].parent)
			tree->nodes[at].is_shown = true;
	}
}

int tree_build(const struct snapshot *snapshot, const struct tree_options *options,
               struct tree *ret)
{
	*ret = (struct tree){ .snapshot = snapshot, .view = options->view };
	int r = views[options->view].add(ret, options);

	if (r < 0) {
		tree_done(ret);
		return r;
	}
	show_ancestors(ret);
	return 0;
}

void tree_done(struct tree *tree)
{
	free(tree->nodes);
	sessions_done(&tree->sessions);
	cgrouplist_done(&tree->cgroups);
	*tree = (struct tree){ 0 };
}
