// SPDX-License-Identifier: GPL-2.0-or-later
/* What has a name in a file system: whoever uses it has a descriptor or a
 * mapping, or is in the middle of being sent one. */
#include "judge.h"

#define CLOCK_SLACK	2	/* seconds: rounded start of the process */
#define FILES_YOUNG	3600	/* seconds in which an empty file is being made */

/* Nobody was found: whether that is all there is to it. A lease would tell of what is in
 * flight, but only when it is taken: nothing is planned that is likely to be refused. */
static bool files_is_alone(struct verdict_state *state)
{
	if (state->judge->flight) {
		state->unseen = true;
		evidence_add(state, NO_USER);
		evidence_add(state, IN_FLIGHT, state->judge->flight);
		return false;
	}
	if (judge_number(state, FIELD_FLAGS) & IS(LAYER)) {
		judge_unseen(state);
		return false;
	}
	if (state->judge->leased) {
		evidence_add(state, NO_USER);
		return true;
	}
	if (!object_users_complete(state->judge->snap, state->obj)) {
		judge_unseen(state);
		return false;
	}
	evidence_add(state, NO_USER);
	return true;
}

void judge_posix(struct verdict_state *state)
{
	struct value age;

	state->best = VERDICT_STALE;
	judge_users(state, "open or mapped");
	if (state->used) {
		if (judge_number(state, FIELD_FLAGS) & IS(UNLINKED))
			evidence_add(state, UNLINKED);
		return;
	}
	judge_messages(state);
	age = object_value(state->judge->snap, state->obj, FIELD_AGE);
	if (state->obj->class == CLASS_pshm && !judge_number(state, FIELD_SIZE) &&
	    (age.known != KNOWN_YES || age.num < FILES_YOUNG)) {
		state->kept = true;
		evidence_add(state, YOUNG);
	}
	if (!files_is_alone(state))
		return;
	judge_owner(state);
	evidence_add(state, REACHABLE, "name");
}

/*
 * Of each file system the first of those who wait to open a FIFO that is younger than
 * they are: their path may have led to another one when they came. When that was
 * nothing tells: a waiter is woken by each who opens the same end, and sleeps again
 * (fs/pipe.c: wait_for_partner()), so that it may have come long before it last ran.
 * Only the start of its process is surely not later.
 */
static void files_find_openers(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	const struct edge *edge;

	judge->openers_found = true;
	vec_for_each(edge, &snap->edges) {
		const struct object *obj = &snap->objects.at[edge->object];
		struct opener *opener;
		uint64_t changed = 0;
		int64_t since;

		if (edge->kind != EDGE_WAITS || obj->class != CLASS_fifo || edge->fd >= 0)
			continue;
		since = process_since(snap, &snap->processes.at[edge->process]) - CLOCK_SLACK;
		if (object_num(snap, obj, FIELD_CTIME, &changed) && (int64_t)changed < since)
			continue;
		vec_for_each(opener, &judge->openers) {
			if (opener->dev == obj->key.ns)
				break;
		}
		if (!vec_stopped(opener, &judge->openers)) {
			opener = vec_add(&judge->openers);
			opener->since = INT64_MAX;
		}
		if (since < opener->since)
			*opener = (struct opener){ obj->key.ns, since, edge->process };
	}
}

/* Who may have come to this one by a path that leads to another one now; NULL. */
static const struct opener *files_opener(struct verdict_state *state)
{
	uint64_t changed = judge_number(state, FIELD_CTIME);
	struct judge *judge = state->judge;
	const struct opener *opener;

	if (!judge->openers_found)
		files_find_openers(judge);
	vec_for_each(opener, &judge->openers) {
		if (opener->dev == state->obj->key.ns && (int64_t)changed >= opener->since)
			return opener;
	}
	return NULL;
}

void judge_fifo(struct verdict_state *state)
{
	const struct opener *opener;

	judge_users(state, "open");
	if (state->used || !files_is_alone(state))
		return;
	if (object_value(state->judge->snap, state->obj, FIELD_WAITERS).known != KNOWN_YES) {
		judge_unseen(state);
		return;
	}
	opener = files_opener(state);
	if (opener) {
		state->unseen = true;
		evidence_add(state, OPENER, evidence_process(state->judge, opener->process));
		return;
	}
	judge_owner(state);
	evidence_add(state, REACHABLE, "path");
}

void judge_unix(struct verdict_state *state)
{
	const uint64_t flags = judge_number(state, FIELD_FLAGS);

	if (state->obj->key.space != SPACE_INODE) {
		state->used = true;
		judge_users(state, "open");
		if (!state->sides[SIDE_HERE].nr)
			evidence_add(state, SOCKET_ALIVE);
		return;
	}
	state->best = state->usual = VERDICT_STALE;
	if (flags & IS(ANSWERS)) {
		state->used = true;
		evidence_add(state, ANSWERS);
	} else if (flags & IS(LAYER)) {
		judge_unseen(state);
	} else if (flags & IS(REFUSED)) {
		evidence_add(state, REFUSED);
	} else {
		state->unseen = true;
		evidence_add(state, UNTESTED);
	}
}

void judge_other(struct verdict_state *state)
{
	judge_users(state, "open or mapped");
	if (!state->used)
		judge_unseen(state);
}
