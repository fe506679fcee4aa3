/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nstree, options -> view: targets, columns, filter, and what the scan has to read for them. */
#include "base/vec.h"
#include "model/authority.h"
#include "model/nearest.h"
#include "show/treecols.h"
#include "tools/nstree.h"

/* clang-format off */
const struct view_info view_infos[TREE_N_VIEWS] = {
	[TREE_PID] = { .name = "pid", .has_processes = true,
	  .columns = "KIND,NS,PID,TID,NSPID,COMM,CONTAINER,ENTERED,DEAD,FORCHILDREN,LEFT" },
	[TREE_PROCESS] = { .name = "process", .has_processes = true,
	  .columns = "KIND,PID,TID,PPID,COMM,CHANGED,CONTAINER,LEFT" },
	[TREE_USER] = { .name = "user",
	  .columns = "KIND,TYPE,NS,PNS,OWNERUID,UIDMAP,GIDMAP,NPROCS,PID,COMM,LEFT" },
	[TREE_SESSION] = { .name = "session", .has_processes = true,
	  .columns = "KIND,SID,PGID,PID,COMM,TTY,STATE,FOREGROUND,STOPPED,ORPHANED,LEADERLESS,LEFT" },
	[TREE_CGROUP] = { .name = "cgroup", .has_processes = true,
	  .columns = "KIND,HIERARCHY,CGROUP,UNIT,CONTAINER,NPROCS,PID,TID,COMM,LEFT" },
};
/* clang-format on */

void view_done(struct view *view)
{
	columns_done(&view->columns);
	filter_done(&view->filter);
	arena_done(&view->arena);
}

enum tree_view view_by_name(const char *name)
{
	enum tree_view view = 0;

	while (view < TREE_N_VIEWS && !is_equal(view_infos[view].name, name))
		view++;
	return view;
}

/* In the view of control groups one that is there is drawn, whether or not anybody is in it. */
static int plan_target(struct view *view, size_t i)
{
	const struct nstree_options *options = view->options;
	struct target *target = &view->targets[i];
	int status = cli_plan_target(&options->common, &view->arena, options->operands[i], target);

	target->may_be_empty = options->tree.view == TREE_CGROUP;
	return status;
}

static int plan_targets(struct view *view)
{
	const struct nstree_options *options = view->options;
	size_t n = options->n_operands;
	int status = EXIT_OK;

	view->targets = arena_alloc(&view->arena, (n + 1) * sizeof(*view->targets));
	view->meanings = arena_alloc(&view->arena, (n + 1) * sizeof(*view->meanings));
	if (!view->targets || !view->meanings)
		return cli_fail(-ENOMEM, "cannot read the targets");
	for (size_t i = 0; i < n && status == EXIT_OK; i++)
		status = plan_target(view, i);
	view->n_targets = n;
	return status;
}

/* A table draws the tree first, whatever stands beside it. 0 or -ENOMEM. */
static int put_tree_first(struct columns *columns)
{
	const struct column *tree = column_find(treecols_set(), "TREE");
	size_t kept = 0;
	int r;

	for (size_t i = 0; i < columns->count; i++) {
		if (columns->items[i] != tree)
			columns->items[kept++] = columns->items[i];
	}
	columns->count = kept;
	/* The elements are pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	r = VEC_GROW(&columns->items, &columns->capacity, columns->count);
	if (r < 0)
		return r;
	memmove(columns->items + 1, columns->items, kept * sizeof(const struct column *));
	columns->items[0] = tree;
	columns->count++;
	return 0;
}

static int plan_columns(struct view *view)
{
	const struct cli_common *common = &view->options->common;
	const char *standard = common->json ? view_infos[view->options->tree.view].columns : "TREE";
	int r = cli_choose_columns(common, treecols_set(), standard, &view->columns);

	if (r == 0 && !common->json)
		r = put_tree_first(&view->columns);
	return r;
}

/* Like leaves are drawn as one where a person looks, unless a column tells them apart. */
static bool wants_folding(const struct nstree_options *options)
{
	const struct cli_common *common = &options->common;
	bool is_table_of_columns =
		common->output || common->output_all || common->list || common->table.raw;

	if (options->folding != FOLD_AUTO)
		return options->folding == FOLD_ALWAYS;
	return common->table.width > 0 && !common->json && !is_table_of_columns;
}

static struct needs needs_of_cells(const struct view *view)
{
	struct needs needs = columns_needs(&view->columns);
	struct needs filter = filter_needs(&view->filter);

	needs_add(&needs, &filter);
	if (view_infos[view->options->tree.view].has_processes)
		needs_raise_to_processes(&needs);
	return needs;
}

static void plan_needs(struct view *view)
{
	const struct nstree_options *options = view->options;

	if (options->can) {
		view->needs = authority_needs();
	} else {
		struct needs cells = needs_of_cells(view);

		view->needs = tree_needs(&options->tree);
		needs_add(&view->needs, &cells);
	}
	view->scan = view->needs;
	for (size_t i = 0; i < view->n_targets; i++) {
		struct needs target = target_needs(&view->targets[i]);

		needs_add(&view->scan, &target);
	}
}

int view_plan(const struct nstree_options *options, struct view *ret)
{
	int status;
	int r;

	ret->options = options;
	ret->fold = wants_folding(options);
	status = plan_targets(ret);
	if (status != EXIT_OK)
		return status;
	r = plan_columns(ret);
	if (r == 0)
		r = cli_compile_filter(&options->common, treecols_set(), &ret->filter);
	if (r < 0)
		return cli_fail(r, "cannot choose the columns");
	plan_needs(ret);
	return EXIT_OK;
}

/* --can asks about a process and a namespace. */
static int check_meanings(const struct view *view)
{
	const struct meaning *meanings = view->meanings;
	const struct target *targets = view->targets;

	if (!view->options->can)
		return EXIT_OK;
	if (meanings[0].kind == MEANS_SPACE)
		return cli_no_target("%s: is a namespace, not a process", targets[0].shown);
	if (meanings[0].process == NONE)
		return cli_no_target("%s: no process is in it", targets[0].shown);
	if (meanings[1].kind != MEANS_SPACE)
		return cli_no_target("%s: is no namespace", targets[1].shown);
	return EXIT_OK;
}

/* That a word is no view either, and which was meant, or there are. NULL when out of memory. */
static const char *no_view_text(struct arena *arena, const char *word)
{
	struct nearest nearest = { .wanted = word };
	const char *list = "";

	for (size_t i = 0; i < TREE_N_VIEWS && list; i++) {
		nearest_offer(&nearest, view_infos[i].name, view_infos[i].name);
		list = arena_printf(arena, "%s%s %s", list, i ? "," : "", view_infos[i].name);
	}
	const char *meant = nearest_slip(&nearest);
	if (meant)
		return arena_printf(arena, "; no view either, did you mean '%s'?", meant);
	return list ? arena_printf(arena, "; no view either, those are:%s", list) : NULL;
}

/* The first operand could have been the name of a view, where it is a plain word. */
static bool could_be_view(const struct view *view, size_t i)
{
	const struct target *target = &view->targets[i];

	return i == 0 && !view->options->has_view && target->kind == TARGET_CONTAINER &&
	       !target->is_container_for_sure;
}

static int resolve_target(struct view *view, const struct snapshot *snapshot, size_t i)
{
	const struct target *target = &view->targets[i];
	const char *otherwise = NULL;

	if (could_be_view(view, i)) {
		otherwise = no_view_text(&view->arena, target->text);
		if (!otherwise)
			return cli_fail(-ENOMEM, "cannot resolve %s", target->shown);
	}
	return cli_resolve_word(&view->options->common, &view->arena, snapshot, target, otherwise,
	                        &view->meanings[i]);
}

int view_resolve(struct view *view, const struct snapshot *snapshot)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < view->n_targets && status == EXIT_OK; i++)
		status = resolve_target(view, snapshot, i);
	if (status == EXIT_OK)
		status = check_meanings(view);
	if (status == EXIT_OK && view->options->can)
		view->needs =
			can_needs(snapshot, view->meanings[0].process, view->meanings[1].space);
	return status;
}
