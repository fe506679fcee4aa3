/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that are done with, closed in runs: one close_range(2) in place of many close(2). */
#ifndef NSKIT_CLOSING_H
#define NSKIT_CLOSING_H

#include "base/base.h"

/* All zero is empty. */
struct closing {
	int fds[128];
	size_t count;
	size_t room; /* how many may wait, at most 128; 0: as many */
};

/* Lets fewer wait where the process may not have many (RLIMIT_NOFILE). */
void closing_limit(struct closing *closing);

/* Takes over a descriptor; closes all when there are many. */
void closing_add(struct closing *closing, int fd);

/* Closes all. */
void closing_flush(struct closing *closing);
#define auto_closing __attribute__((cleanup(closing_flush)))

#endif
