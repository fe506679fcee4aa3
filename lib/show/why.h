/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --why: every reference that keeps a namespace alive, one a line, and what would have to go for it
 * to go. */
#ifndef NSKIT_WHY_H
#define NSKIT_WHY_H

#include <stdio.h>

#include "show/column.h"

/* Writes a paragraph for each row's namespace. Text is made printable for the locale. 0 or -errno.
 */
int why_print(FILE *stream, const struct rows *rows) must_use;

#endif
