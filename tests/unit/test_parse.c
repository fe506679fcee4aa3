/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict numbers: what is accepted, and above all what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>

#include "base/parse.h"

#define UNTOUCHED 77

/* Texts that are no number in any of the forms. */
static const char *const never_numbers[] = {
	"",     " ",    "-",   "+",         "-1",   "+1",    " 1",      "1 ",   "1\n",  "\t1",
	"0x10", "1e3",  "1,5", "1_000",     "1.",   ".5",    ".",       "1..5", "1.5.", "1.-5",
	"1.+5", "1. 5", "--1", "1-",        "1+1",  "abc",   "nan",     "inf",  "\x01", "1\x80",
	"\xff", "٣",    "１",  "1\xc2\xa0", "%d",   "1/2",   "K",       "s",    "1 K",  "1 s",
	"1KK",  "1ss",  "1K1", "1s1",       "1iB",  "1Ki",   "1kib",    "1kb",  "1BB",  "1KiBB",
	"1S",   "1MS",  "1H",  "1D",        "1sec", "1hour", "1minute", "1ns",  "1.5x", "x1.5",
};

static void refuses_what_is_no_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(never_numbers); i++) {
		uint64_t value = UNTOUCHED;
		pid_t pid = UNTOUCHED;
		uid_t uid = UNTOUCHED;

		assert_int_equal(parse_u64(never_numbers[i], &value), -EINVAL);
		assert_int_equal(parse_pid(never_numbers[i], &pid), -EINVAL);
		assert_int_equal(parse_uid(never_numbers[i], &uid), -EINVAL);
		assert_int_equal(parse_inode(never_numbers[i], &value), -EINVAL);
		assert_int_equal(parse_size(never_numbers[i], &value), -EINVAL);
		assert_int_equal(parse_duration(never_numbers[i], &value), -EINVAL);
		assert_int_equal(value, UNTOUCHED);
		assert_int_equal(pid, UNTOUCHED);
		assert_int_equal(uid, UNTOUCHED);
	}
}

static void u64_is_decimal(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(parse_u64("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(parse_u64("010", &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(parse_u64("18446744073709551615", &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(parse_u64("00000000000000000000000000000000000001", &value), 0);
	assert_int_equal(value, 1);
}

static void u64_does_not_wrap(void **state)
{
	static const char *const too_large[] = {
		"18446744073709551616",
		"18446744073709551625",
		"36893488147419103232",
		"184467440737095516150",
		"99999999999999999999999999999999999999999999999999",
	};
	uint64_t value = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(too_large); i++)
		assert_int_equal(parse_u64(too_large[i], &value), -ERANGE);
	/* Its form is judged before its size. */
	assert_int_equal(parse_u64("99999999999999999999999999999x", &value), -EINVAL);
	assert_int_equal(value, UNTOUCHED);
}

static void u64_n_reads_no_further(void **state)
{
	const char digits[] = { '1', '2', '3', '4' };
	uint64_t value;

	(void)state;
	assert_int_equal(parse_u64_n(digits, 2, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(parse_u64_n(digits, 4, &value), 0);
	assert_int_equal(value, 1234);
	assert_int_equal(parse_u64_n(digits, 0, &value), -EINVAL);
	assert_int_equal(parse_u64_n("1\0002", 3, &value), -EINVAL);
}

static void pid_is_positive(void **state)
{
	pid_t pid = UNTOUCHED;

	(void)state;
	assert_int_equal(parse_pid("0", &pid), -EINVAL);
	assert_int_equal(parse_pid("2147483648", &pid), -ERANGE);
	assert_int_equal(parse_pid("4294967297", &pid), -ERANGE);
	assert_int_equal(parse_pid("18446744073709551617", &pid), -ERANGE);
	assert_int_equal(pid, UNTOUCHED);
	assert_int_equal(parse_pid("1", &pid), 0);
	assert_int_equal(pid, 1);
	assert_int_equal(parse_pid("2147483647", &pid), 0);
	assert_int_equal(pid, INT32_MAX);
}

static void inode_is_of_a_namespace(void **state)
{
	uint64_t inode = UNTOUCHED;

	(void)state;
	assert_int_equal(parse_inode("1234", &inode), -EINVAL);
	assert_int_equal(parse_inode("3758096383", &inode), -EINVAL);
	assert_int_equal(parse_inode("4294967296", &inode), -ERANGE);
	assert_int_equal(inode, UNTOUCHED);
	assert_int_equal(parse_inode("3758096384", &inode), 0);
	assert_int_equal(parse_inode("4026531836", &inode), 0);
	assert_true(inode == UINT64_C(4026531836));
	assert_int_equal(parse_inode("4294967295", &inode), 0);
}

static void uid_is_not_minus_one(void **state)
{
	uid_t uid = UNTOUCHED;

	(void)state;
	assert_int_equal(parse_uid("4294967295", &uid), -ERANGE);
	assert_int_equal(parse_uid("4294967296", &uid), -ERANGE);
	assert_int_equal(uid, UNTOUCHED);
	assert_int_equal(parse_uid("0", &uid), 0);
	assert_int_equal(uid, 0);
	assert_int_equal(parse_uid("4294967294", &uid), 0);
	assert_true(uid == 4294967294U);
}

struct scaled {
	const char *text;
	uint64_t value;
};

static void size_has_units(void **state)
{
	static const struct scaled sizes[] = {
		{ "0", 0 },
		{ "10", 10 },
		{ "10B", 10 },
		{ "1K", 1024 },
		{ "1KB", 1024 },
		{ "1KiB", 1024 },
		{ "512m", UINT64_C(512) << 20 },
		{ "1.5G", UINT64_C(3) << 29 },
		{ "2T", UINT64_C(2) << 40 },
		{ "1P", UINT64_C(1) << 50 },
		{ "15E", UINT64_C(15) << 60 },
		{ "15.999999999999999999E", UINT64_MAX - 1 },
		{ "0.1K", 102 },
		{ "0.9999K", 1023 },
		{ "1.99", 1 },
		{ "0.0009765625K", 1 },
		{ "0.00097656249999999999999999999999999999999999K", 0 },
	};
	uint64_t value = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(parse_size(sizes[i].text, &value), 0);
		assert_true(value == sizes[i].value);
	}
	value = UNTOUCHED;
	assert_int_equal(parse_size("16E", &value), -ERANGE);
	assert_int_equal(parse_size("18446744073709551616", &value), -ERANGE);
	assert_int_equal(parse_size("18014398509481984K", &value), -ERANGE);
	assert_int_equal(parse_size("99999999999999999999999x", &value), -EINVAL);
	assert_int_equal(value, UNTOUCHED);
}

static void duration_has_units(void **state)
{
	static const struct scaled durations[] = {
		{ "0", 0 },
		{ "1", 1000000 },
		{ "1.5", 1500000 },
		{ "0.000001", 1 },
		{ "0.0000019", 1 },
		{ "5us", 5 },
		{ "5.9us", 5 },
		{ "250ms", 250000 },
		{ "3s", 3000000 },
		{ "2m", 120000000 },
		{ "2min", 120000000 },
		{ "1.5h", UINT64_C(5400000000) },
		{ "7d", UINT64_C(604800000000) },
		{ "0.3s", 300000 },
		{ "18446744073709551615us", UINT64_MAX },
	};
	uint64_t value = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		assert_int_equal(parse_duration(durations[i].text, &value), 0);
		assert_true(value == durations[i].value);
	}
	value = UNTOUCHED;
	assert_int_equal(parse_duration("18446744073709551615", &value), -ERANGE);
	assert_int_equal(parse_duration("213503983d", &value), -ERANGE);
	assert_int_equal(value, UNTOUCHED);
}

static void base16_is_of_lower_case(void **state)
{
	static const char *const bad[] = { "",   "g",  "A",  "0x1",
		                           " 1", "1 ", "-1", "00000000000000000" };
	uint64_t value = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_base16_n(bad[i], strlen(bad[i]), &value), -EINVAL);
	assert_int_equal(value, UNTOUCHED);
	assert_int_equal(parse_base16_n("ffffffffffffffff", 16, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(parse_base16_n("1f0", 2, &value), 0);
	assert_int_equal(value, 0x1f);
}

static void goes_on_behind_a_word(void **state)
{
	static const char text[] = "sigTerm";

	(void)state;
	assert_ptr_equal(parse_past_word(text, "SIG"), text + 3);
	assert_ptr_equal(parse_past_word(text, "SIGTERM"), text + 7);
	assert_ptr_equal(parse_past_word(text, ""), text);
	assert_null(parse_past_word(text, "SIGTERMS"));
	assert_null(parse_past_word(text, "TERM"));
}

/* Compares with strtoull, which is wrong about signs and spaces only. */
static void random_text_is_judged_like_strtoull(void **state)
{
	static const char alphabet[] = "0123456789012345678901234567890 +-.xKs\xff";

	(void)state;
	srandom(20260801);
	for (int i = 0; i < 200000; i++) {
		char text[25] = "";
		size_t length = (size_t)random() % 24;
		uint64_t value = UNTOUCHED;
		size_t n_digits;
		int expected;
		int r;

		for (size_t k = 0; k < length; k++)
			text[k] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
		n_digits = strspn(text, "0123456789");
		errno = 0;
		expected = n_digits == 0 || n_digits < length  ? -EINVAL
		           : (strtoull(text, NULL, 10), errno) ? -ERANGE
		                                               : 0;
		r = parse_u64(text, &value);
		assert_int_equal(r, expected);
		assert_true(r == 0 ? value == strtoull(text, NULL, 10) : value == UNTOUCHED);
		(void)!parse_size(text, &value);
		(void)!parse_duration(text, &value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(u64_is_decimal),
		cmocka_unit_test(u64_does_not_wrap),
		cmocka_unit_test(u64_n_reads_no_further),
		cmocka_unit_test(pid_is_positive),
		cmocka_unit_test(inode_is_of_a_namespace),
		cmocka_unit_test(uid_is_not_minus_one),
		cmocka_unit_test(size_has_units),
		cmocka_unit_test(duration_has_units),
		cmocka_unit_test(base16_is_of_lower_case),
		cmocka_unit_test(goes_on_behind_a_word),
		cmocka_unit_test(random_text_is_judged_like_strtoull),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
