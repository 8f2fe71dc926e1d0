// SPDX-License-Identifier: GPL-2.0-or-later
/* A line a row for programs: comma-separated, or one word a value. */
#include "rows.h"

struct row_format {
	char gap;
	void (*put)(struct buf *to, const char *text, size_t len);
};

/* RFC 4180; safe text has no line ends. */
static void put_csv(struct buf *to, const char *text, size_t len)
{
	size_t i;

	if (!memchr(text, ',', len) && !memchr(text, '"', len)) {
		buf_add(to, text, len);
		return;
	}
	buf_putc(to, '"');
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			buf_putc(to, '"');
		buf_putc(to, text[i]);
	}
	buf_putc(to, '"');
}

static void put_word(struct buf *to, const char *text, size_t len)
{
	const char *blank;

	if (!len)
		buf_puts(to, "\"\"");
	while ((blank = memchr(text, ' ', len))) {
		size_t before = (size_t)(blank - text);

		buf_add(to, text, before);
		buf_puts(to, "\\x20");
		text += before + 1;
		len -= before + 1;
	}
	buf_add(to, text, len);
}

static void put_headings(struct buf *to, const struct view *view,
			 const struct row_format *format)
{
	const struct row_annotation *annotation = view->annotation;
	unsigned int c;

	if (annotation && annotation->first) {
		format->put(to, annotation->first, strlen(annotation->first));
		buf_putc(to, format->gap);
	}
	for (c = 0; c < view->nr_columns; c++) {
		const char *heading = fields[view->columns[c]].heading;

		if (c)
			buf_putc(to, format->gap);
		format->put(to, heading, strlen(heading));
	}
	if (annotation && annotation->last) {
		buf_putc(to, format->gap);
		format->put(to, annotation->last, strlen(annotation->last));
	}
	buf_putc(to, '\n');
}

static void put_extra(struct buf *to, const struct view *view, uint32_t row,
		      bool last, const struct row_format *format,
		      struct buf *cell)
{
	const struct row_annotation *annotation = view->annotation;

	if (!annotation || !(last ? annotation->last : annotation->first))
		return;
	buf_reset(cell);
	buf_room(cell, 1)[0] = '\0';
	annotation->cell(annotation->arg, row, last, true, cell);
	if (last)
		buf_putc(to, format->gap);
	format->put(to, cell->data, cell->len);
	if (!last)
		buf_putc(to, format->gap);
}

static void put_rows(struct buf *to, const void *arg, uint32_t first,
		     uint32_t end)
{
	const struct rows_job *job = arg;
	const struct view *view = job->view;
	const struct row_format *format = job->format;
	struct buf cell = {};
	unsigned int c;
	uint32_t i;

	buf_room(&cell, 1);
	for (i = first; i < end; i++) {
		put_extra(to, view, i, false, format, &cell);
		for (c = 0; c < view->nr_columns; c++) {
			buf_reset(&cell);
			render_cell(&cell, view, job->snap,
				    &job->snap->objects.at[job->objects[i]],
				    view->columns[c], 0);
			if (c)
				buf_putc(to, format->gap);
			format->put(to, cell.data, cell.len);
		}
		put_extra(to, view, i, true, format, &cell);
		buf_putc(to, '\n');
	}
	buf_free(&cell);
}

static void rows_of(struct buf *to, struct rows_job *job,
		    const struct row_format *format)
{
	job->format = format;
	if (job->view->heading)
		put_headings(to, job->view, format);
	rows_put(to, job, put_rows);
}

void rows_csv(struct buf *to, struct rows_job *job)
{
	static const struct row_format csv = { ',', put_csv };

	rows_of(to, job, &csv);
}

void rows_raw(struct buf *to, struct rows_job *job)
{
	static const struct row_format raw = { ' ', put_word };

	rows_of(to, job, &raw);
}
