/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the hierarchies of control groups are mounted, and which part of one each mount shows.
 * Inside lib/scan only. */
#ifndef NSKIT_CGROUPTABLE_H
#define NSKIT_CGROUPTABLE_H

#include "base/arena.h"
#include "base/base.h"

/* A mount of a hierarchy. */
struct cgroup_mount {
	const char *hierarchy; /* as /proc/PID/cgroup names it; "" is v2 */
	const char *root;      /* which control group, from the root of our cgroup namespace */
	const char *point;
	const char *id;
	size_t order; /* position in the mount table */
};

/* All zero is empty. */
struct cgroup_table {
	struct cgroup_mount *mounts; /* by hierarchy, then what shows more before what shows less */
	size_t count, capacity;
	struct arena texts;
};

/* Reads the mounts of cgroup and cgroup2 in our own mount namespace. 0 or -errno. */
int cgrouptable_read(int proc_fd, struct cgroup_table *ret) must_use;
void cgrouptable_done(struct cgroup_table *table);
#define auto_cgroup_table __attribute__((cleanup(cgrouptable_done)))

/* Whether that root is outside of our cgroup namespace. */
bool cgrouptable_is_outside(const char *root);

/* What has to be opened below the mount for the control group of that path, "" for its root;
 * NULL where the mount does not show it. */
const char *cgrouptable_below(const struct cgroup_mount *mount, const char *path);

/* Opens the root of the mount. A descriptor, or -errno: -ENOENT where another mount lies on top. */
int cgrouptable_open(const struct cgroup_mount *mount) must_use;

/* Whether the descriptor was opened through that mount. */
bool cgrouptable_is_through(const struct cgroup_mount *mount, int fd);

/* The version of the control groups that the descriptor is one of: 1 or 2; 0 where it is none. */
int cgrouptable_version(int fd);

#endif
