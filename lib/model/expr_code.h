/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a compiled expression is made of: between the files of expr only. */
#ifndef NSKIT_EXPR_CODE_H
#define NSKIT_EXPR_CODE_H

#include <regex.h>

#include "base/arena.h"
#include "model/expr.h"

/* Brackets nest this deep at most: the parser calls itself once for each. */
#define EXPR_MAX_DEPTH 200

enum expr_operator {
	EXPR_BARE, /* the left side alone */
	EXPR_EQ,
	EXPR_NE,
	EXPR_LT,
	EXPR_LE,
	EXPR_GT,
	EXPR_GE,
	EXPR_MATCH,
	EXPR_MISMATCH,
};

enum expr_token_kind {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPERATOR,
	TOKEN_COLUMN,
	TOKEN_LITERAL,
};

struct expr_token {
	enum expr_token_kind kind;
	size_t position, length; /* in the source */
	enum expr_operator comparison;
	struct value literal;
	const char *pattern; /* text: as a regular expression reads it */
};

/* The source and how far it was read. */
struct expr_lexer {
	const char *text;
	size_t position;
	struct arena *arena;
	struct expr_error *error;
};

/* Reads the next token. 0, -EINVAL with *error filled, or -ENOMEM. */
int expr_next_token(struct expr_lexer *lexer, struct expr_token *ret) must_use;

/* Says what is wrong there. Returns -EINVAL, or -ENOMEM. */
int expr_fail(struct expr_lexer *lexer, size_t position, const char *format, ...) printf_like(3, 4)
	must_use;

/* A piece of the source for a message: printable, and no longer than fits. Never NULL. */
const char *expr_quote(struct expr_lexer *lexer, size_t position, size_t length);

/* A number with an optional unit; all of `length` bytes. 0, -EINVAL, or -ERANGE. */
int expr_parse_number(const char *text, size_t length, struct value *ret) must_use;

/* "true", "yes", "false", "no" in any case; all of `length` bytes. 0 or -EINVAL. */
int expr_parse_bool(const char *text, size_t length, bool *ret) must_use;

/* One side of a comparison. */
struct expr_operand {
	bool is_column;
	size_t column;
	enum value_type type;   /* of the column (VALUE_NONE: any), or of the literal */
	struct value literal;   /* where it is no column */
	struct value as_number; /* a text literal that reads as a number, for values of any type */
	const char *pattern;
	size_t position, length; /* in the source */
};

struct expr_test {
	enum expr_operator comparison;
	struct expr_operand left, right;
	regex_t *pattern; /* in the arena; freed with regfree */
};

/* One accumulator: a test sets it, the others read it. Jumps go forward only. */
enum expr_step_kind { STEP_TEST, STEP_NOT, STEP_JUMP_IF_TRUE, STEP_JUMP_IF_FALSE };

struct expr_step {
	enum expr_step_kind kind;
	uint32_t operand; /* the test's index, or the step to go on with */
};

struct expr {
	struct expr_step *steps;
	size_t n_steps, steps_capacity;
	struct expr_test *tests;
	size_t n_tests, tests_capacity;
	struct arena arena;
};

/* Checks that both sides go together and makes the literal what the other side wants; compiles a
 * pattern. 0, -EINVAL with *error filled, or -ENOMEM. */
int expr_check_test(struct expr_lexer *lexer, struct expr_test *test) must_use;

#endif
