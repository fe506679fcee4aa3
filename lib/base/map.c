/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with linear probing, at most two thirds full. */
#include "base/map.h"

#include <sys/auxv.h>

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

struct hash_state {
	uint64_t v[4];
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void mix(struct hash_state *state)
{
	uint64_t *v = state->v;

	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void add_word(struct hash_state *state, uint64_t word)
{
	state->v[3] ^= word;
	mix(state);
	state->v[0] ^= word;
}

/* The key is the 16 random bytes that the kernel gives to each program (AT_RANDOM in getauxval(3)). */
static struct hash_state start_hash(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t key[2] = { 0 };

	if (random)
		memcpy(key, random, sizeof(key));
	return (struct hash_state){ {
		key[0] ^ UINT64_C(0x736f6d6570736575),
		key[1] ^ UINT64_C(0x646f72616e646f6d),
		key[0] ^ UINT64_C(0x6c7967656e657261),
		key[1] ^ UINT64_C(0x7465646279746573),
	} };
}

uint64_t map_hash(const void *bytes, size_t length)
{
	struct hash_state state = start_hash();
	const unsigned char *byte = bytes;
	uint64_t last = (uint64_t)length << 56;
	uint64_t word;
	size_t left = length;

	for (; left >= sizeof(word); left -= sizeof(word), byte += sizeof(word)) {
		memcpy(&word, byte, sizeof(word));
		add_word(&state, word);
	}
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)byte[i] << (8 * i);
	add_word(&state, last);
	state.v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		mix(&state);
	return state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
}
