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
void users_put(struct buf *to, const struct snapshot *snap,
	       const struct object *obj, enum field_id field,
	       uint32_t without, unsigned int room);

#endif
