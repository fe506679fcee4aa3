/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Children of a test: all die with it, also where it fails. */
#ifndef NSKIT_CHILD_H
#define NSKIT_CHILD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/kernel.h"
#include "skip.h"

#define NOBODY 65534

/* What a child does; its exit status. */
typedef int child_main(void *data);

static inline int child_pause(void *data)
{
	(void)data;
	for (;;)
		pause();
	return 0;
}

static inline int child_spin(void *data)
{
	volatile unsigned *counter = data;

	for (;;)
		++*counter;
	return 0;
}

static inline pid_t child_start(child_main *run, void *data)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	_exit(run(data));
}

/* Skips the test where there are no such descriptors: before Linux 5.3, and in valgrind, which does
 * not know all system calls. */
static inline int child_pidfd(pid_t pid)
{
	int fd = kernel_pidfd_open(pid, 0);

	if (fd == -ENOSYS || kernel_pidfd_signal(fd, 0, NULL, 0) == -ENOSYS) {
		kill(pid, SIGKILL);
		skip_because("no pidfd_open(2) and pidfd_send_signal(2)");
	}
	assert_true(fd >= 0);
	return fd;
}

/* Waits until it is a zombie. */
static inline void child_await_end(pid_t pid)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

/* Its wait status; nothing is left of it then. */
static inline int child_reap(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static inline int child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	return child_reap(pid);
}

/* The exit status of a child that does it; 77 where it did not get that far. */
static inline int child_result(child_main *run, void *data)
{
	int status = child_reap(child_start(run, data));

	return WIFEXITED(status) ? WEXITSTATUS(status) : 77;
}

struct child_job {
	child_main *run;
	void *data;
};

static inline int child_drop_privileges(void *data)
{
	const struct child_job *job = data;

	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 78;
	return job->run(job->data);
}

/* The same as a user who may do nothing; for root only. */
static inline int child_result_as_nobody(child_main *run, void *data)
{
	struct child_job job = { run, data };

	return child_result(child_drop_privileges, &job);
}

#endif
