/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder of a control group, to act on it; and who is in there at this moment. */
#ifndef NSKIT_CGROUPDIR_H
#define NSKIT_CGROUPDIR_H

#include <sys/types.h>

#include "base/base.h"

/* All zero: none. */
struct cgroupdir {
	int fd;
	int version;  /* 1 or 2; 0: not open */
	bool is_root; /* of the whole hierarchy: that of a cgroup namespace is not */
};

/*
 * Opens the folder of a control group: `hierarchy` is "" (v2), "memory" (also of "cpu,memory"),
 * "cpu,cpuacct" or "name=systemd", `path` as /proc/PID/cgroup gives it. Through the mounts in our
 * own mount namespace, never through a symbolic link or another mount. 0, -ENOENT where there is no
 * such group, -EOPNOTSUPP where no mount shows where it would be, or another -errno.
 */
int cgroupdir_open(const char *hierarchy, const char *path, struct cgroupdir *ret) must_use;
void cgroupdir_done(struct cgroupdir *dir);
#define auto_cgroupdir __attribute__((cleanup(cgroupdir_done)))

/*
 * Calls `visit` with the number of every process in the group and in all below it, at once as it is
 * read; with some of them twice. What `visit` returns other than 0 ends it, and is returned.
 *
 * `dir_fd` is the group's folder, O_PATH will do. A group that goes meanwhile is no error; one that
 * comes may be missed, so that who wants all of them asks again. What cannot be read does not keep
 * from the rest: the first such -errno is returned at the end. -EREMOTE: there is a process that
 * has no number in our PID namespace; -EXDEV: another mount hides a group. Takes up to three
 * descriptors, and no recursion.
 */
int cgroupdir_walk(int dir_fd, int (*visit)(void *data, pid_t pid), void *data) must_use;

/* Opens a folder in a folder, O_PATH: no symbolic link, and no mount (-EXDEV). Inside lib/scan
 * only. */
int cgroupdir_open_child(int dir_fd, const char *name) must_use;

#endif
