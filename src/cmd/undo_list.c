// SPDX-License-Identifier: GPL-2.0-or-later
/* What was removed, and what of it is kept: a line a run, or the objects. */
#include "undo.h"

#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

/* What one run removed, and what of it is kept. */
struct undo_run {
	const struct saved *first;
	uint32_t nr, kept;
	uint64_t size, bytes, lost_messages;
	struct buf owners;
};

struct undo_listing {
	const struct saved_list *list;
	struct VEC(struct undo_run) runs;	/* newest first */
	struct VEC(uint32_t) kept;		/* of the list */
	uint64_t bytes;
	int64_t now;
};

void undo_json_str(struct json *json, const char *key, const char *text)
{
	json_str(json, key, text, strlen(text));
}

static void undo_list_put_age(struct cells *cells, const struct undo_listing *listing,
			      const struct saved *saved)
{
	if (saved->whole)
		num_age(cells->text, listing->now > saved->time ?
			(uint64_t)(listing->now - saved->time) : 0);
	else
		buf_putc(cells->text, '?');
	cells_end(cells, NULL);
}

static void undo_list_object(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct saved *saved = &listing->list->all.at[listing->kept.at[row]];

	cells_text(cells, saved->id);
	cells_text(cells, saved->whole ? saved->ref : "?");
	cells_text(cells, saved->owner);
	cells_text(cells, saved->amount);
	undo_list_put_age(cells, listing, saved);
	cells_text(cells, saved->whole ? saved->command : "damaged");
}

static void undo_list_run(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct undo_run *run = &listing->runs.at[row];
	const struct saved *first = run->first;

	buf_add(cells->text, first->id, strcspn(first->id, "."));
	cells_end(cells, NULL);
	undo_list_put_age(cells, listing, first);
	cells_text(cells, first->whole ? first->command : "damaged");
	buf_puts(cells->text, first->whole ? first->ref : "?");
	if (run->nr > 1)
		buf_printf(cells->text, " +%u", run->nr - 1);
	cells_end(cells, NULL);
	if (run->nr == 1)
		cells_text(cells, first->amount);
	else
		cells_size(cells, run->size);
	if (run->kept && run->kept < run->nr) {
		buf_printf(cells->text, "%u (", run->kept);
		num_size(cells->text, run->bytes);
		buf_putc(cells->text, ')');
	} else {
		buf_puts(cells->text, run->kept ? "all" : "none");
	}
	if (run->lost_messages)
		buf_printf(cells->text, " but %llu message%s",
			   (unsigned long long)run->lost_messages,
			   run->lost_messages == 1 ? "" : "s");
	cells_end(cells, NULL);
	cells_text(cells, run->owners.data);
}

static void undo_list_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct saved *saved = &listing->list->all.at[listing->kept.at[row]];

	undo_json_str(json, "id", saved->id);
	json_bool(json, "whole", saved->whole);
	if (!saved->whole)
		return;
	undo_json_str(json, "ref", saved->ref);
	undo_json_str(json, "owner", saved->owner);
	json_u64(json, "size", saved->size);
	if (saved->lost_messages)
		json_u64(json, "lost_messages", saved->lost_messages);
	json_i64(json, "time", saved->time);
	undo_json_str(json, "by", saved->command);
}

static void undo_list_run_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct undo_run *run = &listing->runs.at[row];
	const struct saved *saved = run->first;

	json_str(json, "run", saved->id, strcspn(saved->id, "."));
	if (saved->whole) {
		json_i64(json, "time", saved->time);
		undo_json_str(json, "by", saved->command);
	}
	json_u64(json, "removed", run->nr);
	json_u64(json, "size", run->size);
	json_u64(json, "kept", run->kept);
	json_u64(json, "kept_size", run->bytes);
	json_open(json, "objects", '[');
	for (; saved < run->first + run->nr; saved++) {
		json_open(json, NULL, '{');
		undo_json_str(json, "id", saved->id);
		if (saved->whole) {
			undo_json_str(json, "ref", saved->ref);
			undo_json_str(json, "owner", saved->owner);
			json_u64(json, "size", saved->size);
		}
		json_bool(json, "kept", !saved->lost);
		if (saved->lost_messages)
			json_u64(json, "lost_messages", saved->lost_messages);
		if (saved->lost)
			undo_json_str(json, "why", saved->lost);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* Objects of a run stand together, the oldest run first. */
static void undo_list_sum_up(struct undo_listing *listing)
{
	const struct saved_list *list = listing->list;
	struct undo_run *run = NULL;
	uint32_t i;

	for (i = list->all.nr; i-- > 0; ) {
		const struct saved *saved = &list->all.at[i];
		const size_t len = strcspn(saved->id, ".") + 1;

		if (!run || strncmp(saved->id, run->first->id, len)) {
			run = vec_add(&listing->runs);
			*run = (struct undo_run){ .nr = 0 };
		}
		run->first = saved;
		run->nr++;
		num_add(&run->size, saved->size);
		num_add(&run->lost_messages, saved->lost_messages);
		if (!saved->lost) {
			run->kept++;
			num_add(&run->bytes, saved->size);
			num_add(&listing->bytes, saved->size);
		}
		if (!run->owners.len || !strstr(run->owners.data, saved->owner))
			buf_printf(&run->owners, "%s%s", run->owners.len ? ", " : "",
				   saved->owner);
	}
	for (i = 0; i < list->all.nr; i++) {
		if (!list->all.at[i].lost)
			*vec_add(&listing->kept) = i;
	}
}

static void undo_list_put_foot(struct buf *out, const struct removal_session *removal,
			       const struct undo_listing *listing)
{
	buf_printf(out, "\n%u run%s, ", listing->runs.nr, listing->runs.nr == 1 ? "" : "s");
	num_size(out, listing->bytes);
	buf_puts(out, " kept of ");
	num_size(out, removal->rm.keep_most);
	buf_puts(out, ", for 30 days\n");
	if (listing->runs.at[0].kept)
		buf_puts(out, "bring back the first: ipcscope undo --last; only look: ipcscope undo -n --last\n");
	else if (listing->kept.nr)
		buf_puts(out, "bring back one that is kept: ipcscope undo RUN\n");
}

int undo_list(const struct removal_session *removal, const struct saved_list *list,
	      bool objects)
{
	static const struct column columns[] = {
		{ "ID", ALIGN_LEFT, 0 }, { "REF", ALIGN_LONG, 0 },
		{ "OWNER", ALIGN_LEFT, 0 }, { "SIZE", ALIGN_RIGHT, 0 },
		{ "AGE", ALIGN_RIGHT, 0 }, { "BY", ALIGN_LEFT, 0 },
	}, run_columns[] = {
		{ "RUN", ALIGN_LEFT, 0 }, { "AGE", ALIGN_RIGHT, 0 },
		{ "BY", ALIGN_LEFT, 0 }, { "REMOVED", ALIGN_LONG, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 }, { "KEPT", ALIGN_LEFT, 0 },
		{ "OWNERS", ALIGN_LEFT, 0 },
	};
	const struct host *host = removal->rm.host;
	struct undo_listing listing = { .list = list, .now = host->ops->now(host) };
	struct sheet sheet = { .arg = &listing };
	struct buf out = { .to = stdout };
	struct undo_run *run;

	undo_list_sum_up(&listing);
	sheet.columns = objects ? columns : run_columns;
	sheet.nr_columns = objects ? ARRAY_SIZE(columns) : ARRAY_SIZE(run_columns);
	sheet.nr = objects ? listing.kept.nr : listing.runs.nr;
	sheet.row = objects ? undo_list_object : undo_list_run;
	sheet.name = objects ? "kept" : "runs";
	sheet.json = objects ? undo_list_json : undo_list_run_json;
	sheet.line_each = true;
	if (sheet.nr || asked(removal->session.req, OPTION_JSON))
		render_sheet(&out, &removal->session.view, &sheet);
	else if (removal->session.foot)
		buf_puts(&out, "nothing is kept\n");
	if (sheet.nr && !objects && removal->session.foot)
		undo_list_put_foot(&out, removal, &listing);
	vec_for_each(run, &listing.runs)
		buf_free(&run->owners);
	vec_free(&listing.runs);
	vec_free(&listing.kept);
	return output_finish(&out);
}
