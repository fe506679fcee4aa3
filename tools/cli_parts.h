/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the shared command line know of each other; tools include tools/cli.h only. */
#ifndef NSKIT_CLI_PARTS_H
#define NSKIT_CLI_PARTS_H

#include "tools/cli.h"

/* The common options, in the order of --help; `options` of their apply is a struct cli_common. */
extern const struct cli_option cli_common_options[];
extern const size_t cli_n_common_options;

/* Whether this tool has that common option. */
bool cli_has_option(const struct cli_tool *tool, const struct cli_option *common);

/* Whether this tool has that letter for a common option: -r -n -u -l are not for all. */
bool cli_has_letter(const struct cli_tool *tool, const struct cli_option *common);

/* What holds before any option was given: colour as the terminal has it. */
void cli_common_start(struct cli_common *common);

/* Looks at the terminal and the environment, and refuses what contradicts itself. */
void cli_common_settle(struct cli_common *common);

/* Sets the name that messages begin with. */
void cli_set_name(const char *name);

/* Makes sure that descriptors 0 to 2 are open: a file of ours must never become stdout. */
void cli_open_standard(void);

/* Closes stdout. 0; -EPIPE: nobody reads any more; or -errno of the first write that failed. */
int cli_close_stdout(void) must_use;

/* Says a write error of cli_close_stdout. -EPIPE is what SIGPIPE would have been: the reader went
 * away, quietly. Returns an exit code. */
int cli_report_write(int r);

/* The answer of an option that prints something else: closes stdout, then exits. */
_Noreturn void cli_exit_after_output(void);

/* Answers --help. */
void cli_print_help(const struct cli_tool *tool);

/* Answers --version. */
void cli_print_version(const struct cli_tool *tool);

#endif
