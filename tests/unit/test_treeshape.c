/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of any shape and size, made of whatever a snapshot may hold: none is lost, none is drawn
 * twice; and what the views need. */
#include "tests/unit/drawn.h"

static const struct tree_options pid_view = { .view = TREE_PID };
static const struct tree_options process_view = { .view = TREE_PROCESS };

static void circles_of_parents_are_cut(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 1, 3, "a");
	made_process(&snapshot, 2, 1, "b");
	made_process(&snapshot, 3, 2, "c");
	made_process(&snapshot, 4, 2, "d");
	made_finish(&snapshot);
	check_view(&snapshot, &process_view, true,
	           "1\n"
	           " 2\n"
	           "  3\n"
	           "  4\n");
}

/* Two PID namespaces, each of whose inits the other one seems to have made. */
static void circles_of_namespaces_are_cut(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t one = made_space(&snapshot, NS_PID, INODE(1));
	uint32_t two = made_pid_space(&snapshot, 2, one);
	made_parent(&snapshot, one, two);
	MADE_TASK(&snapshot, one, 6, 5, 1);
	MADE_TASK(&snapshot, two, 5, 6, 1);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, false,
	           "[1]\n"
	           " 5\n"
	           "  [2]\n"
	           "   6\n");
}

enum { DEEP = 10000, WIDE = 25000 };

/* Time and stack that are not linear would show here. */
static void huge_trees_are_built_in_no_time(void **state)
{
	(void)state;
	for (int shape = 0; shape < 4; shape++) {
		const uint32_t n = shape % 2 ? WIDE : DEEP;
		const struct tree_options options = { .view = shape < 2 ? TREE_PID : TREE_PROCESS };
		auto_snapshot struct snapshot snapshot;
		auto_tree struct tree tree = { 0 };
		auto_layout struct layout layout = { 0 };
		auto_free bool *marks = NULL;
		size_t unmatched;

		snapshot_init(&snapshot);
		uint32_t space = made_pid_space(&snapshot, 1, NONE);
		for (pid_t pid = 1; pid <= (pid_t)n; pid++)
			/* The link of none but the last is readable. */
			MADE_TASK(&snapshot, pid == (pid_t)n ? space : NONE,
			          shape % 2 && pid > 1 ? 1 : pid - 1, pid, 7);
		made_finish(&snapshot);
		assert_int_equal(tree_build(&snapshot, &options, &tree), 0);
		assert_int_equal(layout_mark(&tree, NULL, 0, true, true, &marks, &unmatched), 0);
		assert_int_equal(layout_rows(&tree, marks, SIZE_MAX, true, &layout), 0);
		assert_int_equal(tree.count, n + (shape < 2));
		assert_true(shape % 2 ? layout.count < 5 : layout.count == tree.count);
	}
}

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 33) % limit;
}

static uint32_t one_of(uint64_t *seed, size_t n)
{
	return n == 0 || random_below(seed, 4) == 0 ? NONE : random_below(seed, (uint32_t)n);
}

/* Anything that a host in motion, or a damaged file, may give. */
static void make_random(struct snapshot *snapshot, uint64_t *seed)
{
	const uint32_t n_spaces = random_below(seed, 8), n_processes = random_below(seed, 40);

	snapshot_init(snapshot);
	uint32_t container = made_container(snapshot, "web", NULL);
	for (unsigned i = 0; i < n_spaces; i++)
		made_space(snapshot, random_below(seed, 5) ? NS_PID : NS_NET, INODE(i));
	for (uint32_t i = 0; i < n_spaces; i++) {
		uint32_t parent = one_of(seed, n_spaces);
		snapshot->spaces[i].parent_state = random_below(seed, RELATION_N_STATES);
		snapshot->spaces[i].parent = parent;
		if (parent == NONE && snapshot->spaces[i].parent_state == RELATION_KNOWN)
			snapshot->spaces[i].parent_state = RELATION_UNREAD;
		snapshot->spaces[i].is_initial = random_below(seed, 10) == 0;
	}
	for (pid_t pid = 1; pid <= (pid_t)n_processes; pid++) {
		const pid_t parent = (pid_t)random_below(seed, n_processes + 3) - 1;
		pid_t numbers[5] = { pid };
		for (uint32_t i = 1; i < 1 + random_below(seed, 4); i++)
			numbers[i] = 1 + (pid_t)random_below(seed, 3);
		uint32_t process = made_task(snapshot, one_of(seed, n_spaces), parent, numbers);
		struct process *made = &snapshot->processes[process];
		made->at.children[CHILDREN_PID] =
			random_below(seed, 8) ? NONE : one_of(seed, n_spaces);
		made->state = "SZX"[random_below(seed, 3)];
		if (random_below(seed, 6) == 0)
			made->numbers = NULL;
		if (random_below(seed, 3) == 0)
			made->container = container;
		if (n_spaces > 0 && random_below(seed, 5) == 0)
			made_thread(snapshot, process, 1000 + pid, random_below(seed, n_spaces));
	}
	made_finish(snapshot);
}

/* Each process once, and what is shown is shown up to its root. */
static void check_nodes(const struct tree *tree)
{
	auto_free uint32_t *seen = calloc(tree->snapshot->n_processes + 1, sizeof(*seen));

	assert_non_null(seen);
	for (size_t i = 0; i < tree->count; i++) {
		const struct node *node = &tree->nodes[i];
		assert_true(node->parent == NONE || node->parent < tree->count);
		if (node->kind == NODE_PROCESS)
			seen[node->process]++;
		if (node->is_shown && node->parent != NONE)
			assert_true(tree->nodes[node->parent].is_shown);
	}
	for (size_t i = 0; i < tree->snapshot->n_processes; i++)
		assert_int_equal(seen[i], 1);
}

/* Each marked node in one row, parents before children, each with all below it. */
static void check_layout(const struct tree *tree, const bool *marks)
{
	auto_layout struct layout layout = { 0 };
	auto_free uint32_t *seen = calloc(tree->count + 1, sizeof(*seen));
	size_t n_left = 0, n_marked = 0;

	assert_non_null(seen);
	assert_int_equal(layout_rows(tree, marks, SIZE_MAX, false, &layout), 0);
	for (uint32_t i = 0; i < layout.count; i++) {
		const struct layout_row *row = &layout.rows[i];
		seen[row->node]++;
		n_left += row->n_left;
		if (row->parent == NONE) {
			assert_int_equal(row->depth, 0);
			continue;
		}
		assert_true(row->parent < i);
		assert_int_equal(row->depth, layout.rows[row->parent].depth + 1);
		assert_true(layout.rows[i - 1].depth + 1 >= row->depth);
		assert_int_equal(layout.rows[row->parent].node, tree->nodes[row->node].parent);
	}
	for (size_t i = 0; i < tree->count; i++) {
		assert_int_equal(seen[i], marks[i]);
		n_marked += marks[i];
	}
	assert_int_equal(layout.count, n_marked);
	assert_true(n_left <= tree->count - n_marked);
}

/* Folding and depth lose none either: what is not drawn is counted. */
static void check_sums(const struct tree *tree, const bool *marks, size_t depth)
{
	auto_layout struct layout layout = { 0 };
	auto_layout struct layout whole = { 0 };
	size_t n_folded = 0, n_whole = 0;

	assert_int_equal(layout_rows(tree, marks, depth, true, &layout), 0);
	assert_int_equal(layout_rows(tree, marks, SIZE_MAX, false, &whole), 0);
	for (size_t i = 0; i < layout.count; i++) {
		n_folded += layout.rows[i].n_same + layout.rows[i].n_left;
		assert_true(layout.rows[i].depth <= depth);
		assert_true(layout.rows[i].parent == NONE || layout.rows[i].parent < i);
	}
	for (size_t i = 0; i < whole.count; i++)
		n_whole += whole.rows[i].n_same + whole.rows[i].n_left;
	assert_int_equal(n_folded, n_whole);
}

static void check_random(const struct snapshot *snapshot, enum tree_view view, uint64_t *seed)
{
	const struct tree_options options = { .view = view, .threads = random_below(seed, 2) };
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	size_t unmatched;

	assert_int_equal(tree_build(snapshot, &options, &tree), 0);
	check_nodes(&tree);
	assert_int_equal(
		layout_mark(&tree, NULL, 0, true, random_below(seed, 2), &marks, &unmatched), 0);
	check_layout(&tree, marks);
	check_sums(&tree, marks, random_below(seed, 5));
	for (size_t i = 0; i < tree.count; i++)
		marks[i] = random_below(seed, 2);
	check_layout(&tree, marks);
	check_sums(&tree, marks, random_below(seed, 5));
}

static void nothing_is_lost_of_whatever_there_is(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		auto_snapshot struct snapshot snapshot;

		make_random(&snapshot, &seed);
		check_random(&snapshot, TREE_PID, &seed);
		check_random(&snapshot, TREE_PROCESS, &seed);
	}
}

static void views_say_what_they_need(void **state)
{
	(void)state;
	for (enum tree_view view = 0; view < TREE_N_VIEWS; view++) {
		const struct tree_options options = { .view = view };
		struct needs needs = tree_needs(&options);
		assert_true(needs.sources & SOURCE_PROCESS);
		assert_false(needs.cgroups);
	}
	const struct tree_options all = { .view = TREE_PID, .all = true };
	const struct tree_options groups = { .view = TREE_CGROUP, .all = true };
	const struct tree_options details = { .view = TREE_USER, .details = true };
	/* Of each process two links and status, and nothing else. */
	assert_int_equal(tree_needs(&all).process, PROCESS_NUMBERS | PROCESS_PARENT);
	assert_int_equal(tree_needs(&all).types, NS_BIT(NS_PID));
	assert_true(tree_needs(&groups).cgroups);
	assert_int_equal(tree_needs(&details).types, NS_ALL_BITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(circles_of_parents_are_cut),
		cmocka_unit_test(circles_of_namespaces_are_cut),
		cmocka_unit_test(huge_trees_are_built_in_no_time),
		cmocka_unit_test(nothing_is_lost_of_whatever_there_is),
		cmocka_unit_test(views_say_what_they_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
