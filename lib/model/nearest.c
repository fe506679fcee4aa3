/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that come near one that does not exist: those that continue it, then by edit distance. */
#include "model/nearest.h"

#include "base/text.h"

/* Longer names are compared by their beginnings: file names end at 255 bytes, ids are 64. */
#define COMPARED 64

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's, one row at a time. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[COMPARED + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t above = row[j];
			size_t changed = diagonal + (a[i - 1] != b[j - 1]);

			row[j] = smallest(changed, above + 1, row[j - 1] + 1);
			diagonal = above;
		}
	}
	return row[b_length];
}

/* Shortened or continued names are nearer than any edit. */
static size_t distance(const char *wanted, const char *name)
{
	size_t wanted_length = strnlen(wanted, COMPARED);
	size_t name_length = strnlen(name, COMPARED);

	if (strncmp(wanted, name, wanted_length) == 0)
		return 0;
	if (wanted_length >= 3 && strstr(name, wanted))
		return 1;
	return 1 + edit_distance(wanted, wanted_length, name, name_length);
}

static bool is_shown(const struct nearest *nearest, const char *shown)
{
	for (size_t i = 0; i < nearest->count; i++) {
		if (is_equal(nearest->names[i], shown))
			return true;
	}
	return false;
}

void nearest_offer(struct nearest *nearest, const char *name, const char *shown)
{
	size_t its_distance = distance(nearest->wanted, name);
	size_t at = nearest->count;

	if (is_shown(nearest, shown))
		return;
	nearest->n_offered++;
	while (at > 0 && nearest->distances[at - 1] > its_distance)
		at--;
	if (at == NEAREST_COUNT)
		return;
	if (nearest->count < NEAREST_COUNT)
		nearest->count++;
	for (size_t i = nearest->count - 1; i > at; i--) {
		nearest->names[i] = nearest->names[i - 1];
		nearest->distances[i] = nearest->distances[i - 1];
	}
	nearest->names[at] = shown;
	nearest->distances[at] = its_distance;
}

const char *nearest_slip(const struct nearest *nearest)
{
	/* A letter in three, and one more: a distance is one more than the letters that differ. */
	const size_t farthest = strnlen(nearest->wanted, COMPARED) / 3 + 2;

	return nearest->count > 0 && nearest->distances[0] <= farthest ? nearest->names[0] : NULL;
}

const char *nearest_list(struct arena *arena, const struct nearest *nearest)
{
	const char *list = "";
	bool utf8 = text_is_utf8_locale();

	for (size_t i = 0; i < nearest->count; i++) {
		const char *shown = text_printable(arena, nearest->names[i], utf8);

		if (!shown)
			return NULL;
		list = i == 0 ? shown : arena_printf(arena, "%s, %s", list, shown);
		if (!list)
			return NULL;
	}
	return nearest->n_offered > nearest->count ? arena_printf(arena, "%s, ...", list) : list;
}
