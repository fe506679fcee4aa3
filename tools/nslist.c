/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nslist: which namespaces exist, who is in them, and what keeps each of them alive. */
#include "base/vec.h"
#include "show/nscols.h"
#include "tools/nslist.h"

static int apply_type(void *options, const char *argument)
{
	struct nslist_options *nslist = options;
	unsigned types;

	if (ns_parse_types(argument, &types) < 0)
		cli_usage_error("--type takes mnt, net, pid, uts, ipc, user, cgroup, time, "
		                "not '%s'",
		                argument);
	nslist->types |= types;
	return 0;
}

static int apply_task(void *options, const char *argument)
{
	struct nslist_options *nslist = options;
	int r = VEC_GROW(&nslist->tasks, &nslist->tasks_capacity, nslist->n_tasks);

	if (r < 0)
		return r;
	nslist->tasks[nslist->n_tasks++] = argument;
	return 0;
}

static int apply_persistent(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	(void)argument;
	nslist->persistent = true;
	return 0;
}

/* Alone it is the tree of owners, as in lsns(8). */
static int apply_tree(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	if (!argument || is_equal(argument, "owner"))
		nslist->arrangement = ARRANGE_OWNER;
	else if (is_equal(argument, "parent"))
		nslist->arrangement = ARRANGE_PARENT;
	else if (is_equal(argument, "process"))
		nslist->arrangement = ARRANGE_PROCESS;
	else
		cli_usage_error("--tree takes owner, parent or process, not '%s'", argument);
	return 0;
}

static int apply_nowrap(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	(void)argument;
	nslist->common.table.nowrap = true;
	return 0;
}

/* clang-format off */
static const struct { const char *name; unsigned source; } source_names[] = {
	{ "process", SOURCE_PROCESS },
	{ "thread",  SOURCE_THREAD },
	{ "fd",      SOURCE_FD },
	{ "mount",   SOURCE_MOUNT },
};
/* clang-format on */

/* The source with that name of `length` bytes, or 0. */
static unsigned source_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(source_names); i++)
		if (strlen(source_names[i].name) == length &&
		    memcmp(source_names[i].name, name, length) == 0)
			return source_names[i].source;
	return 0;
}

static int apply_scan(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	for (const char *name = argument;; name++) {
		size_t length = strcspn(name, ",");
		unsigned source = source_by_name(name, length);

		if (source == 0)
			cli_usage_error("--scan takes process, thread, fd, mount, not '%s'",
			                argument);
		nslist->sources |= source;
		name += length;
		if (*name == '\0')
			return 0;
	}
}

static int apply_why(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	(void)argument;
	nslist->why = true;
	return 0;
}

static int apply_pid(void *options, const char *argument)
{
	struct nslist_options *nslist = options;

	if (nslist->pid)
		cli_usage_error("--pid takes one process");
	nslist->pid = argument;
	return 0;
}

/* clang-format off */
static const struct cli_option nslist_own_options[] = {
	{ .name = "type",       .letter = 't', .argument = "LIST", .apply = apply_type,
	  .help = "only mnt, net, pid, uts, ipc, user, cgroup, time; may be repeated" },
	{ .name = "task",       .letter = 'p', .argument = "TARGET", .apply = apply_task,
	  .help = "only those that this process is in; may be repeated" },
	{ .name = "persistent", .letter = 'P', .apply = apply_persistent,
	  .help = "only those with no process in them" },
	{ .name = "tree",       .letter = 'T', .argument = "[=KIND]", .apply = apply_tree,
	  .help = "a tree: owner (alone: this), parent or process" },
	{ .name = "nowrap",     .letter = 'W', .apply = apply_nowrap,
	  .help = "lists in a cell on one line" },
	{ .name = "scan",       .argument = "LIST", .apply = apply_scan,
	  .help = "look only there: process, thread, fd, mount" },
	{ .name = "why",        .apply = apply_why,
	  .help = "all that keeps each namespace alive, in words" },
	{ .name = "pid",        .argument = "TARGET", .apply = apply_pid,
	  .help = "numbers of this process, in each PID namespace" },
};
/* clang-format on */

static void options_done(struct nslist_options *options)
{
	free(options->tasks);
}
#define auto_options __attribute__((cleanup(options_done)))

/* What contradicts itself; what depends on the kind of targets is view_plan's. */
static void options_check(const struct nslist_options *options)
{
	bool has_targets = options->n_tasks > 0 || options->n_operands > 0;

	bool is_selective =
		options->types || options->sources || options->persistent || options->common.filter;

	if (options->common.save && (has_targets || options->pid || options->why))
		cli_usage_error("--save writes everything and takes no target and no view");
	if (options->common.save && is_selective)
		cli_usage_error("--save writes everything: give --type, --persistent, --scan and "
		                "--filter with --load");
	if (options->pid && (has_targets || options->why || options->persistent))
		cli_usage_error("--pid takes no other target, and excludes --why and --persistent");
	if (options->persistent && has_targets)
		cli_usage_error("--persistent means namespaces without a process: no target is "
		                "in one");
	if (options->why && options->arrangement != ARRANGE_LIST)
		cli_usage_error("--why and --tree exclude each other");
}

static void options_parse(int argc, char **argv, struct nslist_options *ret)
{
	const struct cli_tool tool = {
		.name = "nslist",
		.synopsis = "[options] [TARGET...]",
		.summary = "Lists the namespaces of this host, or those that the targets are in; "
			   "of a\nnamespace as target, its processes.",
		.options = nslist_own_options,
		.n_options = ARRAY_SIZE(nslist_own_options),
		.columns = nscols_set(),
		.has_short_table_letters = true,
	};
	struct cli_common common;
	int first = cli_parse(&tool, argc, argv, ret, &common);

	common.table.nowrap = ret->common.table.nowrap;
	ret->common = common;
	ret->operands = (const char *const *)&argv[first];
	ret->n_operands = (size_t)(argc - first);
	options_check(ret);
}

/* Makes a snapshot what a scan for this view gives: no more places, and those left out said. */
static int limit(const struct view *view, struct snapshot *snapshot)
{
	unsigned missing = view->depends & ~view->scan.sources;
	int status = cli_limit_snapshot(&view->options->common, view->scan.sources, snapshot);

	if (status == EXIT_OK && missing)
		snapshot_add_left_out(snapshot, missing);
	return status;
}

static int run_view(const struct nslist_options *options)
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
		status = limit(&view, &snapshot);
	if (status == EXIT_OK)
		status = view_check(&view, &snapshot);
	if (status == EXIT_OK)
		status = view_show(&view, &snapshot);
	return cli_finish(&options->common, &snapshot, &view.needs, status);
}

int main(int argc, char **argv)
{
	auto_options struct nslist_options options = { 0 };

	options_parse(argc, argv, &options);
	if (options.common.list_columns)
		return cli_list_columns(&options.common, nscols_set());
	return options.common.save ? cli_run_save(&options.common) : run_view(&options);
}
