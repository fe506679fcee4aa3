/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the folder of a control group by its name. */
#include "scan/cgroupdir.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "model/cgrouptext.h"
#include "scan/cgroupmount.h"
#include "scan/cgrouptable.h"

/* The root of kernfs has the first of all inodes (kernfs_create_root in fs/kernfs/dir.c). */
#define ROOT_INODE 1

void cgroupdir_done(struct cgroupdir *dir)
{
	if (dir->version > 0)
		close(dir->fd);
	*dir = (struct cgroupdir){ 0 };
}

static int open_same_mount(int dir_fd, const char *name, int flags)
{
	char parent[32], child[32];
	auto_close int fd = openat(dir_fd, name, flags);
	int r;

	if (fd < 0)
		return -errno;
	r = cgroupmount_id(dir_fd, parent, sizeof(parent));
	if (r == 0)
		r = cgroupmount_id(fd, child, sizeof(child));
	if (r < 0)
		return r;
	return is_equal(parent, child) ? take_fd(&fd) : -EXDEV;
}

int cgroupdir_open_child(int dir_fd, const char *name)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	long fd = syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));

	if (fd >= 0)
		return (int)fd;
	/* Before Linux 5.6, and under seccomp filters that do not know openat2(2). */
	if (errno == ENOSYS || errno == EPERM)
		return open_same_mount(dir_fd, name, (int)how.flags);
	return -errno;
}

/* Cuts the first name off the path. 0, or -ENOENT where it is longer than a name can be. */
static int take_name(const char **path, char name[NAME_MAX + 1])
{
	size_t length = strcspn(*path, "/");

	if (length > NAME_MAX)
		return -ENOENT;
	*(char *)mempcpy(name, *path, length) = '\0';
	*path += length;
	*path += strspn(*path, "/");
	return 0;
}

/* By name and name: the path of a group may be longer than a path can be. */
static int open_below(int mount_fd, const char *path)
{
	char name[NAME_MAX + 1];
	auto_close int fd = fcntl(mount_fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	while (*path) {
		int r = take_name(&path, name);
		int child = r < 0 ? r : cgroupdir_open_child(fd, name);
		if (child < 0)
			return child;
		close(fd);
		fd = child;
	}
	return take_fd(&fd);
}

static int open_through(const struct cgroup_mount *mount, int mount_fd, const char *path,
                        struct cgroupdir *ret)
{
	auto_close int fd = open_below(mount_fd, path);
	struct stat status;
	int version;

	if (fd < 0)
		return fd;
	version = cgrouptable_version(fd);
	if (version == 0 || !cgrouptable_is_through(mount, fd))
		return -EXDEV;
	if (fstat(fd, &status) < 0)
		return -errno;
	*ret = (struct cgroupdir){
		.fd = take_fd(&fd),
		.version = version,
		.is_root = status.st_ino == ROOT_INODE,
	};
	return 0;
}

/* That a mount cannot be used does not mean that there is no such group. */
static int open_mount(const struct cgroup_mount *mount)
{
	int fd = cgrouptable_open(mount);

	return is_gone(fd) ? -EOPNOTSUPP : fd;
}

/* Of several mounts that show it, the first one that can be used. */
static int open_in_table(const struct cgroup_table *table, const char *hierarchy, const char *path,
                         struct cgroupdir *ret)
{
	int result = -EOPNOTSUPP;

	for (size_t i = 0; i < table->count; i++) {
		const struct cgroup_mount *mount = &table->mounts[i];
		const char *below = cgrouptable_below(mount, path);
		if (!below || !cgrouptext_is_hierarchy(mount->hierarchy, hierarchy))
			continue;
		auto_close int fd = open_mount(mount);
		int r = fd < 0 ? fd : open_through(mount, fd, below, ret);
		if (r == 0)
			return 0;
		if (r != -EOPNOTSUPP)
			result = r;
	}
	return result;
}

int cgroupdir_open(const char *hierarchy, const char *path, struct cgroupdir *ret)
{
	auto_cgroup_table struct cgroup_table table = { 0 };
	auto_close int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = proc_fd < 0 ? -errno : cgrouptable_read(proc_fd, &table);

	return r < 0 ? r : open_in_table(&table, hierarchy, path, ret);
}
