/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts of a mount namespace that no process is in: listmount(2) and statmount(2) by its id,
 * Linux 6.11 and later, for CAP_SYS_ADMIN in its owner. */
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/vec.h"
#include "scan/source.h"

#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif

/* linux/mount.h */
#define ROOT_MOUNT UINT64_MAX
#define WANT_SUPER 0x1U
#define WANT_BASIC 0x2U
#define WANT_ROOT 0x8U
#define WANT_POINT 0x10U
struct mount_request {
	uint32_t size;
	uint32_t spare;
	uint64_t mount_id;
	uint64_t param;
	uint64_t mount_ns_id;
};
struct mount_status {
	uint32_t size, options;
	uint64_t mask;
	uint32_t device_major, device_minor;
	uint64_t magic;
	uint32_t flags, fs_type;
	uint64_t mount_id, parent_id;
	uint32_t old_mount_id, old_parent_id;
	uint64_t attributes, propagation, peer_group, master, propagate_from;
	uint32_t root, point; /* offsets into text */
	uint64_t mount_ns_id;
	uint64_t spare[49];
	char text[];
};

/* Two paths, and what the kernel may put beside them. */
#define STATUS_SIZE (sizeof(struct mount_status) + 3 * (size_t)4096)

/* The mounts of a namespace, while they are gathered. */
struct mounts {
	uint64_t ns_id;
	uint64_t *ids;
	size_t n_ids, capacity;
	struct map parents; /* ids of mounts that others lie on */
	struct mount_status *status;
};

static void mounts_done(struct mounts *mounts)
{
	free(mounts->ids);
	free(mounts->status);
	map_done(&mounts->parents);
}
#define auto_mounts __attribute__((cleanup(mounts_done)))

static int list_mounts(struct mounts *mounts)
{
	const size_t piece = 512;
	struct mount_request request = {
		.size = sizeof(request),
		.mount_id = ROOT_MOUNT,
		.mount_ns_id = mounts->ns_id,
	};

	for (;;) {
		int r = vec_reserve(&mounts->ids, &mounts->capacity, mounts->n_ids + piece,
		                    sizeof(*mounts->ids));
		if (r < 0)
			return r;
		long n = syscall(SYS_listmount, &request, mounts->ids + mounts->n_ids, piece, 0);
		if (n < 0)
			return -errno;
		mounts->n_ids += (size_t)n;
		if ((size_t)n < piece)
			return 0;
		request.param = mounts->ids[mounts->n_ids - 1];
	}
}

static int stat_mount(struct mounts *mounts, uint64_t id)
{
	const struct mount_request request = {
		.size = sizeof(request),
		.mount_id = id,
		.param = WANT_BASIC | WANT_ROOT | WANT_POINT,
		.mount_ns_id = mounts->ns_id,
	};

	return syscall(SYS_statmount, &request, mounts->status, STATUS_SIZE, 0) < 0 ? -errno : 0;
}

int mountns_look(uint64_t id, struct mountns_mount *ret)
{
	const struct mount_request request = {
		.size = sizeof(request),
		.mount_id = id,
		.param = WANT_SUPER | WANT_BASIC,
	};
	struct mount_status status;

	if (syscall(SYS_statmount, &request, &status, sizeof(status), 0) < 0)
		return -errno;
	if ((status.mask & request.param) != request.param)
		return -ENODATA;
	*ret = (struct mountns_mount){ .parent = status.parent_id, .magic = status.magic };
	return 0;
}

static int add_mount(struct scan *scan, struct mounts *mounts, uint64_t id, uint32_t space)
{
	const struct mount_status *status = mounts->status;
	const uint64_t both = WANT_ROOT | WANT_POINT;

	/* Unmounted meanwhile. */
	if (stat_mount(mounts, id) < 0 || (status->mask & both) != both)
		return 0;
	const struct bind_mount bind = {
		.root = status->text + status->root,
		.path = status->text + status->point,
		.mount_space = space,
		.covered = map_find(&mounts->parents, status->mount_id) != NONE,
	};
	return mounts_add_bind(scan, &bind);
}

static int find_parents(struct mounts *mounts)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < mounts->n_ids; i++) {
		if (stat_mount(mounts, mounts->ids[i]) == 0)
			r = map_put(&mounts->parents, mounts->status->parent_id, 1);
	}
	return r;
}

static int find_ns_id(struct scan *scan, uint32_t space, uint64_t *ret)
{
	auto_close int fd = nsfs_open(scan, space);

	return fd < 0 ? fd : kernel_ns_id(fd, ret);
}

int mountns_scan(struct scan *scan, uint32_t space)
{
	auto_mounts struct mounts mounts = { 0 };
	int r = find_ns_id(scan, space, &mounts.ns_id);

	if (r < 0)
		return r;
	mounts.status = calloc(1, STATUS_SIZE);
	if (!mounts.status)
		return -ENOMEM;
	r = list_mounts(&mounts);
	if (r == 0)
		r = find_parents(&mounts);
	for (size_t i = 0; r == 0 && i < mounts.n_ids; i++)
		r = add_mount(scan, &mounts, mounts.ids[i], space);
	if (r == 0)
		scan->notes[space].has_table = true;
	return r;
}
