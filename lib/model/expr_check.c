/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the two sides of a comparison go together: found out before the first row is read. */
#include "model/expr_code.h"

/* glibc's regcomp(3) calls itself for each bracket, and its tables grow with the pattern. */
#define PATTERN_MAX_LENGTH 4096
#define PATTERN_MAX_BRACKETS 200

static const char *quote(struct expr_lexer *lexer, const struct expr_operand *operand)
{
	return expr_quote(lexer, operand->position, operand->length);
}

static bool is_scalar(enum value_type type)
{
	return value_is_numeric(type) || type == VALUE_TEXT || type == VALUE_BOOL;
}

static const char *type_name(enum value_type type)
{
	if (value_is_numeric(type))
		return "a number";
	if (type == VALUE_TEXT)
		return "text";
	return "yes or no";
}

/* A text where a number is wanted: lsns users write NS == "4026531836". */
static int text_to_number(struct expr_lexer *lexer, const struct expr_operand *column,
                          struct expr_operand *literal)
{
	if (literal->as_number.type == VALUE_NONE)
		return expr_fail(lexer, literal->position, "%s is a number, %s is none",
		                 quote(lexer, column), quote(lexer, literal));
	literal->literal = literal->as_number;
	literal->type = literal->literal.type;
	return 0;
}

static int to_bool(struct expr_lexer *lexer, const struct expr_operand *column,
                   struct expr_operand *literal)
{
	const char *text = literal->type == VALUE_TEXT ? literal->literal.as.text : "";
	bool flag = literal->type == VALUE_NUMBER && literal->literal.as.number == 1;
	bool is_number = flag || (literal->type == VALUE_NUMBER && literal->literal.as.number == 0);

	if (!is_number && expr_parse_bool(text, strlen(text), &flag) < 0)
		return expr_fail(lexer, literal->position, "%s is yes or no, not %s",
		                 quote(lexer, column), quote(lexer, literal));
	literal->literal = value_bool(flag);
	literal->type = VALUE_BOOL;
	return 0;
}

static int fit_literal(struct expr_lexer *lexer, const struct expr_operand *column,
                       struct expr_operand *literal)
{
	bool is_number = value_is_numeric(column->type);

	if (!is_scalar(column->type) || column->type == literal->type ||
	    (is_number && value_is_numeric(literal->type)))
		return 0;
	if (is_number && literal->type == VALUE_TEXT)
		return text_to_number(lexer, column, literal);
	if (is_number)
		return expr_fail(lexer, literal->position, "%s is a number: compare it with one",
		                 quote(lexer, column));
	if (column->type == VALUE_BOOL)
		return to_bool(lexer, column, literal);
	return expr_fail(lexer, literal->position, "%s is text: put quotes around %s",
	                 quote(lexer, column), quote(lexer, literal));
}

/* Two columns, or two literals. */
static int check_alike(struct expr_lexer *lexer, const struct expr_test *test)
{
	const struct expr_operand *left = &test->left, *right = &test->right;
	bool both_numeric = value_is_numeric(left->type) && value_is_numeric(right->type);

	if (left->type == VALUE_LIST && right->type == VALUE_LIST)
		return expr_fail(lexer, right->position,
		                 "%s and %s are lists: compare a list with one value",
		                 quote(lexer, left), quote(lexer, right));
	if (!is_scalar(left->type) || !is_scalar(right->type) || left->type == right->type ||
	    both_numeric)
		return 0;
	return expr_fail(lexer, right->position, "%s is %s, %s is %s", quote(lexer, left),
	                 type_name(left->type), quote(lexer, right), type_name(right->type));
}

static int check_order(struct expr_lexer *lexer, const struct expr_test *test)
{
	bool is_order = test->comparison >= EXPR_LT && test->comparison <= EXPR_GE;

	if (is_order && (test->left.type == VALUE_BOOL || test->right.type == VALUE_BOOL))
		return expr_fail(lexer, test->right.position,
		                 "yes and no have no order: use == or !=");
	return 0;
}

static int check_pattern_size(struct expr_lexer *lexer, const struct expr_operand *right)
{
	size_t brackets = 0;

	for (const char *p = right->pattern; *p; p++)
		brackets += *p == '(';
	if (strlen(right->pattern) > PATTERN_MAX_LENGTH || brackets > PATTERN_MAX_BRACKETS)
		return expr_fail(lexer, right->position,
		                 "the regular expression is too long: at most %d bytes and %d "
		                 "brackets",
		                 PATTERN_MAX_LENGTH, PATTERN_MAX_BRACKETS);
	return 0;
}

static int compile_pattern(struct expr_lexer *lexer, struct expr_test *test)
{
	char message[100];
	regex_t *pattern;
	int r;

	if (!test->right.pattern)
		return expr_fail(lexer, test->right.position,
		                 "a regular expression is a text in quotes, not %s",
		                 quote(lexer, &test->right));
	r = check_pattern_size(lexer, &test->right);
	if (r < 0)
		return r;
	pattern = arena_alloc(lexer->arena, sizeof(*pattern));
	if (!pattern)
		return -ENOMEM;
	r = regcomp(pattern, test->right.pattern, REG_EXTENDED | REG_NOSUB);
	if (r == REG_ESPACE)
		return -ENOMEM;
	if (r != 0) {
		regerror(r, pattern, message, sizeof(message));
		return expr_fail(lexer, test->right.position, "%s is no regular expression: %s",
		                 quote(lexer, &test->right), message);
	}
	test->pattern = pattern;
	return 0;
}

int expr_check_test(struct expr_lexer *lexer, struct expr_test *test)
{
	int r;

	if (test->comparison == EXPR_BARE)
		return 0;
	if (test->comparison == EXPR_MATCH || test->comparison == EXPR_MISMATCH)
		return compile_pattern(lexer, test);
	if (test->left.is_column && !test->right.is_column)
		r = fit_literal(lexer, &test->left, &test->right);
	else if (test->right.is_column && !test->left.is_column)
		r = fit_literal(lexer, &test->right, &test->left);
	else
		r = check_alike(lexer, test);
	return r < 0 ? r : check_order(lexer, test);
}
