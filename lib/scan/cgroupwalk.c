/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All control groups below one: a folder each. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/vec.h"
#include "scan/cgroupfs.h"
#include "scan/cgrouptable.h"

struct walk {
	struct scan *scan;
	const struct cgroup_top *top;
	size_t top_length; /* of its path, without the slash of a root */
	dev_t device;
	bool counts_links;    /* a folder has two links, and one for each folder in it */
	const char **pending; /* control groups whose folders are still to be listed */
	size_t n_pending, pending_capacity;
};

static void walk_done(struct walk *walk)
{
	free(walk->pending);
}
#define auto_walk __attribute__((cleanup(walk_done)))

static int add(struct walk *walk, const char *path, bool is_leaf)
{
	struct snapshot *snapshot = walk->scan->snapshot;
	int r = snapshot_add_cgroup(snapshot, walk->top->hierarchy, path);

	if (r == 0 && !is_leaf)
		r = VEC_GROW(&walk->pending, &walk->pending_capacity, walk->n_pending);
	if (r < 0)
		return r;
	if (!is_leaf)
		walk->pending[walk->n_pending++] = snapshot->cgroups[snapshot->n_cgroups - 1].path;
	return 0;
}

/* Adds the entry of a folder if it is a control group. */
static int look_at(struct walk *walk, int dir_fd, const char *parent, const struct dirent *entry)
{
	const char *name = entry->d_name;
	struct stat status;

	if (is_equal(name, ".") || is_equal(name, "..") ||
	    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
		return 0;
	/* What is mounted in there is another hierarchy, or none at all. */
	if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0 ||
	    !S_ISDIR(status.st_mode) || status.st_dev != walk->device)
		return 0;
	const char *path = arena_printf(&walk->scan->scratch, "%s/%s",
	                                is_equal(parent, "/") ? "" : parent, name);
	if (!path)
		return -ENOMEM;
	return add(walk, path, walk->counts_links && status.st_nlink == 2);
}

static int list_entries(struct walk *walk, DIR *list, const char *path)
{
	const struct dirent *entry;
	int r = 0;

	errno = 0;
	while (r == 0 && (entry = readdir(list))) {
		r = look_at(walk, dirfd(list), path, entry);
		errno = 0;
	}
	return r < 0 ? r : -errno;
}

static int list_folder(struct walk *walk, const char *path)
{
	const char *below = path + walk->top_length;

	while (*below == '/')
		below++;
	auto_close int fd = scan_open(walk->scan, walk->top->fd, *below ? below : ".",
	                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	DIR *list = fdopendir(fd);
	if (!list)
		return -errno;
	take_fd(&fd);
	int r = list_entries(walk, list, path);
	closedir(list);
	arena_reset(&walk->scan->scratch);
	return r;
}

int cgroupwalk_scan(struct scan *scan, const struct cgroup_top *top)
{
	auto_walk struct walk walk = {
		.scan = scan,
		.top = top,
		.top_length = is_equal(top->path, "/") ? 0 : strlen(top->path),
		.counts_links = cgrouptable_version(top->fd) != 0,
	};
	struct stat status;

	if (fstat(top->fd, &status) < 0)
		return 0;
	walk.device = status.st_dev;
	int r = add(&walk, top->path, false);
	while (r == 0 && walk.n_pending > 0) {
		r = list_folder(&walk, walk.pending[--walk.n_pending]);
		if (r == -ENOMEM)
			return r;
		/* Too deep for a path, or not for us to see. */
		if (r < 0 && !is_gone(r))
			snapshot_add_gap(scan->snapshot, GAP_CGROUP_FOLDERS, 1, 0);
		r = 0;
	}
	return r;
}
