/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing array is a pointer, a count and a capacity of its owner; this grows it. */
#ifndef NSKIT_VEC_H
#define NSKIT_VEC_H

#include "base/base.h"

/*
 * Makes room for at least `needed` elements of `size` bytes in *(T **)array, doubling; new room is
 * zeroed. `array` is the address of the pointer, *capacity its elements. 0 or -ENOMEM (then nothing
 * changed).
 */
int vec_reserve(void *array, size_t *capacity, size_t needed, size_t size) must_use;

/* Room for one more element behind `count`: VEC_GROW(&s->items, &s->capacity, s->n_items). 0 or
 * -ENOMEM. */
#define VEC_GROW(array, capacity, count)                                                           \
	vec_reserve((array), (capacity), (count) + 1, sizeof(**(array)))

#endif
