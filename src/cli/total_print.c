// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/num.h"
#include "total.h"

static void put_size(struct buf *to, const struct view *view, uint64_t bytes)
{
	if (view->bytes)
		buf_u64(to, bytes);
	else
		num_size(to, bytes);
}

static void print_row(struct table *table, const struct totals *totals,
		      const struct total *total)
{
	const char *text = totals->texts.data + total->at;
	struct buf cell = {};
	unsigned int i;

	for (i = 0; i < totals->by->nr; i++) {
		table_cell(table, text, strlen(text), NULL);
		text += strlen(text) + 1;
	}
	buf_u64(&cell, total->count);
	table_cell(table, cell.data, cell.len, NULL);
	buf_reset(&cell);
	if (total->has_bytes)
		put_size(&cell, totals->view, total->bytes);
	table_cell(table, cell.data, cell.len, NULL);
	buf_reset(&cell);
	if (total->users_unsure)
		buf_putc(&cell, '?');
	else
		buf_u64(&cell, total->users);
	table_cell(table, cell.data, cell.len, NULL);
	buf_free(&cell);
}

static bool is_number(enum field_type type)
{
	return type == TYPE_NUMBER || type == TYPE_SIZE || type == TYPE_PID ||
	       type == TYPE_UID || type == TYPE_GID || type == TYPE_TIME ||
	       type == TYPE_PIDS;
}

static void json_value(struct json *json, const struct totals *totals,
		       const struct total *total, enum field_id field)
{
	const struct object *obj = &totals->snap->objects.at[total->object];
	struct value value = object_value(totals->snap, obj, field);
	struct buf text = {};

	if (value.known != KNOWN_YES ||
	    (total_of_process(field) && total->process == NO_INDEX))
		return;
	if (field == FIELD_PID) {
		json_i64(json, fields[field].name,
			 totals->snap->processes.at[total->process].pid);
		return;
	}
	if (is_number(fields[field].type)) {
		json_u64(json, fields[field].name, value.num);
		return;
	}
	total_value(&text, totals, total->object, total->process, field);
	json_str(json, fields[field].name, text.data ? text.data : "", text.len);
	buf_free(&text);
}

static void json_total(struct json *json, const struct totals *totals,
		       const struct total *total)
{
	const enum field_id *field;

	json_open(json, NULL, '{');
	vec_for_each(field, totals->by)
		json_value(json, totals, total, *field);
	json_u64(json, "count", total->count);
	if (total->has_bytes)
		json_u64(json, "bytes", total->bytes);
	if (!total->users_unsure)
		json_u64(json, "users", total->users);
	json_close(json, '}');
}

void total_json(struct buf *to, const struct totals *totals)
{
	struct json json = { .to = to };
	const struct total *total;
	bool lines = totals->view->format == FORMAT_NDJSON;

	if (!lines) {
		render_json_head(&json, totals->snap);
		json_open(&json, "totals", '[');
	}
	vec_for_each(total, &totals->all) {
		json.comma &= !lines;
		json_total(&json, totals, total);
		if (lines)
			buf_putc(to, '\n');
	}
	if (lines)
		return;
	json_close(&json, ']');
	render_json_tail(&json, totals->snap);
}

void total_table(struct buf *to, const struct totals *totals)
{
	struct table *table = table_new(totals->view);
	const struct total *total;
	const enum field_id *field;

	vec_for_each(field, totals->by)
		table_column(table, fields[*field].heading,
			     is_number(fields[*field].type) ? ALIGN_RIGHT :
			     ALIGN_LEFT);
	table_column(table, "COUNT", ALIGN_RIGHT);
	table_column(table, "SIZE", ALIGN_RIGHT);
	table_column(table, "USERS", ALIGN_RIGHT);
	vec_for_each(total, &totals->all)
		print_row(table, totals, total);
	table_print(table, to);
	table_free(table);
}
