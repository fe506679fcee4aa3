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
	size_t capacity; /* a power of two above `count`, or 0 */
};

/* Where the search for `key` begins; not of an empty map. */
static inline size_t map_home(const struct map *map, uint64_t key)
{
	/* Two rounds: keys are counters, or two numbers packed into one. */
	key *= UINT64_C(0x9e3779b97f4a7c15);
	key ^= key >> 32;
	key *= UINT64_C(0xd6e8feb86659fd93);
	return (size_t)(key >> 32) & (map->capacity - 1);
}

/* The value stored for `key`, or NONE. Inline: it is called for each link of each process. */
static inline uint32_t map_find(const struct map *map, uint64_t key)
{
	if (map->capacity == 0)
		return NONE;
	for (size_t i = map_home(map, key);; i = (i + 1) & (map->capacity - 1)) {
		if (map->slots[i].key == key || map->slots[i].value == NONE)
			return map->slots[i].value;
	}
}

/* Stores `value` (not NONE) for `key`, replacing an older one. 0 or -ENOMEM. */
int map_put(struct map *map, uint64_t key, uint32_t value) must_use;

/* Frees the slots; the map is empty then. */
void map_done(struct map *map);
#define auto_map __attribute__((cleanup(map_done)))

/* A 64-bit hash of bytes, for keys made of text, another one in each run (SipHash-1-3): whoever may
 * choose texts cannot choose ones of one hash. The caller compares the text itself on a hit. */
uint64_t map_hash(const void *bytes, size_t length);

#endif
