/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control groups of every mounted hierarchy: inside lib/scan only. */
#ifndef NSKIT_CGROUPFS_H
#define NSKIT_CGROUPFS_H

#include "scan/source.h"

/*
 * Adds every control group below the mounts of cgroup and cgroup2 in our own mount namespace, with
 * paths as /proc/PID/cgroup gives them (from the root of our cgroup namespace; a mount that shows
 * only a part of a hierarchy, by its root in mountinfo); of a sysroot, those below
 * sys/fs/cgroup. One that goes meanwhile is no error; what cannot be read becomes a gap
 * (GAP_CGROUP_FOLDERS, GAP_CGROUP_MOUNTS). Does nothing unless needs.cgroups. 0 or -ENOMEM.
 */
int cgroupfs_scan(struct scan *scan) must_use;

/* The folder of a control group, below which all are listed. */
struct cgroup_top {
	int fd;
	const char *hierarchy;
	const char *path; /* which control group it is */
};

/* Shows somebody the folder where a hierarchy, or a part of one, is mounted; all of it is gone when
 * that returns: 0 or -ENOMEM. */
typedef int cgroup_visitor(struct scan *scan, const struct cgroup_top *top, void *data);

/* Shows all of them, where the scan finds control groups; notes no gaps. 0 or -ENOMEM. */
int cgroupfs_visit(struct scan *scan, cgroup_visitor *visitor, void *data) must_use;

/*
 * freezer.c: whether the processes whose signals were read are frozen by control groups. Each group
 * is looked at once. What cannot be seen stays unknown, and is no gap: nearly all are not. 0 or
 * -ENOMEM.
 */
int freezer_scan(struct scan *scan) must_use;

/* cgroupwalk.c: adds it and all below it, on the same file system. No recursion. 0 or -ENOMEM. */
int cgroupwalk_scan(struct scan *scan, const struct cgroup_top *top) must_use;

#endif
