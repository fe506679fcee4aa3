/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the shown namespaces are ordered and nested. */
#ifndef NSKIT_ARRANGE_H
#define NSKIT_ARRANGE_H

#include "model/forest.h"
#include "model/snapshot.h"

enum arrangement {
	ARRANGE_LIST,    /* by inode */
	ARRANGE_OWNER,   /* below the user namespace that owns it; a user namespace below its parent
	                  */
	ARRANGE_PARENT,  /* below its parent namespace (pid and user) */
	ARRANGE_PROCESS, /* below the last line before it whose first process is the parent of its
	                    own first process, as lsns draws */
};

/*
 * In the owner and parent trees, marks also the way from each marked namespace to its root, as far as
 * it is of those types (NS_BITs); in the others does nothing.
 */
void arrange_mark_ancestors(const struct snapshot *snapshot, enum arrangement arrangement,
                            unsigned types, bool *marks);

/*
 * Orders the marked namespaces by inode and nests them: what is not marked is skipped, and its
 * children become roots.
 * 0 or -ENOMEM.
 */
int arrange_spaces(const struct snapshot *snapshot, const bool *marks, enum arrangement arrangement,
                   struct forest *ret) must_use;

#endif
