/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the hierarchies of control groups are mounted, and which part of one each mount shows. */
#include "scan/cgroupfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/vec.h"
#include "scan/cgroupmount.h"
#include "scan/statefile.h"

/* A mount of a hierarchy. */
struct cgroup_mount {
	const char *hierarchy;
	const char *root; /* which control group is mounted */
	const char *point;
	const char *device; /* "0:26" */
	size_t order;       /* position in the mount table */
};

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

struct mounts {
	const struct visit *visit;
	struct cgroup_mount *items;
	size_t count, capacity;
	struct arena texts;
};

static void mounts_done(struct mounts *mounts)
{
	free(mounts->items);
	arena_done(&mounts->texts);
}
#define auto_mounts __attribute__((cleanup(mounts_done)))

/* From a cgroup namespace, what is outside of it begins with "/..": which of the folders in there
 * leads to the namespace's own root is not told (cgroup_namespaces(7)). */
static bool is_outside(const char *root)
{
	return is_equal(root, "/..") || has_prefix(root, "/../");
}

/* The group of this mount was removed (show_mountinfo in fs/proc_namespace.c). */
static bool is_deleted(const char *root)
{
	static const char mark[] = "//deleted";
	size_t length = strlen(root), mark_length = strlen(mark);

	return length >= mark_length && is_equal(root + length - mark_length, mark);
}

static int add_mount(struct mounts *mounts, const struct mount_line *line)
{
	struct arena *texts = &mounts->texts;
	struct cgroup_mount mount = { .order = mounts->count };
	int r = cgroupmount_hierarchy(texts, line, &mount.hierarchy);

	if (r < 0 || is_deleted(line->root))
		return r == -ENOMEM ? r : 0;
	mount.root = arena_text(texts, line->root);
	mount.point = arena_text(texts, line->point);
	mount.device = arena_text(texts, line->device);
	if (!mount.root || !mount.point || !mount.device)
		return -ENOMEM;
	r = VEC_GROW(&mounts->items, &mounts->capacity, mounts->count);
	if (r == 0)
		mounts->items[mounts->count++] = mount;
	return r;
}

/* However many mounts there are, one line is held at a time. */
static int read_mounts(struct mounts *mounts, FILE *table)
{
	auto_free char *line = NULL;
	size_t size = 0;
	int r = 0;

	for (ssize_t length; r == 0 && (length = getline(&line, &size, table)) > 0;) {
		struct mount_line parsed;
		line[length - (line[length - 1] == '\n')] = '\0';
		if (!strstr(line, " - cgroup") || cgroupmount_parse(line, &parsed) < 0)
			continue;
		if (is_equal(parsed.type, "cgroup") || is_equal(parsed.type, "cgroup2"))
			r = add_mount(mounts, &parsed);
	}
	return r < 0 || feof(table) ? r : -errno;
}

static int open_mounts(struct mounts *mounts)
{
	int fd = openat(mounts->visit->scan->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	FILE *table = fdopen(fd, "r");
	if (!table) {
		close(fd);
		return -ENOMEM;
	}
	int r = read_mounts(mounts, table);
	fclose(table);
	return r;
}

/* A slash before all other bytes: then what is below a path comes right behind it. */
static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	unsigned left = *a == '/' ? 1 : (unsigned char)*a + 1U;
	unsigned right = *b == '/' ? 1 : (unsigned char)*b + 1U;
	return (*a ? (int)left : 0) - (*b ? (int)right : 0);
}

static int compare_mounts(const void *left, const void *right)
{
	const struct cgroup_mount *a = left, *b = right;
	int order = strcmp(a->hierarchy, b->hierarchy);

	if (order == 0)
		order = compare_paths(is_equal(a->root, "/") ? "" : a->root,
		                      is_equal(b->root, "/") ? "" : b->root);
	return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
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

/* Another mount may lie on top of it. A descriptor or -errno. */
static int open_mount(const struct cgroup_mount *mount)
{
	char device[32];
	struct stat status;
	auto_close int fd = open(mount->point, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	snprintf(device, sizeof(device), "%u:%u", major(status.st_dev), minor(status.st_dev));
	return is_equal(device, mount->device) ? take_fd(&fd) : -ENOENT;
}

/* 1 where it was shown, 0 where it could not be, or -ENOMEM. */
static int visit_mount(const struct visit *visit, const struct cgroup_mount *mount)
{
	auto_close int fd = open_mount(mount);
	const struct cgroup_top top = { fd, mount->hierarchy, mount->root };

	if (is_denied(fd))
		note_gap(visit, GAP_CGROUP_FOLDERS);
	if (fd < 0)
		return 0;
	int r = visit->visitor(visit->scan, &top, visit->data);
	return r < 0 ? r : 1;
}

/* Of mounts that show the same, one; of those that show a part, those outside of each other. */
static int visit_mounts(struct mounts *mounts)
{
	const struct cgroup_mount *shown = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct cgroup_mount *mount = &mounts->items[i];
		if (shown && is_within(mount, shown))
			continue;
		if (is_outside(mount->root)) {
			note_gap(mounts->visit, GAP_CGROUP_MOUNTS);
			shown = mount;
			continue;
		}
		int r = visit_mount(mounts->visit, mount);
		if (r < 0)
			return r;
		if (r > 0)
			shown = mount;
	}
	return 0;
}

static int visit_this_host(const struct visit *visit)
{
	auto_mounts struct mounts mounts = { .visit = visit };
	int r = open_mounts(&mounts);

	/* In a /proc of other processes only, there is no mount table of ours. */
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (mounts.count > 1)
		qsort(mounts.items, mounts.count, sizeof(*mounts.items), compare_mounts);
	return visit_mounts(&mounts);
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
	if (!is_outside(top.path))
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
