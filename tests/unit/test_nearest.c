/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the names that exist was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/nearest.h"

/* Of these words the one that was meant, or NULL. */
static const char *meant(const char *wanted)
{
	static const char *const words[] = { "pid", "process", "user", "session", "cgroup" };
	struct nearest nearest = { .wanted = wanted };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		nearest_offer(&nearest, words[i], words[i]);
	return nearest_slip(&nearest);
}

static void slips_of_the_finger_are_near(void **state)
{
	(void)state;
	assert_string_equal(meant("sesion"), "session");
	assert_string_equal(meant("sessions"), "session");
	assert_string_equal(meant("usr"), "user");
	assert_string_equal(meant("cgruop"), "cgroup");
	assert_string_equal(meant("dip"), "pid");
	/* Begun, or its end. */
	assert_string_equal(meant("pro"), "process");
	assert_string_equal(meant("group"), "cgroup");
}

static void other_words_are_not(void **state)
{
	char word[5000];

	(void)state;
	assert_null(meant("net"));
	assert_null(meant("nginx"));
	assert_null(meant("namespace"));
	memset(word, 's', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(meant(word));
	assert_null(nearest_slip(&(struct nearest){ .wanted = "x" }));
}

/* Those that continue it come first, then those that hold it, then by letters; five at most. */
static void lists_are_in_the_order_of_nearness(void **state)
{
	struct nearest nearest = { .wanted = "web" };
	auto_arena struct arena arena = { 0 };

	(void)state;
	assert_string_equal(nearest_list(&arena, &nearest), "");
	nearest_offer(&nearest, "database", "database");
	nearest_offer(&nearest, "wed", "wed");
	nearest_offer(&nearest, "my-web", "my-web");
	nearest_offer(&nearest, "web-1", "web-1");
	nearest_offer(&nearest, "web-1", "web-1");
	assert_string_equal(nearest_list(&arena, &nearest), "web-1, my-web, wed, database");
	nearest_offer(&nearest, "w", "w");
	nearest_offer(&nearest, "we", "we\n");
	assert_string_equal(nearest_list(&arena, &nearest), "web-1, my-web, wed, we\\x0a, w, ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_of_the_finger_are_near),
		cmocka_unit_test(other_words_are_not),
		cmocka_unit_test(lists_are_in_the_order_of_nearness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
