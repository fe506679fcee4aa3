/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which container, pod and systemd unit a control group path belongs to, from the text of
 * /proc/PID/cgroup alone. */
#ifndef NSKIT_CONTAINER_H
#define NSKIT_CONTAINER_H

#include "base/arena.h"
#include "base/base.h"

/* What a process in a container's control group is to it. */
enum container_role {
	CONTAINER_NONE,       /* no container in the path */
	CONTAINER_PAYLOAD,    /* a process of the container */
	CONTAINER_SUPERVISOR, /* conmon, lxc.monitor, nspawn's supervisor: about the container, not
				 in it */
};

/*
 * A container. Texts are NULL where they are not known. What the control group path says: runtime,
 * id, pod_uid; what state files say (scan/names): name, pod, pod_namespace, is_sandbox.
 */
struct container {
	const char *runtime; /* docker, containerd, cri-o, podman, lxc, nspawn, runc, ... as the
				RUNTIME column shows it */
	const char *id;      /* 64 hex digits, or the name where the runtime has names for ids (lxc,
				nspawn, ctr; then `name` is that too) */
	const char *name;
	const char *pod;
	const char *pod_uid;       /* with dashes; of a podman pod its 64 hex digits */
	const char *pod_namespace; /* Kubernetes namespace, or containerd namespace */
	const char *cgroup; /* path of the container's own control group, as the scanning process
			       sees it */
	bool is_sandbox;    /* the pod's pause container */
	bool is_kubernetes; /* lies below kubepods */
	uint32_t first_process; /* lowest number among the payload in the snapshot, or NONE; set by
				   snapshot_finish */
};

/*
 * Identifies the innermost container in the text of /proc/PID/cgroup ("hierarchy:controllers:path"
 * lines; the v2 line first, then name=systemd, then the longest other path; the first of them that
 * names one). Components are matched, never substrings. Texts of *ret are in `arena`, or constant.
 * *ret_role CONTAINER_NONE and *ret all NULL where there is none; of a supervisor the id may be
 * NULL, and cgroup, which would be its own, is. 0 or -ENOMEM.
 */
int container_identify(struct arena *arena, const char *cgroup_text, struct container *ret,
                       enum container_role *ret_role) must_use;

/*
 * The control group path that stands for the process (same choice of line), without a trailing "
 * (deleted)". Points into a copy in `arena`; NULL when the text has no line of the form, or when
 * out of memory.
 */
const char *container_cgroup_path(struct arena *arena, const char *cgroup_text);

/*
 * The innermost systemd unit in the path (nginx.service, session-3.scope, x.slice), \x2d decoded;
 * NULL where there is none. In `arena`.
 */
const char *container_unit(struct arena *arena, const char *cgroup_text);

/* The systemd unit that one component of a path is, \x2d decoded, in `arena`; *ret NULL where it is
 * none. 0 or -ENOMEM. */
int container_component_unit(struct arena *arena, const char *component, size_t length,
                             const char **ret) must_use;

/* The label that CONTAINER shows: "pod/name", "pod" for a sandbox, "name", or the id's first 12
 * characters where only it is known. In `arena`; NULL when out of memory. */
const char *container_label(struct arena *arena, const struct container *container);

#endif
