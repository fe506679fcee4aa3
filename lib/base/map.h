/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hash from a 64-bit integer to an index: open addressing, no removal. */
#ifndef NSKIT_MAP_H
#define NSKIT_MAP_H

#include "base/base.h"

struct map_slot {
	uint64_t key;
	uint32_t value; /* NONE: the slot is free */
};

/* All zero is an empty map. */
struct map {
	struct map_slot *slots;
	size_t count;
	size_t capacity; /* a power of two, or 0 */
};

/* The value stored for `key`, or NONE. */
uint32_t map_find(const struct map *map, uint64_t key);

/* Stores `value` (not NONE) for `key`, replacing an older one. 0 or -ENOMEM. */
int map_put(struct map *map, uint64_t key, uint32_t value) must_use;

/* Frees the slots; the map is empty then. */
void map_done(struct map *map);
#define auto_map __attribute__((cleanup(map_done)))

/* A 64-bit hash of bytes, for keys made of text (FNV-1a with a final mix). The caller compares the
 * text itself on a hit. */
uint64_t map_hash(const void *bytes, size_t length);

#endif
