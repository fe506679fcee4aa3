/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The trees that nstree draws: a view gives every node a parent. Nodes stand for namespaces,
 * processes, threads, sessions, process groups and control groups of one snapshot.
 */
#ifndef NSKIT_TREE_H
#define NSKIT_TREE_H

#include "model/cgrouplist.h"
#include "model/session.h"
#include "model/snapshot.h"

enum tree_view {
	TREE_PID,     /* PID namespaces, in each its processes */
	TREE_PROCESS, /* processes, and the types of namespace that change at each */
	TREE_USER,    /* user namespaces, and what each owns */
	TREE_SESSION, /* sessions, process groups, processes */
	TREE_CGROUP,  /* hierarchies, control groups, processes */
	TREE_N_VIEWS
};

enum node_kind {
	NODE_NAMESPACE,
	NODE_PROCESS,
	NODE_THREAD,
	NODE_SESSION,
	NODE_GROUP, /* a process group */
	NODE_CGROUP,
	NODE_N_KINDS
};

/* As KIND shows it: "namespace", "process", "thread", "session", "group", "cgroup". */
extern const char *const node_kind_names[NODE_N_KINDS];

/* Facts about a node, each a column. */
enum node_mark {
	NODE_FOREGROUND = 1 << 0, /* group, and its processes: in the foreground of its terminal */
	NODE_ORPHANED = 1 << 1,   /* group: orphaned, as kernel/exit.c has it */
	NODE_STOPPED = 1 << 2,    /* group: has a stopped member; process: is stopped */
	NODE_LEADERLESS = 1 << 3, /* session, group: no process has its number */
	NODE_ENTERED = 1 << 4,    /* process: in a PID namespace of which it is not the init and in
				  which its parent is not: put in from outside (setns(2)) */
	NODE_DEAD = 1 << 5,       /* PID namespace: its init is gone, nobody can be born in it */
	NODE_OUTSIDE = 1 << 6,    /* session, group: lies outside the PID namespace of that /proc */
	NODE_UNSEEN = 1 << 7,     /* process: its namespace could not be read, it stands below its
				  parent, or where its numbers say that it is */
};

struct node {
	enum node_kind kind;
	uint32_t index;     /* of the space, process, thread; of the session or group in
			       tree->sessions; of the group in tree->cgroups */
	uint32_t process;   /* process: itself; thread: whose it is; others: the first in it, or
			       leader; or NONE */
	uint32_t space;     /* namespace: itself; process and thread in the views of PID and user
			       namespaces: the one of that type it is in; or NONE */
	uint32_t parent;    /* position of its parent, before or after it, or NONE: a root */
	uint32_t container; /* index: the container that is named at this node, or NONE */
	uint16_t marks;     /* NODE_* that hold */
	uint16_t unknown;   /* NODE_* that cannot be told */
	uint8_t changed;    /* TREE_PROCESS: NS_BITs of the namespaces that are not its parent's
			       (thread: its process's) */
	bool is_shown;      /* shown also without --all and without a target */
};

struct tree {
	const struct snapshot *snapshot;
	enum tree_view view;
	struct node *nodes; /* siblings in the order in which they are drawn */
	size_t count, capacity;
	struct sessions sessions;  /* TREE_SESSION; else empty */
	struct cgrouplist cgroups; /* TREE_CGROUP; else empty */
};

struct meaning;

struct tree_options {
	enum tree_view view;
	bool threads; /* also threads that differ from their process; in the views of user namespaces
			 and of sessions none can */
	bool details; /* TREE_USER: also the namespaces that each owns */
	bool all;     /* TREE_CGROUP: also processes in the roots of hierarchies, and empty groups;
		     TREE_PID: every process will be drawn, so that their containers need not be
		     known, but for those of namespaces */
	const struct meaning *targets; /* TREE_CGROUP: of these, control groups that nobody is in
					  are there all the same */
	size_t n_targets;
};

/* What must have been scanned for the view, labels included. */
struct needs tree_needs(const struct tree_options *options);

/*
 * Builds the view of a finished snapshot. Whatever it holds, parents form no cycle once
 * layout_rows has cut them, every process has a node (TREE_CGROUP: as many as it has hierarchies;
 * TREE_USER: none), and time and memory are linear in what there is. Sets is_shown so that only those nodes are left
 * out that the view counts instead; a node is shown whenever one below it is. 0 or -ENOMEM, then
 * *ret is empty.
 */
int tree_build(const struct snapshot *snapshot, const struct tree_options *options,
               struct tree *ret) must_use;

/* Frees it. Accepts all zero. */
void tree_done(struct tree *tree);
#define auto_tree __attribute__((cleanup(tree_done)))

/* Adds a copy of the node. *ret gets its position (may be NULL). 0 or -ENOMEM. For builders. */
int tree_add(struct tree *tree, const struct node *node, uint32_t *ret) must_use;

/* A node with that kind and index and nothing else known: all others NONE or 0, is_shown. */
struct node node_of(enum node_kind kind, uint32_t index);

#endif
