/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of a directory whose names are numbers: processes, threads, descriptors. */
#ifndef NSKIT_NUMBERS_H
#define NSKIT_NUMBERS_H

#include <sys/types.h>

#include "base/base.h"

/* A growing list; all zero is empty. */
struct numbers {
	int *items;
	size_t count, capacity;
	off_t resume; /* where the directory can be read on from the last name but a few */
};

/*
 * The next names of an open directory, as many as one getdents64(2) gives, into `ret` (replacing
 * what was there). Returns how many bytes the kernel gave, 0 at the end, or -errno.
 */
int numbers_next(int dir_fd, struct numbers *ret) must_use;

/* All names, in the order in which they come. Where at least `expected` are known to be there (0: not
 * known), the end is not asked for once they are. 0 or -errno. */
int numbers_all(int dir_fd, size_t expected, struct numbers *ret) must_use;

/* Sorts them ascending where they are not. */
void numbers_sort(struct numbers *numbers);

void numbers_done(struct numbers *numbers);

/* Writes a number at `to`, without a NUL byte; where it ends. For names that are built very often.
 */
char *numbers_write(char *to, int number);

#endif
