// SPDX-License-Identifier: GPL-2.0-or-later
/* What a value must lie between for a filter to be true: thousands of filters are told apart by
 * that, each of which would take longer to be asked. */
#include "internal.h"

/* The first bytes of a text, so that texts are ordered as these are; @fill stands for the rest. */
static uint64_t bound_pack(const char *data, size_t len, unsigned char fill)
{
	uint64_t packed = 0;
	size_t i;

	for (i = 0; i < sizeof(packed); i++)
		packed = packed << 8 | (i < len ? (unsigned char)data[i] : fill);
	return packed;
}

static bool bound_is_number(enum field_type type)
{
	return type == TYPE_NUMBER || type == TYPE_SIZE || type == TYPE_TIME || type == TYPE_AGE ||
	       type == TYPE_PID || type == TYPE_MODE || type == TYPE_KEY || type == TYPE_DEV;
}

static struct filter_bound bound_of_operand(const struct node *test, const struct operand *value,
					    bool text)
{
	struct filter_bound bound = { .field = test->field, .text = text, .most = UINT64_MAX };
	size_t len;

	if (text) {
		len = value->str->len;
		/* Of a glob what comes before all that is not itself. */
		if (test->op == OP_GLOB)
			len = strcspn(value->str->data, "*?[\\\1");
		bound.least = bound_pack(value->str->data, len, 0);
		bound.most = bound_pack(value->str->data, len, test->op == OP_GLOB ? 0xff : 0);
		return bound;
	}
	if (test->op != OP_LT && test->op != OP_LE)
		bound.least = test->op == OP_GT ? value->last : value->num;
	if (test->op != OP_GT && test->op != OP_GE)
		bound.most = value->last;
	return bound;
}

static bool bound_of_test(const struct node *test, struct filter_bound *bound)
{
	const enum field_type type = fields[test->field].type;
	const bool text = type == TYPE_STR || type == TYPE_WORD;
	const struct operand *value;

	if (test->op == OP_KNOWN || test->op == OP_BITS || test->op == OP_REGEX || test->masked ||
	    test->field == FIELD_CLASS || test->field == FIELD_REF ||
	    filter_id_field(test->field) || !test->operands || !(text || bound_is_number(type)))
		return false;
	*bound = bound_of_operand(test, test->operands, text);
	for (value = test->operands->next; value; value = value->next) {
		const struct filter_bound one = bound_of_operand(test, value, text);

		bound->least = one.least < bound->least ? one.least : bound->least;
		bound->most = one.most > bound->most ? one.most : bound->most;
	}
	return true;
}

bool filter_bound(const struct filter *filter, struct filter_bound *bound)
{
	const struct node *root = filter->root, *child;
	struct filter_bound one;
	bool any = false;

	if (root->kind == NODE_TEST)
		return bound_of_test(root, bound);
	for (child = root->kind == NODE_AND ? root->first : NULL; child; child = child->next) {
		if (child->kind != NODE_TEST || !bound_of_test(child, &one) ||
		    (any && one.most - one.least >= bound->most - bound->least))
			continue;
		*bound = one;
		any = true;
	}
	return any;
}

bool filter_bound_value(const struct filter_bound *bound, const struct snapshot *snap,
			const struct object *obj, uint64_t *num)
{
	const struct value value = object_value(snap, obj, bound->field);

	if (value.known != KNOWN_YES)
		return false;
	*num = !bound->text ? value.num : value.word ?
	       bound_pack(value.word, strlen(value.word), 0) :
	       value.str ? bound_pack(value.str->data, value.str->len, 0) : 0;
	return true;
}
