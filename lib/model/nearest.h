/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that come near one that does not exist, for messages. */
#ifndef NSKIT_NEAREST_H
#define NSKIT_NEAREST_H

#include "base/arena.h"
#include "base/base.h"

#define NEAREST_COUNT 5

/* The nearest names so far, the best first. Begins as { .wanted = "web" }. */
struct nearest {
	const char *wanted;
	const char *names[NEAREST_COUNT];
	size_t distances[NEAREST_COUNT];
	size_t count;
	size_t n_offered; /* different ones are not told from equal ones beyond the list */
};

/*
 * Offers a name that exists: `name` is compared, `shown` is what the message will say (it must live
 * as long). One that is shown already counts once.
 */
void nearest_offer(struct nearest *nearest, const char *name, const char *shown);

/* The best one, where it is near enough for the wanted one to be a slip of the finger; else NULL. */
const char *nearest_slip(const struct nearest *nearest);

/* "a, b, c", printable, or "" where nothing was offered. In `arena`; NULL when out of memory. */
const char *nearest_list(struct arena *arena, const struct nearest *nearest);

#endif
