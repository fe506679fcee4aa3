/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is freed all at once: the texts of a snapshot, the scratch of a row. */
#ifndef NSKIT_ARENA_H
#define NSKIT_ARENA_H

#include <stdarg.h>

#include "base/base.h"

struct arena_block;

/* All zero is an empty arena. */
struct arena {
	struct arena_block *blocks; /* the newest first */
};

/* `size` zeroed bytes, aligned for any type, owned by the arena. NULL when out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `length` bytes with a NUL byte behind it. NULL when out of memory. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

/* A copy of a C string. NULL when out of memory. */
char *arena_text(struct arena *arena, const char *text);

/* Formatted text. NULL when out of memory. */
char *arena_printf(struct arena *arena, const char *format, ...) printf_like(2, 3);

/* Forgets all but keeps one block for reuse. */
void arena_reset(struct arena *arena);

/* Frees all. */
void arena_done(struct arena *arena);
#define auto_arena __attribute__((cleanup(arena_done)))

#endif
