/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The holders of a namespace, collected from the records that imply or store them. */
#include "model/reference.h"

#include "base/vec.h"

/* clang-format off */
const struct reference_info reference_kinds[HELD_N_KINDS] = {
	[HELD_PROCESS] = { .letter = 'p', .name = "process", .source = SOURCE_PROCESS },
	[HELD_THREAD] = { .letter = 't', .name = "thread", .source = SOURCE_THREAD },
	[HELD_CHILDREN] = { .letter = 'c', .name = "for_children", .source = SOURCE_THREAD },
	[HELD_FD] = { .letter = 'f', .name = "fd", .source = SOURCE_FD },
	[HELD_SOCKET] = { .letter = 's', .name = "socket", .source = SOURCE_FD },
	[HELD_MOUNT] = { .letter = 'm', .name = "mount", .source = SOURCE_MOUNT },
	[HELD_NESTED] = { .letter = 'n', .name = "nested" },
	[HELD_OWNED] = { .letter = 'o', .name = "owned" },
};
/* clang-format on */

struct collector {
	const struct snapshot *snapshot;
	uint32_t index;
	const struct space *space;
	size_t limit;
	size_t of_kind[HELD_N_KINDS];
	struct holder *items;
	size_t count, capacity;
};

static struct holder new_holder(enum reference_kind kind)
{
	return (struct holder){
		.kind = kind,
		.process = NONE,
		.fd = -1,
		.mount_space = NONE,
		.space = NONE,
	};
}

static struct holder holder_of_process(const struct snapshot *snapshot, enum reference_kind kind,
                                       uint32_t process)
{
	struct holder holder = new_holder(kind);

	holder.process = process;
	holder.task_comm = snapshot->processes[process].comm;
	return holder;
}

static struct holder holder_of_thread(enum reference_kind kind, const struct thread *thread)
{
	struct holder holder = new_holder(kind);

	holder.process = thread->process;
	holder.tid = thread->tid;
	holder.task_comm = thread->comm;
	return holder;
}

static struct holder holder_of_reference(const struct snapshot *snapshot,
                                         const struct reference *reference)
{
	struct holder holder = new_holder(reference->kind);

	if (reference->process != NONE)
		holder = holder_of_process(snapshot, reference->kind, reference->process);
	holder.tid = reference->tid;
	holder.fd = reference->fd;
	holder.socket = reference->socket;
	holder.mount_space = reference->mount_space;
	holder.path = reference->path;
	holder.covered = reference->covered;
	return holder;
}

static struct holder holder_of_space(enum reference_kind kind, uint32_t space)
{
	struct holder holder = new_holder(kind);

	holder.space = space;
	return holder;
}

static bool is_full(const struct collector *collector, enum reference_kind kind)
{
	return collector->limit > 0 && collector->of_kind[kind] >= collector->limit;
}

static int collect(struct collector *collector, struct holder holder)
{
	if (is_full(collector, holder.kind))
		return 0;
	int r = VEC_GROW(&collector->items, &collector->capacity, collector->count);
	if (r < 0)
		return r;
	holder.type = collector->space->type;
	collector->items[collector->count++] = holder;
	collector->of_kind[holder.kind]++;
	return 0;
}

static bool is_held(const struct collector *collector, enum reference_kind kind)
{
	return collector->space->held & (1U << kind);
}

/* A member whose leader is a zombie is there by its threads, which are holders of their own. */
static int collect_processes(struct collector *collector)
{
	const struct snapshot *snapshot = collector->snapshot;
	const uint32_t *members = snapshot->members + collector->space->first_member;
	enum ns_type type = collector->space->type;
	int r = 0;

	if (!is_held(collector, HELD_PROCESS))
		return 0;
	for (size_t i = 0; i < collector->space->n_processes && r == 0; i++) {
		if (is_full(collector, HELD_PROCESS))
			break;
		if (snapshot->processes[members[i]].at.in[type] == collector->index)
			r = collect(collector,
			            holder_of_process(snapshot, HELD_PROCESS, members[i]));
	}
	return r;
}

static int collect_threads(struct collector *collector)
{
	const struct snapshot *snapshot = collector->snapshot;
	enum ns_type type = collector->space->type;
	int r = 0;

	for (uint32_t i = collector->space->first_thread;
	     r == 0 && i != NONE && !is_full(collector, HELD_THREAD);
	     i = snapshot->threads[i].next[type])
		r = collect(collector, holder_of_thread(HELD_THREAD, &snapshot->threads[i]));
	return r;
}

/* The link of that type, or CHILDREN_N_LINKS. */
static enum children_link link_of(enum ns_type type)
{
	switch (type) {
	case NS_PID:
		return CHILDREN_PID;
	case NS_TIME:
		return CHILDREN_TIME;
	default:
		return CHILDREN_N_LINKS;
	}
}

/* Processes and threads are both in the order of processes: one merge. */
static int collect_children(struct collector *collector)
{
	const struct snapshot *snapshot = collector->snapshot;
	enum children_link link = link_of(collector->space->type);
	uint32_t process = collector->space->first_children;
	uint32_t thread = collector->space->first_children_thread;
	int r = 0;

	if (link == CHILDREN_N_LINKS)
		return 0;
	while (r == 0 && !is_full(collector, HELD_CHILDREN) &&
	       (process != NONE || thread != NONE)) {
		/* NONE is above every index. */
		if (thread != NONE && snapshot->threads[thread].process < process) {
			const struct thread *next = &snapshot->threads[thread];
			r = collect(collector, holder_of_thread(HELD_CHILDREN, next));
			thread = next->next_children[link];
			continue;
		}
		r = collect(collector, holder_of_process(snapshot, HELD_CHILDREN, process));
		process = snapshot->processes[process].next_children[link];
	}
	return r;
}

static int collect_references(struct collector *collector)
{
	const struct snapshot *snapshot = collector->snapshot;

	for (uint32_t i = collector->space->first_reference; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		if (reference->space != collector->index)
			break;
		int r = collect(collector, holder_of_reference(snapshot, reference));
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_by_inode(const void *first, const void *second, void *data)
{
	const struct holder *a = first, *b = second;
	const struct snapshot *snapshot = data;
	uint64_t inode_a = snapshot->spaces[a->space].inode;
	uint64_t inode_b = snapshot->spaces[b->space].inode;

	return (inode_a > inode_b) - (inode_a < inode_b);
}

static uint32_t first_related(const struct space *space, enum reference_kind kind)
{
	return kind == HELD_NESTED ? space->first_nested : space->first_owned;
}

static uint32_t next_related(const struct space *space, enum reference_kind kind)
{
	return kind == HELD_NESTED ? space->next_nested : space->next_owned;
}

/* All are collected before the limit cuts: the first ones by inode stay. */
static int collect_related(struct collector *collector, enum reference_kind kind)
{
	const struct snapshot *snapshot = collector->snapshot;
	size_t start = collector->count, limit = collector->limit;
	int r = 0;

	collector->limit = 0;
	for (uint32_t i = first_related(collector->space, kind); i != NONE && r == 0;
	     i = next_related(&snapshot->spaces[i], kind))
		r = collect(collector, holder_of_space(kind, i));
	collector->limit = limit;
	size_t found = collector->count - start;
	if (r == 0 && found > 1)
		qsort_r(collector->items + start, found, sizeof(struct holder), compare_by_inode,
		        (void *)snapshot);
	if (limit > 0 && found > limit)
		collector->count = start + limit;
	return r;
}

int reference_list(const struct snapshot *snapshot, uint32_t space, size_t limit,
                   struct holders *ret)
{
	struct collector collector = {
		.snapshot = snapshot,
		.index = space,
		.space = &snapshot->spaces[space],
		.limit = limit,
	};
	int r = collect_processes(&collector);

	if (r == 0)
		r = collect_threads(&collector);
	if (r == 0)
		r = collect_children(&collector);
	if (r == 0)
		r = collect_references(&collector);
	if (r == 0)
		r = collect_related(&collector, HELD_NESTED);
	if (r == 0)
		r = collect_related(&collector, HELD_OWNED);
	if (r < 0) {
		free(collector.items);
		return r;
	}
	*ret = (struct holders){ .items = collector.items, .count = collector.count };
	return 0;
}

/* The child, else the owned namespace, with the lowest inode. */
static bool find_related(const struct snapshot *snapshot, const struct space *space,
                         struct holder *ret)
{
	enum reference_kind kind = space->first_nested != NONE ? HELD_NESTED : HELD_OWNED;
	uint32_t lowest = first_related(space, kind);

	if (lowest == NONE)
		return false;
	for (uint32_t i = lowest; i != NONE; i = next_related(&snapshot->spaces[i], kind)) {
		if (snapshot->spaces[i].inode < snapshot->spaces[lowest].inode)
			lowest = i;
	}
	*ret = holder_of_space(kind, lowest);
	return true;
}

bool reference_first(const struct snapshot *snapshot, uint32_t space, struct holder *ret)
{
	struct holder first = { 0 };
	struct collector collector = {
		.snapshot = snapshot,
		.index = space,
		.space = &snapshot->spaces[space],
		.limit = 1,
		.items = &first,
		.capacity = 1,
	};

	/* Room for the one holder is there: collecting cannot fail. */
	if (collect_threads(&collector) < 0 ||
	    (collector.count == 0 && collect_children(&collector) < 0))
		return false;
	if (collector.count > 0)
		*ret = first;
	else if (collector.space->first_reference != NONE)
		*ret = holder_of_reference(snapshot,
		                           &snapshot->references[collector.space->first_reference]);
	else if (!find_related(snapshot, collector.space, ret))
		return false;
	ret->type = collector.space->type;
	return true;
}
