/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots made by hand: each function adds a record or fails the test. */
#ifndef NSKIT_MADE_H
#define NSKIT_MADE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/snapshot.h"

/* An inode that is no initial one. */
#define INODE(n) (UINT64_C(4026532000) + (n))

static inline uint32_t made_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode)
{
	uint32_t index;

	assert_int_equal(snapshot_add_space(snapshot, type, inode, &index), 0);
	return index;
}

/* A process without places. */
static inline uint32_t made_process(struct snapshot *snapshot, pid_t pid, pid_t parent,
                                    const char *comm)
{
	uint32_t index;

	assert_int_equal(snapshot_add_process(snapshot, pid, &index), 0);
	snapshot->processes[index].parent = parent;
	if (comm)
		snapshot->processes[index].comm = snapshot_intern(snapshot, comm, strlen(comm));
	return index;
}

/* A process in one namespace. */
static inline uint32_t made_member(struct snapshot *snapshot, pid_t pid, pid_t parent,
                                   const char *comm, uint32_t space)
{
	uint32_t index = made_process(snapshot, pid, parent, comm);

	snapshot->processes[index].at.in[snapshot->spaces[space].type] = space;
	return index;
}

/* A thread in one namespace. */
static inline uint32_t made_thread(struct snapshot *snapshot, uint32_t process, pid_t tid,
                                   uint32_t space)
{
	uint32_t index;

	assert_int_equal(snapshot_add_thread(snapshot, process, tid, &index), 0);
	snapshot->threads[index].at.in[snapshot->spaces[space].type] = space;
	return index;
}

static inline void made_fd(struct snapshot *snapshot, uint32_t space, uint32_t process, int fd)
{
	const struct reference reference = {
		.space = space,
		.process = process,
		.mount_space = NONE,
		.fd = fd,
		.kind = HELD_FD,
	};

	assert_int_equal(snapshot_add_reference(snapshot, &reference), 0);
}

static inline void made_mount(struct snapshot *snapshot, uint32_t space, const char *path,
                              uint32_t mount_space)
{
	const struct reference reference = {
		.space = space,
		.process = NONE,
		.mount_space = mount_space,
		.fd = -1,
		.path = snapshot_intern(snapshot, path, strlen(path)),
		.kind = HELD_MOUNT,
	};

	assert_int_equal(snapshot_add_reference(snapshot, &reference), 0);
}

static inline void made_parent(struct snapshot *snapshot, uint32_t space, uint32_t parent)
{
	snapshot->spaces[space].parent = parent;
	snapshot->spaces[space].parent_state = RELATION_KNOWN;
}

static inline void made_owner(struct snapshot *snapshot, uint32_t space, uint32_t owner)
{
	snapshot->spaces[space].owner = owner;
	snapshot->spaces[space].owner_state = RELATION_KNOWN;
}

/* Everything was looked at. */
static inline void made_finish(struct snapshot *snapshot)
{
	snapshot->scanned.sources = SOURCE_ALL;
	snapshot->scanned.types = NS_ALL_BITS;
	assert_int_equal(snapshot_finish(snapshot), 0);
}

#endif
