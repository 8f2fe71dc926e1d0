// SPDX-License-Identifier: GPL-2.0-or-later
/* What has a name in a file system: whoever uses it has a descriptor or a
 * mapping, or is in the middle of being sent one. */
#include "judge.h"

#define STRONG	100
#define MIDDLE	60
#define WEAK	20
#define YOUNG	3600	/* seconds in which an empty file is being made */

/* Nobody was found: whether that is all there is to it. */
static bool is_alone(struct verdict_state *op)
{
	if (!object_users_complete(op->judge->snap, op->obj)) {
		judge_unseen(op);
		return false;
	}
	say_fixed(op, LEFT, WEAK, "no process has it", "no process has it",
		  "no process has it open or mapped");
	if (op->judge->flight) {
		op->unseen = true;
		say(op, NOT_KNOWN, MIDDLE,
		    fixed(op->judge, "descriptors in flight"),
		    fixed(op->judge, "a descriptor of it may be in flight"),
		    op->judge->flight);
		return false;
	}
	return true;
}

static void say_young(struct verdict_state *op)
{
	struct value age = object_value(op->judge->snap, op->obj, FIELD_AGE);

	if (op->obj->class != CLASS_pshm || number_of(op, FIELD_SIZE) ||
	    (age.known == KNOWN_YES && age.num >= YOUNG))
		return;
	op->kept = true;
	say_fixed(op, HERE, MIDDLE, "empty, being made?",
		  "it is empty and new: perhaps just being made",
		  "it is empty and younger than 1h: its maker may be about to give it a size");
}

void judge_posix(struct verdict_state *op)
{
	uint64_t flags = number_of(op, FIELD_FLAGS);

	op->best = VERDICT_STALE;
	op->usual = VERDICT_SUSPECT;
	judge_users(op, "open or mapped");
	if (op->used) {
		if (flags & IS(UNLINKED))
			say_fixed(op, LEFT, MIDDLE, "unlinked",
				  "its name is gone",
				  "its name is gone: it goes with the last process that has it");
		return;
	}
	judge_messages(op);
	say_young(op);
	if (!is_alone(op))
		return;
	judge_owner(op);
	say_fixed(op, HERE, 1, NULL, NULL,
		  "it has a name: whoever knows it can open it again");
}

void judge_fifo(struct verdict_state *op)
{
	struct value waiters = object_value(op->judge->snap, op->obj,
					    FIELD_WAITERS);

	op->best = op->usual = VERDICT_SUSPECT;
	judge_users(op, "open");
	if (op->used || !is_alone(op))
		return;
	if (waiters.known != KNOWN_YES) {
		judge_unseen(op);
		return;
	}
	judge_owner(op);
	say_fixed(op, HERE, 1, NULL, NULL,
		  "it has a path: whoever knows it can open it again");
}

static void judge_path(struct verdict_state *op, uint64_t flags)
{
	op->best = op->usual = VERDICT_STALE;
	if (flags & IS(ANSWERS)) {
		op->used = true;
		say_fixed(op, HERE, STRONG, "a socket answers",
			  "some socket is bound to this path",
			  "some socket is bound to this path: a connection is not refused");
	} else if (flags & IS(REFUSED)) {
		say_fixed(op, LEFT, STRONG, "no socket bound to it",
			  "no socket in any network namespace is bound to this path",
			  "no socket in any network namespace is bound to this path: a connection is refused");
	} else {
		op->unseen = true;
		say_fixed(op, NOT_KNOWN, STRONG, "not tested",
			  "no socket found, but connecting was not tried",
			  "whether a socket of another network namespace is bound to it: ipcscope stale tries to connect");
	}
}

void judge_unix(struct verdict_state *op)
{
	if (op->obj->key.space == SPACE_INODE) {
		judge_path(op, number_of(op, FIELD_FLAGS));
		return;
	}
	op->used = true;
	judge_users(op, "open");
	if (!op->sides[HERE].nr)
		say_fixed(op, HERE, STRONG, "the socket is alive",
			  "the socket is alive", "the socket is alive");
}

void judge_other(struct verdict_state *op)
{
	judge_users(op, "open or mapped");
	if (!op->used)
		judge_unseen(op);
}
