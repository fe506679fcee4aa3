/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The labels of trees, one file for each sort of nodes: inside lib/show only. */
#ifndef NSKIT_TREELABEL_H
#define NSKIT_TREELABEL_H

#include "model/tree.h"
#include "show/column.h"
#include "show/labeltext.h"

/* A node whose label is made. */
struct labelled {
	const struct row *row;
	const struct node *node;
	struct labeltext *label;
};

/* The process of the node, which has one. */
static inline const struct process *labelled_process(const struct labelled *of)
{
	return &of->row->snapshot->processes[of->node->process];
}

/* The name of a process, in brackets where it is a thread of the kernel. */
void treelabel_add_comm(struct labeltext *label, const struct process *process);

/* "no processes", "1 process", "131 processes". */
void treelabel_add_count(struct labeltext *label, uint64_t n);

/* Begins the name of a container. It is no remark: what follows it stands apart. */
void treelabel_begin_name(struct labeltext *label);

/* The container that is named at the node, if any, behind what `begin` adds. 0 or -ENOMEM. */
int treelabel_add_container(const struct labelled *of, void (*begin)(struct labeltext *label))
	must_use;

/* The labels of such nodes. 0 or -ENOMEM. */
int treelabel_add_space(const struct labelled *of) must_use;
int treelabel_add_session(const struct labelled *of) must_use;
int treelabel_add_group(const struct labelled *of) must_use;
int treelabel_add_cgroup(const struct labelled *of) must_use;

#endif
