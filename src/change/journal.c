// SPDX-License-Identifier: GPL-2.0-or-later
/* The same for syslog and the journal: one line an object. */
#include <syslog.h>

#include "internal.h"
#include "ipcscope/text.h"

/* Owners and reasons have names in them that others chose. */
static void put_safe(struct buf *to, const struct str *str)
{
	if (str)
		text_escape(to, str->data, str->len);
}

void journal_target(const struct removal *rm, const struct target *target)
{
	struct buf line = {};

	if (rm->no_log)
		return;
	buf_puts(&line, outcome_words[target->outcome]);
	buf_putc(&line, ' ');
	buf_str(&line, target->ref);
	buf_puts(&line, " of ");
	buf_str(&line, target->owner);
	buf_printf(&line, " (%s: ", verdict_infos[target->verdict].word);
	put_safe(&line, target->sentence);
	buf_puts(&line, ")");
	if (target->note) {
		buf_puts(&line, ": ");
		put_safe(&line, target->note);
	}
	buf_printf(&line, "; by %s (uid %u) with ipcscope %s, id %s",
		   rm->by->data, rm->by_uid, rm->command, target->id);
	syslog(target->outcome == OUTCOME_REMOVED ? LOG_NOTICE : LOG_WARNING,
	       "%s", line.data);
	buf_free(&line);
}
