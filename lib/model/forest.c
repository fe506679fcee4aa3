/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees from parent indexes, by counting sort and without a stack: linear whatever the shape. */
#include "model/forest.h"

/* What is known of the item at a position of `order`, while the forest grows. */
struct node {
	uint32_t parent;      /* position in order, or NONE */
	uint32_t first_child; /* where its children begin in the list of all children */
	uint32_t n_children;
	uint32_t n_taken; /* children that are in the forest already */
	uint32_t row;     /* its row in the forest */
};

/* Parents as positions in `order`; NONE for those that are not in it. */
static int find_parents(const uint32_t *order, size_t n, const uint32_t *parent_of, size_t n_items,
                        struct node *nodes)
{
	auto_free uint32_t *position = malloc((n_items + 1) * sizeof(*position));

	if (!position)
		return -ENOMEM;
	for (size_t i = 0; i < n_items; i++)
		position[i] = NONE;
	for (uint32_t i = 0; i < n; i++)
		position[order[i]] = i;
	for (size_t i = 0; i < n; i++) {
		uint32_t parent = parent_of[order[i]];
		nodes[i].parent = parent < n_items ? position[parent] : NONE;
	}
	return 0;
}

/* Makes the first of the nodes in the circle that `start` is in a root. */
static void break_cycle(struct node *nodes, uint32_t start)
{
	uint32_t first = start;

	for (uint32_t i = nodes[start].parent; i != start; i = nodes[i].parent) {
		if (i < first)
			first = i;
	}
	nodes[first].parent = NONE;
}

/* Each walk to the root stops where an earlier one has been; one that meets itself is in a circle.
 * The field `row` remembers the walk. */
static void break_cycles(struct node *nodes, size_t n)
{
	for (uint32_t i = 0; i < n; i++)
		nodes[i].row = NONE;
	for (uint32_t start = 0; start < n; start++) {
		uint32_t i = start;
		while (i != NONE && nodes[i].row == NONE) {
			nodes[i].row = start;
			i = nodes[i].parent;
		}
		if (i != NONE && nodes[i].row == start)
			break_cycle(nodes, i);
	}
}

/* Groups the nodes by parent, in the order of `order`, into `children`. */
static void sort_children(struct node *nodes, size_t n, uint32_t *children)
{
	uint32_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (nodes[i].parent != NONE)
			nodes[nodes[i].parent].n_children++;
	}
	for (size_t i = 0; i < n; i++) {
		nodes[i].first_child = used;
		used += nodes[i].n_children;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (nodes[i].parent == NONE)
			continue;
		struct node *parent = &nodes[nodes[i].parent];
		children[parent->first_child + parent->n_taken++] = i;
	}
	for (size_t i = 0; i < n; i++)
		nodes[i].n_taken = 0;
}

static void add_row(const uint32_t *order, struct node *nodes, uint32_t position,
                    struct forest *forest)
{
	struct node *node = &nodes[position];
	struct forest_row row = { .item = order[position], .parent = NONE };

	if (node->parent != NONE) {
		row.parent = nodes[node->parent].row;
		row.depth = forest->rows[row.parent].depth + 1;
	}
	node->row = (uint32_t)forest->count;
	forest->rows[forest->count++] = row;
}

/* Adds a root and all below it, going down to the next child and up where there is none left. */
static void add_tree(const uint32_t *order, struct node *nodes, const uint32_t *children,
                     uint32_t root, struct forest *forest)
{
	uint32_t here = root;

	add_row(order, nodes, root, forest);
	while (here != NONE) {
		struct node *node = &nodes[here];
		if (node->n_taken == node->n_children) {
			here = node->parent;
			continue;
		}
		here = children[node->first_child + node->n_taken++];
		add_row(order, nodes, here, forest);
	}
}

int forest_build(const uint32_t *order, size_t n, const uint32_t *parent_of, size_t n_items,
                 struct forest *ret)
{
	auto_free struct node *nodes = calloc(n + 1, sizeof(*nodes));
	auto_free uint32_t *children = calloc(n + 1, sizeof(*children));
	auto_forest struct forest forest = { .rows = calloc(n + 1, sizeof(struct forest_row)) };

	if (!nodes || !children || !forest.rows)
		return -ENOMEM;
	int r = find_parents(order, n, parent_of, n_items, nodes);
	if (r < 0)
		return r;
	break_cycles(nodes, n);
	sort_children(nodes, n, children);
	for (uint32_t i = 0; i < n; i++) {
		if (nodes[i].parent == NONE)
			add_tree(order, nodes, children, i, &forest);
	}
	*ret = forest;
	forest.rows = NULL;
	return 0;
}

void forest_done(struct forest *forest)
{
	free(forest->rows);
	*forest = (struct forest){ 0 };
}
