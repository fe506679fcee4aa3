/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads: those in other namespaces or control groups than their process, or with descriptors of
 * their own. */
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "scan/source.h"

int threads_list(struct scan *scan, const struct task *task)
{
	auto_close int fd =
		scan_open(scan, task->fd, task_path(task, "../task"), O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	size_t expected =
		task->process == NONE ? 0 : scan->snapshot->processes[task->process].n_threads;
	int r = numbers_all(fd, expected, &scan->tids);
	if (r == 0)
		numbers_sort(&scan->tids);
	return r;
}

int threads_complete(struct scan *scan, const struct task *task, struct links *links)
{
	struct links thread;
	int r = threads_list(scan, task);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < scan->tids.count; i++) {
		pid_t tid = scan->tids.items[i];
		if (tid == task->pid || links_read(scan, task, tid, links->absent, &thread) < 0 ||
		    thread.absent == links->absent || thread.denied)
			continue;
		for (unsigned link = 0; link < LINK_N_LINKS; link++) {
			if (links->absent & ~thread.absent & LINK_BIT(link))
				links->inode[link] = thread.inode[link];
		}
		links->absent &= thread.absent;
		links->proxy = tid;
		return 0;
	}
	return 0;
}

bool threads_may_be_ending(const struct process *process)
{
	return process->is_ending ||
	       (process->n_threads > 1 && (process->state == 'Z' || process->state == 'X'));
}

int threads_check_ending(struct scan *scan, const struct task *task)
{
	bool runs = false;
	int r = threads_list(scan, task);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || scan->tids.count == 0) {
		scan->tids.count = 0;
		r = detail_thread_runs(scan, task, 0, &runs);
	}
	for (size_t i = 0; r == 0 && !runs && i < scan->tids.count; i++)
		r = detail_thread_runs(scan, task, scan->tids.items[i], &runs);
	scan->snapshot->processes[task->process].is_ending = !runs;
	return r;
}

/* The links in which a thread can differ from its process (setns(2), unshare(2)). */
static unsigned links_per_thread(const struct scan *scan)
{
	unsigned wanted = 0;

	for (unsigned link = 0; link < LINK_N_LINKS; link++) {
		if (link >= LINK_CHILDREN || ns_types[link].per_thread)
			wanted |= LINK_BIT(link);
	}
	return wanted & scan->links;
}

static bool differs(const struct links *thread, const struct links *leader, unsigned link)
{
	return thread->inode[link] != 0 && thread->inode[link] != leader->inode[link];
}

/* Where a thread's children will be born, unless that is where it is itself. */
static int place_children(struct scan *scan, const struct links *thread, const struct links *leader,
                          struct placement *at)
{
	for (unsigned child = 0; child < CHILDREN_N_LINKS; child++) {
		unsigned link = LINK_CHILDREN + child;
		enum ns_type type = links_type(link);
		if (!differs(thread, leader, link) || thread->inode[link] == leader->inode[type])
			continue;
		int r = links_find(scan, type, thread->inode[link], &at->children[child]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int place_thread(struct scan *scan, const struct links *thread, const struct links *leader,
                        struct placement *at)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (!differs(thread, leader, type))
			continue;
		int r = links_find(scan, type, thread->inode[type], &at->in[type]);
		if (r < 0)
			return r;
	}
	return place_children(scan, thread, leader, at);
}

/* Reads what is wanted of the namespaces that this thread is the first in. */
static int read_facts(struct scan *scan, const struct task *task, pid_t tid,
                      const struct links *thread, const struct links *leader)
{
	for (unsigned link = 0; link < LINK_N_LINKS; link++) {
		if (!differs(thread, leader, link))
			continue;
		int r = nsfs_read_link(scan, task, tid, link, thread->inode[link]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int record_thread(struct scan *scan, const struct task *task, pid_t tid,
                         const struct links *links, const struct links *leader, const char *cgroup)
{
	struct placement at = scan->snapshot->processes[task->process].at;
	const char *comm;
	uint32_t index;

	for (unsigned child = 0; child < CHILDREN_N_LINKS; child++)
		at.children[child] = NONE;
	int r = place_thread(scan, links, leader, &at);
	if (r == 0)
		r = detail_thread_comm(scan, task, tid, &comm);
	if (r == 0)
		r = snapshot_add_thread(scan->snapshot, task->process, tid, &index);
	if (r < 0)
		return r;
	scan->snapshot->threads[index].at = at;
	scan->snapshot->threads[index].comm = comm;
	scan->snapshot->threads[index].cgroup = cgroup;
	r = detail_read(scan, task, PROCESS_COMM);
	if (r == 0 && differs(links, leader, NS_MNT))
		r = mounts_scan_task(scan, task, tid, at.in[NS_MNT]);
	return r < 0 ? r : read_facts(scan, task, tid, links, leader);
}

static bool is_elsewhere(const struct links *thread, const struct links *leader)
{
	for (unsigned link = 0; link < LINK_N_LINKS; link++) {
		if (!differs(thread, leader, link))
			continue;
		/* What is set aside for children is worth a record only where it is not where the
		 * thread is anyway. */
		if (link < LINK_CHILDREN || thread->inode[link] != leader->inode[links_type(link)])
			return true;
	}
	return false;
}

/* A recorded thread whose folder is a link elsewhere is none. */
static bool is_thread(const struct scan *scan, const struct task *task, pid_t tid)
{
	char path[48];

	if (scan->is_live)
		return true;
	snprintf(path, sizeof(path), "../task/%d/ns", tid);
	auto_close int fd = scan_open(scan, task->fd, task_path(task, path), O_PATH | O_DIRECTORY);
	return fd >= 0;
}

static int scan_thread(struct scan *scan, const struct task *task, pid_t tid,
                       const struct links *leader)
{
	const unsigned wanted = leader->denied ? 0 : links_per_thread(scan);
	const char *cgroup = NULL;
	struct links links;
	int r = 0;

	if (!is_thread(scan, task, tid) || links_read(scan, task, tid, wanted, &links) < 0)
		return 0;
	if (!leader->denied)
		scan->n_threads++;
	if (links.denied)
		scan->denied_threads++;
	if (scan->needs->thread & PROCESS_CGROUP)
		r = detail_thread_cgroup(scan, task, tid, &cgroup);
	if (r < 0 || (!cgroup && !is_elsewhere(&links, leader)))
		return r;
	return record_thread(scan, task, tid, &links, leader, cgroup);
}

/* The tables of descriptors of a process: most of its threads share one. */
struct tables {
	const struct task *task;
	pid_t latest;              /* a thread whose table was looked at last */
	size_t first_own, end_own; /* references of the process itself */
	struct map references;     /* number of a descriptor and namespace: looked at. See
	                              scan_unknown */
};

enum sharing { SHARES, DIFFERS, UNKNOWN };

/* Whether two threads have the same table of descriptors. kcmp(2) takes numbers of our own PID
 * namespace, and is refused by the filters that containers have. */
static enum sharing compare_fds(const struct scan *scan, pid_t first, pid_t second)
{
	if (!scan->is_own_numbers)
		return UNKNOWN;
	long order = syscall(SYS_kcmp, first, second, KCMP_FILES, 0UL, 0UL);

	/* One that is gone has no table any more. */
	if (order < 0)
		return errno == ESRCH ? SHARES : UNKNOWN;
	return order == 0 ? SHARES : DIFFERS;
}

static uint64_t reference_key(const struct reference *reference)
{
	return (uint64_t)(uint32_t)reference->fd << 32 | reference->space;
}

/* Takes note of references from `start` on, and drops those that are in another table already. */
static int merge_references(struct scan *scan, struct tables *tables, size_t start)
{
	struct snapshot *snapshot = scan->snapshot;
	size_t n_kept = start;
	int r = 0;

	for (size_t i = start; r == 0 && i < snapshot->n_references; i++) {
		const struct reference reference = snapshot->references[i];
		uint64_t key = reference_key(&reference);
		if (map_find(&tables->references, key) != NONE)
			continue;
		r = map_put(&tables->references, key, 1);
		snapshot->references[n_kept++] = reference;
	}
	snapshot->n_references = n_kept;
	return r;
}

static int note_own_references(struct scan *scan, struct tables *tables)
{
	int r = 0;

	for (size_t i = tables->first_own; r == 0 && i < tables->end_own; i++)
		r = map_put(&tables->references, reference_key(&scan->snapshot->references[i]), 1);
	return r;
}

/* The process's own references are the last ones before those of its threads. */
static struct tables start_tables(const struct scan *scan, const struct task *task)
{
	const struct snapshot *snapshot = scan->snapshot;
	struct tables tables = {
		.task = task,
		.latest = task->pid,
		.first_own = snapshot->n_references,
		.end_own = snapshot->n_references,
	};

	while (tables.first_own > 0 &&
	       snapshot->references[tables.first_own - 1].process == task->process)
		tables.first_own--;
	return tables;
}

/* Where nobody tells whether the table is another one, it is read, and what is in one that was read
 * already goes without saying. Its gaps are those of its process. */
static int scan_unknown(struct scan *scan, struct tables *tables, pid_t tid)
{
	uint64_t denied = scan->denied_fds, foreign = scan->foreign_sockets;
	int r = tables->references.count == 0 ? note_own_references(scan, tables) : 0;
	size_t start = scan->snapshot->n_references;

	if (r == 0)
		r = procfd_scan_task(scan, tables->task, tid);
	scan->denied_fds = denied;
	scan->foreign_sockets = foreign;
	return r < 0 ? r : merge_references(scan, tables, start);
}

/*
 * A thread after unshare(CLONE_FILES), or of a zombie leader, has a table of its own, perhaps
 * together with the thread before it.
 */
static int scan_fds(struct scan *scan, struct tables *tables, pid_t tid)
{
	enum sharing sharing = compare_fds(scan, tables->task->pid, tid);

	if (sharing == DIFFERS)
		sharing = compare_fds(scan, tables->latest, tid);
	if (sharing == SHARES)
		return 0;
	if (sharing == UNKNOWN)
		return scan_unknown(scan, tables, tid);
	tables->latest = tid;
	return procfd_scan_task(scan, tables->task, tid);
}

/* The threads in scan->tids. */
static int scan_threads(struct scan *scan, struct tables *tables, const struct links *leader)
{
	for (size_t i = 0; i < scan->tids.count; i++) {
		pid_t tid = scan->tids.items[i];
		if (tid == tables->task->pid)
			continue;
		int r = scan_thread(scan, tables->task, tid, leader);
		if (r == 0 && scan->needs->sources & SOURCE_FD && !leader->denied)
			r = scan_fds(scan, tables, tid);
		if (r < 0)
			return r;
	}
	return 0;
}

int threads_scan(struct scan *scan, const struct task *task, const struct links *leader)
{
	struct tables tables = start_tables(scan, task);
	int r = threads_list(scan, task);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = scan_threads(scan, &tables, leader);
	map_done(&tables.references);
	return r;
}
