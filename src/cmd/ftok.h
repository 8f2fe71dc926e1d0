/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_FTOK_H
#define CMD_FTOK_H

/* Keys, what has them, and where they come from. */

#include "cli/session.h"

struct ftok {
	struct session session;	/* its rows: objects of this IPC namespace with the key */
	uint32_t key;
	struct host_stat st;	/* of the path that has it, and the ID */
	uint8_t id;
};

/* The table of the objects; nothing if there are none. */
void ftok_objects(struct buf *out, const struct ftok *ftok);
/* The document: the head and the key, then "objects"; and its end. */
void ftok_json_begin(struct json *json, const struct ftok *ftok);
void ftok_json_end(struct json *json, const struct ftok *ftok);
void ftok_json_stat(struct json *json, const struct host_stat *st);

/* ftok_find.c: searches the files, and prints them; a status. */
int ftok_find(struct ftok *ftok);

#endif
