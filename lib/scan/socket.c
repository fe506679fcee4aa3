/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network namespaces of sockets: a socket keeps the one it was made in alive, whatever became of
 * its process. A duplicate of the descriptor (pidfd_getfd(2)) is asked for the cookie of its
 * namespace; only a cookie that is not known yet is worth a descriptor of the namespace itself.
 */
#include <fcntl.h>
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

/* A pidfd of a process leads to the descriptors of its first thread. 0 or -errno. */
static int open_table(const struct task *task, pid_t tid, int *pidfd)
{
	if (*pidfd >= 0)
		return 0;
	int fd = kernel_pidfd_open(tid ? tid : task->pid, tid ? PIDFD_THREAD : 0);
	/* Before Linux 6.9 there are no pidfds of other threads. */
	if (fd == -EINVAL)
		return -ENOSYS;
	if (fd < 0)
		return fd;
	*pidfd = fd;
	return 0;
}

/* The number of a descriptor is soon used again. */
static bool is_same_socket(int fd, const struct reference *found)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_ino == found->socket;
}

static int find_netns(struct scan *scan, const struct task *task, const struct reference *found,
                      int *pidfd, uint32_t *ret)
{
	int r = open_table(task, found->tid, pidfd);

	if (r < 0)
		return r;
	auto_close int fd = kernel_pidfd_getfd(*pidfd, found->fd);
	if (fd < 0)
		return fd;
	return is_same_socket(fd, found) ? find_by_cookie(scan, fd, ret) : -EBADF;
}

static int add_reference(struct scan *scan, const struct task *task, const struct reference *found,
                         uint32_t space)
{
	struct reference reference = *found;
	uint32_t own = scan->snapshot->processes[task->process].at.in[NS_NET];

	/* Almost every socket is in the namespace of its process: that keeps nothing alive. */
	if (own == space && !scan->needs->holders)
		return 0;
	reference.space = space;
	int r = snapshot_add_reference(scan->snapshot, &reference);
	return r < 0 ? r : detail_read(scan, task, PROCESS_COMM);
}

/* What holds of the socket. That it was closed meanwhile (EBADF), or that its process went, says
 * nothing of others that have it. */
static bool is_lasting(int r)
{
	return is_denied(r) || r == -ENOSYS || r == -ENOTTY;
}

int socket_scan(struct scan *scan, const struct task *task, const struct reference *found,
                int *pidfd)
{
	uint32_t space = map_find(&scan->sockets, found->socket);

	/* Processes share sockets: each is asked for its namespace once. */
	if (space == NONE) {
		int r = find_netns(scan, task, found, pidfd, &space);
		if (r < 0 && !is_lasting(r))
			return r == -ENOMEM ? r : 0;
		if (r < 0) {
			scan->denied_sockets++;
			space = UNREADABLE;
		}
		r = map_put(&scan->sockets, found->socket, space);
		if (r < 0)
			return r;
	}
	return space == UNREADABLE ? 0 : add_reference(scan, task, found, space);
}
