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

/* @key is NULL in an array, here and below. @bracket: '{' or '['; '}' or ']'. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_u64(struct json *json, const char *key, uint64_t num);
void json_i64(struct json *json, const char *key, int64_t num);
void json_bool(struct json *json, const char *key, bool yes);
/* "0x05ce0000", of at least @digits. */
void json_hex(struct json *json, const char *key, uint64_t num, unsigned int digits);
/* The program's own words. */
void json_text(struct json *json, const char *key, const char *text);
/*
 * Somebody's bytes: exactly, if valid UTF-8 (with \uXXXX for what text_escape()
 * would escape), else text_escape() of them.
 */
void json_str(struct json *json, const char *key, const char *data, size_t len);
/* The same, and if that is not all of it the exact bytes as KEY_hex. */
void json_bytes(struct json *json, const char *key, const char *data, size_t len);
/* The comma and the key; the caller then adds one whole value to @to, quotes
 * included ("0x05ce0000" and the like). */
void json_begin(struct json *json, const char *key);

#endif
