/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nstree, view -> output: which nodes, in which rows, printed as asked. */
#include "show/json.h"
#include "tools/nstree.h"

static struct place place_of_node(const struct node *node)
{
	return (struct place){ .space = node->space,
		               .process = node->process,
		               .parent = NONE,
		               .node = node,
		               .n_same = 1 };
}

/* The marked nodes that do not pass --filter are not shown; what is below them becomes a root. 0 or
 * -errno. */
static int filter_marks(const struct view *view, const struct tree *tree, bool *marks)
{
	auto_arena struct arena scratch = { 0 };
	struct place place;
	const struct rows rows = {
		.snapshot = tree->snapshot, .tree = tree, .items = &place, .count = 1
	};
	int r = 0;

	for (size_t i = 0; i < tree->count && view->filter.expr && r == 0; i++) {
		if (!marks[i])
			continue;
		place = place_of_node(&tree->nodes[i]);
		struct row row = rows_at(&rows, 0, &scratch);
		r = filter_holds(&view->filter, &row, &marks[i]);
		arena_reset(&scratch);
	}
	return r;
}

/* Which of the marked groups have stopped members and are orphaned; counts those of which nobody can
 * tell. The result has n_groups entries and is the caller's to free; NULL when out of memory. */
static bool *find_orphaned(const struct tree *tree, const bool *marks, uint64_t *ret_unknown)
{
	const struct sessions *sessions = &tree->sessions;
	bool *orphaned = calloc(sessions->n_groups + 1, sizeof(*orphaned));

	*ret_unknown = 0;
	for (size_t i = 0; orphaned && i < tree->count; i++) {
		const struct node *node = &tree->nodes[i];

		if (!marks[i] || node->kind != NODE_GROUP ||
		    sessions->groups[node->index].n_stopped == 0)
			continue;
		orphaned[node->index] = sessions->groups[node->index].orphaned == ANSWER_YES;
		*ret_unknown += sessions->groups[node->index].orphaned == ANSWER_UNKNOWN;
	}
	return orphaned;
}

/* Whether a node is one of these groups, a session with one, or a process in one. */
static bool is_of_groups(const struct sessions *sessions, const bool *groups,
                         const struct node *node)
{
	if (node->kind == NODE_GROUP)
		return groups[node->index];
	if (node->kind == NODE_SESSION) {
		const struct session *session = &sessions->items[node->index];
		bool has_one = false;

		for (uint32_t i = 0; i < session->n_groups; i++)
			has_one = has_one || groups[session->first_group + i];
		return has_one;
	}
	uint32_t group = sessions->group_of[node->process];
	return group != NONE && groups[group];
}

/* --orphaned. Of stopped groups of which nobody can tell, the check says so. 0 or -ENOMEM. */
static int orphaned_marks(const struct tree *tree, struct snapshot *snapshot, bool *marks)
{
	uint64_t n_unknown;
	auto_free bool *groups = find_orphaned(tree, marks, &n_unknown);

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < tree->count; i++)
		marks[i] = marks[i] && is_of_groups(&tree->sessions, groups, &tree->nodes[i]);
	if (n_unknown > 0)
		snapshot_add_gap(snapshot, GAP_ORPHANED, n_unknown, 0);
	return 0;
}

/* Whether an orphaned group is left: of a session alone nothing is told. */
static bool has_orphaned(const struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->items[i].node->kind != NODE_SESSION)
			return true;
	}
	return false;
}

/* The nodes in the order of the layout. 0 or -ENOMEM. */
static int rows_of_layout(const struct tree *tree, const struct layout *layout, struct rows *ret)
{
	struct place *places = calloc(layout->count + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_row *row = &layout->rows[i];

		places[i] = place_of_node(&tree->nodes[row->node]);
		places[i].parent = row->parent;
		places[i].depth = row->depth;
		places[i].n_same = row->n_same;
		places[i].n_left = row->n_left;
	}
	*ret = (struct rows){
		.snapshot = tree->snapshot, .tree = tree, .items = places, .count = layout->count
	};
	return 0;
}

/* Whether --all is what shows the rest. */
static bool all_shows_left(const struct view *view)
{
	const struct nstree_options *options = view->options;

	return !options->tree.all && !options->has_depth && !options->orphaned &&
	       view->n_targets == 0 && !view->filter.expr;
}

static int print(const struct view *view, const struct rows *rows)
{
	const struct cli_common *common = &view->options->common;
	const bool is_flat = common->list || common->table.raw;
	const struct json_section section = {
		.key = view_infos[view->options->tree.view].name,
		.columns = &view->columns,
		.rows = rows,
		.nest = !is_flat,
		.parents = is_flat,
	};
	struct table_options table = common->table;

	if (common->json)
		return cli_printed(json_print(stdout, &section, 1, &view->needs));
	table.is_tree = !is_flat;
	table.tree_column = "TREE";
	table.noheadings = table.noheadings || !(common->output || common->output_all);
	return cli_printed(table_print(stdout, &view->columns, rows, &table));
}

/* Says why a target has no branch here. */
static int report_unmatched(const struct view *view, size_t target)
{
	const char *name = view_infos[view->options->tree.view].name;
	const char *shown = view->targets[target].shown;

	if (view->meanings[target].kind == MEANS_SPACE)
		return cli_no_target("%s: the view %s shows neither it nor a process that is in it",
		                     shown, name);
	return cli_no_target("%s: is not in the view %s", shown, name);
}

/* Marks what the view shows. Returns an exit code. */
static int mark(const struct view *view, const struct tree *tree, struct snapshot *snapshot,
                bool **ret)
{
	const struct nstree_options *options = view->options;
	size_t unmatched;
	/* Of a process in an orphaned group the group is part of the answer. */
	int r = layout_mark(tree, view->meanings, view->n_targets, options->up || options->orphaned,
	                    options->tree.all, ret, &unmatched);

	if (r == 0 && unmatched < view->n_targets)
		return report_unmatched(view, unmatched);
	if (r == 0 && options->orphaned)
		r = orphaned_marks(tree, snapshot, *ret);
	if (r == 0)
		r = filter_marks(view, tree, *ret);
	return r < 0 ? cli_fail(r, "cannot choose the rows") : EXIT_OK;
}

/* Puts the marked nodes in rows and prints them. Returns an exit code. */
static int show_marked(const struct view *view, const struct tree *tree, const bool *marks)
{
	const struct nstree_options *options = view->options;
	auto_layout struct layout layout = { 0 };
	auto_free struct place *places = NULL;
	struct rows rows = { 0 };
	int status;
	int r = layout_rows(tree, marks, options->depth, view->fold, &layout);

	if (r == 0)
		r = rows_of_layout(tree, &layout, &rows);
	places = rows.items;
	if (r < 0)
		return cli_fail(r, "cannot lay out the rows");
	rows.all_shows_left = all_shows_left(view);
	status = print(view, &rows);
	return status == EXIT_OK && options->orphaned && has_orphaned(&rows) ? EXIT_CHECK : status;
}

int view_show(const struct view *view, struct snapshot *snapshot)
{
	auto_tree struct tree tree = { 0 };
	struct tree_options options = view->options->tree;
	auto_free bool *marks = NULL;
	int status;
	int r;

	options.targets = view->meanings;
	options.n_targets = view->n_targets;
	if (view->options->can)
		return can_print(&view->options->common, snapshot, view->meanings[0].process,
		                 view->meanings[1].space, &view->needs);
	r = tree_build(snapshot, &options, &tree);
	if (r < 0)
		return cli_fail(r, "cannot build the tree");
	status = mark(view, &tree, snapshot, &marks);
	return status == EXIT_OK ? show_marked(view, &tree, marks) : status;
}
