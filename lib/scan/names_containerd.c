/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* containerd: a directory for each namespace of its own, in it one for each task, with the OCI
 * configuration and the number of the first process. */
#include <fcntl.h>

#include "base/parse.h"
#include "scan/names.h"

static const struct names_labels labels = {
	.name = "io.kubernetes.cri.container-name",
	.pod = "io.kubernetes.cri.sandbox-name",
	.pod_namespace = "io.kubernetes.cri.sandbox-namespace",
	.pod_uid = "io.kubernetes.cri.sandbox-uid",
	.type = "io.kubernetes.cri.container-type",
	.sandbox = "sandbox",
};

/* A task's directory. */
struct task_state {
	const char *namespace;
	const char *task; /* its name in that namespace */
	const char *id;   /* as the snapshot has it */
	int fd;           /* of the namespace's directory */
};

static const char *state_path(struct names *names, const struct task_state *state, const char *file)
{
	return arena_printf(&names->scratch, "%s/%s", state->task, file);
}

static int use_config(struct names *names, const struct task_state *state,
                      struct container *container, const struct json_t *config)
{
	const struct json_t *annotations = state_member(config, "annotations");
	int r = names_use_labels(names, container, annotations, &labels);

	if (r == 0)
		r = names_set(names, &container->name, state_text(annotations, "nerdctl/name"));
	/* A pod's is that of Kubernetes. */
	if (r == 0 && !container->is_kubernetes)
		r = names_set(names, &container->pod_namespace, state->namespace);
	/* "/PARENT/ID" was taken for docker's. */
	if (r == 0 && names_is_runtime(container, "docker"))
		r = names_correct_runtime(names, container, "containerd");
	return r;
}

/* The control group as containerd asked for it: a path, or "SLICE:PREFIX:NAME" for systemd, which
 * makes PREFIX-NAME.scope of it. 0 or -ENOMEM. */
static int claimed_group(struct names *names, const struct json_t *config, const char **ret)
{
	const char *path = state_text(state_member(config, "linux"), "cgroupsPath");
	const char *prefix = path ? strchr(path, ':') : NULL;
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;

	*ret = path;
	if (!path || *path == '/' || !name)
		return 0;
	*ret = arena_printf(&names->scratch, "/%.*s-%s.scope", (int)(name - prefix - 1), prefix + 1,
	                    name + 1);
	return *ret ? 0 : -ENOMEM;
}

static int read_pid(struct names *names, const struct task_state *state, uint64_t *ret)
{
	auto_buffer struct buffer buffer = { 0 };
	const char *path = state_path(names, state, "init.pid");
	int r = path ? state_read(state->fd, path, &buffer) : -ENOMEM;

	*ret = 0;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (parse_u64_n(buffer.data, buffer.length, ret) < 0)
		*ret = 0;
	return 0;
}

/* A task whose control group said nothing, as in a namespace that is not "default". */
static int recognise_task(struct names *names, const struct task_state *state,
                          const struct json_t *config)
{
	const char *group;
	struct names_claim claim = {
		.container = { .runtime = "containerd", .id = state->id },
		.groups = &group,
	};
	int r = claimed_group(names, config, &group);

	if (r == 0)
		r = read_pid(names, state, &claim.pid);
	if (r < 0)
		return r;
	if (!names_is_hex64(state->task))
		claim.container.name = state->task;
	claim.n_groups = group ? 1 : 0;
	return names_recognise(names, &claim);
}

/* Somebody else's control group may have the same name: it is taken for containerd's only where no
 * other one is. */
static struct container *find_task(const struct names *names, const char *id)
{
	struct container *container = names_find(names, id, "containerd");

	return container ? container : names_find(names, id, NULL);
}

static int read_task(struct names *names, const struct task_state *state)
{
	const struct container *known = find_task(names, state->id);
	auto_json struct json_t *config = NULL;

	if (known && !names_is_wanted(known) && known->pod_namespace)
		return 0;
	const char *path = state_path(names, state, "config.json");
	int r = path ? state_read_json(state->fd, path, &config) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (!known)
		r = recognise_task(names, state, config);
	struct container *container = find_task(names, state->id);

	return r < 0 || !container ? r : use_config(names, state, container, config);
}

/* Tasks that have a name for an id are told apart by their namespace; the two that everybody uses
 * are known by their control group. */
static const char *task_id(struct names *names, const char *namespace, const char *task)
{
	if (names_is_hex64(task) || is_equal(namespace, "default") || is_equal(namespace, "k8s.io"))
		return task;
	return arena_printf(&names->scratch, "%s/%s", namespace, task);
}

static int read_namespace(struct names *names, int dir_fd, const char *namespace)
{
	auto_close int fd =
		openat(dir_fd, namespace, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_list DIR *list = NULL;
	const char *task;
	int r = fd < 0 ? -errno : state_list(fd, &list);

	if (is_denied(r))
		names->denied[NAMES_CONTAINERD]++;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (r == 0 && (task = state_list_next(list))) {
		struct task_state state = { .namespace = namespace, .task = task, .fd = fd };
		state.id = task_id(names, namespace, task);
		r = state.id ? read_task(names, &state) : -ENOMEM;
	}
	return r;
}

int names_containerd(struct names *names)
{
	auto_close int fd =
		names_open(names, "run/containerd/io.containerd.runtime.v2.task", NAMES_CONTAINERD);
	auto_list DIR *list = NULL;
	const char *namespace;
	int r = fd < 0 ? -ENOENT : state_list(fd, &list);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* docker's tasks are here too, in "moby"; docker itself knows them better. */
	while (r == 0 && (namespace = state_list_next(list)))
		if (!is_equal(namespace, "moby"))
			r = read_namespace(names, fd, namespace);
	return r;
}
