/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of processes that nslist's table does not have. In a row that is no process they are
 * about its leader or first process, as PID is. A thread has of its process only what all threads
 * share: session, group and terminal (credentials(7)).
 */
#include "show/proccols.h"

#include <inttypes.h>

#include "show/noderow.h"
#include "show/nscols.h"

/* A text that was made in the scratch arena: NULL can only mean that memory ran out. */
static int made_text(const char *text, struct value *ret)
{
	if (!text)
		return -ENOMEM;
	*ret = value_text(text);
	return 0;
}

/* 0 is no number of a group or session, but one outside of the PID namespace of that /proc, or none
 * at all: of the kernel's threads. */
static struct value value_id(pid_t id)
{
	return id > 0 ? value_number((uint64_t)id) : value_none();
}

/* The process of the row, where its stat was read; else NULL. */
static const struct process *process_with_stat(const struct row *row)
{
	const struct process *process = noderow_process(row);

	return process && process->known & PROCESS_STAT ? process : NULL;
}

static int get_group(const struct row *row, struct value *ret)
{
	const struct process *process = process_with_stat(row);
	const struct process_group *group = noderow_group(row);

	if (group)
		*ret = value_id(group->id);
	else if (process && !noderow_is(row, NODE_SESSION))
		*ret = value_id(process->group);
	else
		*ret = value_none();
	return 0;
}

static int get_session(const struct row *row, struct value *ret)
{
	const struct process *process = process_with_stat(row);
	const struct session *session = noderow_session(row);

	if (session)
		*ret = value_id(session->id);
	else
		*ret = process ? value_id(process->session) : value_none();
	return 0;
}

static int get_foreground_group(const struct row *row, struct value *ret)
{
	const struct process *process = process_with_stat(row);
	const struct session *session = noderow_session(row);

	if (session)
		*ret = value_id(session->foreground_group);
	else
		*ret = process ? value_id(process->foreground_group) : value_none();
	return 0;
}

static int get_terminal(const struct row *row, struct value *ret)
{
	const struct process *process = process_with_stat(row);
	const struct session *session = noderow_session(row);

	*ret = value_none();
	if (session)
		*ret = value_text(session->terminal_name);
	else if (process && process->terminal_name)
		*ret = value_text(process->terminal_name);
	else if (process && process->terminal != 0)
		return made_text(session_terminal_name(row->scratch, process->terminal), ret);
	return 0;
}

static int get_state(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_whole_process(row);

	*ret = value_none();
	if (!process || process->state == 0)
		return 0;
	return made_text(arena_copy(row->scratch, &process->state, 1), ret);
}

static int get_comm(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_process(row);
	const struct thread *thread = noderow_thread(row);

	if (thread)
		*ret = value_text(thread->comm);
	else
		*ret = value_text(process ? process->comm : NULL);
	return 0;
}

static int get_numbers(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_whole_process(row);

	*ret = value_none();
	if (!process || !process->numbers)
		return 0;
	struct value *items = arena_alloc(row->scratch, (process->n_numbers + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < process->n_numbers; i++)
		items[i] = value_number((uint64_t)process->numbers[i]);
	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list = (struct value_list){ .items = items, .count = process->n_numbers };
	return 0;
}

static int get_start(const struct row *row, struct value *ret)
{
	const struct process *process = process_with_stat(row);

	*ret = value_none();
	if (process && !noderow_is(row, NODE_THREAD))
		*ret = value_number(process->start);
	return 0;
}

/* The process of the row, where status said what it may do; else NULL. */
static const struct process *audited_process(const struct row *row)
{
	const struct process *process = noderow_whole_process(row);

	return process && process->has_audit ? process : NULL;
}

static int get_capabilities(const struct row *row, struct value *ret)
{
	const struct process *process = audited_process(row);

	*ret = value_none();
	if (!process)
		return 0;
	return made_text(arena_printf(row->scratch, "%016" PRIx64, process->effective_caps), ret);
}

static int get_seccomp(const struct row *row, struct value *ret)
{
	static const char *const modes[] = { "none", "strict", "filter" };
	const struct process *process = audited_process(row);

	*ret = value_none();
	if (process && process->seccomp >= 0 && (size_t)process->seccomp < ARRAY_SIZE(modes))
		*ret = value_text(modes[process->seccomp]);
	return 0;
}

static int get_no_new_privs(const struct row *row, struct value *ret)
{
	const struct process *process = audited_process(row);

	*ret = process ? value_bool(process->no_new_privs) : value_none();
	return 0;
}

static int get_label(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_whole_process(row);

	*ret = value_text(process ? process->label : NULL);
	return 0;
}

static int get_thread(const struct row *row, struct value *ret)
{
	const struct thread *thread = noderow_thread(row);

	*ret = thread ? value_id(thread->tid) : value_none();
	return 0;
}

/* clang-format off */
static const struct column columns[] = {
	{ .name = "PGID", .help = "process group of PID, by number",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .leader = PROCESS_STAT },
	  .get = get_group },
	{ .name = "SID", .help = "session of PID, by number",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .leader = PROCESS_STAT },
	  .get = get_session },
	{ .name = "TPGID", .help = "process group in the foreground of its terminal",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .leader = PROCESS_STAT },
	  .get = get_foreground_group },
	{ .name = "TTY", .help = "controlling terminal",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_STAT }, .get = get_terminal },
	{ .name = "STATE", .help = "state of PID: R, S, D, T, t, Z, X, I, as in proc(5)",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_PARENT }, .get = get_state },
	{ .name = "COMM", .help = "name of PID, or of the thread",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_PARENT }, .get = get_comm },
	{ .name = "NSPID", .help = "its numbers in nested PID namespaces, outermost first",
	  .type = VALUE_LIST, .needs = { .leader = PROCESS_NUMBERS }, .get = get_numbers },
	{ .name = "START", .help = "when it started: clock ticks since boot",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .leader = PROCESS_STAT },
	  .get = get_start },
	{ .name = "CAPEFF", .help = "effective capabilities, in hexadecimal",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_NUMBERS }, .get = get_capabilities },
	{ .name = "SECCOMP", .help = "system calls filtered: none, strict or filter",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_NUMBERS }, .get = get_seccomp },
	{ .name = "NNP", .help = "whether it can gain no new privileges (no_new_privs)",
	  .type = VALUE_BOOL, .needs = { .leader = PROCESS_NUMBERS }, .get = get_no_new_privs },
	{ .name = "LSM", .help = "its label of the security module",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_LABEL }, .get = get_label },
	{ .name = "TID", .help = "number of the thread",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .get = get_thread },
};
/* clang-format on */

const struct column_set proccols_table = { .columns = columns,
	                                   .count = ARRAY_SIZE(columns),
	                                   .more = &nscols_table };

const struct column_set *proccols_set(void)
{
	return &proccols_table;
}
