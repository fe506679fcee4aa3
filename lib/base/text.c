/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escapes what a terminal or a JSON reader must not see. */
#include "base/text.h"

#include <langinfo.h>
#include <wchar.h>

enum rule {
	RULE_ASCII,     /* printable ASCII */
	RULE_PRINTABLE, /* valid UTF-8 without control and invisible characters */
	RULE_VALID,     /* valid UTF-8 */
};

/* clang-format off */
/* Characters that nobody sees, but that change how the others are seen; ascending. */
static const struct {
	uint32_t first;
	uint32_t last;
} invisible[] = {
	{ .first = 0x0080, .last = 0x009f },   /* C1 controls */
	{ .first = 0x061c, .last = 0x061c },   /* Arabic letter mark */
	{ .first = 0x200b, .last = 0x200f },   /* zero width, direction marks */
	{ .first = 0x2028, .last = 0x202e },   /* separators, direction embeddings and overrides */
	{ .first = 0x2060, .last = 0x206f },   /* joiners, direction isolates */
	{ .first = 0xfeff, .last = 0xfeff },   /* byte order mark */
	{ .first = 0xfff9, .last = 0xfffb },   /* interlinear annotation */
	{ .first = 0xe0000, .last = 0xe007f }, /* tags */
};

/* By the length of a sequence: its first byte under `mask` is `lead`, and a smaller code point than
 * `least` had a shorter form. */
static const struct {
	unsigned char mask;
	unsigned char lead;
	uint32_t least;
} forms[] = {
	[2] = { .mask = 0xe0, .lead = 0xc0, .least = 0x80 },
	[3] = { .mask = 0xf0, .lead = 0xe0, .least = 0x800 },
	[4] = { .mask = 0xf8, .lead = 0xf0, .least = 0x10000 },
};
/* clang-format on */

bool text_is_utf8_locale(void)
{
	return is_equal(nl_langinfo(CODESET), "UTF-8");
}

static size_t decode_multibyte(const unsigned char *byte, uint32_t *ret)
{
	size_t length = 2;
	uint32_t code_point;

	while (length < ARRAY_SIZE(forms) && (byte[0] & forms[length].mask) != forms[length].lead)
		length++;
	if (length == ARRAY_SIZE(forms))
		return 0;
	code_point = byte[0] & (unsigned char)~forms[length].mask;
	for (size_t i = 1; i < length; i++) {
		/* The NUL byte at the end of the text is no continuation either. */
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		code_point = code_point << 6 | (byte[i] & 0x3f);
	}
	if (code_point < forms[length].least || code_point > 0x10ffff ||
	    (code_point >= 0xd800 && code_point <= 0xdfff))
		return 0;
	*ret = code_point;
	return length;
}

size_t text_utf8_decode(const char *text, uint32_t *ret)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (byte[0] >= 0x80)
		return decode_multibyte(byte, ret);
	if (byte[0] == '\0')
		return 0;
	*ret = byte[0];
	return 1;
}

static bool is_invisible(uint32_t code_point)
{
	for (size_t i = 0; i < ARRAY_SIZE(invisible) && code_point >= invisible[i].first; i++) {
		if (code_point <= invisible[i].last)
			return true;
	}
	return false;
}

/* The length of the character at `text` if it may stay; 0: its first byte must be escaped. The
 * bytes that continue it are no characters by themselves and will be as well. */
static size_t kept_length(const char *text, enum rule rule)
{
	unsigned char byte = (unsigned char)*text;
	uint32_t code_point;
	size_t length;

	if (byte < 0x80)
		return rule == RULE_VALID || (byte >= 0x20 && byte != 0x7f);
	if (rule == RULE_ASCII)
		return 0;
	length = text_utf8_decode(text, &code_point);
	return rule == RULE_PRINTABLE && length > 0 && is_invisible(code_point) ? 0 : length;
}

/* Length of `text` under `rule`; *ret_length is its length as it is. */
static size_t measure(const char *text, enum rule rule, size_t *ret_length)
{
	const char *at = text;
	size_t escaped = 0;

	while (*at) {
		size_t length = kept_length(at, rule);

		escaped += length == 0;
		at += length > 0 ? length : 1;
	}
	*ret_length = (size_t)(at - text);
	return *ret_length + 3 * escaped;
}

static char *put_escape(char *at, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";

	*at++ = '\\';
	*at++ = 'x';
	*at++ = digits[byte >> 4];
	*at++ = digits[byte & 0xf];
	return at;
}

static const char *apply_rule(struct arena *arena, const char *text, enum rule rule)
{
	size_t length;
	size_t needed = measure(text, rule, &length);
	char *result;
	char *at;

	if (needed == length)
		return text;
	result = arena_alloc(arena, needed + 1);
	if (!result)
		return NULL;
	at = result;
	while (*text) {
		size_t kept = kept_length(text, rule);

		if (kept == 0)
			at = put_escape(at, (unsigned char)*text++);
		for (; kept > 0; kept--)
			*at++ = *text++;
	}
	return result;
}

const char *text_printable(struct arena *arena, const char *text, bool utf8)
{
	return apply_rule(arena, text, utf8 ? RULE_PRINTABLE : RULE_ASCII);
}

const char *text_valid_utf8(struct arena *arena, const char *text)
{
	return apply_rule(arena, text, RULE_VALID);
}

/* The bytes of the first character, and how many columns it takes. */
static size_t character_of(const char *text, bool utf8, size_t *ret_columns)
{
	uint32_t code_point;
	size_t length = utf8 ? text_utf8_decode(text, &code_point) : 0;
	int columns = length > 0 ? wcwidth((wchar_t)code_point) : -1;

	*ret_columns = columns >= 0 ? (size_t)columns : 1;
	return length > 0 ? length : 1;
}

size_t text_width(const char *text)
{
	const bool utf8 = text_is_utf8_locale();
	size_t width = 0;

	while (*text) {
		size_t columns;
		text += character_of(text, utf8, &columns);
		width += columns;
	}
	return width;
}

const char *text_cut(struct arena *arena, const char *text, size_t width)
{
	const bool utf8 = text_is_utf8_locale();
	const char *mark = utf8 ? "\xe2\x80\xa6" : "...";
	const size_t mark_width = utf8 ? 1 : strlen(mark);
	size_t used = 0, kept = 0, columns = 0;

	if (text_width(text) <= width)
		return text;
	if (width < mark_width)
		return "";
	for (;;) {
		size_t length = character_of(text + kept, utf8, &columns);
		if (used + columns > width - mark_width)
			break;
		used += columns;
		kept += length;
	}
	return arena_printf(arena, "%.*s%s", (int)kept, text, mark);
}
