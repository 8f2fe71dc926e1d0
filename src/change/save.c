// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeping an object before it is removed. SAVED/ID.data are its contents (if
 * it has any), SAVED/ID.json what it was and the checksum of both, written
 * under another name and moved last: there is a whole copy or none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"

#define MOST_MESSAGES	2000
#define MOST_MESSAGE	(16 << 20)

struct saving {
	struct removal *rm;
	struct target *target;
	struct buf path;
	int fd;
	uint64_t size, sum;
	uint32_t messages;
	int err;		/* of writing, not of reading */
};

void save_path(struct buf *to, const struct removal *rm, const char *id,
	       const char *suffix)
{
	buf_reset(to);
	buf_printf(to, "%s/%s%s", rm->paths.saved.data, id, suffix);
}

void save_drop(const struct removal *rm, const char *id)
{
	static const char *const suffixes[] = { ".json", ".new", ".data" };
	struct buf path = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		save_path(&path, rm, id, suffixes[i]);
		state_unlink(path.data);
	}
	buf_free(&path);
}

static int sink(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct saving *save = arg;

	save->sum = sum_add(save->sum, offset, data, len);
	if (offset + len > save->size)
		save->size = offset + len;
	save->err = state_write_at(save->fd, offset, data, len);
	return save->err;
}

static int save_shm(struct saving *save)
{
	const struct target *target = save->target;
	const struct segment_mapping seen = {
		.pid = target->seen_pid, .start = target->seen_start,
		.end = target->seen_end,
	};

	return save->rm->ops->contents->read_segment(target->sysv.id, target->sysv.size,
				       &seen, sink, save,
				       &save->target->read_by_us);
}

/* Each as type, length and text; stays in the queue. */
static int collect_messages(struct saving *save, struct buf *all, char *room,
			    size_t size)
{
	const struct target *target = save->target;

	for (;;) {
		long type = 0;
		ssize_t len = save->rm->ops->contents->peek(target->sysv.id,
						      save->messages, &type,
						      room, size);
		const uint64_t head[2] = { (uint64_t)type, (uint64_t)len };

		if (len == -ENOMSG)
			return save->messages == target->sysv.nr ? 0 : -ESTALE;
		if (len < 0)
			return (int)len;
		buf_add(all, head, sizeof(head));
		buf_add(all, room, (size_t)len);
		save->messages++;
	}
}

static int save_messages(struct saving *save)
{
	const struct sysv_stat *st = &save->target->sysv;
	/* Any message may be this long, whatever is in the queue now. */
	size_t size = st->size < 65536 ? 65536 : st->size;
	struct buf all = {};
	char *room;
	int ret;

	if (st->nr > MOST_MESSAGES || size > MOST_MESSAGE)
		return -E2BIG;
	room = mem_zero(1, size);
	ret = collect_messages(save, &all, room, size);
	if (!ret)
		ret = sink(save, 0, all.data, all.len);
	buf_free(&all);
	free(room);
	return ret;
}

static int save_file(struct saving *save)
{
	const struct removal *rm = save->rm;
	struct host_place place;
	int fd, ret;

	ret = rm->ops->file->open_place(save->target->path->data, false, &place);
	if (ret)
		return ret;
	fd = rm->ops->file->open(&place, &save->target->file);
	ret = fd < 0 ? fd : rm->ops->contents->read_file(fd, sink, save);
	rm->ops->file->close(fd);
	rm->ops->file->close_place(&place);
	return ret;
}

static int save_contents(struct saving *save)
{
	const struct target *target = save->target;

	switch (target->class) {
	case CLASS_shm:
		return save_shm(save);
	case CLASS_sem:
		return target->values ? 0 : -EACCES;
	case CLASS_msg:
		return target->sysv.nr ? save_messages(save) : 0;
	case CLASS_pshm:
	case CLASS_psem:
		return save_file(save);
	default:
		return 0;
	}
}

static bool has_data(const struct target *target)
{
	return target->class == CLASS_shm || target->class == CLASS_pshm ||
	       target->class == CLASS_psem ||
	       (target->class == CLASS_msg && target->sysv.nr);
}

static int save_data(struct saving *save)
{
	int ret;

	if (!has_data(save->target))
		return save_contents(save);
	save_path(&save->path, save->rm, save->target->id, ".data");
	save->fd = state_create(save->path.data);
	if (save->fd < 0)
		return save->err = save->fd;
	ret = save_contents(save);
	if (!ret && save->target->class != CLASS_msg)
		save->size = target_is_sysv(save->target) ?
			     save->target->sysv.size : save->target->file.size;
	if (!ret)
		ret = save->err = state_resize(save->fd, save->size);
	state_close(save->fd);
	return ret;
}

static void describe(const struct saving *save, struct buf *text)
{
	const struct target *target = save->target;
	struct json json = { .to = text };

	json_open(&json, NULL, '{');
	json_u64(&json, "ipcscope_saved", 1);
	json_text(&json, "id", target->id);
	json_text(&json, "command", save->rm->command);
	log_time(&json, save->rm);
	log_identity(&json, target);
	json_bool(&json, "data", has_data(target));
	json_u64(&json, "data_size", save->size);
	json_begin(&json, "data_sum");
	buf_printf(text, "\"%016llx\"", (unsigned long long)save->sum);
	if (target->class == CLASS_msg)
		json_u64(&json, "messages", save->messages);
	json_close(&json, '}');
	buf_putc(text, '\n');
}

static int save_json(struct saving *save)
{
	struct buf text = {}, final = {};
	int fd, ret;

	describe(save, &text);
	buf_printf(&text, "%016llx\n",
		   (unsigned long long)sum_add(0, 0, text.data, text.len));
	save_path(&save->path, save->rm, save->target->id, ".new");
	save_path(&final, save->rm, save->target->id, ".json");
	fd = state_create(save->path.data);
	ret = fd < 0 ? fd : state_write(fd, text.data, text.len);
	state_close(fd);
	if (!ret)
		ret = state_rename(save->path.data, final.data);
	buf_free(&text);
	buf_free(&final);
	return save->err = ret;
}

static void cannot_keep(struct removal *rm, struct target *target, int err)
{
	if (err == -EIDRM || err == -EINVAL || err == -ENOENT)
		target_note(rm, target, OUTCOME_GONE, "gone already",
			    "gone already");
	else if (err == -ESTALE)
		target_note(rm, target, OUTCOME_SKIPPED, "changed meanwhile",
			    "changed since the plan");
	else if (err == -E2BIG)
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "holds more messages than can be kept for undo (--no-save to remove it without)");
	else
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "cannot be kept for undo: %s (--no-save to remove it without)",
			    strerror(-err));
}

/* What attaching leaves behind must be told from what others do. */
static int compare_first(struct removal *rm, const struct target *target)
{
	const struct sysv_seen same = {
		.st = target->sysv, .in_use = target->force,
	};
	struct sysv_stat now;
	int ret;

	if (!target_is_sysv(target))
		return 0;
	ret = rm->ops->sysv->look(target_sysv_kind(target->class),
				 target->sysv.id, &now);
	if (ret)
		return ret;
	return host_sysv_unchanged(target_sysv_kind(target->class), &same,
				   &now) ? 0 : -ESTALE;
}

int save_target(struct removal *rm, struct target *target)
{
	struct saving save = { .rm = rm, .target = target, .fd = -1 };
	int ret;

	ret = compare_first(rm, target);
	if (!ret)
		ret = save_data(&save);
	if (!ret)
		ret = save_json(&save);
	target->kept = !ret;
	if (!ret)
		rm->kept_bytes += target->bytes;
	else
		save_drop(rm, target->id);
	/* No room to keep this one is none for the next. */
	if (save.err)
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "copies for undo cannot be kept in %s: %s (--no-save to do without)",
			 rm->paths.saved.data, strerror(-save.err));
	else if (ret)
		cannot_keep(rm, target, ret);
	buf_free(&save.path);
	return save.err;
}
