/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host's tree on disk, made of an input. */
#ifndef NSKIT_FUZZ_TREE_H
#define NSKIT_FUZZ_TREE_H

#include "base/base.h"

/*
 * Makes the tree below a new directory in $TMPDIR, and returns its path. The input is a list of
 * files: a line "=PATH" and what the file holds, "=PATH>WHERE" for a symbolic link, "=PATH/" for a
 * directory. Paths lie below the directory; what cannot be made is left out.
 */
char *tree_make(const uint8_t *data, size_t size);

/* Removes it, and frees its path. */
void tree_remove(char *root);

#endif
