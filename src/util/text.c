// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <wchar.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"

enum byte_kind { BYTE_PLAIN, BYTE_ESCAPED, BYTE_MULTI };

static const uint8_t byte_kinds[256] = {
	[0x00 ... 0x1f] = BYTE_ESCAPED,
	['\\'] = BYTE_ESCAPED,
	[0x7f] = BYTE_ESCAPED,
	[0x80 ... 0xff] = BYTE_MULTI,
};

/*
 * Beyond ASCII, in order: Unicode's Cc, Cf, Zl, Zp, what is
 * Default_Ignorable_Code_Point, and noncharacters.
 */
static const struct code_range {
	uint32_t first, last;
} unsafe_codes[] = {
	{ 0x80, 0x9f },		/* C1 */
	{ 0xad, 0xad },		/* soft hyphen */
	{ 0x34f, 0x34f },	/* combining grapheme joiner */
	{ 0x600, 0x605 },
	{ 0x61c, 0x61c },	/* Arabic letter mark */
	{ 0x6dd, 0x6dd },
	{ 0x70f, 0x70f },
	{ 0x890, 0x891 },
	{ 0x8e2, 0x8e2 },
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },	/* zero width, LRM, RLM */
	{ 0x2028, 0x202e },	/* separators, embeddings, overrides */
	{ 0x2060, 0x206f },	/* word joiner, isolates, invisible signs */
	{ 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },	/* interlinear annotation */
	{ 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },	/* tags, more variation selectors */
};

static bool text_code_is_unsafe(uint32_t code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unsafe_codes); i++) {
		if (code <= unsafe_codes[i].last)
			return code >= unsafe_codes[i].first;
	}
	return (code & 0xfffe) == 0xfffe;
}

size_t text_decode(const char *data, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)data;
	size_t size, i;

	if (!len)
		return 0;
	*code = at[0];
	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	size = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (len < size)
		return 0;
	*code &= 0x7fu >> size;
	for (i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3f);
	}
	if (*code < least[size] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return size;
}

size_t text_plain(const char *data, size_t len)
{
	size_t at = 0;
	size_t size;
	uint32_t code;

	while (at < len) {
		switch (byte_kinds[(unsigned char)data[at]]) {
		case BYTE_PLAIN:
			at++;
			break;
		case BYTE_ESCAPED:
			return at;
		default:
			size = text_decode(data + at, len - at, &code);
			if (!size || text_code_is_unsafe(code))
				return at;
			at += size;
		}
	}
	return at;
}

bool text_is_unsafe(const char *data, size_t len)
{
	return text_plain(data, len) < len;
}

bool text_is_utf8(const char *data, size_t len)
{
	size_t at, size;
	uint32_t code;

	for (at = 0; at < len; at += size) {
		size = text_decode(data + at, len - at, &code);
		if (!size)
			return false;
	}
	return true;
}

void text_escape(struct buf *buf, const char *data, size_t len)
{
	size_t at, size;
	uint32_t code;

	for (;;) {
		at = text_plain(data, len);
		buf_add(buf, data, at);
		data += at;
		len -= at;
		if (!len)
			return;
		if (*data == '\\') {
			buf_puts(buf, "\\\\");
			size = 1;
		} else {
			size = text_decode(data, len, &code);
			if (!size)
				size = 1;
			for (at = 0; at < size; at++) {
				buf_puts(buf, "\\x");
				buf_hex(buf, (unsigned char)data[at], 2);
			}
		}
		data += size;
		len -= size;
	}
}

static int text_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Length of the escape @text starts with, and the byte it means; 0: bad. */
static size_t text_escape_decode(const char *text, size_t len, char *byte)
{
	int high, low;

	if (len >= 2 && text[1] == '\\') {
		*byte = '\\';
		return 2;
	}
	if (len < 4 || text[1] != 'x')
		return 0;
	high = text_hex_digit(text[2]);
	low = text_hex_digit(text[3]);
	if (high < 0 || low < 0)
		return 0;
	*byte = (char)(high << 4 | low);
	return 4;
}

bool text_unescape(struct buf *buf, const char *text, size_t len)
{
	char *at = buf_room(buf, len);
	size_t nr = 0;
	size_t size, i;

	for (i = 0; i < len; i += size) {
		size = 1;
		if (text[i] != '\\') {
			at[nr++] = text[i];
			continue;
		}
		size = text_escape_decode(text + i, len - i, &at[nr++]);
		if (!size)
			break;
	}
	/* What was not added must not stand behind data[len] either. */
	at[i < len ? 0 : nr] = '\0';
	if (i < len)
		return false;
	buf->len += nr;
	return true;
}

size_t text_width(const char *data, size_t len)
{
	size_t width = 0;
	size_t at, size;
	uint32_t code;
	int columns;

	for (at = 0; at < len; at += size) {
		if (byte_kinds[(unsigned char)data[at]] != BYTE_MULTI) {
			size = 1;
			width++;
			continue;
		}
		size = text_decode(data + at, len - at, &code);
		columns = size ? wcwidth((wchar_t)code) : 1;
		if (!size)
			size = 1;
		width += columns < 0 ? 1 : (size_t)columns;
	}
	return width;
}

static bool text_shell_takes(const char *text, size_t len)
{
	static const char taken[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:@%+,=";
	size_t i;

	if (!len || text[0] == '=')
		return false;
	for (i = 0; i < len; i++) {
		if (!(text[i] & 0x80) && !memchr(taken, text[i], sizeof(taken) - 1))
			return false;
	}
	return true;
}

void text_shell(struct buf *buf, const char *text, size_t len)
{
	size_t i;

	if (text_shell_takes(text, len)) {
		buf_add(buf, text, len);
		return;
	}
	buf_putc(buf, '\'');
	for (i = 0; i < len; i++) {
		if (text[i] == '\'')
			buf_puts(buf, "'\\''");
		else
			buf_putc(buf, text[i]);
	}
	buf_putc(buf, '\'');
}
