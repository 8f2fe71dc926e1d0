// SPDX-License-Identifier: GPL-2.0-or-later
/* What is set, from what to what, and what comes with it, for people. */
#include "internal.h"

const char *const change_names[NR_CHANGES] = {
	[CHANGE_OWNER]	= "owner",
	[CHANGE_GROUP]	= "group",
	[CHANGE_MODE]	= "mode",
	[CHANGE_QBYTES]	= "qbytes",
	[CHANGE_SEM]	= "sem",
	[CHANGE_VALUE]	= "value",
	[CHANGE_LOCKED]	= "locked",
};

void change_put_name(struct buf *to, const struct change *change)
{
	buf_puts(to, change_names[change->what]);
	if (change->what == CHANGE_SEM)
		buf_printf(to, "[%u]", change->index);
}

void change_put_value(struct buf *to, const struct change *change, bool known, uint64_t value)
{
	if (!known)
		buf_putc(to, '?');
	else if (change->what == CHANGE_OWNER || change->what == CHANGE_GROUP)
		host_put_name(&live_host, change->what == CHANGE_GROUP, (uint32_t)value, to);
	else if (change->what == CHANGE_MODE)
		buf_printf(to, "0%03o", (unsigned int)value);
	else if (change->what == CHANGE_LOCKED)
		buf_puts(to, value ? "yes" : "no");
	else
		buf_u64(to, value);
}

void change_put(struct buf *to, const struct change *change)
{
	change_put_name(to, change);
	buf_putc(to, ' ');
	change_put_value(to, change, change->knows_before, change->before);
	buf_puts(to, " -> ");
	change_put_value(to, change, true, change->wanted);
}

const char *change_effect(const struct change *change)
{
	switch (change->what) {
	case CHANGE_SEM:
		return "SEM_UNDO entries of all processes for it are cleared, who can go on is woken, ctime becomes now";
	case CHANGE_VALUE:
		return "by single steps, as its users do it: who can go on is woken";
	case CHANGE_QBYTES:
		return "who waits to send is woken, ctime becomes now";
	case CHANGE_LOCKED:
		return change->wanted ?
		       "its pages stay in memory, as they come to be used, and count against RLIMIT_MEMLOCK" :
		       "its pages can be swapped out again";
	default:
		return "who uses it now goes on, ctime becomes now";
	}
}
