/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What keeps a namespace alive: all of its holders, in one list, and in words. */
#ifndef NSKIT_REFERENCE_H
#define NSKIT_REFERENCE_H

#include "base/arena.h"
#include "model/snapshot.h"

/* A holder, of any kind. Indexes are NONE and numbers 0 (fd: -1) where they do not apply. */
struct holder {
	enum reference_kind kind;
	enum ns_type type; /* of the namespace that is held */
	uint32_t process;  /* process, thread, for_children, fd, socket */
	pid_t tid; /* thread, for_children, fd, socket, where it is not the process itself; else 0 */
	const char *task_comm; /* of that thread, or of the process; NULL: not known */
	int32_t fd;
	uint64_t socket;
	uint32_t mount_space; /* mount */
	const char *path;     /* mount */
	bool covered;         /* mount: another one lies on top */
	uint32_t space;       /* nested, owned: the namespace that holds this one */
};

/* A list of holders; the array is the caller's to free. */
struct holders {
	struct holder *items;
	size_t count;
};

static inline void holders_done(struct holders *holders)
{
	free(holders->items);
}
#define auto_holders __attribute__((cleanup(holders_done)))

/*
 * Every holder of that namespace, ordered by kind, then process, thread, fd, path. At most `limit`
 * of each kind (0: all). 0 or -ENOMEM.
 */
int reference_list(const struct snapshot *snapshot, uint32_t space, size_t limit,
                   struct holders *ret) must_use;

/*
 * In a phrase, as COMMAND shows it for a namespace without processes: "mount /run/netns/blue",
 * "fd 9 of docker-proxy 4711", "thread 905 of java 880", "socket of x 7", "pid_for_children of sh
 * 88", "parent of pid:[4026532398]", "owner of net:[4026532401]". Raw text: show it through
 * base/text. NULL when out of memory.
 */
const char *reference_phrase(struct arena *arena, const struct snapshot *snapshot,
                             const struct holder *holder);

/* The most telling holder of a namespace without processes (thread, for_children, fd, socket,
 * mount, nested, owned: the first of these); false where none is known. */
bool reference_first(const struct snapshot *snapshot, uint32_t space, struct holder *ret);

/*
 * A line of --why: the kind, then process, number, path and mount namespace in full.
 * NULL when out of memory.
 */
const char *reference_line(struct arena *arena, const struct snapshot *snapshot,
                           const struct holder *holder);

/*
 * The closing sentence of --why: what would have to go for the namespace to go; that it is an
 * initial one and stays; or that the kernel says it lives but no holder can be found, and what
 * could not be looked at. NULL when out of memory.
 */
const char *reference_conclusion(struct arena *arena, const struct snapshot *snapshot,
                                 uint32_t space, const struct holders *holders);

#endif
