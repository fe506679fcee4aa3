/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of processes by parent, and the namespaces that change at each. */
#include "model/tree_part.h"

/* The types that both were read of, and that differ. */
static uint8_t changed_between(const struct placement *from, const struct placement *to)
{
	unsigned changed = 0;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (from->in[type] != NONE && to->in[type] != NONE &&
		    from->in[type] != to->in[type])
			changed |= NS_BIT(type);
	}
	return (uint8_t)changed;
}

static int add_process(struct tree *tree, uint32_t index, uint32_t *ret)
{
	const struct process *processes = tree->snapshot->processes;
	const struct process *process = &processes[index];
	uint32_t parent = snapshot_find_pid(tree->snapshot, process->parent);
	struct node node = node_of(NODE_PROCESS, index);

	node.process = index;
	node.container = process->container;
	if (parent != NONE && parent != index) {
		node.parent = parent; /* until the positions of all are known */
		node.changed = changed_between(&processes[parent].at, &process->at);
		if (process->container == processes[parent].container)
			node.container = NONE;
		/* The threads of the kernel are counted instead, at the one that makes them. */
		node.is_shown = !process->is_kernel_thread || !processes[parent].is_kernel_thread;
	}
	return tree_add(tree, &node, ret);
}

/* One that differs in control groups alone is where its process is. */
static int add_thread(struct tree *tree, uint32_t index)
{
	const struct thread *thread = &tree->snapshot->threads[index];
	const struct process *process = &tree->snapshot->processes[thread->process];
	struct node node = node_of(NODE_THREAD, index);

	if (!snapshot_is_apart(tree->snapshot, thread))
		return 0;
	node.process = thread->process;
	node.parent = thread->process; /* until the positions of all are known */
	node.changed = changed_between(&process->at, &thread->at);
	return tree_add(tree, &node, NULL);
}

static int add_nodes(struct tree *tree, const struct tree_options *options, uint32_t *positions)
{
	const struct snapshot *snapshot = tree->snapshot;
	uint32_t thread = 0;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		int r = add_process(tree, i, &positions[i]);
		for (; r == 0 && options->threads && thread < snapshot->n_threads &&
		       snapshot->threads[thread].process == i;
		     thread++)
			r = add_thread(tree, thread);
		if (r < 0)
			return r;
	}
	return 0;
}

int tree_add_process(struct tree *tree, const struct tree_options *options)
{
	auto_free uint32_t *positions = tree_new_positions(tree);
	int r = positions ? add_nodes(tree, options, positions) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < tree->count; i++) {
		struct node *node = &tree->nodes[i];
		if (node->parent != NONE)
			node->parent = positions[node->parent];
	}
	return r;
}
