// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "make.h"

static struct object_spec made_of(const struct making *making)
{
	return (struct object_spec){
		.st = making->st, .file = making->file, .fresh = making->fresh,
	};
}

static int put_messages(struct making *making)
{
	const struct write_ops *ops = making->ops;
	const struct make_message *msg;
	int ret = 0;

	vec_for_each(msg, &making->messages) {
		if (ret)
			break;
		ret = making->class == CLASS_pmsg ?
		      ops->mqueue->send(making->fd, msg->type, msg->text, msg->len) :
		      ops->contents->send(making->id, msg->type, msg->text, msg->len);
	}
	return ret;
}

static int put_value(struct making *making)
{
	char image[64];
	ssize_t len = host_psem_image(making->value, image, sizeof(image));

	if (len < 0)
		return (int)len;
	making->file.size = (uint64_t)len;
	return making->ops->file->write(making->fd, 0, image, (size_t)len);
}

static int fill(struct making *making)
{
	if (making->fill)
		return making->fill(making);
	switch (making->class) {
	case CLASS_sem:
		return making->values ?
		       making->ops->contents->write_set(making->id, making->values) : 0;
	case CLASS_psem:
		return put_value(making);
	default:
		return put_messages(making);
	}
}

/* Whether the last step went well; the next is @step. */
static bool reach(struct making *making, int ret, enum make_step step)
{
	if (ret >= 0)
		making->step = step;
	return ret >= 0;
}

/* A queue takes what the kernel gave it, if nothing else was asked for. */
static void take_limit(struct making *making)
{
	struct sysv_stat now;

	if (making->fresh && making->class == CLASS_msg && !making->st.qbytes &&
	    !making->ops->sysv->look(SYSV_MSG, making->id, &now))
		making->st.qbytes = now.qbytes;
}

static int make_sysv(struct making *making)
{
	enum sysv_kind kind = target_sysv_kind(making->class);
	const struct write_ops *ops = making->ops;
	struct object_spec made = made_of(making);
	int ret;

	making->step = MAKE_CREATE;
	making->id = ops->sysv->create(kind, &made, &making->lost);
	if (!reach(making, making->id, MAKE_FILL))
		return making->id;
	if (making->born)
		making->born(making);
	take_limit(making);
	made = made_of(making);
	ret = fill(making);
	if (reach(making, ret, MAKE_FINISH))
		ret = ops->sysv->finish(kind, making->id, &made, &making->lost);
	if (ret)
		ops->sysv->discard(kind, making->id);
	return ret;
}

static int make_in(struct making *making, const struct host_place *place)
{
	const struct write_ops *ops = making->ops;
	struct object_spec made = made_of(making);
	struct host_stat st;
	int ret;

	making->step = MAKE_CREATE;
	if (!ops->file->stat(place, &st))
		return -EEXIST;
	making->fd = ops->file->create(place, making->aside, &made);
	if (!reach(making, making->fd, MAKE_FILL))
		return making->fd;
	ret = S_ISREG(made.file.mode) ? fill(making) : 0;
	made = made_of(making);
	if (reach(making, ret, MAKE_FINISH))
		ret = ops->file->finish(place, making->aside, making->fd,
				       &made, &making->lost);
	if (ret)
		ops->file->discard(place, making->aside);
	ops->file->close(making->fd);
	return ret;
}

static int make_file(struct making *making)
{
	struct host_place place;
	int ret;

	making->step = MAKE_PLACE;
	ret = making->ops->file->open_place(making->path, making->strict, &place);
	if (ret)
		return ret;
	ret = make_in(making, &place);
	making->ops->file->close_place(&place);
	return ret;
}

static int make_queue(struct making *making)
{
	const struct write_ops *ops = making->ops;
	const struct object_spec made = made_of(making);
	int ret;

	making->step = MAKE_CREATE;
	making->fd = ops->mqueue->create(making->path, &making->mq);
	if (!reach(making, making->fd, MAKE_FILL))
		return making->fd;
	ret = fill(making);
	if (reach(making, ret, MAKE_FINISH))
		ret = ops->mqueue->finish(making->fd, &made, &making->lost);
	if (ret)
		ops->mqueue->discard(making->path, making->fd);
	ops->file->close(making->fd);
	return ret;
}

void make_init(struct making *making, enum class_id class)
{
	*making = (struct making){
		.ops = &live_write_ops, .class = class, .fresh = true,
		.st = { .id = -1, .uid = geteuid(), .gid = getegid() },
		.file = { .uid = (uid_t)-1, .gid = (gid_t)-1 },
	};
	making->st.cuid = making->st.uid;
	making->st.cgid = making->st.gid;
}

void make_free(struct making *making)
{
	vec_free(&making->messages);
}

void make_name(struct making *making)
{
	uint64_t random = 0;

	if (class_is_sysv(making->class) || making->class == CLASS_pmsg ||
	    state_random(&random))
		return;
	snprintf(making->aside, sizeof(making->aside), ASIDE_PREFIX "%016llx",
		 (unsigned long long)random);
}

int make_object(struct making *making)
{
	if (class_is_sysv(making->class))
		return make_sysv(making);
	return making->class == CLASS_pmsg ? make_queue(making) :
	       make_file(making);
}
