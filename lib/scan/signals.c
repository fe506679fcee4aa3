/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process does with signals: its status, and that of its threads where it depends on them. */
#include <stdio.h>

#include "model/proctext.h"
#include "scan/source.h"

static int read_text(struct scan *scan, const struct task *task, const char *path,
                     struct signal_text *ret)
{
	int r = detail_read_file(scan, task, path);

	return r < 0 ? r : proctext_signals(scan->buffer.data, scan->buffer.length, ret);
}

static bool is_dead(char state)
{
	return state == 'Z' || state == 'X';
}

/* A thread that lives: it may not block what the others do, and stands for a zombie leader. */
static void use_thread(const struct signal_text *thread, struct signals *signals)
{
	if (is_dead(thread->state))
		return;
	signals->blocked &= thread->blocked;
	if (is_dead(signals->state))
		signals->state = thread->state;
}

/* The threads in scan->tids, until nothing is left that could be blocked by all of them. */
static int use_threads(struct scan *scan, const struct task *task, struct signals *signals)
{
	for (size_t i = 0; i < scan->tids.count; i++) {
		struct signal_text thread;
		char path[48];
		if (scan->tids.items[i] == task->pid)
			continue;
		if (signals->blocked == 0 && !is_dead(signals->state))
			return 0;
		snprintf(path, sizeof(path), "../task/%d/status", scan->tids.items[i]);
		int r = read_text(scan, task, path, &thread);
		if (r == -ENOMEM)
			return r;
		if (r == 0)
			use_thread(&thread, signals);
		else if (!is_gone(r) || !scan->is_live)
			signals->has_unread_threads = true;
	}
	return 0;
}

/*
 * A signal to a process goes to any of its threads that does not block it (complete_signal in
 * kernel/signal.c). A zombie leader takes none, whatever it blocked when it ended.
 */
static int look_at_threads(struct scan *scan, const struct task *task, struct signals *signals)
{
	if (scan->snapshot->processes[task->process].n_threads <= 1 ||
	    (signals->blocked == 0 && !is_dead(signals->state)))
		return 0;
	int r = threads_list(scan, task);
	if (r < 0) {
		signals->has_unread_threads = true;
		return r == -ENOMEM ? r : 0;
	}
	if (is_dead(signals->state))
		signals->blocked = UINT64_MAX;
	return use_threads(scan, task, signals);
}

/* "0" is what the kernel says where it does not want to tell, or has no names of functions. */
static int read_wchan(struct scan *scan, const struct task *task, const char **ret)
{
	int r = detail_read_file(scan, task, "../wchan");

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	const char *name = scan->buffer.data;
	const size_t length = strcspn(name, "\n");
	if (length == 0 || is_equal(name, "0"))
		return 0;
	*ret = snapshot_intern(scan->snapshot, name, length);
	return *ret ? 0 : -ENOMEM;
}

int signals_read(struct scan *scan, const struct task *task)
{
	struct signal_text text;
	int r = read_text(scan, task, "../status", &text);

	/* It is all in one file. */
	if (r == 0 && !(scan->snapshot->processes[task->process].known & PROCESS_NUMBERS))
		r = onefile_use_status(scan, task);
	if (r < 0)
		return r;
	struct signals signals = {
		.pid = task->pid,
		.tracer = text.tracer,
		.pending = text.own_pending | text.pending,
		.blocked = text.blocked,
		.ignored = text.ignored,
		.caught = text.caught,
		.state = text.state,
	};
	r = look_at_threads(scan, task, &signals);
	if (r == 0 && text.state == 'D')
		r = read_wchan(scan, task, &signals.wchan);
	return r < 0 ? r : snapshot_add_signals(scan->snapshot, &signals);
}
