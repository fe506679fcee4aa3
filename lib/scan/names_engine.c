/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Engines with a directory for each container, named by its id: docker, cri-o; and systemd's
 * machines, named by their name. */
#include "scan/names.h"

static const struct names_labels docker_labels = {
	.name = "io.kubernetes.container.name",
	.pod = "io.kubernetes.pod.name",
	.pod_namespace = "io.kubernetes.pod.namespace",
	.pod_uid = "io.kubernetes.pod.uid",
	.type = "io.kubernetes.docker.type",
	.sandbox = "podsandbox",
};

static const struct names_labels crio_labels = {
	.name = "io.kubernetes.container.name",
	.pod = "io.kubernetes.pod.name",
	.pod_namespace = "io.kubernetes.pod.namespace",
	.pod_uid = "io.kubernetes.pod.uid",
	.type = "io.kubernetes.cri-o.ContainerType",
	.sandbox = "sandbox",
};

/* "/kubepods/.../podUID/ID" is the path of docker and of containerd. */
static bool may_be_docker(const struct container *container)
{
	return names_is_runtime(container, "docker") || names_is_runtime(container, "ecs") ||
	       (names_is_runtime(container, "containerd") && container->is_kubernetes);
}

static bool is_crio(const struct container *container)
{
	return names_is_runtime(container, "cri-o");
}

static int use_docker(struct names *names, struct container *container, const struct json_t *json)
{
	const struct json_t *labels = state_member(state_member(json, "Config"), "Labels");
	const char *name = state_text(json, "Name");
	int r = names_use_labels(names, container, labels, &docker_labels);

	if (r == 0 && names_is_runtime(container, "containerd"))
		r = names_correct_runtime(names, container, "docker");
	if (r < 0 || container->is_sandbox || !name)
		return r;
	return names_set(names, &container->name, *name == '/' ? name + 1 : name);
}

static int use_crio(struct names *names, struct container *container, const struct json_t *json)
{
	return names_use_labels(names, container, state_member(json, "annotations"), &crio_labels);
}

/* One file for each container. */
struct engine {
	bool (*is_its)(const struct container *container);
	int (*use)(struct names *names, struct container *container, const struct json_t *json);
	const char *file; /* below the directory with its id */
	enum names_family family;
};

static const struct engine docker = {
	.is_its = may_be_docker,
	.use = use_docker,
	.file = "config.v2.json",
	.family = NAMES_DOCKER,
};

static const struct engine crio = {
	.is_its = is_crio,
	.use = use_crio,
	.file = "userdata/config.json",
	.family = NAMES_CRIO,
};

/* Reads the file of one container. 0, -ENOMEM, or -EACCES. */
static int read_one(struct names *names, const struct engine *engine, int dir_fd,
                    struct container *container)
{
	auto_json struct json_t *json = NULL;
	const char *path = arena_printf(&names->scratch, "%s/%s", container->id, engine->file);

	if (!path)
		return -ENOMEM;
	int r = state_read_json(dir_fd, path, &json);

	if (r == 0)
		return engine->use(names, container, json);
	if (is_denied(r))
		return -EACCES;
	return r == -ENOMEM ? r : 0;
}

static int read_engine(struct names *names, const struct engine *engine, int dir_fd)
{
	struct snapshot *snapshot = names->scan->snapshot;
	bool is_refused = false;

	for (size_t i = 0; i < snapshot->n_containers; i++) {
		struct container *container = &snapshot->containers[i];
		if (!names_is_wanted(container) || !engine->is_its(container) ||
		    !names_is_hex64(container->id))
			continue;
		int r = read_one(names, engine, dir_fd, container);
		if (r == -ENOMEM)
			return r;
		is_refused = is_refused || r < 0;
	}
	if (is_refused)
		names->denied[engine->family]++;
	return 0;
}

static bool is_anything_wanted(const struct names *names, const struct engine *engine)
{
	const struct snapshot *snapshot = names->scan->snapshot;

	for (size_t i = 0; i < snapshot->n_containers; i++)
		if (names_is_wanted(&snapshot->containers[i]) &&
		    engine->is_its(&snapshot->containers[i]))
			return true;
	return false;
}

static int read_docker(struct names *names, int dir_fd)
{
	return read_engine(names, &docker, dir_fd);
}

int names_docker(struct names *names)
{
	if (!is_anything_wanted(names, &docker))
		return 0;
	auto_close int fd = names_open(names, "var/lib/docker/containers", NAMES_DOCKER);
	int r = fd < 0 ? 0 : read_docker(names, fd);

	if (r < 0)
		return r;
	return names_visit_homes(names, "docker", ".local/share/docker/containers", NAMES_DOCKER,
	                         read_docker);
}

int names_crio(struct names *names)
{
	const char *const paths[] = {
		"run/containers/storage/overlay-containers",
		"var/lib/containers/storage/overlay-containers",
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++) {
		if (!is_anything_wanted(names, &crio))
			return 0;
		auto_close int fd = names_open(names, paths[i], NAMES_CRIO);
		if (fd >= 0)
			r = read_engine(names, &crio, fd);
	}
	return r;
}

/* Whether a line of KEY=VALUE is this one. */
static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		if (*at == '\n')
			at++;
		if (strncmp(at, line, length) == 0 && (at[length] == '\n' || !at[length]))
			return true;
	}
	return false;
}

static int read_machine(struct names *names, int dir_fd, struct container *container)
{
	static const struct {
		const char *line;
		const char *runtime;
	} services[] = {
		{ "SERVICE=libvirt-qemu", "qemu" },
		{ "SERVICE=libvirt-lxc", "libvirt-lxc" },
	};
	auto_buffer struct buffer buffer = { 0 };
	int r = state_read(dir_fd, container->id, &buffer);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (has_line(buffer.data, services[i].line))
			return names_correct_runtime(names, container, services[i].runtime);
	return 0;
}

/* machine-NAME.scope may be anybody's who registers with systemd-machined. */
int names_machines(struct names *names)
{
	struct snapshot *snapshot = names->scan->snapshot;
	auto_close int fd = -1;
	int r = 0;

	for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++) {
		struct container *container = &snapshot->containers[i];
		if (!names_is_runtime(container, "nspawn") || !container->id)
			continue;
		if (fd < 0)
			fd = state_open_dir(&names->root, "run/systemd/machines");
		if (fd < 0)
			return fd == -ENOMEM ? fd : 0;
		r = read_machine(names, fd, container);
	}
	return r;
}
