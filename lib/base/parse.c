/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from text, with integers only: no locale, no rounding of doubles, no overflow. */
#include "base/parse.h"

/* Inode numbers of namespaces begin here, less some room below for those of the initial ones
 * (linux/proc_ns.h). */
#define INODE_MIN UINT64_C(0xE0000000)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

const char *parse_past_word(const char *text, const char *capitals)
{
	for (; *capitals; text++, capitals++) {
		if (to_upper(*text) != *capitals)
			return NULL;
	}
	return text;
}

static size_t count_digits(const char *text)
{
	size_t n = 0;

	while (is_digit(text[n]))
		n++;
	return n;
}

int parse_u64_n(const char *text, size_t length, uint64_t *ret)
{
	bool is_too_large = false;
	uint64_t value = 0;

	if (length == 0)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		if (!is_digit(text[i]))
			return -EINVAL;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
			is_too_large = true;
	}
	if (is_too_large)
		return -ERANGE;
	*ret = value;
	return 0;
}

static int digit_value(char digit)
{
	if (is_digit(digit))
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int parse_base16_n(const char *text, size_t length, uint64_t *ret)
{
	uint64_t value = 0;

	if (length == 0 || length > 16)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		int digit = digit_value(text[i]);
		if (digit < 0)
			return -EINVAL;
		value = value << 4 | (unsigned)digit;
	}
	*ret = value;
	return 0;
}

int parse_u64(const char *text, uint64_t *ret)
{
	return parse_u64_n(text, strlen(text), ret);
}

static int parse_up_to(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	int r = parse_u64(text, &value);

	if (r < 0)
		return r;
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_pid(const char *text, pid_t *ret)
{
	uint64_t value;
	int r = parse_up_to(text, INT32_MAX, &value);

	if (r < 0)
		return r;
	if (value == 0)
		return -EINVAL;
	*ret = (pid_t)value;
	return 0;
}

int parse_inode(const char *text, uint64_t *ret)
{
	uint64_t value;
	int r = parse_up_to(text, UINT32_MAX, &value);

	if (r < 0)
		return r;
	if (value < INODE_MIN)
		return -EINVAL;
	*ret = value;
	return 0;
}

int parse_uid(const char *text, uid_t *ret)
{
	uint64_t value;
	int r = parse_up_to(text, UINT32_MAX - 1, &value);

	if (r < 0)
		return r;
	*ret = (uid_t)value;
	return 0;
}

/* What a suffix multiplies with. 0: no such suffix. */
typedef uint64_t unit_of_suffix(const char *suffix);

/* floor(0.DIGITS * unit), exactly, for any number of digits: from the last digit to the first, since
 * floor((floor(x) + n) / 10) is floor((x + n) / 10). unit is at most 2^60, so nothing overflows. */
static uint64_t scale_fraction(const char *digits, size_t n_digits, uint64_t unit)
{
	uint64_t value = 0;

	while (n_digits > 0) {
		n_digits--;
		value = (value + (uint64_t)(digits[n_digits] - '0') * unit) / 10;
	}
	return value;
}

static int parse_scaled(const char *text, unit_of_suffix *unit_of, uint64_t *ret)
{
	size_t n_digits = count_digits(text);
	const char *fraction = text + n_digits;
	size_t n_fraction = 0;
	uint64_t value;
	uint64_t unit;
	int r = parse_u64_n(text, n_digits, &value);

	if (r == -EINVAL)
		return r;
	if (*fraction == '.') {
		n_fraction = count_digits(++fraction);
		if (n_fraction == 0)
			return -EINVAL;
	}
	unit = unit_of(fraction + n_fraction);
	if (unit == 0)
		return -EINVAL;
	if (r < 0 || __builtin_mul_overflow(value, unit, &value) ||
	    __builtin_add_overflow(value, scale_fraction(fraction, n_fraction, unit), &value))
		return -ERANGE;
	*ret = value;
	return 0;
}

static uint64_t unit_of_size(const char *suffix)
{
	static const char letters[] = "KMGTPE";
	const char *letter = *suffix ? strchr(letters, to_upper(*suffix)) : NULL;

	if (!letter)
		return is_equal(suffix, "") || is_equal(suffix, "B") ? 1 : 0;
	suffix++;
	if (!is_equal(suffix, "") && !is_equal(suffix, "B") && !is_equal(suffix, "iB"))
		return 0;
	return UINT64_C(1024) << 10 * (letter - letters);
}

int parse_size(const char *text, uint64_t *ret_bytes)
{
	return parse_scaled(text, unit_of_size, ret_bytes);
}

static uint64_t unit_of_duration(const char *suffix)
{
	/* clang-format off */
	static const struct {
		const char *suffix;
		uint64_t microseconds;
	} units[] = {
		{ .suffix = "", .microseconds = 1000000 },
		{ .suffix = "us", .microseconds = 1 },
		{ .suffix = "ms", .microseconds = 1000 },
		{ .suffix = "s", .microseconds = 1000000 },
		{ .suffix = "m", .microseconds = 60000000 },
		{ .suffix = "min", .microseconds = 60000000 },
		{ .suffix = "h", .microseconds = UINT64_C(3600000000) },
		{ .suffix = "d", .microseconds = UINT64_C(86400000000) },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (is_equal(suffix, units[i].suffix))
			return units[i].microseconds;
	}
	return 0;
}

int parse_duration(const char *text, uint64_t *ret_microseconds)
{
	return parse_scaled(text, unit_of_duration, ret_microseconds);
}
