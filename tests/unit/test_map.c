/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The containers: hash by integer, growing array, arena. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

/* Out of memory is NULL, as without the sanitizer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void empty_map_has_nothing(void **state)
{
	const struct map map = { 0 };

	(void)state;
	assert_int_equal(map_find(&map, 0), NONE);
	assert_int_equal(map_find(&map, UINT64_MAX), NONE);
}

static void map_takes_any_key(void **state)
{
	/* All bits set is what a free slot is filled with. */
	static const uint64_t keys[] = { 0, 1, UINT32_MAX, UINT64_MAX, UINT64_C(1) << 63 };
	auto_map struct map map = { 0 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(keys); i++) {
		assert_int_equal(map_find(&map, keys[i]), NONE);
		assert_int_equal(map_put(&map, keys[i], i), 0);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_int_equal(map_find(&map, keys[i]), i);
	assert_int_equal(map.count, ARRAY_SIZE(keys));
}

static void map_replaces(void **state)
{
	auto_map struct map map = { 0 };

	(void)state;
	assert_int_equal(map_put(&map, 7, 1), 0);
	assert_int_equal(map_put(&map, 7, 2), 0);
	assert_int_equal(map_find(&map, 7), 2);
	assert_int_equal(map.count, 1);
	map_done(&map);
	assert_int_equal(map_find(&map, 7), NONE);
	assert_int_equal(map_put(&map, 7, 3), 0);
	assert_int_equal(map_find(&map, 7), 3);
}

/* The longest search for a key that is there. */
static size_t longest_search(const struct map *map)
{
	size_t longest = 0;

	for (size_t i = 0; i < map->capacity; i++) {
		size_t distance;

		if (map->slots[i].value == NONE)
			continue;
		distance = (i - map_home(map, map->slots[i].key)) & (map->capacity - 1);
		if (distance > longest)
			longest = distance;
	}
	return longest;
}

/* Keys as they occur: what differs may be anywhere in the 64 bits. */
static void map_spreads_keys_of_any_shape(void **state)
{
	const uint32_t n = 50000;

	(void)state;
	for (unsigned shift = 0; shift <= 48; shift += 4) {
		auto_map struct map map = { 0 };

		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(
				map_put(&map, UINT64_C(4026531832) + ((uint64_t)i << shift), i), 0);
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(
				map_find(&map, UINT64_C(4026531832) + ((uint64_t)i << shift)), i);
		assert_int_equal(map_find(&map, 12345), NONE);
		assert_int_equal(map.count, n);
		assert_true(map.capacity <= (size_t)3 * n);
		assert_true(longest_search(&map) < 200);
	}
}

static void map_agrees_with_an_array(void **state)
{
	uint32_t expected[4096];
	auto_map struct map map = { 0 };

	(void)state;
	memset(expected, 0xff, sizeof(expected));
	srandom(20260803);
	for (uint32_t i = 0; i < 100000; i++) {
		size_t key = (size_t)random() % ARRAY_SIZE(expected);

		assert_int_equal(map_find(&map, key), expected[key]);
		assert_int_equal(map_put(&map, key, i), 0);
		expected[key] = i;
	}
}

static void hash_tells_texts_apart(void **state)
{
	auto_map struct map map = { 0 };

	(void)state;
	assert_true(map_hash("", 0) == map_hash("x", 0));
	assert_true(map_hash("a\0b", 3) != map_hash("a\0c", 3));
	for (uint32_t i = 0; i < 100000; i++) {
		char text[40];
		int length = snprintf(text, sizeof(text), "/system.slice/x%u.service", i);
		uint64_t hash = map_hash(text, (size_t)length);

		assert_int_equal(map_find(&map, hash), NONE);
		assert_int_equal(map_put(&map, hash, i), 0);
	}
}

/* The hash of a text in another run of this program. */
static uint64_t hash_of_another_run(void)
{
	uint64_t hash = 0;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_map", "hash", NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &hash, sizeof(hash)), sizeof(hash));
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return hash;
}

/* Else texts of one hash could be made beforehand. */
static void nobody_knows_a_hash_beforehand(void **state)
{
	(void)state;
	assert_true(map_hash("text", 4) == map_hash("text", 4));
	assert_true(hash_of_another_run() != map_hash("text", 4));
}

struct pair {
	uint32_t a;
	uint64_t b;
};

static void array_grows_zeroed(void **state)
{
	auto_free struct pair *pairs = NULL;
	size_t capacity = 0;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		assert_int_equal(VEC_GROW(&pairs, &capacity, i), 0);
		assert_true(capacity > i && capacity <= 2 * i + 8);
		assert_int_equal(pairs[i].a, 0);
		assert_int_equal(pairs[i].b, 0);
		pairs[i] = (struct pair){ .a = (uint32_t)i, .b = ~i };
	}
	for (size_t i = 0; i < 10000; i++) {
		assert_int_equal(pairs[i].a, i);
		assert_true(pairs[i].b == ~i);
	}
	assert_int_equal(vec_reserve(&pairs, &capacity, capacity, sizeof(*pairs)), 0);
	assert_int_equal(vec_reserve(&pairs, &capacity, 1000000, sizeof(*pairs)), 0);
	assert_int_equal(capacity, 1000000);
	assert_int_equal(pairs[999999].b, 0);
}

static void array_too_large_is_no_memory(void **state)
{
	auto_free struct pair *pairs = NULL;
	size_t capacity = 0;
	const struct pair *before;

	(void)state;
	assert_int_equal(VEC_GROW(&pairs, &capacity, 0), 0);
	before = pairs;
	assert_int_equal(vec_reserve(&pairs, &capacity, SIZE_MAX, sizeof(*pairs)), -ENOMEM);
	assert_int_equal(vec_reserve(&pairs, &capacity, SIZE_MAX / 16 + 2, sizeof(*pairs)),
	                 -ENOMEM);
	assert_ptr_equal(pairs, before);
	assert_int_equal(capacity, 8);
}

static void arena_is_zeroed_and_aligned(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 0; size < 40000; size = size * 2 + 1) {
			unsigned char *memory = arena_alloc(&arena, size);

			assert_non_null(memory);
			assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xa5, size);
			assert_non_null(arena_text(&arena, "odd")); /* puts the next one off */
		}
		arena_reset(&arena);
	}
}

static void arena_keeps_what_it_gave(void **state)
{
	auto_arena struct arena arena = { 0 };
	const char *texts[5000];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		if (i % 500 == 0) {
			char *large = arena_alloc(&arena, 100000);

			assert_non_null(large);
			memset(large, 'x', 100000);
		}
		texts[i] = arena_printf(&arena, "text %d", i);
		assert_non_null(texts[i]);
	}
	for (int i = 0; i < 5000; i++) {
		char expected[20];

		snprintf(expected, sizeof(expected), "text %d", i);
		assert_string_equal(texts[i], expected);
	}
}

static void arena_formats_where_blocks_end(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_free char *longest = malloc(200001);

	(void)state;
	assert_non_null(longest);
	memset(longest, 'y', 200000);
	longest[200000] = '\0';
	for (int length = 0; length < 200000; length += 1 + length / 8) {
		const char *text = arena_printf(&arena, "%.*s|", length, longest);

		assert_non_null(text);
		assert_int_equal(strlen(text), length + 1);
		assert_int_equal(text[length], '|');
	}
}

/* What fills the first block to the last byte, and one byte less and more. */
static void arena_formats_what_just_fits(void **state)
{
	(void)state;
	for (int length = 4080; length < 4110; length++) {
		auto_arena struct arena arena = { 0 };
		const char *text;

		assert_string_equal(arena_text(&arena, "x"), "x");
		text = arena_printf(&arena, "%0*d", length, 1);
		assert_int_equal(strlen(text), length);
		assert_string_equal(arena_text(&arena, "y"), "y");
		assert_int_equal(strlen(text), length);
		assert_int_equal(text[length - 1], '1');
	}
}

static void arena_copies_any_bytes(void **state)
{
	auto_arena struct arena arena = { 0 };
	const char *copy = arena_copy(&arena, "a\0b\xff", 4);

	(void)state;
	assert_memory_equal(copy, "a\0b\xff\0", 5);
	assert_string_equal(arena_copy(&arena, NULL, 0), "");
	assert_string_equal(arena_text(&arena, ""), "");
}

static void arena_reset_reuses_its_block(void **state)
{
	auto_arena struct arena arena = { 0 };
	const void *first = arena_alloc(&arena, 100);

	(void)state;
	for (int i = 0; i < 10; i++) {
		arena_reset(&arena);
		assert_ptr_equal(arena_alloc(&arena, 100), first);
	}
	arena_done(&arena);
	arena_reset(&arena);
	assert_null(arena.blocks);
}

static void arena_too_large_is_no_memory(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	assert_non_null(arena_alloc(&arena, 8));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_copy(&arena, "", SIZE_MAX));
	assert_non_null(arena_alloc(&arena, 8));
}

int main(int argc, char **argv)
{
	if (argc == 2 && is_equal(argv[1], "hash")) {
		uint64_t hash = map_hash("text", 4);
		return write(STDOUT_FILENO, &hash, sizeof(hash)) != sizeof(hash);
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map_has_nothing),
		cmocka_unit_test(map_takes_any_key),
		cmocka_unit_test(map_replaces),
		cmocka_unit_test(map_spreads_keys_of_any_shape),
		cmocka_unit_test(map_agrees_with_an_array),
		cmocka_unit_test(hash_tells_texts_apart),
		cmocka_unit_test(nobody_knows_a_hash_beforehand),
		cmocka_unit_test(array_grows_zeroed),
		cmocka_unit_test(array_too_large_is_no_memory),
		cmocka_unit_test(arena_is_zeroed_and_aligned),
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(arena_formats_where_blocks_end),
		cmocka_unit_test(arena_formats_what_just_fits),
		cmocka_unit_test(arena_copies_any_bytes),
		cmocka_unit_test(arena_reset_reuses_its_block),
		cmocka_unit_test(arena_too_large_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
