// SPDX-License-Identifier: GPL-2.0-or-later
/* What has a name in a file system: whoever uses it has a descriptor or a
 * mapping, or is in the middle of being sent one. */
#include "judge.h"

#define FILES_YOUNG	3600	/* seconds in which an empty file is being made */

/* Nobody was found: whether that is all there is to it. */
static bool files_is_alone(struct verdict_state *state)
{
	if (!object_users_complete(state->judge->snap, state->obj)) {
		judge_unseen(state);
		return false;
	}
	evidence_add(state, NO_USER);
	if (state->judge->flight) {
		state->unseen = true;
		evidence_add(state, IN_FLIGHT, state->judge->flight);
		return false;
	}
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

void judge_fifo(struct verdict_state *state)
{
	judge_users(state, "open");
	if (state->used || !files_is_alone(state))
		return;
	if (object_value(state->judge->snap, state->obj, FIELD_WAITERS).known != KNOWN_YES) {
		judge_unseen(state);
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
