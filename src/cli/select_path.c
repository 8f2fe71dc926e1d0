// SPDX-License-Identifier: GPL-2.0-or-later
/* REFs by a name that is not that which the object is called by: a socket may be bound to
 * the file there by another path, a file in /dev/shm may have several (hard links). */
#include "session.h"

#define FILES	(A_CLASS(pshm) | A_CLASS(psem))

static bool select_path_is_one(const struct ref_use *use)
{
	return use->ref.form == REF_NAME && use->ref.classes & (A_CLASS(unix) | FILES);
}

/* Whether it is what the name was found to be. */
static bool select_path_leads(const struct path_ref *path, const struct snapshot *snap,
			      const struct object *obj)
{
	if (obj->key.space == SPACE_SOCKET)
		return path->socket && obj->key.id == path->socket;
	return path->file && FILES >> obj->class & 1 && path->classes >> obj->class & 1 &&
	       obj->key.id == path->file && obj->key.ns == snap->host.home_dev[obj->class];
}

const char *select_path_other(const struct selection *sel, const struct snapshot *snap,
			      const struct object *obj)
{
	const struct str *name = object_called(snap, obj);
	const struct path_ref *path;

	vec_for_each(path, &sel->paths) {
		if (obj->key.space == SPACE_INODE && select_path_leads(path, snap, obj) &&
		    (!name || strcmp(name->data, path->path)))
			return path->path;
	}
	return NULL;
}

void select_path_ask(struct selection *sel, struct query *query)
{
	const struct ref_use *use;

	sel->paths.nr = 0;
	vec_for_each(use, &sel->refs) {
		if (select_path_is_one(use))
			*vec_add(&sel->paths) = (struct path_ref){
				.path = use->ref.name->data, .classes = use->ref.classes,
			};
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
		const struct path_ref *one = select_path_is_one(use) ? path++ : NULL;

		vec_for_each(obj, &snap->objects) {
			if (!one || use->nr)
				break;
			if (!select_path_leads(one, snap, obj))
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

	if (!select_path_is_one(use) || !(use->ref.classes & A_CLASS(unix)))
		return 0;
	vec_for_each(obj, &snap->objects) {
		if (obj->class == CLASS_unix && object_num(snap, obj, FIELD_FLAGS, &flags) &&
		    flags & (IS(PATH_GONE) | IS(PATH_ELSEWHERE)) &&
		    str_same(object_str(snap, obj, FIELD_NAME), use->ref.name))
			return obj->key.id;
	}
	return 0;
}
