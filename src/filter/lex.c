// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"

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

static bool lex_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool lex_is_wordly(char c)
{
	return c && !lex_is_blank(c) && !strchr("()=!<>~&,'\"", c);
}

static void lex_take_string(const char *expr, struct token *token)
{
	const char *start = expr + token->at + 1;
	const char *end = strchr(start, start[-1]);

	token->kind = end ? TOKEN_STRING : TOKEN_BAD;
	token->data = start;
	token->data_len = end ? (size_t)(end - start) : strlen(start);
	token->len = token->data_len + 1 + (end != NULL);
}

struct token filter_token(const char *expr, size_t at)
{
	struct token token = { .kind = TOKEN_WORD };
	size_t i;

	while (lex_is_blank(expr[at]))
		at++;
	token.at = at;
	token.data = expr + at;
	if (!expr[at]) {
		token.kind = TOKEN_END;
		return token;
	}
	if (expr[at] == '\'' || expr[at] == '"') {
		lex_take_string(expr, &token);
		return token;
	}
	for (i = 0; i < ARRAY_SIZE(operators); i++) {
		token.len = strlen(operators[i].text);
		if (!strncmp(expr + at, operators[i].text, token.len)) {
			token.kind = operators[i].kind;
			return token;
		}
	}
	for (token.len = 0; lex_is_wordly(expr[at + token.len]);)
		token.len++;
	token.data_len = token.len;
	return token;
}

void filter_fail_also(struct parser *parser, size_t also)
{
	if (parser->error->has_also)
		return;
	parser->error->has_also = true;
	parser->error->also = also;
}

void filter_next(struct parser *parser)
{
	struct token *token = &parser->token;

	parser->end = token->at + token->len;
	*token = filter_token(parser->expr, parser->end);
	if (token->kind != TOKEN_BAD)
		return;
	if (*parser->expr && strchr("'\"", parser->expr[token->at])) {
		struct token end = { .at = token->at + token->len };

		filter_fail(parser, &end, "closing %c missing", parser->expr[token->at]);
		filter_fail_also(parser, token->at);
	} else {
		filter_fail(parser, token, "'%s' is no operator, perhaps '%s'?",
			    filter_quote(parser, token), token->len == 2 ? "and" :
			    parser->expr[token->at] == '=' ? "==" : "not");
	}
}

bool token_is(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && token->data_len == strlen(word) &&
	       !memcmp(token->data, word, token->data_len);
}

bool token_is_keyword(const struct token *token)
{
	return token_is(token, "and") || token_is(token, "or") ||
	       token_is(token, "not") || token_is(token, "in");
}

bool filter_take(struct parser *parser, enum token_kind kind)
{
	if (parser->failed || parser->token.kind != kind)
		return false;
	filter_next(parser);
	return true;
}

bool filter_take_word(struct parser *parser, const char *word)
{
	if (parser->failed || !token_is(&parser->token, word))
		return false;
	filter_next(parser);
	return true;
}
