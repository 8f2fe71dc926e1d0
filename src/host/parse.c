// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of /proc/PID/maps and /proc/PID/mountinfo. */

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "host.h"
#include "ipcscope/text.h"

static bool parse_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool parse_access(const char **text, struct host_vma *vma)
{
	static const char letters[] = "rwx";
	const char *at = *text;
	int i;

	vma->access = 0;
	for (i = 0; letters[i]; i++, at++) {
		if (*at == letters[i])
			vma->access |= 1 << i;
		else if (*at != '-')
			return false;
	}
	vma->shared = *at == 's';
	if (*at != 's' && *at != 'p')
		return false;
	*text = at + 1;
	return true;
}

static bool parse_numbers(const char **text, struct host_vma *vma)
{
	uint64_t major, minor;

	if (!num_hex(text, &vma->start) || !parse_char(text, '-') ||
	    !num_hex(text, &vma->end) || !parse_char(text, ' ') ||
	    !parse_access(text, vma) || !parse_char(text, ' ') ||
	    !num_hex(text, &vma->offset) || !parse_char(text, ' ') ||
	    !num_hex(text, &major) || !parse_char(text, ':') ||
	    !num_hex(text, &minor) || !parse_char(text, ' ') || !num_u64(text, &vma->ino))
		return false;
	if (major > UINT32_MAX || minor > UINT32_MAX || vma->start >= vma->end)
		return false;
	vma->dev = makedev(major, minor);
	return true;
}

int host_parse_vma(const char **text, const char *end, struct host_vma *vma)
{
	const char *line = *text, *newline;

	if (line >= end)
		return 0;
	newline = memchr(line, '\n', end - line);
	*text = newline ? newline + 1 : end;
	*vma = (struct host_vma){ .name = "" };
	if (!newline || !parse_numbers(&line, vma) || (*line != ' ' && line != newline))
		return -EBADMSG;
	while (*line == ' ')
		line++;
	if (memchr(line, '\0', newline - line))
		return -EBADMSG;
	vma->name = line;
	vma->len = host_link_name(line, newline - line, &vma->deleted);
	return 1;
}

/* Newlines, which seq_path() writes as \012. */
static size_t parse_decode_name(const char *from, size_t len, char *to)
{
	static const char newline[] = "\\012";
	const size_t escape = sizeof(newline) - 1;
	const char *end = from + len;
	char *start = to;

	while (from < end) {
		if ((size_t)(end - from) >= escape && !memcmp(from, newline, escape)) {
			*to++ = '\n';
			from += escape;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return to - start;
}

/* A name longer than a path may be is left out, as the query does. */
static void parse_copy_name(struct host_maps *maps, struct host_vma *vma)
{
	if (vma->len >= PATH_MAX) {
		vma->len = 0;
		vma->deleted = false;
	}
	vma->len = parse_decode_name(vma->name, vma->len, maps->name);
	vma->name = maps->name;
}

/* What the text says at @*pos, which moves on behind it. */
static int parse_next_vma(struct host_maps *maps, uint64_t *pos, struct host_vma *vma)
{
	const char *at = maps->text.data + *pos;
	int ret = host_parse_vma(&at, maps->text.data + maps->text.len, vma);

	*pos = at - maps->text.data;
	return ret;
}

int host_next_in_text(struct host_maps *maps, struct host_vma *vma)
{
	int ret;

	do {
		ret = parse_next_vma(maps, &maps->next, vma);
	} while (ret > 0 && !((vma->ino || vma->dev) &&
			      (vma->shared || (maps->private && !major(vma->dev)))));
	if (ret > 0)
		parse_copy_name(maps, vma);
	return ret;
}

int host_find_in_text(struct host_maps *maps, uint64_t addr, struct host_vma *vma)
{
	uint64_t pos = 0;
	int ret;

	do {
		ret = parse_next_vma(maps, &pos, vma);
	} while (ret == -EBADMSG || (ret > 0 && vma->end <= addr));
	if (ret <= 0 || vma->start > addr)
		return 0;
	parse_copy_name(maps, vma);
	return 1;
}

struct span {
	const char *at;
	size_t len;
};

/* The next word of a line, which moves on behind it. */
static struct span parse_next_word(const char **line, const char *end)
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

/* Undoes the \040 and the like of mangle_path(). */
static void parse_decode_path(struct span word, struct buf *path)
{
	const char *at = word.at, *end = word.at + word.len;

	buf_reset(path);
	while (at < end) {
		/* Octal digits differ in their last three bits alone. */
		if (*at == '\\' && end - at > 3 && (at[1] & ~7) == '0' &&
		    (at[2] & ~7) == '0' && (at[3] & ~7) == '0') {
			buf_putc(path, (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 4;
		} else {
			buf_putc(path, *at++);
		}
	}
}

/* The mount point is the fifth word, the type the first after a lone "-". */
static bool parse_mount_line(const char *line, const char *end, struct buf *type,
			     struct buf *path)
{
	struct span word, place = { 0 };
	int i;

	for (i = 0; i < 5; i++)
		place = parse_next_word(&line, end);
	do {
		word = parse_next_word(&line, end);
	} while (word.len && !(word.len == 1 && *word.at == '-'));
	word = parse_next_word(&line, end);
	if (!place.len || !word.len)
		return false;
	buf_reset(type);
	buf_add(type, word.at, word.len);
	parse_decode_path(place, path);
	return true;
}

bool host_parse_mount(const char **text, const char *end, struct buf *type, struct buf *path)
{
	const char *line, *newline;

	while (*text < end) {
		line = *text;
		newline = memchr(line, '\n', end - line);
		*text = newline ? newline + 1 : end;
		if (parse_mount_line(line, newline ?: end, type, path))
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
