/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_RENDER_H
#define IPCSCOPE_RENDER_H

/* From a snapshot to what is printed. Looks: LOOK.md; JSON: DESIGN.md. */

#include "ipcscope/buf.h"
#include "ipcscope/derive.h"

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_NDJSON, FORMAT_CSV, FORMAT_RAW };
enum time_style { TIME_RELATIVE, TIME_ISO, TIME_EPOCH };

/* How to print, and what. */
struct view {
	enum format format;
	bool heading;
	bool bytes;		/* exact numbers instead of 12.1K */
	bool color;
	bool terminal;		/* fold and pack to @width columns */
	unsigned int width;
	enum time_style time;
	const enum field_id *columns;
	unsigned int nr_columns;
	const enum field_id *wide;	/* used instead if there is room */
	unsigned int nr_wide;
	uint64_t states_told;	/* left out of STATE */
	/* JSON: fields shown of each class */
	const struct fieldset *json_fields;	/* [NR_CLASSES] */
};

/* Prints @nr objects (numbers in @snap), in that order. */
void render_objects(struct buf *to, const struct view *view,
		    const struct snapshot *snap, const uint32_t *objects,
		    uint32_t nr);

/* A cell of @field as tables show it, at most @room columns wide where it can
 * be packed (USERS); 0: as long as it gets. */
void render_cell(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct object *obj,
		 enum field_id field, unsigned int room);

/* "object" of the JSON contract, in an array or a line. */
struct json;
void render_object_json(struct json *json, const struct view *view,
			const struct snapshot *snap, const struct object *obj);
/* {"ipcscope":..., "host":{...}, and then whatever comes. */
void render_json_head(struct json *json, const struct snapshot *snap);
/* "warnings":[...] and the closing brace. */
void render_json_tail(struct json *json, const struct snapshot *snap);

/* A table of text for people: cells are added row by row. */
struct table;
enum align { ALIGN_LEFT, ALIGN_RIGHT };
struct table *table_new(const struct view *view);
void table_column(struct table *table, const char *heading, enum align align);
/* @text is safe already; copied. @color an SGR like "33", or NULL. */
void table_cell(struct table *table, const char *text, size_t len,
		const char *color);
void table_print(struct table *table, struct buf *to);
void table_free(struct table *table);

/* Warnings as LOOK.md wants them, one line a part, each a complete sentence
 * without "ipcscope: "; @each gets them. */
void render_warnings(const struct snapshot *snap, uint32_t parts,
		     void (*each)(void *arg, const char *line), void *arg);

#endif
