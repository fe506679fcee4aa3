/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools share: exit codes, messages, option tables, the common options, targets, the
 * snapshot, the closing line about gaps. */
#ifndef NSKIT_CLI_H
#define NSKIT_CLI_H

#include <stdio.h>

#include "base/base.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/target.h"
#include "show/table.h"

/* Exit codes; of several, the first of USAGE, FAILED, NO_TARGET, CHECK, INCOMPLETE. */
enum cli_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1,     /* something failed, a write error included */
	EXIT_USAGE = 2,      /* the command line is wrong: nothing was done */
	EXIT_NO_TARGET = 3,  /* a target matches nothing */
	EXIT_CHECK = 4,      /* the check that was asked for found something */
	EXIT_INCOMPLETE = 5, /* the view was incomplete, and --strict */
};

/* The common options, parsed. */
struct cli_common {
	bool json;
	bool list;
	bool strict;
	bool list_columns;
	bool output_all;

	struct table_options table;
	const char *output;  /* -o, or NULL */
	const char *filter;  /* -Q, or NULL */
	const char *sysroot; /* or NULL */
	const char *save;    /* or NULL */
	const char *load;    /* or NULL */
};

/* One option: the parser, --help and the tests read the same table. */
struct cli_option {
	const char *name;     /* long name, without dashes */
	char letter;          /* or 0 */
	const char *argument; /* "LIST", "[=FILE]" for an optional one, NULL: none */
	const char *help;
	int (*apply)(void *options, const char *argument); /* 0 or -errno; misuse ends in
	                                                      cli_usage_error */
};

/* One line about an exit code in --help; `means` NULL ends a list. */
struct cli_exit_text {
	int code;
	const char *means;
};

/* What a tool is, for parsing and --help. */
struct cli_tool {
	const char *name;
	const char *synopsis;             /* "[options] [TARGET...]" */
	const char *summary;              /* a sentence */
	const struct cli_option *options; /* the tool's own */
	size_t n_options;
	const struct column_set *columns;  /* what -o chooses from */
	bool has_short_table_letters;      /* -r -n -u -l: nslist and nstree only */
	const char *list_help;             /* of --list; NULL: a list is what comes anyway */
	const struct cli_exit_text *exits; /* NULL: those of all tools */
	const char *const *without; /* common options that it has not, NULL at the end; or NULL */
	const char *unknown_hint;   /* said behind "unknown option '-x'"; or NULL */
	bool only_sure_containers; /* a container is a target with @ only, ids have 12 digits at least */
	/* Whether a word that begins with a dash is no option but taken as something else; asked of
	 * those before the first operand. NULL: all are options. */
	bool (*take_word)(void *options, const char *word);
};

/*
 * Parses argv: the tool's options go to `options` by their apply function, the common ones to
 * `ret`. --help and --version are answered, then it exits 0. Misuse: one line on stderr, exit 2.
 * Returns the index of the first operand. Call it first: it also sets the locale and stdout up.
 */
int cli_parse(const struct cli_tool *tool, int argc, char **argv, void *options,
              struct cli_common *ret);

/* "nslist: MESSAGE; see nslist --help" on stderr, then exits 2. Only while options are parsed. */
_Noreturn void cli_usage_error(const char *format, ...) printf_like(1, 2);

/* "nslist: MESSAGE: strerror" on stderr (without the colon part for r = 0). Returns EXIT_FAILED. */
int cli_fail(int r, const char *format, ...) printf_like(2, 3);

/* "nslist: MESSAGE" on stderr. Returns EXIT_NO_TARGET. */
int cli_no_target(const char *format, ...) printf_like(1, 2);

/* Answers --list-columns, as a table, raw or as JSON. Returns an exit code. */
int cli_list_columns(const struct cli_common *common, const struct column_set *set);

/*
 * The columns that -o or --output-all chooses, else those of the list `standard`, to which -o +LIST
 * adds. Misuse: one line on stderr, exit 2. 0 or -ENOMEM.
 */
int cli_choose_columns(const struct cli_common *common, const struct column_set *set,
                       const char *standard, struct columns *columns) must_use;

/* Compiles -Q; without it *ret stays as it is. Misuse: one line on stderr, exit 2. 0 or -ENOMEM. */
int cli_compile_filter(const struct cli_common *common, const struct column_set *set,
                       struct filter *ret) must_use;

/*
 * Parses a target, and looks a path up where the snapshot will be of this host or of --sysroot.
 * Texts are in `arena`. Misuse: one line on stderr, exit 2. Returns an exit code; what is wrong is
 * said.
 */
int cli_plan_target(const struct cli_common *common, struct arena *arena, const char *text,
                    struct target *ret);

/* Finds a target in the snapshot. Texts are in `arena`. Returns an exit code; what is wrong is said. */
int cli_resolve_target(const struct cli_common *common, struct arena *arena,
                       const struct snapshot *snapshot, const struct target *target,
                       struct meaning *ret);

/* The same of a word that could have been something else: where nothing matches, `otherwise` (or
 * NULL) stands at the end of the message. */
int cli_resolve_word(const struct cli_common *common, struct arena *arena,
                     const struct snapshot *snapshot, const struct target *target,
                     const char *otherwise, struct meaning *ret);

/* The snapshot with all that `needs` asks for, from the file of --load or from the kernel. `ret` must
 * be fresh from snapshot_init. Returns an exit code; what is wrong is said. */
int cli_take_snapshot(const struct cli_common *common, const struct needs *needs,
                      struct snapshot *ret);

/* Makes a loaded snapshot what a scan of those SOURCE_* gives, one that was scanned is it already.
 * Returns an exit code. */
int cli_limit_snapshot(const struct cli_common *common, unsigned sources,
                       struct snapshot *snapshot);

/* Answers --save: reads everything and writes it. Returns the exit code of the tool. */
int cli_run_save(const struct cli_common *common);

/* Closes stdout at the end of a tool that has no snapshot. Returns EXIT_OK, or EXIT_FAILED where what
 * was written got lost. */
int cli_end_output(void);

/* The exit code of what was printed with the result `r`; a write error is said at the end. */
int cli_printed(int r);

/*
 * The end of every tool: says each gap that concerns this view once on stderr, closes stdout and
 * reports a write error. Returns `status`, or EXIT_FAILED, or EXIT_INCOMPLETE with --strict.
 */
int cli_finish(const struct cli_common *common, const struct snapshot *snapshot,
               const struct needs *view, int status);

#endif
