/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_OBJECT_JSON_H
#define RENDER_OBJECT_JSON_H

#include "ipcscope/json.h"
#include "ipcscope/render.h"

/* Which fields the JSON of an object has, by class. */
struct object_keys {
	struct fieldset of[NR_CLASSES];
	bool details;
};

void object_keys_init(struct object_keys *keys, const struct view *view);
/* The keys of an object, without its braces. */
void object_json(struct json *json, const struct object_keys *keys,
		 const struct snapshot *snap, const struct object *obj);

#endif
