// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for an object, and whether all of its users and waiters are known. */
#include "internal.h"

uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == kind;
	return nr;
}

/* Whether a process of that gap could use @obj. */
static bool state_gap_matters(const struct snapshot *snap, const struct object *obj,
			      const struct gap *gap)
{
	uint64_t mode, uid;

	if (!class_infos[obj->class]->mode_protects ||
	    !object_num(snap, obj, FIELD_MODE, &mode) || mode & 077 ||
	    !object_num(snap, obj, FIELD_UID, &uid))
		return true;
	return gap->uid == 0 || gap->uid == uid || gap->uid == (uid_t)-1;
}

bool object_parts_complete(const struct snapshot *snap, const struct object *obj,
			   uint32_t parts)
{
	const struct gap *gap;

	if ((snap->parts_read & parts) != parts || snap->partial ||
	    !snap->host.first_pid_ns || !snap->host.all_processes)
		return false;
	parts |= NEED(PROCS);
	if (!(parts & snap->gap_parts))
		return true;
	vec_for_each(gap, &snap->gaps) {
		if (parts >> gap->part & 1 && state_gap_matters(snap, obj, gap))
			return false;
	}
	return true;
}

bool object_users_complete(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t attaches;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES)) {
		if (!object_num(snap, obj, FIELD_ATTACHES, &attaches))
			return false;
		if (!attaches)
			return true;
		return (snap->parts_read & kind->users_by) == kind->users_by &&
		       object_count_edges(snap, obj, EDGE_ATTACHED) >= attaches;
	}
	return kind->users_by && object_parts_complete(snap, obj, kind->users_by);
}

/* Classes that tell whether anybody has them. */
static bool state_can_be_unattached(const struct snapshot *snap, const struct object *obj)
{
	return class_infos[obj->class]->groups & GROUP_POSIX ||
	       fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES);
}

static uint64_t state_attached(const struct snapshot *snap,
			       const struct object *obj, bool used)
{
	uint64_t attaches;

	if (!state_can_be_unattached(snap, obj))
		return 0;
	if (object_num(snap, obj, FIELD_ATTACHES, &attaches))
		return attaches ? IS(ATTACHED) : IS(UNATTACHED);
	if (used)
		return IS(ATTACHED);
	return object_users_complete(snap, obj) ? IS(UNATTACHED) : 0;
}

/* What waits for room, not for something to come. */
static bool state_is_full(const struct object *obj, const struct edge *edge)
{
	if (!(edge->access & ACCESS_WRITE))
		return false;
	return !class_infos[obj->class]->never_full &&
	       (edge->fd >= 0 || !class_infos[obj->class]->open_waits);
}

uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct edge *edge;
	bool used = false;
	uint64_t state = 0;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &state);
	for_each_object_edge(edge, i, snap, obj) {
		used |= edge_is_use(edge);
		if (edge->kind == EDGE_ATTACHED && edge->huge)
			state |= IS(HUGETLB);
		if (edge->kind != EDGE_WAITS)
			continue;
		state |= IS(WAITS);
		if (state_is_full(obj, edge))
			state |= IS(FULL);
	}
	state |= state_attached(snap, obj, used);
	if (unsure)
		*unsure = (state_can_be_unattached(snap, obj) &&
			   !(state & (IS(ATTACHED) | IS(UNATTACHED)))) ||
			  (kind->waits_by && !(state & IS(WAITS)) &&
			   !object_parts_complete(snap, obj, kind->waits_by));
	return state;
}
