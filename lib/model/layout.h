/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which nodes of a tree are drawn, and in which rows: targets, the way up, depth, folding. */
#ifndef NSKIT_LAYOUT_H
#define NSKIT_LAYOUT_H

#include "model/target.h"
#include "model/tree.h"

/*
 * Marks the nodes that the targets mean, and all below them; with `up` also the way to the root.
 * A process means its nodes (in TREE_SESSION the session that it leads, else the group); a container, pod, unit or control group all its processes (in
 * TREE_CGROUP their control group); a namespace its node, or where the view has none the nodes of
 * the processes in it. Where the view has no processes (TREE_USER), they mean the namespaces that
 * they are in, without what is below. Without targets: the nodes that are is_shown, or with `all`
 * every one.
 * *ret_marks has tree->count entries and is the caller's to free. *ret_unmatched is the first
 * target that marks no node, or n_targets. 0 or -ENOMEM.
 */
int layout_mark(const struct tree *tree, const struct meaning *targets, size_t n_targets, bool up,
                bool all, bool **ret_marks, size_t *ret_unmatched) must_use;

/* One row that is drawn. */
struct layout_row {
	uint32_t node;   /* position in tree->nodes; of a folded row the first one */
	uint32_t parent; /* row of its parent, always before it, or NONE */
	uint32_t depth;  /* 0: a root */
	uint32_t n_same; /* how many leaves it stands for; 1: itself alone */
	uint32_t n_left; /* nodes below it that are not drawn and count here: each counts once, at
			    the nearest row above it. Only in TREE_PID, what is left out because it
			    is not marked does at the nearest namespace above that */
};

struct layout {
	struct layout_row *rows; /* parents before children, each followed by all below it */
	size_t count;
};

/*
 * Puts the marked nodes in rows. A node whose parent is not marked becomes a root (of n_left of its
 * nearest marked ancestor it is no part). Rows deeper than `depth` are left out; SIZE_MAX: none.
 * `fold`: processes, and threads, that are leaves below one parent, of one name (comm) and alike in
 * namespace, container, marks and changed become one row, in the place of the first; a leaf with
 * n_left or with a namespace set aside for its children does not. Cycles are cut as forest_build
 * does. Linear; no recursion. 0 or -ENOMEM.
 */
int layout_rows(const struct tree *tree, const bool *marks, size_t depth, bool fold,
                struct layout *ret) must_use;

/* Frees the rows. Accepts all zero. */
void layout_done(struct layout *layout);
#define auto_layout __attribute__((cleanup(layout_done)))

#endif
