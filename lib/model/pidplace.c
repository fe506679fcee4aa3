/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which PID namespace each process is, and what follows from that: pid_namespaces(7). */
#include "model/pidplace.h"

#include "model/forest.h"

/* PID namespaces nest 32 deep (pid_namespaces(7)): a longer way is one in a damaged file. */
#define DEEPEST 64

pid_t pidplaces_last_number(const struct process *process)
{
	if (process->numbers && process->n_numbers > 0)
		return process->numbers[process->n_numbers - 1];
	/* Number 1 in that /proc is the init of the PID namespace that it is of. */
	return process->pid == 1 ? 1 : 0;
}

static bool is_outermost(const struct process *process)
{
	return process->pid == 1 || (process->numbers && process->n_numbers == 1);
}

/* What its link says, or NONE; a damaged file may have a namespace of another type there. */
static uint32_t linked_space(const struct snapshot *snapshot, uint32_t process)
{
	uint32_t space = snapshot->processes[process].at.in[NS_PID];

	return space != NONE && snapshot->spaces[space].type == NS_PID ? space : NONE;
}

static uint32_t find_outermost(const struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		uint32_t space = linked_space(snapshot, i);
		if (space != NONE && is_outermost(&snapshot->processes[i]))
			return space;
	}
	return NONE;
}

/* Where the process is; its parent's place, if it has one, must be known. */
static uint32_t find_space(const struct pidplaces *places, uint32_t index)
{
	const struct process *process = &places->snapshot->processes[index];
	uint32_t space = linked_space(places->snapshot, index);
	uint32_t parent = places->parent_of[index];

	if (space != NONE)
		return space;
	if (is_outermost(process))
		return places->outermost;
	if (parent == NONE || !process->numbers || process->n_numbers == 0 ||
	    process->n_numbers != places->snapshot->processes[parent].n_numbers)
		return NONE;
	return places->space_of[parent];
}

/* A number that was given out again during the scan can make a circle of parents: it is cut. Then
 * from parents to children. 0 or -ENOMEM. */
static int place_processes(struct pidplaces *places)
{
	const struct snapshot *snapshot = places->snapshot;
	const uint32_t n = (uint32_t)snapshot->n_processes;
	auto_free uint32_t *order = malloc((n + 1) * sizeof(*order));
	auto_forest struct forest forest = { 0 };

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		order[i] = i;
		places->parent_of[i] = snapshot_find_pid(snapshot, snapshot->processes[i].parent);
	}
	int r = forest_build(order, n, places->parent_of, n, &forest);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct forest_row *row = &forest.rows[i];
		if (row->parent == NONE)
			places->parent_of[row->item] = NONE;
		places->space_of[row->item] = find_space(places, row->item);
	}
	return r;
}

/*
 * Dead to its namespace: of one that ended while other threads of it run on, those go on for it. An
 * init that ends has no process born there any more before it waits for all others
 * (zap_pid_ns_processes in kernel/pid_namespace.c).
 */
static bool has_ended(const struct process *process)
{
	if (process->is_ending)
		return true;
	return process->state != '\0' && strchr("ZXx", process->state) && process->n_threads <= 1;
}

static void find_init(struct pidplaces *places, uint32_t process)
{
	const struct process *processes = places->snapshot->processes;
	const pid_t number = pidplaces_last_number(&processes[process]);
	const uint32_t space = places->space_of[process];

	if (number > 1)
		return;
	if (space == NONE) {
		places->is_blind_anywhere = true;
	} else if (number == 0) {
		places->is_blind[space] = true;
	} else {
		uint32_t *init = &places->init_of[space];
		if (*init == NONE || has_ended(&processes[*init]))
			*init = process;
	}
}

int pidplaces_find(const struct snapshot *snapshot, struct pidplaces *ret)
{
	*ret = (struct pidplaces){
		.snapshot = snapshot,
		.parent_of = malloc((snapshot->n_processes + 1) * sizeof(uint32_t)),
		.space_of = malloc((snapshot->n_processes + 1) * sizeof(uint32_t)),
		.init_of = malloc((snapshot->n_spaces + 1) * sizeof(uint32_t)),
		.is_blind = calloc(snapshot->n_spaces + 1, sizeof(bool)),
		.outermost = find_outermost(snapshot),
	};
	int r = -ENOMEM;

	if (ret->parent_of && ret->space_of && ret->init_of && ret->is_blind)
		r = place_processes(ret);
	if (r < 0) {
		pidplaces_done(ret);
		return r;
	}
	for (size_t i = 0; i < snapshot->n_spaces; i++)
		ret->init_of[i] = NONE;
	for (uint32_t i = 0; i < snapshot->n_processes; i++)
		find_init(ret, i);
	return 0;
}

void pidplaces_done(struct pidplaces *places)
{
	free(places->parent_of);
	free(places->space_of);
	free(places->init_of);
	free(places->is_blind);
	*places = (struct pidplaces){ 0 };
}

/* Whether processes in it would be in that /proc: it is the PID namespace of it, or below. */
static bool is_in_sight(const struct pidplaces *places, uint32_t space)
{
	const struct space *spaces = places->snapshot->spaces;

	if (spaces[space].n_processes > 0 || spaces[space].first_children != NONE ||
	    spaces[space].first_children_thread != NONE)
		return true;
	for (int i = 0; i < DEEPEST && space != places->outermost; i++) {
		if (spaces[space].parent_state != RELATION_KNOWN)
			return false;
		space = spaces[space].parent;
	}
	return space == places->outermost;
}

/* Whether there may be processes that the scan did not show. */
static bool may_hide(const struct pidplaces *places, uint32_t space)
{
	return !(places->snapshot->scanned.sources & SOURCE_PROCESS) ||
	       places->snapshot->gaps[GAP_HIDEPID].count > 0 || places->is_blind_anywhere ||
	       places->is_blind[space] || !is_in_sight(places, space);
}

enum answer pidplaces_is_dead(const struct pidplaces *places, uint32_t space)
{
	uint32_t init = places->init_of[space];

	if (init == NONE)
		return may_hide(places, space) ? ANSWER_UNKNOWN : ANSWER_YES;
	if (places->snapshot->processes[init].state == '\0')
		return ANSWER_UNKNOWN;
	return has_ended(&places->snapshot->processes[init]) ? ANSWER_YES : ANSWER_NO;
}

/* No parent in that /proc: it is outside. But nothing is outside of the initial PID namespace, where
 * it is what the kernel itself began. */
static enum answer is_entered_from_beyond(const struct pidplaces *places, uint32_t index)
{
	const unsigned parent_fields = PROCESS_PARENT | PROCESS_STAT | PROCESS_NUMBERS;
	const struct process *process = &places->snapshot->processes[index];

	if (process->is_kernel_thread ||
	    places->snapshot->spaces[places->space_of[index]].is_initial)
		return ANSWER_NO;
	return process->known & parent_fields ? ANSWER_YES : ANSWER_UNKNOWN;
}

enum answer pidplaces_is_entered(const struct pidplaces *places, uint32_t process)
{
	const struct process *entered = &places->snapshot->processes[process];
	const uint32_t parent = places->parent_of[process];
	const uint32_t space = places->space_of[process];
	const pid_t number = pidplaces_last_number(entered);

	if (number == 1)
		return ANSWER_NO;
	if (space == NONE)
		return ANSWER_UNKNOWN;
	if (parent != NONE && places->space_of[parent] == space)
		return ANSWER_NO;
	if (number == 0)
		return ANSWER_UNKNOWN;
	if (entered->parent <= 0)
		return is_entered_from_beyond(places, process);
	/* A parent that is not there went while the scan ran. */
	return parent == NONE || places->space_of[parent] == NONE ? ANSWER_UNKNOWN : ANSWER_YES;
}
