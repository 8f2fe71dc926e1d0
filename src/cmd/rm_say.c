// SPDX-License-Identifier: GPL-2.0-or-later
/* What rm says and asks: LOOK of a refusal is who, what would break, and the
 * way round. */
#include "rm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/text.h"

static void rm_note(struct removal_session *removal, struct target *target,
		    enum outcome outcome, const char *text)
{
	target->outcome = outcome;
	target->note = arena_str(&removal->rm.arena, text, strlen(text));
	target->note_brief = target->note;
}

/* "in use, 3 attachments in 2 processes", or what is not known. */
static void rm_put_reason(struct buf *to, const struct target *target)
{
	if (target->verdict == VERDICT_IN_USE)
		buf_puts(to, "in use, ");
	else
		buf_puts(to, "not known whether it is in use: ");
	buf_str(to, target->sentence);
}

static void rm_explain(struct removal_session *removal, uint32_t i,
		       const struct target *target)
{
	const struct snapshot *snap = &removal->session.picture.snap;
	struct buf text = { .to = stderr }, users = {};

	render_users(&users, snap, &snap->objects.at[removal->session.rows.at[i]],
		     NO_INDEX, 0);
	if (users.len && strcmp(users.data, "-") && strcmp(users.data, "?"))
		buf_printf(&text, "  %s\n", users.data);
	buf_puts(&text, "  if it were removed: ");
	target_effect(&text, target);
	buf_puts(&text, "\n  to remove it all the same: ipcscope rm --force ");
	buf_str(&text, target->ref);
	buf_putc(&text, '\n');
	buf_flush(&text);
	buf_free(&text);
	buf_free(&users);
}

void rm_refuse(struct removal_session *removal, uint32_t i, struct target *target,
	       const char *impossible)
{
	struct buf reason = {};

	if (impossible)
		buf_puts(&reason, impossible);
	else
		rm_put_reason(&reason, target);
	rm_note(removal, target, OUTCOME_REFUSED, reason.data);
	complain("%s not removed: %s", target->ref->data, reason.data);
	if (!impossible)
		rm_explain(removal, i, target);
	buf_free(&reason);
}

void rm_gone(struct removal_session *removal, struct target *target)
{
	rm_note(removal, target, OUTCOME_GONE, "removed before, goes with the last detach");
}

struct widths {
	size_t ref, owner, amount, verdict;
};

static size_t rm_width_of(const struct str *str)
{
	return text_width(str->data, str->len);
}

static void rm_widen(size_t *width, size_t to)
{
	if (to > *width)
		*width = to;
}

static void rm_measure(const struct removal_session *removal, struct widths *widths)
{
	const struct target *target;

	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome != OUTCOME_PLANNED)
			continue;
		rm_widen(&widths->ref, rm_width_of(target->ref));
		rm_widen(&widths->owner, rm_width_of(target->owner));
		rm_widen(&widths->amount, rm_width_of(target->amount));
		rm_widen(&widths->verdict, strlen(verdict_infos[target->verdict].word));
	}
}

static void rm_put_padded(struct buf *to, const struct str *str, size_t width)
{
	buf_str(to, str);
	buf_pad(to, ' ', width - rm_width_of(str) + 1);
}

static void rm_print_target(struct buf *to, const struct removal_session *removal,
			    const struct target *target, const struct widths *widths)
{
	const char *verdict = verdict_infos[target->verdict].word;

	buf_puts(to, "remove ");
	rm_put_padded(to, target->ref, widths->ref);
	rm_put_padded(to, target->owner, widths->owner);
	buf_pad(to, ' ', widths->amount - rm_width_of(target->amount));
	buf_str(to, target->amount);
	buf_printf(to, " %-*s ", (int)widths->verdict, verdict);
	buf_str(to, removal->session.view.terminal && removal->session.view.width < 120 ?
		target->brief : target->sentence);
	buf_puts(to, "\n       ");
	target_effect(to, target);
	buf_puts(to, "; ");
	target_keeping(to, &removal->rm, target);
	if (target->lease)
		buf_puts(to, "\n       only if the kernel then knows of no other user");
	if (target->force && (target->verdict == VERDICT_IN_USE ||
			      target->verdict == VERDICT_UNKNOWN)) {
		buf_puts(to, "\n       by force: ");
		buf_str(to, target->sentence);
	}
	buf_putc(to, '\n');
}

void rm_print_plan(const struct removal_session *removal)
{
	struct buf out = { .to = stdout };
	const struct target *target;
	struct widths widths = {};

	rm_measure(removal, &widths);
	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome == OUTCOME_PLANNED)
			rm_print_target(&out, removal, target, &widths);
	}
	output_finish(&out);
}

static bool rm_yes(const char *question)
{
	char line[16];
	char *end;

	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin))
		return false;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return !strcmp(line, "y") || !strcmp(line, "yes");
}

/* Whose of root and the system users are among them; how many objects. */
static uint32_t rm_system_owners(const struct removal_session *removal, struct buf *names)
{
	const struct target *target, *last = NULL;
	uint32_t nr = 0;

	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome != OUTCOME_PLANNED || !is_system_user(target->uid))
			continue;
		if (nr++ && target->uid == last->uid)
			continue;
		buf_puts(names, names->len ? ", " : "");
		buf_str(names, target->owner);
		last = target;
	}
	return nr;
}

bool rm_agreed(const struct removal_session *removal, uint32_t nr)
{
	struct buf question = {}, names = {};
	uint32_t theirs;
	bool agreed;

	buf_printf(&question, nr == 1 ? "remove this object?" :
		   "remove these %u objects?", nr);
	agreed = rm_yes(question.data);
	theirs = rm_system_owners(removal, &names);
	if (agreed && theirs) {
		buf_reset(&question);
		buf_printf(&question, "%u of them %s to %s: really remove?",
			   theirs, theirs == 1 ? "belongs" : "belong", names.data);
		agreed = rm_yes(question.data);
	}
	buf_free(&question);
	buf_free(&names);
	if (!agreed)
		complain("nothing was removed");
	return agreed;
}
