// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of /proc/PID/maps. */

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "host.h"
#include "ipcscope/num.h"

size_t host_link_name(const char *name, size_t len, bool *deleted)
{
	static const char mark[] = " (deleted)";
	const size_t mark_len = sizeof(mark) - 1;

	*deleted = len > mark_len &&
		   !memcmp(name + len - mark_len, mark, mark_len);
	return *deleted ? len - mark_len : len;
}

void host_end_name(struct host_vma *vma, char *name, size_t len)
{
	vma->len = host_link_name(name, len, &vma->deleted);
	vma->name = name;
	name[vma->len] = '\0';
}

static bool vma_take(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool vma_take_flag(const char **text, char set, bool *on)
{
	*on = **text == set;
	if (!*on && **text != '-')
		return false;
	(*text)++;
	return true;
}

static bool vma_parse_access(const char **text, struct host_vma *vma)
{
	static const char letters[] = "rwx";
	const char *at = *text;
	bool on;
	int i;

	vma->access = 0;
	for (i = 0; letters[i]; i++) {
		if (!vma_take_flag(&at, letters[i], &on))
			return false;
		vma->access |= on << i;
	}
	vma->shared = *at == 's';
	if (*at != 's' && *at != 'p')
		return false;
	*text = at + 1;
	return true;
}

static bool vma_parse_numbers(const char **text, struct host_vma *vma)
{
	uint64_t major, minor;

	if (!num_hex(text, &vma->start) || !vma_take(text, '-') ||
	    !num_hex(text, &vma->end) || !vma_take(text, ' ') ||
	    !vma_parse_access(text, vma) || !vma_take(text, ' ') ||
	    !num_hex(text, &vma->offset) || !vma_take(text, ' ') ||
	    !num_hex(text, &major) || !vma_take(text, ':') ||
	    !num_hex(text, &minor) || !vma_take(text, ' ') ||
	    !num_u64(text, &vma->ino))
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
	if (!newline || !vma_parse_numbers(&line, vma) || (*line != ' ' && line != newline))
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
static size_t vma_decode_name(const char *from, size_t len, char *to)
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
static void vma_copy_name(struct host_maps *maps, struct host_vma *vma)
{
	if (vma->len >= PATH_MAX) {
		vma->len = 0;
		vma->deleted = false;
	}
	vma->len = vma_decode_name(vma->name, vma->len, maps->name);
	vma->name = maps->name;
}

/* What the text says at @*pos, which moves on behind it. */
static int vma_text_vma(struct host_maps *maps, uint64_t *pos, struct host_vma *vma)
{
	const char *at = maps->text.data + *pos;
	int ret;

	ret = host_parse_vma(&at, maps->text.data + maps->text.len, vma);
	*pos = at - maps->text.data;
	return ret;
}

int host_next_in_text(struct host_maps *maps, struct host_vma *vma)
{
	int ret;

	do {
		ret = vma_text_vma(maps, &maps->next, vma);
	} while (ret > 0 && !(vma->shared && (vma->ino || vma->dev)));
	if (ret > 0)
		vma_copy_name(maps, vma);
	return ret;
}

int host_find_in_text(struct host_maps *maps, uint64_t addr, struct host_vma *vma)
{
	uint64_t pos = 0;
	int ret;

	do {
		ret = vma_text_vma(maps, &pos, vma);
	} while (ret == -EBADMSG || (ret > 0 && vma->end <= addr));
	if (ret <= 0 || vma->start > addr)
		return 0;
	vma_copy_name(maps, vma);
	return 1;
}
