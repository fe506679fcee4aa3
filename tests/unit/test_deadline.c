/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlines, against the clock. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "base/deadline.h"

static void what_is_past_is_over(void **state)
{
	(void)state;
	assert_true(deadline_now() > 0);
	assert_int_equal(deadline_timeout(0), 0);
	assert_int_equal(deadline_timeout(deadline_now()), 0);
	assert_int_equal(deadline_timeout(deadline_after(0)), 0);
}

static void a_part_of_a_millisecond_is_waited_for(void **state)
{
	uint64_t soon = deadline_after(10000000);
	int left = deadline_timeout(soon);

	(void)state;
	assert_in_range(left, 1, 10000);
	assert_int_equal(deadline_timeout(deadline_now() + 1) / 2, 0);
	while (left > 9990)
		left = deadline_timeout(soon);
	assert_in_range(left, 1, 9990);
}

static void never_and_as_good_as_never(void **state)
{
	(void)state;
	assert_int_equal(deadline_timeout(DEADLINE_NEVER), -1);
	assert_true(deadline_after(UINT64_MAX) == DEADLINE_NEVER);
	assert_true(deadline_after(UINT64_MAX - 1) == DEADLINE_NEVER);
	assert_int_equal(deadline_timeout(DEADLINE_NEVER - 1), INT_MAX);
	assert_int_equal(deadline_timeout(deadline_after(UINT64_C(86400000000) * 365)), INT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_past_is_over),
		cmocka_unit_test(a_part_of_a_millisecond_is_waited_for),
		cmocka_unit_test(never_and_as_good_as_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
