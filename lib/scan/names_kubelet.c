/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kubelet's log directories, which anybody may read: /var/log/containers has a link
 * POD_NAMESPACE_CONTAINER-ID.log for each container, /var/log/pods a directory NAMESPACE_POD_UID
 * for each pod, in it one for each container. A sandbox has neither.
 */
#include <fcntl.h>

#include "scan/names.h"

/* The parts of such a name; none of them can hold a "_" (RFC 1123). */
struct parts {
	const char *first, *second, *third;
};

/* Splits a copy of the name at its "_". 0, -EINVAL when it has not three parts, -ENOMEM. */
static int split(struct arena *arena, const char *name, struct parts *ret)
{
	char *first = arena_text(arena, name);
	char *second = first ? strchr(first, '_') : NULL;
	char *third = second ? strchr(second + 1, '_') : NULL;

	if (!first)
		return -ENOMEM;
	if (!third || strchr(third + 1, '_'))
		return -EINVAL;
	*second++ = '\0';
	*third++ = '\0';
	*ret = (struct parts){ first, second, third };
	return 0;
}

/* The containers of a pod of which something is not known. */
struct pod {
	uint32_t first;      /* the others by pods.next */
	uint32_t nameless;   /* the last one without a name */
	uint32_t n_nameless; /* how many there are */
};

/* What is known of pods while the directories are read. */
struct pods {
	struct names *names;
	struct pod *items;
	size_t count, capacity;
	uint32_t *next; /* container -> the next of its pod */
	size_t next_capacity;
	struct map by_uid; /* hash of a pod's UID -> index */
	struct map logged; /* hash of "POD_NAMESPACE_CONTAINER": it has a log */
};

static void pods_done(struct pods *pods)
{
	free(pods->items);
	free(pods->next);
	map_done(&pods->by_uid);
	map_done(&pods->logged);
}

static uint64_t hash_text(const char *text)
{
	return map_hash(text, strlen(text));
}

static int use_log(struct pods *pods, const char *name)
{
	struct arena *arena = &pods->names->scratch;
	const char *dash = strrchr(name, '-');
	const size_t rest = 64 + strlen(".log");
	struct parts parts;

	if (!dash || strlen(dash + 1) != rest || !is_equal(dash + 1 + 64, ".log"))
		return 0;
	char *stem = arena_copy(arena, name, (size_t)(dash - name));
	const char *id = arena_copy(arena, dash + 1, 64);
	int r = stem && id ? split(arena, stem, &parts) : -ENOMEM;

	if (r == 0)
		r = map_put(&pods->logged, hash_text(stem), 0);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	struct container *container = names_find(pods->names, id, NULL);

	if (!container || !container->is_kubernetes)
		return 0;
	r = names_set(pods->names, &container->pod, parts.first);
	if (r == 0)
		r = names_set(pods->names, &container->pod_namespace, parts.second);
	if (r == 0)
		r = names_set(pods->names, &container->name, parts.third);
	return r;
}

static int read_logs(struct pods *pods)
{
	auto_close int fd = names_open(pods->names, "var/log/containers", NAMES_KUBELET);
	auto_list DIR *list = NULL;
	const char *name;
	int r = fd < 0 ? -ENOENT : state_list(fd, &list);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (r == 0 && (name = state_list_next(list))) {
		r = use_log(pods, name);
		arena_reset(&pods->names->scratch);
	}
	return r;
}

static int pods_add(struct pods *pods, uint64_t key, uint32_t *ret)
{
	uint32_t index = (uint32_t)pods->count;
	int r = VEC_GROW(&pods->items, &pods->capacity, pods->count);

	if (r == 0)
		r = map_put(&pods->by_uid, key, index);
	if (r < 0)
		return r;
	pods->items[pods->count++] = (struct pod){ .first = NONE };
	*ret = index;
	return 0;
}

static int gather_container(struct pods *pods, const struct container *container, uint32_t number)
{
	uint64_t key = hash_text(container->pod_uid);
	uint32_t index = map_find(&pods->by_uid, key);
	int r = index == NONE ? pods_add(pods, key, &index) : 0;

	if (r < 0)
		return r;
	struct pod *pod = &pods->items[index];

	pods->next[number] = pod->first;
	pod->first = number;
	if (!container->name && !container->is_sandbox) {
		pod->nameless = number;
		pod->n_nameless++;
	}
	return 0;
}

/* Gathers the pods whose containers are not all known. */
static int gather(struct pods *pods)
{
	const struct snapshot *snapshot = pods->names->scan->snapshot;
	int r = vec_reserve(&pods->next, &pods->next_capacity, snapshot->n_containers,
	                    sizeof(*pods->next));

	for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];
		if (container->is_kubernetes && container->pod_uid && names_is_wanted(container))
			r = gather_container(pods, container, (uint32_t)i);
	}
	return r;
}

/* Whether every container that the pod has a directory for has a log link too. 0 or -errno. */
static int all_are_logged(struct pods *pods, int dir_fd, const char *entry,
                          const struct parts *parts, bool *ret)
{
	auto_close int fd = openat(dir_fd, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_list DIR *list = NULL;
	const char *name;
	int r = fd < 0 ? -errno : state_list(fd, &list);

	if (r < 0)
		return r;
	while ((name = state_list_next(list))) {
		const char *stem = arena_printf(&pods->names->scratch, "%s_%s_%s", parts->second,
		                                parts->first, name);
		if (!stem)
			return -ENOMEM;
		if (map_find(&pods->logged, hash_text(stem)) == NONE) {
			*ret = false;
			return 0;
		}
	}
	*ret = true;
	return 0;
}

/* One container is left over, and no directory is: it is the sandbox. */
static int find_sandbox(struct pods *pods, const struct pod *pod, int dir_fd, const char *entry,
                        const struct parts *parts)
{
	bool is_sandbox = false;

	if (pod->n_nameless != 1 || pods->logged.count == 0)
		return 0;
	int r = all_are_logged(pods, dir_fd, entry, parts, &is_sandbox);

	if (r == 0 && is_sandbox)
		pods->names->scan->snapshot->containers[pod->nameless].is_sandbox = true;
	return r == -ENOMEM ? r : 0;
}

static int use_pod(struct pods *pods, int dir_fd, const char *entry)
{
	struct snapshot *snapshot = pods->names->scan->snapshot;
	struct parts parts; /* namespace, pod, UID */
	int r = split(&pods->names->scratch, entry, &parts);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	uint32_t index = map_find(&pods->by_uid, hash_text(parts.third));

	if (index == NONE)
		return 0;
	for (uint32_t i = pods->items[index].first; r == 0 && i != NONE; i = pods->next[i]) {
		struct container *container = &snapshot->containers[i];
		if (!is_equal(container->pod_uid, parts.third))
			return 0;
		r = names_set(pods->names, &container->pod, parts.second);
		if (r == 0)
			r = names_set(pods->names, &container->pod_namespace, parts.first);
	}
	return r < 0 ? r : find_sandbox(pods, &pods->items[index], dir_fd, entry, &parts);
}

static int read_pods(struct pods *pods)
{
	auto_close int fd = names_open(pods->names, "var/log/pods", NAMES_KUBELET);
	auto_list DIR *list = NULL;
	const char *entry;
	int r = fd < 0 ? -ENOENT : state_list(fd, &list);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (r == 0 && (entry = state_list_next(list))) {
		r = use_pod(pods, fd, entry);
		arena_reset(&pods->names->scratch);
	}
	return r;
}

static bool is_anything_wanted(const struct names *names)
{
	const struct snapshot *snapshot = names->scan->snapshot;

	for (size_t i = 0; i < snapshot->n_containers; i++)
		if (snapshot->containers[i].is_kubernetes &&
		    names_is_wanted(&snapshot->containers[i]))
			return true;
	return false;
}

int names_kubelet(struct names *names)
{
	if (!is_anything_wanted(names))
		return 0;
	__attribute__((cleanup(pods_done))) struct pods pods = { .names = names };
	int r = read_logs(&pods);

	if (r == 0)
		r = gather(&pods);
	return r < 0 || pods.count == 0 ? r : read_pods(&pods);
}
