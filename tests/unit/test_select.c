/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which namespaces are shown, who is in one, and where a process has numbers. */
#include "tests/unit/made.h"

#include "model/select.h"

/* Compares the marked inodes, given as offsets that end in 0. */
static void check_marks(const struct snapshot *snapshot, const struct criteria *criteria,
                        const unsigned *expected)
{
	auto_free bool *marks = NULL;
	size_t n = 0;

	assert_int_equal(select_spaces(snapshot, criteria, &marks), 0);
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		if (!marks[i])
			continue;
		assert_int_equal(snapshot->spaces[i].inode, INODE(expected[n]));
		n++;
	}
	assert_int_equal(expected[n], 0);
}
#define CHECK_MARKS(snapshot, criteria, ...)                                                       \
	check_marks((snapshot), (criteria), (const unsigned[]){ __VA_ARGS__, 0 })

static struct meaning meaning_of(enum meaning_kind kind)
{
	return (struct meaning){ .kind = kind, .process = NONE, .space = NONE, .container = NONE };
}

static void only_what_is_in_sight_is_marked(void **state)
{
	auto_snapshot struct snapshot snapshot;
	struct criteria criteria = { .types = NS_ALL_BITS };

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t pinned = made_space(&snapshot, NS_UTS, INODE(2));
	uint32_t kernel = made_space(&snapshot, NS_IPC, INODE(3));
	made_space(&snapshot, NS_IPC, INODE(4));
	made_member(&snapshot, 1, 0, "init", net);
	made_mount(&snapshot, pinned, "/x", NONE);
	snapshot.spaces[kernel].only_kernel_knows = true;
	made_finish(&snapshot);
	CHECK_MARKS(&snapshot, &criteria, 1, 2, 3);
	criteria.persistent = true;
	CHECK_MARKS(&snapshot, &criteria, 2, 3);
	criteria.types = NS_BIT(NS_UTS) | NS_BIT(NS_NET);
	CHECK_MARKS(&snapshot, &criteria, 2);
	criteria.types = 0;
	CHECK_MARKS(&snapshot, &criteria, 0);
	assert_int_equal(snapshot_restrict(&snapshot, SOURCE_PROCESS), 0);
	criteria = (struct criteria){ .types = NS_ALL_BITS };
	CHECK_MARKS(&snapshot, &criteria, 1);
}

static void a_process_is_also_where_its_threads_and_children_are(void **state)
{
	auto_snapshot struct snapshot snapshot;
	struct meaning targets[2] = { meaning_of(MEANS_PROCESS), meaning_of(MEANS_SPACE) };
	struct criteria criteria = { .types = NS_ALL_BITS, .targets = targets, .n_targets = 1 };

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t thread_net = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t pid = made_space(&snapshot, NS_PID, INODE(3));
	uint32_t other = made_space(&snapshot, NS_NET, INODE(4));
	uint32_t process = made_member(&snapshot, 10, 1, "a", net);
	uint32_t bystander = made_member(&snapshot, 11, 1, "b", other);
	made_thread(&snapshot, process, 12, thread_net);
	snapshot.processes[process].at.children[CHILDREN_PID] = pid;
	made_finish(&snapshot);
	targets[0].process = process;
	CHECK_MARKS(&snapshot, &criteria, 1, 2, 3);
	targets[0].process = bystander;
	CHECK_MARKS(&snapshot, &criteria, 4);
	targets[1].space = pid;
	criteria.n_targets = 2;
	CHECK_MARKS(&snapshot, &criteria, 3, 4);
	targets[0].process = NONE;
	targets[1].space = NONE;
	CHECK_MARKS(&snapshot, &criteria, 0);
}

static uint32_t add_container(struct snapshot *snapshot, const char *id, const char *pod_uid)
{
	const struct container container = { .runtime = "runc", .id = id, .pod_uid = pod_uid };
	uint32_t index;

	assert_int_equal(snapshot_add_container(snapshot, &container, &index), 0);
	return index;
}

static void containers_and_pods_are_all_of_their_processes(void **state)
{
	auto_snapshot struct snapshot snapshot;
	struct meaning target = meaning_of(MEANS_CONTAINER);
	const struct criteria criteria = { .types = NS_ALL_BITS,
		                           .targets = &target,
		                           .n_targets = 1 };
	uint32_t containers[4];

	(void)state;
	snapshot_init(&snapshot);
	containers[0] = add_container(&snapshot, "a", "uid-1");
	containers[1] = add_container(&snapshot, "b", "uid-1");
	containers[2] = add_container(&snapshot, "c", "uid-2");
	containers[3] = add_container(&snapshot, "d", NULL);
	for (unsigned i = 0; i < 8; i++) {
		uint32_t net = made_space(&snapshot, NS_NET, INODE(i + 1));
		uint32_t process = made_member(&snapshot, 10 + (pid_t)i, 1, "x", net);
		snapshot.processes[process].container = containers[i % 4];
	}
	made_finish(&snapshot);
	target.container = containers[1];
	CHECK_MARKS(&snapshot, &criteria, 2, 6);
	target.kind = MEANS_POD;
	CHECK_MARKS(&snapshot, &criteria, 1, 2, 5, 6);
	target.container = containers[3];
	CHECK_MARKS(&snapshot, &criteria, 4, 8);
}

static void control_groups_are_matched_by_component(void **state)
{
	static const char *const texts[] = {
		"0::/a/b",
		"0::/a/bc",
		"0::/a",
		"12:cpu,memory:/a/b/c\n1:name=systemd:/x\n0::/",
		"1:name=systemd:/a/b:c\n",
		"0::/a/b (deleted)",
		"0::/a/b (x)",
		"",
		"0:",
		"::/a/b",
		"\n\n::\n",
	};
	auto_snapshot struct snapshot snapshot;
	struct meaning target = meaning_of(MEANS_CGROUP);
	const struct criteria criteria = { .types = NS_ALL_BITS,
		                           .targets = &target,
		                           .n_targets = 1 };

	(void)state;
	snapshot_init(&snapshot);
	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		uint32_t net = made_space(&snapshot, NS_NET, INODE(i + 1));
		uint32_t process = made_member(&snapshot, 10 + (pid_t)i, 1, "x", net);
		snapshot.processes[process].cgroup = texts[i];
	}
	made_member(&snapshot, 99, 1, "unread", made_space(&snapshot, NS_NET, INODE(99)));
	made_finish(&snapshot);
	target.cgroup = "/a/b";
	CHECK_MARKS(&snapshot, &criteria, 1, 4, 6, 10);
	target.cgroup = "/a/b/";
	CHECK_MARKS(&snapshot, &criteria, 1, 4, 6, 10);
	target.hierarchy = "memory";
	CHECK_MARKS(&snapshot, &criteria, 4);
	target.hierarchy = "cpu,memory";
	CHECK_MARKS(&snapshot, &criteria, 4);
	target.hierarchy = "";
	CHECK_MARKS(&snapshot, &criteria, 1, 6, 10);
	target.hierarchy = "mem";
	CHECK_MARKS(&snapshot, &criteria, 0);
	target.hierarchy = "name=systemd";
	target.cgroup = "/";
	CHECK_MARKS(&snapshot, &criteria, 4, 5);
	target.cgroup = NULL;
	CHECK_MARKS(&snapshot, &criteria, 0);
}

static void members_come_once_and_ascending(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_free uint32_t *members = NULL;
	auto_free uint32_t *nobody = NULL;
	size_t count = 7;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t other = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t empty = made_space(&snapshot, NS_NET, INODE(3));
	uint32_t a = made_member(&snapshot, 10, 1, "a", other);
	uint32_t b = made_member(&snapshot, 11, 1, "b", net);
	uint32_t c = made_member(&snapshot, 12, 1, "c", other);
	made_thread(&snapshot, a, 20, net);
	made_thread(&snapshot, a, 21, net);
	made_thread(&snapshot, b, 22, net);
	made_thread(&snapshot, c, 23, other);
	made_finish(&snapshot);
	assert_int_equal(select_members(&snapshot, net, &members, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(members[0], a);
	assert_int_equal(members[1], b);
	assert_int_equal(select_members(&snapshot, empty, &nobody, &count), 0);
	assert_int_equal(count, 0);
}

static void numbers_belong_to_the_namespaces_on_the_way_out(void **state)
{
	static const pid_t numbers[] = { 6025, 146, 1 };
	auto_snapshot struct snapshot snapshot;
	auto_free uint32_t *spaces = NULL;
	auto_free uint32_t *hidden = NULL;
	size_t count = 0;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t inner = made_space(&snapshot, NS_PID, INODE(1));
	uint32_t outer = made_space(&snapshot, NS_PID, INODE(2));
	uint32_t host = made_space(&snapshot, NS_PID, ns_types[NS_PID].initial_inode);
	uint32_t process = made_member(&snapshot, 6025, 1, "nginx", inner);
	made_parent(&snapshot, inner, outer);
	made_parent(&snapshot, outer, host);
	made_finish(&snapshot);
	assert_int_equal(select_numbers(&snapshot, process, &spaces, &count), -ENODATA);
	snapshot.processes[process].numbers = numbers;
	snapshot.processes[process].n_numbers = 3;
	assert_int_equal(select_numbers(&snapshot, process, &spaces, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(spaces[0], host);
	assert_int_equal(spaces[1], outer);
	assert_int_equal(spaces[2], inner);
	snapshot.spaces[outer].parent_state = RELATION_HIDDEN;
	assert_int_equal(select_numbers(&snapshot, process, &hidden, &count), 0);
	assert_int_equal(hidden[0], NONE);
	assert_int_equal(hidden[1], outer);
}

static void refused_is_who_has_no_namespace_that_is_known(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t process = made_process(&snapshot, 7, 1, "sh");
	const struct meaning target = { .process = process, .space = NONE, .container = NONE };
	struct placement *at = &snapshot.processes[process].at;
	assert_false(select_is_refused(&snapshot, &target, NS_ALL_BITS));
	at->absent = NS_ALL_BITS;
	assert_false(select_is_refused(&snapshot, &target, NS_ALL_BITS));
	at->absent = 0;
	at->denied = NS_BIT(NS_UTS);
	assert_true(select_is_refused(&snapshot, &target, NS_ALL_BITS));
	assert_false(select_is_refused(&snapshot, &target, NS_BIT(NS_NET)));
	at->in[NS_NET] = net;
	assert_false(select_is_refused(&snapshot, &target, NS_ALL_BITS));
	assert_true(select_is_refused(&snapshot, &target, NS_BIT(NS_UTS)));
	at->in[NS_NET] = NONE;
	made_thread(&snapshot, process, 8, net);
	assert_false(select_is_refused(&snapshot, &target, NS_ALL_BITS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_in_sight_is_marked),
		cmocka_unit_test(a_process_is_also_where_its_threads_and_children_are),
		cmocka_unit_test(containers_and_pods_are_all_of_their_processes),
		cmocka_unit_test(control_groups_are_matched_by_component),
		cmocka_unit_test(members_come_once_and_ascending),
		cmocka_unit_test(numbers_belong_to_the_namespaces_on_the_way_out),
		cmocka_unit_test(refused_is_who_has_no_namespace_that_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
