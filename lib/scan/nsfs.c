/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What namespaces tell through a descriptor (ioctl_ns(2)): parent, owner, creator, id; and those
 * that exist only as parent or owner of another. */
#include <sys/stat.h>

#include "base/kernel.h"
#include "base/vec.h"
#include "scan/source.h"

/*
 * Those that turn up as parent or owner are read in turn, without recursion. Takes over the
 * descriptor. 0 or -ENOMEM.
 */
static int put_off(struct scan *scan, uint32_t space, int fd, size_t *n_pending)
{
	if (scan->notes[space].has_facts || !scan->facts[scan->snapshot->spaces[space].type]) {
		closing_add(&scan->closing, fd);
		return 0;
	}
	int r = VEC_GROW(&scan->pending, &scan->pending_capacity, *n_pending);
	if (r < 0) {
		closing_add(&scan->closing, fd);
		return r;
	}
	scan->notes[space].has_facts = true;
	scan->pending[(*n_pending)++] = (struct pending){ .space = space, .fd = fd };
	return 0;
}

/*
 * What an ioctl gave for the owner or parent: takes over the descriptor. EPERM is said of what lies
 * beyond the caller's own namespace, and of the initial one, which has none.
 */
static int find_related(struct scan *scan, int fd, enum ns_type type, bool is_root, uint32_t *ret,
                        enum relation_state *ret_state, size_t *n_pending)
{
	struct stat status;

	*ret = NONE;
	*ret_state = RELATION_UNREAD;
	if (fd == -EPERM)
		*ret_state = is_root ? RELATION_ROOT : RELATION_HIDDEN;
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	int r = fstat(fd, &status) < 0 ? -errno : 0;
	if (r == 0)
		r = links_find(scan, type, status.st_ino, ret);
	if (r < 0) {
		closing_add(&scan->closing, fd);
		return r == -ENOMEM ? r : 0;
	}
	*ret_state = RELATION_KNOWN;
	return put_off(scan, *ret, fd, n_pending);
}

static int read_owner(struct scan *scan, uint32_t space, int fd, size_t *n_pending)
{
	const struct space *before = &scan->snapshot->spaces[space];
	bool is_root = before->is_initial && before->type == NS_USER;
	enum relation_state state;
	uint32_t owner;
	int r = find_related(scan, kernel_ns_owner(fd), NS_USER, is_root, &owner, &state,
	                     n_pending);

	if (r < 0)
		return r;
	struct space *after = &scan->snapshot->spaces[space];
	after->owner = owner;
	after->owner_state = state;
	if (after->type == NS_USER) {
		after->parent = owner;
		after->parent_state = state;
	}
	return 0;
}

static int read_parent(struct scan *scan, uint32_t space, int fd, size_t *n_pending)
{
	const struct space *before = &scan->snapshot->spaces[space];
	enum relation_state state;
	uint32_t parent;
	int r = find_related(scan, kernel_ns_parent(fd), before->type, before->is_initial, &parent,
	                     &state, n_pending);

	if (r < 0)
		return r;
	struct space *after = &scan->snapshot->spaces[space];
	after->parent = parent;
	after->parent_state = state;
	return 0;
}

static int read_relations(struct scan *scan, uint32_t space, int fd, size_t *n_pending)
{
	int r = read_owner(scan, space, fd, n_pending);

	if (r == 0 && scan->snapshot->spaces[space].type == NS_PID)
		r = read_parent(scan, space, fd, n_pending);
	return r;
}

/* The creator of the namespace's user namespace, without taking note of that. */
static void read_owner_uid(struct scan *scan, uint32_t space, int fd)
{
	struct space *found = &scan->snapshot->spaces[space];

	if (found->type == NS_USER) {
		found->has_owner_uid = kernel_ns_owner_uid(fd, &found->owner_uid) == 0;
		return;
	}
	/* Otherwise it is copied from the owner in the end. */
	if (scan->facts[found->type] & SPACE_RELATIONS)
		return;
	auto_close int owner = kernel_ns_owner(fd);
	if (owner >= 0)
		found->has_owner_uid = kernel_ns_owner_uid(owner, &found->owner_uid) == 0;
}

static int read_id(struct scan *scan, uint32_t space, int fd)
{
	uint64_t id;

	if (scan->snapshot->spaces[space].id != 0 || kernel_ns_id(fd, &id) < 0)
		return 0;
	return snapshot_set_id(scan->snapshot, space, id);
}

static int read_netnsid(struct scan *scan, uint32_t space, int fd)
{
	struct space *found = &scan->snapshot->spaces[space];
	int r = netlink_nsid(scan, fd, &found->netnsid);

	if (r == -ENOMEM)
		return r;
	found->netnsid_known = r == 0;
	if (r < 0)
		scan->denied_netnsids++;
	return 0;
}

static int read_one(struct scan *scan, uint32_t space, int fd, size_t *n_pending)
{
	unsigned facts = scan->facts[scan->snapshot->spaces[space].type];
	int r = 0;

	if (facts & SPACE_RELATIONS)
		r = read_relations(scan, space, fd, n_pending);
	if (facts & SPACE_OWNER_UID)
		read_owner_uid(scan, space, fd);
	if (r == 0 && facts & SPACE_ID)
		r = read_id(scan, space, fd);
	if (r == 0 && facts & SPACE_NETNSID)
		r = read_netnsid(scan, space, fd);
	return r;
}

int nsfs_read(struct scan *scan, uint32_t space, int fd)
{
	size_t n_pending = 0;

	if (scan->notes[space].has_facts)
		return 0;
	scan->notes[space].has_facts = true;
	int r = read_one(scan, space, fd, &n_pending);
	while (n_pending > 0) {
		struct pending next = scan->pending[--n_pending];
		if (r == 0)
			r = read_one(scan, next.space, next.fd, &n_pending);
		closing_add(&scan->closing, next.fd);
	}
	return r;
}

int nsfs_read_link(struct scan *scan, const struct task *task, pid_t tid, unsigned link,
                   uint64_t inode)
{
	char buffer[LINKS_PATH_SIZE];
	uint32_t space = snapshot_find_space(scan->snapshot, links_type(link), inode);
	struct note *note = &scan->notes[space];

	if (note->way == WAY_NONE) {
		note->way = WAY_LINK;
		note->pid = task->pid;
		note->tid = tid;
		note->number = (int32_t)link;
	}
	if (note->has_facts || !scan->facts[links_type(link)] || task->is_bare)
		return 0;
	int fd = nsfs_open_at(task->fd, links_path(tid, link, buffer), inode);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	int r = nsfs_read(scan, space, fd);
	closing_add(&scan->closing, fd);
	return r;
}

/* The creator of what a namespace belongs to is that of its owner. */
static void copy_owner_uids(struct scan *scan)
{
	if (!(scan->needs->space & SPACE_OWNER_UID))
		return;
	for (size_t i = 0; i < scan->snapshot->n_spaces; i++) {
		struct space *space = &scan->snapshot->spaces[i];
		if (space->type == NS_USER || space->owner_state != RELATION_KNOWN)
			continue;
		const struct space *owner = &scan->snapshot->spaces[space->owner];
		space->has_owner_uid = owner->has_owner_uid;
		space->owner_uid = owner->owner_uid;
	}
}

/* Another namespace in sight may be found through it. */
static int read_rest(struct scan *scan, uint32_t space)
{
	int fd = nsfs_open(scan, space);

	if (fd < 0) {
		scan->notes[space].has_facts = true;
		/* EAGAIN: by a path that we would have to wait for. */
		if (is_denied(fd) || fd == -EAGAIN)
			scan->denied_facts++;
		return fd == -ENOMEM ? fd : 0;
	}
	int r = nsfs_read(scan, space, fd);
	closing_add(&scan->closing, fd);
	return r;
}

int nsfs_scan(struct scan *scan)
{
	for (uint32_t i = 0; i < scan->snapshot->n_spaces; i++) {
		if (scan->notes[i].has_facts || !scan->facts[scan->snapshot->spaces[i].type])
			continue;
		int r = read_rest(scan, i);
		if (r < 0)
			return r;
	}
	copy_owner_uids(scan);
	return 0;
}
