/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -o: lists of columns, over a list that was chosen before. */
#include "fuzz.h"
#include "show/nscols.h"

static void check_columns(const struct columns *columns)
{
	const struct column_set *set = nscols_set();

	require(columns->count > 0 && columns->count <= columns->capacity);
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = columns->items[i];
		require(column >= set->columns && column < set->columns + set->count);
		require(column_find(set, column->name) == column);
	}
}

static size_t count_names(const char *list)
{
	size_t count = 1;

	for (; *list; list++)
		count += *list == ',';
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const char *unknown = NULL;

	require(columns_choose(&arena, nscols_set(), "ns,TYPE", &columns, &unknown) == 0);
	require(columns.count == 2);
	int r = columns_choose(&arena, nscols_set(), text, &columns, &unknown);
	check_columns(&columns);
	if (r == 0)
		require(columns.count == count_names(text) + (text[0] == '+' ? 2 : 0));
	else
		require(r == -EINVAL && columns.count == 2 && unknown && strstr(text, unknown));
	return 0;
}
