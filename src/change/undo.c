// SPDX-License-Identifier: GPL-2.0-or-later
/* Bringing back what was removed: see make.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "make.h"
#include "ipcscope/num.h"
#include "read_json.h"

struct undoing {
	struct removal *rm;
	const struct saved *saved;
	struct arena arena;
	struct target target;
	json_t *root;
	struct buf data;	/* path */
	uint64_t sum;
	unsigned int lost;
	int id;			/* of what was made */
	struct buf text;	/* of messages */
	char *why;
};

static int refuse(struct undoing *undo, int err, const char *why)
{
	snprintf(undo->why, 256, "%s", why);
	return err;
}

static int add_sum(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct undoing *undo = arg;

	undo->sum = sum_add(undo->sum, offset, data, len);
	return 0;
}

static int check_data(struct undoing *undo)
{
	uint64_t size, sum = 0;
	const char *text = json_text_of(&undo->arena, undo->root, "data_sum");
	int64_t mtime;
	int ret;

	if (!json_is_true(json_object_get(undo->root, "data")))
		return 0;
	save_path(&undo->data, undo->rm, undo->saved->id, ".data");
	ret = state_stat(undo->data.data, &size, &mtime);
	if (ret)
		return ret;
	ret = state_read_to(undo->data.data, add_sum, undo);
	if (!ret && undo->target.class == CLASS_msg)
		ret = state_read(undo->data.data, 0, size, &undo->text);
	if (ret)
		return ret;
	num_hex(&text, &sum);
	return sum == undo->sum && size == (uint64_t)
	       json_num_of(undo->root, "data_size") ? 0 : -EBADMSG;
}

static int load(struct undoing *undo)
{
	int ret;

	undo->root = saved_load(undo->rm, undo->saved->id);
	if (!undo->root)
		return refuse(undo, -EBADMSG, "what was kept is damaged");
	if (!json_target(&undo->arena, undo->root, &undo->target))
		return refuse(undo, -EBADMSG, "what was kept is not understood");
	ret = check_data(undo);
	if (ret == -EBADMSG)
		return refuse(undo, ret, "what was kept is damaged");
	return ret ? refuse(undo, ret, strerror(-ret)) : 0;
}

static int put_segment(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct making *making = arg;

	return making->ops->contents->write_segment(making->id, offset, data, len);
}

static int put_file(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct making *making = arg;

	return making->ops->file->write(making->fd, offset, data, len);
}

static int put_messages(struct making *making)
{
	const struct undoing *undo = making->arg;
	const char *at = undo->text.data;
	const char *end = at ? at + undo->text.len : NULL;
	uint64_t head[2];
	int ret = 0;

	for (; at < end && !ret; at += head[1]) {
		if ((size_t)(end - at) < sizeof(head))
			return -EBADMSG;
		memcpy(head, at, sizeof(head));
		at += sizeof(head);
		if (head[1] > (size_t)(end - at))
			return -EBADMSG;
		ret = making->ops->contents->send(making->id, (long)head[0], at,
					     head[1]);
	}
	return ret;
}

static int fill(struct making *making)
{
	const struct undoing *undo = making->arg;
	const struct target *target = &undo->target;

	switch (target->class) {
	case CLASS_shm:
		return state_read_to(undo->data.data, put_segment, making);
	case CLASS_sem:
		return target->values ?
		       making->ops->contents->write_set(making->id, target->values) : 0;
	case CLASS_msg:
		return put_messages(making);
	case CLASS_pmsg:
		return 0;	/* its messages could not be kept */
	default:
		return state_read_to(undo->data.data, put_file, making);
	}
}

static void log_made(struct undoing *undo, const char *event, const char *aside,
		     int id)
{
	const struct target *target = &undo->target;

	log_undo(undo->rm, event, undo->saved->id, undo->saved->ref,
		 target->path ? target->path->data : NULL, aside, id);
	log_flush(undo->rm, true);
}

static void note_born(struct making *making)
{
	log_made(making->arg, "made", NULL, making->id);
}

static int still_there(struct undoing *undo, enum sysv_kind kind)
{
	const struct sysv_seen same = {
		.st = undo->target.sysv, .in_use = true,
	};
	struct sysv_stat now;

	return !undo->rm->ops->sysv->look(kind, undo->target.sysv.id, &now) &&
	       host_sysv_unchanged(kind, &same, &now);
}

static int refuse_making(struct undoing *undo, const struct making *making,
			 int ret)
{
	bool taken = ret == -EEXIST && making->step != MAKE_FILL;

	if (making->step == MAKE_PLACE)
		return refuse(undo, ret, ret == -ELOOP ?
			      "its directory is behind a symbolic link, which may lead anywhere" :
			      "its directory is gone");
	if (taken)
		return refuse(undo, ret, target_is_sysv(&undo->target) ?
			      "its key is taken again" :
			      "its name is taken again");
	return refuse(undo, ret, strerror(-ret));
}

static int make(struct undoing *undo)
{
	const struct target *target = &undo->target;
	struct making making = {
		.ops = undo->rm->ops, .class = target->class,
		.st = target->sysv, .file = target->file,
		.mq = target->mq, .path = target->path ? target->path->data : NULL,
		.strict = true, .fill = fill, .born = note_born, .arg = undo,
	};
	int ret;

	make_name(&making);
	log_made(undo, "undo", *making.aside ? making.aside : NULL, -1);
	if (*undo->rm->fatal)
		return refuse(undo, -EIO, undo->rm->fatal);
	if (target_is_sysv(target) &&
	    still_there(undo, target_sysv_kind(target->class)))
		return refuse(undo, -EEXIST, "is still there: it was not removed");
	ret = make_object(&making);
	undo->lost = making.lost;
	undo->id = making.id;
	return ret ? refuse_making(undo, &making, ret) : 0;
}

static void tell_lost(struct undoing *undo, struct buf *to)
{
	static const struct {
		unsigned int bit;
		const char *what;
	} losses[] = {
		{ LOST_OWNER,	"its owner" },
		{ LOST_CREATOR,	"its creator" },
		{ LOST_LIMIT,	"its size of queue (above msgmnb)" },
		{ LOST_MODE,	"its mode" },
		{ LOST_TIMES,	"its times" },
	};
	size_t i;

	if (undo->lost & LOST_ID)
		buf_printf(to, "its id: it is %s:%d now",
			   class_infos[undo->target.class]->name, undo->id);
	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		if (undo->lost & losses[i].bit)
			buf_printf(to, "%s%s", to->len ? ", " : "",
				   losses[i].what);
	}
	if (undo->target.class == CLASS_pmsg && undo->target.mq.messages)
		buf_printf(to, "%sits messages", to->len ? ", " : "");
}

int undo_one(struct removal *rm, const struct saved *saved, struct buf *lost,
	     char why[256])
{
	struct undoing undo = { .rm = rm, .saved = saved, .why = why };
	int ret;

	*why = '\0';
	ret = load(&undo);
	if (!ret) {
		ret = make(&undo);
		log_made(&undo, ret ? "not restored" : "restored", NULL, -1);
	}
	if (!ret) {
		tell_lost(&undo, lost);
		save_drop(rm, saved->id);
	}
	json_decref(undo.root);
	buf_free(&undo.data);
	buf_free(&undo.text);
	arena_free(&undo.arena);
	return ret;
}
