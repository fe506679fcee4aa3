/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of table share: inside lib/show/table*.c only. */
#ifndef NSKIT_TABLE_PART_H
#define NSKIT_TABLE_PART_H

#include "show/table.h"

struct libscols_line;
struct libscols_table;

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
	size_t tree;         /* position of the column that carries the tree, or SIZE_MAX */
	size_t nodes;    /* of the column of labels of nodes, drawn as a tree or not; or SIZE_MAX */
	uint32_t levels; /* that are indented; 0: no tree is drawn */
	size_t room;     /* columns of the terminal for the labels; 0: as many as they take */
	struct arena *scratch;
	bool utf8;
};

/* Whether the items of its lists have a line each. */
bool table_has_own_lines(const struct painter *painter, const struct column *column);

/* Whether the last column is cut to the terminal. */
bool table_is_cut(const struct columns *columns, const struct table_options *options);

/* What stands above the column. */
const char *table_heading(const struct column *column);

/* Which columns carry the tree and the labels, how many levels are indented. */
void table_find_tree(struct painter *painter);

/* What the cell shows: NULL for an empty one. In the scratch arena. 0 or -errno. */
int table_cell(const struct painter *painter, const struct column *column, const struct row *row,
               const char **ret) must_use;

/* Gives the row a place in the tree: below its parent, or the ancestor on the deepest level. */
void table_place(struct painter *painter, size_t position);

/* By how many columns the line there is indented, once it has its place. */
size_t table_indent(const struct painter *painter, size_t position);

/* Cuts the label of a node to what its indent leaves of the room. 0 or -ENOMEM. */
int table_cut_label(const struct painter *painter, size_t indent, const char **text) must_use;

/* On a terminal: where labels take so much that the columns beside them would not fit, limits their
 * room, and the levels with it. 0 or -errno. */
int table_share_width(struct painter *painter) must_use;

#endif
