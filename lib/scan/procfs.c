/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One process: it is opened once, and everything that is wanted of it is read there and then. */
#include <fcntl.h>

#include "scan/source.h"

/* Puts the process where its links lead. Namespaces that it is the first in come back as LINK_BITs.
 */
static int place_process(struct scan *scan, uint32_t process, const struct links *links,
                         unsigned *ret_first)
{
	unsigned first = 0;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t space;
		if (links->inode[type] == 0)
			continue;
		int r = links_find(scan, type, links->inode[type], &space);
		if (r < 0)
			return r;
		scan->snapshot->processes[process].at.in[type] = space;
		if (scan->snapshot->spaces[space].leader != NONE)
			continue;
		scan->snapshot->spaces[space].leader = process;
		first |= LINK_BIT(type);
	}
	struct placement *at = &scan->snapshot->processes[process].at;
	at->denied = (uint8_t)(links->denied & NS_ALL_BITS);
	at->absent = (uint8_t)(links->absent & NS_ALL_BITS);
	*ret_first = first;
	return 0;
}

/* Whether the children of the process will be born elsewhere than where it is itself. */
static bool is_elsewhere(const struct links *links, unsigned child)
{
	unsigned link = LINK_CHILDREN + child;

	return links->inode[link] != 0 && links->inode[link] != links->inode[links_type(link)];
}

/* Where that is. */
static int place_children(struct scan *scan, const struct task *task, const struct links *links)
{
	for (unsigned child = 0; child < CHILDREN_N_LINKS; child++) {
		unsigned link = LINK_CHILDREN + child;
		uint32_t space;
		if (!is_elsewhere(links, child))
			continue;
		int r = links_find(scan, links_type(link), links->inode[link], &space);
		if (r < 0)
			return r;
		scan->snapshot->processes[task->process].at.children[child] = space;
		r = detail_read(scan, task, PROCESS_COMM);
		if (r == 0)
			r = nsfs_read_link(scan, task, links->proxy, link, links->inode[link]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What is wanted of the namespaces that this process is the first in. */
static int read_spaces(struct scan *scan, const struct task *task, const struct links *links,
                       unsigned first)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		pid_t tid = links->proxy;
		if (!(first & LINK_BIT(type)))
			continue;
		/* A zombie leader still has these two itself. */
		if (type == NS_PID || type == NS_USER)
			tid = 0;
		int r = nsfs_read_link(scan, task, tid, type, links->inode[type]);
		if (r == 0 && type == NS_USER && scan->needs->space & SPACE_ID_MAPS)
			r = detail_read_id_maps(scan, task);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_links(struct scan *scan, struct task *task, struct links *ret)
{
	int r = links_read(scan, task, 0, scan->links, ret);

	if (r < 0 || !ret->absent || !scan->is_live)
		return r;
	r = task_open(scan, task);
	return r < 0 ? r : threads_complete(scan, task, ret);
}

/* Fields of the process itself, and how many threads it has. */
static int read_details(struct scan *scan, const struct task *task, unsigned first)
{
	unsigned fields = scan->needs->process | (first ? scan->needs->leader : 0);
	int r = 0;

	/* Both files that hold these have the number of threads, too. */
	if (scan->needs->sources & SOURCE_THREAD && scan->is_live &&
	    !(fields & (PROCESS_STAT | PROCESS_NUMBERS)))
		r = detail_read_task(scan, task);
	if (r == -ENOMEM)
		return r;
	return detail_read(scan, task, fields);
}

static bool may_have_threads(const struct scan *scan, const struct task *task)
{
	const struct process *process = &scan->snapshot->processes[task->process];

	return process->n_threads > 1 || (process->n_threads == 0 && !scan->is_live);
}

/* What else the process holds, beside what it is in. */
static int scan_holdings(struct scan *scan, const struct task *task, const struct links *links)
{
	unsigned sources = scan->needs->sources;
	int r = 0;

	if (sources & SOURCE_THREAD)
		r = place_children(scan, task, links);
	uint32_t mount_space = scan->snapshot->processes[task->process].at.in[NS_MNT];
	if (r == 0 && mount_space != NONE)
		r = mounts_scan_task(scan, task, links->proxy, mount_space);
	if (r == 0 && sources & SOURCE_FD)
		r = procfd_scan_task(scan, task, 0);
	/* One permission for the links of all threads; their control groups may be read by all. */
	if (r == 0 && sources & SOURCE_THREAD && (!links->denied || scan->needs->thread) &&
	    may_have_threads(scan, task))
		r = threads_scan(scan, task, links);
	return r;
}

/* Whether anything beside the links is read of every process. */
static bool wants_more(const struct scan *scan)
{
	return scan->needs->process || scan->needs->sources & ~(unsigned)SOURCE_PROCESS;
}

/* Whether anything is read of the first process of a namespace, or through its links. */
static bool wants_more_of_first(const struct scan *scan)
{
	unsigned facts = 0;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		facts |= scan->facts[type];
	return facts || scan->needs->leader || scan->needs->space & SPACE_ID_MAPS;
}

/* Whether it is the first process that is seen in one of its namespaces. */
static bool is_first(const struct scan *scan, const struct links *links)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (links->inode[type] == 0)
			continue;
		uint32_t space = snapshot_find_space(scan->snapshot, type, links->inode[type]);
		if (space == NONE || scan->snapshot->spaces[space].leader == NONE)
			return true;
	}
	return false;
}

/* Links that cost less when they are read one by one than through a descriptor of their directory.
 */
#define FEW_LINKS 2

/*
 * Whether few links and one file, which says how many threads there are, are all that is read of
 * every process. Then no descriptor of its directory is needed: the file is opened before the links
 * are read, by number, and read after them. As reading it succeeds, the process was there all the
 * time, and the number its own.
 */
static const char *only_file(const struct scan *scan)
{
	if (!scan->is_live || scan->needs->sources & ~(unsigned)(SOURCE_PROCESS | SOURCE_THREAD) ||
	    __builtin_popcount(scan->links) > FEW_LINKS)
		return NULL;
	return onefile_name(scan->needs->process);
}

/* Reads the links, and into scan->buffer the file. 0 or -errno. */
static int read_with_file(struct scan *scan, struct task *task, const char *file, struct links *ret)
{
	char path[32];
	char *end = numbers_write(path, task->pid);

	*end++ = '/';
	strcpy(end, file);
	task->file_fd = scan_open(scan, scan->proc_fd, path, O_RDONLY);
	if (task->file_fd < 0)
		return task->file_fd;
	int r = read_links(scan, task, ret);
	/* Where the directory will be needed, it is opened in between, too. */
	if (r == 0 && wants_more_of_first(scan) && is_first(scan, ret))
		r = task_open(scan, task);
	return r < 0 ? r : fd_read_once(task->file_fd, &scan->buffer);
}

/* Reads the links relative to the descriptor, where there is enough to read for one. */
static int read_with_directory(struct scan *scan, struct task *task, struct links *ret)
{
	int r = 0;

	if (task->file_fd >= 0)
		closing_add(&scan->closing, task->file_fd);
	task->file_fd = -1;
	if (wants_more(scan) || __builtin_popcount(scan->links) > FEW_LINKS || !scan->is_live)
		r = task_open(scan, task);
	return r < 0 ? r : read_links(scan, task, ret);
}

static int read_first(struct scan *scan, struct task *task, struct links *ret)
{
	const char *file = only_file(scan);
	int r = file ? read_with_file(scan, task, file, ret) : -EACCES;

	/* With hidepid=1 the file is refused, and that is noted in the other way. */
	return is_denied(r) ? read_with_directory(scan, task, ret) : r;
}

/* Opens the directory, where that was not done yet; it must still be the process whose file is open. */
static int open_same(struct scan *scan, struct task *task)
{
	char byte;

	if (task->fd >= 0)
		return 0;
	int r = task_open(scan, task);
	if (r == 0 && task->file_fd >= 0 && pread(task->file_fd, &byte, 1, 0) < 0)
		r = -errno;
	return r;
}

/* Whether it has threads, or a place for its children, that are to be looked at. */
static bool has_more_tasks(const struct scan *scan, const struct task *task,
                           const struct links *links)
{
	bool has_more = may_have_threads(scan, task);

	for (unsigned child = 0; child < CHILDREN_N_LINKS; child++)
		has_more = has_more || is_elsewhere(links, child);
	return has_more && scan->needs->sources & SOURCE_THREAD;
}

/* Whether all is read that is to be read of the process: then it needs no descriptor of its
 * directory. */
static bool is_read(const struct scan *scan, const struct task *task, const struct links *links,
                    unsigned first)
{
	if ((task->fd >= 0 && task->file_fd < 0) || (first && wants_more_of_first(scan)) ||
	    threads_may_be_ending(&scan->snapshot->processes[task->process]))
		return false;
	return !has_more_tasks(scan, task, links);
}

static int scan_process(struct scan *scan, struct task *task)
{
	struct links links;
	unsigned first = 0;
	int r = read_first(scan, task, &links);

	if (r == 0)
		r = snapshot_append_process(scan->snapshot, task->pid, &task->process);
	if (r == 0 && task->file_fd >= 0)
		r = onefile_use(scan, task, scan->needs->process);
	if (r == 0)
		r = place_process(scan, task->process, &links, &first);
	if (r < 0)
		return r;
	if (links.denied)
		scan->denied_processes++;
	if (links.absent & NS_ALL_BITS)
		scan->n_exited++;
	if (is_read(scan, task, &links, first))
		return 0;
	r = open_same(scan, task);
	if (r == 0)
		r = read_details(scan, task, first);
	if (r == 0 && threads_may_be_ending(&scan->snapshot->processes[task->process]))
		r = threads_check_ending(scan, task);
	if (r == 0)
		r = read_spaces(scan, task, &links, first);
	return r < 0 ? r : scan_holdings(scan, task, &links);
}

int procfs_scan_number(struct scan *scan, pid_t pid)
{
	struct task task = { .pid = pid, .fd = -1, .file_fd = -1, .process = NONE };
	int r = scan_process(scan, &task);

	if (task.file_fd >= 0)
		closing_add(&scan->closing, task.file_fd);
	if (task.fd >= 0)
		closing_add(&scan->closing, task.fd);
	arena_reset(&scan->scratch);
	if (is_gone(r)) {
		scan->n_exited++;
		return 0;
	}
	return r;
}
