// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <strings.h>
#include <sys/stat.h>
#include <wchar.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"

#define WORD_MAX	32u	/* longer ones are no typing errors of ours */

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
	size_t at = 0, size;
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

bool text_unescape(struct buf *buf, const char *text, size_t len)
{
	char *at = buf_room(buf, len);
	size_t nr = 0, i;

	for (i = 0; i < len; i++) {
		if (text[i] != '\\') {
			at[nr++] = text[i];
		} else if (i + 1 < len && text[i + 1] == '\\') {
			at[nr++] = text[++i];
		} else if (i + 3 < len && text[i + 1] == 'x' &&
			   num_digit(text[i + 2]) < 16 && num_digit(text[i + 3]) < 16) {
			at[nr++] = (char)(num_digit(text[i + 2]) << 4 | num_digit(text[i + 3]));
			i += 3;
		} else {
			/* What was not added must not stand behind data[len] either. */
			*at = '\0';
			return false;
		}
	}
	at[nr] = '\0';
	buf->len += nr;
	return true;
}

size_t text_width(const char *data, size_t len)
{
	size_t width = 0, at, size;
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

void text_shell(struct buf *buf, const char *text, size_t len)
{
	static const char taken[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:@%+,=";
	bool quoted = !len || text[0] == '=';
	size_t i;

	for (i = 0; i < len && !quoted; i++)
		quoted = !(text[i] & 0x80) && !memchr(taken, text[i], sizeof(taken) - 1);
	if (!quoted) {
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

static bool text_same_letter(char a, char b)
{
	if (a >= 'A' && a <= 'Z')
		a += 'a' - 'A';
	if (b >= 'A' && b <= 'Z')
		b += 'a' - 'A';
	return a == b;
}

/* Damerau and Levenshtein's, no part edited twice. */
static unsigned int text_distance(const char *a, size_t len_a, const char *b, size_t len_b)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *row = rows[2], *free_row;
	size_t i, j;

	for (j = 0; j <= len_b; j++)
		last[j] = (unsigned int)j;
	for (i = 1; i <= len_a; i++) {
		row[0] = (unsigned int)i;
		for (j = 1; j <= len_b; j++) {
			row[j] = last[j - 1] + !text_same_letter(a[i - 1], b[j - 1]);
			row[j] = MIN(row[j], MIN(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && text_same_letter(a[i - 1], b[j - 2]) &&
			    text_same_letter(a[i - 2], b[j - 1]))
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[len_b];
}

const char *text_nearest(const char *text, word_fn *word, const void *arg, size_t nr)
{
	size_t len = strlen(text);
	unsigned int limit = len < 2 ? 0 : len < 6 ? 1 : len < 9 ? 2 : 3;
	unsigned int best = limit + 1;
	const char *found = NULL, *candidate;
	unsigned int distance;
	size_t i;

	if (!len || len > WORD_MAX)
		return NULL;
	for (i = 0; i < nr; i++) {
		candidate = word(arg, i);
		if (!candidate || strlen(candidate) > WORD_MAX)
			continue;
		distance = text_distance(text, len, candidate, strlen(candidate));
		/* Only begun, but unmistakably. */
		if (len >= 3 && !strncasecmp(text, candidate, len))
			distance = MIN(distance, limit);
		if (distance < best) {
			best = distance;
			found = candidate;
		}
	}
	return found;
}

const char *text_hint(struct hint *hint, const char *typed, word_fn *word, size_t nr,
		      const char *list)
{
	const char *near = text_nearest(typed, word, NULL, nr);

	if (near)
		snprintf(hint->text, sizeof(hint->text), ", perhaps '%s'? All: %s", near, list);
	else
		snprintf(hint->text, sizeof(hint->text), "; all: %s", list);
	return hint->text;
}

const char *text_file_type(uint32_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISFIFO(mode) ? "FIFO" :
	       S_ISSOCK(mode) ? "socket" : S_ISLNK(mode) ? "symbolic link" : "device";
}

const char *text_error(int err)
{
	return err == -ETIMEDOUT ? "its file system does not answer" : strerror(-err);
}
