/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gaps: what could not be seen, how much of it, why, and what would cure it. Each is said once. */
#ifndef NSKIT_GAP_H
#define NSKIT_GAP_H

#include "base/arena.h"
#include "base/base.h"
#include "model/needs.h"

/* What kind of view a gap makes incomplete; the texts are a table in gap.c. */
enum gap_kind {
	GAP_PROCESS_NAMESPACES,   /* processes: namespaces not readable */
	GAP_THREAD_NAMESPACES,    /* threads: namespaces not readable */
	GAP_DESCRIPTORS,          /* processes: descriptors not readable */
	GAP_SOCKETS,              /* sockets: network namespace not readable */
	GAP_SOCKETS_FOREIGN_PROC, /* processes: sockets not looked at, /proc is of another PID
				     namespace */
	GAP_MOUNT_TABLES,    /* mount namespaces: mount table not readable (no process in it) */
	GAP_RELATIONS,       /* namespaces: parent or owner not readable */
	GAP_HIDEPID,         /* processes of other users: hidden by the mount option hidepid */
	GAP_FOREIGN_PROC,    /* /proc belongs to another PID namespace: it shows none of our own */
	GAP_CMDLINE,         /* processes: command line not readable */
	GAP_CGROUP,          /* processes: control group not readable */
	GAP_LISTNS,          /* namespaces known to the kernel that could not be opened */
	GAP_SOURCES,         /* not all places were looked at (--scan) */
	GAP_RECORDED,        /* data that the loaded snapshot does not have */
	GAP_RECORDED_TREE,   /* namespaces: parent, owner and id, in a recorded tree */
	GAP_NETNSID,         /* network namespaces: number not readable */
	GAP_CONTAINER_NAMES, /* container state files not readable */
	GAP_PROCESS_STATUS,  /* processes: stat or status not readable (hidepid=1) */
	GAP_ORPHANED, /* process groups: stopped, and nobody can tell whether they are orphaned */
	GAP_LABELS,   /* processes: label of the security module not readable */
	GAP_CGROUP_FOLDERS, /* control groups: folder not readable */
	GAP_CGROUP_MOUNTS,  /* hierarchies: mounted as another cgroup namespace sees them */
	GAP_THREAD_CGROUPS, /* threads: control groups not in the loaded snapshot */
	GAP_CANDIDATES,     /* processes that may be meant, and could not be read: not signalled */
	GAP_N_KINDS
};

/* One line of the table: what is counted, why it could not be seen, and the cure. */
struct gap_text {
	const char *key;          /* stable name in snapshots and JSON, as "process-namespaces" */
	const char *what;         /* "processes" */
	const char *reason;       /* "namespaces not readable" */
	const char *cure;         /* "needs CAP_SYS_PTRACE" */
	const char *cure_if_held; /* for whoever has CAP_SYS_PTRACE; NULL: the same */
	struct needs
		view; /* relevant for a view that needs any of this; all zero: for every view */
	bool is_uncounted; /* nobody can say how many: count 1 means that it is so */
};

extern const struct gap_text gap_texts[GAP_N_KINDS];

/* How often a gap was met; `total` 0 where there is nothing to compare with. */
struct gap {
	uint64_t count;
	uint64_t total;
	unsigned sources; /* GAP_SOURCES: the SOURCE_* that were left out; 0: not known which */
};

/* What could not be seen: the table's `what`, and of GAP_SOURCES the places by name, "descriptors,
 * mounts". In `arena`; NULL when out of memory. */
const char *gap_what(struct arena *arena, enum gap_kind kind, const struct gap *gap);

/*
 * What would cure it. `can_trace`: whoever looked had CAP_SYS_PTRACE in effect. Reading what is
 * PTRACE_MODE_READ then fails only where the capability is not held in the user namespace of the
 * other process, or where a security module says no (__ptrace_may_access in kernel/ptrace.c,
 * cap_ptrace_access_check in security/commoncap.c): more of that capability is no cure.
 */
const char *gap_cure(enum gap_kind kind, bool can_trace);

/*
 * Whether the gap makes a view incomplete that needs this. Of the gap's `view`: any of its types
 * must be asked for, and all of its sources, and any of its other data; an empty set asks for
 * nothing. So the same gaps are said live and from a snapshot that holds more.
 */
bool gap_concerns(enum gap_kind kind, const struct needs *needs);

/* The kind with that key, or GAP_N_KINDS. */
enum gap_kind gap_by_key(const char *key);

#endif
