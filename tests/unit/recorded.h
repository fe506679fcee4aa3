/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recorded tree of a host for --sysroot, made entry by entry. */
#ifndef NSKIT_RECORDED_H
#define NSKIT_RECORDED_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "base/base.h"

/* A tree that is made entry by entry, and removed in the opposite order. */
struct tree {
	char root[32];
	char *paths[128];
	size_t n_paths;
};

static inline const char *tree_add(struct tree *tree, const char *path)
{
	char *added = NULL;

	assert_true(tree->n_paths < ARRAY_SIZE(tree->paths));
	assert_true(asprintf(&added, "%s/%s", tree->root, path) > 0);
	tree->paths[tree->n_paths++] = added;
	return added;
}

static inline void make_directory(struct tree *tree, const char *path)
{
	assert_int_equal(mkdir(tree_add(tree, path), 0755), 0);
}

static inline void make_link(struct tree *tree, const char *path, const char *target)
{
	assert_int_equal(symlink(target, tree_add(tree, path)), 0);
}

static inline void make_file(struct tree *tree, const char *path, const char *text, size_t length)
{
	FILE *stream = fopen(tree_add(tree, path), "we");

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, length, stream), length);
	assert_int_equal(fclose(stream), 0);
}

static inline void make_text(struct tree *tree, const char *path, const char *text)
{
	make_file(tree, path, text, strlen(text));
}

static inline int tree_done(void **state)
{
	struct tree *tree = *state;
	int n_failed = 0;

	while (tree->n_paths > 0) {
		char *path = tree->paths[--tree->n_paths];
		n_failed += remove(path) != 0;
		free(path);
	}
	n_failed += rmdir(tree->root) != 0;
	free(tree);
	return n_failed;
}

static inline int tree_start(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	strcpy(tree->root, "/tmp/nskit-scan-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	*state = tree;
	return 0;
}

#endif
