/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan of a recorded tree made here, and of this host, which is held against its own links. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "scan/scan.h"

/* A tree that is made entry by entry, and removed in the opposite order. */
struct tree {
	char root[32];
	char *paths[64];
	size_t n_paths;
};

static const char *tree_add(struct tree *tree, const char *path)
{
	char *added = NULL;

	assert_true(tree->n_paths < ARRAY_SIZE(tree->paths));
	assert_true(asprintf(&added, "%s/%s", tree->root, path) > 0);
	tree->paths[tree->n_paths++] = added;
	return added;
}

static void make_directory(struct tree *tree, const char *path)
{
	assert_int_equal(mkdir(tree_add(tree, path), 0755), 0);
}

static void make_link(struct tree *tree, const char *path, const char *target)
{
	assert_int_equal(symlink(target, tree_add(tree, path)), 0);
}

static void make_file(struct tree *tree, const char *path, const char *text, size_t length)
{
	FILE *stream = fopen(tree_add(tree, path), "we");

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, length, stream), length);
	assert_int_equal(fclose(stream), 0);
}

static void make_text(struct tree *tree, const char *path, const char *text)
{
	make_file(tree, path, text, strlen(text));
}

static int tree_done(void **state)
{
	struct tree *tree = *state;
	int n_failed = 0;

	while (tree->n_paths > 0) {
		char *path = tree->paths[--tree->n_paths];
		n_failed += remove(path) != 0;
		free(path);
	}
	n_failed += rmdir(tree->root) != 0;
	free(tree);
	return n_failed;
}

static int tree_start(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	strcpy(tree->root, "/tmp/nskit-scan-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	*state = tree;
	return 0;
}

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
		cmocka_unit_test(test_this_host),
		cmocka_unit_test(test_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
