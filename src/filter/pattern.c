// SPDX-License-Identifier: GPL-2.0-or-later
/* Globs and regular expressions in a filter. */
#include <fnmatch.h>

#include "internal.h"
#include "ipcscope/text.h"

/* "\x2a" means that byte and not what it means in a pattern. */
static bool pattern_add_byte(struct buf *buf, enum test_op op, const char *escape)
{
	struct buf byte = {};
	bool good = text_unescape(&byte, escape, 4) && byte.data[0];

	if (good) {
		if (strchr(op == OP_GLOB ? "*?[]\\" : ".[]{}()*+?|^$\\", byte.data[0]))
			buf_putc(buf, '\\');
		buf_putc(buf, byte.data[0]);
	}
	buf_free(&byte);
	return good;
}

/* The pattern as the C library takes it; what is wrong with it, or NULL. */
static const char *pattern_text(struct buf *buf, enum test_op op,
				const char *data, size_t len)
{
	size_t at, size;

	if (len > PATTERN_LEN)
		return "the pattern is too long";
	for (at = 0; at < len; at += size) {
		size = 1;
		if (!data[at])
			return "a pattern cannot have a NUL in it";
		if (data[at] != '\\') {
			buf_putc(buf, data[at]);
			continue;
		}
		if (at + 1 == len)
			return "nothing follows the last \\";
		size = 2;
		if (data[at + 1] == 'x') {
			size = 4;
			if (at + 4 > len || !pattern_add_byte(buf, op, data + at))
				return "\\x takes two hexadecimal digits, not 00";
		} else if (op == OP_REGEX && data[at + 1] >= '1' && data[at + 1] <= '9') {
			return "a pattern has no back-references";
		} else {
			buf_add(buf, data + at, 2);
		}
	}
	return NULL;
}

/* How often the C library would copy parts of the expression, at most. */
static uint64_t pattern_regex_repeats(const char *text)
{
	uint64_t repeats = 1, times, more;
	const char *at;

	while (*text && repeats <= PATTERN_REPEATS) {
		at = text++;
		times = *at == '+' ? 2 : 1;
		if (*at++ == '{' && num_u64(&at, &times)) {
			times++;
			if (*at == ',' && at++ && num_u64(&at, &more) && more > times)
				times = more;
		}
		if (__builtin_mul_overflow(repeats, times ? times : 1, &repeats))
			return UINT64_MAX;
	}
	return repeats;
}

static bool pattern_compile(struct parser *parser, struct operand *value, const struct token *token)
{
	regex_t *regex = arena_alloc(parser->arena, sizeof(*regex));
	char why[80];
	int err;

	if (pattern_regex_repeats(value->str->data) > PATTERN_REPEATS)
		return filter_fail(parser, token, "the pattern repeats too much");
	err = regcomp(regex, value->str->data, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, regex, why, sizeof(why));
		return filter_fail(parser, token, "'%s' is no pattern: %s",
				   filter_quote(parser, token), why);
	}
	*vec_add(&parser->filter->regexes) = regex;
	value->regex = regex;
	return true;
}

struct operand *filter_pattern(struct parser *parser, const struct node *node,
			       const struct token *token)
{
	struct operand *value = arena_alloc(parser->arena, sizeof(*value));
	struct buf buf = {};
	const char *why;

	value->scratch = parser->filter->scratch;
	buf_puts(&buf, "");
	why = pattern_text(&buf, node->op, token->data, token->data_len);
	if (why)
		filter_fail(parser, token, "%s", why);
	else
		value->str = arena_str(parser->arena, buf.data, buf.len);
	buf_free(&buf);
	if (why || (node->op == OP_REGEX && !pattern_compile(parser, value, token)))
		return NULL;
	return value;
}

bool filter_like(const struct operand *operand, const char *data, size_t len)
{
	struct buf *text = operand->scratch;
	char *nul;

	/* One of several; or the C library ends there: any byte a pattern lacks will do. */
	if (data[len] || memchr(data, '\0', len)) {
		buf_reset(text);
		buf_add(text, data, len);
		while ((nul = memchr(text->data, '\0', text->len)))
			*nul = '\x01';
		data = text->data;
	}
	if (operand->regex)
		return !regexec(operand->regex, data, 0, NULL, 0);
	return !fnmatch(operand->str->data, data, 0);
}
