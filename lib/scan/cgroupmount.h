/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control group a directory of a mounted hierarchy is. */
#ifndef NSKIT_CGROUPMOUNT_H
#define NSKIT_CGROUPMOUNT_H

#include "base/arena.h"
#include "base/base.h"

/*
 * The path of the control group below its mount, and its hierarchy: "" for v2, else as
 * /proc/PID/cgroup names it ("memory", "cpu,cpuacct", "name=systemd"). `fd` is the directory, O_PATH
 * will do. 0, -EINVAL where the mount is not in the caller's mount table, -errno, or -ENOMEM.
 */
int cgroupmount_find(struct arena *arena, int fd, const char **ret_hierarchy, const char **ret_path)
	must_use;

#endif
