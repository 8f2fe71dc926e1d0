// SPDX-License-Identifier: GPL-2.0-or-later
/* The values in an expression: what each type of field takes. */
#include <sys/sysmacros.h>
#include <time.h>

#include "internal.h"
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
	[TYPE_SIGNALS]	= "a signal (TERM, RTMIN+3, 15)",
};

bool type_is_ordered(enum field_type type)
{
	return type == TYPE_NUMBER || type == TYPE_SIZE || type == TYPE_TIME ||
	       type == TYPE_AGE || type == TYPE_PID || type == TYPE_UID ||
	       type == TYPE_GID || type == TYPE_SEMS || type == TYPE_PIDS;
}

bool type_is_text(enum field_type type)
{
	return type == TYPE_STR || type == TYPE_WORD || type == TYPE_COMMS || type == TYPE_NAMES ||
	       type == TYPE_LIST || type == TYPE_USERS || type == TYPE_REFS || type == TYPE_SIGNALS;
}

enum field_id filter_id_field(enum field_id field)
{
	if (!field_info(field)->called)
		field = field_info(field)->from[0];
	return field_info(field)->called ? field : FIELD_NONE;
}

static bool operand_two_digits(const char **text, char before, int *num)
{
	const char *at = *text;

	if (before && *at++ != before)
		return false;
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*num = (at[0] - '0') * 10 + at[1] - '0';
	*text = at + 2;
	return true;
}

/* A day, or a second of it; in Coordinated Universal Time with a Z. */
static bool operand_parse_date(const char *text, uint64_t *num, uint64_t *last)
{
	struct tm tm = { .tm_isdst = -1 };
	struct tm given;
	uint64_t year;
	bool whole_day = true;
	time_t when;

	if (!num_u64(&text, &year) || year < 1970 || year > 9999 ||
	    !operand_two_digits(&text, '-', &tm.tm_mon) || !operand_two_digits(&text, '-', &tm.tm_mday))
		return false;
	if (*text == 'T' || *text == ' ') {
		whole_day = false;
		if (!operand_two_digits(&text, *text, &tm.tm_hour) ||
		    !operand_two_digits(&text, ':', &tm.tm_min))
			return false;
		if (*text == ':' && !operand_two_digits(&text, ':', &tm.tm_sec))
			return false;
	}
	tm.tm_year = (int)year - 1900;
	tm.tm_mon--;
	given = tm;
	when = *text == 'Z' ? timegm(&tm) : mktime(&tm);
	text += *text == 'Z';
	/* Normalized if it was no date: the 30th of February. */
	if (*text || when < 0 || tm.tm_mon != given.tm_mon ||
	    tm.tm_mday != given.tm_mday || given.tm_hour > 23 ||
	    given.tm_min > 59 || given.tm_sec > 60)
		return false;
	*num = (uint64_t)when;
	*last = *num + (whole_day ? 24 * 60 * 60 - 1 : 0);
	return true;
}

/* A number of that type, all of @text; its range goes into @value. */
static bool operand_parse(enum field_type type, const char *text, struct operand *value)
{
	uint64_t *num = &value->num, major_nr, minor_nr;
	bool good;

	switch (type) {
	case TYPE_SIZE:
		good = num_parse_size(text, num);
		break;
	case TYPE_TIME:
		if (!strcmp(text, "never") || operand_parse_date(text, num, &value->last))
			return true;
		good = num_u64(&text, num) && !*text;
		break;
	case TYPE_AGE:
		good = num_parse_age(text, num);
		if (!strcmp(text, "never")) {
			*num = AGE_NEVER;
			good = true;
		}
		break;
	case TYPE_MODE:
		good = num_octal(&text, num) && !*text;
		break;
	case TYPE_DEV:
		good = num_u64(&text, &major_nr) && *text++ == ':' &&
		       num_u64(&text, &minor_nr) && !*text &&
		       major_nr <= UINT32_MAX && minor_nr <= UINT32_MAX;
		if (good)
			*num = makedev((unsigned int)major_nr, (unsigned int)minor_nr);
		break;
	case TYPE_BOOL:
		*num = !strcmp(text, "true") || !strcmp(text, "yes");
		good = *num || !strcmp(text, "false") || !strcmp(text, "no");
		break;
	case TYPE_KEY:
		good = num_parse(text, num) && *num <= UINT32_MAX;
		break;
	default:
		good = num_parse(text, num);
	}
	value->last = value->num;
	return good;
}

static void *operand_fail_type(struct parser *parser, const struct field *field,
			       const struct token *token, const char *text)
{
	uint64_t num;
	const bool is_time = field->type == TYPE_SIZE && num_parse_age(text, &num);
	const bool is_size = field->type == TYPE_AGE && num_parse_size(text, &num);

	return filter_fail(parser, token, "%s takes %s, %s'%s'%s",
			   field->name, type_takes[field->type], is_time || is_size ? "" : "not ",
			   filter_quote(parser, token),
			   is_time ? " is a time" : is_size ? " is bytes" : "");
}

static const char *operand_class_word(const void *arg, size_t i)
{
	return i < NR_CLASSES ? class_infos[i]->name : group_infos[i - NR_CLASSES].name;
}

static const char *operand_state_word(const void *arg, size_t i)
{
	return state_infos[i].word;
}

static const char *operand_lives_word(const void *arg, size_t i)
{
	return persistence_words[i];
}

/* One of @nr words; its bit is the value. */
static struct operand *operand_word(struct parser *parser, struct operand *value,
				    const struct token *token, const char *what,
				    word_fn *word, size_t nr, const char *list)
{
	const char *typed;
	struct hint hint;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (strlen(word(NULL, i)) == value->str->len &&
		    !strcmp(word(NULL, i), value->str->data)) {
			value->num = 1ull << i;
			return value;
		}
	}
	typed = filter_quote(parser, token);
	return filter_fail(parser, token, "no %s '%s'%s", what, typed,
			   text_hint(&hint, typed, word, nr, list));
}

static struct operand *operand_id(struct parser *parser, enum field_id field,
				  struct operand *value, const struct token *token)
{
	const bool group = field_info(field)->type == TYPE_GID;
	const bool plus = *value->str->data == '+';
	const char *what = group ? "group" : "user";
	uint32_t id;

	value->has_num = num_parse(value->str->data + plus, &value->num) &&
			 value->num <= UINT32_MAX;
	if (parser->lookup && !(value->has_num && plus)) {
		const bool named = parser->lookup(parser->arg, group, value->str->data, &id);

		if (!named && !value->has_num)
			return filter_fail(parser, token, "no %s '%s'", what,
					   filter_quote(parser, token));
		if (named && value->has_num && id != value->num)
			return filter_fail(parser, token,
					   "'%s' is the name of %s %u, too: which is meant, %u or +%llu?",
					   filter_quote(parser, token), what, id, id,
					   (unsigned long long)value->num);
		if (named)
			value->num = id;
		value->has_num = true;
	}
	value->last = value->num;
	return value;
}

static struct operand *operand_ref(struct parser *parser, struct operand *value,
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
static const struct str *operand_exact_text(struct parser *parser, const struct token *token)
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
	const struct field *field = field_info(node->field);
	struct operand *value = arena_alloc(parser->arena, sizeof(*value));
	enum field_type type = field->type;
	size_t nr = NR_CLASSES;

	value->str = operand_exact_text(parser, token);
	if (!value->str)
		return NULL;
	if (filter_id_field(node->field) != FIELD_NONE)
		return operand_id(parser, filter_id_field(node->field), value, token);
	if (type == TYPE_REFS || node->field == FIELD_REF)
		return operand_ref(parser, value, token);
	if (type == TYPE_STATES)
		return operand_word(parser, value, token, "state", operand_state_word, NR_STATES,
				    "ipcscope help where");
	if (node->field == FIELD_PERSISTENCE)
		return operand_word(parser, value, token, "persistence", operand_lives_word,
				    PERSISTENCE_FILESYSTEM + 1, "kernel process filesystem");
	if (node->field == FIELD_CLASS) {
		value->num = classes_by_word(value->str->data, value->str->len);
		while (group_infos[nr - NR_CLASSES].name)
			nr++;
		return value->num ? value : operand_word(parser, value, token, "class",
							 operand_class_word, nr,
							 "ipcscope help classes");
	}
	if (type == TYPE_USERS)
		value->has_num = num_parse(value->str->data, &value->num);
	if (type == TYPE_SIGNALS) {
		value->num = signal_bit(value->str->data);
		return value->num ? value : operand_fail_type(parser, field, token, "");
	}
	if (type_is_text(type))
		return value;
	value->has_num = operand_parse(type, value->str->data, value);
	if (value->has_num && strlen(value->str->data) == value->str->len)
		return value;
	return operand_fail_type(parser, field, token, value->str->data);
}
