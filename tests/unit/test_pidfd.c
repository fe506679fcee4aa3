/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes, alive, ended and reaped, as their descriptors tell of them. */
#include "child.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "act/boost.h"
#include "act/pidfd.h"
#include "base/deadline.h"
#include "base/fd.h"
#include "model/proctext.h"

static int proc_fd;

static int ask_unreaped(void *data)
{
	return pidfd_is_unreaped(*(int *)data);
}

static void skip_unless_root(void)
{
	if (geteuid() != 0)
		skip_because("only root can be somebody else");
}

static void a_number_is_its_own_until_it_is_reaped(void **state)
{
	pid_t pid = child_start(child_pause, NULL);
	auto_close int pidfd = child_pidfd(pid);

	(void)state;
	assert_int_equal(pidfd_is_unreaped(pidfd), 1);
	assert_int_equal(pidfd_has_ended(pidfd), 0);
	kill(pid, SIGKILL);
	child_await_end(pid);
	assert_int_equal(pidfd_is_unreaped(pidfd), 1);
	assert_int_equal(pidfd_has_ended(pidfd), 1);
	child_reap(pid);
	assert_int_equal(pidfd_is_unreaped(pidfd), 0);
	assert_int_equal(pidfd_has_ended(pidfd), 1);
	assert_int_equal(pidfd_is_unreaped(-1), -EBADF);
	assert_int_equal(pidfd_has_ended(-1), -EBADF);
	assert_int_equal(pidfd_has_ended(1000000), -EBADF);
}

static void whoever_may_not_signal_it_is_told_as_well(void **state)
{
	pid_t pid = child_start(child_pause, NULL);
	auto_close int pidfd = child_pidfd(pid);

	(void)state;
	if (geteuid() == 0)
		assert_int_equal(child_result_as_nobody(ask_unreaped, &pidfd), 1);
	child_end(pid);
	skip_unless_root();
	assert_int_equal(child_result_as_nobody(ask_unreaped, &pidfd), 0);
}

static int received_fd;

static void receive(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (write(received_fd, info, sizeof(*info)) < 0)
		_exit(1);
}

/* Sends what it receives through the pipe, after a byte that says that it listens. */
static int child_listen(void *data)
{
	struct sigaction action = { .sa_sigaction = receive, .sa_flags = SA_SIGINFO };

	received_fd = *(int *)data;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	if (write(received_fd, "", 1) < 0)
		return 1;
	return child_pause(NULL);
}

static void read_whole(int fd, void *data, size_t size)
{
	assert_int_equal(read(fd, data, size), size);
}

static void values_go_with_the_signal(void **state)
{
	int ends[2], value = 4711;
	siginfo_t info;
	char ready;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = child_start(child_listen, &ends[1]);
	auto_close int pidfd = child_pidfd(pid);
	read_whole(ends[0], &ready, 1);

	assert_int_equal(pidfd_send(pidfd, SIGRTMIN, &value), 0);
	read_whole(ends[0], &info, sizeof(info));
	assert_int_equal(info.si_signo, SIGRTMIN);
	assert_int_equal(info.si_code, SI_QUEUE);
	assert_int_equal(info.si_value.sival_int, 4711);
	assert_int_equal(info.si_pid, getpid());
	assert_int_equal(info.si_uid, getuid());

	assert_int_equal(pidfd_send(pidfd, SIGUSR1, NULL), 0);
	read_whole(ends[0], &info, sizeof(info));
	assert_int_equal(info.si_signo, SIGUSR1);
	assert_int_equal(info.si_code, SI_USER);
	assert_int_equal(info.si_pid, getpid());
	child_end(pid);
	close(ends[0]);
	close(ends[1]);
}

static int send_term(void *data)
{
	int value = 7;

	return pidfd_send(*(int *)data, SIGTERM, &value) == -EPERM &&
	       pidfd_send(*(int *)data, SIGTERM, NULL) == -EPERM &&
	       pidfd_send(*(int *)data, 0, NULL) == -EPERM;
}

static void what_cannot_be_sent_is_an_error(void **state)
{
	pid_t pid = child_start(child_pause, NULL);
	auto_close int pidfd = child_pidfd(pid);
	int is_refused = geteuid() == 0 ? child_result_as_nobody(send_term, &pidfd) : -1;
	int value = 7;

	(void)state;
	assert_int_equal(pidfd_send(pidfd, 0, NULL), 0);
	assert_int_equal(pidfd_send(pidfd, 1000, NULL), -EINVAL);
	assert_int_equal(pidfd_send(pidfd, -1, &value), -EINVAL);
	assert_int_equal(pidfd_send(-1, SIGTERM, NULL), -EBADF);
	assert_int_equal(pidfd_send(pidfd, SIGTERM, NULL), 0);
	child_await_end(pid);
	assert_int_equal(pidfd_send(pidfd, SIGTERM, &value), 0);
	assert_int_equal(child_reap(pid), SIGTERM);
	assert_int_equal(pidfd_send(pidfd, SIGTERM, NULL), -ESRCH);
	assert_int_equal(pidfd_send(pidfd, SIGTERM, &value), -ESRCH);
	skip_unless_root();
	assert_int_equal(is_refused, 1);
}

/* A process group of two: its leader, and a member. */
struct process_group {
	pid_t leader, member;
	int leader_fd, member_fd;
};

static int child_lead(void *data)
{
	(void)data;
	setpgid(0, 0);
	return child_pause(NULL);
}

static struct process_group group_start(void)
{
	struct process_group group = { .leader = child_start(child_lead, NULL) };

	assert_int_equal(setpgid(group.leader, group.leader), 0);
	group.member = child_start(child_pause, NULL);
	assert_int_equal(setpgid(group.member, group.leader), 0);
	group.leader_fd = child_pidfd(group.leader);
	group.member_fd = child_pidfd(group.member);
	return group;
}

static void group_close(const struct process_group *group)
{
	close(group->leader_fd);
	close(group->member_fd);
}

static void skip_without_groups(const struct process_group *group)
{
	int r = pidfd_send_group(group->leader_fd, 0, NULL);

	if (r != -EOPNOTSUPP)
		return;
	assert_int_equal(pidfd_send_group(group->member_fd, SIGTERM, NULL), -EOPNOTSUPP);
	child_end(group->leader);
	child_end(group->member);
	skip_because("the kernel has no signal to a group by descriptor (6.9)");
}

static void a_group_is_reached_by_its_leader(void **state)
{
	struct process_group group = group_start();
	int value = 1;

	(void)state;
	skip_without_groups(&group);
	assert_int_equal(pidfd_send_group(group.leader_fd, 0, NULL), 0);
	assert_int_equal(pidfd_send_group(group.member_fd, SIGTERM, NULL), -ESRCH);
	assert_int_equal(pidfd_send_group(group.leader_fd, 1000, NULL), -EINVAL);
	assert_int_equal(pidfd_send_group(-1, SIGTERM, NULL), -EBADF);
	assert_int_equal(pidfd_send_group(group.leader_fd, SIGTERM, &value), 0);
	assert_int_equal(child_reap(group.leader), SIGTERM);
	assert_int_equal(child_reap(group.member), SIGTERM);
	assert_int_equal(pidfd_send_group(group.leader_fd, SIGTERM, NULL), -ESRCH);
	group_close(&group);
}

static void a_group_is_reached_by_a_leader_that_has_ended(void **state)
{
	(void)state;
	for (int is_reaped = 0; is_reaped <= 1; is_reaped++) {
		struct process_group group = group_start();

		skip_without_groups(&group);
		kill(group.leader, SIGKILL);
		child_await_end(group.leader);
		if (is_reaped)
			child_reap(group.leader);
		assert_int_equal(pidfd_send_group(group.leader_fd, SIGTERM, NULL), 0);
		assert_int_equal(child_reap(group.member), SIGTERM);
		if (!is_reaped)
			child_reap(group.leader);
		group_close(&group);
	}
}

static void *end_process(void *data)
{
	char byte;

	/* Until the test has seen that the first thread has ended. */
	if (read(*(int *)data, &byte, 1) < 0)
		_exit(1);
	_exit(5);
}

static int child_without_first_thread(void *data)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_process, data) != 0)
		return 1;
	syscall(SYS_exit, 3);
	return 1;
}

static int child_exit(void *data)
{
	return *(int *)data;
}

static int child_raise(void *data)
{
	raise(*(int *)data);
	return 0;
}

struct question {
	int pidfd;
	pid_t pid;
};

/* The error, or 0. */
static int ask_status(void *data)
{
	const struct question *question = data;
	int status;

	return -pidfd_exit_status(question->pidfd, proc_fd, question->pid, &status);
}

/* What a child that has ended, or will, tells before and after it is reaped. */
static void assert_told(pid_t pid, int expected)
{
	auto_close int pidfd = child_pidfd(pid);
	struct question question = { pidfd, pid };
	int status = -1;
	int r;

	child_await_end(pid);
	assert_int_equal(pidfd_exit_status(pidfd, proc_fd, pid, &status), 0);
	assert_int_equal(status, expected);
	if (geteuid() == 0)
		assert_int_equal(child_result_as_nobody(ask_status, &question), EACCES);
	assert_int_equal(child_reap(pid), expected);
	status = -1;
	r = pidfd_exit_status(pidfd, proc_fd, pid, &status);
	if (geteuid() == 0)
		assert_int_equal(child_result_as_nobody(ask_status, &question), -r);
	/* Before Linux 6.15. */
	if (r == -ENODATA)
		return;
	assert_int_equal(r, 0);
	assert_int_equal(status, expected);
}

static void how_it_ended_is_told(void **state)
{
	int zero = 0, some = 42, term = SIGTERM;

	(void)state;
	assert_told(child_start(child_exit, &zero), 0);
	assert_told(child_start(child_exit, &some), 42 << 8);
	assert_told(child_start(child_raise, &term), SIGTERM);
}

static void nothing_is_told_of_what_runs(void **state)
{
	pid_t pid = child_start(child_pause, NULL);
	auto_close int pidfd = child_pidfd(pid);
	int status = 77;

	(void)state;
	assert_int_equal(pidfd_exit_status(pidfd, proc_fd, pid, &status), -EAGAIN);
	kill(pid, SIGSTOP);
	assert_int_equal(pidfd_exit_status(pidfd, proc_fd, pid, &status), -EAGAIN);
	assert_int_equal(pidfd_exit_status(-1, proc_fd, pid, &status), -EBADF);
	child_end(pid);
	assert_int_equal(status, 77);
}

static void a_hidden_process_is_no_zero(void **state)
{
	auto_close int nothing = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int status = 77, zero = 0;
	pid_t pid = child_start(child_exit, &zero);
	auto_close int pidfd = child_pidfd(pid);

	(void)state;
	child_await_end(pid);
	assert_int_equal(pidfd_exit_status(pidfd, nothing, pid, &status), -EACCES);
	assert_int_equal(status, 77);
	child_reap(pid);
}

static char state_of(pid_t pid)
{
	auto_buffer struct buffer buffer = { 0 };
	struct stat_text stat;
	char path[32];

	snprintf(path, sizeof(path), "%d/stat", pid);
	assert_int_equal(fd_read_once_at(proc_fd, path, &buffer), 0);
	assert_int_equal(proctext_stat(buffer.data, buffer.length, &stat), 0);
	return stat.state;
}

/* State Z, and yet a thread runs; and what the first thread ended with is not what the process
 * did. */
static void the_end_is_that_of_the_last_thread(void **state)
{
	int ends[2], status = 77;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = child_start(child_without_first_thread, &ends[0]);
	auto_close int pidfd = child_pidfd(pid);
	while (state_of(pid) != 'Z')
		sched_yield();
	assert_int_equal(pidfd_has_ended(pidfd), 0);
	assert_int_equal(pidfd_exit_status(pidfd, proc_fd, pid, &status), -EAGAIN);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_told(pid, 5 << 8);
	close(ends[0]);
	close(ends[1]);
}

/* How many more there may be, by trying. */
static size_t count_room(void)
{
	int fds[600];
	size_t n = 0;

	while (n < ARRAY_SIZE(fds) && (fds[n] = dup(STDOUT_FILENO)) >= 0)
		n++;
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	return n;
}

/* The soft limit is raised, and what is said is true. */
static bool have_room(int soft, int hard)
{
	struct rlimit limit = { (rlim_t)soft, (rlim_t)hard };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || pidfd_make_room(0) < 0)
		return false;
	size_t n = count_room();
	return pidfd_make_room(n) == 0 && pidfd_make_room(n + 1) == -EMFILE &&
	       getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == (rlim_t)hard;
}

/* With a gap in the middle of the descriptors that are open, and then fewer than there are. */
static int make_room(void *data)
{
	struct rlimit limit = { 600, 600 };

	(void)data;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 2;
	if (dup2(STDOUT_FILENO, 9) < 0)
		return 0;
	return have_room(16, 512) && have_room(64, 64) && have_room(10, 10) && have_room(2, 2);
}

static void room_is_counted_and_made(void **state)
{
	int r = child_result(make_room, NULL);

	(void)state;
	if (r == 2)
		skip_because("limits may not be lowered: in valgrind");
	assert_int_equal(r, 1);
}

/* 1 as promised, 2 not permitted. */
static int boost_and_back(void *data)
{
	struct boost boost;
	int before = getpriority(PRIO_PROCESS, 0);

	(void)data;
	boost_begin(&boost);
	if (!boost.is_real_time && !boost.is_nicer)
		return 2;
	if (boost.is_real_time && sched_getscheduler(0) != (SCHED_FIFO | SCHED_RESET_ON_FORK))
		return 3;
	if (boost.is_nicer && getpriority(PRIO_PROCESS, 0) != -20)
		return 4;
	boost_end(&boost);
	boost_end(&boost);
	return sched_getscheduler(0) == SCHED_OTHER && getpriority(PRIO_PROCESS, 0) == before ? 1
	                                                                                      : 5;
}

/* By its own limits, without being root: the flag that children do not inherit stays. */
static int boost_by_limit(void *data)
{
	struct boost boost;

	(void)data;
	boost_begin(&boost);
	if (!boost.is_real_time)
		return 2;
	boost_end(&boost);
	return (sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) == SCHED_OTHER;
}

static int boost_after_raise(void *data)
{
	struct rlimit limit = { 1, 1 };

	if (setrlimit(RLIMIT_RTPRIO, &limit) < 0)
		return 2;
	struct child_job job = { boost_by_limit, data };
	return child_drop_privileges(&job);
}

static int boost_real_time(void *data)
{
	const struct sched_param parameters = { .sched_priority = 3 };
	struct boost boost;

	(void)data;
	if (sched_setscheduler(0, SCHED_RR, &parameters) < 0)
		return 2;
	boost_begin(&boost);
	if (boost.is_real_time || boost.is_nicer)
		return 3;
	boost_end(&boost);
	return sched_getscheduler(0) == SCHED_RR;
}

static void a_boost_ends_as_it_began(void **state)
{
	int r = child_result(boost_and_back, NULL);

	(void)state;
	if (r == 2)
		skip_because("priorities may not be raised");
	assert_int_equal(r, 1);
	skip_unless_root();
	assert_int_equal(child_result_as_nobody(boost_and_back, NULL), 2);
	assert_int_not_equal(child_result(boost_after_raise, NULL), 0);
	assert_in_range(child_result(boost_real_time, NULL), 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_its_own_until_it_is_reaped),
		cmocka_unit_test(whoever_may_not_signal_it_is_told_as_well),
		cmocka_unit_test(values_go_with_the_signal),
		cmocka_unit_test(what_cannot_be_sent_is_an_error),
		cmocka_unit_test(a_group_is_reached_by_its_leader),
		cmocka_unit_test(a_group_is_reached_by_a_leader_that_has_ended),
		cmocka_unit_test(how_it_ended_is_told),
		cmocka_unit_test(nothing_is_told_of_what_runs),
		cmocka_unit_test(a_hidden_process_is_no_zero),
		cmocka_unit_test(the_end_is_that_of_the_last_thread),
		cmocka_unit_test(room_is_counted_and_made),
		cmocka_unit_test(a_boost_ends_as_it_began),
	};

	proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return proc_fd < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
