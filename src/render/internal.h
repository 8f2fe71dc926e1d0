/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_INTERNAL_H
#define RENDER_INTERNAL_H

#include "ipcscope/json.h"
#include "ipcscope/render.h"

/*
 * An output format: a line in formats.def and a `const struct writer
 * writer_NAME`. A format of cells needs @cell alone; one of objects @row. What
 * is NULL is done as for comma-separated values.
 */
struct writer {
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
#define FORMAT(id, letter, name, help, ...)	extern const struct writer writer_##name;
#include "ipcscope/formats.def"
#undef FORMAT

/* A line of headings, by the writer's own cells. */
void writer_headings(struct buf *to, const struct writer *writer,
		     const struct sheet *sheet);
/* table.c: takes the text behind cells->at as the next cell. */
void table_end_cell(struct cells *cells, const char *color);
void table_end_packed(struct cells *cells, const struct packed *packed);

/* SGR of what tables colour; NULL: none. */
#define COLOR_STUCK	"31"
#define COLOR_ODD	"33"
#define COLOR_NONE	"2"
#define COLOR_HEADING	"1"

/* How urgent it is what a cell says, if colours are wanted. */
const char *cell_color(const struct view *view, const struct snapshot *snap,
		       const struct object *obj, enum field_id field);
/* The USERS or PEER_USERS of an object (@packed->item), marks included. */
void users_put(struct buf *to, const struct packed *packed, unsigned int room);

/* Which fields the JSON of an object has, by class. */
struct object_keys {
	struct fieldset of[NR_CLASSES];
	bool details;
};

void object_keys_init(struct object_keys *keys, const struct view *view);
/* The keys of an object, without its braces. */
void object_json(struct json *json, const struct object_keys *keys,
		 const struct snapshot *snap, const struct object *obj);

/* What it means that @part is missing of @nr processes. */
void part_means(struct buf *to, enum part part, uint32_t nr);

#endif
