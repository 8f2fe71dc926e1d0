/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TOTAL_H
#define CMD_TOTAL_H

/* list --by: totals instead of rows. */

#include "select.h"

/* The fields of --by, none if it was not given; a status. */
int total_parse(const struct request *req, struct field_list *by);
/* What must be read for them. */
void total_query(const struct field_list *by, struct query *query);
void total_print(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct field_list *by,
		 const struct rows *rows);

/* All objects that look the same by the fields of --by. */
struct total {
	uint64_t hash;
	size_t at, len;		/* of its text */
	uint32_t object;	/* one of them */
	uint32_t process;	/* where a field is of processes */
	uint32_t last;		/* object counted */
	uint32_t count;
	uint64_t bytes;
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
};

/* Whether the field is of each process that uses an object. */
bool total_of_process(enum field_id field);
/* The text of a field of @object, or of @process if it is of that. */
void total_value(struct buf *to, const struct totals *totals, uint32_t object,
		 uint32_t process, enum field_id field);
void total_table(struct buf *to, const struct totals *totals);
void total_json(struct buf *to, const struct totals *totals);

#endif
