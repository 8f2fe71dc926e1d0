// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bringing back what was removed. A System V object is made open to nobody and
 * gets its mode when all is in it; a file gets its name last: what is there is
 * whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
	int id;			/* of what is being made */
	int fd;
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
	struct undoing *undo = arg;

	return undo->rm->ops->shm_write(undo->id, offset, data, len);
}

static int put_file(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct undoing *undo = arg;

	return undo->rm->ops->file_write(undo->fd, offset, data, len);
}

static int put_messages(struct undoing *undo)
{
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
		ret = undo->rm->ops->msg_write(undo->id, (long)head[0], at,
					       head[1]);
	}
	return ret;
}

static int fill_sysv(struct undoing *undo)
{
	const struct target *target = &undo->target;

	switch (target->class) {
	case CLASS_shm:
		return state_read_to(undo->data.data, put_segment, undo);
	case CLASS_sem:
		return target->values ?
		       undo->rm->ops->sem_write(undo->id, target->values) : 0;
	default:
		return put_messages(undo);
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

static int still_there(struct undoing *undo, enum sysv_kind kind)
{
	const struct host_sysv_same same = {
		.st = undo->target.sysv, .in_use = true,
	};
	struct sysv_stat now;

	return !undo->rm->ops->sysv_look(kind, undo->target.sysv.id, &now) &&
	       host_sysv_unchanged(kind, &same, &now);
}

static int make_sysv(struct undoing *undo)
{
	enum sysv_kind kind = target_sysv_kind(undo->target.class);
	const struct host_made made = { .st = undo->target.sysv };
	const struct host_remove_ops *ops = undo->rm->ops;
	int ret;

	if (still_there(undo, kind))
		return refuse(undo, -EEXIST, "is still there: it was not removed");
	undo->id = ops->sysv_make(kind, &made, &undo->lost);
	if (undo->id == -EEXIST)
		return refuse(undo, -EEXIST, "its key is taken again");
	if (undo->id < 0)
		return refuse(undo, undo->id, strerror(-undo->id));
	log_made(undo, "made", NULL, undo->id);
	ret = fill_sysv(undo);
	if (!ret)
		ret = ops->sysv_finish(kind, undo->id, &made, &undo->lost);
	if (!ret)
		return 0;
	ops->sysv_unmake(kind, undo->id);
	return refuse(undo, ret, strerror(-ret));
}

static int fill_file(struct undoing *undo)
{
	if (!S_ISREG(undo->target.file.mode))
		return 0;
	return state_read_to(undo->data.data, put_file, undo);
}

static int make_in(struct undoing *undo, const struct host_place *place,
		   const char *aside)
{
	const struct host_made made = { .file = undo->target.file };
	const struct host_remove_ops *ops = undo->rm->ops;
	struct host_stat st;
	int ret;

	if (!ops->place_stat(place, &st))
		return -EEXIST;
	undo->fd = ops->file_make(place, aside, &made);
	if (undo->fd < 0)
		return undo->fd;
	ret = fill_file(undo);
	if (!ret)
		ret = ops->file_finish(place, aside, undo->fd, &made,
				       &undo->lost);
	if (ret)
		ops->file_unmake(place, aside);
	ops->close(undo->fd);
	return ret;
}

static int make_file(struct undoing *undo, const char *aside)
{
	struct host_place place;
	int ret;

	ret = undo->rm->ops->place_open(undo->target.path->data, true,
					&place);
	if (ret == -ELOOP)
		return refuse(undo, ret, "its directory is behind a symbolic link, which may lead anywhere");
	if (ret)
		return refuse(undo, ret, "its directory is gone");
	ret = make_in(undo, &place, aside);
	undo->rm->ops->place_close(&place);
	if (ret == -EEXIST)
		return refuse(undo, ret, "its name is taken again");
	return ret ? refuse(undo, ret, strerror(-ret)) : 0;
}

static int make_queue(struct undoing *undo)
{
	const struct target *target = &undo->target;
	const struct host_made made = { .file = target->file };
	int ret = undo->rm->ops->mq_make(target->path->data, &target->mq, &made,
					 &undo->lost);

	if (ret == -EEXIST)
		return refuse(undo, ret, "its name is taken again");
	return ret ? refuse(undo, ret, strerror(-ret)) : 0;
}

static int make(struct undoing *undo)
{
	char aside[40] = "";
	uint64_t random = 0;
	bool is_file = !target_is_sysv(&undo->target) &&
		       undo->target.class != CLASS_pmsg;

	if (is_file && !state_random(&random))
		snprintf(aside, sizeof(aside), ASIDE_PREFIX "%016llx",
			 (unsigned long long)random);
	log_made(undo, "undo", is_file ? aside : NULL, -1);
	if (*undo->rm->fatal)
		return refuse(undo, -EIO, undo->rm->fatal);
	if (is_file)
		return make_file(undo, aside);
	return undo->target.class == CLASS_pmsg ? make_queue(undo) :
	       make_sysv(undo);
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
			   object_kinds[undo->target.class]->name, undo->id);
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
