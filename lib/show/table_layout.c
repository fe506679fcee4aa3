/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in the cells of a table, how deep its tree is indented, and which column gets how much of
 * a terminal. */
#include "base/text.h"
#include "show/table_part.h"

/*
 * libsmartcols draws and indents a tree by recursion, a level a call. Deeper lines than this hang
 * below their ancestor on this level.
 */
#define MAX_DEPTH 60

/* What one level is indented by. On a terminal a half of each line is for indenting, or nothing would
 * be seen of deep ones. */
#define INDENT 2

/* Parts of the terminal's width: what labels are cut to at the least, else they are not cut at all; and
 * what they leave to a last column that can be cut itself. */
#define LEAST_LABEL(width) ((width) / 3)
#define LEAST_LAST(width) ((width) / 4)

bool table_has_own_lines(const struct painter *painter, const struct column *column)
{
	return column->flags & COLUMN_WRAP && !painter->options->nowrap && !painter->options->raw;
}

/* Half a number or id would be another one. */
bool table_is_cut(const struct columns *columns, const struct table_options *options)
{
	if (options->width == 0 || options->notruncate || columns->count == 0)
		return false;
	return columns->items[columns->count - 1]->flags & COLUMN_CUT;
}

const char *table_heading(const struct column *column)
{
	return column->heading ? column->heading : column->name;
}

/* The position of the column with that name, NULL: the first; or SIZE_MAX. */
static size_t find_column(const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!name || is_equal(columns->items[i]->name, name))
			return i;
	return SIZE_MAX;
}

/* How many levels are indented where the tree has so many columns of the terminal (0: no terminal). */
static uint32_t levels_in(const struct painter *painter, size_t width)
{
	const size_t levels = width / 2 / INDENT;

	if (painter->tree == SIZE_MAX)
		return 0;
	/* Only in the label of a node its depth can be told. */
	if (!painter->rows->tree || width == 0 || painter->options->notruncate ||
	    levels >= MAX_DEPTH)
		return MAX_DEPTH;
	return levels < 2 ? 2 : (uint32_t)levels;
}

void table_find_tree(struct painter *painter)
{
	const struct table_options *options = painter->options;

	painter->tree = SIZE_MAX;
	painter->nodes = SIZE_MAX;
	if (options->is_tree)
		painter->tree = find_column(painter->columns, options->tree_column);
	if (painter->rows->tree && options->tree_column)
		painter->nodes = find_column(painter->columns, options->tree_column);
	painter->levels = levels_in(painter, options->width);
}

/* Each item on a line of its own; a newline in an item is escaped like any control byte. */
static const char *lines_of(const struct painter *painter, const struct value_list *list)
{
	const char **texts = arena_alloc(painter->scratch, (list->count + 1) * sizeof(*texts));
	size_t size = 1;

	if (!texts)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const char *text = value_to_text(painter->scratch, &list->items[i], ',');

		texts[i] = text_printable(painter->scratch, text ? text : "", painter->utf8);
		if (!texts[i])
			return NULL;
		size += strlen(texts[i]) + 1;
	}
	char *lines = arena_alloc(painter->scratch, size);
	char *end = lines;
	for (size_t i = 0; lines && i < list->count; i++) {
		if (i)
			*end++ = '\n';
		end = stpcpy(end, texts[i]);
	}
	return lines;
}

int table_cell(const struct painter *painter, const struct column *column, const struct row *row,
               const char **ret)
{
	struct value value = { 0 };
	int r = column->get(row, &value);

	if (r < 0)
		return r;
	if (value.type == VALUE_LIST && !value.display && table_has_own_lines(painter, column)) {
		*ret = lines_of(painter, &value.as.list);
		return *ret ? 0 : -ENOMEM;
	}
	if (painter->options->raw && column->flags & COLUMN_UNITS)
		value.display = NULL;
	*ret = NULL;
	if (value.type == VALUE_NONE && !value.display)
		return 0;
	*ret = value_to_text(painter->scratch, &value, ',');
	/* libsmartcols escapes blanks, backslashes and all that is not printable in raw output. */
	if (*ret && !painter->options->raw)
		*ret = text_printable(painter->scratch, *ret, painter->utf8);
	return *ret ? 0 : -ENOMEM;
}

void table_place(struct painter *painter, size_t position)
{
	struct drawn *drawn = &painter->drawn[position];
	uint32_t parent = painter->rows->items[position].parent;

	*drawn = (struct drawn){ .parent = NONE };
	if (parent == NONE || parent >= position)
		return;
	if (painter->drawn[parent].depth + 1 >= painter->levels)
		parent = painter->drawn[parent].parent;
	drawn->parent = parent;
	drawn->depth = painter->drawn[parent].depth + 1;
}

size_t table_indent(const struct painter *painter, size_t position)
{
	return painter->drawn ? (size_t)painter->drawn[position].depth * INDENT : 0;
}

int table_cut_label(const struct painter *painter, size_t indent, const char **text)
{
	const size_t left = painter->room > indent ? painter->room - indent : 0;

	if (painter->room == 0 || !*text)
		return 0;
	*text = text_cut(painter->scratch, *text, left);
	return *text ? 0 : -ENOMEM;
}

/* Of the lines of a cell the longest. 0 or -ENOMEM. */
static int cell_width(const struct painter *painter, const char *text, size_t *ret)
{
	*ret = 0;
	while (text) {
		const size_t length = strcspn(text, "\n");
		const char *line = arena_copy(painter->scratch, text, length);
		if (!line)
			return -ENOMEM;
		const size_t width = text_width(line);
		*ret = width > *ret ? width : *ret;
		text = text[length] ? text + length + 1 : NULL;
	}
	return 0;
}

/* Widens `widths` to what the cells of that row take. 0 or -errno. */
static int measure_row(struct painter *painter, size_t position, size_t *widths)
{
	struct row row = rows_at(painter->rows, position, painter->scratch);
	int r = 0;

	if (painter->drawn)
		table_place(painter, position);
	row.levels = painter->levels;
	for (size_t i = 0; r == 0 && i < painter->columns->count; i++) {
		const char *text = NULL;
		size_t width = 0;
		r = table_cell(painter, painter->columns->items[i], &row, &text);
		if (r == 0)
			r = cell_width(painter, text, &width);
		if (i == painter->nodes)
			width += table_indent(painter, position);
		widths[i] = width > widths[i] ? width : widths[i];
	}
	arena_reset(painter->scratch);
	return r;
}

/* The width of each column as it would be drawn whole. 0 or -errno. */
static int measure(struct painter *painter, size_t *widths)
{
	int r = 0;

	for (size_t i = 0; i < painter->columns->count && !painter->options->noheadings; i++)
		widths[i] = text_width(table_heading(painter->columns->items[i]));
	for (size_t i = 0; r == 0 && i < painter->rows->count; i++)
		r = measure_row(painter, i, widths);
	return r;
}

/* What the other columns, and a blank before each, leave of the terminal; 0: less than is of use. */
static size_t find_room(const struct painter *painter, const size_t *widths)
{
	const size_t width = painter->options->width, last = painter->columns->count - 1;
	size_t taken = last;

	for (size_t i = 0; i <= last; i++) {
		bool is_shared = i == last && widths[i] > LEAST_LAST(width) &&
		                 table_is_cut(painter->columns, painter->options);
		if (i != painter->nodes)
			taken += is_shared ? LEAST_LAST(width) : widths[i];
	}
	return taken + LEAST_LABEL(width) <= width ? width - taken : 0;
}

int table_share_width(struct painter *painter)
{
	const struct table_options *options = painter->options;
	const size_t nodes = painter->nodes;

	if (nodes == SIZE_MAX || nodes + 1 == painter->columns->count || options->width == 0 ||
	    options->notruncate || options->raw)
		return 0;
	auto_free size_t *widths = calloc(painter->columns->count, sizeof(*widths));
	if (!widths)
		return -ENOMEM;
	int r = measure(painter, widths);
	const size_t room = r == 0 ? find_room(painter, widths) : 0;
	if (room == 0 || widths[nodes] <= room)
		return r;
	painter->room = room;
	painter->levels = levels_in(painter, room);
	return 0;
}
