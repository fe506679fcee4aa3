/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets: read, and looked for in a small snapshot; what is found has a name that finds it again. */
#include "fuzz.h"
#include "model/target.h"
#include "snapshot.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static uint32_t add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode, uint64_t id)
{
	uint32_t index;

	require(snapshot_add_space(snapshot, type, inode, &index) == 0);
	require(id == 0 || snapshot_set_id(snapshot, index, id) == 0);
	return index;
}

static struct process *add_process(struct snapshot *snapshot, pid_t pid, uint32_t space,
                                   const char *cgroup)
{
	uint32_t index;

	require(snapshot_add_process(snapshot, pid, &index) == 0);
	struct process *process = &snapshot->processes[index];
	process->at.in[NS_PID] = space;
	process->cgroup = snapshot_intern(snapshot, cgroup, strlen(cgroup));
	require(process->cgroup);
	return process;
}

static uint32_t add_container(struct snapshot *snapshot, const struct container *container)
{
	uint32_t index;

	require(snapshot_add_container(snapshot, container, &index) == 0);
	return index;
}

static void add_mount(struct snapshot *snapshot, uint32_t space, const char *path)
{
	const struct reference reference = {
		.space = space,
		.process = NONE,
		.mount_space = NONE,
		.fd = -1,
		.path = snapshot_intern(snapshot, path, strlen(path)),
		.kind = HELD_MOUNT,
	};

	require(snapshot_add_reference(snapshot, &reference) == 0);
}

/* A host, a docker container, and a pod with one container. */
static void make_snapshot(struct snapshot *snapshot)
{
	static const pid_t numbers[] = { 100, 7 };

	snapshot_init(snapshot);
	uint32_t outer = add_space(snapshot, NS_PID, 4026531836, 0);
	uint32_t inner = add_space(snapshot, NS_PID, 4026532398, 0);
	uint32_t web = add_container(
		snapshot, &(struct container){ .runtime = "docker",
	                                       .id = ID,
	                                       .name = "web",
	                                       .cgroup = "/system.slice/docker-" ID ".scope" });
	uint32_t nginx = add_container(snapshot, &(struct container){ .runtime = "containerd",
	                                                              .id = "cafe",
	                                                              .name = "nginx",
	                                                              .pod = "web-5d7",
	                                                              .pod_namespace = "default",
	                                                              .is_kubernetes = true,
	                                                              .cgroup = "/kubepods/cafe" });
	uint32_t twin = add_container(snapshot, &(struct container){ .runtime = "containerd",
	                                                             .id = "feed",
	                                                             .name = "nginx",
	                                                             .pod = "api-9",
	                                                             .pod_namespace = "prod",
	                                                             .is_kubernetes = true,
	                                                             .cgroup = "/kubepods/feed" });

	snapshot->spaces[inner].parent = outer;
	snapshot->spaces[inner].parent_state = RELATION_KNOWN;
	add_process(snapshot, 1, outer, "0::/init.scope")->pidfd_inode = 56789;
	struct process *process =
		add_process(snapshot, 100, inner, "0::/system.slice/docker-" ID ".scope");
	process->container = web;
	process->numbers = numbers;
	process->n_numbers = 2;
	add_process(snapshot, 200, outer, "0::/kubepods/cafe")->container = nginx;
	add_process(snapshot, 300, outer, "0::/kubepods/feed")->container = twin;
	add_process(snapshot, 1234, outer, "9:memory:/x (deleted)\n0::/system.slice/nginx.service");
	add_mount(snapshot, add_space(snapshot, NS_NET, 4026532401, 8812), "/run/netns/blue");
	snapshot->has_ids = true;
	snapshot->scanned = (struct needs){ .types = NS_ALL_BITS, .sources = SOURCE_ALL };
	require(snapshot_finish(snapshot) == 0);
	check_snapshot(snapshot);
}

static struct meaning resolve(struct arena *arena, const struct snapshot *snapshot,
                              const char *text)
{
	struct target target;
	struct meaning meaning;
	const char *error;

	require(text);
	require(target_parse(arena, text, &target, &error) == 0);
	require(target_resolve(arena, snapshot, &target, &meaning, &error) == 0);
	return meaning;
}

static void check_meaning(struct arena *arena, const struct snapshot *snapshot,
                          const struct meaning *meaning)
{
	require(meaning->kind <= MEANS_CGROUP);
	require(meaning->process == NONE || meaning->process < snapshot->n_processes);
	require(meaning->space == NONE || meaning->space < snapshot->n_spaces);
	require(meaning->container == NONE || meaning->container < snapshot->n_containers);
	require((meaning->kind == MEANS_SPACE) == (meaning->space != NONE));
	if (meaning->kind == MEANS_SPACE) {
		const struct space *space = &snapshot->spaces[meaning->space];
		const char *name = target_of_space(arena, space);
		require(resolve(arena, snapshot, name).space == meaning->space);
		return;
	}
	require(meaning->process != NONE);
	const char *name = target_of_process(arena, &snapshot->processes[meaning->process]);
	require(resolve(arena, snapshot, name).process == meaning->process);
	if (meaning->kind != MEANS_CONTAINER)
		return;
	require(meaning->container != NONE);
	name = target_of_container(arena, &snapshot->containers[meaning->container]);
	require(resolve(arena, snapshot, name).container == meaning->container);
}

static void check_target(const struct target *target, const char *text)
{
	struct needs needs = target_needs(target);

	require(is_equal(target->text, text));
	require(target->kind <= TARGET_CGROUP);
	require((target->kind == TARGET_PROCESS) == (target->pid > 0));
	require(!(target->inode && target->id));
	require((needs.types & ~NS_ALL_BITS) == 0 && (needs.sources & ~SOURCE_ALL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot = { 0 };
	const char *error = NULL;
	struct target target;
	struct meaning meaning;
	int r = target_parse(&arena, text, &target, &error);

	require(r == 0 || r == -EINVAL);
	if (r == 0) {
		check_target(&target, text);
		make_snapshot(&snapshot);
		r = target_resolve(&arena, &snapshot, &target, &meaning, &error);
		require(r == 0 || r == -ESRCH || r == -ENOTUNIQ || r == -EOPNOTSUPP);
	}
	if (r == 0)
		check_meaning(&arena, &snapshot, &meaning);
	else
		require(error && *error && fuzz_is_printable(error, ""));
	return 0;
}
