/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns as a table, a tree or raw text: libsmartcols, here only. */
#include "show/table.h"

#include <libsmartcols.h>

#include "base/text.h"

/*
 * libsmartcols draws and indents a tree by recursion, a level a call. Deeper lines than this hang
 * below their ancestor on this level.
 */
#define MAX_DEPTH 60

/* What one level is indented by. On a terminal a half of each line is for indenting, or nothing would
 * be seen of deep ones. */
#define INDENT 2

#define BOLD "\033[1m"

static void unref_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}
#define auto_table __attribute__((cleanup(unref_table)))

/* A printed line, for those below it. */
struct drawn {
	struct libscols_line *line;
	uint32_t depth;
	uint32_t parent; /* position of its parent as it is drawn, or NONE */
};

struct painter {
	struct libscols_table *table;
	const struct columns *columns;
	const struct rows *rows;
	const struct table_options *options;
	struct drawn *drawn; /* of each row, when a tree is drawn */
	uint32_t levels;     /* that are indented; 0: no tree is drawn */
	struct arena *scratch;
	bool utf8;
};

/* libsmartcols allocates, and reports nothing else that can happen here. */
static int checked(int r)
{
	return r < 0 ? r : r > 0 ? -EINVAL : 0;
}

static bool has_own_lines(const struct painter *painter, const struct column *column)
{
	return column->flags & COLUMN_WRAP && !painter->options->nowrap && !painter->options->raw;
}

/* The position of the column that carries the tree, or SIZE_MAX. */
static size_t tree_position(const struct columns *columns, const struct table_options *options)
{
	if (!options->is_tree || columns->count == 0)
		return SIZE_MAX;
	if (!options->tree_column)
		return 0;
	for (size_t i = 0; i < columns->count; i++)
		if (is_equal(columns->items[i]->name, options->tree_column))
			return i;
	return SIZE_MAX;
}

/* Whether the last column is cut to the terminal. Half a number or id would be another one. */
static bool is_cut(const struct columns *columns, const struct table_options *options)
{
	if (options->width == 0 || options->notruncate || columns->count == 0)
		return false;
	return columns->items[columns->count - 1]->flags & COLUMN_CUT;
}

/* How many levels of the tree are indented; 0: no tree is drawn. */
static uint32_t levels_of(const struct columns *columns, const struct rows *rows,
                          const struct table_options *options)
{
	const size_t levels = options->width / 2 / INDENT;

	if (tree_position(columns, options) == SIZE_MAX)
		return 0;
	/* Only in the label of a node its depth can be told. */
	if (!rows->tree || options->width == 0 || options->notruncate || levels >= MAX_DEPTH)
		return MAX_DEPTH;
	return levels < 2 ? 2 : (uint32_t)levels;
}

static int column_flags(const struct painter *painter, size_t position, bool is_tree)
{
	const struct column *column = painter->columns->items[position];
	const bool is_last = position + 1 == painter->columns->count;
	int flags = 0;

	if (is_tree)
		flags |= SCOLS_FL_TREE;
	else if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if (has_own_lines(painter, column))
		flags |= SCOLS_FL_WRAP;
	else if (is_last && is_cut(painter->columns, painter->options))
		flags |= SCOLS_FL_TRUNC;
	return flags;
}

static int add_column(struct painter *painter, size_t position, bool is_tree)
{
	const struct column *column = painter->columns->items[position];
	const char *heading = column->heading ? column->heading : column->name;
	struct libscols_column *drawn = scols_table_new_column(
		painter->table, heading, 0, column_flags(painter, position, is_tree));

	if (!drawn)
		return -ENOMEM;
	if (painter->options->color) {
		int r = scols_cell_set_color(scols_column_get_header(drawn), BOLD);
		if (r != 0)
			return checked(r);
	}
	if (!has_own_lines(painter, column))
		return 0;
	int r = scols_column_set_wrapfunc(drawn, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
	                                  NULL);
	return checked(r != 0 ? r : scols_column_set_safechars(drawn, "\n"));
}

static int add_columns(struct painter *painter)
{
	const size_t tree = tree_position(painter->columns, painter->options);

	for (size_t i = 0; i < painter->columns->count; i++) {
		int r = add_column(painter, i, i == tree);

		if (r < 0)
			return r;
	}
	return 0;
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

/* *ret NULL: an empty cell. */
static int cell_text(const struct painter *painter, const struct column *column,
                     const struct row *row, const char **ret)
{
	struct value value = { 0 };
	int r = column->get(row, &value);

	if (r < 0)
		return r;
	if (value.type == VALUE_LIST && !value.display && has_own_lines(painter, column)) {
		*ret = lines_of(painter, &value.as.list);
		return *ret ? 0 : -ENOMEM;
	}
	*ret = NULL;
	if (value.type == VALUE_NONE && !value.display)
		return 0;
	*ret = value_to_text(painter->scratch, &value, ',');
	/* libsmartcols escapes blanks, backslashes and all that is not printable in raw output. */
	if (*ret && !painter->options->raw)
		*ret = text_printable(painter->scratch, *ret, painter->utf8);
	return *ret ? 0 : -ENOMEM;
}

static int fill_line(const struct painter *painter, struct libscols_line *line,
                     const struct row *row)
{
	for (size_t i = 0; i < painter->columns->count; i++) {
		const char *text = NULL;
		int r = cell_text(painter, painter->columns->items[i], row, &text);

		if (r == 0 && text && *text != '\0')
			r = checked(scols_line_set_data(line, i, text));
		if (r < 0)
			return r;
	}
	return 0;
}

/* The line that this row hangs below: its parent, or the ancestor on the deepest level. */
static struct libscols_line *place_in_tree(struct painter *painter, size_t position)
{
	struct drawn *drawn = &painter->drawn[position];
	uint32_t parent = painter->rows->items[position].parent;

	*drawn = (struct drawn){ .parent = NONE };
	if (parent == NONE || parent >= position)
		return NULL;
	if (painter->drawn[parent].depth + 1 >= painter->levels)
		parent = painter->drawn[parent].parent;
	drawn->parent = parent;
	drawn->depth = painter->drawn[parent].depth + 1;
	return painter->drawn[parent].line;
}

static int add_line(struct painter *painter, size_t position)
{
	struct row row = rows_at(painter->rows, position, painter->scratch);
	struct libscols_line *parent = painter->drawn ? place_in_tree(painter, position) : NULL;
	struct libscols_line *line = scols_table_new_line(painter->table, parent);

	if (!line)
		return -ENOMEM;
	if (painter->drawn)
		painter->drawn[position].line = line;
	row.levels = painter->levels;
	int r = fill_line(painter, line, &row);
	arena_reset(painter->scratch);
	return r;
}

static int set_up(struct libscols_table *table, FILE *stream, const struct table_options *options)
{
	int r = scols_table_set_stream(table, stream);

	if (r == 0)
		r = scols_table_enable_raw(table, options->raw);
	if (r == 0)
		r = scols_table_enable_noheadings(table, options->noheadings);
	/* Cells are made printable before libsmartcols sees them; \x1b must not become \x5cx1b. */
	if (r == 0)
		r = scols_table_enable_noencoding(table, !options->raw);
	if (r == 0)
		r = scols_table_enable_colors(table, options->color);
	if (r == 0)
		r = scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	return checked(r);
}

/* Makes libsmartcols cut columns to the terminal. 0 or -errno. */
static int set_width(struct libscols_table *table, size_t width)
{
	int r = scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);

	return checked(r != 0 ? r : scols_table_set_termwidth(table, width));
}

static int new_table(FILE *stream, const struct table_options *options, struct libscols_table **ret)
{
	auto_table struct libscols_table *table = scols_new_table();

	if (!table)
		return -ENOMEM;
	int r = set_up(table, stream, options);
	if (r < 0)
		return r;
	*ret = take_pointer(&table);
	return 0;
}

int table_print(FILE *stream, const struct columns *columns, const struct rows *rows,
                const struct table_options *options)
{
	auto_table struct libscols_table *table = NULL;
	auto_arena struct arena scratch = { 0 };
	auto_free struct drawn *drawn = NULL;
	int r = new_table(stream, options, &table);

	if (r == 0 && is_cut(columns, options))
		r = set_width(table, options->width);
	if (r < 0)
		return r;
	const uint32_t levels = levels_of(columns, rows, options);
	if (levels > 0 && rows->count > 0) {
		drawn = calloc(rows->count, sizeof(*drawn));
		if (!drawn)
			return -ENOMEM;
	}
	struct painter painter = { .table = table,
		                   .columns = columns,
		                   .rows = rows,
		                   .options = options,
		                   .drawn = drawn,
		                   .levels = levels,
		                   .scratch = &scratch,
		                   .utf8 = text_is_utf8_locale() };
	r = add_columns(&painter);
	for (size_t i = 0; r == 0 && i < rows->count; i++)
		r = add_line(&painter, i);
	return r < 0 ? r : checked(scols_print_table(table));
}

static int add_description(struct libscols_table *table, const struct column *column)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		return -ENOMEM;
	int r = scols_line_set_data(line, 0, column->name);
	if (r == 0)
		r = scols_line_set_data(line, 1, column_type_name(column));
	if (r == 0)
		r = scols_line_set_data(line, 2, column->help);
	return checked(r);
}

int table_print_columns(FILE *stream, const struct column_set *set,
                        const struct table_options *options)
{
	struct table_options without_headings = *options;
	auto_table struct libscols_table *table = NULL;

	without_headings.noheadings = true;
	int r = new_table(stream, &without_headings, &table);
	if (r < 0)
		return r;
	if (!scols_table_new_column(table, "NAME", 0, SCOLS_FL_RIGHT) ||
	    !scols_table_new_column(table, "TYPE", 0, 0) ||
	    !scols_table_new_column(table, "HELP", 0, 0))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < column_set_count(set); i++)
		r = add_description(table, column_set_at(set, i));
	return r < 0 ? r : checked(scols_print_table(table));
}

const char *table_library_version(void)
{
	const char *version = NULL;

	scols_get_library_version(&version);
	return version;
}
