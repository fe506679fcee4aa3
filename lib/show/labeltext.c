/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that is put together piece by piece. */
#include "show/labeltext.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/parse.h"

/* Room for `length` more bytes and the NUL. */
static bool has_room(struct labeltext *label, size_t length)
{
	const size_t needed = label->length + length + 1;

	if (needed <= label->capacity)
		return true;
	const size_t capacity = needed * 2;
	char *text = arena_alloc(label->arena, capacity);
	if (!text)
		return false;
	if (label->length > 0)
		memcpy(text, label->text, label->length);
	label->text = text;
	label->capacity = capacity;
	return true;
}

void labeltext_add(struct labeltext *label, const char *format, ...)
{
	va_list values;

	if (label->has_no_memory)
		return;
	va_start(values, format);
	const int length = vsnprintf(NULL, 0, format, values);
	va_end(values);
	if (length < 0 || !has_room(label, (size_t)length)) {
		label->has_no_memory = true;
		return;
	}
	va_start(values, format);
	vsnprintf(label->text + label->length, label->capacity - label->length, format, values);
	va_end(values);
	label->length += (size_t)length;
}

void labeltext_begin_part(struct labeltext *label)
{
	labeltext_add(label, label->has_parts ? ", " : " ");
	label->has_parts = true;
}

void labeltext_begin_remark(struct labeltext *label)
{
	labeltext_add(label, label->has_remarks ? ", " : "  ");
	label->has_remarks = true;
}

void labeltext_remark(struct labeltext *label, const char *remark)
{
	labeltext_begin_remark(label);
	labeltext_add(label, "%s", remark);
}

#define MAP_FIELDS 3

/* The next line of a map: three numbers, separated by blanks, up to a comma. *end is behind it. */
static bool read_line(const char *line, const char **end, uint64_t fields[static MAP_FIELDS])
{
	static const char blanks[] = " \t\n";

	for (size_t i = 0; i < MAP_FIELDS; i++) {
		line += strspn(line, blanks);
		const size_t length = strcspn(line, ", \t\n");
		if (parse_u64_n(line, length, &fields[i]) < 0)
			return false;
		line += length;
	}
	line += strspn(line, blanks);
	*end = line + (*line == ',');
	return *line == ',' || *line == '\0';
}

/* Ids have 32 bits (id_map in kernel/user_namespace.c): what is beyond would wrap. */
static bool is_range(const uint64_t fields[static MAP_FIELDS])
{
	const uint64_t count = fields[2];

	return count > 0 && count <= UINT32_MAX && fields[0] <= UINT32_MAX &&
	       fields[1] <= UINT32_MAX && fields[0] + count - 1 <= UINT32_MAX &&
	       fields[1] + count - 1 <= UINT32_MAX;
}

static bool is_map(const char *map)
{
	uint64_t fields[MAP_FIELDS];

	while (*map) {
		if (!read_line(map, &map, fields) || !is_range(fields))
			return false;
	}
	return true;
}

static void add_range(struct labeltext *label, const uint64_t fields[static MAP_FIELDS])
{
	const uint64_t last = fields[2] - 1;

	labeltext_add(label, "%" PRIu64, fields[0]);
	if (last > 0)
		labeltext_add(label, "-%" PRIu64, fields[0] + last);
	labeltext_add(label, " = %" PRIu64, fields[1]);
	if (last > 0)
		labeltext_add(label, "-%" PRIu64, fields[1] + last);
}

void labeltext_add_map(struct labeltext *label, const char *what, const char *map)
{
	uint64_t fields[MAP_FIELDS];
	bool is_first = true;

	if (!map || !is_map(map)) {
		labeltext_add(label, "%s ?", what);
		return;
	}
	if (*map == '\0') {
		labeltext_add(label, "no %ss mapped", what);
		return;
	}
	while (*map && read_line(map, &map, fields)) {
		if (is_first)
			labeltext_add(label, "%s ", what);
		else
			labeltext_add(label, " and ");
		add_range(label, fields);
		is_first = false;
	}
}

const char *labeltext_value(const struct labeltext *label)
{
	if (label->has_no_memory)
		return NULL;
	return label->text ? label->text : "";
}
