/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of targets, what is refused and how it is said, and what targets mean in a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/target.h"

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && is_equal(a, b));
}

/* What is not named is 0, except the type of a namespace. */
static const struct accepted {
	const char *text;
	struct target expected;
} accepted[] = {
	/* clang-format off */
	{ "1234",            { .kind = TARGET_PROCESS, .pid = 1234 } },
	{ "0012",            { .kind = TARGET_PROCESS, .pid = 12 } },
	{ "4194304",         { .kind = TARGET_PROCESS, .pid = 4194304 } },
	{ "2147483647",      { .kind = TARGET_PROCESS, .pid = 2147483647 } },
	{ "1234:56789",      { .kind = TARGET_PROCESS, .pid = 1234, .pidfd_inode = 56789 } },
	{ "1:18446744073709551615",
	                     { .kind = TARGET_PROCESS, .pid = 1, .pidfd_inode = UINT64_MAX } },
	{ "web",             { .kind = TARGET_CONTAINER, .name = "web" } },
	{ "@web",            { .kind = TARGET_CONTAINER, .name = "web",
	                       .is_container_for_sure = true } },
	{ "@1234",           { .kind = TARGET_CONTAINER, .name = "1234",
	                       .is_container_for_sure = true } },
	{ "@x.service",      { .kind = TARGET_CONTAINER, .name = "x.service",
	                       .is_container_for_sure = true } },
	{ "@net:[4026531833]", { .kind = TARGET_CONTAINER, .name = "net:[4026531833]",
	                       .is_container_for_sure = true } },
	{ "@@x",             { .kind = TARGET_CONTAINER, .name = "@x",
	                       .is_container_for_sure = true } },
	{ "0123abcd",        { .kind = TARGET_CONTAINER, .name = "0123abcd" } },
	{ "7up",             { .kind = TARGET_CONTAINER, .name = "7up" } },
	{ "web.1",           { .kind = TARGET_CONTAINER, .name = "web.1" } },
	{ ".service",        { .kind = TARGET_CONTAINER, .name = ".service" } },
	{ "caf\xc3\xa9 \xff", { .kind = TARGET_CONTAINER, .name = "caf\xc3\xa9 \xff" } },
	{ "a@b",             { .kind = TARGET_CONTAINER, .name = "a@b" } },
	{ "@web-5d7/nginx",  { .kind = TARGET_CONTAINER, .pod = "web-5d7", .name = "nginx",
	                       .is_container_for_sure = true } },
	{ "@default/web-5d7/nginx",
	                     { .kind = TARGET_CONTAINER, .pod_namespace = "default",
	                       .pod = "web-5d7", .name = "nginx", .is_container_for_sure = true } },
	{ "nginx.service",   { .kind = TARGET_UNIT, .unit = "nginx.service" } },
	{ "session-3.scope", { .kind = TARGET_UNIT, .unit = "session-3.scope" } },
	{ "x.slice",         { .kind = TARGET_UNIT, .unit = "x.slice" } },
	{ "x.socket",        { .kind = TARGET_UNIT, .unit = "x.socket" } },
	{ "dev-a\\x2db.swap", { .kind = TARGET_UNIT, .unit = "dev-a\\x2db.swap" } },
	{ "user@1000.service", { .kind = TARGET_UNIT, .unit = "user@1000.service" } },
	{ "3.slice",         { .kind = TARGET_UNIT, .unit = "3.slice" } },
	{ "net:[4026532401]", { .kind = TARGET_SPACE, .type = NS_NET, .inode = 4026532401 } },
	{ "mnt:[4026531832]", { .kind = TARGET_SPACE, .type = NS_MNT, .inode = 4026531832 } },
	{ "time:[4026531834]", { .kind = TARGET_SPACE, .type = NS_TIME, .inode = 4026531834 } },
	{ "4026531832",      { .kind = TARGET_SPACE, .type = NS_N_TYPES, .inode = 4026531832 } },
	{ "4294967295",      { .kind = TARGET_SPACE, .type = NS_N_TYPES, .inode = 4294967295 } },
	{ ":8812",           { .kind = TARGET_SPACE, .type = NS_N_TYPES, .id = 8812 } },
	{ ":18446744073709551615",
	                     { .kind = TARGET_SPACE, .type = NS_N_TYPES, .id = UINT64_MAX } },
	{ "/run/netns/blue", { .kind = TARGET_PATH, .path = "/run/netns/blue" } },
	{ "/",               { .kind = TARGET_PATH, .path = "/" } },
	{ "/a\nb",           { .kind = TARGET_PATH, .path = "/a\nb" } },
	{ "cg:/",            { .kind = TARGET_CGROUP, .path = "/" } },
	{ "cg:/system.slice/x", { .kind = TARGET_CGROUP, .path = "/system.slice/x" } },
	{ "cg:/a//",         { .kind = TARGET_CGROUP, .path = "/a" } },
	{ "cg:/a:b:cri:x",   { .kind = TARGET_CGROUP, .path = "/a:b:cri:x" } },
	{ "cg:memory:/x",    { .kind = TARGET_CGROUP, .path = "/x", .hierarchy = "memory" } },
	{ "cg:name=systemd:/x", { .kind = TARGET_CGROUP, .path = "/x",
	                       .hierarchy = "name=systemd" } },
	{ "cg::/x",          { .kind = TARGET_CGROUP, .path = "/x", .hierarchy = "" } },
	/* clang-format on */
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		const struct target *expected = &accepted[i].expected;
		auto_arena struct arena arena = { 0 };
		struct target target;
		const char *error = "";

		if (target_parse(&arena, accepted[i].text, &target, &error) != 0)
			fail_msg("%s: %s", accepted[i].text, error);
		assert_string_equal(target.text, accepted[i].text);
		if (target.kind != expected->kind || target.pid != expected->pid ||
		    target.pidfd_inode != expected->pidfd_inode || target.inside ||
		    target.inode != expected->inode || target.id != expected->id ||
		    target.is_container_for_sure != expected->is_container_for_sure ||
		    (target.kind == TARGET_SPACE && target.type != expected->type) ||
		    !is_same(target.name, expected->name) || !is_same(target.pod, expected->pod) ||
		    !is_same(target.pod_namespace, expected->pod_namespace) ||
		    !is_same(target.unit, expected->unit) ||
		    !is_same(target.path, expected->path) ||
		    !is_same(target.hierarchy, expected->hierarchy))
			fail_msg("%s is read as something else", accepted[i].text);
	}
}

static const struct target *parse_inside(struct arena *arena, const char *text)
{
	struct target target;
	const char *error = "";

	if (target_parse(arena, text, &target, &error) != 0)
		fail_msg("%s: %s", text, error);
	assert_int_equal(target.kind, TARGET_PROCESS);
	assert_int_equal(target.pid, 7);
	assert_non_null(target.inside);
	return target.inside;
}

static void test_inside(void **state)
{
	auto_arena struct arena arena = { 0 };
	const struct target *inside;

	(void)state;
	inside = parse_inside(&arena, "7@web");
	assert_int_equal(inside->kind, TARGET_CONTAINER);
	assert_string_equal(inside->name, "web");
	inside = parse_inside(&arena, "7@@web");
	assert_string_equal(inside->name, "web");
	inside = parse_inside(&arena, "7@1234");
	assert_int_equal(inside->kind, TARGET_CONTAINER);
	inside = parse_inside(&arena, "7@default/web-5d7/nginx");
	assert_string_equal(inside->pod_namespace, "default");
	inside = parse_inside(&arena, "7@4026532398");
	assert_int_equal(inside->kind, TARGET_SPACE);
	assert_int_equal(inside->inode, 4026532398);
	assert_int_equal(inside->type, NS_PID);
	inside = parse_inside(&arena, "7@pid:[4026532398]");
	assert_int_equal(inside->inode, 4026532398);
	inside = parse_inside(&arena, "7@:99");
	assert_int_equal(inside->id, 99);
	assert_int_equal(inside->type, NS_PID);
}

/* A part of what is said. */
static const struct {
	const char *text;
	const char *said;
} refused[] = {
	{ "", "an empty target" },
	{ "0", "begin at 1" },
	{ "00", "begin at 1" },
	{ "-5", "no target begins with -" },
	{ "-", "no target begins with -" },
	{ "1234:", "1234:56789" },
	{ "1234:x", "1234:56789" },
	{ "1234:0", "1234:56789" },
	{ "1234:-1", "1234:56789" },
	{ "1234:18446744073709551616", "1234:56789" },
	{ "0:5", "no process has this number" },
	{ "4026531832:5", "no process has this number" },
	{ "0@web", "no process has this number" },
	{ "2147483648", "no process number and no inode" },
	{ "4026531831", "no process number and no inode" },
	{ "4294967296", "no process number and no inode" },
	{ "18446744073709551616", "so large" },
	{ "foo:[12]", "foo:[12]: no type of namespace" },
	{ "net:[abc]", "written net:[4026532401]" },
	{ "net:[]", "written net:[" },
	{ "net:[0]", "written net:[" },
	{ "net:[12", "written net:[" },
	{ "net:[12]x", "written net:[" },
	{ "net:12", "written net:[" },
	{ "net:", "written net:[" },
	{ "NET:[12]", "no type" },
	{ "a:b", "no type" },
	{ ":", "written :8812" },
	{ ":0", "written :8812" },
	{ ":x", "written :8812" },
	{ ":-1", "written :8812" },
	{ ":18446744073709551616", "written :8812" },
	{ "@", "written @NAME" },
	{ "@/", "written @NAME" },
	{ "@a/", "written @NAME" },
	{ "@/a", "written @NAME" },
	{ "@a//b", "written @NAME" },
	{ "@a/b/c/d", "written @NAME" },
	{ "web/nginx", "with @" },
	{ "./x", "a path begins with /" },
	{ "7/x", "a path begins with /" },
	{ "cg:", "written cg:/" },
	{ "cg:x", "written cg:/" },
	{ "cg:x:y", "written cg:/" },
	{ "cg:a/b:/x", "written cg:/" },
	{ "7@", "whose number?" },
	{ "7@@", "written @NAME" },
	{ "7@net:[4026531833]", "only a PID namespace" },
	{ "7@foo:[4026531833]", "no type" },
	{ "7@a/b/c/d", "written @NAME" },
	{ "7@:0", "written :8812" },
	{ "a\nb", "a\\x0ab: no target has control characters" },
	{ "@a\x1b[2J", "\\x1b" },
	{ "\x7f", "\\x7f" },
	{ "foo:\xff[1]", "\\xff" },
};

static void assert_printable(const char *text)
{
	for (; *text; text++)
		assert_in_range((unsigned char)*text, 0x20, 0x7e);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		auto_arena struct arena arena = { 0 };
		struct target target;
		const char *error = "";
		int r = target_parse(&arena, refused[i].text, &target, &error);

		if (r != -EINVAL || !strstr(error, refused[i].said))
			fail_msg("%s: %d %s", refused[i].text, r, error);
		assert_printable(error);
	}
}

/* xorshift: the same texts on every machine. */
static uint32_t random_state = 2463534242U;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

static void try_text(const char *text)
{
	auto_arena struct arena arena = { 0 };
	struct target target;
	const char *error = NULL;
	int r = target_parse(&arena, text, &target, &error);

	if (r == 0) {
		assert_string_equal(target.text, text);
		target_needs(&target);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_non_null(error);
	assert_printable(error);
}

static void test_random(void **state)
{
	static const char *const words[] = { "1",        "7", "4026531836", "@",   ":",   "/",
		                             "[",        "]", "cg:",        "net", "pid", "web",
		                             ".service", "-", "\n",         "\xff" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		size_t count = random_below(8);
		char *end = text;

		*end = '\0';
		for (size_t j = 0; j < count; j++) {
			if (random_below(10) == 0) {
				*end++ = (char)(1 + random_below(255));
				*end = '\0';
			} else {
				end = stpcpy(end, words[random_below(ARRAY_SIZE(words))]);
			}
		}
		try_text(text);
	}
}

/* A host with systemd, docker, Kubernetes, and a container that runs systemd itself. */
#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "0123ffff89abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_C "cafe000089abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_D "cafe111189abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_E "beef111189abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD_UID "6a1e1bb5-4c0f-4f5e-9c3c-0f3f7c1b2a10"
#define POD_SLICE "/kubepods.slice/kubepods-pod6a1e1bb5_4c0f_4f5e_9c3c_0f3f7c1b2a10.slice"

enum container_index { WEB, DB, WEB_2, NGINX, SANDBOX, OTHER_NGINX, SYSTEM, CTR, CTR_2, EMPTY };

static const struct container containers[] = {
	/* clang-format off */
	[WEB] = { .runtime = "docker", .id = ID_A, .name = "web",
	          .cgroup = "/system.slice/docker-" ID_A ".scope" },
	[DB] = { .runtime = "docker", .id = ID_B, .name = "db",
	         .cgroup = "/system.slice/docker-" ID_B ".scope" },
	[WEB_2] = { .runtime = "docker", .id = ID_E, .name = "twin",
	            .cgroup = "/system.slice/docker-" ID_E ".scope" },
	[NGINX] = { .runtime = "containerd", .id = ID_C, .name = "nginx", .pod = "web-5d7",
	            .pod_uid = POD_UID, .pod_namespace = "default", .is_kubernetes = true,
	            .cgroup = POD_SLICE "/cri-containerd-" ID_C ".scope" },
	[SANDBOX] = { .runtime = "containerd", .id = ID_D, .pod = "web-5d7",
	              .pod_uid = POD_UID, .pod_namespace = "default", .is_kubernetes = true,
	              .is_sandbox = true, .cgroup = POD_SLICE "/cri-containerd-" ID_D ".scope" },
	[OTHER_NGINX] = { .runtime = "containerd", .id = "feed", .name = "nginx", .pod = "api-9",
	                  .pod_namespace = "prod", .is_kubernetes = true, .cgroup = "/k/feed" },
	[SYSTEM] = { .runtime = "lxc", .id = "deb", .name = "deb", .cgroup = "/lxc.payload.deb" },
	[CTR] = { .runtime = "containerd", .id = "sleepy", .name = "sleepy",
	          .pod_namespace = "default", .cgroup = "/default/sleepy" },
	[CTR_2] = { .runtime = "podman", .id = "f00d", .name = "twin", .cgroup = "/f00d" },
	[EMPTY] = { .runtime = "docker", .id = "dead0000", .name = "stopped", .cgroup = "/dead" },
	/* clang-format on */
};

#define NO_CONTAINER NONE

static const struct {
	pid_t pid;
	uint64_t pidfd_inode;
	uint32_t container;
	const char *cgroup;
	uint64_t pid_space;
	pid_t numbers[3];
} processes[] = {
	/* clang-format off */
	{ 1,    101,  NO_CONTAINER, "0::/init.scope", 4026531836, { 1 } },
	{ 20,   120,  NO_CONTAINER, "0::/system.slice/nginx.service", 4026531836, { 20 } },
	{ 21,   0,    NO_CONTAINER, "0::/system.slice/dev-a\\x2db.swap", 4026531836, { 21 } },
	{ 30,   130,  NO_CONTAINER, "0::/user.slice/user-1.slice/app.slice/x.service",
	                                                     4026531836, { 30 } },
	{ 31,   131,  NO_CONTAINER, "0::/user.slice/user-2.slice/app.slice/x.service",
	                                                     4026531836, { 31 } },
	{ 100,  1100, WEB,          "0::/system.slice/docker-" ID_A ".scope", 4026532001, { 100, 1 } },
	{ 107,  1107, WEB,          "0::/system.slice/docker-" ID_A ".scope", 4026532001, { 107, 7 } },
	{ 110,  1110, WEB,          "0::/system.slice/docker-" ID_A ".scope",
	                                                     4026532002, { 110, 9, 1 } },
	{ 200,  1200, DB,           "0::/system.slice/docker-" ID_B ".scope", 4026531836, { 200 } },
	{ 201,  1201, WEB_2,        "0::/system.slice/docker-" ID_E ".scope", 0, { 201, 1 } },
	{ 300,  1300, NGINX,        "0::" POD_SLICE "/cri-containerd-" ID_C ".scope",
	                                                     4026532003, { 300, 1 } },
	{ 310,  1310, SANDBOX,      "0::" POD_SLICE "/cri-containerd-" ID_D ".scope",
	                                                     4026532004, { 310, 1 } },
	{ 320,  1320, OTHER_NGINX,  "0::/k/feed", 4026531836, { 320 } },
	{ 400,  1400, SYSTEM,       "0::/lxc.payload.deb/init.scope", 4026531836, { 400 } },
	{ 401,  1401, SYSTEM,       "0::/lxc.payload.deb/system.slice/nginx.service",
	                                                     4026531836, { 401 } },
	{ 402,  1402, SYSTEM,       "0::/lxc.payload.deb/system.slice/cron.service",
	                                                     4026531836, { 402 } },
	{ 500,  1500, CTR,          "0::/default/sleepy", 4026531836, { 500 } },
	{ 501,  1501, CTR_2,        "0::/f00d", 4026531836, { 501 } },
	{ 600,  1600, NO_CONTAINER, "9:memory:/jobs/a (deleted)\n8:cpu,cpuacct:/fast\n0::/",
	                                                     4026531836, { 600 } },
	/* clang-format on */
};

static void assert_ok(int r)
{
	assert_int_equal(r, 0);
}

static uint32_t add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode, uint64_t id)
{
	uint32_t space;

	assert_ok(snapshot_add_space(snapshot, type, inode, &space));
	assert_ok(snapshot_set_id(snapshot, space, id));
	return space;
}

static void nest(struct snapshot *snapshot, uint32_t inner, uint32_t outer)
{
	snapshot->spaces[inner].parent = outer;
	snapshot->spaces[inner].parent_state = RELATION_KNOWN;
}

static const char *keep(struct snapshot *snapshot, const char *text)
{
	const char *kept = text ? snapshot_intern(snapshot, text, strlen(text)) : NULL;

	assert_true(kept || !text);
	return kept;
}

static void add_processes(struct snapshot *snapshot)
{
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++) {
		uint32_t index;

		assert_ok(snapshot_add_container(snapshot, &containers[i], &index));
		assert_int_equal(index, i);
		snapshot->containers[index] = containers[i];
		snapshot->containers[index].first_process = NONE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		uint32_t index;
		struct process *process;

		assert_ok(snapshot_add_process(snapshot, processes[i].pid, &index));
		process = &snapshot->processes[index];
		process->pidfd_inode = processes[i].pidfd_inode;
		process->container = processes[i].container;
		process->cgroup = keep(snapshot, processes[i].cgroup);
		process->numbers = processes[i].numbers;
		while (process->n_numbers < 3 && processes[i].numbers[process->n_numbers])
			process->n_numbers++;
		process->at.in[NS_PID] = snapshot_find_inode(snapshot, processes[i].pid_space);
		process->at.in[NS_NET] = snapshot_find_inode(snapshot, 4026531833);
	}
}

static void add_mount(struct snapshot *snapshot, uint32_t space, uint32_t mount_space,
                      const char *path, bool covered)
{
	struct reference reference = { .space = space,
		                       .process = NONE,
		                       .mount_space = mount_space,
		                       .fd = -1,
		                       .path = keep(snapshot, path),
		                       .kind = HELD_MOUNT,
		                       .covered = covered };

	assert_ok(snapshot_add_reference(snapshot, &reference));
}

static void fill(struct snapshot *snapshot)
{
	uint32_t host, web, nested, nginx, sandbox, blue, red, host_mnt, other_mnt, thread;

	snapshot_init(snapshot);
	snapshot->has_ids = true;
	host = add_space(snapshot, NS_PID, 4026531836, 4);
	web = add_space(snapshot, NS_PID, 4026532001, 9001);
	nested = add_space(snapshot, NS_PID, 4026532002, 9002);
	nginx = add_space(snapshot, NS_PID, 4026532003, 9003);
	sandbox = add_space(snapshot, NS_PID, 4026532004, 9004);
	add_space(snapshot, NS_NET, 4026531833, 7);
	blue = add_space(snapshot, NS_NET, 4026532100, 9100);
	red = add_space(snapshot, NS_NET, 4026532101, 9101);
	host_mnt = add_space(snapshot, NS_MNT, 4026531832, 8);
	other_mnt = add_space(snapshot, NS_MNT, 4026532200, 9200);
	nest(snapshot, web, host);
	nest(snapshot, nested, web);
	nest(snapshot, nginx, host);
	nest(snapshot, sandbox, host);
	add_processes(snapshot);
	snapshot->self = 20;
	snapshot->self_at[NS_MNT] = host_mnt;
	add_mount(snapshot, red, host_mnt, "/run/netns/blue", true);
	add_mount(snapshot, blue, host_mnt, "/run/netns/blue", false);
	add_mount(snapshot, red, other_mnt, "/run/netns/blue", false);
	add_mount(snapshot, red, other_mnt, "/run/netns/red", false);
	add_mount(snapshot, blue, other_mnt, "/run/netns/two", false);
	add_mount(snapshot, red, NONE, "/run/netns/two", false);
	assert_ok(snapshot_add_thread(snapshot, snapshot_find_pid(snapshot, 20), 25, &thread));
	snapshot->threads[thread].at.in[NS_NET] = blue;
	assert_ok(snapshot_finish(snapshot));
}

/* What a target means: a process by number, or a namespace by inode. */
static const struct {
	const char *text;
	enum meaning_kind kind;
	pid_t pid;
	uint64_t inode;
	const char *cgroup;
} meanings[] = {
	/* clang-format off */
	{ "1",                 MEANS_PROCESS, 1, 0, NULL },
	{ "600",               MEANS_PROCESS, 600, 0, NULL },
	{ "100:1100",          MEANS_PROCESS, 100, 0, NULL },
	{ "7@web",             MEANS_PROCESS, 107, 0, NULL },
	{ "9@web",             MEANS_PROCESS, 110, 0, NULL },
	{ "1@web",             MEANS_PROCESS, 100, 0, NULL },
	{ "7@4026532001",      MEANS_PROCESS, 107, 0, NULL },
	{ "1@pid:[4026532002]", MEANS_PROCESS, 110, 0, NULL },
	{ "9@:9001",           MEANS_PROCESS, 110, 0, NULL },
	{ "110@4026531836",    MEANS_PROCESS, 110, 0, NULL },
	{ "1@web-5d7",         MEANS_PROCESS, 310, 0, NULL },
	{ "1@web-5d7/nginx",   MEANS_PROCESS, 300, 0, NULL },
	{ "web",               MEANS_CONTAINER, 100, 0, "/system.slice/docker-" ID_A ".scope" },
	{ "@web",              MEANS_CONTAINER, 100, 0, "/system.slice/docker-" ID_A ".scope" },
	{ "@012345",           MEANS_CONTAINER, 100, 0, "/system.slice/docker-" ID_A ".scope" },
	{ "0123ffff89ab",      MEANS_CONTAINER, 200, 0, "/system.slice/docker-" ID_B ".scope" },
	{ "@" ID_D,            MEANS_CONTAINER, 310, 0, POD_SLICE "/cri-containerd-" ID_D ".scope" },
	{ "deb",               MEANS_CONTAINER, 400, 0, "/lxc.payload.deb" },
	{ "sleepy",            MEANS_CONTAINER, 500, 0, "/default/sleepy" },
	{ "@default/sleepy",   MEANS_CONTAINER, 500, 0, "/default/sleepy" },
	{ "@web-5d7/nginx",    MEANS_CONTAINER, 300, 0, POD_SLICE "/cri-containerd-" ID_C ".scope" },
	{ "@default/web-5d7/nginx",
	                       MEANS_CONTAINER, 300, 0, POD_SLICE "/cri-containerd-" ID_C ".scope" },
	{ "web-5d7",           MEANS_POD, 310, 0, POD_SLICE },
	{ "@default/web-5d7",  MEANS_POD, 310, 0, POD_SLICE },
	{ "api-9",             MEANS_POD, 320, 0, NULL },
	{ "nginx.service",     MEANS_CGROUP, 20, 0, "/system.slice/nginx.service" },
	{ "cron.service",      MEANS_CGROUP, 402, 0, "/lxc.payload.deb/system.slice/cron.service" },
	{ "system.slice",      MEANS_CGROUP, 20, 0, "/system.slice" },
	{ "dev-a-b.swap",      MEANS_CGROUP, 21, 0, "/system.slice/dev-a\\x2db.swap" },
	{ "dev-a\\x2db.swap",  MEANS_CGROUP, 21, 0, "/system.slice/dev-a\\x2db.swap" },
	{ "user-2.slice",      MEANS_CGROUP, 31, 0, "/user.slice/user-2.slice" },
	{ "cg:/",              MEANS_CGROUP, 1, 0, "/" },
	{ "cg:/user.slice",    MEANS_CGROUP, 30, 0, "/user.slice" },
	{ "cg:/system.slice/nginx.service/", MEANS_CGROUP, 20, 0, "/system.slice/nginx.service" },
	{ "cg:memory:/jobs",   MEANS_CGROUP, 600, 0, "/jobs" },
	{ "cg:memory:/jobs/a", MEANS_CGROUP, 600, 0, "/jobs/a" },
	{ "cg:cpu:/fast",      MEANS_CGROUP, 600, 0, "/fast" },
	{ "cg:cpu,cpuacct:/",  MEANS_CGROUP, 600, 0, "/" },
	{ "cg::/init.scope",   MEANS_CGROUP, 1, 0, "/init.scope" },
	{ "net:[4026532100]",  MEANS_SPACE, 0, 4026532100, NULL },
	{ "4026532001",        MEANS_SPACE, 0, 4026532001, NULL },
	{ ":9101",             MEANS_SPACE, 0, 4026532101, NULL },
	{ "/run/netns/blue",   MEANS_SPACE, 0, 4026532100, NULL },
	{ "/var/run/netns/blue", MEANS_SPACE, 0, 4026532100, NULL },
	{ "/run/netns/red",    MEANS_SPACE, 0, 4026532101, NULL },
	{ "/proc/107/ns/pid",  MEANS_SPACE, 0, 4026532001, NULL },
	{ "/proc/107/ns/pid_for_children", MEANS_SPACE, 0, 4026532001, NULL },
	{ "/proc/self/ns/net", MEANS_SPACE, 0, 4026531833, NULL },
	{ "/proc/20/task/25/ns/net", MEANS_SPACE, 0, 4026532100, NULL },
	{ "/proc/20/task/20/ns/net", MEANS_SPACE, 0, 4026531833, NULL },
	{ "/sys/fs/cgroup",    MEANS_CGROUP, 1, 0, "/" },
	{ "/sys/fs/cgroup/user.slice", MEANS_CGROUP, 30, 0, "/user.slice" },
	{ "/sys/fs/cgroup/memory/jobs/a", MEANS_CGROUP, 600, 0, "/jobs/a" },
	{ "/sys/fs/cgroup/unified/init.scope", MEANS_CGROUP, 1, 0, "/init.scope" },
	/* clang-format on */
};

static int resolve(struct arena *arena, const struct snapshot *snapshot, const char *text,
                   struct meaning *ret, const char **ret_error)
{
	struct target target;

	if (target_parse(arena, text, &target, ret_error) != 0)
		fail_msg("%s: %s", text, *ret_error);
	return target_resolve(arena, snapshot, &target, ret, ret_error);
}

static void test_meanings(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	fill(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		auto_arena struct arena arena = { 0 };
		struct meaning meaning;
		const char *error = "", *text = meanings[i].text;
		int r = resolve(&arena, &snapshot, text, &meaning, &error);

		if (r != 0)
			fail_msg("%s: %d %s", text, r, error);
		if (meaning.kind != meanings[i].kind)
			fail_msg("%s: kind %u", text, meaning.kind);
		if (!is_same(meaning.cgroup, meanings[i].cgroup))
			fail_msg("%s: %s", text, meaning.cgroup);
		if (meanings[i].inode) {
			assert_int_equal(meaning.process, NONE);
			assert_int_equal(snapshot.spaces[meaning.space].inode, meanings[i].inode);
			continue;
		}
		if (snapshot.processes[meaning.process].pid != meanings[i].pid)
			fail_msg("%s: %d", text, snapshot.processes[meaning.process].pid);
		assert_int_equal(meaning.space, NONE);
	}
}

/* The code and a part of what is said. */
static const struct {
	const char *text;
	int r;
	const char *said;
} unresolved[] = {
	/* clang-format off */
	{ "1234",             -ESRCH, "no process 1234" },
	{ "25",               -ESRCH, "no process 25; it is a thread of process 20" },
	{ "100:1",            -ESRCH, "process 100 is another one now (100:1100)" },
	{ "21:5",             -EOPNOTSUPP, "not known here" },
	{ "8@web",            -ESRCH, "8@web: no process has number 8 in pid:[4026532001]" },
	{ "1@nope",           -ESRCH, "no container nope" },
	{ "1@" ID_E,          -ESRCH, "its PID namespace is not readable" },
	{ "7@4026532999",     -ESRCH, "no namespace 4026532999 in sight" },
	{ "7@4026532100",     -ESRCH, "is a net namespace" },
	{ "we",               -ESRCH, "no container we; there are: web, @default/web-5d7" },
	{ "dbb",              -ESRCH, "no container dbb; there are: db, " },
	{ "@default/web-5d7/ngin", -ESRCH, "@default/web-5d7/nginx" },
	{ "@0123",            -ENOTUNIQ, "is ambiguous: @0123456789ab, @0123ffff89ab" },
	{ "@012",             -ESRCH, "no container @012" },
	{ "twin",             -ENOTUNIQ, "twin is ambiguous: @beef111189ab, @f00d" },
	{ "nginx",            -ENOTUNIQ, "@default/web-5d7/nginx, @prod/api-9/nginx" },
	{ "stopped",          -ESRCH, "container stopped has no process" },
	{ "x.service",        -ENOTUNIQ, "cg:/user.slice/user-1.slice/app.slice/x.service, cg:/user" },
	{ "ngin.service",     -ESRCH, "no process is in a unit ngin.service; there are: nginx.serv" },
	{ "4026532999",       -ESRCH, "no namespace 4026532999 in sight" },
	{ "uts:[4026532100]", -ESRCH, "uts:[4026532100]: :9100 is a net namespace" },
	{ ":5",               -ESRCH, "no namespace :5 in sight" },
	{ "cg:/user",         -ESRCH, "no process is in this control group" },
	{ "cg:memory:/x",     -ESRCH, "no process is in this control group" },
	{ "cg:nope:/",        -ESRCH, "cg:nope:/: this hierarchy of control groups is unknown; there " },
	{ "cg::/jobs",        -ESRCH, "no process is in this control group" },
	{ "/run/netns/two",   -ENOTUNIQ, "/run/netns/two is ambiguous: :9100, :9101" },
	{ "/run/netns/none",  -ESRCH, "no namespace and no control group here" },
	{ "/proc/107/ns/nope", -ESRCH, "no namespace" },
	{ "/proc/9999/ns/net", -ESRCH, "no namespace" },
	{ "/proc/107/ns",     -ESRCH, "no namespace" },
	{ "/",                -ESRCH, "no namespace" },
	{ "/a\nb",            -ESRCH, "/a\\x0ab: no" },
	{ "/sys/fs/cgroup/nope", -ESRCH, "no process is in this control group" },
	/* clang-format on */
};

static void test_unresolved(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	fill(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(unresolved); i++) {
		auto_arena struct arena arena = { 0 };
		struct meaning meaning;
		const char *error = "";
		int r = resolve(&arena, &snapshot, unresolved[i].text, &meaning, &error);

		if (r != unresolved[i].r || !strstr(error, unresolved[i].said))
			fail_msg("%s: %d %s", unresolved[i].text, r, error);
		assert_printable(error);
	}
}

/* Where only processes were looked at, that there is none in it says little. */
static void test_namespace_without_a_process(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	struct meaning meaning;
	const char *error = "";

	(void)state;
	fill(&snapshot);
	snapshot.scanned.sources = SOURCE_PROCESS;
	assert_int_equal(resolve(&arena, &snapshot, "4026532999", &meaning, &error), -ESRCH);
	assert_string_equal(error, "no process in sight is in a namespace 4026532999; nslist tells "
	                           "whether a thread, a descriptor or a mount holds it");
}

/* What a target means for whoever can show control groups that nobody is in; NULL: nothing, and what
 * is said holds `said`. */
static const struct {
	const char *text, *cgroup, *said;
	pid_t pid; /* 0: no process */
} empties[] = {
	/* clang-format off */
	{ "cg:/idle",          "/idle", NULL, 0 },
	{ "cg::/idle/below",   "/idle/below", NULL, 0 },
	{ "cg:memory:/jobs/c", "/jobs/c", NULL, 0 },
	{ "/sys/fs/cgroup/idle", "/idle", NULL, 0 },
	{ "/sys/fs/cgroup/memory/jobs/c", "/jobs/c", NULL, 0 },
	{ "cg:/threads",       "/threads", NULL, 0 },
	{ "idle.service",      "/system.slice/idle.service", NULL, 0 },
	/* Those on the host before those in containers, those with processes before all. */
	{ "both.service",      "/system.slice/both.service", NULL, 0 },
	{ "inner.service",     "/lxc.payload.deb/system.slice/inner.service", NULL, 0 },
	{ "nginx.service",     "/system.slice/nginx.service", NULL, 20 },
	{ "cg:/user.slice",    "/user.slice", NULL, 30 },
	{ "cg:memory:/idle",   NULL, "cg:memory:/idle: there is no such control group in sight", 0 },
	{ "cg:/idl",           NULL, "there is no such control group in sight", 0 },
	{ "idl.service",       NULL, "there is no unit idl.service; there are: idle.service, ", 0 },
	/* clang-format on */
};

static void add_empty_groups(struct snapshot *snapshot)
{
	static const char *const groups[][2] = {
		{ "", "/idle" },
		{ "", "/idle/below" },
		{ "cpu,memory", "/jobs/c" },
		{ "", "/system.slice/idle.service" },
		{ "", "/lxc.payload.deb/system.slice/both.service" },
		{ "", "/system.slice/both.service" },
		{ "", "/lxc.payload.deb/system.slice/inner.service" },
		{ "", "/elsewhere/nginx.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		assert_ok(snapshot_add_cgroup(snapshot, groups[i][0], groups[i][1]));
	snapshot->threads[0].cgroup = keep(snapshot, "0::/threads");
}

static void test_empty_groups(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	fill(&snapshot);
	add_empty_groups(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(empties); i++) {
		auto_arena struct arena arena = { 0 };
		struct target target;
		struct meaning meaning = { 0 };
		const char *error = "", *cgroup = empties[i].cgroup;

		assert_ok(target_parse(&arena, empties[i].text, &target, &error));
		assert_false(target_needs(&target).cgroups);
		if (empties[i].pid == 0)
			assert_int_equal(
				target_resolve(&arena, &snapshot, &target, &meaning, &error),
				-ESRCH);
		target.may_be_empty = true;
		assert_true(target_needs(&target).cgroups);
		int r = target_resolve(&arena, &snapshot, &target, &meaning, &error);
		assert_int_equal(r, cgroup ? 0 : -ESRCH);
		if (r < 0 && !strstr(error, empties[i].said))
			fail_msg("%s", error);
		if (r < 0)
			continue;
		assert_int_equal(meaning.kind, MEANS_CGROUP);
		assert_string_equal(meaning.cgroup, cgroup);
		assert_int_equal(meaning.process,
		                 empties[i].pid ? snapshot_find_pid(&snapshot, empties[i].pid)
		                                : NONE);
	}
}

/* Whatever is offered in place of an ambiguous target is exact itself. */
static void test_candidates_are_exact(void **state)
{
	static const char *const ambiguous[] = { "@0123", "twin", "nginx", "x.service",
		                                 "/run/netns/two" };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	fill(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(ambiguous); i++) {
		auto_arena struct arena arena = { 0 };
		struct meaning meaning;
		const char *error = "";
		char *list, *candidate;

		assert_int_equal(resolve(&arena, &snapshot, ambiguous[i], &meaning, &error),
		                 -ENOTUNIQ);
		list = arena_text(&arena, strstr(error, "ambiguous: ") + strlen("ambiguous: "));
		while ((candidate = strsep(&list, ","))) {
			candidate += *candidate == ' ';
			if (resolve(&arena, &snapshot, candidate, &meaning, &error) != 0)
				fail_msg("%s: %s", candidate, error);
		}
	}
}

static void test_old_kernel(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_arena struct arena arena = { 0 };
	struct meaning meaning;
	const char *error = "";

	(void)state;
	fill(&snapshot);
	snapshot.has_ids = false;
	assert_int_equal(resolve(&arena, &snapshot, ":5", &meaning, &error), -EOPNOTSUPP);
	for (size_t i = 0; i < snapshot.n_processes; i++)
		snapshot.processes[i].n_numbers = 0;
	assert_int_equal(resolve(&arena, &snapshot, "7@web", &meaning, &error), -EOPNOTSUPP);
}

static void test_empty_snapshot(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	assert_ok(snapshot_finish(&snapshot));
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		auto_arena struct arena arena = { 0 };
		struct meaning meaning;
		const char *error = NULL;
		int r = resolve(&arena, &snapshot, accepted[i].text, &meaning, &error);

		assert_true(r == -ESRCH || r == -EOPNOTSUPP);
		assert_non_null(error);
		assert_printable(error);
	}
}

/* Whatever is printed as a target means the same thing again. */
static void test_targets_of(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_arena struct arena arena = { 0 };
	struct meaning meaning;
	const char *error = "";

	(void)state;
	fill(&snapshot);
	for (uint32_t i = 0; i < snapshot.n_processes; i++) {
		const char *text = target_of_process(&arena, &snapshot.processes[i]);

		assert_ok(resolve(&arena, &snapshot, text, &meaning, &error));
		assert_int_equal(meaning.process, i);
	}
	for (uint32_t i = 0; i < snapshot.n_spaces; i++) {
		const char *text = target_of_space(&arena, &snapshot.spaces[i]);

		assert_ok(resolve(&arena, &snapshot, text, &meaning, &error));
		assert_int_equal(meaning.space, i);
		snapshot.spaces[i].id = 0;
		text = target_of_space(&arena, &snapshot.spaces[i]);
		assert_ok(resolve(&arena, &snapshot, text, &meaning, &error));
		assert_int_equal(meaning.space, i);
	}
	assert_string_equal(target_of_container(&arena, &containers[NGINX]),
	                    "@default/web-5d7/nginx");
	assert_string_equal(target_of_container(&arena, &containers[SANDBOX]), "@" ID_D);
	assert_string_equal(target_of_container(&arena, &containers[WEB]), "@web");
	assert_string_equal(target_of_container(&arena, &containers[CTR]), "@default/sleepy");
}

static void test_needs(void **state)
{
	static const struct {
		const char *text;
		struct needs needs;
	} expected[] = {
		{ "1234", { 0 } },
		{ "1234:5", { .process = PROCESS_PIDFD_INODE } },
		{ "web", { .process = PROCESS_CGROUP, .names = true } },
		{ "x.service", { .process = PROCESS_CGROUP } },
		{ "cg:/x", { .process = PROCESS_CGROUP } },
		{ "net:[4026531833]", { .types = NS_BIT(NS_NET), .sources = SOURCE_ALL } },
		{ ":5", { .types = NS_ALL_BITS, .sources = SOURCE_ALL, .space = SPACE_ID } },
		{ "7@web",
		  { .types = NS_BIT(NS_PID),
		    .sources = SOURCE_PROCESS,
		    .process = PROCESS_NUMBERS | PROCESS_CGROUP,
		    .space = SPACE_RELATIONS,
		    .names = true } },
		{ "7@4026531836",
		  { .types = NS_BIT(NS_PID),
		    .sources = SOURCE_ALL,
		    .process = PROCESS_NUMBERS,
		    .space = SPACE_RELATIONS } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		auto_arena struct arena arena = { 0 };
		const struct needs *wanted = &expected[i].needs;
		struct target target;
		struct needs needs;
		const char *error;

		assert_ok(target_parse(&arena, expected[i].text, &target, &error));
		needs = target_needs(&target);
		if (needs.types != wanted->types || needs.sources != wanted->sources ||
		    needs.leader != wanted->leader || needs.process != wanted->process ||
		    needs.space != wanted->space || needs.names != wanted->names || needs.holders ||
		    needs.users)
			fail_msg("%s needs something else", expected[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_unresolved),
		cmocka_unit_test(test_namespace_without_a_process),
		cmocka_unit_test(test_empty_groups),
		cmocka_unit_test(test_candidates_are_exact),
		cmocka_unit_test(test_old_kernel),
		cmocka_unit_test(test_empty_snapshot),
		cmocka_unit_test(test_targets_of),
		cmocka_unit_test(test_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
