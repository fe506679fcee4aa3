/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a row of a tree of nodes stands for, for getters. */
#include "show/noderow.h"

bool noderow_is(const struct row *row, enum node_kind kind)
{
	return row->tree && row->place->node && row->place->node->kind == kind;
}

const struct process *noderow_process(const struct row *row)
{
	return row->place->process == NONE ? NULL : &row->snapshot->processes[row->place->process];
}

const struct process *noderow_whole_process(const struct row *row)
{
	return noderow_is(row, NODE_THREAD) ? NULL : noderow_process(row);
}

const struct thread *noderow_thread(const struct row *row)
{
	if (!noderow_is(row, NODE_THREAD))
		return NULL;
	return &row->snapshot->threads[row->place->node->index];
}

static const struct cgroup_entry *cgroup_at(const struct tree *tree, const struct node *node)
{
	return node->kind == NODE_CGROUP ? &tree->cgroups.items[node->index] : NULL;
}

const struct cgroup_entry *noderow_cgroup(const struct row *row)
{
	if (!row->tree || !row->place->node)
		return NULL;
	return cgroup_at(row->tree, row->place->node);
}

const struct cgroup_entry *noderow_cgroup_around(const struct row *row)
{
	const struct node *node = row->place->node;

	/* Processes and threads lie right below their group. */
	if (row->tree && node && node->parent != NONE &&
	    (node->kind == NODE_PROCESS || node->kind == NODE_THREAD))
		return cgroup_at(row->tree, &row->tree->nodes[node->parent]);
	return noderow_cgroup(row);
}

const char *noderow_cgroup_text(const struct row *row)
{
	const struct process *process = noderow_process(row);
	const struct thread *thread = noderow_thread(row);

	if (thread && thread->cgroup)
		return thread->cgroup;
	return process ? process->cgroup : NULL;
}

const struct process_group *noderow_group(const struct row *row)
{
	if (!noderow_is(row, NODE_GROUP))
		return NULL;
	return &row->tree->sessions.groups[row->place->node->index];
}

const struct session *noderow_session(const struct row *row)
{
	const struct process_group *group = noderow_group(row);

	if (group)
		return &row->tree->sessions.items[group->session];
	if (!noderow_is(row, NODE_SESSION))
		return NULL;
	return &row->tree->sessions.items[row->place->node->index];
}
