// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether an object is meant: yes, no, or not to be known. Of fields that have
 * several values one that compares is enough. */
#include "internal.h"

static bool match_operand(enum test_op op, const struct operand *value, uint64_t num)
{
	switch (op) {
	case OP_LT:	return num < value->num;
	case OP_LE:	return num <= value->last;
	case OP_GT:	return num > value->last;
	case OP_GE:	return num >= value->num;
	default:	return num >= value->num && num <= value->last;
	}
}

static bool match_number(const struct node *test, uint64_t num)
{
	const struct operand *value;

	if (test->masked)
		num &= test->mask;
	if (test->op == OP_BITS)
		return num != 0;
	for (value = test->operands; value; value = value->next) {
		if (match_operand(test->op, value, num))
			return true;
	}
	return false;
}

static bool match_text(const struct node *test, const char *data, size_t len)
{
	const struct operand *value;

	if (test->op == OP_GLOB || test->op == OP_REGEX)
		return filter_like(test->operands, data, len);
	for (value = test->operands; value; value = value->next) {
		if (value->str->len == len && !memcmp(value->str->data, data, len))
			return true;
	}
	return false;
}

uint64_t filter_test_classes(const struct node *test)
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

		if (match_text(test, name, strlen(name)))
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
			   enum field_id field, uint64_t id)
{
	bool group = field_info(field)->type == TYPE_GID;
	enum truth truth = TRUTH_NO;
	const struct operand *value;

	for (value = test->operands; value; value = value->next) {
		enum truth found;

		if (value->has_num)
			found = truth_of(match_operand(test->op, value, id));
		else if (test->op == OP_EQ || test->op == OP_IN)
			found = match_id_name(snap, group, (uint32_t)id, value->str);
		else
			found = TRUTH_UNKNOWN;
		if (found > truth)
			truth = found;
	}
	return truth;
}

static bool match_ref(const struct node *test,
		      const struct snapshot *snap, const struct object *obj)
{
	const struct operand *value;

	if (test->op == OP_GLOB || test->op == OP_REGEX) {
		struct buf text = {};
		bool like;

		object_ref(&text, snap, obj);
		like = match_text(test, text.data, text.len);
		buf_free(&text);
		return like;
	}
	for (value = test->operands; value; value = value->next) {
		if (ref_matches(value->ref, snap, obj))
			return true;
	}
	return false;
}

/* What the users found and the threads that wait say, edge by edge; what the
 * kernel tells is known without them. */
static enum truth match_state(const struct node *test, const struct snapshot *snap,
			      const struct object *obj)
{
	static const uint64_t by_users = IS(ATTACHED) | IS(UNATTACHED) |
					 IS(WAITS) | IS(FULL);
	const struct operand *value;
	uint64_t asked = 0, open;
	bool unsure;
	uint64_t state = object_state(snap, obj, &unsure);

	for (value = test->operands; value; value = value->next)
		asked |= value->num;
	if (test->op == OP_KNOWN)
		asked = ~0ull;
	if (state & asked)
		return TRUTH_YES;
	open = unsure ? asked & by_users : 0;
	if (state & (IS(ATTACHED) | IS(UNATTACHED)))
		open &= ~(IS(ATTACHED) | IS(UNATTACHED));
	return open ? TRUTH_UNKNOWN : TRUTH_NO;
}

static enum truth match_sems(const struct node *test, const struct snapshot *snap,
			     const struct object *obj)
{
	const struct sems *sems = object_sems(snap, obj);
	uint32_t i;

	if (!sems)
		return TRUTH_UNKNOWN;
	for (i = 0; i < sems->nr; i++) {
		if (match_number(test, sems->sem[i].value))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

static enum truth match_process(const struct node *test, const struct process *proc)
{
	const struct operand *value;

	if (fields[test->field].type == TYPE_PIDS)
		return truth_of(match_number(test, (uint64_t)proc->pid));
	if (fields[test->field].type == TYPE_USERS) {
		for (value = test->operands; value; value = value->next) {
			if (value->has_num && value->num == (uint64_t)proc->pid)
				return TRUTH_YES;
		}
	}
	if (!proc->comm)
		return TRUTH_UNKNOWN;
	return truth_of(match_text(test, proc->comm->data, proc->comm->len));
}

/* Any of the users found; no, only if there cannot be more. */
static enum truth match_users(const struct node *test,
			      const struct snapshot *snap, const struct object *obj)
{
	bool complete = object_users_complete(snap, obj);
	enum truth truth = complete ? TRUTH_NO : TRUTH_UNKNOWN;
	uint32_t i, last = NO_INDEX;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, obj) {
		enum truth found;

		if (!edge_uses[edge->kind] || edge->process == NO_INDEX ||
		    edge->process == last)
			continue;
		last = edge->process;
		found = match_process(test, &snap->processes.at[edge->process]);
		if (found == TRUTH_YES)
			return TRUTH_YES;
		if (found == TRUTH_UNKNOWN)
			truth = TRUTH_UNKNOWN;
	}
	return truth;
}

static bool match_names(const struct node *test, const struct str *names)
{
	const bool paths = field_info(test->field)->type == TYPE_NAMES;
	const char *name = NULL;
	size_t len = 0;

	while (names && (paths ? names_next : list_next)(names, &name, &len)) {
		if (match_text(test, name, len))
			return true;
	}
	return false;
}

static enum truth match_peers(const struct node *test,
			      const struct snapshot *snap, const struct object *obj)
{
	const bool refs = fields[test->field].type == TYPE_REFS;
	enum known known = object_value(snap, obj, test->field).known;
	enum truth truth = TRUTH_NO;
	const struct edge *edge;
	uint32_t i;

	if (known == KNOWN_NOT || known == KNOWN_NOT_APPLICABLE)
		truth = TRUTH_UNKNOWN;
	/* What has no REF is like others by its text alone. */
	if (refs && (test->op == OP_GLOB || test->op == OP_REGEX) &&
	    match_names(test, object_str(snap, obj, test->field)))
		return TRUTH_YES;
	for_each_object_edge(edge, i, snap, obj) {
		const struct object *peer;
		enum truth found;

		if (edge->kind != EDGE_PEER)
			continue;
		peer = &snap->objects.at[edge->peer];
		found = refs ? truth_of(match_ref(test, snap, peer)) :
			match_users(test, snap, peer);
		if (found > truth)
			truth = found;
		if (truth == TRUTH_YES)
			break;
	}
	return truth;
}

static bool match_empty(enum field_id field, const struct value *value)
{
	switch (field_info(field)->type) {
	case TYPE_NUMBER:
		return !value->num && !field_info(field)->zero_counts;
	case TYPE_SIGNALS:
	case TYPE_SIZE:
	case TYPE_TIME:
	case TYPE_KEY:
	case TYPE_BOOL:
	case TYPE_STATES:
		return !value->num;
	case TYPE_AGE:
		return value->num == AGE_NEVER;
	case TYPE_STR:
	case TYPE_LIST:
		return value->str && !value->str->len;
	default:
		return false;
	}
}

/* Names of signals begin with SIG or not. */
static bool match_signals(const struct node *test, uint64_t set)
{
	const bool pattern = test->op == OP_GLOB || test->op == OP_REGEX;
	const struct operand *value;
	unsigned int number;
	char name[32];

	for (value = pattern ? NULL : test->operands; value; value = value->next) {
		if (set & value->num)
			return true;
	}
	for_each_signal(number, pattern ? set : 0) {
		snprintf(name, sizeof(name), "SIG%s", signal_name(number) ?: "?");
		if (match_text(test, name, strlen(name)) ||
		    match_text(test, name + 3, strlen(name + 3)))
			return true;
	}
	return false;
}

static enum truth match_value(const struct node *test, const struct value *value)
{
	const enum field_type type = field_info(test->field)->type;

	if (test->op == OP_KNOWN && value->known == KNOWN_YES)
		return truth_of(!match_empty(test->field, value));
	if (test->op == OP_KNOWN)
		return value->known == KNOWN_NOT ? TRUTH_UNKNOWN : TRUTH_NO;
	if (value->known != KNOWN_YES)
		return value->known == KNOWN_NONE ? TRUTH_NO : TRUTH_UNKNOWN;
	if (type == TYPE_SIGNALS)
		return truth_of(match_signals(test, value->num));
	if (type == TYPE_NAMES || type == TYPE_LIST)
		return truth_of(match_names(test, value->str));
	if (value->word)
		return truth_of(match_text(test, value->word, strlen(value->word)));
	if (value->str)
		return truth_of(match_text(test, value->str->data, value->str->len));
	return truth_of(match_number(test, value->num));
}

static enum truth match_process_test(const struct node *test, const struct snapshot *snap,
				     const struct process *proc)
{
	const enum field_id id = filter_id_field(test->field);
	const bool pattern = test->op == OP_GLOB || test->op == OP_REGEX;
	const bool by_id = id && !pattern && test->op != OP_KNOWN;
	const struct value value = process_value(snap, proc, by_id ? id : test->field);

	if (by_id && value.known == KNOWN_YES)
		return match_id(test, snap, id, value.num);
	return match_value(test, &value);
}

static enum truth match_test(const struct node *test,
			     const struct snapshot *snap, const struct object *obj)
{
	enum field_id id = filter_id_field(test->field);
	struct value value;
	uint64_t num;

	if (test->field == FIELD_CLASS)
		return truth_of(test->classes >> obj->class & 1);
	if (fields[test->field].type == TYPE_STATES)
		return match_state(test, snap, obj);
	if (id && test->op != OP_GLOB && test->op != OP_REGEX && test->op != OP_KNOWN)
		return object_num(snap, obj, id, &num) ? match_id(test, snap, id, num) :
							 TRUTH_UNKNOWN;
	if (test->field == FIELD_REF && test->op != OP_KNOWN)
		return truth_of(match_ref(test, snap, obj));
	switch (test->op == OP_KNOWN ? TYPE_NUMBER : fields[test->field].type) {
	case TYPE_SEMS:
		return match_sems(test, snap, obj);
	case TYPE_REFS:
		return match_peers(test, snap, obj);
	case TYPE_USERS:
	case TYPE_PIDS:
	case TYPE_COMMS:
		return test->field == FIELD_PEER_USERS ? match_peers(test, snap, obj) :
							 match_users(test, snap, obj);
	default:
		value = object_value(snap, obj, test->field);
		return match_value(test, &value);
	}
}

/* @item: an object or a process, as the fields say. */
static enum truth match_node(const struct node *node,
			     const struct snapshot *snap, const void *item)
{
	/* What decides at once: a no among ands, a yes among ors. */
	enum truth last = node->kind == NODE_AND ? TRUTH_NO : TRUTH_YES;
	enum truth truth = TRUTH_YES - last;
	const struct node *child;

	if (node->kind == NODE_TEST)
		return node->field < NR_FIELDS ? match_test(node, snap, item) :
						 match_process_test(node, snap, item);
	if (node->kind == NODE_NOT)
		return TRUTH_YES - match_node(node->first, snap, item);
	for (child = node->first; child && truth != last; child = child->next) {
		enum truth found = match_node(child, snap, item);

		if (found == last || found == TRUTH_UNKNOWN)
			truth = found;
	}
	return truth;
}

bool filter_match(const struct filter *filter, const struct snapshot *snap,
		  const struct object *obj)
{
	return match_node(filter->root, snap, obj) == TRUTH_YES;
}

bool filter_match_process(const struct filter *filter, const struct snapshot *snap,
			  const struct process *proc)
{
	return match_node(filter->root, snap, proc) == TRUTH_YES;
}
