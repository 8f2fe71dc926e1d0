// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"
#include "ipcscope/text.h"

#define QUOTED_LEN	40	/* more of a word says no more */

void *filter_fail(struct parser *parser, const struct token *token, const char *fmt, ...)
{
	struct filter_error *error = parser->error;
	va_list args;

	if (parser->failed)
		return NULL;
	parser->failed = true;
	memset(error, 0, sizeof(*error));
	error->at = token->at;
	error->len = token->len ? token->len : 1;
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	return NULL;
}

const char *filter_quote(struct parser *parser, const struct token *token)
{
	bool is_text = token->kind == TOKEN_WORD || token->kind == TOKEN_STRING;
	const char *at = is_text ? token->data : parser->expr + token->at;
	const char *end = at + (is_text ? token->data_len : token->len);
	const struct str *str;
	struct buf buf = {};
	uint32_t code;
	size_t size;

	for (; at < end && buf.len < QUOTED_LEN; at += size) {
		size = text_decode(at, (size_t)(end - at), &code);
		if (!size)
			size = 1;
		/* Its escapes stay as they were typed. */
		if (*at == '\\')
			buf_putc(&buf, '\\');
		else
			text_escape(&buf, at, size);
	}
	if (at < end)
		buf_puts(&buf, "...");
	str = arena_str(parser->arena, buf.data, buf.len);
	buf_free(&buf);
	return str->data;
}

struct filter *filter_parse(const char *expr, struct arena *arena,
			    filter_lookup_fn *lookup, void *arg, struct filter_error *error)
{
	struct filter *filter = arena_alloc(arena, sizeof(*filter));
	struct parser parser = {
		.expr = expr,
		.filter = filter,
		.arena = arena,
		.lookup = lookup,
		.arg = arg,
		.error = error,
	};

	filter->arena = arena;
	filter->scratch = arena_alloc(arena, sizeof(*filter->scratch));
	filter_parse_all(&parser);
	if (!parser.failed)
		return filter;
	filter_free(filter);
	return NULL;
}

void filter_free(struct filter *filter)
{
	regex_t **regex;

	if (!filter)
		return;
	vec_for_each(regex, &filter->regexes)
		regfree(*regex);
	vec_free(&filter->regexes);
	vec_free(&filter->tests);
	buf_free(filter->scratch);
}

/* Whether a test needs names of users and groups, not just their numbers. */
static bool filter_needs_names(const struct node *test)
{
	const struct operand *value;

	if (test->op == OP_GLOB || test->op == OP_REGEX || test->op == OP_KNOWN)
		return true;
	for (value = test->operands; value; value = value->next) {
		if (!value->has_num)
			return true;
	}
	return false;
}

void filter_fields(const struct filter *filter, struct fieldset *set)
{
	struct node *const *test;

	vec_for_each(test, &filter->tests) {
		enum field_id id = filter_id_field((*test)->field);

		if (id == FIELD_NONE) {
			fieldset_add(set, (*test)->field);
			continue;
		}
		fieldset_add(set, id);
		if (filter_needs_names(*test))
			fieldset_add(set, fields[id].called);
	}
}

/* Classes for which a node can be true, and for which it can be false. */
struct reach {
	uint64_t yes;
	uint64_t no;
};

static struct reach filter_test_reach(const struct node *test)
{
	struct reach reach = {};
	enum class_id class;
	uint32_t needs;

	if (test->field == FIELD_CLASS)
		return (struct reach){ test->classes, ~test->classes };
	for (class = 0; class < NR_CLASSES; class++) {
		if (class_has(class_infos[class], test->field, &needs))
			reach.yes |= A_CLASS_OF(class);
	}
	/* What does not apply is not there, but compares with nothing. */
	reach.no = test->op == OP_KNOWN ? ALL_CLASSES : reach.yes;
	return reach;
}

static struct reach filter_node_reach(const struct node *node)
{
	struct reach reach = { ALL_CLASSES, 0 };
	const struct node *child;

	if (node->kind == NODE_TEST)
		return filter_test_reach(node);
	if (node->kind == NODE_NOT) {
		reach = filter_node_reach(node->first);
		return (struct reach){ reach.no, reach.yes };
	}
	if (node->kind == NODE_OR)
		reach = (struct reach){ 0, ALL_CLASSES };
	for (child = node->first; child; child = child->next) {
		struct reach part = filter_node_reach(child);

		if (node->kind == NODE_AND) {
			reach.yes &= part.yes;
			reach.no |= part.no;
		} else {
			reach.yes |= part.yes;
			reach.no &= part.no;
		}
	}
	return reach;
}

uint64_t filter_classes(const struct filter *filter)
{
	return filter_node_reach(filter->root).yes & ALL_CLASSES;
}

static uint64_t filter_node_pid(const struct node *node)
{
	const struct node *child;
	uint64_t pid = 0;

	if (node->kind == NODE_TEST)
		return node->field == FIELD_PID ? node->operands->num : 0;
	if (node->kind == NODE_NOT)
		return 0;
	for (child = node->first; child; child = child->next) {
		pid = filter_node_pid(child);
		if (!pid == (node->kind == NODE_OR))
			break;
	}
	return pid;
}

pid_t filter_pid(const struct filter *filter)
{
	struct node *const *test;
	uint64_t pid = 0;

	/* All tests of it must be for that one, and nothing else may want to
	 * know of other processes. */
	vec_for_each(test, &filter->tests) {
		const struct operand *value = (*test)->operands;

		if ((*test)->field != FIELD_PID) {
			if (fields[(*test)->field].source == SOURCE_FOUND)
				return 0;
			continue;
		}
		if (!value || value->next ||
		    ((*test)->op != OP_EQ && (*test)->op != OP_IN) ||
		    (pid && pid != value->num) || value->num > INT32_MAX)
			return 0;
		pid = value->num;
	}
	return pid ? (pid_t)filter_node_pid(filter->root) : 0;
}
