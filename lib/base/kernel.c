/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls and ioctls that the C library does not wrap. */
#include "base/kernel.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

/* System calls since 5.1 have the same number on every architecture but alpha. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_listns
#define SYS_listns 470
#endif

/* linux/pidfd.h. The size of the struct is a part of the number, and every kernel that has the
 * ioctl takes this size. */
#define PIDFD_INFO_SIZE 64
#define PIDFD_INFO _IOWR(0xff, 11, struct kernel_pidfd_info)
_Static_assert(sizeof(struct kernel_pidfd_info) == PIDFD_INFO_SIZE, "struct pidfd_info");

/* linux/nsfs.h */
#define NSFS_GET_USERNS _IO(0xb7, 1)
#define NSFS_GET_PARENT _IO(0xb7, 2)
#define NSFS_GET_NSTYPE _IO(0xb7, 3)
#define NSFS_GET_OWNER_UID _IO(0xb7, 4)
#define NSFS_GET_MNTNS_ID _IOR(0xb7, 5, uint64_t)
#define NSFS_GET_TGID_IN_PIDNS _IOR(0xb7, 9, int)
#define NSFS_GET_ID _IOR(0xb7, 13, uint64_t)

/* linux/sockios.h, asm-generic/socket.h */
#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* linux/fcntl.h: stands for the root of nsfs in open_by_handle_at(2). */
#define NSFS_ROOT_FD (-10003)

/* linux/exportfs.h: the type of an nsfs file handle. */
#define NSFS_HANDLE_TYPE 0xf1

/* The most ids that one listns(2) may ask for; more is EOVERFLOW. */
#define LISTNS_MAX 1000000

/* struct file_handle with a struct nsfs_file_handle as its payload, which starts at byte 8. */
struct nsfs_handle {
	uint32_t payload_size;
	int32_t handle_type;
	uint64_t id;
	uint32_t type;
	uint32_t inode;
};
#define NSFS_HANDLE_SIZE (sizeof(struct nsfs_handle) - offsetof(struct nsfs_handle, id))

/* struct ns_id_req of listns(2). */
struct listns_request {
	uint32_t size;
	uint32_t spare;
	uint64_t after;
	uint32_t types;
	uint32_t spare2;
	uint64_t user_ns;
};

static int or_errno(long result)
{
	return result < 0 ? -errno : (int)result;
}

int kernel_pidfd_open(pid_t pid, unsigned flags)
{
	return or_errno(syscall(SYS_pidfd_open, pid, flags));
}

int kernel_pidfd_getfd(int pidfd, int fd)
{
	return or_errno(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
}

int kernel_pidfd_inode(int pidfd, uint64_t *ret)
{
	struct statfs file_system;
	struct stat status;

	if (fstatfs(pidfd, &file_system) < 0)
		return -errno;
	if (file_system.f_type != KERNEL_PIDFS_MAGIC)
		return -EOPNOTSUPP;
	if (fstat(pidfd, &status) < 0)
		return -errno;
	*ret = status.st_ino;
	return 0;
}

int kernel_pidfd_signal(int pidfd, int signal, const siginfo_t *info, unsigned flags)
{
	return or_errno(syscall(SYS_pidfd_send_signal, pidfd, signal, info, flags));
}

int kernel_pidfd_info(int pidfd, uint64_t mask, struct kernel_pidfd_info *ret)
{
	struct kernel_pidfd_info info = { .mask = mask };

	if (ioctl(pidfd, PIDFD_INFO, &info) < 0)
		/* EINVAL: from 6.11 on, when pidfds had other ioctls and not yet this one. */
		return errno == EINVAL ? -ENOTTY : -errno;
	*ret = info;
	return 0;
}

int kernel_ns_owner(int ns_fd)
{
	return or_errno(ioctl(ns_fd, NSFS_GET_USERNS));
}

int kernel_ns_parent(int ns_fd)
{
	return or_errno(ioctl(ns_fd, NSFS_GET_PARENT));
}

int kernel_ns_type(int ns_fd)
{
	return or_errno(ioctl(ns_fd, NSFS_GET_NSTYPE));
}

int kernel_ns_owner_uid(int ns_fd, uid_t *ret)
{
	/* Set, since memory checkers do not know that this ioctl writes. */
	uid_t uid = 0;

	if (ioctl(ns_fd, NSFS_GET_OWNER_UID, &uid) < 0)
		return -errno;
	*ret = uid;
	return 0;
}

int kernel_ns_id(int ns_fd, uint64_t *ret)
{
	uint64_t id = 0;

	if (ioctl(ns_fd, NSFS_GET_ID, &id) < 0) {
		if (errno != ENOTTY)
			return -errno;
		/* EINVAL for the other types, but the answer to the caller's question is that this
		 * kernel has no ids for them. */
		if (ioctl(ns_fd, NSFS_GET_MNTNS_ID, &id) < 0)
			return -ENOTTY;
	}
	*ret = id;
	return 0;
}

int kernel_ns_number_of(int pid_ns_fd, pid_t pid)
{
	return or_errno(ioctl(pid_ns_fd, NSFS_GET_TGID_IN_PIDNS, pid));
}

int kernel_ns_handle_at(int dir_fd, const char *path, struct kernel_ns_handle *ret)
{
	struct nsfs_handle handle = { .payload_size = NSFS_HANDLE_SIZE };
	int mount_id;

	if (name_to_handle_at(dir_fd, path, (struct file_handle *)&handle, &mount_id,
	                      AT_SYMLINK_FOLLOW) < 0)
		/* EOVERFLOW: the handle of some other file system, and larger. */
		return errno == EOVERFLOW ? -EOPNOTSUPP : -errno;
	if (handle.handle_type != NSFS_HANDLE_TYPE || handle.payload_size != NSFS_HANDLE_SIZE)
		return -EOPNOTSUPP;
	ret->id = handle.id;
	ret->type = handle.type;
	ret->inode = handle.inode;
	return 0;
}

int kernel_ns_open_handle(const struct kernel_ns_handle *handle)
{
	struct nsfs_handle nsfs = {
		.payload_size = NSFS_HANDLE_SIZE,
		.handle_type = NSFS_HANDLE_TYPE,
		.id = handle->id,
		.type = handle->type,
		.inode = handle->inode,
	};
	int fd = open_by_handle_at(NSFS_ROOT_FD, (struct file_handle *)&nsfs, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	/* Kernels that do not know NSFS_ROOT_FD take it for a descriptor, and a bad one. */
	return errno == EBADF ? -EOPNOTSUPP : -errno;
}

int kernel_listns(uint64_t after, uint32_t types, uint64_t user_ns, uint64_t *ret, size_t size)
{
	const struct listns_request request = {
		.size = sizeof(request),
		.after = after,
		.types = types,
		.user_ns = user_ns,
	};
	int r = or_errno(
		syscall(SYS_listns, &request, ret, size < LISTNS_MAX ? size : LISTNS_MAX, 0));

	/* ENOENT is the end of the paging, not an error. */
	return r == -ENOENT ? 0 : r;
}

int kernel_socket_netns(int socket_fd)
{
	return or_errno(ioctl(socket_fd, SIOCGSKNS));
}

int kernel_socket_netns_cookie(int socket_fd, uint64_t *ret)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	if (getsockopt(socket_fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0)
		return -errno;
	*ret = cookie;
	return 0;
}
