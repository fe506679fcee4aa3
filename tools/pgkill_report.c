/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, output: what a signal would do, what became of each, and the list of signals. */
#include <signal.h>

#include "act/pidfd.h"
#include "base/signalname.h"
#include "model/effect.h"
#include "show/json.h"
#include "show/killcols.h"
#include "tools/pgkill.h"

/* What is in the report only because somebody met it in a sweep: its number may be in the snapshot
 * already, for one that has ended since. */
static int add_met(struct snapshot *snapshot, struct victim *victim)
{
	struct process *process;
	uint32_t index;
	int r;

	if (victim->process != NONE)
		return 0;
	r = snapshot_append_process(snapshot, victim->pid, &index);
	if (r < 0)
		return r;
	process = &snapshot->processes[index];
	process->comm = snapshot_intern(snapshot, victim->comm, strlen(victim->comm));
	if (!process->comm)
		return -ENOMEM;
	process->uid = victim->uid;
	process->parent = victim->parent;
	process->group = victim->group;
	process->session = victim->session;
	process->start = victim->start;
	process->state = victim->state;
	process->known |= PROCESS_STAT | PROCESS_PARENT | PROCESS_COMM;
	if (victim->uid != (uid_t)-1)
		process->known |= PROCESS_UID;
	return 0;
}

/* Puts all of them into the snapshot, one of a number. 0 or -errno. */
static int complete(struct plan *plan, struct snapshot *snapshot)
{
	struct victims *victims = &plan->victims;
	int r = 0;

	for (size_t i = 0; i < victims->count && r == 0; i++) {
		struct victim *victim = &victims->items[i];

		if (snapshot_find_pid(snapshot, victim->pid) == NONE &&
		    victims_find(victims, victim->pid) == victim)
			r = add_met(snapshot, victim);
	}
	if (r == 0)
		r = snapshot_sort_processes(snapshot);
	if (r == 0)
		r = snapshot_finish(snapshot);
	for (size_t i = 0; i < victims->count && r == 0; i++)
		victims->items[i].process = snapshot_find_pid(snapshot, victims->items[i].pid);
	return r;
}

static int compare_pids(const void *first, const void *second)
{
	const struct place *a = first, *b = second;

	return (a->victim->pid > b->victim->pid) - (a->victim->pid < b->victim->pid);
}

/* A row for each, by number. Of several of one number the newest is shown. 0 or -ENOMEM. */
static int make_rows(const struct plan *plan, const struct snapshot *snapshot, struct rows *ret)
{
	const struct victims *victims = &plan->victims;
	struct place *places = calloc(victims->count + 1, sizeof(*places));
	size_t n = 0;

	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < victims->count; i++) {
		const struct victim *victim = &victims->items[i];

		if (victim->process == NONE || victims_find(victims, victim->pid) != victim)
			continue;
		places[n++] = (struct place){
			.process = victim->process, .space = NONE, .parent = NONE, .victim = victim
		};
	}
	qsort(places, n, sizeof(*places), compare_pids);
	*ret = (struct rows){
		.snapshot = snapshot, .items = places, .count = n, .are_processes = true
	};
	return 0;
}

static int print(const struct plan *plan, const struct rows *rows)
{
	const struct cli_common *common = &plan->options->common;
	/* What could not be read is told of the scopes, not of the columns. */
	const struct needs view = { 0 };
	const struct json_section section = { .key = "processes",
		                              .columns = &plan->columns,
		                              .rows = rows };

	if (common->json)
		return cli_printed(json_print(stdout, &section, 1, &view));
	return cli_printed(table_print(stdout, &plan->columns, rows, &common->table));
}

int report_print(struct plan *plan)
{
	struct snapshot *snapshot = plan_snapshot(plan);
	auto_free struct place *places = NULL;
	struct rows rows = { 0 };
	int r = plan_is_recorded(plan->options) ? 0 : complete(plan, snapshot);

	if (r == 0)
		r = make_rows(plan, snapshot, &rows);
	places = rows.items;
	if (r < 0)
		return cli_fail(r, "cannot list the processes");
	if (plan->n_unreadable > 0 && plan->options->common.json && snapshot != &plan->found)
		snapshot_add_gap(snapshot, GAP_CANDIDATES, plan->n_unreadable, 0);
	return print(plan, &rows);
}

/* The answer of kill(2) to nobody's permission: signal 0 reaches everybody whom another would. */
static bool is_permitted(const struct victim *victim)
{
	return victim->pidfd < 0 || pidfd_send(victim->pidfd, 0, NULL) != -EPERM;
}

/* TSTP, TTIN and TTOU do not stop a group that nobody would make go on: that is told by parents and
 * sessions, which may be outside of the scopes. */
static bool is_orphaned(const struct plan *plan, const struct sessions *sessions, pid_t pid)
{
	uint32_t index = snapshot_find_pid(&plan->found, pid);
	uint32_t group = index == NONE ? NONE : sessions->group_of[index];

	return group != NONE && sessions->groups[group].orphaned == ANSWER_YES;
}

int forecast(struct plan *plan)
{
	const struct snapshot *snapshot = plan_snapshot(plan);
	auto_sessions struct sessions sessions = { 0 };
	int r = sessions_find(&plan->found, &sessions);

	for (size_t i = 0; i < plan->victims.count && r == 0; i++) {
		struct victim *victim = &plan->victims.items[i];
		enum effect effect = effect_of(snapshot, victim->process, plan->options->signal,
		                               is_orphaned(plan, &sessions, victim->pid));

		victim->effect = is_permitted(victim) ? effect_text(&plan->arena, snapshot,
		                                                    victim->process, effect)
		                                      : "not permitted";
		if (!victim->effect)
			r = -ENOMEM;
	}
	return r;
}

static const char *action_text(enum signal_action action)
{
	static const char *const texts[] = { [SIGNAL_ENDS] = "ends",
		                             [SIGNAL_DUMPS] = "ends, core file",
		                             [SIGNAL_STOPS] = "stops",
		                             [SIGNAL_CONTINUES] = "continues",
		                             [SIGNAL_IGNORED] = "is ignored" };

	return texts[action];
}

/* The signals that --list-signals shows. The C library keeps 32 and 33 to itself (signal(7)). */
static const uint64_t all_signals = ~(UINT64_C(3) << 31);

/* As /proc/PID/status has a mask. */
#define MASK_DIGITS 16

/* One operand: a mask has more digits than a number of a signal. */
static uint64_t read_operand(const char *text)
{
	uint64_t mask;
	int number;

	if (strlen(text) < MASK_DIGITS && signal_parse(text, &number) == 0)
		return number == 0 ? 0 : UINT64_C(1) << (number - 1);
	if (signal_parse_mask(text, &mask) < 0)
		cli_usage_error("'%s' is no signal, and no mask of signals as in /proc/PID/status",
		                text);
	return mask;
}

static const char *help_text(int number)
{
	const struct signal_kind *kind = signal_find(number);

	return kind ? kind->help : "real-time: queued, in order, with a value";
}

static void print_line(int number)
{
	char name[SIGNAL_NAME_SIZE];

	printf("%2d %-9s %-15s %s\n", number, signal_name(number, name),
	       action_text(signal_action_of(number)), help_text(number));
}

/* An object of JSON. 0 or -errno. */
static int print_object(int number, bool is_first)
{
	char name[SIGNAL_NAME_SIZE];
	int r;

	printf("%s\n      {\"number\": %d, \"name\": \"%s\", \"action\": \"%s\", \"help\": ",
	       is_first ? "" : ",", number, signal_name(number, name),
	       action_text(signal_action_of(number)));
	r = json_write_text(stdout, help_text(number));
	putchar('}');
	return r;
}

/* Those of a set; *n counts all that were printed. 0 or -errno. */
static int print_signals(uint64_t signals, bool is_json, size_t *n)
{
	int r = 0;

	for (int number = 1; number <= 64 && r == 0; number++) {
		if (!signal_is_in(signals, number))
			continue;
		if (is_json)
			r = print_object(number, *n == 0);
		else
			print_line(number);
		(*n)++;
	}
	return r;
}

int list_signals(const struct pgkill_options *options)
{
	bool is_json = options->common.json;
	size_t n = 0;
	int r = 0;

	/* All are read before any is printed. */
	for (size_t i = 0; i < options->n_operands; i++)
		(void)read_operand(options->operands[i]);
	if (is_json)
		printf("{\n   \"signals\": [");
	if (options->n_operands == 0)
		r = print_signals(all_signals, is_json, &n);
	for (size_t i = 0; i < options->n_operands && r == 0; i++)
		r = print_signals(read_operand(options->operands[i]), is_json, &n);
	if (is_json)
		printf("%s]\n}\n", n == 0 ? "" : "\n   ");
	if (r < 0 && !ferror(stdout))
		return cli_fail(r, "cannot list the signals");
	return cli_end_output();
}
