/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One process, read again: stat, and the one namespace or the control group that its scope asks for. */
#include "scan/candidate.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/kernel.h"
#include "base/parse.h"
#include "model/proctext.h"

/* How often the end of the list is asked for processes that were born since it was read. */
#define MAX_LOOKS 64

/* PID namespaces nest 32 deep (pid_namespaces(7)). */
#define MAX_LEVELS 32

void candidate_close(struct candidate_reader *reader)
{
	close_fd_at_end(&reader->proc_fd);
	close_fd_at_end(&reader->space_fd);
	close_fd_at_end(&reader->load_fd);
	buffer_done(&reader->stat);
	buffer_done(&reader->cgroup);
	numbers_done(&reader->pids);
}

static void link_path(char path[64], pid_t pid, enum ns_type type)
{
	snprintf(path, 64, "%d/ns/%s", pid, ns_types[type].name);
}

/* The inode that a link in /proc/PID/ns leads to. 0 or -errno. */
static int read_link(const struct candidate_reader *reader, const char *path, uint64_t *ret)
{
	char text[64];
	enum ns_type type;
	int r = fd_readlink_at(reader->proc_fd, path, text, sizeof(text));

	return r < 0 ? r : ns_parse_name(text, &type, ret);
}

static int read_own_space(struct candidate_reader *reader)
{
	char path[64];

	snprintf(path, sizeof(path), "self/ns/%s", ns_types[reader->wants.type].name);
	return read_link(reader, path, &reader->own_space);
}

void candidate_pin_space(struct candidate_reader *reader, pid_t member)
{
	char path[64];
	struct stat status;
	auto_close int fd = -1;

	if (reader->space_fd >= 0)
		return;
	link_path(path, member, reader->wants.type);
	fd = openat(reader->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_ino == reader->wants.inode)
		reader->space_fd = take_fd(&fd);
}

/* Programs that show a container its own load mount something over it. */
static int open_load(int proc_fd)
{
	struct statfs status;
	auto_close int fd = openat(proc_fd, "loadavg", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstatfs(fd, &status) < 0 || status.f_type != KERNEL_PROC_MAGIC)
		return -1;
	return take_fd(&fd);
}

/* Whether that /proc numbers processes as we do. */
static bool has_own_numbers(int proc_fd)
{
	char text[32], own[32];
	struct statfs status;

	snprintf(own, sizeof(own), "%d", getpid());
	return fstatfs(proc_fd, &status) == 0 && status.f_type == KERNEL_PROC_MAGIC &&
	       fd_readlink_at(proc_fd, "self", text, sizeof(text)) == 0 && is_equal(text, own);
}

int candidate_open(const struct candidate_wants *wants, struct candidate_reader *ret)
{
	int r = 0;

	*ret = (struct candidate_reader){
		.wants = *wants, .proc_fd = -1, .space_fd = -1, .load_fd = -1
	};
	ret->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->proc_fd < 0)
		return -errno;
	if (!has_own_numbers(ret->proc_fd))
		return -ENODEV;
	ret->load_fd = open_load(ret->proc_fd);
	if (wants->space)
		r = read_own_space(ret);
	return r;
}

/* Before Linux 6.11: from the process's own PID namespace upwards. */
static enum answer climb(const struct candidate_reader *reader, const char *path)
{
	auto_close int fd = openat(reader->proc_fd, path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	for (unsigned i = 0; fd >= 0 && i < MAX_LEVELS; i++) {
		int parent = kernel_ns_parent(fd);

		close(fd);
		fd = parent;
		if (fd >= 0 && fstat(fd, &status) == 0 && status.st_ino == reader->wants.inode)
			return ANSWER_YES;
	}
	return ANSWER_NO;
}

/* Whether the process, which is in another PID namespace, is below the wanted one: then it has a
 * number in there. */
static enum answer is_below(const struct candidate_reader *reader, pid_t pid, const char *path,
                            uint64_t inode)
{
	if (reader->wants.type != NS_PID || inode == reader->own_space)
		return ANSWER_NO;
	if (reader->space_fd >= 0) {
		int number = kernel_ns_number_of(reader->space_fd, pid);

		if (number != -ENOTTY)
			return number > 0 ? ANSWER_YES : ANSWER_NO;
	}
	return climb(reader, path);
}

/* A zombie leader has no namespaces but pid and user any more, its threads have them. */
static int read_link_of_thread(const struct candidate_reader *reader, pid_t pid, uint64_t *ret)
{
	char path[64];
	struct numbers tids = { 0 };
	int r = -ENOENT;

	snprintf(path, sizeof(path), "%d/task", pid);
	auto_close int fd = openat(reader->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && numbers_all(fd, 0, &tids) == 0) {
		for (size_t i = 0; i < tids.count && r < 0; i++) {
			snprintf(path, sizeof(path), "%d/task/%d/ns/%s", pid, tids.items[i],
			         ns_types[reader->wants.type].name);
			r = read_link(reader, path, ret);
		}
	}
	numbers_done(&tids);
	return r;
}

static int read_space(const struct candidate_reader *reader, struct candidate *candidate)
{
	char path[64];

	link_path(path, candidate->pid, reader->wants.type);
	int r = read_link(reader, path, &candidate->space);
	if (is_gone(r) && !candidate_is_dead(candidate))
		r = read_link_of_thread(reader, candidate->pid, &candidate->space);
	if (is_denied(r)) {
		candidate->is_inside = ANSWER_UNKNOWN;
		return 0;
	}
	if (r < 0)
		return is_gone(r) && candidate_is_dead(candidate) ? 0 : r;
	if (candidate->space == reader->wants.inode)
		candidate->is_inside = ANSWER_YES;
	else
		candidate->is_inside = is_below(reader, candidate->pid, path, candidate->space);
	return 0;
}

static int read_cgroup(struct candidate_reader *reader, struct candidate *candidate)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/cgroup", candidate->pid);
	int r = fd_read_once_at(reader->proc_fd, path, &reader->cgroup);
	if (r == 0)
		candidate->cgroup = reader->cgroup.data;
	return is_denied(r) ? 0 : r;
}

static void use_stat(const struct stat_text *text, struct candidate *ret)
{
	size_t length = text->comm_length < sizeof(ret->comm) - 1 ? text->comm_length
	                                                          : sizeof(ret->comm) - 1;

	*ret = (struct candidate){
		.pid = text->pid,
		.parent = text->parent,
		.group = text->group,
		.session = text->session,
		.uid = (uid_t)-1,
		.n_threads = text->n_threads,
		.start = text->start,
		.state = text->state,
		.is_kernel_thread = text->flags & STAT_FLAG_KERNEL_THREAD,
	};
	memcpy(ret->comm, text->comm, length);
}

static int read_stat(struct candidate_reader *reader, pid_t pid, struct stat_text *ret)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/stat", pid);
	int r = fd_read_once_at(reader->proc_fd, path, &reader->stat);
	if (r == 0)
		r = proctext_stat(reader->stat.data, reader->stat.length, ret);
	return r == -EINVAL ? -ESRCH : r;
}

int candidate_state(struct candidate_reader *reader, pid_t pid)
{
	struct stat_text text;
	int r = read_stat(reader, pid, &text);

	return r < 0 ? r : text.state;
}

/* "0.20 0.18 0.12 1/80 11206": proc(5). */
pid_t candidate_last_number(const struct candidate_reader *reader)
{
	char text[128];
	const char *word;
	ssize_t n = reader->load_fd < 0 ? -1 : pread(reader->load_fd, text, sizeof(text) - 1, 0);
	pid_t number;

	if (n <= 0)
		return -ENODATA;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	word = strrchr(text, ' ');
	if (!word || parse_pid(word + 1, &number) < 0)
		return -ENODATA;
	return number;
}

int candidate_read(struct candidate_reader *reader, pid_t pid, struct candidate *ret)
{
	struct stat_text text;
	int r = read_stat(reader, pid, &text);

	if (r < 0)
		return r;
	use_stat(&text, ret);
	if (reader->wants.space)
		r = read_space(reader, ret);
	if (r == 0 && reader->wants.cgroup)
		r = read_cgroup(reader, ret);
	return r;
}

void candidate_read_user(const struct candidate_reader *reader, struct candidate *candidate)
{
	char path[16];
	struct stat status;

	snprintf(path, sizeof(path), "%d", candidate->pid);
	if (fstatat(reader->proc_fd, path, &status, 0) == 0)
		candidate->uid = status.st_uid;
}

/* What is listed is looked at at once, piece by piece. *last is the highest number so far. */
static int walk_to_end(struct candidate_reader *reader, candidate_visit visit, void *data,
                       pid_t *last, bool *ret_any)
{
	for (;;) {
		int r = numbers_next(reader->proc_fd, &reader->pids);

		if (r <= 0)
			return r;
		for (size_t i = 0; i < reader->pids.count; i++) {
			pid_t pid = reader->pids.items[i];

			if (pid <= *last)
				continue;
			*last = pid;
			*ret_any = true;
			r = visit(data, pid);
			if (r != 0)
				return r;
		}
	}
}

/* Once the list has come to its end, procfs does not go on to what was born since
 * (proc_pid_readdir): it is read again from the last place that is known. */
int candidate_walk(struct candidate_reader *reader, candidate_visit visit, void *data)
{
	bool any = true;
	pid_t last = 0;
	int r = 0;

	if (lseek(reader->proc_fd, 0, SEEK_SET) < 0)
		return -errno;
	for (unsigned looks = 0; r == 0 && any && looks < MAX_LOOKS; looks++) {
		any = false;
		r = walk_to_end(reader, visit, data, &last, &any);
		if (r == 0 && lseek(reader->proc_fd, reader->pids.resume, SEEK_SET) < 0)
			r = -errno;
	}
	return r;
}
