/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choosing columns by name, and filters over their typed values. */
#include "show/column.h"

#include <strings.h>

#include "base/vec.h"
#include "model/tree.h"

void columns_done(struct columns *columns)
{
	free(columns->items);
	*columns = (struct columns){ 0 };
}

const char *column_type_name(const struct column *column)
{
	switch (column->type) {
	case VALUE_NUMBER:
	case VALUE_SIGNED:
	case VALUE_REAL:
		return "number";
	case VALUE_BOOL:
		return "bool";
	case VALUE_LIST:
		return "list";
	default:
		return "text";
	}
}

size_t column_set_count(const struct column_set *set)
{
	size_t count = 0;

	for (; set; set = set->more)
		count += set->count;
	return count;
}

const struct column *column_set_at(const struct column_set *set, size_t position)
{
	for (; position >= set->count; set = set->more)
		position -= set->count;
	return &set->columns[position];
}

/* Position of the column of that name, or SIZE_MAX. */
static size_t find_position(const struct column_set *set, const char *name)
{
	size_t before = 0;

	for (; set; set = set->more) {
		for (size_t i = 0; i < set->count; i++)
			if (strcasecmp(set->columns[i].name, name) == 0)
				return before + i;
		before += set->count;
	}
	return SIZE_MAX;
}

const struct column *column_find(const struct column_set *set, const char *name)
{
	const size_t position = find_position(set, name);

	return position == SIZE_MAX ? NULL : column_set_at(set, position);
}

struct row rows_at(const struct rows *rows, size_t position, struct arena *scratch)
{
	const struct place *place = &rows->items[position];
	const bool is_last = position + 1 == rows->count;

	return (struct row){ .snapshot = rows->snapshot,
		             .scratch = scratch,
		             .place = place,
		             .tree = rows->tree,
		             .is_process = place->node ? place->node->kind == NODE_PROCESS
		                                       : rows->are_processes,
		             .has_children = !is_last && place[1].parent == position,
		             .all_shows_left = rows->all_shows_left };
}

static int add_column(struct columns *columns, const struct column *column)
{
	/* The elements are pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	int r = VEC_GROW(&columns->items, &columns->capacity, columns->count);

	if (r < 0)
		return r;
	columns->items[columns->count++] = column;
	return 0;
}

static int add_named(struct arena *arena, const struct column_set *set, const char *name,
                     size_t length, struct columns *columns, const char **ret_unknown)
{
	const char *copy = arena_copy(arena, name, length);

	if (!copy)
		return -ENOMEM;
	const struct column *column = column_find(set, copy);
	if (!column) {
		*ret_unknown = copy;
		return -EINVAL;
	}
	return add_column(columns, column);
}

int columns_choose(struct arena *arena, const struct column_set *set, const char *list,
                   struct columns *columns, const char **ret_unknown)
{
	auto_columns struct columns chosen = { 0 };
	const bool adds = list[0] == '+';
	int r = 0;

	for (size_t i = 0; adds && r == 0 && i < columns->count; i++)
		r = add_column(&chosen, columns->items[i]);
	for (const char *name = list + adds; r == 0; name++) {
		size_t length = strcspn(name, ",");

		r = add_named(arena, set, name, length, &chosen, ret_unknown);
		name += length;
		if (*name == '\0')
			break;
	}
	if (r < 0)
		return r;
	columns_done(columns);
	*columns = chosen;
	chosen = (struct columns){ 0 };
	return 0;
}

static bool is_chosen(const struct columns *columns, const struct column *column)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i] == column)
			return true;
	return false;
}

int columns_add_all(const struct column_set *set, struct columns *columns)
{
	for (size_t i = 0; i < column_set_count(set); i++) {
		const struct column *column = column_set_at(set, i);

		if (is_chosen(columns, column))
			continue;
		int r = add_column(columns, column);
		if (r < 0)
			return r;
	}
	return 0;
}

struct needs columns_needs(const struct columns *columns)
{
	struct needs needs = { 0 };

	for (size_t i = 0; i < columns->count; i++)
		needs_add(&needs, &columns->items[i]->needs);
	return needs;
}

static bool resolve_column(void *context, const char *name, size_t *ret, enum value_type *ret_type)
{
	const struct column_set *set = context;
	const size_t position = find_position(set, name);

	if (position == SIZE_MAX)
		return false;
	*ret = position;
	*ret_type = column_set_at(set, position)->type;
	return true;
}

int filter_compile(const struct column_set *set, const char *text, struct filter *ret,
                   struct expr_error *error)
{
	struct column_set context = *set;
	struct expr *expr = NULL;
	int r = expr_compile(text, resolve_column, &context, &expr, error);

	if (r < 0)
		return r;
	*ret = (struct filter){ .set = set, .expr = expr };
	return 0;
}

struct needs_of {
	const struct column_set *set;
	struct needs needs;
};

static void add_needs_of(void *context, size_t column)
{
	struct needs_of *of = context;

	needs_add(&of->needs, &column_set_at(of->set, column)->needs);
}

struct needs filter_needs(const struct filter *filter)
{
	struct needs_of of = { .set = filter->set };

	if (filter->expr)
		expr_columns(filter->expr, add_needs_of, &of);
	return of.needs;
}

struct filtered {
	const struct column_set *set;
	const struct row *row;
};

static int get_column(void *context, size_t column, struct value *ret)
{
	const struct filtered *filtered = context;

	return column_set_at(filtered->set, column)->get(filtered->row, ret);
}

int filter_holds(const struct filter *filter, const struct row *row, bool *ret)
{
	struct filtered context = { .set = filter->set, .row = row };

	if (!filter->expr) {
		*ret = true;
		return 0;
	}
	return expr_holds(filter->expr, get_column, &context, ret);
}

void filter_done(struct filter *filter)
{
	expr_free(filter->expr);
	*filter = (struct filter){ 0 };
}
