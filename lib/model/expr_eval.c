/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps to yes or no, for one row. */
#include "model/expr_code.h"

void expr_free(struct expr *expr)
{
	if (!expr)
		return;
	for (size_t i = 0; i < expr->n_tests; i++) {
		if (expr->tests[i].pattern)
			regfree(expr->tests[i].pattern);
	}
	free(expr->steps);
	free(expr->tests);
	arena_done(&expr->arena);
	free(expr);
}

void expr_columns(const struct expr *expr, void (*visit)(void *context, size_t column),
                  void *context)
{
	for (size_t i = 0; i < expr->n_tests; i++) {
		const struct expr_test *test = &expr->tests[i];

		if (test->left.is_column)
			visit(context, test->left.column);
		if (test->comparison != EXPR_BARE && test->right.is_column)
			visit(context, test->right.column);
	}
}

/* A column whose type is only known now may give an object: what it shows is its text. */
static const char *text_of(const struct value *value)
{
	if (value->type == VALUE_TEXT)
		return value->as.text;
	return value->type == VALUE_OBJECT ? value->display : NULL;
}

/* -1, 0, 1 in *ret; false where the two cannot be compared. */
static bool compare(const struct value *left, const struct value *right, int *ret)
{
	const char *left_text = text_of(left), *right_text = text_of(right);

	if (left_text && right_text) {
		*ret = strcmp(left_text, right_text);
		return true;
	}
	if (value_is_numeric(left->type) && value_is_numeric(right->type)) {
		*ret = value_compare(left, right);
		return true;
	}
	if (left->type != VALUE_BOOL || right->type != VALUE_BOOL)
		return false;
	*ret = value_compare(left, right);
	return true;
}

static bool is_order_wanted(enum expr_operator comparison, int order)
{
	switch (comparison) {
	case EXPR_EQ:
		return order == 0;
	case EXPR_NE:
		return order != 0;
	case EXPR_LT:
		return order < 0;
	case EXPR_LE:
		return order <= 0;
	case EXPR_GT:
		return order > 0;
	case EXPR_GE:
		return order >= 0;
	case EXPR_BARE:
	case EXPR_MATCH:
	case EXPR_MISMATCH:
		break;
	}
	return false;
}

static bool is_matched(const regex_t *pattern, const struct value *value)
{
	char scratch[VALUE_SCRATCH_SIZE];
	const char *text = text_of(value);

	if (!text)
		text = value_scalar_text(value, scratch);
	return text && regexec(pattern, text, 0, NULL, 0) == 0;
}

/* A side of a test for this row. */
struct side {
	const struct expr_operand *operand;
	struct value value;
};

/* The value to compare with `other`: a text literal may be a number where the other side is one. */
static const struct value *value_against(const struct side *side, const struct value *other)
{
	if (!side->operand->is_column && value_is_numeric(other->type) &&
	    side->operand->as_number.type != VALUE_NONE)
		return &side->operand->as_number;
	return &side->value;
}

/* `item` is the left side, or one item of it; of negated comparisons the plain one is asked. */
static bool is_item(const struct expr_test *test, enum expr_operator comparison,
                    const struct value *item, const struct side *right)
{
	int order;

	if (test->pattern)
		return is_matched(test->pattern, item);
	return compare(item, value_against(right, item), &order) &&
	       is_order_wanted(comparison, order);
}

static bool is_any_item(const struct expr_test *test, enum expr_operator comparison,
                        const struct value_list *list, const struct side *right)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_item(test, comparison, &list->items[i], right))
			return true;
	}
	return false;
}

/* The same question with its sides exchanged. */
static enum expr_operator mirrored(enum expr_operator comparison)
{
	switch (comparison) {
	case EXPR_LT:
		return EXPR_GT;
	case EXPR_LE:
		return EXPR_GE;
	case EXPR_GT:
		return EXPR_LT;
	case EXPR_GE:
		return EXPR_LE;
	default:
		return comparison;
	}
}

/* For a list: any item, but for != and !~: no item is equal, or matches. */
static bool is_list(const struct expr_test *test, enum expr_operator comparison,
                    const struct value_list *list, const struct side *right)
{
	if (comparison == EXPR_MISMATCH)
		return !is_any_item(test, EXPR_MATCH, list, right);
	if (comparison == EXPR_NE)
		return !is_any_item(test, EXPR_EQ, list, right);
	return is_any_item(test, comparison, list, right);
}

static bool is_compared(const struct expr_test *test, const struct side *left,
                        const struct side *right)
{
	if (left->value.type == VALUE_NONE || right->value.type == VALUE_NONE)
		return false;
	if (left->value.type == VALUE_LIST)
		return is_list(test, test->comparison, &left->value.as.list, right);
	if (right->value.type == VALUE_LIST)
		return is_list(test, mirrored(test->comparison), &right->value.as.list, left);
	if (test->comparison == EXPR_MISMATCH)
		return !is_matched(test->pattern, &left->value);
	return is_item(test, test->comparison, value_against(left, &right->value), right);
}

/* Yes, not 0, not empty. */
static bool is_something(const struct value *value)
{
	switch (value->type) {
	case VALUE_NONE:
		return false;
	case VALUE_TEXT:
		return value->as.text[0] != '\0';
	case VALUE_NUMBER:
		return value->as.number != 0;
	case VALUE_SIGNED:
		return value->as.signed_number != 0;
	case VALUE_REAL:
		return value->as.real < 0 || value->as.real > 0;
	case VALUE_BOOL:
		return value->as.flag;
	case VALUE_LIST:
		return value->as.list.count > 0;
	case VALUE_OBJECT:
		return value->as.object.count > 0;
	}
	return false;
}

static int get_side(const struct expr_operand *operand, expr_getter getter, void *context,
                    struct side *ret)
{
	*ret = (struct side){ .operand = operand, .value = operand->literal };
	return operand->is_column ? getter(context, operand->column, &ret->value) : 0;
}

static int run_test(const struct expr_test *test, expr_getter getter, void *context, bool *ret)
{
	struct side left, right;
	int r = get_side(&test->left, getter, context, &left);

	if (r < 0)
		return r;
	if (test->comparison == EXPR_BARE) {
		*ret = is_something(&left.value);
		return 0;
	}
	r = get_side(&test->right, getter, context, &right);
	if (r < 0)
		return r;
	*ret = is_compared(test, &left, &right);
	return 0;
}

int expr_holds(const struct expr *expr, expr_getter getter, void *context, bool *ret)
{
	bool holds = false;

	for (size_t i = 0; i < expr->n_steps; i++) {
		const struct expr_step *step = &expr->steps[i];
		int r = 0;

		/* a jump's aim is the step to go on with; the loop adds one */
		if (step->kind == STEP_TEST)
			r = run_test(&expr->tests[step->operand], getter, context, &holds);
		else if (step->kind == STEP_NOT)
			holds = !holds;
		else if (holds == (step->kind == STEP_JUMP_IF_TRUE))
			i = step->operand - 1;
		if (r < 0)
			return r;
	}
	*ret = holds;
	return 0;
}
