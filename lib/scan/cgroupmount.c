/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control group a directory of a mounted hierarchy is: by the one line of mountinfo that its
 * mount id names, proc_pid_mountinfo(5). */
#include "scan/cgroupmount.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base/fd.h"

/* Spaces, tabs, newlines and backslashes are \040 and the like. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		bool is_escape = text[0] == '\\' && strspn(text + 1, "01234567") >= 3;

		*to++ = is_escape ? (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 +
		                           (text[3] - '0'))
		                  : *text;
		text += is_escape ? 4 : 1;
	}
	*to = '\0';
}

/* "36 35 98:0 /root /point options tags - type source options". */
int cgroupmount_parse(char *line, struct mount_line *ret)
{
	struct mount_line found;
	char *field;

	found.id = strsep(&line, " ");
	strsep(&line, " ");
	strsep(&line, " ");
	found.root = strsep(&line, " ");
	found.point = strsep(&line, " ");
	do
		field = strsep(&line, " ");
	while (field && !is_equal(field, "-"));
	found.type = strsep(&line, " ");
	strsep(&line, " ");
	found.options = strsep(&line, " ");
	if (!found.root || !found.point || !found.type || !found.options)
		return -EINVAL;
	unescape(found.root);
	unescape(found.point);
	*ret = found;
	return 0;
}

/* "mnt_id:" in fdinfo. */
int cgroupmount_id(int fd, char *ret, size_t size)
{
	auto_buffer struct buffer buffer = { 0 };
	char path[64];
	const char *id;
	size_t length;
	int r;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	r = fd_read_at(AT_FDCWD, path, &buffer);
	if (r < 0)
		return r;
	id = strstr(buffer.data, "mnt_id:");
	if (!id)
		return -EINVAL;
	id += strlen("mnt_id:");
	id += strspn(id, " \t");
	length = strspn(id, "0123456789");
	if (length >= size)
		return -EINVAL;
	*(char *)mempcpy(ret, id, length) = '\0';
	return 0;
}

static int find_mount(int fd, struct buffer *table, struct mount_line *ret)
{
	char id[32];
	char *rest;
	int r = cgroupmount_id(fd, id, sizeof(id));

	if (r == 0)
		r = fd_read_at(AT_FDCWD, "/proc/self/mountinfo", table);
	if (r < 0)
		return r;
	rest = table->data;
	for (char *line; (line = strsep(&rest, "\n"));) {
		size_t length = strcspn(line, " ");
		if (length == strlen(id) && memcmp(line, id, length) == 0)
			return cgroupmount_parse(line, ret);
	}
	return -EINVAL;
}

/* Whether "rw,nosuid,memory" has "memory" (the first of "memory,hugetlb") between its commas. */
static bool has_option(const char *options, const char *wanted, size_t length)
{
	while (*options) {
		size_t end = strcspn(options, ",");

		if (end == length && memcmp(options, wanted, length) == 0)
			return true;
		options += end + (options[end] == ',');
	}
	return false;
}

/* The lines of that file are ID:CONTROLLERS:PATH. */
int cgroupmount_hierarchy(struct arena *arena, const struct mount_line *mount, const char **ret)
{
	auto_buffer struct buffer buffer = { 0 };

	if (is_equal(mount->type, "cgroup2")) {
		*ret = "";
		return 0;
	}
	int r = fd_read_at(AT_FDCWD, "/proc/self/cgroup", &buffer);
	if (r < 0)
		return r;
	char *rest = buffer.data;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *controllers = strchr(line, ':');
		size_t length, first;

		if (!controllers)
			continue;
		controllers++;
		length = strcspn(controllers, ":");
		first = strcspn(controllers, ",:");
		if (first == 0 || !has_option(mount->options, controllers, first))
			continue;
		*ret = arena_copy(arena, controllers, length);
		return *ret ? 0 : -ENOMEM;
	}
	return -EINVAL;
}

/* What the descriptor's path has behind the mount point, behind the root of the mount. */
static int join_path(struct arena *arena, int fd, const struct mount_line *mount, const char **ret)
{
	char link[64], directory[PATH_MAX];
	const char *root = is_equal(mount->root, "/") ? "" : mount->root;
	const char *point = is_equal(mount->point, "/") ? "" : mount->point;
	const char *joined;
	int r;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	r = fd_readlink_at(AT_FDCWD, link, directory, sizeof(directory));
	if (r < 0)
		return r;
	if (!has_prefix(directory, point))
		return -EINVAL;
	joined = arena_printf(arena, "%s%s", root, directory + strlen(point));
	if (!joined)
		return -ENOMEM;
	*ret = *joined ? joined : "/";
	return 0;
}

int cgroupmount_find(struct arena *arena, int fd, const char **ret_hierarchy, const char **ret_path)
{
	auto_buffer struct buffer table = { 0 };
	struct mount_line mount = { 0 };
	const char *path = NULL, *hierarchy = NULL;
	int r = find_mount(fd, &table, &mount);

	if (r == 0)
		r = join_path(arena, fd, &mount, &path);
	if (r == 0)
		r = cgroupmount_hierarchy(arena, &mount, &hierarchy);
	if (r < 0)
		return r;
	*ret_hierarchy = hierarchy;
	*ret_path = path;
	return 0;
}
