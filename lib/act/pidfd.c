/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done with the descriptor of a process. */
#include "act/pidfd.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "base/kernel.h"
#include "model/proctext.h"

int pidfd_is_unreaped(int pidfd)
{
	int r = kernel_pidfd_signal(pidfd, 0, NULL, 0);

	/* EPERM, or EACCES of a security module: there is somebody to ask about. */
	if (r == 0 || is_denied(r))
		return 1;
	return r == -ESRCH ? 0 : r;
}

int pidfd_has_ended(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	int n;

	/* poll(2) leaves out what is negative. */
	if (pidfd < 0)
		return -EBADF;
	do
		n = poll(&poll_fd, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (poll_fd.revents & POLLNVAL)
		return -EBADF;
	return n > 0;
}

static int send_signal(int pidfd, int signal, const int *value, unsigned flags)
{
	siginfo_t info = { .si_signo = signal, .si_code = SI_QUEUE };

	if (!value)
		return kernel_pidfd_signal(pidfd, signal, NULL, flags);
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = *value;
	return kernel_pidfd_signal(pidfd, signal, &info, flags);
}

int pidfd_send(int pidfd, int signal, const int *value)
{
	return send_signal(pidfd, signal, value, 0);
}

/* EINVAL may be said of the flag, of the signal, and of a process outside of our PID namespace. */
static bool knows_groups(int pidfd)
{
	return kernel_pidfd_signal(pidfd, 0, NULL, PIDFD_SIGNAL_PROCESS_GROUP) != -EINVAL ||
	       kernel_pidfd_signal(pidfd, 0, NULL, 0) == -EINVAL;
}

int pidfd_send_group(int pidfd, int signal, const int *value)
{
	int r = send_signal(pidfd, signal, value, PIDFD_SIGNAL_PROCESS_GROUP);

	return r == -EINVAL && !knows_groups(pidfd) ? -EOPNOTSUPP : r;
}

static int read_exit_code(int proc_fd, pid_t pid, int *ret)
{
	auto_buffer struct buffer buffer = { 0 };
	char path[32];
	int r;

	snprintf(path, sizeof(path), "%d/stat", pid);
	r = fd_read_once_at(proc_fd, path, &buffer);
	if (r < 0)
		return r;
	return proctext_exit_code(buffer.data, buffer.length, ret) < 0 ? -ENODATA : 0;
}

/* Whoever may not trace the process (PTRACE_MODE_READ_FSCREDS) is shown an exit code of 0. This
 * link wants the same permission: without it EACCES, with it a zombie has none, which is ENOENT. */
static bool may_trace(int proc_fd, pid_t pid)
{
	char path[32], target[PATH_MAX];

	snprintf(path, sizeof(path), "%d/exe", pid);
	return !is_denied(fd_readlink_at(proc_fd, path, target, sizeof(target)));
}

/* Of a process that has ended. -ESRCH where it was reaped. */
static int status_of_zombie(int pidfd, int proc_fd, pid_t pid, int *ret)
{
	int status = 0;
	int r = read_exit_code(proc_fd, pid, &status);

	if (r == 0 && status == 0 && !may_trace(proc_fd, pid))
		r = -EACCES;
	int is_unreaped = pidfd_is_unreaped(pidfd);
	if (is_unreaped <= 0)
		return is_unreaped < 0 ? is_unreaped : -ESRCH;
	/* It is there, and hidden (hidepid=2 in proc(5)). */
	if (is_gone(r) || is_denied(r))
		return -EACCES;
	if (r == 0)
		*ret = status;
	return r;
}

static int status_of_reaped(int pidfd, int *ret)
{
	struct kernel_pidfd_info info;
	int r = kernel_pidfd_info(pidfd, KERNEL_PIDFD_INFO_EXIT, &info);

	if (r < 0 || !(info.mask & KERNEL_PIDFD_INFO_EXIT))
		return r == -EBADF ? r : -ENODATA;
	*ret = info.exit_code;
	return 0;
}

int pidfd_exit_status(int pidfd, int proc_fd, pid_t pid, int *ret)
{
	int r = pidfd_has_ended(pidfd);

	if (r <= 0)
		return r < 0 ? r : -EAGAIN;
	r = status_of_zombie(pidfd, proc_fd, pid, ret);
	return r == -ESRCH ? status_of_reaped(pidfd, ret) : r;
}

static void raise_limit(struct rlimit *limit)
{
	struct rlimit raised = { limit->rlim_max, limit->rlim_max };

	/* EPERM where the hard limit is above fs.nr_open: then it stays as it is. */
	if (limit->rlim_cur != limit->rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
		*limit = raised;
}

int pidfd_make_room(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	raise_limit(&limit);
	for (rlim_t fd = 0; n > 0 && fd < limit.rlim_cur && fd <= INT_MAX; fd++)
		n -= fcntl((int)fd, F_GETFD) < 0;
	return n == 0 ? 0 : -EMFILE;
}
