/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Until when to wait: one moment that several waits in a row share. */
#ifndef NSKIT_DEADLINE_H
#define NSKIT_DEADLINE_H

#include "base/base.h"

/* A deadline is a uint64_t in microseconds of CLOCK_MONOTONIC; this one never comes. */
#define DEADLINE_NEVER UINT64_MAX

/* Now, as the same clock has it. */
uint64_t deadline_now(void);

/* So many microseconds from now; DEADLINE_NEVER where that is farther than can be told. */
uint64_t deadline_after(uint64_t microseconds);

/* The milliseconds until then for poll(2) and epoll_wait(2), rounded up: 0 when it has come, -1 for
 * never. A wait of several weeks returns early: look at the clock again. */
int deadline_timeout(uint64_t deadline);

#endif
