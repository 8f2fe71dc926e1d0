/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_SET_H
#define IPCSCOPE_SET_H

/*
 * Changing what may be changed of an object, after the same second look as a
 * removal: an object that is another one by then, or whose owner or mode was
 * changed meanwhile, is left alone.
 */

#include "remove.h"

enum change_what {
	CHANGE_OWNER, CHANGE_GROUP, CHANGE_MODE, CHANGE_QBYTES,
	CHANGE_SEM,		/* one of a set */
	CHANGE_VALUE,		/* of a named semaphore */
	CHANGE_LOCKED,
};

struct change {
	enum change_what what;
	uint32_t index;		/* CHANGE_SEM */
	uint64_t wanted;
	/* Filled in: not told where it may not be read. */
	bool knows_before, knows_after;
	uint64_t before, after;
};

struct changes VEC(struct change);

/* Adds what must be known of an object to change it. */
void change_query(struct query *query);
/* What it is now, into before. 0; -ESTALE: not what @target was; -errno. */
int change_look(const struct removal *rm, const struct target *target,
		struct changes *changes);
/* Does those whose before is not what is wanted; what became of each into
 * after. 0, or -errno of the first that failed: *@failed. */
int change_apply(const struct removal *rm, const struct target *target,
		 struct changes *changes, const struct change **failed);
/* What it does to others: "who waits is woken". No full stop. */
const char *change_effect(const struct change *change);
/* Why it may not be, and what would let it: safe text. */
void change_explain(struct buf *to, const struct removal *rm,
		    const struct target *target, const struct change *failed,
		    int err);

static inline bool change_is_done(const struct change *change)
{
	return change->knows_before && change->before == change->wanted;
}

#endif
