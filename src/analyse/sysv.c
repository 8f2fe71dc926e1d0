// SPDX-License-Identifier: GPL-2.0-or-later
/* System V objects: the kernel counts attachments and waiters, and remembers
 * who was last (ipc/shm.c, ipc/sem.c, ipc/msg.c). */
#include "judge.h"

static uint64_t sysv_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void sysv_add_attached(struct verdict_state *state, uint64_t attaches)
{
	struct judge *judge = state->judge;
	struct value found = object_value(judge->snap, state->obj, FIELD_ATTACHES_FOUND);

	judge_users(state, "attached");
	if (!state->used)
		evidence_add(state, ATTACHED, evidence_number(judge, attaches));
	state->used = true;
	if (found.known == KNOWN_YES && found.num < attaches)
		evidence_add(state, ATTACHED_UNSEEN,
			     evidence_number(judge, attaches - found.num),
			     evidence_number(judge, attaches));
}

void judge_shm(struct verdict_state *state)
{
	struct judge *judge = state->judge;
	uint64_t key = judge_number(state, FIELD_KEY), attaches, last;
	const unsigned int mode = (unsigned int)judge_number(state, FIELD_MODE);
	struct value creator, user;

	if (!object_num(judge->snap, state->obj, FIELD_ATTACHES, &attaches)) {
		judge_users(state, "attached");
		if (!state->used)
			judge_unseen(state);
		return;
	}
	if (judge_number(state, FIELD_FLAGS) & IS(DEST)) {
		state->dest = true;
		evidence_add(state, REMOVED);
	}
	if (attaches) {
		sysv_add_attached(state, attaches);
		return;
	}
	last = sysv_later(judge_number(state, FIELD_ATIME), judge_number(state, FIELD_DTIME));
	if (last)
		evidence_add(state, UNATTACHED,
			     evidence_age(judge, last, (uint64_t)judge->snap->host.taken));
	else
		evidence_add(state, NEVER_ATTACHED);
	creator = object_value(judge->snap, state->obj, FIELD_CPID);
	user = object_value(judge->snap, state->obj, FIELD_LPID);
	judge_process(state, "creator", creator, judge_number(state, FIELD_CTIME));
	if (user.known != KNOWN_YES || creator.known != KNOWN_YES ||
	    user.num != creator.num)
		judge_process(state, "last user", user, last);
	/* A daemon keeps the segment that its parent made, and attaches it for each request. */
	judge_owner(state);
	if (key) {
		evidence_add(state, KEYED, arena_printf(judge->arena, "0x%08x",
							(uint32_t)key)->data);
	} else {
		evidence_add(state, NO_KEY);
		/* Of others nothing tells whether they know the id. */
		if (mode & 077)
			evidence_add(state, OTHERS_MAY,
				     arena_printf(judge->arena, "%04o", mode & 0777)->data);
		else
			state->best = state->usual = VERDICT_STALE;
	}
}

/* The processes that used each of the set last, each once. */
static void sysv_judge_last(struct verdict_state *state, const struct sems *sems)
{
	const uint64_t when = sysv_later(judge_number(state, FIELD_OTIME),
					 judge_number(state, FIELD_CTIME));
	bool never = true;
	uint32_t i, k;

	for (i = 0; i < sems->nr; i++) {
		struct value pid = {
			.known = KNOWN_YES, .num = (uint64_t)sems->sem[i].pid,
		};

		/* Neighbours mostly have the same; there is room for few. */
		for (k = i; k > 0 && k + 8 > i; k--) {
			if (sems->sem[k - 1].pid == sems->sem[i].pid)
				break;
		}
		if (i && k && k + 8 > i)
			continue;
		/* Out of a PID namespace, 0 is a process that is not visible. */
		if (!pid.num && state->judge->snap->host.first_pid_ns)
			continue;
		if (!pid.num)
			pid.known = KNOWN_NOT;
		never = false;
		judge_process(state, "last user", pid, when);
	}
	if (never)
		evidence_add(state, NEVER_USED);
}

void judge_sem(struct verdict_state *state)
{
	const struct sems *sems = object_sems(state->judge->snap, state->obj);
	uint64_t waiters = 0;
	bool detailed = sems;
	uint32_t i;

	judge_users(state, "in use");
	if (state->used)
		return;
	for (i = 0; sems && i < sems->nr; i++) {
		detailed &= sems->sem[i].detailed;
		waiters += sems->sem[i].ncnt + (uint64_t)sems->sem[i].zcnt;
	}
	if (!detailed) {
		state->unseen = true;
		evidence_add(state, VALUES_UNREADABLE);
		return;
	}
	if (waiters) {
		state->used = true;
		evidence_add(state, THREADS_WAIT, evidence_number(state->judge, waiters));
		return;
	}
	evidence_add(state, NO_WAITER_SEM);
	sysv_judge_last(state, sems);
	judge_owner(state);
	evidence_add(state, NO_LIST, "semaphore set");
}

void judge_msg(struct verdict_state *state)
{
	const struct snapshot *snap = state->judge->snap;

	judge_users(state, "in use");
	if (state->used)
		return;
	judge_messages(state);
	if (object_value(snap, state->obj, FIELD_WAITERS).known == KNOWN_NOT) {
		judge_unseen(state);
		return;
	}
	evidence_add(state, NO_WAITER_MSG);
	judge_process(state, "last sender", object_value(snap, state->obj, FIELD_LSPID),
		      judge_number(state, FIELD_STIME));
	judge_process(state, "last receiver", object_value(snap, state->obj, FIELD_LRPID),
		      judge_number(state, FIELD_RTIME));
	judge_owner(state);
	evidence_add(state, NO_LIST, "queue");
}
