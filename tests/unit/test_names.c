/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorded state directories of container runtimes, built below a temporary root, against
 * names_scan. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/parse.h"
#include "scan/source.h"
#include "skip.h"

#define HEX64 "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4f72b9807785afee48bb"

/* A recorded host: a root with a proc, and the snapshot that a scan of it has come to. */
struct host {
	char root[64];
	struct needs needs;
	struct snapshot snapshot;
	struct scan scan;
	struct arena arena;
};

static void make_parents(int root_fd, const char *path)
{
	char copy[1000];

	assert_true(strlen(path) < sizeof(copy));
	strcpy(copy, path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int r = mkdirat(root_fd, copy, 0755);
		assert_true(r == 0 || errno == EEXIST);
		*slash = '/';
	}
}

static FILE *make_file(int root_fd, const char *path)
{
	make_parents(root_fd, path);
	int fd = openat(root_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	FILE *stream = fdopen(fd, "w");
	assert_non_null(stream);
	return stream;
}

static void make_text(int root_fd, const char *path, const char *text)
{
	FILE *stream = make_file(root_fd, path);

	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void host_make(struct host *host)
{
	*host = (struct host){ .needs.names = true };
	strcpy(host->root, "/tmp/nskit-names-XXXXXX");
	assert_non_null(mkdtemp(host->root));
	assert_int_equal(chmod(host->root, 0755), 0);
	snapshot_init(&host->snapshot);
	host->scan.needs = &host->needs;
	host->scan.snapshot = &host->snapshot;
	host->scan.root_fd = open(host->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_parents(host->scan.root_fd, "proc/");
	host->scan.proc_fd = openat(host->scan.root_fd, "proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(host->scan.proc_fd >= 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void host_remove(struct host *host)
{
	close(host->scan.root_fd);
	close(host->scan.proc_fd);
	buffer_done(&host->scan.buffer);
	snapshot_done(&host->snapshot);
	arena_done(&host->arena);
	assert_int_equal(nftw(host->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void add_process(struct host *host, const char *pid, const char *start)
{
	char path[64], stat[400];
	uint32_t index;
	pid_t number;

	assert_int_equal(parse_pid(pid, &number), 0);
	assert_int_equal(snapshot_add_process(&host->snapshot, number, &index), 0);
	snprintf(path, sizeof(path), "proc/%s/stat", pid);
	snprintf(stat, sizeof(stat), "%s (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %s 0 0\n", pid,
	         start);
	make_text(host->scan.root_fd, path, stat);
}

/* Adds a line to what is known of the control groups of the last process. */
static void add_cgroup(struct host *host, const char *line)
{
	struct process *process = &host->snapshot.processes[host->snapshot.n_processes - 1];
	struct container container;
	enum container_role role;
	char *text = arena_printf(&host->arena, "%s%s%s", process->cgroup ? process->cgroup : "",
	                          process->cgroup ? "\n" : "", line);

	assert_non_null(text);
	process->cgroup = snapshot_intern(&host->snapshot, text, strlen(text));
	assert_non_null(process->cgroup);
	assert_int_equal(container_identify(&host->arena, process->cgroup, &container, &role), 0);
	if (role == CONTAINER_PAYLOAD)
		assert_int_equal(
			snapshot_add_container(&host->snapshot, &container, &process->container),
			0);
}

static const char *or_none(const char *text)
{
	return text ? text : "";
}

/* "KEY=VALUE" of what is expected; a key that is not given must have no value, but cgroup. */
static void expect_key(struct host *host, const struct container *found, const char *file,
                       const char *expected)
{
	const struct {
		const char *key, *value;
	} keys[] = {
		{ " runtime=", or_none(found->runtime) },
		{ " id=", or_none(found->id) },
		{ " name=", or_none(found->name) },
		{ " pod=", or_none(found->pod) },
		{ " namespace=", or_none(found->pod_namespace) },
		{ " pod-uid=", or_none(found->pod_uid) },
		{ " sandbox=", found->is_sandbox ? "yes" : "" },
		{ " label=", or_none(container_label(&host->arena, found)) },
		{ " cgroup=", or_none(found->cgroup) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *at = strstr(expected, keys[i].key);
		const char *wanted = at ? at + strlen(keys[i].key) : "";
		size_t length = strcspn(wanted, " ");
		if (!at && is_equal(keys[i].key, " cgroup="))
			continue;
		if (strlen(keys[i].value) != length || strncmp(keys[i].value, wanted, length) != 0)
			fail_msg("%s: %s: got%s%s", file, expected, keys[i].key, keys[i].value);
	}
}

static void expect(struct host *host, const char *file, const char *expected)
{
	char pid[20] = "";
	pid_t number;

	assert_int_equal(sscanf(expected, "%19s", pid), 1);
	assert_int_equal(parse_pid(pid, &number), 0);
	uint32_t index = snapshot_find_pid(&host->snapshot, number);
	assert_int_not_equal(index, NONE);
	uint32_t container = host->snapshot.processes[index].container;
	bool is_none = strstr(expected, " none") != NULL;
	if (is_none != (container == NONE))
		fail_msg("%s: %s: container %d", file, expected, (int)container);
	if (!is_none)
		expect_key(host, &host->snapshot.containers[container], file, expected);
}

/* Copies lines up to "end" into a file. */
static void copy_file(struct host *host, const char *path, FILE *fixture)
{
	FILE *stream = make_file(host->scan.root_fd, path);
	auto_free char *line = NULL;
	size_t capacity = 0;
	bool is_first = true;

	while (getline(&line, &capacity, fixture) > 0 && strcmp(line, "end\n") != 0) {
		line[strcspn(line, "\n")] = '\0';
		fprintf(stream, "%s%s", is_first ? "" : "\n", line);
		is_first = false;
	}
	assert_int_equal(fclose(stream), 0);
}

/* One line of a fixture; what is expected is looked at once the scan has been made. */
static void use_line(struct host *host, const char *file, char *line, FILE *fixture,
                     bool *is_scanned)
{
	char *saved;
	const char *word = strtok_r(line, " ", &saved);
	char *rest = saved;

	if (is_equal(word, "process")) {
		const char *pid = strtok_r(NULL, " ", &saved);
		const char *start = strtok_r(NULL, " ", &saved);
		add_process(host, pid, start ? start : "0");
	} else if (is_equal(word, "cgroup")) {
		add_cgroup(host, rest);
	} else if (is_equal(word, "file")) {
		copy_file(host, rest, fixture);
	} else if (is_equal(word, "dir")) {
		make_parents(host->scan.root_fd, arena_printf(&host->arena, "%s/", rest));
	} else if (is_equal(word, "link")) {
		const char *path = strtok_r(NULL, " ", &saved);
		make_parents(host->scan.root_fd, path);
		assert_int_equal(symlinkat(saved, host->scan.root_fd, path), 0);
	} else if (is_equal(word, "expect")) {
		if (!*is_scanned)
			assert_int_equal(names_scan(&host->scan), 0);
		*is_scanned = true;
		expect(host, file, rest);
	} else {
		fail_msg("%s: what is %s?", file, word);
	}
}

static void check_file(const char *file, FILE *fixture)
{
	struct host host;
	auto_free char *line = NULL;
	size_t capacity = 0;
	bool is_scanned = false;

	host_make(&host);
	while (getline(&line, &capacity, fixture) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			use_line(&host, file, line, fixture, &is_scanned);
	}
	assert_true(is_scanned);
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++)
		assert_int_equal(host.snapshot.gaps[kind].count, 0);
	host_remove(&host);
}

static void test_fixtures(void **state)
{
	const char *top = getenv("srcdir");
	char folder[4096], path[8192];
	size_t n_files = 0;
	const struct dirent *entry;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/tests/fixtures/names", top ? top : ".");
	DIR *listing = opendir(folder);
	assert_non_null(listing);
	while ((entry = readdir(listing))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		FILE *fixture = fopen(path, "re");
		assert_non_null(fixture);
		check_file(entry->d_name, fixture);
		fclose(fixture);
		n_files++;
	}
	closedir(listing);
	assert_true(n_files >= 11);
}

static void host_of_docker(struct host *host)
{
	host_make(host);
	add_process(host, "10", "5");
	add_cgroup(host, "0::/docker/" HEX64);
}

#define DOCKER_FILE "var/lib/docker/containers/" HEX64 "/config.v2.json"

/* Nothing is looked at where nobody asked. */
static void test_not_asked(void **state)
{
	struct host host;

	(void)state;
	host_of_docker(&host);
	make_text(host.scan.root_fd, DOCKER_FILE, "{\"Name\": \"/web\"}");
	host.needs.names = false;
	assert_int_equal(names_scan(&host.scan), 0);
	assert_null(host.snapshot.containers[0].name);
	host_remove(&host);
}

/* A fifo in the place of a state file does not block. */
static void test_fifo(void **state)
{
	struct host host;

	(void)state;
	host_of_docker(&host);
	make_parents(host.scan.root_fd, DOCKER_FILE);
	assert_int_equal(mkfifoat(host.scan.root_fd, DOCKER_FILE, 0644), 0);
	make_parents(host.scan.root_fd, "run/runc/x/");
	assert_int_equal(mkfifoat(host.scan.root_fd, "run/runc/x/state.json", 0644), 0);
	alarm(20);
	assert_int_equal(names_scan(&host.scan), 0);
	alarm(0);
	assert_null(host.snapshot.containers[0].name);
	host_remove(&host);
}

static void test_too_large(void **state)
{
	struct host host;

	(void)state;
	host_of_docker(&host);
	make_text(host.scan.root_fd, DOCKER_FILE, "{\"Name\": \"/web\"}");
	int fd = openat(host.scan.root_fd, DOCKER_FILE, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, (off_t)64 << 30), 0);
	close(fd);
	assert_int_equal(names_scan(&host.scan), 0);
	assert_null(host.snapshot.containers[0].name);
	host_remove(&host);
}

#define HOME_STORAGE "home/one/.local/share/containers/storage/"

/* In a child, so that its mount namespace goes with it. The status of the child. */
static int in_child(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(20);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void host_of_home(struct host *host)
{
	host_make(host);
	add_process(host, "10", "5");
	add_cgroup(host, "0::/user.slice/user-1000.slice/libpod-" HEX64 ".scope");
	make_text(host->scan.root_fd, "etc/passwd", "one:x:1000:1000::/home/one:/bin/sh\n");
}

static void enter_mounts(void)
{
	bool is_done =
		unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;

	/* Not permitted. */
	if (!is_done)
		_exit(77);
}

static void scan_mount_in_home(void)
{
	struct host host;

	enter_mounts();
	host_of_home(&host);
	make_parents(host.scan.root_fd, HOME_STORAGE "overlay-containers/");
	const char *place =
		arena_printf(&host.arena, "%s/" HOME_STORAGE "overlay-containers", host.root);
	assert_int_equal(mount("x", place, "tmpfs", 0, NULL), 0);
	make_text(host.scan.root_fd, HOME_STORAGE "overlay-containers/containers.json",
	          "[{\"id\": \"" HEX64 "\", \"names\": [\"mounted\"]}]");
	int r = names_scan(&host.scan);
	bool is_named = host.snapshot.containers[0].name;
	umount2(place, MNT_DETACH);
	host_remove(&host);
	_exit(r < 0 || is_named);
}

/* A home that is a file system in user space of which nobody answers a request. */
static void scan_fuse_home(void)
{
	struct host host;

	enter_mounts();
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0)
		_exit(77);
	host_of_home(&host);
	make_parents(host.scan.root_fd, "home/one/");
	const char *place = arena_printf(&host.arena, "%s/home/one", host.root);
	const char *options = arena_printf(
		&host.arena, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	assert_int_equal(mount("x", place, "fuse", 0, options), 0);
	int r = names_scan(&host.scan);
	umount2(place, MNT_DETACH);
	close(fuse);
	host_remove(&host);
	_exit(r < 0);
}

static void expect_unharmed(void (*run)(void))
{
	int status = in_child(run);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip_because("may not mount");
	assert_int_equal(status, 0);
}

/* Who has a home may mount there what he likes. */
static void test_mount_in_home(void **state)
{
	(void)state;
	expect_unharmed(scan_mount_in_home);
}

static void test_fuse_home(void **state)
{
	(void)state;
	expect_unharmed(scan_fuse_home);
}

/* Scans without privilege where the tests run with it. */
static void scan_as_nobody(struct host *host)
{
	const uid_t nobody = 65534;
	bool is_root = geteuid() == 0;

	if (is_root)
		assert_int_equal(seteuid(nobody), 0);
	assert_int_equal(names_scan(&host->scan), 0);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
}

static void close_folder(const struct host *host, const char *path)
{
	make_parents(host->scan.root_fd, arena_printf((struct arena *)&host->arena, "%s/", path));
	assert_int_equal(fchmodat(host->scan.root_fd, path, 0, 0), 0);
}

static void open_folder(const struct host *host, const char *path)
{
	assert_int_equal(fchmodat(host->scan.root_fd, path, 0755, 0), 0);
}

/* What may not be read is a gap, once for a folder, where its runtime has a nameless container. */
static void test_gap(void **state)
{
	struct host host;

	(void)state;
	host_of_docker(&host);
	close_folder(&host, "var/lib/docker");
	close_folder(&host, "run/runc");
	close_folder(&host, "var/lib/containers");
	close_folder(&host, "var/log/pods");
	close_folder(&host, "run/containerd/io.containerd.runtime.v2.task");
	scan_as_nobody(&host);
	assert_int_equal(host.snapshot.gaps[GAP_CONTAINER_NAMES].count, 1);
	open_folder(&host, "var/lib/docker");
	open_folder(&host, "run/runc");
	open_folder(&host, "var/lib/containers");
	open_folder(&host, "var/log/pods");
	open_folder(&host, "run/containerd/io.containerd.runtime.v2.task");
	host_remove(&host);
}

/* No container, no gap; nor where another place had the name. */
static void test_no_gap(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	add_process(&host, "10", "5");
	add_cgroup(&host, "0::/kubepods/pod5d7e3c1a-0b64-4f5e-9a3d-7c1f2e8b9a60/" HEX64);
	make_parents(host.scan.root_fd, "var/log/containers/");
	assert_int_equal(symlinkat("x", host.scan.root_fd,
	                           "var/log/containers/web-5d7_default_nginx-" HEX64 ".log"),
	                 0);
	close_folder(&host, "var/lib/docker");
	close_folder(&host, "run/containerd");
	scan_as_nobody(&host);
	assert_int_equal(host.snapshot.gaps[GAP_CONTAINER_NAMES].count, 0);
	open_folder(&host, "var/lib/docker");
	open_folder(&host, "run/containerd");
	host_remove(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),      cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_fifo),          cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_gap),           cmocka_unit_test(test_no_gap),
		cmocka_unit_test(test_mount_in_home), cmocka_unit_test(test_fuse_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
