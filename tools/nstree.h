/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nstree was asked for, and the view that follows from it. */
#ifndef NSKIT_NSTREE_H
#define NSKIT_NSTREE_H

#include "base/arena.h"
#include "model/layout.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/target.h"
#include "model/tree.h"
#include "show/column.h"
#include "tools/cli.h"

/* Whether like leaves are drawn as one: on a terminal, unless it was said. */
enum folding { FOLD_AUTO, FOLD_NEVER, FOLD_ALWAYS };

/* The command line. */
struct nstree_options {
	struct cli_common common;
	struct tree_options tree;
	enum folding folding;
	size_t depth; /* of the deepest rows, roots have 0; SIZE_MAX: of any */
	bool up;
	bool can;
	bool orphaned;
	bool has_depth;
	bool has_view;               /* VIEW was written */
	const char *const *operands; /* targets: VIEW is none of them */
	size_t n_operands;
};

/* What follows from the command line before anything is read. All zero is an empty view. */
struct view {
	const struct nstree_options *options;
	struct arena arena;
	struct columns columns;
	struct filter filter;
	struct target *targets;
	struct meaning *meanings;
	size_t n_targets;
	bool fold;
	struct needs needs; /* what is shown is computed from this */
	struct needs scan;  /* the same, and what it takes to resolve the targets */
};

void view_done(struct view *view);
#define auto_view __attribute__((cleanup(view_done)))

/* What is to be known of a view beside its tree. */
struct view_info {
	const char *name;
	const char *columns; /* of JSON, where none are asked for */
	bool has_processes;  /* it has lines for processes: columns are read of each */
};

extern const struct view_info view_infos[TREE_N_VIEWS];

/* The view of that name, or TREE_N_VIEWS. */
enum tree_view view_by_name(const char *name);

/*
 * Targets, columns, filter and needs of the view; misuse exits 2. Returns EXIT_OK, or the exit code
 * of what was said.
 */
int view_plan(const struct nstree_options *options, struct view *ret);

/* Finds the targets in the snapshot, all of them before anything is shown; with --can only what the
 * answer depends on is left of the view's needs. Returns an exit code. */
int view_resolve(struct view *view, const struct snapshot *snapshot);

/* Builds the tree, lays it out and prints it; notes what a check could not tell. Returns an exit
 * code. */
int view_show(const struct view *view, struct snapshot *snapshot);

/* What the answer of --can depends on: once it is known, on nothing that others hide. */
struct needs can_needs(const struct snapshot *snapshot, uint32_t process, uint32_t space);

/*
 * --can: prints which capabilities the process has over the namespace, why, and which it lacks, in
 * words or as JSON; `view` decides which gaps concern it. With --strict an answer that is not
 * known is EXIT_INCOMPLETE, whether or not a gap is the reason. Returns an exit code.
 */
int can_print(const struct cli_common *common, const struct snapshot *snapshot, uint32_t process,
              uint32_t space, const struct needs *view);

#endif
