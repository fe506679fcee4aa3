/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns and filters as they were asked for, and --list-columns. */
#include "show/json.h"
#include "tools/cli_parts.h"

int cli_choose_columns(const struct cli_common *common, const struct column_set *set,
                       const char *standard, struct columns *columns)
{
	auto_arena struct arena arena = { 0 };
	const char *unknown = "";
	int r;

	if (common->output_all)
		return columns_add_all(set, columns);
	r = columns_choose(&arena, set, standard, columns, &unknown);
	if (r == 0 && common->output)
		r = columns_choose(&arena, set, common->output, columns, &unknown);
	if (r == -EINVAL)
		cli_usage_error("unknown column '%s'", unknown);
	return r;
}

int cli_compile_filter(const struct cli_common *common, const struct column_set *set,
                       struct filter *ret)
{
	const char *text = common->filter;
	struct expr_error error = { 0 };
	int r;

	if (!text)
		return 0;
	r = filter_compile(set, text, ret, &error);
	if (r == -EINVAL)
		cli_usage_error("--filter: %s, at byte %zu of '%s'", error.message,
		                error.position + 1, text);
	return r;
}

int cli_list_columns(const struct cli_common *common, const struct column_set *set)
{
	int r = common->json ? json_print_columns(stdout, set)
	                     : table_print_columns(stdout, set, &common->table);

	if (r < 0 && !ferror(stdout))
		return cli_fail(r, "cannot list the columns");
	return cli_report_write(cli_close_stdout());
}
