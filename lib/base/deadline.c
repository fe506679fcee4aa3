/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deadlines on a clock that nobody sets. */
#include "base/deadline.h"

#include <limits.h>
#include <time.h>

uint64_t deadline_now(void)
{
	struct timespec now;

	/* Cannot fail: this clock is always there. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t deadline_after(uint64_t microseconds)
{
	uint64_t now = deadline_now();

	return microseconds < DEADLINE_NEVER - now ? now + microseconds : DEADLINE_NEVER;
}

int deadline_timeout(uint64_t deadline)
{
	uint64_t now, left;

	if (deadline == DEADLINE_NEVER)
		return -1;
	now = deadline_now();
	if (deadline <= now)
		return 0;
	left = (deadline - now - 1) / 1000 + 1;
	return left < INT_MAX ? (int)left : INT_MAX;
}
