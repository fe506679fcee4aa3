/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits for the end of thousands of processes together. */
#ifndef NSKIT_WAITSET_H
#define NSKIT_WAITSET_H

#include "base/base.h"

/* All zero: closed. */
struct waitset {
	int epoll_fd;
	bool is_open;
	size_t n_waiting; /* processes that were added and have not been reported */
};

/* Starts an empty set. 0 or -errno. */
int waitset_open(struct waitset *ret) must_use;
void waitset_done(struct waitset *set);
#define auto_waitset __attribute__((cleanup(waitset_done)))

/* Adds a process, which is reported by that number (an index, say) once, when it has ended or if
 * it has already. The descriptor stays the caller's, open until then. 0 or -errno. */
int waitset_add(struct waitset *set, int pidfd, uint32_t id) must_use;

/*
 * Adds a file that tells of changes by POLLPRI, a control group's cgroup.events. Reported by that
 * number once, then not before it is added again, and that is after it was read again: through the
 * same descriptor, from the start. 0 or -errno.
 */
int waitset_add_events(struct waitset *set, int fd, uint32_t id) must_use;

/*
 * Waits until there is something to report or the deadline has come (base/deadline.h), and stores
 * at most `size` (not 0) numbers; more are for the next call. Returns how many, 0 at the deadline,
 * -EINTR after a signal (SIGCONT is one too): the caller decides whether to go on. Otherwise
 * -errno.
 */
int waitset_wait(struct waitset *set, uint64_t deadline, uint32_t *ret_ids, size_t size) must_use;

#endif
