/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether our own root directory is that of our mount namespace. Inside lib/scan only. */
#ifndef NSKIT_OWNROOT_H
#define NSKIT_OWNROOT_H

#include "scan/mounttable.h"
#include "scan/source.h"

/* Takes note of what our own mount table shows: where that is known to be a part only, is_jail is
 * set. */
void ownroot_learn(struct scan *scan, const struct mount_table *table);

/* Whether this member of our mount namespace may see more of it than we do; `root` is the path of its
 * root directory below its task. */
bool ownroot_may_see_more(struct scan *scan, const struct task *task, const char *root);

#endif
