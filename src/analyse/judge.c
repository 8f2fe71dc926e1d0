// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the same for all objects that are judged. */
#include "judge.h"

#define SLACK	2	/* seconds: whole-second times, rounded boot */

static bool same_owner(const void *vec, uint32_t index, const void *key)
{
	return ((const struct owner *)vec)[index].uid == *(const uid_t *)key;
}

const struct owner *owner_of(const struct judge *judge, uid_t uid)
{
	uint32_t index = map_find(&judge->owner_index, hash_u64(uid, 0),
				  same_owner, judge->owners.at, &uid);

	return index == NO_INDEX ? NULL : &judge->owners.at[index];
}

static void count_owner(struct judge *judge, uint32_t process)
{
	uid_t uid = judge->snap->processes.at[process].uid;
	const struct owner *known = owner_of(judge, uid);
	struct owner *owner;

	if (known) {
		judge->owners.at[known - judge->owners.at].nr++;
		return;
	}
	map_add(&judge->owner_index, hash_u64(uid, 0), judge->owners.nr);
	owner = vec_add(&judge->owners);
	owner->uid = uid;
	owner->process = process;
	owner->nr = 1;
}

static void find_owners(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	uint32_t i;

	for (i = 0; i < snap->processes.nr; i++) {
		const struct process *proc = &snap->processes.at[i];

		if (!(proc->flags & (PROCESS_ZOMBIE | PROCESS_KTHREAD)) &&
		    proc->uid != (uid_t)-1)
			count_owner(judge, i);
	}
}

/* Why a process that runs may not be among those seen; NULL. */
static const struct str *why_blind(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	const struct gap *gap;

	if (!(snap->parts_read & NEED(RUNNING)) || snap->partial)
		return fixed(judge, "whether its owner runs something: not all processes were looked at");
	if (!snap->host.all_processes)
		return fixed(judge, "whether its owner runs something: /proc hides processes of others (hidepid=)");
	if (!snap->host.first_pid_ns)
		return fixed(judge, "whether its owner runs something outside this PID namespace");
	vec_for_each(gap, &snap->gaps) {
		if (gap->part == PART_PROCS)
			return arena_printf(judge->arena,
					    "whether its owner runs something: process %d could not be looked at",
					    (int)gap->pid);
	}
	return NULL;
}

/*
 * Times that cannot be, if the clock was never set and the boot time is right:
 * IPC before it or in the future, processes that start in the future.
 */
static bool clock_stepped(const struct snapshot *snap)
{
	const struct host_facts *host = &snap->host;
	const struct process *proc;
	const struct object *obj;

	vec_for_each(proc, &snap->processes) {
		if (host->booted + (int64_t)(proc->start /
					     (host->ticks ?: 100)) >
		    host->taken + SLACK)
			return true;
	}
	vec_for_each(obj, &snap->objects) {
		uint64_t when;

		if (!(class_infos[obj->class]->groups & GROUP_SYSV) ||
		    !object_num(snap, obj, FIELD_CTIME, &when) || !when)
			continue;
		if ((int64_t)when > host->taken + SLACK ||
		    (int64_t)when + SLACK < host->booted)
			return true;
	}
	return false;
}

/* What is known of the descriptors that sockets hold for a receiver. */
struct flight {
	uint64_t counted;
	uint32_t told, untold;
	uint32_t loose;		/* sockets nobody has, with something in them */
};

static void count_flight(struct flight *flight, const struct snapshot *snap,
			 const struct object *obj)
{
	uint64_t pending = 0, queued = 0;
	const struct edge *edge;
	bool held = false;
	uint32_t i;

	object_num(snap, obj, FIELD_PENDING, &pending);
	object_num(snap, obj, FIELD_RECVQ, &queued);
	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_PEER && pending) {
			uint64_t sent = 0;

			/* Its own end tells whether it has sent anything. */
			object_num(snap, &snap->objects.at[edge->peer],
				   FIELD_SENDQ, &sent);
			pending -= !sent;
		}
		if (edge->kind != EDGE_OPEN && edge->kind != EDGE_LISTENS)
			continue;
		held = true;
		flight->told += edge->in_flight_known != 0;
		flight->untold += !edge->in_flight_known;
		flight->counted += edge->in_flight;
	}
	flight->loose += pending || (!held && queued);
}

static const struct str *why_flight(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	struct flight flight = {};
	const struct object *obj;
	const struct gap *gap;

	if (!(snap->parts_read & NEED(FLIGHT)))
		return fixed(judge, "whether a descriptor of it is in flight: sockets were not looked at");
	vec_for_each(gap, &snap->gaps) {
		if (gap->part == PART_FDINFO)
			return arena_printf(judge->arena,
					    "whether a descriptor of it is in flight to process %d, which could not be read",
					    (int)gap->pid);
	}
	vec_for_each(obj, &snap->objects) {
		if (obj->class == CLASS_unix && obj->key.space == SPACE_SOCKET)
			count_flight(&flight, snap, obj);
	}
	if (flight.counted)
		return arena_printf(judge->arena,
				    "whether it is among %llu descriptor%s in flight through UNIX sockets",
				    (unsigned long long)flight.counted,
				    flight.counted == 1 ? "" : "s");
	if (flight.loose)
		return arena_printf(judge->arena,
				    "whether a descriptor of it is in flight in %u UNIX socket%s that nobody has yet",
				    flight.loose, flight.loose == 1 ? "" : "s");
	if (flight.untold && !flight.told)
		return fixed(judge, "whether a descriptor of it is in flight: this kernel does not tell");
	return NULL;
}

struct psm_name {
	const struct snapshot *snap;
	const char *name;
	size_t len;
};

static bool same_psm(const void *vec, uint32_t index, const void *arg)
{
	const struct psm_name *key = arg;
	const struct object *obj =
		&key->snap->objects.at[((const uint32_t *)vec)[index]];
	const struct str *name = object_str(key->snap, obj, FIELD_NAME);

	return name && name->len == key->len &&
	       !memcmp(name->data, key->name, key->len);
}

static bool is_listed(const struct snapshot *snap, const struct object *obj)
{
	uint64_t flags = 0, home = snap->host.home_dev[CLASS_pshm];

	object_num(snap, obj, FIELD_FLAGS, &flags);
	return obj->class == CLASS_pshm && !(flags & IS(UNLINKED)) &&
	       (!home || obj->key.ns == home);
}

static void index_psms(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		const struct str *name = object_str(snap, obj, FIELD_NAME);

		if (!name || !is_listed(snap, obj))
			continue;
		map_add(&judge->psm_index, hash_bytes(name->data, name->len),
			judge->psms.nr);
		*vec_add(&judge->psms) = i;
	}
}

uint32_t find_shm_file(struct judge *judge, const char *name, size_t len)
{
	const struct psm_name key = {
		.snap = judge->snap, .name = name, .len = len,
	};
	uint32_t index;

	if (!judge->psms.nr)
		index_psms(judge);
	index = map_find(&judge->psm_index, hash_bytes(name, len), same_psm,
			 judge->psms.at, &key);
	return index == NO_INDEX ? index : judge->psms.at[index];
}

void judge_init(struct judge *judge)
{
	judge->clock_stepped = clock_stepped(judge->snap);
	judge->blind = why_blind(judge);
	judge->flight = why_flight(judge);
	find_owners(judge);
}

void judge_free(struct judge *judge)
{
	vec_free(&judge->owners);
	map_free(&judge->owner_index);
	vec_free(&judge->constants);
	map_free(&judge->constant_index);
	vec_free(&judge->psms);
	map_free(&judge->psm_index);
	vec_free(&judge->runners);
	map_free(&judge->runner_index);
	buf_free(&judge->scratch);
}
