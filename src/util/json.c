// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

void json_begin(struct json *json, const char *key)
{
	size_t len = key ? strlen(key) : 0;
	char *at = buf_room(json->to, len + 4);
	char *start = at;

	if (json->comma)
		*at++ = ',';
	json->comma = true;
	if (key) {
		*at++ = '"';
		memcpy(at, key, len);
		at += len;
		*at++ = '"';
		*at++ = ':';
	}
	*at = '\0';
	json->to->len += (size_t)(at - start);
}

void json_open(struct json *json, const char *key, char bracket)
{
	json_begin(json, key);
	buf_putc(json->to, bracket);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	buf_putc(json->to, bracket);
	json->comma = true;
}

void json_u64(struct json *json, const char *key, uint64_t num)
{
	json_begin(json, key);
	buf_u64(json->to, num);
}

void json_i64(struct json *json, const char *key, int64_t num)
{
	json_begin(json, key);
	buf_i64(json->to, num);
}

void json_bool(struct json *json, const char *key, bool yes)
{
	json_begin(json, key);
	buf_puts(json->to, yes ? "true" : "false");
}

void json_hex(struct json *json, const char *key, uint64_t num, unsigned int digits)
{
	json_begin(json, key);
	buf_add(json->to, "\"0x", 3);
	buf_hex(json->to, num, digits);
	buf_putc(json->to, '"');
}

void json_text(struct json *json, const char *key, const char *text)
{
	json_begin(json, key);
	buf_putc(json->to, '"');
	buf_puts(json->to, text);
	buf_putc(json->to, '"');
}

/* The quote is plain to text_escape(), but not here. */
static void json_plain(struct buf *to, const char *data, size_t len)
{
	const char *quote;
	size_t before;

	while (len && (quote = memchr(data, '"', len))) {
		before = (size_t)(quote - data);
		buf_add(to, data, before);
		buf_add(to, "\\\"", 2);
		data += before + 1;
		len -= before + 1;
	}
	buf_add(to, data, len);
}

static void json_unit(struct buf *to, uint32_t unit)
{
	buf_add(to, "\\u", 2);
	buf_hex(to, unit, 4);
}

static void json_exact(struct buf *to, const char *data, size_t len)
{
	uint32_t code;
	size_t nr;

	for (;;) {
		nr = text_plain(data, len);
		json_plain(to, data, nr);
		data += nr;
		len -= nr;
		nr = text_decode(data, len, &code);
		if (!nr)
			return;
		if (code == '\\') {
			buf_add(to, "\\\\", 2);
		} else if (code < 0x10000) {
			json_unit(to, code);
		} else {
			json_unit(to, 0xd800 + ((code - 0x10000) >> 10));
			json_unit(to, 0xdc00 + ((code - 0x10000) & 0x3ff));
		}
		data += nr;
		len -= nr;
	}
}

void json_str(struct json *json, const char *key, const char *data, size_t len)
{
	struct buf safe = {};

	json_begin(json, key);
	buf_putc(json->to, '"');
	if (text_is_utf8(data, len)) {
		json_exact(json->to, data, len);
	} else {
		text_escape(&safe, data, len);
		json_exact(json->to, safe.data, safe.len);
		buf_free(&safe);
	}
	buf_putc(json->to, '"');
}

void json_bytes(struct json *json, const char *key, const char *data, size_t len)
{
	size_t i;

	json_str(json, key, data, len);
	if (text_is_utf8(data, len))
		return;
	buf_printf(json->to, ",\"%s_hex\":\"", key);
	for (i = 0; i < len; i++)
		buf_hex(json->to, (unsigned char)data[i], 2);
	buf_putc(json->to, '"');
}
