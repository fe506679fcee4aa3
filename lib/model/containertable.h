/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of control group paths by which containers and pods are recognised. */
#ifndef NSKIT_CONTAINERTABLE_H
#define NSKIT_CONTAINERTABLE_H

#include "model/container.h"
#include "model/pathpattern.h"

/* What a pattern means. On each component the first row that matches counts. */
struct container_pattern {
	const char *pattern;
	const char *runtime;   /* NULL: what {runtime} matched */
	const char *namespace; /* containerd's, or NULL */
	enum container_role role;
};

extern const struct container_pattern container_patterns[];
extern const size_t container_n_patterns;

/* A pod: the component above the container's own, or the container's own where a path
 * "SLICE:PREFIX:ID" was taken for one component. Its id is the pod's UID. */
struct pod_pattern {
	const char *pattern;
	bool is_own_component;
	bool is_kubernetes;
};

extern const struct pod_pattern pod_patterns[];
extern const size_t pod_n_patterns;

#endif
