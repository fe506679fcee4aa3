/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All control groups of a snapshot, by hierarchy: those that processes and threads are in, those above
 * them, and the empty ones that a scan of the file system found. */
#ifndef NSKIT_CGROUPLIST_H
#define NSKIT_CGROUPLIST_H

#include "base/arena.h"
#include "model/snapshot.h"

struct cgroup_entry {
	const char
		*hierarchy; /* "": v2; else the controllers as in /proc/PID/cgroup, "cpu,cpuacct",
				  "name=systemd" */
	const char *path;   /* from the root of the hierarchy as the scanning process sees it:
				  "/", "/system.slice", "/../x" outside of its cgroup namespace */
	const char *name;   /* the last component, in path; of "/" and what is above it the path */
	const char *unit;   /* the systemd unit that this component is, \x2d decoded, or NULL */
	uint32_t parent;    /* index, always before it; NONE: the topmost that is seen, mostly
				 "/"; where processes lie outside of the cgroup namespace "/..",
				 and "/" is below that */
	uint32_t container; /* index, where the group is the container's own; or NONE */
	uint32_t first;     /* processes right in it: a position in list->members, */
	uint32_t n_processes;     /* and how many */
	uint32_t n_below;         /* in it and in all below it */
	uint32_t first_thread;    /* threads right in it whose process is in another group of the
				     hierarchy: a position in list->threads, */
	uint32_t n_threads;       /* and how many */
	uint32_t n_threads_below; /* in it and in all below it */
};

/* All zero is empty. */
struct cgrouplist {
	struct cgroup_entry
		*items; /* hierarchies in order: v2, name=systemd, the others by name; in
				       each, parents before children, siblings by name */
	size_t count;
	uint32_t *members; /* processes, grouped by control group, ascending */
	size_t n_members;
	uint32_t *threads; /* those that are not where their process is, in the same way */
	size_t n_threads;
	struct arena texts;
};

/*
 * Lists them from the texts of processes and threads, and from snapshot->cgroups. A trailing " (deleted)" is
 * kept in the path: such a group is no other of that name. Linear but for sorting. 0 or -ENOMEM,
 * then *ret is empty.
 */
int cgrouplist_build(const struct snapshot *snapshot, struct cgrouplist *ret) must_use;

/* Frees all. Accepts all zero. */
void cgrouplist_done(struct cgrouplist *list);
#define auto_cgrouplist __attribute__((cleanup(cgrouplist_done)))

#endif
