/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns that only trees have, and those of nslist in the rows of trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "world.h"

/* Cells of rows, column by column. */
struct cell {
	const char *column, *text;
};

static void assert_cells(struct world *world, const struct cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_cell(world, cells[i].column, cells[i].text);
}

static void shows_processes(void **state)
{
	/* clang-format off */
	static const struct cell cells[] = {
		{ "KIND", "process" }, { "PID", "4560" }, { "PPID", "1" }, { "PGID", "4560" },
		{ "SID", "4560" }, { "TPGID", "4600" }, { "TTY", "pts/3" }, { "STATE", "S" },
		{ "COMM", "nginx" }, { "USER", "alice" }, { "NSPID", "4560,146,1" },
		{ "START", "123456789" }, { "CAPEFF", "00000000a80425fb" },
		{ "SECCOMP", "filter" }, { "NNP", "yes" }, { "LSM", "docker-default (enforce)" },
		{ "TID", "" }, { "CGROUP", "/system.slice/docker-" LONG_ID ".scope" },
		{ "CONTAINER", "web-5d7/nginx" }, { "TARGET", "4560" }, { "SAME", "1" },
		{ "LEFT", "0" }, { "FORCHILDREN", "4026532391" }, { "ENTERED", "no" },
		{ "DEAD", "" }, { "FOREGROUND", "" }, { "ORPHANED", "" }, { "STOPPED", "" },
		{ "LEADERLESS", "" }, { "CHANGED", "" }, { "HIERARCHY", "" },
	};
	/* clang-format on */
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	process_at(&world, NGINX)->at.children[CHILDREN_PID] = DEAD_PID;
	stand_for(&world, NODE_PROCESS, NGINX, NGINX);
	assert_cells(&world, cells, ARRAY_SIZE(cells));
	process_at(&world, NGINX)->terminal_name = "pts/3\n";
	assert_cell(&world, "TTY", "pts/3\n");
	process_at(&world, NGINX)->seccomp = 0;
	assert_cell(&world, "SECCOMP", "none");
	process_at(&world, NGINX)->seccomp = 1;
	assert_cell(&world, "SECCOMP", "strict");
	process_at(&world, NGINX)->seccomp = -1;
	assert_cell(&world, "SECCOMP", "");
	process_at(&world, NGINX)->label = "";
	assert_cell(&world, "LSM", "");
}

/* Threads share session and terminal; what each has of its own was not read. */
static void shows_threads(void **state)
{
	/* clang-format off */
	static const struct cell cells[] = {
		{ "KIND", "thread" }, { "TID", "4570" }, { "PID", "4560" }, { "COMM", "worker" },
		{ "SID", "4560" }, { "PGID", "4560" }, { "TTY", "pts/3" }, { "STATE", "" },
		{ "NSPID", "" }, { "START", "" }, { "CAPEFF", "" }, { "SECCOMP", "" },
		{ "NNP", "" }, { "LSM", "" }, { "TARGET", "" }, { "ENTERED", "" },
		{ "CHANGED", "net" }, { "PPID", "1" }, { "FORCHILDREN", "" },
	};
	/* clang-format on */
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PROCESS);
	stand_for(&world, NODE_THREAD, WORKER, NGINX)->changed = NS_BIT(NS_NET);
	assert_cells(&world, cells, ARRAY_SIZE(cells));
	world.snapshot.threads[WORKER].at.children[CHILDREN_PID] = DEAD_PID;
	assert_cell(&world, "FORCHILDREN", "4026532391");
}

static void shows_namespaces(void **state)
{
	/* clang-format off */
	static const struct cell cells[] = {
		{ "KIND", "namespace" }, { "NS", "4026532390" }, { "TYPE", "pid" },
		{ "NPROCS", "1" }, { "PID", "4560" }, { "COMM", "nginx" },
		{ "NSPID", "4560,146,1" }, { "CONTAINER", "web-5d7/nginx" },
		{ "TARGET", "pid:[4026532390]" }, { "DEAD", "no" }, { "ENTERED", "" },
		{ "FORCHILDREN", "" }, { "LEFT", "7" },
	};
	/* clang-format on */
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_NAMESPACE, WEB_PID, NGINX);
	world.place.n_left = 7;
	assert_cells(&world, cells, ARRAY_SIZE(cells));
	world.node.marks = NODE_DEAD;
	assert_cell(&world, "DEAD", "yes");
	world.node.unknown = NODE_DEAD;
	assert_cell(&world, "DEAD", "");
}

static void shows_sessions_and_groups(void **state)
{
	/* clang-format off */
	static const struct cell session[] = {
		{ "KIND", "session" }, { "SID", "4560" }, { "PGID", "" }, { "TPGID", "4600" },
		{ "TTY", "pts/0" }, { "PID", "4560" }, { "COMM", "nginx" }, { "NPROCS", "7" },
		{ "STATE", "S" }, { "TARGET", "" }, { "LEADERLESS", "no" }, { "FOREGROUND", "" },
		{ "ORPHANED", "" }, { "STOPPED", "" }, { "CONTAINER", "web-5d7/nginx" },
	};
	/* clang-format on */
	/* clang-format off */
	static const struct cell group[] = {
		{ "KIND", "group" }, { "SID", "4560" }, { "PGID", "4600" }, { "TTY", "pts/0" },
		{ "NPROCS", "4" }, { "FOREGROUND", "yes" }, { "ORPHANED", "" },
		{ "STOPPED", "no" }, { "LEADERLESS", "no" }, { "TARGET", "" },
	};
	/* clang-format on */
	/* clang-format off */
	static const struct cell outside[] = {
		{ "SID", "" }, { "PGID", "" }, { "LEADERLESS", "" }, { "TPGID", "" },
		{ "NPROCS", "1" },
	};
	/* clang-format on */
	auto_world struct world world;

	(void)state;
	session_world_init(&world);
	stand_for(&world, NODE_SESSION, 1, NGINX);
	assert_cells(&world, session, ARRAY_SIZE(session));
	struct node *node = stand_for(&world, NODE_GROUP, 2, NAMELESS);
	node->marks = NODE_FOREGROUND | NODE_ORPHANED;
	node->unknown = NODE_ORPHANED;
	assert_cells(&world, group, ARRAY_SIZE(group));
	node = stand_for(&world, NODE_SESSION, 3, NAMELESS);
	node->unknown = NODE_LEADERLESS;
	assert_cells(&world, outside, ARRAY_SIZE(outside));
	stand_for(&world, NODE_PROCESS, NGINX, NGINX)->marks = NODE_STOPPED;
	assert_cell(&world, "STOPPED", "yes");
	assert_cell(&world, "FOREGROUND", "no");
	assert_cell(&world, "NPROCS", "");
}

static void shows_cgroups(void **state)
{
	/* clang-format off */
	static const struct cell unit[] = {
		{ "KIND", "cgroup" }, { "HIERARCHY", "cpu,cpuacct" },
		{ "CGROUP", "/system.slice/nginx.service" }, { "UNIT", "nginx.service" },
		{ "NPROCS", "3" }, { "CONTAINER", "" }, { "PID", "4560" },
		{ "TARGET", "cg:cpu:/system.slice/nginx.service" }, { "RUNTIME", "" },
	};
	/* clang-format on */
	/* clang-format off */
	static const struct cell container[] = {
		{ "HIERARCHY", "v2" }, { "UNIT", "" }, { "CONTAINER", "web-5d7/nginx" },
		{ "RUNTIME", "docker" }, { "PID", "" }, { "COMM", "" },
		{ "TARGET", "cg::/s/cri-containerd-" LONG_ID ".scope" },
	};
	/* clang-format on */
	auto_world struct world world;

	(void)state;
	cgroup_world_init(&world);
	stand_for(&world, NODE_CGROUP, 2, NGINX);
	assert_cells(&world, unit, ARRAY_SIZE(unit));
	stand_for(&world, NODE_CGROUP, 3, NONE);
	assert_cells(&world, container, ARRAY_SIZE(container));
	stand_for(&world, NODE_CGROUP, 4, NONE);
	assert_cell(&world, "CGROUP", "/" HOSTILE " (deleted)");
	assert_cell(&world, "TARGET", "");
	/* A process in a hierarchy is in the group that it is drawn in. */
	const struct node nodes[] = {
		{ .kind = NODE_CGROUP, .index = 2, .parent = NONE, .process = NONE },
		{ .kind = NODE_PROCESS, .process = NGINX, .parent = 0, .container = NONE },
	};
	stand_for(&world, NODE_PROCESS, NGINX, NGINX);
	world.tree.nodes = (struct node *)nodes;
	world.tree.count = ARRAY_SIZE(nodes);
	world.place.node = &nodes[1];
	assert_cell(&world, "HIERARCHY", "cpu,cpuacct");
	assert_cell(&world, "CGROUP", "/system.slice/nginx.service");
	assert_cell(&world, "NPROCS", "");
	assert_cell(&world, "CONTAINER", "web-5d7/nginx");
}

/* No change seen is only "none" where both sides were. */
static void tells_no_change_from_unread(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_world struct world world;
	struct node nodes[] = {
		{ .kind = NODE_PROCESS, .process = SYSTEMD, .parent = NONE, .container = NONE },
		{ .kind = NODE_PROCESS, .process = NGINX, .parent = 0, .container = NONE },
	};

	(void)state;
	world_init(&world, TREE_PROCESS);
	stand_for(&world, NODE_PROCESS, NGINX, NGINX);
	world.tree.nodes = nodes;
	world.tree.count = ARRAY_SIZE(nodes);
	world.place.node = &nodes[1];
	struct value value = value_in(&world, &arena, "CHANGED");
	assert_int_equal(value.type, VALUE_LIST);
	assert_int_equal(value.as.list.count, 0);
	process_at(&world, SYSTEMD)->at.denied = NS_ALL_BITS;
	assert_int_equal(value_in(&world, &arena, "CHANGED").type, VALUE_NONE);
	nodes[1].changed = NS_BIT(NS_USER) | NS_BIT(NS_MNT);
	assert_cell(&world, "CHANGED", "mnt,user");
}

/* No getter may rely on anything being known, nor on the row being a node at all. */
static void shows_nothing_where_nothing_is_known(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_arena struct arena arena = { 0 };
	const struct column_set *set = treecols_set();

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 5, 0, NULL);
	made_space(&snapshot, NS_NET, INODE(1));
	for (uint32_t i = 0; i < 4; i++) {
		struct place place = { .space = i & 1 ? NONE : 0,
			               .process = i & 2 ? NONE : 0,
			               .parent = NONE };
		const struct rows rows = {
			.snapshot = &snapshot, .items = &place, .count = 1, .are_processes = i & 1
		};
		const struct row row = rows_at(&rows, 0, &arena);

		for (size_t at = 0; at < column_set_count(set); at++) {
			struct value value;
			assert_int_equal(column_set_at(set, at)->get(&row, &value), 0);
		}
	}
}

static void every_node_has_every_column(void **state)
{
	auto_arena struct arena arena = { 0 };
	const struct column_set *set = treecols_set();

	(void)state;
	for (enum tree_view view = 0; view < TREE_N_VIEWS; view++) {
		auto_world struct world world;
		world_init(&world, view);
		world.tree.sessions = (struct sessions){ .items = sessions, .groups = groups };
		world.tree.cgroups = (struct cgrouplist){ .items = cgroups };
		for (enum node_kind kind = 0; kind < NODE_N_KINDS; kind++) {
			stand_for(&world, kind, 0, kind == NODE_NAMESPACE ? NONE : UNREAD);
			for (size_t i = 0; i < column_set_count(set); i++)
				value_in(&world, &arena, column_set_at(set, i)->name);
		}
	}
}

/* All names are keys, none is there twice, and those of nslist are among them. */
static void columns_are_complete(void **state)
{
	const struct column_set *set = treecols_set();

	(void)state;
	assert_string_equal(column_set_at(set, 0)->name, "TREE");
	assert_non_null(column_find(set, "TREE"));
	assert_true(column_find(set, "TREE")->flags & COLUMN_CUT);
	assert_non_null(column_find(set, "COMMAND"));
	assert_int_equal(column_find(set, "NSPID")->type, VALUE_LIST);
	for (size_t i = 0; i < column_set_count(set); i++) {
		const struct column *column = column_set_at(set, i);

		assert_int_equal(strspn(column->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
		                 strlen(column->name));
		assert_non_null(column->help);
		assert_ptr_equal(column_find(set, column->name), column);
	}
}

static bool holds(struct world *world, const char *text)
{
	auto_arena struct arena arena = { 0 };
	const struct row row = rows_at(&world->rows, 0, &arena);
	struct filter filter = { 0 };
	struct expr_error error;
	bool result = false;

	assert_int_equal(filter_compile(treecols_set(), text, &filter, &error), 0);
	assert_int_equal(filter_holds(&filter, &row, &result), 0);
	filter_done(&filter);
	return result;
}

static void filters_by_value(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_PROCESS, NGINX, NGINX)->marks = NODE_ENTERED;
	assert_true(holds(&world, "ENTERED && NSPID == 146 && NNP"));
	assert_true(holds(&world, "SECCOMP == \"filter\" && CAPEFF =~ \"25fb$\""));
	assert_true(holds(&world, "TREE =~ \"^nginx 4560/\""));
	assert_false(holds(&world, "DEAD == no"));
	assert_true(holds(&world, "START > 123456788 && KIND == \"process\""));
	world.tree.view = TREE_PROCESS;
	world.node.changed = NS_BIT(NS_USER);
	assert_true(holds(&world, "CHANGED == \"user\""));
	assert_false(holds(&world, "CHANGED == \"net\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_processes),
		cmocka_unit_test(shows_threads),
		cmocka_unit_test(shows_namespaces),
		cmocka_unit_test(shows_sessions_and_groups),
		cmocka_unit_test(shows_cgroups),
		cmocka_unit_test(tells_no_change_from_unread),
		cmocka_unit_test(shows_nothing_where_nothing_is_known),
		cmocka_unit_test(every_node_has_every_column),
		cmocka_unit_test(columns_are_complete),
		cmocka_unit_test(filters_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
