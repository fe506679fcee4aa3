/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's own list of namespaces (listns(2), Linux 6.19): those whose holder nobody can see,
 * as a descriptor that is on its way through a socket.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "base/vec.h"
#include "scan/capability.h"
#include "scan/source.h"

/* Ids, ascending. */
struct ids {
	uint64_t *items;
	size_t count, capacity;
};

static void ids_done(struct ids *ids)
{
	free(ids->items);
}
#define auto_ids __attribute__((cleanup(ids_done)))

/*
 * Whether all namespaces are listed: to root in the initial user and PID namespace. Others are
 * shown their own only, without a word.
 */
bool listns_sees_all(const struct scan *scan)
{
	static const enum ns_type types[] = { NS_USER, NS_PID };
	static const char *const paths[] = { "self/ns/user", "self/ns/pid" };
	struct stat status;
	uint64_t id;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (fstatat(scan->proc_fd, paths[i], &status, 0) < 0 ||
		    status.st_ino != ns_types[types[i]].initial_inode)
			return false;
	}
	return capability_is_effective(CAP_SYS_ADMIN) && kernel_listns(0, 0, 0, &id, 1) >= 0;
}

static uint32_t wanted_flags(const struct scan *scan)
{
	uint32_t flags = 0;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (scan->links & LINK_BIT(type))
			flags |= (uint32_t)ns_types[type].clone_flag;
	}
	return flags;
}

static int list(uint32_t flags, struct ids *ret)
{
	const size_t piece = 4096;

	for (;;) {
		uint64_t last = ret->count > 0 ? ret->items[ret->count - 1] : 0;
		int r = vec_reserve(&ret->items, &ret->capacity, ret->count + piece,
		                    sizeof(*ret->items));
		if (r < 0)
			return r;
		int n = kernel_listns(last, flags, 0, ret->items + ret->count, piece);
		if (n <= 0)
			return n;
		ret->count += (size_t)n;
	}
}

static int add_space(struct scan *scan, uint64_t id, int fd)
{
	enum ns_type type = ns_type_by_flag(kernel_ns_type(fd));
	struct stat status;
	uint32_t space;

	if (type == NS_N_TYPES || fstat(fd, &status) < 0)
		return 0;
	bool is_new = snapshot_find_space(scan->snapshot, type, status.st_ino) == NONE;
	int r = scan_add_space(scan, type, status.st_ino, &space);
	if (r == 0)
		r = snapshot_set_id(scan->snapshot, space, id);
	if (r < 0)
		return r;
	/* Until a holder turns up. */
	if (is_new)
		scan->snapshot->spaces[space].only_kernel_knows = true;
	return nsfs_read(scan, space, fd);
}

/* Adds those that are not known, in the order of their ids; `failed` gets what cannot be opened. */
static int add_unknown(struct scan *scan, const struct ids *ids, struct ids *failed)
{
	for (size_t i = 0; i < ids->count; i++) {
		const struct kernel_ns_handle handle = { .id = ids->items[i] };
		if (snapshot_find_id(scan->snapshot, handle.id) != NONE)
			continue;
		int fd = kernel_ns_open_handle(&handle);
		int r = fd < 0 ? VEC_GROW(&failed->items, &failed->capacity, failed->count)
		               : add_space(scan, handle.id, fd);
		if (fd >= 0)
			closing_add(&scan->closing, fd);
		else if (r == 0)
			failed->items[failed->count++] = handle.id;
		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether there is any that is not known. */
static bool has_unknown(const struct scan *scan, const struct ids *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		if (snapshot_find_id(scan->snapshot, ids->items[i]) == NONE)
			return true;
	}
	return false;
}

/* What could not be opened and is still listed is there, and closed to us; the rest has gone. */
static int note_failed(struct scan *scan, const struct ids *failed)
{
	auto_ids struct ids now = { 0 };
	size_t at = 0;
	uint64_t n_left = 0;

	if (failed->count == 0)
		return 0;
	int r = list(wanted_flags(scan), &now);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < failed->count; i++) {
		while (at < now.count && now.items[at] < failed->items[i])
			at++;
		n_left += at < now.count && now.items[at] == failed->items[i];
	}
	if (n_left > 0)
		snapshot_add_gap(scan->snapshot, GAP_LISTNS, n_left, now.count);
	return 0;
}

/* A list of the namespaces that others keep alive, not we ourselves. */
static int list_others(struct scan *scan, struct ids *ret)
{
	closing_flush(&scan->closing);
	ret->count = 0;
	int r = list(wanted_flags(scan), ret);
	return r == -ENOMEM ? r : 0;
}

int listns_scan(struct scan *scan)
{
	auto_ids struct ids ids = { 0 };
	auto_ids struct ids failed = { 0 };

	if (!scan->lists_all)
		return 0;
	int r = list_others(scan, &ids);
	if (r < 0 || !has_unknown(scan, &ids))
		return r;
	/* Some may be of processes that were born since: those are their holders. */
	r = walk_scan_born(scan);
	if (r == 0)
		r = list_others(scan, &ids);
	if (r == 0)
		r = add_unknown(scan, &ids, &failed);
	return r < 0 ? r : note_failed(scan, &failed);
}
