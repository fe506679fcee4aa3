/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of user namespaces: by parent, and with details below each what it owns. */
#include "model/tree_part.h"

/* The user namespace that it is drawn below, or NONE: not in sight, or none. */
static uint32_t above(const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];
	uint32_t up = NONE;

	if (space->type != NS_USER && space->owner_state == RELATION_KNOWN)
		up = space->owner;
	/* The initial user namespace owns the other initial ones, whoever may ask. */
	else if (space->type != NS_USER && space->is_initial)
		up = snapshot_find_initial(snapshot, NS_USER);
	else if (space->type == NS_USER && !space->is_initial &&
	         space->parent_state == RELATION_KNOWN)
		up = space->parent;
	/* A damaged file may have a namespace of another type in the place of one. */
	return up != NONE && snapshot->spaces[up].type == NS_USER ? up : NONE;
}

/*
 * Marks what there is to draw: the namespaces that something holds, and all above them. (Nothing
 * holds what only those sources found that the view did not ask for.)
 */
static void mark(const struct snapshot *snapshot, bool details, bool *marks)
{
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		const struct space *space = &snapshot->spaces[i];

		if ((space->type != NS_USER && !details) ||
		    (!space->held && !space->only_kernel_knows))
			continue;
		for (uint32_t at = i; at != NONE && !marks[at]; at = above(snapshot, at))
			marks[at] = true;
	}
}

/* Siblings: what is owned by type, then user namespaces; last what belongs below none in sight. */
static unsigned rank(const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];

	if (space->type == NS_USER)
		return NS_N_TYPES;
	return (above(snapshot, index) == NONE ? NS_N_TYPES + 1 : 0) + space->type;
}

static int compare_spaces(const void *first, const void *second, void *data)
{
	const struct snapshot *snapshot = data;
	const uint32_t a = *(const uint32_t *)first, b = *(const uint32_t *)second;
	const unsigned rank_a = rank(snapshot, a), rank_b = rank(snapshot, b);
	const uint64_t inode_a = snapshot->spaces[a].inode, inode_b = snapshot->spaces[b].inode;

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	return (inode_a > inode_b) - (inode_a < inode_b);
}

static uint32_t container_of(const struct snapshot *snapshot, uint32_t space)
{
	const uint32_t leader = space == NONE ? NONE : snapshot->spaces[space].leader;

	return leader == NONE ? NONE : snapshot->processes[leader].container;
}

static struct node make_node(const struct snapshot *snapshot, uint32_t space)
{
	struct node node = node_of(NODE_NAMESPACE, space);
	const uint32_t container = container_of(snapshot, space);

	node.space = space;
	node.process = snapshot->spaces[space].leader;
	if (container != container_of(snapshot, above(snapshot, space)))
		node.container = container;
	return node;
}

/* Adds the namespaces of that order, then gives each its parent. */
static int add_nodes(struct tree *tree, const uint32_t *order, size_t n, uint32_t *positions)
{
	const struct snapshot *snapshot = tree->snapshot;

	for (size_t i = 0; i < n; i++) {
		const struct node node = make_node(snapshot, order[i]);
		int r = tree_add(tree, &node, &positions[order[i]]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < n; i++) {
		const uint32_t up = above(snapshot, order[i]);
		tree->nodes[positions[order[i]]].parent = up == NONE ? NONE : positions[up];
	}
	return 0;
}

int tree_add_user(struct tree *tree, const struct tree_options *options)
{
	const struct snapshot *snapshot = tree->snapshot;
	auto_free bool *marks = calloc(snapshot->n_spaces + 1, sizeof(*marks));
	auto_free uint32_t *order = calloc(snapshot->n_spaces + 1, sizeof(*order));
	auto_free uint32_t *positions = calloc(snapshot->n_spaces + 1, sizeof(*positions));
	size_t n = 0;

	if (!marks || !order || !positions)
		return -ENOMEM;
	mark(snapshot, options->details, marks);
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		if (marks[i])
			order[n++] = i;
	}
	if (n > 1)
		qsort_r(order, n, sizeof(*order), compare_spaces, (void *)snapshot);
	return add_nodes(tree, order, n, positions);
}
