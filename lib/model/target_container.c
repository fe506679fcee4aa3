/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a target means in a snapshot: containers and pods. */
#include "model/nearest.h"
#include "model/target_part.h"

/* An id may be shortened to this many digits: fewer would be words like "bad". */
#define ID_PREFIX_LENGTH 4
/* As every engine shortens ids. */
#define ID_SHOWN_LENGTH 12

static const char hex_digits[] = "0123456789abcdef";

static bool is_same(const char *a, const char *b)
{
	return a && b && is_equal(a, b);
}

/* One way in which a container can be what was written. */
typedef bool (*container_matcher)(const struct container *container, const struct target *target);

static bool has_name(const struct container *container, const struct target *target)
{
	return !container->is_sandbox && is_same(container->name, target->name);
}

static bool has_pod(const struct container *container, const struct target *target)
{
	return is_same(container->pod, target->name);
}

static bool has_id(const struct container *container, const struct target *target)
{
	return is_same(container->id, target->name);
}

static bool has_id_prefix(const struct container *container, const struct target *target)
{
	size_t length = strlen(target->name);

	return container->id && length >= ID_PREFIX_LENGTH &&
	       strspn(target->name, hex_digits) == length &&
	       has_prefix(container->id, target->name);
}

static bool has_pod_and_name(const struct container *container, const struct target *target)
{
	return is_same(container->pod, target->pod) && has_name(container, target);
}

static bool has_namespace_and_pod(const struct container *container, const struct target *target)
{
	return is_same(container->pod_namespace, target->pod) && has_pod(container, target);
}

/* containerd without Kubernetes has namespaces and no pods. */
static bool has_namespace_and_name(const struct container *container, const struct target *target)
{
	return !container->pod && is_same(container->pod_namespace, target->pod) &&
	       has_name(container, target);
}

static bool has_all(const struct container *container, const struct target *target)
{
	return is_same(container->pod_namespace, target->pod_namespace) &&
	       has_pod_and_name(container, target);
}

/* In this order: the first that matches anything decides. */
static const struct way {
	size_t n_parts; /* of @A/B/C */
	container_matcher matches;
	bool is_pod;
} ways[] = {
	/* clang-format off */
	{ 1, has_name,               false },
	{ 1, has_pod,                true  },
	{ 1, has_id,                 false },
	{ 1, has_id_prefix,          false },
	{ 2, has_pod_and_name,       false },
	{ 2, has_namespace_and_pod,  true  },
	{ 2, has_namespace_and_name, false },
	{ 3, has_all,                false },
	/* clang-format on */
};

/* The containers that match: the first ones, and how many. */
struct found {
	uint32_t items[CANDIDATES_SHOWN];
	size_t count;
	bool any_empty; /* one matches that no process is in: state files may know such */
};

static struct found find(const struct snapshot *snapshot, const struct target *target,
                         container_matcher matches)
{
	struct found found = { 0 };

	for (uint32_t i = 0; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];

		if (!matches(container, target))
			continue;
		if (container->first_process == NONE) {
			found.any_empty = true;
			continue;
		}
		if (found.count < CANDIDATES_SHOWN)
			found.items[found.count] = i;
		found.count++;
	}
	return found;
}

static bool is_same_or_none(const char *a, const char *b)
{
	return (!a && !b) || is_same(a, b);
}

static bool is_one_pod(const struct container *a, const struct container *b)
{
	return is_same_or_none(a->pod_namespace, b->pod_namespace) && is_same(a->pod, b->pod);
}

static const char *pod_target(struct arena *arena, const struct container *container)
{
	if (container->pod_namespace)
		return arena_printf(arena, "@%s/%s", container->pod_namespace, container->pod);
	return arena_printf(arena, "@%s", container->pod);
}

/* Two containers may have one name, and then only their ids are exact. */
static const char *id_target(struct arena *arena, const struct container *container)
{
	const char *id = container->id;

	if (!id)
		return target_of_container(arena, container);
	if (strspn(id, hex_digits) == strlen(id) && strlen(id) > ID_SHOWN_LENGTH)
		return arena_printf(arena, "@%.*s", ID_SHOWN_LENGTH, id);
	return arena_printf(arena, "@%s", id);
}

static bool is_name_shared(const struct snapshot *snapshot, const struct found *found,
                           size_t n_items, size_t which)
{
	const struct container *container = &snapshot->containers[found->items[which]];

	for (size_t i = 0; i < n_items; i++) {
		const struct container *other = &snapshot->containers[found->items[i]];

		if (i != which && is_same_or_none(container->name, other->name) &&
		    is_same_or_none(container->pod, other->pod) &&
		    is_same_or_none(container->pod_namespace, other->pod_namespace))
			return true;
	}
	return false;
}

static int say_ambiguous(const struct resolver *resolver, const struct target *target,
                         const struct found *found)
{
	const struct container *containers = resolver->snapshot->containers;
	struct candidates candidates = { 0 };
	size_t n_items = found->count < CANDIDATES_SHOWN ? found->count : CANDIDATES_SHOWN;

	for (size_t i = 0; i < n_items; i++) {
		const struct container *container = &containers[found->items[i]];
		bool is_shared =
			!container->pod || is_name_shared(resolver->snapshot, found, n_items, i);
		int r = candidates_add(&candidates,
		                       is_shared ? id_target(resolver->arena, container)
		                                 : target_of_container(resolver->arena, container));

		if (r < 0)
			return r;
	}
	candidates.n_more = found->count - n_items;
	return candidates_say(resolver, target, &candidates);
}

static int say_ambiguous_pod(const struct resolver *resolver, const struct target *target,
                             container_matcher matches)
{
	const struct snapshot *snapshot = resolver->snapshot;
	struct candidates candidates = { 0 };

	for (size_t i = 0; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];

		if (container->first_process == NONE || !matches(container, target))
			continue;
		int r = candidates_add(&candidates, pod_target(resolver->arena, container));
		if (r < 0)
			return r;
	}
	return candidates_say(resolver, target, &candidates);
}

/* The pod's own control group is the one around its containers', where its name says so. */
static int pod_cgroup(const struct resolver *resolver, const struct container *container,
                      const char **ret)
{
	const char *end = container->cgroup ? strrchr(container->cgroup, '/') : NULL;
	const char *name;
	char *path, *uid;

	*ret = NULL;
	if (!end || !container->pod_uid)
		return 0;
	path = arena_copy(resolver->arena, container->cgroup, (size_t)(end - container->cgroup));
	uid = arena_text(resolver->arena, container->pod_uid);
	if (!path || !uid)
		return -ENOMEM;
	name = strrchr(path, '/');
	if (name && strstr(name, uid))
		*ret = path;
	/* the systemd driver: a "-" in a slice's name would mean another level */
	for (char *c = uid; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
	if (name && strstr(name, uid))
		*ret = path;
	return 0;
}

/* Its sandbox has the namespaces that its containers share; without one, its first container. */
static int mean_pod(const struct resolver *resolver, const struct target *target,
                    container_matcher matches, uint32_t first, struct meaning *ret)
{
	const struct snapshot *snapshot = resolver->snapshot;
	const struct container *chosen = &snapshot->containers[first];
	const char *cgroup;
	int r;

	for (uint32_t i = first + 1; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];

		if (container->first_process == NONE || !matches(container, target))
			continue;
		if (!is_one_pod(chosen, container))
			return say_ambiguous_pod(resolver, target, matches);
		if (container->is_sandbox > chosen->is_sandbox ||
		    (container->is_sandbox == chosen->is_sandbox &&
		     container->first_process < chosen->first_process))
			chosen = container;
	}
	r = pod_cgroup(resolver, chosen, &cgroup);
	if (r < 0)
		return r;
	*ret = (struct meaning){ .kind = MEANS_POD,
		                 .process = chosen->first_process,
		                 .space = NONE,
		                 .container = (uint32_t)(chosen - snapshot->containers),
		                 .cgroup = cgroup };
	return 0;
}

static struct meaning container_meaning(const struct snapshot *snapshot, uint32_t container)
{
	return (struct meaning){ .kind = MEANS_CONTAINER,
		                 .process = snapshot->containers[container].first_process,
		                 .space = NONE,
		                 .container = container,
		                 .cgroup = snapshot->containers[container].cgroup };
}

/* What the user would write for it. */
static const char *label(struct arena *arena, const struct container *container)
{
	const char *text = container->name || !container->id ? target_of_container(arena, container)
	                                                     : id_target(arena, container);

	return text && !strchr(text, '/') ? text + 1 : text;
}

/* A container in a pod comes near by the pod's name too, and the pod itself can be meant. */
static int offer(struct arena *arena, const struct container *container, struct nearest *nearest)
{
	const char *own = label(arena, container);
	const char *pod = container->pod ? pod_target(arena, container) : own;

	if (!own || !pod)
		return -ENOMEM;
	if (!container->is_sandbox)
		nearest_offer(nearest, container->name ? container->name : own, own);
	if (container->pod)
		nearest_offer(nearest, container->pod, pod);
	return 0;
}

static int say_none(const struct resolver *resolver, const struct target *target, bool any_empty)
{
	const struct snapshot *snapshot = resolver->snapshot;
	struct nearest nearest = { .wanted = target->name };
	const char *shown = target->shown, *list;

	if (any_empty)
		return target_say(
			-ESRCH, arena_printf(resolver->arena, "container %s has no process", shown),
			resolver->ret_error);
	for (size_t i = 0; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];
		int r = container->first_process == NONE
		                ? 0
		                : offer(resolver->arena, container, &nearest);

		if (r < 0)
			return r;
	}
	list = nearest_list(resolver->arena, &nearest);
	if (!list)
		return -ENOMEM;
	return target_say(-ESRCH,
	                  arena_printf(resolver->arena, "no container %s; %s%s", shown,
	                               *list ? "there are: " : "there are none in sight", list),
	                  resolver->ret_error);
}

int target_resolve_container(const struct resolver *resolver, const struct target *target,
                             struct meaning *ret)
{
	size_t n_parts = target->pod_namespace ? 3 : target->pod ? 2 : 1;
	bool any_empty = false;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct found found;

		if (ways[i].n_parts != n_parts)
			continue;
		found = find(resolver->snapshot, target, ways[i].matches);
		any_empty = any_empty || found.any_empty;
		if (found.count == 0)
			continue;
		if (ways[i].is_pod)
			return mean_pod(resolver, target, ways[i].matches, found.items[0], ret);
		if (found.count > 1)
			return say_ambiguous(resolver, target, &found);
		*ret = container_meaning(resolver->snapshot, found.items[0]);
		return 0;
	}
	return say_none(resolver, target, any_empty);
}
