/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is in which namespace: a part of snapshot_finish. */
#ifndef NSKIT_MEMBERS_H
#define NSKIT_MEMBERS_H

#include "model/snapshot.h"

/*
 * Lists the members of every namespace in snapshot->members, grouped by namespace and ascending,
 * and sets n_processes, leader and first_member. A process whose leader is a zombie is where its
 * threads are, once in each: such a leader has no links but pid and user (proc(5)). 0 or -ENOMEM.
 */
int members_list(struct snapshot *snapshot) must_use;

#endif
