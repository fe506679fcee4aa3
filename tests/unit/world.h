/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small host made by hand, and one node of a tree of it: what labels and columns are tested with. */
#ifndef NSKIT_WORLD_H
#define NSKIT_WORLD_H

#include "made.h"
#include "model/tree.h"
#include "show/treecols.h"

#define LONG_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HOSTILE "a\033[2J\n)\xff/b"

enum { HOST_PID, WEB_PID, DEAD_PID, HOST_USER, USER, EMPTY_USER, NET, BLUE };
enum { SYSTEMD, KTHREADD, NGINX, NAMELESS, UNREAD };
enum { WORKER };

/* A snapshot, and one node of a tree of it. */
struct world {
	struct snapshot snapshot;
	struct tree tree;
	struct node node;
	struct place place;
	struct rows rows;
	uint32_t levels;
};

static inline struct process *process_at(struct world *world, uint32_t index)
{
	return &world->snapshot.processes[index];
}

static inline void add_spaces(struct snapshot *snapshot)
{
	made_space(snapshot, NS_PID, 4026531836);
	made_space(snapshot, NS_PID, INODE(390));
	made_space(snapshot, NS_PID, INODE(391));
	made_space(snapshot, NS_USER, 4026531837);
	made_space(snapshot, NS_USER, INODE(401));
	made_space(snapshot, NS_USER, INODE(402));
	made_space(snapshot, NS_NET, INODE(403));
	made_space(snapshot, NS_NET, INODE(404));

	struct space *user = &snapshot->spaces[USER];
	user->has_owner_uid = true;
	user->owner_uid = 1000;
	user->uid_map = "0 100000 65536";
	user->gid_map = "0 100000 65536, 65536 1000 1";
	snapshot->spaces[EMPTY_USER].has_owner_uid = true;
	snapshot->spaces[EMPTY_USER].owner_uid = 4294967290;
	snapshot->spaces[EMPTY_USER].uid_map = "";
	snapshot->spaces[EMPTY_USER].gid_map = "";
	made_mount(snapshot, BLUE, "/run/netns/blue", NONE);
}

static inline void add_processes(struct world *world)
{
	static const pid_t nested[] = { 4560, 146, 1 };
	const struct container web = {
		.runtime = "docker", .id = LONG_ID, .name = "nginx", .pod = "web-5d7"
	};
	struct snapshot *snapshot = &world->snapshot;

	made_member(snapshot, 1, 0, "systemd", HOST_PID);
	made_member(snapshot, 2, 0, "kthreadd", HOST_PID);
	made_member(snapshot, 4560, 1, "nginx", WEB_PID);
	made_process(snapshot, 4561, 4560, "");
	made_process(snapshot, 4562, 4560, NULL);
	process_at(world, SYSTEMD)->at.in[NS_USER] = HOST_USER;
	process_at(world, KTHREADD)->is_kernel_thread = true;
	struct process *nginx = process_at(world, NGINX);
	nginx->at.in[NS_USER] = USER;
	nginx->at.in[NS_NET] = NET;
	nginx->numbers = nested;
	nginx->n_numbers = ARRAY_SIZE(nested);
	nginx->known = PROCESS_STAT | PROCESS_PARENT | PROCESS_NUMBERS | PROCESS_CGROUP |
	               PROCESS_LABEL | PROCESS_UID;
	nginx->uid = 1000;
	nginx->group = 4560;
	nginx->session = 4560;
	nginx->foreground_group = 4600;
	nginx->terminal = 34819;
	nginx->start = 123456789;
	nginx->state = 'S';
	nginx->has_audit = true;
	nginx->effective_caps = 0xa80425fb;
	nginx->seccomp = 2;
	nginx->no_new_privs = true;
	nginx->label = "docker-default (enforce)";
	nginx->cgroup = "4:memory:/web\n0::/system.slice/docker-" LONG_ID ".scope";
	assert_int_equal(snapshot_add_container(snapshot, &web, &nginx->container), 0);
	made_thread(snapshot, NGINX, 4570, NET);
	snapshot->threads[WORKER].comm = "worker";
}

static inline void world_init(struct world *world, enum tree_view view)
{
	*world = (struct world){ 0 };
	snapshot_init(&world->snapshot);
	add_spaces(&world->snapshot);
	add_processes(world);
	assert_int_equal(snapshot_add_user(&world->snapshot, 1000, "alice"), 0);
	made_finish(&world->snapshot);
	world->tree = (struct tree){
		.snapshot = &world->snapshot, .view = view, .nodes = &world->node, .count = 1
	};
	world->rows = (struct rows){ .snapshot = &world->snapshot,
		                     .tree = &world->tree,
		                     .items = &world->place,
		                     .count = 1 };
}

static inline void world_done(struct world *world)
{
	snapshot_done(&world->snapshot);
}
#define auto_world __attribute__((cleanup(world_done)))

/* Makes it a root without marks. */
static inline struct node *stand_for(struct world *world, enum node_kind kind, uint32_t index,
                                     uint32_t process)
{
	world->node = (struct node){ .kind = kind,
		                     .index = index,
		                     .process = process,
		                     .space = kind == NODE_NAMESPACE ? index : NONE,
		                     .parent = NONE,
		                     .container = NONE };
	world->place = (struct place){
		.space = world->node.space, .process = process, .parent = NONE, .node = &world->node
	};
	world->rows.all_shows_left = false;
	world->levels = 0;
	return &world->node;
}

static inline struct value value_in(struct world *world, struct arena *arena, const char *name)
{
	const struct column *column = column_find(treecols_set(), name);
	struct row row = rows_at(&world->rows, 0, arena);
	struct value value = { 0 };

	row.levels = world->levels;
	assert_non_null(column);
	assert_int_equal(column->get(&row, &value), 0);
	if (value.type != VALUE_NONE)
		assert_int_equal(value.type, column->type);
	return value;
}

/* What the column says of the node, "" for nothing. */
static inline void assert_cell(struct world *world, const char *name, const char *expected)
{
	auto_arena struct arena arena = { 0 };
	const struct value value = value_in(world, &arena, name);
	const char *text = value_to_text(&arena, &value, ',');

	assert_string_equal(text ? text : "", expected);
}

static struct session sessions[] = {
	{ .leader = NONE, .is_kernel = true, .n_groups = 1, .foreground_group = -1 },
	{ .id = 4560,
	  .leader = NGINX,
	  .first_group = 1,
	  .n_groups = 2,
	  .terminal = 34816,
	  .terminal_name = "pts/0",
	  .foreground_group = 4600 },
	{ .id = 4711, .leader = NONE, .first_group = 3, .n_groups = 1, .foreground_group = -1 },
	{ .leader = NONE,
	  .first_group = 4,
	  .n_groups = 1,
	  .terminal = 34816,
	  .terminal_name = "pts/0",
	  .is_ambiguous = true,
	  .is_outside = true },
};

static struct process_group groups[] = {
	{ .leader = NONE, .session = 0, .n_processes = 2 },
	{ .id = 4560, .leader = NGINX, .session = 1, .n_processes = 3, .orphaned = ANSWER_YES },
	{ .id = 4600, .leader = NAMELESS, .session = 1, .n_processes = 4 },
	{ .id = 4722, .leader = NONE, .session = 2, .n_processes = 1, .orphaned = ANSWER_YES },
	{ .leader = NONE, .session = 3, .n_processes = 1 },
};

static inline void session_world_init(struct world *world)
{
	world_init(world, TREE_SESSION);
	world->tree.sessions = (struct sessions){
		.items = sessions,
		.n_sessions = ARRAY_SIZE(sessions),
		.groups = groups,
		.n_groups = ARRAY_SIZE(groups),
	};
}

static struct cgroup_entry cgroups[] = {
	{ .hierarchy = "",
	  .path = "/",
	  .name = "/",
	  .parent = NONE,
	  .container = NONE,
	  .n_processes = 97,
	  .n_below = 100 },
	{ .hierarchy = "name=systemd",
	  .path = "/",
	  .name = "/",
	  .parent = NONE,
	  .container = NONE },
	{ .hierarchy = "cpu,cpuacct",
	  .path = "/system.slice/nginx.service",
	  .name = "nginx.service",
	  .unit = "nginx.service",
	  .parent = 1,
	  .container = NONE,
	  .n_processes = 3 },
	{ .hierarchy = "",
	  .path = "/s/cri-containerd-" LONG_ID ".scope",
	  .name = "cri-containerd-" LONG_ID ".scope",
	  .parent = 0,
	  .n_processes = 1 },
	{ .hierarchy = "memory",
	  .path = "/" HOSTILE " (deleted)",
	  .name = HOSTILE " (deleted)",
	  .parent = 0,
	  .container = NONE },
};

static inline void cgroup_world_init(struct world *world)
{
	world_init(world, TREE_CGROUP);
	world->tree.cgroups = (struct cgrouplist){ .items = cgroups, .count = ARRAY_SIZE(cgroups) };
	cgroups[3].container = process_at(world, NGINX)->container;
}

#endif
