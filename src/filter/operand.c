// SPDX-License-Identifier: GPL-2.0-or-later
/* The values in an expression: what each type of field takes. */
#include "internal.h"
#include "ipcscope/num.h"
#include "ipcscope/text.h"

static const char *const type_takes[] = {
	[TYPE_NUMBER]	= "a number",
	[TYPE_SIZE]	= "bytes (64K, 2M)",
	[TYPE_TIME]	= "a date (2026-11-21, 2026-11-21T03:24:54), epoch seconds or never",
	[TYPE_AGE]	= "a time (10m, 6h, 3d) or never",
	[TYPE_PID]	= "a process id",
	[TYPE_UID]	= "a user name or number",
	[TYPE_GID]	= "a group name or number",
	[TYPE_MODE]	= "octal digits (0640)",
	[TYPE_KEY]	= "a key (0x05ce0001)",
	[TYPE_DEV]	= "a device (0:25)",
	[TYPE_BOOL]	= "true or false",
	[TYPE_SEMS]	= "a number",
	[TYPE_PIDS]	= "a process id",
};

bool type_is_ordered(enum field_type type)
{
	return type == TYPE_NUMBER || type == TYPE_SIZE || type == TYPE_TIME ||
	       type == TYPE_AGE || type == TYPE_PID || type == TYPE_UID ||
	       type == TYPE_GID || type == TYPE_SEMS || type == TYPE_PIDS;
}

bool type_is_text(enum field_type type)
{
	return type == TYPE_STR || type == TYPE_WORD || type == TYPE_COMMS ||
	       type == TYPE_USERS || type == TYPE_REFS;
}

enum field_id filter_id_field(enum field_id field)
{
	if (!fields[field].called)
		field = fields[field].from[0];
	return fields[field].called ? field : FIELD_NONE;
}

static void fail_type(struct parser *parser, const struct field *field,
		      enum field_type type, const struct token *token, const char *text)
{
	const char *word = filter_quote(parser, token);
	uint64_t num;

	if (type == TYPE_SIZE && num_parse_age(text, &num))
		filter_fail(parser, token, "%s takes %s, '%s' is a time",
			    field->name, type_takes[type], word);
	else if (type == TYPE_AGE && num_parse_size(text, &num))
		filter_fail(parser, token, "%s takes %s, '%s' is bytes",
			    field->name, type_takes[type], word);
	else
		filter_fail(parser, token, "%s takes %s, not '%s'",
			    field->name, type_takes[type], word);
}
static const char *class_word(const void *arg, size_t i)
{
	if (i < NR_CLASSES)
		return class_infos[i]->name;
	return group_infos[i - NR_CLASSES].name;
}

static size_t nr_class_words(void)
{
	size_t nr = 0;

	while (group_infos[nr].name)
		nr++;
	return NR_CLASSES + nr;
}

static const char *state_word(const void *arg, size_t i)
{
	return state_infos[i].word;
}

static const char *lives_word(const void *arg, size_t i)
{
	return persistence_words[i];
}

static void *fail_word(struct parser *parser, const struct token *token, const char *what,
		       const char *(*word)(const void *arg, size_t i), size_t nr)
{
	const char *typed = filter_quote(parser, token);
	const char *near = text_nearest(typed, word, NULL, nr);

	if (near)
		return filter_fail(parser, token, "no %s '%s', perhaps '%s'?",
				   what, typed, near);
	return filter_fail(parser, token, "no %s '%s'", what, typed);
}

static struct operand *state_operand(struct parser *parser, struct operand *value,
				     const struct token *token)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++) {
		if (!strcmp(state_infos[state].word, value->str->data)) {
			value->num = 1ull << state;
			return value;
		}
	}
	return fail_word(parser, token, "state", state_word, NR_STATES);
}

static struct operand *word_operand(struct parser *parser,
				    enum field_id field, struct operand *value,
				    const struct token *token)
{
	size_t i;

	if (field == FIELD_CLASS) {
		value->num = classes_by_word(value->str->data, value->str->len);
		if (value->num)
			return value;
		return fail_word(parser, token, "class", class_word, nr_class_words());
	}
	if (field != FIELD_PERSISTENCE)
		return value;
	for (i = LIVES_KERNEL; i <= LIVES_FILESYSTEM; i++) {
		if (!strcmp(persistence_words[i], value->str->data))
			return value;
	}
	return fail_word(parser, token, "persistence", lives_word, LIVES_FILESYSTEM + 1);
}

static struct operand *id_operand(struct parser *parser, enum field_id field,
				  struct operand *value, const struct token *token)
{
	bool group = fields[field].type == TYPE_GID;
	uint32_t id;

	value->has_num = num_parse(value->str->data, &value->num) &&
			 value->num <= UINT32_MAX;
	if (!value->has_num && parser->lookup) {
		if (!parser->lookup(parser->arg, group, value->str->data, &id))
			return filter_fail(parser, token, "no %s '%s'",
					   group ? "group" : "user",
					   filter_quote(parser, token));
		value->num = id;
		value->has_num = true;
	}
	value->last = value->num;
	return value;
}

static struct operand *ref_operand(struct parser *parser, struct operand *value,
				   const struct token *token)
{
	struct ref *ref = arena_alloc(parser->arena, sizeof(*ref));
	const struct str *typed = arena_str(parser->arena, token->data, token->data_len);
	const char *why;

	value->ref = ref;
	if (ref_parse(typed->data, parser->arena, ref, &why))
		return value;
	if (strlen(why) < sizeof(parser->error->text))
		return filter_fail(parser, token, "%s", why);
	return filter_fail(parser, token, "'%s' is no REF", filter_quote(parser, token));
}

/* Text of a value without its escapes. */
static const struct str *exact_text(struct parser *parser, const struct token *token)
{
	const struct str *str = NULL;
	struct buf buf = {};

	if (text_unescape(&buf, token->data, token->data_len))
		str = arena_str(parser->arena, buf.data, buf.len);
	else
		filter_fail(parser, token, "'%s' has a \\ that means nothing: \\xHH and \\\\ do",
			    filter_quote(parser, token));
	buf_free(&buf);
	return str;
}

struct operand *filter_operand(struct parser *parser, const struct node *node,
			       const struct token *token)
{
	const struct field *field = &fields[node->field];
	struct operand *value = arena_alloc(parser->arena, sizeof(*value));
	enum field_type type = field->type;

	value->str = exact_text(parser, token);
	if (!value->str)
		return NULL;
	if (filter_id_field(node->field) != FIELD_NONE)
		return id_operand(parser, filter_id_field(node->field), value, token);
	if (type == TYPE_REFS || node->field == FIELD_REF)
		return ref_operand(parser, value, token);
	if (type == TYPE_STATES)
		return state_operand(parser, value, token);
	if (type == TYPE_WORD)
		return word_operand(parser, node->field, value, token);
	if (type == TYPE_USERS)
		value->has_num = num_parse(value->str->data, &value->num);
	if (type_is_text(type))
		return value;
	value->has_num = filter_number(type, value->str->data, value);
	if (value->has_num && strlen(value->str->data) == value->str->len)
		return value;
	fail_type(parser, field, type, token, value->str->data);
	return NULL;
}

bool filter_bits(struct parser *parser, enum field_id field,
		 const struct token *token, uint64_t *num)
{
	const struct node node = { .field = field };
	const struct operand *value = filter_operand(parser, &node, token);

	if (value)
		*num = value->num;
	return value != NULL;
}
