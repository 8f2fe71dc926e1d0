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

void filter_fields(const struct filter *filter, struct fieldset *set)
{
	struct node *const *test;

	vec_for_each(test, &filter->tests) {
		enum field_id id = filter_id_field((*test)->field);
		const enum test_op op = (*test)->op;
		/* Names of users and groups are needed, not just their numbers. */
		bool names = op == OP_GLOB || op == OP_REGEX || op == OP_KNOWN;
		const struct operand *value;

		for (value = (*test)->operands; value; value = value->next)
			names |= !value->has_num;
		fieldset_add(set, id == FIELD_NONE ? (*test)->field : id);
		if (id != FIELD_NONE && names)
			fieldset_add(set, fields[id].called);
	}
}

uint64_t filter_process_parts(const struct filter *filter)
{
	struct node *const *test;
	uint64_t parts = 0;

	vec_for_each(test, &filter->tests)
		parts |= field_info((*test)->field)->parts;
	return parts;
}

/* Classes for which a node can be true, and for which it can be false. */
struct reach {
	uint64_t yes;
	uint64_t no;
};

static struct reach filter_node_reach(const struct node *node)
{
	struct reach reach = { ALL_CLASSES, 0 };
	const struct node *child;
	enum class_id class;
	uint64_t needs;

	if (node->kind == NODE_TEST && node->field == FIELD_CLASS)
		return (struct reach){ node->classes, ~node->classes };
	if (node->kind == NODE_TEST) {
		reach.yes = 0;
		for (class = 0; class < NR_CLASSES; class++) {
			if (class_has(class_infos[class], node->field, &needs))
				reach.yes |= A_CLASS_OF(class);
		}
		/* What does not apply is not there, but compares with nothing. */
		reach.no = node->op == OP_KNOWN ? ALL_CLASSES : reach.yes;
		return reach;
	}
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
