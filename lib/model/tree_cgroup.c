/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of control groups: hierarchies, in them groups, in each its processes, as systemd-cgls(1)
 * draws them, and the threads that are there without their process. */
#include "base/vec.h"
#include "model/cgrouptext.h"
#include "model/target.h"
#include "model/tree_part.h"

struct builder {
	struct tree *tree;
	const struct tree_options *options;
	uint32_t *positions;  /* node of each group, or NONE */
	uint32_t *containers; /* the container that each group is in, or NONE */
	bool *is_wanted;      /* of each group: a target is it or lies below it, empty as it is */
};

static void builder_done(struct builder *builder)
{
	free(builder->positions);
	free(builder->containers);
	free(builder->is_wanted);
}
#define auto_builder __attribute__((cleanup(builder_done)))

static int builder_init(struct tree *tree, const struct tree_options *options, struct builder *ret)
{
	const struct cgrouplist *cgroups = &tree->cgroups;
	size_t size = (cgroups->count + 1) * sizeof(uint32_t);

	ret->tree = tree;
	ret->options = options;
	ret->positions = malloc(size);
	ret->containers = malloc(size);
	ret->is_wanted = calloc(cgroups->count + 1, sizeof(bool));
	if (!ret->positions || !ret->containers || !ret->is_wanted)
		return -ENOMEM;
	/* A process has a node in each of a dozen hierarchies: no more room than that takes. */
	size_t n_nodes = cgroups->count + cgroups->n_members;
	if (options->threads)
		n_nodes += cgroups->n_threads;
	return vec_reserve(&tree->nodes, &tree->capacity, tree->count + n_nodes,
	                   sizeof(*tree->nodes));
}

/* Whether an empty group is that target. Where there are processes in a group of that name, those of
 * other hierarchies in which it is empty are not meant. */
static bool is_target(const struct cgroup_entry *entry, const struct meaning *target)
{
	return target->kind == MEANS_CGROUP && target->process == NONE && target->cgroup &&
	       is_equal(entry->path, target->cgroup) &&
	       cgrouptext_is_group_in(entry->hierarchy, entry->path, target->cgroup,
	                              target->hierarchy);
}

/* Finds those, and all above them. */
static void mark_wanted(struct builder *builder)
{
	const struct tree_options *options = builder->options;
	const struct cgrouplist *cgroups = &builder->tree->cgroups;

	for (size_t i = cgroups->count; i-- > 0;) {
		const struct cgroup_entry *entry = &cgroups->items[i];
		for (size_t k = 0; k < options->n_targets && !builder->is_wanted[i]; k++)
			builder->is_wanted[i] = is_target(entry, &options->targets[k]);
		if (builder->is_wanted[i] && entry->parent != NONE)
			builder->is_wanted[entry->parent] = true;
	}
}

/* Whether nothing is in it and in what is below it, as far as that is drawn. */
static bool is_empty(const struct builder *builder, const struct cgroup_entry *entry)
{
	return entry->n_below == 0 && (!builder->options->threads || entry->n_threads_below == 0);
}

/* The group, if there is one to show: an empty one is only with --all, or as a target. */
static int add_group(struct builder *builder, uint32_t index)
{
	const struct cgrouplist *cgroups = &builder->tree->cgroups;
	const struct cgroup_entry *entry = &cgroups->items[index];
	struct node node = node_of(NODE_CGROUP, index);
	bool is_root = entry->parent == NONE;

	builder->positions[index] = NONE;
	builder->containers[index] = entry->container;
	if (entry->container == NONE && !is_root)
		builder->containers[index] = builder->containers[entry->parent];
	if (is_empty(builder, entry) && !builder->options->all && !builder->is_wanted[index])
		return 0;
	if (!is_root)
		node.parent = builder->positions[entry->parent];
	if (entry->n_processes > 0)
		node.process = cgroups->members[entry->first];
	node.container = entry->container;
	return tree_add(builder->tree, &node, &builder->positions[index]);
}

/*
 * A process or thread in a group. In the root of a hierarchy are those that nobody has put anywhere:
 * they are only counted. The container of a process is named where no group says it: in the
 * hierarchies that its engine does not use.
 */
static int add_task(struct builder *builder, struct node node, uint32_t process, uint32_t index)
{
	const struct cgroup_entry *entry = &builder->tree->cgroups.items[index];
	const uint32_t container = builder->tree->snapshot->processes[process].container;

	node.process = process;
	node.parent = builder->positions[index];
	node.is_shown = builder->options->all || entry->parent != NONE;
	if (container != builder->containers[index])
		node.container = container;
	return tree_add(builder->tree, &node, NULL);
}

/* Its processes, then threads whose process is elsewhere. */
static int add_members(struct builder *builder, uint32_t index)
{
	const struct cgrouplist *cgroups = &builder->tree->cgroups;
	const struct cgroup_entry *entry = &cgroups->items[index];
	const struct thread *threads = builder->tree->snapshot->threads;
	const uint32_t n_threads = builder->options->threads ? entry->n_threads : 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < entry->n_processes; i++) {
		uint32_t process = cgroups->members[entry->first + i];
		r = add_task(builder, node_of(NODE_PROCESS, process), process, index);
	}
	for (uint32_t i = 0; r == 0 && i < n_threads; i++) {
		uint32_t thread = cgroups->threads[entry->first_thread + i];
		r = add_task(builder, node_of(NODE_THREAD, thread), threads[thread].process, index);
	}
	return r;
}

int tree_add_cgroup(struct tree *tree, const struct tree_options *options)
{
	auto_builder struct builder builder = { 0 };
	int r = cgrouplist_build(tree->snapshot, &tree->cgroups);

	if (r == 0)
		r = builder_init(tree, options, &builder);
	if (r == 0)
		mark_wanted(&builder);
	for (uint32_t i = 0; i < tree->cgroups.count && r == 0; i++) {
		r = add_group(&builder, i);
		if (r == 0)
			r = add_members(&builder, i);
	}
	return r;
}
