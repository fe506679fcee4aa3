/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens a namespace through a holder, and proves that it is the one that was meant. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "scan/source.h"

/* linux/openat2.h has it since Linux 5.12. */
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

/* How often a path is looked for among what the kernel has at hand: whoever renames or mounts at the
 * same time makes it fail for nothing. */
#define MAX_ATTEMPTS 8

int nsfs_open_at(int dir_fd, const char *path, uint64_t inode)
{
	struct stat status;
	/* A process may put anything in the place of its descriptor: a fifo is not waited for. */
	auto_close int fd = openat(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	/* Meanwhile the process may have moved, or have gone. */
	return status.st_ino == inode ? take_fd(&fd) : -ENOENT;
}

static int open_resolved(int root_fd, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (uint64_t)flags | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | resolve,
	};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* Whether the descriptor, which may be O_PATH, is of that namespace. 0, -ENOENT or -errno. */
static int check(const struct scan *scan, int fd, uint64_t inode)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	return status.st_ino == inode && status.st_dev == scan->nsfs_device ? 0 : -ENOENT;
}

/*
 * From O_PATH to a descriptor that can be asked: only what is known to be that namespace is really
 * opened. Opening another file has side effects, or waits for the other end of a pipe.
 */
static int reopen(const struct scan *scan, int file_fd, uint64_t inode)
{
	char path[64];
	int r = check(scan, file_fd, inode);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "self/fd/%d", file_fd);
	return nsfs_open_at(scan->proc_fd, path, inode);
}

/*
 * A path of a mount table holds no symbolic link: follow none, so that a container cannot lead
 * elsewhere. It may lead through a file system that does not answer, of a dead server or of a
 * hostile one in user space: only what the kernel knows by itself is looked at, which of a mount
 * point it does. Before Linux 5.12 it may block, and before 5.6 only the inode protects.
 */
static int open_below(int root_fd, const char *path, int flags)
{
	int fd = -EAGAIN;

	for (unsigned i = 0; fd == -EAGAIN && i < MAX_ATTEMPTS; i++)
		fd = open_resolved(root_fd, path, flags, RESOLVE_CACHED);
	if (fd == -EINVAL)
		fd = open_resolved(root_fd, path, flags, 0);
	if (fd != -ENOSYS)
		return fd;
	while (*path == '/')
		path++;
	fd = openat(root_fd, path, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int nsfs_open_file(const struct scan *scan, int dir_fd, const char *path, uint64_t inode)
{
	auto_close int file_fd = openat(dir_fd, path, O_PATH | O_CLOEXEC);

	if (file_fd < 0)
		return -errno;
	if (scan->snapshot->self != 0)
		return reopen(scan, file_fd, inode);
	/* In the /proc of another PID namespace there is no self: what was that namespace a moment
	 * ago has to do. */
	int r = check(scan, file_fd, inode);
	return r < 0 ? r : nsfs_open_at(dir_fd, path, inode);
}

static int open_mount(const struct scan *scan, const struct note *note, const struct space *space)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/root", note->pid);
	auto_close int root_fd = openat(scan->proc_fd, path, O_PATH | O_CLOEXEC);
	if (root_fd < 0)
		return -errno;
	auto_close int file_fd = open_below(root_fd, note->path, O_PATH);
	if (file_fd < 0)
		return file_fd;
	if (scan->snapshot->self != 0)
		return reopen(scan, file_fd, space->inode);
	/* As in nsfs_open_file. */
	int r = check(scan, file_fd, space->inode);
	if (r < 0)
		return r;
	auto_close int fd = open_below(root_fd, note->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	r = check(scan, fd, space->inode);
	return r < 0 ? r : take_fd(&fd);
}

static int open_link(const struct scan *scan, pid_t pid, pid_t tid, unsigned link, uint64_t inode)
{
	char path[96];

	if (tid != 0)
		snprintf(path, sizeof(path), "%d/task/%d/ns/%s", pid, tid, links_name(link));
	else
		snprintf(path, sizeof(path), "%d/ns/%s", pid, links_name(link));
	return nsfs_open_at(scan->proc_fd, path, inode);
}

static int open_fd(const struct scan *scan, const struct note *note, const struct space *space)
{
	char path[64];

	if (note->tid != 0)
		snprintf(path, sizeof(path), "%d/task/%d/fd/%d", note->pid, note->tid,
		         note->number);
	else
		snprintf(path, sizeof(path), "%d/fd/%d", note->pid, note->number);
	return nsfs_open_file(scan, scan->proc_fd, path, space->inode);
}

static int open_by_id(const struct space *space)
{
	const struct kernel_ns_handle handle = {
		.id = space->id,
		.type = (uint32_t)ns_types[space->type].clone_flag,
		.inode = (uint32_t)space->inode,
	};

	return space->id == 0 ? -ENOENT : kernel_ns_open_handle(&handle);
}

static int open_way(const struct scan *scan, const struct note *note, const struct space *space)
{
	switch (note->way) {
	case WAY_LINK:
		return open_link(scan, note->pid, note->tid, (unsigned)note->number, space->inode);
	case WAY_FD:
		return open_fd(scan, note, space);
	case WAY_MOUNT:
		return open_mount(scan, note, space);
	case WAY_NONE:
		break;
	}
	return -ENOENT;
}

int nsfs_open(struct scan *scan, uint32_t index)
{
	const struct space *space = &scan->snapshot->spaces[index];

	if (!scan->is_live)
		return -ENOENT;
	int fd = open_way(scan, &scan->notes[index], space);
	if (fd < 0 && space->leader != NONE)
		fd = open_link(scan, scan->snapshot->processes[space->leader].pid, 0, space->type,
		               space->inode);
	if (fd >= 0)
		return fd;
	int by_id = open_by_id(space);
	return by_id >= 0 ? by_id : fd;
}
