/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wrappers against the kernel that runs; what it does not have must say so in the one way that
 * the header promises. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "skip.h"

static const struct {
	const char *path;
	int type;
} own[] = {
	{ "/proc/self/ns/cgroup", CLONE_NEWCGROUP }, { "/proc/self/ns/ipc", CLONE_NEWIPC },
	{ "/proc/self/ns/mnt", CLONE_NEWNS },        { "/proc/self/ns/net", CLONE_NEWNET },
	{ "/proc/self/ns/pid", CLONE_NEWPID },       { "/proc/self/ns/time", CLONE_NEWTIME },
	{ "/proc/self/ns/user", CLONE_NEWUSER },     { "/proc/self/ns/uts", CLONE_NEWUTS },
};

/* Skips the test where the kernel has no namespace of that type. */
static int open_or_skip(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		skip_because("the kernel has no such namespaces, or there is no /proc");
	return fd;
}

static uint64_t inode_of(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	return status.st_ino;
}

static void assert_close_on_exec(int fd)
{
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

/* Valgrind does not know all system calls. */
static int pidfd_or_skip(void)
{
	int fd = kernel_pidfd_open(getpid(), 0);

	if (fd == -ENOSYS)
		skip_because("no pidfd_open(2) (5.3)");
	assert_true(fd >= 0);
	return fd;
}

static void types_are_those_of_clone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		auto_close int fd = open(own[i].path, O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			assert_int_equal(kernel_ns_type(fd), own[i].type);
	}
}

static void other_files_are_no_namespaces(void **state)
{
	auto_close int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct kernel_ns_handle handle;
	uint64_t number = 77;
	uid_t uid = 77;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(kernel_ns_type(fd), -ENOTTY);
	assert_int_equal(kernel_ns_owner(fd), -ENOTTY);
	assert_int_equal(kernel_ns_parent(fd), -ENOTTY);
	assert_int_equal(kernel_ns_owner_uid(fd, &uid), -ENOTTY);
	assert_int_equal(kernel_ns_id(fd, &number), -ENOTTY);
	assert_int_equal(kernel_ns_handle_at(AT_FDCWD, "/dev/null", &handle), -EOPNOTSUPP);
	assert_int_equal(kernel_ns_handle_at(AT_FDCWD, "/", &handle), -EOPNOTSUPP);
	assert_int_equal(kernel_ns_handle_at(AT_FDCWD, "/missing", &handle), -ENOENT);
	assert_int_equal(kernel_ns_type(-1), -EBADF);
	assert_int_equal(kernel_ns_id(-1, &number), -EBADF);
	assert_int_equal(kernel_socket_netns_cookie(fd, &number), -ENOTSOCK);
	assert_int_equal(number, 77);
	assert_int_equal(uid, 77);
}

static void owner_is_the_own_user_namespace_or_out_of_sight(void **state)
{
	auto_close int uts = open_or_skip("/proc/self/ns/uts");
	auto_close int owner = kernel_ns_owner(uts);
	uid_t uid;

	(void)state;
	assert_int_equal(kernel_ns_parent(uts), -EINVAL);
	assert_int_equal(kernel_ns_owner_uid(uts, &uid), -EINVAL);
	if (owner == -EPERM)
		skip_because("the owner is out of sight: not in the initial user namespace");
	assert_true(owner >= 0);
	assert_close_on_exec(owner);
	assert_int_equal(kernel_ns_type(owner), CLONE_NEWUSER);
	assert_int_equal(kernel_ns_owner_uid(owner, &uid), 0);
}

static void ids_and_handles_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		auto_close int fd = open_or_skip(own[i].path);
		struct kernel_ns_handle handle = { 0 };
		uint64_t id = 0;
		int r = kernel_ns_handle_at(AT_FDCWD, own[i].path, &handle);

		if (r == -EOPNOTSUPP) { /* before 6.18: ids of mount namespaces at most */
			assert_int_equal(handle.id, 0);
			if (own[i].type != CLONE_NEWNS)
				assert_int_equal(kernel_ns_id(fd, &id), -ENOTTY);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(handle.type, own[i].type);
		assert_true(handle.inode == inode_of(fd));
		assert_int_equal(kernel_ns_id(fd, &id), 0);
		assert_true(id == handle.id && id > 0);
	}
}

static void handles_open_the_same_namespace(void **state)
{
	auto_close int fd = open_or_skip("/proc/self/ns/uts");
	struct kernel_ns_handle handle = { .id = UINT64_MAX, .type = CLONE_NEWUTS, .inode = 1 };
	int r = kernel_ns_open_handle(&handle);

	(void)state;
	if (r == -EOPNOTSUPP)
		skip_because("the kernel has no handles of namespaces (6.18)");
	assert_int_equal(r, -ESTALE);
	assert_int_equal(kernel_ns_handle_at(AT_FDCWD, "/proc/self/ns/uts", &handle), 0);
	{
		auto_close int again = kernel_ns_open_handle(&handle);

		assert_true(again >= 0);
		assert_close_on_exec(again);
		assert_true(inode_of(again) == inode_of(fd));
	}
}

static void listns_pages_to_the_end(void **state)
{
	auto_close int fd = open_or_skip("/proc/self/ns/net");
	bool is_own_seen = false;
	uint64_t last = 0;
	uint64_t own_id;
	uint64_t ids[3];
	int n = kernel_listns(0, 0, 0, ids, ARRAY_SIZE(ids));

	(void)state;
	if (n == -ENOSYS || n == -EPERM) /* EPERM: an old seccomp filter of a container */
		skip_because("the kernel has no listns(2) (6.19)");
	assert_int_equal(kernel_ns_id(fd, &own_id), 0);
	for (; n > 0; n = kernel_listns(last, 0, 0, ids, ARRAY_SIZE(ids))) {
		for (int i = 0; i < n; i++) {
			assert_true(ids[i] > last);
			last = ids[i];
			is_own_seen |= last == own_id;
		}
	}
	assert_int_equal(n, 0);
	assert_true(is_own_seen);
	assert_int_equal(kernel_listns(UINT64_MAX, 0, 0, ids, ARRAY_SIZE(ids)), 0);
}

static void sockets_tell_their_namespace(void **state)
{
	auto_close int net = open_or_skip("/proc/self/ns/net");
	auto_close int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	auto_close int found = kernel_socket_netns(socket_fd);
	uint64_t cookie = 0;
	uint64_t id;
	int r = kernel_socket_netns_cookie(socket_fd, &cookie);

	(void)state;
	if (r != -ENOPROTOOPT) {
		assert_int_equal(r, 0);
		assert_true(cookie > 0);
		if (kernel_ns_id(net, &id) == 0)
			assert_true(cookie == id);
	}
	if (found == -EPERM)
		skip_because("sockets may not be looked at");
	assert_true(found >= 0);
	assert_close_on_exec(found);
	assert_true(inode_of(found) == inode_of(net));
}

static void pidfd_reaches_a_descriptor(void **state)
{
	auto_close int pidfd = pidfd_or_skip();
	auto_close int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_close int copy = -1;

	(void)state;
	assert_close_on_exec(pidfd);
	copy = kernel_pidfd_getfd(pidfd, file);
	if (copy == -EPERM)
		skip_because("pidfd_getfd(2) is not permitted");
	assert_true(copy >= 0);
	assert_close_on_exec(copy);
	assert_true(inode_of(copy) == inode_of(file));
	assert_int_equal(kernel_pidfd_getfd(pidfd, 1000000), -EBADF);
	assert_int_equal(kernel_pidfd_open(-1, 0), -EINVAL);
}

static void pidfd_inode_is_the_same_each_time(void **state)
{
	auto_close int first = pidfd_or_skip();
	auto_close int second = kernel_pidfd_open(getpid(), 0);
	auto_close int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uint64_t inodes[2] = { 0 };
	int r = kernel_pidfd_inode(first, &inodes[0]);

	(void)state;
	assert_int_equal(kernel_pidfd_inode(other, &inodes[1]), -EOPNOTSUPP);
	assert_int_equal(inodes[1], 0);
	if (r == -EOPNOTSUPP)
		skip_because("the kernel has no inodes of pidfds (6.9)");
	assert_int_equal(r, 0);
	assert_int_equal(kernel_pidfd_inode(second, &inodes[1]), 0);
	assert_true(inodes[0] == inodes[1]);
}

static void signals_go_to_the_process(void **state)
{
	auto_close int pidfd = pidfd_or_skip();
	auto_close int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	siginfo_t info = { .si_signo = SIGURG, .si_code = SI_QUEUE };

	(void)state;
	if (kernel_pidfd_signal(pidfd, 0, NULL, 0) == -ENOSYS)
		skip_because("no pidfd_send_signal(2) (5.1)");
	assert_int_equal(kernel_pidfd_signal(pidfd, 0, NULL, 0), 0);
	/* Ignored by default. */
	assert_int_equal(kernel_pidfd_signal(pidfd, SIGURG, &info, 0), 0);
	assert_int_equal(kernel_pidfd_signal(pidfd, SIGTERM, &info, 0), -EINVAL);
	assert_int_equal(kernel_pidfd_signal(pidfd, 0, NULL, 1U << 30), -EINVAL);
	assert_int_equal(kernel_pidfd_signal(other, 0, NULL, 0), -EBADF);
	assert_int_equal(kernel_pidfd_signal(-1, 0, NULL, 0), -EBADF);
}

static void a_process_tells_of_itself(void **state)
{
	auto_close int pidfd = pidfd_or_skip();
	struct kernel_pidfd_info info = { .exit_code = 77 };
	int r = kernel_pidfd_info(pidfd, KERNEL_PIDFD_INFO_PID | KERNEL_PIDFD_INFO_EXIT, &info);

	(void)state;
	assert_int_equal(kernel_pidfd_info(-1, KERNEL_PIDFD_INFO_PID, &info), -EBADF);
	assert_int_equal(info.exit_code, r == 0 ? 0 : 77);
	if (r == -ENOTTY)
		skip_because("the kernel has no PIDFD_GET_INFO (6.13)");
	assert_int_equal(r, 0);
	assert_int_equal(info.mask & KERNEL_PIDFD_INFO_EXIT, 0);
	assert_int_equal(info.tgid, getpid());
	assert_int_equal(info.parent, getppid());
	assert_int_equal(info.effective_uid, geteuid());
	assert_int_equal(info.file_system_gid, getegid());
}

static void numbers_are_those_of_that_namespace(void **state)
{
	auto_close int fd = open_or_skip("/proc/self/ns/pid");
	int r = kernel_ns_number_of(fd, getpid());

	(void)state;
	if (r == -ENOTTY)
		skip_because("the kernel has no NS_GET_TGID_IN_PIDNS (6.11)");
	assert_int_equal(r, getpid());
	assert_int_equal(kernel_ns_number_of(fd, 1 << 22), -ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_go_to_the_process),
		cmocka_unit_test(a_process_tells_of_itself),
		cmocka_unit_test(numbers_are_those_of_that_namespace),
		cmocka_unit_test(types_are_those_of_clone),
		cmocka_unit_test(other_files_are_no_namespaces),
		cmocka_unit_test(owner_is_the_own_user_namespace_or_out_of_sight),
		cmocka_unit_test(ids_and_handles_agree),
		cmocka_unit_test(handles_open_the_same_namespace),
		cmocka_unit_test(listns_pages_to_the_end),
		cmocka_unit_test(sockets_tell_their_namespace),
		cmocka_unit_test(pidfd_reaches_a_descriptor),
		cmocka_unit_test(pidfd_inode_is_the_same_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
