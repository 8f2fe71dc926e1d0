// SPDX-License-Identifier: GPL-2.0-or-later
/* The deed itself, for one object. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static void failed(struct removal *rm, struct target *target, int err)
{
	target->err = err;
	target_note(rm, target, OUTCOME_FAILED, strerror(-err), "%s",
		    strerror(-err));
}

static void gone(struct removal *rm, struct target *target)
{
	target_note(rm, target, OUTCOME_GONE, "gone already", "gone already");
}

static void changed(struct removal *rm, struct target *target)
{
	target_note(rm, target, OUTCOME_SKIPPED, "changed meanwhile",
		    "changed since the plan");
}

/* What differs, most telling first. */
static void sysv_changed(struct removal *rm, struct target *target,
			 const struct sysv_stat *now, uint32_t waiters)
{
	const struct sysv_stat *was = &target->sysv;

	if (waiters)
		target_note(rm, target, OUTCOME_SKIPPED, "waited for meanwhile",
			    "nobody waited when it was planned, now %u %s",
			    waiters, waiters == 1 ? "thread does" :
			    "threads do");
	else if (now->key != was->key || now->cuid != was->cuid ||
		 now->uid != was->uid || now->ctime != was->ctime)
		changed(rm, target);
	else if (target->class == CLASS_shm && now->nr != was->nr)
		target_note(rm, target, OUTCOME_SKIPPED, "attached meanwhile",
			    "planned at %" PRIu64 " attachments, now %" PRIu64,
			    was->nr, now->nr);
	else if (target->class == CLASS_msg && now->nr != was->nr)
		target_note(rm, target, OUTCOME_SKIPPED, "used meanwhile",
			    "planned at %" PRIu64 " messages, now %" PRIu64,
			    was->nr, now->nr);
	else
		target_note(rm, target, OUTCOME_SKIPPED, "used meanwhile",
			    "used since the plan");
}

/* Someone who came between the last look and the removal has it still. */
static void look_after(struct removal *rm, struct target *target)
{
	struct sysv_stat now;

	target->outcome = OUTCOME_REMOVED;
	if (target->class != CLASS_shm ||
	    rm->ops->sysv->look(SYSV_SHM, target->sysv.id, &now) || !now.nr)
		return;
	target->still = now.nr;
	target_note(rm, target, OUTCOME_REMOVED, "",
		    "%" PRIu64 " %s it until the last detach", now.nr,
		    now.nr == 1 ? "attachment keeps" : "attachments keep");
}

static void remove_sysv_target(struct removal *rm, struct target *target)
{
	const struct sysv_seen same = {
		.st = target->sysv, .values = target->values,
		.in_use = target->force, .ours = target->read_by_us,
	};
	struct sysv_stat now;
	uint32_t waiters;
	int ret;

	ret = rm->ops->sysv->remove(target_sysv_kind(target->class),
				   target->sysv.id, &same, &now, &waiters);
	if (!ret)
		look_after(rm, target);
	else if (ret == -EINVAL || ret == -EIDRM)
		gone(rm, target);
	else if (ret == -ESTALE)
		sysv_changed(rm, target, &now, waiters);
	else
		failed(rm, target, ret);
}

static void leased_elsewhere(struct removal *rm, struct target *target)
{
	target_note(rm, target, OUTCOME_SKIPPED, "in use, not visible by whom",
		    "a process that cannot be seen has it open or mapped");
}

/*
 * 0 when a lease on @fd says that nobody else has it (*@lease is @fd then), or
 * when it cannot be asked and need not be: the second look found nobody.
 */
static int prove_unused(struct removal *rm, const struct target *target, int fd,
			int *lease)
{
	int ret = fd < 0 ? fd : rm->ops->file->lease(fd);

	if (!ret)
		*lease = fd;
	if (target->lease || !ret || ret == -EAGAIN || ret == -ESTALE ||
	    ret == -ENOENT)
		return ret;
	return 0;
}

static void file_result(struct removal *rm, struct target *target, int ret)
{
	if (!ret)
		target->outcome = OUTCOME_REMOVED;
	else if (ret == -ENOENT)
		gone(rm, target);
	else if (ret == -ESTALE)
		changed(rm, target);
	else if (ret == -EAGAIN)
		leased_elsewhere(rm, target);
	else if (ret == -EBUSY)
		target_note(rm, target, OUTCOME_SKIPPED, "opened meanwhile",
			    "somebody opened it meanwhile");
	else if (ret == -ENOTUNIQ)
		target_note(rm, target, OUTCOME_FAILED, "put aside",
			    "its name was taken again: what was there is now called %s",
			    target->aside);
	else
		failed(rm, target, ret);
}

static int remove_regular(struct removal *rm, struct target *target,
			  const struct host_place *place)
{
	int fd = -1, lease = -1, ret = 0;

	if (!target->force) {
		fd = rm->ops->file->open(place, &target->file);
		ret = prove_unused(rm, target, fd, &lease);
	}
	if (!ret)
		ret = rm->ops->file->remove(place, target->aside, &target->file,
					   lease);
	rm->ops->file->close(fd);
	return ret;
}

static int remove_socket(struct removal *rm, struct target *target,
			 const struct host_place *place)
{
	int ret = 0;

	if (!target->force)
		ret = rm->host->ops->connect_test(rm->host, target->path->data,
						  &target->file);
	if (ret)
		return ret > 0 ? -EBUSY : ret;
	return rm->ops->file->remove(place, target->aside, &target->file, -1);
}

static void remove_file_target(struct removal *rm, struct target *target)
{
	struct host_place place;
	int ret;

	ret = rm->ops->file->open_place(target->path->data, false, &place);
	if (ret) {
		file_result(rm, target, ret);
		return;
	}
	if (S_ISREG(target->file.mode))
		ret = remove_regular(rm, target, &place);
	else if (S_ISSOCK(target->file.mode))
		ret = remove_socket(rm, target, &place);
	else
		ret = rm->ops->file->remove(&place, target->aside,
					   &target->file, -1);
	rm->ops->file->close_place(&place);
	file_result(rm, target, ret);
}

static void remove_queue(struct removal *rm, struct target *target)
{
	int fd, lease, ret = 0;

	fd = rm->ops->mqueue->open(target->path->data, &target->file);
	if (fd < 0)
		ret = fd;
	else if (!target->force)
		ret = prove_unused(rm, target, fd, &lease);
	if (!ret)
		ret = rm->ops->mqueue->remove(target->path->data, fd);
	rm->ops->file->close(fd);
	if (ret == -ENOTUNIQ)
		target_note(rm, target, OUTCOME_FAILED, "replaced meanwhile",
			    "another queue of that name was removed: this one lost its name before");
	else
		file_result(rm, target, ret);
}

void act_on(struct removal *rm, struct target *target)
{
	if (target_is_sysv(target))
		remove_sysv_target(rm, target);
	else if (target->class == CLASS_pmsg)
		remove_queue(rm, target);
	else
		remove_file_target(rm, target);
}
