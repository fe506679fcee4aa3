/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* State files that other programs keep: opened without being led astray or blocked, read up to a
 * limit, as text or JSON. Inside lib/scan only. */
#ifndef NSKIT_STATEFILE_H
#define NSKIT_STATEFILE_H

#include <dirent.h>

#include "base/arena.h"
#include "base/fd.h"

struct json_t;

/* Where state directories are looked for. */
struct state_base {
	int fd;
	bool is_live; /* it is this host's "/": openat(2) does where there is no openat2(2) */
	bool is_home; /* somebody's home: no link leads out of it, no file system mounted in it */
};

/*
 * Opens a directory below the base; "/" is the base's root also in symbolic links. A descriptor,
 * or -errno: -ENOENT there is none, see is_denied.
 */
int state_open_dir(const struct state_base *base, const char *path) must_use;

/* Opens a home for the use as a base. A file system in user space (FUSE) could block whoever asks it
 * anything: -EOPNOTSUPP. */
int state_open_home(const struct state_base *root, const char *path) must_use;

/* The entries of an open directory, which stays the caller's. *ret is closed by state_list_done. 0
 * or -errno. */
int state_list(int dir_fd, DIR **ret) must_use;
void state_list_done(DIR **list);
#define auto_list __attribute__((cleanup(state_list_done)))

/* The next name that is not hidden, or NULL. */
const char *state_list_next(DIR *list);

/*
 * Reads a regular file below the directory, through no symbolic link, of the same file system. 0, or -errno: -ENOENT;
 * -EFBIG larger than a state file can be; -EINVAL not a regular file.
 */
int state_read(int dir_fd, const char *path, struct buffer *ret) must_use;

/* The same as JSON. -EBADMSG where it is none. Ends with state_json_done. */
int state_read_json(int dir_fd, const char *path, struct json_t **ret) must_use;

/* JSON in a text, as some state files hold it. 0, -EBADMSG or -ENOMEM. */
int state_parse_json(const char *text, size_t length, struct json_t **ret) must_use;

void state_json_done(struct json_t **json);
#define auto_json __attribute__((cleanup(state_json_done)))

/* What lies in an object under that key, or NULL. It lives as long as the whole. */
struct json_t *state_member(const struct json_t *json, const char *key);

/* The element of an array, or NULL at its end and where it is no array. */
struct json_t *state_element(const struct json_t *json, size_t index);

/* The text in an object under that key, or NULL. */
const char *state_text(const struct json_t *json, const char *key);

/* The text itself, or NULL. */
const char *state_as_text(const struct json_t *json);

/* The number in an object under that key, where it is one from 0 on; else 0. */
uint64_t state_number(const struct json_t *json, const char *key);

/* All texts in an object, in `arena`. 0 or -ENOMEM. */
int state_texts(struct arena *arena, const struct json_t *json, const char *const **ret,
                size_t *ret_count) must_use;

#endif
