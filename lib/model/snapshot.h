/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The snapshot: everything that was read from a host, once, as plain data. Everything that is shown
 * is computed from it. Relations are indexes into its arrays (NONE: none), never pointers. It owns
 * all of its texts.
 */
#ifndef NSKIT_SNAPSHOT_H
#define NSKIT_SNAPSHOT_H

#include "base/arena.h"
#include "base/base.h"
#include "base/map.h"
#include "model/container.h"
#include "model/gap.h"
#include "model/needs.h"
#include "model/process.h"
#include "model/signals.h"
#include "model/space.h"

struct user {
	uid_t uid;
	const char *name; /* NULL: the name service knows none */
};

/* A control group that the scan of a hierarchy's file system found. */
struct cgroup {
	const char *hierarchy; /* "": v2; else its controllers as in /proc/PID/cgroup */
	const char *path;      /* "/", "/system.slice": as /proc/PID/cgroup gives it */
};

struct snapshot {
	struct process *processes; /* ascending by pid */
	size_t n_processes, processes_capacity;
	struct thread *threads; /* ascending by process */
	size_t n_threads, threads_capacity;
	struct space *spaces; /* in the order in which they were found */
	size_t n_spaces, spaces_capacity;
	struct reference *references; /* grouped by nothing: sorted by snapshot_finish */
	size_t n_references, references_capacity;
	struct container *containers;
	size_t n_containers, containers_capacity;
	struct user *users; /* ascending by uid after snapshot_finish */
	size_t n_users, users_capacity;
	struct signals *signals; /* of the processes with PROCESS_SIGNALS, ascending by pid */
	size_t n_signals, signals_capacity;
	struct cgroup *cgroups; /* only with needs.cgroups; in no order */
	size_t n_cgroups, cgroups_capacity;
	struct gap gaps[GAP_N_KINDS];
	struct needs scanned; /* what was asked of the sources */
	const char *host;     /* nodename; NULL: not known */
	const char *kernel;   /* release; NULL: not known */
	uint64_t taken;       /* microseconds since 1970; 0: not known */
	pid_t self;           /* the scanning process as that /proc numbers it; 0: not known */
	uint32_t self_at[NS_N_TYPES]; /* the namespaces of the scanning process; NONE: not known */
	uint32_t *members;            /* processes, grouped by the namespace that they are in */
	uint32_t initial[NS_N_TYPES]; /* the initial namespaces; NONE: not in sight */
	bool has_ids;                 /* the kernel has 64-bit namespace ids */
	bool can_trace;               /* the scanning process had CAP_SYS_PTRACE in effect */
	struct arena texts;
	struct map inodes;   /* type and inode -> index of space */
	struct map ids;      /* id -> index of space */
	struct map interned; /* hash of a text -> position in texts_by_hash */
	const char **texts_by_hash;
	size_t n_texts, texts_capacity;
	struct map container_keys; /* hash -> index of container */
};

/* Makes it empty: all zero, self_at and initial NONE. */
void snapshot_init(struct snapshot *snapshot);

/* Frees all. Accepts all zero. */
void snapshot_done(struct snapshot *snapshot);
#define auto_snapshot __attribute__((cleanup(snapshot_done)))

/* Index of the process with that number, or NONE. */
uint32_t snapshot_find_pid(const struct snapshot *snapshot, pid_t pid);

/* What the process does with signals, or NULL where that was not read. */
const struct signals *snapshot_find_signals(const struct snapshot *snapshot, uint32_t process);

/* Index of the namespace of that type with that inode, or NONE. */
uint32_t snapshot_find_space(const struct snapshot *snapshot, enum ns_type type, uint64_t inode);

/* Index of the namespace with that inode, or NONE. At any time they are unique over all types, but a
 * scan takes time: of several it is the one that was found last. */
uint32_t snapshot_find_inode(const struct snapshot *snapshot, uint64_t inode);

/* Index of the namespace with that 64-bit id, or NONE. */
uint32_t snapshot_find_id(const struct snapshot *snapshot, uint64_t id);

/* The initial namespace of that type (is_initial), or NONE where none is in sight. */
uint32_t snapshot_find_initial(const struct snapshot *snapshot, enum ns_type type);

/*
 * Adds a process with that number, at the end, everything else unknown (uid -1); numbers must come
 * ascending (a number that is there already is returned as it is). *ret_index gets its index. 0,
 * -EINVAL when the number is new but not above the last one, or -ENOMEM.
 */
int snapshot_add_process(struct snapshot *snapshot, pid_t pid, uint32_t *ret_index) must_use;

/* The same in any order: snapshot_sort_processes must follow before anything is found by number. The
 * number must be new. 0 or -ENOMEM. */
int snapshot_append_process(struct snapshot *snapshot, pid_t pid, uint32_t *ret_index) must_use;

/* Adds a copy of the record (its text must be the snapshot's), in the order of the processes. 0 or
 * -ENOMEM. */
int snapshot_add_signals(struct snapshot *snapshot, const struct signals *signals) must_use;

/* Brings processes, and what belongs to them, into the order of their numbers. 0 or -ENOMEM. */
int snapshot_sort_processes(struct snapshot *snapshot) must_use;

/* Adds a thread record of that process; processes must come ascending, and threads of one by number.
 * 0 or -ENOMEM. */
int snapshot_add_thread(struct snapshot *snapshot, uint32_t process, pid_t tid, uint32_t *ret_index)
	must_use;

/* Whether a thread is in another namespace than its process, or set one aside for its children that is
 * none of those. */
bool snapshot_is_apart(const struct snapshot *snapshot, const struct thread *thread);

/* Index of the namespace, added when it is new (leader, relations unknown; is_initial by inode). 0
 * or -ENOMEM. */
int snapshot_add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode,
                       uint32_t *ret_index) must_use;

/* Gives a namespace its 64-bit id. 0 or -ENOMEM. */
int snapshot_set_id(struct snapshot *snapshot, uint32_t space, uint64_t id) must_use;

/* Adds a copy of the record (texts must be the snapshot's) and marks the namespace as held so. 0 or
 * -ENOMEM. */
int snapshot_add_reference(struct snapshot *snapshot, const struct reference *reference) must_use;

/* Index of the container that equals `key` in runtime and id, added when it is new (texts are
 * copied). 0 or -ENOMEM. */
int snapshot_add_container(struct snapshot *snapshot, const struct container *key,
                           uint32_t *ret_index) must_use;

/* A copy of the text, one for all equal ones. NULL when out of memory. */
const char *snapshot_intern(struct snapshot *snapshot, const char *text, size_t length);

/* Notes that the user with that uid has that name (NULL: none). 0 or -ENOMEM. */
int snapshot_add_user(struct snapshot *snapshot, uid_t uid, const char *name) must_use;

/* Name of that user, or NULL. Only after snapshot_finish. */
const char *snapshot_user_name(const struct snapshot *snapshot, uid_t uid);

/* Notes a control group; texts are copied. 0 or -ENOMEM. */
int snapshot_add_cgroup(struct snapshot *snapshot, const char *hierarchy, const char *path)
	must_use;

/* Counts items that could not be seen; of several totals the greatest stays. */
void snapshot_add_gap(struct snapshot *snapshot, enum gap_kind kind, uint64_t count,
                      uint64_t total);

/* Notes that a shown value depends on these SOURCE_*, and they were left out. */
void snapshot_add_left_out(struct snapshot *snapshot, unsigned sources);

/* Whether all that this view needs could be seen. */
bool snapshot_is_complete(const struct snapshot *snapshot, const struct needs *view);

/*
 * Called after all sources, and again after every change: sorts references (by namespace, then
 * kind, process, fd, path) and users, computes what follows from the rest (n_processes, n_threads,
 * leader, held, the first holders, initial, first_process of containers), and gives kthreadd's net
 * and mnt namespace as the initial ones on kernels before 6.17. A process whose leader is a zombie
 * counts where its threads are. Parents and owners hold a namespace only where all of SOURCE_ALL
 * was scanned: only then those that exist as nothing else are in sight. 0 or -ENOMEM.
 */
int snapshot_finish(struct snapshot *snapshot) must_use;

/*
 * Forgets what the sources outside `sources` found, so that a snapshot that holds everything
 * answers as a scan of only those would have: processes' own places, threads and children links
 * (without those places also threads that differ in control groups alone),
 * references, what only parents, owners and listns(2) tell. Namespaces that nothing in `sources`
 * accounts for get held 0. Calls snapshot_finish. 0 or -ENOMEM.
 */
int snapshot_restrict(struct snapshot *snapshot, unsigned sources) must_use;

/* How many namespaces it is away from the root of its tree (pid, user); -1 where that is not known
 * or has no meaning. */
int snapshot_depth(const struct snapshot *snapshot, uint32_t space);

#endif
