/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real control groups: their folders by name, and who is in them. */
#include "cgroups.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "model/cgrouptext.h"
#include "scan/cgrouptable.h"
#include "scan/scan.h"

#define NAME_LENGTH 250

/* Processes that a walk has shown, in its order. */
struct seen {
	pid_t pids[64];
	size_t count;
	int result; /* of the visitor, at the `stop_at`th */
	size_t stop_at;
};

static int note_pid(void *data, pid_t pid)
{
	struct seen *seen = data;

	if (seen->count < ARRAY_SIZE(seen->pids))
		seen->pids[seen->count] = pid;
	seen->count++;
	return seen->count == seen->stop_at ? seen->result : 0;
}

static size_t times_seen(const struct seen *seen, pid_t pid)
{
	size_t n = 0;

	for (size_t i = 0; i < seen->count && i < ARRAY_SIZE(seen->pids); i++)
		n += seen->pids[i] == pid;
	return n;
}

static void mounts_show_what_is_below_their_root(void **state)
{
	static const struct {
		const char *root, *path, *below;
	} cases[] = {
		{ "/", "/", "" },         { "/", "/a//b/", "a//b/" },
		{ "/", "/..", NULL },     { "/", "/../a", NULL },
		{ "/", "/a/../b", NULL }, { "/", "/..a/b..", "..a/b.." },
		{ "/a", "/a", "" },       { "/a", "/a/b", "b" },
		{ "/a", "/ab", NULL },    { "/a", "/", NULL },
		{ "/a", "/a/..", NULL },  { "/..", "/..", "" },
		{ "/..", "/../a", "a" },  { "/..", "/../../a", NULL },
		{ "/..", "/a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_mount mount = { .root = cases[i].root };
		const char *below = cgrouptable_below(&mount, cases[i].path);
		if (!cases[i].below != !below || (below && !is_equal(below, cases[i].below)))
			fail_msg("%s below %s", cases[i].path, cases[i].root);
	}
}

static void a_hierarchy_may_have_many_names(void **state)
{
	(void)state;
	assert_true(cgrouptext_is_hierarchy("cpu,cpuacct", "cpuacct"));
	assert_true(cgrouptext_is_hierarchy("cpu,cpuacct", "cpu,cpuacct"));
	assert_false(cgrouptext_is_hierarchy("cpu,cpuacct", "cpu,"));
	assert_false(cgrouptext_is_hierarchy("cpu,cpuacct", ""));
	assert_false(cgrouptext_is_hierarchy("", "cpu"));
	assert_true(cgrouptext_is_hierarchy("", ""));
	assert_false(cgrouptext_is_hierarchy("name=systemd", "systemd"));
}

static uint64_t inode_of(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	return status.st_ino;
}

static uint64_t inode_below(int fd, const char *path)
{
	struct stat status;

	assert_int_equal(fstatat(fd, path, &status, 0), 0);
	return status.st_ino;
}

static const char *path_of(const char *below)
{
	static char path[256];

	snprintf(path, sizeof(path), "/%s%s", group.name, below);
	return path;
}

static void finds_folders(const char *hierarchy, const char *other_name, int version)
{
	struct cgroupdir dir = { .fd = 77 };

	group_or_skip(hierarchy);
	assert_int_equal(group.version, version);
	close(group_below(group.fd, "a b"));
	assert_int_equal(cgroupdir_open(hierarchy, path_of(""), &dir), 0);
	assert_true(inode_of(dir.fd) == inode_of(group.fd));
	assert_int_equal(dir.version, version);
	assert_false(dir.is_root);
	cgroupdir_done(&dir);
	cgroupdir_done(&dir);
	assert_int_equal(cgroupdir_open(other_name, path_of("/a b/"), &dir), 0);
	assert_true(inode_of(dir.fd) == inode_below(group.fd, "a b"));
	cgroupdir_done(&dir);
	assert_int_equal(cgroupdir_open(hierarchy, path_of("/missing"), &dir), -ENOENT);
	assert_int_equal(cgroupdir_open(hierarchy, path_of("/cgroup.procs"), &dir), -ENOTDIR);
	assert_int_equal(cgroupdir_open(hierarchy, path_of("/.."), &dir), -EOPNOTSUPP);
	assert_int_equal(cgroupdir_open(hierarchy, "/../x", &dir), -EOPNOTSUPP);
	assert_int_equal(cgroupdir_open(hierarchy, "relative", &dir), -EOPNOTSUPP);
	assert_int_equal(dir.version, 0);
}

static void v2_folders_are_found(void **state)
{
	(void)state;
	finds_folders("", "", 2);
}

static void v1_folders_are_found(void **state)
{
	struct cgroupdir dir;

	(void)state;
	finds_folders("freezer", "freezer", 1);
	assert_int_equal(cgroupdir_open("freeze", "/", &dir), -EOPNOTSUPP);
	assert_int_equal(cgroupdir_open("name=nothing", "/", &dir), -EOPNOTSUPP);
}

static void names_of_any_bytes_are_found(void **state)
{
	struct cgroupdir dir;
	char path[600] = "/";

	(void)state;
	group_or_skip("");
	close(group_below(group.fd, "\\040\t\x1b\xff..\""));
	close(group_below(group.fd, "..."));
	assert_int_equal(cgroupdir_open("", path_of("/\\040\t\x1b\xff..\""), &dir), 0);
	cgroupdir_done(&dir);
	assert_int_equal(cgroupdir_open("", path_of("/..."), &dir), 0);
	cgroupdir_done(&dir);
	memset(path + 1, 'x', 500);
	assert_int_equal(cgroupdir_open("", path, &dir), -ENOENT);
}

static void the_root_is_known(void **state)
{
	static const char *const hierarchies[] = { "", "freezer", "name=systemd", "memory" };
	size_t n_found = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		auto_cgroupdir struct cgroupdir dir = { 0 };
		struct stat status;

		if (cgroupdir_open(hierarchies[i], "/", &dir) < 0)
			continue;
		n_found++;
		/* These files are in all but the root, and in the root only. */
		bool is_root = dir.version == 2 ? fstatat(dir.fd, "cgroup.type", &status, 0) < 0
		                                : fstatat(dir.fd, "release_agent", &status, 0) == 0;
		assert_int_equal(dir.is_root, is_root);
	}
	if (n_found == 0)
		skip_because("there are no control groups");
}

/* Mounts of our own, which nobody else sees. 0 where they may not be. */
static bool leave_mount_namespace(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Where the root of the v2 hierarchy is mounted. */
static void read_mount_point(char *ret, size_t size)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", group.root_fd);
	assert_int_equal(fd_readlink_at(AT_FDCWD, link, ret, size), 0);
}

static bool bind_mount(const char *from, const char *to)
{
	return mount(from, to, "none", MS_BIND, NULL) == 0;
}

static bool opens_as(const char *path, int fd, const char *name)
{
	auto_cgroupdir struct cgroupdir dir = { 0 };

	return cgroupdir_open("", path, &dir) == 0 && inode_of(dir.fd) == inode_below(fd, name);
}

/* The group "a" lies on the root of the hierarchy: what is below that place is not what it
 * seems. */
static int open_under_a_mount(void *data)
{
	char point[256], a[600];
	struct cgroupdir dir;

	(void)data;
	read_mount_point(point, sizeof(point));
	snprintf(a, sizeof(a), "%s/%s/a", point, group.name);
	if (!leave_mount_namespace() || !bind_mount(a, point))
		return 2;
	if (cgroupdir_open("", path_of("/a"), &dir) != 0 ||
	    inode_of(dir.fd) != inode_below(group.fd, "a"))
		return 3;
	if (!opens_as(path_of("/a/same"), group.fd, "a/same"))
		return 4;
	return cgroupdir_open("", "/same", &dir) == -EOPNOTSUPP &&
	       cgroupdir_open("", path_of("/same"), &dir) == -EOPNOTSUPP;
}

static bool has_group(const struct snapshot *snapshot, const char *path)
{
	for (size_t i = 0; i < snapshot->n_cgroups; i++)
		if (is_equal(snapshot->cgroups[i].path, path) &&
		    is_equal(snapshot->cgroups[i].hierarchy, ""))
			return true;
	return false;
}

/* A scan does not take that for the root either. */
static int scan_under_a_mount(void *data)
{
	const struct scan_request request = { .needs = { .cgroups = true } };
	struct snapshot snapshot;
	char point[256], a[600];

	(void)data;
	read_mount_point(point, sizeof(point));
	snprintf(a, sizeof(a), "%s/%s/a", point, group.name);
	if (!leave_mount_namespace() || !bind_mount(a, point))
		return 2;
	snapshot_init(&snapshot);
	bool is_right = scan_take(&request, &snapshot) == 0 &&
	                has_group(&snapshot, path_of("/a/same")) && !has_group(&snapshot, "/same");
	snapshot_done(&snapshot);
	return is_right;
}

/* The group "b" lies on "a": it must not be taken for that. */
static int open_beside_a_mount(void *data)
{
	char point[256], a[600], b[600];
	struct cgroupdir dir;
	struct seen seen = { 0 };

	(void)data;
	read_mount_point(point, sizeof(point));
	snprintf(a, sizeof(a), "%s/%s/a", point, group.name);
	snprintf(b, sizeof(b), "%s/%s/b", point, group.name);
	if (!leave_mount_namespace() || !bind_mount(b, a))
		return 2;
	if (cgroupdir_open("", path_of("/a"), &dir) != -EXDEV ||
	    cgroupdir_open("", path_of("/a/same"), &dir) != -EXDEV)
		return 3;
	if (!opens_as(path_of("/b/same"), group.fd, "b/same") ||
	    cgroupdir_open("", path_of(""), &dir) < 0)
		return 4;
	return cgroupdir_walk(dir.fd, note_pid, &seen) == -EXDEV;
}

static void a_mount_is_not_mistaken_for_a_group(void **state)
{
	(void)state;
	group_or_skip("");
	for (int i = 0; i < 2; i++) {
		auto_close int fd = group_below(group.fd, i == 0 ? "a" : "b");
		close(group_below(fd, "same"));
	}
	close(group_below(group.fd, "same"));
	int r = child_result(open_under_a_mount, NULL);
	if (r == 2)
		skip_because("nothing may be mounted");
	assert_int_equal(r, 1);
	assert_int_equal(child_result(scan_under_a_mount, NULL), 1);
	assert_int_equal(child_result(open_beside_a_mount, NULL), 1);
}

/* In a cgroup namespace whose root is the group: what was mounted before shows more than it can
 * name. */
static int open_in_namespace(void *data)
{
	auto_cgroupdir struct cgroupdir dir = { 0 };
	struct cgroupdir none;

	(void)data;
	if (unshare(CLONE_NEWCGROUP) < 0 || !leave_mount_namespace())
		return 2;
	if (cgroupdir_open("", "/a", &none) != -EOPNOTSUPP ||
	    cgroupdir_open("", "/", &none) != -EOPNOTSUPP)
		return 3;
	/* The root of what is mounted is "/..", and so is this path. */
	if (!opens_as("/..", group.root_fd, "."))
		return 4;
	if (mount("cgroup2", "/tmp", "cgroup2", 0, NULL) < 0)
		return 2;
	if (!opens_as("/a", group.fd, "a"))
		return 5;
	return cgroupdir_open("", "/", &dir) == 0 && !dir.is_root && dir.version == 2 &&
	       inode_of(dir.fd) == inode_of(group.fd);
}

static void a_namespace_has_its_own_root(void **state)
{
	struct group_job job = { .run = open_in_namespace };

	(void)state;
	group_or_skip("");
	close(group_below(group.fd, "a"));
	job.fd = group.fd;
	int r = child_result(group_run, &job);
	if (r == 2)
		skip_because("there may be no cgroup namespace");
	assert_int_equal(r, 1);
}

static void walks_through_all(const char *hierarchy)
{
	struct seen seen = { 0 };
	pid_t pids[4];

	group_or_skip(hierarchy);
	auto_close int a = group_below(group.fd, "a");
	auto_close int b = group_below(a, "b");
	auto_close int c = group_below(group.fd, "c");
	const int fds[] = { group.fd, a, b, c };
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		pids[i] = group_start(fds[i], child_pause, NULL);
	assert_int_equal(cgroupdir_walk(group.fd, note_pid, &seen), 0);
	assert_int_equal(seen.count, 4);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		assert_int_equal(times_seen(&seen, pids[i]), 1);
	assert_int_equal(seen.pids[0], pids[0]);

	seen = (struct seen){ 0 };
	assert_int_equal(cgroupdir_walk(a, note_pid, &seen), 0);
	assert_int_equal(seen.count, 2);
	seen = (struct seen){ .stop_at = 2, .result = -EPERM };
	assert_int_equal(cgroupdir_walk(group.fd, note_pid, &seen), -EPERM);
	assert_int_equal(seen.count, 2);
	seen = (struct seen){ .stop_at = 1, .result = 5 };
	assert_int_equal(cgroupdir_walk(b, note_pid, &seen), 5);
}

static void v2_is_walked_through(void **state)
{
	(void)state;
	walks_through_all("");
}

static void v1_is_walked_through(void **state)
{
	(void)state;
	walks_through_all("freezer");
}

/* Longer than a path can be, and deeper than there are descriptors. */
static void however_deep_they_nest(void **state)
{
	char name[NAME_LENGTH + 1];
	struct seen seen = { 0 };
	int fd;

	(void)state;
	group_or_skip("");
	memset(name, 'n', NAME_LENGTH);
	name[NAME_LENGTH] = '\0';
	fd = dup(group.fd);
	for (int i = 0; i < 40; i++) {
		int child = group_below(fd, name);
		/* A brother at every depth, to which the way leads up again. */
		close(group_below(fd, "brother"));
		close(fd);
		fd = child;
	}
	pid_t first = group_start(group.fd, child_pause, NULL);
	pid_t last = group_start(fd, child_pause, NULL);
	close(fd);
	fd = openat(group.fd, "brother", O_PATH | O_DIRECTORY | O_CLOEXEC);
	pid_t brother = group_start(fd, child_pause, NULL);
	close(fd);
	assert_int_equal(cgroupdir_walk(group.fd, note_pid, &seen), 0);
	assert_int_equal(seen.count, 3);
	assert_int_equal(times_seen(&seen, first), 1);
	assert_int_equal(times_seen(&seen, brother), 1);
	assert_int_equal(times_seen(&seen, last), 1);
}

struct removal {
	int fd;
	pid_t pid; /* in a/b */
	struct seen seen;
};

/* Takes away the folder that the walk is in, and the one above it. */
static int remove_below(void *data, pid_t pid)
{
	struct removal *removal = data;

	if (pid == removal->pid) {
		child_end(pid);
		assert_int_equal(unlinkat(removal->fd, "a/b", AT_REMOVEDIR), 0);
		assert_int_equal(unlinkat(removal->fd, "a", AT_REMOVEDIR), 0);
	}
	return note_pid(&removal->seen, pid);
}

static void removes_while_walking(const char *hierarchy)
{
	struct removal removal = { 0 };
	pid_t others[2];

	group_or_skip(hierarchy);
	auto_close int before = group_below(group.fd, "0");
	auto_close int a = group_below(group.fd, "a");
	auto_close int b = group_below(a, "b");
	auto_close int after = group_below(group.fd, "z");
	removal.fd = group.fd;
	removal.pid = group_start(b, child_pause, NULL);
	others[0] = group_start(before, child_pause, NULL);
	others[1] = group_start(after, child_pause, NULL);
	assert_int_equal(cgroupdir_walk(group.fd, remove_below, &removal), 0);
	assert_int_equal(removal.seen.count, 3);
	for (int i = 0; i < 2; i++)
		assert_int_equal(times_seen(&removal.seen, others[i]), 1);
	/* What is gone from the start has nobody in it. */
	assert_int_equal(cgroupdir_walk(b, note_pid, &removal.seen), 0);
	assert_int_equal(removal.seen.count, 3);
}

static void what_goes_meanwhile_is_no_error(void **state)
{
	(void)state;
	removes_while_walking("");
}

static void nor_is_it_in_v1(void **state)
{
	(void)state;
	removes_while_walking("freezer");
}

static void *thread_pause(void *data)
{
	(void)data;
	for (;;)
		pause();
	return NULL;
}

/* A second thread goes into the threaded group. */
static void *thread_move(void *data)
{
	int fd = *(int *)data;

	if (group_write(fd, "cgroup.threads", "0") < 0)
		_exit(1);
	return thread_pause(NULL);
}

static int child_threads(void *data)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, thread_move, data) != 0)
			return 1;
	return child_pause(NULL);
}

static size_t count_lines(int fd, const char *file)
{
	auto_buffer struct buffer buffer = { 0 };
	size_t n = 0;

	assert_int_equal(fd_read_at(fd, file, &buffer), 0);
	for (size_t i = 0; i < buffer.length; i++)
		n += buffer.data[i] == '\n';
	return n;
}

static void threads_stand_for_their_process(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	group_or_skip("");
	auto_close int below = group_below(group.fd, "threads");
	assert_int_equal(group_write(below, "cgroup.type", "threaded"), 0);
	pid_t pid = group_start(group.fd, child_threads, &below);
	for (int i = 0; count_lines(below, "cgroup.threads") < 3; i++) {
		assert_in_range(i, 0, 10000);
		usleep(1000);
	}
	assert_int_equal(cgroupdir_walk(below, note_pid, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.pids[0], pid);
	assert_int_equal(cgroupdir_walk(group.fd, note_pid, &seen), 0);
	assert_int_equal(times_seen(&seen, pid), seen.count);
}

static int walk_in_pid_namespace(void *data)
{
	struct seen seen = { 0 };

	(void)data;
	return cgroupdir_walk(group.fd, note_pid, &seen) == -EREMOTE && seen.count == 0;
}

static int child_in_pid_namespace(void *data)
{
	return unshare(CLONE_NEWPID) < 0 ? 2 : child_result(walk_in_pid_namespace, data);
}

static void a_process_without_a_number_is_an_error(void **state)
{
	(void)state;
	group_or_skip("");
	group_start(group.fd, child_pause, NULL);
	int r = child_result(child_in_pid_namespace, NULL);
	if (r == 2)
		skip_because("there may be no PID namespace");
	assert_int_equal(r, 1);
}

static int walk_as_nobody(void *data)
{
	struct seen seen = { 0 };
	int r = cgroupdir_walk(group.fd, note_pid, &seen);

	(void)data;
	/* Of the one that it may not see into, nothing; but all of the others. */
	return r == -EACCES && seen.count == 2;
}

static void what_cannot_be_read_is_an_error_at_the_end(void **state)
{
	(void)state;
	group_or_skip("");
	for (int i = 0; i < 3; i++) {
		char name[] = { (char)('0' + i), '\0' };
		auto_close int fd = group_below(group.fd, name);
		group_start(fd, child_pause, NULL);
	}
	assert_int_equal(fchmodat(group.fd, "1", 0, 0), 0);
	assert_int_equal(child_result_as_nobody(walk_as_nobody, NULL), 1);
}

/* As before Linux 5.6. */
static bool forbid_openat2(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* With the group "b" on "a", and another file system on "c". */
static int walk_without_openat2(void *data)
{
	auto_cgroupdir struct cgroupdir dir = { 0 };
	struct seen seen = { 0 };
	struct cgroupdir none;
	char point[256], a[600], b[600], c[600];

	(void)data;
	read_mount_point(point, sizeof(point));
	snprintf(a, sizeof(a), "%s/%s/a", point, group.name);
	snprintf(b, sizeof(b), "%s/%s/b", point, group.name);
	snprintf(c, sizeof(c), "%s/%s/c", point, group.name);
	if (!forbid_openat2() || !leave_mount_namespace() || !bind_mount(b, a) ||
	    mount("none", c, "tmpfs", 0, NULL) < 0)
		return 2;
	if (cgroupdir_open("", path_of("/a"), &none) != -EXDEV ||
	    cgroupdir_open("", path_of("/c"), &none) != -EXDEV ||
	    cgroupdir_open("", path_of("/missing"), &none) != -ENOENT)
		return 3;
	if (!opens_as(path_of("/b"), group.fd, "b") || cgroupdir_open("", path_of(""), &dir) < 0)
		return 4;
	return cgroupdir_walk(dir.fd, note_pid, &seen) == -EXDEV && seen.count > 0;
}

static void also_without_openat2(void **state)
{
	(void)state;
	group_or_skip("");
	close(group_below(group.fd, "a"));
	close(group_below(group.fd, "c"));
	auto_close int b = group_below(group.fd, "b");
	group_start(b, child_pause, NULL);
	int r = child_result(walk_without_openat2, NULL);
	if (r == 2)
		skip_because("there may be no filter of system calls, or no mount");
	assert_int_equal(r, 1);
}

static int walk_with_few_descriptors(void *data)
{
	struct seen seen = { 0 };
	int n_free = 3;

	(void)data;
	while (dup(STDOUT_FILENO) >= 0)
		continue;
	for (int fd = 3; n_free > 0; fd++)
		if (fd != group.fd && fd != group.root_fd)
			n_free -= close(fd) == 0;
	return cgroupdir_walk(group.fd, note_pid, &seen) == 0 && seen.count == 1;
}

static void three_descriptors_are_enough(void **state)
{
	(void)state;
	group_or_skip("");
	auto_close int a = group_below(group.fd, "a");
	auto_close int b = group_below(a, "b");
	close(group_below(b, "c"));
	group_start(b, child_pause, NULL);
	assert_int_equal(child_result(walk_with_few_descriptors, NULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_show_what_is_below_their_root),
		cmocka_unit_test(a_hierarchy_may_have_many_names),
		in_group(v2_folders_are_found),
		in_group(v1_folders_are_found),
		in_group(names_of_any_bytes_are_found),
		in_group(the_root_is_known),
		in_group(a_mount_is_not_mistaken_for_a_group),
		in_group(a_namespace_has_its_own_root),
		in_group(v2_is_walked_through),
		in_group(v1_is_walked_through),
		in_group(however_deep_they_nest),
		in_group(what_goes_meanwhile_is_no_error),
		in_group(nor_is_it_in_v1),
		in_group(threads_stand_for_their_process),
		in_group(a_process_without_a_number_is_an_error),
		in_group(what_cannot_be_read_is_an_error_at_the_end),
		in_group(also_without_openat2),
		in_group(three_descriptors_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
