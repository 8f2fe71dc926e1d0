// SPDX-License-Identifier: GPL-2.0-or-later
/* Who made it, who used it, who could: and what became of them. */
#include "judge.h"

static void people_add_gone(struct verdict_state *state, const char *who, pid_t pid,
			    const char *number, uint64_t when)
{
	struct judge *judge = state->judge;
	uint32_t index = snapshot_find_pid(judge->snap, pid);
	const struct process *proc;
	int64_t started;

	if (index == NO_INDEX) {
		evidence_add(state, MISSING, who, number);
		return;
	}
	proc = &judge->snap->processes.at[index];
	started = process_since(judge->snap, proc);
	if (proc->flags & PROCESS_ZOMBIE) {
		evidence_add(state, ENDED, who, number);
	} else {
		const struct str *did = arena_printf(judge->arena, "%s was %s",
			state->kind->noun, *who == 'c' ? "made" : "last used");

		evidence_add(state, PID_REUSED, who, number,
			     evidence_age(judge, when, (uint64_t)started), did->data);
	}
}

void judge_process(struct verdict_state *state, const char *who, struct value pid,
		   uint64_t when)
{
	struct judge *judge = state->judge;
	const char *number;
	struct value alive;

	if (pid.known == KNOWN_NONE || pid.known == KNOWN_NOT_APPLICABLE)
		return;
	if (pid.known != KNOWN_YES) {
		state->unsure = true;
		evidence_add(state, NOT_VISIBLE, who);
		return;
	}
	number = evidence_number(judge, pid.num);
	alive = process_alive(judge->snap, (pid_t)pid.num, (int64_t)when);
	if (alive.known != KNOWN_YES) {
		state->unsure = true;
		if (snapshot_find_pid(judge->snap, (pid_t)pid.num) == NO_INDEX ||
		    !judge->snap->host.all_processes)
			evidence_add(state, NOT_SEEN, who, number);
		else
			evidence_add(state, CLOCK_UNPROVEN, who, number);
	} else if (alive.num) {
		state->kept = true;
		evidence_add(state, RUNS, who, number, evidence_process(judge,
			     snapshot_find_pid(judge->snap, (pid_t)pid.num)));
	} else {
		people_add_gone(state, who, (pid_t)pid.num, number, when);
		/* Of whom the kernel does not note the creator, the last user. */
		if (*who == 'c' || !state->maker_gone)
			state->maker_gone = (pid_t)pid.num;
		/* Its children may know the id, whoever they are now. */
		if (judge_session_runs(judge, (pid_t)pid.num)) {
			state->kept = true;
			evidence_add(state, SESSION_RUNS, number);
		}
	}
}

/* Whether processes of the user run; @who: "owner", "creator". */
static bool people_add_user(struct verdict_state *state, uid_t uid, const char *who)
{
	struct judge *judge = state->judge;
	const struct owner *owner = judge_owner_of(judge, uid);
	const char *name = evidence_user(judge, uid);

	if (!owner) {
		if (strlen("no process of  runs") + strlen(name) <= WHY_BRIEF)
			evidence_add(state, OWNER_GONE, who, name);
		else
			evidence_add(state, OWNER_GONE_LONG, who, name);
	} else if (owner->nr > 1) {
		evidence_add(state, OWNER_RUNS_MORE, who, name,
			     evidence_process(judge, owner->process),
			     evidence_number(judge, owner->nr - 1));
	} else {
		evidence_add(state, OWNER_RUNS, who, name,
			     evidence_process(judge, owner->process));
	}
	return owner;
}

void judge_owner(struct verdict_state *state)
{
	uint64_t uid, cuid;

	if (!object_num(state->judge->snap, state->obj, FIELD_UID, &uid)) {
		state->unsure = true;
		evidence_add(state, OWNER_UNKNOWN);
		return;
	}
	if (state->judge->blind) {
		state->unsure = true;
		evidence_add(state, OWNER_UNSEEN, state->judge->blind);
		return;
	}
	state->owner_runs = people_add_user(state, (uid_t)uid, "owner");
	if (object_num(state->judge->snap, state->obj, FIELD_CUID, &cuid) && cuid != uid)
		state->owner_runs |= people_add_user(state, (uid_t)cuid, "creator");
}

void judge_users(struct verdict_state *state, const char *how)
{
	struct judge *judge = state->judge;
	uint32_t i, nr = 0, last = NO_INDEX;
	const struct edge *edge;
	const char *name = NULL;

	for_each_object_edge(edge, i, judge->snap, state->obj) {
		if (edge->kind != EDGE_WAITS || edge->process == NO_INDEX)
			continue;
		state->used = true;
		name = evidence_process(judge, edge->process);
		if (edge->sem != NO_INDEX)
			evidence_add(state, WAITS_ON_SEM, name,
				     evidence_number(judge, edge->sem));
		else
			evidence_add(state, WAITS, name);
		return;
	}
	/* That its class alone proves the use says more than who has it. */
	if (state->used)
		return;
	for_each_object_edge(edge, i, judge->snap, state->obj) {
		if (!edge_uses[edge->kind] || edge->process == NO_INDEX || edge->process == last)
			continue;
		last = edge->process;
		if (!nr++)
			name = evidence_process(judge, last);
	}
	if (!nr)
		return;
	state->used = true;
	if (nr == 1)
		evidence_add(state, USED_BY_ONE, name, how);
	else
		evidence_add(state, USED, evidence_number(judge, nr), how);
}

void judge_unseen(struct verdict_state *state)
{
	const struct snapshot *snap = state->judge->snap;
	const uint64_t parts = state->kind->users_by | state->kind->waits_by | NEED(PROCS);
	const struct gap *gap;

	state->unseen = true;
	if (judge_number(state, FIELD_FLAGS) & IS(LAYER)) {
		evidence_add(state, LAYER);
		return;
	}
	if (!snap->host.first_pid_ns && !snap->host.outside_assumed) {
		evidence_add(state, PID_NAMESPACE);
		return;
	}
	vec_for_each(gap, &snap->gaps) {
		if (!(parts & snap->gap_parts))
			break;
		if (!(parts >> gap->part & 1))
			continue;
		if (gap->part == PART_REQUESTS || gap->part == PART_ARMED)
			evidence_add(state, REQUEST,
				     evidence_number(state->judge, (uint64_t)gap->pid));
		else
			evidence_add(state, UNREADABLE,
			     evidence_number(state->judge, (uint64_t)gap->pid));
		return;
	}
	evidence_add(state, UNSEEN);
}

void judge_messages(struct verdict_state *state)
{
	const uint64_t nr = judge_number(state, FIELD_MESSAGES);

	if (!nr)
		return;
	state->kept = true;
	evidence_add(state, MESSAGES, evidence_number(state->judge, nr));
}
