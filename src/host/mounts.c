// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of /proc/PID/mountinfo. */

#include <string.h>

#include "host.h"

struct span {
	const char *at;
	size_t len;
};

/* The next word of a line, which moves on behind it. */
static struct span mounts_next_word(const char **line, const char *end)
{
	struct span word;

	while (*line < end && **line == ' ')
		(*line)++;
	word.at = *line;
	while (*line < end && **line != ' ')
		(*line)++;
	word.len = *line - word.at;
	return word;
}

static bool mounts_is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Undoes the \040 and the like of mangle_path(). */
static void mounts_decode_path(struct span word, struct buf *path)
{
	const char *at = word.at, *end = word.at + word.len;

	buf_reset(path);
	while (at < end) {
		if (*at == '\\' && end - at > 3 && mounts_is_octal(at[1]) &&
		    mounts_is_octal(at[2]) && mounts_is_octal(at[3])) {
			buf_putc(path, (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 4;
		} else {
			buf_putc(path, *at++);
		}
	}
}

/* The mount point is the fifth word, the type the first after a lone "-". */
static bool mounts_parse_mount(const char *line, const char *end, struct buf *type,
			       struct buf *path)
{
	struct span word, place = { 0 };
	int i;

	for (i = 0; i < 5; i++)
		place = mounts_next_word(&line, end);
	do {
		word = mounts_next_word(&line, end);
	} while (word.len && !(word.len == 1 && *word.at == '-'));
	word = mounts_next_word(&line, end);
	if (!place.len || !word.len)
		return false;
	buf_reset(type);
	buf_add(type, word.at, word.len);
	mounts_decode_path(place, path);
	return true;
}

bool host_parse_mount(const char **text, const char *end, struct buf *type, struct buf *path)
{
	const char *line, *newline;

	while (*text < end) {
		line = *text;
		newline = memchr(line, '\n', end - line);
		*text = newline ? newline + 1 : end;
		if (mounts_parse_mount(line, newline ?: end, type, path))
			return true;
	}
	return false;
}

bool host_next_mount(const char **text, const char *end, const char *type, struct buf *path)
{
	struct buf found = { 0 };
	bool any;

	do {
		any = host_parse_mount(text, end, &found, path);
	} while (any && strcmp(found.data, type) != 0);
	buf_free(&found);
	return any;
}
