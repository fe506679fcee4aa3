/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole-file reads below a directory descriptor, and files that are replaced whole or not at all.
 */
#ifndef NSKIT_FD_H
#define NSKIT_FD_H

#include <stdio.h>

#include "base/base.h"

/* A growing byte buffer that is reused from read to read; all zero is empty. */
struct buffer {
	char *data; /* always ends in a NUL byte that `length` does not count */
	size_t length;
	size_t capacity;
};

/* Frees what the buffer holds and makes it empty. */
void buffer_done(struct buffer *buffer);
#define auto_buffer __attribute__((cleanup(buffer_done)))

/*
 * Reads the file at `path` below `dir_fd` whole into `ret` (replacing what was there), with as few
 * read calls as possible: /proc files change between reads. O_CLOEXEC, O_NOCTTY, never blocks on a
 * fifo (O_NONBLOCK). 0, or -errno (-ENOENT and -ESRCH: gone, see is_gone).
 */
int fd_read_at(int dir_fd, const char *path, struct buffer *ret) must_use;

/*
 * The same with one read call where that is enough: for files that the kernel writes in one piece,
 * so that a read that leaves room has reached the end. These are below /proc/PID: stat, status,
 * comm, cgroup (single_open() in fs/seq_file.c: one record, and whole records are returned) and
 * cmdline, and regular files. Not for mountinfo, uid_map and others of many records: those stop
 * short where the next record did not fit into the kernel's buffer.
 */
int fd_read_once_at(int dir_fd, const char *path, struct buffer *ret) must_use;

/* The same of a descriptor that nothing was read from. */
int fd_read_once(int fd, struct buffer *ret) must_use;

/* The same of the first `limit` bytes: for a file whose length somebody else may choose. */
int fd_read_start_at(int dir_fd, const char *path, size_t limit, struct buffer *ret) must_use;

/* The same as fd_read_at to the end of an open descriptor. 0 or -errno. */
int fd_read_all(int fd, struct buffer *ret) must_use;

/* The same of the first `limit` bytes of it. */
int fd_read_start(int fd, size_t limit, struct buffer *ret) must_use;

/* Reads the link at `path` into `ret` and ends it with a NUL byte. 0, -errno, or -ENAMETOOLONG when
 * it does not fit. */
int fd_readlink_at(int dir_fd, const char *path, char *ret, size_t size) must_use;

/* Writes all bytes, also when write(2) stops short. 0 or -errno. */
int fd_write_all(int fd, const void *data, size_t size) must_use;

/* A file that appears under its name only when it is complete. All zero: none. */
struct replacement {
	FILE *stream; /* write here */
	char *path;
	char *temporary;
};

/*
 * Starts to replace `path` (links followed): a temporary file with `mode` less the umask beside it,
 * opened in ret->stream. Written directly: stdout, which is "-" or any path to what stdout is, and
 * what exists and is no regular file (/dev/null, a fifo). 0 or -errno. Ends with replacement_commit
 * or replacement_done.
 */
int replacement_open(const char *path, unsigned mode, struct replacement *ret) must_use;

/* Flushes, syncs and renames the file into place. 0, or -errno and the old file is untouched;
 * what could not be written (a full disk) is reported here. stdout stays open. */
int replacement_commit(struct replacement *replacement) must_use;

/* Removes what was not committed. Accepts all zero. */
void replacement_done(struct replacement *replacement);
#define auto_replacement __attribute__((cleanup(replacement_done)))

#endif
