/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of namespaces by counting sort: one walk counts, the next one fills in. */
#include "model/members.h"

struct walk {
	struct snapshot *snapshot;
	uint32_t *latest; /* by namespace: the process that was met in it last */
	void (*meet)(struct snapshot *snapshot, struct space *space, uint32_t process);
};

static void count_member(struct snapshot *snapshot, struct space *space, uint32_t process)
{
	(void)snapshot;
	if (space->n_processes++ == 0)
		space->leader = process;
}

static void place_member(struct snapshot *snapshot, struct space *space, uint32_t process)
{
	snapshot->members[space->first_member + space->n_processes++] = process;
}

static void walk_thread(const struct walk *walk, const struct thread *thread)
{
	const struct snapshot *snapshot = walk->snapshot;
	const struct placement *leader = &snapshot->processes[thread->process].at;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t space = thread->at.in[type];
		if (space == NONE || leader->in[type] != NONE || !(leader->absent & NS_BIT(type)) ||
		    walk->latest[space] == thread->process)
			continue;
		walk->latest[space] = thread->process;
		walk->meet(walk->snapshot, &snapshot->spaces[space], thread->process);
	}
}

/* Meets every member of every namespace, in the order of processes. */
static void walk_members(const struct walk *walk)
{
	const struct snapshot *snapshot = walk->snapshot;
	size_t thread = 0;

	for (size_t i = 0; i < snapshot->n_spaces; i++)
		walk->latest[i] = NONE;
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct placement *at = &snapshot->processes[i].at;
		for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
			if (at->in[type] != NONE)
				walk->meet(walk->snapshot, &snapshot->spaces[at->in[type]], i);
		}
		for (; thread < snapshot->n_threads && snapshot->threads[thread].process == i;
		     thread++)
			walk_thread(walk, &snapshot->threads[thread]);
	}
}

int members_list(struct snapshot *snapshot)
{
	auto_free uint32_t *latest = malloc((snapshot->n_spaces + 1) * sizeof(*latest));
	size_t n_members = 0;

	if (!latest)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		snapshot->spaces[i].leader = NONE;
		snapshot->spaces[i].n_processes = 0;
	}
	struct walk walk = { .snapshot = snapshot, .latest = latest, .meet = count_member };
	walk_members(&walk);

	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		snapshot->spaces[i].first_member = (uint32_t)n_members;
		n_members += snapshot->spaces[i].n_processes;
		snapshot->spaces[i].n_processes = 0;
	}
	free(snapshot->members);
	snapshot->members = malloc((n_members + 1) * sizeof(*snapshot->members));
	if (!snapshot->members)
		return -ENOMEM;
	walk.meet = place_member;
	walk_members(&walk);
	return 0;
}
