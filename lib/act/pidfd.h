/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that is held by a descriptor: signal it, tell whether it has ended, and how. */
#ifndef NSKIT_PIDFD_H
#define NSKIT_PIDFD_H

#include <sys/types.h>

#include "base/base.h"

/*
 * 1 while nobody has waited for the process, a zombie included: until then its number is its own,
 * and what was read under that number before this call was read of this process. 0 when somebody
 * has. -errno: -EINVAL where the process is not in our PID namespace.
 */
int pidfd_is_unreaped(int pidfd) must_use;

/* 1 when all threads of the process have ended, also where nobody has waited for it yet; 0 or
 * -errno. State Z in /proc says it of the first thread alone. */
int pidfd_has_ended(int pidfd) must_use;

/*
 * Sends a signal (0: none, which only asks); `value`, where it is not NULL, goes with it as
 * sigqueue(3) does it. 0, -EPERM, -ESRCH when the process was reaped, -EINVAL where the signal is
 * none or the process is not in our PID namespace, -EAGAIN where its user has too many signals
 * queued. A zombie takes every signal.
 */
int pidfd_send(int pidfd, int signal, const int *value) must_use;

/*
 * The same to all of the process group that the process leads, at one moment: nobody in it escapes
 * by fork(2). Also where the leader is a zombie or was reaped. 0 when one of them got it: those
 * that it was not permitted for are not told then. -ESRCH where the process leads no group,
 * -EOPNOTSUPP before Linux 6.9.
 */
int pidfd_send_group(int pidfd, int signal, const int *value) must_use;

/*
 * How the process ended, as wait(2) gives it (WIFEXITED and so on), also of processes that are not
 * our children. `proc_fd` is the /proc of our PID namespace, `pid` the process's number there. Of
 * one that was reaped Linux 6.15 and later tell; of a zombie all do, but for a process that we may
 * not trace (ptrace(2)): -EACCES. -EAGAIN while it runs, -ENODATA where the kernel does not tell.
 */
int pidfd_exit_status(int pidfd, int proc_fd, pid_t pid, int *ret) must_use;

/*
 * Raises the soft limit of descriptors to the hard one, and looks whether `n` more fit. 0, or
 * -EMFILE where they do not. Once for all: it goes through the descriptors that are open.
 */
int pidfd_make_room(size_t n) must_use;

#endif
