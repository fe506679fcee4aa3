/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of an expression: names, operators, numbers with units, quoted texts. */
#include "model/expr_code.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "base/text.h"

/* The most of the source that a message repeats. */
#define QUOTE_LENGTH 40

/* ASCII whatever the locale: isalpha(3) would take bytes of names in it. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What scols-filter(5) allows in the name of a column behind its first letter. */
static bool is_name_byte(char c)
{
	return is_letter(c) || is_digit(c) || (c && strchr("_.%:/-", c));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The longest beginning of `text` that is at most `limit` bytes and ends no character early. */
static size_t whole_characters(const char *text, size_t length, size_t limit)
{
	size_t end = limit;

	if (length <= limit)
		return length;
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	return end;
}

int expr_fail(struct expr_lexer *lexer, size_t position, const char *format, ...)
{
	auto_free char *message = NULL;
	struct expr_error *error = lexer->error;
	va_list values;
	size_t length;
	int r;

	va_start(values, format);
	r = vasprintf(&message, format, values);
	va_end(values);
	if (r < 0) {
		message = NULL;
		return -ENOMEM;
	}
	length = whole_characters(message, (size_t)r, sizeof(error->message) - 1);
	memcpy(error->message, message, length);
	error->message[length] = '\0';
	error->position = position;
	return -EINVAL;
}

const char *expr_quote(struct expr_lexer *lexer, size_t position, size_t length)
{
	const char *from = lexer->text + position;
	size_t shown = whole_characters(from, length, QUOTE_LENGTH);
	const char *copy = arena_copy(lexer->arena, from, shown);
	const char *printable =
		copy ? text_printable(lexer->arena, copy, text_is_utf8_locale()) : NULL;

	if (printable && shown < length)
		printable = arena_printf(lexer->arena, "%s...", printable);
	return printable ? printable : "this";
}

static const struct {
	const char *name;
	uint64_t factor;
} units[] = {
	/* clang-format off */
	{ "%",   1 },
	{ "K",   1ULL << 10 }, { "k", 1ULL << 10 },
	{ "M",   1ULL << 20 }, { "G", 1ULL << 30 }, { "T", 1ULL << 40 },
	{ "P",   1ULL << 50 }, { "E", 1ULL << 60 },
	{ "us",  1 }, { "ms", 1000 }, { "s", 1000000 },
	{ "m",   60000000ULL }, { "min", 60000000ULL },
	{ "h",   3600000000ULL }, { "d", 86400000000ULL },
	/* clang-format on */
};

/* Sizes may end in B or iB. */
static size_t without_bytes(const char *unit, size_t length)
{
	bool is_size = length > 1 && strchr("KkMGTPE", unit[0]) && unit[length - 1] == 'B';

	if (is_size && length == 2)
		return 1;
	if (is_size && length == 3 && unit[1] == 'i')
		return 1;
	return length;
}

static int find_unit(const char *unit, size_t length, uint64_t *ret_factor)
{
	if (length == 0) {
		*ret_factor = 1;
		return 0;
	}
	length = without_bytes(unit, length);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strlen(units[i].name) != length || memcmp(units[i].name, unit, length) != 0)
			continue;
		*ret_factor = units[i].factor;
		return 0;
	}
	return -EINVAL;
}

/* The digits at *position, as far as they go. */
static int read_integer(const char *text, size_t length, size_t *position, uint64_t *ret)
{
	uint64_t number = 0;

	for (; *position < length && is_digit(text[*position]); (*position)++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(text[*position] - '0'), &number))
			return -ERANGE;
	}
	*ret = number;
	return 0;
}

/* Behind the point. strtod(3) is no help: it reads the locale's decimal point. */
static long double read_fraction(const char *text, size_t length, size_t *position)
{
	long double fraction = 0, digit_weight = 1;

	for (; *position < length && is_digit(text[*position]); (*position)++) {
		digit_weight /= 10;
		fraction += digit_weight * (text[*position] - '0');
	}
	return fraction;
}

static int make_integer(uint64_t number, uint64_t factor, bool is_negative, struct value *ret)
{
	uint64_t product;

	if (__builtin_mul_overflow(number, factor, &product))
		return -ERANGE;
	if (!is_negative || product == 0) {
		*ret = value_number(product);
		return 0;
	}
	if (product > (uint64_t)INT64_MAX + 1)
		return -ERANGE;
	*ret = (struct value){ .type = VALUE_SIGNED, .as.signed_number = (int64_t)(0 - product) };
	return 0;
}

int expr_parse_number(const char *text, size_t length, struct value *ret)
{
	bool is_negative = length > 0 && text[0] == '-';
	size_t position = is_negative ? 1 : 0;
	long double fraction = 0;
	uint64_t number, factor;
	bool has_point;
	int r;

	if (position >= length || !is_digit(text[position]))
		return -EINVAL;
	r = read_integer(text, length, &position, &number);
	if (r < 0)
		return r;
	has_point = position + 1 < length && text[position] == '.' && is_digit(text[position + 1]);
	if (has_point) {
		position++;
		fraction = read_fraction(text, length, &position);
	}
	r = find_unit(text + position, length - position, &factor);
	if (r < 0)
		return r;
	if (!has_point)
		return make_integer(number, factor, is_negative, ret);
	fraction = ((long double)number + fraction) * (long double)factor;
	*ret = (struct value){ .type = VALUE_REAL,
		               .as.real = (double)(is_negative ? -fraction : fraction) };
	return 0;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

int expr_parse_bool(const char *text, size_t length, bool *ret)
{
	bool is_yes = is_word(text, length, "true") || is_word(text, length, "yes");

	if (!is_yes && !is_word(text, length, "false") && !is_word(text, length, "no"))
		return -EINVAL;
	*ret = is_yes;
	return 0;
}

/* Longer ones before their beginnings. */
static const struct {
	const char *symbol;
	const char *word;
	enum expr_token_kind kind;
	enum expr_operator comparison;
} operators[] = {
	/* clang-format off */
	{ "==", "eq",  TOKEN_OPERATOR, EXPR_EQ },
	{ "!=", "ne",  TOKEN_OPERATOR, EXPR_NE },
	{ "<=", "le",  TOKEN_OPERATOR, EXPR_LE },
	{ ">=", "ge",  TOKEN_OPERATOR, EXPR_GE },
	{ "=~", NULL,  TOKEN_OPERATOR, EXPR_MATCH },
	{ "!~", NULL,  TOKEN_OPERATOR, EXPR_MISMATCH },
	{ "&&", "and", TOKEN_AND,      EXPR_BARE },
	{ "||", "or",  TOKEN_OR,       EXPR_BARE },
	{ "<",  "lt",  TOKEN_OPERATOR, EXPR_LT },
	{ ">",  "gt",  TOKEN_OPERATOR, EXPR_GT },
	{ "!",  "not", TOKEN_NOT,      EXPR_BARE },
	{ "(",  NULL,  TOKEN_OPEN,     EXPR_BARE },
	{ ")",  NULL,  TOKEN_CLOSE,    EXPR_BARE },
	/* clang-format on */
};

static void read_name(struct expr_lexer *lexer, struct expr_token *token)
{
	const char *word = lexer->text + token->position;
	size_t length = 1;
	bool flag;

	while (is_name_byte(word[length]))
		length++;
	token->length = length;
	token->kind = TOKEN_COLUMN;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (operators[i].word && is_word(word, length, operators[i].word)) {
			token->kind = operators[i].kind;
			token->comparison = operators[i].comparison;
		}
	}
	if (expr_parse_bool(word, length, &flag) == 0) {
		token->kind = TOKEN_LITERAL;
		token->literal = value_bool(flag);
	}
}

static int read_number(struct expr_lexer *lexer, struct expr_token *token)
{
	const char *text = lexer->text + token->position;
	size_t length = 1;
	int r;

	while (is_letter(text[length]) || is_digit(text[length]) || text[length] == '.' ||
	       text[length] == '%' || text[length] == '_')
		length++;
	token->length = length;
	token->kind = TOKEN_LITERAL;
	r = expr_parse_number(text, length, &token->literal);
	if (r == -ERANGE)
		return expr_fail(lexer, token->position, "%s is too large",
		                 expr_quote(lexer, token->position, length));
	if (r < 0)
		return expr_fail(lexer, token->position,
		                 "%s is no number; units are %%, K M G T P E, us ms s m h d; "
		                 "text needs quotes",
		                 expr_quote(lexer, token->position, length));
	return 0;
}

/*
 * A backslash makes a quote or a backslash an ordinary byte and else stands for itself, so that
 * "\x2d" is what a unit's name has. A regular expression keeps its own backslashes.
 */
static int unescape(struct expr_lexer *lexer, const char *from, size_t length,
                    struct expr_token *token)
{
	char *text = arena_copy(lexer->arena, from, length);
	char *pattern = arena_copy(lexer->arena, from, length);
	size_t text_at = 0, pattern_at = 0;

	if (!text || !pattern)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		bool is_escape = from[i] == '\\' && i + 1 < length;

		if (is_escape && from[i + 1] == '\\')
			pattern[pattern_at++] = from[i];
		if (is_escape && strchr("\\\"'", from[i + 1]))
			i++;
		text[text_at++] = from[i];
		pattern[pattern_at++] = from[i];
	}
	text[text_at] = '\0';
	pattern[pattern_at] = '\0';
	token->literal = value_text(text);
	token->pattern = pattern;
	return 0;
}

static int read_text(struct expr_lexer *lexer, struct expr_token *token)
{
	const char *text = lexer->text + token->position;
	size_t end = 1;

	while (text[end] && text[end] != text[0])
		end += text[end] == '\\' && text[end + 1] ? 2 : 1;
	if (!text[end])
		return expr_fail(lexer, token->position, "the closing %c is missing", text[0]);
	token->length = end + 1;
	token->kind = TOKEN_LITERAL;
	return unescape(lexer, text + 1, end - 1, token);
}

static int read_symbol(struct expr_lexer *lexer, struct expr_token *token)
{
	const char *text = lexer->text + token->position;
	const char *instead = *text == '='   ? "=="
	                      : *text == '&' ? "&&"
	                      : *text == '|' ? "||"
	                                     : NULL;
	uint32_t ignored;
	size_t length;

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (!has_prefix(text, operators[i].symbol))
			continue;
		token->length = strlen(operators[i].symbol);
		token->kind = operators[i].kind;
		token->comparison = operators[i].comparison;
		return 0;
	}
	if (instead)
		return expr_fail(lexer, token->position, "%c is no operator; use %s", *text,
		                 instead);
	length = text_utf8_decode(text, &ignored);
	return expr_fail(lexer, token->position,
	                 "%s means nothing here; text needs quotes, columns are letters",
	                 expr_quote(lexer, token->position, length ? length : 1));
}

int expr_next_token(struct expr_lexer *lexer, struct expr_token *ret)
{
	const char *text = lexer->text;
	struct expr_token token = { 0 };
	size_t at = lexer->position;
	int r = 0;

	while (is_blank(text[at]))
		at++;
	token.position = at;
	if (text[at] == '\0')
		token.kind = TOKEN_END;
	else if (is_letter(text[at]) || text[at] == '_')
		read_name(lexer, &token);
	else if (is_digit(text[at]) || (text[at] == '-' && is_digit(text[at + 1])))
		r = read_number(lexer, &token);
	else if (text[at] == '"' || text[at] == '\'')
		r = read_text(lexer, &token);
	else
		r = read_symbol(lexer, &token);
	if (r < 0)
		return r;
	lexer->position = at + token.length;
	*ret = token;
	return 0;
}
