/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that is put together piece by piece: inside lib/show only. */
#ifndef NSKIT_LABELTEXT_H
#define NSKIT_LABELTEXT_H

#include "base/arena.h"

/* With `arena` set and all else zero it is empty. */
struct labeltext {
	struct arena *arena; /* owns the text */
	char *text;
	size_t length, capacity;
	bool has_parts;   /* the next part follows a comma */
	bool has_remarks; /* the next remark follows a comma */
	bool has_no_memory;
};

/* Adds formatted text. Memory that runs out shows in labeltext_value. */
void labeltext_add(struct labeltext *label, const char *format, ...) printf_like(2, 3);

/* Begins a part of what stands behind the name: " " or, after another, ", ". */
void labeltext_begin_part(struct labeltext *label);

/* Begins a remark: two spaces or, after another, ", ". */
void labeltext_begin_remark(struct labeltext *label);

/* Adds a whole remark. */
void labeltext_remark(struct labeltext *label, const char *remark);

/*
 * Adds a map of ids, "0 100000 65536, 65536 1000 1" (/proc/PID/uid_map, user_namespaces(7)) as
 * ranges: "uid 0-65535 = 100000-165535 and 65536 = 1000"; "no uids mapped" where it is empty, "uid ?"
 * where it is NULL or damaged.
 */
void labeltext_add_map(struct labeltext *label, const char *what, const char *map);

/* The text. NULL when out of memory. */
const char *labeltext_value(const struct labeltext *label);

#endif
