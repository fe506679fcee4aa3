/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A typed value: what a column's getter returns, what an expression compares, what JSON writes. */
#ifndef NSKIT_VALUE_H
#define NSKIT_VALUE_H

#include "base/arena.h"
#include "base/base.h"

enum value_type {
	VALUE_NONE,   /* unknown, or does not apply: null, an empty cell */
	VALUE_TEXT,   /* raw bytes, not yet made printable */
	VALUE_NUMBER, /* unsigned */
	VALUE_SIGNED,
	VALUE_REAL,
	VALUE_BOOL,
	VALUE_LIST,   /* of values */
	VALUE_OBJECT, /* of members */
};

struct value;
struct value_member;

struct value_list {
	const struct value *items;
	size_t count;
};

struct value_object {
	const struct value_member *members;
	size_t count;
};

/* Plain data; what it points to lives in an arena or in the snapshot. All zero is VALUE_NONE. */
struct value {
	enum value_type type;
	union {
		const char *text;
		uint64_t number;
		int64_t signed_number;
		double real;
		bool flag;
		struct value_list list;
		struct value_object object;
	} as;
	const char
		*display; /* what a table shows in its place (raw bytes); NULL: the value itself */
};

struct value_member {
	const char *name;
	struct value value;
};

static inline struct value value_none(void)
{
	return (struct value){ .type = VALUE_NONE };
}

/* NULL gives VALUE_NONE. */
static inline struct value value_text(const char *text)
{
	return text ? (struct value){ .type = VALUE_TEXT, .as.text = text } : value_none();
}

static inline struct value value_number(uint64_t number)
{
	return (struct value){ .type = VALUE_NUMBER, .as.number = number };
}

static inline struct value value_bool(bool flag)
{
	return (struct value){ .type = VALUE_BOOL, .as.flag = flag };
}

/* Unsigned, signed and real numbers compare with each other. */
bool value_is_numeric(enum value_type type);

/* Room for any number as text. */
#define VALUE_SCRATCH_SIZE 32

/*
 * Text of a value that is no list or object, raw bytes: display, else its text; numbers are written
 * to `scratch`. NULL where there is none.
 */
const char *value_scalar_text(const struct value *value, char scratch[static VALUE_SCRATCH_SIZE]);

/*
 * The text that a table shows, raw bytes: display, else numbers in decimal, bools as yes and no,
 * list items joined by `separator`, an object's known members as name=value. NULL for VALUE_NONE without display, and when out of memory
 * (then errno is ENOMEM).
 */
const char *value_to_text(struct arena *arena, const struct value *value, char separator);

/* Orders two values: numbers by number (all numeric types compare with each other), text by bytes,
 * none first. <0, 0, >0. */
int value_compare(const struct value *a, const struct value *b);

#endif
