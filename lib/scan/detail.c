/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a process that are asked for: of every process, or of the first one of each
 * namespace. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "model/proctext.h"
#include "scan/source.h"

static struct process *process_of(struct scan *scan, const struct task *task)
{
	return &scan->snapshot->processes[task->process];
}

static int intern(struct scan *scan, const char *text, size_t length, const char **ret)
{
	*ret = snapshot_intern(scan->snapshot, text, length);
	return *ret ? 0 : -ENOMEM;
}

int detail_read_file(struct scan *scan, const struct task *task, const char *path)
{
	if (!scan->is_live)
		return scan_read_recorded(scan, task->fd, task_path(task, path));
	int fd = scan_open(scan, task->fd, task_path(task, path), O_RDONLY);
	if (fd < 0)
		return fd;
	int r = fd_read_once(fd, &scan->buffer);
	closing_add(&scan->closing, fd);
	return r;
}

/* The text of a file without its last newline. 0 or -errno. */
static int read_text(struct scan *scan, const struct task *task, const char *path, const char **ret)
{
	int r = detail_read_file(scan, task, path);

	if (r < 0)
		return r;
	size_t length = scan->buffer.length;
	if (length > 0 && scan->buffer.data[length - 1] == '\n')
		length--;
	return intern(scan, scan->buffer.data, length, ret);
}

static int read_comm(struct scan *scan, const struct task *task)
{
	const char *comm;
	int r = read_text(scan, task, "../comm", &comm);

	if (r == 0)
		process_of(scan, task)->comm = comm;
	return r;
}

static int read_stat(struct scan *scan, const struct task *task)
{
	int r = detail_read_file(scan, task, "../stat");

	return r < 0 ? r : onefile_use_stat(scan, task);
}

static int read_status(struct scan *scan, const struct task *task)
{
	int r = detail_read_file(scan, task, "../status");

	return r < 0 ? r : onefile_use_status(scan, task);
}

/* Of a process without a command line its name, as lsns shows it. */
static int use_comm(struct scan *scan, const struct task *task)
{
	int r = process_of(scan, task)->comm ? 0 : read_comm(scan, task);

	if (r < 0)
		return r;
	struct process *process = process_of(scan, task);
	process->known |= PROCESS_COMM;
	process->command = process->comm;
	return 0;
}

/*
 * A process says itself where its command line lies (PR_SET_MM_MAP in prctl(2)): it may claim
 * terabytes that it does not have. So much of one is read, as ps(1) does: the longest argument
 * (MAX_ARG_STRLEN, execve(2)).
 */
#define MAX_COMMAND ((size_t)128 << 10)

/* A command line may fill more than a page: a read that leaves room is the last one, though. */
static int read_command(struct scan *scan, const struct task *task)
{
	int r = scan->is_live ? fd_read_start_at(task->fd, task_path(task, "../cmdline"),
	                                         MAX_COMMAND, &scan->buffer)
	                      : detail_read_file(scan, task, "../cmdline");

	if (r < 0)
		return r;
	size_t length = proctext_cmdline(scan->buffer.data, scan->buffer.length);
	if (length == 0)
		return use_comm(scan, task);
	return intern(scan, scan->buffer.data, length, &process_of(scan, task)->command);
}

/* The container of a control group; neighbours often share one. */
static int find_container(struct scan *scan, const char *cgroup, uint32_t *ret)
{
	struct container container;
	enum container_role role;

	if (cgroup == scan->cgroup) {
		*ret = scan->container;
		return 0;
	}
	int r = container_identify(&scan->scratch, cgroup, &container, &role);
	if (r < 0)
		return r;
	scan->container = NONE;
	if (role == CONTAINER_PAYLOAD)
		r = snapshot_add_container(scan->snapshot, &container, &scan->container);
	if (r < 0)
		return r;
	scan->cgroup = cgroup;
	*ret = scan->container;
	return 0;
}

static int read_cgroup(struct scan *scan, const struct task *task)
{
	const char *cgroup;
	int r = read_text(scan, task, "../cgroup", &cgroup);

	if (r < 0)
		return r;
	process_of(scan, task)->cgroup = cgroup;
	return find_container(scan, cgroup, &process_of(scan, task)->container);
}

/* Whether the process is gone by now. */
static bool has_ended(const struct task *task)
{
	return faccessat(task->fd, task_path(task, "../stat"), F_OK, 0) < 0;
}

/* Without a security module that has labels, reading is EINVAL; in a kernel that can have none,
 * there is no such file. */
static int read_label(struct scan *scan, const struct task *task)
{
	const char *label = "";
	int r = detail_read_file(scan, task, "../attr/current");

	if (scan->is_live && (r == -EINVAL || (r == -ENOENT && !has_ended(task))))
		r = 0;
	else if (r == 0)
		r = intern(scan, scan->buffer.data,
		           proctext_label(scan->buffer.data, scan->buffer.length), &label);
	if (r == 0)
		process_of(scan, task)->label = label;
	return r;
}

/*
 * PID/task has the effective uid as its owner, also where the process is not dumpable
 * (task_dump_owner in fs/proc/base.c excepts directories of mode 0555), and a link for each thread
 * besides its two own ones.
 */
int detail_read_task(struct scan *scan, const struct task *task)
{
	struct process *process = process_of(scan, task);
	struct stat status;

	if (fstatat(task->fd, task_path(task, "../task"), &status, 0) < 0)
		return -errno;
	process->uid = status.st_uid;
	process->known |= PROCESS_UID;
	process->n_threads = status.st_nlink > 2 ? (uint32_t)status.st_nlink - 2 : 0;
	return 0;
}

/* In a recorded tree owners mean nothing, and with hidepid=1 there is only the directory itself. */
static int read_uid(struct scan *scan, const struct task *task)
{
	struct stat status;

	if (!scan->is_live)
		return read_status(scan, task);
	if (!task->is_bare)
		return detail_read_task(scan, task);
	if (fstat(task->fd, &status) < 0)
		return -errno;
	process_of(scan, task)->uid = status.st_uid;
	return 0;
}

static int read_pidfd_inode(struct scan *scan, const struct task *task)
{
	uint64_t inode;

	if (!scan->is_live || !scan->is_own_numbers)
		return -EOPNOTSUPP;
	auto_close int pidfd = kernel_pidfd_open(task->pid, 0);
	if (pidfd < 0)
		return pidfd;
	int r = kernel_pidfd_inode(pidfd, &inode);
	if (r < 0)
		return r;
	/* The number still belongs to the process of the directory: so the pidfd is its own. */
	if (has_ended(task))
		return -ESRCH;
	process_of(scan, task)->pidfd_inode = inode;
	return 0;
}

/* In this order: what one gives, another need not read again. */
static const struct {
	unsigned field;
	int (*read)(struct scan *scan, const struct task *task);
	enum gap_kind gap; /* GAP_N_KINDS: none */
} readers[] = {
	{ PROCESS_SIGNALS, signals_read, GAP_PROCESS_STATUS },
	{ PROCESS_NUMBERS, read_status, GAP_PROCESS_STATUS },
	{ PROCESS_UID, read_uid, GAP_PROCESS_STATUS },
	{ PROCESS_STAT, read_stat, GAP_PROCESS_STATUS },
	{ PROCESS_PARENT, read_stat, GAP_PROCESS_STATUS },
	{ PROCESS_COMM, read_comm, GAP_PROCESS_STATUS },
	{ PROCESS_CMDLINE, read_command, GAP_CMDLINE },
	{ PROCESS_CGROUP, read_cgroup, GAP_CGROUP },
	{ PROCESS_PIDFD_INODE, read_pidfd_inode, GAP_N_KINDS },
	{ PROCESS_LABEL, read_label, GAP_LABELS },
	/* Its name is known from stat all the same: that is no gap. */
	{ PROCESS_TERMINAL, terminal_read, GAP_N_KINDS },
};

/* A process is counted once in each gap, whichever of its files is not readable. */
static void note_refusal(struct scan *scan, struct process *process, size_t at)
{
	bool is_counted = readers[at].gap == GAP_N_KINDS;

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (readers[i].gap == readers[at].gap && process->refused & readers[i].field)
			is_counted = true;
	}
	process->refused |= (uint16_t)readers[at].field;
	if (!is_counted)
		snapshot_add_gap(scan->snapshot, readers[at].gap, 1, 0);
}

int detail_read(struct scan *scan, const struct task *task, unsigned fields)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct process *process = process_of(scan, task);
		if (!(fields & ~(process->known | process->refused) & readers[i].field))
			continue;
		int r = readers[i].read(scan, task);
		if (r == -ENOMEM)
			return r;
		process = process_of(scan, task);
		if (r == 0)
			process->known |= (uint16_t)readers[i].field;
		if (r == 0 && process->comm)
			process->known |= PROCESS_COMM;
		if (is_denied(r))
			note_refusal(scan, process, i);
	}
	return 0;
}

static int read_id_map(struct scan *scan, const struct task *task, const char *path,
                       const char **ret)
{
	/* A map may have 340 lines: more than one piece. */
	int r = scan->is_live ? fd_read_at(task->fd, task_path(task, path), &scan->buffer)
	                      : detail_read_file(scan, task, path);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	size_t length = proctext_id_map(scan->buffer.data, scan->buffer.length);
	return intern(scan, scan->buffer.data, length, ret);
}

int detail_read_id_maps(struct scan *scan, const struct task *task)
{
	uint32_t index = process_of(scan, task)->at.in[NS_USER];
	const char *uid_map = NULL, *gid_map = NULL;
	int r = read_id_map(scan, task, "../uid_map", &uid_map);

	if (r == 0)
		r = read_id_map(scan, task, "../gid_map", &gid_map);
	if (r < 0)
		return r;
	struct space *space = &scan->snapshot->spaces[index];
	space->uid_map = uid_map;
	space->gid_map = gid_map;
	return 0;
}

/* The same of a file of a thread; one that is not to be had gives NULL. 0 or -ENOMEM. */
static int read_thread_text(struct scan *scan, const struct task *task, pid_t tid, const char *name,
                            const char **ret)
{
	char path[48];

	snprintf(path, sizeof(path), "../task/%d/%s", tid, name);
	int r = read_text(scan, task, path, ret);
	if (r < 0)
		*ret = NULL;
	return r == -ENOMEM ? r : 0;
}

int detail_thread_comm(struct scan *scan, const struct task *task, pid_t tid, const char **ret)
{
	return read_thread_text(scan, task, tid, "comm", ret);
}

int detail_thread_runs(struct scan *scan, const struct task *task, pid_t tid, bool *ret)
{
	struct stat_text text = { 0 };
	char path[48] = "../stat";

	if (tid != 0)
		snprintf(path, sizeof(path), "../task/%d/stat", tid);
	int r = detail_read_file(scan, task, path);
	if (r == 0)
		r = proctext_stat(scan->buffer.data, scan->buffer.length, &text);
	/* What is not to be read, or was not recorded, is taken for what most are. */
	if (r < 0)
		*ret = !is_gone(r) || !scan->is_live;
	else
		*ret = !(text.flags & STAT_FLAG_EXITING) && !strchr("ZXx", text.state);
	return r == -ENOMEM ? r : 0;
}

int detail_thread_cgroup(struct scan *scan, const struct task *task, pid_t tid, const char **ret)
{
	const char *now = process_of(scan, task)->cgroup;
	int r = read_thread_text(scan, task, tid, "cgroup", ret);

	/* Equal texts of a snapshot are one. */
	if (r == 0 && *ret && *ret != now)
		r = read_text(scan, task, "../cgroup", &now);
	/* Meanwhile the process may have been moved as a whole, or be gone. */
	if (r < 0 || *ret == now)
		*ret = NULL;
	return r == -ENOMEM ? r : 0;
}
