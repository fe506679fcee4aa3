/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of the eight types of namespace. */
#ifndef NSKIT_NSTYPE_H
#define NSKIT_NSTYPE_H

#include "base/base.h"

enum ns_type { NS_MNT, NS_NET, NS_PID, NS_UTS, NS_IPC, NS_USER, NS_CGROUP, NS_TIME, NS_N_TYPES };

/* A set of types: bit (1 << type). */
#define NS_BIT(type) (1U << (type))
#define NS_ALL_BITS ((1U << NS_N_TYPES) - 1)

struct ns_type_info {
	const char *name;          /* as in `net:[4026531833]` and in /proc/PID/ns */
	const char *children_link; /* "pid_for_children", "time_for_children", or NULL */
	int clone_flag;            /* CLONE_NEW* */
	bool has_parent;           /* NS_GET_PARENT works on it: user and pid (ioctl_ns(2)) */
	bool per_thread;           /* a thread can be in another one than its leader */
	uint64_t initial_inode;    /* include/uapi/linux/nsfs.h; net and mnt have a fixed one
				      since 6.17 only */
	uint64_t initial_id;       /* *_NS_INIT_ID, from 6.19 on */
};

extern const struct ns_type_info ns_types[NS_N_TYPES];

/* The type of that name (exactly), or NS_N_TYPES. `length` bytes, need not be NUL-terminated. */
enum ns_type ns_type_by_name(const char *name, size_t length);

/* The type of that CLONE_NEW* flag, or NS_N_TYPES. */
enum ns_type ns_type_by_flag(int clone_flag);

/* Whether a namespace can have that inode number: the kernel gives out 32 bits (struct ns_common),
 * and never 0. */
static inline bool ns_is_inode(uint64_t inode)
{
	return inode > 0 && inode <= UINT32_MAX;
}

/*
 * Reads `net:[4026531833]`, as links in /proc/PID/ns and /proc/PID/fd and roots in mountinfo give
 * it; the whole text. 0 or -EINVAL.
 */
int ns_parse_name(const char *text, enum ns_type *ret_type, uint64_t *ret_inode) must_use;

/* A comma list of type names ("mnt,net"), empty parts refused: a set of NS_BITs. 0 or -EINVAL. */
int ns_parse_types(const char *list, unsigned *ret) must_use;

#endif
