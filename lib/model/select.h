/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Criteria -> marks: which namespaces, and which processes, a view shows. */
#ifndef NSKIT_SELECT_H
#define NSKIT_SELECT_H

#include "model/snapshot.h"
#include "model/target.h"

/* Which namespaces: all criteria must hold. */
struct criteria {
	unsigned types;                /* NS_BITs */
	bool persistent;               /* only those with no process in them */
	const struct meaning *targets; /* with any: only the namespaces that one of them is in */
	size_t n_targets;
};

/*
 * Marks the namespaces for which the criteria hold; those that nothing holds and that the kernel
 * does not know either (a source was left out) are never marked. A process is in a namespace also
 * through a thread of it, and through what it set aside for its children; a container or pod
 * through any of its processes. *ret_marks has n_spaces elements and is the caller's to free. 0 or
 * -ENOMEM.
 */
int select_spaces(const struct snapshot *snapshot, const struct criteria *criteria,
                  bool **ret_marks) must_use;

/* Whether the process is one of those that the target means (of a namespace none is). */
bool select_is_meant(const struct snapshot *snapshot, const struct meaning *target,
                     uint32_t process);

/* Whether the namespaces of those types (NS_BITs) of a target's processes were refused, and none of
 * them could be read. */
bool select_is_refused(const struct snapshot *snapshot, const struct meaning *target,
                       unsigned types);

/*
 * Indexes of the processes in that namespace, ascending, those with only a thread in it included.
 * *ret is the caller's to free (NULL where there are none). 0 or -ENOMEM.
 */
int select_members(const struct snapshot *snapshot, uint32_t space, uint32_t **ret,
                   size_t *ret_count) must_use;

/*
 * The PID namespaces that a process has a number in, outermost (that of /proc) first: as many as
 * the process's `numbers`, which they belong to one by one; one that is not in sight is NONE.
 * *ret_spaces is the caller's to free. 0, -ENODATA when its numbers were not read, or -ENOMEM.
 */
int select_numbers(const struct snapshot *snapshot, uint32_t process, uint32_t **ret_spaces,
                   size_t *ret_count) must_use;

#endif
