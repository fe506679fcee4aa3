/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of -Q: what compiles, holds or does not, and its negation the other way round. */
#include <strings.h>

#include "fuzz.h"
#include "model/expr.h"

static const struct value words[] = {
	{ .type = VALUE_TEXT, .as.text = "eth0" },
	{ .type = VALUE_TEXT, .as.text = "lo" },
};

static const struct {
	const char *name;
	enum value_type type;
	struct value value;
} columns[] = {
	/* clang-format off */
	{ "NS",      VALUE_NUMBER, { .type = VALUE_NUMBER, .as.number = 4026531836 } },
	{ "NPROCS",  VALUE_NUMBER, { .type = VALUE_NUMBER, .as.number = 7 } },
	{ "OFFSET",  VALUE_SIGNED, { .type = VALUE_SIGNED, .as.signed_number = -5 } },
	{ "LOAD",    VALUE_REAL,   { .type = VALUE_REAL, .as.real = 1.5 } },
	{ "TYPE",    VALUE_TEXT,   { .type = VALUE_TEXT, .as.text = "mnt" } },
	{ "COMMAND", VALUE_TEXT,   { .type = VALUE_TEXT, .as.text = "a \"b\" 'c' \\d\n\xff" } },
	{ "INITIAL", VALUE_BOOL,   { .type = VALUE_BOOL, .as.flag = true } },
	{ "OWNER",   VALUE_NUMBER, { .type = VALUE_NONE } },
	{ "IFACES",  VALUE_LIST,   { .type = VALUE_LIST, .as.list = { words, 2 } } },
	{ "ANY",     VALUE_NONE,   { .type = VALUE_NUMBER, .as.number = 3 } },
	/* clang-format on */
};

static bool resolve(void *context, const char *name, size_t *ret, enum value_type *ret_type)
{
	(void)context;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (strcasecmp(columns[i].name, name) != 0)
			continue;
		*ret = i;
		*ret_type = columns[i].type;
		return true;
	}
	return false;
}

static int get(void *context, size_t column, struct value *ret)
{
	(void)context;
	require(column < ARRAY_SIZE(columns));
	*ret = columns[column].value;
	return 0;
}

static void see_column(void *context, size_t column)
{
	(void)context;
	require(column < ARRAY_SIZE(columns));
}

/* Whether it holds: 1 or 0; -1: it does not compile. */
static int ask(const char *text)
{
	struct expr_error error = { .position = SIZE_MAX };
	auto_expr struct expr *expr = NULL;
	bool holds = false;
	int r = expr_compile(text, resolve, NULL, &expr, &error);

	if (r < 0) {
		require(r == -EINVAL && !expr);
		require(error.position <= strlen(text));
		require(memchr(error.message, '\0', sizeof(error.message)));
		require(*error.message && fuzz_is_printable(error.message, ""));
		return -1;
	}
	expr_columns(expr, see_column, NULL);
	require(expr_holds(expr, get, NULL, &holds) == 0);
	return holds;
}

/* Counts within counts, as (x{255}){255}, take the C library all memory that there is. */
static bool has_many_counts(const char *text)
{
	const char *first = strchr(text, '{');

	return first && strchr(first + 1, '{');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_free char *negated = NULL;

	if (has_many_counts(text))
		return 0;
	int holds = ask(text);
	require(asprintf(&negated, "not (%s)", text) >= 0);
	int holds_not = ask(negated);
	/* One more bracket may be one too many. */
	if (holds >= 0 && holds_not >= 0)
		require(holds == !holds_not);
	return 0;
}
