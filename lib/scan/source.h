/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the sources of a scan share: inside lib/scan only. A source adds what it sees to the
 * snapshot, and gaps. */
#ifndef NSKIT_SOURCE_H
#define NSKIT_SOURCE_H

#include "base/fd.h"
#include "scan/scan.h"

struct scan {
	const struct needs *needs;
	struct snapshot *snapshot;
	int root_fd;          /* O_PATH of the sysroot, or of "/" */
	int proc_fd;          /* its proc */
	bool is_live;         /* no sysroot: system calls about the running kernel make sense */
	bool is_own_numbers;  /* the numbers of that /proc are those of our own PID namespace:
				 pidfd_open may be used */
	struct buffer buffer; /* for one whole-file read at a time */
	struct map sockets;   /* inodes of sockets looked at already */
	struct map cookies;   /* network namespace cookie -> index of space */
};

/* Processes, their threads where they differ, and (through procfd) their descriptors, in one walk.
 * 0 or -errno. */
int procfs_scan(struct scan *scan) must_use;

/*
 * Descriptors of namespaces, and namespaces of sockets, of the process `process` whose directory is
 * `process_fd`. Adds references and gaps. 0 or -ENOMEM.
 */
int procfd_scan_process(struct scan *scan, uint32_t process, int process_fd) must_use;

/* Bind-mounted namespaces in every mount namespace in sight; file systems behind roots
 * (SPACE_ROOT). 0 or -errno. */
int mounts_scan(struct scan *scan) must_use;

/*
 * Parent, owner, creator, id of every namespace that is asked for (needs.space), and the namespaces
 * that exist only as parent or owner of another. 0 or -ENOMEM.
 */
int nsfs_scan(struct scan *scan) must_use;

/*
 * Opens a namespace through any of its holders (leader, thread, children link, descriptor, mount,
 * handle by id) and proves by its inode that it is that one. A descriptor, or -errno:
 * -EACCES/-EPERM not permitted, -ENOENT no way to it.
 */
int nsfs_open(struct scan *scan, uint32_t space) must_use;

/* Namespaces that only listns(2) knows (6.19 and later; needs root in the initial user and PID
 * namespace). 0 or -ENOMEM. */
int listns_scan(struct scan *scan) must_use;

/* Numbers of network namespaces as seen from ours (RTM_GETNSID). 0 or -ENOMEM. */
int netlink_scan(struct scan *scan) must_use;

/* Label and UUID of the file systems behind the roots of mount namespaces. 0 or -ENOMEM. */
int blkname_scan(struct scan *scan) must_use;

/* Names of containers and pods from the runtimes' state files; never asks a daemon. 0 or -ENOMEM.
 */
int names_scan(struct scan *scan) must_use;

/* Names of the users in sight: the name service, or etc/passwd of a sysroot. 0 or -ENOMEM. */
int users_scan(struct scan *scan) must_use;

#endif
