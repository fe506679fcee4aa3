/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nslist was asked for, and the view that follows from it. */
#ifndef NSKIT_NSLIST_H
#define NSKIT_NSLIST_H

#include "base/arena.h"
#include "model/arrange.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/target.h"
#include "show/column.h"
#include "tools/cli.h"

/* The command line. */
struct nslist_options {
	struct cli_common common;
	unsigned types;   /* NS_BITs of --type; 0: not given */
	unsigned sources; /* SOURCE_* of --scan; 0: not given */
	enum arrangement arrangement;
	bool persistent;
	bool why;
	const char *pid;    /* --pid, or NULL */
	const char **tasks; /* --task */
	const char *const *operands;
	size_t n_tasks, tasks_capacity, n_operands;
};

enum view_kind {
	VIEW_NAMESPACES, /* all, or those that the targets are in */
	VIEW_MEMBERS,    /* the processes in the namespaces that are the targets */
	VIEW_NUMBERS,    /* the numbers of one process */
	VIEW_WHY,        /* what keeps each shown namespace alive */
};

/* What follows from the command line before anything is read. All zero is an empty view. */
struct view {
	const struct nslist_options *options;
	struct arena arena;
	enum view_kind kind;
	struct columns columns;
	struct columns own_row; /* VIEW_MEMBERS: for a namespace without a process */
	struct filter filter;
	struct target *targets;
	struct meaning *meanings;
	size_t n_targets;
	bool are_spaces;    /* the targets are namespaces */
	struct needs needs; /* what is shown is computed from this */
	struct needs scan;  /* the same, and what it takes to resolve the targets */
	unsigned depends;   /* SOURCE_* that a shown value depends on */
};

void view_done(struct view *view);
#define auto_view __attribute__((cleanup(view_done)))

/*
 * Targets, columns, filter and needs of the view; misuse exits 2. Returns EXIT_OK, or the exit code
 * of what was said.
 */
int view_plan(const struct nslist_options *options, struct view *ret);

/* Finds the targets in the snapshot, all of them before anything is shown. Returns an exit code. */
int view_resolve(struct view *view, const struct snapshot *snapshot);

/* Whether the snapshot can tell what the targets are in; says of which it cannot. Returns an exit
 * code. */
int view_check(const struct view *view, const struct snapshot *snapshot);

/* Selects, arranges and prints, and notes what the rows depend on that was not looked at. Returns an
 * exit code. */
int view_show(struct view *view, struct snapshot *snapshot);

#endif
