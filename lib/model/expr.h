/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The language of -Q and --check, in the syntax of scols-filter(5): columns in any case, numbers
 * with units (20% is 20, 1G is bytes, 5s is microseconds), "strings" and 'strings', true, yes,
 * false, no, == != < <= > >= =~ !~ (also eq ne lt le gt ge), ! (not), && (and), || (or), brackets.
 *
 * "or" binds least, then "and", then "not": not A == 1 is not (A == 1). A comparison with an unknown
 * value is false, != and !~ too; logic has two values, so !(A == 1) is then true. A list compares
 * true when any of its items does, for != and !~ when none is equal or matches. In a string \" \' \\
 * are the second byte, any other backslash is itself; a pattern (POSIX extended) keeps its own.
 */
#ifndef NSKIT_EXPR_H
#define NSKIT_EXPR_H

#include "base/base.h"
#include "model/value.h"

struct expr;

/* What went wrong in an expression. */
struct expr_error {
	size_t position;   /* byte offset */
	char message[200]; /* one line, printable: what was wrong, what would be right */
};

/* Looks up a column: its number in *ret, its type in *ret_type (VALUE_NONE: any). false: there is
 * none of that name. */
typedef bool (*expr_resolver)(void *context, const char *name, size_t *ret,
                              enum value_type *ret_type);

/* The value of column `column` of the row that `context` stands for. 0 or -errno. */
typedef int (*expr_getter)(void *context, size_t column, struct value *ret);

/*
 * Compiles `text`. Comparing a text column with a number, a regular expression that does not
 * compile, an unknown column are errors. 0, -EINVAL with *error filled, or -ENOMEM. *ret is freed
 * with expr_free.
 */
int expr_compile(const char *text, expr_resolver resolver, void *context, struct expr **ret,
                 struct expr_error *error) must_use;

/* Calls `visit` for each column that the expression reads. */
void expr_columns(const struct expr *expr, void (*visit)(void *context, size_t column),
                  void *context);

/* Evaluates it for one row. A bare column is true when it is yes, not 0, not empty. 0 or -errno of
 * the getter. */
int expr_holds(const struct expr *expr, expr_getter getter, void *context, bool *ret) must_use;

/* Frees it. Accepts NULL. */
void expr_free(struct expr *expr);

static inline void expr_free_at_end(struct expr **expr)
{
	expr_free(*expr);
}
#define auto_expr __attribute__((cleanup(expr_free_at_end)))

#endif
