/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brings processes that were found out of order into order, and follows them with every index. */
#include "model/snapshot.h"

/* Where a process was, for one that is sorted by number. */
struct place {
	pid_t pid;
	uint32_t old;
};

static int compare_places(const void *first, const void *second)
{
	const struct place *a = first, *b = second;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static int compare_threads(const void *first, const void *second)
{
	const struct thread *a = first, *b = second;

	if (a->process != b->process)
		return a->process > b->process ? 1 : -1;
	return (a->tid > b->tid) - (a->tid < b->tid);
}

static int compare_signals(const void *first, const void *second)
{
	const struct signals *a = first, *b = second;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static bool is_sorted(const struct snapshot *snapshot)
{
	for (size_t i = 1; i < snapshot->n_processes; i++) {
		if (snapshot->processes[i - 1].pid >= snapshot->processes[i].pid)
			return false;
	}
	return true;
}

static uint32_t follow(const uint32_t *new_index, uint32_t process)
{
	return process == NONE ? NONE : new_index[process];
}

static void follow_all(struct snapshot *snapshot, const uint32_t *new_index)
{
	for (size_t i = 0; i < snapshot->n_threads; i++)
		snapshot->threads[i].process = follow(new_index, snapshot->threads[i].process);
	for (size_t i = 0; i < snapshot->n_references; i++)
		snapshot->references[i].process =
			follow(new_index, snapshot->references[i].process);
	for (size_t i = 0; i < snapshot->n_spaces; i++)
		snapshot->spaces[i].leader = follow(new_index, snapshot->spaces[i].leader);
	if (snapshot->n_threads > 1)
		qsort(snapshot->threads, snapshot->n_threads, sizeof(struct thread),
		      compare_threads);
	if (snapshot->n_signals > 1)
		qsort(snapshot->signals, snapshot->n_signals, sizeof(struct signals),
		      compare_signals);
}

int snapshot_sort_processes(struct snapshot *snapshot)
{
	size_t n = snapshot->n_processes;

	if (is_sorted(snapshot))
		return 0;
	auto_free struct place *places = calloc(n, sizeof(*places));
	auto_free uint32_t *new_index = calloc(n, sizeof(*new_index));
	auto_free struct process *sorted = calloc(n, sizeof(*sorted));
	if (!places || !new_index || !sorted)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		places[i] = (struct place){ .pid = snapshot->processes[i].pid, .old = i };
	qsort(places, n, sizeof(*places), compare_places);
	for (uint32_t i = 0; i < n; i++) {
		sorted[i] = snapshot->processes[places[i].old];
		new_index[places[i].old] = i;
	}
	follow_all(snapshot, new_index);
	free(snapshot->processes);
	snapshot->processes = take_pointer(&sorted);
	snapshot->processes_capacity = n;
	return 0;
}
