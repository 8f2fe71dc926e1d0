// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX message queues: mq_overview(7). Their messages cannot be read without taking them, so
 * that only the empty queue is kept. */
#include <errno.h>
#include <sys/stat.h>

#include "internal.h"

static int mqueue_look_up(const struct write_ops *ops, enum class_id class, int id,
			  const char *path, struct present *now)
{
	return ops->mqueue->look(path, &now->file);
}

static void mqueue_act(struct removal *rm, struct target *target)
{
	const struct mqueue_write_ops *ops = rm->ops->mqueue;
	struct host_mq now = { 0 };
	int fd, lease, ret = 0;

	fd = ops->open(target->path->data, &target->file);
	if (fd < 0)
		ret = fd;
	else if (!target->force)
		ret = act_prove_unused(rm, target, fd, &lease);
	/* Times have whole seconds there: a message that came within one shows in their number. */
	if (!ret && !target->force)
		ret = ops->attributes(fd, &now);
	if (!ret && !target->force && now.messages != target->mq.messages)
		ret = -ESTALE;
	if (!ret)
		ret = ops->remove(target->path->data, fd);
	rm->ops->file->close(fd);
	if (ret == -ENOTUNIQ)
		target_note(rm, target, OUTCOME_FAILED, "replaced meanwhile",
			    "another queue of that name was removed: this one lost its name before");
	else
		act_note(rm, target, ret);
}

static int mqueue_make(struct making *making)
{
	const struct mqueue_write_ops *ops = making->ops->mqueue;
	const struct object_spec spec = make_spec(making);
	struct host_stat now;
	int ret;

	making->step = MAKE_CREATE;
	making->fd = ops->create(making->path, &making->mq, making->file.mode);
	if (!make_reach(making, making->fd, MAKE_FILL))
		return making->fd;
	if (making->born && !ops->look(making->path, &now)) {
		making->ino = now.ino;
		making->born(making);
	}
	ret = make_fill(making);
	if (make_reach(making, ret, MAKE_FINISH))
		ret = ops->finish(making->fd, &spec, &making->lost);
	if (ret)
		ops->discard(making->path, making->fd);
	if (ret || !making->held)
		making->ops->file->close(making->fd);
	return ret;
}

static int mqueue_send_one(struct making *making, const struct make_message *msg)
{
	return making->ops->mqueue->send(making->fd, (unsigned int)msg->type,
					 msg->text, msg->len);
}

static int mqueue_unmake(const struct making *making, const struct present *now)
{
	int fd = making->ops->mqueue->open(making->path, &now->file), ret;

	if (fd < 0)
		return fd;
	ret = making->ops->mqueue->remove(making->path, fd);
	making->ops->file->close(fd);
	return ret;
}

/* Its mode may let nobody open it again. */
static int mqueue_unmake_held(const struct making *making)
{
	const int ret = making->ops->mqueue->discard(making->path, making->fd);

	making->ops->file->close(making->fd);
	return ret;
}

static int mqueue_change(const struct removal *rm, const struct target *target,
			 const struct host_set *set, unsigned int *lost)
{
	return rm->ops->mqueue->set(target->path->data, &target->file, set);
}

/* One in the making has its name, but another mode than it is to have. */
static bool mqueue_settle_undo(struct removal *rm, const struct target *target,
			       int64_t new_id, const char *aside, int64_t since)
{
	const struct mqueue_write_ops *ops = rm->ops->mqueue;
	const struct host_stat *was = &target->file;
	struct host_stat now;
	int fd;

	if (ops->look(target->path->data, &now) || now.ctime < since ||
	    (new_id >= 0 && now.ino != (uint64_t)new_id))
		return false;
	if (now.uid == was->uid && now.gid == was->gid && !((now.mode ^ was->mode) & 07777))
		return true;
	if ((now.mode & 0777) != host_closed_mode(was->mode) || now.uid != rm->by_uid)
		return false;
	fd = ops->open(target->path->data, &now);
	if (fd >= 0)
		ops->discard(target->path->data, fd);
	rm->ops->file->close(fd);
	return false;
}

static const struct change_family mqueue_family = {
	.identity	= IDENTITY_FILE | IDENTITY_MQ,
	.look		= mqueue_look_up,
	.is_same	= file_is_same,
	.is_born_same	= file_is_born_same,
	.make		= mqueue_make,
	.unmake		= mqueue_unmake,
	.unmake_held	= mqueue_unmake_held,
	.set		= mqueue_change,
	.settle_undo	= mqueue_settle_undo,
};

const struct change_class change_pmsg = {
	.family		= &mqueue_family,
	.type		= S_IFREG,
	.directory	= "/",
	.leased		= true,
	.kept		= "limits",
	.loses_messages	= true,
	.impossible	= plan_name_impossible,
	.file_size	= 80,	/* ipc/mqueue.c: FILENT_SIZE */
	.effect		= "the name is free at once, who has it open keeps it",
	.act		= mqueue_act,
	.send		= mqueue_send_one,
};
