/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan of a recorded tree made here, and of this host, which is held against its own links. */
#include <fcntl.h>
#include <sys/wait.h>

#include "recorded.h"
#include "scan/scan.h"

/* Process 9 is in a network namespace of its own, holds another one, and sees a third mounted. Its
 * comm is chosen to move every field of a careless reader. */
static void make_tree(struct tree *tree)
{
	static const char command[] = "sh\0-c\0exit";

	make_directory(tree, "proc");
	make_directory(tree, "proc/10");
	make_text(tree, "proc/10/status", "Name:\tx\nUid:\t7\t8\t9\t10\n");
	make_directory(tree, "proc/9");
	make_directory(tree, "proc/9/ns");
	make_link(tree, "proc/9/ns/net", "net:[4026532001]");
	make_link(tree, "proc/9/ns/mnt", "mnt:[4026532002]");
	make_link(tree, "proc/9/ns/pid", "mnt:[4026532002]");
	make_link(tree, "proc/9/ns/uts", "uts:[4026532003");
	make_directory(tree, "proc/9/fd");
	make_link(tree, "proc/9/fd/0", "/dev/null");
	make_link(tree, "proc/9/fd/7", "net:[4026532004]");
	make_text(tree, "proc/9/comm", "a) Z 1 (b\n");
	make_text(tree, "proc/9/stat",
	          "9 (a) Z 1 (b) S 1 9 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 55 0 0\n");
	make_file(tree, "proc/9/cmdline", command, sizeof(command));
	make_text(tree, "proc/9/mountinfo",
	          "30 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
	          "31 30 0:4 net:[4026532005] /run/a\\040b rw - nsfs nsfs rw\n"
	          "32 31 0:4 ipc:[4026532006] /run/a\\040b rw - nsfs nsfs rw\n");
	make_directory(tree, "proc/009");
	make_directory(tree, "proc/sys");
}

static uint32_t find(const struct snapshot *snapshot, uint64_t inode)
{
	uint32_t space = snapshot_find_inode(snapshot, inode);

	assert_int_not_equal(space, NONE);
	return space;
}

static const struct reference *first_reference(const struct snapshot *snapshot, uint64_t inode)
{
	uint32_t space = find(snapshot, inode);

	assert_int_not_equal(snapshot->spaces[space].first_reference, NONE);
	return &snapshot->references[snapshot->spaces[space].first_reference];
}

static void scan_tree(const struct tree *tree, struct snapshot *ret)
{
	struct scan_request request = { .sysroot = tree->root, .needs = scan_everything() };

	snapshot_init(ret);
	assert_int_equal(scan_take(&request, ret), 0);
}

static void test_tree_processes(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	make_tree(tree);
	scan_tree(tree, &snapshot);
	assert_int_equal(snapshot.n_processes, 2);
	const struct process *process = &snapshot.processes[0];
	assert_int_equal(process->pid, 9);
	assert_string_equal(process->comm, "a) Z 1 (b");
	assert_string_equal(process->command, "sh -c exit");
	assert_int_equal(process->start, 55);
	assert_int_equal(snapshot.processes[1].pid, 10);
	assert_int_equal(snapshot.processes[1].uid, 8);
	assert_int_equal(process->at.in[NS_NET], find(&snapshot, 4026532001));
	/* A link of another type, and one that is cut off, say nothing. */
	assert_int_equal(process->at.in[NS_PID], NONE);
	assert_int_equal(process->at.in[NS_UTS], NONE);
	assert_int_equal(snapshot.self, 0);
}

static void test_tree_holders(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	make_tree(tree);
	scan_tree(tree, &snapshot);
	assert_int_equal(first_reference(&snapshot, 4026532004)->kind, HELD_FD);
	assert_int_equal(first_reference(&snapshot, 4026532004)->fd, 7);
	const struct reference *lower = first_reference(&snapshot, 4026532005);
	assert_int_equal(lower->kind, HELD_MOUNT);
	assert_string_equal(lower->path, "/run/a b");
	assert_true(lower->covered);
	assert_int_equal(lower->mount_space, find(&snapshot, 4026532002));
	const struct reference *upper = first_reference(&snapshot, 4026532006);
	assert_int_equal(snapshot.spaces[upper->space].type, NS_IPC);
	assert_false(upper->covered);
	uint32_t mounts = find(&snapshot, 4026532002);
	assert_string_equal(snapshot.spaces[mounts].root_source, "/dev/sda1");
	assert_string_equal(snapshot.spaces[mounts].root_type, "ext4");
}

static void test_needs(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = {
		.sysroot = tree->root,
		.needs = { .types = NS_BIT(NS_NET), .sources = SOURCE_PROCESS },
	};
	auto_snapshot struct snapshot snapshot;

	make_tree(tree);
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_spaces, 1);
	assert_int_equal(snapshot.spaces[0].inode, 4026532001);
	assert_null(snapshot.processes[0].command);
	assert_null(snapshot.processes[0].comm);
}

static void test_nothing_there(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = { .sysroot = tree->root, .needs = scan_everything() };
	auto_snapshot struct snapshot snapshot;

	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), -ENOENT);
}

static const struct process *scan_one(const struct tree *tree, const struct needs *needs,
                                      struct snapshot *ret)
{
	struct scan_request request = { .sysroot = tree->root, .needs = *needs };

	snapshot_init(ret);
	assert_int_equal(scan_take(&request, ret), 0);
	assert_int_equal(ret->n_processes, 1);
	return &ret->processes[0];
}

/* What status alone says, and what it needs no other file for. */
static void test_tree_status(void **state)
{
	struct tree *tree = *state;
	const struct needs needs = {
		.process = PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_LABEL,
	};
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_text(tree, "proc/7/status",
	          "Name:\ta\\n\\\\) Z\nState:\tT (stopped)\nPPid:\t2\nUid:\t7\t8\t9\t10\n"
	          "NStgid:\t7\t1\nCapEff:\tffffffffffffffff\nNoNewPrivs:\t1\n");
	make_text(tree, "proc/7/comm", "other\n");
	make_directory(tree, "proc/7/attr");
	make_file(tree, "proc/7/attr/current", "docker-default (enforce)\n\0", 26);
	const struct process *process = scan_one(tree, &needs, &snapshot);
	assert_int_equal(process->known, PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_COMM |
	                                         PROCESS_UID | PROCESS_LABEL);
	assert_string_equal(process->comm, "a\n\\) Z");
	assert_int_equal(process->state, 'T');
	assert_int_equal(process->parent, 2);
	assert_int_equal(process->n_numbers, 2);
	assert_true(process->has_audit && process->no_new_privs);
	assert_true(process->effective_caps == UINT64_MAX);
	assert_int_equal(process->seccomp, -1);
	assert_false(process->is_kernel_thread);
	assert_string_equal(process->label, "docker-default (enforce)");
}

/* Where status lacks the parent, stat has it; a label that was not recorded is not known. */
static void test_tree_status_lacks(void **state)
{
	struct tree *tree = *state;
	const struct needs needs = {
		.process = PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_LABEL,
	};
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_text(tree, "proc/7/status", "NStgid:\t7\n");
	make_text(tree, "proc/7/stat",
	          "7 (a) b) S 3 7 7 0 -1 2097152 0 0 0 0 0 0 0 0 20 0 1 0 55 0 0\n");
	const struct process *process = scan_one(tree, &needs, &snapshot);
	assert_int_equal(process->known,
	                 PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_COMM | PROCESS_STAT);
	assert_string_equal(process->comm, "a) b");
	assert_int_equal(process->parent, 3);
	assert_true(process->is_kernel_thread);
	assert_false(process->has_audit);
	assert_null(process->label);
}

/* Older kernels do not say which threads are theirs. */
static void test_tree_kernel_threads(void **state)
{
	static const struct {
		const char *number, *text;
		bool is_kernel_thread;
	} tasks[] = {
		{ "2", "Name:\tk\nState:\tS\nPPid:\t0\nNStgid:\t2\n", true },
		{ "3", "Name:\tk\nState:\tI\nPPid:\t2\nNStgid:\t3\n", true },
		{ "4", "Name:\tk\nState:\tS\nPPid:\t2\nVmSize:\t1 kB\n", false },
		{ "5", "Name:\tk\nState:\tS\nPPid:\t2\nNStgid:\t5\t1\n", false },
		{ "6", "Name:\tk\nState:\tZ\nPPid:\t2\nNStgid:\t6\n", false },
		{ "7", "Name:\tk\nState:\tS\nPPid:\t2\nKthread:\t0\n", false },
		{ "8", "Name:\tk\nState:\tS\nPPid:\t1\nKthread:\t1\n", true },
		{ "9", "Name:\tk\nState:\tS\nPPid:\t1\nNStgid:\t9\n", false },
	};
	struct tree *tree = *state;
	struct scan_request request = {
		.sysroot = tree->root,
		.needs = { .process = PROCESS_NUMBERS },
	};
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		char path[64];
		snprintf(path, sizeof(path), "proc/%s", tasks[i].number);
		make_directory(tree, path);
		strcat(path, "/status");
		make_text(tree, path, tasks[i].text);
	}
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_processes, ARRAY_SIZE(tasks));
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
		assert_int_equal(snapshot.processes[i].is_kernel_thread, tasks[i].is_kernel_thread);
}

/* "NUMBER (x) STATE ..." with those flags. */
static void make_stat(struct tree *tree, const char *folder, char state, unsigned flags)
{
	auto_arena struct arena arena = { 0 };
	const char *path = arena_printf(&arena, "%s/stat", folder);

	make_text(tree, path,
	          arena_printf(&arena, "%s (x) %c 1 4 4 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 55 0 0\n",
	                       strrchr(folder, '/') + 1, state, flags));
}

static void make_status(struct tree *tree, const char *folder, char state, const char *rest)
{
	auto_arena struct arena arena = { 0 };
	const char *path = arena_printf(&arena, "%s/status", folder);

	make_directory(tree, folder);
	make_text(tree, path,
	          arena_printf(&arena, "Name:\tx\nState:\t%c (s)\nPPid:\t1\n%s", state, rest));
}

/* Process 4 is on its way out; 5 looks so by status alone, of 6 nothing else was recorded; of 7 the
 * thread waits that has outlived the others, that of 8 runs; 9 has its memory. */
static void make_ending(struct tree *tree)
{
	const unsigned exiting = 0x400044;

	make_directory(tree, "proc");
	make_status(tree, "proc/4", 'S', "Threads:\t1\n");
	make_stat(tree, "proc/4", 'S', exiting);
	make_status(tree, "proc/5", 'S', "Threads:\t1\n");
	make_stat(tree, "proc/5", 'S', 0x400040);
	make_status(tree, "proc/6", 'S', "Threads:\t1\n");
	for (char number = '7'; number < '9'; number++) {
		auto_arena struct arena arena = { 0 };
		const char *folder = arena_printf(&arena, "proc/%c", number);
		const char *leader = arena_printf(&arena, "%s/task/%c", folder, number);
		const char *thread = arena_printf(&arena, "%s/task/1%c", folder, number);
		make_status(tree, folder, 'Z', "Threads:\t2\n");
		make_directory(tree, arena_printf(&arena, "%s/task", folder));
		make_directory(tree, leader);
		make_stat(tree, leader, 'Z', exiting);
		make_directory(tree, thread);
		make_stat(tree, thread, 'S', number == '7' ? exiting : 0x400040);
	}
	make_status(tree, "proc/9", 'S', "VmSize:\t1 kB\nThreads:\t1\n");
	make_stat(tree, "proc/9", 'S', 0x400040);
}

static void test_tree_ending(void **state)
{
	struct tree *tree = *state;
	const unsigned fields[] = { PROCESS_NUMBERS | PROCESS_PARENT,
		                    PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_STAT };

	make_ending(tree);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct scan_request request = {
			.sysroot = tree->root,
			.needs = { .process = fields[i] },
		};
		auto_snapshot struct snapshot snapshot;
		snapshot_init(&snapshot);
		assert_int_equal(scan_take(&request, &snapshot), 0);
		assert_int_equal(snapshot.n_processes, 6);
		for (size_t k = 0; k < snapshot.n_processes; k++) {
			const struct process *process = &snapshot.processes[k];
			const bool is_expected = process->pid == 4 || process->pid == 7;
			if (process->is_ending != is_expected)
				fail_msg("%d, %zu", process->pid, i);
		}
	}
}

/* Whichever order a folder lists them in: what is saved must be loaded again. */
static void test_tree_threads(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = {
		.sysroot = tree->root,
		.needs = { .types = NS_BIT(NS_NET), .sources = SOURCE_PROCESS | SOURCE_THREAD },
	};
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_directory(tree, "proc/7/ns");
	make_link(tree, "proc/7/ns/net", "net:[4026532001]");
	make_directory(tree, "proc/7/task");
	for (int tid = 8; tid < 20; tid++) {
		auto_arena struct arena arena = { 0 };
		make_directory(tree, arena_printf(&arena, "proc/7/task/%d", tid));
		make_directory(tree, arena_printf(&arena, "proc/7/task/%d/ns", tid));
		make_link(tree, arena_printf(&arena, "proc/7/task/%d/ns/net", tid),
		          "net:[4026532002]");
	}
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_threads, 12);
	for (size_t i = 0; i < snapshot.n_threads; i++)
		assert_int_equal(snapshot.threads[i].tid, 8 + (int)i);
}

/* A thread is noted where its control groups are not those of its process, and only where that is
 * wanted. */
static void test_tree_thread_cgroups(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = {
		.sysroot = tree->root,
		.needs = { .sources = SOURCE_PROCESS | SOURCE_THREAD, .process = PROCESS_CGROUP },
	};
	auto_snapshot struct snapshot without, snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_directory(tree, "proc/7/ns");
	make_text(tree, "proc/7/cgroup", "0::/a\n");
	make_directory(tree, "proc/7/task");
	for (int tid = 7; tid < 10; tid++) {
		auto_arena struct arena arena = { 0 };
		make_directory(tree, arena_printf(&arena, "proc/7/task/%d", tid));
		make_directory(tree, arena_printf(&arena, "proc/7/task/%d/ns", tid));
		make_text(tree, arena_printf(&arena, "proc/7/task/%d/comm", tid), "w\n");
		make_text(tree, arena_printf(&arena, "proc/7/task/%d/cgroup", tid),
		          tid == 9 ? "0::/a/t\n" : "0::/a\n");
	}
	snapshot_init(&without);
	assert_int_equal(scan_take(&request, &without), 0);
	assert_int_equal(without.n_threads, 0);
	request.needs.thread = PROCESS_CGROUP;
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_threads, 1);
	assert_int_equal(snapshot.threads[0].tid, 9);
	assert_string_equal(snapshot.threads[0].cgroup, "0::/a/t");
	assert_string_equal(snapshot.threads[0].comm, "w");
	assert_false(snapshot_is_apart(&snapshot, &snapshot.threads[0]));
}

/* A terminal has its name by number; its device is not to be had from a recorded tree. */
static void test_tree_terminal(void **state)
{
	struct tree *tree = *state;
	const struct needs needs = { .process = PROCESS_STAT | PROCESS_TERMINAL };
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_text(tree, "proc/7/stat", "7 (a) S 1 7 7 52288 7 0 0 0 0 0 0 0 0 0 20 0 1 0 55 0 0\n");
	make_directory(tree, "sys");
	make_directory(tree, "sys/dev");
	make_directory(tree, "sys/dev/char");
	make_link(tree, "sys/dev/char/204:64", "../../devices/platform/tty/ttyAMA0");
	const struct process *process = scan_one(tree, &needs, &snapshot);
	assert_string_equal(process->terminal_name, "ttyAMA0");
	assert_int_equal(process->terminal_device, 0);
}

static bool has_cgroup(const struct snapshot *snapshot, const char *hierarchy, const char *path)
{
	size_t n_found = 0;

	for (size_t i = 0; i < snapshot->n_cgroups; i++) {
		const struct cgroup *cgroup = &snapshot->cgroups[i];
		n_found += is_equal(cgroup->hierarchy, hierarchy) && is_equal(cgroup->path, path);
	}
	assert_true(n_found < 2);
	return n_found == 1;
}

static void scan_cgroups(const struct tree *tree, struct snapshot *ret)
{
	struct scan_request request = { .sysroot = tree->root, .needs = { .cgroups = true } };

	snapshot_init(ret);
	assert_int_equal(scan_take(&request, ret), 0);
}

/* Control groups of v1, and of v2 beside them; links to the same hierarchy and out of the tree are
 * none. */
static void test_tree_cgroups(void **state)
{
	static const char *const folders[] = {
		"proc",
		"sys",
		"sys/fs",
		"sys/fs/cgroup",
		"sys/fs/cgroup/cpu,cpuacct",
		"sys/fs/cgroup/cpu,cpuacct/a",
		"sys/fs/cgroup/cpu,cpuacct/a/\x1b\xff :b",
		"sys/fs/cgroup/systemd",
		"sys/fs/cgroup/systemd/system.slice",
		"sys/fs/cgroup/unified",
		"sys/fs/cgroup/unified/x",
		"sys/fs/cgroup/no-hierarchy",
		"sys/fs/cgroup/no-hierarchy/y",
	};
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		make_directory(tree, folders[i]);
	make_text(tree, "sys/fs/cgroup/cpu,cpuacct/cgroup.procs", "");
	make_text(tree, "sys/fs/cgroup/systemd/cgroup.procs", "");
	make_text(tree, "sys/fs/cgroup/unified/cgroup.procs", "");
	make_link(tree, "sys/fs/cgroup/cpu", "cpu,cpuacct");
	make_link(tree, "sys/fs/cgroup/unified/root", "/");
	make_link(tree, "sys/fs/cgroup/unified/x/loop", "..");
	scan_cgroups(tree, &snapshot);
	assert_int_equal(snapshot.n_cgroups, 7);
	assert_true(has_cgroup(&snapshot, "cpu,cpuacct", "/"));
	assert_true(has_cgroup(&snapshot, "cpu,cpuacct", "/a/\x1b\xff :b"));
	assert_true(has_cgroup(&snapshot, "name=systemd", "/system.slice"));
	assert_true(has_cgroup(&snapshot, "", "/x"));
}

/* Deeper than a path can be: as far as that goes, and the rest is a gap. */
static void test_tree_cgroups_deep(void **state)
{
	struct tree *tree = *state;
	char name[201];
	int fds[25];
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "sys");
	make_directory(tree, "sys/fs");
	make_directory(tree, "sys/fs/cgroup");
	make_text(tree, "sys/fs/cgroup/cgroup.procs", "");
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	fds[0] = open(tree->paths[3], O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 1; i < ARRAY_SIZE(fds); i++) {
		assert_int_equal(mkdirat(fds[i - 1], name, 0755), 0);
		fds[i] = openat(fds[i - 1], name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
	scan_cgroups(tree, &snapshot);
	for (size_t i = ARRAY_SIZE(fds) - 1; i > 0; i--) {
		close(fds[i]);
		assert_int_equal(unlinkat(fds[i - 1], name, AT_REMOVEDIR), 0);
	}
	close(fds[0]);
	/* The root; paths of up to 4095 bytes; and one more that is listed, but cannot be opened. */
	assert_int_equal(snapshot.n_cgroups, 1 + 4095 / 201 + 1);
	assert_int_equal(snapshot.gaps[GAP_CGROUP_FOLDERS].count, 1);
}

static uint64_t own_inode(enum ns_type type)
{
	char path[64], text[64];
	enum ns_type found;
	uint64_t inode;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_types[type].name);
	ssize_t length = readlink(path, text, sizeof(text) - 1);
	if (length < 0)
		return 0;
	text[length] = '\0';
	assert_int_equal(ns_parse_name(text, &found, &inode), 0);
	assert_int_equal(found, type);
	return inode;
}

static size_t count_fds(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_this_host(void **state)
{
	struct scan_request request = { .needs = scan_everything() };
	auto_snapshot struct snapshot snapshot;
	size_t n_fds = count_fds();

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(count_fds(), n_fds);
	assert_int_not_equal(snapshot.self, 0);
	uint32_t self = snapshot_find_pid(&snapshot, snapshot.self);
	assert_int_not_equal(self, NONE);
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint64_t inode = own_inode(type);
		if (inode == 0)
			continue;
		uint32_t space = find(&snapshot, inode);
		assert_int_equal(snapshot.processes[self].at.in[type], space);
		assert_int_equal(snapshot.self_at[type], space);
		assert_true(snapshot.spaces[space].n_processes > 0);
	}
}

/* A child that holds a namespace by descriptor 100 until it is told to end. */
static pid_t start_holder(int until_end[2])
{
	assert_int_equal(pipe2(until_end, O_CLOEXEC), 0);
	auto_close int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	close(until_end[1]);
	char byte;
	/* Read once when the other end is dropped, after the scan. */
	_exit(dup2(fd, 100) == 100 && read(until_end[0], &byte, 1) == 0 ? 0 : 1);
}

static bool is_holder_found(const struct snapshot *snapshot, uint32_t process)
{
	for (size_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		if (reference->process == process && reference->kind == HELD_FD &&
		    reference->fd == 100)
			return snapshot->spaces[reference->space].inode == own_inode(NS_UTS) &&
			       is_equal(snapshot->processes[process].comm,
			                program_invocation_short_name);
	}
	return false;
}

static void test_descriptor(void **state)
{
	struct scan_request request = {
		.needs = { .types = NS_ALL_BITS, .sources = SOURCE_PROCESS | SOURCE_FD },
	};
	bool is_found = false;
	int until_end[2], status;
	pid_t pid = start_holder(until_end);

	(void)state;
	/* It may not have come to its dup2 yet. */
	for (unsigned i = 0; i < 200 && !is_found; i++) {
		auto_snapshot struct snapshot snapshot;
		snapshot_init(&snapshot);
		assert_int_equal(scan_take(&request, &snapshot), 0);
		uint32_t holder = snapshot_find_pid(&snapshot, pid);
		is_found = holder != NONE && is_holder_found(&snapshot, holder);
	}
	close(until_end[0]);
	close(until_end[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(is_found);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree_processes, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_holders, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_needs, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_nothing_there, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_status, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_status_lacks, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_kernel_threads, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_threads, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_thread_cgroups, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_ending, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_terminal, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_cgroups, tree_start, tree_done),
		cmocka_unit_test_setup_teardown(test_tree_cgroups_deep, tree_start, tree_done),
		cmocka_unit_test(test_this_host),
		cmocka_unit_test(test_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
