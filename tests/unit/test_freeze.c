/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups that are held still, killed and watched. */
#include "cgroups.h"

#include <sys/mman.h>

#include "act/freeze.h"
#include "act/waitset.h"
#include "base/deadline.h"

#define SECOND UINT64_C(1000000)
#define FREEZER "freezer"

/* What a child counts, which shows whether it runs. */
static volatile unsigned *counter;

/* Whether it counts, within so many milliseconds. */
static bool counts_within(int milliseconds)
{
	unsigned before = *counter;

	for (int i = 0; i < milliseconds && *counter == before; i++)
		usleep(1000);
	return *counter != before;
}

/* On a busy machine it may be long until it gets a processor. */
static bool is_counting(void)
{
	return counts_within(10000);
}

static bool stands_still(void)
{
	return !counts_within(50);
}

static bool is_blocked(int signal)
{
	sigset_t blocked;

	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &blocked), 0);
	return sigismember(&blocked, signal);
}

static bool is_told_to_freeze(void)
{
	return group_first_byte(group.fd, group.version == 2 ? "cgroup.freeze"
	                                                     : "freezer.self_freezing") == '1';
}

static void tell_to_freeze(bool is_to_freeze)
{
	if (group.version == 2)
		assert_int_equal(group_write(group.fd, "cgroup.freeze", is_to_freeze ? "1" : "0"),
		                 0);
	else
		assert_int_equal(
			group_write(group.fd, "freezer.state", is_to_freeze ? "FROZEN" : "THAWED"),
			0);
}

static void freezes_and_thaws(const char *hierarchy)
{
	struct freeze freeze = { 0 };

	group_or_skip(hierarchy);
	auto_close int below = group_below(group.fd, "below");
	group_start(below, child_spin, (void *)counter);
	assert_true(is_counting());
	assert_int_equal(
		freeze_begin(group.fd, group.version, deadline_after(20 * SECOND), &freeze), 0);
	bool stood_still = stands_still(), was_blocked = is_blocked(SIGTERM) && is_blocked(SIGINT);
	assert_int_equal(freeze_end(&freeze), 0);
	assert_int_equal(freeze_end(&freeze), 0);
	assert_true(stood_still);
	assert_true(was_blocked);
	assert_true(is_counting());
	assert_false(is_blocked(SIGTERM));
	assert_false(is_told_to_freeze());
}

static void v2_freezes_and_thaws(void **state)
{
	(void)state;
	freezes_and_thaws("");
}

static void v1_freezes_and_thaws(void **state)
{
	(void)state;
	freezes_and_thaws(FREEZER);
}

static void scope_thaws(void)
{
	auto_freeze struct freeze freeze = { 0 };

	assert_int_equal(
		freeze_begin(group.fd, group.version, deadline_after(20 * SECOND), &freeze), 0);
}

/* The freeze of somebody else stays, and it counts as frozen. */
static void leaves_a_freeze_of_others(const char *hierarchy)
{
	group_or_skip(hierarchy);
	group_start(group.fd, child_spin, (void *)counter);
	scope_thaws();
	assert_true(is_counting());
	tell_to_freeze(true);
	scope_thaws();
	assert_true(is_told_to_freeze());
	assert_false(is_blocked(SIGTERM));
	assert_true(stands_still());
	tell_to_freeze(false);
	assert_true(is_counting());
}

static void v2_leaves_a_freeze_of_others(void **state)
{
	(void)state;
	leaves_a_freeze_of_others("");
}

static void v1_leaves_a_freeze_of_others(void **state)
{
	(void)state;
	leaves_a_freeze_of_others(FREEZER);
}

static int child_vfork(void *data)
{
	(void)data;
	pid_t pid = vfork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	return 0;
}

/* What stands still already does not hold it up. */
static void freezes_what_is_stopped(const char *hierarchy)
{
	int status;

	group_or_skip(hierarchy);
	pid_t pid = group_start(group.fd, child_pause, NULL);
	group_start(group.fd, child_vfork, NULL);
	kill(pid, SIGSTOP);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	scope_thaws();
	kill(pid, SIGCONT);
	assert_int_equal(waitpid(pid, &status, WCONTINUED), pid);
}

static void v2_freezes_what_is_stopped(void **state)
{
	(void)state;
	freezes_what_is_stopped("");
}

static void v1_freezes_what_is_stopped(void **state)
{
	(void)state;
	freezes_what_is_stopped(FREEZER);
}

#define CROWD 20

static void start_crowd(void)
{
	for (int i = 0; i < CROWD; i++)
		group_start(group.fd, child_spin, (void *)counter);
}

/* Many attempts: where there are many processors, the group may be frozen at once. */
static int freeze_until(uint64_t microseconds, int expected)
{
	int r = 0;

	for (int i = 0; i < 1000 && r != expected; i++) {
		auto_freeze struct freeze freeze = { 0 };
		r = freeze_begin(group.fd, group.version, deadline_after(microseconds), &freeze);
		assert_int_equal(freeze.is_begun, r == 0);
	}
	return r;
}

static void thaws_at_the_deadline(const char *hierarchy)
{
	group_or_skip(hierarchy);
	start_crowd();
	assert_int_equal(freeze_until(0, -ETIMEDOUT), -ETIMEDOUT);
	assert_false(is_told_to_freeze());
	assert_false(is_blocked(SIGTERM));
	assert_true(is_counting());
}

static void v2_thaws_at_the_deadline(void **state)
{
	(void)state;
	thaws_at_the_deadline("");
}

static void v1_thaws_at_the_deadline(void **state)
{
	(void)state;
	thaws_at_the_deadline(FREEZER);
}

static volatile sig_atomic_t n_terms;

static void count_term(int signal)
{
	(void)signal;
	n_terms++;
}

static int child_send_terms(void *data)
{
	(void)data;
	while (kill(getppid(), SIGTERM) == 0)
		usleep(100);
	return 0;
}

static void whoever_is_asked_to_end_does_not_wait(void **state)
{
	struct sigaction action = { .sa_handler = count_term }, before;

	(void)state;
	group_or_skip("");
	start_crowd();
	assert_int_equal(sigaction(SIGTERM, &action, &before), 0);
	pid_t sender = child_start(child_send_terms, NULL);
	assert_int_equal(freeze_until(20 * SECOND, -EINTR), -EINTR);
	assert_false(is_told_to_freeze());
	assert_true(n_terms > 0);
	/* What is ignored asks for nothing. */
	signal(SIGTERM, SIG_IGN);
	assert_int_equal(freeze_until(20 * SECOND, 0), 0);
	child_end(sender);
	sigaction(SIGTERM, &before, NULL);
}

static void a_group_is_killed_whole(void **state)
{
	(void)state;
	group_or_skip("");
	auto_close int below = group_below(group.fd, "below");
	pid_t first = group_start(group.fd, child_spin, (void *)counter);
	pid_t second = group_start(below, child_pause, NULL);

	assert_int_equal(cgroup_is_populated(group.fd), 1);
	tell_to_freeze(true);
	int r = cgroup_kill(group.fd);
	if (r == -EOPNOTSUPP)
		skip_because("the kernel has no cgroup.kill (5.14)");
	assert_int_equal(r, 0);
	assert_int_equal(child_reap(first), SIGKILL);
	assert_int_equal(child_reap(second), SIGKILL);
	assert_int_equal(cgroup_is_populated(group.fd), 0);
}

static void what_was_removed_is_gone(void **state)
{
	struct freeze freeze;
	struct cgroup_events events;

	(void)state;
	group_or_skip("");
	auto_close int gone = group_below(group.fd, "gone");
	auto_close int events_fd = cgroup_open_events(gone);

	assert_int_equal(freeze_begin(gone, 2, deadline_after(20 * SECOND), &freeze), 0);
	assert_int_equal(unlinkat(group.fd, "gone", AT_REMOVEDIR), 0);
	assert_int_equal(freeze_end(&freeze), 0);
	assert_int_equal(cgroup_read_events(events_fd, &events), -ENOENT);
	assert_int_equal(cgroup_open_events(gone), -ENOENT);
	assert_int_equal(cgroup_is_populated(gone), 0);
	assert_int_equal(cgroup_kill(gone), -ENOENT);
	assert_int_equal(freeze_begin(gone, 2, 0, &freeze), -ENOENT);
}

static void a_threaded_group_is_not_killed(void **state)
{
	(void)state;
	group_or_skip("");
	auto_close int below = group_below(group.fd, "below");

	assert_int_equal(group_write(below, "cgroup.type", "threaded"), 0);
	assert_int_equal(cgroup_kill(below), -EOPNOTSUPP);
}

static int ask_as_nobody(void *data)
{
	struct freeze freeze;

	(void)data;
	return cgroup_kill(group.fd) == -EACCES &&
	       freeze_begin(group.fd, group.version, 0, &freeze) == -EACCES &&
	       cgroup_is_populated(group.fd) == (group.version == 2 ? 0 : -EOPNOTSUPP);
}

static void who_may_not_is_told(void **state)
{
	(void)state;
	group_or_skip("");
	assert_int_equal(child_result_as_nobody(ask_as_nobody, NULL), 1);
	assert_false(is_told_to_freeze());
}

static void the_root_and_v1_cannot(void **state)
{
	struct cgroupdir root = { 0 };
	struct freeze freeze;

	(void)state;
	for (int version = 1; version <= 2; version++) {
		if (cgroupdir_open(version == 1 ? FREEZER : "", "/", &root) < 0 || !root.is_root)
			continue;
		assert_int_equal(cgroup_kill(root.fd), -EOPNOTSUPP);
		assert_int_equal(cgroup_is_populated(root.fd), -EOPNOTSUPP);
		assert_int_equal(cgroup_open_events(root.fd), -EOPNOTSUPP);
		assert_int_equal(freeze_begin(root.fd, version, 0, &freeze), -EOPNOTSUPP);
		cgroupdir_done(&root);
	}
	assert_int_equal(freeze_begin(-1, 3, 0, &freeze), -EINVAL);
	group_or_skip(FREEZER);
	assert_int_equal(cgroup_kill(group.fd), -EOPNOTSUPP);
	assert_int_equal(cgroup_is_populated(group.fd), -EOPNOTSUPP);
}

static void the_end_of_a_group_is_told(void **state)
{
	auto_waitset struct waitset set = { 0 };
	struct cgroup_events events;
	uint32_t id;

	(void)state;
	group_or_skip("");
	pid_t pid = group_start(group.fd, child_pause, NULL);
	auto_close int fd = cgroup_open_events(group.fd);

	assert_true(fd >= 0);
	assert_int_equal(waitset_open(&set), 0);
	assert_int_equal(cgroup_read_events(fd, &events), 0);
	assert_int_equal(events.is_populated, 1);
	assert_int_equal(events.is_frozen, 0);
	assert_int_equal(waitset_add_events(&set, fd, 3), 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitset_wait(&set, deadline_after(20 * SECOND), &id, 1), 1);
	assert_int_equal(id, 3);
	assert_int_equal(cgroup_read_events(fd, &events), 0);
	/* Though it is a zombie still. */
	assert_int_equal(events.is_populated, 0);
	assert_int_equal(waitset_add_events(&set, fd, 3), 0);
	assert_int_equal(waitset_wait(&set, 0, &id, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_group(v2_freezes_and_thaws),
		in_group(v1_freezes_and_thaws),
		in_group(v2_leaves_a_freeze_of_others),
		in_group(v1_leaves_a_freeze_of_others),
		in_group(v2_freezes_what_is_stopped),
		in_group(v1_freezes_what_is_stopped),
		in_group(v2_thaws_at_the_deadline),
		in_group(v1_thaws_at_the_deadline),
		in_group(whoever_is_asked_to_end_does_not_wait),
		in_group(a_group_is_killed_whole),
		in_group(what_was_removed_is_gone),
		in_group(a_threaded_group_is_not_killed),
		in_group(who_may_not_is_told),
		in_group(the_root_and_v1_cannot),
		in_group(the_end_of_a_group_is_told),
	};

	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	               -1, 0);
	return counter == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
