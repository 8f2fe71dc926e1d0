// SPDX-License-Identifier: GPL-2.0-or-later
/* An object that is there while a program runs. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "make.h"

static int look_at_file(const struct write_ops *ops, const char *path,
			struct host_stat *st)
{
	struct host_place place;
	int ret;

	ret = ops->file->open_place(path, false, &place);
	if (ret)
		return ret;
	ret = ops->file->stat(&place, st);
	ops->file->close_place(&place);
	return ret;
}

int present_look(const struct write_ops *ops, enum class_id class, int id,
		 const char *path, struct present *now)
{
	if (class_is_sysv(class))
		return ops->sysv->look(target_sysv_kind(class), id, &now->st);
	return class == CLASS_pmsg ? ops->mqueue->look(path, &now->file) :
	       look_at_file(ops, path, &now->file);
}

int present_made(const struct making *making, struct present *now)
{
	return present_look(making->ops, making->class, making->id,
			    making->path, now);
}

/* Whoever used it or set its owner: nobody else can have made it. */
static bool same_birth(enum class_id class, const struct present *a,
		       const struct present *b)
{
	const struct sysv_stat *was = &a->st, *now = &b->st;

	if (!class_is_sysv(class))
		return a->file.dev == b->file.dev &&
		       a->file.ino == b->file.ino &&
		       a->file.btime == b->file.btime;
	return was->cuid == now->cuid && was->cgid == now->cgid &&
	       (class == CLASS_msg || was->size == now->size) &&
	       (class != CLASS_sem || was->nr == now->nr) &&
	       (class != CLASS_shm || was->pid == now->pid);
}

static int remove_queue(const struct making *making,
			const struct host_stat *now)
{
	int fd = making->ops->mqueue->open(making->path, now), ret;

	if (fd < 0)
		return fd;
	ret = making->ops->mqueue->remove(making->path, fd);
	making->ops->file->close(fd);
	return ret;
}

static int remove_file_made(const struct making *making,
			    const struct host_stat *now)
{
	struct host_place place;
	int ret;

	ret = making->ops->file->open_place(making->path, making->strict, &place);
	if (ret)
		return ret;
	ret = making->ops->file->remove(&place, making->aside, now, -1);
	making->ops->file->close_place(&place);
	return ret;
}

static int remove_made(const struct making *making, const struct present *birth)
{
	struct present now = *birth;
	int ret = present_made(making, &now);

	if (!ret && !same_birth(making->class, birth, &now))
		return 0;
	if (!ret && class_is_sysv(making->class))
		ret = making->ops->sysv->discard(target_sysv_kind(making->class),
					       making->id);
	else if (!ret && making->class == CLASS_pmsg)
		ret = remove_queue(making, &now.file);
	else if (!ret)
		ret = remove_file_made(making, &now.file);
	return ret == -ENOENT || ret == -EINVAL || ret == -EIDRM ? 0 : ret;
}

int make_held(struct making *making, struct make_hold *hold)
{
	struct host_hold holding;
	struct present birth;
	int ret;

	hold_begin(&holding);
	ret = make_object(making);
	if (!ret)
		ret = present_made(making, &birth);
	if (ret)
		return ret;
	hold->ready(making);
	hold->status = hold_run(&holding, hold->argv);
	hold->removed = remove_made(making, &birth);
	return 0;
}
