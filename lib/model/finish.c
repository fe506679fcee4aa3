/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from the records of a snapshot: members, holders, initial namespaces. */
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
		space->leader = NONE;
		space->n_processes = 0;
		space->n_threads = 0;
		space->first_reference = NONE;
		space->first_thread = NONE;
		space->first_children = NONE;
		space->first_related = NONE;
		space->held = 0;
	}
	for (size_t i = 0; i < snapshot->n_containers; i++)
		snapshot->containers[i].first_process = NONE;
}

/* Marks a namespace as held so, and notes its first holder where none is noted yet. */
static void hold(struct space *space, enum reference_kind kind, uint32_t holder, uint32_t *first)
{
	space->held |= (uint8_t)(1U << kind);
	if (*first == NONE)
		*first = holder;
}

static void count_member(struct snapshot *snapshot, uint32_t process, uint32_t space)
{
	struct space *counted = &snapshot->spaces[space];

	counted->n_processes++;
	if (counted->leader == NONE || process < counted->leader)
		counted->leader = process;
}

static void count_processes(struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
			if (process->at.in[type] == NONE)
				continue;
			count_member(snapshot, i, process->at.in[type]);
			snapshot->spaces[process->at.in[type]].held |= 1U << HELD_PROCESS;
		}
		for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++) {
			uint32_t space = process->at.children[link];
			if (space != NONE)
				hold(&snapshot->spaces[space], HELD_CHILDREN, i,
				     &snapshot->spaces[space].first_children);
		}
		if (process->container != NONE &&
		    snapshot->containers[process->container].first_process == NONE)
			snapshot->containers[process->container].first_process = i;
	}
}

/*
 * A thread that differs. Where the leader is a zombie (proc(5): it has no links but pid and user),
 * its process is where the threads are, once in each: `counted` remembers for which process a
 * namespace was counted last.
 */
static void count_thread(struct snapshot *snapshot, uint32_t index, uint32_t *counted)
{
	const struct thread *thread = &snapshot->threads[index];
	const struct placement *leader = &snapshot->processes[thread->process].at;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t in = thread->at.in[type];
		if (in == NONE || in == leader->in[type])
			continue;
		struct space *space = &snapshot->spaces[in];
		space->n_threads++;
		hold(space, HELD_THREAD, index, &space->first_thread);
		if (!(leader->absent & NS_BIT(type)) || counted[in] == thread->process)
			continue;
		counted[in] = thread->process;
		count_member(snapshot, thread->process, in);
	}
	for (enum children_link link = 0; link < CHILDREN_N_LINKS; link++) {
		uint32_t space = thread->at.children[link];
		if (space != NONE)
			hold(&snapshot->spaces[space], HELD_CHILDREN, index,
			     &snapshot->spaces[space].first_thread);
	}
}

static int count_threads(struct snapshot *snapshot)
{
	if (snapshot->n_threads == 0)
		return 0;

	auto_free uint32_t *counted = calloc(snapshot->n_spaces + 1, sizeof(*counted));
	if (!counted)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->n_spaces; i++)
		counted[i] = NONE;
	for (uint32_t i = 0; i < snapshot->n_threads; i++)
		count_thread(snapshot, i, counted);
	return 0;
}

static void hold_by_references(struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		struct space *space = &snapshot->spaces[reference->space];
		hold(space, reference->kind, i, &space->first_reference);
	}
}

/* Its child comes before what it owns, then the lower inode. */
static void hold_by_relation(struct snapshot *snapshot, uint32_t index, enum reference_kind kind,
                             uint32_t child)
{
	struct space *space = &snapshot->spaces[index];
	uint8_t bit = (uint8_t)(1U << kind);
	bool is_first_of_kind = !(space->held & bit);

	space->held |= bit;
	if (kind == HELD_OWNED && (space->held & (1U << HELD_NESTED)))
		return;
	if (is_first_of_kind ||
	    snapshot->spaces[child].inode < snapshot->spaces[space->first_related].inode)
		space->first_related = child;
}

static void hold_by_relations(struct snapshot *snapshot)
{
	if ((snapshot->scanned.sources & SOURCE_ALL) != SOURCE_ALL)
		return;
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		const struct space *space = &snapshot->spaces[i];
		if (space->parent_state == RELATION_KNOWN)
			hold_by_relation(snapshot, space->parent, HELD_NESTED, i);
		/* The owner of a user namespace is its parent: one reference, not two. */
		if (space->owner_state == RELATION_KNOWN && space->type != NS_USER)
			hold_by_relation(snapshot, space->owner, HELD_OWNED, i);
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
	count_processes(snapshot);
	int r = count_threads(snapshot);
	if (r < 0)
		return r;
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
	if (!(sources & SOURCE_PROCESS))
		forget_places(snapshot);
	if (!(sources & SOURCE_THREAD))
		forget_threads(snapshot);
	forget_references(snapshot, sources);
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		if (!(sources & SOURCE_MOUNT))
			snapshot->spaces[i].mount_path = NULL;
		if ((sources & SOURCE_ALL) != SOURCE_ALL)
			snapshot->spaces[i].only_kernel_knows = false;
	}
	return snapshot_finish(snapshot);
}
