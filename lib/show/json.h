/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns as one JSON document, written row by row. */
#ifndef NSKIT_JSON_H
#define NSKIT_JSON_H

#include <stdio.h>

#include "show/column.h"

/*
 * One array of rows. With `nest` they lie in "children" of their parents; with `parents`, which is
 * for rows that do not nest, each says its "parent": the position in the array, from 0, or null.
 */
struct json_section {
	const char *key;
	const struct columns *columns;
	const struct rows *rows;
	bool nest;
	bool parents;
};

/*
 * Writes {"KEY": [rows], ..., "complete": bool, "gaps": [...]}, with a KEY for each section; there is
 * at least one, and all are of one snapshot. Keys of rows are column names in lower case. Always
 * valid UTF-8. `view` decides which gaps concern it. 0 or -errno.
 */
int json_print(FILE *stream, const struct json_section *sections, size_t count,
               const struct needs *view) must_use;

/* Writes the columns of a set: {"columns": [{"name", "type", "help"}]}. 0 or -errno. */
int json_print_columns(FILE *stream, const struct column_set *set) must_use;

/*
 * Writes one text as a JSON string, or null for NULL. Bytes that are no UTF-8 become the text \xNN;
 * no control character is written raw, DEL and U+0080-9F included. 0 or -errno.
 */
int json_write_text(FILE *stream, const char *text) must_use;

/*
 * Writes the members that end every document: "complete", and the "gaps" that concern a view that
 * needs this, each on a line of its own. 0 or -errno.
 */
int json_write_gaps(FILE *stream, const struct snapshot *snapshot, const struct needs *view)
	must_use;

/* The version of the JSON library. */
const char *json_library_version(void);

#endif
