/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals by name, by number, and in sets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>

#include "base/signalname.h"

#define UNTOUCHED 77

struct named {
	const char *text;
	int number;
};

static void has_names_and_numbers(void **state)
{
	const struct named names[] = {
		{ "0", 0 },
		{ "9", SIGKILL },
		{ "009", SIGKILL },
		{ "32", 32 },
		{ "64", SIGRTMAX },
		{ "TERM", SIGTERM },
		{ "term", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "sigTerm", SIGTERM },
		{ "IO", SIGIO },
		{ "POLL", SIGIO },
		{ "IOT", SIGABRT },
		{ "SIGcld", SIGCHLD },
		{ "int", SIGINT },
		{ "RTMIN", SIGRTMIN },
		{ "sigrtmin+0", SIGRTMIN },
		{ "RTMIN+3", SIGRTMIN + 3 },
		{ "RT3", SIGRTMIN + 3 },
		{ "sigrt0", SIGRTMIN },
		{ "RT30", SIGRTMAX },
		{ "RTMAX", SIGRTMAX },
		{ "RTMAX-30", SIGRTMIN },
		{ "SIGRTMAX-1", SIGRTMAX - 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int number = UNTOUCHED;

		assert_int_equal(signal_parse(names[i].text, &number), 0);
		assert_int_equal(number, names[i].number);
	}
}

static void every_signal_of_the_system_has_its_name(void **state)
{
	(void)state;
	for (int i = 1; i < 32; i++) {
		int number = UNTOUCHED;

		assert_non_null(sigabbrev_np(i));
		assert_int_equal(signal_parse(sigabbrev_np(i), &number), 0);
		assert_int_equal(number, i);
		assert_non_null(signal_find(i));
		assert_true(*signal_find(i)->help);
	}
	assert_null(signal_find(0));
	assert_null(signal_find(-1));
	assert_null(signal_find(32));
	assert_null(signal_find(SIGRTMIN));
}

static void a_name_leads_back_to_its_number(void **state)
{
	char buffer[SIGNAL_NAME_SIZE];

	(void)state;
	for (int i = 0; i <= SIGRTMAX; i++) {
		int number = UNTOUCHED;

		assert_int_equal(signal_parse(signal_name(i, buffer), &number), 0);
		assert_int_equal(number, i);
	}
}

static void says_the_usual_name(void **state)
{
	const struct named names[] = {
		{ "TERM", 15 },
		{ "ABRT", SIGABRT },
		{ "CHLD", SIGCHLD },
		{ "IO", SIGIO },
		{ "SYS", SIGSYS },
		{ "0", 0 },
		{ "32", 32 },
		{ "33", 33 },
		{ "RTMIN", SIGRTMIN },
		{ "RTMIN+3", SIGRTMIN + 3 },
		{ "RTMIN+15", SIGRTMIN + 15 },
		{ "RTMAX-14", SIGRTMAX - 14 },
		{ "RTMAX", SIGRTMAX },
		{ "65", SIGRTMAX + 1 },
		{ "-2147483648", INT32_MIN },
		{ "2147483647", INT32_MAX },
	};
	char buffer[SIGNAL_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(signal_name(names[i].number, buffer), names[i].text);
}

static void refuses_the_rest(void **state)
{
	static const char *const bad[] = {
		"",         "SIG",     "SIG9",     "SIGSIGTERM", "TERM ",    " TERM",
		"TERMX",    "TER",     "-9",       "+9",         "9x",       "0x9",
		"RTMIN-1",  "RTMAX+1", "RTMIN+",   "RTMIN+ 1",   "RTMIN+-1", "RTMIN+0x1",
		"RTMIN+1x", "RT",      "RTMINI",   "KILL\n",     "1.5",      "SIGRTMAX-",
		"RT-1",     "RT+1",    "RT 1",     "RT1x",       "RTMIN3",   "RTMAX3",
		"KİLL",     "\xff",    "TERM\x80", "9 ",         "\t9",      "SIG\tTERM",
	};
	static const char *const too_large[] = {
		"65",   "1000",     "18446744073709551625", "RTMIN+100",
		"RT31", "RTMAX-31", "RTMAX-4294967296"
	};
	int number = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(signal_parse(bad[i], &number), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(too_large); i++)
		assert_int_equal(signal_parse(too_large[i], &number), -ERANGE);
	assert_int_equal(number, UNTOUCHED);
}

static void knows_what_each_does_by_itself(void **state)
{
	const struct {
		int number;
		enum signal_action action;
	} actions[] = {
		{ SIGTERM, SIGNAL_ENDS },   { SIGKILL, SIGNAL_ENDS },
		{ SIGIO, SIGNAL_ENDS },     { SIGSEGV, SIGNAL_DUMPS },
		{ SIGSYS, SIGNAL_DUMPS },   { SIGSTOP, SIGNAL_STOPS },
		{ SIGTTOU, SIGNAL_STOPS },  { SIGCHLD, SIGNAL_IGNORED },
		{ SIGURG, SIGNAL_IGNORED }, { SIGCONT, SIGNAL_CONTINUES },
		{ 32, SIGNAL_ENDS },        { SIGRTMIN, SIGNAL_ENDS },
		{ SIGRTMAX, SIGNAL_ENDS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		assert_int_equal(signal_action_of(actions[i].number), actions[i].action);
}

static void reads_sets(void **state)
{
	static const struct {
		const char *text;
		uint64_t mask;
	} masks[] = {
		{ "0000000000000000", 0 },          { "0000000000004002", UINT64_C(0x4002) },
		{ "ffffffffffffffff", UINT64_MAX }, { "0x0000000000004002", UINT64_C(0x4002) },
		{ "0x4002", UINT64_C(0x4002) },     { "0x8000000000000000", UINT64_C(1) << 63 },
	};
	uint64_t mask;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		assert_int_equal(signal_parse_mask(masks[i].text, &mask), 0);
		assert_true(mask == masks[i].mask);
	}
	assert_true(signal_is_in(UINT64_C(0x4002), SIGINT));
	assert_true(signal_is_in(UINT64_C(0x4002), SIGTERM));
	assert_false(signal_is_in(UINT64_C(0x4002), SIGHUP));
	assert_true(signal_is_in(UINT64_MAX, 64));
	assert_false(signal_is_in(UINT64_MAX, 0));
	assert_false(signal_is_in(UINT64_MAX, 65));
	assert_false(signal_is_in(UINT64_MAX, -1));
}

static void refuses_what_is_no_set(void **state)
{
	static const char *const bad[] = {
		"",
		"0x",
		"15",
		"4002",
		"000000000000400",
		"00000000000040020",
		"000000000000400g",
		"000000000000400A",
		" 000000000004002",
		"0000000000004002 ",
		"0000000000004002\n",
		"-000000000004002",
		"0X4002",
		"0x0x4002",
		"x4002",
		"0x000000000000400200g",
		"000000000000\xff\xff\xff\xff",
	};
	uint64_t mask = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(signal_parse_mask(bad[i], &mask), -EINVAL);
	assert_int_equal(signal_parse_mask("0x10000000000000000", &mask), -ERANGE);
	assert_true(mask == UNTOUCHED);
}

static void random_text_is_read_or_refused(void **state)
{
	static const char *const parts[] = { "SIG", "rt", "MIN", "max",  "+", "-",   "0",   "3",
		                             "64",  "0x", "f",   "term", " ", "int", "\xff" };

	(void)state;
	srandom(20261128);
	for (int i = 0; i < 100000; i++) {
		char text[64] = "";
		uint64_t mask = UNTOUCHED;
		int number = UNTOUCHED;

		for (long n = random() % 6; n > 0; n--)
			strcat(text, parts[(size_t)random() % ARRAY_SIZE(parts)]);
		int r = signal_parse(text, &number);
		assert_true(r == 0 ? number >= 0 && number <= SIGRTMAX : number == UNTOUCHED);
		r = signal_parse_mask(text, &mask);
		assert_true(r == 0 || mask == UNTOUCHED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_names_and_numbers),
		cmocka_unit_test(every_signal_of_the_system_has_its_name),
		cmocka_unit_test(a_name_leads_back_to_its_number),
		cmocka_unit_test(says_the_usual_name),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(knows_what_each_does_by_itself),
		cmocka_unit_test(reads_sets),
		cmocka_unit_test(refuses_what_is_no_set),
		cmocka_unit_test(random_text_is_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
