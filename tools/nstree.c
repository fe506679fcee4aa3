/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nstree: how namespaces, processes, sessions and control groups nest. */
#include "tools/nstree.h"

#include "base/parse.h"
#include "show/treecols.h"

static int apply_up(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->up = true;
	return 0;
}

static int apply_threads(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->tree.threads = true;
	return 0;
}

static int apply_all(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->tree.all = true;
	return 0;
}

static int apply_fold(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->folding = FOLD_ALWAYS;
	return 0;
}

static int apply_no_fold(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->folding = FOLD_NEVER;
	return 0;
}

static int apply_depth(void *options, const char *argument)
{
	struct nstree_options *nstree = options;
	uint64_t depth;
	int r = parse_u64(argument, &depth);

	if (r == -EINVAL)
		cli_usage_error("--depth takes a number of levels, not '%s'", argument);
	nstree->depth = r == 0 && depth < SIZE_MAX ? depth : SIZE_MAX;
	nstree->has_depth = true;
	return 0;
}

static int apply_details(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->tree.details = true;
	return 0;
}

static int apply_can(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->can = true;
	return 0;
}

static int apply_orphaned(void *options, const char *argument)
{
	struct nstree_options *nstree = options;

	(void)argument;
	nstree->orphaned = true;
	return 0;
}

/* clang-format off */
static const struct cli_option nstree_own_options[] = {
	{ .name = "all",      .letter = 'a', .apply = apply_all,
	  .help = "every process, and empty control groups" },
	{ .name = "up",       .apply = apply_up,
	  .help = "also the way from the targets to the root" },
	{ .name = "threads",  .apply = apply_threads,
	  .help = "also threads that are not where their process is" },
	{ .name = "depth",    .argument = "N", .apply = apply_depth,
	  .help = "no more than N levels below the roots" },
	{ .name = "fold",     .apply = apply_fold,
	  .help = "like leaves as one: 4*[worker]; so on a terminal" },
	{ .name = "no-fold",  .apply = apply_no_fold,
	  .help = "each leaf on its own; so in a pipe" },
	{ .name = "details",  .apply = apply_details,
	  .help = "user: also the namespaces that each owns" },
	{ .name = "can",      .apply = apply_can,
	  .help = "user: which capabilities a process has over a namespace: two targets" },
	{ .name = "orphaned", .apply = apply_orphaned,
	  .help = "session: only orphaned groups with stopped members; exit 4 if there are any" },
};
/* clang-format on */

/* What --save leaves no room for. */
static void check_save(const struct nstree_options *options)
{
	const struct tree_options *tree = &options->tree;
	bool is_selective = tree->all || tree->threads || tree->details || options->up ||
	                    options->has_depth || options->can || options->orphaned ||
	                    options->folding != FOLD_AUTO || options->common.filter;

	if (options->has_view || options->n_operands > 0)
		cli_usage_error("--save writes everything and takes no target and no view");
	if (is_selective)
		cli_usage_error("--save writes everything: give what the view is to show with "
		                "--load");
}

/* --can answers one question in sentences: there are no rows to choose, cut or fold. */
static void check_can(const struct nstree_options *options)
{
	const struct cli_common *common = &options->common;
	const struct tree_options *tree = &options->tree;

	if (options->n_operands != 2)
		cli_usage_error("--can takes two targets, a process and a namespace");
	if (tree->all || tree->threads || tree->details || options->up || options->has_depth ||
	    options->folding != FOLD_AUTO)
		cli_usage_error("--can draws no tree: --all, --threads, --details, --up, --depth "
		                "and --fold do not go with it");
	if (common->output || common->output_all || common->filter || common->table.raw ||
	    common->list)
		cli_usage_error("--can has no columns: --output, --filter, --raw and --list do "
		                "not go with it");
}

/* What contradicts itself. */
static void options_check(const struct nstree_options *options)
{
	const struct tree_options *tree = &options->tree;

	if (options->common.save)
		check_save(options);
	if (tree->details && tree->view != TREE_USER)
		cli_usage_error("--details is for the view user");
	if (options->can && tree->view != TREE_USER)
		cli_usage_error("--can is for the view user");
	if (options->orphaned && tree->view != TREE_SESSION)
		cli_usage_error("--orphaned is for the view session");
	if (options->can)
		check_can(options);
	if (options->folding == FOLD_ALWAYS && options->common.json)
		cli_usage_error("--fold and --json exclude each other");
}

/* The first operand, where it is the name of one. */
static void take_view(struct nstree_options *options)
{
	enum tree_view view = TREE_N_VIEWS;

	if (options->n_operands > 0)
		view = view_by_name(options->operands[0]);
	if (view == TREE_N_VIEWS)
		return;
	options->has_view = true;
	options->tree.view = view;
	options->operands++;
	options->n_operands--;
}

static void options_parse(int argc, char **argv, struct nstree_options *ret)
{
	const struct cli_tool tool = {
		.name = "nstree",
		.synopsis = "[options] [VIEW] [TARGET...]",
		.summary =
			"Draws how namespaces, processes, sessions and control groups nest; of "
			"targets,\ntheir branches.\n\n"
			"Views:\n"
			"  pid      PID namespaces, in each its processes (this one without VIEW)\n"
			"  process  processes, and the namespaces that change at each\n"
			"  user     user namespaces, their maps, their creators\n"
			"  session  sessions, process groups, their processes\n"
			"  cgroup   control groups and their processes",
		.options = nstree_own_options,
		.n_options = ARRAY_SIZE(nstree_own_options),
		.columns = treecols_set(),
		.has_short_table_letters = true,
		.list_help = "no tree: rows one below the other; with --json each with its parent",
	};
	int first;

	*ret = (struct nstree_options){ .depth = SIZE_MAX };
	first = cli_parse(&tool, argc, argv, ret, &ret->common);
	ret->operands = (const char *const *)&argv[first];
	ret->n_operands = (size_t)(argc - first);
	take_view(ret);
	options_check(ret);
	/* A check must not pass because it saw nothing. */
	ret->common.strict = ret->common.strict || ret->orphaned;
}

/* Of a snapshot all namespaces are known that no process is in: none is left out then. */
static unsigned sources_of(const struct view *view)
{
	return view->scan.empties ? SOURCE_ALL : view->scan.sources;
}

static int run_view(const struct nstree_options *options)
{
	auto_view struct view view = { 0 };
	auto_snapshot struct snapshot snapshot;
	int status;

	snapshot_init(&snapshot);
	status = view_plan(options, &view);
	if (status == EXIT_OK)
		status = cli_take_snapshot(&options->common, &view.scan, &snapshot);
	/* First, since what comes near may be in a place that the view leaves out. */
	if (status == EXIT_OK)
		status = view_resolve(&view, &snapshot);
	if (status == EXIT_OK)
		status = cli_limit_snapshot(&options->common, sources_of(&view), &snapshot);
	if (status == EXIT_OK)
		status = view_show(&view, &snapshot);
	return cli_finish(&options->common, &snapshot, &view.needs, status);
}

int main(int argc, char **argv)
{
	struct nstree_options options;

	options_parse(argc, argv, &options);
	if (options.common.list_columns)
		return cli_list_columns(&options.common, treecols_set());
	return options.common.save ? cli_run_save(&options.common) : run_view(&options);
}
