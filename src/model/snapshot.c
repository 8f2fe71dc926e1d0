// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects, processes, relations, names and what is missing are put into a snapshot, and
 * found. */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

void layout_init(struct layout *layout, const struct fieldset wanted[NR_CLASSES])
{
	static const enum field_id always[] = {
		FIELD_KEY, FIELD_NAME, FIELD_PATH, FIELD_IPC_NS, FIELD_FLAGS,
		FIELD_MODE, FIELD_UID, FIELD_TYPE,
	};
	enum class_id class;
	enum field_id field;
	uint64_t needs;
	size_t i;

	memset(layout, 0, sizeof(*layout));
	for (class = 0; class < NR_CLASSES; class++) {
		struct fieldset *set = &layout->wanted[class];
		uint8_t *slot = layout->slot[class];

		*set = wanted[class];
		for (i = 0; i < ARRAY_SIZE(always); i++) {
			const struct class_field *kf =
				class_field(class_infos[class], always[i]);

			if (always[i] == FIELD_FLAGS || (kf && kf->cost == COST_LISTED))
				fieldset_add(set, always[i]);
		}
		for_each_field(field) {
			bool stored = field == FIELD_FLAGS ||
				      class_field(class_infos[class], field);

			if (class_has(class_infos[class], field, &needs))
				fieldset_add(&layout->has[class], field);
			slot[field] = NO_SLOT;
			if (fieldset_has(set, field) && stored &&
			    (fields[field].source == SOURCE_STORED || field == FIELD_FLAGS ||
			     field == FIELD_TARGETS))
				slot[field] = layout->nr_slots[class]++;
		}
	}
}

void snapshot_free(struct snapshot *snap)
{
	vec_free(&snap->objects);
	vec_free(&snap->processes);
	vec_free(&snap->edges);
	vec_free(&snap->gaps);
	vec_free(&snap->gap_users);
	vec_free(&snap->warnings);
	vec_free(&snap->names);
	vec_free(&snap->places);
	vec_free(&snap->namespaces);
	vec_free(&snap->keepers);
	map_free(&snap->object_index);
	map_free(&snap->process_index);
	map_free(&snap->name_index);
	free(snap->by_process);
	snap->by_process = NULL;
	arena_free(&snap->arena);
}

uint64_t object_hash(const struct object_key *key)
{
	return hash_u64(key->id, key->ns ^ (uint64_t)key->space << 56);
}

static bool snapshot_same_object(const void *vec, uint32_t index, const void *arg)
{
	const struct object *objects = vec;
	const struct object_key *key = arg;

	return objects[index].key.id == key->id && objects[index].key.ns == key->ns &&
	       objects[index].key.space == key->space;
}

uint32_t snapshot_find(const struct snapshot *snap, struct object_key key)
{
	return map_find(&snap->object_index, object_hash(&key), snapshot_same_object,
			snap->objects.at, &key);
}

uint32_t snapshot_object(struct snapshot *snap, enum class_id class, struct object_key key)
{
	uint64_t hash = object_hash(&key);
	struct object *obj, was = { .known = 0 };
	uint32_t index;
	bool new;

	if (snap->base) {
		index = map_find(&snap->base->object_index, hash, snapshot_same_object,
				 snap->base->objects.at, &key);
		if (index != NO_INDEX)
			return index | IN_BASE;
	}
	index = map_find(&snap->object_index, hash, snapshot_same_object, snap->objects.at, &key);
	new = index == NO_INDEX;
	if (new) {
		index = snap->objects.nr;
		obj = vec_add(&snap->objects);
		obj->key = key;
		map_add(&snap->object_index, hash, index);
	} else {
		obj = &snap->objects.at[index];
		was = *obj;
		/* Two processes may call one inode by names that mean different classes. */
		if (class >= was.class)
			return index;
	}
	obj->class = class;
	obj->known = 0;
	obj->val = arena_alloc(&snap->arena, snap->layout->nr_slots[class] *
			       sizeof(obj->val[0]));
	if (!new)
		merge_values(snap, obj, &was);
	return index;
}

/* What the base has was listed with all its fields: a shard has nothing to add. */
void object_set(struct snapshot *snap, uint32_t object, enum field_id field, uint64_t num)
{
	struct object *obj;
	uint8_t slot;

	if (object & IN_BASE)
		return;
	obj = &snap->objects.at[object];
	slot = snap->layout->slot[obj->class][field];
	if (slot == NO_SLOT)
		return;
	obj->val[slot] = num;
	obj->known |= 1u << slot;
}

void object_set_str(struct snapshot *snap, uint32_t object,
		    enum field_id field, const char *data, size_t len)
{
	if (!(object & IN_BASE) &&
	    snap->layout->slot[snap->objects.at[object].class][field] != NO_SLOT)
		object_set(snap, object, field,
			   (uintptr_t)arena_str(&snap->arena, data, len));
}

void object_set_first(struct snapshot *snap, uint32_t object,
		      enum field_id field, const char *data, size_t len)
{
	const struct str *was = NULL;
	int order = -1;

	if (!(object & IN_BASE))
		was = object_str(snap, &snap->objects.at[object], field);
	if (was)
		order = memcmp(data, was->data, MIN(len, was->len)) ?: COMPARE(len, was->len);
	if (order < 0)
		object_set_str(snap, object, field, data, len);
}

void object_set_word(struct snapshot *snap, uint32_t object,
		     enum field_id field, const char *word)
{
	object_set(snap, object, field, (uintptr_t)word);
}

void object_set_sems(struct snapshot *snap, uint32_t object, const struct sems *sems)
{
	object_set(snap, object, FIELD_VALUES, (uintptr_t)sems);
}

void object_flag(struct snapshot *snap, uint32_t object, uint64_t states)
{
	uint64_t was = 0;

	if (!(object & IN_BASE))
		object_num(snap, &snap->objects.at[object], FIELD_FLAGS, &was);
	object_set(snap, object, FIELD_FLAGS, was | states);
}

bool object_wants(const struct snapshot *snap, enum class_id class, enum field_id field)
{
	return fieldset_has(&snap->layout->wanted[class], field);
}

bool object_num(const struct snapshot *snap, const struct object *obj,
		enum field_id field, uint64_t *num)
{
	uint8_t slot = snap->layout->slot[obj->class][field];

	if (slot == NO_SLOT || !(obj->known >> slot & 1))
		return false;
	*num = obj->val[slot];
	return true;
}

const struct str *object_str(const struct snapshot *snap,
			     const struct object *obj, enum field_id field)
{
	uint64_t num;

	return object_num(snap, obj, field, &num) ?
	       (const struct str *)(uintptr_t)num : NULL;
}

const struct sems *object_sems(const struct snapshot *snap, const struct object *obj)
{
	uint64_t num;

	return object_num(snap, obj, FIELD_VALUES, &num) ?
	       (const struct sems *)(uintptr_t)num : NULL;
}

struct edge *snapshot_edge(struct snapshot *snap, enum edge_kind kind,
			   uint32_t process, uint32_t object)
{
	struct edge *edge = vec_add(&snap->edges);

	edge->kind = kind;
	edge->process = process;
	edge->object = object;
	edge->other = NO_INDEX;
	edge->fd = -1;
	return edge;
}

struct process_key {
	pid_t pid;
	uint64_t start;
	bool any_start;
};

static bool snapshot_same_process(const void *vec, uint32_t index, const void *arg)
{
	const struct process *processes = vec;
	const struct process_key *key = arg;

	return processes[index].pid == key->pid &&
	       (key->any_start || processes[index].start == key->start);
}

uint32_t snapshot_process(struct snapshot *snap, pid_t pid, uint64_t start)
{
	const struct process_key key = { .pid = pid, .start = start };
	struct process *proc;
	uint32_t index;

	index = map_find(&snap->process_index, hash_u64((uint64_t)pid, 1), snapshot_same_process,
			 snap->processes.at, &key);
	if (index != NO_INDEX)
		return index;
	index = snap->processes.nr;
	proc = vec_add(&snap->processes);
	proc->pid = pid;
	proc->start = start;
	proc->uid = (uid_t)-1;
	map_add(&snap->process_index, hash_u64((uint64_t)pid, 1), index);
	return index;
}

uint32_t snapshot_find_pid(const struct snapshot *snap, pid_t pid)
{
	const struct process_key key = { .pid = pid, .any_start = true };

	return map_find(&snap->process_index, hash_u64((uint64_t)pid, 1), snapshot_same_process,
			snap->processes.at, &key);
}

static bool snapshot_same_name(const void *vec, uint32_t index, const void *arg)
{
	const struct id_name *names = vec, *key = arg;

	return names[index].id == key->id && names[index].group == key->group;
}

const struct id_name *snapshot_id_name(const struct snapshot *snap, bool group, uint32_t id)
{
	const struct id_name key = { .group = group, .id = id };
	uint32_t index = map_find(&snap->name_index, hash_u64(id, group), snapshot_same_name,
				  snap->names.at, &key);

	return index == NO_INDEX ? NULL : &snap->names.at[index];
}

void snapshot_name(struct snapshot *snap, bool group, uint32_t id, const struct str *name)
{
	const struct id_name *known = snapshot_id_name(snap, group, id);
	struct id_name *entry;

	if (known) {
		entry = &snap->names.at[known - snap->names.at];
		entry->name = str_first(entry->name, name);
		return;
	}
	map_add(&snap->name_index, hash_u64(id, group), snap->names.nr);
	entry = vec_add(&snap->names);
	entry->group = group;
	entry->id = id;
	entry->name = name;
}

const struct str *snapshot_find_name(const struct snapshot *snap, bool group, uint32_t id)
{
	const struct id_name *entry = snapshot_id_name(snap, group, id);

	return entry ? entry->name : NULL;
}

/* There are a few kinds of warning at most: parts times errors, and why /proc does not
 * show all processes. */
static struct warning *snapshot_find_warning(struct snapshot *snap, enum part part,
					  int err, bool unsupported, const struct str *what)
{
	struct warning *warning;

	vec_for_each(warning, &snap->warnings) {
		if (warning->part == part && warning->err == err &&
		    warning->unsupported == unsupported && !warning->first &&
		    (err || part != PART_PROCS || str_same(warning->what, what)))
			return warning;
	}
	warning = vec_add(&snap->warnings);
	warning->part = part;
	warning->err = err;
	warning->unsupported = unsupported;
	return warning;
}

void snapshot_gap(struct snapshot *snap, enum part part, int err, pid_t pid,
		  uid_t uid, uint64_t ipc_ns)
{
	struct gap *gap = vec_add(&snap->gaps);

	gap->pid = pid;
	gap->uid = uid;
	gap->ipc_ns = ipc_ns;
	gap->part = part;
	gap->err = err;
}

void snapshot_warn(struct snapshot *snap, enum part part, int err, const char *fmt, ...)
{
	struct warning *warning;
	const struct str *what;
	char text[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(text))
		len = sizeof(text) - 1;
	what = arena_str(&snap->arena, text, (size_t)len);
	warning = snapshot_find_warning(snap, part, err, false, what);
	if (!warning->count++)
		warning->what = what;
}

void snapshot_unsupported(struct snapshot *snap, enum part part, const char *what)
{
	struct warning *warning = snapshot_find_warning(snap, part, 0, true, NULL);

	if (!warning->count++)
		warning->what = arena_str(&snap->arena, what, strlen(what));
}

void missing_merge(struct snapshot *snap, const struct snapshot *from)
{
	const struct warning *theirs;
	const struct gap *gap;

	vec_for_each(gap, &from->gaps)
		*vec_add(&snap->gaps) = *gap;
	vec_for_each(theirs, &from->warnings) {
		struct warning *ours;

		if (theirs->first)
			continue;	/* made of the gaps again */
		ours = snapshot_find_warning(snap, theirs->part, theirs->err,
					     theirs->unsupported, theirs->what);
		if (str_compare(theirs->what, ours->what) < 0)
			ours->what = theirs->what;
		ours->count = MAX(ours->count, theirs->count);
	}
}
