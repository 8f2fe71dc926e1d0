// SPDX-License-Identifier: GPL-2.0-or-later
/* The sheet of objects: a row each, a column a field. */
#include <string.h>

#include "internal.h"

struct objects {
	const struct view *view;
	const struct snapshot *snap;
	const uint32_t *objects;
	struct object_keys keys;
};

static void objects_annotation(struct cells *cells, const struct row_annotation *annotation,
			       uint32_t row, bool last)
{
	if (annotation && (last ? annotation->last : annotation->first))
		cells_end(cells, annotation->cell(annotation->arg, row, last,
						  cells->wide || !cells->view->terminal,
						  cells->text));
}

static void objects_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct objects *objects = sheet->arg;
	const struct view *view = cells->view;
	const enum field_id *columns = cells->wide ? view->wide : view->columns;
	unsigned int c, nr = cells->wide ? view->nr_wide : view->nr_columns;

	objects_annotation(cells, view->annotation, row, false);
	for (c = 0; c < nr; c++)
		cells_field(cells, sheet->snap,
			    &sheet->snap->objects.at[objects->objects[row]], columns[c]);
	objects_annotation(cells, view->annotation, row, true);
}

static void objects_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct objects *objects = sheet->arg;
	const struct row_annotation *annotation = objects->view->annotation;

	object_json(json, &objects->keys, sheet->snap,
		    &sheet->snap->objects.at[objects->objects[row]]);
	if (annotation && annotation->json)
		annotation->json(annotation->arg, row, json);
}

static unsigned int objects_columns(struct column *columns, const struct view *view,
				    const enum field_id *of, unsigned int nr_of)
{
	const struct row_annotation *annotation = view->annotation;
	unsigned int c, nr = 0;

	if (annotation && annotation->first)
		columns[nr++] = (struct column){ annotation->first, ALIGN_LEFT, 0 };
	for (c = 0; c < nr_of; c++)
		columns[nr++] = (struct column){ fields[of[c]].heading,
						 cell_align(view, of[c]), 0 };
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
		.name = "objects", .columns = columns, .nr = nr, .row = objects_row,
		.json = objects_json, .line_each = true, .snap = snap, .arg = &objects,
		/* What a command adds of its own it need not do for several at once. */
		.parallel = !view->annotation,
	};

	if (format_is_nested(view->format))
		object_keys_init(&objects.keys, view);
	sheet.nr_columns = objects_columns(columns, view, view->columns, view->nr_columns);
	sheet.wide = columns + sheet.nr_columns;
	if (view->nr_wide)
		sheet.nr_wide = objects_columns(columns + sheet.nr_columns, view,
						view->wide, view->nr_wide);
	render_sheet(to, view, &sheet);
	free(columns);
}
