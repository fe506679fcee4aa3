/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nslist, options -> view: targets, columns, filter, and what the scan has to read for them. */
#include "model/select.h"
#include "show/nscols.h"
#include "tools/nslist.h"

void view_done(struct view *view)
{
	columns_done(&view->columns);
	columns_done(&view->own_row);
	filter_done(&view->filter);
	arena_done(&view->arena);
}

/* Whether the target is written like a namespace. A path in a loaded snapshot cannot be looked up,
 * but control groups are mounted in one place. */
static bool is_space(const struct target *target)
{
	return target->kind == TARGET_SPACE ||
	       (target->kind == TARGET_PATH && !has_prefix(target->path, "/sys/fs/cgroup"));
}

/* Operands are namespaces, or what is in them; both at once would be two kinds of list. */
static void check_targets(struct view *view, size_t n_operands)
{
	size_t n_spaces = 0;

	for (size_t i = 0; i < view->n_targets; i++) {
		const struct target *target = &view->targets[i];

		if (is_space(target) && i >= n_operands)
			cli_usage_error("%s is a namespace; --task and --pid take a process",
			                target->shown);
		n_spaces += is_space(target);
	}
	if (n_spaces > 0 && n_spaces < view->n_targets)
		cli_usage_error("namespaces and processes as targets exclude each other");
	view->are_spaces = n_spaces > 0;
}

/* Operands, then --task, then --pid. */
static int plan_targets(struct view *view)
{
	const struct nslist_options *options = view->options;
	size_t n = options->n_operands + options->n_tasks + (options->pid ? 1 : 0);
	int status = EXIT_OK;

	view->targets = arena_alloc(&view->arena, (n + 1) * sizeof(*view->targets));
	view->meanings = arena_alloc(&view->arena, (n + 1) * sizeof(*view->meanings));
	if (!view->targets || !view->meanings)
		return cli_fail(-ENOMEM, "cannot read the targets");
	for (size_t i = 0; i < n && status == EXIT_OK; i++) {
		const char *text = options->pid;

		if (i < options->n_operands)
			text = options->operands[i];
		else if (i < options->n_operands + options->n_tasks)
			text = options->tasks[i - options->n_operands];
		status = cli_plan_target(&options->common, &view->arena, text, &view->targets[i]);
	}
	view->n_targets = n;
	if (status == EXIT_OK)
		check_targets(view, options->n_operands);
	return status;
}

static enum view_kind choose_kind(const struct view *view)
{
	if (view->options->pid)
		return VIEW_NUMBERS;
	if (view->options->why)
		return VIEW_WHY;
	return view->are_spaces ? VIEW_MEMBERS : VIEW_NAMESPACES;
}

static const char *default_columns(const struct nslist_options *options, enum view_kind kind)
{
	switch (kind) {
	case VIEW_MEMBERS:
		return "PID,PPID,USER,COMMAND";
	case VIEW_NUMBERS:
		return "NS,DEPTH,PID,INITIAL";
	case VIEW_WHY:
		return "NS,TYPE,HOLDERS,WHY";
	case VIEW_NAMESPACES:
		break;
	}
	/* As in lsns(8): asked for by name, network namespaces say theirs. */
	if (options->types & NS_BIT(NS_NET))
		return "NS,TYPE,NPROCS,PID,USER,NETNSID,NSFS,CONTAINER,COMMAND";
	return "NS,TYPE,NPROCS,PID,USER,CONTAINER,COMMAND";
}

static int choose_columns(const struct view *view, enum view_kind kind, struct columns *columns)
{
	return cli_choose_columns(&view->options->common, nscols_set(),
	                          default_columns(view->options, kind), columns);
}

static struct needs needs_of_cells(const struct view *view)
{
	struct needs needs = columns_needs(&view->columns);
	struct needs filter = filter_needs(&view->filter);

	needs_add(&needs, &filter);
	return needs;
}

/* What the kind of view and the tree need, beyond the cells. */
static struct needs needs_of_kind(const struct view *view)
{
	const enum arrangement arrangement = view->options->arrangement;
	struct needs needs = { 0 };

	if (view->kind == VIEW_NUMBERS)
		needs = (struct needs){ .types = NS_BIT(NS_PID),
			                .process = PROCESS_NUMBERS,
			                .space = SPACE_RELATIONS };
	if (view->kind == VIEW_WHY)
		needs = (struct needs){ .types = NS_ALL_BITS,
			                .process = PROCESS_COMM | PROCESS_NUMBERS,
			                .space = SPACE_RELATIONS | SPACE_ID,
			                .holders = true };
	if (arrangement == ARRANGE_OWNER || arrangement == ARRANGE_PARENT)
		needs.space |= SPACE_RELATIONS;
	if (arrangement == ARRANGE_PROCESS)
		needs.process |= PROCESS_STAT;
	return needs;
}

/* Which types are looked at for the rows: as asked for, else that of the targets, else all. */
static unsigned types_of_rows(const struct view *view)
{
	unsigned types = 0;

	if (view->kind == VIEW_NUMBERS)
		return NS_BIT(NS_PID);
	if (view->options->types)
		return view->options->types;
	for (size_t i = 0; i < view->n_targets && view->are_spaces; i++) {
		const struct target *target = &view->targets[i];

		if (target->kind != TARGET_SPACE || target->type == NS_N_TYPES)
			return NS_ALL_BITS;
		types |= NS_BIT(target->type);
	}
	return types ? types : NS_ALL_BITS;
}

/* Where the scan looks. A process' numbers are no question of holders. */
static unsigned sources_of_rows(const struct view *view)
{
	unsigned asked = view->options->sources ? view->options->sources : SOURCE_ALL;

	if (view->kind == VIEW_NUMBERS)
		return SOURCE_PROCESS | (asked & view->depends);
	return asked;
}

/* Where the values come from that are shown, or filtered by. */
static unsigned sources_of_values(const struct view *view, const struct needs *cells)
{
	if (view->options->persistent || view->kind == VIEW_WHY)
		return SOURCE_ALL;
	return cells->sources | (cells->leader || cells->process ? SOURCE_PROCESS : 0);
}

static void plan_needs(struct view *view)
{
	struct needs cells = needs_of_cells(view);
	struct needs kind = needs_of_kind(view);
	struct needs own_row = columns_needs(&view->own_row);

	view->depends = sources_of_values(view, &cells);
	if (view->kind == VIEW_MEMBERS || view->kind == VIEW_NUMBERS)
		needs_raise_to_processes(&cells);
	view->needs = cells;
	needs_add(&view->needs, &kind);
	needs_add(&view->needs, &own_row);
	view->needs.types |= types_of_rows(view);
	view->needs.sources = sources_of_rows(view);
	view->scan = view->needs;
	for (size_t i = 0; i < view->n_targets; i++) {
		struct needs target = target_needs(&view->targets[i]);

		needs_add(&view->scan, &target);
	}
	/* A user namespace may live only as the owner of a namespace of any other type. */
	if ((view->scan.types & NS_BIT(NS_USER)) && view->scan.sources == SOURCE_ALL)
		view->scan.types = NS_ALL_BITS;
}

int view_plan(const struct nslist_options *options, struct view *ret)
{
	int status;
	int r;

	ret->options = options;
	status = plan_targets(ret);
	if (status != EXIT_OK)
		return status;
	ret->kind = choose_kind(ret);
	r = choose_columns(ret, ret->kind, &ret->columns);
	if (r == 0 && ret->kind == VIEW_MEMBERS)
		r = choose_columns(ret, VIEW_NAMESPACES, &ret->own_row);
	if (r == 0)
		r = cli_compile_filter(&options->common, nscols_set(), &ret->filter);
	if (r < 0)
		return cli_fail(r, "cannot choose the columns");
	plan_needs(ret);
	return EXIT_OK;
}

/* What the meaning must be for the view. */
static int check_meaning(const struct view *view, const struct snapshot *snapshot, size_t i)
{
	const struct meaning *meaning = &view->meanings[i];
	const char *shown = view->targets[i].shown;
	bool is_a_space = meaning->kind == MEANS_SPACE;

	if (is_a_space != view->are_spaces)
		return cli_no_target("%s: %s", shown,
		                     is_a_space ? "is a namespace" : "is no namespace");
	if (is_a_space && view->options->types &&
	    !(view->options->types & NS_BIT(snapshot->spaces[meaning->space].type)))
		return cli_no_target("%s: is of no type that --type names", shown);
	if (view->kind == VIEW_NUMBERS && meaning->process == NONE)
		return cli_no_target("%s: no process is in it", shown);
	return EXIT_OK;
}

int view_resolve(struct view *view, const struct snapshot *snapshot)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < view->n_targets && status == EXIT_OK; i++) {
		status = cli_resolve_target(&view->options->common, &view->arena, snapshot,
		                            &view->targets[i], &view->meanings[i]);
		if (status == EXIT_OK)
			status = check_meaning(view, snapshot, i);
	}
	return status;
}

int view_check(const struct view *view, const struct snapshot *snapshot)
{
	unsigned types = view->options->types ? view->options->types : NS_ALL_BITS;
	int status = EXIT_OK;

	if (view->are_spaces || view->kind == VIEW_NUMBERS)
		return EXIT_OK;
	for (size_t i = 0; i < view->n_targets; i++) {
		if (select_is_refused(snapshot, &view->meanings[i], types))
			status = cli_fail(0, "%s: its namespaces are not readable (%s)",
			                  view->targets[i].shown,
			                  gap_cure(GAP_PROCESS_NAMESPACES, snapshot->can_trace));
	}
	return status;
}
