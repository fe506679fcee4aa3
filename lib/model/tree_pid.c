/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of PID namespaces: in each its processes by parent, and each below the process that made
 * it, which is the parent of its init. */
#include "model/pidplace.h"
#include "model/tree_part.h"

struct builder {
	struct tree *tree;
	const struct snapshot *snapshot;
	const struct tree_options *options;
	struct pidplaces places;
	uint32_t *process_at; /* by process: position of its node */
	uint32_t *thread_at;  /* by thread: position of its node, or NONE */
	uint32_t *space_at;   /* by namespace: position of its node, or NONE */
	bool *is_drawn;       /* by namespace: it has a node */
};

static void builder_done(struct builder *builder)
{
	pidplaces_done(&builder->places);
	free(builder->process_at);
	free(builder->thread_at);
	free(builder->space_at);
	free(builder->is_drawn);
}
#define auto_builder __attribute__((cleanup(builder_done)))

static uint32_t *new_positions(size_t n)
{
	uint32_t *positions = malloc((n + 1) * sizeof(*positions));

	for (size_t i = 0; positions && i < n; i++)
		positions[i] = NONE;
	return positions;
}

static int builder_init(struct tree *tree, const struct tree_options *options, struct builder *ret)
{
	const struct snapshot *snapshot = tree->snapshot;

	*ret = (struct builder){
		.tree = tree,
		.snapshot = snapshot,
		.options = options,
		.process_at = tree_new_positions(tree),
		.thread_at = new_positions(snapshot->n_threads),
		.space_at = new_positions(snapshot->n_spaces),
		.is_drawn = calloc(snapshot->n_spaces + 1, sizeof(bool)),
	};
	if (!ret->process_at || !ret->thread_at || !ret->space_at || !ret->is_drawn)
		return -ENOMEM;
	return pidplaces_find(snapshot, &ret->places);
}

/* The namespace above it as the kernel says, or NONE; a damaged file may have another type there. */
static uint32_t space_above(const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];

	if (space->parent_state != RELATION_KNOWN || space->parent == index ||
	    snapshot->spaces[space->parent].type != NS_PID)
		return NONE;
	return space->parent;
}

/* What anything holds, and all above it. Nothing holds what only sources found that the view did
 * not ask for. */
static void mark_spaces(struct builder *builder)
{
	const struct snapshot *snapshot = builder->snapshot;

	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		const struct space *space = &snapshot->spaces[i];
		if (space->type != NS_PID || (!space->held && !space->only_kernel_knows))
			continue;
		for (uint32_t at = i; at != NONE && !builder->is_drawn[at];
		     at = space_above(snapshot, at))
			builder->is_drawn[at] = true;
	}
}

static int add_space(struct builder *builder, uint32_t space)
{
	struct node node = node_of(NODE_NAMESPACE, space);
	uint32_t init = builder->places.init_of[space];

	node.space = space;
	node.process = init != NONE ? init : builder->snapshot->spaces[space].leader;
	return tree_add(builder->tree, &node, &builder->space_at[space]);
}

/* A namespace stands among siblings where its init would, or the first process that is in it. */
static int add_space_before(struct builder *builder, uint32_t process)
{
	uint32_t space = builder->places.space_of[process];

	if (space == NONE || builder->space_at[space] != NONE)
		return 0;
	uint32_t init = builder->places.init_of[space];
	return init == NONE || init == process ? add_space(builder, space) : 0;
}

static int add_process(struct builder *builder, uint32_t process)
{
	struct node node = node_of(NODE_PROCESS, process);

	node.process = process;
	node.space = builder->places.space_of[process];
	return tree_add(builder->tree, &node, &builder->process_at[process]);
}

/* A thread is always in the PID namespace of its process: all that can differ is where its children
 * will be born. */
static int add_thread(struct builder *builder, uint32_t index)
{
	const struct thread *thread = &builder->snapshot->threads[index];
	struct node node = node_of(NODE_THREAD, index);

	if (!builder->options->threads || thread->at.children[CHILDREN_PID] == NONE)
		return 0;
	node.process = thread->process;
	node.space = builder->places.space_of[thread->process];
	node.parent = builder->process_at[thread->process];
	return tree_add(builder->tree, &node, &builder->thread_at[index]);
}

static int add_processes(struct builder *builder)
{
	const struct snapshot *snapshot = builder->snapshot;
	uint32_t thread = 0;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		int r = add_space_before(builder, i);
		if (r == 0)
			r = add_process(builder, i);
		for (; r == 0 && thread < snapshot->n_threads &&
		       snapshot->threads[thread].process == i;
		     thread++)
			r = add_thread(builder, thread);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_inodes(const void *first, const void *second, void *data)
{
	const struct snapshot *snapshot = data;
	const uint64_t a = snapshot->spaces[*(const uint32_t *)first].inode;
	const uint64_t b = snapshot->spaces[*(const uint32_t *)second].inode;

	return (a > b) - (a < b);
}

/* Those that no process is in. */
static int add_empty_spaces(struct builder *builder)
{
	const struct snapshot *snapshot = builder->snapshot;
	auto_free uint32_t *order = malloc((snapshot->n_spaces + 1) * sizeof(*order));
	size_t n = 0;
	int r = 0;

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		if (builder->is_drawn[i] && builder->space_at[i] == NONE)
			order[n++] = i;
	}
	if (n > 1)
		qsort_r(order, n, sizeof(*order), compare_inodes, (void *)snapshot);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_space(builder, order[i]);
	return r;
}

/* What is in a namespace that nothing tells is in that /proc all the same: in its PID namespace, or
 * further in. */
static uint32_t process_parent(const struct builder *builder, uint32_t process)
{
	const struct pidplaces *places = &builder->places;
	uint32_t parent = places->parent_of[process];
	uint32_t space = places->space_of[process];

	if (parent != NONE && places->space_of[parent] == space)
		return builder->process_at[parent];
	if (space != NONE)
		return builder->space_at[space];
	if (parent != NONE)
		return builder->process_at[parent];
	return places->outermost == NONE ? NONE : builder->space_at[places->outermost];
}

/*
 * Whether that process may have made the namespace: it is in the one above. Where the kernel does
 * not say which that is (to a caller in another PID namespace than that of the /proc, the parent of
 * none of its namespaces), any other will do.
 */
static bool may_have_made(const struct builder *builder, uint32_t process, uint32_t space)
{
	const struct space *made = &builder->snapshot->spaces[space];
	uint32_t at = builder->places.space_of[process];

	if (at == space || made->parent_state == RELATION_ROOT || made->is_initial)
		return false;
	return made->parent_state != RELATION_KNOWN || at == space_above(builder->snapshot, space);
}

/* The process or thread that set it aside for its children. */
static uint32_t setter_of(const struct builder *builder, const struct space *space)
{
	if (space->first_children != NONE)
		return builder->process_at[space->first_children];
	if (space->first_children_thread == NONE)
		return NONE;
	uint32_t thread = space->first_children_thread;
	if (builder->thread_at[thread] != NONE)
		return builder->thread_at[thread];
	return builder->process_at[builder->snapshot->threads[thread].process];
}

static uint32_t space_parent(const struct builder *builder, uint32_t index)
{
	const struct space *space = &builder->snapshot->spaces[index];
	uint32_t init = builder->places.init_of[index];
	uint32_t maker = init == NONE ? NONE : builder->places.parent_of[init];
	uint32_t above = space_above(builder->snapshot, index);

	if (maker != NONE && may_have_made(builder, maker, index))
		return builder->process_at[maker];
	if (above != NONE)
		return builder->space_at[above];
	return space->is_initial ? NONE : setter_of(builder, space);
}

/* The container of a namespace is that of its init; where that was not read, of its first process.
 */
static uint32_t container_of_space(const struct builder *builder, uint32_t space)
{
	const struct process *processes = builder->snapshot->processes;
	uint32_t init = builder->places.init_of[space];
	uint32_t leader = builder->snapshot->spaces[space].leader;

	if (init != NONE && processes[init].known & PROCESS_CGROUP)
		return processes[init].container;
	return leader == NONE ? NONE : processes[leader].container;
}

/* What a node below that one is in, unless it has one of its own. With --all only the containers of
 * namespaces are looked for. */
static uint32_t container_at(const struct builder *builder, uint32_t position)
{
	if (position == NONE)
		return NONE;
	const struct node *node = &builder->tree->nodes[position];
	if (node->kind == NODE_PROCESS && !builder->options->all)
		return builder->snapshot->processes[node->process].container;
	return node->space == NONE ? NONE : container_of_space(builder, node->space);
}

static void set_mark(struct node *node, enum node_mark mark, enum answer answer)
{
	if (answer == ANSWER_YES)
		node->marks |= (uint16_t)mark;
	if (answer == ANSWER_UNKNOWN)
		node->unknown |= (uint16_t)mark;
}

static void finish_space(const struct builder *builder, struct node *node)
{
	uint32_t container = container_of_space(builder, node->space);

	node->parent = space_parent(builder, node->space);
	if (container != container_at(builder, node->parent))
		node->container = container;
	set_mark(node, NODE_DEAD, pidplaces_is_dead(&builder->places, node->space));
}

/* Only what is nothing but one more process of the outermost namespace is counted there. */
static bool is_worth_showing(const struct builder *builder, const struct node *node)
{
	const struct process *process = &builder->snapshot->processes[node->process];
	uint32_t outermost = builder->places.outermost;

	if (outermost == NONE || process->n_numbers > 1 || node->marks & NODE_ENTERED ||
	    process->at.children[CHILDREN_PID] != NONE)
		return true;
	if (node->space != NONE && node->space != outermost)
		return true;
	return process->container != NONE &&
	       process->container != container_of_space(builder, outermost);
}

static void finish_process(const struct builder *builder, struct node *node)
{
	const struct process *process = &builder->snapshot->processes[node->process];

	node->parent = process_parent(builder, node->process);
	if (!builder->options->all && process->container != container_at(builder, node->parent))
		node->container = process->container;
	set_mark(node, NODE_ENTERED, pidplaces_is_entered(&builder->places, node->process));
	if (process->at.in[NS_PID] == NONE)
		node->marks |= NODE_UNSEEN;
	node->is_shown = is_worth_showing(builder, node);
}

static void finish_nodes(const struct builder *builder)
{
	for (size_t i = 0; i < builder->tree->count; i++) {
		struct node *node = &builder->tree->nodes[i];
		if (node->kind == NODE_NAMESPACE)
			finish_space(builder, node);
		else if (node->kind == NODE_PROCESS)
			finish_process(builder, node);
	}
}

int tree_add_pid(struct tree *tree, const struct tree_options *options)
{
	auto_builder struct builder builder = { 0 };
	int r = builder_init(tree, options, &builder);

	if (r < 0)
		return r;
	mark_spaces(&builder);
	r = add_processes(&builder);
	if (r == 0)
		r = add_empty_spaces(&builder);
	if (r == 0)
		finish_nodes(&builder);
	return r;
}
