/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to steps: "or" binds least, then "and", then "not", then comparisons. */
#include "model/expr_code.h"

#include "base/vec.h"

struct parser {
	struct expr *expr;
	struct expr_lexer lexer;
	struct expr_token token; /* the one that comes next */
	size_t depth;
	expr_resolver resolver;
	void *context;
};

/* What was parsed: a side of a comparison that may still come, or steps that were written. */
struct parsed {
	bool is_operand;
	struct expr_operand operand;
};

static int parse_or(struct parser *parser, struct parsed *ret) must_use;

static int advance(struct parser *parser)
{
	return expr_next_token(&parser->lexer, &parser->token);
}

static int add_step(struct expr *expr, enum expr_step_kind kind, uint32_t operand)
{
	int r = VEC_GROW(&expr->steps, &expr->steps_capacity, expr->n_steps);

	if (r < 0)
		return r;
	expr->steps[expr->n_steps++] = (struct expr_step){ .kind = kind, .operand = operand };
	return 0;
}

static int add_test(struct parser *parser, const struct expr_test *test)
{
	struct expr *expr = parser->expr;
	int r = VEC_GROW(&expr->tests, &expr->tests_capacity, expr->n_tests);

	if (r < 0)
		return r;
	/* owned from here on, so that a pattern is freed whatever fails next */
	expr->tests[expr->n_tests++] = *test;
	r = expr_check_test(&parser->lexer, &expr->tests[expr->n_tests - 1]);
	return r < 0 ? r : add_step(expr, STEP_TEST, (uint32_t)(expr->n_tests - 1));
}

/* What stood alone is a question of its own: yes, not 0, not empty. */
static int settle(struct parser *parser, struct parsed *parsed)
{
	struct expr_test test = { .comparison = EXPR_BARE, .left = parsed->operand };

	if (!parsed->is_operand)
		return 0;
	parsed->is_operand = false;
	return add_test(parser, &test);
}

static int expect_value(struct parser *parser)
{
	const struct expr_token *token = &parser->token;

	if (token->kind == TOKEN_END)
		return expr_fail(&parser->lexer, token->position,
		                 "it ends where a column or a value should come");
	return expr_fail(&parser->lexer, token->position,
	                 "a column or a value should come before %s",
	                 expr_quote(&parser->lexer, token->position, token->length));
}

/* Whether a column has the name that `changed` is; a name that does is kept there. */
static bool is_column(struct parser *parser, const char *changed)
{
	enum value_type type;
	size_t column;

	return parser->resolver(parser->context, changed, &column, &type);
}

static const char name_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/* One byte of `name` is something else, or one more is there. */
static bool find_changed(struct parser *parser, const char *name, size_t length, size_t at,
                         char *changed)
{
	for (const char *byte = name_bytes; *byte; byte++) {
		memcpy(changed, name, length + 1);
		changed[at] = *byte;
		if (at < length && is_column(parser, changed))
			return true;
		memcpy(changed + at + 1, name + at, length + 1 - at);
		if (is_column(parser, changed))
			return true;
	}
	return false;
}

/* One byte of `name` is missing, or it stands before its predecessor. */
static bool find_swapped(struct parser *parser, const char *name, size_t length, size_t at,
                         char *changed)
{
	if (at >= length)
		return false;
	memcpy(changed, name, at);
	memcpy(changed + at, name + at + 1, length - at);
	if (is_column(parser, changed))
		return true;
	memcpy(changed, name, length + 1);
	if (at == 0)
		return false;
	changed[at] = name[at - 1];
	changed[at - 1] = name[at];
	return is_column(parser, changed);
}

/* A column whose name is one slip of the fingers away, or NULL. The resolver can only be asked. */
static const char *find_near_column(struct parser *parser, const char *name)
{
	size_t length = strlen(name);
	char *changed = length <= 64 ? arena_alloc(parser->lexer.arena, length + 2) : NULL;

	if (!changed)
		return NULL;
	for (size_t at = 0; at <= length; at++) {
		if (find_swapped(parser, name, length, at, changed) ||
		    find_changed(parser, name, length, at, changed))
			return changed;
	}
	return NULL;
}

static int fail_unknown(struct parser *parser, const char *name)
{
	const struct expr_token *token = &parser->token;
	const char *shown = expr_quote(&parser->lexer, token->position, token->length);
	const char *near = find_near_column(parser, name);

	if (near)
		return expr_fail(&parser->lexer, token->position, "no column %s (there is %s)",
		                 shown, near);
	return expr_fail(&parser->lexer, token->position, "no column %s; text needs quotes: \"%s\"",
	                 shown, shown);
}

static int parse_column(struct parser *parser, struct expr_operand *operand)
{
	const struct expr_token *token = &parser->token;
	const char *name = arena_copy(parser->lexer.arena, parser->lexer.text + token->position,
	                              token->length);

	if (!name)
		return -ENOMEM;
	if (!parser->resolver(parser->context, name, &operand->column, &operand->type))
		return fail_unknown(parser, name);
	operand->is_column = true;
	return 0;
}

static void parse_literal(const struct expr_token *token, struct expr_operand *operand)
{
	operand->literal = token->literal;
	operand->type = token->literal.type;
	operand->pattern = token->pattern;
	/* a text that is no number is none: as_number stays unknown */
	if (operand->type == VALUE_TEXT &&
	    expr_parse_number(token->literal.as.text, strlen(token->literal.as.text),
	                      &operand->as_number) < 0)
		operand->as_number = value_none();
}

static int parse_brackets(struct parser *parser, struct parsed *ret)
{
	size_t open = parser->token.position;
	int r;

	if (parser->depth == EXPR_MAX_DEPTH)
		return expr_fail(&parser->lexer, open, "brackets nest deeper than %d",
		                 EXPR_MAX_DEPTH);
	parser->depth++;
	r = advance(parser);
	if (r == 0)
		r = parse_or(parser, ret);
	if (r < 0)
		return r;
	parser->depth--;
	if (parser->token.kind != TOKEN_CLOSE)
		return expr_fail(&parser->lexer, open, "the bracket is not closed");
	return advance(parser);
}

static int parse_operand(struct parser *parser, struct parsed *ret)
{
	const struct expr_token *token = &parser->token;
	struct parsed parsed = { .is_operand = true };
	int r = 0;

	if (token->kind == TOKEN_OPEN)
		return parse_brackets(parser, ret);
	parsed.operand.position = token->position;
	parsed.operand.length = token->length;
	if (token->kind == TOKEN_COLUMN)
		r = parse_column(parser, &parsed.operand);
	else if (token->kind == TOKEN_LITERAL)
		parse_literal(token, &parsed.operand);
	else
		r = expect_value(parser);
	if (r < 0)
		return r;
	*ret = parsed;
	return advance(parser);
}

static int parse_comparison(struct parser *parser, struct parsed *ret)
{
	struct parsed left = { 0 }, right = { 0 };
	struct expr_test test = { 0 };
	size_t position;
	int r = parse_operand(parser, &left);

	if (r < 0)
		return r;
	if (parser->token.kind != TOKEN_OPERATOR) {
		*ret = left;
		return 0;
	}
	position = parser->token.position;
	test.comparison = parser->token.comparison;
	r = advance(parser);
	if (r == 0)
		r = parse_operand(parser, &right);
	if (r < 0)
		return r;
	if (!left.is_operand || !right.is_operand)
		return expr_fail(&parser->lexer, position,
		                 "only columns and values can be compared, not comparisons");
	if (parser->token.kind == TOKEN_OPERATOR)
		return expr_fail(&parser->lexer, parser->token.position,
		                 "comparisons do not chain: A < B and B < C");
	test.left = left.operand;
	test.right = right.operand;
	*ret = (struct parsed){ .is_operand = false };
	return add_test(parser, &test);
}

/* "not A == B" is not (A == B): the other reading, (not A) == B, never says anything. */
static int parse_not(struct parser *parser, struct parsed *ret)
{
	bool is_negated = false, is_odd = false;
	int r;

	while (parser->token.kind == TOKEN_NOT) {
		is_negated = true;
		is_odd = !is_odd;
		r = advance(parser);
		if (r < 0)
			return r;
	}
	r = parse_comparison(parser, ret);
	if (r < 0 || !is_negated)
		return r;
	r = settle(parser, ret);
	return r < 0 || !is_odd ? r : add_step(parser->expr, STEP_NOT, 0);
}

/* The jumps of a chain wait for its end as a list through their operands. */
static void land_jumps(struct expr *expr, uint32_t last)
{
	while (last != NONE) {
		uint32_t before = expr->steps[last].operand;

		expr->steps[last].operand = (uint32_t)expr->n_steps;
		last = before;
	}
}

/* A chain of one operator: as soon as one part decides, the rest is skipped. */
static int parse_chain(struct parser *parser, enum expr_token_kind joint, enum expr_step_kind jump,
                       int (*parse_part)(struct parser *, struct parsed *), struct parsed *ret)
{
	uint32_t last_jump = NONE;
	int r = parse_part(parser, ret);

	while (r == 0 && parser->token.kind == joint) {
		r = settle(parser, ret);
		if (r == 0)
			r = add_step(parser->expr, jump, last_jump);
		if (r < 0)
			return r;
		last_jump = (uint32_t)(parser->expr->n_steps - 1);
		r = advance(parser);
		if (r == 0)
			r = parse_part(parser, ret);
		if (r == 0)
			r = settle(parser, ret);
	}
	if (r == 0)
		land_jumps(parser->expr, last_jump);
	return r;
}

static int parse_and(struct parser *parser, struct parsed *ret)
{
	return parse_chain(parser, TOKEN_AND, STEP_JUMP_IF_FALSE, parse_not, ret);
}

static int parse_or(struct parser *parser, struct parsed *ret)
{
	return parse_chain(parser, TOKEN_OR, STEP_JUMP_IF_TRUE, parse_and, ret);
}

static int parse_all(struct parser *parser)
{
	struct parsed parsed;
	const struct expr_token *token = &parser->token;
	int r = advance(parser);

	if (r == 0)
		r = parse_or(parser, &parsed);
	if (r == 0)
		r = settle(parser, &parsed);
	if (r < 0)
		return r;
	if (token->kind == TOKEN_CLOSE)
		return expr_fail(&parser->lexer, token->position, "no bracket is open here");
	if (token->kind != TOKEN_END)
		return expr_fail(&parser->lexer, token->position,
		                 "an operator (==, and, or) should come before %s",
		                 expr_quote(&parser->lexer, token->position, token->length));
	return 0;
}

int expr_compile(const char *text, expr_resolver resolver, void *context, struct expr **ret,
                 struct expr_error *error)
{
	auto_expr struct expr *expr = calloc(1, sizeof(*expr));
	struct parser parser = { .expr = expr, .resolver = resolver, .context = context };
	int r;

	if (!expr)
		return -ENOMEM;
	parser.lexer = (struct expr_lexer){ .text = text, .arena = &expr->arena, .error = error };
	/* steps and tests are numbered with 32 bits, and there is at most one for each byte */
	if (strlen(text) >= NONE / 2)
		return expr_fail(&parser.lexer, 0, "the expression is too long");
	r = parse_all(&parser);
	if (r < 0)
		return r;
	*ret = take_pointer(&expr);
	return 0;
}
