/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns as a table, a tree or raw text: libsmartcols, here only. */
#include "show/table.h"

#include <libsmartcols.h>

#include "base/text.h"
#include "show/table_part.h"

#define BOLD "\033[1m"

static void unref_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}
#define auto_table __attribute__((cleanup(unref_table)))

/* libsmartcols allocates, and reports nothing else that can happen here. */
static int checked(int r)
{
	return r < 0 ? r : r > 0 ? -EINVAL : 0;
}

static int column_flags(const struct painter *painter, size_t position)
{
	const struct column *column = painter->columns->items[position];
	const bool is_last = position + 1 == painter->columns->count;
	int flags = 0;

	if (position == painter->tree)
		flags |= SCOLS_FL_TREE;
	else if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if (table_has_own_lines(painter, column))
		flags |= SCOLS_FL_WRAP;
	else if (is_last && table_is_cut(painter->columns, painter->options))
		flags |= SCOLS_FL_TRUNC;
	return flags;
}

static int add_column(struct painter *painter, size_t position)
{
	const struct column *column = painter->columns->items[position];
	struct libscols_column *drawn = scols_table_new_column(
		painter->table, table_heading(column), 0, column_flags(painter, position));

	if (!drawn)
		return -ENOMEM;
	if (painter->options->color) {
		int r = scols_cell_set_color(scols_column_get_header(drawn), BOLD);
		if (r != 0)
			return checked(r);
	}
	if (!table_has_own_lines(painter, column))
		return 0;
	int r = scols_column_set_wrapfunc(drawn, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
	                                  NULL);
	return checked(r != 0 ? r : scols_column_set_safechars(drawn, "\n"));
}

static int add_columns(struct painter *painter)
{
	for (size_t i = 0; i < painter->columns->count; i++) {
		int r = add_column(painter, i);

		if (r < 0)
			return r;
	}
	return 0;
}

static int fill_line(const struct painter *painter, struct libscols_line *line,
                     const struct row *row, size_t indent)
{
	for (size_t i = 0; i < painter->columns->count; i++) {
		const char *text = NULL;
		int r = table_cell(painter, painter->columns->items[i], row, &text);

		if (r == 0 && i == painter->nodes)
			r = table_cut_label(painter, indent, &text);
		if (r == 0 && text && *text != '\0')
			r = checked(scols_line_set_data(line, i, text));
		if (r < 0)
			return r;
	}
	return 0;
}

/* The line that the row is to hang below, or NULL. */
static struct libscols_line *line_above(struct painter *painter, size_t position)
{
	if (!painter->drawn)
		return NULL;
	table_place(painter, position);
	const uint32_t parent = painter->drawn[position].parent;
	return parent == NONE ? NULL : painter->drawn[parent].line;
}

static int add_line(struct painter *painter, size_t position)
{
	struct row row = rows_at(painter->rows, position, painter->scratch);
	struct libscols_line *line =
		scols_table_new_line(painter->table, line_above(painter, position));

	if (!line)
		return -ENOMEM;
	if (painter->drawn)
		painter->drawn[position].line = line;
	row.levels = painter->levels;
	int r = fill_line(painter, line, &row, table_indent(painter, position));
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

	if (r == 0 && table_is_cut(columns, options))
		r = set_width(table, options->width);
	if (r < 0)
		return r;
	struct painter painter = { .table = table,
		                   .columns = columns,
		                   .rows = rows,
		                   .options = options,
		                   .scratch = &scratch,
		                   .utf8 = text_is_utf8_locale() };
	table_find_tree(&painter);
	if (painter.levels > 0 && rows->count > 0) {
		painter.drawn = drawn = calloc(rows->count, sizeof(*drawn));
		if (!drawn)
			return -ENOMEM;
	}
	r = table_share_width(&painter);
	if (r == 0)
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
