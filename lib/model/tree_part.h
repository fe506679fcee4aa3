/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views of tree.h, one file each: inside lib/model only. Each adds its nodes to a tree whose
 * snapshot and view are set. 0 or -ENOMEM. */
#ifndef NSKIT_TREE_PART_H
#define NSKIT_TREE_PART_H

#include "model/tree.h"

int tree_add_pid(struct tree *tree, const struct tree_options *options) must_use;
int tree_add_process(struct tree *tree, const struct tree_options *options) must_use;
int tree_add_user(struct tree *tree, const struct tree_options *options) must_use;
int tree_add_session(struct tree *tree, const struct tree_options *options) must_use;
int tree_add_cgroup(struct tree *tree, const struct tree_options *options) must_use;

/*
 * For each process the position of its node while a view is built, or NONE: n_processes entries,
 * the caller's to free. NULL when out of memory.
 */
uint32_t *tree_new_positions(const struct tree *tree);

#endif
