/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/cgroup: its container, its unit, its path, and what it is below. */
#include "fuzz.h"
#include "model/cgrouptext.h"
#include "model/container.h"

static void check_container(struct arena *arena, const struct container *container,
                            enum container_role role, const char *path)
{
	require(role <= CONTAINER_SUPERVISOR);
	require((role == CONTAINER_NONE) == (container->runtime == NULL));
	require(container->first_process == NONE);
	require((container->cgroup != NULL) == (role == CONTAINER_PAYLOAD));
	require(container_label(arena, container));
	if (role == CONTAINER_NONE)
		require(!container->id && !container->name && !container->pod_uid);
	if (role != CONTAINER_PAYLOAD)
		return;
	require(container->id && *container->id);
	require(path && has_prefix(path, container->cgroup));
	char behind = path[strlen(container->cgroup)];
	require(behind == '\0' || behind == '/');
}

static void check_unit(const char *unit)
{
	const char *suffix = unit ? strrchr(unit, '.') : NULL;

	require(!unit || suffix);
}

/* Whoever is in a control group is in all that lie around it. */
static void check_path(const char *text, const char *path)
{
	auto_free char *around = strdup(path);

	require(around);
	require(*path == '/');
	require(cgrouptext_is_in(text, path, NULL));
	for (char *slash; (slash = strrchr(around, '/'));) {
		*slash = '\0';
		require(cgrouptext_is_in(text, around, NULL));
	}
	require(cgrouptext_is_in(text, "/", NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_arena struct arena arena = { 0 };
	struct container container;
	enum container_role role;
	const char *path = container_cgroup_path(&arena, text);

	require(container_identify(&arena, text, &container, &role) == 0);
	check_container(&arena, &container, role, path);
	check_unit(container_unit(&arena, text));
	if (path)
		check_path(text, path);
	return 0;
}
