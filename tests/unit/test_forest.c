/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forests of any shape, and how namespaces are arranged in them. */
#include "tests/unit/made.h"

#include "model/arrange.h"
#include "model/forest.h"

/* What every forest promises: parents come before children, and below a row lies all of its tree. */
static void check_shape(const struct forest *forest)
{
	for (uint32_t i = 0; i < forest->count; i++) {
		const struct forest_row *row = &forest->rows[i];
		if (row->parent == NONE) {
			assert_int_equal(row->depth, 0);
			continue;
		}
		assert_true(row->parent < i);
		assert_int_equal(row->depth, forest->rows[row->parent].depth + 1);
		assert_true(forest->rows[i - 1].depth + 1 >= row->depth);
	}
}

static void siblings_keep_their_order(void **state)
{
	/*        0  1     2  3  4  5 */
	static const uint32_t parents[] = { 3, 3, NONE, 2, 0, 2 };
	static const uint32_t order[] = { 5, 4, 3, 2, 1, 0 };
	static const struct forest_row expected[] = {
		{ 2, NONE, 0 }, { 5, 0, 1 }, { 3, 0, 1 }, { 1, 2, 2 }, { 0, 2, 2 }, { 4, 4, 3 },
	};
	auto_forest struct forest forest = { 0 };

	(void)state;
	assert_int_equal(forest_build(order, 6, parents, 6, &forest), 0);
	assert_int_equal(forest.count, 6);
	check_shape(&forest);
	assert_memory_equal(forest.rows, expected, sizeof(expected));
}

static void a_parent_that_is_not_shown_leaves_a_root(void **state)
{
	static const uint32_t parents[] = { NONE, 0, 1, 77 };
	static const uint32_t order[] = { 2, 3, 0 };
	auto_forest struct forest forest = { 0 };

	(void)state;
	assert_int_equal(forest_build(order, 3, parents, 4, &forest), 0);
	assert_int_equal(forest.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(forest.rows[i].item, order[i]);
		assert_int_equal(forest.rows[i].parent, NONE);
	}
}

static void circles_are_broken_at_the_first_shown(void **state)
{
	/* 0 and 1 in a circle with 2; 3 its own parent; 4 hangs on the circle. */
	static const uint32_t parents[] = { 1, 2, 0, 3, 2 };
	static const uint32_t order[] = { 4, 1, 0, 2, 3 };
	static const struct forest_row expected[] = {
		{ 1, NONE, 0 }, { 0, 0, 1 }, { 2, 1, 2 }, { 4, 2, 3 }, { 3, NONE, 0 },
	};
	auto_forest struct forest forest = { 0 };

	(void)state;
	assert_int_equal(forest_build(order, 5, parents, 5, &forest), 0);
	assert_int_equal(forest.count, 5);
	check_shape(&forest);
	assert_memory_equal(forest.rows, expected, sizeof(expected));
}

static void nothing_is_a_forest_too(void **state)
{
	auto_forest struct forest forest = { 0 };

	(void)state;
	assert_int_equal(forest_build(NULL, 0, NULL, 0, &forest), 0);
	assert_int_equal(forest.count, 0);
}

enum { MANY = 100000 };

/* The shapes that a quadratic step or recursion could not stand. */
static void huge_shapes_are_built_in_no_time(void **state)
{
	auto_free uint32_t *order = calloc(MANY, sizeof(*order));
	auto_free uint32_t *parents = calloc(MANY, sizeof(*parents));

	(void)state;
	assert_true(order && parents);
	for (int shape = 0; shape < 4; shape++) {
		for (uint32_t i = 0; i < MANY; i++) {
			order[i] = i;
			if (shape == 0) /* a chain, the root first */
				parents[i] = i == 0 ? NONE : i - 1;
			else if (shape == 1) /* a chain, the root last */
				parents[i] = i + 1 == MANY ? NONE : i + 1;
			else if (shape == 2) /* one circle */
				parents[i] = (i + 1) % MANY;
			else /* a star */
				parents[i] = i == 0 ? NONE : 0;
		}
		auto_forest struct forest forest = { 0 };
		assert_int_equal(forest_build(order, MANY, parents, MANY, &forest), 0);
		assert_int_equal(forest.count, MANY);
		check_shape(&forest);
		assert_int_equal(forest.rows[MANY - 1].depth, shape == 3 ? 1 : MANY - 1);
	}
}

/* What an arrangement draws: the inode and the depth of each line. */
static void check_arrangement(const struct snapshot *snapshot, const bool *marks,
                              enum arrangement arrangement, const uint64_t (*expected)[2], size_t n)
{
	auto_forest struct forest forest = { 0 };

	assert_int_equal(arrange_spaces(snapshot, marks, arrangement, &forest), 0);
	assert_int_equal(forest.count, n);
	check_shape(&forest);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(snapshot->spaces[forest.rows[i].item].inode, expected[i][0]);
		assert_int_equal(forest.rows[i].depth, expected[i][1]);
	}
}

/* Two user namespaces, one in the other; each has a net; found in no order. */
static void make_family(struct snapshot *snapshot)
{
	uint32_t net = made_space(snapshot, NS_NET, INODE(9));
	uint32_t user = made_space(snapshot, NS_USER, INODE(3));
	uint32_t inner = made_space(snapshot, NS_USER, INODE(7));
	uint32_t inner_net = made_space(snapshot, NS_NET, INODE(5));

	made_owner(snapshot, net, user);
	made_owner(snapshot, inner_net, inner);
	made_parent(snapshot, inner, user);
	made_owner(snapshot, inner, user);
	snapshot->spaces[user].parent_state = RELATION_HIDDEN;
	snapshot->spaces[user].owner_state = RELATION_HIDDEN;
}

static void relations_nest_what_is_marked(void **state)
{
	auto_snapshot struct snapshot snapshot;
	bool marks[] = { true, true, true, true };
	static const uint64_t list[][2] = {
		{ INODE(3), 0 }, { INODE(5), 0 }, { INODE(7), 0 }, { INODE(9), 0 }
	};
	static const uint64_t owner[][2] = {
		{ INODE(3), 0 }, { INODE(7), 1 }, { INODE(5), 2 }, { INODE(9), 1 }
	};
	static const uint64_t parent[][2] = {
		{ INODE(3), 0 }, { INODE(7), 1 }, { INODE(5), 0 }, { INODE(9), 0 }
	};
	static const uint64_t less[][2] = { { INODE(5), 0 }, { INODE(7), 0 } };

	(void)state;
	snapshot_init(&snapshot);
	make_family(&snapshot);
	made_finish(&snapshot);
	check_arrangement(&snapshot, marks, ARRANGE_LIST, list, 4);
	check_arrangement(&snapshot, marks, ARRANGE_OWNER, owner, 4);
	check_arrangement(&snapshot, marks, ARRANGE_PARENT, parent, 4);
	marks[0] = marks[1] = false;
	check_arrangement(&snapshot, marks, ARRANGE_PARENT, less, 2);
}

static void ancestors_are_marked_within_the_types(void **state)
{
	auto_snapshot struct snapshot snapshot;
	bool marks[] = { false, false, false, true };
	static const uint64_t owner[][2] = { { INODE(3), 0 }, { INODE(7), 1 }, { INODE(5), 2 } };
	static const uint64_t alone[][2] = { { INODE(5), 0 } };

	(void)state;
	snapshot_init(&snapshot);
	make_family(&snapshot);
	made_finish(&snapshot);
	arrange_mark_ancestors(&snapshot, ARRANGE_OWNER, NS_BIT(NS_NET), marks);
	arrange_mark_ancestors(&snapshot, ARRANGE_PARENT, NS_ALL_BITS, marks);
	arrange_mark_ancestors(&snapshot, ARRANGE_LIST, NS_ALL_BITS, marks);
	check_arrangement(&snapshot, marks, ARRANGE_OWNER, alone, 1);
	arrange_mark_ancestors(&snapshot, ARRANGE_OWNER, NS_ALL_BITS, marks);
	check_arrangement(&snapshot, marks, ARRANGE_OWNER, owner, 3);
}

/* No kernel says so, but a file may. */
static void a_circle_of_owners_ends(void **state)
{
	auto_snapshot struct snapshot snapshot;
	bool marks[] = { false, false, false, true };

	(void)state;
	snapshot_init(&snapshot);
	make_family(&snapshot);
	made_owner(&snapshot, 1, 2);
	arrange_mark_ancestors(&snapshot, ARRANGE_OWNER, NS_ALL_BITS, marks);
	assert_true(marks[1] && marks[2]);
	assert_false(marks[0]);
}

/*
 * The rule of lsns: a line hangs on the last line before it that the parent process leads. Process
 * 30 leads a line below inode 2, and its parent 20 leads 1 and 4: when 2 is drawn only 1 is there.
 */
static void processes_nest_as_lsns_draws_them(void **state)
{
	auto_snapshot struct snapshot snapshot;
	bool marks[] = { true, true, true, true, true, true };
	static const uint64_t all[][2] = { { INODE(1), 0 }, { INODE(2), 1 }, { INODE(3), 0 },
		                           { INODE(4), 0 }, { INODE(5), 1 }, { INODE(6), 0 } };
	static const uint64_t less[][2] = {
		{ INODE(2), 0 }, { INODE(3), 0 }, { INODE(4), 0 }, { INODE(5), 1 }, { INODE(6), 0 }
	};

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t inner = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t early = made_space(&snapshot, NS_USER, INODE(3));
	uint32_t uts = made_space(&snapshot, NS_UTS, INODE(4));
	uint32_t inner_uts = made_space(&snapshot, NS_UTS, INODE(5));
	made_space(&snapshot, NS_NET, INODE(6));
	uint32_t parent = made_member(&snapshot, 20, 1, "parent", net);
	uint32_t child = made_member(&snapshot, 30, 20, "child", inner);
	made_member(&snapshot, 40, 99, "stranger", early);
	snapshot.processes[parent].at.in[NS_UTS] = uts;
	snapshot.processes[child].at.in[NS_UTS] = inner_uts;
	made_finish(&snapshot);
	check_arrangement(&snapshot, marks, ARRANGE_PROCESS, all, 6);
	marks[0] = false;
	check_arrangement(&snapshot, marks, ARRANGE_PROCESS, less, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siblings_keep_their_order),
		cmocka_unit_test(a_parent_that_is_not_shown_leaves_a_root),
		cmocka_unit_test(circles_are_broken_at_the_first_shown),
		cmocka_unit_test(nothing_is_a_forest_too),
		cmocka_unit_test(huge_shapes_are_built_in_no_time),
		cmocka_unit_test(relations_nest_what_is_marked),
		cmocka_unit_test(ancestors_are_marked_within_the_types),
		cmocka_unit_test(a_circle_of_owners_ends),
		cmocka_unit_test(processes_nest_as_lsns_draws_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
