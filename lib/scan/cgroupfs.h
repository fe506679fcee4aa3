/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control groups of every mounted hierarchy: inside lib/scan only. */
#ifndef NSKIT_CGROUPFS_H
#define NSKIT_CGROUPFS_H

#include "scan/source.h"

/*
 * Adds every control group below the mounts of cgroup and cgroup2 in our own mount namespace, with
 * paths as /proc/PID/cgroup gives them (from the root of our cgroup namespace; a mount that shows
 * only a part of a hierarchy, by its root in mountinfo). No recursion; one that goes meanwhile is no
 * error; a folder that may not be read becomes a gap (GAP_CGROUP). 0 or -errno.
 */
int cgroupfs_scan(struct scan *scan) must_use;

#endif
