/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount tables: namespaces that are kept by a bind mount, and the file system behind each root. */
#include <fcntl.h>
#include <libmount.h>
#include <stdio.h>

#include "scan/mounttable.h"
#include "scan/ownroot.h"
#include "scan/source.h"

static void free_table_at_end(struct libmnt_table **table)
{
	mnt_unref_table(*table);
}
#define auto_table __attribute__((cleanup(free_table_at_end)))

static void free_iter_at_end(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);
}
#define auto_iter __attribute__((cleanup(free_iter_at_end)))

static void close_stream_at_end(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}
#define auto_stream __attribute__((cleanup(close_stream_at_end)))

static bool wants_binds(const struct scan *scan)
{
	return scan->needs->sources & SOURCE_MOUNT;
}

/* Our own table is one, that of every mount namespace is many. */
static bool wants_own_binds(const struct scan *scan)
{
	return wants_binds(scan) || scan->needs->empties;
}

static bool wants_roots(const struct scan *scan)
{
	return scan->needs->space & SPACE_ROOT;
}

/* The path in our own mount namespace if there is one: its table is read first. */
static int note_path(struct scan *scan, uint32_t space, const struct bind_mount *bind,
                     const char **ret)
{
	const char *path = snapshot_intern(scan->snapshot, bind->path, strlen(bind->path));
	struct note *note = &scan->notes[space];

	if (!path)
		return -ENOMEM;
	if (!scan->snapshot->spaces[space].mount_path)
		scan->snapshot->spaces[space].mount_path = path;
	if (note->way == WAY_NONE && bind->pid != 0 && !bind->covered) {
		note->way = WAY_MOUNT;
		note->pid = bind->pid;
		note->path = path;
	}
	*ret = path;
	return 0;
}

int mounts_add_bind(struct scan *scan, const struct bind_mount *bind)
{
	enum ns_type type;
	uint64_t inode;
	uint32_t space;
	const char *path = NULL;

	/* Before Linux 3.19 the file system is proc, not nsfs: the root tells it on any kernel. */
	if (ns_parse_name(bind->root, &type, &inode) < 0 || !(scan->links & LINK_BIT(type)))
		return 0;
	int r = scan_add_space(scan, type, inode, &space);
	if (r == 0)
		r = note_path(scan, space, bind, &path);
	if (r < 0)
		return r;
	const struct reference reference = {
		.kind = HELD_MOUNT,
		.space = space,
		.process = NONE,
		.mount_space = bind->mount_space,
		.fd = -1,
		.path = path,
		.covered = bind->covered,
	};
	return snapshot_add_reference(scan->snapshot, &reference);
}

static int parse_lines(char *text, size_t length, struct libmnt_table **ret)
{
	auto_stream FILE *stream = fmemopen(text, length, "r");
	auto_table struct libmnt_table *table = mnt_new_table();

	if (!stream || !table)
		return -ENOMEM;
	int r = mnt_table_parse_stream(table, stream, "mountinfo");
	if (r < 0)
		return r;
	*ret = take_pointer(&table);
	return 0;
}

static int add_binds(struct scan *scan, struct libmnt_table *lines, const struct map *parents,
                     uint32_t mount_space, pid_t pid)
{
	auto_iter struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int r = iter ? 0 : -ENOMEM;

	while (r == 0 && mnt_table_next_fs(lines, iter, &fs) == 0) {
		const struct bind_mount bind = {
			.root = mnt_fs_get_root(fs),
			.path = mnt_fs_get_target(fs),
			.mount_space = mount_space,
			.pid = pid,
			/* The mounts that are parents lie below others: of a file, those hide it. */
			.covered = map_find(parents, (uint64_t)mnt_fs_get_id(fs)) != NONE,
		};
		if (bind.root && bind.path)
			r = mounts_add_bind(scan, &bind);
	}
	return r;
}

/* The length of the whole lines in about so many bytes. */
static size_t length_of_lines(const char *text, size_t length, size_t wanted)
{
	const char *newline = length > wanted ? memrchr(text, '\n', wanted) : NULL;

	if (!newline && length > wanted)
		newline = memchr(text + wanted, '\n', length - wanted);
	return newline ? (size_t)(newline - text) + 1 : length;
}

/* Parsed, a line takes many times its length: so many bytes at a time. */
static int scan_binds(struct scan *scan, const struct mount_table *table, uint32_t mount_space,
                      pid_t pid)
{
	const size_t piece = (size_t)1 << 16;
	size_t at = 0;
	int r = 0;

	while (r == 0 && at < table->binds.length) {
		auto_table struct libmnt_table *lines = NULL;
		char *text = table->binds.data + at;
		size_t length = length_of_lines(text, table->binds.length - at, piece);
		at += length;
		r = parse_lines(text, length, &lines);
		if (r == 0)
			r = add_binds(scan, lines, &table->parents, mount_space, pid);
	}
	return r;
}

static int intern(struct scan *scan, const char *text, const char **ret)
{
	if (!text)
		return 0;
	*ret = snapshot_intern(scan->snapshot, text, strlen(text));
	return *ret ? 0 : -ENOMEM;
}

static int note_root(struct scan *scan, const struct mount_table *table, uint32_t mount_space)
{
	auto_table struct libmnt_table *line = NULL;
	struct space *space = &scan->snapshot->spaces[mount_space];

	if (table->root.length == 0)
		return 0;
	int r = parse_lines(table->root.data, table->root.length, &line);
	struct libmnt_fs *fs = r < 0 ? NULL : mnt_table_find_target(line, "/", MNT_ITER_BACKWARD);
	if (!fs)
		return r;
	r = intern(scan, mnt_fs_get_source(fs), &space->root_source);
	return r < 0 ? r : intern(scan, mnt_fs_get_fstype(fs), &space->root_type);
}

/* What of the table is not understood, or more than can be kept, is a gap; another process in there
 * would show the same. */
static int scan_table(struct scan *scan, const struct mount_table *table, uint32_t mount_space,
                      pid_t pid)
{
	bool is_own = mount_space == scan->snapshot->self_at[NS_MNT];
	bool wants = is_own ? wants_own_binds(scan) : wants_binds(scan);
	int r = wants ? scan_binds(scan, table, mount_space, pid) : 0;

	if (r == 0 && wants_roots(scan))
		r = note_root(scan, table, mount_space);
	if (r < 0 || table->is_cut)
		scan->denied_tables++;
	scan->notes[mount_space].has_table = true;
	return r == -ENOMEM ? r : 0;
}

/* As far as our own root is not in a chroot itself: see ownroot.c. */
static bool is_chrooted(const struct task *task, const char *path)
{
	char root[2];
	ssize_t length = readlinkat(task->fd, task_path(task, path), root, sizeof(root));

	return length > 0 && (length != 1 || root[0] != '/');
}

/* No mounts: the process is gone, or a zombie (EINVAL). Another one may be in there. 0 or -ENOMEM. */
static int read_table(const struct scan *scan, const struct task *task, const char *path,
                      struct mount_table *ret)
{
	auto_close int fd =
		scan_open(scan, task->fd, task_path(task, path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 ? fd : mount_table_read(fd, ret);

	return r == -ENOMEM ? r : 0;
}

/* A part of the table was looked at: what it held is in the whole one too, on longer paths. */
static void forget_binds(struct snapshot *snapshot, uint32_t mount_space)
{
	size_t n_left = 0;

	for (size_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		if (reference->kind != HELD_MOUNT || reference->mount_space != mount_space)
			snapshot->references[n_left++] = *reference;
	}
	snapshot->n_references = n_left;
}

/* The table of a member of our own mount namespace that may be outside of the chroot that we are in.
 */
static int scan_more(struct scan *scan, const struct task *task, const char *path, uint32_t space)
{
	auto_mount_table struct mount_table table = { 0 };
	int r = read_table(scan, task, path, &table);

	if (r < 0 || !table.has_root || table.n_mounts <= scan->own_n_mounts)
		return r;
	scan->own_n_mounts = table.n_mounts;
	scan->is_jail = false;
	forget_binds(scan->snapshot, space);
	return scan_table(scan, &table, space, task->pid);
}

static int scan_whole(struct scan *scan, const struct task *task, const char *path, uint32_t space)
{
	auto_mount_table struct mount_table table = { 0 };
	int r = read_table(scan, task, path, &table);

	if (r < 0 || table.n_mounts == 0)
		return r;
	return scan_table(scan, &table, space, task->pid);
}

int mounts_scan_task(struct scan *scan, const struct task *task, pid_t tid, uint32_t space)
{
	bool is_own = space == scan->snapshot->self_at[NS_MNT];
	char table[48] = "../mountinfo", root[48] = "../root";

	if ((scan->notes[space].has_table && !is_own) || !(wants_binds(scan) || wants_roots(scan)))
		return 0;
	if (tid != 0) {
		snprintf(table, sizeof(table), "../task/%d/mountinfo", tid);
		snprintf(root, sizeof(root), "../task/%d/root", tid);
	}
	bool may_see_more = is_own && ownroot_may_see_more(scan, task, root);
	if (!may_see_more && (scan->notes[space].has_table || scan->is_jail))
		return 0;
	if (is_chrooted(task, root)) {
		if (scan->notes[space].chrooted == 0)
			scan->notes[space].chrooted = task->pid;
		return 0;
	}
	return may_see_more ? scan_more(scan, task, table, space)
	                    : scan_whole(scan, task, table, space);
}

/* The own table, whatever of it is shown to us. */
static int scan_own(struct scan *scan, const struct task *task, uint32_t own)
{
	auto_mount_table struct mount_table table = { 0 };
	int r = read_table(scan, task, "../mountinfo", &table);

	if (r < 0 || table.n_mounts == 0)
		return r;
	ownroot_learn(scan, &table);
	r = scan_table(scan, &table, own, task->pid);
	if (!scan->is_jail)
		return r;
	scan->notes[own].has_table = false;
	scan->notes[own].chrooted = task->pid;
	return r;
}

int mounts_scan_own(struct scan *scan)
{
	struct task task = { .pid = scan->snapshot->self, .fd = -1, .process = NONE };
	uint32_t own = scan->snapshot->self_at[NS_MNT];

	if (own == NONE || !(wants_own_binds(scan) || wants_roots(scan)) ||
	    task_open(scan, &task) < 0)
		return 0;
	int r = scan_own(scan, &task, own);
	closing_add(&scan->closing, task.fd);
	return r;
}

/* What a process in a chroot shows is better than nothing; what it hides is a gap. */
static int scan_chrooted(struct scan *scan, uint32_t space)
{
	struct task task = { .pid = scan->notes[space].chrooted, .fd = -1, .process = NONE };

	scan->denied_tables++;
	/* Ours was looked at. */
	if (task.pid == 0 || task.pid == scan->snapshot->self || task_open(scan, &task) < 0)
		return 0;
	int r = scan_whole(scan, &task, "../mountinfo", space);
	closing_add(&scan->closing, task.fd);
	return r;
}

/* listmount(2) too keeps to our own root, in our own mount namespace. */
static int scan_left(struct scan *scan, uint32_t space)
{
	bool is_hidden = scan->is_jail && space == scan->snapshot->self_at[NS_MNT];
	int r = is_hidden ? -EPERM : mountns_scan(scan, space);

	return r < 0 && r != -ENOMEM ? scan_chrooted(scan, space) : r;
}

int mounts_scan_rest(struct scan *scan)
{
	if (!wants_binds(scan))
		return 0;
	/* A table may hold further mount namespaces. */
	for (uint32_t i = 0; i < scan->snapshot->n_spaces; i++) {
		struct note *note = &scan->notes[i];
		if (scan->snapshot->spaces[i].type != NS_MNT || note->has_table || note->is_left)
			continue;
		note->is_left = true;
		int r = scan_left(scan, i);
		if (r < 0)
			return r;
	}
	return 0;
}

const char *scan_mount_library_version(void)
{
	const char *version = "";

	mnt_get_library_version(&version);
	return version;
}
