// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of an object: its state, its users and whether all are found, the name
 * by which people call it. And what the gaps mean. */
#include <limits.h>
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/gaps.h"
#include "ipcscope/text.h"

uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == kind;
	return nr;
}

/* Parts that could not be read of some process of the user. */
static uint64_t known_gap_parts_of(const struct snapshot *snap, uid_t uid)
{
	uint32_t from = 0, to = snap->gap_users.nr;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		const struct gap_user *user = &snap->gap_users.at[middle];

		if (user->uid == uid)
			return user->parts;
		if (user->uid < uid)
			from = middle + 1;
		else
			to = middle;
	}
	return 0;
}

bool object_is_closed(const struct snapshot *snap, const struct object *obj, uint64_t *uid)
{
	uint64_t mode;

	return object_num(snap, obj, FIELD_MODE, &mode) && !(mode & 077) &&
	       object_num(snap, obj, FIELD_UID, uid);
}

bool object_parts_complete(const struct snapshot *snap, const struct object *obj,
			   uint64_t parts)
{
	uint64_t uid = 0;
	const bool is_closed = object_is_closed(snap, obj, &uid);
	/* Nobody but the owner and root can use it. */
	const bool is_private = is_closed && class_infos[obj->class]->mode_protects;

	if ((snap->parts_read & parts) != parts || snap->partial ||
	    !(snap->host.first_pid_ns || snap->host.outside_assumed) ||
	    !snap->host.all_processes)
		return false;
	parts |= NEED(PROCS);
	if (parts & snap->warned_parts)
		return false;
	parts &= snap->gap_parts;
	if (!parts || parts & NEED(FLIGHT) ||
	    !(parts & ~BY_REQUEST ? is_private : is_closed))
		return !parts;
	return !(parts & (known_gap_parts_of(snap, 0) | known_gap_parts_of(snap, (uid_t)uid) |
			  known_gap_parts_of(snap, (uid_t)-1)));
}

/* Mappings at one address: of one memory, or of processes of which it is not known whether
 * they have one. */
struct known_place {
	const struct snapshot *snap;
	const struct edge *edge;
	const struct process *proc;
};

static bool known_same_place(const void *vec, uint32_t index, const void *arg)
{
	const struct known_place *place = arg;
	const struct edge *edge = object_edge(place->snap, vec, index);
	const struct process *proc = &place->snap->processes.at[edge->process];

	return edge->address == place->edge->address && proc->memory == place->proc->memory &&
	       (proc->flags & PROCESS_UNCOMPARED) == (place->proc->flags & PROCESS_UNCOMPARED);
}

uint32_t object_attaches_found(const struct snapshot *snap, const struct object *obj,
			       bool *sure)
{
	struct known_place place = { .snap = snap };
	struct map places = { 0 };
	uint32_t i, nr = 0;

	*sure = true;
	for_each_object_edge(place.edge, i, snap, obj) {
		uint32_t first;
		uint64_t hash;

		if (place.edge->kind != EDGE_ATTACHED)
			continue;
		place.proc = &snap->processes.at[place.edge->process];
		nr++;
		if (!place.proc->memory && !(place.proc->flags & PROCESS_UNCOMPARED))
			continue;
		hash = hash_u64(place.edge->address, (uint64_t)place.proc->memory);
		first = map_find(&places, hash, known_same_place, obj, &place);
		if (first == NO_INDEX) {
			map_add(&places, hash, i);
		} else if (object_edge(snap, obj, first)->process != place.edge->process) {
			nr--;
			*sure = *sure && place.proc->memory;
		}
	}
	map_free(&places);
	return nr;
}

bool object_has_user(const struct snapshot *snap, const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge_uses[edge->kind])
			return true;
	}
	return false;
}

bool object_users_complete(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t attaches, flags;
	bool sure;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES)) {
		if (!object_num(snap, obj, FIELD_ATTACHES, &attaches))
			return false;
		if (!attaches)
			return true;
		return (snap->parts_read & kind->users_by) == kind->users_by &&
		       object_attaches_found(snap, obj, &sure) >= attaches;
	}
	if (object_num(snap, obj, FIELD_FLAGS, &flags) && flags & IS(LAYER))
		return false;
	return kind->users_by && object_parts_complete(snap, obj, kind->users_by);
}

uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure)
{
	const struct class_info *kind = class_infos[obj->class];
	/* Classes that tell whether anybody has them. */
	const bool has_unattached = kind->groups & GROUP_POSIX ||
				    fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES);
	uint64_t state = 0, attaches;
	const struct edge *edge;
	bool used = false, counted;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &state);
	for_each_object_edge(edge, i, snap, obj) {
		used |= edge_uses[edge->kind];
		if (edge->kind == EDGE_ATTACHED && edge->huge)
			state |= IS(HUGETLB);
		if (edge->kind != EDGE_WAITS)
			continue;
		state |= IS(WAITS);
		/* What waits for room, not for something to come. */
		if (edge->access & ACCESS_WRITE && !kind->never_full &&
		    (edge->fd >= 0 || !kind->open_waits))
			state |= IS(FULL);
	}
	counted = object_num(snap, obj, FIELD_ATTACHES, &attaches);
	if (has_unattached && (counted ? attaches : used))
		state |= IS(ATTACHED);
	else if (has_unattached && (counted || object_users_complete(snap, obj)))
		state |= IS(UNATTACHED);
	if (unsure)
		*unsure = (has_unattached && !(state & (IS(ATTACHED) | IS(UNATTACHED)))) ||
			  (kind->waits_by && !(state & IS(WAITS)) &&
			   !object_parts_complete(snap, obj, kind->waits_by));
	return state;
}

void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users)
{
	const struct edge *edge;
	uint32_t i, first = 0;

	users->nr = 0;
	for_each_object_edge(edge, i, snap, obj) {
		struct user *user;
		uint32_t u;

		if (!edge_uses[edge->kind])
			continue;
		/* Edges come by process: only its own users can match. */
		if (users->nr && users->at[first].process != edge->process)
			first = users->nr;
		for (u = first; u < users->nr; u++) {
			if (users->at[u].process == edge->process &&
			    users->at[u].kind == edge->kind &&
			    users->at[u].access == edge->access)
				break;
		}
		user = u < users->nr ? &users->at[u] : vec_add(users);
		user->process = edge->process;
		user->kind = edge->kind;
		user->access = edge->access;
		user->first = user->first ?: edge;
		user->count++;
	}
}

static int known_compare_gaps(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->pid, y->pid) ?: COMPARE(x->uid, y->uid) ?:
	       COMPARE(x->ipc_ns, y->ipc_ns);
}

/* Number of the first gap that is not before @gap. */
static uint32_t known_find_gap(const struct snapshot *snap, const struct gap *gap)
{
	uint32_t from = 0, to = snap->gaps.nr;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (known_compare_gaps(&snap->gaps.at[middle], gap) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool missing_process(const struct snapshot *snap, pid_t pid)
{
	struct gap gap = { .part = PART_PROCS };
	uint32_t i = 0;

	if (!(snap->gap_parts & NEED(PROCS)))
		return false;
	for (;;) {
		gap.pid = INT_MIN;
		i = known_find_gap(snap, &gap);
		if (i == snap->gaps.nr || snap->gaps.at[i].part != PART_PROCS)
			return false;
		gap.err = snap->gaps.at[i].err;
		gap.pid = pid;
		i = known_find_gap(snap, &gap);
		if (i < snap->gaps.nr && snap->gaps.at[i].part == PART_PROCS &&
		    snap->gaps.at[i].err == gap.err && snap->gaps.at[i].pid == pid)
			return true;
		gap.err++;
	}
}

static int known_compare_warnings(const void *a, const void *b)
{
	const struct warning *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->first, y->first);
}

static int known_compare_users(const void *a, const void *b)
{
	const struct gap_user *x = a, *y = b;

	return COMPARE(x->uid, y->uid);
}

static void known_find_users(struct snapshot *snap)
{
	uint32_t i, nr = 0;
	struct gap_user *user;
	const struct gap *gap;

	vec_for_each(gap, &snap->gaps)
		*vec_add(&snap->gap_users) = (struct gap_user){ gap->uid, UINT64_C(1) << gap->part };
	user = snap->gap_users.at;
	qsort(user, snap->gap_users.nr, sizeof(*user), known_compare_users);
	for (i = 0; i < snap->gap_users.nr; i++) {
		if (nr && user[nr - 1].uid == user[i].uid)
			user[nr - 1].parts |= user[i].parts;
		else
			user[nr++] = user[i];
	}
	snap->gap_users.nr = nr;
}

/* Whether there is anything that a request of the process may have. */
static bool known_gap_matters(const struct snapshot *snap, const struct gap *gap)
{
	const struct object *obj;
	uint64_t uid;

	vec_for_each(obj, &snap->objects) {
		if (class_infos[obj->class]->users_by >> gap->part & 1 &&
		    (!gap->uid || gap->uid == (uid_t)-1 || !object_is_closed(snap, obj, &uid) ||
		     gap->uid == uid))
			return true;
	}
	return false;
}

void missing_finish(struct snapshot *snap)
{
	struct warning *warning = NULL;
	struct gap *gaps = snap->gaps.at;
	struct gap same = { .part = NR_PARTS };
	const struct gap *gap;
	bool matters = false;
	uint32_t i, nr = 0;

	/* Warnings of gaps were made when it was finished before. */
	for (i = 0; i < snap->warnings.nr; i++) {
		if (!snap->warnings.at[i].first)
			snap->warnings.at[nr++] = snap->warnings.at[i];
	}
	snap->warnings.nr = nr;
	nr = 0;
	snap->gap_parts = snap->warned_parts = 0;
	if (snap->gaps.nr)
		qsort(snap->gaps.at, snap->gaps.nr, sizeof(snap->gaps.at[0]), known_compare_gaps);
	vec_for_each(gap, &snap->gaps) {
		const struct gap *last = nr ? &gaps[nr - 1] : NULL;

		if (last && last->part == gap->part && last->err == gap->err &&
		    last->pid == gap->pid)
			continue;
		if (BY_REQUEST >> gap->part & 1 &&
		    (same.part != gap->part || same.uid != gap->uid)) {
			same = *gap;
			matters = known_gap_matters(snap, gap);
		}
		if (BY_REQUEST >> gap->part & 1 && !matters)
			continue;
		gaps[nr++] = *gap;
		snap->gap_parts |= UINT64_C(1) << gap->part;
		if (!warning || warning->part != gap->part || warning->err != gap->err) {
			warning = vec_add(&snap->warnings);
			warning->part = gap->part;
			warning->err = gap->err;
			warning->first = gap->pid;
		}
		warning->count++;
	}
	snap->gaps.nr = nr;
	snap->gap_users.nr = 0;
	if (snap->gaps.nr)
		known_find_users(snap);
	vec_for_each(warning, &snap->warnings) {
		if (!warning->first && !warning->unsupported)
			snap->warned_parts |= UINT64_C(1) << warning->part;
	}
	if (snap->warnings.nr)
		qsort(snap->warnings.at, snap->warnings.nr,
		      sizeof(snap->warnings.at[0]), known_compare_warnings);
}

void snapshot_assume_complete(struct snapshot *snap)
{
	uint32_t i, nr = 0;

	snap->host.outside_assumed = true;
	for (i = 0; i < snap->warnings.nr; i++) {
		const struct warning *warning = &snap->warnings.at[i];

		if (warning_gap(warning) != GAP_PID_NS)
			snap->warnings.at[nr++] = *warning;
	}
	snap->warnings.nr = nr;
	missing_finish(snap);
}
