/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The target grammar of all five tools: text to struct, and struct to what it means in a snapshot.
 */
#ifndef NSKIT_TARGET_H
#define NSKIT_TARGET_H

#include "base/arena.h"
#include "model/needs.h"
#include "model/snapshot.h"

enum target_kind {
	TARGET_PROCESS,   /* 1234, 1234:56789, 7@web, 7@pid:[N] */
	TARGET_CONTAINER, /* web, @web, @web-5d7/nginx, @default/web-5d7/nginx, @web-5d7 (a pod) */
	TARGET_UNIT,      /* nginx.service */
	TARGET_SPACE,     /* net:[N], N, :ID */
	TARGET_PATH,   /* /run/netns/blue, /proc/7/ns/net, /sys/fs/cgroup/x: what it is, scan/lookup
			  finds out */
	TARGET_CGROUP, /* cg:/system.slice/x, cg:memory:/x */
};

/* A target as it was written; texts are in the arena that target_parse was given. */
struct target {
	const char *text;  /* as written */
	const char *shown; /* the same for messages: printable, in quotes where it has blanks */
	enum target_kind kind;
	pid_t pid;             /* process: as written */
	uint64_t pidfd_inode;  /* process: or 0 */
	struct target *inside; /* process: whose numbers (a container or namespace), or NULL */
	const char *pod_namespace, *pod,
		*name;              /* container: up to three parts; name alone may be a pod too */
	bool is_container_for_sure; /* written with @ */
	const char *unit;
	enum ns_type type;     /* space: NS_N_TYPES when not written */
	uint64_t inode, id;    /* space: one of them, else 0 */
	const char *path;      /* path; cgroup: the path below its mount */
	const char *hierarchy; /* cgroup: "memory"; "": v2; NULL: any */
	bool may_be_empty;     /* cgroup, unit: also one that no process is in, which the meaning
				  then says; for whoever can show it, after parsing */
};

/*
 * Parses one target. 0, -ENOMEM, or -EINVAL and *ret_error (in `arena`) says in one line what would
 * be right.
 */
int target_parse(struct arena *arena, const char *text, struct target *ret, const char **ret_error)
	must_use;

/* What a scan must read so that this target can be resolved. */
struct needs target_needs(const struct target *target);

/* What a target means in a snapshot. */
enum meaning_kind { MEANS_PROCESS, MEANS_SPACE, MEANS_CONTAINER, MEANS_POD, MEANS_CGROUP };

struct meaning {
	enum meaning_kind kind;
	uint32_t process;   /* the process; of a container, pod, unit, cgroup its first; or NONE */
	uint32_t space;     /* the namespace, or NONE */
	uint32_t container; /* or NONE; of a pod its sandbox, else its first container */
	const char *cgroup; /* unit, cgroup, container, pod: path of the control group, or NULL */
	const char *hierarchy; /* of that path, as in struct target */
};

/*
 * Resolves it. A TARGET_PATH must have been turned into TARGET_SPACE or TARGET_CGROUP first
 * (scan/lookup); in a loaded snapshot the paths of its bind mounts and /proc/PID/ns/TYPE are tried
 * here. 0; -ESRCH: nothing matches, *ret_error says what comes near; -ENOTUNIQ: *ret_error lists
 * them, each with an exact target; -EOPNOTSUPP: this kernel cannot tell (pidfd inode, 64-bit id),
 * *ret_error says so; -ENOMEM.
 */
int target_resolve(struct arena *arena, const struct snapshot *snapshot,
                   const struct target *target, struct meaning *ret, const char **ret_error)
	must_use;

/* "no process 905; it is a thread of process 880". In `arena`; NULL when out of memory. */
const char *target_thread_error(struct arena *arena, pid_t tid, pid_t process);

/* What names this namespace for good: ":8812" with an id, else "net:[4026532401]". In `arena`; NULL
 * when out of memory. */
const char *target_of_space(struct arena *arena, const struct space *space);

/* What names this process for good: "4711:90112" where the pidfd inode is known, else "4711". In
 * `arena`; NULL when out of memory. */
const char *target_of_process(struct arena *arena, const struct process *process);

/* A target of a container: "@default/web-5d7/nginx", "@NAMESPACE/NAME", "@NAME", or "@ID". In
 * `arena`; NULL when out of memory. */
const char *target_of_container(struct arena *arena, const struct container *container);

#endif
