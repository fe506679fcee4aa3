/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Getters of the columns that say what keeps a namespace alive. */
#include "show/holdercols.h"

#include "model/reference.h"

/* The file name of "in" and of "for children" in /proc/PID/ns. */
static const char *link_name(enum ns_type type, bool is_for_children)
{
	return is_for_children ? ns_types[type].children_link : ns_types[type].name;
}

static int path_through(const struct row *row, const struct process *process,
                        const struct holder *holder, enum ns_type type, struct value *ret)
{
	const char *path = NULL;

	if (holder->kind == HELD_FD && holder->tid != 0)
		path = arena_printf(row->scratch, "/proc/%d/task/%d/fd/%d", process->pid,
		                    holder->tid, holder->fd);
	else if (holder->kind == HELD_FD)
		path = arena_printf(row->scratch, "/proc/%d/fd/%d", process->pid, holder->fd);
	else if (holder->tid != 0 && holder->tid != process->pid)
		path = arena_printf(row->scratch, "/proc/%d/task/%d/ns/%s", process->pid,
		                    holder->tid, link_name(type, holder->kind == HELD_CHILDREN));
	else
		path = arena_printf(row->scratch, "/proc/%d/ns/%s", process->pid,
		                    link_name(type, holder->kind == HELD_CHILDREN));
	*ret = value_text(path);
	return path ? 0 : -ENOMEM;
}

/* First of the threads of that process (they are sorted by process), or n_threads. */
static size_t first_thread(const struct snapshot *snapshot, uint32_t process)
{
	size_t low = 0;

	for (size_t high = snapshot->n_threads; low < high;) {
		const size_t middle = low + (high - low) / 2;

		if (snapshot->threads[middle].process < process)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How the process of the row is in its namespace: itself, or by its first thread that is. */
static bool find_way_in(const struct row *row, enum ns_type type, struct holder *ret)
{
	const struct snapshot *snapshot = row->snapshot;
	const uint32_t process = row->place->process;

	*ret = (struct holder){ .kind = HELD_PROCESS, .process = process, .fd = -1 };
	if (snapshot->processes[process].at.in[type] == row->place->space)
		return true;
	ret->kind = HELD_THREAD;
	for (size_t i = first_thread(snapshot, process); i < snapshot->n_threads; i++) {
		const struct thread *thread = &snapshot->threads[i];

		if (thread->process != process)
			break;
		ret->tid = thread->tid;
		if (thread->at.in[type] == row->place->space)
			return true;
	}
	return false;
}

int holdercols_get_path(const struct row *row, struct value *ret)
{
	const struct snapshot *snapshot = row->snapshot;
	struct holder holder = { 0 };

	*ret = value_none();
	if (row->place->space == NONE)
		return 0;
	const enum ns_type type = snapshot->spaces[row->place->space].type;
	if (row->place->process != NONE) {
		if (!find_way_in(row, type, &holder))
			return 0;
	} else if (!reference_first(snapshot, row->place->space, &holder) ||
	           holder.process == NONE || holder.kind == HELD_SOCKET) {
		return 0;
	}
	return path_through(row, &snapshot->processes[holder.process], &holder, type, ret);
}

/* What a table shows as command of a namespace that no process is in. */
static int describe_holder(const struct row *row, struct value *ret)
{
	struct holder holder = { 0 };

	if (!reference_first(row->snapshot, row->place->space, &holder)) {
		if (row->snapshot->spaces[row->place->space].only_kernel_knows)
			ret->display = "(no holder found)";
		return 0;
	}
	const char *phrase = reference_phrase(row->scratch, row->snapshot, &holder);
	if (phrase)
		ret->display = arena_printf(row->scratch, "(%s)", phrase);
	return ret->display ? 0 : -ENOMEM;
}

int holdercols_get_command(const struct row *row, struct value *ret)
{
	*ret = value_none();
	if (row->place->process != NONE)
		*ret = value_text(row->snapshot->processes[row->place->process].command);
	else if (row->place->space != NONE)
		return describe_holder(row, ret);
	return 0;
}

/* The stored references of a namespace lie together: the end of those from `first` on. */
static size_t references_end(const struct snapshot *snapshot, size_t first)
{
	size_t end = first;

	while (end < snapshot->n_references &&
	       snapshot->references[end].space == snapshot->references[first].space)
		end++;
	return end;
}

/* Adds the paths of the mounts among the references, except `first`. Returns the count. */
static size_t gather_mounts(const struct snapshot *snapshot, size_t from, size_t end,
                            const char *first, struct value *items, size_t count)
{
	const char *last = first;

	for (size_t i = from; i < end; i++) {
		const struct reference *reference = &snapshot->references[i];

		/* Sorted by path: the same one in several mount namespaces comes in a row. */
		if (reference->kind != HELD_MOUNT || !reference->path ||
		    (last && is_equal(last, reference->path)) ||
		    (first && is_equal(first, reference->path)))
			continue;
		last = reference->path;
		items[count++] = value_text(last);
	}
	return count;
}

int holdercols_get_mounts(const struct row *row, struct value *ret)
{
	const struct snapshot *snapshot = row->snapshot;

	*ret = value_none();
	if (row->place->space == NONE)
		return 0;
	const struct space *space = &snapshot->spaces[row->place->space];
	const bool has_references = space->first_reference != NONE;
	const size_t from = has_references ? space->first_reference : 0;
	const size_t end = has_references ? references_end(snapshot, from) : 0;
	struct value *items = arena_alloc(row->scratch, (end - from + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	/* The oldest mount comes first, as in lsns(8). */
	items[0] = value_text(space->mount_path);
	const size_t count = gather_mounts(snapshot, from, end, space->mount_path, items,
	                                   space->mount_path ? 1 : 0);
	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list = (struct value_list){ .items = items, .count = count };
	return 0;
}

int holdercols_get_held(const struct row *row, struct value *ret)
{
	size_t n_letters = 0;

	*ret = value_none();
	if (row->place->space == NONE)
		return 0;
	char *letters = arena_alloc(row->scratch, HELD_N_KINDS + 1);
	if (!letters)
		return -ENOMEM;
	for (enum reference_kind kind = 0; kind < HELD_N_KINDS; kind++)
		if (row->snapshot->spaces[row->place->space].held & (1U << kind))
			letters[n_letters++] = reference_kinds[kind].letter;
	*ret = value_text(letters);
	return 0;
}

static struct value inode_of(const struct snapshot *snapshot, uint32_t space)
{
	return space == NONE ? value_none() : value_number(snapshot->spaces[space].inode);
}

static struct value number_or_none(uint64_t number)
{
	return number ? value_number(number) : value_none();
}

enum holder_member {
	HOLDER_KIND,
	HOLDER_PID,
	HOLDER_TID,
	HOLDER_COMM,
	HOLDER_FD,
	HOLDER_SOCKET,
	HOLDER_PATH,
	HOLDER_MOUNT_NAMESPACE,
	HOLDER_COVERED,
	HOLDER_NAMESPACE,
	HOLDER_N_MEMBERS
};

static void fill_members(const struct snapshot *snapshot, const struct holder *holder,
                         struct value_member *members)
{
	static const char *const names[HOLDER_N_MEMBERS] = {
		"kind",    "pid",       "tid", "comm", "fd", "socket", "path", "mount_namespace",
		"covered", "namespace",
	};

	for (size_t i = 0; i < HOLDER_N_MEMBERS; i++)
		members[i].name = names[i];
	members[HOLDER_KIND].value = value_text(reference_kinds[holder->kind].name);
	if (holder->process != NONE)
		members[HOLDER_PID].value =
			value_number((uint64_t)snapshot->processes[holder->process].pid);
	members[HOLDER_TID].value = number_or_none((uint64_t)holder->tid);
	members[HOLDER_COMM].value = value_text(holder->task_comm);
	if (holder->fd >= 0)
		members[HOLDER_FD].value = value_number((uint64_t)holder->fd);
	members[HOLDER_SOCKET].value = number_or_none(holder->socket);
	members[HOLDER_PATH].value = value_text(holder->path);
	members[HOLDER_MOUNT_NAMESPACE].value = inode_of(snapshot, holder->mount_space);
	if (holder->kind == HELD_MOUNT)
		members[HOLDER_COVERED].value = value_bool(holder->covered);
	members[HOLDER_NAMESPACE].value = inode_of(snapshot, holder->space);
}

static int holder_value(const struct row *row, const struct holder *holder, struct value *ret)
{
	struct value_member *members =
		arena_alloc(row->scratch, HOLDER_N_MEMBERS * sizeof(*members));
	const char *phrase = reference_phrase(row->scratch, row->snapshot, holder);

	if (!members || !phrase)
		return -ENOMEM;
	fill_members(row->snapshot, holder, members);
	*ret = (struct value){ .type = VALUE_OBJECT, .display = phrase };
	ret->as.object = (struct value_object){ .members = members, .count = HOLDER_N_MEMBERS };
	return 0;
}

int holdercols_get_holders(const struct row *row, struct value *ret)
{
	auto_holders struct holders holders = { 0 };

	*ret = value_none();
	if (row->place->space == NONE)
		return 0;
	int r = reference_list(row->snapshot, row->place->space, 0, &holders);
	if (r < 0)
		return r;
	struct value *items = arena_alloc(row->scratch, (holders.count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < holders.count; i++) {
		r = holder_value(row, &holders.items[i], &items[i]);
		if (r < 0)
			return r;
	}
	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list = (struct value_list){ .items = items, .count = holders.count };
	return 0;
}

int holdercols_get_conclusion(const struct row *row, struct value *ret)
{
	auto_holders struct holders holders = { 0 };

	*ret = value_none();
	if (row->place->space == NONE)
		return 0;
	int r = reference_list(row->snapshot, row->place->space, 0, &holders);
	if (r < 0)
		return r;
	*ret = value_text(
		reference_conclusion(row->scratch, row->snapshot, row->place->space, &holders));
	return ret->as.text ? 0 : -ENOMEM;
}
