/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that all tools have, and what they find out about the terminal. */
#include <sys/ioctl.h>

#include "base/parse.h"
#include "tools/cli_parts.h"

static int apply_json(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->json = true;
	return 0;
}

static int apply_list(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->list = true;
	return 0;
}

static int apply_raw(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->table.raw = true;
	return 0;
}

static int apply_noheadings(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->table.noheadings = true;
	return 0;
}

static int apply_notruncate(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->table.notruncate = true;
	return 0;
}

static int apply_output(void *options, const char *argument)
{
	struct cli_common *common = options;

	if (argument[0] == '\0' || is_equal(argument, "+"))
		cli_usage_error("--output takes a list of columns");
	common->output = argument;
	return 0;
}

static int apply_output_all(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->output_all = true;
	return 0;
}

static int apply_list_columns(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->list_columns = true;
	return 0;
}

static int apply_filter(void *options, const char *argument)
{
	struct cli_common *common = options;

	common->filter = argument;
	return 0;
}

/* Colour of its own accord: a terminal that can, and a user who does not mind (no-color.org). */
static bool wants_color(void)
{
	const char *terminal = getenv("TERM");
	const char *refusal = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && terminal && !is_equal(terminal, "dumb") &&
	       (!refusal || refusal[0] == '\0');
}

static int apply_color(void *options, const char *argument)
{
	struct cli_common *common = options;

	if (!argument || is_equal(argument, "always"))
		common->table.color = true;
	else if (is_equal(argument, "never"))
		common->table.color = false;
	else if (is_equal(argument, "auto"))
		common->table.color = wants_color();
	else
		cli_usage_error("--color takes auto, always or never, not '%s'", argument);
	return 0;
}

static int apply_sysroot(void *options, const char *argument)
{
	struct cli_common *common = options;

	if (argument[0] == '\0')
		cli_usage_error("--sysroot takes a directory");
	common->sysroot = argument;
	return 0;
}

static int apply_save(void *options, const char *argument)
{
	struct cli_common *common = options;

	if (argument[0] == '\0')
		cli_usage_error("--save takes a file, or - for stdout");
	common->save = argument;
	return 0;
}

static int apply_load(void *options, const char *argument)
{
	struct cli_common *common = options;

	if (argument[0] == '\0')
		cli_usage_error("--load takes a file, or - for stdin");
	common->load = argument;
	return 0;
}

static int apply_strict(void *options, const char *argument)
{
	struct cli_common *common = options;

	(void)argument;
	common->strict = true;
	return 0;
}

/* clang-format off */
const struct cli_option cli_common_options[] = {
	{ .name = "json",         .letter = 'J', .apply = apply_json,
	  .help = "one JSON document" },
	{ .name = "raw",          .letter = 'r', .apply = apply_raw,
	  .help = "no alignment, one space between cells" },
	{ .name = "list",         .letter = 'l', .apply = apply_list,
	  .help = "a list, where no tree is asked for (the default)" },
	{ .name = "noheadings",   .letter = 'n', .apply = apply_noheadings,
	  .help = "no headings" },
	{ .name = "notruncate",   .letter = 'u', .apply = apply_notruncate,
	  .help = "cut no text in the last column to the terminal" },
	{ .name = "output",       .letter = 'o', .argument = "LIST", .apply = apply_output,
	  .help = "the columns to show, +LIST: besides the default ones" },
	{ .name = "output-all",   .apply = apply_output_all,
	  .help = "all columns" },
	{ .name = "list-columns", .letter = 'H', .apply = apply_list_columns,
	  .help = "list the columns" },
	{ .name = "filter",       .letter = 'Q', .argument = "EXPR", .apply = apply_filter,
	  .help = "only rows for which it holds: 'USER == \"root\"'" },
	{ .name = "color",        .argument = "[=WHEN]", .apply = apply_color,
	  .help = "auto, always or never; alone: always" },
	{ .name = "sysroot",      .argument = "DIR", .apply = apply_sysroot,
	  .help = "read DIR/proc, DIR/sys, DIR/run, DIR/var and DIR/etc" },
	{ .name = "save",         .argument = "FILE", .apply = apply_save,
	  .help = "write a snapshot (-: to stdout), print nothing" },
	{ .name = "load",         .argument = "FILE", .apply = apply_load,
	  .help = "answer from a snapshot (-: from stdin)" },
	{ .name = "strict",       .apply = apply_strict,
	  .help = "exit 5 when the view was incomplete" },
};
/* clang-format on */

const size_t cli_n_common_options = ARRAY_SIZE(cli_common_options);

bool cli_has_option(const struct cli_tool *tool, const struct cli_option *common)
{
	const char *const *without = tool->without;

	while (without && *without && !is_equal(*without, common->name))
		without++;
	return !without || !*without;
}

bool cli_has_letter(const struct cli_tool *tool, const struct cli_option *common)
{
	return common->letter && (tool->has_short_table_letters || !strchr("rlnu", common->letter));
}

void cli_common_start(struct cli_common *common)
{
	*common = (struct cli_common){ .table.color = wants_color() };
}

/* Columns of the terminal; COLUMNS overrides what it says. 0: stdout is no terminal. */
static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && parse_u64(columns, &width) == 0 && width > 0 && width <= UINT16_MAX)
		return width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

void cli_common_settle(struct cli_common *common)
{
	if (common->json && common->table.raw)
		cli_usage_error("--json and --raw exclude each other");
	if (common->load && common->sysroot)
		cli_usage_error("--load and --sysroot exclude each other");
	if (common->output && common->output_all)
		cli_usage_error("--output and --output-all exclude each other");
	common->table.width = terminal_width();
}
