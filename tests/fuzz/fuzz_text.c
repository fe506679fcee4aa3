/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text made safe to show: nothing but printable characters, and once is enough. */
#include "fuzz.h"
#include "show/json.h"

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
			return false;
	return true;
}

static bool is_valid(const char *text)
{
	uint32_t character;

	while (*text) {
		size_t length = text_utf8_decode(text, &character);
		if (length == 0)
			return false;
		text += length;
	}
	return true;
}

/* No byte is lost: each is itself, or \xNN. */
static void check_same(const char *text, const char *shown)
{
	for (; *text; text++) {
		char escape[5];
		snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)*text);
		if (*shown == *text) {
			shown++;
			continue;
		}
		require(has_prefix(shown, escape));
		shown += strlen(escape);
	}
	require(*shown == '\0');
}

static void try_json(const char *text)
{
	char *json = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&json, &size);

	require(stream);
	require(json_write_text(stream, text) == 0);
	require(fclose(stream) == 0);
	auto_free char *written = json;
	require(size >= 2 && written[0] == '"' && written[size - 1] == '"');
	require(strlen(written) == size && fuzz_is_printable(written, ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_arena struct arena arena = { 0 };
	const char *ascii = text_printable(&arena, text, false);
	const char *printable = text_printable(&arena, text, true);
	const char *valid = text_valid_utf8(&arena, text);

	require(ascii && printable && valid);
	require(is_ascii(ascii) && fuzz_is_printable(printable, "") && is_valid(valid));
	require((valid == text) == is_valid(text));
	check_same(text, ascii);
	check_same(text, printable);
	check_same(text, valid);
	require(text_printable(&arena, ascii, false) == ascii);
	require(text_printable(&arena, printable, true) == printable);
	require(text_valid_utf8(&arena, valid) == valid);
	require(text_width(text) <= 2 * strlen(text));
	try_json(text);
	return 0;
}
