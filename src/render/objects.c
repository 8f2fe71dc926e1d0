// SPDX-License-Identifier: GPL-2.0-or-later
#include "cell.h"
#include "ipcscope/threads.h"
#include "rows.h"

static void extra_cell(struct table *table, const struct view *view,
		       uint32_t row, bool last, bool wide)
{
	const struct row_annotation *annotation = view->annotation;
	struct buf text = {};
	const char *color;

	if (!annotation || !(last ? annotation->last : annotation->first))
		return;
	color = annotation->cell(annotation->arg, row, last, wide, &text);
	table_cell(table, text.data ? text.data : "", text.len, color);
	buf_free(&text);
}

static void extra_column(struct table *table, const struct view *view,
			 bool last)
{
	if (view->annotation && (last ? view->annotation->last : view->annotation->first))
		table_column(table, last ? view->annotation->last :
			     view->annotation->first, ALIGN_LEFT);
}

static struct table *objects_table(const struct view *view, bool wide,
				   const struct snapshot *snap,
				   const uint32_t *objects, uint32_t nr)
{
	const enum field_id *columns = wide ? view->wide : view->columns;
	unsigned int nr_columns = wide ? view->nr_wide : view->nr_columns;
	struct table *table = table_new(view);
	unsigned int c;
	uint32_t i;

	extra_column(table, view, false);
	for (c = 0; c < nr_columns; c++)
		table_column(table, fields[columns[c]].heading,
			     cell_align(view, columns[c]));
	extra_column(table, view, true);
	for (i = 0; i < nr; i++) {
		extra_cell(table, view, i, false, wide || !view->terminal);
		for (c = 0; c < nr_columns; c++)
			table_field(table, snap, &snap->objects.at[objects[i]],
				    columns[c]);
		extra_cell(table, view, i, true, wide || !view->terminal);
	}
	return table;
}

static void render_table(struct buf *to, const struct view *view,
			 const struct snapshot *snap, const uint32_t *objects,
			 uint32_t nr)
{
	struct table *table = objects_table(view, view->nr_wide > 0, snap,
					    objects, nr);

	if (view->nr_wide && !table_fits(table)) {
		table_free(table);
		table = objects_table(view, false, snap, objects, nr);
	}
	table_print(table, to);
	table_free(table);
}

static void json_rows(struct buf *to, const void *arg, uint32_t first,
		      uint32_t end)
{
	const struct rows_job *job = arg;
	const struct view *view = job->view;
	struct json json = { .to = to };
	struct json_rows rows = {
		.json = &json, .snap = job->snap, .fields = view->json_fields,
		.annotation = view->annotation, .details = view->details,
	};
	uint32_t i;

	for (i = first; i < end; i++) {
		buf_puts(to, i ? job->between : job->first);
		json.comma = false;
		rows.row = i;
		json_row(&rows, &job->snap->objects.at[job->objects[i]]);
	}
	json_rows_free(&rows);
}

void rows_put(struct buf *to, const struct rows_job *job, part_fn *put)
{
	/* What a command adds of its own it need not do for several at once. */
	threads_put(to, put, job, job->nr, job->view->annotation ? 1 :
		    threads_wanted(job->view->threads));
}

void render_objects(struct buf *to, const struct view *view,
		    const struct snapshot *snap, const uint32_t *objects,
		    uint32_t nr)
{
	struct json json = { .to = to };
	struct rows_job job = {
		.view = view, .snap = snap, .objects = objects, .nr = nr,
		.first = "\n", .between = ",\n",
	};

	switch (view->format) {
	case FORMAT_TABLE:
		render_table(to, view, snap, objects, nr);
		break;
	case FORMAT_JSON:
		render_json_head(&json, snap);
		buf_puts(to, ",\n\"objects\":[");
		rows_put(to, &job, json_rows);
		json_close(&json, ']');
		render_json_tail(&json, snap);
		break;
	case FORMAT_NDJSON:
		job.first = "";
		job.between = "\n";
		rows_put(to, &job, json_rows);
		if (nr)
			buf_putc(to, '\n');
		break;
	case FORMAT_CSV:
		rows_csv(to, &job);
		break;
	case FORMAT_RAW:
		rows_raw(to, &job);
		break;
	}
}
