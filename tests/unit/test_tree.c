/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of PID namespaces and of processes: who stands below whom, and what is said of it. */
#include "tests/unit/drawn.h"

#include "model/pidplace.h"

static const struct tree_options pid_view = { .view = TREE_PID };
static const struct tree_options process_view = { .view = TREE_PROCESS };

static uint32_t made_pid_space(struct snapshot *snapshot, unsigned n, uint32_t parent)
{
	uint32_t space = made_space(snapshot, NS_PID, INODE(n));

	if (parent == NONE)
		snapshot->spaces[space].parent_state = RELATION_ROOT;
	else
		made_parent(snapshot, space, parent);
	return space;
}

/* A process with those numbers, of which the first is its own; `space` NONE: its link was refused. */
static uint32_t made_task(struct snapshot *snapshot, uint32_t space, pid_t parent,
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
	/* In the initial one nothing is outside: kthreadd has no parent either. */
	snapshot.spaces[space].is_initial = true;
	check_view(&snapshot, &pid_view, false,
	           "[1] (8)\n"
	           " [2]\n"
	           "  7\n"
	           "  8 E?\n");
}

static uint32_t made_container(struct snapshot *snapshot, const char *id)
{
	const struct container container = { .runtime = "runc", .id = id };
	uint32_t index;

	assert_int_equal(snapshot_add_container(snapshot, &container, &index), 0);
	return index;
}

static void put_in(struct snapshot *snapshot, pid_t pid, uint32_t container)
{
	struct process *process = &snapshot->processes[snapshot_find_pid(snapshot, pid)];

	process->container = container;
	process->known |= PROCESS_CGROUP;
}

static void containers_are_named_where_they_begin(void **state)
{
	static const struct tree_options all = { .view = TREE_PID, .all = true };
	auto_snapshot struct snapshot snapshot;
	uint32_t spaces[3];

	(void)state;
	make_nested(&snapshot, spaces);
	uint32_t web = made_container(&snapshot, "web");
	uint32_t other = made_container(&snapshot, "other");
	/* One in the third namespace of the first, and one without a PID namespace of its own. */
	for (pid_t pid = 20; pid < 41; pid++) {
		if (snapshot_find_pid(&snapshot, pid) != NONE)
			put_in(&snapshot, pid, web);
	}
	put_in(&snapshot, 41, NONE);
	put_in(&snapshot, 50, other);
	MADE_TASK(&snapshot, spaces[0], 50, 51);
	put_in(&snapshot, 51, other);
	MADE_TASK(&snapshot, spaces[0], 1, 60);
	made_finish(&snapshot);
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
	/* Seen from within a container, all is in it. */
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
	uint32_t web = made_container(&snapshot, "web");
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
	           "10\n");
	check_view(&snapshot, &threads, false,
	           "1\n"
	           " 5 @0 +mnt +net\n"
	           "  {15} +net\n"
	           "  {16}\n"
	           "  6\n"
	           "   7\n"
	           "    8\n"
	           "9 @0\n"
	           "10\n");
}

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
	uint32_t container = made_container(snapshot, "web");
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
		cmocka_unit_test(namespaces_hang_below_who_made_them),
		cmocka_unit_test(plain_processes_are_counted_only),
		cmocka_unit_test(the_maker_must_be_in_the_namespace_above),
		cmocka_unit_test(a_namespace_dies_with_its_init),
		cmocka_unit_test(an_init_that_lives_is_taken_before_a_dead_one),
		cmocka_unit_test(what_nobody_is_in_hangs_below_who_set_it_aside),
		cmocka_unit_test(who_is_only_a_parent_is_there_all_the_same),
		cmocka_unit_test(numbers_tell_where_links_do_not),
		cmocka_unit_test(numbers_tell_through_many_parents),
		cmocka_unit_test(nobody_is_lost),
		cmocka_unit_test(containers_are_named_where_they_begin),
		cmocka_unit_test(what_changes_is_said_at_each_process),
		cmocka_unit_test(circles_of_parents_are_cut),
		cmocka_unit_test(circles_of_namespaces_are_cut),
		cmocka_unit_test(huge_trees_are_built_in_no_time),
		cmocka_unit_test(nothing_is_lost_of_whatever_there_is),
		cmocka_unit_test(views_say_what_they_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
