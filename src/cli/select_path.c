// SPDX-License-Identifier: GPL-2.0-or-later
/* REFs by the path of a socket: it may be bound to the file there by another name. */
#include "session.h"

/* What may be a socket's. */
static bool select_path_is_one(const struct ref_use *use)
{
	return use->ref.form == REF_NAME && use->ref.classes & A_CLASS(unix);
}

void select_path_ask(struct selection *sel, struct query *query)
{
	const struct ref_use *use;

	sel->paths.nr = 0;
	query_add_field(query, FIELD_NAMES);
	vec_for_each(use, &sel->refs) {
		if (select_path_is_one(use))
			*vec_add(&sel->paths) = (struct path_ref){ .path = use->ref.name->data };
	}
	query->path_refs = sel->paths.at;
	query->nr_path_refs = sel->paths.nr;
}

static void select_path_add(struct rows *rows, uint32_t object)
{
	const uint32_t *row;

	vec_for_each(row, rows) {
		if (*row == object)
			return;
	}
	*vec_add(rows) = object;
}

void select_path_note(struct selection *sel, const struct snapshot *snap, struct rows *rows)
{
	const struct path_ref *path = sel->paths.at;
	const struct object *obj;
	struct ref_use *use;

	vec_for_each(use, &sel->refs) {
		const uint64_t socket = select_path_is_one(use) ? path++->socket : 0;

		vec_for_each(obj, &snap->objects) {
			if (!socket || use->nr)
				break;
			if (obj->key.space != SPACE_SOCKET || obj->key.id != socket)
				continue;
			use->found[use->nr++] = (uint32_t)(obj - snap->objects.at);
			if (!sel->filters.nr || selection_matches(sel, snap, obj))
				select_path_add(rows, use->found[0]);
		}
	}
}

uint64_t select_path_was(const struct ref_use *use, const struct snapshot *snap)
{
	const struct object *obj;
	uint64_t flags;

	if (!select_path_is_one(use))
		return 0;
	vec_for_each(obj, &snap->objects) {
		if (obj->class == CLASS_unix && object_num(snap, obj, FIELD_FLAGS, &flags) &&
		    flags & IS_PATH_AWAY &&
		    str_same(object_str(snap, obj, FIELD_NAME), use->ref.name))
			return obj->key.id;
	}
	return 0;
}
