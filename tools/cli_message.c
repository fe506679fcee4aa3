/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on stderr, the closing lines about gaps, and the end of stdout. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>

#include "base/text.h"
#include "tools/cli_parts.h"

static const char *tool_name = "nskit";

void cli_set_name(const char *name)
{
	tool_name = name;
}

/* One line, whatever the names in it hold. */
static void say(int r, const char *suffix, const char *format, va_list values)
{
	auto_arena struct arena arena = { 0 };
	auto_free char *raw = NULL;
	const char *text = NULL;

	if (vasprintf(&raw, format, values) >= 0)
		text = text_printable(&arena, raw, text_is_utf8_locale());
	else
		raw = NULL;
	fprintf(stderr, "%s: %s%s%s%s\n", tool_name, text ? text : format, r ? ": " : "",
	        r ? strerror(-r) : "", suffix);
}

void cli_usage_error(const char *format, ...)
{
	auto_free char *suffix = NULL;
	va_list values;

	if (asprintf(&suffix, "; see %s --help", tool_name) < 0)
		suffix = NULL;
	va_start(values, format);
	say(0, suffix ? suffix : "", format, values);
	va_end(values);
	exit(EXIT_USAGE);
}

int cli_fail(int r, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(r, "", format, values);
	va_end(values);
	return EXIT_FAILED;
}

int cli_no_target(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(0, "", format, values);
	va_end(values);
	return EXIT_NO_TARGET;
}

void cli_open_standard(void)
{
	/* The wrong direction, so that using a closed stream still fails. */
	static const int flags[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", flags[fd]) < 0)
			return;
	}
}

int cli_close_stdout(void)
{
	bool had_error = ferror(stdout) != 0;

	/* What could not be written is mostly still in the buffer, so closing says the reason again;
	 * one more byte does where it is not. */
	if (had_error)
		fputc('\n', stdout);
	if (fclose(stdout) != 0)
		return -errno;
	return had_error ? -EIO : 0;
}

int cli_report_write(int r)
{
	if (r == 0)
		return EXIT_OK;
	return r == -EPIPE ? EXIT_FAILED : cli_fail(r, "write error");
}

void cli_exit_after_output(void)
{
	exit(cli_report_write(cli_close_stdout()));
}

int cli_end_output(void)
{
	return cli_report_write(cli_close_stdout());
}

int cli_printed(int r)
{
	return r < 0 && !ferror(stdout) ? cli_fail(r, "cannot print the rows") : EXIT_OK;
}

static void say_gap(enum gap_kind kind, const struct snapshot *snapshot)
{
	const struct gap *gap = &snapshot->gaps[kind];
	auto_arena struct arena arena = { 0 };
	const struct gap_text *text = &gap_texts[kind];
	const char *what = gap_what(&arena, kind, gap);

	fprintf(stderr, "%s: incomplete: ", tool_name);
	/* Places that are named need not be counted. */
	if (gap->total > 0 && gap->sources == 0)
		fprintf(stderr, "%" PRIu64 " of %" PRIu64 " ", gap->count, gap->total);
	else if (gap->count > 1 && gap->sources == 0)
		fprintf(stderr, "%" PRIu64 " ", gap->count);
	fprintf(stderr, "%s: %s", what ? what : text->what, text->reason);
	fprintf(stderr, " (%s)\n", gap_cure(kind, snapshot->can_trace));
}

/* Says what is missing in this view; whether anything is. */
static bool say_gaps(const struct snapshot *snapshot, const struct needs *view)
{
	bool is_incomplete = false;

	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		if (snapshot->gaps[kind].count == 0 || !gap_concerns(kind, view))
			continue;
		say_gap(kind, snapshot);
		is_incomplete = true;
	}
	return is_incomplete;
}

/* Of two exit codes the one that is told. */
static int graver(int a, int b)
{
	static const int order[] = { EXIT_USAGE, EXIT_FAILED, EXIT_NO_TARGET, EXIT_CHECK,
		                     EXIT_INCOMPLETE };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return EXIT_OK;
}

int cli_finish(const struct cli_common *common, const struct snapshot *snapshot,
               const struct needs *view, int status)
{
	/* The table first, so that on a terminal the remark about it stands below it. */
	int r = cli_close_stdout();

	/* Why a snapshot could not be written to stdout is said already. */
	if (!(common->save && status == EXIT_FAILED))
		status = graver(status, cli_report_write(r));
	if (r == -EPIPE)
		return status;
	if (say_gaps(snapshot, view) && common->strict)
		status = graver(status, EXIT_INCOMPLETE);
	return status;
}
