/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closes descriptors in runs of consecutive numbers. */
#include "scan/closing.h"

#include <sys/resource.h>

static void close_run(int first, int last)
{
	/* Before Linux 5.9 there is no close_range(2). */
	if (last > first && close_range((unsigned)first, (unsigned)last, 0) == 0)
		return;
	for (int fd = first; fd <= last; fd++)
		close(fd);
}

void closing_flush(struct closing *closing)
{
	for (size_t i = 0; i < closing->count;) {
		size_t end = i + 1;
		/* The kernel gives out the lowest free number: what was opened in a row is a row.
		 */
		while (end < closing->count && closing->fds[end] == closing->fds[end - 1] + 1)
			end++;
		close_run(closing->fds[i], closing->fds[end - 1]);
		i = end;
	}
	closing->count = 0;
}

void closing_limit(struct closing *closing)
{
	struct rlimit limit;
	size_t most = ARRAY_SIZE(closing->fds);

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 4 < most)
		closing->room = limit.rlim_cur < 8 ? 1 : (size_t)limit.rlim_cur / 4;
}

/* Kept in order: almost always the new one is the last or the last but one. */
void closing_add(struct closing *closing, int fd)
{
	size_t at = closing->count++;

	for (; at > 0 && closing->fds[at - 1] > fd; at--)
		closing->fds[at] = closing->fds[at - 1];
	closing->fds[at] = fd;
	if (closing->count == ARRAY_SIZE(closing->fds) || closing->count == closing->room)
		closing_flush(closing);
}
