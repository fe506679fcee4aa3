/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of target share: inside lib/model/target*.c only. */
#ifndef NSKIT_TARGET_PART_H
#define NSKIT_TARGET_PART_H

#include "base/text.h"
#include "model/target.h"

/* Where a target is looked for, and where its message goes. */
struct resolver {
	struct arena *arena;
	const struct snapshot *snapshot;
	const char **ret_error;
};

/* Gives back `r` with that message; a message that could not be made is -ENOMEM. */
static inline int target_say(int r, const char *message, const char **ret_error)
{
	if (!message)
		return -ENOMEM;
	*ret_error = message;
	return r;
}

/* A target's text for a message: printable, and in quotes where it is empty or has blanks, so that
 * one sees where it ends. NULL when out of memory. */
const char *target_shown(struct arena *arena, const char *text);

/* Whether it ends as the name of a systemd unit does. */
bool target_is_unit(const char *text);

/* What a target could mean, for "is ambiguous: A, B, C". */
#define CANDIDATES_SHOWN 20
struct candidates {
	const char *shown[CANDIDATES_SHOWN]; /* each a target that is exact */
	size_t count;
	size_t n_more;
};

/* Adds a target; one that is there already counts once. 0 or -ENOMEM (target NULL). */
int candidates_add(struct candidates *candidates, const char *target) must_use;

/* -ENOTUNIQ and the list. */
int candidates_say(const struct resolver *resolver, const struct target *target,
                   const struct candidates *candidates) must_use;

/* A container, a pod, or a container in a pod. */
int target_resolve_container(const struct resolver *resolver, const struct target *target,
                             struct meaning *ret) must_use;

/* A systemd unit: the control group of that name. */
int target_resolve_unit(const struct resolver *resolver, const struct target *target,
                        struct meaning *ret) must_use;

/* A control group by path: its processes and those below. */
int target_resolve_cgroup(const struct resolver *resolver, const struct target *target,
                          struct meaning *ret) must_use;

/* A path, of which only the snapshot can say what it is. */
int target_resolve_path(const struct resolver *resolver, const struct target *target,
                        struct meaning *ret) must_use;

/* A namespace by inode or id. */
int target_resolve_space(const struct resolver *resolver, const struct target *target,
                         struct meaning *ret) must_use;

#endif
