// SPDX-License-Identifier: GPL-2.0-or-later
/* Segments, semaphore sets and message queues: sysvipc(7). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"
#include "ipcscope/text.h"

#define MOST_MESSAGES	2000
#define MOST_MESSAGE	(16 << 20)

static const char *sysv_impossible(const struct target *target, const struct snapshot *snap)
{
	return target->key.ns == snap->host.ipc_ns || target->there ? NULL :
	       "is in another IPC namespace: with @NS behind its REF it is reached there";
}

static void sysv_segment_effect(struct buf *to, const struct target *target)
{
	const struct sysv_stat *st = &target->sysv;

	if (!st->nr) {
		if (st->key)
			buf_printf(to, "memory and key 0x%08x are free at once", st->key);
		else
			buf_puts(to, "memory is free at once");
		return;
	}
	buf_puts(to, "memory is free when ");
	num_grouped(to, st->nr);
	buf_printf(to, " %s", st->nr == 1 ? "attachment ends" : "attachments end");
	if (st->key)
		buf_printf(to, "; key 0x%08x at once: the next program to ask for it gets a new, empty segment",
			   st->key);
}

static int sysv_look_up(const struct write_ops *ops, enum class_id class, int id,
			const char *path, struct present *now)
{
	return ops->sysv->look(change_classes[class]->kind, id, &now->st);
}

/* A segment that was not yet: SHM_DEST, include/linux/shm.h. */
static bool sysv_is_removed(const struct target *target, const struct sysv_stat *now)
{
	return target_class(target)->kind == SYSV_SHM && now->mode & ~target->sysv.mode & 01000;
}

static bool sysv_is_same(const struct target *target, const struct present *now)
{
	const struct sysv_seen seen = { .st = target->sysv, .in_use = true };

	/* Removed, it stays until the last detach. */
	if (sysv_is_removed(target, &now->st))
		return false;
	return host_sysv_unchanged(target_class(target)->kind, &seen, &now->st);
}

static bool sysv_is_born_same(enum class_id class, const struct present *birth,
			      const struct present *now)
{
	const struct sysv_stat *a = &birth->st, *b = &now->st;
	const enum sysv_kind kind = change_classes[class]->kind;

	return a->cuid == b->cuid && a->cgid == b->cgid &&
	       (kind == SYSV_MSG || a->size == b->size) &&
	       (kind != SYSV_SEM || a->nr == b->nr) && (kind != SYSV_SHM || a->pid == b->pid);
}

/* Says what differs, most telling first. */
static void sysv_note_changed(struct removal *rm, struct target *target,
			      const struct sysv_stat *now, uint32_t waiters)
{
	const enum sysv_kind kind = target_class(target)->kind;
	const struct sysv_stat *was = &target->sysv;

	if (waiters)
		target_note(rm, target, OUTCOME_SKIPPED, "waited for meanwhile",
			    "nobody waited when it was planned, now %u %s",
			    waiters, waiters == 1 ? "thread does" : "threads do");
	else if (now->key != was->key || now->cuid != was->cuid ||
		 now->uid != was->uid || now->ctime != was->ctime)
		act_note(rm, target, -ESTALE);
	else if (kind == SYSV_SHM && now->nr != was->nr)
		target_note(rm, target, OUTCOME_SKIPPED, "attached meanwhile", "planned at %" PRIu64
			    " attachments, now %" PRIu64, was->nr, now->nr);
	else if (kind == SYSV_MSG && now->nr != was->nr)
		target_note(rm, target, OUTCOME_SKIPPED, "used meanwhile",
			    "planned at %" PRIu64 " messages, now %" PRIu64, was->nr, now->nr);
	else
		target_note(rm, target, OUTCOME_SKIPPED, "used meanwhile",
			    "used since the plan");
}

static void sysv_act(struct removal *rm, struct target *target)
{
	const struct sysv_seen seen = {
		.st = target->sysv, .values = target->values,
		.in_use = target->force, .ours = target->read_by_us,
	};
	const enum sysv_kind kind = target_class(target)->kind;
	struct sysv_stat now;
	uint32_t waiters;
	int ret;

	ret = rm->ops->sysv->remove(kind, target->sysv.id, &seen, &now, &waiters);
	if (ret == -ESTALE)
		sysv_note_changed(rm, target, &now, waiters);
	else
		act_note(rm, target, ret == -EINVAL || ret == -EIDRM ? -ENOENT : ret);
	/* A process that came between the last look and the removal still has it. */
	if (!ret && kind == SYSV_SHM &&
	    !rm->ops->sysv->look(kind, target->sysv.id, &now) && now.nr)
		target_note(rm, target, OUTCOME_REMOVED, "",
			    "%" PRIu64 " %s it until the last detach", now.nr,
			    now.nr == 1 ? "attachment keeps" : "attachments keep");
}

static int sysv_make(struct making *making)
{
	const enum sysv_kind kind = change_classes[making->class]->kind;
	const struct sysv_write_ops *ops = making->ops->sysv;
	struct object_spec spec = make_spec(making);
	struct sysv_stat now;
	int ret;

	making->step = MAKE_CREATE;
	making->id = ops->create(kind, &spec, &making->lost);
	if (!make_reach(making, making->id, MAKE_FILL))
		return making->id;
	if (making->born)
		making->born(making);
	/* A queue takes what the kernel gave it, if nothing else is asked for. */
	if (making->fresh && kind == SYSV_MSG && !making->st.qbytes &&
	    !ops->look(kind, making->id, &now))
		making->st.qbytes = now.qbytes;
	spec = make_spec(making);
	ret = make_fill(making);
	if (make_reach(making, ret, MAKE_FINISH))
		ret = ops->finish(kind, making->id, &spec, &making->lost);
	if (ret)
		ops->discard(kind, making->id);
	return ret;
}

static int sysv_unmake(const struct making *making, const struct present *now)
{
	return making->ops->sysv->discard(change_classes[making->class]->kind, making->id);
}

static int sysv_change(const struct removal *rm, const struct target *target,
		       const struct host_set *set, unsigned int *lost)
{
	return rm->ops->sysv->set(target_class(target)->kind, target->sysv.id,
				  &target->sysv, set, lost);
}

/* One in the making has another mode than it is to have. */
static bool sysv_settle_undo(struct removal *rm, const struct target *target,
			     int64_t new_id, const char *aside, int64_t since)
{
	const enum sysv_kind kind = target_class(target)->kind;
	const int id = new_id >= 0 ? (int)new_id : target->sysv.id;
	const struct sysv_stat *was = &target->sysv;
	struct sysv_stat now;

	if (rm->ops->sysv->look(kind, id, &now) || now.key != was->key ||
	    sysv_is_removed(target, &now))
		return false;
	if (new_id >= 0 && now.uid == was->uid && !((now.mode ^ was->mode) & 0777))
		return true;
	if ((now.mode & 0777) == host_closed_mode(was->mode) && now.ctime >= since &&
	    (kind != SYSV_SHM || !now.nr))
		rm->ops->sysv->discard(kind, id);
	return false;
}

/* A mapping of all of the segment in one piece lets it be read without attaching it. */
static void sysv_plan_segment(struct removal *rm, struct target *target,
			      const struct snapshot *snap, const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind != EDGE_ATTACHED || edge->offset ||
		    edge->length < target->sysv.size || edge->process == NO_INDEX)
			continue;
		target->seen_pid = snap->processes.at[edge->process].pid;
		target->seen_start = edge->address;
		target->seen_end = edge->address + edge->length;
		return;
	}
}

static void sysv_plan_set(struct removal *rm, struct target *target,
			  const struct snapshot *snap, const struct object *obj)
{
	const struct sems *sems = object_sems(snap, obj);
	uint32_t i;

	if (!sems || sems->nr != target->sysv.nr)
		return;
	target->values = arena_alloc(&rm->arena, (sems->nr + 1) * sizeof(*target->values));
	for (i = 0; i < sems->nr; i++)
		target->values[i] = (uint16_t)sems->sem[i].value;
}

static int sysv_save_segment(struct saving *save)
{
	struct target *target = save->target;
	const struct segment_mapping mapping = {
		.pid = target->seen_pid, .start = target->seen_start, .end = target->seen_end,
	};
	const struct sysv_stat *st = &target->sysv;

	return save->rm->ops->contents->read_segment(st->id, st->size, &mapping, copies_add_data,
						     save, &target->read_by_us);
}

static int sysv_save_set(struct saving *save)
{
	return save->target->values ? 0 : -EACCES;
}

/* Each message as type, length and text; it stays in the queue. */
static int sysv_peek_all(struct saving *save, struct buf *all, char *room, size_t size)
{
	const struct sysv_stat *st = &save->target->sysv;

	for (;;) {
		long type = 0;
		ssize_t len = save->rm->ops->contents->peek(st->id, save->messages,
							    &type, room, size);
		const uint64_t head[2] = { (uint64_t)type, (uint64_t)len };

		if (len == -ENOMSG)
			return save->messages == st->nr ? 0 : -ESTALE;
		if (len < 0)
			return (int)len;
		buf_add(all, head, sizeof(head));
		buf_add(all, room, (size_t)len);
		save->messages++;
	}
}

static int sysv_save_messages(struct saving *save)
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
	ret = sysv_peek_all(save, &all, room, size);
	if (!ret)
		ret = copies_add_data(save, 0, all.data, all.len);
	buf_free(&all);
	free(room);
	return ret;
}

static int sysv_fill_set(struct making *making)
{
	return making->values ? making->ops->contents->write_set(making->id, making->values) : 0;
}

static int sysv_send(struct making *making, const struct make_message *msg)
{
	return making->ops->contents->send(making->id, msg->type, msg->text, msg->len);
}

static int sysv_restore(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct making *making = arg;

	return making->ops->contents->write_segment(making->id, offset, data, len);
}

static const struct change_family sysv_family = {
	.identity	= IDENTITY_SYSV,
	.look		= sysv_look_up,
	.is_same	= sysv_is_same,
	.is_born_same	= sysv_is_born_same,
	.make		= sysv_make,
	.unmake		= sysv_unmake,
	.set		= sysv_change,
	.settle_undo	= sysv_settle_undo,
};

const struct change_class change_shm = {
	.family		= &sysv_family,
	.kind		= SYSV_SHM,
	.counted	= true,
	.data		= COPY_DATA,
	.kept		= "contents",
	.impossible	= sysv_impossible,
	.bytes		= FIELD_SIZE,
	.plan		= sysv_plan_segment,
	.put_effect	= sysv_segment_effect,
	.save		= sysv_save_segment,
	.act		= sysv_act,
	.restore	= sysv_restore,
};

const struct change_class change_sem = {
	.family		= &sysv_family,
	.kind		= SYSV_SEM,
	.kept		= "values",
	.impossible	= sysv_impossible,
	.plan		= sysv_plan_set,
	.effect		= "whoever waits or comes back gets an error",
	.save		= sysv_save_set,
	.act		= sysv_act,
	.fill		= sysv_fill_set,
};

const struct change_class change_msg = {
	.family		= &sysv_family,
	.kind		= SYSV_MSG,
	.data		= COPY_MESSAGES,
	.kept		= "messages",
	.kept_empty	= "limits",
	.impossible	= sysv_impossible,
	.bytes		= FIELD_USED,
	.effect		= "whoever waits or comes back gets an error",
	.save		= sysv_save_messages,
	.act		= sysv_act,
	.send		= sysv_send,
};
