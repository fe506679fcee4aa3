/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outline of a JSON document: brackets and strings, nothing else, without recursion. */
#include "scan/document.h"

#include "base/vec.h"

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static size_t skip_spaces(const char *text, size_t at, size_t end)
{
	while (at < end && is_space(text[at]))
		at++;
	return at;
}

/* `at` is behind the opening quote: the place of the closing one, or `end`. */
static size_t skip_string(const char *text, size_t at, size_t end)
{
	for (; at < end && text[at] != '"'; at++)
		if (text[at] == '\\' && at + 1 < end)
			at++;
	return at;
}

static bool is_delimiter(char byte)
{
	return is_space(byte) || byte == ',' || byte == ']' || byte == '}';
}

/* Behind the value at `at`: an object or array with all that it holds, or a scalar. 0: cut off. */
static size_t skip_value(const char *text, size_t at, size_t end)
{
	size_t depth = 0;

	do {
		if (at >= end)
			return 0;
		const char byte = text[at++];
		if (byte == '"') {
			at = skip_string(text, at, end);
			if (at++ == end)
				return 0;
		} else if (byte == '{' || byte == '[') {
			depth++;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		} else if (depth == 0) {
			while (at < end && !is_delimiter(text[at]))
				at++;
		}
	} while (depth > 0);
	return at;
}

/* Reads `"key": value` at `at`; the position behind it, or 0 and *ret_position where it fails. */
static size_t read_member(const struct document *document, size_t at, struct document_member *ret,
                          size_t *ret_position)
{
	const char *text = document->text;
	const size_t end = document->length;

	*ret_position = at;
	if (at >= end || text[at] != '"')
		return 0;
	ret->key.start = at + 1;
	ret->key.end = skip_string(text, at + 1, end);
	at = skip_spaces(text, ret->key.end + 1, end);
	*ret_position = at < end ? at : end;
	if (at >= end || text[at] != ':')
		return 0;
	ret->value.start = skip_spaces(text, at + 1, end);
	ret->value.end = skip_value(text, ret->value.start, end);
	if (ret->value.end == 0)
		*ret_position = end;
	return ret->value.end;
}

int document_members(const struct document *document, struct document_member **ret,
                     size_t *ret_count, size_t *ret_position)
{
	const char *text = document->text;
	const size_t end = document->length;
	auto_free struct document_member *members = NULL;
	size_t count = 0, capacity = 0;
	size_t at = skip_spaces(text, 0, end);

	*ret_position = at;
	if (at >= end || text[at] != '{')
		return -EBADMSG;
	at = skip_spaces(text, at + 1, end);
	while (at < end && text[at] != '}') {
		int r = VEC_GROW(&members, &capacity, count);
		if (r < 0)
			return r;
		at = read_member(document, at, &members[count], ret_position);
		if (at == 0)
			return -EBADMSG;
		count++;
		at = skip_spaces(text, at, end);
		*ret_position = at;
		if (at >= end || (text[at] != ',' && text[at] != '}'))
			return -EBADMSG;
		if (text[at] == ',')
			at = skip_spaces(text, at + 1, end);
	}
	*ret_position = at;
	if (at >= end)
		return -EBADMSG;
	*ret_position = skip_spaces(text, at + 1, end);
	if (*ret_position != end)
		return -ENOTEMPTY;
	*ret = take_pointer(&members);
	*ret_count = count;
	return 0;
}

int document_next_item(const struct document *document, const struct slice *array, size_t *cursor,
                       struct slice *ret)
{
	const char *text = document->text;
	const bool is_first = *cursor == 0;
	size_t at = is_first ? array->start : *cursor;

	*cursor = at;
	if (at >= array->end || (is_first && text[at] != '['))
		return -EBADMSG;
	if (is_first)
		at = skip_spaces(text, at + 1, array->end);
	if (at < array->end && text[at] == ']')
		return 0;
	if (!is_first) {
		if (text[at] != ',')
			return -EBADMSG;
		at = skip_spaces(text, at + 1, array->end);
	}
	ret->start = at;
	ret->end = skip_value(text, at, array->end);
	if (ret->end == 0)
		return -EBADMSG;
	*cursor = skip_spaces(text, ret->end, array->end);
	return 1;
}

size_t document_line(const struct document *document, size_t position)
{
	size_t line = 1;

	for (size_t i = 0; i < position && i < document->length; i++)
		line += document->text[i] == '\n';
	return line;
}
