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
	void **elements = array;
	size_t wanted;
	char *grown;

	if (needed <= *capacity)
		return 0;
	wanted = next_capacity(*capacity, needed);
	grown = reallocarray(*elements, wanted, size);
	if (!grown)
		return -ENOMEM;
	memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
	*elements = grown;
	*capacity = wanted;
	return 0;
}
