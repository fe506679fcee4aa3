/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a row of a tree of nodes stands for, for getters: inside lib/show only. */
#ifndef NSKIT_NODEROW_H
#define NSKIT_NODEROW_H

#include "model/tree.h"
#include "show/column.h"

/* Whether the row is a node of that kind. */
bool noderow_is(const struct row *row, enum node_kind kind);

/* The process that the row's cells are about: of a process or thread itself, of others the leader or
 * the first in it. NULL where there is none. */
const struct process *noderow_process(const struct row *row);

/* The same but for threads, which need not be as their process is: NULL. */
const struct process *noderow_whole_process(const struct row *row);

/* The thread that the row is, or NULL. */
const struct thread *noderow_thread(const struct row *row);

/* The control group that the row is, or NULL. */
const struct cgroup_entry *noderow_cgroup(const struct row *row);

/* The control group that the row is, or that its process or thread is drawn in; or NULL. */
const struct cgroup_entry *noderow_cgroup_around(const struct row *row);

/* The text of /proc/PID/cgroup of the row's process, or of its thread where that has another one;
 * NULL where it was not read. */
const char *noderow_cgroup_text(const struct row *row);

/* The process group that the row is, or NULL. */
const struct process_group *noderow_group(const struct row *row);

/* The session that the row is, or whose group it is; or NULL. */
const struct session *noderow_session(const struct row *row);

#endif
