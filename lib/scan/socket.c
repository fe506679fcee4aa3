/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network namespaces of sockets: a socket keeps the one it was made in alive, whatever became of
 * its process. A duplicate of the descriptor (pidfd_getfd(2)) is asked for the cookie of its
 * namespace; only a cookie that is not known yet is worth a descriptor of the namespace itself.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "scan/source.h"

/* In place of an index: the namespace of that socket could not be read. */
#define UNREADABLE (NONE - 1)

/* The caller's own namespace needs no privilege: a socket of our own has its cookie. */
static int learn_own_cookie(struct scan *scan)
{
	uint32_t own = scan->snapshot->self_at[NS_NET];
	uint64_t cookie;

	if (scan->cookies.count > 0 || own == NONE)
		return 0;
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || kernel_socket_netns_cookie(fd, &cookie) < 0)
		return 0;
	return map_put(&scan->cookies, cookie, own);
}

/* The namespace through its own descriptor: CAP_NET_ADMIN in its owner. 0 or -errno. */
static int find_by_descriptor(struct scan *scan, int socket_fd, uint32_t *ret)
{
	struct stat status;
	int fd = kernel_socket_netns(socket_fd);

	if (fd < 0)
		return fd;
	int r = fstat(fd, &status) < 0 ? -errno : 0;
	if (r == 0)
		r = scan_add_space(scan, NS_NET, status.st_ino, ret);
	/* No other holder may turn up: what is wanted of it is read now. */
	if (r == 0)
		r = nsfs_read(scan, *ret, fd);
	closing_add(&scan->closing, fd);
	return r;
}

static int find_by_cookie(struct scan *scan, int socket_fd, uint32_t *ret)
{
	uint64_t cookie;
	int r = learn_own_cookie(scan);

	if (r < 0)
		return r;
	/* Before Linux 5.14 there are no cookies. */
	if (kernel_socket_netns_cookie(socket_fd, &cookie) < 0)
		return find_by_descriptor(scan, socket_fd, ret);
	*ret = map_find(&scan->cookies, cookie);
	if (*ret != NONE)
		return 0;
	r = find_by_descriptor(scan, socket_fd, ret);
	return r < 0 ? r : map_put(&scan->cookies, cookie, *ret);
}

static int find_netns(struct scan *scan, const struct task *task, int32_t number, int *pidfd,
                      uint32_t *ret)
{
	if (*pidfd < 0)
		*pidfd = kernel_pidfd_open(task->pid, 0);
	if (*pidfd < 0)
		return *pidfd;
	auto_close int fd = kernel_pidfd_getfd(*pidfd, number);
	return fd < 0 ? fd : find_by_cookie(scan, fd, ret);
}

static int add_reference(struct scan *scan, const struct task *task, uint32_t space, int32_t number,
                         uint64_t inode)
{
	const struct reference reference = {
		.kind = HELD_SOCKET,
		.space = space,
		.process = task->process,
		.mount_space = NONE,
		.fd = number,
		.socket = inode,
	};
	uint32_t own = scan->snapshot->processes[task->process].at.in[NS_NET];

	/* Almost every socket is in the namespace of its process: that keeps nothing alive. */
	if (own == space && !scan->needs->holders)
		return 0;
	int r = snapshot_add_reference(scan->snapshot, &reference);
	return r < 0 ? r : detail_read(scan, task, PROCESS_COMM);
}

/* A socket that was closed meanwhile (EBADF), or whose process went, is no gap. */
static void note_failure(struct scan *scan, int r)
{
	if (is_denied(r) || r == -ENOSYS || r == -ENOTTY)
		scan->denied_sockets++;
}

int socket_scan(struct scan *scan, const struct task *task, int32_t fd, uint64_t inode, int *pidfd)
{
	uint32_t space = map_find(&scan->sockets, inode);

	/* Processes share sockets: each is asked for its namespace once. */
	if (space == NONE) {
		int r = find_netns(scan, task, fd, pidfd, &space);
		if (r < 0 && r != -ENOMEM)
			note_failure(scan, r);
		if (r < 0)
			space = UNREADABLE;
		if (r != -ENOMEM)
			r = map_put(&scan->sockets, inode, space);
		if (r < 0)
			return r;
	}
	return space == UNREADABLE ? 0 : add_reference(scan, task, space, fd, inode);
}
