/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns as a table, a tree or raw text: libsmartcols, here only. */
#ifndef NSKIT_TABLE_H
#define NSKIT_TABLE_H

#include <stdio.h>

#include "show/column.h"

struct table_options {
	bool raw; /* one space between cells, special bytes as \xNN, no alignment */
	bool noheadings;
	bool notruncate;
	bool nowrap;             /* lists in one line */
	bool is_tree;            /* draw the parents of rows */
	const char *tree_column; /* the column in which: NULL the first; drawn nowhere, as lsns
	                            does, when it is not among the chosen ones */
	bool color;              /* headings bold; meaning never by colour alone */
	size_t width; /* of the terminal: a last column with COLUMN_CUT is cut to it, and the tree of
	                 nodes as far as the columns beside it need the room; 0: no terminal, never
	                 cut */
};

/* Writes the table. 0 or -errno; the caller checks the stream for write errors. */
int table_print(FILE *stream, const struct columns *columns, const struct rows *rows,
                const struct table_options *options) must_use;

/* Writes the columns of a set with type and help, as -H does (`raw` as for tables). 0 or -errno. */
int table_print_columns(FILE *stream, const struct column_set *set,
                        const struct table_options *options) must_use;

/* The version of the library that lays out tables. */
const char *table_library_version(void);

#endif
