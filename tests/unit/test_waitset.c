/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for many processes at once. */
#include "child.h"

#include <stdio.h>
#include <sys/socket.h>

#include "act/pidfd.h"
#include "act/waitset.h"
#include "base/deadline.h"

/* Descriptors, and processes that have so many of them each. */
#define MANY 2000
#define EACH 20
#define SECOND UINT64_C(1000000)

static void deadlines_are_kept(void **state)
{
	auto_waitset struct waitset set = { 0 };
	uint64_t before = deadline_now();
	pid_t pid = child_start(child_pause, NULL);
	auto_close int pidfd = child_pidfd(pid);
	uint32_t id;

	(void)state;
	assert_int_equal(waitset_open(&set), 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
	assert_int_equal(waitset_add(&set, pidfd, 7), 0);
	assert_int_equal(waitset_wait(&set, deadline_after(30000), &id, 1), 0);
	assert_true(deadline_now() - before >= 30000);
	assert_int_equal(set.n_waiting, 1);
	child_end(pid);
	/* It is reported, though the time has come; and once only. */
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 1);
	assert_int_equal(id, 7);
	assert_int_equal(set.n_waiting, 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
	assert_int_equal(waitset_add(&set, -1, 8), -EBADF);
}

static void what_has_ended_before_is_reported(void **state)
{
	auto_waitset struct waitset set = { 0 };
	pid_t pids[2] = { child_start(child_pause, NULL), child_start(child_pause, NULL) };
	int fds[2] = { child_pidfd(pids[0]), child_pidfd(pids[1]) };
	uint32_t ids[4];

	(void)state;
	child_end(pids[0]);
	kill(pids[1], SIGKILL);
	child_await_end(pids[1]);
	assert_int_equal(waitset_open(&set), 0);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(waitset_add(&set, fds[i], i), 0);
	assert_int_equal(waitset_wait(&set, DEADLINE_NEVER, ids, 4), 2);
	assert_int_equal(ids[0] + ids[1], 1);
	/* Reaping it later is no second end. */
	child_reap(pids[1]);
	assert_int_equal(waitset_wait(&set, deadline_after(1000), ids, 4), 0);
	close(fds[0]);
	close(fds[1]);
}

static int child_read(void *data)
{
	const int *ends = data;
	char byte;

	close(ends[1]);
	return (int)read(ends[0], &byte, 1);
}

/* Each once, whatever the size of the answer. */
static void wait_for_many(struct waitset *set, bool *is_seen)
{
	uint32_t ids[100];
	size_t n_seen = 0;
	uint64_t deadline = deadline_after(60 * SECOND);

	while (set->n_waiting > 0) {
		int n = waitset_wait(set, deadline, ids, n_seen % 100 + 1);
		assert_in_range(n, 1, 100);
		for (int i = 0; i < n; i++) {
			assert_in_range(ids[i], 0, MANY - 1);
			assert_false(is_seen[ids[i]]);
			is_seen[ids[i]] = true;
		}
		n_seen += (size_t)n;
	}
	assert_int_equal(n_seen, MANY);
}

static void thousands_are_reported_once_each(void **state)
{
	static pid_t pids[MANY / EACH];
	static int fds[MANY];
	static bool is_seen[MANY];
	auto_waitset struct waitset set = { 0 };
	int ends[2];

	(void)state;
	if (pidfd_make_room(MANY + 10) < 0)
		skip_because("there may not be that many descriptors");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(waitset_open(&set), 0);
	for (uint32_t i = 0; i < MANY; i++) {
		if (i % EACH == 0)
			pids[i / EACH] = child_start(child_read, ends);
		fds[i] = child_pidfd(pids[i / EACH]);
		assert_int_equal(waitset_add(&set, fds[i], i), 0);
	}
	close(ends[1]);
	wait_for_many(&set, is_seen);
	for (size_t i = 0; i < MANY / EACH; i++)
		child_reap(pids[i]);
	for (size_t i = 0; i < MANY; i++)
		close(fds[i]);
	close(ends[0]);
}

static void note(int signal)
{
	(void)signal;
}

static int child_signal_parent(void *data)
{
	(void)data;
	/* For as long as it takes until the parent waits. */
	for (int i = 0; i < 1000 && kill(getppid(), SIGUSR1) == 0; i++)
		usleep(10000);
	return 0;
}

static void a_signal_is_for_the_caller(void **state)
{
	struct sigaction action = { .sa_handler = note }, before;
	auto_waitset struct waitset set = { 0 };
	uint32_t id;

	(void)state;
	assert_int_equal(waitset_open(&set), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	pid_t pid = child_start(child_signal_parent, NULL);
	assert_int_equal(waitset_wait(&set, deadline_after(60 * SECOND), &id, 1), -EINTR);
	child_end(pid);
	sigaction(SIGUSR1, &before, NULL);
}

/* Urgent data of a socket is POLLPRI, like a change of cgroup.events. */
static void files_are_reported_until_they_are_read(void **state)
{
	auto_waitset struct waitset set = { 0 };
	int ends[2];
	uint32_t id = 0;
	char byte;

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		skip_because("there are no sockets");
	assert_int_equal(waitset_open(&set), 0);
	assert_int_equal(waitset_add_events(&set, ends[0], 9), 0);
	assert_int_equal(set.n_waiting, 0);
	if (send(ends[1], "x", 1, MSG_OOB) != 1)
		skip_because("the kernel has no urgent data of Unix sockets (5.15)");
	assert_int_equal(waitset_wait(&set, DEADLINE_NEVER, &id, 1), 1);
	assert_int_equal(id, 9);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
	assert_int_equal(waitset_add_events(&set, ends[0], 10), 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 1);
	assert_int_equal(id, 10);
	assert_int_equal(recv(ends[0], &byte, 1, MSG_OOB), 1);
	assert_int_equal(waitset_add_events(&set, ends[0], 10), 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines_are_kept),
		cmocka_unit_test(what_has_ended_before_is_reported),
		cmocka_unit_test(thousands_are_reported_once_each),
		cmocka_unit_test(a_signal_is_for_the_caller),
		cmocka_unit_test(files_are_reported_until_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
