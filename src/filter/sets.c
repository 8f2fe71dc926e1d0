// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields that are several values: one that compares is enough. */
#include "internal.h"

static bool is_ref(const struct filter *filter, const struct node *test,
		   const struct snapshot *snap, const struct object *obj)
{
	const struct operand *value;

	if (test->op == OP_GLOB || test->op == OP_REGEX) {
		struct buf text = {};
		bool like;

		object_ref(&text, snap, obj);
		like = filter_is_text(filter, test, text.data, text.len);
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
		if (filter_is_number(test, sems->sem[i].value))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

static enum truth match_process(const struct filter *filter, const struct node *test,
				const struct process *proc)
{
	const struct operand *value;

	if (fields[test->field].type == TYPE_PIDS)
		return truth_of(filter_is_number(test, (uint64_t)proc->pid));
	if (fields[test->field].type == TYPE_USERS) {
		for (value = test->operands; value; value = value->next) {
			if (value->has_num && value->num == (uint64_t)proc->pid)
				return TRUTH_YES;
		}
	}
	if (!proc->comm)
		return TRUTH_UNKNOWN;
	return truth_of(filter_is_text(filter, test, proc->comm->data, proc->comm->len));
}

/* Any of the users found; no, only if there cannot be more. */
static enum truth match_users(const struct filter *filter, const struct node *test,
			      const struct snapshot *snap, const struct object *obj)
{
	bool complete = object_users_complete(snap, obj);
	enum truth truth = complete ? TRUTH_NO : TRUTH_UNKNOWN;
	uint32_t i, last = NO_INDEX;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, obj) {
		enum truth found;

		if (!edge_is_use(edge) || edge->process == NO_INDEX ||
		    edge->process == last)
			continue;
		last = edge->process;
		found = match_process(filter, test, &snap->processes.at[edge->process]);
		if (found == TRUTH_YES)
			return TRUTH_YES;
		if (found == TRUTH_UNKNOWN)
			truth = TRUTH_UNKNOWN;
	}
	return truth;
}

static enum truth match_peers(const struct filter *filter, const struct node *test,
			      const struct snapshot *snap, const struct object *obj)
{
	enum known known = object_value(snap, obj, test->field).known;
	enum truth truth = TRUTH_NO;
	const struct edge *edge;
	uint32_t i;

	if (known == KNOWN_NOT || known == KNOWN_NOT_APPLICABLE)
		truth = TRUTH_UNKNOWN;
	for_each_object_edge(edge, i, snap, obj) {
		const struct object *peer;
		enum truth found;

		if (edge->kind != EDGE_PEER)
			continue;
		peer = &snap->objects.at[edge->peer];
		found = fields[test->field].type == TYPE_USERS ?
			match_users(filter, test, snap, peer) :
			truth_of(is_ref(filter, test, snap, peer));
		if (found > truth)
			truth = found;
		if (truth == TRUTH_YES)
			break;
	}
	return truth;
}

bool filter_is_set(const struct node *test)
{
	switch (fields[test->field].type) {
	case TYPE_STATES:
		return true;
	case TYPE_SEMS:
	case TYPE_REFS:
	case TYPE_USERS:
	case TYPE_PIDS:
	case TYPE_COMMS:
		return test->op != OP_KNOWN;
	default:
		return test->field == FIELD_REF && test->op != OP_KNOWN;
	}
}

enum truth filter_match_set(const struct filter *filter, const struct node *test,
			    const struct snapshot *snap, const struct object *obj)
{
	switch (fields[test->field].type) {
	case TYPE_STATES:
		return match_state(test, snap, obj);
	case TYPE_SEMS:
		return match_sems(test, snap, obj);
	case TYPE_STR:
		return truth_of(is_ref(filter, test, snap, obj));
	default:
		break;
	}
	if (test->field == FIELD_PEERS || test->field == FIELD_PEER_USERS)
		return match_peers(filter, test, snap, obj);
	return match_users(filter, test, snap, obj);
}
