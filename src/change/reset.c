// SPDX-License-Identifier: GPL-2.0-or-later
/* What set does: kept and logged before it is done, looked at where it was cut short, and set
 * back by undo if nobody has changed it since. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/text.h"

void reset_write(struct json *json, const struct changes *changes)
{
	const struct change *change;

	json_open(json, "changes", '[');
	vec_for_each(change, changes) {
		if (change_is_done(change))
			continue;
		json_open(json, NULL, '{');
		json_text(json, "what", change_names[change->what]);
		json_u64(json, "index", change->index);
		if (change->knows_before)
			json_u64(json, "before", change->before);
		json_u64(json, "wanted", change->wanted);
		json_close(json, '}');
	}
	json_close(json, ']');
}

bool reset_is(const json_t *root)
{
	return json_is_array(json_object_get(root, "changes"));
}

/* The other way round: what was wanted is in after. */
static int reset_read(const json_t *root, struct changes *back)
{
	const json_t *array = json_object_get(root, "changes"), *each;
	struct arena arena = {};
	int ret = 0;
	size_t i, what;

	for (i = 0; i < json_array_size(array) && !ret; i++) {
		each = json_array_get(array, i);
		for (what = 0; what < NR_CHANGES; what++) {
			if (!strcmp(change_names[what], json_text_of(&arena, each, "what")))
				break;
		}
		if (what == NR_CHANGES || !json_is_integer(json_object_get(each, "before")))
			ret = -EBADMSG;
		else
			*vec_add(back) = (struct change){
				.what = (enum change_what)what,
				.index = (uint32_t)json_num_of(each, "index"),
				.wanted = (uint64_t)json_num_of(each, "before"),
				.after = (uint64_t)json_num_of(each, "wanted"),
			};
	}
	arena_free(&arena);
	return ret;
}

/* Looks into @now what @target is, which must be what set left, or a part of that: 1 if any of
 * it is to be set back, else 0. */
static int reset_compare(struct removal *rm, const struct target *target, struct changes *back,
			 struct target *now)
{
	const bool sysv = target_is_sysv(target);
	struct target same = *target;
	const struct change *change;
	struct present present;
	int ret = look_target(rm, target, &present), any = 0;

	if (ret)
		return ret;
	*now = *target;
	if (sysv)
		now->sysv = present.st;
	else
		now->file = present.file;
	ret = change_look(rm, now, back);
	if (ret)
		return ret;
	vec_for_each(change, back) {
		if (!change->knows_before)
			return -EACCES;
		if (change->before != change->wanted && change->before != change->after)
			return -ESTALE;
		any |= change->before != change->wanted;
		if (change->what == CHANGE_OWNER && sysv)
			same.sysv.uid = present.st.uid;
		else if (change->what == CHANGE_OWNER)
			same.file.uid = present.file.uid;
		else if (change->what == CHANGE_GROUP && sysv)
			same.sysv.gid = present.st.gid;
		else if (change->what == CHANGE_GROUP)
			same.file.gid = present.file.gid;
		else if (change->what == CHANGE_MODE && sysv)
			same.sysv.mode = present.st.mode;
		else if (change->what == CHANGE_MODE)
			same.file.mode = present.file.mode;
	}
	/* Moved by set itself. */
	if (sysv)
		same.sysv.ctime = present.st.ctime;
	return target_class(target)->family->is_same(&same, &present) ? any : -ESTALE;
}

int reset_look(struct removal *rm, const json_t *root, const struct target *target)
{
	struct changes back = {};
	struct target now;
	int ret = reset_read(root, &back);

	if (!ret)
		ret = reset_compare(rm, target, &back, &now);
	vec_free(&back);
	return ret;
}

int reset_undo(struct removal *rm, const json_t *root, const struct target *target,
	       char why[256])
{
	const struct change *failed = NULL;
	struct changes back = {};
	struct buf text = {};
	struct target now;
	int ret = reset_read(root, &back);

	if (!ret)
		ret = reset_compare(rm, target, &back, &now);
	if (ret > 0)
		ret = change_apply(rm, &now, &back, &failed);
	if (ret == -EBADMSG && !failed)
		buf_puts(&text, "what was kept is damaged");
	else if (ret == -ESTALE)
		buf_puts(&text, "it was changed or replaced since");
	else if (ret)
		change_explain(&text, rm, target, failed, ret);
	if (ret)
		snprintf(why, 256, "%s", text.data);
	buf_free(&text);
	vec_free(&back);
	return ret;
}

/* What was not known before cannot be set back. */
static bool reset_keep(struct removal *rm, struct target *target)
{
	const struct change *change;
	int ret;

	vec_for_each(change, rm->changes)
		target->keep &= change->knows_before;
	if (!target->keep)
		return true;
	if (target_visit(rm, target, copies_keep))
		target->kept = false;
	if (!*rm->fatal && !target->kept) {
		snprintf(rm->fatal, sizeof(rm->fatal), "%s", target->note->data);
		return false;
	}
	ret = *rm->fatal ? 0 : state_sync_all(rm->paths.saved);
	if (ret)
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written: %s",
			 rm->paths.saved, strerror(-ret));
	return !*rm->fatal;
}

/* Whether nothing was done before it failed. */
static bool reset_is_untouched(const struct changes *changes)
{
	const struct change *change;

	vec_for_each(change, changes) {
		if (!change->knows_before || !change->knows_after ||
		    change->before != change->after)
			return false;
	}
	return true;
}

int change_run(struct removal *rm, struct target *target, struct changes *changes,
	       const struct change **failed)
{
	const struct change *change;
	struct buf text = {};
	struct present now;
	int ret = look_target(rm, target, &now);

	if (!ret && !target_class(target)->family->is_same(target, &now))
		ret = -ESTALE;
	if (ret)
		return ret;
	/* As exactly as it can be told: the plan knows seconds. */
	if (target_class(target)->moved) {
		target->file = now.file;
		target->ns = now.dev;
	}
	ret = -ECANCELED;
	vec_for_each(change, changes) {
		if (change_is_done(change))
			continue;
		buf_puts(&text, text.len ? ", " : "");
		change_put(&text, change);
	}
	if (!text.len)
		return 0;
	target->amount = arena_str(&rm->arena, text.data, text.len);
	buf_free(&text);
	target->id = arena_printf(&rm->arena, "%s.%u", rm->run, ++rm->numbered)->data;
	rm->changes = changes;
	target->keep = true;
	if (saved_begin(rm))
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written", rm->paths.saved);
	else if (reset_keep(rm, target)) {
		log_begin(rm, target);
		if (!log_flush(rm, true))
			ret = change_apply(rm, target, changes, failed);
	}
	target->outcome = OUTCOME_CHANGED;
	if (ret == -ECANCELED || (ret && reset_is_untouched(changes)))
		target->outcome = OUTCOME_FAILED;
	if (ret) {
		change_explain(&text, rm, target, *failed, ret);
		target_note(rm, target, target->outcome, "failed", "%s", text.data);
		buf_free(&text);
	}
	if (target->kept && target->outcome == OUTCOME_FAILED)
		copies_drop(rm, target->id);
	if (ret != -ECANCELED) {
		log_end(rm, target);
		saved_add_lost(rm, target, 1);
		log_flush(rm, true);
		log_journal(rm, target);
	}
	saved_finish(rm);
	return ret;
}
