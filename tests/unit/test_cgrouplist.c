/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups from the texts of processes: any hierarchies, any names; and their view. */
#include "tests/unit/made.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "model/cgrouplist.h"
#include "model/tree_part.h"

/* A process with that text of /proc/PID/cgroup. */
static uint32_t made_in(struct snapshot *snapshot, pid_t pid, const char *text)
{
	uint32_t index = made_process(snapshot, pid, 1, "sleep");
	const char *interned = snapshot_intern(snapshot, text, strlen(text));

	assert_non_null(interned);
	snapshot->processes[index].cgroup = interned;
	return index;
}

/* A thread of that process with a text of its own. */
static uint32_t made_thread_in(struct snapshot *snapshot, uint32_t process, pid_t tid,
                               const char *text)
{
	uint32_t index;

	assert_int_equal(snapshot_add_thread(snapshot, process, tid, &index), 0);
	snapshot->threads[index].cgroup = snapshot_intern(snapshot, text, strlen(text));
	assert_non_null(snapshot->threads[index].cgroup);
	return index;
}

static uint32_t made_container(struct snapshot *snapshot, const char *id, const char *cgroup)
{
	const struct container key = { .runtime = "docker", .id = id, .cgroup = cgroup };
	uint32_t index;

	assert_int_equal(snapshot_add_container(snapshot, &key, &index), 0);
	return index;
}

/* What the header promises of every list. */
static void check_list(const struct snapshot *snapshot, const struct cgrouplist *list)
{
	uint32_t first = 0, first_thread = 0;
	auto_free uint32_t *below = calloc(list->count + 1, sizeof(*below));
	auto_free uint32_t *threads_below = calloc(list->count + 1, sizeof(*threads_below));

	assert_non_null(below);
	assert_non_null(threads_below);
	for (size_t i = list->count; i-- > 0;) {
		const struct cgroup_entry *entry = &list->items[i];
		below[i] += entry->n_processes;
		threads_below[i] += entry->n_threads;
		assert_int_equal(entry->n_below, below[i]);
		assert_int_equal(entry->n_threads_below, threads_below[i]);
		if (entry->parent == NONE)
			continue;
		threads_below[entry->parent] += threads_below[i];
		assert_true(entry->parent < i);
		assert_string_equal(entry->hierarchy, list->items[entry->parent].hierarchy);
		below[entry->parent] += below[i];
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct cgroup_entry *entry = &list->items[i];
		assert_int_equal(entry->first, first);
		first += entry->n_processes;
		assert_int_equal(entry->first_thread, first_thread);
		first_thread += entry->n_threads;
		assert_true(entry->name >= entry->path);
		assert_true(entry->name <= entry->path + strlen(entry->path));
		for (uint32_t k = 0; k < entry->n_processes; k++) {
			assert_true(list->members[entry->first + k] < snapshot->n_processes);
			assert_true(k == 0 || list->members[entry->first + k] >
			                              list->members[entry->first + k - 1]);
		}
	}
	assert_int_equal(list->n_members, first);
	assert_int_equal(list->n_threads, first_thread);
}

static void build(const struct snapshot *snapshot, struct cgrouplist *ret)
{
	assert_int_equal(cgrouplist_build(snapshot, ret), 0);
	check_list(snapshot, ret);
}

/* The list in a line, each as "HIERARCHY:PATH=PROCESSES/BELOW". */
static const char *shown(const struct cgrouplist *list, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < list->count && text; i++) {
		const struct cgroup_entry *entry = &list->items[i];
		text = arena_printf(arena, "%s%s%s:%s=%u/%u", text, i > 0 ? " " : "",
		                    entry->hierarchy, entry->path, entry->n_processes,
		                    entry->n_below);
	}
	assert_non_null(text);
	return text;
}

static void check_shown(const struct snapshot *snapshot, const char *expected)
{
	auto_cgrouplist struct cgrouplist list = { 0 };
	auto_arena struct arena arena = { 0 };

	build(snapshot, &list);
	assert_string_equal(shown(&list, &arena), expected);
}

static const struct cgroup_entry *entry_of(const struct cgrouplist *list, const char *hierarchy,
                                           const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_equal(list->items[i].hierarchy, hierarchy) &&
		    is_equal(list->items[i].path, path))
			return &list->items[i];
	fail_msg("no %s:%s", hierarchy, path);
	return NULL;
}

static void nothing_is_an_empty_list(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 1, 0, "systemd");
	made_in(&snapshot, 2, "");
	made_in(&snapshot, 3, "no colons\n0:one\n::\n1:memory:relative");
	build(&snapshot, &list);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.n_members, 0);
	cgrouplist_done(&list);
	cgrouplist_done(&list);
}

static void ancestors_are_entries_too(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/init.scope");
	made_in(&snapshot, 2, "0::/");
	made_in(&snapshot, 10, "0::/system.slice/a.service");
	made_in(&snapshot, 11, "0::/system.slice/a.service/b");
	made_in(&snapshot, 12, "0::/system.slice/a.service");
	check_shown(&snapshot, ":/=1/5 :/init.scope=1/1 :/system.slice=0/3 "
	                       ":/system.slice/a.service=2/3 :/system.slice/a.service/b=1/1");
}

static void siblings_go_by_name_and_each_is_followed_by_what_is_below(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/b/z");
	made_in(&snapshot, 2, "0::/a-b");
	made_in(&snapshot, 3, "0::/a/y");
	made_in(&snapshot, 4, "0::/b/a");
	made_in(&snapshot, 5, "0::/a");
	check_shown(&snapshot, ":/=0/5 :/a=1/2 :/a/y=1/1 :/a-b=1/1 :/b=0/2 :/b/a=1/1 :/b/z=1/1");
}

static void hierarchies_stand_in_order(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1,
	        "12:pids:/\n11:name=elogind:/\n10:cpu,cpuacct:/\n1:name=systemd:/x\n0::/y");
	check_shown(&snapshot, ":/=0/1 :/y=1/1 name=systemd:/=0/1 name=systemd:/x=1/1 "
	                       "cpu,cpuacct:/=1/1 name=elogind:/=1/1 pids:/=1/1");
}

/* Twelve hierarchies as on a host with cgroup v1 alone, two processes in each elsewhere. */
static void v1_has_twelve(void **state)
{
	static const char *const names[] = {
		"name=systemd", "blkio",  "cpu,cpuacct",      "cpuset",     "devices", "freezer",
		"hugetlb",      "memory", "net_cls,net_prio", "perf_event", "pids",    "rdma",
	};
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };
	auto_arena struct arena arena = { 0 };
	const char *one = "", *other = "";

	(void)state;
	snapshot_init(&snapshot);
	for (int i = 0; i < (int)ARRAY_SIZE(names); i++) {
		one = arena_printf(&arena, "%s%d:%s:/\n", one, i + 1, names[i]);
		other = arena_printf(&arena, "%d:%s:/docker/x\n%s", i + 1, names[i], other);
	}
	made_in(&snapshot, 1, one);
	made_in(&snapshot, 2, other);
	build(&snapshot, &list);
	assert_int_equal(list.count, 3 * ARRAY_SIZE(names));
	assert_int_equal(list.n_members, 2 * ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct cgroup_entry *root = &list.items[3 * i];
		assert_string_equal(root->hierarchy, names[i]);
		assert_string_equal(root->path, "/");
		assert_string_equal(root->name, "/");
		assert_int_equal(root->n_below, 2);
		assert_string_equal(root[1].name, "docker");
		assert_string_equal(root[2].name, "x");
		assert_int_equal(list.members[root->first], 0);
		assert_int_equal(list.members[root[2].first], 1);
	}
}

static void of_two_lines_of_a_hierarchy_the_first_counts(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/a\n0::/b\n0::/a\n1:x:/\n1:x:/");
	made_in(&snapshot, 2, "0::/b");
	check_shown(&snapshot, ":/=0/2 :/a=1/1 :/b=1/1 x:/=1/1");
}

static void a_removed_group_is_no_other(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/a.service");
	made_in(&snapshot, 2, "0::/a.service (deleted)");
	made_in(&snapshot, 3, "0::/ (deleted)");
	check_shown(&snapshot, ":/=0/3 :/ (deleted)=1/1 :/a.service=1/1 :/a.service (deleted)=1/1");
	build(&snapshot, &list);
	assert_string_equal(entry_of(&list, "", "/a.service (deleted)")->unit, "a.service");
	assert_null(entry_of(&list, "", "/ (deleted)")->unit);
}

static void what_is_outside_of_the_cgroup_namespace_is_above(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "1:pids:/\n0::/../../init.scope");
	made_in(&snapshot, 2, "1:pids:/\n0::/../beside");
	made_in(&snapshot, 3, "1:pids:/../..\n0::/");
	made_in(&snapshot, 4, "1:pids:/\n0::/mine");
	made_in(&snapshot, 5, "1:pids:/\n0::/../..");
	check_shown(&snapshot, ":/../..=1/5 :/..=0/3 :/=1/2 :/mine=1/1 :/../beside=1/1 "
	                       ":/../../init.scope=1/1 pids:/../..=1/5 pids:/..=0/4 pids:/=4/4");
	build(&snapshot, &list);
	assert_int_equal(entry_of(&list, "", "/../..")->parent, NONE);
	assert_string_equal(entry_of(&list, "", "/../..")->name, "/../..");
	assert_string_equal(entry_of(&list, "", "/..")->name, "/..");
	assert_string_equal(entry_of(&list, "", "/")->name, "/");
	assert_string_equal(entry_of(&list, "", "/../beside")->name, "beside");
}

/* Only at the beginning it means what is above: nothing else can be named so. */
static void dots_elsewhere_are_names(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/a/../b");
	made_in(&snapshot, 2, "0::/...");
	made_in(&snapshot, 3, "0::/.");
	check_shown(&snapshot, ":/=0/3 :/.=1/1 :/...=1/1 :/a=0/1 :/a/..=0/1 :/a/../b=1/1");
}

static void names_hold_any_byte(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/a:b c\x1b[3\xff\t\r/0::\\x2f");
	made_in(&snapshot, 2, "0:::");
	made_in(&snapshot, 3, "9:\xff,\x01:/x");
	build(&snapshot, &list);
	assert_int_equal(list.count, 5);
	assert_string_equal(entry_of(&list, "", "/a:b c\x1b[3\xff\t\r/0::\\x2f")->name, "0::\\x2f");
	assert_int_equal(entry_of(&list, "\xff,\x01", "/x")->n_processes, 1);
}

static void empty_components_are_none(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/a//b/");
	made_in(&snapshot, 2, "0:://a/b");
	made_in(&snapshot, 3, "0::///");
	check_shown(&snapshot, ":/=1/3 :/a=0/2 :/a/b=2/2");
}

/* Whole paths of a chain without an end would take memory by the square. */
static void what_no_kernel_writes_is_one_component(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };
	const size_t length = 4 << 20;
	auto_free char *text = malloc(length + 1);

	(void)state;
	assert_non_null(text);
	memcpy(text, "0::", 3);
	for (size_t i = 3; i < length; i++)
		text[i] = i % 2 ? '/' : 'a';
	text[length] = '\0';
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, text);
	text[3 + PATH_MAX - 1] = '\0';
	made_in(&snapshot, 2, text);
	build(&snapshot, &list);
	assert_int_equal(list.count, 1 + 1 + (PATH_MAX - 1) / 2);
	assert_int_equal(list.items[0].n_below, 2);
	assert_int_equal(list.items[list.count - 1].parent, 0);
	assert_int_equal(strlen(list.items[list.count - 1].name), length - 4);
}

static void empty_groups_come_from_the_file_system(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "1:pids:/a\n0::/");
	assert_int_equal(snapshot_add_cgroup(&snapshot, "", "/"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "", "/x/y"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "pids", "/a"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "pids", "/../new\nline"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "memory", "/"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "memory", ""), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "memory", "m"), 0);
	check_shown(&snapshot, ":/=1/1 :/x=0/0 :/x/y=0/0 memory:/=0/0 memory:/m=0/0 "
	                       "pids:/..=0/1 pids:/=0/1 pids:/a=1/1 pids:/../new\nline=0/0");
}

static void a_component_is_its_own_unit(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "1:pids:/x/.service\n0::/system.slice/dev\\x2dmqueue.mount/sub");
	made_in(&snapshot, 2, "1:pids:/\n0::/system.slice/_cpu.service");
	build(&snapshot, &list);
	assert_null(entry_of(&list, "", "/")->unit);
	assert_string_equal(entry_of(&list, "", "/system.slice")->unit, "system.slice");
	assert_string_equal(entry_of(&list, "", "/system.slice/dev\\x2dmqueue.mount")->unit,
	                    "dev-mqueue.mount");
	assert_null(entry_of(&list, "", "/system.slice/dev\\x2dmqueue.mount/sub")->unit);
	assert_string_equal(entry_of(&list, "", "/system.slice/_cpu.service")->unit, "cpu.service");
	assert_null(entry_of(&list, "pids", "/x/.service")->unit);
}

static void a_container_is_named_at_its_own_group_alone(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "2:pids:/docker/a\n0::/docker/a/sub");
	made_in(&snapshot, 2, "2:pids:/docker/b (deleted)\n0::/docker");
	uint32_t a = made_container(&snapshot, "a", "/docker/a");
	uint32_t b = made_container(&snapshot, "b", "/docker/b");
	made_container(&snapshot, "c", "/docker/b");
	made_container(&snapshot, "d", NULL);
	made_container(&snapshot, "e", "/nowhere");
	build(&snapshot, &list);
	assert_int_equal(entry_of(&list, "", "/")->container, NONE);
	assert_int_equal(entry_of(&list, "", "/docker")->container, NONE);
	assert_int_equal(entry_of(&list, "", "/docker/a")->container, a);
	assert_int_equal(entry_of(&list, "", "/docker/a/sub")->container, NONE);
	assert_int_equal(entry_of(&list, "pids", "/docker/a")->container, a);
	assert_int_equal(entry_of(&list, "pids", "/docker/b (deleted)")->container, b);
}

/* The view in a line: groups by path, processes as "PID<PARENT"; "!" is before what is not shown. */
static const char *drawn(const struct tree *tree, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < tree->count && text; i++) {
		const struct node *node = &tree->nodes[i];
		const char *mark = node->is_shown ? "" : "!";
		assert_true(node->parent == NONE || node->parent < i);
		if (node->kind == NODE_CGROUP)
			text = arena_printf(arena, "%s %s%s", text, mark,
			                    tree->cgroups.items[node->index].path);
		else if (node->kind == NODE_THREAD)
			text = arena_printf(arena, "%s %s{%d}<%u", text, mark,
			                    tree->snapshot->threads[node->index].tid, node->parent);
		else
			text = arena_printf(arena, "%s %s%d<%u", text, mark,
			                    tree->snapshot->processes[node->index].pid,
			                    node->parent);
	}
	assert_non_null(text);
	return text;
}

static void draw(const struct snapshot *snapshot, bool all, struct tree *ret)
{
	const struct tree_options options = { .view = TREE_CGROUP, .all = all };

	*ret = (struct tree){ .snapshot = snapshot, .view = TREE_CGROUP };
	assert_int_equal(tree_add_cgroup(ret, &options), 0);
}

static void check_drawn(const struct snapshot *snapshot, bool all, const char *expected)
{
	auto_tree struct tree tree = { 0 };
	auto_arena struct arena arena = { 0 };

	draw(snapshot, all, &tree);
	assert_string_equal(drawn(&tree, &arena), expected);
}

static void processes_in_a_root_are_only_counted(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "1:pids:/\n0::/a");
	made_in(&snapshot, 2, "1:pids:/\n0::/");
	made_in(&snapshot, 3, "1:pids:/\n0::/a");
	assert_int_equal(snapshot_add_cgroup(&snapshot, "memory", "/"), 0);
	assert_int_equal(snapshot_add_cgroup(&snapshot, "pids", "/empty"), 0);
	check_drawn(&snapshot, false, " / !2<0 /a 1<2 3<2 / !1<5 !2<5 !3<5");
	check_drawn(&snapshot, true, " / 2<0 /a 1<2 3<2 / / 1<6 2<6 3<6 /empty");
}

static void what_is_in_our_namespaces_root_is_in_a_group(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, "0::/..");
	made_in(&snapshot, 2, "0::/");
	check_drawn(&snapshot, false, " /.. !1<0 / 2<2");
}

/* The same with threads, "{TID}<PARENT". */
static void check_threads_drawn(const struct snapshot *snapshot, bool all, const char *expected)
{
	const struct tree_options options = { .view = TREE_CGROUP, .all = all, .threads = true };
	auto_tree struct tree tree = { .snapshot = snapshot, .view = TREE_CGROUP };
	auto_arena struct arena arena = { 0 };

	assert_int_equal(tree_add_cgroup(&tree, &options), 0);
	check_list(snapshot, &tree.cgroups);
	assert_string_equal(drawn(&tree, &arena), expected);
}

/* In one hierarchy of version 1, and in a threaded group of version 2; where its process is too, it is
 * not drawn. */
static void threads_are_where_their_process_is_not(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t one = made_in(&snapshot, 1, "2:cpu:/a\n1:pids:/a\n0::/x");
	made_in(&snapshot, 2, "2:cpu:/a\n1:pids:/a\n0::/x");
	made_thread_in(&snapshot, one, 11, "2:cpu:/a/b\n1:pids:/a\n0::/x");
	made_thread_in(&snapshot, one, 12, "2:cpu:/\n1:pids:/a\n0::/x/t");
	made_thread_in(&snapshot, one, 13, "2:cpu:/a\n1:pids:/a\n0::/x");
	check_threads_drawn(&snapshot, false,
	                    " / /x 1<1 2<1 /x/t {12}<4 / !{12}<6 /a 1<8 2<8 /a/b {11}<11 / /a "
	                    "1<14 2<14");
	/* Without them a group that nothing else is in is empty. */
	check_drawn(&snapshot, false, " / /x 1<1 2<1 / /a 1<5 2<5 / /a 1<9 2<9");
	check_drawn(&snapshot, true, " / /x 1<1 2<1 /x/t / /a 1<6 2<6 /a/b / /a 1<11 2<11");
}

/* Of a process that could not be read nobody knows where it is not. */
static void threads_of_a_process_that_is_nowhere(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t process = made_process(&snapshot, 1, 0, "x");
	made_thread_in(&snapshot, process, 2, "0::/a");
	check_threads_drawn(&snapshot, false, " / /a {2}<1");
}

static void a_container_is_named_where_no_group_says_it(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	uint32_t one = made_in(&snapshot, 1, "1:pids:/x/y\n0::/docker/a/sub");
	uint32_t a = made_container(&snapshot, "a", "/docker/a");
	snapshot.processes[one].container = a;
	draw(&snapshot, false, &tree);
	/* / docker a sub 1, / x y 1 */
	assert_int_equal(tree.count, 9);
	for (uint32_t i = 0; i < tree.count; i++)
		assert_int_equal(tree.nodes[i].container, i == 2 || i == 8 ? a : NONE);
	assert_int_equal(tree.nodes[2].process, NONE);
	assert_int_equal(tree.nodes[3].process, one);
	assert_int_equal(tree.nodes[4].process, one);
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Each in a group of its own, in twelve hierarchies: nothing is done twice. */
static void many_processes_take_no_time(void **state)
{
	const int n = 25000, n_hierarchies = 12;
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };
	auto_arena struct arena arena = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	for (int i = 0; i < n; i++) {
		const char *text = "";
		for (int k = 0; k < n_hierarchies; k++)
			text = arena_printf(&arena, "%s%d:c%d:/kubepods/pod%d/c%d\n", text, k + 1,
			                    k, i / 2, i);
		made_in(&snapshot, i + 1, text);
		arena_reset(&arena);
	}
	double start = cpu_seconds();
	draw(&snapshot, false, &tree);
	double seconds = cpu_seconds() - start;
	assert_int_equal(tree.count, n_hierarchies * (2 + n / 2 + n + n));
	check_list(&snapshot, &tree.cgroups);
	if (seconds > 10)
		fail_msg("%g s", seconds);
}

/* Equal texts of a snapshot are one, and that is taken apart once. */
static void a_shared_text_is_read_once(void **state)
{
	const size_t length = 1 << 20;
	auto_snapshot struct snapshot snapshot;
	auto_cgrouplist struct cgrouplist list = { 0 };
	auto_free char *text = malloc(length + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', length);
	memcpy(text, "0::/", 4);
	text[length] = '\0';
	snapshot_init(&snapshot);
	made_in(&snapshot, 1, text);
	for (pid_t pid = 2; pid <= 25000; pid++)
		made_process(&snapshot, pid, 1, NULL);
	for (size_t i = 1; i < snapshot.n_processes; i++)
		snapshot.processes[i].cgroup = snapshot.processes[0].cgroup;
	double start = cpu_seconds();
	build(&snapshot, &list);
	double seconds = cpu_seconds() - start;
	assert_int_equal(list.items[1].n_processes, 25000);
	if (seconds > 5)
		fail_msg("%g s", seconds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_an_empty_list),
		cmocka_unit_test(ancestors_are_entries_too),
		cmocka_unit_test(siblings_go_by_name_and_each_is_followed_by_what_is_below),
		cmocka_unit_test(hierarchies_stand_in_order),
		cmocka_unit_test(v1_has_twelve),
		cmocka_unit_test(of_two_lines_of_a_hierarchy_the_first_counts),
		cmocka_unit_test(a_removed_group_is_no_other),
		cmocka_unit_test(what_is_outside_of_the_cgroup_namespace_is_above),
		cmocka_unit_test(dots_elsewhere_are_names),
		cmocka_unit_test(names_hold_any_byte),
		cmocka_unit_test(empty_components_are_none),
		cmocka_unit_test(what_no_kernel_writes_is_one_component),
		cmocka_unit_test(empty_groups_come_from_the_file_system),
		cmocka_unit_test(a_component_is_its_own_unit),
		cmocka_unit_test(a_container_is_named_at_its_own_group_alone),
		cmocka_unit_test(processes_in_a_root_are_only_counted),
		cmocka_unit_test(what_is_in_our_namespaces_root_is_in_a_group),
		cmocka_unit_test(threads_are_where_their_process_is_not),
		cmocka_unit_test(threads_of_a_process_that_is_nowhere),
		cmocka_unit_test(a_container_is_named_where_no_group_says_it),
		cmocka_unit_test(many_processes_take_no_time),
		cmocka_unit_test(a_shared_text_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
