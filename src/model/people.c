// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes and the names of users and groups in a snapshot. */
#include "people.h"

struct process_key {
	pid_t pid;
	uint64_t start;
	bool any_start;
};

static bool same_process(const void *vec, uint32_t index, const void *arg)
{
	const struct process *processes = vec;
	const struct process_key *key = arg;

	return processes[index].pid == key->pid &&
	       (key->any_start || processes[index].start == key->start);
}

static uint64_t pid_hash(pid_t pid)
{
	return hash_u64((uint64_t)pid, 1);
}

uint32_t snapshot_process(struct snapshot *snap, pid_t pid, uint64_t start)
{
	const struct process_key key = { .pid = pid, .start = start };
	struct process *proc;
	uint32_t index;

	index = map_find(&snap->process_index, pid_hash(pid), same_process,
			 snap->processes.at, &key);
	if (index != NO_INDEX)
		return index;
	index = snap->processes.nr;
	proc = vec_add(&snap->processes);
	proc->pid = pid;
	proc->start = start;
	proc->uid = (uid_t)-1;
	map_add(&snap->process_index, pid_hash(pid), index);
	return index;
}

uint32_t snapshot_find_pid(const struct snapshot *snap, pid_t pid)
{
	const struct process_key key = { .pid = pid, .any_start = true };

	return map_find(&snap->process_index, pid_hash(pid), same_process,
			snap->processes.at, &key);
}

static bool same_name(const void *vec, uint32_t index, const void *arg)
{
	const struct id_name *names = vec;
	const struct id_name *key = arg;

	return names[index].id == key->id && names[index].group == key->group;
}

static uint32_t find_name(const struct snapshot *snap, bool group, uint32_t id)
{
	const struct id_name key = { .group = group, .id = id };

	return map_find(&snap->name_index, name_hash(&key), same_name,
			snap->names.at, &key);
}

bool snapshot_has_name(const struct snapshot *snap, bool group, uint32_t id)
{
	return find_name(snap, group, id) != NO_INDEX;
}

void snapshot_name(struct snapshot *snap, bool group, uint32_t id,
		   const struct str *name)
{
	uint32_t index = find_name(snap, group, id);
	struct id_name *entry;

	if (index != NO_INDEX) {
		entry = &snap->names.at[index];
		if (str_compare(name, entry->name) < 0)
			entry->name = name;
		return;
	}
	index = snap->names.nr;
	entry = vec_add(&snap->names);
	entry->group = group;
	entry->id = id;
	entry->name = name;
	map_add(&snap->name_index, name_hash(entry), index);
}

const struct str *snapshot_find_name(const struct snapshot *snap, bool group,
				     uint32_t id)
{
	uint32_t index = find_name(snap, group, id);

	return index == NO_INDEX ? NULL : snap->names.at[index].name;
}
