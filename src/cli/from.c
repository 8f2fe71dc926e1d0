// SPDX-License-Identifier: GPL-2.0-or-later
/* A picture from a file: what live reading would have given, and what the file lacks. */
#include <string.h>

#include "ipcscope/record.h"
#include "ipcscope/text.h"
#include "session.h"

/* What live reading would have had to read: of processes asked for, only what they have. */
static uint64_t from_parts(const struct query *query, const struct snapshot *snap)
{
	struct query had = { .extra_parts = query->extra_parts };
	uint64_t parts = query->parts;
	uint32_t i, e;
	const struct edge *edge;

	for (i = 0; query->only_pids && i < query->nr_pids; i++) {
		uint32_t process = snapshot_find_pid(snap, query->pids[i]);

		if (process == NO_INDEX)
			continue;
		for_each_process_edge(edge, e, snap, &snap->processes.at[process]) {
			enum class_id class = snap->objects.at[edge->object].class;

			had.classes |= A_CLASS_OF(class);
			had.fields[class] = query->fields[class];
		}
	}
	query_plan(&had);
	if (query->only_pids)
		parts = had.parts | (parts & OF_PROCESSES);
	return parts | (parts & OF_PROCESSES ? NEED(PROCS) : 0);
}

static bool from_wants(const struct query *query, const struct gap *gap)
{
	uint32_t i;

	for (i = 0; query->only_pids && i < query->nr_pids && query->pids[i] != gap->pid; i++)
		;
	return !query->only_pids || i < query->nr_pids;
}

/* What is missing from the file is no concern of who did not ask for it. */
static void from_forget(struct snapshot *snap, const struct query *query, uint64_t parts)
{
	uint32_t i, nr = 0;

	for (i = 0; i < snap->gaps.nr; i++) {
		if (parts >> snap->gaps.at[i].part & 1 && from_wants(query, &snap->gaps.at[i]))
			snap->gaps.at[nr++] = snap->gaps.at[i];
	}
	snap->gaps.nr = nr;
	for (i = nr = 0; i < snap->warnings.nr; i++) {
		if (parts >> snap->warnings.at[i].part & 1)
			snap->warnings.at[nr++] = snap->warnings.at[i];
	}
	snap->warnings.nr = nr;
	snap->partial |= query->only_pids;
}

static bool from_has_place(const struct snapshot *snap, const char *path)
{
	const struct str *const *place;

	vec_for_each(place, &snap->places) {
		size_t len = (*place)->len;

		if (!strncmp(path, (*place)->data, len) && (!path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

/* What was asked for and is not in the file is missing, not empty. */
static void from_compare(struct picture *picture)
{
	const struct query *query = &picture->query;
	struct snapshot *snap = &picture->snap;
	uint64_t lacks;
	uint32_t i;
	enum part part;

	from_forget(snap, query, from_parts(query, snap));
	if (!snap->places.nr)
		snap->parts_read &= ~NEED(PATHS);
	lacks = query->parts & ~snap->parts_read;
	for (part = 0; part < NR_PARTS; part++) {
		if (lacks >> part & 1)
			snapshot_warn(snap, part, 0, "this snapshot has none of it");
	}
	for (i = 0; i < query->nr_paths && !(lacks & NEED(PATHS)); i++) {
		if (!from_has_place(snap, query->paths[i]))
			snapshot_warn(snap, PART_PATHS, 0, "%s is not in this snapshot",
				      query->paths[i]);
	}
	missing_finish(snap);
}

int picture_load(struct picture *picture)
{
	const char *path = picture->req->option[OPTION_FROM].text;
	char why[256] = "";
	int err = strcmp(path, "-") ? host_file_answers(path) : 0;

	if (!err)
		err = record_load(path, &picture->layout, &picture->snap, why);

	if (err)
		complain("%s: %s", strcmp(path, "-") ? path : "standard input",
			 *why ? why : text_error(err));
	if (err)
		return err;
	snapshot_forget_polls(&picture->snap, picture->query.fields);
	from_compare(picture);
	return 0;
}
