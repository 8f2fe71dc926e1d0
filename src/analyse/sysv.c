// SPDX-License-Identifier: GPL-2.0-or-later
/* System V objects: the kernel counts attachments and waiters, and remembers
 * who was last; FIELD notes 2.5, KERNEL.md 1 and 2. */
#include "judge.h"

#include "ipcscope/num.h"

#define STRONG	100
#define MIDDLE	60
#define WEAK	20

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void say_attached(struct verdict_state *op, uint64_t attaches)
{
	struct judge *judge = op->judge;
	struct value found = object_value(judge->snap, op->obj,
					  FIELD_ATTACHES_FOUND);

	judge_users(op, "attached");
	if (!op->used)
		say(op, HERE, STRONG,
		    arena_printf(judge->arena, "attached %llu time%s",
				 (unsigned long long)attaches,
				 attaches == 1 ? "" : "s"),
		    arena_printf(judge->arena, "the kernel counts %llu attachment%s",
				 (unsigned long long)attaches,
				 attaches == 1 ? "" : "s"),
		    arena_printf(judge->arena, "the kernel counts %llu attachment%s",
				 (unsigned long long)attaches,
				 attaches == 1 ? "" : "s"));
	op->used = true;
	if (found.known != KNOWN_YES || found.num >= attaches)
		return;
	say(op, NOT_KNOWN, MIDDLE,
	    arena_printf(judge->arena, "%llu unseen",
			 (unsigned long long)(attaches - found.num)),
	    NULL,
	    arena_printf(judge->arena,
			 "%llu of %llu attachments are in processes that cannot be read",
			 (unsigned long long)(attaches - found.num),
			 (unsigned long long)attaches));
}

static void say_dest(struct verdict_state *op)
{
	op->dest = true;
	say_fixed(op, HERE, STRONG + 10, "removed, still attached",
		  "removed, goes with the last detach",
		  "it was removed and goes with the last detach");
}

static void say_key(struct verdict_state *op)
{
	uint64_t key = number_of(op, FIELD_KEY);
	struct judge *judge = op->judge;

	if (!key) {
		say_fixed(op, LEFT, MIDDLE, "no key", "no key to come back by",
			  "it has no key (IPC_PRIVATE): only a process that was told its id could attach it again");
		return;
	}
	op->best = op->usual = VERDICT_SUSPECT;
	say(op, HERE, WEAK, fixed(judge, "keyed"),
	    arena_printf(judge->arena, "key 0x%08x can find it again",
			 (uint32_t)key),
	    arena_printf(judge->arena,
			 "it has key 0x%08x: a program that knows the key can attach again",
			 (uint32_t)key));
}

/* "nobody is attached, and nobody ever was" */
static void say_unattached(struct verdict_state *op, uint64_t last)
{
	struct judge *judge = op->judge;
	uint64_t now = (uint64_t)judge->snap->host.taken;

	if (!last) {
		say_fixed(op, LEFT, WEAK, "never attached",
			  "nobody attached, ever",
			  "nobody is attached, and nobody ever was");
		return;
	}
	buf_reset(&judge->scratch);
	num_age(&judge->scratch, now > last ? now - last : 0);
	say(op, LEFT, WEAK, fixed(judge, "nobody attached"),
	    arena_printf(judge->arena, "nobody attached for %s",
			 judge->scratch.data),
	    arena_printf(judge->arena, "nobody is attached, for %s",
			 judge->scratch.data));
}

void judge_shm(struct verdict_state *op)
{
	const struct snapshot *snap = op->judge->snap;
	uint64_t attaches, last, flags = number_of(op, FIELD_FLAGS);
	struct value creator, user;

	if (!object_num(snap, op->obj, FIELD_ATTACHES, &attaches)) {
		judge_users(op, "attached");
		if (!op->used)
			judge_unseen(op);
		return;
	}
	if (flags & IS(DEST))
		say_dest(op);
	if (attaches) {
		say_attached(op, attaches);
		return;
	}
	op->best = op->usual = VERDICT_STALE;
	last = later(number_of(op, FIELD_ATIME), number_of(op, FIELD_DTIME));
	say_unattached(op, last);
	creator = object_value(snap, op->obj, FIELD_CPID);
	user = object_value(snap, op->obj, FIELD_LPID);
	judge_process(op, "creator", creator, number_of(op, FIELD_CTIME));
	if (user.known != KNOWN_YES || creator.known != KNOWN_YES ||
	    user.num != creator.num)
		judge_process(op, "last user", user, last);
	say_key(op);
}

/* Threads that the kernel counts as waiting for a semaphore. */
static uint64_t count_waiters(const struct sems *sems)
{
	uint64_t nr = 0;
	uint32_t i;

	for (i = 0; i < sems->nr; i++)
		nr += sems->sem[i].ncnt + (uint64_t)sems->sem[i].zcnt;
	return nr;
}

static bool detailed(const struct sems *sems)
{
	uint32_t i;

	for (i = 0; sems && i < sems->nr; i++) {
		if (!sems->sem[i].detailed)
			return false;
	}
	return sems;
}

/* The processes that used each of the set last, each once. */
static void judge_last(struct verdict_state *op, const struct sems *sems)
{
	const uint64_t when = later(number_of(op, FIELD_OTIME),
				    number_of(op, FIELD_CTIME));
	struct value pid = { .known = KNOWN_YES };
	bool never = true;
	uint32_t i, k;

	for (i = 0; i < sems->nr; i++) {
		pid.num = (uint64_t)sems->sem[i].pid;
		/* Neighbours mostly have the same; say() has an end. */
		for (k = i; k > 0 && k + 8 > i; k--) {
			if (sems->sem[k - 1].pid == sems->sem[i].pid)
				break;
		}
		if (i && k && k + 8 > i)
			continue;
		if (pid.num) {
			never = false;
			judge_process(op, "last user", pid, when);
		} else if (!op->judge->snap->host.first_pid_ns) {
			judge_process(op, "last user", (struct value){
						.known = KNOWN_NOT }, when);
			never = false;
		}
	}
	if (never)
		say_fixed(op, LEFT, MIDDLE, "never used",
			  "no process used it, ever",
			  "no process has used any of its semaphores");
}

void judge_sem(struct verdict_state *op)
{
	const struct snapshot *snap = op->judge->snap;
	const struct sems *sems = object_sems(snap, op->obj);
	uint64_t waiters;

	op->best = op->usual = VERDICT_SUSPECT;
	judge_users(op, "in use");
	if (op->used)
		return;
	if (!detailed(sems)) {
		op->unseen = true;
		say_fixed(op, NOT_KNOWN, STRONG, "values not readable",
			  "who waits and who was last may not be read",
			  "whether somebody waits on it, and who used it last: its values may not be read");
		return;
	}
	waiters = count_waiters(sems);
	if (waiters) {
		op->used = true;
		say(op, HERE, STRONG, fixed(op->judge, "threads wait on it"),
		    fixed(op->judge, "threads wait on it"),
		    arena_printf(op->judge->arena,
				 "the kernel counts %llu waiting thread%s",
				 (unsigned long long)waiters,
				 waiters == 1 ? "" : "s"));
		return;
	}
	say_fixed(op, LEFT, WEAK, NULL, "nobody waits",
		  "nobody waits on any of its semaphores (counted by the kernel)");
	judge_last(op, sems);
	judge_owner(op);
	say_fixed(op, HERE, 1, NULL, NULL,
		  "the kernel keeps no list of who uses a semaphore set: somebody may come back");
}

void judge_msg(struct verdict_state *op)
{
	const struct snapshot *snap = op->judge->snap;
	struct value waiters = object_value(snap, op->obj, FIELD_WAITERS);
	struct value sender, receiver;

	op->best = op->usual = VERDICT_SUSPECT;
	judge_users(op, "in use");
	if (op->used)
		return;
	judge_messages(op);
	if (waiters.known == KNOWN_NOT) {
		judge_unseen(op);
		return;
	}
	say_fixed(op, LEFT, WEAK, NULL, "nobody waits",
		  "nobody waits to send or to receive");
	sender = object_value(snap, op->obj, FIELD_LSPID);
	receiver = object_value(snap, op->obj, FIELD_LRPID);
	judge_process(op, "last sender", sender, number_of(op, FIELD_STIME));
	judge_process(op, "last receiver", receiver,
		      number_of(op, FIELD_RTIME));
	judge_owner(op);
	say_fixed(op, HERE, 1, NULL, NULL,
		  "the kernel keeps no list of who uses a queue: somebody may come back");
}
