// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/snapshot.h"
#include "missing.h"

static void merge_values(struct object *to, const struct object *from,
			 uint32_t nr_slots)
{
	uint32_t i;

	for (i = 0; i < nr_slots; i++) {
		if (from->known >> i & 1 && !(to->known >> i & 1))
			to->val[i] = from->val[i];
	}
	to->known |= from->known;
}

static uint32_t *merge_objects(struct snapshot *snap,
			       const struct snapshot *from)
{
	uint32_t *now = mem_zero(from->objects.nr, sizeof(*now));
	uint32_t i;

	map_reserve(&snap->object_index, snap->objects.nr + from->objects.nr);
	for (i = 0; i < from->objects.nr; i++) {
		const struct object *obj = &from->objects.at[i];

		now[i] = snapshot_object(snap, obj->class, obj->key);
		merge_values(&snap->objects.at[now[i]], obj,
			     snap->layout->nr_slots[obj->class]);
	}
	return now;
}

static uint32_t *merge_processes(struct snapshot *snap,
				 const struct snapshot *from)
{
	uint32_t *now = mem_zero(from->processes.nr, sizeof(*now));
	uint32_t i;

	for (i = 0; i < from->processes.nr; i++) {
		const struct process *proc = &from->processes.at[i];

		now[i] = snapshot_process(snap, proc->pid, proc->start);
		snap->processes.at[now[i]] = *proc;
	}
	return now;
}

static uint32_t renumber(uint32_t object, const uint32_t *objects)
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
		edge->object = renumber(edge->object, objects);
		if (edge->process != NO_INDEX)
			edge->process = processes[edge->process];
		if (edge->kind == EDGE_PEER)
			edge->other = renumber(edge->other, objects);
	}
	vec_for_each(name, &from->names)
		snapshot_name(snap, name->group, name->id, name->name);
	missing_merge(snap, from);
	snap->have |= from->have;
	snap->finished = false;
	free(objects);
	free(processes);
	arena_adopt(&snap->arena, &from->arena);
	snapshot_free(from);
}
