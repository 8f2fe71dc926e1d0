// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"
#include "ipcscope/text.h"

static struct node *parse_node_new(struct parser *parser, enum node_kind kind, struct node *first)
{
	struct node *node = arena_alloc(parser->arena, sizeof(*node));

	node->kind = kind;
	node->first = first;
	return node;
}

static const char *parse_field_word(const void *arg, size_t i)
{
	return field_is_public((enum field_id)i) ? fields[i].name : NULL;
}

static enum field_id parse_take_field(struct parser *parser)
{
	struct token token = parser->token;
	const char *word, *near;
	enum field_id field;

	if (token.kind == TOKEN_END) {
		filter_fail(parser, &token, "a comparison is missing here");
		return FIELD_NONE;
	}
	word = filter_quote(parser, &token);
	field = token.kind == TOKEN_WORD ? field_by_name(word) : FIELD_NONE;
	if (field && parse_field_word(NULL, field)) {
		filter_next(parser);
		return field;
	}
	near = text_nearest(word, parse_field_word, NULL, NR_FIELDS);
	if (token.kind != TOKEN_WORD || token_is_keyword(&token))
		filter_fail(parser, &token, "a field should stand here, not '%s'", word);
	else if (field)
		filter_fail(parser, &token, "'%s' is only for tables", word);
	else if (near)
		filter_fail(parser, &token, "no field '%s', perhaps '%s'?", word, near);
	else
		filter_fail(parser, &token, "no field '%s'", word);
	return FIELD_NONE;
}

/* What should be compared with; false if there is none. */
static bool parse_take_value(struct parser *parser, struct token *token)
{
	*token = parser->token;
	if (parser->failed)
		return false;
	if (token->kind == TOKEN_STRING ||
	    (token->kind == TOKEN_WORD && !token_is_keyword(token))) {
		filter_next(parser);
		return !parser->failed;
	}
	if (token->kind == TOKEN_END)
		filter_fail(parser, token, "a value is missing here");
	else
		filter_fail(parser, token, "a value should stand here, not '%s'",
			    filter_quote(parser, token));
	return false;
}

static struct node *parse_negated(struct parser *parser, struct node *node)
{
	return parse_node_new(parser, NODE_NOT, node);
}

static struct node *parse_in(struct parser *parser, struct node *node)
{
	struct operand **last = &node->operands;
	struct token open = parser->token;
	struct token value;

	node->op = OP_IN;
	if (!filter_take(parser, TOKEN_OPEN))
		return filter_fail(parser, &open, "'(' missing behind in");
	do {
		if (!parse_take_value(parser, &value))
			return NULL;
		*last = filter_operand(parser, node, &value);
		if (!*last)
			return NULL;
		last = &(*last)->next;
	} while (filter_take(parser, TOKEN_COMMA));
	if (filter_take(parser, TOKEN_CLOSE))
		return node;
	if (!parser->failed) {
		filter_fail(parser, &parser->token, "')' missing");
		filter_fail_also(parser, open.at);
	}
	return NULL;
}

/* For == of what? -1: no comparison. */
static int parse_comparison_of(const struct token *token, bool *negate)
{
	*negate = token->kind == TOKEN_NE;
	switch (token->kind) {
	case TOKEN_EQ:
	case TOKEN_NE:		return OP_EQ;
	case TOKEN_LT:		return OP_LT;
	case TOKEN_LE:		return OP_LE;
	case TOKEN_GT:		return OP_GT;
	case TOKEN_GE:		return OP_GE;
	case TOKEN_GLOB:	return OP_GLOB;
	case TOKEN_REGEX:	return OP_REGEX;
	default:		return -1;
	}
}

static bool parse_check_operator(struct parser *parser, const struct node *node,
				 const struct token *operator)
{
	const struct field *field = &fields[node->field];

	switch (node->op) {
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		if (type_is_ordered(field->type))
			return true;
		filter_fail(parser, operator, "%s has no order: it takes == != in%s",
			    field->name, type_is_text(field->type) ? " ~ =~" : "");
		return false;
	case OP_GLOB:
	case OP_REGEX:
		if (type_is_text(field->type))
			return true;
		filter_fail(parser, operator, "%s is no text: it takes == != in%s",
			    field->name, type_is_ordered(field->type) ? " < <= > >=" : "");
		return false;
	default:
		return true;
	}
}

static struct node *parse_mask(struct parser *parser, struct node *node)
{
	const struct token operator = parser->token;
	struct token value;

	if (!filter_take(parser, TOKEN_AND_BITS))
		return node;
	if (fields[node->field].type != TYPE_MODE &&
	    fields[node->field].type != TYPE_NUMBER)
		return filter_fail(parser, &operator, "%s has no bits to test",
				   fields[node->field].name);
	if (!parse_take_value(parser, &value) ||
	    !filter_bits(parser, node->field, &value, &node->mask))
		return NULL;
	node->masked = true;
	node->op = OP_BITS;
	return node;
}

/* "not in", with "not" to come. */
static bool parse_take_not_in(struct parser *parser)
{
	const struct token *not = &parser->token;
	const struct token in = filter_token(parser->expr, not->at + not->len);

	if (!token_is(not, "not") || !token_is(&in, "in"))
		return false;
	filter_next(parser);
	filter_next(parser);
	return true;
}

static struct node *parse_comparison(struct parser *parser, struct node *node)
{
	const struct token operator = parser->token;
	struct token value;
	bool negate;
	int op = parse_comparison_of(&operator, &negate);

	if (op < 0)
		return node;
	node->op = (enum test_op)op;
	filter_next(parser);
	if (!parse_check_operator(parser, node, &operator) || !parse_take_value(parser, &value))
		return NULL;
	if (node->op == OP_GLOB || node->op == OP_REGEX)
		node->operands = filter_pattern(parser, node, &value);
	else
		node->operands = filter_operand(parser, node, &value);
	if (!node->operands)
		return NULL;
	return negate ? parse_negated(parser, node) : node;
}

static struct node *parse_test(struct parser *parser)
{
	struct node *test = parse_node_new(parser, NODE_TEST, NULL);
	struct node *node;

	test->field = parse_take_field(parser);
	if (test->field == FIELD_NONE || !parse_mask(parser, test))
		return NULL;
	*vec_add(&parser->filter->tests) = test;
	if (filter_take_word(parser, "in")) {
		node = parse_in(parser, test);
	} else if (parse_take_not_in(parser)) {
		node = parse_in(parser, test);
		if (node)
			node = parse_negated(parser, node);
	} else {
		node = parse_comparison(parser, test);
	}
	if (node && test->field == FIELD_CLASS)
		test->classes = filter_test_classes(test);
	return node;
}

static struct node *parse_or(struct parser *parser);

static struct node *parse_brackets(struct parser *parser)
{
	const struct token open = parser->token;
	struct node *node;

	filter_next(parser);
	node = parse_or(parser);
	if (!node || filter_take(parser, TOKEN_CLOSE))
		return node;
	if (parser->token.kind == TOKEN_END) {
		filter_fail(parser, &parser->token, "')' missing");
		filter_fail_also(parser, open.at);
		return NULL;
	}
	return filter_fail(parser, &parser->token,
			   "and, or or ')' should stand here, not '%s'",
			   filter_quote(parser, &parser->token));
}

static struct node *parse_not(struct parser *parser)
{
	bool is_not = token_is(&parser->token, "not");
	struct node *node;

	if (parser->failed)
		return NULL;
	if (!is_not && parser->token.kind != TOKEN_OPEN)
		return parse_test(parser);
	if (++parser->depth > FILTER_DEPTH)
		return filter_fail(parser, &parser->token,
				   "more than %d brackets and nots in each other",
				   FILTER_DEPTH);
	if (is_not) {
		filter_next(parser);
		node = parse_not(parser);
		if (node)
			node = parse_negated(parser, node);
	} else {
		node = parse_brackets(parser);
	}
	parser->depth--;
	return node;
}

/* One or more of what @parse takes, with @word between them. */
static struct node *parse_list(struct parser *parser, const char *word, enum node_kind kind,
			       struct node *(*parse)(struct parser *parser))
{
	struct node *first = parse(parser);
	struct node *last = first;

	while (last && filter_take_word(parser, word)) {
		last->next = parse(parser);
		last = last->next;
	}
	if (!last)
		return NULL;
	return first == last ? first : parse_node_new(parser, kind, first);
}

static struct node *parse_and(struct parser *parser)
{
	return parse_list(parser, "and", NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *parser)
{
	return parse_list(parser, "or", NODE_OR, parse_and);
}

void filter_parse_all(struct parser *parser)
{
	filter_next(parser);
	parser->filter->root = parse_or(parser);
	if (parser->failed || parser->token.kind == TOKEN_END)
		return;
	if (parser->token.kind == TOKEN_CLOSE)
		filter_fail(parser, &parser->token, "')' without '('");
	else
		filter_fail(parser, &parser->token, "and or or should stand here, not '%s'",
			    filter_quote(parser, &parser->token));
}
