/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parent indexes to ordered trees: cycles are broken, rows whose parent is not shown become roots.
 * No recursion. */
#ifndef NSKIT_FOREST_H
#define NSKIT_FOREST_H

#include "base/base.h"

struct forest_row {
	uint32_t item;   /* index of what it shows */
	uint32_t parent; /* position in rows of its parent, always before it, or NONE: a root */
	uint32_t depth;  /* 0: a root */
};

/* All zero is an empty forest. */
struct forest {
	struct forest_row *rows; /* parents before children, each followed by all below it */
	size_t count;
};

/*
 * Orders `n` items. `order` lists the items to show (each at most once), siblings and roots keep
 * its order; `parent_of[i]` is the parent of item i (of all `n_items`), or NONE. An item whose
 * parent is not in `order` is a root; where parents form a cycle, its first item in `order` becomes
 * a root. Time and memory are linear. 0 or -ENOMEM.
 */
int forest_build(const uint32_t *order, size_t n, const uint32_t *parent_of, size_t n_items,
                 struct forest *ret) must_use;

/* Frees the rows. Accepts all zero. */
void forest_done(struct forest *forest);
#define auto_forest __attribute__((cleanup(forest_done)))

#endif
