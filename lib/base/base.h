/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every file uses: attributes, ownership by scope, and the question "is it gone or is it
 * forbidden?". */
#ifndef NSKIT_BASE_H
#define NSKIT_BASE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define must_use __attribute__((warn_unused_result))
#define printf_like(text_at, values_at) __attribute__((format(printf, text_at, values_at)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* "No such index": relations between the arrays of a snapshot are 32-bit indexes, to keep a record
 * small. */
#define NONE UINT32_MAX

static inline void close_fd_at_end(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void free_at_end(void *pointer)
{
	free(*(void **)pointer);
}

/* The descriptor (negative: none) is closed when the variable goes out of scope. */
#define auto_close __attribute__((cleanup(close_fd_at_end)))
/* The memory (NULL: none) is freed when the variable goes out of scope. */
#define auto_free __attribute__((cleanup(free_at_end)))

/* Takes the descriptor out of an auto_close variable: the caller owns it now. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Takes the memory out of an auto_free variable: the caller owns it now. */
static inline void *take_pointer(void *pointer)
{
	void *taken = *(void **)pointer;

	*(void **)pointer = NULL;
	return taken;
}

static inline bool is_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The thing was there and has exited: opening says ENOENT, reading says ESRCH (proc(5)). */
static inline bool is_gone(int r)
{
	return r == -ENOENT || r == -ESRCH;
}

/* It is there, but not for us: EACCES from ptrace checks, EPERM from hidepid and the nsfs ioctls.
 */
static inline bool is_denied(int r)
{
	return r == -EACCES || r == -EPERM;
}

#endif
