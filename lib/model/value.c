/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A typed value as text, and the order of two values. */
#include "model/value.h"

#include <inttypes.h>
#include <stdio.h>

const char *value_scalar_text(const struct value *value, char scratch[static VALUE_SCRATCH_SIZE])
{
	if (value->display)
		return value->display;
	switch (value->type) {
	case VALUE_TEXT:
		return value->as.text;
	case VALUE_NUMBER:
		snprintf(scratch, VALUE_SCRATCH_SIZE, "%" PRIu64, value->as.number);
		return scratch;
	case VALUE_SIGNED:
		snprintf(scratch, VALUE_SCRATCH_SIZE, "%" PRId64, value->as.signed_number);
		return scratch;
	case VALUE_REAL:
		snprintf(scratch, VALUE_SCRATCH_SIZE, "%.15g", value->as.real);
		return scratch;
	case VALUE_BOOL:
		return value->as.flag ? "yes" : "no";
	case VALUE_NONE:
	case VALUE_LIST:
	case VALUE_OBJECT:
		break;
	}
	return NULL;
}

/* Where text is gathered: first its length alone, then the bytes. */
struct gathered {
	char *bytes; /* NULL while only the length is wanted */
	size_t length;
};

static void gather(struct gathered *to, const char *text, size_t length)
{
	if (to->bytes)
		memcpy(to->bytes + to->length, text, length);
	to->length += length;
}

static void gather_scalar(struct gathered *to, const struct value *value)
{
	char scratch[VALUE_SCRATCH_SIZE];
	const char *text = value_scalar_text(value, scratch);

	if (text)
		gather(to, text, strlen(text));
}

/* An object without a display is its members as name=value. */
static void gather_object(struct gathered *to, const struct value_object *object)
{
	bool is_first = true;

	for (size_t i = 0; i < object->count; i++) {
		const struct value_member *member = &object->members[i];

		if (member->value.type == VALUE_NONE)
			continue;
		if (!is_first)
			gather(to, " ", 1);
		is_first = false;
		gather(to, member->name, strlen(member->name));
		gather(to, "=", 1);
		gather_scalar(to, &member->value);
	}
}

static void gather_item(struct gathered *to, const struct value *item)
{
	if (item->type == VALUE_OBJECT && !item->display)
		gather_object(to, &item->as.object);
	else
		gather_scalar(to, item);
}

static void gather_value(struct gathered *to, const struct value *value, char separator)
{
	if (value->type != VALUE_LIST) {
		gather_item(to, value);
		return;
	}
	for (size_t i = 0; i < value->as.list.count; i++) {
		if (i > 0)
			gather(to, &separator, 1);
		gather_item(to, &value->as.list.items[i]);
	}
}

const char *value_to_text(struct arena *arena, const struct value *value, char separator)
{
	struct gathered gathered = { 0 };

	errno = 0;
	if (value->display)
		return value->display;
	if (value->type == VALUE_NONE)
		return NULL;
	if (value->type == VALUE_TEXT)
		return value->as.text;
	gather_value(&gathered, value, separator);
	gathered.bytes = arena_alloc(arena, gathered.length + 1);
	if (!gathered.bytes) {
		errno = ENOMEM;
		return NULL;
	}
	gathered.length = 0;
	gather_value(&gathered, value, separator);
	return gathered.bytes;
}

bool value_is_numeric(enum value_type type)
{
	return type == VALUE_NUMBER || type == VALUE_SIGNED || type == VALUE_REAL;
}

static int compare_unsigned(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Sign and magnitude, so that no 64-bit number is rounded. */
static int compare_integers(const struct value *a, const struct value *b)
{
	bool a_negative = a->type == VALUE_SIGNED && a->as.signed_number < 0;
	bool b_negative = b->type == VALUE_SIGNED && b->as.signed_number < 0;

	/* a signed number that is not negative has the same bits as an unsigned one, and two
	 * negative ones keep their order when they are read as unsigned */
	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	return compare_unsigned(a->as.number, b->as.number);
}

static long double to_real(const struct value *value)
{
	if (value->type == VALUE_REAL)
		return value->as.real;
	if (value->type == VALUE_SIGNED)
		return (long double)value->as.signed_number;
	return (long double)value->as.number;
}

static int compare_numbers(const struct value *a, const struct value *b)
{
	long double x, y;

	if (a->type != VALUE_REAL && b->type != VALUE_REAL)
		return compare_integers(a, b);
	x = to_real(a);
	y = to_real(b);
	return (x > y) - (x < y);
}

/* The place of a type among the others: unlike values still have one order. */
static int rank(enum value_type type)
{
	switch (type) {
	case VALUE_NONE:
		return 0;
	case VALUE_BOOL:
		return 1;
	case VALUE_NUMBER:
	case VALUE_SIGNED:
	case VALUE_REAL:
		return 2;
	case VALUE_TEXT:
		return 3;
	case VALUE_LIST:
		return 4;
	case VALUE_OBJECT:
		return 5;
	}
	return 6;
}

/* Lists and objects compare by what they show, where they show something. */
static int compare_scalars(const struct value *a, const struct value *b)
{
	if (rank(a->type) != rank(b->type))
		return rank(a->type) < rank(b->type) ? -1 : 1;
	if (value_is_numeric(a->type))
		return compare_numbers(a, b);
	if (a->type == VALUE_TEXT)
		return strcmp(a->as.text, b->as.text);
	if (a->type == VALUE_BOOL)
		return (int)a->as.flag - (int)b->as.flag;
	if (a->display && b->display)
		return strcmp(a->display, b->display);
	return 0;
}

static int compare_lists(const struct value_list *a, const struct value_list *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = compare_scalars(&a->items[i], &b->items[i]);

		if (order)
			return order;
	}
	return compare_unsigned(a->count, b->count);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type == VALUE_LIST && b->type == VALUE_LIST)
		return compare_lists(&a->as.list, &b->as.list);
	return compare_scalars(a, b);
}
