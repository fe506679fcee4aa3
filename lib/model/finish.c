/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from the records of a snapshot: members, holders, initial namespaces. */
#include "model/members.h"
#include "model/snapshot.h"

/* Orders indexes and numbers: NONE comes last. */
static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_paths(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* Indexes depend on the order in which namespaces were found, inodes do not. */
static uint64_t inode_of(const struct snapshot *snapshot, uint32_t space)
{
	return space == NONE ? 0 : snapshot->spaces[space].inode;
}

static int compare_references(const void *first, const void *second, void *data)
{
	const struct reference *a = first, *b = second;
	const struct snapshot *snapshot = data;
	int order = compare_u64(a->space, b->space);

	if (order == 0)
		order = compare_u64(a->kind, b->kind);
	if (order == 0)
		order = compare_u64(a->process, b->process);
	if (order == 0)
		order = (a->tid > b->tid) - (a->tid < b->tid);
	if (order == 0)
		order = (a->fd > b->fd) - (a->fd < b->fd);
	if (order == 0)
		order = compare_u64(a->socket, b->socket);
	if (order == 0)
		order = compare_paths(a->path, b->path);
	if (order == 0)
		order = compare_u64(inode_of(snapshot, a->mount_space),
		                    inode_of(snapshot, b->mount_space));
	return order ? order : a->covered - b->covered;
}

static int compare_users(const void *first, const void *second)
{
	const struct user *a = first, *b = second;

	return compare_u64(a->uid, b->uid);
}

static void sort_records(struct snapshot *snapshot)
{
	if (snapshot->n_references > 1)
		qsort_r(snapshot->references, snapshot->n_references, sizeof(struct reference),
		        compare_references, snapshot);
	if (snapshot->n_users > 1)
		qsort(snapshot->users, snapshot->n_users, sizeof(struct user), compare_users);
}

static void forget_what_follows(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		struct space *space = &snapshot->spaces[i];
		space->n_threads = 0;
		space->first_reference = NONE;
		space->first_thread = NONE;
		space->first_children = NONE;
		space->first_children_thread = NONE;
		space->first_nested = NONE;
		space->first_owned = NONE;
		space->held = 0;
	}
	for (size_t i = 0; i < snapshot->n_containers; i++)
		snapshot->containers[i].first_process = NONE;
}

/* Puts a holder in front of the others of its kind. */
static void hold(struct space *space, enum reference_kind kind, uint32_t holder, uint32_t *first,
                 uint32_t *next)
{
	space->held |= (uint8_t)(1U << kind);
	*next = *first;
	*first = holder;
}

/* A damaged file may have a namespace of another type in the place of one. */
static struct space *space_of_type(struct snapshot *snapshot, uint32_t index, enum ns_type type)
{
	if (index == NONE || snapshot->spaces[index].type != type)
		return NULL;
	return &snapshot->spaces[index];
}

static const enum ns_type children_types[CHILDREN_N_LINKS] = {
	[CHILDREN_PID] = NS_PID,
	[CHILDREN_TIME] = NS_TIME,
};

static void hold_for_children(struct snapshot *snapshot, uint32_t index)
{
	struct process *process = &snapshot->processes[index];

	for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++) {
		struct space *space =
			space_of_type(snapshot, process->at.children[link], children_types[link]);
		if (space)
			hold(space, HELD_CHILDREN, index, &space->first_children,
			     &process->next_children[link]);
	}
}

static void hold_by_processes(struct snapshot *snapshot)
{
	for (uint32_t i = (uint32_t)snapshot->n_processes; i-- > 0;) {
		const struct process *process = &snapshot->processes[i];
		for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
			if (process->at.in[type] != NONE)
				snapshot->spaces[process->at.in[type]].held |= 1U << HELD_PROCESS;
		}
		hold_for_children(snapshot, i);
		if (process->container != NONE)
			snapshot->containers[process->container].first_process = i;
	}
}

static void hold_by_thread(struct snapshot *snapshot, uint32_t index)
{
	struct thread *thread = &snapshot->threads[index];
	const struct placement *leader = &snapshot->processes[thread->process].at;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		struct space *space = space_of_type(snapshot, thread->at.in[type], type);
		if (!space || thread->at.in[type] == leader->in[type])
			continue;
		space->n_threads++;
		hold(space, HELD_THREAD, index, &space->first_thread, &thread->next[type]);
	}
	for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++) {
		struct space *space =
			space_of_type(snapshot, thread->at.children[link], children_types[link]);
		if (space)
			hold(space, HELD_CHILDREN, index, &space->first_children_thread,
			     &thread->next_children[link]);
	}
}

/* They are in the order of namespaces. */
static void hold_by_references(struct snapshot *snapshot)
{
	for (uint32_t i = (uint32_t)snapshot->n_references; i-- > 0;) {
		const struct reference *reference = &snapshot->references[i];
		struct space *space = &snapshot->spaces[reference->space];
		space->held |= (uint8_t)(1U << reference->kind);
		space->first_reference = i;
	}
}

static void hold_by_relations(struct snapshot *snapshot)
{
	if ((snapshot->scanned.sources & SOURCE_ALL) != SOURCE_ALL)
		return;
	for (uint32_t i = (uint32_t)snapshot->n_spaces; i-- > 0;) {
		struct space *space = &snapshot->spaces[i];
		if (space->parent_state == RELATION_KNOWN) {
			struct space *parent = &snapshot->spaces[space->parent];
			parent->held |= 1U << HELD_NESTED;
			space->next_nested = parent->first_nested;
			parent->first_nested = i;
		}
		/* The owner of a user namespace is its parent: one reference, not two. */
		if (space->owner_state == RELATION_KNOWN && space->type != NS_USER) {
			struct space *owner = &snapshot->spaces[space->owner];
			owner->held |= 1U << HELD_OWNED;
			space->next_owned = owner->first_owned;
			owner->first_owned = i;
		}
	}
}

/*
 * Before Linux 6.17 the initial net and mnt namespaces have no fixed inodes, but kthreadd lives in
 * them. It is process 2 of the initial PID namespace; kernel threads have no number in any other.
 */
static void find_initial_by_kthreadd(struct snapshot *snapshot)
{
	static const enum ns_type types[] = { NS_NET, NS_MNT };
	uint32_t index = snapshot_find_pid(snapshot, 2);

	if (index == NONE)
		return;
	const struct process *process = &snapshot->processes[index];
	uint32_t pid_space = process->at.in[NS_PID];
	if (!process->is_kernel_thread &&
	    (pid_space == NONE || !snapshot->spaces[pid_space].is_initial))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		uint32_t space = process->at.in[types[i]];
		if (space == NONE || snapshot->initial[types[i]] != NONE)
			continue;
		snapshot->spaces[space].is_initial = true;
		snapshot->initial[types[i]] = space;
	}
}

static void index_initial(struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		if (snapshot->spaces[i].is_initial)
			snapshot->initial[snapshot->spaces[i].type] = i;
	}
}

int snapshot_finish(struct snapshot *snapshot)
{
	sort_records(snapshot);
	forget_what_follows(snapshot);
	int r = members_list(snapshot);
	if (r < 0)
		return r;
	hold_by_processes(snapshot);
	for (uint32_t i = (uint32_t)snapshot->n_threads; i-- > 0;)
		hold_by_thread(snapshot, i);
	hold_by_references(snapshot);
	hold_by_relations(snapshot);
	index_initial(snapshot);
	find_initial_by_kthreadd(snapshot);
	return 0;
}

static void forget_threads(struct snapshot *snapshot)
{
	snapshot->n_threads = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++)
			snapshot->processes[i].at.children[link] = NONE;
	}
}

/* Without the places of processes, nothing tells these from threads that are elsewhere. */
static void forget_threads_alike(struct snapshot *snapshot)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->n_threads; i++) {
		if (snapshot_is_apart(snapshot, &snapshot->threads[i]))
			snapshot->threads[kept++] = snapshot->threads[i];
	}
	snapshot->n_threads = kept;
}

static void forget_places(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		struct placement *at = &snapshot->processes[i].at;
		for (enum ns_type type = 0; type < NS_N_TYPES; type++)
			at->in[type] = NONE;
		at->denied = 0;
		at->absent = 0;
	}
}

static void forget_references(struct snapshot *snapshot, unsigned sources)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->n_references; i++) {
		if (reference_kinds[snapshot->references[i].kind].source & sources)
			snapshot->references[kept++] = snapshot->references[i];
	}
	snapshot->n_references = kept;
}

int snapshot_restrict(struct snapshot *snapshot, unsigned sources)
{
	snapshot->scanned.sources &= sources;
	if (!(sources & SOURCE_THREAD))
		forget_threads(snapshot);
	if (!(sources & SOURCE_PROCESS)) {
		forget_threads_alike(snapshot);
		forget_places(snapshot);
	}
	forget_references(snapshot, sources);
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		if (!(sources & SOURCE_MOUNT))
			snapshot->spaces[i].mount_path = NULL;
		if ((sources & SOURCE_ALL) != SOURCE_ALL)
			snapshot->spaces[i].only_kernel_knows = false;
	}
	return snapshot_finish(snapshot);
}
