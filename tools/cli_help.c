// SPDX-License-Identifier: GPL-2.0-or-later
// The answers of --help and --version, from the same tables that drive the parser.
#include "scan/scan.h"
#include "show/json.h"
#include "tools/cli_parts.h"

/* Where the explanations begin. */
#define HELP_COLUMN 30

/* clang-format off */
static const struct { const char *written, *means; } target_help[] = {
	{ "1234, 1234:56789",          "process, by number; and only if its pidfd has that inode" },
	{ "web, @web",                 "container, by name or by the beginning of its id" },
	{ "@POD, @POD/NAME",           "pod; container of a pod (@NAMESPACE/POD/NAME)" },
	{ "nginx.service",             "systemd unit" },
	{ "7@web, 7@pid:[4026532398]", "process, as that container or PID namespace numbers it" },
	{ "net:[4026532401]",          "namespace, by inode; the number alone will do" },
	{ ":8812",                     "namespace, by 64-bit id (Linux 6.18)" },
	{ "/run/netns/blue",           "namespace, by a path to it" },
	{ "cg:/system.slice/x",        "control group; a path below /sys/fs/cgroup will do too" },
};

static const struct { int code; const char *means; } exit_help[] = {
	{ EXIT_OK,         "as asked" },
	{ EXIT_FAILED,     "failed" },
	{ EXIT_USAGE,      "the command line is wrong" },
	{ EXIT_NO_TARGET,  "no such target" },
	{ EXIT_CHECK,      "the check that was asked for found something" },
	{ EXIT_INCOMPLETE, "incomplete, and --strict" },
};
/* clang-format on */

/* Fills up to the column where explanations begin; `width` is what the line has already. */
static void print_explanation(int width, const char *text)
{
	if (width < HELP_COLUMN)
		printf("%*s%s\n", HELP_COLUMN - width, "", text);
	else
		printf("\n%*s%s\n", HELP_COLUMN, "", text);
}

static void print_option(char letter, const char *name, const char *argument, const char *help)
{
	int width = letter ? printf("  -%c, --%s", letter, name) : printf("      --%s", name);

	if (argument)
		width += printf("%s%s", argument[0] == '[' ? "" : " ", argument);
	/* An argument that is not separated from the explanation would be read as part of it. */
	print_explanation(width + 2 > HELP_COLUMN ? HELP_COLUMN : width, help);
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

		print_option(letter, option->name, option->argument, option->help);
	}
	print_option('h', "help", NULL, "this help");
	print_option('V', "version", NULL, "the version, and those of the libraries");
}

static void print_targets(void)
{
	printf("\nTargets:\n");
	for (size_t i = 0; i < ARRAY_SIZE(target_help); i++)
		print_explanation(printf("  %s", target_help[i].written), target_help[i].means);
}

static void print_columns(const struct column_set *set)
{
	printf("\nColumns (--output, --filter):\n");
	for (size_t i = 0; i < set->count; i++)
		print_explanation(printf("  %s", set->columns[i].name), set->columns[i].help);
}

static void print_exit_status(void)
{
	printf("\nExit status:\n");
	for (size_t i = 0; i < ARRAY_SIZE(exit_help); i++)
		printf("  %d  %s\n", exit_help[i].code, exit_help[i].means);
}

void cli_print_help(const struct cli_tool *tool)
{
	printf("Usage: %s %s\n\n%s\n", tool->name, tool->synopsis, tool->summary);
	print_targets();
	print_options(tool);
	print_columns(tool->columns);
	print_exit_status();
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
