// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether an object is meant: yes, no, or not to be known. */
#include "internal.h"

static bool compare(enum test_op op, const struct operand *value, uint64_t num)
{
	switch (op) {
	case OP_LT:	return num < value->num;
	case OP_LE:	return num <= value->last;
	case OP_GT:	return num > value->last;
	case OP_GE:	return num >= value->num;
	default:	return num >= value->num && num <= value->last;
	}
}

bool filter_is_number(const struct node *test, uint64_t num)
{
	const struct operand *value;

	if (test->masked)
		num &= test->mask;
	if (test->op == OP_BITS)
		return num != 0;
	for (value = test->operands; value; value = value->next) {
		if (compare(test->op, value, num))
			return true;
	}
	return false;
}

bool filter_is_text(const struct filter *filter, const struct node *test,
		    const char *data, size_t len)
{
	const struct operand *value;

	if (test->op == OP_GLOB || test->op == OP_REGEX)
		return filter_like(filter, test->op, test->operands, data, len);
	for (value = test->operands; value; value = value->next) {
		if (value->str->len == len && !memcmp(value->str->data, data, len))
			return true;
	}
	return false;
}

uint64_t filter_test_classes(const struct filter *filter, const struct node *test)
{
	const struct operand *value;
	uint64_t classes = 0;
	enum class_id class;

	if (test->op == OP_KNOWN)
		return ALL_CLASSES;
	if (test->op != OP_GLOB && test->op != OP_REGEX) {
		for (value = test->operands; value; value = value->next)
			classes |= value->num;
		return classes;
	}
	for (class = 0; class < NR_CLASSES; class++) {
		const char *name = class_infos[class]->name;

		if (filter_is_text(filter, test, name, strlen(name)))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

/* Whether the name is that of @id; if that has none, another may have it. */
static enum truth match_id_name(const struct snapshot *snap, bool group,
				uint32_t id, const struct str *wanted)
{
	const struct str *name = snapshot_find_name(snap, group, id);
	const struct id_name *other;

	if (name)
		return truth_of(str_same(name, wanted));
	vec_for_each(other, &snap->names) {
		if (other->group == group && str_same(other->name, wanted))
			return TRUTH_NO;
	}
	return TRUTH_UNKNOWN;
}

/* Users and groups: by number, or by the name the snapshot has for it. */
static enum truth match_id(const struct node *test, const struct snapshot *snap,
			   const struct object *obj, enum field_id field)
{
	bool group = fields[field].type == TYPE_GID;
	enum truth truth = TRUTH_NO;
	const struct operand *value;
	uint64_t id;

	if (!object_num(snap, obj, field, &id))
		return TRUTH_UNKNOWN;
	for (value = test->operands; value; value = value->next) {
		enum truth found;

		if (value->has_num)
			found = truth_of(compare(test->op, value, id));
		else if (test->op == OP_EQ || test->op == OP_IN)
			found = match_id_name(snap, group, (uint32_t)id, value->str);
		else
			found = TRUTH_UNKNOWN;
		if (found > truth)
			truth = found;
	}
	return truth;
}

static bool is_empty(enum field_id field, const struct value *value)
{
	switch (fields[field].type) {
	case TYPE_NUMBER:
		return !value->num && !fields[field].zero_counts;
	case TYPE_SIZE:
	case TYPE_TIME:
	case TYPE_KEY:
	case TYPE_BOOL:
	case TYPE_STATES:
		return !value->num;
	case TYPE_AGE:
		return value->num == AGE_NEVER;
	case TYPE_STR:
		return value->str && !value->str->len;
	default:
		return false;
	}
}

static enum truth match_known(enum field_id field, const struct value *value)
{
	switch (value->known) {
	case KNOWN_YES:		return truth_of(!is_empty(field, value));
	case KNOWN_NOT:		return TRUTH_UNKNOWN;
	default:		return TRUTH_NO;
	}
}

static enum truth match_test(const struct filter *filter, const struct node *test,
			     const struct snapshot *snap, const struct object *obj)
{
	enum field_id id = filter_id_field(test->field);
	struct value value;

	if (test->field == FIELD_CLASS)
		return truth_of(test->classes >> obj->class & 1);
	if (id != FIELD_NONE && test->op != OP_KNOWN &&
	    test->op != OP_GLOB && test->op != OP_REGEX)
		return match_id(test, snap, obj, id);
	if (filter_is_set(test))
		return filter_match_set(filter, test, snap, obj);
	value = object_value(snap, obj, test->field);
	if (test->op == OP_KNOWN)
		return match_known(test->field, &value);
	if (value.known != KNOWN_YES)
		return value.known == KNOWN_NONE ? TRUTH_NO : TRUTH_UNKNOWN;
	if (value.word)
		return truth_of(filter_is_text(filter, test, value.word,
					       strlen(value.word)));
	if (value.str)
		return truth_of(filter_is_text(filter, test, value.str->data,
					       value.str->len));
	return truth_of(filter_is_number(test, value.num));
}

static enum truth match_node(const struct filter *filter, const struct node *node,
			     const struct snapshot *snap, const struct object *obj)
{
	/* What decides at once: a no among ands, a yes among ors. */
	enum truth last = node->kind == NODE_AND ? TRUTH_NO : TRUTH_YES;
	enum truth truth = TRUTH_YES - last;
	const struct node *child;

	if (node->kind == NODE_TEST)
		return match_test(filter, node, snap, obj);
	if (node->kind == NODE_NOT)
		return TRUTH_YES - match_node(filter, node->first, snap, obj);
	for (child = node->first; child && truth != last; child = child->next) {
		enum truth found = match_node(filter, child, snap, obj);

		if (found == last || found == TRUTH_UNKNOWN)
			truth = found;
	}
	return truth;
}

bool filter_match(const struct filter *filter, const struct snapshot *snap,
		  const struct object *obj)
{
	return match_node(filter, filter->root, snap, obj) == TRUTH_YES;
}
