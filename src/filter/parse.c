// SPDX-License-Identifier: GPL-2.0-or-later
/* An expression from its tokens: what may stand where. */
#include "internal.h"
#include "ipcscope/text.h"

static const struct {
	char text[3];
	enum token_kind kind;
} operators[] = {
	/* The longer ones first. */
	{ "==", TOKEN_EQ }, { "=~", TOKEN_REGEX }, { "!=", TOKEN_NE },
	{ "<=", TOKEN_LE }, { ">=", TOKEN_GE }, { "&&", TOKEN_BAD },
	{ "<", TOKEN_LT }, { ">", TOKEN_GT }, { "~", TOKEN_GLOB },
	{ "&", TOKEN_AND_BITS }, { "(", TOKEN_OPEN }, { ")", TOKEN_CLOSE },
	{ ",", TOKEN_COMMA }, { "=", TOKEN_BAD }, { "!", TOKEN_BAD },
};

/* The token that begins at or behind @at. A quote that is never closed, or an operator
 * that is none, is TOKEN_BAD. */
static struct token parse_token(const char *expr, size_t at)
{
	struct token token = { .kind = TOKEN_WORD };
	const char *end;
	size_t i;

	at += strspn(expr + at, " \t\n\v\f\r");
	token.at = at;
	token.data = expr + at;
	if (!expr[at]) {
		token.kind = TOKEN_END;
		return token;
	}
	if (expr[at] == '\'' || expr[at] == '"') {
		end = strchr(expr + at + 1, expr[at]);
		token.kind = end ? TOKEN_STRING : TOKEN_BAD;
		token.data = expr + at + 1;
		token.data_len = end ? (size_t)(end - token.data) : strlen(token.data);
		token.len = token.data_len + 1 + (end != NULL);
		return token;
	}
	for (i = 0; i < ARRAY_SIZE(operators); i++) {
		token.len = strlen(operators[i].text);
		if (!strncmp(expr + at, operators[i].text, token.len)) {
			token.kind = operators[i].kind;
			return token;
		}
	}
	token.data_len = token.len = strcspn(expr + at, "()=!<>~&,'\" \t\n\v\f\r");
	return token;
}

/* Points at the beginning of what never ended, too. */
static void parse_fail_also(struct parser *parser, size_t also)
{
	if (parser->error->has_also)
		return;
	parser->error->has_also = true;
	parser->error->also = also;
}

/* On to the next token; fails at one that is none. */
static void parse_next(struct parser *parser)
{
	struct token *token = &parser->token;

	parser->end = token->at + token->len;
	*token = parse_token(parser->expr, parser->end);
	if (token->kind != TOKEN_BAD)
		return;
	if (*parser->expr && strchr("'\"", parser->expr[token->at])) {
		struct token end = { .at = token->at + token->len };

		filter_fail(parser, &end, "closing %c missing", parser->expr[token->at]);
		parse_fail_also(parser, token->at);
	} else {
		filter_fail(parser, token, "'%s' is no operator, perhaps '%s'?",
			    filter_quote(parser, token), token->len == 2 ? "and" :
			    parser->expr[token->at] == '=' ? "==" : "not");
	}
}

static bool parse_is(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && token->data_len == strlen(word) &&
	       !memcmp(token->data, word, token->data_len);
}

static bool parse_is_keyword(const struct token *token)
{
	return parse_is(token, "and") || parse_is(token, "or") ||
	       parse_is(token, "not") || parse_is(token, "in");
}

/* Whether that comes; then it is behind us. */
static bool parse_accept(struct parser *parser, enum token_kind kind)
{
	if (parser->failed || parser->token.kind != kind)
		return false;
	parse_next(parser);
	return true;
}

static bool parse_take_word(struct parser *parser, const char *word)
{
	if (parser->failed || !parse_is(&parser->token, word))
		return false;
	parse_next(parser);
	return true;
}

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

static const char *parse_process_word(const void *arg, size_t i)
{
	return process_fields[i].name;
}

static enum field_id parse_take_field(struct parser *parser)
{
	word_fn *const known = parser->of_processes ? parse_process_word : parse_field_word;
	const size_t nr = parser->of_processes ? END_PROCESS_FIELDS - FIRST_PROCESS_FIELD : NR_FIELDS;
	struct token token = parser->token;
	const char *word, *name;
	struct hint hint;
	size_t i;

	if (token.kind == TOKEN_END) {
		filter_fail(parser, &token, "a comparison is missing here");
		return FIELD_NONE;
	}
	word = filter_quote(parser, &token);
	for (i = 0; i < nr && token.kind == TOKEN_WORD; i++) {
		name = known(NULL, i);
		if (!name || strcmp(name, word))
			continue;
		parse_next(parser);
		return (parser->of_processes ? FIRST_PROCESS_FIELD : FIELD_NONE) + (enum field_id)i;
	}
	if (token.kind != TOKEN_WORD || parse_is_keyword(&token))
		filter_fail(parser, &token, "a field should stand here, not '%s'", word);
	else if (!parser->of_processes && field_by_name(word))
		filter_fail(parser, &token, "'%s' is only for tables", word);
	else
		filter_fail(parser, &token, "no field '%s'%s", word,
			    text_hint(&hint, word, known, nr, parser->of_processes ?
				      "ipcscope help processes" : "ipcscope help fields"));
	return FIELD_NONE;
}

/* What should be compared with; false if there is none. */
static bool parse_take_value(struct parser *parser, struct token *token)
{
	*token = parser->token;
	if (parser->failed)
		return false;
	if (token->kind == TOKEN_STRING ||
	    (token->kind == TOKEN_WORD && !parse_is_keyword(token))) {
		parse_next(parser);
		return !parser->failed;
	}
	if (token->kind == TOKEN_END)
		return filter_fail(parser, token, "a value is missing here");
	return filter_fail(parser, token, "a value should stand here, not '%s'",
			   filter_quote(parser, token));
}

static struct node *parse_in(struct parser *parser, struct node *node)
{
	struct operand **last = &node->operands;
	struct token open = parser->token;
	struct token value;

	node->op = OP_IN;
	if (!parse_accept(parser, TOKEN_OPEN))
		return filter_fail(parser, &open, "'(' missing behind in");
	do {
		if (!parse_take_value(parser, &value))
			return NULL;
		*last = filter_operand(parser, node, &value);
		if (!*last)
			return NULL;
		last = &(*last)->next;
	} while (parse_accept(parser, TOKEN_COMMA));
	if (parse_accept(parser, TOKEN_CLOSE))
		return node;
	if (!parser->failed) {
		filter_fail(parser, &parser->token, "')' missing");
		parse_fail_also(parser, open.at);
	}
	return NULL;
}

/* The bits behind & that are tested, or compared. */
static struct node *parse_mask(struct parser *parser, struct node *node)
{
	const struct token operator = parser->token;
	const struct operand *mask;
	struct token value;

	if (!parse_accept(parser, TOKEN_AND_BITS))
		return node;
	if (field_info(node->field)->type != TYPE_MODE && field_info(node->field)->type != TYPE_NUMBER)
		return filter_fail(parser, &operator, "%s has no bits to test",
				   field_info(node->field)->name);
	if (!parse_take_value(parser, &value))
		return NULL;
	mask = filter_operand(parser, node, &value);
	if (!mask)
		return NULL;
	node->mask = mask->num;
	node->masked = true;
	node->op = OP_BITS;
	return node;
}

static struct node *parse_comparison(struct parser *parser, struct node *node)
{
	static const enum test_op ops[] = {
		[TOKEN_EQ] = OP_EQ, [TOKEN_NE] = OP_EQ, [TOKEN_LT] = OP_LT,
		[TOKEN_LE] = OP_LE, [TOKEN_GT] = OP_GT, [TOKEN_GE] = OP_GE,
		[TOKEN_GLOB] = OP_GLOB, [TOKEN_REGEX] = OP_REGEX, [TOKEN_BAD] = OP_KNOWN,
	};
	const struct field *field = field_info(node->field);
	const bool ordered = type_is_ordered(field->type), text = type_is_text(field->type);
	const struct token operator = parser->token;
	const enum test_op op = ops[operator.kind];
	const bool pattern = op == OP_GLOB || op == OP_REGEX;
	struct token value;

	if (op == OP_KNOWN)
		return node;
	node->op = op;
	parse_next(parser);
	if (op >= OP_LT && op <= OP_GE && !ordered)
		return filter_fail(parser, &operator, "%s has no order: it takes == != in%s",
				   field->name, text ? " ~ =~" : "");
	if (pattern && !text)
		return filter_fail(parser, &operator, "%s is no text: it takes == != in%s",
				   field->name, ordered ? " < <= > >=" : "");
	if (!parse_take_value(parser, &value))
		return NULL;
	node->operands = (pattern ? filter_pattern : filter_operand)(parser, node, &value);
	if (!node->operands)
		return NULL;
	return operator.kind == TOKEN_NE ? parse_node_new(parser, NODE_NOT, node) : node;
}

static struct node *parse_test(struct parser *parser)
{
	struct node *test = parse_node_new(parser, NODE_TEST, NULL), *node;
	struct token in;

	test->field = parse_take_field(parser);
	if (test->field == FIELD_NONE || !parse_mask(parser, test))
		return NULL;
	*vec_add(&parser->filter->tests) = test;
	in = parse_token(parser->expr, parser->token.at + parser->token.len);
	if (parse_take_word(parser, "in")) {
		node = parse_in(parser, test);
	} else if (parse_is(&in, "in") && parse_take_word(parser, "not")) {
		parse_next(parser);
		node = parse_in(parser, test);
		if (node)
			node = parse_node_new(parser, NODE_NOT, node);
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

	parse_next(parser);
	node = parse_or(parser);
	if (!node || parse_accept(parser, TOKEN_CLOSE))
		return node;
	if (parser->token.kind == TOKEN_END) {
		filter_fail(parser, &parser->token, "')' missing");
		parse_fail_also(parser, open.at);
		return NULL;
	}
	return filter_fail(parser, &parser->token,
			   "and, or or ')' should stand here, not '%s'",
			   filter_quote(parser, &parser->token));
}

static struct node *parse_not(struct parser *parser)
{
	bool is_not = parse_is(&parser->token, "not");
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
		parse_next(parser);
		node = parse_not(parser);
		if (node)
			node = parse_node_new(parser, NODE_NOT, node);
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

	while (last && parse_take_word(parser, word)) {
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

static struct filter *parse_all(const char *expr, bool of_processes, struct arena *arena,
				filter_lookup_fn *lookup, void *arg, struct filter_error *error)
{
	struct filter *filter = arena_alloc(arena, sizeof(*filter));
	struct parser parser = {
		.expr = expr, .of_processes = of_processes, .filter = filter, .arena = arena,
		.lookup = lookup, .arg = arg, .error = error,
	};

	filter->arena = arena;
	filter->scratch = arena_alloc(arena, sizeof(*filter->scratch));
	parse_next(&parser);
	filter->root = parse_or(&parser);
	if (!parser.failed && parser.token.kind == TOKEN_CLOSE)
		filter_fail(&parser, &parser.token, "')' without '('");
	else if (!parser.failed && parser.token.kind != TOKEN_END)
		filter_fail(&parser, &parser.token, "and or or should stand here, not '%s'",
			    filter_quote(&parser, &parser.token));
	if (!parser.failed)
		return filter;
	filter_free(filter);
	return NULL;
}

struct filter *filter_parse(const char *expr, struct arena *arena,
			    filter_lookup_fn *lookup, void *arg, struct filter_error *error)
{
	return parse_all(expr, false, arena, lookup, arg, error);
}

struct filter *filter_parse_processes(const char *expr, struct arena *arena,
				      filter_lookup_fn *lookup, void *arg,
				      struct filter_error *error)
{
	return parse_all(expr, true, arena, lookup, arg, error);
}
