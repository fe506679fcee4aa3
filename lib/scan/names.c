/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of containers and pods, from the state files of runtimes and engines: no daemon is asked,
 * as a name is not worth waiting for. What is not there, or not of its form, is passed over.
 */
#include "scan/names.h"

#include "base/parse.h"

/* Which containers' names a family of state files has. */
static const struct family {
	const char *runtimes[2];
	bool has_kubernetes; /* and all of Kubernetes */
} families[NAMES_N_FAMILIES] = {
	[NAMES_DOCKER] = { .runtimes = { "docker", "ecs" } },
	[NAMES_CONTAINERD] = { .runtimes = { "containerd" } },
	[NAMES_CRIO] = { .runtimes = { "cri-o" } },
	[NAMES_PODMAN] = { .runtimes = { "podman" } },
	[NAMES_KUBELET] = { .has_kubernetes = true },
};

static void names_done(struct names *names)
{
	arena_done(&names->scratch);
	map_done(&names->by_id);
	map_done(&names->by_group);
	free(names->next);
	free(names->groups);
}

int names_index(struct names *names)
{
	const struct snapshot *snapshot = names->scan->snapshot;
	int r = vec_reserve(&names->next, &names->next_capacity, snapshot->n_containers,
	                    sizeof(*names->next));

	for (; r == 0 && names->n_indexed < snapshot->n_containers; names->n_indexed++) {
		uint32_t index = (uint32_t)names->n_indexed;
		const char *id = snapshot->containers[index].id;
		if (!id)
			continue;
		uint64_t key = map_hash(id, strlen(id));
		names->next[index] = map_find(&names->by_id, key);
		r = map_put(&names->by_id, key, index);
	}
	return r;
}

bool names_is_runtime(const struct container *container, const char *runtime)
{
	return container->runtime && is_equal(container->runtime, runtime);
}

/* The user in "/user.slice/user-1000.slice/...", or false. */
static bool user_of_group(const char *path, uid_t *ret)
{
	const char prefix[] = "/user.slice/user-";
	const char *found = path ? strstr(path, prefix) : NULL;
	uint64_t uid;

	if (!found)
		return false;
	found += sizeof(prefix) - 1;
	const char *end = strchr(found, '.');

	if (!end || !has_prefix(end, ".slice/"))
		return false;
	if (parse_u64_n(found, (size_t)(end - found), &uid) < 0 || uid >= UINT32_MAX)
		return false;
	*ret = (uid_t)uid;
	return true;
}

static bool may_name(const struct names *names, const struct container *container)
{
	uid_t uid;

	return names->home == (uid_t)-1 ||
	       (user_of_group(container->cgroup, &uid) && uid == names->home);
}

struct container *names_find(const struct names *names, const char *id, const char *runtime)
{
	uint32_t index = map_find(&names->by_id, map_hash(id, strlen(id)));

	for (; index != NONE; index = names->next[index]) {
		struct container *container = &names->scan->snapshot->containers[index];
		if (is_equal(container->id, id) &&
		    (!runtime || names_is_runtime(container, runtime)) &&
		    may_name(names, container))
			return container;
	}
	return NULL;
}

int names_set(struct names *names, const char **field, const char *text)
{
	if (*field || !text || !*text)
		return 0;
	const char *own = snapshot_intern(names->scan->snapshot, text, strlen(text));

	if (!own)
		return -ENOMEM;
	*field = own;
	return 0;
}

int names_correct_runtime(struct names *names, struct container *container, const char *runtime)
{
	/* Anybody may name a control group like one of a container: of one runtime and id there is
	 * only one, or a saved snapshot could not tell them apart. */
	if (names_find(names, container->id, runtime))
		return 0;
	container->runtime = NULL;
	return names_set(names, &container->runtime, runtime);
}

bool names_is_wanted(const struct container *container)
{
	if (container->is_kubernetes && !container->pod)
		return true;
	return !container->name && !container->is_sandbox;
}

bool names_is_hex64(const char *id)
{
	return id && strspn(id, "0123456789abcdef") == 64 && id[64] == '\0';
}

int names_use_labels(struct names *names, struct container *container, const struct json_t *labels,
                     const struct names_labels *keys)
{
	const char *type = state_text(labels, keys->type);
	const char *pod = state_text(labels, keys->pod);
	int r = names_set(names, &container->pod, pod);

	if (type && is_equal(type, keys->sandbox))
		container->is_sandbox = true;
	if (pod)
		container->is_kubernetes = true;
	if (r == 0)
		r = names_set(names, &container->pod_namespace,
		              state_text(labels, keys->pod_namespace));
	if (r == 0)
		r = names_set(names, &container->pod_uid, state_text(labels, keys->pod_uid));
	/* A sandbox's own name is "POD" with some engines: its pod's says more. */
	if (r == 0 && !container->is_sandbox)
		r = names_set(names, &container->name, state_text(labels, keys->name));
	return r;
}

int names_open(struct names *names, const char *path, enum names_family family)
{
	int fd = state_open_dir(&names->root, path);

	if (is_denied(fd))
		names->denied[family]++;
	return fd < 0 ? -1 : fd;
}

static int visit_home(struct names *names, const char *home, const char *path,
                      enum names_family family, int (*visit)(struct names *names, int dir_fd))
{
	auto_close int home_fd = state_open_home(&names->root, home);
	const struct state_base base = { .fd = home_fd, .is_home = true };
	auto_close int fd = home_fd < 0 ? home_fd : state_open_dir(&base, path);

	if (is_denied(fd))
		names->denied[family]++;
	return fd < 0 ? 0 : visit(names, fd);
}

int names_visit_homes(struct names *names, const char *runtime, const char *path,
                      enum names_family family, int (*visit)(struct names *names, int dir_fd))
{
	const struct snapshot *snapshot = names->scan->snapshot;
	auto_userdb struct userdb users = { 0 };
	auto_map struct map seen = { 0 };
	bool is_open = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];
		struct userdb_entry entry;
		uid_t uid;
		if (!names_is_wanted(container) || !names_is_runtime(container, runtime) ||
		    !user_of_group(container->cgroup, &uid) || map_find(&seen, uid) != NONE)
			continue;
		r = map_put(&seen, uid, 0);
		if (r == 0 && !is_open)
			r = userdb_open(names->scan, &users);
		is_open = true;
		if (r == 0)
			r = userdb_find(&users, &names->scratch, uid, &entry);
		names->home = uid;
		if (r == 0 && entry.home)
			r = visit_home(names, entry.home, path, family, visit);
		names->home = (uid_t)-1;
	}
	return r;
}

static bool family_has(const struct family *family, const struct container *container)
{
	if (family->has_kubernetes)
		return container->is_kubernetes;
	for (size_t i = 0; i < ARRAY_SIZE(family->runtimes) && family->runtimes[i]; i++)
		if (names_is_runtime(container, family->runtimes[i]))
			return true;
	return false;
}

static bool lacks_names(const struct snapshot *snapshot, const struct family *family)
{
	for (size_t i = 0; i < snapshot->n_containers; i++)
		if (names_is_wanted(&snapshot->containers[i]) &&
		    family_has(family, &snapshot->containers[i]))
			return true;
	return false;
}

/* A directory that may not be read is a gap only where it could have told something. */
static void note_gaps(struct names *names)
{
	struct snapshot *snapshot = names->scan->snapshot;

	for (enum names_family family = 0; family < NAMES_N_FAMILIES; family++)
		if (names->denied[family] > 0 && lacks_names(snapshot, &families[family]))
			snapshot_add_gap(snapshot, GAP_CONTAINER_NAMES, names->denied[family], 0);
}

int names_scan(struct scan *scan)
{
	/* Runtimes first: they may know containers that the others have names for. */
	int (*const sources[])(struct names * names) = {
		names_runtimes, names_containerd, names_docker,   names_crio,
		names_podman,   names_kubelet,    names_machines, names_attach,
	};

	if (!scan->needs->names)
		return 0;
	__attribute__((cleanup(names_done))) struct names names = {
		.scan = scan,
		.home = (uid_t)-1,
		.root = { .fd = scan->root_fd, .is_live = scan->is_this_host },
	};
	int r = names_index(&names);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(sources); i++) {
		r = sources[i](&names);
		arena_reset(&names.scratch);
	}
	note_gaps(&names);
	return r;
}
