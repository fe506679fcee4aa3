/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits with epoll(7): the kernel keeps what is waited for, and each call costs what it reports. */
#include "act/waitset.h"

#include <sys/epoll.h>

#include "base/deadline.h"

/* How many the kernel is asked for at once. */
#define BATCH 256

/* Beside the caller's number: it is a process. */
#define IS_PROCESS (UINT64_C(1) << 32)

int waitset_open(struct waitset *ret)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret = (struct waitset){ .epoll_fd = fd, .is_open = true };
	return 0;
}

void waitset_done(struct waitset *set)
{
	if (set->is_open)
		close(set->epoll_fd);
	*set = (struct waitset){ 0 };
}

/* Once only: a process that has ended is readable for ever. */
static int add(struct waitset *set, int operation, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = { .events = events | EPOLLONESHOT, .data.u64 = data };

	return epoll_ctl(set->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

int waitset_add(struct waitset *set, int pidfd, uint32_t id)
{
	int r = add(set, EPOLL_CTL_ADD, pidfd, EPOLLIN, IS_PROCESS | id);

	if (r == 0)
		set->n_waiting++;
	return r;
}

int waitset_add_events(struct waitset *set, int fd, uint32_t id)
{
	int r = add(set, EPOLL_CTL_ADD, fd, EPOLLPRI, id);

	return r == -EEXIST ? add(set, EPOLL_CTL_MOD, fd, EPOLLPRI, id) : r;
}

/* One call; 0 when the time has come. */
static int wait_once(struct waitset *set, int timeout, uint32_t *ret_ids, size_t size)
{
	struct epoll_event events[BATCH];
	int n = epoll_wait(set->epoll_fd, events, size < BATCH ? (int)size : BATCH, timeout);

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		ret_ids[i] = (uint32_t)events[i].data.u64;
		if (events[i].data.u64 & IS_PROCESS)
			set->n_waiting--;
	}
	return n;
}

int waitset_wait(struct waitset *set, uint64_t deadline, uint32_t *ret_ids, size_t size)
{
	int timeout, n;

	do {
		timeout = deadline_timeout(deadline);
		n = wait_once(set, timeout, ret_ids, size);
	} while (n == 0 && timeout != 0);
	return n;
}
