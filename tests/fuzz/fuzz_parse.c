/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, sizes, durations, signals and sets of them, beside what the C library makes of them. */
#include <math.h>
#include <signal.h>

#include "base/parse.h"
#include "base/signalname.h"
#include "fuzz.h"

static bool is_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static void check_result(int r, bool is_written)
{
	require(r == 0 || r == -EINVAL || r == -ERANGE);
	require((r == 0) == is_written);
}

static void try_number(const char *text)
{
	const uint64_t none = UINT64_C(0xdeadbeefdeadbeef);
	uint64_t value = none, part = none;
	int r = parse_u64(text, &value);

	errno = 0;
	unsigned long long expected = strtoull(text, NULL, 10);
	require((r != -EINVAL) == is_digits(text));
	require((r == -ERANGE) == (is_digits(text) && errno == ERANGE));
	require(value == (r == 0 ? expected : none));
	require(parse_u64_n(text, strlen(text), &part) == r && part == value);
}

static void try_kinds(const char *text)
{
	uint64_t value = 0, inode = 0;
	pid_t pid = -1;
	uid_t uid = (uid_t)-1;
	bool is_number = parse_u64(text, &value) == 0;

	int r = parse_pid(text, &pid);
	check_result(r, pid > 0);
	require((r == 0) == (is_number && value >= 1 && value <= INT32_MAX));
	require(r < 0 || (uint64_t)pid == value);

	r = parse_uid(text, &uid);
	check_result(r, uid != (uid_t)-1);
	require((r == 0) == (is_number && value < UINT32_MAX));

	r = parse_inode(text, &inode);
	check_result(r, inode >= UINT64_C(0xe0000000));
	require(r < 0 || (is_number && inode == value && value <= UINT32_MAX));
}

/* What a number and its fraction make of that many units, about. */
static void check_scaled(const char *text, uint64_t value, const double *units, size_t count)
{
	size_t length = strspn(text, "0123456789.");
	auto_free char *number = strndup(text, length);
	bool is_any = false;

	require(number);
	require(length > 0 && text[0] != '.' && number[length - 1] != '.');
	double base = strtod(number, NULL);
	for (size_t i = 0; i < count; i++) {
		double expected = base * units[i];
		is_any |= fabs(expected - (double)value) <= 1 + expected * 1e-12;
	}
	require(is_any);
}

static void try_scaled(const char *text)
{
	static const double bytes[] = { 1, 0x1p10, 0x1p20, 0x1p30, 0x1p40, 0x1p50, 0x1p60 };
	static const double microseconds[] = { 1, 1e3, 1e6, 60e6, 3600e6, 86400e6 };
	const uint64_t none = UINT64_C(0xdeadbeefdeadbeef);
	uint64_t size = none, duration = none;

	int r = parse_size(text, &size);
	require(r == 0 || ((r == -EINVAL || r == -ERANGE) && size == none));
	if (r == 0)
		check_scaled(text, size, bytes, ARRAY_SIZE(bytes));
	r = parse_duration(text, &duration);
	require(r == 0 || ((r == -EINVAL || r == -ERANGE) && duration == none));
	if (r == 0)
		check_scaled(text, duration, microseconds, ARRAY_SIZE(microseconds));
}

static void try_signal(const char *text)
{
	char name[SIGNAL_NAME_SIZE];
	int number = -1, again = -1;
	int r = signal_parse(text, &number);

	check_result(r, number != -1);
	if (r < 0)
		return;
	require(number >= 0 && number <= SIGRTMAX);
	require(signal_parse(signal_name(number, name), &again) == 0 && again == number);
}

static void try_mask(const char *text)
{
	const uint64_t none = UINT64_C(0xdeadbeefdeadbeef);
	uint64_t mask = none;
	int r = signal_parse_mask(text, &mask);

	require(r == 0 || ((r == -EINVAL || r == -ERANGE) && mask == none));
	require(r < 0 || mask == strtoull(text, NULL, 16));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);

	try_number(text);
	try_kinds(text);
	try_scaled(text);
	try_signal(text);
	try_mask(text);
	return 0;
}
