/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and process groups out of what stat says of each process. */
#include "model/session_part.h"

/* In the order in which sessions stand. */
enum rank { RANK_KERNEL, RANK_INSIDE, RANK_OUTSIDE };

/* Where a process belongs. Sorted, processes of one group and groups of one session lie side by
 * side. */
struct place {
	enum rank rank;
	uint32_t session; /* its number; outside: the first process of that session */
	pid_t group;
	uint32_t process;
};

struct survey {
	const struct snapshot *snapshot;
	enum answer is_initial; /* that /proc is of the initial PID namespace */
	struct place *places;   /* of those whose stat was read */
	size_t n_places;
};

static void survey_done(struct survey *survey)
{
	free(survey->places);
}
#define auto_survey __attribute__((cleanup(survey_done)))

/* do_task_stat() in fs/proc/array.c says -1 of a process that is just being reaped. */
static bool is_placed(const struct process *process)
{
	return process->known & PROCESS_STAT && process->session >= 0 && process->group >= 0;
}

static bool is_kernel(const struct process *process)
{
	return process->known & PROCESS_STAT && process->is_kernel_thread;
}

/* Its session has no number in the PID namespace of that /proc. In the initial one all have, and 0
 * is the session that the kernel began with. */
static bool is_outside(const struct survey *survey, const struct process *process)
{
	return survey->is_initial != ANSWER_YES && process->session == 0;
}

/*
 * Kernel threads are to be seen in the /proc of the initial PID namespace alone; so is the scanning
 * process itself, where it is in that. kthreadd is process 2 there and never ends. (The view does not
 * need the namespaces that processes are in, so they must not change the answer.)
 */
static enum answer is_of_initial_space(const struct snapshot *snapshot)
{
	uint32_t own = snapshot->self_at[NS_PID];
	uint32_t kthreadd = snapshot_find_pid(snapshot, 2);

	if (snapshot->self > 0 && own != NONE && snapshot->spaces[own].is_initial)
		return ANSWER_YES;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		if (is_kernel(&snapshot->processes[i]))
			return ANSWER_YES;
	}
	if (kthreadd != NONE)
		return snapshot->processes[kthreadd].known & PROCESS_STAT ? ANSWER_NO
		                                                          : ANSWER_UNKNOWN;
	/* hidepid=2 (proc(5)) would hide process 1 as well. */
	return snapshot_find_pid(snapshot, 1) == NONE ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* The first of those that are known to be in one session with that process; shortens the way to it. */
static uint32_t find_origin(uint32_t *origins, uint32_t process)
{
	while (origins[process] != process) {
		origins[process] = origins[origins[process]];
		process = origins[process];
	}
	return process;
}

/* Whoever is in neither a session nor a group of this PID namespace is with its parent, if that is
 * so too. */
static void join_parent(const struct survey *survey, uint32_t *origins, uint32_t process)
{
	const struct process *processes = survey->snapshot->processes;
	uint32_t parent = snapshot_find_pid(survey->snapshot, processes[process].parent);

	if (parent == NONE || !is_placed(&processes[parent]) || processes[parent].group != 0 ||
	    !is_outside(survey, &processes[parent]))
		return;
	uint32_t a = find_origin(origins, process), b = find_origin(origins, parent);
	if (a < b)
		origins[b] = a;
	else
		origins[a] = b;
}

/* For each process outside the first one of its session. 0 or -ENOMEM. */
static int find_origins(const struct survey *survey, uint32_t *origins)
{
	const struct snapshot *snapshot = survey->snapshot;
	auto_map struct map groups = { 0 };

	for (uint32_t i = 0; i < snapshot->n_processes; i++)
		origins[i] = i;
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		if (!is_placed(process) || !is_outside(survey, process))
			continue;
		if (process->group == 0) {
			join_parent(survey, origins, i);
			continue;
		}
		uint32_t first = map_find(&groups, (uint64_t)process->group);
		if (first != NONE)
			origins[i] = first;
		else if (map_put(&groups, (uint64_t)process->group, i) < 0)
			return -ENOMEM;
	}
	return 0;
}

static struct place place_of(const struct survey *survey, uint32_t index, uint32_t *origins)
{
	const struct process *process = &survey->snapshot->processes[index];

	if (is_kernel(process))
		return (struct place){ .rank = RANK_KERNEL, .process = index };
	if (is_outside(survey, process))
		return (struct place){ .rank = RANK_OUTSIDE,
			               .session = find_origin(origins, index),
			               .group = process->group,
			               .process = index };
	return (struct place){ .rank = RANK_INSIDE,
		               .session = (uint32_t)process->session,
		               .group = process->group,
		               .process = index };
}

static bool is_in_one_session(const struct place *a, const struct place *b)
{
	return a->rank == b->rank && a->session == b->session;
}

static bool is_in_one_group(const struct place *a, const struct place *b)
{
	return is_in_one_session(a, b) && a->group == b->group;
}

static int compare_places(const void *first, const void *second)
{
	const struct place *a = first, *b = second;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->process > b->process) - (a->process < b->process);
}

static int find_places(struct survey *survey)
{
	size_t n = survey->snapshot->n_processes;
	auto_free uint32_t *origins = malloc((n + 1) * sizeof(*origins));

	survey->places = malloc((n + 1) * sizeof(*survey->places));
	if (!origins || !survey->places || find_origins(survey, origins) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		if (is_placed(&survey->snapshot->processes[i]))
			survey->places[survey->n_places++] = place_of(survey, i, origins);
	}
	qsort(survey->places, survey->n_places, sizeof(*survey->places), compare_places);
	return 0;
}

/* A process whose leading thread has exited lives on in its other threads. */
static bool is_dead(const struct process *process)
{
	return (process->state == 'Z' || process->state == 'X') && process->n_threads <= 1;
}

/* Whether a member's parent is in another group of the same session: the group is not orphaned. */
static enum answer has_parent_beside(const struct survey *survey, const struct process *member)
{
	const struct snapshot *snapshot = survey->snapshot;

	if (is_dead(member) || (member->parent == 1 && survey->is_initial == ANSWER_YES))
		return ANSWER_NO;
	/* The parent of init and of kthreadd is the idle task, in session and group 0. */
	if (member->parent == 0 && survey->is_initial == ANSWER_YES)
		return member->session == 0 && member->group != 0 ? ANSWER_YES : ANSWER_NO;

	uint32_t index = member->parent > 0 ? snapshot_find_pid(snapshot, member->parent) : NONE;
	if (index == NONE || !is_placed(&snapshot->processes[index]))
		return ANSWER_UNKNOWN;
	const struct process *parent = &snapshot->processes[index];
	/* Nobody is younger than a child of its own: another process has got that number. */
	if (parent->start > member->start)
		return ANSWER_UNKNOWN;
	bool is_same_group = parent->group == member->group;
	if (parent->session != member->session)
		return ANSWER_NO;
	/* Two sessions or groups that are 0 need not be one. */
	if (is_outside(survey, member))
		return is_same_group && member->group != 0 ? ANSWER_NO : ANSWER_UNKNOWN;
	if (is_same_group)
		return ANSWER_NO;
	/* Were it the global init, this child would not count. */
	return member->parent == 1 && survey->is_initial == ANSWER_UNKNOWN ? ANSWER_UNKNOWN
	                                                                   : ANSWER_YES;
}

/* will_become_orphaned_pgrp() in kernel/exit.c */
static enum answer is_orphaned(const struct survey *survey, const uint32_t *members, size_t n)
{
	enum answer answer = ANSWER_YES;

	for (size_t i = 0; i < n; i++) {
		enum answer beside =
			has_parent_beside(survey, &survey->snapshot->processes[members[i]]);
		if (beside == ANSWER_YES)
			return ANSWER_NO;
		if (beside == ANSWER_UNKNOWN)
			answer = ANSWER_UNKNOWN;
	}
	return answer;
}

static void add_member(const struct survey *survey, const struct place *place,
                       struct sessions *sessions)
{
	const struct process *process = &survey->snapshot->processes[place->process];
	struct session *session = &sessions->items[sessions->n_sessions - 1];
	struct process_group *group = &sessions->groups[sessions->n_groups - 1];

	sessions->members[group->first + group->n_processes++] = place->process;
	sessions->group_of[place->process] = (uint32_t)(sessions->n_groups - 1);
	if (process->state == 'T')
		group->n_stopped++;
	if (place->rank != RANK_KERNEL && process->pid == session->id)
		session->leader = place->process;
	if (place->rank != RANK_KERNEL && process->pid == group->id)
		group->leader = place->process;
}

/* Fills in sessions, groups and members from the places. */
static void add_places(const struct survey *survey, struct sessions *sessions)
{
	for (size_t i = 0; i < survey->n_places; i++) {
		const struct place *place = &survey->places[i];
		if (i == 0 || !is_in_one_session(place, place - 1))
			sessions->items[sessions->n_sessions++] = (struct session){
				.id = place->rank == RANK_INSIDE ? (pid_t)place->session : 0,
				.leader = NONE,
				.first_group = (uint32_t)sessions->n_groups,
				.foreground_group = -1,
				.is_kernel = place->rank == RANK_KERNEL,
				.is_outside = place->rank == RANK_OUTSIDE,
			};
		if (i == 0 || !is_in_one_group(place, place - 1)) {
			sessions->items[sessions->n_sessions - 1].n_groups++;
			sessions->groups[sessions->n_groups++] = (struct process_group){
				.id = place->group,
				.session = (uint32_t)(sessions->n_sessions - 1),
				.leader = NONE,
				.first = (uint32_t)i,
			};
		}
		add_member(survey, place, sessions);
	}
}

/* Makes room for as many as there can be. */
static int allocate(size_t n, struct sessions *sessions)
{
	sessions->items = malloc((n + 1) * sizeof(*sessions->items));
	sessions->groups = malloc((n + 1) * sizeof(*sessions->groups));
	sessions->members = malloc((n + 1) * sizeof(*sessions->members));
	sessions->group_of = malloc((n + 1) * sizeof(*sessions->group_of));
	if (!sessions->items || !sessions->groups || !sessions->members || !sessions->group_of)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sessions->group_of[i] = NONE;
	return 0;
}

static int find_all(const struct survey *survey, struct sessions *sessions)
{
	if (allocate(survey->snapshot->n_processes, sessions) < 0)
		return -ENOMEM;
	add_places(survey, sessions);
	for (size_t i = 0; i < sessions->n_groups; i++) {
		struct process_group *group = &sessions->groups[i];
		/* Signals do not stop kernel threads: the question has no meaning. */
		group->orphaned = sessions->items[group->session].is_kernel
		                          ? ANSWER_NO
		                          : is_orphaned(survey, sessions->members + group->first,
		                                        group->n_processes);
	}
	return sessions_find_terminals(survey->snapshot, sessions);
}

int sessions_find(const struct snapshot *snapshot, struct sessions *ret)
{
	auto_survey struct survey survey = {
		.snapshot = snapshot,
		.is_initial = is_of_initial_space(snapshot),
	};

	*ret = (struct sessions){ 0 };
	int r = find_places(&survey);
	if (r == 0)
		r = find_all(&survey, ret);
	if (r < 0)
		sessions_done(ret);
	return r;
}

void sessions_done(struct sessions *sessions)
{
	free(sessions->items);
	free(sessions->groups);
	free(sessions->members);
	free(sessions->group_of);
	arena_done(&sessions->texts);
	*sessions = (struct sessions){ 0 };
}
