/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts of cgroup and cgroup2 in mountinfo, proc_pid_mountinfo(5). */
#include "scan/cgrouptable.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>

#include "base/vec.h"
#include "scan/cgroupmount.h"

void cgrouptable_done(struct cgroup_table *table)
{
	free(table->mounts);
	arena_done(&table->texts);
	*table = (struct cgroup_table){ 0 };
}

/* From a cgroup namespace, what is outside of it begins with "/..": which of the folders in there
 * leads to the namespace's own root is not told (cgroup_namespaces(7)). */
bool cgrouptable_is_outside(const char *root)
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

static int add_mount(struct cgroup_table *table, const struct mount_line *line)
{
	struct arena *texts = &table->texts;
	struct cgroup_mount mount = { .order = table->count };
	int r = cgroupmount_hierarchy(texts, line, &mount.hierarchy);

	if (r < 0 || is_deleted(line->root))
		return r == -ENOMEM ? r : 0;
	mount.root = arena_text(texts, line->root);
	mount.point = arena_text(texts, line->point);
	mount.id = arena_text(texts, line->id);
	if (!mount.root || !mount.point || !mount.id)
		return -ENOMEM;
	r = VEC_GROW(&table->mounts, &table->capacity, table->count);
	if (r == 0)
		table->mounts[table->count++] = mount;
	return r;
}

/* However many mounts there are, one line is held at a time. */
static int read_lines(FILE *stream, struct cgroup_table *table)
{
	auto_free char *line = NULL;
	size_t size = 0;
	int r = 0;

	for (ssize_t length; r == 0 && (length = getline(&line, &size, stream)) > 0;) {
		struct mount_line parsed;
		line[length - (line[length - 1] == '\n')] = '\0';
		if (!strstr(line, " - cgroup") || cgroupmount_parse(line, &parsed) < 0)
			continue;
		if (is_equal(parsed.type, "cgroup") || is_equal(parsed.type, "cgroup2"))
			r = add_mount(table, &parsed);
	}
	return r < 0 || feof(stream) ? r : -errno;
}

static int read_table(int proc_fd, struct cgroup_table *table)
{
	int fd = openat(proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	FILE *stream = fdopen(fd, "r");
	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	int r = read_lines(stream, table);
	fclose(stream);
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

int cgrouptable_read(int proc_fd, struct cgroup_table *ret)
{
	auto_cgroup_table struct cgroup_table table = { 0 };
	int r = read_table(proc_fd, &table);

	if (r < 0)
		return r;
	if (table.count > 1)
		qsort(table.mounts, table.count, sizeof(*table.mounts), compare_mounts);
	*ret = table;
	table = (struct cgroup_table){ 0 };
	return 0;
}

static bool has_step_up(const char *path)
{
	while ((path = strstr(path, "/.."))) {
		path += strlen("/..");
		if (*path == '\0' || *path == '/')
			return true;
	}
	return false;
}

const char *cgrouptable_below(const struct cgroup_mount *mount, const char *path)
{
	size_t length = is_equal(mount->root, "/") ? 0 : strlen(mount->root);
	const char *below = path + length;

	if (strncmp(path, mount->root, length) != 0 || (*below != '/' && *below != '\0'))
		return NULL;
	/* With "/..", "/../../x" is not below: it is outside of what that mount shows. */
	if (has_step_up(below))
		return NULL;
	return below + strspn(below, "/");
}

bool cgrouptable_is_through(const struct cgroup_mount *mount, int fd)
{
	char id[32];

	return cgroupmount_id(fd, id, sizeof(id)) == 0 && is_equal(id, mount->id);
}

/* By its mount id: on top of it there may be a mount of another part of the same hierarchy, too. */
int cgrouptable_open(const struct cgroup_mount *mount)
{
	auto_close int fd = open(mount->point, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return cgrouptable_is_through(mount, fd) ? take_fd(&fd) : -ENOENT;
}

int cgrouptable_version(int fd)
{
	struct statfs status;

	if (fstatfs(fd, &status) < 0)
		return 0;
	if (status.f_type == CGROUP2_SUPER_MAGIC)
		return 2;
	return status.f_type == CGROUP_SUPER_MAGIC ? 1 : 0;
}
