/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The controlling terminal of a process: its name by number, and the devpts instance that it is of.
 * Each instance counts from 0 (Documentation/filesystems/devpts.rst): only the device of the file
 * system tells two "pts/0" apart, and only an open descriptor leads there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "model/session.h"
#include "scan/source.h"
#include "scan/statefile.h"

/* new_decode_dev() in include/linux/kdev_t.h: how tty_nr is put together. */
static unsigned major_of(int32_t terminal)
{
	return (uint32_t)terminal >> 8 & 0xfff;
}

static unsigned minor_of(int32_t terminal)
{
	return ((uint32_t)terminal & 0xff) | ((uint32_t)terminal >> 12 & 0xfff00);
}

/* What sysfs calls a device of that number: "ttyAMA0". 0 or -errno. */
static int read_device_name(struct scan *scan, int32_t terminal, const char **ret)
{
	const struct state_base root = { .fd = scan->root_fd, .is_live = scan->is_this_host };
	auto_close int fd = state_open_dir(&root, "sys/dev/char");
	char number[32], target[256];

	if (fd < 0)
		return fd;
	snprintf(number, sizeof(number), "%u:%u", major_of(terminal), minor_of(terminal));
	int r = fd_readlink_at(fd, number, target, sizeof(target));
	if (r < 0)
		return r;
	const char *slash = strrchr(target, '/');
	const char *name = slash ? slash + 1 : target;
	if (!*name)
		return -EINVAL;
	*ret = snapshot_intern(scan->snapshot, name, strlen(name));
	return *ret ? 0 : -ENOMEM;
}

/* The name that the number has everywhere; of a driver with numbers of its own, that of the device. */
static int find_name(struct scan *scan, int32_t terminal, const char **ret)
{
	const char *name = session_terminal_name(&scan->scratch, terminal);
	int r = -ENOENT;

	if (!name)
		return -ENOMEM;
	if (strchr(name, ':'))
		r = read_device_name(scan, terminal, ret);
	if (r == 0 || r == -ENOMEM)
		return r;
	*ret = snapshot_intern(scan->snapshot, name, strlen(name));
	return *ret ? 0 : -ENOMEM;
}

/* Whether that descriptor is the terminal. The file is not opened, and whoever serves its file
 * system is not asked (AT_STATX_DONT_SYNC): nothing here can block. 0 or -errno. */
static int look_at(const struct task *task, const char *path, int32_t terminal, uint32_t *ret)
{
	const int flags = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
	struct statx status;

	if (statx(task->fd, task_path(task, path), flags, STATX_TYPE, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.stx_mode) || status.stx_rdev_major != major_of(terminal) ||
	    status.stx_rdev_minor != minor_of(terminal))
		return -ENODEV;
	*ret = status.stx_dev_major << 20 | status.stx_dev_minor;
	return 0;
}

/* Shells keep their terminal as 255 while their others are redirected. */
static int find_device(const struct task *task, int32_t terminal, uint32_t *ret)
{
	static const char *const paths[] = { "../fd/0", "../fd/1", "../fd/2", "../fd/255" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int r = look_at(task, paths[i], terminal, ret);
		/* One permission for all of them. */
		if (r == 0 || is_denied(r))
			return r;
	}
	return 0;
}

int terminal_read(struct scan *scan, const struct task *task)
{
	struct process *process = &scan->snapshot->processes[task->process];

	if (!(process->known & PROCESS_STAT))
		return -ENODATA;
	if (process->terminal == 0)
		return 0;
	int r = find_name(scan, process->terminal, &process->terminal_name);
	/* A recorded descriptor is a text. */
	if (r < 0 || !scan->is_live)
		return r;
	return find_device(task, process->terminal, &process->terminal_device);
}
