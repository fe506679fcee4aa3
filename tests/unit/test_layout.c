/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which nodes the targets mean, and the rows that are drawn of them: depth, what is left out,
 * folding. */
#include "tests/unit/drawn.h"

static const struct tree_options pid_view = { .view = TREE_PID };
static const struct tree_options process_view = { .view = TREE_PROCESS };

/* The process that was added; until the next one is. */
static struct process *added(struct snapshot *snapshot, uint32_t process)
{
	return &snapshot->processes[process];
}

static struct meaning meaning_of(enum meaning_kind kind, uint32_t index)
{
	return (struct meaning){
		.kind = kind,
		.process = kind == MEANS_PROCESS ? index : NONE,
		.space = kind == MEANS_SPACE ? index : NONE,
		.container = kind == MEANS_CONTAINER || kind == MEANS_POD ? index : NONE,
	};
}

static struct meaning meaning_of_group(const char *cgroup, const char *hierarchy)
{
	struct meaning meaning = meaning_of(MEANS_CGROUP, NONE);

	meaning.cgroup = cgroup;
	meaning.hierarchy = hierarchy;
	return meaning;
}

/* Compares what is drawn of a view for those targets. Returns the first that means nothing. */
static size_t check_targets(const struct snapshot *snapshot, const struct tree_options *options,
                            const struct meaning *targets, size_t n, bool up, const char *expected)
{
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	size_t unmatched;

	assert_int_equal(tree_build(snapshot, options, &tree), 0);
	assert_int_equal(layout_mark(&tree, targets, n, up, false, &marks, &unmatched), 0);
	check_rows(&tree, marks, SIZE_MAX, false, expected);
	return unmatched;
}

/* Two PID namespaces, one in the other; a net namespace that two processes are in. */
static void make_family(struct snapshot *snapshot)
{
	snapshot_init(snapshot);
	uint32_t outer = made_space(snapshot, NS_PID, INODE(1));
	uint32_t inner = made_space(snapshot, NS_PID, INODE(2));
	uint32_t net = made_space(snapshot, NS_NET, INODE(3));

	snapshot->spaces[outer].is_initial = true;
	snapshot->spaces[outer].parent_state = RELATION_ROOT;
	made_parent(snapshot, inner, outer);
	for (pid_t pid = 1; pid < 9; pid++) {
		const pid_t inner_numbers[] = { pid, pid - 3, 0 }, numbers[] = { pid, 0 };
		bool is_inner = pid > 3 && pid < 7;
		uint32_t process =
			made_member(snapshot, pid, pid / 2, "x", is_inner ? inner : outer);

		made_numbers(snapshot, process, is_inner ? inner_numbers : numbers);
		if (pid == 5 || pid == 8)
			snapshot->processes[process].at.in[NS_NET] = net;
	}
	made_finish(snapshot);
}

static void targets_are_drawn_with_all_below(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_family(&snapshot);
	check_view(&snapshot, &pid_view, true,
	           "[1]\n"
	           " 1\n"
	           "  2\n"
	           "   [2]\n"
	           "    4\n"
	           "    5 E\n"
	           "    6 E\n"
	           "  3\n"
	           "   7\n"
	           " 8 E\n");
	struct meaning targets[] = { meaning_of(MEANS_PROCESS, 1), meaning_of(MEANS_PROCESS, 6),
		                     meaning_of(MEANS_PROCESS, NONE) };
	/* In the order of the tree, and none twice; one that is not marked is no parent. */
	assert_int_equal(check_targets(&snapshot, &pid_view, targets, 2, false,
	                               "2\n"
	                               " [2]\n"
	                               "  4\n"
	                               "  5 E\n"
	                               "  6 E\n"
	                               "7\n"),
	                 2);
	/* What --up adds is the way, not what else is below it: that is counted. */
	assert_int_equal(check_targets(&snapshot, &pid_view, targets, 3, true,
	                               "[1] (1)\n"
	                               " 1\n"
	                               "  2\n"
	                               "   [2]\n"
	                               "    4\n"
	                               "    5 E\n"
	                               "    6 E\n"
	                               "  3\n"
	                               "   7\n"),
	                 2);
	targets[0] = meaning_of(MEANS_PROCESS, 4);
	assert_int_equal(check_targets(&snapshot, &pid_view, targets, 1, true,
	                               "[1] (3)\n"
	                               " 1\n"
	                               "  2\n"
	                               "   [2] (2)\n"
	                               "    5 E\n"),
	                 1);
}

static void a_namespace_is_its_node_or_who_is_in_it(void **state)
{
	auto_snapshot struct snapshot snapshot;
	struct meaning target = meaning_of(MEANS_SPACE, 1);

	(void)state;
	make_family(&snapshot);
	assert_int_equal(check_targets(&snapshot, &pid_view, &target, 1, false,
	                               "[2]\n"
	                               " 4\n"
	                               " 5 E\n"
	                               " 6 E\n"),
	                 1);
	target.space = 2;
	assert_int_equal(check_targets(&snapshot, &pid_view, &target, 1, false, "5 E\n8 E\n"), 1);
	assert_int_equal(
		check_targets(&snapshot, &process_view, &target, 1, false, "5 +pid\n8 +pid\n"), 1);
	target.space = NONE;
	assert_int_equal(check_targets(&snapshot, &pid_view, &target, 1, false, ""), 0);
}

static void containers_and_groups_are_their_processes(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t web = made_container(&snapshot, "web", "pod");
	uint32_t side = made_container(&snapshot, "side", "pod");
	for (pid_t pid = 1; pid < 7; pid++) {
		struct process *process = added(&snapshot, made_process(&snapshot, pid, 1, "x"));
		process->container = pid == 2 || pid == 3 ? web : pid == 4 ? side : NONE;
		process->cgroup = pid == 5 ? "0::/a/b\n4:memory:/m" : "0::/a\n4:memory:/n/m";
	}
	made_finish(&snapshot);
	struct meaning targets[] = { meaning_of(MEANS_CONTAINER, web), meaning_of(MEANS_POD, web),
		                     meaning_of_group("/a/b", NULL),
		                     meaning_of_group("/m", "memory"), meaning_of_group("/m", "") };
	static const char *const drawn[] = { "2 @0\n3 @0\n", "2 @0\n3 @0\n4 @1\n", "5\n", "5\n",
		                             "" };

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		assert_int_equal(
			check_targets(&snapshot, &process_view, &targets[i], 1, false, drawn[i]),
			i == 4 ? 0 : 1);
	/* The first of several that is nothing here. */
	struct meaning several[] = { targets[0], targets[4], targets[1], targets[4] };
	assert_int_equal(check_targets(&snapshot, &process_view, several, 4, false, drawn[1]), 1);
}

/* The numbers of processes that are drawn, in order, each before a blank, and "g" for a group. */
static void check_groups(const struct snapshot *snapshot, const struct meaning *target,
                         const char *expected)
{
	const struct tree_options options = { .view = TREE_CGROUP, .all = true };
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	size_t unmatched;
	char text[64] = "";

	assert_int_equal(tree_build(snapshot, &options, &tree), 0);
	assert_int_equal(layout_mark(&tree, target, 1, false, false, &marks, &unmatched), 0);
	assert_int_equal(unmatched, *expected ? 1 : 0);
	for (size_t i = 0; i < tree.count; i++) {
		const struct node *node = &tree.nodes[i];
		const size_t length = strlen(text);
		if (!marks[i])
			continue;
		if (node->kind == NODE_CGROUP)
			snprintf(text + length, sizeof(text) - length, "g ");
		else
			snprintf(text + length, sizeof(text) - length, "%d ",
			         snapshot->processes[node->process].pid);
	}
	assert_string_equal(text, expected);
}

static void in_the_view_of_groups_targets_are_groups(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (pid_t pid = 1; pid < 5; pid++) {
		static const char *const texts[] = { "0::/\n4:cpu,memory:/",
			                             "0::/a\n4:cpu,memory:/a",
			                             "0::/a/b\n4:cpu,memory:/",
			                             "0::/ab\n4:cpu,memory:/" };
		struct process *process = added(&snapshot, made_process(&snapshot, pid, 1, "x"));
		process->cgroup = texts[pid - 1];
		process->known |= PROCESS_CGROUP;
	}
	made_finish(&snapshot);
	struct meaning target = meaning_of_group("/a", "");
	check_groups(&snapshot, &target, "g 2 g 3 ");
	target.hierarchy = "memory";
	check_groups(&snapshot, &target, "g 2 ");
	target.hierarchy = NULL;
	check_groups(&snapshot, &target, "g 2 g 3 g 2 ");
	target.cgroup = "/nowhere";
	check_groups(&snapshot, &target, "");
	/* A process has a node in each hierarchy. */
	target = meaning_of(MEANS_PROCESS, 1);
	check_groups(&snapshot, &target, "2 2 ");
}

/* What of the view is drawn for a target, "g" for a group and its path. */
static void check_empty(const struct snapshot *snapshot, const struct meaning *target, bool up,
                        const char *expected)
{
	const struct tree_options options = { .view = TREE_CGROUP,
		                              .targets = target,
		                              .n_targets = 1 };
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	auto_arena struct arena arena = { 0 };
	const char *text = "";
	size_t unmatched;

	assert_int_equal(tree_build(snapshot, &options, &tree), 0);
	assert_int_equal(layout_mark(&tree, target, 1, up, false, &marks, &unmatched), 0);
	assert_int_equal(unmatched, *expected ? 1 : 0);
	for (size_t i = 0; i < tree.count && text; i++) {
		if (marks[i])
			text = arena_printf(&arena, "%s%s:%s ", text,
			                    tree.cgroups.items[tree.nodes[i].index].hierarchy,
			                    tree.cgroups.items[tree.nodes[i].index].path);
	}
	assert_string_equal(text, expected);
}

/* A group that nobody is in is drawn where it is meant itself: what is below it is not. */
static void an_empty_group_is_drawn_as_a_target(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	added(&snapshot, made_process(&snapshot, 1, 0, "x"))->cgroup = "0::/\n4:cpu,memory:/a/b";
	assert_int_equal(snapshot_add_cgroup(&snapshot, "", "/a/b/c"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "", "/a/d"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "cpu,memory", "/a/d"), 0);
	made_finish(&snapshot);
	struct meaning target = meaning_of_group("/a/b", "");
	check_empty(&snapshot, &target, false, ":/a/b ");
	check_empty(&snapshot, &target, true, ":/ :/a :/a/b ");
	target.cgroup = "/a/d";
	check_empty(&snapshot, &target, false, ":/a/d ");
	target.hierarchy = "memory";
	check_empty(&snapshot, &target, true, "cpu,memory:/ cpu,memory:/a cpu,memory:/a/d ");
	target.hierarchy = NULL;
	check_empty(&snapshot, &target, false, ":/a/d cpu,memory:/a/d ");
	target.cgroup = "/a/e";
	check_empty(&snapshot, &target, false, "");
	/* Where a process is in one of that name, those of other hierarchies are not meant. */
	target = meaning_of_group("/a/b", NULL);
	target.process = 0;
	const struct tree_options options = { .view = TREE_CGROUP,
		                              .targets = &target,
		                              .n_targets = 1 };
	auto_tree struct tree tree = { 0 };
	assert_int_equal(tree_build(&snapshot, &options, &tree), 0);
	/* "/" of v2 and the process; "/", "/a", "/a/b" of v1 and the process. */
	assert_int_equal(tree.count, 6);
}

static void in_the_view_of_users_targets_are_where_they_are(void **state)
{
	const struct tree_options options = { .view = TREE_USER };
	const struct tree_options details = { .view = TREE_USER, .details = true };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t user = made_space(&snapshot, NS_USER, INODE(1));
	uint32_t inner = made_space(&snapshot, NS_USER, INODE(2));
	uint32_t net = made_space(&snapshot, NS_NET, INODE(3));
	made_parent(&snapshot, inner, user);
	made_owner(&snapshot, inner, user);
	made_owner(&snapshot, net, user);
	uint32_t first = made_member(&snapshot, 1, 0, "x", user);
	made_member(&snapshot, 2, 1, "y", inner);
	snapshot.processes[first].at.in[NS_NET] = net;
	made_finish(&snapshot);
	struct meaning target = meaning_of(MEANS_PROCESS, first);
	assert_int_equal(check_targets(&snapshot, &options, &target, 1, false, "[1] (1)\n"), 1);
	assert_int_equal(check_targets(&snapshot, &details, &target, 1, false, "[1] (1)\n [3]\n"),
	                 1);
	target = meaning_of(MEANS_SPACE, user);
	assert_int_equal(check_targets(&snapshot, &options, &target, 1, false, "[1]\n [2]\n"), 1);
	/* Of a net namespace the view without details has only those who are in it. */
	target = meaning_of(MEANS_SPACE, net);
	assert_int_equal(check_targets(&snapshot, &options, &target, 1, false, "[1] (1)\n"), 1);
	target = meaning_of(MEANS_PROCESS, 1);
	assert_int_equal(check_targets(&snapshot, &options, &target, 1, true, "[1]\n [2]\n"), 1);
}

/* Draws all processes by parent. */
static void check_processes(const struct snapshot *snapshot, size_t depth, bool fold,
                            const char *expected)
{
	const struct tree_options options = { .view = TREE_PROCESS, .threads = true };
	auto_tree struct tree tree = { 0 };
	auto_free bool *marks = NULL;
	size_t unmatched;

	assert_int_equal(tree_build(snapshot, &options, &tree), 0);
	assert_int_equal(layout_mark(&tree, NULL, 0, false, true, &marks, &unmatched), 0);
	check_rows(&tree, marks, depth, fold, expected);
}

static void what_is_too_deep_is_counted_above(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_family(&snapshot);
	check_processes(&snapshot, 0, false, "1 (7)\n");
	check_processes(&snapshot, 1, false, "1\n 2 (3)\n 3 (2)\n");
	check_processes(&snapshot, 2, false, "1\n 2\n  4 +pid (1)\n  5 +pid\n 3\n  6 +pid\n  7\n");
	check_processes(&snapshot, 3, false,
	                "1\n 2\n  4 +pid\n   8 +pid\n  5 +pid\n 3\n  6 +pid\n  7\n");
	/* With all below it, although that is not marked; 7 and 8 count at the namespace. */
	auto_tree struct tree tree = { 0 };
	assert_int_equal(tree_build(&snapshot, &pid_view, &tree), 0);
	const bool marks[10] = { true, true, true, true, true };
	assert_int_equal(tree.count, 10);
	check_rows(&tree, marks, 2, false,
	           "[1] (2)\n"
	           " 1\n"
	           "  2 (4)\n"
	           "  3\n");
}

/* Leaves that are like others but for one thing each. */
static void make_leaves(struct snapshot *snapshot)
{
	snapshot_init(snapshot);
	uint32_t net = made_space(snapshot, NS_NET, INODE(1));
	uint32_t other = made_space(snapshot, NS_NET, INODE(2));
	uint32_t web = made_container(snapshot, "web", NULL);
	made_member(snapshot, 1, 0, "init", net);
	made_member(snapshot, 10, 1, "worker", net);
	made_member(snapshot, 11, 1, "other", net);
	made_member(snapshot, 12, 1, "worker", net);
	/* Elsewhere, in a container, with a child, of the kernel, or making namespaces. */
	made_member(snapshot, 13, 1, "worker", other);
	added(snapshot, made_member(snapshot, 14, 1, "worker", net))->container = web;
	uint32_t parent = made_member(snapshot, 15, 1, "worker", net);
	added(snapshot, made_member(snapshot, 16, 1, "worker", net))->is_kernel_thread = true;
	added(snapshot, made_member(snapshot, 17, 1, "worker", net))->at.children[CHILDREN_TIME] =
		other;
	made_member(snapshot, 18, 1, "worker", net);
	/* Of another parent; of no name; of none. */
	made_member(snapshot, 20, 15, "worker", net);
	made_member(snapshot, 21, 15, "worker", net);
	made_member(snapshot, 22, 15, NULL, net);
	made_member(snapshot, 23, 15, NULL, net);
	made_process(snapshot, 30, 0, "worker");
	made_process(snapshot, 31, 0, "worker");
	uint32_t threads[3];
	for (int i = 0; i < 3; i++) {
		threads[i] = made_thread(snapshot, parent, 40 + i, other);
		snapshot->threads[threads[i]].comm = i < 2 ? snapshot->processes[1].comm : NULL;
	}
	made_finish(snapshot);
}

static void like_leaves_are_folded(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_leaves(&snapshot);
	check_processes(&snapshot, SIZE_MAX, true,
	                "1\n"
	                " 3*10\n"
	                " 11\n"
	                " 13 +net\n"
	                " 14 @0\n"
	                " 15\n"
	                "  2*{40} +net\n"
	                "  {42} +net\n"
	                "  2*20\n"
	                "  22\n"
	                "  23\n"
	                " 16\n"
	                " 17\n"
	                "30\n"
	                "31\n");
	/* What has more below it, that is too deep, is no leaf. */
	check_processes(&snapshot, 1, true,
	                "1\n"
	                " 3*10\n"
	                " 11\n"
	                " 13 +net\n"
	                " 14 @0\n"
	                " 15 (7)\n"
	                " 16\n"
	                " 17\n"
	                "30\n"
	                "31\n");
}

/* Whoever has something below that is not drawn is no leaf either. */
static void what_hides_children_is_no_leaf(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };
	const bool marks[] = { true, true, true, false };

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 1, 0, "init");
	made_process(&snapshot, 2, 1, "worker");
	made_process(&snapshot, 3, 1, "worker");
	made_process(&snapshot, 4, 3, "child");
	made_finish(&snapshot);
	assert_int_equal(tree_build(&snapshot, &process_view, &tree), 0);
	check_rows(&tree, marks, SIZE_MAX, true, "1\n 2\n 3 (1)\n");
}

static void nothing_has_a_layout_too(void **state)
{
	auto_snapshot struct snapshot snapshot;
	const struct meaning target = meaning_of(MEANS_PROCESS, NONE);

	(void)state;
	snapshot_init(&snapshot);
	made_finish(&snapshot);
	check_processes(&snapshot, SIZE_MAX, true, "");
	assert_int_equal(check_targets(&snapshot, &pid_view, &target, 1, true, ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_drawn_with_all_below),
		cmocka_unit_test(a_namespace_is_its_node_or_who_is_in_it),
		cmocka_unit_test(containers_and_groups_are_their_processes),
		cmocka_unit_test(in_the_view_of_groups_targets_are_groups),
		cmocka_unit_test(an_empty_group_is_drawn_as_a_target),
		cmocka_unit_test(in_the_view_of_users_targets_are_where_they_are),
		cmocka_unit_test(what_is_too_deep_is_counted_above),
		cmocka_unit_test(like_leaves_are_folded),
		cmocka_unit_test(what_hides_children_is_no_leaf),
		cmocka_unit_test(nothing_has_a_layout_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
