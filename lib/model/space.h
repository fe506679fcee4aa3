/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A namespace, and the references that keep it alive, as plain data of a snapshot. */
#ifndef NSKIT_SPACE_H
#define NSKIT_SPACE_H

#include <sys/types.h>

#include "base/base.h"
#include "model/nstype.h"

/* How a reference holds its namespace. */
enum reference_kind {
	HELD_PROCESS,  /* p: a process is in it */
	HELD_THREAD,   /* t: a thread is in it, its process is not */
	HELD_CHILDREN, /* c: set aside for the children of a process or thread */
	HELD_FD,       /* f: a descriptor */
	HELD_SOCKET,   /* s: a socket */
	HELD_MOUNT,    /* m: a bind mount */
	HELD_NESTED,   /* n: it is the parent of another */
	HELD_OWNED,    /* o: it owns another */
	HELD_N_KINDS
};

struct reference_info {
	char letter;
	const char *name; /* in JSON and snapshots: "process", "thread", "for_children", ... */
	unsigned source;  /* SOURCE_* that finds it; 0: by relations */
};

extern const struct reference_info reference_kinds[HELD_N_KINDS];

/* One reference. Those of kind process, thread, children, nested and owned follow from the snapshot
 * and are not stored. */
struct reference {
	uint32_t space;
	uint32_t process;     /* holder's index (thread, fd, socket), or NONE */
	pid_t tid;            /* the thread, where it has a table of descriptors of its own, or 0 */
	uint32_t mount_space; /* the mount namespace in which the bind mount is, or NONE */
	int32_t fd;           /* number of the descriptor, or -1 */
	uint64_t socket;      /* inode of the socket, or 0 */
	const char *path;     /* mount point (in that mount namespace), or NULL */
	enum reference_kind kind;
	bool covered; /* another mount lies on top of this one */
};

/* What is known of a relation of a namespace. */
enum relation_state {
	RELATION_UNREAD,  /* not asked, or nobody to ask */
	RELATION_KNOWN,   /* the index is set */
	RELATION_ROOT,    /* it has none: the initial namespace */
	RELATION_HIDDEN,  /* it has one, beyond what the caller may see */
	RELATION_NOTHING, /* this type has none */
	RELATION_N_STATES
};

/* Strings live in the snapshot's arena. */
struct space {
	uint64_t inode;
	uint64_t id; /* 0: not known */
	enum ns_type type;
	enum relation_state parent_state; /* parent: pid and user only */
	enum relation_state owner_state;  /* owner; of a user namespace the same as its parent */
	uint32_t parent;
	uint32_t owner;
	/* What follows from the rest, set by snapshot_finish. */
	uint32_t leader;          /* process with the lowest number in it, or NONE */
	uint32_t first_member;    /* the processes in it: a position in the snapshot's members */
	uint32_t n_processes;     /* one whose leader is a zombie is where its threads are */
	uint32_t n_threads;       /* threads in it whose leader is not */
	uint32_t first_reference; /* the first stored reference, or NONE */
	uint32_t first_thread;    /* the first thread that is in it, its leader not, or NONE; the
				     others by its `next` */
	uint32_t first_children;  /* the first process that set it aside for children, or NONE; the
				     others by its `next_children` */
	uint32_t first_children_thread; /* the first thread that did, in the same way */
	uint32_t first_nested; /* its children: the first, or NONE; the others by next_nested */
	uint32_t next_nested;
	uint32_t first_owned; /* what it owns, but for user namespaces, in the same way */
	uint32_t next_owned;
	uid_t owner_uid;
	bool has_owner_uid;
	bool is_initial;
	bool only_kernel_knows; /* listns gave it, no holder was found */
	bool netnsid_known;
	int32_t netnsid;     /* -1: none assigned */
	uint8_t held;        /* 1 << HELD_* */
	const char *uid_map; /* "0 100000 65536" lines joined by ", "; NULL: not known */
	const char *gid_map;
	const char *root_source; /* mount namespaces: device or source behind its root; NULL: not
				    known */
	const char *root_type;
	const char *root_label;
	const char *root_uuid;
	const char *mount_path; /* the first path it is bind-mounted on, as NSFS */
};

#endif
