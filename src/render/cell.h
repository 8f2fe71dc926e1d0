/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_CELL_H
#define RENDER_CELL_H

#include "ipcscope/render.h"

/* SGR of what tables colour; NULL: none. */
#define COLOR_STUCK	"31"
#define COLOR_ODD	"33"
#define COLOR_NONE	"2"
#define COLOR_HEADING	"1"

/* What it says, and how urgent that is. */
const char *cell_color(const struct view *view, const struct snapshot *snap,
		       const struct object *obj, enum field_id field);
enum align cell_align(const struct view *view, enum field_id field);
/* The USERS or PEER_USERS of @obj, marks included. */
void cell_users(struct buf *to, const struct snapshot *snap,
		const struct object *obj, enum field_id field,
		uint32_t without, unsigned int room);

/* Formats whose values are for programs. */
static inline bool view_exact(const struct view *view)
{
	return view->format == FORMAT_CSV || view->format == FORMAT_RAW;
}

#endif
