/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path in a target -> the namespace or control group that it leads to; a thread -> its process. */
#include "scan/lookup.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/kernel.h"
#include "model/proctext.h"
#include "scan/cgroupmount.h"

/* What is at the path. Opened with O_PATH: nothing is read, and no device or fifo wakes up. */
struct found {
	int fd;
	bool is_sysroot; /* may be a recorded tree, where a link is all that is left of a namespace */
	mode_t mode;
	uint64_t inode;
	unsigned long magic; /* of its file system */
};

static void found_done(struct found *found)
{
	close_fd_at_end(&found->fd);
}
#define auto_found __attribute__((cleanup(found_done)))

/* Links are followed as in a chroot, so that none leads out of the tree (openat2(2), Linux 5.6). */
static int open_below(const char *sysroot, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT };
	auto_close int root_fd = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd;

	if (root_fd < 0)
		return -errno;
	fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
	if (fd < 0 && errno == ENOSYS)
		fd = openat(root_fd, path + strspn(path, "/"), flags);
	return fd < 0 ? -errno : (int)fd;
}

static int open_path(const char *sysroot, const char *path, int flags)
{
	int fd;

	if (sysroot)
		return open_below(sysroot, path, flags);
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

/* O_NOFOLLOW first: the text of a link in /proc/PID/ns says all, and following it is more. */
static int find(const char *sysroot, const char *path, int follow, struct found *ret)
{
	struct statfs file_system;
	struct stat status;
	auto_close int fd = open_path(sysroot, path, O_PATH | O_CLOEXEC | follow);

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0 || fstatfs(fd, &file_system) < 0)
		return -errno;
	*ret = (struct found){ .fd = take_fd(&fd),
		               .is_sysroot = sysroot != NULL,
		               .mode = status.st_mode,
		               .inode = status.st_ino,
		               .magic = (unsigned long)file_system.f_type };
	return 0;
}

static void set_space(struct target *target, enum ns_type type, uint64_t inode)
{
	target->kind = TARGET_SPACE;
	target->type = type;
	target->inode = inode;
	target->id = 0;
}

/* A link of procfs, or of a recorded tree. Elsewhere anyone may write a link with such a text. */
static int identify_link(const struct found *found, struct target *target)
{
	char text[64];
	enum ns_type type;
	uint64_t inode;
	int r;

	if (found->magic != KERNEL_PROC_MAGIC && !found->is_sysroot)
		return -EINVAL;
	r = fd_readlink_at(found->fd, "", text, sizeof(text));
	if (r == 0)
		r = ns_parse_name(text, &type, &inode);
	/* an ordinary link that is longer is no namespace either */
	if (r == -ENAMETOOLONG)
		return -EINVAL;
	if (r == 0)
		set_space(target, type, inode);
	return r;
}

/*
 * A bind-mounted namespace file. Its name in /proc/self/fd is its mount point, so the type comes
 * from the ioctl, which wants more than O_PATH; before 4.11 the inode alone has to do.
 */
static int identify_nsfs(const struct found *found, struct target *target)
{
	enum ns_type type = NS_N_TYPES;
	char self_path[64];
	int flag;

	snprintf(self_path, sizeof(self_path), "/proc/self/fd/%d", found->fd);
	auto_close int fd = open(self_path, O_RDONLY | O_CLOEXEC);
	flag = fd < 0 ? 0 : kernel_ns_type(fd);
	if (flag > 0)
		type = ns_type_by_flag(flag);
	set_space(target, type, found->inode);
	return 0;
}

static int identify_cgroup(struct arena *arena, const struct found *found, struct target *target)
{
	const char *path, *hierarchy;
	int r = cgroupmount_find(arena, found->fd, &hierarchy, &path);

	if (r < 0)
		return r;
	target->kind = TARGET_CGROUP;
	target->hierarchy = hierarchy;
	target->path = path;
	return 0;
}

/* 0, or -EINVAL where it is neither a namespace nor a control group. */
static int identify(struct arena *arena, const struct found *found, struct target *target)
{
	if (S_ISLNK(found->mode))
		return identify_link(found, target);
	if (found->magic == KERNEL_NSFS_MAGIC)
		return identify_nsfs(found, target);
	if (S_ISDIR(found->mode) &&
	    (found->magic == CGROUP2_SUPER_MAGIC || found->magic == CGROUP_SUPER_MAGIC))
		return identify_cgroup(arena, found, target);
	return -EINVAL;
}

static int find_and_identify(struct arena *arena, const char *sysroot, struct target *target)
{
	auto_found struct found link = { .fd = -1 }, found = { .fd = -1 };
	int r = find(sysroot, target->path, O_NOFOLLOW, &link);

	if (r < 0)
		return r;
	r = identify(arena, &link, target);
	if (r != -EINVAL || !S_ISLNK(link.mode))
		return r;
	r = find(sysroot, target->path, 0, &found);
	return r < 0 ? r : identify(arena, &found, target);
}

static int refuse(struct arena *arena, int r, const struct target *target, const char **ret_error)
{
	const char *reason =
		r == -EINVAL ? "neither a namespace nor a control group" : strerror(-r);
	const char *error = arena_printf(arena, "%s: %s", target->shown, reason);

	if (!error)
		return -ENOMEM;
	*ret_error = error;
	return r;
}

int lookup_path(struct arena *arena, const char *sysroot, struct target *target,
                const char **ret_error)
{
	int r = find_and_identify(arena, sysroot, target);

	if (r == 0 || r == -ENOMEM)
		return r;
	/* a recorded tree has plain files where mounts were: the snapshot's mount tables know them */
	if (sysroot && (r == -EINVAL || is_gone(r)))
		return 0;
	return refuse(arena, r, target, ret_error);
}

/* NStgid is in the status of each thread: the numbers of its process. */
int lookup_process(const char *sysroot, pid_t tid, pid_t *ret)
{
	auto_buffer struct buffer buffer = { 0 };
	struct status_text status;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	auto_close int fd = open_path(sysroot, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	r = fd < 0 ? fd : fd_read_all(fd, &buffer);
	if (r < 0)
		return is_gone(r) ? -ESRCH : r;
	if (proctext_status(buffer.data, buffer.length, &status) < 0 || status.n_numbers == 0 ||
	    status.numbers[0] <= 0)
		return -ESRCH;
	*ret = status.numbers[0];
	return 0;
}

int lookup_thread(const char *sysroot, pid_t tid, pid_t *ret)
{
	pid_t process;
	int r = lookup_process(sysroot, tid, &process);

	if (r < 0)
		return r == -ENOMEM ? r : -ESRCH;
	if (process == tid)
		return -ESRCH;
	*ret = process;
	return 0;
}
