/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growth of arrays. */
#include "base/vec.h"

#define FIRST_CAPACITY 8

static size_t next_capacity(size_t capacity, size_t needed)
{
	size_t next = capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;

	if (next < FIRST_CAPACITY)
		next = FIRST_CAPACITY;
	return next < needed ? needed : next;
}

int vec_reserve(void *array, size_t *capacity, size_t needed, size_t size)
{
	size_t wanted;
	void *old;
	char *grown;

	if (needed <= *capacity)
		return 0;
	wanted = next_capacity(*capacity, needed);
	/* By memcpy: the pointer has its owner's type, and only its bytes are the same as of a
	 * void pointer. */
	memcpy(&old, array, sizeof(old));
	grown = reallocarray(old, wanted, size);
	if (!grown)
		return -ENOMEM;
	memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
	memcpy(array, &grown, sizeof(grown));
	*capacity = wanted;
	return 0;
}
