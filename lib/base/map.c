/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with linear probing, at most two thirds full. */
#include "base/map.h"

#define FIRST_CAPACITY 16

/* The slot of `key`, or the free one where it belongs. */
static struct map_slot *find_slot(const struct map *map, uint64_t key)
{
	size_t i = map_home(map, key);

	while (map->slots[i].value != NONE && map->slots[i].key != key)
		i = (i + 1) & (map->capacity - 1);
	return &map->slots[i];
}

static int grow(struct map *map)
{
	struct map grown = { .count = map->count, .capacity = FIRST_CAPACITY };

	if (map->capacity > SIZE_MAX / 2)
		return -ENOMEM;
	if (map->capacity > 0)
		grown.capacity = map->capacity * 2;
	grown.slots = reallocarray(NULL, grown.capacity, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	/* All bits set is NONE in every value. */
	memset(grown.slots, 0xff, grown.capacity * sizeof(*grown.slots));
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->slots[i].value != NONE)
			*find_slot(&grown, map->slots[i].key) = map->slots[i];
	}
	free(map->slots);
	*map = grown;
	return 0;
}

int map_put(struct map *map, uint64_t key, uint32_t value)
{
	struct map_slot *slot;

	if (map->count >= map->capacity / 3 * 2) {
		int r = grow(map);

		if (r < 0)
			return r;
	}
	slot = find_slot(map, key);
	if (slot->value == NONE)
		map->count++;
	slot->key = key;
	slot->value = value;
	return 0;
}

void map_done(struct map *map)
{
	free(map->slots);
	*map = (struct map){ 0 };
}

uint64_t map_hash(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	/* FNV leaves the last bytes in the low bits. */
	hash ^= hash >> 32;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}
