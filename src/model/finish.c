// SPDX-License-Identifier: GPL-2.0-or-later
/* Snapshots of several threads become one, and one gets its final order. */
#include "internal.h"

/* Of two that were seen, one that does not depend on who came first. */
static uint64_t finish_settle(enum field_id field, uint64_t ours, uint64_t theirs)
{
	const void *a = (const void *)(uintptr_t)ours;
	const void *b = (const void *)(uintptr_t)theirs;
	const struct sems *x = a, *y = b;

	if (field == FIELD_FLAGS)
		return ours | theirs;
	switch (fields[field].type) {
	case TYPE_STR:
	case TYPE_NAMES:
	case TYPE_LIST:
	case TYPE_REFS:
		return (uintptr_t)str_first(a, b);
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
					finish_settle(field, ours, theirs) : theirs;
		to->known |= 1u << slots[field];
	}
}

static uint32_t *finish_merge_processes(struct snapshot *snap,
					const struct snapshot *other)
{
	uint32_t *now = mem_zero(other->processes.nr, sizeof(*now));
	uint32_t i;

	for (i = 0; i < other->processes.nr; i++) {
		const struct process *from = &other->processes.at[i];
		struct process *to;

		now[i] = snapshot_process(snap, from->pid, from->start);
		to = &snap->processes.at[now[i]];
		to->ppid = MAX(to->ppid, from->ppid);
		to->group = MAX(to->group, from->group);
		to->session = MAX(to->session, from->session);
		to->uid = MIN(to->uid, from->uid);
		if (!to->others[0])
			memcpy(to->others, from->others, sizeof(to->others));
		to->ipc_ns = MAX(to->ipc_ns, from->ipc_ns);
		to->own_pid = MAX(to->own_pid, from->own_pid);
		to->net_ns = MAX(to->net_ns, from->net_ns);
		to->memory = MAX(to->memory, from->memory);
		to->flags |= from->flags;
		to->comm = str_first(to->comm, from->comm);
		to->cmdline = str_first(to->cmdline, from->cmdline);
		to->unit = str_first(to->unit, from->unit);
		to->tally = to->tally ?: from->tally;
		to->signals = to->signals ?: from->signals;
		to->threads = to->threads ?: from->threads;
	}
	return now;
}

void snapshot_merge(struct snapshot *snap, struct snapshot *from)
{
	uint32_t *objects = mem_zero(from->objects.nr, sizeof(*objects));
	uint32_t *processes = finish_merge_processes(snap, from);
	const struct id_name *name;
	uint32_t i;

	map_reserve(&snap->object_index, snap->objects.nr + from->objects.nr);
	for (i = 0; i < from->objects.nr; i++) {
		const struct object *obj = &from->objects.at[i];

		objects[i] = snapshot_object(snap, obj->class, obj->key);
		merge_values(snap, &snap->objects.at[objects[i]], obj);
	}
	vec_reserve(&snap->edges, snap->edges.nr + from->edges.nr);
	for (i = 0; i < from->edges.nr; i++) {
		struct edge *edge = vec_add(&snap->edges);
		uint32_t peer = from->edges.at[i].peer;

		*edge = from->edges.at[i];
		edge->object = edge->object & IN_BASE ? edge->object & ~IN_BASE :
							objects[edge->object];
		if (edge->process != NO_INDEX)
			edge->process = processes[edge->process];
		if (edge->kind == EDGE_PEER)
			edge->peer = peer & IN_BASE ? peer & ~IN_BASE : objects[peer];
	}
	vec_for_each(name, &from->names)
		snapshot_name(snap, name->group, name->id, name->name);
	if (from->gaps.nr || from->warnings.nr)
		missing_merge(snap, from);
	snap->parts_read |= from->parts_read;
	snap->finished = false;
	free(objects);
	free(processes);
	arena_adopt(&snap->arena, &from->arena);
	snapshot_free(from);
}

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
	for (i = 0; i < nr; i++) {
		sorted[i] = snap->objects.at[ranks[i].index];
		now[ranks[i].index] = i;
	}
	map_renumber(&snap->object_index, now);
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

/* Puts the edges into the order of their objects, and drops what is there twice. */
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
		struct edge *edges = &sorted[obj->first_edge];

		if (obj->nr_edges > 1)
			qsort(edges, obj->nr_edges, sizeof(*edges), finish_compare_edges);
		obj->first_edge = kept;
		for (i = 0; i < obj->nr_edges; i++) {
			if (!i || finish_compare_edges(&sorted[kept - 1], &edges[i]))
				sorted[kept++] = edges[i];
		}
		obj->nr_edges = kept - obj->first_edge;
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

void snapshot_forget_polls(struct snapshot *snap, const struct fieldset asked[NR_CLASSES])
{
	const uint32_t nr = snap->edges.nr;
	const struct edge *edge;
	uint32_t kept = 0;

	vec_for_each(edge, &snap->edges) {
		if (edge->kind != EDGE_POLLS ||
		    fieldset_has(&asked[snap->objects.at[edge->object].class], FIELD_POLLERS))
			snap->edges.at[kept++] = *edge;
	}
	snap->edges.nr = kept;
	if (kept == nr)
		return;
	finish_group_by_object(snap);
	finish_group_by_process(snap);
}

struct called {
	const struct snapshot *snap;
	enum class_id class;
	uint64_t ipc_ns;
	const struct str *name;
};

static bool finish_is_called_so(const void *vec, uint32_t index, const void *key)
{
	const struct object *obj = &((const struct object *)vec)[index];
	const struct called *called = key;

	return obj->class == called->class &&
	       object_ipc_ns(called->snap, obj) == called->ipc_ns &&
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
		const struct class_info *kind = class_infos[objects[i].class];
		const struct called called = {
			.snap = snap, .class = objects[i].class,
			.ipc_ns = object_ipc_ns(snap, &objects[i]),
			.name = kind->called ? kind->called(snap, &objects[i]) : NULL,
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
	uint32_t nr, i, *objects, *processes;
	struct process_rank *ranks;
	const struct id_name *name;
	struct edge *edge;

	if (snap->finished)
		return;
	if (snap->replaces)
		snapshot_settle(snap);
	nr = snap->processes.nr;
	objects = finish_order_objects(snap);
	processes = mem_zero(nr, sizeof(*processes));
	ranks = mem_zero(nr, sizeof(*ranks));
	for (i = 0; i < nr; i++)
		ranks[i] = (struct process_rank){ snap->processes.at[i], i };
	if (nr)
		qsort(ranks, nr, sizeof(*ranks), finish_compare_processes);
	map_free(&snap->process_index);
	snap->processes.nr = 0;
	for (i = 0; i < nr; i++) {
		snapshot_process(snap, ranks[i].proc.pid, ranks[i].proc.start);
		snap->processes.at[i] = ranks[i].proc;
		processes[ranks[i].index] = i;
	}
	free(ranks);
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
	if (snap->gaps.nr || snap->warnings.nr)
		missing_finish(snap);
	snap->finished = true;
}
