/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_FTOK_H
#define CMD_FTOK_H

/* Keys, what has them, and where they come from. */

#include "cli/picture.h"

struct ftok {
	const struct request *req;
	struct view view;
	struct columns columns;
	struct picture picture;
	struct rows rows;	/* objects of this IPC namespace with the key */
	uint32_t key;
};

/* Reads the objects that have ftok->key; a status. */
int ftok_read(struct ftok *ftok);
/* The table of them; nothing if there are none. */
void ftok_objects(struct buf *out, const struct ftok *ftok);
/* The document: the head and the key, then "objects"; and its end. */
void ftok_json_begin(struct json *json, const struct ftok *ftok);
void ftok_json_end(struct json *json, const struct ftok *ftok);
void ftok_json_stat(struct json *json, const struct host_stat *st);

/* ftok_find.c: ftok --find. */
int ftok_find(struct ftok *ftok);

#endif
