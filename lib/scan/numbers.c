/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads numeric names with getdents64(2), without the C library's copies. */
#include "scan/numbers.h"

#include <dirent.h>

#include "base/vec.h"

/* 1000 processes a call: large enough to be cheap, small enough for the list to be fresh. */
#define LISTING_SIZE 32768

/* Room that the longest numeric name takes in a listing, 10 digits behind 19 bytes. */
#define LONGEST_RECORD 32

/* The number that a name is: -1 where it is none, or not written as the kernel does. */
static int number_of(const char *name)
{
	int number = 0;

	if (name[0] == '\0' || (name[0] == '0' && name[1] != '\0'))
		return -1;
	for (; *name >= '0' && *name <= '9'; name++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *name - '0', &number))
			return -1;
	}
	return *name == '\0' ? number : -1;
}

/* The place behind the last name may be the end for good: the one behind the last but one is kept. */
static int append_names(const char *listing, size_t length, struct numbers *numbers)
{
	off_t behind = 0;

	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = (const void *)(listing + at);
		int number = number_of(entry->d_name);

		at += entry->d_reclen;
		if (behind != 0)
			numbers->resume = behind;
		behind = entry->d_off;
		if (number < 0)
			continue;
		int r = VEC_GROW(&numbers->items, &numbers->capacity, numbers->count);
		if (r < 0)
			return r;
		numbers->items[numbers->count++] = number;
	}
	return 0;
}

static int append_listing(int dir_fd, struct numbers *numbers)
{
	_Alignas(struct dirent64) char listing[LISTING_SIZE];
	ssize_t length = getdents64(dir_fd, listing, sizeof(listing));

	if (length < 0)
		return -errno;
	int r = append_names(listing, (size_t)length, numbers);
	return r < 0 ? r : (int)length;
}

int numbers_next(int dir_fd, struct numbers *ret)
{
	ret->count = 0;
	return append_listing(dir_fd, ret);
}

int numbers_all(int dir_fd, size_t expected, struct numbers *ret)
{
	ret->count = 0;
	for (;;) {
		int length = append_listing(dir_fd, ret);
		if (length < 0)
			return length;
		/*
		 * procfs goes on until a name does not fit (proc_readfd_common in fs/proc/fd.c,
		 * proc_task_readdir in fs/proc/base.c), or a signal is pending, as of a process
		 * that is stopped and continued (filldir64 in fs/readdir.c): with room left, that
		 * was all only if it is as much as is expected.
		 */
		if (length == 0 || (expected > 0 && ret->count >= expected &&
		                    length < LISTING_SIZE - LONGEST_RECORD))
			return 0;
	}
}

static int compare_numbers(const void *a, const void *b)
{
	int first = *(const int *)a, second = *(const int *)b;

	return (first > second) - (first < second);
}

void numbers_sort(struct numbers *numbers)
{
	for (size_t i = 1; i < numbers->count; i++) {
		if (numbers->items[i - 1] < numbers->items[i])
			continue;
		qsort(numbers->items, numbers->count, sizeof(*numbers->items), compare_numbers);
		return;
	}
}

void numbers_done(struct numbers *numbers)
{
	free(numbers->items);
	*numbers = (struct numbers){ 0 };
}

char *numbers_write(char *to, int number)
{
	char digits[12];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		*to++ = digits[--n];
	return to;
}
