/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that is being looked at: one descriptor, and all of its files relative to that. */
#include <fcntl.h>
#include <sys/stat.h>

#include "scan/source.h"

int task_open(struct scan *scan, struct task *task)
{
	char path[16];
	char *end = numbers_write(path, task->pid);

	if (task->fd >= 0)
		return 0;
	memcpy(end, "/ns", sizeof("/ns"));
	task->is_bare = false;
	task->fd = openat(scan->proc_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (task->fd >= 0)
		return 0;
	/* With hidepid=1 the directory is there, and all below it is EPERM (proc(5)); a recorded
	 * tree may have no links. */
	int r = -errno;
	if (!is_denied(r) && (scan->is_live || !is_gone(r)))
		return r;
	*end = '\0';
	task->is_bare = true;
	task->fd = openat(scan->proc_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return task->fd < 0 ? -errno : 0;
}

const char *task_path(const struct task *task, const char *path)
{
	return task->is_bare ? path + strlen("../") : path;
}
