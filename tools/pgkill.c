/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill: signal exactly this group, session, namespace or container, all of it, and prove it. */
#include "tools/pgkill.h"

#include <signal.h>

#include "base/parse.h"
#include "base/signalname.h"
#include "base/vec.h"
#include "show/killcols.h"

/* How long --end waits before it kills what is left, and KILL for the end of what it has killed. */
#define END_AFTER UINT64_C(10000000)
#define KILL_WAIT UINT64_C(2000000)

/* Of two options that say what a target stands for, nobody can tell which was meant. */
static void choose(struct pgkill_options *options, enum scope_kind kind)
{
	if (options->has_choice && options->choice.kind != kind)
		cli_usage_error("-g, -s, -T, -p, -N and -c exclude each other");
	options->has_choice = true;
	options->choice.kind = kind;
}

static int apply_group(void *options, const char *argument)
{
	(void)argument;
	choose(options, SCOPE_GROUP);
	return 0;
}

static int apply_session(void *options, const char *argument)
{
	(void)argument;
	choose(options, SCOPE_SESSION);
	return 0;
}

static int apply_tree(void *options, const char *argument)
{
	(void)argument;
	choose(options, SCOPE_TREE);
	return 0;
}

static int apply_process(void *options, const char *argument)
{
	(void)argument;
	choose(options, SCOPE_PROCESS);
	return 0;
}

static int apply_namespace(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	choose(pgkill, SCOPE_SPACE);
	pgkill->choice.type = NS_PID;
	if (argument)
		pgkill->choice.type = ns_type_by_name(argument, strlen(argument));
	if (pgkill->choice.type == NS_N_TYPES)
		cli_usage_error("--namespace takes one type of namespace (mnt net pid uts ipc user "
		                "cgroup time), not '%s'",
		                argument);
	return 0;
}

static int apply_cgroup(void *options, const char *argument)
{
	(void)argument;
	choose(options, SCOPE_CGROUP);
	return 0;
}

static int apply_signal(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	if (pgkill->has_signal)
		cli_usage_error("one signal at a time: a second one is '%s'", argument);
	if (signal_parse(argument, &pgkill->signal) < 0)
		cli_usage_error("no signal is called '%s': --list-signals has them all", argument);
	pgkill->has_signal = true;
	return 0;
}

static int apply_dry_run(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	(void)argument;
	pgkill->dry_run = true;
	return 0;
}

static uint64_t take_duration(const char *option, const char *argument)
{
	uint64_t duration;

	if (parse_duration(argument, &duration) < 0)
		cli_usage_error("--%s takes a time like 500ms, 10s or 2m, not '%s'", option,
		                argument);
	return duration;
}

static int apply_end(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	pgkill->end = true;
	pgkill->end_after = argument ? take_duration("end", argument) : END_AFTER;
	return 0;
}

static int apply_wait(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	pgkill->wait = true;
	pgkill->wait_for = argument ? take_duration("wait", argument) : NO_LIMIT;
	return 0;
}

static int apply_no_wait(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	(void)argument;
	pgkill->no_wait = true;
	return 0;
}

static int apply_uid(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	for (const char *user = argument; *user || user == argument;) {
		size_t length = strcspn(user, ",");
		int r = VEC_GROW(&pgkill->users, &pgkill->users_capacity, pgkill->n_users);

		if (length == 0)
			cli_usage_error("--uid takes users by name or number, not '%s'", argument);
		if (r == 0)
			pgkill->users[pgkill->n_users] = strndup(user, length);
		if (r < 0 || !pgkill->users[pgkill->n_users++])
			return -ENOMEM;
		user += length + (user[length] == ',');
	}
	return 0;
}

static int apply_comm(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	if (argument[0] == '\0')
		cli_usage_error("--comm takes the name of a process");
	/* TASK_COMM_LEN */
	if (strlen(argument) > 15)
		cli_usage_error("--comm takes the name of a process as the kernel has it, 15 bytes "
		                "at most: '%.15s'?",
		                argument);
	pgkill->comm = argument;
	return 0;
}

static int apply_older(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	pgkill->older = take_duration("older", argument);
	return 0;
}

static int apply_state(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	if (argument[0] == '\0' || argument[strspn(argument, "RSDTtZXIKWP,")] != '\0')
		cli_usage_error("--state takes letters as in proc(5), R S D T t Z I, not '%s'",
		                argument);
	pgkill->states = argument;
	return 0;
}

static int apply_queue(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;
	bool is_negative = argument[0] == '-';
	uint64_t value;

	if (parse_u64(argument + is_negative, &value) < 0 ||
	    value > (uint64_t)INT32_MAX + is_negative)
		cli_usage_error("--queue takes a number of 32 bits, not '%s'", argument);
	pgkill->value = (int)(is_negative ? -(int64_t)value : (int64_t)value);
	pgkill->has_value = true;
	return 0;
}

static int apply_list_signals(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	(void)argument;
	pgkill->list_signals = true;
	return 0;
}

static int apply_count(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	if (parse_u64(argument, &pgkill->count) < 0)
		cli_usage_error("--count takes a number of processes, not '%s'", argument);
	pgkill->has_count = true;
	return 0;
}

static int apply_allow(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;
	pid_t pid;
	int r;

	if (parse_pid(argument, &pid) < 0)
		cli_usage_error("--allow takes the number of a process, not '%s'", argument);
	r = VEC_GROW(&pgkill->allowed, &pgkill->allowed_capacity, pgkill->n_allowed);
	if (r == 0)
		pgkill->allowed[pgkill->n_allowed++] = pid;
	return r;
}

static int apply_verbose(void *options, const char *argument)
{
	struct pgkill_options *pgkill = options;

	(void)argument;
	pgkill->verbose = true;
	return 0;
}

/* clang-format off */
static const struct cli_option pgkill_own_options[] = {
	{ .name = "group",        .letter = 'g', .apply = apply_group,
	  .help = "the process group of that number, or of that process (the default)" },
	{ .name = "session",      .letter = 's', .apply = apply_session,
	  .help = "the session of that number, or of that process" },
	{ .name = "tree",         .letter = 'T', .apply = apply_tree,
	  .help = "the process and all that descends from it" },
	{ .name = "process",      .letter = 'p', .apply = apply_process,
	  .help = "the process alone" },
	{ .name = "namespace",    .letter = 'N', .argument = "[=TYPE]", .apply = apply_namespace,
	  .help = "every process in its namespace of that type (pid)" },
	{ .name = "cgroup",       .letter = 'c', .apply = apply_cgroup,
	  .help = "its control group and all below" },
	{ .name = "signal",       .argument = "SIGNAL", .apply = apply_signal,
	  .help = "this signal, as -SIGNAL before the targets; without one TERM" },
	{ .name = "uid",          .letter = 'u', .argument = "LIST", .apply = apply_uid,
	  .help = "only processes of these users (effective)" },
	{ .name = "comm",         .argument = "NAME", .apply = apply_comm,
	  .help = "only processes of exactly this name" },
	{ .name = "older",        .argument = "TIME", .apply = apply_older,
	  .help = "only processes that began longer ago: 500ms, 10s, 2m" },
	{ .name = "state",        .argument = "LETTERS", .apply = apply_state,
	  .help = "only processes in one of these states: R S D T t Z I" },
	{ .name = "dry-run",      .letter = 'n', .apply = apply_dry_run,
	  .help = "signal nobody: show who would get it, and what it would do to each" },
	{ .name = "end",          .argument = "[=TIME]", .apply = apply_end,
	  .help = "signal, CONT, wait, KILL what is left after that time (10s), report each" },
	{ .name = "wait",         .argument = "[=TIME]", .apply = apply_wait,
	  .help = "wait until all are gone; exit 4 when some are not after that time" },
	{ .name = "no-wait",      .apply = apply_no_wait,
	  .help = "do not wait, as KILL does for 2 s by itself" },
	{ .name = "queue",        .letter = 'q', .argument = "VALUE", .apply = apply_queue,
	  .help = "send this value with the signal, as sigqueue(3) does" },
	{ .name = "count",        .argument = "N", .apply = apply_count,
	  .help = "refuse unless exactly so many processes match" },
	{ .name = "allow",        .argument = "PID", .apply = apply_allow,
	  .help = "this process may be signalled although it would be refused" },
	{ .name = "verbose",      .letter = 'v', .apply = apply_verbose,
	  .help = "say in which way each target was reached, and show the report" },
	{ .name = "list-signals", .letter = 'l', .apply = apply_list_signals,
	  .help = "list the signals; of operands: names, numbers, masks as in /proc/PID/status" },
};

static const struct cli_exit_text pgkill_exits[] = {
	{ EXIT_OK,         "all were signalled, and are gone where that was waited for" },
	{ EXIT_USAGE,      "the command line is wrong: nobody was signalled" },
	{ EXIT_REFUSED,    "refused: nobody was signalled" },
	{ EXIT_NO_TARGET,  "nothing matched" },
	{ EXIT_FAILED,     "failed, or some were not permitted" },
	{ EXIT_CHECK,      "some have survived" },
	{ EXIT_INCOMPLETE, "some process that may be meant could not be read" },
	{ 0, NULL },
};
/* clang-format on */

/* Whether a word in capitals can only be meant as a signal: options have few such letters. */
static bool is_no_option(const char *word)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t length = strspn(word + 1, capitals);

	return length > 1 &&
	       (word[1 + length] == '\0' || strchr("+-0123456789", word[1 + length])) &&
	       strspn(word + 1, "TNJHQV") < length;
}

/* -KILL, -9, -RTMIN+3 before any target: what is an option in lower case, or one letter, is none. */
static bool take_signal_word(void *options, const char *word)
{
	int signal;

	if (word[1] == '\0' || (word[1] >= 'a' && word[1] <= 'z') ||
	    (word[2] == '\0' && !(word[1] >= '0' && word[1] <= '9')))
		return false;
	if (signal_parse(word + 1, &signal) < 0) {
		if (word[1] >= '0' && word[1] <= '9')
			cli_usage_error("%s: no signal has this number; a process group is given "
			                "as %s",
			                word, word + 1);
		if (is_no_option(word))
			cli_usage_error("no signal is called '%s': --list-signals has them all",
			                word + 1);
		return false;
	}
	apply_signal(options, word + 1);
	return true;
}

/* What contradicts itself. */
static void options_check(const struct pgkill_options *options)
{
	const struct cli_common *common = &options->common;

	if (options->n_operands == 0 && !common->list_columns)
		cli_usage_error("who is to be signalled? A process group, a process, @container, a "
		                "unit, a namespace, a control group");
	if (options->dry_run && (options->end || options->wait))
		cli_usage_error("--dry-run signals nobody: --end and --wait do not go with it");
	if (!options->dry_run && (common->load || common->sysroot))
		cli_usage_error("--load and --sysroot go with --dry-run only: nobody is signalled "
		                "by what was recorded");
	if (options->no_wait && (options->wait || options->end))
		cli_usage_error("--no-wait does not go with --wait and --end");
	if (options->end && options->wait)
		cli_usage_error("--end waits by itself: --wait does not go with it");
	if (options->end && options->signal == 0)
		cli_usage_error("signal 0 ends nobody: --end does not go with it");
	if (options->older > 0 && (common->load || common->sysroot))
		cli_usage_error("--older compares with the clock of this host: --load and "
		                "--sysroot do not go with it");
	if (options->has_value && options->signal == 0)
		cli_usage_error("signal 0 is none: no value goes with it");
}

static void options_parse(int argc, char **argv, struct pgkill_options *ret)
{
	static const char *const without[] = { "save", "list", NULL };
	const struct cli_tool tool = {
		.name = "pgkill",
		.synopsis = "[options] [-SIGNAL] TARGET...",
		.summary =
			"Signals exactly these process groups, sessions, trees, namespaces, "
			"control\ngroups or containers, all of them, and proves that they are "
			"gone. A number means\nthe process group, unless an option says otherwise.",
		.options = pgkill_own_options,
		.n_options = ARRAY_SIZE(pgkill_own_options),
		.columns = killcols_set(),
		.exits = pgkill_exits,
		.without = without,
		.take_word = take_signal_word,
		.unknown_hint = "a signal stands before the targets, in capitals",
		.only_sure_containers = true,
	};
	int first;

	*ret = (struct pgkill_options){ .choice.kind = SCOPE_N_KINDS, .signal = SIGTERM };
	first = cli_parse(&tool, argc, argv, ret, &ret->common);
	ret->operands = (const char *const *)&argv[first];
	ret->n_operands = (size_t)(argc - first);
	if (ret->list_signals)
		return;
	options_check(ret);
	/* KILL is over soon, so its success can be told. */
	if (ret->signal == SIGKILL && !ret->wait && !ret->no_wait && !ret->end) {
		ret->wait = true;
		ret->wait_for = KILL_WAIT;
	}

	/* Whom we could not read may be one whom we were to signal. */
	ret->common.strict = true;
}

/* Shows what would be done. Returns an exit code. */
static int show(struct plan *plan)
{
	int r = forecast(plan);

	return r < 0 ? cli_fail(r, "cannot tell what the signal would do") : report_print(plan);
}

/* Of several exit codes the first of 2 6 3 1 4 5. */
static int graver(int a, int b)
{
	static const int order[] = { EXIT_USAGE,  EXIT_REFUSED, EXIT_NO_TARGET,
		                     EXIT_FAILED, EXIT_CHECK,   EXIT_INCOMPLETE };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return EXIT_OK;
}

/* Where nobody matched and somebody could not be read, nobody knows. */
static int no_match(const struct plan *plan)
{
	int status = cli_no_target("no process matches");

	return plan->n_unreadable > 0 ? EXIT_INCOMPLETE : status;
}

static int check_count(const struct plan *plan)
{
	const struct pgkill_options *options = plan->options;
	size_t n = 0;

	/* The dead are shown, not signalled. */
	for (size_t i = 0; i < plan->victims.count; i++)
		n += !plan->victims.items[i].is_dead;
	if (!options->has_count || options->count == n)
		return EXIT_OK;
	cli_fail(0, "refused: %zu processes match, and not %llu", n,
	         (unsigned long long)options->count);
	return EXIT_REFUSED;
}

/* Whether it is good news that all who were meant have gone: a question was for one who lives. */
static bool gone_will_do(const struct plan *plan)
{
	const struct pgkill_options *options = plan->options;

	return plan->any_found && !plan_is_filtered(plan) &&
	       (options->signal != 0 || options->wait);
}

/* From the command line to what became of everybody. Returns an exit code. */
static int run(struct plan *plan, const struct guard *guard)
{
	int status = plan_make(plan);

	if (status == EXIT_OK && plan->victims.count == 0 && !gone_will_do(plan))
		status = no_match(plan);
	if (status == EXIT_OK)
		status = guard_check(guard, plan);
	if (status == EXIT_OK)
		status = check_count(plan);
	plan->guard = guard;
	if (status == EXIT_OK)
		status = plan->options->dry_run ? show(plan) : act(plan, guard);
	return status;
}

static int run_plan(const struct pgkill_options *options)
{
	auto_plan struct plan plan;
	auto_guard struct guard guard = { 0 };
	const struct needs view = { 0 };
	int status, said;
	int r;

	plan_init(options, &plan);
	r = guard_init(options, &guard);
	if (r < 0)
		return cli_fail(r, "cannot read who we are in /proc");
	status = run(&plan, &guard);
	/* What could not be read is told of the scopes, and otherwise only what concerns every view. */
	if (plan.n_unreadable > 0)
		snapshot_add_gap(&plan.found, GAP_CANDIDATES, plan.n_unreadable,
		                 plan.found.n_processes);
	said = cli_finish(&options->common, &plan.found, &view, EXIT_OK);
	return graver(status, said);
}

static void options_done(struct pgkill_options *options)
{
	for (size_t i = 0; i < options->n_users; i++)
		free(options->users[i]);
	free(options->users);
	free(options->allowed);
}

int main(int argc, char **argv)
{
	struct pgkill_options options;
	int status;

	options_parse(argc, argv, &options);
	if (options.list_signals)
		status = list_signals(&options);
	else if (options.common.list_columns)
		status = cli_list_columns(&options.common, killcols_set());
	else
		status = run_plan(&options);
	options_done(&options);
	return status;
}
