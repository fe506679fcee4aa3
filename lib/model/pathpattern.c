/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Matches patterns like "docker-<{hex64}>.scope" against the components of a path, in time linear
 * in a component. */
#include "model/pathpattern.h"

#include <limits.h>

enum token {
	TOKEN_LITERAL,
	TOKEN_ID_BEGIN,
	TOKEN_ID_END,
	TOKEN_ANY,
	TOKEN_NAME,
	TOKEN_RUNTIME,
	TOKEN_HEX32,
	TOKEN_HEX64,
	TOKEN_UUID,
	TOKEN_UID,
	TOKEN_NUMBER,
};

/* clang-format off */
static const struct token_text {
	const char *text;
	enum token token;
} token_texts[] = {
	{ "<",         TOKEN_ID_BEGIN },
	{ ">",         TOKEN_ID_END },
	{ "{any}",     TOKEN_ANY },
	{ "{name}",    TOKEN_NAME },
	{ "{runtime}", TOKEN_RUNTIME },
	{ "{hex64}",   TOKEN_HEX64 },
	{ "{hex32}",   TOKEN_HEX32 },
	{ "{uuid}",    TOKEN_UUID },
	{ "{uid}",     TOKEN_UID },
	{ "{number}",  TOKEN_NUMBER },
};
/* clang-format on */

/* A match of one component under way. */
struct matcher {
	struct piece pattern, text;
	size_t at_pattern, at_text;
	size_t after_open;          /* pattern behind the last open-ended token */
	size_t open_end;            /* text behind what that token has taken */
	struct piece *open_capture; /* what it captures, or NULL */
	bool has_open;
	struct pattern_match *match;
};

struct piece piece_cut_last(struct piece *path)
{
	const char *slash = memrchr(path->text, '/', path->length);
	struct piece last = *path;

	if (!slash) {
		path->length = 0;
		return last;
	}
	last.text = slash + 1;
	last.length = (size_t)(path->text + path->length - last.text);
	path->length = (size_t)(slash - path->text);
	return last;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_while(bool (*is_wanted)(char c), struct piece piece)
{
	size_t count = 0;

	while (count < piece.length && is_wanted(piece.text[count]))
		count++;
	return count;
}

bool piece_is_hex64(struct piece piece)
{
	return piece.length == 64 && count_while(is_hex, piece) == 64;
}

/* The length of 8-4-4-4-12 hex digits at the front, or 0. */
static size_t uuid_length(struct piece piece, char separator)
{
	const char form[] = "........-....-....-....-............";

	if (piece.length < sizeof(form) - 1)
		return 0;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		char c = piece.text[i];
		if (form[i] == '-' ? c != separator : !is_hex(c))
			return 0;
	}
	return sizeof(form) - 1;
}

static size_t hex_length(struct piece piece, size_t wanted)
{
	return count_while(is_hex, piece) >= wanted ? wanted : 0;
}

/* A static pod's UID is the hash of its manifest: 32 digits without dashes. */
static size_t uid_length(struct piece piece)
{
	size_t length = uuid_length(piece, '-');

	if (length == 0)
		length = uuid_length(piece, '_');
	return length > 0 ? length : hex_length(piece, 32);
}

static size_t class_length(enum token token, struct piece piece)
{
	switch (token) {
	case TOKEN_HEX32:
		return hex_length(piece, 32);
	case TOKEN_HEX64:
		return hex_length(piece, 64);
	case TOKEN_UUID:
		return uuid_length(piece, '-');
	case TOKEN_UID:
		return uid_length(piece);
	case TOKEN_NUMBER:
		return count_while(is_digit, piece);
	default:
		return 0;
	}
}

static enum token matcher_take_token(struct matcher *m)
{
	const char *at = m->pattern.text + m->at_pattern;
	size_t left = m->pattern.length - m->at_pattern;

	if (*at == '{' || *at == '<' || *at == '>') {
		for (size_t i = 0; i < ARRAY_SIZE(token_texts); i++) {
			size_t length = strlen(token_texts[i].text);
			if (length > left || memcmp(at, token_texts[i].text, length) != 0)
				continue;
			m->at_pattern += length;
			return token_texts[i].token;
		}
	}
	m->at_pattern++;
	return TOKEN_LITERAL;
}

/* An open-ended token takes one byte, and more when the rest does not fit (matcher_extend). */
static bool matcher_open(struct matcher *m, struct piece *capture)
{
	if (m->at_text == m->text.length)
		return false;
	if (capture)
		*capture = (struct piece){ m->text.text + m->at_text, 1 };
	m->at_text++;
	m->after_open = m->at_pattern;
	m->open_end = m->at_text;
	m->open_capture = capture;
	m->has_open = true;
	return true;
}

/* How far the last open-ended token must reach at least, from `from` on: to the literal byte that
 * follows it, or to the end where nothing does. Beyond the text where there is no such byte. */
static size_t matcher_reach(const struct matcher *m, size_t from)
{
	size_t next = m->after_open;

	if (next < m->pattern.length && m->pattern.text[next] == '>')
		next++;
	if (next == m->pattern.length)
		return m->text.length;
	if (m->pattern.text[next] == '{' || m->pattern.text[next] == '<')
		return from;
	const char *found =
		memchr(m->text.text + from, m->pattern.text[next], m->text.length - from);

	return found ? (size_t)(found - m->text.text) : SIZE_MAX;
}

/*
 * Goes on as if the last open-ended token had taken more. Earlier ones need no second try: they
 * have taken the least that lets what follows them match.
 */
static bool matcher_extend(struct matcher *m)
{
	if (!m->has_open || m->open_end == m->text.length)
		return false;
	size_t end = matcher_reach(m, m->open_end + 1);

	if (end == SIZE_MAX)
		return false;
	if (m->open_capture)
		m->open_capture->length += end - m->open_end;
	m->open_end = end;
	m->at_text = end;
	m->at_pattern = m->after_open;
	return true;
}

static bool matcher_take_literal(struct matcher *m)
{
	if (m->at_text == m->text.length ||
	    m->text.text[m->at_text] != m->pattern.text[m->at_pattern - 1])
		return false;
	m->at_text++;
	return true;
}

static bool matcher_take_class(struct matcher *m, enum token token)
{
	struct piece rest = { m->text.text + m->at_text, m->text.length - m->at_text };
	size_t length = class_length(token, rest);

	m->at_text += length;
	return length > 0;
}

/* One token of the pattern. */
static bool matcher_step(struct matcher *m)
{
	enum token token = matcher_take_token(m);
	const char *here = m->text.text + m->at_text;

	switch (token) {
	case TOKEN_LITERAL:
		return matcher_take_literal(m);
	case TOKEN_ID_BEGIN:
		m->match->id.text = here;
		return true;
	case TOKEN_ID_END:
		m->match->id.length = (size_t)(here - m->match->id.text);
		return true;
	case TOKEN_ANY:
		return matcher_open(m, NULL);
	case TOKEN_NAME:
		return matcher_open(m, &m->match->name);
	case TOKEN_RUNTIME:
		return matcher_open(m, &m->match->runtime);
	default:
		return matcher_take_class(m, token);
	}
}

static bool component_matches(struct piece pattern, struct piece text, struct pattern_match *match)
{
	struct matcher m = { .pattern = pattern, .text = text, .match = match };

	/* The kernel has no longer names, so a longer one is no control group. */
	if (text.length > NAME_MAX)
		return false;
	while (m.at_pattern < m.pattern.length || m.at_text < m.text.length) {
		if (m.at_pattern < m.pattern.length && matcher_step(&m))
			continue;
		if (!matcher_extend(&m))
			return false;
	}
	return true;
}

bool pattern_matches(const char *pattern, struct piece path, struct pattern_match *ret)
{
	bool is_anchored = *pattern == '/';
	struct piece rest = { pattern + is_anchored, strlen(pattern + is_anchored) };
	struct pattern_match match = { 0 };

	while (rest.length > 0) {
		struct piece wanted = piece_cut_last(&rest);
		if (path.length == 0)
			return false;
		match.first = piece_cut_last(&path);
		if (!component_matches(wanted, match.first, &match))
			return false;
	}
	if (is_anchored && path.length > 0)
		return false;
	*ret = match;
	return true;
}
