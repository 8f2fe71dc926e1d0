/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REMOVE_READ_JSON_H
#define REMOVE_READ_JSON_H

/* What log and saved copies say. */

#include <jansson.h>

#include "internal.h"

/* "" if there is none. */
const char *json_text_of(struct arena *arena, const json_t *root,
			 const char *key);
/* 0 if there is none. */
int64_t json_num_of(const json_t *root, const char *key);
/* The identity of a target, as log_identity() wrote it; false if that is no
 * such thing. */
bool json_target(struct arena *arena, const json_t *root,
		 struct target *target);
/* The description of what is kept; NULL if it is not whole. */
json_t *saved_load(const struct removal *rm, const char *id);

#endif
