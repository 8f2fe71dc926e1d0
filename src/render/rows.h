/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_ROWS_H
#define RENDER_ROWS_H

#include "ipcscope/json.h"
#include "ipcscope/render.h"

/* What is kept from object to object, so that none needs memory of its own. */
struct json_rows {
	struct json *json;
	const struct snapshot *snap;
	const struct fieldset *fields;	/* [NR_CLASSES] */
	const struct extra *extra;	/* NULL */
	bool details;
	uint32_t row;		/* for it */
	struct fieldset chosen[NR_CLASSES];
	uint32_t classes;	/* bits: chosen */
	struct users users;
	struct buf ref;
};

void json_row(struct json_rows *rows, const struct object *obj);
void json_rows_free(struct json_rows *rows);

void rows_csv(struct buf *to, const struct view *view,
	      const struct snapshot *snap, const uint32_t *objects,
	      uint32_t nr);
void rows_raw(struct buf *to, const struct view *view,
	      const struct snapshot *snap, const uint32_t *objects,
	      uint32_t nr);

#endif
