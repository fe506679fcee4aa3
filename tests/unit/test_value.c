/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as text, and their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/value.h"

static struct value signed_value(int64_t number)
{
	return (struct value){ .type = VALUE_SIGNED, .as.signed_number = number };
}

static struct value real_value(double real)
{
	return (struct value){ .type = VALUE_REAL, .as.real = real };
}

static void assert_text(struct value value, const char *expected)
{
	auto_arena struct arena arena = { 0 };
	const char *text = value_to_text(&arena, &value, ',');

	if (!expected)
		assert_null(text);
	else
		assert_string_equal(text, expected);
}

static void test_text_of_scalars(void **state)
{
	struct value shown = value_number(42);

	(void)state;
	shown.display = "unassigned";
	assert_text(value_none(), NULL);
	assert_text(value_text(NULL), NULL);
	assert_text(value_text(""), "");
	assert_text(value_text("a\nb\x1b"), "a\nb\x1b");
	assert_text(value_number(0), "0");
	assert_text(value_number(UINT64_MAX), "18446744073709551615");
	assert_text(signed_value(INT64_MIN), "-9223372036854775808");
	assert_text(real_value(1.5), "1.5");
	assert_text(real_value(0.1), "0.1");
	assert_text(value_bool(true), "yes");
	assert_text(value_bool(false), "no");
	assert_text(shown, "unassigned");
}

/* Nothing is known, and a table still has something to say. */
static void test_text_of_shown_nothing(void **state)
{
	struct value value = { .type = VALUE_NONE, .display = "(mount /run/netns/blue)" };

	(void)state;
	assert_text(value, "(mount /run/netns/blue)");
}

static void test_text_of_lists(void **state)
{
	struct value_member members[] = {
		{ "kind", value_text("fd") },
		{ "tid", value_none() },
		{ "fd", value_number(9) },
	};
	struct value object = { .type = VALUE_OBJECT, .as.object = { members, 3 } };
	struct value shown_object = { .type = VALUE_OBJECT, .display = "fd 9" };
	struct value items[] = { value_text("eth0"), value_number(7), object, shown_object };
	struct value list = { .type = VALUE_LIST, .as.list = { items, 4 } };
	struct value empty = { .type = VALUE_LIST };

	(void)state;
	assert_text(list, "eth0,7,kind=fd fd=9,fd 9");
	assert_text(object, "kind=fd fd=9");
	assert_text(empty, "");
}

static void test_order(void **state)
{
	/* each is less than the next */
	struct value ascending[] = {
		value_none(),
		value_bool(false),
		value_bool(true),
		signed_value(INT64_MIN),
		signed_value(-1),
		real_value(-0.5),
		value_number(0),
		real_value(0.5),
		signed_value(1),
		value_number(INT64_MAX),
		value_number((uint64_t)INT64_MAX + 1),
		value_number(UINT64_MAX - 1),
		value_number(UINT64_MAX),
		real_value(1e30),
		value_text(""),
		value_text("B"),
		value_text("a"),
		value_text("a\x01"),
		value_text("\xff"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(ascending); j++) {
			int order = value_compare(&ascending[i], &ascending[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void test_order_of_equals(void **state)
{
	struct value one = value_number(1), signed_one = signed_value(1), real_one = real_value(1);

	(void)state;
	assert_int_equal(value_compare(&one, &signed_one), 0);
	assert_int_equal(value_compare(&one, &real_one), 0);
	assert_int_equal(value_compare(&real_one, &signed_one), 0);
}

static void test_order_of_lists(void **state)
{
	struct value items[] = { value_text("a"), value_text("b"), value_text("c") };
	struct value shorter = { .type = VALUE_LIST, .as.list = { items, 2 } };
	struct value longer = { .type = VALUE_LIST, .as.list = { items, 3 } };
	struct value later = { .type = VALUE_LIST, .as.list = { items + 1, 1 } };

	(void)state;
	assert_true(value_compare(&shorter, &longer) < 0);
	assert_true(value_compare(&later, &longer) > 0);
	assert_int_equal(value_compare(&longer, &longer), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_scalars),
		cmocka_unit_test(test_text_of_shown_nothing),
		cmocka_unit_test(test_text_of_lists),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_equals),
		cmocka_unit_test(test_order_of_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
