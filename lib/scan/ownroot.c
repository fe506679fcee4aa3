/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process below a chroot is shown only the mounts there (show_mountinfo in fs/proc_namespace.c).
 * That another one is in a chroot, the link /proc/PID/root tells. It is as seen from our own root:
 * where we are in one ourselves it reads "/" of us, and of whoever is outside, too (d_path in
 * fs/d_path.c).
 */
#include "scan/ownroot.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>

/* linux/stat.h has it since Linux 6.8. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

/* linux/magic.h has it since Linux 7.0. */
#ifndef NULL_FS_MAGIC
#define NULL_FS_MAGIC 0x4e554c4c
#endif

/* Who is outside was mostly there first: so many of our namespace are compared with us. */
#define MAX_COMPARED 16

static int identify(int dir_fd, const char *path, struct root_identity *ret)
{
	struct statx status;

	if (statx(dir_fd, path, AT_STATX_DONT_SYNC, STATX_INO | STATX_MNT_ID, &status) < 0)
		return -errno;
	*ret = (struct root_identity){
		.major = status.stx_dev_major,
		.minor = status.stx_dev_minor,
		.inode = status.stx_ino,
		/* Before Linux 5.8 it is not told. */
		.mount = status.stx_mask & STATX_MNT_ID ? status.stx_mnt_id : 0,
	};
	return 0;
}

static bool is_same(const struct root_identity *a, const struct root_identity *b)
{
	return a->major == b->major && a->minor == b->minor && a->inode == b->inode &&
	       a->mount == b->mount;
}

/*
 * Whether that mount is the first of its namespace, which is its own parent (pivot_root(2)). Since
 * Linux 7.0 that one is an empty nullfs, and what the initramfs was unpacked into lies on it.
 */
static bool is_first(uint64_t id, const struct mountns_mount *mount)
{
	struct mountns_mount below;

	if (mount->parent == id)
		return true;
	return (mount->magic == TMPFS_MAGIC || mount->magic == RAMFS_MAGIC) &&
	       mountns_look(mount->parent, &below) == 0 && below.magic == NULL_FS_MAGIC;
}

/* Whether the mount on our root lies on another one than the first. Known from Linux 6.8 on, to
 * CAP_SYS_ADMIN. */
static bool lies_on_another(void)
{
	struct statx status;
	struct mountns_mount own, below;

	if (statx(AT_FDCWD, "/", AT_STATX_DONT_SYNC, STATX_MNT_ID_UNIQUE, &status) < 0 ||
	    !(status.stx_mask & STATX_MNT_ID_UNIQUE))
		return false;
	return mountns_look(status.stx_mnt_id, &own) == 0 &&
	       mountns_look(own.parent, &below) == 0 && !is_first(own.parent, &below);
}

void ownroot_learn(struct scan *scan, const struct mount_table *table)
{
	if (!scan->is_live || identify(AT_FDCWD, "/", &scan->own_root) < 0)
		return;
	scan->own_n_mounts = table->n_mounts;
	/* No mount on "/": the chroot is some folder. */
	scan->is_jail = !table->has_root || lies_on_another();
}

bool ownroot_may_see_more(struct scan *scan, const struct task *task, const char *root)
{
	struct root_identity other;

	if (scan->own_n_mounts == 0 || (!scan->is_jail && scan->n_compared >= MAX_COMPARED))
		return false;
	scan->n_compared++;
	return identify(task->fd, task_path(task, root), &other) == 0 &&
	       !is_same(&other, &scan->own_root);
}
