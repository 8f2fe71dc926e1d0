// SPDX-License-Identifier: GPL-2.0-or-later
/* The final order of a snapshot. */
#include "internal.h"

/* No more than 32 bytes: qsort() sorts larger ones by pointers. */
struct rank {
	uint64_t ns, id;
	const struct str *name;
	uint32_t index;
	uint16_t class;
};

static int finish_compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return COMPARE(x->class, y->class) ?:
	       (x->name == y->name ? 0 : str_compare(x->name, y->name)) ?:
	       COMPARE(x->ns, y->ns) ?: COMPARE(x->id, y->id);
}

/* Returns the new number of each old one. */
static uint32_t *finish_order_objects(struct snapshot *snap)
{
	uint32_t nr = snap->objects.nr, i;
	struct rank *ranks = mem_zero(nr, sizeof(*ranks));
	struct object *sorted = mem_zero(nr, sizeof(*sorted));
	uint32_t *now = mem_zero(nr, sizeof(*now));

	for (i = 0; i < nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		const struct class_info *kind = class_infos[obj->class];

		ranks[i].class = obj->class;
		/* One that is not known, of a socket, comes last. */
		ranks[i].ns = obj->key.ns - 1;
		ranks[i].id = obj->key.id;
		ranks[i].index = i;
		if (kind->groups & GROUP_POSIX || kind->persistence == PERSISTENCE_FILESYSTEM)
			ranks[i].name = object_str(snap, obj, FIELD_NAME);
	}
	if (nr)
		qsort(ranks, nr, sizeof(*ranks), finish_compare_ranks);
	map_free(&snap->object_index);
	map_reserve(&snap->object_index, nr);
	for (i = 0; i < nr; i++) {
		sorted[i] = snap->objects.at[ranks[i].index];
		now[ranks[i].index] = i;
		map_add(&snap->object_index, object_key_hash(sorted[i].key), i);
	}
	free(ranks);
	free(snap->objects.at);
	snap->objects.at = sorted;
	snap->objects.room = nr;
	return now;
}

struct process_rank {
	struct process proc;
	uint32_t index;
};

static int finish_compare_processes(const void *a, const void *b)
{
	const struct process *x = &((const struct process_rank *)a)->proc;
	const struct process *y = &((const struct process_rank *)b)->proc;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->start, y->start);
}

static uint32_t *finish_order_processes(struct snapshot *snap)
{
	uint32_t nr = snap->processes.nr, i;
	struct process_rank *ranks = mem_zero(nr, sizeof(*ranks));
	uint32_t *now = mem_zero(nr, sizeof(*now));

	for (i = 0; i < nr; i++) {
		ranks[i].proc = snap->processes.at[i];
		ranks[i].index = i;
	}
	if (nr)
		qsort(ranks, nr, sizeof(*ranks), finish_compare_processes);
	map_free(&snap->process_index);
	snap->processes.nr = 0;
	for (i = 0; i < nr; i++) {
		uint32_t index = snapshot_process(snap, ranks[i].proc.pid,
						  ranks[i].proc.start);

		snap->processes.at[index] = ranks[i].proc;
		now[ranks[i].index] = index;
	}
	free(ranks);
	return now;
}

static int finish_compare_names(const void *a, const void *b)
{
	const struct id_name *x = a, *y = b;

	return COMPARE(x->id, y->id) ?: COMPARE(x->group, y->group);
}

static int finish_compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return COMPARE(x->process, y->process) ?: COMPARE(x->kind, y->kind) ?:
	       COMPARE(x->fd, y->fd) ?: COMPARE(x->tid, y->tid) ?:
	       COMPARE(x->other, y->other) ?: COMPARE(x->address, y->address) ?:
	       COMPARE(x->access, y->access) ?: COMPARE(x->op, y->op) ?:
	       COMPARE(x->offset, y->offset) ?: COMPARE(x->length, y->length);
}

/* Sorts one object's edges and drops what is there twice. */
static uint32_t finish_order_group(struct edge *edges, uint32_t nr)
{
	uint32_t i, kept = 1;

	if (nr < 2)
		return nr;
	qsort(edges, nr, sizeof(*edges), finish_compare_edges);
	for (i = 1; i < nr; i++) {
		if (finish_compare_edges(&edges[kept - 1], &edges[i]))
			edges[kept++] = edges[i];
	}
	return kept;
}

/* Puts the edges into the order of their objects. */
static void finish_group_by_object(struct snapshot *snap)
{
	uint32_t nr = snap->edges.nr, i, kept = 0;
	struct edge *sorted = mem_zero(nr, sizeof(*sorted));
	struct object *obj;

	vec_for_each(obj, &snap->objects)
		obj->nr_edges = 0;
	for (i = 0; i < nr; i++)
		snap->objects.at[snap->edges.at[i].object].nr_edges++;
	i = 0;
	vec_for_each(obj, &snap->objects) {
		obj->first_edge = i;
		i += obj->nr_edges;
		obj->nr_edges = 0;
	}
	for (i = 0; i < nr; i++) {
		obj = &snap->objects.at[snap->edges.at[i].object];
		sorted[obj->first_edge + obj->nr_edges++] = snap->edges.at[i];
	}
	vec_for_each(obj, &snap->objects) {
		uint32_t first = obj->first_edge;

		obj->nr_edges = finish_order_group(&sorted[first], obj->nr_edges);
		if (kept != first)
			memmove(&sorted[kept], &sorted[first],
				obj->nr_edges * sizeof(*sorted));
		obj->first_edge = kept;
		kept += obj->nr_edges;
	}
	free(snap->edges.at);
	snap->edges.at = sorted;
	snap->edges.nr = kept;
	snap->edges.room = nr;
}

static void finish_group_by_process(struct snapshot *snap)
{
	uint32_t i, first = 0;
	struct process *proc;

	free(snap->by_process);
	snap->by_process = mem_zero(snap->edges.nr, sizeof(uint32_t));
	vec_for_each(proc, &snap->processes)
		proc->nr_edges = 0;
	for (i = 0; i < snap->edges.nr; i++) {
		if (snap->edges.at[i].process != NO_INDEX)
			snap->processes.at[snap->edges.at[i].process].nr_edges++;
	}
	vec_for_each(proc, &snap->processes) {
		proc->first_edge = first;
		first += proc->nr_edges;
		proc->nr_edges = 0;
	}
	for (i = 0; i < snap->edges.nr; i++) {
		if (snap->edges.at[i].process == NO_INDEX)
			continue;
		proc = &snap->processes.at[snap->edges.at[i].process];
		snap->by_process[proc->first_edge + proc->nr_edges++] = i;
	}
}

struct called {
	const struct snapshot *snap;
	enum class_id class;
	const struct str *name;
};

static bool finish_is_called_so(const void *vec, uint32_t index, const void *key)
{
	const struct object *obj = &((const struct object *)vec)[index];
	const struct called *called = key;

	return obj->class == called->class &&
	       str_same(object_called(called->snap, obj), called->name);
}

/* Two sockets bound to one path, one after the other; FIFOs of one path on
 * two mounts. */
static void finish_find_shared_names(struct snapshot *snap)
{
	struct object *objects = snap->objects.at;
	struct map names = { 0 };
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const struct called called = {
			.snap = snap, .class = objects[i].class,
			.name = object_called(snap, &objects[i]),
		};
		uint64_t hash;
		uint32_t first;

		objects[i].shares_name = false;
		if (!called.name)
			continue;
		hash = hash_bytes(called.name->data, called.name->len);
		first = map_find(&names, hash, finish_is_called_so, objects, &called);
		if (first == NO_INDEX) {
			map_add(&names, hash, i);
		} else if (object_is_socket_path(&objects[i]) == object_is_socket_path(&objects[first])) {
			objects[first].shares_name = true;
			objects[i].shares_name = true;
		} else if (object_is_socket_path(&objects[i])) {
			/* What is at the path now is another socket's. */
			map_add(&names, hash, i);
			object_flag(snap, first, IS(PATH_GONE));
		} else {
			object_flag(snap, i, IS(PATH_GONE));
		}
	}
	map_free(&names);
}

void snapshot_finish(struct snapshot *snap)
{
	uint32_t *objects, *processes;
	const struct id_name *name;
	struct edge *edge;

	if (snap->finished)
		return;
	objects = finish_order_objects(snap);
	processes = finish_order_processes(snap);
	vec_for_each(edge, &snap->edges) {
		edge->object = objects[edge->object];
		if (edge->process != NO_INDEX)
			edge->process = processes[edge->process];
		if (edge->kind == EDGE_PEER)
			edge->peer = objects[edge->peer];
	}
	free(objects);
	free(processes);
	finish_group_by_object(snap);
	finish_group_by_process(snap);
	/* Put in again by number. */
	if (snap->names.nr)
		qsort(snap->names.at, snap->names.nr, sizeof(snap->names.at[0]),
		      finish_compare_names);
	map_free(&snap->name_index);
	vec_for_each(name, &snap->names)
		map_add(&snap->name_index, hash_u64(name->id, name->group),
			(uint32_t)(name - snap->names.at));
	finish_find_shared_names(snap);
	missing_finish(snap);
	snap->finished = true;
}
