// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"

static const struct str *merge_first_str(const struct str *a, const struct str *b)
{
	return str_compare(a, b) <= 0 ? a : b;
}

/* Of two that were seen, one that does not depend on who came first. */
static uint64_t merge_settle(enum field_id field, uint64_t ours, uint64_t theirs)
{
	const void *a = (const void *)(uintptr_t)ours;
	const void *b = (const void *)(uintptr_t)theirs;
	const struct sems *x = a, *y = b;

	if (field == FIELD_FLAGS)
		return ours | theirs;
	switch (fields[field].type) {
	case TYPE_STR:
		return (uintptr_t)merge_first_str(a, b);
	case TYPE_WORD:
		return strcmp(a, b) <= 0 ? ours : theirs;
	case TYPE_SEMS:
		return (COMPARE(x->nr, y->nr) ?:
			memcmp(x->sem, y->sem, x->nr * sizeof(x->sem[0]))) < 0 ? ours : theirs;
	default:
		return MAX(ours, theirs);
	}
}

void merge_values(const struct snapshot *snap, struct object *to, const struct object *from)
{
	const uint8_t *slots = snap->layout->slot[to->class];
	enum field_id field;

	if (!to->known && to->class == from->class) {
		memcpy(to->val, from->val, snap->layout->nr_slots[to->class] *
		       sizeof(to->val[0]));
		to->known = from->known;
		return;
	}
	for_each_field(field) {
		uint64_t ours, theirs;

		if (slots[field] == NO_SLOT || !object_num(snap, from, field, &theirs))
			continue;
		to->val[slots[field]] = object_num(snap, to, field, &ours) ?
					merge_settle(field, ours, theirs) : theirs;
		to->known |= 1u << slots[field];
	}
}

static uint32_t *merge_objects(struct snapshot *snap, const struct snapshot *from)
{
	uint32_t *now = mem_zero(from->objects.nr, sizeof(*now));
	uint32_t i;

	map_reserve(&snap->object_index, snap->objects.nr + from->objects.nr);
	for (i = 0; i < from->objects.nr; i++) {
		const struct object *obj = &from->objects.at[i];

		now[i] = snapshot_object(snap, obj->class, obj->key);
		merge_values(snap, &snap->objects.at[now[i]], obj);
	}
	return now;
}

static uint32_t *merge_processes(struct snapshot *snap, const struct snapshot *other)
{
	uint32_t *now = mem_zero(other->processes.nr, sizeof(*now));
	uint32_t i;

	for (i = 0; i < other->processes.nr; i++) {
		const struct process *from = &other->processes.at[i];

		struct process *to;

		now[i] = snapshot_process(snap, from->pid, from->start);
		to = &snap->processes.at[now[i]];
		to->ppid = MAX(to->ppid, from->ppid);
		to->uid = MIN(to->uid, from->uid);
		to->ipc_ns = MAX(to->ipc_ns, from->ipc_ns);
		to->own_pid = MAX(to->own_pid, from->own_pid);
		to->net_ns = MAX(to->net_ns, from->net_ns);
		to->memory = MAX(to->memory, from->memory);
		to->flags |= from->flags;
		to->comm = merge_first_str(to->comm, from->comm);
		to->cmdline = merge_first_str(to->cmdline, from->cmdline);
		to->unit = merge_first_str(to->unit, from->unit);
		to->started = MAX(to->started, from->started);
		to->tally = to->tally ?: from->tally;
	}
	return now;
}

static uint32_t merge_renumber(uint32_t object, const uint32_t *objects)
{
	return object & IN_BASE ? object & ~IN_BASE : objects[object];
}

void snapshot_merge(struct snapshot *snap, struct snapshot *from)
{
	uint32_t *objects = merge_objects(snap, from);
	uint32_t *processes = merge_processes(snap, from);
	const struct id_name *name;
	uint32_t i;

	vec_reserve(&snap->edges, snap->edges.nr + from->edges.nr);
	for (i = 0; i < from->edges.nr; i++) {
		struct edge *edge = vec_add(&snap->edges);

		*edge = from->edges.at[i];
		edge->object = merge_renumber(edge->object, objects);
		if (edge->process != NO_INDEX)
			edge->process = processes[edge->process];
		if (edge->kind == EDGE_PEER)
			edge->peer = merge_renumber(edge->peer, objects);
	}
	vec_for_each(name, &from->names)
		snapshot_name(snap, name->group, name->id, name->name);
	missing_merge(snap, from);
	snap->parts_read |= from->parts_read;
	snap->finished = false;
	free(objects);
	free(processes);
	arena_adopt(&snap->arena, &from->arena);
	snapshot_free(from);
}
