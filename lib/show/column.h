/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A column is one row of a table and one getter; rows are places in a snapshot. */
#ifndef NSKIT_COLUMN_H
#define NSKIT_COLUMN_H

#include "base/arena.h"
#include "model/expr.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/value.h"

struct node;
struct victim;
struct tree;

/* What one line shows: a namespace, or a process in one. */
struct place {
	uint32_t space;   /* or NONE */
	uint32_t process; /* the process of the line; in a line for a namespace its leader, or NONE
			   */
	uint32_t parent;  /* position of the parent line, always before this one, or NONE */
	pid_t number;     /* --pid: the number of the process in that PID namespace; else 0 */
	const struct node *node; /* in a tree of nodes (nstree) what the line shows; else NULL */
	const struct victim *victim; /* pgkill: the process as it is signalled; else NULL */
	uint32_t n_same; /* how many folded leaves it stands for; 0 or 1: itself alone */
	uint32_t n_left; /* nodes below it that are not shown */
	uint32_t depth;  /* in a tree of nodes: 0 is a root */
};

struct rows {
	const struct snapshot *snapshot;
	const struct tree *tree; /* of which the nodes are; else NULL */
	struct place *items;     /* the owner frees it */
	size_t count;
	bool are_processes;  /* lines stand for processes, not for namespaces */
	bool all_shows_left; /* --all would show what n_left counts; else it is too deep */
};

/* What a getter sees. */
struct row {
	const struct snapshot *snapshot;
	struct arena *scratch; /* for texts made on the way; reset after each row */
	const struct place *place;
	const struct tree *tree; /* or NULL */
	bool is_process;
	bool has_children; /* the next line hangs below this one */
	bool all_shows_left;
	uint32_t levels; /* of a tree that is drawn in lines: so many are indented, those below
			    hang higher than they are; 0: none is drawn */
};

/* The row at that position, for getters. */
struct row rows_at(const struct rows *rows, size_t position, struct arena *scratch);

enum column_flag {
	COLUMN_RIGHT = 1 << 0, /* numbers: right-aligned */
	COLUMN_WRAP = 1 << 1,  /* lists: an item a line, unless --nowrap */
	COLUMN_CUT = 1 << 2, /* the beginning alone still tells something: a terminal may cut it */
	COLUMN_UNITS = 1 << 3, /* display has units, for people: raw output has the number */
};

struct column {
	const char *name;    /* [A-Z0-9_]+, stable */
	const char *heading; /* NULL: the name */
	const char *help;    /* a phrase for --list-columns and --help */
	enum value_type type;
	unsigned flags;
	struct needs needs;
	int (*get)(const struct row *row,
	           struct value *ret); /* 0 or -ENOMEM; *ret VALUE_NONE: unknown or none */
};

/* "text", "number", "bool" or "list": what --list-columns says. */
const char *column_type_name(const struct column *column);

/* The columns that a tool has: those of this table, then those of `more`. */
struct column_set {
	const struct column *columns;
	size_t count; /* in this table */
	const struct column_set *more;
};

/* How many columns there are in all. */
size_t column_set_count(const struct column_set *set);

/* The column at that position, below column_set_count. */
const struct column *column_set_at(const struct column_set *set, size_t position);

/* The chosen ones, in order. `items` is the owner's to free. */
struct columns {
	const struct column **items;
	size_t count, capacity;
};

/* Frees the list. Accepts all zero. */
void columns_done(struct columns *columns);
#define auto_columns __attribute__((cleanup(columns_done)))

/* The column of that name in any case, or NULL. */
const struct column *column_find(const struct column_set *set, const char *name);

/*
 * Adds the columns of a comma list. A list that begins with + is added to what `columns` has,
 * another replaces it. 0, -ENOMEM, or -EINVAL and *ret_unknown (in `arena`) is the name that no
 * column has.
 */
int columns_choose(struct arena *arena, const struct column_set *set, const char *list,
                   struct columns *columns, const char **ret_unknown) must_use;

/* Adds all columns of the set that are not there yet. 0 or -ENOMEM. */
int columns_add_all(const struct column_set *set, struct columns *columns) must_use;

/* The union of what they need. */
struct needs columns_needs(const struct columns *columns);

/* A filter over the columns of a set. All zero: none. */
struct filter {
	const struct column_set *set;
	struct expr *expr;
};

/* Compiles -Q. 0, -ENOMEM, or -EINVAL with *error filled. */
int filter_compile(const struct column_set *set, const char *text, struct filter *ret,
                   struct expr_error *error) must_use;

/* What the columns that it reads need. */
struct needs filter_needs(const struct filter *filter);

/* Whether it holds for the row. 0 or -errno. */
int filter_holds(const struct filter *filter, const struct row *row, bool *ret) must_use;

/* Frees it. Accepts all zero. */
void filter_done(struct filter *filter);

#endif
