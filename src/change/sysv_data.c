// SPDX-License-Identifier: GPL-2.0-or-later
/* What System V objects hold: kept before they are removed, put into new ones. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define MOST_MESSAGES	2000
#define MOST_MESSAGE	(16 << 20)

/* A mapping of all of the segment in one piece lets it be read without attaching it. */
void sysv_data_plan_segment(struct removal *rm, struct target *target,
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

void sysv_data_plan_set(struct removal *rm, struct target *target,
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

int sysv_data_save_segment(struct saving *save)
{
	struct target *target = save->target;
	const struct segment_mapping mapping = {
		.pid = target->seen_pid, .start = target->seen_start,
		.end = target->seen_end,
	};
	int ret;

	ret = save->rm->ops->contents->read_segment(target->sysv.id,
						    target->sysv.size, &mapping,
						    save_data, save, &target->read_by_us);
	save->size = target->sysv.size;
	return ret;
}

int sysv_data_save_set(struct saving *save)
{
	return save->target->values ? 0 : -EACCES;
}

/* Each message as type, length and text; it stays in the queue. */
static int sysv_data_peek_all(struct saving *save, struct buf *all, char *room, size_t size)
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

int sysv_data_save_messages(struct saving *save)
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
	ret = sysv_data_peek_all(save, &all, room, size);
	if (!ret)
		ret = save_data(save, 0, all.data, all.len);
	buf_free(&all);
	free(room);
	return ret;
}

int sysv_data_fill_set(struct making *making)
{
	if (!making->values)
		return 0;
	return making->ops->contents->write_set(making->id, making->values);
}

int sysv_data_send(struct making *making, const struct make_message *msg)
{
	return making->ops->contents->send(making->id, msg->type, msg->text, msg->len);
}

int sysv_data_restore(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct making *making = arg;

	return making->ops->contents->write_segment(making->id, offset, data, len);
}
