/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes are frozen by their control groups: by cgroup.freeze of version 2, or by the
 * freezer of version 1. */
#include <fcntl.h>

#include "base/vec.h"
#include "model/cgrouptext.h"
#include "scan/cgroupfs.h"

/* Where groups can be looked at. */
struct place {
	int fd;
	const char *path; /* the group that is mounted there; "" for "/" */
	bool is_v2;
};

struct freezer {
	struct scan *scan;
	struct place *places;
	size_t n_places, places_capacity;
	struct arena texts;
	struct map known; /* a text of /proc/PID/cgroup, which are interned -> FROZEN_* */
};

static void freezer_done(struct freezer *freezer)
{
	for (size_t i = 0; i < freezer->n_places; i++)
		close(freezer->places[i].fd);
	free(freezer->places);
	arena_done(&freezer->texts);
	map_done(&freezer->known);
}
#define auto_freezer __attribute__((cleanup(freezer_done)))

static int note_place(struct scan *scan, const struct cgroup_top *top, void *data)
{
	struct freezer *freezer = data;
	const bool is_v2 = is_equal(top->hierarchy, "");
	struct place place = { .is_v2 = is_v2 };

	(void)scan;
	if (!is_v2 && !cgrouptext_is_hierarchy(top->hierarchy, "freezer"))
		return 0;
	place.path = arena_text(&freezer->texts, is_equal(top->path, "/") ? "" : top->path);
	if (!place.path ||
	    VEC_GROW(&freezer->places, &freezer->places_capacity, freezer->n_places) < 0)
		return -ENOMEM;
	place.fd = fcntl(top->fd, F_DUPFD_CLOEXEC, 0);
	if (place.fd >= 0)
		freezer->places[freezer->n_places++] = place;
	return 0;
}

/* What the path has behind the place, "" or "/a/b"; NULL where it is not below it. */
static const char *path_below(const struct place *place, const char *path)
{
	const size_t length = strlen(place->path);

	if (!has_prefix(path, place->path) || (path[length] && path[length] != '/'))
		return NULL;
	return is_equal(path + length, "/") ? "" : path + length;
}

/* A group outside of our cgroup namespace begins so; in a recorded tree that may be anywhere. */
static bool leads_up(const char *path)
{
	for (const char *part = path; (part = strstr(part, "/..")); part++) {
		if (part[3] == '/' || part[3] == '\0')
			return true;
	}
	return false;
}

/* Reads a file of the group into scan->buffer. 0 or -errno. */
static int read_file(struct freezer *freezer, const struct place *place, const char *below,
                     const char *file)
{
	struct scan *scan = freezer->scan;
	const char *path = arena_printf(&scan->scratch, "%s/%s", below, file);

	if (!path)
		return -ENOMEM;
	path += strspn(path, "/");
	return scan->is_live ? fd_read_at(place->fd, path, &scan->buffer)
	                     : scan_read_recorded(scan, place->fd, path);
}

/* Where the file is not there: a root group has none and is never frozen, of others it is not
 * known. */
static enum frozen without_file(const char *below)
{
	return *below ? FROZEN_UNKNOWN : FROZEN_NO;
}

/* "FROZEN" or "FREEZING", also where that is because of a group above it; else "THAWED". */
static int look_at_v1(struct freezer *freezer, const struct place *place, const char *below,
                      enum frozen *ret)
{
	int r = read_file(freezer, place, below, "freezer.state");

	if (r == 0)
		*ret = has_prefix(freezer->scan->buffer.data, "FR") ? FROZEN_V1 : FROZEN_NO;
	else
		*ret = without_file(below);
	return r == -ENOMEM ? r : 0;
}

/*
 * Some group from this one up to the place is told to freeze. As long as one task in there is in an
 * uninterruptible sleep, "frozen" stays 0, but all others are held all the same.
 */
static int look_above(struct freezer *freezer, const struct place *place, const char *below,
                      enum frozen *ret)
{
	char *group = arena_text(&freezer->scan->scratch, below);

	if (!group)
		return -ENOMEM;
	for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
		*end = '\0';
		int r = read_file(freezer, place, group, "cgroup.freeze");
		if (r == -ENOMEM)
			return r;
		if (r == 0 && has_prefix(freezer->scan->buffer.data, "1")) {
			*ret = FROZEN_V2;
			return 0;
		}
	}
	return 0;
}

static int look_at_v2(struct freezer *freezer, const struct place *place, const char *below,
                      enum frozen *ret)
{
	int r = read_file(freezer, place, below, "cgroup.events");

	if (r == -ENOMEM)
		return r;
	*ret = r == 0 ? FROZEN_NO : without_file(below);
	if (r == 0 && strstr(freezer->scan->buffer.data, "frozen 1")) {
		*ret = FROZEN_V2;
		return 0;
	}
	return look_above(freezer, place, below, ret);
}

/* By the hierarchy of that version. Who is in none is not frozen by it. */
static int look_in_version(struct freezer *freezer, const char *cgroup, bool is_v2,
                           enum frozen *ret)
{
	const char *path;
	int r = cgrouptext_path(&freezer->scan->scratch, cgroup, is_v2 ? "" : "freezer", &path);

	*ret = path ? FROZEN_UNKNOWN : FROZEN_NO;
	if (r < 0 || !path || *path != '/' || leads_up(path))
		return r;
	for (size_t i = 0; i < freezer->n_places; i++) {
		const struct place *place = &freezer->places[i];
		const char *below = place->is_v2 == is_v2 ? path_below(place, path) : NULL;
		if (below)
			return is_v2 ? look_at_v2(freezer, place, below, ret)
			             : look_at_v1(freezer, place, below, ret);
	}
	return 0;
}

static int look_at(struct freezer *freezer, const char *cgroup, enum frozen *ret)
{
	enum frozen v1, v2 = FROZEN_UNKNOWN;
	int r = look_in_version(freezer, cgroup, false, &v1);

	if (r == 0 && v1 != FROZEN_V1)
		r = look_in_version(freezer, cgroup, true, &v2);
	arena_reset(&freezer->scan->scratch);
	if (v1 == FROZEN_V1 || v2 == FROZEN_V2)
		*ret = v1 == FROZEN_V1 ? v1 : v2;
	else
		*ret = v1 == FROZEN_NO ? v2 : v1;
	return r;
}

/* As look_at, of each text once. */
static int find(struct freezer *freezer, const char *cgroup, enum frozen *ret)
{
	const uint64_t key = (uint64_t)(uintptr_t)cgroup;
	const uint32_t known = map_find(&freezer->known, key);

	if (known != NONE) {
		*ret = (enum frozen)known;
		return 0;
	}
	int r = look_at(freezer, cgroup, ret);
	return r < 0 ? r : map_put(&freezer->known, key, *ret);
}

int freezer_scan(struct scan *scan)
{
	struct snapshot *snapshot = scan->snapshot;
	auto_freezer struct freezer freezer = { .scan = scan };
	int r = snapshot->n_signals > 0 ? cgroupfs_visit(scan, note_place, &freezer) : 0;

	for (size_t i = 0; r == 0 && i < snapshot->n_signals; i++) {
		struct signals *signals = &snapshot->signals[i];
		const uint32_t process = snapshot_find_pid(snapshot, signals->pid);
		enum frozen frozen = FROZEN_UNKNOWN;
		if (process == NONE || !snapshot->processes[process].cgroup)
			continue;
		r = find(&freezer, snapshot->processes[process].cgroup, &frozen);
		signals->frozen = (uint8_t)frozen;
	}
	return r;
}
