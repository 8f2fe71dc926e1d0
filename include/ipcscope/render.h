/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_RENDER_H
#define IPCSCOPE_RENDER_H

/* From a snapshot to what is printed. */

#include "ipcscope/buf.h"
#include "ipcscope/snapshot.h"

enum format {
	FORMAT_TABLE,
#define FORMAT(id, ...)	FORMAT_##id,
#include "ipcscope/formats.def"
#undef FORMAT
	NR_FORMATS
};
struct format_info {
	bool nested;		/* a row is an object with keys, not cells under headings */
	bool exact;		/* values for programs, not for people */
};
extern const struct format_info format_infos[NR_FORMATS];

enum time_style { TIME_RELATIVE, TIME_ISO, TIME_EPOCH };

struct json;

/* What a command knows of each row besides its fields. @row counts from 0. */
struct row_annotation {
	const char *first;	/* headings of a column before the fields */
	const char *last;	/* and of one behind them; NULL: none */
	/* The text of a cell, safe; its colour (SGR), or NULL. @wide: there is
	 * all the room it takes. */
	const char *(*cell)(const void *arg, uint32_t row, bool last, bool wide,
			    struct buf *to);
	/* Keys of the object; may be NULL. */
	void (*json)(const void *arg, uint32_t row, struct json *json);
	const void *arg;
};

/* How to print, and what. */
struct view {
	enum format format;
	bool heading;
	bool bytes;		/* exact numbers instead of 12.1K */
	bool color;
	unsigned int threads;	/* for rows of JSON, CSV and raw: at most; 0:
				 * as many as there are cores */
	bool terminal;		/* fold and pack to @width columns */
	unsigned int width;
	enum time_style time;
	const enum field_id *columns;
	unsigned int nr_columns;
	const enum field_id *wide;	/* used instead if there is room */
	unsigned int nr_wide;
	uint64_t states_told;	/* left out of STATE */
	const struct row_annotation *annotation;	/* NULL: none */
	bool details;		/* JSON: also what `show` alone looks at, if known */
	/* JSON: fields shown of each class */
	const struct fieldset *json_fields;	/* [NR_CLASSES] */
};

/*
 * Prints @nr objects (numbers in @snap), in that order.
 *
 * JSON is the whole document, warnings included; NDJSON an object a line and
 * nothing else. CSV (RFC 4180) and raw have exact values: bytes, seconds since
 * 1970 (or ISO), all states and all users. What others named is escaped as
 * text_escape() does in both. No value: empty in CSV, "" in raw, where the class
 * has no such field; - where there provably is none; ? where it is not known.
 * (A name that is just that is written \x2d, \x3f or \x22\x22.) A raw line has
 * one blank between values, \x20 where a value has one.
 */
void render_objects(struct buf *to, const struct view *view,
		    const struct snapshot *snap, const uint32_t *objects, uint32_t nr);

/* A cell of @field as the view's format shows it; safe text. */
void render_cell(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct object *obj,
		 enum field_id field);

/* The users of @obj but @without (the number of a process, or NO_INDEX), packed
 * into @room columns; 0: all of them. */
void render_users(struct buf *to, const struct snapshot *snap,
		  const struct object *obj, uint32_t without, unsigned int room);

/* Somebody's name, escaped, and quoted if a shell would need it; ? for NULL. */
void render_name(struct buf *to, const struct str *name);
/* The same of a REF. */
void render_ref(struct buf *to, const struct snapshot *snap, const struct object *obj);
/* "scen[5340]" */
void render_process(struct buf *to, const struct process *proc);
/* The name of a user or group, escaped, or its number. */
void render_owner(struct buf *to, const struct snapshot *snap, bool group, uint32_t id);
/* "3 processes", "1 process"; @plural is added behind the noun. */
void render_count(struct buf *to, uint64_t nr, const char *noun, const char *plural);
/* A number of bytes as @view has it: 12.1K or exact. */
void render_size(struct buf *to, const struct view *view, uint64_t bytes);
/* "26m", from @when until the picture was taken. */
void render_since(struct buf *to, const struct snapshot *snap, int64_t when);
/* 2026-11-21T03:24:54+00:00, in the local time zone; @gap between the two:
 * 'T' or ' ', which leaves the zone out. */
void render_time(struct buf *to, int64_t when, char gap);

/*
 * "object" of the JSON contract, in an array or a line. An unknown value is an absent
 * key; one that there provably is not (no name, never used) is named in "none"; in
 * ctime and the like 0 is the kernel's own "never".
 */
void render_object_json(struct json *json, const struct view *view,
			const struct snapshot *snap, const struct object *obj);
/* The REF of an object; @key as for json_str(). */
void render_json_ref(struct json *json, const char *key,
		     const struct snapshot *snap, const struct object *obj);
/* The keys of an edge, or the list of @count of them that one process has of one object,
 * from @first on, of that kind and access. */
void render_json_edges(struct json *json, const struct edge *first, uint32_t count);
/* {"ipcscope":..., "host":{...}, and then whatever comes; @snap NULL, here and below: the
 * kernel was not looked at. */
void render_json_head(struct json *json, const struct snapshot *snap);
/* "warnings":[...] and the closing brace. */
void render_json_tail(struct json *json, const struct snapshot *snap);

/*
 * A sheet is what is printed besides single sentences: rows of cells under
 * headings, which are objects in JSON. Whoever has one gives it to
 * render_sheet() and so has every format.
 */
struct cells;
/* SAME: to the left, and left out without room if it says the same of every row. */
enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_LONG, ALIGN_WRAP, ALIGN_SAME };
struct column {
	const char *heading;
	enum align align;
	/* Of a packed cell, before wide columns give way; 0: its length, but no
	 * more than users need. */
	unsigned int least;
};
struct sheet {
	const char *name;	/* of the rows in JSON */
	const struct column *columns;
	unsigned int nr_columns;
	const struct column *wide;	/* instead, in a table that has room */
	unsigned int nr_wide;
	uint32_t nr;		/* rows */
	/* Writes the cells of a row, one for each column. */
	void (*row)(struct cells *cells, const struct sheet *sheet, uint32_t row);
	/* The keys of the row's object; NULL: it cannot be nested. */
	void (*json)(struct json *json, const struct sheet *sheet, uint32_t row);
	bool line_each;		/* JSON: each row begins a line */
	bool parallel;		/* several threads may write rows at once */
	const struct snapshot *snap;
	const void *arg;
};
/*
 * On a terminal no cell of a table is cut: a LONG one that leaves no room takes
 * a line of its own, its row goes on below it, packed ones share what is left, and
 * the last, if it is to WRAP, goes on below itself.
 */
void render_sheet(struct buf *to, const struct view *view, const struct sheet *sheet);

/* A row on its way to a writer: the text of a cell, which is safe already, is
 * added to @text and ended by cells_end(). */
struct cells {
	const struct view *view;
	bool wide;		/* the columns of sheet->wide */
	struct buf *text;
	size_t at;		/* where the cell begins in it */
	unsigned int column;
	struct table *table;	/* NULL: they go to @out */
	struct buf *out;
};
/* @color an SGR like "33" that outlives the table, or NULL. */
void cells_end(struct cells *cells, const char *color);
/* A whole cell each. */
void cells_text(struct cells *cells, const char *text);
void cells_number(struct cells *cells, uint64_t num);
void cells_size(struct cells *cells, uint64_t bytes);
/* Somebody's bytes, escaped; ? for NULL. */
void cells_str(struct cells *cells, const struct str *str);
/* A field, with the colour of what it says. */
void cells_field(struct cells *cells, const struct snapshot *snap,
		 const struct object *obj, enum field_id field);
/* FIELD_USERS or FIELD_PEER_USERS; of USERS without one process, or NO_INDEX. */
void cells_users(struct cells *cells, const struct snapshot *snap,
		 const struct object *obj, enum field_id field, uint32_t without);
/* A cell that is written again when its room is known; what it points to must
 * outlive the sheet. */
struct packed {
	void (*put)(struct buf *to, const struct packed *packed, unsigned int room);
	const void *context, *item;
	uint32_t without;
	enum field_id field;
};
void cells_packed(struct cells *cells, const struct packed *packed, const char *color);

/* What is missing of @parts: one line for the processes that could not be read,
 * one for each other part; each a complete sentence without "ipcscope: ", safe
 * text. @each gets them. */
void render_warnings(const struct snapshot *snap, uint64_t parts,
		     void (*each)(void *arg, const char *line), void *arg);

#endif
