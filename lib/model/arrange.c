/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces by inode, below their owner, their parent, or the parent process of their leader. */
#include "model/arrange.h"

static int compare_inodes(const void *first, const void *second, void *data)
{
	const struct snapshot *snapshot = data;
	uint64_t a = snapshot->spaces[*(const uint32_t *)first].inode;
	uint64_t b = snapshot->spaces[*(const uint32_t *)second].inode;

	return (a > b) - (a < b);
}

/* The marked namespaces into `order`, by inode. */
static size_t order_by_inode(const struct snapshot *snapshot, const bool *marks, uint32_t *order)
{
	size_t n = 0;

	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		if (marks[i])
			order[n++] = i;
	}
	if (n > 1)
		qsort_r(order, n, sizeof(*order), compare_inodes, (void *)snapshot);
	return n;
}

static uint32_t owner_of(const struct space *space)
{
	if (space->owner_state == RELATION_KNOWN)
		return space->owner;
	/* The owner of a user namespace is its parent (ioctl_ns(2)). */
	if (space->type == NS_USER && space->parent_state == RELATION_KNOWN)
		return space->parent;
	return NONE;
}

static uint32_t parent_of(const struct space *space)
{
	return space->parent_state == RELATION_KNOWN ? space->parent : NONE;
}

static uint32_t parent_process(const struct snapshot *snapshot, const struct space *space)
{
	if (space->leader == NONE || snapshot->processes[space->leader].parent == 0)
		return NONE;
	return snapshot_find_pid(snapshot, snapshot->processes[space->leader].parent);
}

/*
 * As lsns: lines are drawn in the order of inodes, each below the last line so far whose leader is
 * the parent process of its own leader.
 */
static int nest_by_process(const struct snapshot *snapshot, const uint32_t *order, size_t n,
                           uint32_t *parents)
{
	auto_free uint32_t *last_line = malloc((snapshot->n_processes + 1) * sizeof(*last_line));

	if (!last_line)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->n_processes; i++)
		last_line[i] = NONE;
	for (size_t i = 0; i < n; i++) {
		const struct space *space = &snapshot->spaces[order[i]];
		uint32_t process = parent_process(snapshot, space);
		parents[order[i]] = process == NONE ? NONE : last_line[process];
		if (space->leader != NONE)
			last_line[space->leader] = order[i];
	}
	return 0;
}

/* What a namespace is drawn below in the trees of relations, or NONE. */
static uint32_t relation_of(const struct space *space, enum arrangement arrangement)
{
	if (arrangement == ARRANGE_OWNER)
		return owner_of(space);
	return arrangement == ARRANGE_PARENT ? parent_of(space) : NONE;
}

void arrange_mark_ancestors(const struct snapshot *snapshot, enum arrangement arrangement,
                            unsigned types, bool *marks)
{
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		uint32_t at = marks[i] ? relation_of(&snapshot->spaces[i], arrangement) : NONE;

		/* What is marked has its way marked, or will have it: a circle ends here, too. */
		while (at != NONE && !marks[at] && types & NS_BIT(snapshot->spaces[at].type)) {
			marks[at] = true;
			at = relation_of(&snapshot->spaces[at], arrangement);
		}
	}
}

static int nest(const struct snapshot *snapshot, enum arrangement arrangement,
                const uint32_t *order, size_t n, uint32_t *parents)
{
	if (arrangement == ARRANGE_PROCESS)
		return nest_by_process(snapshot, order, n, parents);
	for (size_t i = 0; i < n; i++)
		parents[order[i]] = relation_of(&snapshot->spaces[order[i]], arrangement);
	return 0;
}

int arrange_spaces(const struct snapshot *snapshot, const bool *marks, enum arrangement arrangement,
                   struct forest *ret)
{
	size_t n_spaces = snapshot->n_spaces;
	auto_free uint32_t *order = calloc(n_spaces + 1, sizeof(*order));
	auto_free uint32_t *parents = calloc(n_spaces + 1, sizeof(*parents));

	if (!order || !parents)
		return -ENOMEM;
	size_t n = order_by_inode(snapshot, marks, order);
	int r = nest(snapshot, arrangement, order, n, parents);
	if (r < 0)
		return r;
	return forest_build(order, n, parents, n_spaces, ret);
}
