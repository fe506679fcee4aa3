/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of container state files share. Inside lib/scan only. */
#ifndef NSKIT_NAMES_H
#define NSKIT_NAMES_H

#include "base/vec.h"
#include "scan/source.h"
#include "scan/statefile.h"
#include "scan/userdb.h"

/* Whose state files: of those that were not readable, the ones whose containers lack a name are a
 * gap. */
enum names_family {
	NAMES_DOCKER,
	NAMES_CONTAINERD,
	NAMES_CRIO,
	NAMES_PODMAN,
	NAMES_KUBELET,
	NAMES_N_FAMILIES
};

/* A control group of a container that state files made known. */
struct names_group {
	const char *path;
	uint32_t container;
};

struct names {
	struct scan *scan;
	struct state_base root;
	struct arena scratch;
	struct map by_id; /* hash of an id -> the container that was added last */
	uint32_t *next;   /* container -> an earlier one with that hash */
	size_t n_indexed; /* how many containers are in by_id */
	size_t next_capacity;
	struct names_group *groups;
	size_t n_groups, groups_capacity;
	struct map by_group; /* hash of a path -> index of group */
	uint64_t denied[NAMES_N_FAMILIES];
	uid_t home; /* whose home is looked at: he names his own containers alone; -1: none */
};

/* names.c: puts containers that are new into by_id. 0 or -ENOMEM. */
int names_index(struct names *names) must_use;

/* The container with that id, and that runtime unless it is NULL; or NULL. In somebody's home, one of
 * his. */
struct container *names_find(const struct names *names, const char *id, const char *runtime);

/* Fills in a text of a container that has none yet; NULL and "" are none. 0 or -ENOMEM. */
int names_set(struct names *names, const char **field, const char *text) must_use;

/* Replaces the runtime that the control group let suppose, unless another container has that runtime
 * and the same id. 0 or -ENOMEM. */
int names_correct_runtime(struct names *names, struct container *container, const char *runtime)
	must_use;

/* Whether there is more to be known of it. */
bool names_is_wanted(const struct container *container);

bool names_is_hex64(const char *id);
bool names_is_runtime(const struct container *container, const char *runtime);

/* What an engine calls the labels or annotations that say what a container is to Kubernetes. */
struct names_labels {
	const char *name, *pod, *pod_namespace, *pod_uid;
	const char *type, *sandbox; /* the label, and what it is for a sandbox */
};

/* Fills in what the labels say. 0 or -ENOMEM. */
int names_use_labels(struct names *names, struct container *container, const struct json_t *labels,
                     const struct names_labels *keys) must_use;

/* Calls `visit` with the directory `path` below every home whose containers lack a name: rootless
 * containers of that runtime. 0 or -ENOMEM. */
int names_visit_homes(struct names *names, const char *runtime, const char *path,
                      enum names_family family, int (*visit)(struct names *names, int dir_fd))
	must_use;

/* Opens a directory below the root; what may not be opened is noted. -1 where there is none. */
int names_open(struct names *names, const char *path, enum names_family family);

/* The sources, each of which fills in what its state files know. 0 or -ENOMEM. */
int names_docker(struct names *names) must_use;
int names_containerd(struct names *names) must_use;
int names_crio(struct names *names) must_use;
int names_podman(struct names *names) must_use;
int names_kubelet(struct names *names) must_use;
int names_machines(struct names *names) must_use;

/* names_runtime.c: containers that only a runtime's own state makes known. 0 or -ENOMEM. */
int names_runtimes(struct names *names) must_use;

/* What a state file says about a container whose control group did not give it away. */
struct names_claim {
	struct container container;
	uint64_t pid;
	uint64_t start;            /* of the process; 0: not recorded */
	const char *const *groups; /* paths of its control groups, as the runtime writes them */
	size_t n_groups;
};

/*
 * Adds the container if the process is there and is the one meant: by its start time, else by its
 * control group. 0 or -ENOMEM.
 */
int names_recognise(struct names *names, const struct names_claim *claim) must_use;

/* Gives the other processes in control groups of recognised containers theirs. 0 or -ENOMEM. */
int names_attach(struct names *names) must_use;

#endif
