/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile text made safe: nothing that a terminal or a JSON reader must not see gets through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <wchar.h>

#include "base/text.h"

static void decodes_valid_sequences(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		uint32_t code_point;
	} valid[] = {
		{ "\x01", 1, 0x01 },
		{ "A", 1, 'A' },
		{ "\x7f", 1, 0x7f },
		{ "\xc2\x80", 2, 0x80 },
		{ "\xdf\xbf", 2, 0x7ff },
		{ "\xe0\xa0\x80", 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 0xd7ff },
		{ "\xee\x80\x80", 3, 0xe000 },
		{ "\xef\xbf\xbf", 3, 0xffff },
		{ "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(valid); i++) {
		uint32_t code_point = 0;

		assert_int_equal(text_utf8_decode(valid[i].text, &code_point), valid[i].length);
		assert_int_equal(code_point, valid[i].code_point);
	}
}

static void refuses_invalid_sequences(void **state)
{
	static const char *const invalid[] = {
		"",                 /* the end */
		"\x80",             /* a continuation alone */
		"\xbf",             /* the same */
		"\xc0\x80",         /* overlong NUL */
		"\xc1\xbf",         /* overlong */
		"\xe0\x80\x80",     /* overlong */
		"\xe0\x9f\xbf",     /* overlong */
		"\xf0\x80\x80\x80", /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",     /* a surrogate */
		"\xed\xbf\xbf",     /* a surrogate */
		"\xf4\x90\x80\x80", /* above U+10FFFF */
		"\xf5\x80\x80\x80", /* above U+10FFFF */
		"\xf7\xbf\xbf\xbf", /* above U+10FFFF */
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3",         /* cut off */
		"\xe2\x82",     /* cut off */
		"\xf0\x9f\x98", /* cut off */
		"\xc3(",
		"\xe2\x82(",
		"\xe2(\xa1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(invalid); i++) {
		uint32_t code_point = 77;

		assert_int_equal(text_utf8_decode(invalid[i], &code_point), 0);
		assert_int_equal(code_point, 77);
	}
}

static void harmless_text_is_not_copied(void **state)
{
	static const char *const harmless[] = { "", "sleep 60", "a\\x1b", "~!\"#$%&'()*+,-./",
		                                "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" };
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		assert_ptr_equal(text_printable(&arena, harmless[i], true), harmless[i]);
		assert_ptr_equal(text_valid_utf8(&arena, harmless[i]), harmless[i]);
	}
	assert_ptr_equal(text_printable(&arena, harmless[1], false), harmless[1]);
	assert_null(arena.blocks);
}

static void printable_escapes(void **state)
{
	static const struct {
		const char *text;
		const char *printable;
	} escapes[] = {
		{ "a) Z 1 (b\n\x1b[3", "a) Z 1 (b\\x0a\\x1b[3" },
		{ "\t\r\x7f", "\\x09\\x0d\\x7f" },
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" }, /* CSI as a C1 control */
		{ "\xe2\x80\xae"
		  "x",
		  "\\xe2\\x80\\xaex" },                         /* right-to-left override */
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },          /* zero width space */
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },          /* line separator */
		{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },          /* left-to-right isolate */
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },          /* byte order mark */
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" }, /* tag letter A */
		{ "\xff\xc3\xa4\xc3", "\\xff\xc3\xa4\\xc3" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xe2\x80\xaf", "\xe2\x80\xaf" }, /* narrow no-break space stays */
	};
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		assert_string_equal(text_printable(&arena, escapes[i].text, true),
		                    escapes[i].printable);
	assert_string_equal(text_printable(&arena, "\xc3\xa4", false), "\\xc3\\xa4");
}

static void valid_utf8_keeps_controls(void **state)
{
	auto_arena struct arena arena = { 0 };
	const char *controls = "\x01\x1b[3\n\x7f\xc2\x9b\xe2\x80\xae";

	(void)state;
	assert_ptr_equal(text_valid_utf8(&arena, controls), controls);
	assert_string_equal(text_valid_utf8(&arena, "a\xff\n"), "a\\xff\n");
	assert_string_equal(text_valid_utf8(&arena, "\xc0\x80\xe2\x82"), "\\xc0\\x80\\xe2\\x82");
}

static void every_byte_is_shown_or_escaped(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { (char)byte, '\0' };
		char escaped[5];
		bool is_plain = byte >= 0x20 && byte < 0x7f;

		snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned)byte);
		assert_string_equal(text_printable(&arena, text, true), is_plain ? text : escaped);
		assert_string_equal(text_printable(&arena, text, false), is_plain ? text : escaped);
		assert_string_equal(text_valid_utf8(&arena, text), byte < 0x80 ? text : escaped);
	}
}

/* Random bytes that often begin a sequence and often continue it. */
static void fill_with_random_bytes(char *text, size_t length)
{
	static const unsigned char leads[] = { 0xc2, 0xe2, 0x80, 0xed, 0xf0, 0xf4, 0xef, 0xbb };

	for (size_t i = 0; i < length; i++) {
		long r = random();
		int byte = r % 3 == 0   ? (int)(r >> 8 & 0xff)
		           : r % 3 == 1 ? leads[(size_t)(r >> 8) % ARRAY_SIZE(leads)]
		                        : 0x80 + (int)(r >> 8 & 0x3f);

		text[i] = (char)(byte == 0 ? 1 : byte);
	}
	text[length] = '\0';
}

static void assert_is_ascii(const char *text)
{
	for (; *text; text++)
		assert_true(*text >= 0x20 && *text < 0x7f);
}

static void assert_is_valid(const char *text)
{
	uint32_t code_point;
	size_t length;

	while ((length = text_utf8_decode(text, &code_point)) > 0) {
		assert_false(code_point >= 0xd800 && code_point <= 0xdfff);
		text += length;
	}
	assert_int_equal(*text, '\0');
}

/* By the C library's own idea of what can be printed, in a UTF-8 locale. */
static void assert_is_printable(const char *text)
{
	while (*text) {
		mbstate_t shift = { 0 };
		wchar_t character = 0;
		size_t length = mbrtowc(&character, text, MB_CUR_MAX, &shift);

		assert_true(length > 0 && length <= 4);
		assert_false(character < 0x20 || (character >= 0x7f && character < 0xa0));
		text += length;
	}
}

static void random_bytes_become_safe(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	srandom(20260802);
	for (int i = 0; i < 100000; i++) {
		/* On the heap: the sanitizer sees a read behind the end. */
		size_t length = (size_t)random() % 40;
		auto_free char *text = malloc(length + 1);
		const char *printable;

		assert_non_null(text);
		fill_with_random_bytes(text, length);
		printable = text_printable(&arena, text, true);
		assert_is_printable(printable);
		assert_ptr_equal(text_printable(&arena, printable, true), printable);
		assert_is_valid(text_valid_utf8(&arena, text));
		assert_is_ascii(text_printable(&arena, text, false));
		assert_true(text_width(text) <= 2 * length);
		arena_reset(&arena);
	}
}

static void large_text_is_escaped_whole(void **state)
{
	const size_t length = 3000000;
	auto_arena struct arena arena = { 0 };
	auto_free char *text = malloc(length + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', length);
	text[length] = '\0';
	assert_int_equal(strlen(text_printable(&arena, text, true)), 4 * length);
}

static void width_is_in_columns(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_true(text_is_utf8_locale());
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("sleep"), 5);
	assert_int_equal(text_width("\xc3\xa4"), 1);
	assert_int_equal(text_width("a\xcc\x88"), 1);                /* combining diaeresis */
	assert_int_equal(text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4); /* two ideographs */
	assert_int_equal(text_width("\x1b\xff"), 2);

	assert_non_null(setlocale(LC_ALL, "C"));
	assert_false(text_is_utf8_locale());
	assert_int_equal(text_width("\xc3\xa4"), 2);
}

static void assert_cut(const char *text, size_t width, const char *expected)
{
	auto_arena struct arena arena = { 0 };

	assert_string_equal(text_cut(&arena, text, width), expected);
	assert_true(text_width(expected) <= width);
}

static void cut_texts_show_it(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	assert_cut("", 0, "");
	assert_cut("sleep", 5, "sleep");
	assert_cut("sleep", 4, "sle\xe2\x80\xa6");
	assert_cut("sleep", 1, "\xe2\x80\xa6");
	assert_cut("sleep", 0, "");
	/* No half of a wide character, and none of what belongs to the one before. */
	assert_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 6,
	           "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2");
	assert_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 5,
	           "\xe6\xbc\xa2\xe5\xad\x97\xe2\x80\xa6");
	assert_cut("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 4, "\xe6\xbc\xa2\xe2\x80\xa6");
	assert_cut("a\xcc\x88"
	           "bc",
	           2, "a\xcc\x88\xe2\x80\xa6");
	setlocale(LC_ALL, "C");
	assert_cut("sleep", 5, "sleep");
	assert_cut("sleep", 4, "s...");
	assert_cut("sleep", 3, "...");
	assert_cut("sleep", 2, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_valid_sequences),
		cmocka_unit_test(refuses_invalid_sequences),
		cmocka_unit_test(harmless_text_is_not_copied),
		cmocka_unit_test(printable_escapes),
		cmocka_unit_test(valid_utf8_keeps_controls),
		cmocka_unit_test(every_byte_is_shown_or_escaped),
		cmocka_unit_test(random_bytes_become_safe),
		cmocka_unit_test(large_text_is_escaped_whole),
		cmocka_unit_test(width_is_in_columns),
		cmocka_unit_test(cut_texts_show_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
