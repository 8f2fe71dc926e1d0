// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the same for all objects that are judged. */
#include "judge.h"

static bool judge_same_owner(const void *vec, uint32_t index, const void *key)
{
	return ((const struct owner *)vec)[index].uid == *(const uid_t *)key;
}

const struct owner *judge_owner_of(const struct judge *judge, uid_t uid)
{
	uint32_t index = map_find(&judge->owner_index, hash_u64(uid, 0),
				  judge_same_owner, judge->owners.at, &uid);

	return index == NO_INDEX ? NULL : &judge->owners.at[index];
}

static void judge_add_owner(struct judge *judge, uid_t uid, const struct process *proc)
{
	const struct owner *known = judge_owner_of(judge, uid);

	if (known) {
		judge->owners.at[known - judge->owners.at].nr++;
		return;
	}
	map_add(&judge->owner_index, hash_u64(uid, 0), judge->owners.nr);
	*vec_add(&judge->owners) = (struct owner){
		.uid = uid, .nr = 1,
		.process = (uint32_t)(proc - judge->snap->processes.at),
	};
}

static void judge_find_owners(struct judge *judge)
{
	const struct process *proc;
	size_t i;

	vec_for_each(proc, &judge->snap->processes) {
		if (proc->flags & (PROCESS_ZOMBIE | PROCESS_KTHREAD) ||
		    proc->uid == (uid_t)-1)
			continue;
		judge_add_owner(judge, proc->uid, proc);
		for (i = 0; i < ARRAY_SIZE(proc->others) && proc->others[i]; i++)
			judge_add_owner(judge, proc->others[i], proc);
	}
}

/* The first process that a part could not be read of; NULL. */
static const struct gap *judge_gap(const struct snapshot *snap, enum part part)
{
	const struct gap *gap;

	vec_for_each(gap, &snap->gaps) {
		if (gap->part == part)
			return gap;
	}
	return NULL;
}

/* Why a process that runs may not be among those seen; NULL. */
static const char *judge_why_blind(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	const struct gap *gap = judge_gap(snap, PART_PROCS) ?: judge_gap(snap, PART_RUNNING);

	if (!(snap->parts_read & NEED(RUNNING)) || snap->partial)
		return "whether its owner runs something: not all processes were looked at";
	if (!snap->host.all_processes)
		return "whether its owner runs something: /proc hides processes of others (hidepid=)";
	if (!snap->host.first_pid_ns && !snap->host.outside_assumed)
		return "whether its owner runs something outside this PID namespace";
	return gap ? arena_printf(judge->arena,
				  "whether its owner runs something: process %d could not be looked at",
				  (int)gap->pid)->data : NULL;
}

/* Why a descriptor may be in flight, with no process to be seen; NULL. */
static const char *judge_why_flight(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	const struct gap *gap = judge_gap(snap, PART_FLIGHT);

	if (!(snap->parts_read & NEED(FLIGHT)))
		return "whether a descriptor of it is in flight: sockets were not looked at";
	return gap ? arena_printf(judge->arena,
				  "whether a descriptor of it is in flight to process %d, or registered with io_uring there",
				  (int)gap->pid)->data : NULL;
}

struct shm_name {
	const struct snapshot *snap;
	const char *name;
	size_t len;
};

static bool judge_same_shm(const void *vec, uint32_t index, const void *arg)
{
	const struct shm_name *key = arg;
	const struct object *obj = &key->snap->objects.at[((const uint32_t *)vec)[index]];
	const struct str *name = object_str(key->snap, obj, FIELD_NAME);

	return name && name->len == key->len && !memcmp(name->data, key->name, key->len);
}

static void judge_index_shm(struct judge *judge)
{
	const struct snapshot *snap = judge->snap;
	uint64_t flags, home = snap->host.home_dev[CLASS_pshm];
	const struct object *obj;

	vec_for_each(obj, &snap->objects) {
		const struct str *name = object_str(snap, obj, FIELD_NAME);

		if (obj->class != CLASS_pshm || !name || (home && obj->key.ns != home) ||
		    (object_num(snap, obj, FIELD_FLAGS, &flags) && flags & IS(UNLINKED)))
			continue;
		map_add(&judge->shm_index, hash_bytes(name->data, name->len),
			judge->shm_files.nr);
		*vec_add(&judge->shm_files) = (uint32_t)(obj - snap->objects.at);
	}
}

uint32_t judge_find_shm(struct judge *judge, const char *name, size_t len)
{
	const struct shm_name key = {
		.snap = judge->snap, .name = name, .len = len,
	};
	uint32_t index;

	if (!judge->shm_files.nr)
		judge_index_shm(judge);
	index = map_find(&judge->shm_index, hash_bytes(name, len), judge_same_shm,
			 judge->shm_files.at, &key);
	return index == NO_INDEX ? index : judge->shm_files.at[index];
}

uint64_t judge_number(const struct verdict_state *state, enum field_id field)
{
	uint64_t num = 0;

	object_num(state->judge->snap, state->obj, field, &num);
	return num;
}

void judge_init(struct judge *judge)
{
	judge->blind = judge_why_blind(judge);
	judge->flight = judge_why_flight(judge);
	judge_find_owners(judge);
}

void judge_free(struct judge *judge)
{
	vec_free(&judge->owners);
	map_free(&judge->owner_index);
	vec_free(&judge->constants);
	map_free(&judge->constant_index);
	vec_free(&judge->shm_files);
	map_free(&judge->shm_index);
	vec_free(&judge->named);
	vec_free(&judge->leaders);
	vec_free(&judge->runners);
	vec_free(&judge->openers);
	map_free(&judge->runner_index);
	buf_free(&judge->scratch);
}
