/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_WRITER_H
#define RENDER_WRITER_H

#include "ipcscope/json.h"
#include "ipcscope/render.h"

/*
 * An output format: a line in formats.def and a `const struct writer
 * writer_NAME`. A format of cells needs @cell alone; one of objects @row. What
 * is NULL is done as for comma-separated values.
 */
struct writer {
	bool nested;		/* rows are objects: see sheet->json */
	bool exact;		/* values for programs, not for people */
	const char *line_end;	/* "\n" */
	/* Before the rows: a line of headings, if wanted. */
	void (*begin)(struct buf *to, const struct view *view,
		      const struct sheet *sheet);
	/* A row; by several threads at once. */
	void (*row)(struct buf *to, const struct sheet *sheet, uint32_t row);
	/* One cell of a row, safe text, and what parts it from the one before. */
	void (*cell)(struct buf *to, unsigned int column, const char *text,
		     size_t len);
	/* Behind the rows: nothing. */
	void (*end)(struct buf *to, const struct sheet *sheet);
	bool whole;		/* @begin has written the rows, too */
};

extern const struct writer writer_table;
#define FORMAT(id, letter, name, help)	extern const struct writer writer_##name;
#include "ipcscope/formats.def"
#undef FORMAT

/* A line of headings, by the writer's own cells. */
void writer_headings(struct buf *to, const struct writer *writer,
		     const struct sheet *sheet);
/* table.c: takes the text behind cells->at as the next cell. */
void table_end_cell(struct cells *cells, const char *color);
void table_end_packed(struct cells *cells, const struct packed *packed);

#endif
