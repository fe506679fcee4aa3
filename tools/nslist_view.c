/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nslist, view -> output: which rows, in which order, below which others, printed as asked. */
#include "base/map.h"
#include "model/select.h"
#include "show/json.h"
#include "show/nscols.h"
#include "show/why.h"
#include "tools/nslist.h"

/* Whether a row passes --filter. 0 or -errno. */
static int passes(const struct view *view, const struct snapshot *snapshot,
                  const struct place *place, bool is_process, bool *ret)
{
	auto_arena struct arena scratch = { 0 };
	struct row row = {
		.snapshot = snapshot, .scratch = &scratch, .place = place, .is_process = is_process
	};

	*ret = true;
	return view->filter.expr ? filter_holds(&view->filter, &row, ret) : 0;
}

static struct place place_of_space(const struct snapshot *snapshot, uint32_t space)
{
	return (struct place){ .space = space,
		               .process = snapshot->spaces[space].leader,
		               .parent = NONE };
}

/* Drops the rows that do not pass, before any of them is put below another. 0 or -errno. */
static int filter_rows(const struct view *view, struct rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		bool holds;
		int r = passes(view, rows->snapshot, &rows->items[i], rows->are_processes, &holds);

		if (r < 0)
			return r;
		if (holds)
			rows->items[kept++] = rows->items[i];
	}
	rows->count = kept;
	return 0;
}

/* Unmarks the namespaces that do not pass. 0 or -errno. */
static int filter_marks(const struct view *view, const struct snapshot *snapshot, bool *marks)
{
	for (uint32_t i = 0; i < snapshot->n_spaces && view->filter.expr; i++) {
		struct place place = place_of_space(snapshot, i);
		int r = marks[i] ? passes(view, snapshot, &place, false, &marks[i]) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/* Marks the namespaces that are asked for, and in a tree their ancestors, as lsns(8) does. 0 or
 * -ENOMEM. */
static int mark_by_criteria(const struct view *view, const struct snapshot *snapshot, bool **ret)
{
	const struct criteria criteria = {
		.types = view->options->types ? view->options->types : NS_ALL_BITS,
		.persistent = view->options->persistent,
		.targets = view->meanings,
		.n_targets = view->n_targets,
	};
	int r = select_spaces(snapshot, &criteria, ret);

	if (r == 0)
		arrange_mark_ancestors(snapshot, view->options->arrangement, criteria.types, *ret);
	return r;
}

/* Marks what the view shows: the namespaces that are targets, or those that are asked for. */
static int mark(const struct view *view, const struct snapshot *snapshot, bool **ret)
{
	if (!view->are_spaces)
		return mark_by_criteria(view, snapshot, ret);
	*ret = calloc(snapshot->n_spaces + 1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	for (size_t i = 0; i < view->n_targets; i++)
		(*ret)[view->meanings[i].space] = true;
	return 0;
}

/* Rows of namespaces, in the order and below the rows that the forest says. 0 or -ENOMEM. */
static int rows_of_forest(const struct snapshot *snapshot, const struct forest *forest,
                          struct rows *ret)
{
	struct place *places = calloc(forest->count + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < forest->count; i++) {
		places[i] = place_of_space(snapshot, forest->rows[i].item);
		places[i].parent = forest->rows[i].parent;
	}
	*ret = (struct rows){ .snapshot = snapshot, .items = places, .count = forest->count };
	return 0;
}

/* Whether a row shows COMMAND and no process is in its namespace: then it says what holds it. */
static bool names_holder(const struct columns *columns, const struct rows *rows)
{
	const struct column *command = column_find(nscols_set(), "COMMAND");
	bool is_shown = false;

	for (size_t i = 0; i < columns->count; i++)
		is_shown = is_shown || columns->items[i] == command;
	for (size_t i = 0; i < rows->count && is_shown; i++) {
		if (rows->items[i].process == NONE)
			return true;
	}
	return false;
}

/* A place that was not looked at may have a holder that COMMAND would rather name. */
static void note_left_out(const struct view *view, const struct columns *columns,
                          const struct rows *rows, struct snapshot *snapshot)
{
	unsigned missing = SOURCE_ALL & ~view->scan.sources;

	if (missing && !view->options->common.json && names_holder(columns, rows))
		snapshot_add_left_out(snapshot, missing);
}

/* Writes the rows as JSON or as a table. Returns an exit code. */
static int print(const struct view *view, const struct columns *columns, const struct rows *rows,
                 enum arrangement arrangement)
{
	const struct cli_common *common = &view->options->common;
	struct table_options table = common->table;

	table.is_tree = arrangement != ARRANGE_LIST;
	/* lsns(8) draws relations at the namespace, and processes at the command. */
	table.tree_column = arrangement == ARRANGE_PROCESS ? "COMMAND" : "NS";
	const struct json_section section = { .key = rows->are_processes ? "processes"
		                                                         : "namespaces",
		                              .columns = columns,
		                              .rows = rows,
		                              .nest = table.is_tree };

	if (common->json)
		return cli_printed(json_print(stdout, &section, 1, &view->needs));
	return cli_printed(table_print(stdout, columns, rows, &table));
}

/* The marked namespaces as rows. 0 or -errno. */
static int arrange_rows(const struct snapshot *snapshot, const bool *marks,
                        enum arrangement arrangement, struct rows *ret)
{
	auto_forest struct forest forest = { 0 };
	int r = arrange_spaces(snapshot, marks, arrangement, &forest);

	return r < 0 ? r : rows_of_forest(snapshot, &forest, ret);
}

/* The rows of the namespaces that the view is about. 0 or -errno. */
static int space_rows(const struct view *view, const struct snapshot *snapshot, struct rows *ret)
{
	auto_free bool *marks = NULL;
	int r = mark(view, snapshot, &marks);

	if (r == 0)
		r = filter_marks(view, snapshot, marks);
	return r < 0 ? r : arrange_rows(snapshot, marks, view->options->arrangement, ret);
}

static int show_namespaces(const struct view *view, struct snapshot *snapshot)
{
	struct rows rows = { 0 };
	auto_free struct place *places = NULL;
	int r = space_rows(view, snapshot, &rows);

	places = rows.items;
	if (r < 0)
		return cli_fail(r, "cannot list namespaces");
	note_left_out(view, &view->columns, &rows, snapshot);
	return print(view, &view->columns, &rows, view->options->arrangement);
}

static int show_why(const struct view *view, const struct snapshot *snapshot)
{
	const struct cli_common *common = &view->options->common;
	struct rows rows = { 0 };
	auto_free struct place *places = NULL;
	int r = space_rows(view, snapshot, &rows);

	places = rows.items;
	if (r < 0)
		return cli_fail(r, "cannot list namespaces");
	if (common->json || common->table.raw || common->output || common->output_all)
		return print(view, &view->columns, &rows, ARRANGE_LIST);
	r = why_print(stdout, &rows);
	return r < 0 && !ferror(stdout) ? cli_fail(r, "cannot print the reasons") : EXIT_OK;
}

/* Appends the processes in that namespace. 0 or -errno. */
static int add_members(const struct snapshot *snapshot, uint32_t space, struct rows *rows)
{
	auto_free uint32_t *members = NULL;
	struct place *places;
	size_t n;
	int r = select_members(snapshot, space, &members, &n);

	if (r < 0)
		return r;
	places = reallocarray(rows->items, rows->count + n + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		places[rows->count + i] =
			(struct place){ .space = space, .process = members[i], .parent = NONE };
	rows->items = places;
	rows->count += n;
	return 0;
}

/*
 * The processes of the namespaces that are targets, by inode and number, and marks of those that
 * nobody is in; they are the caller's to free. 0 or -errno.
 */
static int member_rows(const struct view *view, const struct snapshot *snapshot, struct rows *rows,
                       bool **ret_empty)
{
	auto_forest struct forest forest = { 0 };
	int r = mark(view, snapshot, ret_empty);

	if (r == 0)
		r = arrange_spaces(snapshot, *ret_empty, ARRANGE_LIST, &forest);
	for (size_t i = 0; i < forest.count && r == 0; i++) {
		size_t before = rows->count;

		r = add_members(snapshot, forest.rows[i].item, rows);
		(*ret_empty)[forest.rows[i].item] = rows->count == before;
	}
	return r;
}

/* For each row the row of its parent process in the same namespace, or NONE. 0 or -ENOMEM. */
static int find_parents(const struct rows *rows, uint32_t *parents)
{
	auto_map struct map at = { 0 };
	int r = 0;

	for (uint32_t i = 0; i < rows->count && r == 0; i++) {
		const struct place *place = &rows->items[i];
		const struct process *process = &rows->snapshot->processes[place->process];

		r = map_put(&at, (uint64_t)place->space << 32 | (uint32_t)process->pid, i);
	}
	for (size_t i = 0; i < rows->count && r == 0; i++) {
		const struct place *place = &rows->items[i];
		const struct process *process = &rows->snapshot->processes[place->process];

		parents[i] =
			map_find(&at, (uint64_t)place->space << 32 | (uint32_t)process->parent);
	}
	return r;
}

/* Puts the rows below those of their parent processes. 0 or -ENOMEM. */
static int nest_members(struct rows *rows)
{
	auto_free uint32_t *parents = calloc(rows->count + 1, sizeof(*parents));
	auto_free uint32_t *order = calloc(rows->count + 1, sizeof(*order));
	auto_free struct place *places = calloc(rows->count + 1, sizeof(*places));
	auto_forest struct forest forest = { 0 };
	int r;

	if (!parents || !order || !places)
		return -ENOMEM;
	for (uint32_t i = 0; i < rows->count; i++)
		order[i] = i;
	r = find_parents(rows, parents);
	if (r == 0)
		r = forest_build(order, rows->count, parents, rows->count, &forest);
	if (r < 0)
		return r;
	for (size_t i = 0; i < forest.count; i++) {
		places[i] = rows->items[forest.rows[i].item];
		places[i].parent = forest.rows[i].parent;
	}
	free(rows->items);
	rows->items = take_pointer(&places);
	return 0;
}

/* What the view of namespaces as targets shows. */
struct members {
	struct rows processes;
	struct rows own;    /* of the namespaces that no process is in */
	bool has_processes; /* before any was filtered out */
};

static void members_done(struct members *members)
{
	free(members->processes.items);
	free(members->own.items);
}
#define auto_members __attribute__((cleanup(members_done)))

static int find_members(const struct view *view, const struct snapshot *snapshot,
                        struct members *members)
{
	auto_free bool *empty = NULL;
	int r = member_rows(view, snapshot, &members->processes, &empty);

	members->has_processes = members->processes.count > 0;
	if (r == 0)
		r = filter_rows(view, &members->processes);
	if (r == 0 && view->options->arrangement == ARRANGE_PROCESS)
		r = nest_members(&members->processes);
	if (r == 0)
		r = filter_marks(view, snapshot, empty);
	return r < 0 ? r : arrange_rows(snapshot, empty, view->options->arrangement, &members->own);
}

/* Both keys are always there: who is in a namespace does not change what a reader looks for. */
static int print_members_json(const struct view *view, const struct members *members)
{
	const enum arrangement arrangement = view->options->arrangement;
	const struct json_section sections[] = {
		{ .key = "processes",
		  .columns = &view->columns,
		  .rows = &members->processes,
		  .nest = arrangement == ARRANGE_PROCESS },
		{ .key = "namespaces",
		  .columns = &view->own_row,
		  .rows = &members->own,
		  .nest = arrangement != ARRANGE_LIST },
	};

	return cli_printed(json_print(stdout, sections, ARRAY_SIZE(sections), &view->needs));
}

static int show_members(struct view *view, struct snapshot *snapshot)
{
	const enum arrangement arrangement = view->options->arrangement;
	auto_members struct members members = { .processes = { .snapshot = snapshot,
		                                               .are_processes = true } };
	int r = find_members(view, snapshot, &members);

	if (r < 0)
		return cli_fail(r, "cannot list processes");
	/* Who is in a namespace does not depend on what else holds it. */
	if (members.has_processes && (members.own.count == 0 || !view->options->common.json))
		view->needs.sources &= SOURCE_PROCESS | SOURCE_THREAD | view->depends;
	if (view->options->common.json)
		return print_members_json(view, &members);
	if (members.has_processes)
		return print(view, &view->columns, &members.processes,
		             arrangement == ARRANGE_PROCESS ? ARRANGE_PROCESS : ARRANGE_LIST);
	note_left_out(view, &view->own_row, &members.own, snapshot);
	return print(view, &view->own_row, &members.own, arrangement);
}

/* A row for each PID namespace in which the process has a number. 0 or -errno. */
static int number_rows(const struct snapshot *snapshot, uint32_t process, struct rows *rows)
{
	auto_free uint32_t *spaces = NULL;
	struct place *places;
	size_t n;
	int r = select_numbers(snapshot, process, &spaces, &n);

	if (r < 0)
		return r;
	places = calloc(n + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ .space = spaces[i],
			                    .process = process,
			                    .parent = NONE,
			                    .number = snapshot->processes[process].numbers[i] };
	rows->items = places;
	rows->count = n;
	return 0;
}

static int show_numbers(const struct view *view, const struct snapshot *snapshot)
{
	struct rows rows = { .snapshot = snapshot, .are_processes = true };
	int status;
	int r = number_rows(snapshot, view->meanings[0].process, &rows);

	if (r == 0)
		r = filter_rows(view, &rows);
	if (r == -ENODATA)
		status = cli_fail(0, "the numbers of %s could not be read", view->targets[0].shown);
	else if (r < 0)
		status = cli_fail(r, "cannot list numbers");
	else
		status = print(view, &view->columns, &rows, ARRANGE_LIST);
	free(rows.items);
	return status;
}

int view_show(struct view *view, struct snapshot *snapshot)
{
	switch (view->kind) {
	case VIEW_MEMBERS:
		return show_members(view, snapshot);
	case VIEW_NUMBERS:
		return show_numbers(view, snapshot);
	case VIEW_WHY:
		return show_why(view, snapshot);
	case VIEW_NAMESPACES:
		break;
	}
	return show_namespaces(view, snapshot);
}
