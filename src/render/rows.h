/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_ROWS_H
#define RENDER_ROWS_H

#include "ipcscope/json.h"
#include "ipcscope/render.h"
#include "ipcscope/threads.h"

/* What is kept from object to object, so that none needs memory of its own. */
struct json_rows {
	struct json *json;
	const struct snapshot *snap;
	const struct fieldset *fields;	/* [NR_CLASSES] */
	const struct row_annotation *annotation;	/* NULL */
	bool details;
	uint32_t row;		/* for it */
	struct fieldset chosen[NR_CLASSES];
	uint64_t classes;	/* bits: chosen */
	struct users users;
	struct buf ref;
};

void json_row(struct json_rows *rows, const struct object *obj);
void json_rows_free(struct json_rows *rows);

/* The rows of a document. */
struct rows_job {
	const struct view *view;
	const struct snapshot *snap;
	const uint32_t *objects;
	uint32_t nr;
	const char *first;	/* JSON: before the first */
	const char *between;	/* and before the others */
	const struct row_format *format;	/* others */
};

/* All of them in order, by several threads; @put gets the job. */
void rows_put(struct buf *to, const struct rows_job *job, part_fn *put);
void rows_csv(struct buf *to, struct rows_job *job);
void rows_raw(struct buf *to, struct rows_job *job);

#endif
