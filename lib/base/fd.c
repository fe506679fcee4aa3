/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole-file input and output. */
#include "base/fd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/random.h>
#include <sys/stat.h>

/* A page holds most files below /proc/PID; what does not fit is read on. */
#define FIRST_CAPACITY ((size_t)4096)

/* A temporary name has 64 random bits: even a second attempt is improbable. */
#define MAX_ATTEMPTS 16

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}

/* Makes room for at least one byte and the NUL byte behind it. */
static int buffer_grow(struct buffer *buffer)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity * 2 : FIRST_CAPACITY;
	char *data;

	if (buffer->length + 1 < buffer->capacity)
		return 0;
	if (capacity > SSIZE_MAX)
		return -ENOMEM;
	data = realloc(buffer->data, capacity);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

static ssize_t read_again(int fd, void *data, size_t size)
{
	ssize_t n;

	do
		n = read(fd, data, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Reads behind what the buffer holds, until there is no more or it holds `limit` bytes; where
 * `is_one_piece`, a read that leaves room is the last. */
static int read_to_end(int fd, bool is_one_piece, size_t limit, struct buffer *buffer)
{
	for (;;) {
		size_t room;
		ssize_t n;
		int r = buffer_grow(buffer);

		if (r < 0)
			return r;
		room = buffer->capacity - buffer->length - 1;
		if (room > limit - buffer->length)
			room = limit - buffer->length;
		n = read_again(fd, buffer->data + buffer->length, room);
		if (n < 0)
			return (int)n;
		buffer->length += (size_t)n;
		if (n == 0 || (is_one_piece && (size_t)n < room))
			return 0;
	}
}

static int read_fd(int fd, bool is_one_piece, size_t limit, struct buffer *ret)
{
	int r;

	ret->length = 0;
	r = read_to_end(fd, is_one_piece, limit, ret);
	/* Half a file is worse than none. */
	if (r < 0)
		ret->length = 0;
	if (ret->data)
		ret->data[ret->length] = '\0';
	return r;
}

static int read_at(int dir_fd, const char *path, bool is_one_piece, size_t limit,
                   struct buffer *ret)
{
	auto_close int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	return read_fd(fd, is_one_piece, limit, ret);
}

int fd_read_at(int dir_fd, const char *path, struct buffer *ret)
{
	return read_at(dir_fd, path, false, SIZE_MAX, ret);
}

int fd_read_once_at(int dir_fd, const char *path, struct buffer *ret)
{
	return read_at(dir_fd, path, true, SIZE_MAX, ret);
}

int fd_read_once(int fd, struct buffer *ret)
{
	return read_fd(fd, true, SIZE_MAX, ret);
}

int fd_read_start_at(int dir_fd, const char *path, size_t limit, struct buffer *ret)
{
	return read_at(dir_fd, path, true, limit, ret);
}

int fd_read_all(int fd, struct buffer *ret)
{
	return read_fd(fd, false, SIZE_MAX, ret);
}

int fd_read_start(int fd, size_t limit, struct buffer *ret)
{
	return read_fd(fd, false, limit, ret);
}

int fd_readlink_at(int dir_fd, const char *path, char *ret, size_t size)
{
	ssize_t n = readlinkat(dir_fd, path, ret, size);

	if (n < 0)
		return -errno;
	/* readlink(2) cuts off silently. */
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	return 0;
}

int fd_write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Creates a file with a new name in the directory of `path`. A name of its own, not one made from
 * `path`, which may be as long as a name can be. */
static int create_beside(const char *path, unsigned mode, char **ret_name)
{
	const char *slash = strrchr(path, '/');
	int directory_length = slash ? (int)(slash - path) + 1 : 0;

	for (int i = 0; i < MAX_ATTEMPTS; i++) {
		auto_free char *name = NULL;
		uint64_t number;
		int fd;

		if (getrandom(&number, sizeof(number), 0) < 0)
			return -errno;
		if (asprintf(&name, "%.*s.nskit-%016" PRIx64, directory_length, path, number) < 0) {
			name = NULL;
			return -ENOMEM;
		}
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0) {
			*ret_name = take_pointer(&name);
			return fd;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* Owns `fd` in any case. */
static int open_stream(int fd, FILE **ret)
{
	auto_close int owned = fd;
	FILE *stream = fdopen(owned, "w");

	if (!stream)
		return -errno;
	take_fd(&owned);
	*ret = stream;
	return 0;
}

static struct replacement take_replacement(struct replacement *replacement)
{
	struct replacement taken = *replacement;

	*replacement = (struct replacement){ 0 };
	return taken;
}

static int open_temporary(const char *path, unsigned mode, struct replacement *ret)
{
	auto_replacement struct replacement fresh = { .path = strdup(path) };
	int fd;
	int r;

	if (!fresh.path)
		return -ENOMEM;
	fd = create_beside(path, mode, &fresh.temporary);
	if (fd < 0)
		return fd;
	r = open_stream(fd, &fresh.stream);
	if (r < 0)
		return r;
	*ret = take_replacement(&fresh);
	return 0;
}

static int open_direct(const char *path, struct replacement *ret)
{
	FILE *stream = NULL;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int r = fd < 0 ? -errno : open_stream(fd, &stream);

	if (r < 0)
		return r;
	*ret = (struct replacement){ .stream = stream };
	return 0;
}

/* /dev/stdout, for one. A file that stdout was redirected to must not be replaced under it: with
 * >> it has contents to keep. */
static bool is_stdout(const struct stat *status)
{
	struct stat out;

	return fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == status->st_dev &&
	       out.st_ino == status->st_ino;
}

int replacement_open(const char *path, unsigned mode, struct replacement *ret)
{
	auto_free char *target = NULL;
	struct stat status;
	bool exists = stat(path, &status) == 0;

	if (is_equal(path, "-") || (exists && is_stdout(&status))) {
		*ret = (struct replacement){ .stream = stdout };
		return 0;
	}
	if (!exists)
		return errno == ENOENT && *path ? open_temporary(path, mode, ret) : -errno;
	if (!S_ISREG(status.st_mode))
		return open_direct(path, ret);
	target = realpath(path, NULL);
	return target ? open_temporary(target, mode, ret) : -errno;
}

/* Whether all that was written to the stream has reached the kernel. */
static int flush(FILE *stream)
{
	if (fflush(stream) != 0)
		return -errno;
	/* An earlier write failed, and nobody kept its errno. */
	return ferror(stream) ? -EIO : 0;
}

static int close_stream(FILE **stream)
{
	FILE *closed = *stream;

	*stream = NULL;
	return fclose(closed) == 0 ? 0 : -errno;
}

int replacement_commit(struct replacement *replacement)
{
	int r = flush(replacement->stream);

	if (r < 0 || replacement->stream == stdout)
		return r;
	if (replacement->temporary && fsync(fileno(replacement->stream)) < 0)
		return -errno;
	r = close_stream(&replacement->stream);
	if (r < 0 || !replacement->temporary)
		return r;
	if (rename(replacement->temporary, replacement->path) < 0)
		return -errno;
	free(take_pointer(&replacement->temporary));
	return 0;
}

void replacement_done(struct replacement *replacement)
{
	if (replacement->stream && replacement->stream != stdout)
		fclose(replacement->stream);
	if (replacement->temporary)
		unlink(replacement->temporary);
	free(replacement->temporary);
	free(replacement->path);
	*replacement = (struct replacement){ 0 };
}
