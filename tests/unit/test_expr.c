/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of -Q: what holds, what is refused and how it is said, and random text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>

#include <cmocka.h>

#include "model/expr.h"

/* The row that all expressions are asked about. */
static const struct value interfaces[] = {
	{ .type = VALUE_TEXT, .as.text = "eth0" },
	{ .type = VALUE_TEXT, .as.text = "lo" },
};
static const struct value levels[] = {
	{ .type = VALUE_NUMBER, .as.number = 3 },
	{ .type = VALUE_NUMBER, .as.number = 30 },
};

static const struct {
	const char *name;
	enum value_type type;
	struct value value;
} columns[] = {
	/* clang-format off */
	{ "NS",      VALUE_NUMBER, { VALUE_NUMBER, { .number = 4026531836 }, NULL } },
	{ "NPROCS",  VALUE_NUMBER, { VALUE_NUMBER, { .number = 7 }, NULL } },
	{ "ZERO",    VALUE_NUMBER, { VALUE_NUMBER, { .number = 0 }, NULL } },
	{ "BIG",     VALUE_NUMBER, { VALUE_NUMBER, { .number = UINT64_MAX }, NULL } },
	{ "OFFSET",  VALUE_SIGNED, { VALUE_SIGNED, { .signed_number = -5 }, NULL } },
	{ "LOAD",    VALUE_REAL,   { VALUE_REAL, { .real = 1.5 }, NULL } },
	{ "TYPE",    VALUE_TEXT,   { VALUE_TEXT, { .text = "mnt" }, NULL } },
	{ "COMMAND", VALUE_TEXT,   { VALUE_TEXT, { .text = "a \"b\" 'c' \\d\n\xff" }, NULL } },
	{ "UNIT",    VALUE_TEXT,   { VALUE_TEXT, { .text = "dev-a\\x2db.swap" }, NULL } },
	{ "EMPTY",   VALUE_TEXT,   { VALUE_TEXT, { .text = "" }, NULL } },
	{ "INITIAL", VALUE_BOOL,   { VALUE_BOOL, { .flag = true }, NULL } },
	{ "FROZEN",  VALUE_BOOL,   { VALUE_BOOL, { .flag = false }, NULL } },
	{ "NETNSID", VALUE_NUMBER, { VALUE_NONE, { .number = 0 }, "unassigned" } },
	{ "OWNER",   VALUE_NUMBER, { VALUE_NONE, { .number = 0 }, NULL } },
	{ "LABEL",   VALUE_TEXT,   { VALUE_NONE, { .number = 0 }, NULL } },
	{ "LOST",    VALUE_BOOL,   { VALUE_NONE, { .number = 0 }, NULL } },
	{ "SIZE",    VALUE_NUMBER, { VALUE_NUMBER, { .number = 1536 }, "1.5K" } },
	{ "IFACES",  VALUE_LIST,   { VALUE_LIST, { .list = { interfaces, 2 } }, NULL } },
	{ "LEVELS",  VALUE_LIST,   { VALUE_LIST, { .list = { levels, 2 } }, NULL } },
	{ "NOTHING", VALUE_LIST,   { VALUE_LIST, { .list = { NULL, 0 } }, NULL } },
	{ "HOLDER",  VALUE_OBJECT, { VALUE_OBJECT, { .object = { NULL, 0 } }, "fd 9" } },
	{ "ANY",     VALUE_NONE,   { VALUE_NUMBER, { .number = 3 }, NULL } },
	{ "WORD",    VALUE_NONE,   { VALUE_TEXT, { .text = "3" }, NULL } },
	/* clang-format on */
};

static size_t n_gets;

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
	n_gets++;
	*ret = columns[column].value;
	return 0;
}

static void assert_holds(const char *text, bool expected)
{
	auto_expr struct expr *expr = NULL;
	struct expr_error error = { 0 };
	bool holds = !expected;
	int r = expr_compile(text, resolve, NULL, &expr, &error);

	if (r < 0)
		fail_msg("%s: %s at %zu", text, error.message, error.position);
	assert_int_equal(expr_holds(expr, get, NULL, &holds), 0);
	if (holds != expected)
		fail_msg("%s: %s", text, holds ? "holds" : "does not hold");
}

static void assert_all_hold(const char *const *texts, bool expected)
{
	for (; *texts; texts++)
		assert_holds(*texts, expected);
}

static const char *const true_numbers[] = {
	"NPROCS == 7",
	"nprocs eq 7",
	"Nprocs EQ 7",
	"7 == NPROCS",
	"NPROCS != 8",
	"NPROCS ne 8",
	"NPROCS < 8",
	"NPROCS lt 8",
	"NPROCS <= 7",
	"NPROCS le 7",
	"NPROCS > 6",
	"NPROCS gt 6",
	"NPROCS >= 7",
	"NPROCS ge 7",
	"6 < NPROCS",
	"8 > NPROCS",
	"NPROCS<8",
	"NPROCS==7.0",
	"NPROCS < 7.5",
	"NPROCS > 6.99",
	"NPROCS > -1",
	"OFFSET == -5",
	"OFFSET < 0",
	"OFFSET < -4.5",
	"BIG > OFFSET",
	"BIG == 18446744073709551615",
	"BIG > 18446744073709551614",
	"LOAD == 1.5",
	"LOAD > 1",
	"LOAD < 20%",
	"SIZE == 1.5K",
	"SIZE == 1.5KiB",
	"SIZE == 1.5KB",
	"SIZE < 1M",
	"SIZE < 1G",
	"SIZE < 15E",
	"SIZE == 1536us",
	"SIZE < 2ms",
	"SIZE < 1s",
	"SIZE < 1m",
	"SIZE < 1min",
	"SIZE < 1h",
	"SIZE < 1d",
	"NS == \"4026531836\"",
	"NS != '1'",
	"NPROCS =~ \"^7$\"",
	"SIZE =~ '^1\\.5K$'",
	"NPROCS == NPROCS",
	"NPROCS > OFFSET",
	"1 < 2",
	"(NPROCS) > (3)",
	"ANY == 3",
	"ANY == '3'",
	"WORD == '3'",
	"ANY < 4",
	NULL,
};
static const char *const false_numbers[] = {
	"NPROCS == 8",
	"NPROCS != 7",
	"NPROCS < 7",
	"NPROCS > 7",
	"NPROCS <= 6",
	"NPROCS >= 8",
	"BIG == 18446744073709551614",
	"OFFSET > 0",
	"BIG < -1",
	"NPROCS > 1K",
	"NPROCS =~ '8'",
	"WORD == 3",
	"ANY == 'x'",
	NULL,
};

static void test_numbers(void **state)
{
	(void)state;
	assert_all_hold(true_numbers, true);
	assert_all_hold(false_numbers, false);
}

static void test_texts(void **state)
{
	static const char *const true_ones[] = {
		"TYPE == \"mnt\"",
		"TYPE == 'mnt'",
		"'mnt' == TYPE",
		"type eq 'mnt'",
		"TYPE != 'net'",
		"TYPE < 'net'",
		"TYPE > 'mns'",
		"TYPE =~ '^(mnt|net)$'",
		"TYPE =~ 'n'",
		"TYPE !~ 'net'",
		"COMMAND =~ \"\\\"b\\\"\"",
		"COMMAND =~ '\\'c\\''",
		"COMMAND == \"a \\\"b\\\" 'c' \\\\d\n\xff\"",
		"COMMAND =~ 'a .b. .c. \\\\d'",
		"UNIT == 'dev-a\\x2db.swap'",
		"UNIT =~ 'a\\\\x2db\\.swap$'",
		"EMPTY == ''",
		"TYPE == TYPE",
		"TYPE != EMPTY",
		"EMPTY =~ ''",
		"HOLDER =~ 'fd'",
		"HOLDER == 'fd 9'",
		NULL,
	};
	static const char *const false_ones[] = {
		"TYPE == 'MNT'", "TYPE == ''",    "TYPE =~ '^n'",   "TYPE !~ 'mnt'",
		"TYPE < 'mnt'",  "TYPE == EMPTY", "COMMAND == 'a'", NULL,
	};

	(void)state;
	assert_all_hold(true_ones, true);
	assert_all_hold(false_ones, false);
}

static void test_bools_and_bare(void **state)
{
	static const char *const true_ones[] = {
		"INITIAL",
		"INITIAL == true",
		"INITIAL == yes",
		"INITIAL == TRUE",
		"INITIAL == 1",
		"INITIAL == 'yes'",
		"INITIAL != false",
		"INITIAL != FROZEN",
		"FROZEN == no",
		"!FROZEN",
		"not FROZEN",
		"NOT frozen",
		"NPROCS",
		"TYPE",
		"IFACES",
		"LOAD",
		"OFFSET",
		"true",
		"yes",
		"1",
		"'x'",
		"!ZERO",
		"!EMPTY",
		"!NOTHING",
		"!OWNER",
		"!!INITIAL",
		"! ! NPROCS",
		"!!!FROZEN",
		"INITIAL =~ '^yes$'",
		NULL,
	};
	static const char *const false_ones[] = {
		"FROZEN",
		"ZERO",
		"EMPTY",
		"NOTHING",
		"OWNER",
		"LABEL",
		"LOST",
		"NETNSID",
		"false",
		"no",
		"0",
		"''",
		"!INITIAL",
		"INITIAL == false",
		"INITIAL == 0",
		NULL,
	};

	(void)state;
	assert_all_hold(true_ones, true);
	assert_all_hold(false_ones, false);
}

/* A comparison with an unknown value is false, whichever it is; logic has two values. */
static void test_unknown(void **state)
{
	static const char *const false_ones[] = {
		"OWNER == 1",
		"OWNER != 1",
		"OWNER < 1",
		"OWNER >= 0",
		"OWNER =~ ''",
		"OWNER !~ 'x'",
		"1 == OWNER",
		"LABEL == ''",
		"LABEL != 'x'",
		"LABEL !~ 'x'",
		"LOST == false",
		"LOST != true",
		"OWNER == OWNER",
		"NETNSID != 1",
		"NETNSID =~ 'unassigned'",
		NULL,
	};
	static const char *const true_ones[] = {
		"!(OWNER == 1)", "!OWNER == 1", "!(OWNER != 1)", "not LABEL =~ 'x'", NULL,
	};

	(void)state;
	assert_all_hold(false_ones, false);
	assert_all_hold(true_ones, true);
}

static void test_lists(void **state)
{
	static const char *const true_ones[] = {
		"IFACES == 'eth0'", "IFACES == 'lo'",  "'lo' == IFACES", "IFACES != 'eth1'",
		"IFACES =~ '^eth'", "IFACES !~ '^wl'", "LEVELS == 3",    "LEVELS == '30'",
		"LEVELS > 29",      "LEVELS < 4",      "29 < LEVELS",    "4 > LEVELS",
		"NOTHING != 'x'",   "NOTHING !~ 'x'",  "LEVELS == ANY",  NULL,
	};
	static const char *const false_ones[] = {
		"IFACES == 'eth1'",
		"IFACES != 'eth0'",
		"'lo' != IFACES",
		"IFACES =~ '^wl'",
		"IFACES !~ 'lo'",
		"LEVELS > 30",
		"LEVELS < 3",
		"30 < LEVELS",
		"NOTHING == 'x'",
		"IFACES == 3",
		NULL,
	};

	(void)state;
	assert_all_hold(true_ones, true);
	assert_all_hold(false_ones, false);
}

static void test_logic(void **state)
{
	static const char *const true_ones[] = {
		"true && true",
		"true and true",
		"true AND yes",
		"true || false",
		"false or true",
		/* "and" binds tighter than "or" */
		"true or true and false",
		"true || false && false",
		"false && false || true",
		"(true or true) and true",
		"!false && true",
		"!(false || false)",
		"not NPROCS > 9",
		"not NPROCS == 9 and true",
		"not (NPROCS == 7) or true",
		"TYPE == 'mnt' && NPROCS > 3 && INITIAL",
		"false || false || false || true",
		"((((true))))",
		"true&&true",
		"NPROCS<8&&TYPE=='mnt'",
		"((TYPE)=='mnt')",
		NULL,
	};
	static const char *const false_ones[] = {
		"true && false",
		"false || false",
		"(true or true) and false",
		"!true || false",
		"true and true and true and false",
		"false or false and true",
		"not NPROCS > 3",
		"!(true || false)",
		"! true",
		"!(((true)))",
		NULL,
	};

	(void)state;
	assert_all_hold(true_ones, true);
	assert_all_hold(false_ones, false);
}

/* What is decided already is not read. */
static void test_shortcut(void **state)
{
	(void)state;
	n_gets = 0;
	assert_holds("FROZEN && TYPE && NPROCS && NS", false);
	assert_int_equal(n_gets, 1);
	n_gets = 0;
	assert_holds("INITIAL || TYPE || NPROCS", true);
	assert_int_equal(n_gets, 1);
	n_gets = 0;
	assert_holds("FROZEN && TYPE || NPROCS", true);
	assert_int_equal(n_gets, 2);
}

/* Where, and a part of what is said. */
static const struct {
	const char *text;
	size_t position;
	const char *said;
} refused[] = {
	{ "", 0, "ends where a column" },
	{ "   ", 3, "ends where" },
	{ "NPROC == 1", 0, "no column NPROC (there is NPROCS)" },
	{ "NPROCSS == 1", 0, "(there is NPROCS)" },
	{ "TPYE == 'x'", 0, "(there is TYPE)" },
	{ "nsx == 1", 0, "(there is" },
	{ "FOOBAR == 1", 0, "no column FOOBAR" },
	{ "TYPE == mnt", 8, "text needs quotes: \"mnt\"" },
	{ "TYPE == 3", 8, "TYPE is text: put quotes around 3" },
	{ "3 == TYPE", 0, "TYPE is text: put quotes around 3" },
	{ "TYPE == true", 8, "put quotes" },
	{ "NS == 'abc'", 6, "NS is a number, 'abc' is none" },
	{ "NS == true", 6, "NS is a number" },
	{ "INITIAL == 2", 11, "INITIAL is yes or no, not 2" },
	{ "INITIAL == 'maybe'", 11, "yes or no" },
	{ "INITIAL < true", 10, "no order" },
	{ "TYPE == NS", 8, "TYPE is text, NS is a number" },
	{ "'a' == 1", 7, "'a' is text, 1 is a number" },
	{ "IFACES == LEVELS", 10, "are lists" },
	{ "NPROCS = 3", 7, "= is no operator; use ==" },
	{ "NPROCS === 3", 9, "= is no operator" },
	{ "NPROCS & 3", 7, "use &&" },
	{ "NPROCS | 3", 7, "use ||" },
	{ "NPROCS ==", 9, "ends where" },
	{ "NPROCS == )", 10, "should come before )" },
	{ "== 3", 0, "should come before ==" },
	{ "NPROCS <> 3", 8, "should come before >" },
	{ "(NPROCS > 1", 0, "not closed" },
	{ "NPROCS > 1)", 10, "no bracket is open" },
	{ "()", 1, "should come before )" },
	{ "NPROCS 3", 7, "should come before 3" },
	{ "NPROCS in 3", 7, "should come before in" },
	{ "TYPE == 'a' TYPE == 'b'", 12, "should come before TYPE" },
	{ "1 < NPROCS < 9", 11, "do not chain" },
	{ "(NPROCS > 1) == (NS > 1)", 13, "only columns and values" },
	{ "NPROCS && ", 10, "ends where" },
	{ "&& NPROCS", 0, "should come before &&" },
	{ "TYPE == 'abc", 8, "closing ' is missing" },
	{ "TYPE == \"abc\\\"", 8, "closing \" is missing" },
	{ "TYPE =~ '('", 8, "no regular expression" },
	{ "TYPE =~ '*a{'", 8, "no regular expression" },
	{ "TYPE =~ NS", 8, "a text in quotes" },
	{ "TYPE =~ 3", 8, "a text in quotes" },
	{ "TYPE =~ true", 8, "a text in quotes" },
	{ "NPROCS > 5x", 9, "5x is no number" },
	{ "NPROCS > 0x1F", 9, "0x1F is no number" },
	{ "NPROCS > 1.2.3", 9, "1.2.3 is no number" },
	{ "NPROCS > 1.", 9, "is no number" },
	{ "NPROCS > 18446744073709551616", 9, "too large" },
	{ "NPROCS > 16E", 9, "too large" },
	{ "NPROCS > -9223372036854775809", 9, "too large" },
	{ "NPROCS > - 1", 9, "means nothing here" },
	{ "NPROCS > $1", 9, "means nothing here" },
	{ "NPROCS > \x1b[2J", 9, "\\x1b" },
	{ "NPROCS > \xff", 9, "\\xff" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct expr *expr = NULL;
		struct expr_error error = { .position = 999 };
		int r = expr_compile(refused[i].text, resolve, NULL, &expr, &error);

		if (r != -EINVAL)
			fail_msg("%s: %d", refused[i].text, r);
		assert_null(expr);
		if (!strstr(error.message, refused[i].said) ||
		    error.position != refused[i].position)
			fail_msg("%s: at %zu: %s", refused[i].text, error.position, error.message);
	}
}

static char *repeated(const char *before, const char *piece, size_t count, const char *after)
{
	size_t length = strlen(before) + strlen(piece) * count + strlen(after);
	char *text = malloc(length + 1), *end;

	assert_non_null(text);
	end = stpcpy(text, before);
	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, piece);
	strcpy(end, after);
	return text;
}

static char *nested(size_t depth)
{
	auto_free char *opened = repeated("", "(", depth, "1");

	return repeated(opened, ")", depth, "");
}

static void test_depth(void **state)
{
	auto_free char *deepest = nested(200);
	auto_free char *too_deep = nested(201);
	auto_free char *bottomless = repeated("", "(!", 1000000, "");
	auto_free char *negated = repeated("", "!", 1000000, "INITIAL");
	auto_free char *chain = repeated("true", " && NPROCS > 1 || false", 100000, "");
	struct expr_error error;
	struct expr *expr = NULL;

	(void)state;
	assert_holds(deepest, true);
	assert_int_equal(expr_compile(too_deep, resolve, NULL, &expr, &error), -EINVAL);
	assert_string_equal(error.message, "brackets nest deeper than 200");
	assert_int_equal(error.position, 200);
	assert_int_equal(expr_compile(bottomless, resolve, NULL, &expr, &error), -EINVAL);
	assert_holds(negated, true);
	assert_holds(chain, true);
}

static void test_long_pattern(void **state)
{
	auto_free char *brackets = repeated("TYPE =~ '", "(", 100000, "'");
	auto_free char *bytes = repeated("TYPE =~ '", "a", 100000, "'");
	auto_free char *name = repeated("", "\xc3\xa9", 100000, "");
	auto_free char *column = repeated("", "A", 100000, "");
	const char *const texts[] = { brackets, bytes, name, column };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct expr *expr = NULL;
		struct expr_error error;

		assert_int_equal(expr_compile(texts[i], resolve, NULL, &expr, &error), -EINVAL);
		assert_true(strlen(error.message) < sizeof(error.message));
	}
}

static int get_failing(void *context, size_t column, struct value *ret)
{
	(void)context;
	(void)column;
	(void)ret;
	return -ENOMEM;
}

static void test_getter_fails(void **state)
{
	auto_expr struct expr *expr = NULL;
	struct expr_error error;
	bool holds;

	(void)state;
	assert_int_equal(expr_compile("1 == 1 && TYPE", resolve, NULL, &expr, &error), 0);
	assert_int_equal(expr_holds(expr, get_failing, NULL, &holds), -ENOMEM);
}

static void count_column(void *context, size_t column)
{
	size_t *seen = context;

	seen[column]++;
}

static void test_columns(void **state)
{
	size_t seen[ARRAY_SIZE(columns)] = { 0 };
	auto_expr struct expr *expr = NULL;
	struct expr_error error;

	(void)state;
	assert_int_equal(
		expr_compile("NS == 1 || !(TYPE =~ 'x' && 3 < NS)", resolve, NULL, &expr, &error),
		0);
	expr_columns(expr, count_column, seen);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		assert_int_equal(seen[i], is_equal(columns[i].name, "NS")     ? 2
		                          : is_equal(columns[i].name, "TYPE") ? 1
		                                                              : 0);
}

/* xorshift: the same texts on every machine. */
static uint32_t random_state = 2463534242U;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

/* Whatever it is: compiled and run, or refused with a printable line and a place in it. */
static void try_text(const char *text)
{
	auto_expr struct expr *expr = NULL;
	struct expr_error error = { .position = SIZE_MAX };
	bool holds;
	int r = expr_compile(text, resolve, NULL, &expr, &error);

	if (r == 0) {
		assert_int_equal(expr_holds(expr, get, NULL, &holds), 0);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_true(error.position <= strlen(text));
	assert_true(error.message[0]);
	for (const char *c = error.message; *c; c++)
		assert_in_range((unsigned char)*c, 0x20, 0x7e);
}

static void test_random_bytes(void **state)
{
	char text[64];

	(void)state;
	for (size_t i = 0; i < 50000; i++) {
		size_t length = random_below(sizeof(text));

		for (size_t j = 0; j < length; j++)
			text[j] = (char)(1 + random_below(255));
		text[length] = '\0';
		try_text(text);
	}
}

static void test_random_words(void **state)
{
	static const char *const words[] = {
		"NS",    "TYPE",   "IFACES", "INITIAL", "OWNER", "ANY", "HOLDER", "LEVELS",
		"nope",  "1",      "-1",     "1.5",     "20%",   "5s",  "1G",     "'a'",
		"\"3\"", "'a.*b'", "'[a-z'", "true",    "no",    "==",  "!=",     "<",
		"<=",    ">",      ">=",     "=~",      "!~",    "!",   "not",    "&&",
		"and",   "||",     "or",     "(",       ")",     "(",   ")",      "=",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		size_t count = random_below(20);
		char *end = text;

		*end = '\0';
		for (size_t j = 0; j < count; j++) {
			end = stpcpy(end, words[random_below(ARRAY_SIZE(words))]);
			if (random_below(8))
				end = stpcpy(end, " ");
		}
		try_text(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),        cmocka_unit_test(test_texts),
		cmocka_unit_test(test_bools_and_bare), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_lists),          cmocka_unit_test(test_logic),
		cmocka_unit_test(test_shortcut),       cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),          cmocka_unit_test(test_long_pattern),
		cmocka_unit_test(test_getter_fails),   cmocka_unit_test(test_columns),
		cmocka_unit_test(test_random_bytes),   cmocka_unit_test(test_random_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
