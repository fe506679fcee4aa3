/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From marked nodes to rows: parents first, so deep, what is left out counted, like leaves folded. */
#include "model/layout.h"

#include "base/map.h"
#include "model/forest.h"

struct builder {
	const struct tree *tree;
	uint32_t *order;     /* the nodes of the forest that is being built */
	uint32_t *parent_of; /* by node; first as the tree has it, then without circles */
	uint32_t *row_of; /* by node: its row; else, in the end, the row where it counts, or NONE */
	struct forest all;   /* of all nodes */
	struct forest drawn; /* of those that are marked */
	struct layout layout;
};

static void builder_done(struct builder *builder)
{
	free(builder->order);
	free(builder->parent_of);
	free(builder->row_of);
	forest_done(&builder->all);
	forest_done(&builder->drawn);
	layout_done(&builder->layout);
}
#define auto_builder __attribute__((cleanup(builder_done)))

static int builder_init(const struct tree *tree, struct builder *ret)
{
	const size_t size = (tree->count + 1) * sizeof(uint32_t);

	ret->tree = tree;
	ret->order = malloc(size);
	ret->parent_of = malloc(size);
	ret->row_of = malloc(size);
	if (!ret->order || !ret->parent_of || !ret->row_of)
		return -ENOMEM;
	for (uint32_t i = 0; i < tree->count; i++) {
		ret->order[i] = i;
		ret->parent_of[i] = tree->nodes[i].parent;
		ret->row_of[i] = NONE;
	}
	return 0;
}

/* A forest of all, in which circles are cut, then one of what is marked. 0 or -ENOMEM. */
static int grow(struct builder *builder, const bool *marks)
{
	const uint32_t n = (uint32_t)builder->tree->count;
	uint32_t n_marked = 0;
	int r = forest_build(builder->order, n, builder->parent_of, n, &builder->all);

	if (r < 0)
		return r;
	for (size_t i = 0; i < builder->all.count; i++) {
		const struct forest_row *row = &builder->all.rows[i];
		if (row->parent == NONE)
			builder->parent_of[row->item] = NONE;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (marks[i])
			builder->order[n_marked++] = i;
	}
	return forest_build(builder->order, n_marked, builder->parent_of, n, &builder->drawn);
}

/* A row for each node that is not too deep. 0 or -ENOMEM. */
static int add_rows(struct builder *builder, size_t depth)
{
	const struct forest *drawn = &builder->drawn;
	struct layout *layout = &builder->layout;

	layout->rows = calloc(drawn->count + 1, sizeof(*layout->rows));
	if (!layout->rows)
		return -ENOMEM;
	for (size_t i = 0; i < drawn->count; i++) {
		const struct forest_row *row = &drawn->rows[i];
		struct layout_row added = {
			.node = row->item, .parent = NONE, .depth = row->depth, .n_same = 1
		};
		if (row->depth > depth)
			continue;
		if (row->parent != NONE)
			added.parent = builder->row_of[drawn->rows[row->parent].item];
		builder->row_of[row->item] = (uint32_t)layout->count;
		layout->rows[layout->count++] = added;
	}
	return 0;
}

/* Namespaces say how many processes are in them: what is left out of those counts there. */
static bool is_counter(const struct tree *tree, const struct node *node)
{
	return tree->view != TREE_PID || (node->kind != NODE_PROCESS && node->kind != NODE_THREAD);
}

/* By row: itself, or the nearest one above that counts. NULL when out of memory. */
static uint32_t *find_counters(const struct builder *builder)
{
	const struct layout *layout = &builder->layout;
	uint32_t *counters = malloc((layout->count + 1) * sizeof(*counters));

	for (uint32_t i = 0; counters && i < layout->count; i++) {
		const struct layout_row *row = &layout->rows[i];
		bool is_own = row->parent == NONE ||
		              is_counter(builder->tree, &builder->tree->nodes[row->node]);
		counters[i] = is_own ? i : counters[row->parent];
	}
	return counters;
}

/* Each node that is left out counts once: where what is drawn ends, at the row that it ends with if
 * it is only too deep, else where such nodes are counted. 0 or -ENOMEM. */
static int count_left(struct builder *builder, const bool *marks)
{
	struct layout_row *rows = builder->layout.rows;
	auto_free uint32_t *counters = find_counters(builder);

	if (!counters)
		return -ENOMEM;
	for (size_t i = 0; i < builder->all.count; i++) {
		uint32_t node = builder->all.rows[i].item, parent = builder->parent_of[node];
		if (builder->row_of[node] != NONE || parent == NONE)
			continue;
		uint32_t row = builder->row_of[parent];
		if (row == NONE)
			continue;
		if (rows[row].node == parent && !marks[node])
			row = counters[row];
		builder->row_of[node] = row;
		rows[row].n_left++;
	}
	return 0;
}

/* What leaves have in common that become one row: no padding, since it is hashed. */
struct likeness {
	uint64_t comm; /* equal texts of a snapshot are one: its address */
	uint32_t parent;
	uint32_t space;
	uint32_t container;
	uint16_t marks;
	uint16_t unknown;
	uint32_t kind;
	uint16_t changed;
	uint16_t is_kernel_thread;
};

static const struct placement *place_of(const struct snapshot *snapshot, const struct node *node)
{
	if (node->kind == NODE_THREAD)
		return &snapshot->threads[node->index].at;
	return &snapshot->processes[node->index].at;
}

/* What the row has in common with others; false: it is a row of its own. */
static bool get_likeness(const struct tree *tree, const struct layout_row *row,
                         struct likeness *ret)
{
	const struct node *node = &tree->nodes[row->node];
	const struct process *process;
	const char *comm;

	if (row->parent == NONE || row->n_left > 0 ||
	    (node->kind != NODE_PROCESS && node->kind != NODE_THREAD))
		return false;
	for (size_t i = 0; i < CHILDREN_N_LINKS; i++) {
		if (place_of(tree->snapshot, node)->children[i] != NONE)
			return false;
	}
	process = &tree->snapshot->processes[node->process];
	comm = node->kind == NODE_THREAD ? tree->snapshot->threads[node->index].comm
	                                 : process->comm;
	if (!comm)
		return false;
	*ret = (struct likeness){
		.comm = (uintptr_t)comm,
		.parent = row->parent,
		.space = node->space,
		.container = node->container,
		.marks = node->marks,
		.unknown = node->unknown,
		.kind = node->kind,
		.changed = node->changed,
		.is_kernel_thread = process->is_kernel_thread,
	};
	return true;
}

/* The first row that is like this one (two of one hash take neighbouring keys), which it becomes
 * itself where there is none. 0 or -ENOMEM. */
static int find_first(const struct builder *builder, struct map *firsts, uint32_t row,
                      uint32_t *ret)
{
	const struct layout_row *rows = builder->layout.rows;
	struct likeness own, other;
	uint32_t found;

	*ret = row;
	if (!get_likeness(builder->tree, &rows[row], &own))
		return 0;
	uint64_t key = map_hash(&own, sizeof(own));
	for (; (found = map_find(firsts, key)) != NONE; key++) {
		if (!get_likeness(builder->tree, &rows[found], &other) ||
		    memcmp(&own, &other, sizeof(own)) != 0)
			continue;
		*ret = found;
		return 0;
	}
	return map_put(firsts, key, row);
}

/* Counts each leaf that is like an earlier one there; `is_leaf` becomes "is folded". 0 or -ENOMEM. */
static int fold_leaves(struct builder *builder, bool *is_leaf)
{
	auto_map struct map firsts = { 0 };

	for (uint32_t i = 0; i < builder->layout.count; i++) {
		uint32_t first = i;
		int r = is_leaf[i] ? find_first(builder, &firsts, i, &first) : 0;
		if (r < 0)
			return r;
		is_leaf[i] = first != i;
		if (first != i)
			builder->layout.rows[first].n_same++;
	}
	return 0;
}

/* Takes the folded rows out. Leaves are nobody's parent. */
static void remove_folded(struct layout *layout, const bool *is_folded, uint32_t *new_position)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < layout->count; i++) {
		struct layout_row row = layout->rows[i];
		if (is_folded[i])
			continue;
		if (row.parent != NONE)
			row.parent = new_position[row.parent];
		new_position[i] = kept;
		layout->rows[kept++] = row;
	}
	layout->count = kept;
}

static int fold_rows(struct builder *builder)
{
	struct layout *layout = &builder->layout;
	auto_free bool *is_leaf = malloc((layout->count + 1) * sizeof(*is_leaf));

	if (!is_leaf)
		return -ENOMEM;
	memset(is_leaf, true, layout->count * sizeof(*is_leaf));
	for (size_t i = 0; i < layout->count; i++) {
		if (layout->rows[i].parent != NONE)
			is_leaf[layout->rows[i].parent] = false;
	}
	int r = fold_leaves(builder, is_leaf);
	if (r == 0)
		remove_folded(layout, is_leaf, builder->row_of);
	return r;
}

int layout_rows(const struct tree *tree, const bool *marks, size_t depth, bool fold,
                struct layout *ret)
{
	auto_builder struct builder builder = { 0 };
	int r = builder_init(tree, &builder);

	if (r == 0)
		r = grow(&builder, marks);
	if (r == 0)
		r = add_rows(&builder, depth);
	if (r == 0)
		r = count_left(&builder, marks);
	if (r == 0 && fold)
		r = fold_rows(&builder);
	if (r < 0)
		return r;
	*ret = builder.layout;
	builder.layout = (struct layout){ 0 };
	return 0;
}

void layout_done(struct layout *layout)
{
	free(layout->rows);
	*layout = (struct layout){ 0 };
}
