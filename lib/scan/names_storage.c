/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* podman's names, from the lists of the containers/storage library. */
#include <stdio.h>

#include "scan/names.h"

/* The infrastructure container of a podman pod is called by the first digits of the pod's id. */
static bool is_infra(const struct container *container, const char *name)
{
	const size_t digits = 12;

	return container->pod_uid && !container->is_kubernetes &&
	       strncmp(container->pod_uid, name, digits) == 0 && is_equal(name + digits, "-infra");
}

static int use_entry(struct names *names, const struct json_t *entry)
{
	const char *id = state_text(entry, "id");
	const char *name = state_as_text(state_element(state_member(entry, "names"), 0));
	struct container *container = id ? names_find(names, id, "podman") : NULL;

	if (!container || !name)
		return 0;
	if (is_infra(container, name))
		container->is_sandbox = true;
	return names_set(names, &container->name, name);
}

/* Reads one list. 0, -ENOMEM, or -EACCES. */
static int read_list(struct names *names, int dir_fd, const char *path)
{
	auto_json struct json_t *list = NULL;
	const struct json_t *entry;
	int r = state_read_json(dir_fd, path, &list);

	if (is_denied(r))
		return -EACCES;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r == 0 && (entry = state_element(list, i)); i++)
		r = use_entry(names, entry);
	return r;
}

/* `podman run --rm` goes into the second list. */
static int read_storage(struct names *names, int dir_fd)
{
	static const char *const drivers[] = { "overlay", "vfs", "btrfs", "zfs" };
	static const char *const lists[] = { "containers.json", "volatile-containers.json" };
	bool is_refused = false;
	char path[100];

	for (size_t i = 0; i < ARRAY_SIZE(drivers) * ARRAY_SIZE(lists); i++) {
		snprintf(path, sizeof(path), "%s-containers/%s", drivers[i / ARRAY_SIZE(lists)],
		         lists[i % ARRAY_SIZE(lists)]);
		int r = read_list(names, dir_fd, path);
		if (r == -ENOMEM)
			return r;
		is_refused = is_refused || r < 0;
	}
	if (is_refused)
		names->denied[NAMES_PODMAN]++;
	return 0;
}

static bool is_anything_wanted(const struct names *names)
{
	const struct snapshot *snapshot = names->scan->snapshot;

	for (size_t i = 0; i < snapshot->n_containers; i++)
		if (names_is_wanted(&snapshot->containers[i]) &&
		    names_is_runtime(&snapshot->containers[i], "podman"))
			return true;
	return false;
}

int names_podman(struct names *names)
{
	static const char *const paths[] = { "var/lib/containers/storage",
		                             "run/containers/storage" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++) {
		if (!is_anything_wanted(names))
			return 0;
		auto_close int fd = names_open(names, paths[i], NAMES_PODMAN);
		if (fd >= 0)
			r = read_storage(names, fd);
	}
	if (r < 0)
		return r;
	return names_visit_homes(names, "podman", ".local/share/containers/storage", NAMES_PODMAN,
	                         read_storage);
}
