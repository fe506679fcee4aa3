/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees as text that a test can compare: a line for each row, a blank for each level. */
#ifndef NSKIT_DRAWN_H
#define NSKIT_DRAWN_H

#include "tests/unit/made.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/layout.h"

/* "[3]": the namespace INODE(3); "7": a process; "{8}": a thread. */
static inline void drawn_node(FILE *out, const struct tree *tree, const struct node *node)
{
	const struct snapshot *snapshot = tree->snapshot;

	switch (node->kind) {
	case NODE_NAMESPACE:
		fprintf(out, "[%d]", (int)(snapshot->spaces[node->index].inode - INODE(0)));
		break;
	case NODE_PROCESS:
		fprintf(out, "%d", snapshot->processes[node->index].pid);
		break;
	case NODE_THREAD:
		fprintf(out, "{%d}", snapshot->threads[node->index].tid);
		break;
	default:
		fprintf(out, "%s %" PRIu32, node_kind_names[node->kind], node->index);
	}
}

/* Marks as letters, those that cannot be told with "?"; the container; the types that change. */
static inline void drawn_facts(FILE *out, const struct node *node)
{
	static const char letters[] = "FOSLEDXU";

	for (unsigned bit = 0; letters[bit]; bit++) {
		if (node->marks & 1U << bit)
			fprintf(out, " %c", letters[bit]);
		if (node->unknown & 1U << bit)
			fprintf(out, " %c?", letters[bit]);
	}
	if (node->container != NONE)
		fprintf(out, " @%" PRIu32, node->container);
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (node->changed & NS_BIT(type))
			fprintf(out, " +%s", ns_types[type].name);
	}
}

static inline void drawn_rows(FILE *out, const struct tree *tree, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_row *row = &layout->rows[i];
		fprintf(out, "%*s", (int)row->depth, "");
		if (row->n_same > 1)
			fprintf(out, "%" PRIu32 "*", row->n_same);
		drawn_node(out, tree, &tree->nodes[row->node]);
		drawn_facts(out, &tree->nodes[row->node]);
		if (row->n_left > 0)
			fprintf(out, " (%" PRIu32 ")", row->n_left);
		fputc('\n', out);
	}
}

/* Compares what is drawn of the marked nodes. */
static inline void check_rows(const struct tree *tree, const bool *marks, size_t depth, bool fold,
                              const char *expected)
{
	auto_layout struct layout layout = { 0 };
	auto_free char *text = NULL;
	size_t size;

	assert_int_equal(layout_rows(tree, marks, depth, fold, &layout), 0);
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	drawn_rows(out, tree, &layout);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
}

/* Compares a view of the snapshot: all of it, or what is shown of it by itself. */
static inline void check_view(const struct snapshot *snapshot, const struct tree_options *options,
                              bool all, const char *expected)
{
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	size_t unmatched;

	assert_int_equal(tree_build(snapshot, options, &tree), 0);
	assert_int_equal(layout_mark(&tree, NULL, 0, false, all, &marks, &unmatched), 0);
	assert_int_equal(unmatched, 0);
	check_rows(&tree, marks, SIZE_MAX, false, expected);
}

/* Gives a process its numbers, outermost first, the end marked by 0; it sleeps, and all that status
 * has was read. */
static inline void made_numbers(struct snapshot *snapshot, uint32_t process, const pid_t *numbers)
{
	struct process *numbered = &snapshot->processes[process];
	pid_t *copy = arena_alloc(&snapshot->texts, 40 * sizeof(*copy));

	assert_non_null(copy);
	numbered->n_numbers = 0;
	while (numbers[numbered->n_numbers] > 0) {
		copy[numbered->n_numbers] = numbers[numbered->n_numbers];
		numbered->n_numbers++;
	}
	numbered->numbers = copy;
	numbered->state = 'S';
	numbered->n_threads = 1;
	numbered->known |= PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_COMM;
}
#define MADE_NUMBERS(snapshot, process, ...)                                                       \
	made_numbers((snapshot), (process), (const pid_t[]){ __VA_ARGS__, 0 })

static inline uint32_t made_pid_space(struct snapshot *snapshot, unsigned n, uint32_t parent)
{
	uint32_t space = made_space(snapshot, NS_PID, INODE(n));

	if (parent == NONE)
		snapshot->spaces[space].parent_state = RELATION_ROOT;
	else
		made_parent(snapshot, space, parent);
	return space;
}

/* A process with those numbers, of which the first is its own; `space` NONE: its link was refused. */
static inline uint32_t made_task(struct snapshot *snapshot, uint32_t space, pid_t parent,
                                 const pid_t *numbers)
{
	uint32_t process = made_process(snapshot, numbers[0], parent, "x");
	struct placement *at = &snapshot->processes[process].at;

	at->in[NS_PID] = space;
	if (space == NONE)
		at->denied = NS_BIT(NS_PID);
	made_numbers(snapshot, process, numbers);
	return process;
}
#define MADE_TASK(snapshot, space, parent, ...)                                                    \
	made_task((snapshot), (space), (parent), (const pid_t[]){ __VA_ARGS__, 0 })

static inline uint32_t made_container(struct snapshot *snapshot, const char *id,
                                      const char *pod_uid)
{
	const struct container container = { .runtime = "runc", .id = id, .pod_uid = pod_uid };
	uint32_t index;

	assert_int_equal(snapshot_add_container(snapshot, &container, &index), 0);
	return index;
}

#endif
