// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeping an object before it is removed. SAVED/ID.data are its contents (if it has any),
 * SAVED/ID.json what it was and the checksum of both, written under another name and moved
 * last: there is a whole copy or none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

int save_data(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct saving *save = arg;

	save->sum = copies_sum(save->sum, offset, data, len);
	if (offset + len > save->size)
		save->size = offset + len;
	save->err = state_write_at(save->fd, offset, data, len);
	return save->err;
}

static bool save_has_data(const struct target *target)
{
	const enum copy_data data = target_class(target)->data;

	return data == COPY_DATA || (data == COPY_MESSAGES && target->sysv.nr);
}

static int save_contents(struct saving *save)
{
	const struct change_class *class = target_class(save->target);
	int ret;

	if (!save_has_data(save->target))
		return class->data == COPY_NO_DATA && class->save ? class->save(save) : 0;
	copies_path(&save->path, save->rm, save->target->id, ".data");
	save->fd = state_create(save->path.data);
	if (save->fd < 0)
		return save->err = save->fd;
	ret = class->save(save);
	if (!ret)
		ret = save->err = state_resize(save->fd, save->size);
	state_close(save->fd);
	return ret;
}

static void save_describe(const struct saving *save, struct buf *text)
{
	const struct target *target = save->target;
	struct json json = { .to = text };

	json_open(&json, NULL, '{');
	json_u64(&json, "ipcscope_saved", 1);
	json_text(&json, "id", target->id);
	json_text(&json, "command", save->rm->command);
	log_time(&json, save->rm);
	identity_write(&json, target);
	json_bool(&json, "data", save_has_data(target));
	json_u64(&json, "data_size", save->size);
	json_begin(&json, "data_sum");
	buf_printf(text, "\"%016llx\"", (unsigned long long)save->sum);
	if (target_class(target)->data == COPY_MESSAGES)
		json_u64(&json, "messages", save->messages);
	json_close(&json, '}');
	buf_putc(text, '\n');
	buf_printf(text, "%016llx\n", (unsigned long long)copies_sum(0, 0, text->data, text->len));
}

static int save_description(struct saving *save)
{
	struct buf text = {}, final = {};
	int fd, ret;

	save_describe(save, &text);
	copies_path(&save->path, save->rm, save->target->id, ".new");
	copies_path(&final, save->rm, save->target->id, ".json");
	fd = state_create(save->path.data);
	ret = fd < 0 ? fd : state_write(fd, text.data, text.len);
	state_close(fd);
	if (!ret)
		ret = state_rename(save->path.data, final.data);
	buf_free(&text);
	buf_free(&final);
	return save->err = ret;
}

static void save_note(struct removal *rm, struct target *target, int err)
{
	if (err == -EIDRM || err == -EINVAL || err == -ENOENT)
		act_note(rm, target, -ENOENT);
	else if (err == -ESTALE)
		act_note(rm, target, err);
	else if (err == -E2BIG)
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "holds more messages than can be kept for undo (--no-save to remove it without)");
	else
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "cannot be kept for undo: %s (--no-save to remove it without)",
			    strerror(-err));
}

/* What attaching leaves behind must be told from what others do. */
static int save_compare(struct removal *rm, const struct target *target)
{
	const enum sysv_kind kind = target_class(target)->kind;
	const struct sysv_seen seen = {
		.st = target->sysv, .in_use = target->force,
	};
	struct sysv_stat now;
	int ret;

	if (!target_is_sysv(target))
		return 0;
	ret = rm->ops->sysv->look(kind, target->sysv.id, &now);
	if (ret)
		return ret;
	return host_sysv_unchanged(kind, &seen, &now) ? 0 : -ESTALE;
}

void save_target(struct removal *rm, struct target *target)
{
	struct saving save = { .rm = rm, .target = target, .fd = -1 };
	int ret;

	ret = save_compare(rm, target);
	if (!ret)
		ret = save_contents(&save);
	if (!ret)
		ret = save_description(&save);
	target->kept = !ret;
	if (ret)
		copies_drop(rm, target->id);
	/* No room to keep this one is none for the next. */
	if (save.err)
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "copies for undo cannot be kept in %s: %s (--no-save to do without)",
			 rm->paths.saved, strerror(-save.err));
	else if (ret)
		save_note(rm, target, ret);
	buf_free(&save.path);
}
