/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks that are filled from the front: a small one first, as most arenas hold one row. */
#include "base/arena.h"

#include <stdio.h>

#define FIRST_BLOCK_SIZE ((size_t)4 * 1024)
#define BLOCK_SIZE ((size_t)64 * 1024)
/* From here on an allocation has a block of its own, so that little of a block is left unused. */
#define LARGE_SIZE (BLOCK_SIZE / 4)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	size_t used;
	_Alignas(max_align_t) char data[];
};

static size_t round_up(size_t size, size_t alignment)
{
	return (size + alignment - 1) & ~(alignment - 1);
}

static struct arena_block *new_block(size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (!block)
		return NULL;
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

static void push_block(struct arena *arena, struct arena_block *block)
{
	block->next = arena->blocks;
	arena->blocks = block;
}

/* Behind the newest block, which goes on being filled. */
static char *alloc_large(struct arena *arena, size_t size)
{
	struct arena_block *block = new_block(size);

	if (!block)
		return NULL;
	block->used = size;
	if (arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		push_block(arena, block);
	}
	return block->data;
}

static char *alloc_in_new_block(struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (size >= LARGE_SIZE)
		return alloc_large(arena, size);
	block = new_block(!arena->blocks && size <= FIRST_BLOCK_SIZE ? FIRST_BLOCK_SIZE
	                                                             : BLOCK_SIZE);
	if (!block)
		return NULL;
	push_block(arena, block);
	block->used = size;
	return block->data;
}

/* `size` bytes as they come; `alignment` is a power of two. */
static char *alloc_bytes(struct arena *arena, size_t size, size_t alignment)
{
	struct arena_block *block = arena->blocks;

	if (block) {
		size_t start = round_up(block->used, alignment);

		if (start <= block->size && size <= block->size - start) {
			block->used = start + size;
			return block->data + start;
		}
	}
	return alloc_in_new_block(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *memory = alloc_bytes(arena, size, _Alignof(max_align_t));

	return memory ? memset(memory, 0, size) : NULL;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = length < SIZE_MAX ? alloc_bytes(arena, length + 1, 1) : NULL;

	if (!copy)
		return NULL;
	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return arena_copy(arena, text, strlen(text));
}

/* Formats into what is left of the newest block. *ret_length is what the text needs; NULL when that
 * is more, or when it cannot be formatted (*ret_length is negative then). */
static char *print_in_place(struct arena *arena, int *ret_length, const char *format,
                            va_list values)
{
	struct arena_block *block = arena->blocks;
	size_t room = block ? block->size - block->used : 0;
	char *text = room > 0 ? block->data + block->used : NULL;

	*ret_length = vsnprintf(text, room, format, values);
	if (*ret_length < 0 || (size_t)*ret_length >= room)
		return NULL;
	block->used += (size_t)*ret_length + 1;
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list values;
	char *text;
	int length;

	va_start(values, format);
	text = print_in_place(arena, &length, format, values);
	va_end(values);
	if (text || length < 0)
		return text;

	text = alloc_bytes(arena, (size_t)length + 1, 1);
	if (!text)
		return NULL;
	va_start(values, format);
	vsnprintf(text, (size_t)length + 1, format, values);
	va_end(values);
	return text;
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_reset(struct arena *arena)
{
	if (!arena->blocks)
		return;
	free_blocks(arena->blocks->next);
	arena->blocks->next = NULL;
	arena->blocks->used = 0;
}

void arena_done(struct arena *arena)
{
	free_blocks(arena->blocks);
	arena->blocks = NULL;
}
