/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users by number: from the name service of this host, or from etc/passwd below a sysroot. Inside
 * lib/scan only. */
#ifndef NSKIT_USERDB_H
#define NSKIT_USERDB_H

#include "base/arena.h"
#include "base/fd.h"
#include "base/map.h"

struct scan;

struct userdb {
	bool is_live;
	struct buffer passwd; /* of a sysroot: lines of passwd(5) */
	struct map lines;     /* uid -> offset of its first line */
};

struct userdb_entry {
	const char *name; /* NULL: there is no such user */
	const char *home;
};

/* Opens it; an etc/passwd that is missing or not readable knows nobody. 0 or -ENOMEM. */
int userdb_open(const struct scan *scan, struct userdb *ret) must_use;

/* Looks one user up; the texts are in `arena`. 0 or -ENOMEM. */
int userdb_find(const struct userdb *userdb, struct arena *arena, uid_t uid,
                struct userdb_entry *ret) must_use;

void userdb_done(struct userdb *userdb);
#define auto_userdb __attribute__((cleanup(userdb_done)))

#endif
