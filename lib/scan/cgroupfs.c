/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which mounts of control groups are listed, and where those of a recorded tree are. */
#include "scan/cgroupfs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "scan/cgroupmount.h"
#include "scan/cgrouptable.h"
#include "scan/statefile.h"

/* Who wants to see the hierarchies. */
struct visit {
	struct scan *scan;
	cgroup_visitor *visitor;
	void *data;
	bool notes_gaps; /* of what could not be shown */
};

static void note_gap(const struct visit *visit, enum gap_kind kind)
{
	if (visit->notes_gaps)
		snapshot_add_gap(visit->scan->snapshot, kind, 1, 0);
}

/* Whether `mount` shows nothing that `shown` does not. */
static bool is_within(const struct cgroup_mount *mount, const struct cgroup_mount *shown)
{
	size_t length = strlen(shown->root);

	if (!is_equal(mount->hierarchy, shown->hierarchy))
		return false;
	if (is_equal(shown->root, "/"))
		return true;
	return has_prefix(mount->root, shown->root) &&
	       (mount->root[length] == '\0' || mount->root[length] == '/');
}

/* 1 where it was shown, 0 where it could not be, or -ENOMEM. */
static int visit_mount(const struct visit *visit, const struct cgroup_mount *mount)
{
	auto_close int fd = cgrouptable_open(mount);
	const struct cgroup_top top = { fd, mount->hierarchy, mount->root };

	if (is_denied(fd))
		note_gap(visit, GAP_CGROUP_FOLDERS);
	if (fd < 0)
		return 0;
	int r = visit->visitor(visit->scan, &top, visit->data);
	return r < 0 ? r : 1;
}

/* Of mounts that show the same, one; of those that show a part, those outside of each other. */
static int visit_mounts(const struct visit *visit, const struct cgroup_table *table)
{
	const struct cgroup_mount *shown = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct cgroup_mount *mount = &table->mounts[i];
		if (shown && is_within(mount, shown))
			continue;
		if (cgrouptable_is_outside(mount->root)) {
			note_gap(visit, GAP_CGROUP_MOUNTS);
			shown = mount;
			continue;
		}
		int r = visit_mount(visit, mount);
		if (r < 0)
			return r;
		if (r > 0)
			shown = mount;
	}
	return 0;
}

static int visit_this_host(const struct visit *visit)
{
	auto_cgroup_table struct cgroup_table table = { 0 };
	int r = cgrouptable_read(visit->scan->proc_fd, &table);

	/* In a /proc of other processes only, there is no mount table of ours. */
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return visit_mounts(visit, &table);
}

/* Whether a folder is a control group: each has this file, in all versions. */
static bool is_cgroup(int fd)
{
	struct stat status;

	return fstatat(fd, "cgroup.procs", &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What a hierarchy's folder below sys/fs/cgroup is called by custom, without the "name=". */
static const char *hierarchy_by_folder(struct arena *arena, const char *folder)
{
	static const char *const named[] = { "systemd", "elogind", "openrc" };

	if (is_equal(folder, "") || is_equal(folder, "unified"))
		return "";
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		if (is_equal(folder, named[i]))
			return arena_printf(arena, "name=%s", folder);
	}
	return folder;
}

/* One hierarchy of a sysroot. Where it is mounted from this kernel, the mount tells which part. */
static int visit_folder(const struct visit *visit, int fd, const char *folder)
{
	auto_arena struct arena arena = { 0 };
	struct cgroup_top top = { .fd = fd };
	int r = visit->scan->is_live ? cgroupmount_find(&arena, fd, &top.hierarchy, &top.path)
	                             : -EINVAL;

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		top.hierarchy = hierarchy_by_folder(&arena, folder);
		top.path = "/";
	}
	if (!top.hierarchy)
		return -ENOMEM;
	if (!cgrouptable_is_outside(top.path))
		return visit->visitor(visit->scan, &top, visit->data);
	note_gap(visit, GAP_CGROUP_MOUNTS);
	return 0;
}

static int visit_folders(const struct visit *visit, int dir_fd)
{
	auto_list DIR *list = NULL;
	int r = state_list(dir_fd, &list);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (const char *name; r == 0 && (name = state_list_next(list));) {
		auto_close int fd =
			scan_open(visit->scan, dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		if (fd >= 0 && is_cgroup(fd))
			r = visit_folder(visit, fd, name);
	}
	return r;
}

static int visit_sysroot(const struct visit *visit)
{
	const struct state_base base = { .fd = visit->scan->root_fd };
	auto_close int fd = state_open_dir(&base, "sys/fs/cgroup");

	if (is_denied(fd))
		note_gap(visit, GAP_CGROUP_FOLDERS);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	return is_cgroup(fd) ? visit_folder(visit, fd, "") : visit_folders(visit, fd);
}

static int visit_all(const struct visit *visit)
{
	return visit->scan->is_this_host ? visit_this_host(visit) : visit_sysroot(visit);
}

int cgroupfs_visit(struct scan *scan, cgroup_visitor *visitor, void *data)
{
	const struct visit visit = { .scan = scan, .visitor = visitor, .data = data };

	return visit_all(&visit);
}

static int walk_top(struct scan *scan, const struct cgroup_top *top, void *data)
{
	(void)data;
	return cgroupwalk_scan(scan, top);
}

int cgroupfs_scan(struct scan *scan)
{
	const struct visit visit = { .scan = scan, .visitor = walk_top, .notes_gaps = true };

	return scan->needs->cgroups ? visit_all(&visit) : 0;
}
