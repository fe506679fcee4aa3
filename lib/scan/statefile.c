/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens, lists and reads state files; the one file of the scan's container sources that knows the
 * JSON library. */
#include "scan/statefile.h"

#include <fcntl.h>
#include <jansson.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "scan/mounttable.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

/* The largest that engines write are lists of all their containers: a kilobyte for each. */
#define MAX_SIZE ((size_t)8 << 20)

static int open_how(int dir_fd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int state_open_dir(const struct state_base *base, const char *path)
{
	const uint64_t flags = O_RDONLY | O_DIRECTORY;
	int fd = open_how(base->fd, path, flags,
	                  base->is_home ? RESOLVE_BENEATH | RESOLVE_NO_XDEV : RESOLVE_IN_ROOT);

	/* Before Linux 5.6, and under seccomp filters that do not know openat2(2). */
	if ((fd == -ENOSYS || fd == -EPERM) && base->is_live && !base->is_home) {
		fd = openat(base->fd, path, (int)flags | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	return fd;
}

/*
 * statfs(2) would ask the file system, which may not answer: its mount tells its type. Where that is
 * not told (before Linux 5.8), or the mount is outside of our chroot, statfs(2) has to do.
 */
static bool is_fuse(int fd)
{
	static const char name[] = "fuse";
	char type[sizeof(name)] = "";
	struct statx status;
	struct statfs fs;
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
	auto_close int table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

	if (table >= 0 && statx(fd, "", flags, STATX_MNT_ID, &status) == 0 &&
	    status.stx_mask & STATX_MNT_ID &&
	    mount_table_type(table, status.stx_mnt_id, type, sizeof(type)) == 0)
		return is_equal(type, name);
	return fstatfs(fd, &fs) < 0 || fs.f_type == FUSE_SUPER_MAGIC;
}

int state_open_home(const struct state_base *root, const char *path)
{

	while (*path == '/')
		path++;
	auto_close int fd = open_how(root->fd, path, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT);

	if (fd < 0)
		return fd;
	return is_fuse(fd) ? -EOPNOTSUPP : take_fd(&fd);
}

int state_list(int dir_fd, DIR **ret)
{
	auto_close int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	DIR *list = fdopendir(fd);

	if (!list)
		return -errno;
	take_fd(&fd);
	*ret = list;
	return 0;
}

void state_list_done(DIR **list)
{
	if (*list)
		closedir(*list);
	*list = NULL;
}

const char *state_list_next(DIR *list)
{
	const struct dirent *entry;

	while ((entry = readdir(list)))
		if (entry->d_name[0] != '.')
			return entry->d_name;
	return NULL;
}

static int open_file(int dir_fd, const char *path)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	int fd = open_how(dir_fd, path, flags,
	                  RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);

	if (fd != -ENOSYS && fd != -EPERM)
		return fd;
	fd = openat(dir_fd, path, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Reads `size` bytes, or what there is: somebody may make the file longer meanwhile, endlessly. */
static int read_size(int fd, size_t size, struct buffer *ret)
{
	struct buffer buffer = { .data = malloc(size + 1), .capacity = size + 1 };

	if (!buffer.data)
		return -ENOMEM;
	while (buffer.length < size) {
		ssize_t n = read(fd, buffer.data + buffer.length, size - buffer.length);
		if (n < 0) {
			int r = -errno;
			free(buffer.data);
			return r;
		}
		if (n == 0)
			break;
		buffer.length += (size_t)n;
	}
	buffer.data[buffer.length] = '\0';
	buffer_done(ret);
	*ret = buffer;
	return 0;
}

int state_read(int dir_fd, const char *path, struct buffer *ret)
{
	struct stat st;
	auto_close int fd = open_file(dir_fd, path);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > MAX_SIZE)
		return -EFBIG;
	return read_size(fd, (size_t)st.st_size, ret);
}

int state_parse_json(const char *text, size_t length, struct json_t **ret)
{
	json_error_t error;
	json_t *json = json_loadb(text, length, 0, &error);

	if (!json)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	*ret = json;
	return 0;
}

int state_read_json(int dir_fd, const char *path, struct json_t **ret)
{
	auto_buffer struct buffer buffer = { 0 };
	int r = state_read(dir_fd, path, &buffer);

	return r < 0 ? r : state_parse_json(buffer.data, buffer.length, ret);
}

void state_json_done(struct json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

struct json_t *state_member(const struct json_t *json, const char *key)
{
	return json_object_get(json, key);
}

struct json_t *state_element(const struct json_t *json, size_t index)
{
	return json_array_get(json, index);
}

const char *state_text(const struct json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

const char *state_as_text(const struct json_t *json)
{
	return json_string_value(json);
}

uint64_t state_number(const struct json_t *json, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(json, key));

	return number > 0 ? (uint64_t)number : 0;
}

int state_texts(struct arena *arena, const struct json_t *json, const char *const **ret,
                size_t *ret_count)
{
	size_t size = json_object_size(json);
	const char **texts = arena_alloc(arena, (size + 1) * sizeof(*texts));
	/* The iterator takes no const object, and changes none. */
	json_t *object = (json_t *)(uintptr_t)json;
	size_t count = 0;
	const char *key;
	json_t *value;

	if (!texts)
		return -ENOMEM;
	json_object_foreach(object, key, value)
	{
		const char *text = json_string_value(value);
		if (text)
			texts[count++] = text;
	}
	*ret = texts;
	*ret_count = count;
	return 0;
}
