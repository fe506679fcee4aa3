/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A holder as a phrase, and as a line of --why. */
#include <inttypes.h>

#include "model/reference.h"

/* "java 880"; "process 880" where its comm was not read. NULL when out of memory. */
static const char *process_text(struct arena *arena, const struct snapshot *snapshot,
                                uint32_t index)
{
	if (index == NONE)
		return "an unknown process";
	const struct process *process = &snapshot->processes[index];
	return arena_printf(arena, "%s %d", process->comm ? process->comm : "process",
	                    (int)process->pid);
}

/* "net:[4026532401]" */
static const char *space_text(struct arena *arena, const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];

	return arena_printf(arena, "%s:[%" PRIu64 "]", ns_types[space->type].name, space->inode);
}

/* "sh 88", or "thread 89 of sh 88" */
static const char *task_text(struct arena *arena, const struct snapshot *snapshot,
                             const struct holder *holder)
{
	const char *process = process_text(arena, snapshot, holder->process);

	if (!process || holder->tid == 0)
		return process;
	return arena_printf(arena, "thread %d of %s", (int)holder->tid, process);
}

const char *reference_phrase(struct arena *arena, const struct snapshot *snapshot,
                             const struct holder *holder)
{
	if (holder->kind == HELD_MOUNT)
		return arena_printf(arena, "mount %s", holder->path ? holder->path : "");
	const char *who = holder->kind == HELD_NESTED || holder->kind == HELD_OWNED
	                          ? space_text(arena, snapshot, holder->space)
	                          : task_text(arena, snapshot, holder);
	if (!who)
		return NULL;

	switch (holder->kind) {
	case HELD_CHILDREN:
		return arena_printf(arena, "%s of %s", ns_types[holder->type].children_link, who);
	case HELD_FD:
		return arena_printf(arena, "fd %d of %s", holder->fd, who);
	case HELD_SOCKET:
		return arena_printf(arena, "socket of %s", who);
	case HELD_NESTED:
		return arena_printf(arena, "parent of %s", who);
	case HELD_OWNED:
		return arena_printf(arena, "owner of %s", who);
	default:
		return who;
	}
}

static const char *line_of_process(struct arena *arena, const struct snapshot *snapshot,
                                   const struct holder *holder)
{
	const struct process *process = &snapshot->processes[holder->process];

	if (!process->comm)
		return arena_printf(arena, "%d", (int)process->pid);
	return arena_printf(arena, "%d %s", (int)process->pid, process->comm);
}

static const char *line_of_thread(struct arena *arena, const struct snapshot *snapshot,
                                  const struct holder *holder)
{
	const char *process = process_text(arena, snapshot, holder->process);

	if (!process)
		return NULL;
	if (!holder->task_comm)
		return arena_printf(arena, "%d (of %s)", (int)holder->tid, process);
	return arena_printf(arena, "%d %s (of %s)", (int)holder->tid, holder->task_comm, process);
}

static const char *line_of_socket(struct arena *arena, const struct snapshot *snapshot,
                                  const struct holder *holder)
{
	const char *task = task_text(arena, snapshot, holder);

	if (!task)
		return NULL;
	return arena_printf(arena, "fd %d of %s (socket:[%" PRIu64 "])", holder->fd, task,
	                    holder->socket);
}

/* The first process of the mount namespace says which one it is. */
static const char *line_of_mount(struct arena *arena, const struct snapshot *snapshot,
                                 const struct holder *holder)
{
	const char *path = holder->path ? holder->path : "";
	const char *covered = holder->covered ? " (covered by another mount)" : "";

	if (holder->mount_space == NONE)
		return arena_printf(arena, "%s%s", path, covered);
	const char *where = space_text(arena, snapshot, holder->mount_space);
	uint32_t leader = snapshot->spaces[holder->mount_space].leader;
	if (where && leader == NONE)
		return arena_printf(arena, "%s in %s%s", path, where, covered);
	const char *process = process_text(arena, snapshot, leader);
	if (!where || !process)
		return NULL;
	return arena_printf(arena, "%s in %s (%s)%s", path, where, process, covered);
}

static const char *line_of_relation(struct arena *arena, const struct snapshot *snapshot,
                                    const struct holder *holder)
{
	const char *space = space_text(arena, snapshot, holder->space);

	if (!space)
		return NULL;
	return arena_printf(arena, holder->kind == HELD_NESTED ? "%s is its child" : "owns %s",
	                    space);
}

static const char *line_of_holder(struct arena *arena, const struct snapshot *snapshot,
                                  const struct holder *holder)
{
	const char *phrase = reference_phrase(arena, snapshot, holder);

	switch (holder->kind) {
	case HELD_PROCESS:
		return line_of_process(arena, snapshot, holder);
	case HELD_THREAD:
		return line_of_thread(arena, snapshot, holder);
	case HELD_SOCKET:
		return line_of_socket(arena, snapshot, holder);
	case HELD_MOUNT:
		return line_of_mount(arena, snapshot, holder);
	case HELD_NESTED:
	case HELD_OWNED:
		return line_of_relation(arena, snapshot, holder);
	case HELD_FD:
		/* The kind stands before it: "fd            9 of docker-proxy 4711". */
		return phrase ? phrase + strlen("fd ") : NULL;
	default:
		return phrase;
	}
}

const char *reference_line(struct arena *arena, const struct snapshot *snapshot,
                           const struct holder *holder)
{
	const char *line = line_of_holder(arena, snapshot, holder);

	if (!line)
		return NULL;
	return arena_printf(arena, "%-12s  %s", reference_kinds[holder->kind].name, line);
}
