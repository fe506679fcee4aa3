/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The outline of a large JSON document, so that its records can be parsed one at a time: where the
 * members of the outermost object and the items of an array begin and end. What lies between is
 * not checked here. Inside lib/scan only.
 */
#ifndef NSKIT_DOCUMENT_H
#define NSKIT_DOCUMENT_H

#include "base/base.h"

/* Bytes of the document: from `start` to before `end`. */
struct slice {
	size_t start, end;
};

/* The text of a document, not necessarily NUL-terminated. */
struct document {
	const char *text;
	size_t length;
};

/* A member of the outermost object. */
struct document_member {
	struct slice key; /* without its quotes */
	struct slice value;
};

/*
 * The members of the outermost object, in order. *ret is the caller's to free. 0, -ENOMEM, or
 * -EBADMSG and *ret_position is where it is no object or ends too early, or -ENOTEMPTY and
 * *ret_position is where something follows it.
 */
int document_members(const struct document *document, struct document_member **ret,
                     size_t *ret_count, size_t *ret_position) must_use;

/*
 * The next item of the array in `array`; *cursor is 0 for the first one and moves. 1 and *ret, 0 at
 * the end, or -EBADMSG where it is no array or badly formed (*cursor is where).
 */
int document_next_item(const struct document *document, const struct slice *array, size_t *cursor,
                       struct slice *ret) must_use;

/* The number of the line that holds this byte, from 1. */
size_t document_line(const struct document *document, size_t position);

#endif
