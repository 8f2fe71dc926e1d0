// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be read to know how much of a limit is used. */
#include "ipcscope/limit_pressure.h"

#define TOLD_BY_KERNEL	(A_LIMIT(SHM_BYTES) | A_LIMIT(SHM_INODES) | \
			 A_LIMIT(FILE_MAX))

static void ask_fields(struct query *query, const struct limit_info *info)
{
	static const enum field_id queue[] = {
		FIELD_MESSAGES, FIELD_QBYTES, FIELD_MAXMSG, FIELD_MSGSIZE,
	};
	uint64_t classes = query->classes;
	size_t i;

	query->classes = info->classes;
	query_add_field(query, FIELD_UID);
	if (info->field != FIELD_NONE)
		query_add_field(query, info->field);
	for (i = 0; i < ARRAY_SIZE(queue); i++) {
		if (info->kind == KIND_FILL || info->kind == KIND_USER)
			query_add_field(query, queue[i]);
	}
	query->classes |= classes;
}

static void ask_waiters(struct query *query, const struct limit_info *info)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (info->kind == KIND_FILL && info->classes >> class & 1)
			query->extra_parts |= class_infos[class]->waits_by;
	}
}

void limit_pressure_query(struct query *query, uint64_t limits, bool who,
			  bool waiters)
{
	enum limit_id limit;

	query->limits |= limits;
	query->extra_parts |= NEED(LIMITS);
	/* How much room the longest message takes. */
	if (limits & A_LIMIT(MSGMNB))
		query->limits |= A_LIMIT(MSGMAX);
	for (limit = 0; limit < NR_LIMITS; limit++) {
		const struct limit_info *info = &limit_infos[limit];

		if (!(limits >> limit & 1) || info->kind == KIND_VALUE ||
		    (!who && TOLD_BY_KERNEL >> limit & 1))
			continue;
		query->extra_parts |= info->parts;
		ask_fields(query, info);
		if (waiters)
			ask_waiters(query, info);
	}
}

static bool may_wait(const struct snapshot *snap, const struct object *obj)
{
	const struct limit_value *most = &snap->limits[LIMIT_MSGMAX];
	uint64_t used, messages, max;

	if (obj->class == CLASS_pmsg)
		return object_num(snap, obj, FIELD_MESSAGES, &messages) &&
		       object_num(snap, obj, FIELD_MAXMSG, &max) &&
		       messages >= max;
	return obj->class == CLASS_msg &&
	       object_num(snap, obj, FIELD_USED, &used) &&
	       object_num(snap, obj, FIELD_MESSAGES, &messages) &&
	       object_num(snap, obj, FIELD_QBYTES, &max) &&
	       (messages >= max || used >= max ||
		(most->known ? most->max : max) > max - used);
}

bool limit_pressure_may_wait(const struct snapshot *snap, uint64_t limits)
{
	const struct object *obj;

	vec_for_each(obj, &snap->objects) {
		if ((obj->class == CLASS_msg ? limits & A_LIMIT(MSGMNB) :
		     limits & A_LIMIT(MAXMSG)) &&
		    may_wait(snap, obj))
			return true;
	}
	return false;
}
