/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tree says at each node. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "world.h"
#include "show/labeltext.h"

static void assert_label(struct world *world, const char *expected)
{
	assert_cell(world, "TREE", expected);
}

static void names_processes(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	assert_label(&world, "systemd 1");
	stand_for(&world, NODE_PROCESS, KTHREADD, KTHREADD);
	assert_label(&world, "[kthreadd] 2");
	stand_for(&world, NODE_PROCESS, NGINX, NGINX);
	assert_label(&world, "nginx 4560/146/1");
	world.tree.view = TREE_PROCESS;
	assert_label(&world, "nginx 4560");
	stand_for(&world, NODE_PROCESS, NAMELESS, NAMELESS);
	assert_label(&world, "\"\" 4561");
	stand_for(&world, NODE_PROCESS, UNREAD, UNREAD);
	assert_label(&world, "? 4562");
	/* Raw bytes: who prints them escapes them. */
	process_at(&world, SYSTEMD)->comm = HOSTILE;
	stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	assert_label(&world, HOSTILE " 1");
	process_at(&world, SYSTEMD)->comm = "%s%n";
	assert_label(&world, "%s%n 1");
	stand_for(&world, NODE_THREAD, WORKER, NGINX);
	assert_label(&world, "{worker} 4570");
}

static void says_what_is_special_of_processes(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	struct node *node = stand_for(&world, NODE_PROCESS, NGINX, NGINX);
	node->marks = NODE_ENTERED;
	assert_label(&world, "nginx 4560/146/1  entered from outside");
	process_at(&world, NGINX)->at.children[CHILDREN_PID] = DEAD_PID;
	assert_label(&world, "nginx 4560/146/1  entered from outside, children go to "
	                     "pid:[4026532391]");
	node->container = process_at(&world, NGINX)->container;
	node->marks = 0;
	assert_label(&world, "nginx 4560/146/1  web-5d7/nginx  children go to pid:[4026532391]");
	world.tree.view = TREE_PROCESS;
	node->changed = NS_ALL_BITS;
	assert_label(&world, "nginx 4560 +mnt +net +pid +uts +ipc +user +cgroup +time  "
	                     "web-5d7/nginx");
	node = stand_for(&world, NODE_THREAD, WORKER, NGINX);
	node->changed = NS_BIT(NS_NET);
	assert_label(&world, "{worker} 4570 +net");
	world.tree.view = TREE_SESSION;
	node = stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	node->marks = NODE_STOPPED | NODE_FOREGROUND;
	assert_label(&world, "systemd 1  stopped");
}

static void counts_what_is_folded_or_left(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	world.place.n_same = 4;
	assert_label(&world, "4*[systemd]");
	world.node.marks = NODE_ENTERED;
	assert_label(&world, "4*[systemd]  entered from outside");
	stand_for(&world, NODE_THREAD, WORKER, NGINX);
	world.place.n_same = 2;
	assert_label(&world, "2*[{worker}]");
	stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	world.place.n_same = 1;
	world.place.n_left = 12;
	assert_label(&world, "systemd 1 (12 below)");
	const struct place places[] = { world.place, { .parent = 0 } };
	world.rows.items = (struct place *)places;
	world.rows.count = ARRAY_SIZE(places);
	assert_label(&world, "systemd 1 (12 more below)");
	world.rows.items = &world.place;
	world.rows.count = 1;
	world.rows.all_shows_left = true;
	assert_label(&world, "systemd 1 (12 not shown: --all)");
}

/* Only where lines end to be indented, a number says how deep they are. */
static void says_the_depth_that_is_not_drawn(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_PROCESS, SYSTEMD, SYSTEMD);
	world.place.depth = 71;
	assert_label(&world, "systemd 1");
	world.levels = 60;
	assert_label(&world, "(71) systemd 1");
	world.place.depth = 60;
	assert_label(&world, "(60) systemd 1");
	world.place.depth = 59;
	assert_label(&world, "systemd 1");
}

static void names_pid_namespaces(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	stand_for(&world, NODE_NAMESPACE, HOST_PID, SYSTEMD);
	const struct node nodes[] = {
		{ .kind = NODE_NAMESPACE, .space = HOST_PID, .parent = NONE, .container = NONE },
		{ .kind = NODE_PROCESS, .space = HOST_PID },
		{ .kind = NODE_PROCESS, .space = HOST_PID },
		{ .kind = NODE_THREAD, .space = HOST_PID },
		{ .kind = NODE_PROCESS, .space = WEB_PID },
		{ .kind = NODE_PROCESS, .space = HOST_PID, .marks = NODE_UNSEEN },
	};
	world.tree.nodes = (struct node *)nodes;
	world.tree.count = ARRAY_SIZE(nodes);
	assert_label(&world, "pid:[4026531836] host, 3 processes");
	world.place.n_left = 2;
	world.rows.all_shows_left = true;
	assert_label(&world, "pid:[4026531836] host, 3 processes (2 not shown: --all)");
	world.tree.nodes = &world.node;
	world.tree.count = 1;

	struct node *node = stand_for(&world, NODE_NAMESPACE, WEB_PID, NGINX);
	node->parent = 0;
	assert_label(&world, "pid:[4026532390]");
	node->container = process_at(&world, NGINX)->container;
	assert_label(&world, "pid:[4026532390] web-5d7/nginx");
	node->parent = NONE;
	assert_label(&world, "pid:[4026532390] web-5d7/nginx, 1 process");
	node->container = NONE;
	world.snapshot.self_at[NS_PID] = WEB_PID;
	world.tree.nodes = (struct node *)nodes;
	world.tree.count = ARRAY_SIZE(nodes);
	assert_label(&world, "pid:[4026532390] this one, 1 process");
	world.tree.nodes = &world.node;
	world.tree.count = 1;
	/* Where nobody looked for processes, none is no count. */
	world.snapshot.scanned.sources = 0;
	assert_label(&world, "pid:[4026532390] this one");
	node = stand_for(&world, NODE_NAMESPACE, DEAD_PID, NONE);
	node->parent = 0;
	node->marks = NODE_DEAD;
	assert_label(&world, "pid:[4026532391]  dead: its init is gone");
	/* Number 1 in it is still there to be drawn below. */
	node->process = NGINX;
	assert_label(&world, "pid:[4026532391]  dead: its init has ended");
	node->process = NAMELESS;
	assert_label(&world, "pid:[4026532391]  dead: its init is gone");
}

/* Nothing is below it: that says the label, and what keeps it. */
static void names_pid_namespaces_that_no_process_is_in(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_PID);
	struct node *node = stand_for(&world, NODE_NAMESPACE, DEAD_PID, NONE);
	node->parent = 0;
	assert_label(&world, "pid:[4026532391] no processes");
	node->marks = NODE_DEAD;
	assert_label(&world, "pid:[4026532391] no processes  dead: its init is gone");
	made_fd(&world.snapshot, DEAD_PID, NGINX, 9);
	made_finish(&world.snapshot);
	assert_label(&world, "pid:[4026532391] no processes (fd 9 of nginx 4560)  dead: its init "
	                     "is gone");
	/* Out of sight there may be some. */
	node->marks = 0;
	node->unknown = NODE_DEAD;
	assert_label(&world, "pid:[4026532391] no process in sight (fd 9 of nginx 4560)");
	/* The row of who set it aside says so. */
	process_at(&world, SYSTEMD)->at.children[CHILDREN_PID] = DEAD_PID;
	made_finish(&world.snapshot);
	node->unknown = 0;
	assert_label(&world, "pid:[4026532391] no processes");
	node->parent = NONE;
	assert_label(&world, "pid:[4026532391] no processes");
}

static void names_user_namespaces(void **state)
{
	auto_world struct world world;

	(void)state;
	world_init(&world, TREE_USER);
	stand_for(&world, NODE_NAMESPACE, HOST_USER, SYSTEMD);
	assert_label(&world, "user:[4026531837] host, 1 process");
	struct node *node = stand_for(&world, NODE_NAMESPACE, USER, NGINX);
	node->parent = 0;
	assert_label(&world, "user:[4026532401] made by alice, 1 process, uid 0-65535 = "
	                     "100000-165535, gid 0-65535 = 100000-165535 and 65536 = 1000");
	node->container = process_at(&world, NGINX)->container;
	world.snapshot.spaces[USER].uid_map = NULL;
	world.snapshot.spaces[USER].gid_map = "";
	assert_label(&world, "user:[4026532401] web-5d7/nginx, made by alice, 1 process, uid ?, "
	                     "no gids mapped");
	node->parent = NONE;
	world.snapshot.self_at[NS_USER] = USER;
	assert_label(&world, "user:[4026532401] this one, web-5d7/nginx, 1 process, uid ?, "
	                     "no gids mapped");
	node = stand_for(&world, NODE_NAMESPACE, EMPTY_USER, NONE);
	assert_label(&world, "user:[4026532402] made by 4294967290, no processes, no ids mapped");
	world.snapshot.spaces[EMPTY_USER].has_owner_uid = false;
	assert_label(&world, "user:[4026532402] made by ?, no processes, no ids mapped");
	node = stand_for(&world, NODE_NAMESPACE, NET, NGINX);
	assert_label(&world, "net:[4026532403] nginx 4560, 1 process");
	node->container = process_at(&world, NGINX)->container;
	assert_label(&world, "net:[4026532403] nginx 4560, 1 process  web-5d7/nginx");
	stand_for(&world, NODE_NAMESPACE, BLUE, NONE);
	assert_label(&world, "net:[4026532404] (mount /run/netns/blue)");
}

static void assert_map(const char *map, const char *expected)
{
	auto_arena struct arena arena = { 0 };
	struct labeltext label = { .arena = &arena };

	labeltext_add_map(&label, "uid", map);
	assert_string_equal(labeltext_value(&label), expected);
}

static void shows_maps_as_ranges(void **state)
{
	(void)state;
	assert_map("0 1000 1", "uid 0 = 1000");
	assert_map("0 1000 1, 1 100000 65536", "uid 0 = 1000 and 1-65536 = 100000-165535");
	assert_map("         0          0 4294967295", "uid 0-4294967294 = 0-4294967294");
	assert_map("4294967295 0 1", "uid 4294967295 = 0");
	assert_map("", "no uids mapped");
	assert_map(NULL, "uid ?");
	/* Damaged ones. */
	assert_map("0 1000", "uid ?");
	assert_map("0 1000 0", "uid ?");
	assert_map("0 1000 1,,", "uid ?");
	assert_map("0 1000 1 1", "uid ?");
	assert_map("0 1000 -1", "uid ?");
	assert_map("1 0 4294967295, 0 1000 2", "uid 1-4294967295 = 0-4294967294 and "
	                                       "0-1 = 1000-1001");
	assert_map("2 0 4294967295", "uid ?");
	assert_map("0 18446744073709551615 2", "uid ?");
	assert_map(HOSTILE, "uid ?");
}

/* As many ranges as the kernel takes, and more: no limit, and no time that grows with the square. */
static void shows_long_maps(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct labeltext label = { .arena = &arena };
	const size_t count = 100000;
	auto_free char *map = malloc(count * 16);
	char *end = map;

	(void)state;
	assert_non_null(map);
	for (size_t i = 0; i < count; i++)
		end += sprintf(end, "%s%zu %zu 1", i ? ", " : "", i, i);
	labeltext_add_map(&label, "uid", map);
	assert_non_null(strstr(labeltext_value(&label), " and 99999 = 99999"));
}

static void names_sessions(void **state)
{
	auto_world struct world world;

	(void)state;
	session_world_init(&world);
	stand_for(&world, NODE_SESSION, 0, KTHREADD);
	assert_label(&world, "kernel threads");
	struct node *node = stand_for(&world, NODE_SESSION, 1, NGINX);
	assert_label(&world, "session 4560 nginx  pts/0");
	node->container = process_at(&world, NGINX)->container;
	assert_label(&world, "session 4560 nginx  web-5d7/nginx  pts/0");
	node = stand_for(&world, NODE_SESSION, 2, NAMELESS);
	node->marks = NODE_LEADERLESS;
	assert_label(&world, "session 4711  leader is gone, no terminal");
	node = stand_for(&world, NODE_SESSION, 3, NAMELESS);
	node->marks = NODE_OUTSIDE;
	node->unknown = NODE_LEADERLESS;
	assert_label(&world, "session outside  pts/0 of another devpts");
}

static void names_groups(void **state)
{
	auto_world struct world world;

	(void)state;
	session_world_init(&world);
	struct node *node = stand_for(&world, NODE_GROUP, 1, NGINX);
	/* As each session's first group is while its leader lives. */
	node->marks = NODE_ORPHANED;
	assert_label(&world, "group 4560 nginx");
	groups[1].n_stopped = 1;
	node->marks = NODE_ORPHANED | NODE_STOPPED;
	assert_label(&world, "group 4560 nginx  stopped, orphaned");
	groups[1].n_stopped = 0;
	node = stand_for(&world, NODE_GROUP, 2, NAMELESS);
	node->marks = NODE_FOREGROUND;
	assert_label(&world, "group 4600 \"\"  foreground");
	node = stand_for(&world, NODE_GROUP, 3, UNREAD);
	node->marks = NODE_LEADERLESS | NODE_STOPPED | NODE_ORPHANED;
	assert_label(&world, "group 4722  leader is gone, stopped, orphaned");
	node = stand_for(&world, NODE_GROUP, 4, UNREAD);
	node->marks = NODE_OUTSIDE;
	assert_label(&world, "group outside");
	stand_for(&world, NODE_GROUP, 0, KTHREADD);
	assert_label(&world, "group 0");
}

static void names_cgroups(void **state)
{
	auto_world struct world world;

	(void)state;
	cgroup_world_init(&world);
	stand_for(&world, NODE_CGROUP, 0, SYSTEMD);
	assert_label(&world, "cgroup v2 /");
	world.place.n_left = 97;
	assert_label(&world, "cgroup v2 / (97 below)");
	world.rows.all_shows_left = true;
	assert_label(&world, "cgroup v2 /  97 processes (not shown: --all)");
	world.place.n_left = 98;
	assert_label(&world, "cgroup v2 /  97 processes (98 not shown: --all)");
	stand_for(&world, NODE_CGROUP, 1, NONE);
	assert_label(&world, "cgroup name=systemd /");
	stand_for(&world, NODE_CGROUP, 2, NGINX);
	assert_label(&world, "nginx.service");
	struct node *node = stand_for(&world, NODE_CGROUP, 3, NGINX);
	node->container = cgroups[3].container;
	assert_label(&world, "cri-containerd-0123456789ab*.scope  web-5d7/nginx");
	stand_for(&world, NODE_CGROUP, 4, NONE);
	assert_label(&world, HOSTILE " (deleted)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_processes),
		cmocka_unit_test(says_what_is_special_of_processes),
		cmocka_unit_test(counts_what_is_folded_or_left),
		cmocka_unit_test(says_the_depth_that_is_not_drawn),
		cmocka_unit_test(names_pid_namespaces),
		cmocka_unit_test(names_pid_namespaces_that_no_process_is_in),
		cmocka_unit_test(names_user_namespaces),
		cmocka_unit_test(shows_maps_as_ranges),
		cmocka_unit_test(shows_long_maps),
		cmocka_unit_test(names_sessions),
		cmocka_unit_test(names_groups),
		cmocka_unit_test(names_cgroups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
