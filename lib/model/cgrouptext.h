/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control groups the text of /proc/PID/cgroup says a process is in, cgroups(7). */
#ifndef NSKIT_CGROUPTEXT_H
#define NSKIT_CGROUPTEXT_H

#include "base/arena.h"
#include "base/base.h"

/*
 * Whether the process of that text is in the control group or below it: in that hierarchy
 * ("memory", or one of "cpu,cpuacct"; "" is v2), or in any where it is NULL.
 */
bool cgrouptext_is_in(const char *text, const char *group, const char *hierarchy);

/* Whether a control group, as in struct cgroup, is that one or lies below it, in the same way. */
bool cgrouptext_is_group_in(const char *controllers, const char *path, const char *group,
                            const char *hierarchy);

/* Whether that text has the hierarchy. */
bool cgrouptext_has(const char *text, const char *hierarchy);

/* The path of its control group in that hierarchy, in `arena`; *ret is NULL where it has none. 0 or
 * -ENOMEM. */
int cgrouptext_path(struct arena *arena, const char *text, const char *hierarchy, const char **ret)
	must_use;

/* Whether the hierarchy with these controllers is that one: "freezer", or one of "cpu,cpuacct"; ""
 * is v2. */
bool cgrouptext_is_hierarchy(const char *controllers, const char *hierarchy);

/* The hierarchies of that text as targets begin: "cg:cpu,cpuacct:, cg:memory:, cg::". In `arena`;
 * NULL when out of memory. */
const char *cgrouptext_hierarchies(struct arena *arena, const char *text);

#endif
