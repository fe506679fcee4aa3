/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The walk through /proc. It must not lose a namespace although processes come and go meanwhile: of
 * a family in which each forks and exits, one is there at any time, but perhaps never where the
 * walk is.
 */
#include <fcntl.h>

#include "base/vec.h"
#include "scan/source.h"

/* How often the end of the list is asked for processes that were born since it was read. */
#define MAX_LOOKS 64

/* How often all is listed again, for numbers that have wrapped around. */
#define MAX_WALKS 8

struct walk {
	struct numbers pids;
	size_t n_known; /* processes that an earlier walk left, in order */
	pid_t last;     /* the highest number so far: they come ascending */
	int fd;
};

static bool is_known(const struct scan *scan, const struct walk *walk, pid_t pid)
{
	const struct process *processes = scan->snapshot->processes;
	size_t low = 0, high = walk->n_known;

	if (pid <= walk->last)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (processes[middle].pid == pid)
			return true;
		if (processes[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int scan_listed(struct scan *scan, struct walk *walk)
{
	for (size_t i = 0; i < walk->pids.count; i++) {
		pid_t pid = walk->pids.items[i];
		/* "0" in a recorded tree is no process. */
		if (is_known(scan, walk, pid))
			continue;
		int r = procfs_scan_number(scan, pid);
		if (r < 0)
			return r;
		walk->last = pid;
	}
	return 0;
}

/* From where the directory is read to its end: what is listed is read at once, piece by piece. */
static int scan_to_end(struct scan *scan, struct walk *walk)
{
	for (;;) {
		int r = numbers_next(walk->fd, &walk->pids);
		if (r <= 0)
			return r;
		r = scan_listed(scan, walk);
		if (r < 0)
			return r;
	}
}

/*
 * Once the list has come to its end, procfs does not go on to what was born since
 * (proc_pid_readdir). As long as some of what was listed has gone by the time it is looked at, their
 * children may be behind the end: the list is read again from the last place that is known.
 */
static int walk_once(struct scan *scan, struct walk *walk)
{
	uint64_t n_exited;
	unsigned n_looks = 0;

	walk->last = 0;
	walk->n_known = scan->snapshot->n_processes;
	if (lseek(walk->fd, 0, SEEK_SET) < 0)
		return -errno;
	do {
		n_exited = scan->n_exited;
		int r = scan_to_end(scan, walk);
		if (r < 0)
			return r;
		if (lseek(walk->fd, walk->pids.resume, SEEK_SET) < 0)
			return -errno;
	} while (!scan->is_quick && scan->n_exited != n_exited && ++n_looks < MAX_LOOKS);
	return 0;
}

static int walk_live(struct scan *scan, struct walk *walk)
{
	for (unsigned i = 0; i < MAX_WALKS; i++) {
		uint64_t n_exited = scan->n_exited;
		int r = walk_once(scan, walk);
		if (r == 0)
			r = snapshot_sort_processes(scan->snapshot);
		if (r < 0)
			return r;
		if (scan->is_quick || scan->n_exited == n_exited)
			break;
	}
	return 0;
}

/* A recorded tree does not change, but lists its directories in any order. */
static int walk_recorded(struct scan *scan, struct walk *walk)
{
	int r = numbers_all(walk->fd, false, &walk->pids);

	if (r < 0)
		return r;
	numbers_sort(&walk->pids);
	return scan_listed(scan, walk);
}

/* Those that were asked for, whether they are listed or not. */
static int walk_chosen(struct scan *scan)
{
	for (size_t i = 0; i < scan->n_pids; i++) {
		int r = procfs_scan_number(scan, scan->pids[i]);
		if (r < 0)
			return r;
	}
	return snapshot_sort_processes(scan->snapshot);
}

static int start(struct scan *scan, int (*walk_through)(struct scan *scan, struct walk *walk))
{
	struct walk walk = {
		.fd = openat(scan->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};

	if (walk.fd < 0)
		return -errno;
	int r = walk_through(scan, &walk);
	numbers_done(&walk.pids);
	close(walk.fd);
	return r;
}

int walk_scan_born(struct scan *scan)
{
	return start(scan, walk_live);
}

int walk_scan(struct scan *scan)
{
	if (scan->pids)
		return walk_chosen(scan);
	return start(scan, scan->is_live ? walk_live : walk_recorded);
}
