// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows to any format, the cells they are made of, and the rows of objects. */
#include "internal.h"
#include "ipcscope/text.h"
#include "ipcscope/threads.h"

static const struct writer *const sheet_writers[NR_FORMATS] = {
	[FORMAT_TABLE] = &writer_table,
#define FORMAT(id, letter, name, help, ...)	[FORMAT_##id] = &writer_##name,
#include "ipcscope/formats.def"
#undef FORMAT
};

const struct format_info format_infos[NR_FORMATS] = {
#define FORMAT(id, letter, name, help, ...)	[FORMAT_##id] = { __VA_ARGS__ },
#include "ipcscope/formats.def"
#undef FORMAT
};

struct sheet_job {
	const struct writer *writer;
	const struct view *view;
	const struct sheet *sheet;
};

static void sheet_rows(struct buf *to, const void *arg, uint32_t first, uint32_t end)
{
	const struct sheet_job *job = arg;
	const struct writer *writer = job->writer;
	struct buf text = {};
	struct cells cells = { .view = job->view, .text = &text, .out = to };
	uint32_t row;

	for (row = first; row < end; row++) {
		if (writer->row) {
			writer->row(to, job->sheet, row);
			continue;
		}
		cells.column = 0;
		job->sheet->row(&cells, job->sheet, row);
		buf_puts(to, writer->line_end ?: "\n");
	}
	buf_free(&text);
}

void writer_headings(struct buf *to, const struct writer *writer, const struct sheet *sheet)
{
	unsigned int c;

	for (c = 0; c < sheet->nr_columns; c++)
		writer->cell(to, c, sheet->columns[c].heading,
			     strlen(sheet->columns[c].heading));
	buf_puts(to, writer->line_end ?: "\n");
}

void render_sheet(struct buf *to, const struct view *view, const struct sheet *sheet)
{
	const struct sheet_job job = { sheet_writers[view->format], view, sheet };

	if (job.writer->begin)
		job.writer->begin(to, view, sheet);
	else if (job.writer->cell && view->heading)
		writer_headings(to, job.writer, sheet);
	if (!job.writer->whole)
		threads_put(to, sheet_rows, &job, sheet->nr, sheet->parallel ?
			    threads_wanted(view->threads) : 1);
	if (job.writer->end)
		job.writer->end(to, sheet);
}

void cells_end(struct cells *cells, const char *color)
{
	struct buf *text = cells->text;

	if (cells->table) {
		table_end_cell(cells, color);
	} else {
		sheet_writers[cells->view->format]->cell(
			cells->out, cells->column, text->data ? text->data : "", text->len);
		buf_reset(text);
	}
	cells->column++;
}

void cells_text(struct cells *cells, const char *text)
{
	buf_puts(cells->text, text);
	cells_end(cells, NULL);
}

void cells_number(struct cells *cells, uint64_t num)
{
	buf_u64(cells->text, num);
	cells_end(cells, NULL);
}

void cells_size(struct cells *cells, uint64_t bytes)
{
	render_size(cells->text, cells->view, bytes);
	cells_end(cells, NULL);
}

void cells_str(struct cells *cells, const struct str *str)
{
	if (str)
		text_escape(cells->text, str->data, str->len);
	else
		buf_putc(cells->text, '?');
	cells_end(cells, NULL);
}

void cells_packed(struct cells *cells, const struct packed *packed, const char *color)
{
	packed->put(cells->text, packed, 0);
	cells_end(cells, color);
	if (cells->table)
		table_end_packed(cells, packed);
}

void cells_users(struct cells *cells, const struct snapshot *snap,
		 const struct object *obj, enum field_id field, uint32_t without)
{
	const struct packed packed = { users_put, snap, obj, without, field };

	cells_packed(cells, &packed, cells->view->color ?
		     cell_color(cells->view, snap, obj, field) : NULL);
}

void cells_field(struct cells *cells, const struct snapshot *snap,
		 const struct object *obj, enum field_id field)
{
	const struct packed users = { users_put, snap, obj, NO_INDEX, field };
	const char *color = NULL;

	if (cells->view->color)
		color = cell_color(cells->view, snap, obj, field);
	if (fields[field].type == TYPE_USERS) {
		cells_packed(cells, &users, color);
		return;
	}
	render_cell(cells->text, cells->view, snap, obj, field);
	cells_end(cells, color);
}

/* The sheet of objects: a row each, a column a field. */
struct objects {
	const struct view *view;
	const struct snapshot *snap;
	const uint32_t *objects;
	struct object_keys keys;
};

static void sheet_annotation(struct cells *cells, const struct row_annotation *annotation,
			     uint32_t row, bool last)
{
	if (last ? annotation->last : annotation->first)
		cells_end(cells, annotation->cell(annotation->arg, row, last,
						  cells->wide || !cells->view->terminal,
						  cells->text));
}

static void sheet_object(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct objects *objects = sheet->arg;
	const struct view *view = cells->view;
	const enum field_id *columns = cells->wide ? view->wide : view->columns;
	unsigned int c, nr = cells->wide ? view->nr_wide : view->nr_columns;

	if (view->annotation)
		sheet_annotation(cells, view->annotation, row, false);
	for (c = 0; c < nr; c++)
		cells_field(cells, sheet->snap,
			    &sheet->snap->objects.at[objects->objects[row]], columns[c]);
	if (view->annotation)
		sheet_annotation(cells, view->annotation, row, true);
}

static void sheet_object_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct objects *objects = sheet->arg;
	const struct row_annotation *annotation = objects->view->annotation;

	object_json(json, &objects->keys, sheet->snap,
		    &sheet->snap->objects.at[objects->objects[row]]);
	if (annotation && annotation->json)
		annotation->json(annotation->arg, row, json);
}

static const enum align aligns[] = {
	[TYPE_NUMBER] = ALIGN_RIGHT, [TYPE_SIZE] = ALIGN_RIGHT, [TYPE_TIME] = ALIGN_RIGHT,
	[TYPE_AGE] = ALIGN_RIGHT, [TYPE_PID] = ALIGN_RIGHT, [TYPE_UID] = ALIGN_RIGHT,
	[TYPE_GID] = ALIGN_RIGHT, [TYPE_AMOUNT] = ALIGN_RIGHT, [TYPE_PROC] = ALIGN_LEFT,
};

static unsigned int sheet_columns(struct column *columns, const struct view *view,
				  const enum field_id *of, unsigned int nr_of)
{
	const struct row_annotation *annotation = view->annotation;
	unsigned int c, nr = 0;

	if (annotation && annotation->first)
		columns[nr++] = (struct column){ annotation->first, ALIGN_LEFT, 0 };
	for (c = 0; c < nr_of; c++) {
		const struct field *field = &fields[of[c]];
		enum align align = aligns[field->type];

		if (of[c] == FIELD_REF || field->type == TYPE_REFS)
			align = ALIGN_LONG;
		else if (field->type == TYPE_WORD)
			align = ALIGN_SAME;
		else if (field->type == TYPE_TIME && view->time == TIME_ISO)
			align = ALIGN_LEFT;
		columns[nr++] = (struct column){ field->heading, align, 0 };
	}
	if (annotation && annotation->last)
		columns[nr++] = (struct column){ annotation->last, ALIGN_LEFT, 0 };
	return nr;
}

void render_objects(struct buf *to, const struct view *view,
		    const struct snapshot *snap, const uint32_t *rows, uint32_t nr)
{
	struct column *columns = mem_zero(view->nr_columns + view->nr_wide + 4,
					  sizeof(*columns));
	struct objects objects = { .view = view, .snap = snap, .objects = rows };
	struct sheet sheet = {
		.name = "objects", .columns = columns, .nr = nr, .row = sheet_object,
		.json = sheet_object_json, .line_each = true, .snap = snap, .arg = &objects,
		/* What a command adds of its own it need not do for several at once. */
		.parallel = !view->annotation,
	};

	if (format_infos[view->format].nested)
		object_keys_init(&objects.keys, view);
	sheet.nr_columns = sheet_columns(columns, view, view->columns, view->nr_columns);
	sheet.wide = columns + sheet.nr_columns;
	if (view->nr_wide)
		sheet.nr_wide = sheet_columns(columns + sheet.nr_columns, view,
					      view->wide, view->nr_wide);
	render_sheet(to, view, &sheet);
	free(columns);
}
