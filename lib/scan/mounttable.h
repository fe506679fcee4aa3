/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mount table (mountinfo in proc(5)), of which only what can matter is kept. Inside lib/scan only. */
#ifndef NSKIT_MOUNTTABLE_H
#define NSKIT_MOUNTTABLE_H

#include "base/base.h"
#include "base/map.h"

/* Whole lines, each with its newline. */
struct mount_lines {
	char *data;
	size_t length, capacity;
};

/* All zero is empty. */
struct mount_table {
	struct mount_lines binds; /* of mounts whose root is a namespace */
	struct mount_lines root;  /* the last one of "/": that mount is on top */
	struct map parents;       /* ids of mounts that others lie on */
	size_t n_mounts;
	bool has_root; /* there is a mount on "/" */
	bool is_cut;   /* more could matter than is kept */
};

/*
 * Reads a table to its end. However many mounts there are and however long their paths, which is
 * for the user to choose who made them, no more than some megabytes are kept. 0 or -errno.
 */
int mount_table_read(int fd, struct mount_table *ret) must_use;

/* Copies the start of the type of the file system of mount `id`, as much as fits, with a NUL byte. 0,
 * -ENOENT where the table has no such mount, or another -errno. */
int mount_table_type(int fd, uint64_t id, char *ret, size_t size) must_use;

void mount_table_done(struct mount_table *table);
#define auto_mount_table __attribute__((cleanup(mount_table_done)))

#endif
