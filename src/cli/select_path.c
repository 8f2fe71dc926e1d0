// SPDX-License-Identifier: GPL-2.0-or-later
/* REFs by the path of a FIFO or a socket: it may be bound to the file there by another name. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "host/host.h"
#include "ipcscope/text.h"
#include "session.h"

/* What may be a socket's. */
static bool select_path_is_one(const struct ref_use *use)
{
	return use->ref.form == REF_NAME && use->ref.classes & A_CLASS(unix);
}

void select_path_ask(struct selection *sel, struct query *query)
{
	const struct ref_use *use;

	sel->paths.nr = sel->files.nr = 0;
	query_add_field(query, FIELD_NAMES);
	vec_for_each(use, &sel->refs) {
		if (select_path_is_one(use))
			*vec_add(&sel->paths) = (struct path_ref){ .path = use->ref.name->data };
		if (use->ref.form == REF_NAME && use->ref.classes & A_CLASS(fifo))
			/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
			*vec_add(&sel->files) = use->ref.name->data;
	}
	/* Unless the command looks into directories anyway. */
	if (sel->files.nr && !query->nr_paths) {
		query->paths = sel->files.at;
		query->nr_paths = sel->files.nr;
		query->extra_parts |= NEED(PATHS);
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

bool select_path_say(const struct ref *ref, const struct host *host)
{
	const struct class_info *kind = only_kind(ref->classes);
	struct host_stat st = {};
	struct buf where = {};
	int err;

	if (!host || ref->form != REF_NAME || !kind ||
	    !(ref->classes & (A_CLASS(fifo) | A_CLASS(unix))))
		return false;
	err = host->ops->find_file(host, 0, AT_FDCWD, 0, ref->name->data, &where, &st);
	if (err == -ENOENT || err == -ENOTDIR) {
		buf_free(&where);
		return false;
	}
	if (err)
		complain("%s could not be looked up: %s", ref->text, text_error(err));
	else if (!(ref->classes & A_CLASS(fifo) ? S_ISFIFO(st.mode) : S_ISSOCK(st.mode)))
		complain("%s is no %s: a %s is there", ref->text, kind->noun,
			 text_file_type(st.mode));
	else if (where.len && strcmp(where.data, ref->name->data) != 0)
		complain("%s leads to %s:%s", ref->text, kind->name, where.data);
	else
		complain("%s: nobody is seen to have it: ipcscope show %s", ref->text, ref->text);
	buf_free(&where);
	return true;
}
