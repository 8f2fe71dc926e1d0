// SPDX-License-Identifier: GPL-2.0-or-later
/* What removing does, class by class: they do not die the same way. */
#include <stdio.h>

#include "internal.h"
#include "ipcscope/num.h"

static void put_number(struct buf *to, uint64_t nr, const char *one,
		       const char *many)
{
	num_grouped(to, nr);
	buf_printf(to, " %s", nr == 1 ? one : many);
}

static void shm_effect(struct buf *to, const struct target *target)
{
	const struct sysv_stat *st = &target->sysv;

	if (!st->nr) {
		if (st->key)
			buf_printf(to, "memory and key 0x%08x are free at once",
				   st->key);
		else
			buf_puts(to, "memory is free at once");
		return;
	}
	buf_puts(to, "memory is free when ");
	put_number(to, st->nr, "attachment ends", "attachments end");
	if (st->key)
		buf_printf(to, "; key 0x%08x at once: the next program to ask for it gets a new, empty segment",
			   st->key);
}

static void msg_effect(struct buf *to, const struct target *target)
{
	if (target->sysv.nr) {
		put_number(to, target->sysv.nr, "message goes",
			   "messages go");
		buf_puts(to, " with it; ");
	}
	buf_puts(to, "whoever waits or comes back gets an error");
}

void target_effect(struct buf *to, const struct target *target)
{
	switch (target->class) {
	case CLASS_shm:
		shm_effect(to, target);
		break;
	case CLASS_sem:
		buf_puts(to, "whoever waits or comes back gets an error");
		break;
	case CLASS_msg:
		msg_effect(to, target);
		break;
	case CLASS_pmsg:
		if (target->mq.messages) {
			put_number(to, target->mq.messages, "message goes",
				   "messages go");
			buf_puts(to, " with it; ");
		}
		buf_puts(to, "the name is free at once, who has it open keeps it");
		break;
	case CLASS_pshm:
		buf_puts(to, "the name is free at once, memory when nobody has it mapped or open");
		break;
	case CLASS_psem:
	case CLASS_fifo:
		buf_puts(to, "the name is free at once, who has it open keeps it");
		break;
	default:
		buf_puts(to, "the path is free at once, for a server to bind to");
		break;
	}
}

static const char *contents_of(const struct target *target)
{
	switch (target->class) {
	case CLASS_sem:		return "values";
	case CLASS_msg:		return target->sysv.nr ? "messages" : "limits";
	case CLASS_pmsg:	return "limits";
	case CLASS_psem:	return "value";
	case CLASS_fifo:
	case CLASS_unix:	return "owner and mode";
	default:		return "contents";
	}
}

void target_keeping(struct buf *to, const struct removal *rm,
		    const struct target *target)
{
	if (rm->no_save) {
		buf_puts(to, "nothing kept: no undo");
		return;
	}
	if (!target->keep) {
		buf_puts(to, "too large to be kept (--save-limit): no undo");
		return;
	}
	buf_printf(to, "%s kept for undo", contents_of(target));
	if (target->class == CLASS_pmsg && target->mq.messages)
		buf_puts(to, ", messages not");
}

void removal_plan_keep(struct removal *rm)
{
	uint64_t left = rm->save_limit;
	struct target *target;

	vec_for_each(target, &rm->targets) {
		target->keep = !rm->no_save && target->bytes <= left;
		if (target->keep && target->outcome == OUTCOME_PLANNED)
			left -= target->bytes;
	}
}
