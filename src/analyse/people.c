// SPDX-License-Identifier: GPL-2.0-or-later
/* Who made it, who used it, who could: and what became of them. */
#include "judge.h"

#include "ipcscope/num.h"

#define STRONG	90
#define MIDDLE	60
#define WEAK	30

/* How long after @when the process started, for a sentence. */
static void put_later(struct buf *to, const struct verdict_state *op,
		      const struct process *proc, uint64_t when)
{
	const struct host_facts *host = &op->judge->snap->host;
	int64_t started = host->booted +
			  (int64_t)(proc->start / (host->ticks ?: 100));

	num_age(to, started > (int64_t)when ?
		(uint64_t)(started - (int64_t)when) : 0);
}

static void say_gone(struct verdict_state *op, const char *who, pid_t pid,
		     uint64_t when)
{
	struct judge *judge = op->judge;
	uint32_t index = snapshot_find_pid(judge->snap, pid);
	const struct str *brief, *clause, *sentence;
	const struct process *proc;

	brief = arena_printf(judge->arena, "%s %d gone", who, (int)pid);
	clause = arena_printf(judge->arena, "%s %d is gone", who, (int)pid);
	proc = index == NO_INDEX ? NULL : &judge->snap->processes.at[index];
	if (!proc) {
		sentence = arena_printf(judge->arena,
					"its %s is gone: there is no process %d",
					who, (int)pid);
	} else if (proc->flags & PROCESS_ZOMBIE) {
		sentence = arena_printf(judge->arena,
					"its %s is gone: process %d has ended",
					who, (int)pid);
	} else if (judge->clock_stepped) {
		op->unsure = true;
		say(op, NOT_KNOWN, MIDDLE, fixed(judge, "clock was set"),
		    fixed(judge, "the clock was set, times prove nothing"),
		    arena_printf(judge->arena,
				 "whether process %d is its %s: the clock was set, so that times prove nothing",
				 (int)pid, who));
		return;
	} else {
		buf_reset(&judge->scratch);
		put_later(&judge->scratch, op, proc, when);
		sentence = arena_printf(judge->arena,
					"%s %d is gone: process %d started %s after the %s was %s",
					who, (int)pid, (int)pid,
					judge->scratch.data, noun_of(op),
					*who == 'c' ? "made" : "last used");
	}
	say(op, LEFT, STRONG, brief, clause, sentence);
}

static void say_runs(struct verdict_state *op, const char *who, pid_t pid)
{
	struct judge *judge = op->judge;
	uint32_t index = snapshot_find_pid(judge->snap, pid);
	const char *name = process_name(judge,
					&judge->snap->processes.at[index]);

	op->kept = true;
	say(op, HERE, STRONG,
	    arena_printf(judge->arena, "%s %d runs", who, (int)pid),
	    arena_printf(judge->arena, "its %s %s still runs", who, name),
	    arena_printf(judge->arena, "its %s %s still runs", who, name));
}

void judge_process(struct verdict_state *op, const char *who, struct value pid,
		   uint64_t when)
{
	struct judge *judge = op->judge;
	struct value alive;

	if (pid.known == KNOWN_NONE || pid.known == KNOWN_NOT_APPLICABLE)
		return;
	if (pid.known == KNOWN_YES) {
		alive = process_alive(judge->snap, (pid_t)pid.num,
				      (int64_t)when);
		if (alive.known == KNOWN_YES && alive.num)
			return say_runs(op, who, (pid_t)pid.num);
		if (alive.known == KNOWN_YES)
			return say_gone(op, who, (pid_t)pid.num, when);
	}
	op->unsure = true;
	if (pid.known == KNOWN_YES)
		say(op, NOT_KNOWN, MIDDLE,
		    arena_printf(judge->arena, "%s %d not seen", who,
				 (int)pid.num),
		    arena_printf(judge->arena,
				 "whether %s %d runs could not be seen", who,
				 (int)pid.num),
		    arena_printf(judge->arena,
				 "whether its %s, process %d, still runs: not all processes are visible",
				 who, (int)pid.num));
	else
		say(op, NOT_KNOWN, MIDDLE,
		    arena_printf(judge->arena, "%s not visible", who),
		    arena_printf(judge->arena,
				 "its %s is in no PID namespace seen from here", who),
		    arena_printf(judge->arena,
				 "who its %s is: a process outside this PID namespace",
				 who));
}

static bool say_owner(struct verdict_state *op, uid_t uid, const char *what)
{
	struct judge *judge = op->judge;
	const struct owner *owner = owner_of(judge, uid);
	const char *name = user_name(judge, uid);
	const char *proc;

	if (!owner) {
		const struct str *text = arena_printf(judge->arena,
						      "no process of %s runs", name);

		say(op, LEFT, WEAK, text->len <= WHY_BRIEF ? text :
		    fixed(judge, "owner runs nothing"), text, text);
		return false;
	}
	proc = process_name(judge, &judge->snap->processes.at[owner->process]);
	say(op, HERE, WEAK, arena_printf(judge->arena, "%s runs something", what),
	    arena_printf(judge->arena, "processes of %s run", name),
	    owner->nr > 1 ?
	    arena_printf(judge->arena,
			 "processes of its %s %s run, %s and %u more: any may use it",
			 what, name, proc, owner->nr - 1) :
	    arena_printf(judge->arena,
			 "a process of its %s %s runs, %s: it may use it",
			 what, name, proc));
	return true;
}

void judge_owner(struct verdict_state *op)
{
	uint64_t uid, cuid;

	if (!object_num(op->judge->snap, op->obj, FIELD_UID, &uid)) {
		op->unsure = true;
		say_fixed(op, NOT_KNOWN, MIDDLE, "owner not known",
			  "its owner could not be read",
			  "who its owner is could not be read");
		return;
	}
	if (op->judge->blind) {
		op->unsure = true;
		say(op, NOT_KNOWN, WEAK, fixed(op->judge, "not all who run seen"),
		    fixed(op->judge, "not all who run could be seen"),
		    op->judge->blind);
		return;
	}
	op->owner_runs = say_owner(op, (uid_t)uid, "owner");
	if (object_num(op->judge->snap, op->obj, FIELD_CUID, &cuid) &&
	    cuid != uid)
		op->owner_runs |= say_owner(op, (uid_t)cuid, "creator");
}

/* "postgres[5409]", "2 processes"; how many in *@nr. */
static const char *those(struct verdict_state *op, uint32_t *nr)
{
	const struct process *first = NULL;
	const struct edge *edge;
	uint32_t i, last = NO_INDEX;

	*nr = 0;
	for_each_object_edge(edge, i, op->judge->snap, op->obj) {
		if (!edge_is_use(edge) || edge->process == NO_INDEX ||
		    edge->process == last)
			continue;
		last = edge->process;
		if (!first)
			first = &op->judge->snap->processes.at[last];
		++*nr;
	}
	if (!first)
		return NULL;
	if (*nr == 1)
		return process_name(op->judge, first);
	buf_reset(&op->judge->scratch);
	buf_printf(&op->judge->scratch, "%u running processes", *nr);
	return arena_str(op->judge->arena, op->judge->scratch.data,
			 op->judge->scratch.len)->data;
}

static void say_waits(struct verdict_state *op)
{
	struct judge *judge = op->judge;
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, judge->snap, op->obj) {
		const char *name;

		if (edge->kind != EDGE_WAITS || edge->process == NO_INDEX)
			continue;
		name = process_name(judge,
				    &judge->snap->processes.at[edge->process]);
		op->used = true;
		say(op, HERE, STRONG, fixed(judge, "a thread waits on it"),
		    arena_printf(judge->arena, "%s waits on it", name),
		    op->obj->class == CLASS_sem ?
		    arena_printf(judge->arena, "%s waits on semaphore %u", name,
				 edge->sem) :
		    arena_printf(judge->arena, "%s waits on it", name));
		return;
	}
}

void judge_users(struct verdict_state *op, const char *how)
{
	struct judge *judge = op->judge;
	const struct str *text;
	const char *who;
	uint32_t nr;

	say_waits(op);
	who = those(op, &nr);
	if (op->used || !who)
		return;
	op->used = true;
	text = arena_printf(judge->arena, "%s %s it %s", who,
			    nr == 1 ? "has" : "have", how);
	say(op, HERE, STRONG,
	    arena_printf(judge->arena, "%u process%s", nr, nr == 1 ? "" : "es"),
	    text, text);
}

/* The first process that a part of @parts could not be read of. */
static const struct gap *first_gap(const struct snapshot *snap, uint32_t parts)
{
	const struct gap *gap;

	vec_for_each(gap, &snap->gaps) {
		if (parts >> gap->part & 1)
			return gap;
	}
	return NULL;
}

void judge_unseen(struct verdict_state *op)
{
	struct judge *judge = op->judge;
	const struct snapshot *snap = judge->snap;
	const uint32_t parts = op->kind->users_by | op->kind->waits_by |
			       NEED(PROCS);
	const struct gap *gap = first_gap(snap, parts);

	op->unseen = true;
	if (!snap->host.first_pid_ns)
		say_fixed(op, NOT_KNOWN, STRONG, "PID namespace not first",
			  "no user found, but processes outside this PID namespace are not visible",
			  "whether a process outside this PID namespace uses it");
	else if (gap)
		say(op, NOT_KNOWN, STRONG,
		    arena_printf(judge->arena, "pid %d not readable",
				 (int)gap->pid),
		    arena_printf(judge->arena,
				 "no user found, but pid %d could not be read",
				 (int)gap->pid),
		    arena_printf(judge->arena,
				 "whether process %d, which could not be read, uses it",
				 (int)gap->pid));
	else
		say_fixed(op, NOT_KNOWN, STRONG, "not all processes seen",
			  "no user found, but not all processes could be looked at",
			  "whether a process that was not looked at uses it");
}

void judge_messages(struct verdict_state *op)
{
	const uint64_t nr = number_of(op, FIELD_MESSAGES);
	struct judge *judge = op->judge;
	const struct str *text;

	if (!nr)
		return;
	op->kept = true;
	text = arena_printf(judge->arena, "%llu unread message%s",
			    (unsigned long long)nr, nr == 1 ? "" : "s");
	say(op, HERE, STRONG + 10, text, text,
	    arena_printf(judge->arena,
			 "it holds %llu message%s that nobody has read",
			 (unsigned long long)nr, nr == 1 ? "" : "s"));
}
