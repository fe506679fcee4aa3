/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that is being looked at: one descriptor, and all of its files relative to that. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "scan/source.h"

/* The kernel writes no longer one below /proc/PID, but for mount tables. */
#define MAX_RECORDED ((size_t)16 << 20)

int scan_open(const struct scan *scan, int dir_fd, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd = scan->is_live ? openat(dir_fd, path, flags | O_CLOEXEC)
	                        : syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));

	/* Before Linux 5.6, and under seccomp filters that do not know openat2(2). */
	if (fd < 0 && !scan->is_live && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir_fd, path, flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return (int)fd;
	/* A link in the place of a file: that file is not there. */
	return errno == ELOOP && !scan->is_live ? -ENOENT : -errno;
}

int scan_read_recorded(struct scan *scan, int dir_fd, const char *path)
{
	auto_close int fd = scan_open(scan, dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? fd : fd_read_start(fd, MAX_RECORDED, &scan->buffer);
}

int task_open(struct scan *scan, struct task *task)
{
	char path[16];
	char *end = numbers_write(path, task->pid);

	if (task->fd >= 0)
		return 0;
	memcpy(end, "/ns", sizeof("/ns"));
	task->is_bare = false;
	task->fd = scan_open(scan, scan->proc_fd, path, O_PATH | O_DIRECTORY);
	if (task->fd >= 0)
		return 0;
	/* With hidepid=1 the directory is there, and all below it is EPERM (proc(5)); a recorded
	 * tree may have no links. */
	int r = task->fd;
	if (!is_denied(r) && (scan->is_live || !is_gone(r)))
		return r;
	*end = '\0';
	task->is_bare = true;
	task->fd = scan_open(scan, scan->proc_fd, path, O_PATH | O_DIRECTORY);
	return task->fd < 0 ? task->fd : 0;
}

const char *task_path(const struct task *task, const char *path)
{
	return task->is_bare ? path + strlen("../") : path;
}
