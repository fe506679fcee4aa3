/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which nodes of a tree the targets mean. */
#include "model/cgrouptext.h"
#include "model/forest.h"
#include "model/layout.h"
#include "model/select.h"

/* How a node is marked. */
enum { MARK_NOT, MARK_ALONE, MARK_ALL_BELOW };

struct marker {
	const struct tree *tree;
	const struct meaning *target;
	uint8_t *marks; /* by node */
	bool *meant;    /* by process: the target means it */
	bool *places;   /* by namespace: one of those is in it */
	bool has_marked;
};

static void marker_done(struct marker *marker)
{
	free(marker->marks);
	free(marker->meant);
	free(marker->places);
}
#define auto_marker __attribute__((cleanup(marker_done)))

static int marker_init(const struct tree *tree, struct marker *ret)
{
	ret->tree = tree;
	ret->marks = calloc(tree->count + 1, sizeof(*ret->marks));
	ret->meant = calloc(tree->snapshot->n_processes + 1, sizeof(*ret->meant));
	ret->places = calloc(tree->snapshot->n_spaces + 1, sizeof(*ret->places));
	return ret->marks && ret->meant && ret->places ? 0 : -ENOMEM;
}

static void mark_node(struct marker *marker, size_t position, uint8_t how)
{
	if (marker->marks[position] < how)
		marker->marks[position] = how;
	marker->has_marked = true;
}

static void mark_space(struct marker *marker)
{
	for (size_t i = 0; i < marker->tree->count; i++) {
		const struct node *node = &marker->tree->nodes[i];
		if (node->kind == NODE_NAMESPACE && node->index == marker->target->space)
			mark_node(marker, i, MARK_ALL_BELOW);
	}
}

/* Whether it is the target's control group, or below that. */
static bool is_group_meant(const struct marker *marker, const struct node *node)
{
	const struct meaning *target = marker->target;
	const struct cgroup_entry *group = &marker->tree->cgroups.items[node->index];
	const struct snapshot *snapshot = marker->tree->snapshot;
	uint32_t first = NONE;

	if (target->cgroup && cgrouptext_is_group_in(group->hierarchy, group->path, target->cgroup,
	                                             target->hierarchy))
		return true;
	if (node->container != NONE)
		first = snapshot->containers[node->container].first_process;
	return first != NONE && select_is_meant(snapshot, target, first);
}

static void mark_groups(struct marker *marker)
{
	for (size_t i = 0; i < marker->tree->count; i++) {
		const struct node *node = &marker->tree->nodes[i];
		if (node->kind == NODE_CGROUP && is_group_meant(marker, node))
			mark_node(marker, i, MARK_ALL_BELOW);
	}
}

/* Which processes the target means: of a namespace those in it. 0 or -ENOMEM. */
static int find_processes(struct marker *marker)
{
	const struct snapshot *snapshot = marker->tree->snapshot;
	const struct meaning *target = marker->target;
	auto_free uint32_t *members = NULL;
	size_t n = 0;

	memset(marker->meant, 0, snapshot->n_processes * sizeof(*marker->meant));
	if (target->kind != MEANS_SPACE) {
		for (uint32_t i = 0; i < snapshot->n_processes; i++)
			marker->meant[i] = select_is_meant(snapshot, target, i);
		return 0;
	}
	if (target->space == NONE)
		return 0;
	int r = select_members(snapshot, target->space, &members, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		marker->meant[members[i]] = true;
	return 0;
}

static void note_places(struct marker *marker, const struct placement *at)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (at->in[type] != NONE)
			marker->places[at->in[type]] = true;
	}
}

/* The namespaces that those processes, or threads of them, are in. */
static void mark_places(struct marker *marker)
{
	const struct snapshot *snapshot = marker->tree->snapshot;

	memset(marker->places, 0, snapshot->n_spaces * sizeof(*marker->places));
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		if (marker->meant[i])
			note_places(marker, &snapshot->processes[i].at);
	}
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		if (marker->meant[snapshot->threads[i].process])
			note_places(marker, &snapshot->threads[i].at);
	}
	for (size_t i = 0; i < marker->tree->count; i++) {
		const struct node *node = &marker->tree->nodes[i];
		if (node->kind == NODE_NAMESPACE && marker->places[node->index])
			mark_node(marker, i, MARK_ALONE);
	}
}

/* The session that the process leads, else the group. */
static void mark_led(struct marker *marker)
{
	const struct tree *tree = marker->tree;
	const uint32_t process = marker->target->process;
	size_t led = SIZE_MAX;

	for (size_t i = 0; i < tree->count; i++) {
		const struct node *node = &tree->nodes[i];
		if (node->kind == NODE_SESSION &&
		    tree->sessions.items[node->index].leader == process) {
			led = i;
			break;
		}
		if (node->kind == NODE_GROUP &&
		    tree->sessions.groups[node->index].leader == process)
			led = i;
	}
	if (led != SIZE_MAX)
		mark_node(marker, led, MARK_ALL_BELOW);
}

/* In control groups threads need not stand below their process. */
static bool is_task(const struct node *node)
{
	return node->kind == NODE_PROCESS || node->kind == NODE_THREAD;
}

static int mark_processes(struct marker *marker)
{
	int r = find_processes(marker);

	if (r < 0)
		return r;
	for (size_t i = 0; i < marker->tree->count; i++) {
		const struct node *node = &marker->tree->nodes[i];
		if (is_task(node) && marker->meant[node->process])
			mark_node(marker, i, MARK_ALL_BELOW);
	}
	if (marker->tree->view == TREE_USER)
		mark_places(marker);
	return 0;
}

static int mark_target(struct marker *marker, const struct meaning *target)
{
	marker->target = target;
	marker->has_marked = false;
	if (target->kind == MEANS_SPACE)
		mark_space(marker);
	else if (target->kind != MEANS_PROCESS)
		mark_groups(marker);
	else if (marker->tree->view == TREE_SESSION && target->process != NONE)
		mark_led(marker);
	return marker->has_marked ? 0 : mark_processes(marker);
}

/* From parents to children, then from children to parents. 0 or -ENOMEM. */
static int spread(struct marker *marker, bool up)
{
	const size_t n = marker->tree->count;
	auto_free uint32_t *order = malloc((n + 1) * sizeof(*order));
	auto_free uint32_t *parents = malloc((n + 1) * sizeof(*parents));
	auto_forest struct forest forest = { 0 };
	uint8_t *marks = marker->marks;

	if (!order || !parents)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		order[i] = i;
		parents[i] = marker->tree->nodes[i].parent;
	}
	int r = forest_build(order, n, parents, n, &forest);
	if (r < 0)
		return r;
	const struct forest_row *rows = forest.rows;
	for (size_t i = 0; i < forest.count; i++) {
		if (rows[i].parent != NONE && marks[rows[rows[i].parent].item] == MARK_ALL_BELOW)
			marks[rows[i].item] = MARK_ALL_BELOW;
	}
	for (size_t i = up ? forest.count : 0; i-- > 0;) {
		if (rows[i].parent != NONE && marks[rows[i].item] &&
		    !marks[rows[rows[i].parent].item])
			marks[rows[rows[i].parent].item] = MARK_ALONE;
	}
	return 0;
}

static int mark_targets(struct marker *marker, const struct meaning *targets, size_t n_targets,
                        bool up, size_t *ret_unmatched)
{
	size_t unmatched = n_targets;

	for (size_t i = 0; i < n_targets; i++) {
		int r = mark_target(marker, &targets[i]);
		if (r < 0)
			return r;
		if (!marker->has_marked && unmatched == n_targets)
			unmatched = i;
	}
	int r = spread(marker, up);
	if (r == 0)
		*ret_unmatched = unmatched;
	return r;
}

int layout_mark(const struct tree *tree, const struct meaning *targets, size_t n_targets, bool up,
                bool all, bool **ret_marks, size_t *ret_unmatched)
{
	auto_marker struct marker marker = { 0 };
	auto_free bool *marks = calloc(tree->count + 1, sizeof(*marks));
	int r = marks ? marker_init(tree, &marker) : -ENOMEM;

	if (r == 0 && n_targets > 0)
		r = mark_targets(&marker, targets, n_targets, up, ret_unmatched);
	if (r < 0)
		return r;
	for (size_t i = 0; i < tree->count; i++) {
		marks[i] = marker.marks[i] != MARK_NOT;
		if (n_targets == 0)
			marks[i] = all || tree->nodes[i].is_shown;
	}
	if (n_targets == 0)
		*ret_unmatched = 0;
	*ret_marks = take_pointer(&marks);
	return 0;
}
