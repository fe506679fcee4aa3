/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small language of patterns on the last components of a control group path. */
#ifndef NSKIT_PATHPATTERN_H
#define NSKIT_PATHPATTERN_H

#include "base/base.h"

/* Part of a text, not NUL-terminated; all zero is none. */
struct piece {
	const char *text;
	size_t length;
};

/* What a pattern found. All of them point into the path. */
struct pattern_match {
	struct piece id;      /* what lies between < and > */
	struct piece name;    /* {name} */
	struct piece runtime; /* {runtime} */
	struct piece first;   /* the outermost component that the pattern took */
};

/*
 * Whether the pattern matches the end of `path`, which has no leading "/", component by component.
 * A pattern that begins with "/" must match all of it. {hex64} {hex32} are so many lower case hex
 * digits, {uuid} a UUID, {uid} the same or with "_" or as 32 hex digits, {number} decimal digits;
 * {name} {runtime} {any} are one byte or more within a component.
 */
bool pattern_matches(const char *pattern, struct piece path, struct pattern_match *ret);

/* Cuts the last component off the path and returns it; the path is empty after the first one. */
struct piece piece_cut_last(struct piece *path);

/* Whether these are 64 lower case hex digits: the id of a container, and nobody's name. */
bool piece_is_hex64(struct piece piece);

#endif
