/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scan of this host reads of a process and of control groups, against what is made here and
 * what other files of /proc say. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "scan/scan.h"
#include "skip.h"

static void scan_host(const struct needs *needs, struct snapshot *ret)
{
	struct scan_request request = { .needs = *needs };

	snapshot_init(ret);
	assert_int_equal(scan_take(&request, ret), 0);
}

static const struct process *find(const struct snapshot *snapshot, pid_t pid)
{
	uint32_t index = snapshot_find_pid(snapshot, pid);

	assert_int_not_equal(index, NONE);
	return &snapshot->processes[index];
}

/* How the two ways to read a process differ: by a descriptor of its directory, or without one. */
static void test_same_in_both_ways(void **state)
{
	const struct needs few = {
		.types = NS_BIT(NS_PID),
		.sources = SOURCE_PROCESS,
		.process = PROCESS_NUMBERS | PROCESS_PARENT,
		.leader = PROCESS_CMDLINE | PROCESS_CGROUP,
	};
	const struct needs all = {
		.types = NS_ALL_BITS,
		.sources = SOURCE_PROCESS | SOURCE_THREAD,
		.process = PROCESS_ALL_FIELDS,
	};
	auto_snapshot struct snapshot first, second;
	size_t n_compared = 0;

	(void)state;
	scan_host(&few, &first);
	scan_host(&all, &second);
	for (size_t i = 0; i < first.n_processes; i++) {
		const struct process *a = &first.processes[i];
		uint32_t index = snapshot_find_pid(&second, a->pid);
		if (index == NONE)
			continue;
		const struct process *b = &second.processes[index];
		/* One that goes while it is read a second time has less to say. */
		if ((b->known & few.process) != few.process)
			continue;
		assert_int_equal(a->known & few.process, few.process);
		assert_int_equal(a->is_kernel_thread, b->is_kernel_thread);
		assert_int_equal(a->has_audit, b->has_audit);
		n_compared +=
			is_equal(a->comm, b->comm) && a->parent == b->parent &&
			a->n_numbers == b->n_numbers &&
			memcmp(a->numbers, b->numbers, a->n_numbers * sizeof(*a->numbers)) == 0 &&
			a->effective_caps == b->effective_caps && a->uid == b->uid &&
			a->seccomp == b->seccomp && a->no_new_privs == b->no_new_privs;
	}
	/* Some may have changed meanwhile. */
	assert_true(n_compared > first.n_processes / 2);
	for (size_t i = 0; i < first.n_spaces; i++) {
		const struct space *space = &first.spaces[i];
		if (space->type == NS_PID && space->leader != NONE)
			assert_non_null(first.processes[space->leader].cgroup);
	}
}

/* A child with a terminal of its own as descriptor `number`, and pipes as those below. */
static pid_t start_with_terminal(int number, const char *terminal, int until_end[2])
{
	assert_int_equal(pipe2(until_end, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	close(until_end[1]);
	setsid();
	int fd = open(terminal, O_RDWR);
	bool is_ready = fd >= 0 && ioctl(fd, TIOCSCTTY, 0) == 0;
	for (int i = 0; i < number && i < 3; i++)
		is_ready = is_ready && dup2(until_end[0], i) == i;
	char byte;
	is_ready = is_ready && dup2(fd, number) == number;
	/* Its own opening may have been 0, 1 or 2. */
	if (fd != number)
		close(fd);
	_exit(is_ready && read(until_end[0], &byte, 1) == 0 ? 0 : 1);
}

static void end_child(pid_t pid, int until_end[2])
{
	int status;

	close(until_end[0]);
	close(until_end[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void expect_terminal(const char *name, int number, uint32_t device)
{
	const struct needs needs = { .process = PROCESS_STAT | PROCESS_TERMINAL };
	int until_end[2];
	bool is_found = false;
	pid_t pid = start_with_terminal(number, name, until_end);

	/* It may not have come to its terminal yet. */
	for (unsigned i = 0; i < 1000 && !is_found; i++) {
		auto_snapshot struct snapshot snapshot;
		scan_host(&needs, &snapshot);
		const struct process *child = find(&snapshot, pid);
		is_found = child->terminal_name && child->terminal_device == device;
		if (is_found)
			assert_string_equal(child->terminal_name, name + strlen("/dev/"));
	}
	end_child(pid, until_end);
	assert_true(is_found);
}

static void test_terminal(void **state)
{
	auto_close int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct stat status;
	char name[64];

	(void)state;
	if (master < 0)
		skip_because("no pseudo-terminals here");
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, name, sizeof(name)), 0);
	assert_int_equal(stat(name, &status), 0);
	const uint32_t device = major(status.st_dev) << 20 | minor(status.st_dev);
	expect_terminal(name, 0, device);
	expect_terminal(name, 2, device);
	expect_terminal(name, 255, device);
	/* No descriptor that is looked at leads there: the name is known all the same. */
	expect_terminal(name, 100, 0);
}

/* A dead child that nobody has waited for. */
static void test_zombie(void **state)
{
	const struct needs needs = {
		.types = NS_BIT(NS_PID) | NS_BIT(NS_NET),
		.sources = SOURCE_PROCESS,
		.process = PROCESS_NUMBERS,
	};
	siginfo_t info;

	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	auto_snapshot struct snapshot snapshot;
	scan_host(&needs, &snapshot);
	const struct process *child = find(&snapshot, pid);
	assert_int_equal(child->state, 'Z');
	assert_int_equal(child->parent, getpid());
	assert_false(child->is_kernel_thread);
	assert_int_not_equal(child->at.in[NS_PID], NONE);
	assert_int_equal(child->at.in[NS_NET], NONE);
	assert_int_equal(child->at.absent, NS_BIT(NS_NET));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What the file has, without its end; "" where the kernel or its modules have no labels. */
static void test_label(void **state)
{
	const struct needs needs = { .process = PROCESS_LABEL };
	auto_snapshot struct snapshot snapshot;
	char text[4096] = "";
	auto_close int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);

	(void)state;
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		text[strcspn(text, "\n")] = '\0';
	scan_host(&needs, &snapshot);
	const struct process *self = find(&snapshot, getpid());
	assert_int_equal(self->known & PROCESS_LABEL, PROCESS_LABEL);
	assert_string_equal(self->label, text);
}

static const struct snapshot *found_cgroups;
static size_t n_folders, n_missing, at_path;

static int check_folder(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	const char *group = path[at_path] ? path + at_path : "/";
	size_t n_found = 0;

	(void)status;
	(void)ftw;
	if (type != FTW_D)
		return 0;
	n_folders++;
	for (size_t i = 0; i < found_cgroups->n_cgroups; i++)
		n_found += is_equal(found_cgroups->cgroups[i].path, group);
	n_missing += n_found == 0;
	return 0;
}

/* Every folder of every hierarchy that is mounted whole is there; some may come and go meanwhile. */
static void test_cgroups(void **state)
{
	const struct needs needs = { .cgroups = true };
	char line[4096], root[4096], point[4096], rest[4096];
	auto_snapshot struct snapshot snapshot;
	FILE *table = fopen("/proc/self/mountinfo", "re");

	(void)state;
	assert_non_null(table);
	scan_host(&needs, &snapshot);
	found_cgroups = &snapshot;
	while (fgets(line, sizeof(line), table)) {
		if (sscanf(line, "%*s %*s %*s %4095s %4095s %4095[^\n]", root, point, rest) != 3 ||
		    !strstr(rest, " - cgroup") || !is_equal(root, "/"))
			continue;
		at_path = strlen(point);
		assert_int_equal(nftw(point, check_folder, 16, FTW_PHYS | FTW_MOUNT), 0);
	}
	fclose(table);
	assert_true(n_missing * 4 <= n_folders);
	for (size_t i = 0; i < snapshot.n_cgroups; i++)
		assert_int_equal(snapshot.cgroups[i].path[0], '/');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_in_both_ways),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_cgroups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
