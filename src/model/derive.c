// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions of fields.def: DERIVE(name), derive_name() for others, gives the value
 * of @field of @obj. */
#include "internal.h"
#include "ipcscope/text.h"

#define CLOCK_SLACK	2	/* seconds: whole-second ctime, rounded boot */

#define NOT_KNOWN	((struct value){ .known = KNOWN_NOT })
#define NONE		((struct value){ .known = KNOWN_NONE })
#define NUMBER(num_)	((struct value){ .known = KNOWN_YES, .num = (num_) })
#define WORD(text)	((struct value){ .known = KNOWN_YES, .word = (text) })

DERIVE(stored)
{
	const void *data;
	uint64_t num;

	if (!object_num(snap, obj, field, &num))
		return NOT_KNOWN;
	data = (const void *)(uintptr_t)num;
	switch (fields[field].type) {
	case TYPE_STR:
	case TYPE_NAMES:
	case TYPE_LIST:
		return data ? (struct value){ .known = KNOWN_YES, .str = data } : NONE;
	case TYPE_WORD:
		return WORD(data);
	case TYPE_SEMS:
		return NUMBER(((const struct sems *)data)->nr);
	default:
		return NUMBER(num);
	}
}

/* Most have one, which FIELD_NAME tells. */
DERIVE(names)
{
	const struct value value = derive_stored(snap, obj, field);

	return value.known == KNOWN_NOT ? derive_stored(snap, obj, FIELD_NAME) : value;
}

DERIVE(class)
{
	return WORD(class_infos[obj->class]->name);
}

/* object_ref() makes the text. */
DERIVE(ref)
{
	return (struct value){ .known = KNOWN_YES };
}

DERIVE(id)
{
	return NUMBER(obj->key.id);
}

DERIVE(ns)
{
	return obj->key.ns ? NUMBER(obj->key.ns) : NOT_KNOWN;
}

/* Another field in a form of its own. */
DERIVE(source)
{
	return object_value(snap, obj, class_field_source(class_infos[obj->class], field, 0));
}

/* Whoever tells the local address would have told the remote one, and the groups. */
DERIVE(beside_local)
{
	struct value value = derive_stored(snap, obj, field);
	uint64_t num;

	if (value.known == KNOWN_NOT && object_num(snap, obj, FIELD_LOCAL, &num))
		return NONE;
	return value;
}

DERIVE(id_name)
{
	enum field_id source = fields[field].from[0];
	const struct id_name *found;
	uint64_t id;

	if (!object_num(snap, obj, source, &id))
		return NOT_KNOWN;
	found = snapshot_id_name(snap, fields[source].type == TYPE_GID, (uint32_t)id);
	return found && found->name ? (struct value){ .known = KNOWN_YES, .str = found->name } :
				      NOT_KNOWN;
}

DERIVE(age)
{
	uint64_t now = (uint64_t)snap->host.taken, made;
	enum field_id source;
	unsigned int i;

	for_each_source(source, i, class_infos[obj->class], field) {
		if (object_num(snap, obj, source, &made) && made)
			return NUMBER(now > made ? now - made : 0);
	}
	return NOT_KNOWN;
}

/* The latest of the times that @field is worked out from; 0: it never was. False:
 * not known. */
static bool derive_latest(const struct snapshot *snap, const struct object *obj,
			  enum field_id field, uint64_t *when)
{
	enum field_id source;
	unsigned int i;

	*when = 0;
	for_each_source(source, i, class_infos[obj->class], field) {
		uint64_t num;

		if (!object_num(snap, obj, source, &num))
			return false;
		*when = num > *when ? num : *when;
	}
	return i;
}

DERIVE(idle)
{
	uint64_t now = (uint64_t)snap->host.taken, when;

	if (!derive_latest(snap, obj, field, &when))
		return NOT_KNOWN;
	return NUMBER(!when ? AGE_NEVER : now > when ? now - when : 0);
}

/* By those of its times that are known. */
DERIVE(unchanged)
{
	uint64_t now = (uint64_t)snap->host.taken, when = 0, num;
	enum field_id source;
	unsigned int i;

	for_each_source(source, i, class_infos[obj->class], field) {
		if (object_num(snap, obj, source, &num) && num > when)
			when = num;
	}
	return when ? NUMBER(now > when ? now - when : 0) : NOT_KNOWN;
}

/* A pid of 0 with its time 0 means never; else not visible from here. */
DERIVE(last_pid)
{
	uint64_t pid, when;

	if (!object_num(snap, obj, field, &pid))
		return NOT_KNOWN;
	if (pid)
		return NUMBER(pid);
	return !derive_latest(snap, obj, field, &when) || when ? NOT_KNOWN : NONE;
}

/* The later of sender and receiver; a segment has only one. */
DERIVE(last_by)
{
	uint64_t sent, received;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_LPID))
		return derive_last_pid(snap, obj, FIELD_LPID);
	if (!derive_latest(snap, obj, FIELD_LSPID, &sent) ||
	    !derive_latest(snap, obj, FIELD_LRPID, &received))
		return NOT_KNOWN;
	return derive_last_pid(snap, obj, received > sent ? FIELD_LRPID : FIELD_LSPID);
}

struct value process_may_be(const struct snapshot *snap, const struct process *proc,
			    int64_t when)
{
	int64_t started;

	if (proc->flags & PROCESS_ZOMBIE)
		return NUMBER(0);
	if (!snap->host.booted && when)
		return NOT_KNOWN;
	started = process_since(snap, proc);
	if (!when || started <= when + CLOCK_SLACK)
		return NUMBER(1);
	/* It seems to be younger, but had the clock been set in between, it may be the
	 * same process. */
	if (!snap->host.steady_since || when < snap->host.steady_since)
		return NOT_KNOWN;
	return NUMBER(0);
}

struct value process_alive(const struct snapshot *snap, pid_t pid, int64_t when)
{
	uint32_t index;

	if (pid <= 0 || !(snap->parts_read & NEED(PROCS)) || !snap->host.all_processes)
		return NOT_KNOWN;
	index = snapshot_find_pid(snap, pid);
	if (index == NO_INDEX)
		return missing_process(snap, pid) ? NOT_KNOWN : NUMBER(0);
	return process_may_be(snap, &snap->processes.at[index], when);
}

DERIVE(creator_alive)
{
	uint64_t pid, made = 0;

	if (!object_num(snap, obj, FIELD_CPID, &pid))
		return NOT_KNOWN;
	object_num(snap, obj, FIELD_CTIME, &made);
	return process_alive(snap, (pid_t)pid, (int64_t)made);
}

DERIVE(attaches_found)
{
	const uint64_t parts = class_infos[obj->class]->users_by;
	uint64_t attaches;
	uint32_t found;
	bool sure;

	if (object_num(snap, obj, FIELD_ATTACHES, &attaches) && !attaches)
		return NUMBER(0);
	if ((snap->parts_read & parts) != parts)
		return NOT_KNOWN;
	found = object_attaches_found(snap, obj, &sure);
	return sure ? NUMBER(found) : NOT_KNOWN;
}

/* Above 100 if a limit was lowered, or the backlog is full. */
DERIVE(fill)
{
	static const struct { enum field_id used, most; } pairs[] = {
		{ FIELD_USED, FIELD_QBYTES }, { FIELD_MESSAGES, FIELD_MAXMSG },
		{ FIELD_USED, FIELD_CAPACITY }, { FIELD_PENDING, FIELD_BACKLOG },
	};
	struct value most = { .known = KNOWN_NOT_APPLICABLE }, used;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		most = object_value(snap, obj, pairs[i].most);
		if (most.known == KNOWN_NOT_APPLICABLE)
			continue;
		used = object_value(snap, obj, pairs[i].used);
		if (most.known != KNOWN_YES || used.known != KNOWN_YES)
			return NOT_KNOWN;
		return most.num ? NUMBER(num_scale(used.num, 100, most.num)) : NONE;
	}
	return most;
}

/* Of a removed segment: the kernel forgets the key, a mapping's name does not. */
DERIVE(old_key)
{
	const struct edge *edge;
	uint64_t flags = 0;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (!(flags & IS(DEST)))
		return NONE;
	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_ATTACHED)
			return edge->key ? NUMBER(edge->key) : NONE;
	}
	return NOT_KNOWN;
}

DERIVE(state)
{
	bool unsure;
	uint64_t bits = object_state(snap, obj, &unsure);

	if (bits)
		return NUMBER(bits);
	return unsure ? NOT_KNOWN : NONE;
}

DERIVE(waiters)
{
	uint32_t nr = object_count_edges(snap, obj, EDGE_WAITS);

	if (nr || object_parts_complete(snap, obj, class_infos[obj->class]->waits_by))
		return NUMBER(nr);
	return NOT_KNOWN;
}

DERIVE(pollers)
{
	const struct edge *edge, *other;
	uint32_t i, j, nr = 0;

	/* A thread may poll for several things at once. */
	for_each_object_edge(edge, i, snap, obj) {
		other = edge;
		for (j = i; edge->kind == EDGE_POLLS && j; j--) {
			other = object_edge(snap, obj, j - 1);
			if (other->process != edge->process || other->kind != edge->kind ||
			    other->tid == edge->tid)
				break;
		}
		nr += edge->kind == EDGE_POLLS &&
		      (!j || other->process != edge->process || other->kind != edge->kind);
	}
	if (nr || object_parts_complete(snap, obj, FOUND_BY_POLLS))
		return NUMBER(nr);
	return NOT_KNOWN;
}

/* Processes that read or write; 0 only if nobody unseen can. */
DERIVE(access)
{
	uint8_t access = field == FIELD_READERS ? ACCESS_READ : ACCESS_WRITE;
	uint32_t last = NO_INDEX, i, nr = 0;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind != EDGE_OPEN || !(edge->access & access) ||
		    edge->process == last)
			continue;
		last = edge->process;
		nr++;
	}
	if (nr || object_users_complete(snap, obj))
		return NUMBER(nr);
	return NOT_KNOWN;
}

DERIVE(users_complete)
{
	return NUMBER(object_users_complete(snap, obj));
}

DERIVE(users)
{
	if (object_has_user(snap, obj))
		return NUMBER(1);
	return object_users_complete(snap, obj) ? NONE : NOT_KNOWN;
}

DERIVE(persistence)
{
	enum persistence persistence = object_is_socket_path(obj) ? PERSISTENCE_FILESYSTEM :
				       class_infos[obj->class]->persistence;
	uint64_t flags = 0;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (flags & (IS(UNLINKED) | IS(DEST)))
		persistence = PERSISTENCE_PROCESS;
	return WORD(persistence_words[persistence]);
}

struct value object_value(const struct snapshot *snap, const struct object *obj,
			  enum field_id field)
{
	const struct class_info *info = class_infos[obj->class];

	if (!fieldset_has(&snap->layout->has[obj->class], field) ||
	    (info->applies && !info->applies(snap, obj, field)))
		return (struct value){ .known = KNOWN_NOT_APPLICABLE };
	return fields[field].derive(snap, obj, field);
}
