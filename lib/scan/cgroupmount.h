/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control group a directory of a mounted hierarchy is. */
#ifndef NSKIT_CGROUPMOUNT_H
#define NSKIT_CGROUPMOUNT_H

#include "base/arena.h"
#include "base/base.h"

/* The fields of a line of mountinfo that count here. They point into the line, which is cut up. */
struct mount_line {
	char *id;
	char *root;    /* of the mount in its file system */
	char *point;   /* where it is mounted */
	char *type;    /* file system */
	char *options; /* of the file system: which controllers */
};

/* Parses a line, without its newline. 0 or -EINVAL. */
int cgroupmount_parse(char *line, struct mount_line *ret) must_use;

/*
 * The hierarchy with these options by its whole name in /proc/self/cgroup, "cpu,cpuacct"; "" where
 * the type is "cgroup2". 0, -EINVAL where there is none, -errno, or -ENOMEM.
 */
int cgroupmount_hierarchy(struct arena *arena, const struct mount_line *mount, const char **ret)
	must_use;

/* Writes the id of the mount that the descriptor was opened through. 0 or -errno. */
int cgroupmount_id(int fd, char *ret, size_t size) must_use;

/*
 * The path of the control group below its mount, and its hierarchy: "" for v2, else as
 * /proc/PID/cgroup names it ("memory", "cpu,cpuacct", "name=systemd"). `fd` is the directory, O_PATH
 * will do. 0, -EINVAL where the mount is not in the caller's mount table, -errno, or -ENOMEM.
 */
int cgroupmount_find(struct arena *arena, int fd, const char **ret_hierarchy, const char **ret_path)
	must_use;

#endif
