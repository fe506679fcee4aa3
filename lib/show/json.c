/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns as one JSON document, written row by row; texts are encoded by jansson. */
#include "show/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#include "base/text.h"
#include "base/vec.h"

/*
 * jansson escapes the controls below U+0020 only. DEL and the C1 controls (U+0080-9F: c2 80 to
 * c2 9f) act on some terminals too, so they are escaped on the way out. jansson never splits a
 * character between two calls.
 */
static int write_encoded(const char *bytes, size_t size, void *data)
{
	FILE *stream = data;
	size_t written = 0;

	for (size_t i = 0; i < size; i++) {
		const unsigned char byte = (unsigned char)bytes[i];
		const unsigned char next = i + 1 < size ? (unsigned char)bytes[i + 1] : 0;
		const bool is_c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;

		if (byte != 0x7f && !is_c1)
			continue;
		fwrite(bytes + written, 1, i - written, stream);
		fprintf(stream, "\\u%04X", is_c1 ? next : byte);
		i += is_c1;
		written = i + 1;
	}
	fwrite(bytes + written, 1, size - written, stream);
	return 0;
}

static int write_json(FILE *stream, json_t *json)
{
	if (!json)
		return -ENOMEM;
	int r = json_dump_callback(json, write_encoded, stream, JSON_ENCODE_ANY);

	json_decref(json);
	return r < 0 ? -ENOMEM : 0;
}

int json_write_text(FILE *stream, const char *text)
{
	auto_arena struct arena repaired = { 0 };

	if (!text) {
		fputs("null", stream);
		return 0;
	}
	const char *valid = text_valid_utf8(&repaired, text);
	if (!valid)
		return -ENOMEM;
	return write_json(stream, json_string_nocheck(valid));
}

/* A value that holds no others. */
static int write_scalar(FILE *stream, const struct value *value)
{
	switch (value->type) {
	case VALUE_TEXT:
		return json_write_text(stream, value->as.text);
	case VALUE_NUMBER:
		/* Not through jansson, whose integers are signed: an id may use all 64 bits. */
		fprintf(stream, "%" PRIu64, value->as.number);
		return 0;
	case VALUE_SIGNED:
		fprintf(stream, "%" PRId64, value->as.signed_number);
		return 0;
	case VALUE_REAL:
		if (isfinite(value->as.real))
			return write_json(stream, json_real(value->as.real));
		break;
	case VALUE_BOOL:
		fputs(value->as.flag ? "true" : "false", stream);
		return 0;
	default:
		break;
	}
	fputs("null", stream);
	return 0;
}

static int write_object(FILE *stream, const struct value_object *object)
{
	fputc('{', stream);
	for (size_t i = 0; i < object->count; i++) {
		fprintf(stream, "%s\"%s\": ", i ? ", " : "", object->members[i].name);
		int r = write_scalar(stream, &object->members[i].value);
		if (r < 0)
			return r;
	}
	fputc('}', stream);
	return 0;
}

static int write_list(FILE *stream, const struct value_list *list)
{
	fputc('[', stream);
	for (size_t i = 0; i < list->count; i++) {
		const struct value *item = &list->items[i];

		if (i)
			fputs(", ", stream);
		int r = item->type == VALUE_OBJECT ? write_object(stream, &item->as.object)
		                                   : write_scalar(stream, item);
		if (r < 0)
			return r;
	}
	fputc(']', stream);
	return 0;
}

/* Columns hold scalars, lists of scalars, and lists of flat objects: nothing nests deeper. */
static int write_value(FILE *stream, const struct value *value)
{
	if (value->type == VALUE_LIST)
		return write_list(stream, &value->as.list);
	if (value->type == VALUE_OBJECT)
		return write_object(stream, &value->as.object);
	return write_scalar(stream, value);
}

static void write_key(FILE *stream, const char *name)
{
	fputc('"', stream);
	for (; *name; name++)
		fputc(tolower((unsigned char)*name), stream);
	fputs("\": ", stream);
}

/* A column may be chosen twice for a table; a key may not be there twice. */
static bool is_repeated(const struct columns *columns, size_t position)
{
	for (size_t i = 0; i < position; i++)
		if (columns->items[i] == columns->items[position])
			return true;
	return false;
}

static int write_members(FILE *stream, const struct columns *columns, const struct row *row)
{
	for (size_t i = 0; i < columns->count; i++) {
		struct value value = { 0 };

		if (is_repeated(columns, i))
			continue;
		int r = columns->items[i]->get(row, &value);
		if (r < 0)
			return r;
		if (i)
			fputs(", ", stream);
		write_key(stream, columns->items[i]->name);
		r = write_value(stream, &value);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The rows that are still open while their children are written, outermost first. */
struct open_rows {
	uint32_t *positions;
	size_t count, capacity;
};

static void open_rows_done(struct open_rows *open)
{
	free(open->positions);
}
#define auto_open_rows __attribute__((cleanup(open_rows_done)))

/* Deeper rows are indented as far as this, or the output would grow with the square of the depth. */
#define MAX_INDENTED_DEPTH 60

static void indent(FILE *stream, size_t depth)
{
	const size_t indented = depth < MAX_INDENTED_DEPTH ? depth : MAX_INDENTED_DEPTH;

	fprintf(stream, "\n%*s", (int)(6 + 3 * indented), "");
}

/* Closes the rows that are not the parent of the next one (NONE: all). */
static void close_rows(FILE *stream, struct open_rows *open, uint32_t parent)
{
	while (open->count > 0 && open->positions[open->count - 1] != parent) {
		open->count--;
		indent(stream, open->count);
		fputs("]}", stream);
	}
}

static int open_row(struct open_rows *open, uint32_t position)
{
	int r = VEC_GROW(&open->positions, &open->capacity, open->count);

	if (r == 0)
		open->positions[open->count++] = position;
	return r;
}

static int write_row(FILE *stream, const struct columns *columns, const struct row *row)
{
	fputc('{', stream);
	return write_members(stream, columns, row);
}

/* What follows a row's members: the end, or the beginning of its children. */
static int end_row(FILE *stream, const struct rows *rows, size_t position, bool has_columns,
                   struct open_rows *open)
{
	const bool has_children =
		position + 1 < rows->count && rows->items[position + 1].parent == position;

	fprintf(stream, "%s\"children\": [%s", has_columns ? ", " : "", has_children ? "" : "]}");
	return has_children ? open_row(open, (uint32_t)position) : 0;
}

/* The same of a row that does not nest. */
static void end_flat_row(FILE *stream, const struct place *place, bool parents, bool has_columns)
{
	if (parents) {
		fprintf(stream, "%s\"parent\": ", has_columns ? ", " : "");
		if (place->parent == NONE)
			fputs("null", stream);
		else
			fprintf(stream, "%" PRIu32, place->parent);
	}
	fputc('}', stream);
}

static int write_rows(FILE *stream, const struct json_section *section)
{
	const struct columns *columns = section->columns;
	const struct rows *rows = section->rows;
	const bool nest = section->nest;
	auto_arena struct arena scratch = { 0 };
	auto_open_rows struct open_rows open = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		const struct row row = rows_at(rows, i, &scratch);

		close_rows(stream, &open, nest ? row.place->parent : NONE);
		/* A first child follows the bracket that its parent opened, any other a row. */
		const bool is_first =
			i == 0 || (open.count > 0 && open.positions[open.count - 1] == i - 1);
		fputs(is_first ? "" : ",", stream);
		indent(stream, open.count);
		r = write_row(stream, columns, &row);
		if (r == 0 && nest)
			r = end_row(stream, rows, i, columns->count > 0, &open);
		else
			end_flat_row(stream, row.place, section->parents, columns->count > 0);
		arena_reset(&scratch);
	}
	close_rows(stream, &open, NONE);
	return r;
}

/* 0: nobody can say how many. */
static void write_count(FILE *stream, const char *key, uint64_t count)
{
	if (count)
		fprintf(stream, ", \"%s\": %" PRIu64, key, count);
	else
		fprintf(stream, ", \"%s\": null", key);
}

static int write_gap(FILE *stream, enum gap_kind kind, const struct snapshot *snapshot)
{
	auto_arena struct arena arena = { 0 };
	const struct gap *gap = &snapshot->gaps[kind];
	const struct gap_text *text = &gap_texts[kind];
	const char *what = gap_what(&arena, kind, gap);

	if (!what)
		return -ENOMEM;
	fputs("{\"what\": ", stream);
	int r = json_write_text(stream, what);
	write_count(stream, "count", text->is_uncounted ? 0 : gap->count);
	write_count(stream, "total", gap->total);
	fputs(", \"reason\": ", stream);
	if (r == 0)
		r = json_write_text(stream, text->reason);
	fputs(", \"cure\": ", stream);
	if (r == 0)
		r = json_write_text(stream, gap_cure(kind, snapshot->can_trace));
	fputc('}', stream);
	return r;
}

int json_write_gaps(FILE *stream, const struct snapshot *snapshot, const struct needs *view)
{
	size_t n_written = 0;

	fprintf(stream, "   \"complete\": %s,\n   \"gaps\": [",
	        snapshot_is_complete(snapshot, view) ? "true" : "false");
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		if (snapshot->gaps[kind].count == 0 || !gap_concerns(kind, view))
			continue;
		fputs(n_written++ ? "," : "", stream);
		indent(stream, 0);
		int r = write_gap(stream, kind, snapshot);
		if (r < 0)
			return r;
	}
	fputs(n_written ? "\n   ]\n" : "]\n", stream);
	return 0;
}

int json_print(FILE *stream, const struct json_section *sections, size_t count,
               const struct needs *view)
{
	int r;

	fputs("{\n", stream);
	for (size_t i = 0; i < count; i++) {
		const struct json_section *section = &sections[i];

		fprintf(stream, "   \"%s\": [", section->key);
		r = write_rows(stream, section);
		if (r < 0)
			return r;
		fputs(section->rows->count ? "\n   ],\n" : "],\n", stream);
	}
	r = json_write_gaps(stream, sections[0].rows->snapshot, view);
	fputs("}\n", stream);
	return r;
}

int json_print_columns(FILE *stream, const struct column_set *set)
{
	fputs("{\n   \"columns\": [", stream);
	for (size_t i = 0; i < column_set_count(set); i++) {
		const struct column *column = column_set_at(set, i);

		fprintf(stream,
		        "%s\n      {\"name\": \"%s\", \"type\": \"%s\", \"help\": ", i ? "," : "",
		        column->name, column_type_name(column));
		int r = json_write_text(stream, column->help);
		if (r < 0)
			return r;
		fputc('}', stream);
	}
	fputs("\n   ]\n}\n", stream);
	return 0;
}

const char *json_library_version(void)
{
	return jansson_version_str();
}
