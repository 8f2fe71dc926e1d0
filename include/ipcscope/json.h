/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_JSON_H
#define IPCSCOPE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipcscope/buf.h"

/*
 * Writes JSON to a buf as it comes; the commas are its business. Keys are
 * the program's own words and need no escape.
 */
struct json {
	struct buf *to;
	bool comma;		/* something stands before on this level */
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_u64(struct json *json, const char *key, uint64_t num);
void json_i64(struct json *json, const char *key, int64_t num);
void json_bool(struct json *json, const char *key, bool yes);
/* The program's own words. */
void json_text(struct json *json, const char *key, const char *text);
/*
 * Somebody's bytes: as they are if valid UTF-8 (JSON escapes apart), else
 * text_safe() of them.
 */
void json_str(struct json *json, const char *key, const char *data, size_t len);
/* "0x05ce0000" and the like: what @to gets between the quotes needs no escape. */
void json_begin(struct json *json, const char *key);

#endif
