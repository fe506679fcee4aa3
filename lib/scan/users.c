/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the users in sight: of processes, and the creators of namespaces. */
#include "scan/source.h"
#include "scan/userdb.h"

/* The users that were looked up already. */
struct lookup {
	struct snapshot *snapshot;
	struct userdb userdb;
	struct arena texts;
	struct map seen;
};

static void lookup_done(struct lookup *lookup)
{
	userdb_done(&lookup->userdb);
	arena_done(&lookup->texts);
	map_done(&lookup->seen);
}

static int look_up(struct lookup *lookup, uid_t uid)
{
	struct userdb_entry entry;

	if (map_find(&lookup->seen, uid) != NONE)
		return 0;
	int r = map_put(&lookup->seen, uid, 0);

	if (r == 0)
		r = userdb_find(&lookup->userdb, &lookup->texts, uid, &entry);
	if (r == 0)
		r = snapshot_add_user(lookup->snapshot, uid, entry.name);
	arena_reset(&lookup->texts);
	return r;
}

static int look_up_all(struct lookup *lookup)
{
	const struct snapshot *snapshot = lookup->snapshot;

	for (size_t i = 0; i < snapshot->n_processes; i++) {
		if (!(snapshot->processes[i].known & PROCESS_UID))
			continue;
		int r = look_up(lookup, snapshot->processes[i].uid);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		if (!snapshot->spaces[i].has_owner_uid)
			continue;
		int r = look_up(lookup, snapshot->spaces[i].owner_uid);
		if (r < 0)
			return r;
	}
	return 0;
}

int users_scan(struct scan *scan)
{
	if (!scan->needs->users)
		return 0;
	__attribute__((cleanup(lookup_done))) struct lookup lookup = { .snapshot = scan->snapshot };
	int r = userdb_open(scan, &lookup.userdb);

	return r < 0 ? r : look_up_all(&lookup);
}
