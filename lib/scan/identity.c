/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose /proc it is that is read, who we are in it, what it hides from us, and what this kernel
 * has. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/kernel.h"
#include "base/parse.h"
#include "model/proctext.h"
#include "scan/source.h"

/* The own number, as that /proc knows it: getpid(2) would be that of our own PID namespace. */
static int read_self(struct scan *scan)
{
	char text[16];
	pid_t pid;
	int r = fd_readlink_at(scan->proc_fd, "self", text, sizeof(text));

	if (r == 0)
		r = parse_pid(text, &pid);
	if (r < 0)
		return r;
	scan->snapshot->self = pid;
	return 0;
}

/*
 * The numbers are those of our own PID namespace where NSpid has but one; in the /proc of an outer
 * one it has one for each level in between. Before Linux 4.1 it does not exist.
 */
static int read_numbers(struct scan *scan)
{
	struct status_text text;
	int r = fd_read_once_at(scan->proc_fd, "self/status", &scan->buffer);

	if (r == 0)
		r = proctext_status(scan->buffer.data, scan->buffer.length, &text);
	if (r < 0)
		return r;
	scan->is_own_numbers =
		text.n_numbers == 1 || (text.n_numbers == 0 && scan->snapshot->self == getpid());
	return 0;
}

/* A kernel may lack a type: then no process has that link. */
static void drop_missing_links(struct scan *scan, const char *process)
{
	char path[LINKS_PATH_SIZE];
	struct stat status;

	strcpy(stpcpy(path, process), "/ns");
	/* What is hidden or has gone tells nothing. */
	if (fstatat(scan->proc_fd, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	for (unsigned link = 0; link < LINK_N_LINKS; link++) {
		strcpy(stpcpy(stpcpy(path, process), "/ns/"), links_name(link));
		if (fstatat(scan->proc_fd, path, &status, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno == ENOENT)
			scan->links &= ~LINK_BIT(link);
	}
}

static int find_own_spaces(struct scan *scan)
{
	struct task task = { .pid = scan->snapshot->self, .fd = -1 };
	unsigned types = scan->links & NS_ALL_BITS;
	struct links links;

	/* Which groups are orphaned depends on whether that /proc is of the initial one. */
	if (scan->needs->process & PROCESS_STAT)
		types |= NS_BIT(NS_PID);
	/* Its bind mounts are. */
	if (scan->needs->empties)
		types |= NS_BIT(NS_MNT);
	int r = links_read(scan, &task, 0, types, &links);

	if (r < 0)
		return r;
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t *space = &scan->snapshot->self_at[type];
		if (links.inode[type] == 0)
			continue;
		r = links_find(scan, type, links.inode[type], space);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What tells a file of nsfs from others, and whether /proc counts descriptors: by any process that
 * we may look into. */
static void read_features(struct scan *scan, const char *process)
{
	struct statx status;
	struct stat space;
	uint64_t id;
	auto_close int process_fd =
		openat(scan->proc_fd, process, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (process_fd < 0)
		return;
	if (fstatat(process_fd, "ns/user", &space, 0) == 0 ||
	    fstatat(process_fd, "ns/uts", &space, 0) == 0)
		scan->nsfs_device = space.st_dev;
	/* There is one descriptor at least: of ourselves, that of /proc. */
	if (statx(process_fd, "fd", AT_STATX_DONT_SYNC, STATX_SIZE, &status) == 0)
		scan->counts_fds = status.stx_size > 0;
	auto_close int fd = openat(process_fd, "ns/uts", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		scan->snapshot->has_ids = kernel_ns_id(fd, &id) == 0;
}

int identity_read(struct scan *scan)
{
	if (!scan->is_live)
		return 0;
	int r = read_self(scan);
	if (r == 0)
		r = read_numbers(scan);
	if (r < 0 && !is_gone(r))
		return r;
	if (r < 0) {
		/* The link dangles: none of our own processes is here, but an init may be. Who
		 * asked for another tree does not expect his own. */
		if (scan->is_this_host)
			snapshot_add_gap(scan->snapshot, GAP_FOREIGN_PROC, 1, 0);
		read_features(scan, "1");
		drop_missing_links(scan, "1");
		return 0;
	}
	read_features(scan, "self");
	drop_missing_links(scan, "self");
	r = find_own_spaces(scan);
	return r < 0 || !scan->is_this_host ? r : hidepid_check(scan);
}
