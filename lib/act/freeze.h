/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A control group as a whole: kill it, hold it still while it is signalled, see whether it is
 * empty. `dir_fd` is its folder, O_PATH will do. All return -ENOENT where the group was removed,
 * -EOPNOTSUPP where its kernel, its version or its place (the root) has no such file, and -EACCES
 * or -EPERM.
 */
#ifndef NSKIT_FREEZE_H
#define NSKIT_FREEZE_H

#include <signal.h>

#include "base/base.h"

/*
 * Kills every process in the group and below it, frozen ones and the caller too, and no fork(2)
 * escapes (cgroup.kill, v2, Linux 5.14). 0 or -errno; -EOPNOTSUPP also for a threaded group.
 */
int cgroup_kill(int dir_fd) must_use;

/*
 * Opens cgroup.events (v2, not the root), for waitset_add_events and cgroup_read_events. A
 * descriptor or -errno.
 */
int cgroup_open_events(int dir_fd) must_use;

/* What cgroup.events says; -1: it does not. */
struct cgroup_events {
	int is_populated; /* a process in the group or below it runs; zombies do not count */
	int is_frozen;    /* Linux 5.2; it stays as it was in a group whose processes were killed */
};

/* Reads it anew, after which it tells of the next change. 0 or -errno. */
int cgroup_read_events(int events_fd, struct cgroup_events *ret) must_use;

/* 1 while a process in the group or below it runs, 0 when none does or the group was removed,
 * -EOPNOTSUPP where that is not told (v1, and the root). */
int cgroup_is_populated(int dir_fd) must_use;

/* A group that we hold still. All zero: none. */
struct freeze {
	int fd; /* of the file that thaws it: a thaw needs nothing that could be lacking */
	int version;
	bool is_begun;
	bool is_ours;     /* it was not frozen before */
	sigset_t signals; /* that were blocked before */
};

/*
 * Freezes the group and all below it, and waits until every process stands still, but no longer
 * than the deadline (base/deadline.h): have it soon, a process in state D holds it up. `version` is
 * 1 (the freezer hierarchy) or 2 (Linux 5.2). The caller must not be in there: it would freeze
 * itself.
 *
 * From here to freeze_end all signals that can be are blocked in the calling thread, for who dies
 * in between leaves the group frozen. Against SIGKILL and SIGSTOP there is no help, so do not stay
 * long, and print nothing: a pipe may be full. What asks us to end (HUP, INT, QUIT, TERM) only ends
 * the wait: -EINTR.
 *
 * 0; -ETIMEDOUT, -EINTR or another -errno: it runs as before.
 */
int freeze_begin(int dir_fd, int version, uint64_t deadline, struct freeze *ret) must_use;

/* Thaws it, unless it was frozen before: that is somebody else's to end. Unblocks the signals.
 * 0, also where the group was removed, or -errno: it may be frozen still. */
int freeze_end(struct freeze *freeze);
#define auto_freeze __attribute__((cleanup(freeze_end)))

#endif
