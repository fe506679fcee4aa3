/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers of --help and --version, from the same tables that drive the parser. */
#include "scan/scan.h"
#include "show/json.h"
#include "tools/cli_parts.h"

/* Where the explanations begin, and where lines end. */
#define OPTION_COLUMN 28
#define COLUMN_COLUMN 13
#define LINE_END 80

/* clang-format off */
static const struct { const char *written, *means; } target_help[] = {
	{ "1234, 1234:56789",          "process; and only if its pidfd has that inode" },
	{ "web, @web",                 "container, by name or by the beginning of its id" },
	{ "@POD, @POD/NAME",           "pod; container of a pod (@NAMESPACE/POD/NAME)" },
	{ "nginx.service",             "systemd unit" },
	{ "7@web, 7@pid:[4026532398]", "process, by its number in that container or namespace" },
	{ "net:[4026532401]",          "namespace, by inode; the number alone will do" },
	{ ":8812",                     "namespace, by 64-bit id (Linux 6.18)" },
	{ "/run/netns/blue",           "namespace, by a path to it" },
	{ "cg:/system.slice/x",        "control group; or its path below /sys/fs/cgroup" },
};

static const struct cli_exit_text exit_help[] = {
	{ EXIT_OK,         "as asked" },
	{ EXIT_USAGE,      "the command line is wrong" },
	{ EXIT_FAILED,     "failed" },
	{ EXIT_NO_TARGET,  "no such target" },
	{ EXIT_CHECK,      "the check that was asked for found something" },
	{ EXIT_INCOMPLETE, "incomplete, and --strict" },
	{ 0, NULL },
};
/* clang-format on */

/* Length of the words of `text` that fit into `room`, at least one word. */
static size_t words_that_fit(const char *text, size_t room)
{
	size_t fit = strcspn(text, " ");

	for (size_t end = fit; end <= room; end += 1 + strcspn(text + end + 1, " ")) {
		fit = end;
		if (text[end] == '\0')
			break;
	}
	return fit;
}

/* The rest of a line that has `width` bytes already: `text` from `column` on, in lines. */
static void print_explanation(int width, int column, const char *text)
{
	for (size_t length; *text; text += length + strspn(text + length, " ")) {
		if (width + 1 > column) {
			putchar('\n');
			width = 0;
		}
		length = words_that_fit(text, LINE_END - (size_t)column);
		printf("%*s%.*s", column - width, "", (int)length, text);
		width = column;
	}
	putchar('\n');
}

static void print_option(char letter, const char *name, const char *argument, const char *help)
{
	int width = letter ? printf("  -%c, --%s", letter, name) : printf("      --%s", name);

	if (argument)
		width += printf("%s%s", argument[0] == '[' ? "" : " ", argument);
	print_explanation(width, OPTION_COLUMN, help);
}

static void print_options(const struct cli_tool *tool)
{
	printf("\nOptions:\n");
	for (size_t i = 0; i < tool->n_options; i++) {
		const struct cli_option *option = &tool->options[i];

		print_option(option->letter, option->name, option->argument, option->help);
	}
	printf("\nCommon options:\n");
	for (size_t i = 0; i < cli_n_common_options; i++) {
		const struct cli_option *option = &cli_common_options[i];
		char letter = cli_has_letter(tool, option) ? option->letter : 0;

		const char *help = option->help;

		if (!cli_has_option(tool, option))
			continue;
		if (tool->list_help && is_equal(option->name, "list"))
			help = tool->list_help;
		print_option(letter, option->name, option->argument, help);
	}
	print_option('h', "help", NULL, "this help");
	print_option('V', "version", NULL, "the version, and those of the libraries");
}

static void print_targets(const struct cli_tool *tool)
{
	printf("\nTargets:\n");
	for (size_t i = 0; i < ARRAY_SIZE(target_help); i++) {
		const char *written = target_help[i].written, *means = target_help[i].means;

		if (tool->only_sure_containers && has_prefix(written, "web,")) {
			written = "@web";
			means = "container, by name or by 12 digits of its id at least";
		}
		print_explanation(printf("  %s", written), OPTION_COLUMN, means);
	}
}

static void print_columns(const struct column_set *set)
{
	printf("\nColumns (--output, --filter):\n");
	for (size_t i = 0; i < column_set_count(set); i++)
		print_explanation(printf("  %s", column_set_at(set, i)->name), COLUMN_COLUMN,
		                  column_set_at(set, i)->help);
}

static void print_exit_status(const struct cli_tool *tool)
{
	const struct cli_exit_text *exits = tool->exits ? tool->exits : exit_help;

	printf("\nExit status (of several failures, the first):\n");
	for (; exits->means; exits++)
		printf("  %d  %s\n", exits->code, exits->means);
}

void cli_print_help(const struct cli_tool *tool)
{
	printf("Usage: %s %s\n\n%s\n", tool->name, tool->synopsis, tool->summary);
	print_targets(tool);
	print_options(tool);
	print_columns(tool->columns);
	print_exit_status(tool);
	printf("\nFor more see %s(1).\n", tool->name);
}

void cli_print_version(const struct cli_tool *tool)
{
	printf("%s (nskit) %s\n", tool->name, PACKAGE_VERSION);
	printf("libsmartcols %s\n", table_library_version());
	printf("jansson %s\n", json_library_version());
	printf("libmount %s\n", scan_mount_library_version());
	printf("libblkid %s\n", scan_block_library_version());
}
