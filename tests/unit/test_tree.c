/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of PID namespaces and of processes: who stands below whom, and what is said of it. */
#include "tests/unit/drawn.h"

#include "model/pidplace.h"

static const struct tree_options pid_view = { .view = TREE_PID };
static const struct tree_options process_view = { .view = TREE_PROCESS };

/* Three PID namespaces deep, and a shell that was put into the second. */
static void make_nested(struct snapshot *snapshot, uint32_t spaces[3])
{
	snapshot_init(snapshot);
	spaces[0] = made_pid_space(snapshot, 1, NONE);
	spaces[1] = made_pid_space(snapshot, 2, spaces[0]);
	spaces[2] = made_pid_space(snapshot, 3, spaces[1]);
	MADE_TASK(snapshot, spaces[0], 0, 1);
	MADE_TASK(snapshot, spaces[0], 1, 10);
	MADE_TASK(snapshot, spaces[1], 10, 20, 1);
	MADE_TASK(snapshot, spaces[1], 20, 21, 2);
	MADE_TASK(snapshot, spaces[1], 20, 22, 3);
	MADE_TASK(snapshot, spaces[2], 22, 30, 4, 1);
	MADE_TASK(snapshot, spaces[2], 30, 31, 5, 2);
	MADE_TASK(snapshot, spaces[1], 10, 40, 9);
	MADE_TASK(snapshot, spaces[1], 40, 41, 10);
	MADE_TASK(snapshot, spaces[0], 1, 50);
}

static const char nested[] = "[1]\n"
			     " 1\n"
			     "  10\n"
			     "   [2]\n"
			     "    20\n"
			     "     21\n"
			     "     22\n"
			     "      [3]\n"
			     "       30\n"
			     "        31\n"
			     "    40 E\n"
			     "     41\n"
			     "  50\n";

static void namespaces_hang_below_who_made_them(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t spaces[3];

	(void)state;
	make_nested(&snapshot, spaces);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true, nested);
	/* Without relations (a recorded /proc has none) the numbers tell the same. */
	for (size_t i = 0; i < 3; i++)
		snapshot.spaces[spaces[i]].parent_state = RELATION_UNREAD;
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true, nested);
	/* From another PID namespace than that of the /proc no parent is told. */
	for (size_t i = 0; i < 3; i++)
		snapshot.spaces[spaces[i]].parent_state = RELATION_HIDDEN;
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true, nested);
}

static void plain_processes_are_counted_only(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t spaces[3];

	(void)state;
	make_nested(&snapshot, spaces);
	MADE_TASK(&snapshot, spaces[0], 50, 51);
	uint32_t unshared = MADE_TASK(&snapshot, spaces[0], 51, 60);
	snapshot.processes[unshared].at.children[CHILDREN_PID] = spaces[2];
	MADE_TASK(&snapshot, spaces[0], 60, 61);
	MADE_TASK(&snapshot, spaces[0], 10, 62);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, false,
	           "[1] (2)\n"
	           " 1\n"
	           "  10\n"
	           "   [2]\n"
	           "    20\n"
	           "     21\n"
	           "     22\n"
	           "      [3]\n"
	           "       30\n"
	           "        31\n"
	           "    40 E\n"
	           "     41\n"
	           "  50\n"
	           "   51\n"
	           "    60\n");
}

/* A namespace stands among siblings where its init would, whatever came into it before. */
static void siblings_are_in_the_order_of_numbers(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t inner = made_pid_space(&snapshot, 2, space);
	MADE_TASK(&snapshot, space, 0, 1);
	MADE_TASK(&snapshot, inner, 1, 3, 7);
	MADE_TASK(&snapshot, space, 1, 5);
	MADE_TASK(&snapshot, inner, 1, 8, 1);
	MADE_TASK(&snapshot, space, 1, 9);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "  5\n"
	           "  [2]\n"
	           "   3 E\n"
	           "   8\n"
	           "  9\n");
}

/* The numbers of a process that went may be those of one that came while the scan ran. */
static void nobody_makes_the_namespace_that_he_is_in(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t inner = made_space(&snapshot, NS_PID, INODE(2));
	MADE_TASK(&snapshot, space, 0, 1);
	MADE_TASK(&snapshot, inner, 6, 5, 1);
	MADE_TASK(&snapshot, inner, 1, 6, 2);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "[2]\n"
	           " 6 E\n"
	           "  5\n");
}

static void the_maker_must_be_in_the_namespace_above(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t spaces[3];

	(void)state;
	make_nested(&snapshot, spaces);
	/* The init of the third was adopted, as it seems, by a process of the first. */
	snapshot.processes[snapshot_find_pid(&snapshot, 30)].parent = 10;
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "  10\n"
	           "   [2]\n"
	           "    20\n"
	           "     21\n"
	           "     22\n"
	           "    [3]\n"
	           "     30\n"
	           "      31\n"
	           "    40 E\n"
	           "     41\n"
	           "  50\n");
}

static void a_namespace_dies_with_its_init(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t spaces[3];

	(void)state;
	make_nested(&snapshot, spaces);
	struct process *init = &snapshot.processes[snapshot_find_pid(&snapshot, 30)];
	init->state = 'Z';
	made_finish(&snapshot);
	uint32_t nobody_in = made_pid_space(&snapshot, 4, spaces[0]);
	uint32_t held_by = snapshot_find_pid(&snapshot, 50);
	snapshot.processes[held_by].at.children[CHILDREN_PID] = nobody_in;
	snapshot.processes[snapshot_find_pid(&snapshot, 20)].numbers = NULL;
	made_finish(&snapshot);
	/* Process 20 may be the init of [2], or not: its numbers were not read. */
	check_view(&snapshot, &pid_view, false,
	           "[1] (1)\n"
	           " 1\n"
	           "  50\n"
	           " [2] D?\n"
	           "  20 E?\n"
	           "   21\n"
	           "   22\n"
	           "    [3] D\n"
	           "     30\n"
	           "      31\n"
	           "  40 E\n"
	           "   41\n"
	           " [4] D\n");
	/* Other threads of it live on. */
	init->n_threads = 2;
	made_finish(&snapshot);
	auto_pidplaces struct pidplaces places = { 0 };
	assert_int_equal(pidplaces_find(&snapshot, &places), 0);
	assert_int_equal(pidplaces_is_dead(&places, spaces[2]), ANSWER_NO);
	/* Or wait for others to be reaped, as it does itself where it is the last. */
	init->is_ending = true;
	assert_int_equal(pidplaces_is_dead(&places, spaces[2]), ANSWER_YES);
	init->state = 'S';
	assert_int_equal(pidplaces_is_dead(&places, spaces[2]), ANSWER_YES);
	init->is_ending = false;
	assert_int_equal(pidplaces_is_dead(&places, spaces[2]), ANSWER_NO);
	assert_int_equal(pidplaces_is_dead(&places, nobody_in), ANSWER_YES);
	init->state = '\0';
	assert_int_equal(pidplaces_is_dead(&places, spaces[2]), ANSWER_UNKNOWN);
	/* Where processes may be hidden, an init may be. */
	snapshot_add_gap(&snapshot, GAP_HIDEPID, 1, 0);
	assert_int_equal(pidplaces_is_dead(&places, nobody_in), ANSWER_UNKNOWN);
	snapshot.gaps[GAP_HIDEPID].count = 0;
	places.is_blind_anywhere = true;
	assert_int_equal(pidplaces_is_dead(&places, nobody_in), ANSWER_UNKNOWN);
}

static void an_init_that_lives_is_taken_before_a_dead_one(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t inner = made_pid_space(&snapshot, 2, space);
	MADE_TASK(&snapshot, space, 0, 1);
	uint32_t dead = MADE_TASK(&snapshot, inner, 1, 5, 1);
	MADE_TASK(&snapshot, inner, 1, 6, 1);
	snapshot.processes[dead].state = 'X';
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "  [2]\n"
	           "   5\n"
	           "   6\n");
}

static void a_namespace_that_no_process_is_in_has_none(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	uint32_t outer = made_pid_space(&snapshot, 1, NONE);
	uint32_t empty = made_pid_space(&snapshot, 2, outer);
	uint32_t below = made_pid_space(&snapshot, 3, empty);
	uint32_t unheld = made_pid_space(&snapshot, 4, outer);
	uint32_t listed = made_pid_space(&snapshot, 5, outer);
	MADE_TASK(&snapshot, NONE, 0, 1);
	MADE_TASK(&snapshot, outer, 1, 11);
	made_mount(&snapshot, below, "/run/below", NONE);
	snapshot.spaces[listed].only_kernel_knows = true;
	made_finish(&snapshot);
	assert_int_equal(snapshot.spaces[unheld].held, 0);
	/* The one above one that is drawn is, too. */
	check_view(&snapshot, &pid_view, false,
	           "[1] (2)\n"
	           " [2] D\n"
	           "  [3] D\n"
	           " [5] D\n");
	assert_int_equal(tree_build(&snapshot, &pid_view, &tree), 0);
	for (size_t i = 0; i < tree.count; i++) {
		const struct node *node = &tree.nodes[i];
		assert_int_equal(node->process == NONE,
		                 node->kind == NODE_NAMESPACE && node->index != outer);
	}
}

static void what_nobody_is_in_hangs_below_who_set_it_aside(void **state)
{
	static const struct tree_options threads = { .view = TREE_PID, .threads = true };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t by_process = made_space(&snapshot, NS_PID, INODE(9));
	uint32_t by_thread = made_space(&snapshot, NS_PID, INODE(8));
	uint32_t pinned = made_space(&snapshot, NS_PID, INODE(7));
	made_space(&snapshot, NS_PID, INODE(6));
	uint32_t net = made_space(&snapshot, NS_NET, INODE(5));
	uint32_t init = MADE_TASK(&snapshot, space, 0, 1);
	uint32_t setter = MADE_TASK(&snapshot, space, 1, 5);
	made_thread(&snapshot, init, 2, net);
	made_thread(&snapshot, setter, 6, net);
	made_thread(&snapshot, setter, 7, net);
	snapshot.processes[setter].at.children[CHILDREN_PID] = by_process;
	snapshot.threads[2].at.children[CHILDREN_PID] = by_thread;
	made_mount(&snapshot, pinned, "/x", NONE);
	made_finish(&snapshot);
	/* Nothing tells whether anybody could be seen in [7]; nothing holds [6]. */
	check_view(&snapshot, &pid_view, false,
	           "[1]\n"
	           " 1\n"
	           "  5\n"
	           "   [8] D\n"
	           "   [9] D\n"
	           "[7] D?\n");
	check_view(&snapshot, &threads, false,
	           "[1]\n"
	           " 1\n"
	           "  5\n"
	           "   {7}\n"
	           "    [8] D\n"
	           "   [9] D\n"
	           "[7] D?\n");
	/* A scan that did not look for mounts has not found it. */
	assert_int_equal(snapshot_restrict(&snapshot, SOURCE_PROCESS), 0);
	check_view(&snapshot, &threads, true,
	           "[1]\n"
	           " 1\n"
	           "  5\n");
}

static void who_is_only_a_parent_is_there_all_the_same(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t top = made_pid_space(&snapshot, 1, NONE);
	uint32_t middle = made_pid_space(&snapshot, 2, top);
	uint32_t bottom = made_pid_space(&snapshot, 3, middle);
	MADE_TASK(&snapshot, top, 0, 1);
	MADE_TASK(&snapshot, bottom, 1, 5, 4, 3);
	made_finish(&snapshot);
	assert_int_equal(snapshot_restrict(&snapshot, SOURCE_PROCESS | SOURCE_THREAD), 0);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           " [2] D\n"
	           "  [3] D\n"
	           "   5 E\n");
}

/* As user nobody sees it: the links of others are refused, their numbers are not. */
static void numbers_tell_where_links_do_not(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	MADE_TASK(&snapshot, NONE, 0, 1);
	MADE_TASK(&snapshot, NONE, 1, 10);
	MADE_TASK(&snapshot, NONE, 10, 20, 1);
	MADE_TASK(&snapshot, NONE, 20, 21, 2);
	MADE_TASK(&snapshot, NONE, 10, 22, 3);
	MADE_TASK(&snapshot, space, 1, 30);
	/* Of this one not even status: it is somewhere in that /proc. */
	made_process(&snapshot, 40, 0, NULL);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1 U\n"
	           "  10 U\n"
	           "   20 U\n"
	           "    21 E? U\n"
	           "   22 E? U\n"
	           "  30\n"
	           " 40 E? U\n");
	check_view(&snapshot, &pid_view, false,
	           "[1] (2)\n"
	           " 1 U\n"
	           "  10 U\n"
	           "   20 U\n"
	           "    21 E? U\n"
	           "   22 E? U\n");
	/* No namespace is known at all: nothing counts them, so they are drawn. */
	snapshot.processes[snapshot_find_pid(&snapshot, 30)].at.in[NS_PID] = NONE;
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, false,
	           "1 U\n"
	           " 10 E? U\n"
	           "  20 U\n"
	           "   21 E? U\n"
	           "  22 E? U\n"
	           " 30 E? U\n"
	           "40 E? U\n");
}

/* A child is where its parent is, that where its own is, and so on, whatever their order. */
static void numbers_tell_through_many_parents(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t inner = made_pid_space(&snapshot, 2, space);
	MADE_TASK(&snapshot, space, 0, 1);
	MADE_TASK(&snapshot, NONE, 12, 11, 4);
	MADE_TASK(&snapshot, NONE, 13, 12, 3);
	MADE_TASK(&snapshot, inner, 1, 13, 1);
	/* In a circle, below it, and each its own parent. */
	MADE_TASK(&snapshot, NONE, 21, 20, 5);
	MADE_TASK(&snapshot, NONE, 20, 21, 6);
	MADE_TASK(&snapshot, NONE, 21, 22, 7);
	MADE_TASK(&snapshot, NONE, 23, 23, 8);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "  [2]\n"
	           "   13\n"
	           "    12 U\n"
	           "     11 U\n"
	           " 20 E? U\n"
	           "  21 E? U\n"
	           "   22 E? U\n"
	           " 23 E? U\n");
}

static void nobody_is_lost(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_pid_space(&snapshot, 1, NONE);
	uint32_t inner = made_pid_space(&snapshot, 2, space);
	MADE_TASK(&snapshot, space, 0, 1);
	MADE_TASK(&snapshot, space, 0, 2);
	/* The parent has gone meanwhile, or is nonsense; the process has its own number. */
	MADE_TASK(&snapshot, space, 999, 5);
	MADE_TASK(&snapshot, space, -1, 6);
	MADE_TASK(&snapshot, inner, 998, 7, 1);
	MADE_TASK(&snapshot, inner, 997, 8, 2);
	MADE_TASK(&snapshot, space, 9, 9);
	/* In a circle, with somebody below. */
	MADE_TASK(&snapshot, space, 12, 11);
	MADE_TASK(&snapshot, space, 11, 12);
	MADE_TASK(&snapshot, space, 12, 13);
	made_finish(&snapshot);
	/* In a PID namespace that is not the initial one, who has no parent came from outside. */
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           " 2 E\n"
	           " 5 E?\n"
	           " 6 E\n"
	           " [2]\n"
	           "  7\n"
	           "  8 E?\n"
	           " 9 E?\n"
	           " 11 E?\n"
	           "  12\n"
	           "   13\n");
	check_view(&snapshot, &pid_view, false,
	           "[1] (6)\n"
	           " 2 E\n"
	           " 6 E\n"
	           " [2]\n"
	           "  7\n"
	           "  8 E?\n");
	/* In the initial one nothing is outside: kthreadd has no parent either. */
	snapshot.spaces[space].is_initial = true;
	check_view(&snapshot, &pid_view, false,
	           "[1] (8)\n"
	           " [2]\n"
	           "  7\n"
	           "  8 E?\n");
}

static void put_in(struct snapshot *snapshot, pid_t pid, uint32_t container)
{
	struct process *process = &snapshot->processes[snapshot_find_pid(snapshot, pid)];

	process->container = container;
	process->known |= PROCESS_CGROUP;
}

/* One container in the third namespace of the first, and one without a PID namespace of its own. */
static void make_contained(struct snapshot *snapshot)
{
	uint32_t spaces[3];

	make_nested(snapshot, spaces);
	uint32_t web = made_container(snapshot, "web", NULL);
	uint32_t other = made_container(snapshot, "other", NULL);
	for (pid_t pid = 20; pid < 41; pid++) {
		if (snapshot_find_pid(snapshot, pid) != NONE)
			put_in(snapshot, pid, web);
	}
	put_in(snapshot, 41, NONE);
	put_in(snapshot, 50, other);
	MADE_TASK(snapshot, spaces[0], 50, 51);
	put_in(snapshot, 51, other);
	MADE_TASK(snapshot, spaces[0], 1, 60);
	made_finish(snapshot);
}

static void containers_are_named_where_they_begin(void **state)
{
	static const struct tree_options all = { .view = TREE_PID, .all = true };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_contained(&snapshot);
	check_view(&snapshot, &pid_view, false,
	           "[1] (1)\n"
	           " 1\n"
	           "  10\n"
	           "   [2] @0\n"
	           "    20\n"
	           "     21\n"
	           "     22\n"
	           "      [3]\n"
	           "       30\n"
	           "        31\n"
	           "    40 E\n"
	           "     41\n"
	           "  50 @1\n"
	           "   51\n");
	/* With --all a scan looks for containers of namespaces alone. */
	check_view(&snapshot, &all, true,
	           "[1]\n"
	           " 1\n"
	           "  10\n"
	           "   [2] @0\n"
	           "    20\n"
	           "     21\n"
	           "     22\n"
	           "      [3]\n"
	           "       30\n"
	           "        31\n"
	           "    40 E\n"
	           "     41\n"
	           "  50\n"
	           "   51\n"
	           "  60\n");
}

static void within_a_container_all_is_in_it(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_contained(&snapshot);
	uint32_t web = snapshot.processes[snapshot_find_pid(&snapshot, 20)].container;
	for (uint32_t i = 0; i < snapshot.n_processes; i++)
		put_in(&snapshot, snapshot.processes[i].pid, web);
	made_finish(&snapshot);
	check_view(&snapshot, &pid_view, false,
	           "[1] @0 (3)\n"
	           " 1\n"
	           "  10\n"
	           "   [2]\n"
	           "    20\n"
	           "     21\n"
	           "     22\n"
	           "      [3]\n"
	           "       30\n"
	           "        31\n"
	           "    40 E\n"
	           "     41\n");
}

static void what_changes_is_said_at_each_process(void **state)
{
	static const struct tree_options threads = { .view = TREE_PROCESS, .threads = true };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t other_net = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t mnt = made_space(&snapshot, NS_MNT, INODE(3));
	uint32_t other_mnt = made_space(&snapshot, NS_MNT, INODE(4));
	uint32_t user = made_space(&snapshot, NS_USER, INODE(5));
	uint32_t web = made_container(&snapshot, "web", NULL);
	uint32_t first = made_member(&snapshot, 1, 0, "init", net);
	uint32_t second = made_member(&snapshot, 5, 1, "a", other_net);
	made_member(&snapshot, 6, 5, "b", other_net);
	made_process(&snapshot, 7, 6, "unreadable");
	made_member(&snapshot, 8, 7, "c", net);
	made_member(&snapshot, 9, 999, "orphan", other_net);
	made_member(&snapshot, 10, 10, "own parent", net);
	snapshot.processes[first].at.in[NS_MNT] = mnt;
	snapshot.processes[second].at.in[NS_MNT] = other_mnt;
	snapshot.processes[second].at.in[NS_USER] = user;
	put_in(&snapshot, 5, web);
	put_in(&snapshot, 6, web);
	put_in(&snapshot, 9, web);
	put_in(&snapshot, 10, web);
	made_thread(&snapshot, second, 15, net);
	made_thread(&snapshot, second, 16, other_net);
	made_finish(&snapshot);
	check_view(&snapshot, &process_view, false,
	           "1\n"
	           " 5 @0 +mnt +net\n"
	           "  6\n"
	           "   7\n"
	           "    8\n"
	           "9 @0\n"
	           "10 @0\n");
	check_view(&snapshot, &threads, false,
	           "1\n"
	           " 5 @0 +mnt +net\n"
	           "  {15} +net\n"
	           "  {16}\n"
	           "  6\n"
	           "   7\n"
	           "    8\n"
	           "9 @0\n"
	           "10 @0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(namespaces_hang_below_who_made_them),
		cmocka_unit_test(plain_processes_are_counted_only),
		cmocka_unit_test(siblings_are_in_the_order_of_numbers),
		cmocka_unit_test(nobody_makes_the_namespace_that_he_is_in),
		cmocka_unit_test(the_maker_must_be_in_the_namespace_above),
		cmocka_unit_test(a_namespace_dies_with_its_init),
		cmocka_unit_test(an_init_that_lives_is_taken_before_a_dead_one),
		cmocka_unit_test(a_namespace_that_no_process_is_in_has_none),
		cmocka_unit_test(what_nobody_is_in_hangs_below_who_set_it_aside),
		cmocka_unit_test(who_is_only_a_parent_is_there_all_the_same),
		cmocka_unit_test(numbers_tell_where_links_do_not),
		cmocka_unit_test(numbers_tell_through_many_parents),
		cmocka_unit_test(nobody_is_lost),
		cmocka_unit_test(containers_are_named_where_they_begin),
		cmocka_unit_test(within_a_container_all_is_in_it),
		cmocka_unit_test(what_changes_is_said_at_each_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
