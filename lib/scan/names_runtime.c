/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Containers of which the control group says nothing, as "/web" of `runc run web`: the runtime's
 * state names the first process and the control groups.
 */
#include <inttypes.h>
#include <stdio.h>

#include "model/proctext.h"
#include "scan/names.h"

/* Where a runtime keeps a directory for each container, and how its state is written there. */
struct runtime {
	const char *path;
	const char *runtime;
	const char *file;
	const char *pid, *start; /* keys of the first process's number and start time */
	const char *groups;      /* key of an object of control groups */
	const char *group;       /* key of the one control group */
};

/* clang-format off */
static const struct runtime runtimes[] = {
	{ .path = "run/runc", .runtime = "runc", .file = "state.json",
	  .pid = "init_process_pid", .start = "init_process_start", .groups = "cgroup_paths" },
	{ .path = "run/docker/runtime-runc/moby", .runtime = "docker", .file = "state.json",
	  .pid = "init_process_pid", .start = "init_process_start", .groups = "cgroup_paths" },
	{ .path = "run/crun", .runtime = "crun", .file = "status",
	  .pid = "pid", .start = "process-start-time", .group = "cgroup-path" },
};
/* clang-format on */

static bool has_suffix(const char *text, size_t length, const char *suffix, size_t suffix_length)
{
	return length >= suffix_length &&
	       memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

/*
 * Runtimes write a control group as a path below its mount or with the mount before it; what we see
 * of it may have ancestors before it. Both begin with "/", so one ends in the other.
 */
static bool is_same_group(const char *path, size_t length, const char *claimed)
{
	size_t claimed_length = strlen(claimed);

	if (length < 2 || claimed_length < 2 || *claimed != '/')
		return false;
	return has_suffix(path, length, claimed, claimed_length) ||
	       has_suffix(claimed, claimed_length, path, length);
}

/* The length of the path up to the control group of the container, or 0 when it is not in it. */
static size_t own_group_length(const char *path, const struct names_claim *claim)
{
	for (size_t length = strlen(path); length > 1;) {
		for (size_t i = 0; i < claim->n_groups; i++)
			if (is_same_group(path, length, claim->groups[i]))
				return length;
		const char *slash = memrchr(path, '/', length);
		length = slash ? (size_t)(slash - path) : 0;
	}
	return 0;
}

/* A file of a process that has been looked at. 0 or -errno. */
static int read_file(struct scan *scan, const struct process *process, const char *name)
{
	char path[40];

	snprintf(path, sizeof(path), "%d/%s", process->pid, name);
	return scan->is_live ? fd_read_at(scan->proc_fd, path, &scan->buffer)
	                     : scan_read_recorded(scan, scan->proc_fd, path);
}

/* The path of the process's control group in scratch, or NULL where it cannot be told. */
static int read_group(struct names *names, const struct process *process, const char **ret)
{
	struct scan *scan = names->scan;
	const char *text = process->cgroup;

	*ret = NULL;
	if (!text) {
		int r = read_file(scan, process, "cgroup");
		if (r < 0)
			return r == -ENOMEM ? r : 0;
		text = scan->buffer.data;
	}
	*ret = container_cgroup_path(&names->scratch, text);
	return 0;
}

/* Whether the process began at that time: else it is another one with its number. */
static bool has_started_at(struct scan *scan, const struct process *process, uint64_t start)
{
	struct stat_text stat;

	if (process->known & PROCESS_STAT)
		return process->start == start;
	if (read_file(scan, process, "stat") < 0 ||
	    proctext_stat(scan->buffer.data, scan->buffer.length, &stat) < 0)
		return false;
	return stat.start == start;
}

static int add_group(struct names *names, const char *path, uint32_t container)
{
	uint32_t index = (uint32_t)names->n_groups;
	int r = VEC_GROW(&names->groups, &names->groups_capacity, names->n_groups);

	if (r == 0)
		r = map_put(&names->by_group, map_hash(path, strlen(path)), index);
	if (r < 0)
		return r;
	names->groups[names->n_groups++] = (struct names_group){ path, container };
	return 0;
}

static int add_container(struct names *names, struct process *process,
                         const struct container *container)
{
	struct snapshot *snapshot = names->scan->snapshot;
	int r = snapshot_add_container(snapshot, container, &process->container);

	if (r == 0)
		r = names_index(names);
	if (r < 0 || !container->cgroup)
		return r;
	return add_group(names, snapshot->containers[process->container].cgroup,
	                 process->container);
}

int names_recognise(struct names *names, const struct names_claim *claim)
{
	struct snapshot *snapshot = names->scan->snapshot;
	uint32_t index = claim->pid > 0 && claim->pid <= INT32_MAX
	                         ? snapshot_find_pid(snapshot, (pid_t)claim->pid)
	                         : NONE;
	struct container container = claim->container;
	const char *path;

	if (index == NONE || snapshot->processes[index].container != NONE)
		return 0;
	struct process *process = &snapshot->processes[index];

	if (claim->start > 0 && !has_started_at(names->scan, process, claim->start))
		return 0;
	int r = read_group(names, process, &path);

	if (r < 0)
		return r;
	size_t length = path ? own_group_length(path, claim) : 0;

	if (length == 0 && claim->start == 0)
		return 0;
	if (length > 0) {
		container.cgroup = arena_copy(&names->scratch, path, length);
		if (!container.cgroup)
			return -ENOMEM;
	}
	return add_container(names, process, &container);
}

static int use_state(struct names *names, const struct runtime *runtime, const char *id,
                     const struct json_t *state)
{
	const char *group = runtime->group ? state_text(state, runtime->group) : NULL;
	struct names_claim claim = {
		.container = { .runtime = runtime->runtime, .id = id },
		.pid = state_number(state, runtime->pid),
		.start = state_number(state, runtime->start),
		.groups = &group,
		.n_groups = group ? 1 : 0,
	};
	int r = 0;

	if (!names_is_hex64(id))
		claim.container.name = id;
	if (runtime->groups)
		r = state_texts(&names->scratch, state_member(state, runtime->groups),
		                &claim.groups, &claim.n_groups);
	return r < 0 ? r : names_recognise(names, &claim);
}

static int read_container(struct names *names, const struct runtime *runtime, int dir_fd,
                          const char *id)
{
	auto_json struct json_t *state = NULL;

	/* Known already by its control group: nothing here is news. */
	if (names_find(names, id, names_is_hex64(id) ? NULL : runtime->runtime))
		return 0;
	const char *path = arena_printf(&names->scratch, "%s/%s", id, runtime->file);

	if (!path)
		return -ENOMEM;
	int r = state_read_json(dir_fd, path, &state);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return use_state(names, runtime, id, state);
}

static int read_runtime(struct names *names, const struct runtime *runtime)
{
	auto_close int dir_fd = state_open_dir(&names->root, runtime->path);
	auto_list DIR *list = NULL;
	int r = dir_fd < 0 ? dir_fd : state_list(dir_fd, &list);
	const char *id;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (r == 0 && (id = state_list_next(list)))
		r = read_container(names, runtime, dir_fd, id);
	return r;
}

int names_runtimes(struct names *names)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(runtimes); i++)
		r = read_runtime(names, &runtimes[i]);
	return r;
}

/* The container whose control group this path is in or below, or NONE. */
static uint32_t container_of_path(const struct names *names, const char *path)
{
	for (size_t length = strlen(path); length > 1;) {
		uint32_t index = map_find(&names->by_group, map_hash(path, length));
		if (index != NONE) {
			const char *group = names->groups[index].path;
			if (strlen(group) == length && memcmp(group, path, length) == 0)
				return names->groups[index].container;
		}
		const char *slash = memrchr(path, '/', length);
		length = slash ? (size_t)(slash - path) : 0;
	}
	return NONE;
}

/* The same for the text of /proc/PID/cgroup. Equal texts of a snapshot are one, so each is looked
 * at once. 0 or -ENOMEM. */
static int container_of_text(struct names *names, struct map *seen, const char *text, uint32_t *ret)
{
	/* Of an index, one more is stored: 0 stands for none. */
	uint32_t stored = map_find(seen, (uint64_t)(uintptr_t)text);

	if (stored == NONE) {
		const char *path = container_cgroup_path(&names->scratch, text);
		uint32_t container = path ? container_of_path(names, path) : NONE;
		stored = container == NONE ? 0 : container + 1;
		int r = map_put(seen, (uint64_t)(uintptr_t)text, stored);
		arena_reset(&names->scratch);
		if (r < 0)
			return r;
	}
	*ret = stored == 0 ? NONE : stored - 1;
	return 0;
}

int names_attach(struct names *names)
{
	struct snapshot *snapshot = names->scan->snapshot;
	auto_map struct map seen = { 0 };
	int r = 0;

	if (names->n_groups == 0)
		return 0;
	for (size_t i = 0; r == 0 && i < snapshot->n_processes; i++) {
		struct process *process = &snapshot->processes[i];
		if (process->cgroup && process->container == NONE)
			r = container_of_text(names, &seen, process->cgroup, &process->container);
	}
	return r;
}
