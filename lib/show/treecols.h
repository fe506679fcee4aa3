/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of trees: what is drawn at each node, its kind and marks, and those of processes. */
#ifndef NSKIT_TREECOLS_H
#define NSKIT_TREECOLS_H

#include "show/column.h"

/*
 * All columns that nstree has: TREE KIND FOREGROUND ORPHANED STOPPED LEADERLESS ENTERED DEAD SAME
 * LEFT (treecols.c); NSPID PGID SID TPGID TTY STATE COMM START CAPEFF SECCOMP NNP LSM TID and so on
 * (proccols.c), then those of nslist.
 */
const struct column_set *treecols_set(void);

/* The drawn text of a node, "nginx 4560/1  entered from outside": raw bytes. In row->scratch. 0 or
 * -ENOMEM. */
int treelabel_get(const struct row *row, struct value *ret) must_use;

#endif
