/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups that a test makes below the root of a hierarchy, and removes. */
#ifndef NSKIT_CGROUPS_H
#define NSKIT_CGROUPS_H

#include "child.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "scan/cgroupdir.h"

/* The group of the test that runs; its teardown is group_teardown. */
static struct made_group {
	char name[32];
	int version; /* 0: none was made */
	int root_fd; /* of its hierarchy, as far as we see it */
	int fd;
} group;

static inline int group_make(const char *hierarchy)
{
	struct cgroupdir root = { 0 };
	int r = cgroupdir_open(hierarchy, "/", &root);

	if (r < 0)
		return r;
	snprintf(group.name, sizeof(group.name), "nskit-test-%d", getpid());
	if (geteuid() != 0 || mkdirat(root.fd, group.name, 0755) < 0) {
		cgroupdir_done(&root);
		return -EACCES;
	}
	group.root_fd = root.fd;
	group.fd = openat(root.fd, group.name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	group.version = root.version;
	assert_true(group.fd >= 0);
	return 0;
}

/* Skips the test where it cannot be had. */
static inline void group_or_skip(const char *hierarchy)
{
	int r = group_make(hierarchy);

	if (r == -EACCES)
		skip_because("control groups may not be made");
	if (r < 0 && *hierarchy)
		skip_because("there is no such hierarchy of control groups v1");
	if (r < 0)
		skip_because("there are no control groups v2");
}

static inline int group_write(int fd, const char *file, const char *text)
{
	auto_close int file_fd = openat(fd, file, O_WRONLY | O_CLOEXEC);

	return file_fd < 0 ? -errno : fd_write_all(file_fd, text, strlen(text));
}

static inline void group_write_number(int fd, const char *file, pid_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	assert_int_equal(group_write(fd, file, text), 0);
}

static inline char group_first_byte(int fd, const char *file)
{
	auto_buffer struct buffer buffer = { 0 };

	assert_int_equal(fd_read_at(fd, file, &buffer), 0);
	return *buffer.data;
}

/* A folder below it, O_PATH. */
static inline int group_below(int fd, const char *name)
{
	int child;

	assert_int_equal(mkdirat(fd, name, 0755), 0);
	child = openat(fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(child >= 0);
	return child;
}

/* A child that is in the group before it does anything. */
struct group_job {
	int fd;
	child_main *run;
	void *data;
};

static inline int group_run(void *data)
{
	const struct group_job *job = data;

	return group_write(job->fd, "cgroup.procs", "0") < 0 ? 79 : job->run(job->data);
}

static inline bool group_has(int fd, pid_t pid)
{
	auto_buffer struct buffer buffer = { 0 };
	char line[16];

	snprintf(line, sizeof(line), "%d\n", pid);
	assert_int_equal(fd_read_at(fd, "cgroup.procs", &buffer), 0);
	return strstr(buffer.data, line) != NULL;
}

static inline pid_t group_start(int fd, child_main *run, void *data)
{
	struct group_job job = { fd, run, data };
	pid_t pid = child_start(group_run, &job);

	for (int i = 0; !group_has(fd, pid); i++) {
		assert_in_range(i, 0, 10000);
		usleep(1000);
	}
	return pid;
}

static inline int group_kill_member(void *data, pid_t pid)
{
	(void)data;
	return kill(pid, SIGKILL) < 0 && errno != ESRCH;
}

/* Removes a group and those below it. */
static inline void group_remove(int parent_fd, const char *name)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list)
		return;
	for (const struct dirent *entry; (entry = readdir(list));)
		if (entry->d_type == DT_DIR && !is_equal(entry->d_name, ".") &&
		    !is_equal(entry->d_name, ".."))
			group_remove(dirfd(list), entry->d_name);
	closedir(list);
	/* What was killed in there may take a moment to leave. */
	for (int i = 0; i < 1000 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno == EBUSY;
	     i++)
		usleep(1000);
}

/* However the test ended: thaws the group, kills all that is in it, and removes it. */
static inline int group_teardown(void **state)
{
	int r;

	(void)state;
	if (group.version == 0)
		return 0;
	r = group.version == 2 ? group_write(group.fd, "cgroup.freeze", "0")
	                       : group_write(group.fd, "freezer.state", "THAWED");
	(void)r;
	r = cgroupdir_walk(group.fd, group_kill_member, NULL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	group_remove(group.root_fd, group.name);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	close(group.fd);
	close(group.root_fd);
	group.version = 0;
	return r;
}

#define in_group(test) cmocka_unit_test_teardown(test, group_teardown)

#endif
