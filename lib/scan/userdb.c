/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks users up by number: getpwuid_r(3), or passwd(5) as data. */
#include "scan/userdb.h"

#include <pwd.h>

#include "base/parse.h"
#include "scan/source.h"
#include "scan/statefile.h"

/* The name service may want more room than it suggests; nobody needs as much as this. */
#define FIRST_SIZE ((size_t)1024)
#define MAX_SIZE ((size_t)1 << 20)

/* name:password:uid:gid:comment:home:shell */
enum { FIELD_NAME = 0, FIELD_UID = 2, FIELD_HOME = 5, FIELD_N_FIELDS = 7 };

struct field {
	const char *text;
	size_t length;
};

/* Splits a line into its fields; false when there are not as many as there must be. */
static bool split_line(const char *line, size_t length, struct field ret[FIELD_N_FIELDS])
{
	for (size_t i = 0; i < FIELD_N_FIELDS; i++) {
		const char *end = memchr(line, ':', length);
		bool is_last = i == FIELD_N_FIELDS - 1;
		if (is_last == (end != NULL))
			return false;
		ret[i] = (struct field){ line, end ? (size_t)(end - line) : length };
		if (!end)
			break;
		length -= ret[i].length + 1;
		line = end + 1;
	}
	return true;
}

static size_t line_length(const char *text, size_t left)
{
	const char *end = memchr(text, '\n', left);

	return end ? (size_t)(end - text) : left;
}

/* As getpwuid(3) does, the first line of a user counts. */
static int index_line(struct userdb *userdb, size_t offset, size_t length)
{
	struct field fields[FIELD_N_FIELDS];
	uint64_t uid;

	if (!split_line(userdb->passwd.data + offset, length, fields) ||
	    fields[FIELD_NAME].length == 0)
		return 0;
	if (parse_u64_n(fields[FIELD_UID].text, fields[FIELD_UID].length, &uid) < 0 ||
	    uid >= UINT32_MAX || map_find(&userdb->lines, uid) != NONE)
		return 0;
	return map_put(&userdb->lines, uid, (uint32_t)offset);
}

static int read_passwd(const struct scan *scan, struct userdb *userdb)
{
	const struct state_base root = { .fd = scan->root_fd };
	auto_close int etc = state_open_dir(&root, "etc");
	int r = etc < 0 ? etc : state_read(etc, "passwd", &userdb->passwd);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t offset = 0; offset < userdb->passwd.length;) {
		size_t length =
			line_length(userdb->passwd.data + offset, userdb->passwd.length - offset);
		r = index_line(userdb, offset, length);
		if (r < 0)
			return r;
		offset += length + 1;
	}
	return 0;
}

int userdb_open(const struct scan *scan, struct userdb *ret)
{
	struct userdb userdb = { .is_live = scan->is_this_host };
	int r = scan->is_this_host ? 0 : read_passwd(scan, &userdb);

	if (r < 0) {
		userdb_done(&userdb);
		return r;
	}
	*ret = userdb;
	return 0;
}

static int copy_entry(struct arena *arena, struct field name, struct field home,
                      struct userdb_entry *ret)
{
	struct userdb_entry entry = {
		.name = arena_copy(arena, name.text, name.length),
		.home = arena_copy(arena, home.text, home.length),
	};

	if (!entry.name || !entry.home)
		return -ENOMEM;
	*ret = entry;
	return 0;
}

static int find_line(const struct userdb *userdb, struct arena *arena, uid_t uid,
                     struct userdb_entry *ret)
{
	uint32_t offset = map_find(&userdb->lines, uid);
	struct field fields[FIELD_N_FIELDS];

	if (offset == NONE)
		return 0;
	const char *line = userdb->passwd.data + offset;

	if (!split_line(line, line_length(line, userdb->passwd.length - offset), fields))
		return 0;
	return copy_entry(arena, fields[FIELD_NAME], fields[FIELD_HOME], ret);
}

/* 0, -ERANGE when the room does not do, -ENOMEM. Other failures of the name service are those of
 * one user: none. */
static int ask_name_service(struct arena *arena, uid_t uid, size_t size, struct userdb_entry *ret)
{
	auto_free char *room = malloc(size);
	struct passwd entry, *found = NULL;

	if (!room)
		return -ENOMEM;
	int error = getpwuid_r(uid, &entry, room, size, &found);

	if (error == ERANGE || error == ENOMEM)
		return -error;
	if (error != 0 || !found)
		return 0;
	const char *home = entry.pw_dir ? entry.pw_dir : "";

	return copy_entry(arena, (struct field){ entry.pw_name, strlen(entry.pw_name) },
	                  (struct field){ home, strlen(home) }, ret);
}

int userdb_find(const struct userdb *userdb, struct arena *arena, uid_t uid,
                struct userdb_entry *ret)
{
	*ret = (struct userdb_entry){ 0 };
	if (!userdb->is_live)
		return find_line(userdb, arena, uid, ret);
	for (size_t size = FIRST_SIZE; size <= MAX_SIZE; size *= 2) {
		int r = ask_name_service(arena, uid, size, ret);
		if (r != -ERANGE)
			return r;
	}
	return 0;
}

void userdb_done(struct userdb *userdb)
{
	buffer_done(&userdb->passwd);
	map_done(&userdb->lines);
}
