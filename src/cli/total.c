// SPDX-License-Identifier: GPL-2.0-or-later
/* --by: objects that look the same by some fields, counted. */
#include "total.h"

#include <stdlib.h>
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

/* All objects that look the same by the fields of --by. */
struct total {
	uint64_t hash;
	size_t at, len;		/* of its text */
	uint32_t object;	/* one of them */
	uint32_t process;	/* where a field is of processes */
	uint32_t last;		/* object counted */
	uint32_t count;
	uint64_t bytes;
	bool bytes_unsure;	/* there is more, of a size not known */
	bool has_bytes;
	uint32_t users;
	bool users_unsure;
};

struct use {
	uint32_t total;
	uint32_t process;
};

struct totals {
	const struct view *view;
	const struct snapshot *snap;
	const struct field_list *by;
	struct VEC(struct total) all;
	struct VEC(struct use) uses;
	struct map index;
	struct buf texts;	/* of all */
	struct buf text;	/* of the one looked for */
	uint64_t hash;		/* of @text */
};

/* Whether the field is of each process that uses an object. */
static bool total_of_process(enum field_id field)
{
	return fields[field].type == TYPE_PIDS || fields[field].type == TYPE_COMMS;
}

int total_check(const struct request *req)
{
	static const enum option_id others[] = {
		OPTION_SORT, OPTION_COLUMNS, OPTION_LIMIT,
	};
	const enum field_id *field;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (asked(req, others[i]))
			return misused("--by and --%s do not go together",
				       option_specs[others[i]].name);
	}
	vec_for_each(field, &req->option[OPTION_BY].fields) {
		if (fields[*field].type == TYPE_USERS)
			return misused("--by: '%s' differs for every object, perhaps 'pid' or 'command'?",
				       fields[*field].name);
	}
	return 0;
}

void total_query(const struct field_list *by, struct query *query)
{
	const enum field_id *field;

	vec_for_each(field, by)
		query_add_field(query, *field);
	query_add_field(query, FIELD_SIZE);
	query_add_field(query, FIELD_PID);
}

static bool total_is_same(const void *vec, uint32_t index, const void *arg)
{
	const struct total *total = (const struct total *)vec + index;
	const struct totals *totals = arg;

	return total->hash == totals->hash && total->len == totals->text.len &&
	       !memcmp(totals->texts.data + total->at, totals->text.data, total->len);
}

/* The text of a field of @object, or of @process if it is of that. */
static void total_value(struct buf *to, const struct totals *totals,
			uint32_t object, uint32_t process, enum field_id field)
{
	const struct snapshot *snap = totals->snap;
	const struct process *proc;

	if (!total_of_process(field) || process == NO_INDEX) {
		render_cell(to, totals->view, snap, &snap->objects.at[object], field);
		return;
	}
	proc = &snap->processes.at[process];
	if (fields[field].type == TYPE_PIDS)
		buf_i64(to, proc->pid);
	else if (proc->comm)
		text_escape(to, proc->comm->data, proc->comm->len);
}

/* The total that object, as used by that process, counts for. */
static uint32_t total_find_total(struct totals *totals, uint32_t object, uint32_t process)
{
	const enum field_id *field;
	uint32_t index;

	buf_reset(&totals->text);
	vec_for_each(field, totals->by) {
		total_value(&totals->text, totals, object, process, *field);
		buf_putc(&totals->text, '\0');
	}
	totals->hash = hash_bytes(totals->text.data, totals->text.len);
	index = map_find(&totals->index, totals->hash, total_is_same, totals->all.at, totals);
	if (index != NO_INDEX)
		return index;
	index = totals->all.nr;
	*vec_add(&totals->all) = (struct total){
		.hash = totals->hash, .at = totals->texts.len, .len = totals->text.len,
		.object = object, .process = process, .last = NO_INDEX,
	};
	buf_add(&totals->texts, totals->text.data, totals->text.len);
	map_add(&totals->index, totals->hash, index);
	return index;
}

/* Once, whichever of its users led to it. */
static void total_count_object(struct totals *totals, uint32_t index, uint32_t object)
{
	const struct object *obj = &totals->snap->objects.at[object];
	struct total *total = &totals->all.at[index];
	uint64_t bytes;

	if (total->last == object)
		return;
	total->last = object;
	total->count++;
	if (!object_users_complete(totals->snap, obj))
		total->users_unsure = true;
	if (object_num(totals->snap, obj, FIELD_SIZE, &bytes))
		num_add(&total->bytes, bytes);
	else if (object_value(totals->snap, obj, FIELD_SIZE).known == KNOWN_NOT)
		total->bytes_unsure = true;
	else
		return;
	total->has_bytes = true;
}

/* To every total it belongs to. */
static void total_add_object(struct totals *totals, uint32_t object, bool by_process)
{
	const struct object *obj = &totals->snap->objects.at[object];
	uint32_t i, last = NO_INDEX, total = NO_INDEX;
	const struct edge *edge;

	for_each_object_edge(edge, i, totals->snap, obj) {
		if (!edge_uses[edge->kind] || edge->process == NO_INDEX ||
		    edge->process == last)
			continue;
		last = edge->process;
		total = total_find_total(totals, object, by_process ? last : NO_INDEX);
		total_count_object(totals, total, object);
		*vec_add(&totals->uses) = (struct use){ total, last };
	}
	if (total == NO_INDEX)
		total_count_object(totals, total_find_total(totals, object, NO_INDEX), object);
}

static int total_compare_uses(const void *a, const void *b)
{
	const struct use *use_a = a, *use_b = b;

	if (use_a->total != use_b->total)
		return use_a->total > use_b->total ? 1 : -1;
	return (use_a->process > use_b->process) - (use_a->process < use_b->process);
}

/* Most objects first; equals in the order they came. */
static int total_compare_totals(const void *a, const void *b)
{
	const struct total *total_a = a, *total_b = b;

	if (total_a->count != total_b->count)
		return total_a->count < total_b->count ? 1 : -1;
	return (total_a->at > total_b->at) - (total_a->at < total_b->at);
}

static void total_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct totals *totals = sheet->arg;
	const struct total *total = &totals->all.at[row];
	const char *text = totals->texts.data + total->at;
	unsigned int i;

	for (i = 0; i < totals->by->nr; i++) {
		cells_text(cells, text);
		text += strlen(text) + 1;
	}
	cells_number(cells, total->count);
	if (!total->has_bytes)
		cells_text(cells, "");
	else if (total->bytes_unsure)
		cells_text(cells, "?");
	else
		cells_size(cells, total->bytes);
	if (total->users_unsure)
		cells_text(cells, "?");
	else
		cells_number(cells, total->users);
}

static bool total_is_number(enum field_type type)
{
	return type == TYPE_NUMBER || type == TYPE_SIZE || type == TYPE_PID ||
	       type == TYPE_UID || type == TYPE_GID || type == TYPE_TIME ||
	       type == TYPE_PIDS;
}

static void total_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct totals *totals = sheet->arg;
	const struct total *total = &totals->all.at[row];
	const struct object *obj = &totals->snap->objects.at[total->object];
	const enum field_id *field;

	vec_for_each(field, totals->by) {
		struct value value = object_value(totals->snap, obj, *field);
		const char *name = fields[*field].name;
		const enum field_id source = fields[*field].from[0];
		struct buf text = {};

		/* A user without a name has a number. */
		if (value.known == KNOWN_NOT && source &&
		    (fields[source].type == TYPE_UID || fields[source].type == TYPE_GID)) {
			value = object_value(totals->snap, obj, source);
			name = fields[source].name;
			if (value.known == KNOWN_YES)
				json_u64(json, name, value.num);
			continue;
		}
		if (value.known != KNOWN_YES ||
		    (total_of_process(*field) && total->process == NO_INDEX))
			continue;
		if (*field == FIELD_PID) {
			json_i64(json, name, totals->snap->processes.at[total->process].pid);
		} else if (total_is_number(fields[*field].type)) {
			json_u64(json, name, value.num);
		} else {
			total_value(&text, totals, total->object, total->process, *field);
			json_str(json, name, text.data ? text.data : "", text.len);
			buf_free(&text);
		}
	}
	json_u64(json, "count", total->count);
	if (total->has_bytes && !total->bytes_unsure && total->bytes != NUM_TOO_MUCH)
		json_u64(json, "bytes", total->bytes);
	if (!total->users_unsure)
		json_u64(json, "users", total->users);
}

static void total_sheet(struct buf *to, const struct totals *totals)
{
	struct VEC(struct column) columns = {};
	struct sheet sheet = {
		.name = "totals", .nr = totals->all.nr, .row = total_row,
		.json = total_json, .snap = totals->snap, .arg = totals,
	};
	const enum field_id *field;

	vec_for_each(field, totals->by)
		*vec_add(&columns) = (struct column){
			fields[*field].heading,
			total_is_number(fields[*field].type) ? ALIGN_RIGHT :
			ALIGN_LEFT, 0 };
	*vec_add(&columns) = (struct column){ "COUNT", ALIGN_RIGHT, 0 };
	*vec_add(&columns) = (struct column){ "SIZE", ALIGN_RIGHT, 0 };
	*vec_add(&columns) = (struct column){ "USERS", ALIGN_RIGHT, 0 };
	sheet.columns = columns.at;
	sheet.nr_columns = columns.nr;
	render_sheet(to, totals->view, &sheet);
	vec_free(&columns);
}

void total_print(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct field_list *by,
		 const struct rows *rows)
{
	struct totals totals = { .view = view, .snap = snap, .by = by };
	const struct use *use, *last = NULL;
	bool by_process = false;
	const enum field_id *field;
	const uint32_t *row;

	vec_for_each(field, by)
		by_process |= total_of_process(*field);
	vec_for_each(row, rows)
		total_add_object(&totals, *row, by_process);
	if (totals.uses.nr)
		qsort(totals.uses.at, totals.uses.nr, sizeof(*use), total_compare_uses);
	/* A process that uses several objects of a total is one user. */
	vec_for_each(use, &totals.uses) {
		if (!last || total_compare_uses(last, use))
			totals.all.at[use->total].users++;
		last = use;
	}
	if (totals.all.nr)
		qsort(totals.all.at, totals.all.nr, sizeof(struct total), total_compare_totals);
	total_sheet(to, &totals);
	vec_free(&totals.all);
	vec_free(&totals.uses);
	map_free(&totals.index);
	buf_free(&totals.texts);
	buf_free(&totals.text);
}
