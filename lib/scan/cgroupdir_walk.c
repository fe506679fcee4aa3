/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is in a control group and below it, cgroups(7). */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/vec.h"
#include "scan/cgroupdir.h"
#include "scan/lookup.h"

/* A folder that is still to be entered. */
struct pending {
	char *name;
	size_t depth; /* of it; that of the walk's top is 0 */
};

struct walk {
	int (*visit)(void *data, pid_t pid);
	void *data;
	int fd; /* the folder we are in: one descriptor, however deep they nest */
	size_t depth;
	struct pending *pending; /* taken from the end: what is in a folder before its brothers */
	size_t n_pending, capacity;
	pid_t last; /* process that was visited last */
	int first_error;
	int stopped; /* by the visitor, or for want of memory */
};

static void walk_done(struct walk *walk)
{
	close_fd_at_end(&walk->fd);
	while (walk->n_pending > 0)
		free(walk->pending[--walk->n_pending].name);
	free(walk->pending);
}
#define auto_walk __attribute__((cleanup(walk_done)))

/* Opening and reading say ENOENT and ENODEV of a group that was removed. */
static void note_error(struct walk *walk, int r)
{
	if (r < 0 && !is_gone(r) && r != -ENODEV && walk->first_error == 0)
		walk->first_error = r;
}

static void visit_process(struct walk *walk, pid_t pid)
{
	/* v2 shows a process outside of our PID namespace as 0. */
	if (pid == 0) {
		note_error(walk, -EREMOTE);
		return;
	}
	walk->last = pid;
	walk->stopped = walk->visit(walk->data, pid);
}

/* Of a process with many threads there are many lines, one after another. */
static void visit_thread(struct walk *walk, pid_t tid)
{
	pid_t pid = 0;
	int r = tid == 0 ? 0 : lookup_process(NULL, tid, &pid);

	if (r < 0)
		note_error(walk, r);
	else if (pid == 0 || pid != walk->last)
		visit_process(walk, pid);
}

/* A number a line. What was read of one that is not whole yet is in *number. */
static void visit_numbers(struct walk *walk, const char *text, size_t length, pid_t *number,
                          void (*visit)(struct walk *walk, pid_t number))
{
	for (size_t i = 0; i < length && walk->stopped == 0; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			*number = *number * 10 + (text[i] - '0');
			continue;
		}
		visit(walk, *number);
		*number = 0;
	}
}

/* Each piece is visited before the next is read, while the kernel goes on to the next processes. */
static int read_numbers(struct walk *walk, const char *file,
                        void (*visit)(struct walk *walk, pid_t number))
{
	auto_close int fd = openat(walk->fd, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	pid_t number = 0;
	char text[4096];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (walk->stopped == 0 && (n = read(fd, text, sizeof(text))) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			visit_numbers(walk, text, (size_t)n, &number, visit);
	}
	return 0;
}

static void visit_members(struct walk *walk)
{
	int r = read_numbers(walk, "cgroup.procs", visit_process);

	/* A threaded group: its processes are those of the domain that it is in. */
	if (r == -EOPNOTSUPP) {
		walk->last = 0;
		r = read_numbers(walk, "cgroup.threads", visit_thread);
	}
	note_error(walk, r);
}

static int add_pending(struct walk *walk, const char *name)
{
	auto_free char *copy = strdup(name);
	int r = copy ? VEC_GROW(&walk->pending, &walk->capacity, walk->n_pending) : -ENOMEM;

	if (r < 0)
		return r;
	walk->pending[walk->n_pending++] =
		(struct pending){ .name = take_pointer(&copy), .depth = walk->depth + 1 };
	return 0;
}

static int list_entries(struct walk *walk, DIR *list)
{
	const struct dirent *entry;
	int r = 0;

	errno = 0;
	while (r == 0 && (entry = readdir(list))) {
		const char *name = entry->d_name;
		if (entry->d_type == DT_DIR && !is_equal(name, ".") && !is_equal(name, ".."))
			r = add_pending(walk, name);
		errno = 0;
	}
	return r < 0 ? r : -errno;
}

static int list_folder(struct walk *walk)
{
	auto_close int fd = openat(walk->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list)
		return -errno;
	take_fd(&fd);
	int r = list_entries(walk, list);
	closedir(list);
	return r;
}

/* A folder has two links, and one for each folder in it. */
static bool is_leaf(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink == 2;
}

static void visit_folder(struct walk *walk)
{
	int r;

	visit_members(walk);
	if (walk->stopped != 0 || is_leaf(walk->fd))
		return;
	r = list_folder(walk);
	if (r == -ENOMEM)
		walk->stopped = r;
	note_error(walk, r);
}

/* A group never goes to another parent, so this is the way we came; also out of one that was
 * removed. */
static int go_up(struct walk *walk)
{
	int fd = openat(walk->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(walk->fd);
	walk->fd = fd;
	walk->depth--;
	return 0;
}

/* Goes to the folder and visits it, if it is there still. -errno where it knows no way any more. */
static int enter(struct walk *walk, const struct pending *next)
{
	while (walk->depth >= next->depth) {
		int r = go_up(walk);
		if (r < 0)
			return r;
	}
	int fd = cgroupdir_open_child(walk->fd, next->name);
	if (fd < 0) {
		note_error(walk, fd);
		return 0;
	}
	close(walk->fd);
	walk->fd = fd;
	walk->depth++;
	visit_folder(walk);
	return 0;
}

static int walk_below(struct walk *walk)
{
	int r = 0;

	while (r == 0 && walk->stopped == 0 && walk->n_pending > 0) {
		struct pending next = walk->pending[--walk->n_pending];
		r = enter(walk, &next);
		free(next.name);
	}
	return r;
}

int cgroupdir_walk(int dir_fd, int (*visit)(void *data, pid_t pid), void *data)
{
	auto_walk struct walk walk = {
		.visit = visit,
		.data = data,
		.fd = openat(dir_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	int r;

	if (walk.fd < 0)
		return -errno;
	visit_folder(&walk);
	r = walk_below(&walk);
	if (walk.stopped != 0)
		return walk.stopped;
	return r < 0 ? r : walk.first_error;
}
