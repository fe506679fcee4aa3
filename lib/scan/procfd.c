/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The descriptors of a process: which of them hold namespaces, and which are sockets.
 *
 * A descriptor is told by the device and inode of its file. The text of its link would cost the
 * same, but does not do: where a namespace was opened through a bind mount, the kernel shows the
 * path of the mount, "/run/netns/blue", or "/" once that is unmounted (nsfs has no names of its own,
 * see d_path() in fs/d_path.c). Nor is a file of a dead network file system waited for
 * (AT_STATX_DONT_SYNC).
 */
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/kernel.h"
#include "base/vec.h"
#include "scan/source.h"

/* The table of descriptors that is being looked at. */
struct table {
	const struct task *task;
	pid_t tid;        /* of a thread with a table of its own, or 0 */
	char path[64];    /* "../fd/9", or "../task/5/fd/9" */
	size_t at_name;   /* where the number begins */
	size_t count;     /* how many descriptors it has; 0: not known */
	int pidfd;        /* for its sockets; -1: not opened */
	bool is_plain;    /* the descriptor looked at last is neither a namespace nor a socket */
	bool is_partial;  /* something in it could not be read */
	bool has_foreign; /* it has sockets, but numbers of processes mean nothing to us */
};

static void name_entry(struct table *table, int number)
{
	*numbers_write(table->path + table->at_name, number) = '\0';
}

/* The path of the directory itself. */
static const char *name_directory(struct table *table)
{
	table->path[table->at_name] = '\0';
	return task_path(table->task, table->path);
}

static void table_start(struct table *table, const struct task *task, pid_t tid)
{
	char *end = table->path;

	*table = (struct table){ .task = task, .tid = tid, .pidfd = -1 };
	if (tid != 0)
		end = numbers_write(stpcpy(end, "../task/"), tid);
	end = stpcpy(end, tid != 0 ? "/fd/" : "../fd/");
	table->at_name = (size_t)(end - table->path);
}

static struct reference new_reference(const struct table *table, enum reference_kind kind,
                                      int number)
{
	return (struct reference){
		.kind = kind,
		.space = NONE,
		.process = table->task->process,
		.tid = table->tid,
		.mount_space = NONE,
		.fd = number,
	};
}

static int add_reference(struct scan *scan, struct table *table, uint32_t space, int number)
{
	struct reference reference = new_reference(table, HELD_FD, number);
	struct note *note = &scan->notes[space];

	if (note->way == WAY_NONE) {
		note->way = WAY_FD;
		note->pid = table->task->pid;
		note->tid = table->tid;
		note->number = number;
	}
	reference.space = space;
	int r = snapshot_add_reference(scan->snapshot, &reference);
	return r < 0 ? r : detail_read(scan, table->task, PROCESS_COMM);
}

/* A namespace that was not seen before: only its descriptor knows what type it is of. */
static int add_unseen(struct scan *scan, struct table *table, uint64_t inode, int number)
{
	int fd = nsfs_open_file(scan, table->task->fd, task_path(table->task, table->path), inode);
	uint32_t space;

	/* Where too many files are open, too: nobody else may hold that namespace. */
	if (fd < 0 && !is_gone(fd))
		table->is_partial = true;
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	enum ns_type type = ns_type_by_flag(kernel_ns_type(fd));
	int r = 0;
	if (type != NS_N_TYPES && scan->links & LINK_BIT(type)) {
		r = scan_add_space(scan, type, inode, &space);
		if (r == 0)
			r = add_reference(scan, table, space, number);
		if (r == 0)
			r = nsfs_read(scan, space, fd);
	}
	closing_add(&scan->closing, fd);
	return r;
}

static int scan_space(struct scan *scan, struct table *table, uint64_t inode, int number)
{
	uint32_t space = snapshot_find_inode(scan->snapshot, inode);

	if (space == NONE)
		return add_unseen(scan, table, inode, number);
	if (!(scan->links & LINK_BIT(scan->snapshot->spaces[space].type)))
		return 0;
	return add_reference(scan, table, space, number);
}

static bool wants_sockets(const struct scan *scan)
{
	return scan->needs->types & NS_BIT(NS_NET);
}

static int scan_socket(struct scan *scan, struct table *table, uint64_t inode, int number)
{
	struct reference found = new_reference(table, HELD_SOCKET, number);

	if (!wants_sockets(scan))
		return 0;
	table->has_foreign = !scan->is_own_numbers;
	if (table->has_foreign)
		return 0;
	found.socket = inode;
	return socket_scan(scan, table->task, &found, &table->pidfd);
}

static int stat_entry(const struct table *table, struct statx *ret)
{
	return statx(table->task->fd, task_path(table->task, table->path), AT_STATX_DONT_SYNC,
	             STATX_TYPE | STATX_INO, ret) < 0
	               ? -errno
	               : 0;
}

/* Looks at one descriptor. 0; -ENOENT where there is none of that number; -EACCES; -ENOMEM. */
static int scan_entry(struct scan *scan, struct table *table, int number)
{
	struct statx status;

	name_entry(table, number);
	int r = stat_entry(table, &status);
	/* Of a process that has just gone, EACCES is said too (proc_pid_get_link): ask again. */
	if (is_denied(r))
		r = stat_entry(table, &status);
	if (r < 0)
		return r;
	table->is_plain = false;
	if (S_ISSOCK(status.stx_mode))
		return scan_socket(scan, table, status.stx_ino, number);
	table->is_plain = makedev(status.stx_dev_major, status.stx_dev_minor) != scan->nsfs_device;
	return table->is_plain ? 0 : scan_space(scan, table, status.stx_ino, number);
}

/* A recorded descriptor is a symbolic link with the text that the kernel gave. */
static int scan_recorded(struct scan *scan, struct table *table, int number)
{
	char text[64];
	enum ns_type type;
	uint64_t inode;
	uint32_t space;

	name_entry(table, number);
	int r = fd_readlink_at(table->task->fd, task_path(table->task, table->path), text,
	                       sizeof(text));
	if (r < 0 || ns_parse_name(text, &type, &inode) < 0 || !(scan->links & LINK_BIT(type)))
		return r == -ENOMEM ? r : 0;
	r = scan_add_space(scan, type, inode, &space);
	return r < 0 ? r : add_reference(scan, table, space, number);
}

/* Lists the descriptors into scan->fds, and looks at each. 0 or -errno. */
static int scan_listed(struct scan *scan, struct table *table)
{
	auto_close int fd =
		scan_open(scan, table->task->fd, name_directory(table), O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	scan->fds_pid = 0;
	int r = numbers_all(fd, table->count, &scan->fds);
	if (r == 0)
		r = vec_reserve(&scan->fds_plain, &scan->fds_plain_capacity, scan->fds.count,
		                sizeof(*scan->fds_plain));
	if (r < 0) {
		scan->fds.count = 0;
		return r;
	}
	for (size_t i = 0; i < scan->fds.count; i++) {
		int number = scan->fds.items[i];
		r = scan->is_live ? scan_entry(scan, table, number)
		                  : scan_recorded(scan, table, number);
		if (r == -ENOMEM)
			return r;
		scan->fds_plain[i] = r == 0 && table->is_plain;
		if (is_denied(r))
			table->is_partial = true;
	}
	scan->fds_pid = table->tid == 0 ? table->task->pid : 0;
	return 0;
}

/* Whether that descriptor is the very open file that it is in a sibling (kcmp(2)). */
static bool is_shared(pid_t sibling, const struct table *table, int number)
{
	return syscall(SYS_kcmp, sibling, table->task->pid, KCMP_FILE, (unsigned long)number,
	               (unsigned long)number) == 0;
}

/* Looks at the descriptors that are expected. 0; -ENOENT where one of them is not there; -ENOMEM. */
static int scan_siblings(struct scan *scan, struct table *table)
{
	pid_t sibling = scan->fds_pid;
	bool may_share = scan->is_own_numbers && table->tid == 0 && sibling != 0;

	scan->fds_pid = 0;
	for (size_t i = 0; i < scan->fds.count; i++) {
		int number = scan->fds.items[i];
		if (may_share && scan->fds_plain[i] && is_shared(sibling, table, number))
			continue;
		/* Where one is not shared, the others seldom are. */
		if (scan->fds_plain[i])
			may_share = false;
		int r = scan_entry(scan, table, number);
		if (r < 0)
			return r;
		scan->fds_plain[i] = table->is_plain;
	}
	scan->fds_pid = table->tid == 0 ? table->task->pid : 0;
	return 0;
}

/*
 * Siblings often have the same descriptors: where there are as many as the process before had, and
 * each of those is there, they are all, and need not be listed. What a fork has left shared need
 * not even be looked at: comparing costs half as much. 0 or -ENOMEM; *ret_is_done says whether all
 * were found so.
 */
static int scan_expected(struct scan *scan, struct table *table, bool *ret_is_done)
{
	struct statx status;

	*ret_is_done = false;
	if (!scan->counts_fds || statx(table->task->fd, name_directory(table), AT_STATX_DONT_SYNC,
	                               STATX_SIZE, &status) < 0)
		return 0;
	table->count = status.stx_size;
	*ret_is_done = status.stx_size == 0;
	if (status.stx_size == 0 || status.stx_size != scan->fds.count)
		return 0;
	int r = scan_siblings(scan, table);
	*ret_is_done = r == 0;
	return r == -ENOMEM ? r : 0;
}

int procfd_scan_task(struct scan *scan, const struct task *task, pid_t tid)
{
	size_t n_references = scan->snapshot->n_references;
	struct table table;
	bool is_done;

	/* Our own are those that the scan has open, and what we were started with: gone in a moment. */
	if (scan->links == 0 || (scan->is_live && task->pid == scan->snapshot->self))
		return 0;
	table_start(&table, task, tid);
	int r = scan_expected(scan, &table, &is_done);
	if (r == 0 && !is_done) {
		/* Begin again, with what there really is. */
		scan->snapshot->n_references = n_references;
		r = scan_listed(scan, &table);
	}
	if (table.pidfd >= 0)
		closing_add(&scan->closing, table.pidfd);
	if (is_denied(r) || table.is_partial)
		scan->denied_fds++;
	if (table.has_foreign)
		scan->foreign_sockets++;
	return r == -ENOMEM ? r : 0;
}
