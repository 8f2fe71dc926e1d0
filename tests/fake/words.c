// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a fixture, and the words in them. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/text.h"

#define WHY_ROOM	256

bool statement_wrong(struct statement *st, const char *fmt, ...)
{
	struct buf what = { 0 };
	va_list args;
	char text[WHY_ROOM];

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_escape(&what, text, strlen(text));
	snprintf(st->why, WHY_ROOM, "line %u: %s", st->line,
		 what.len ? what.data : "");
	buf_free(&what);
	return false;
}

/* Ends at a blank that is not in quotes; what is left of it at the front. */
static bool cut_word(char **at, char *end, struct word *word, bool *escaped)
{
	char *from = *at, *to = *at;
	bool quoted = false;

	*escaped = false;
	for (; from < end && (quoted || (*from != ' ' && *from != '\t')); from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		*escaped |= *from == '\\';
		*to++ = *from;
	}
	*word = (struct word){ .at = *at, .len = to - *at };
	*at = from;
	return !quoted;
}

static bool unescape(struct statement *st, struct word *word)
{
	buf_reset(&st->scratch);
	if (!text_unescape(&st->scratch, word->at, word->len))
		return statement_wrong(st, "bad escape in %.*s",
				       (int)word->len, word->at);
	memcpy(word->at, st->scratch.data, st->scratch.len);
	word->len = st->scratch.len;
	return true;
}

static bool cut_line(struct statement *st, char *at, char *end)
{
	struct word *word;
	bool escaped;

	while (at < end) {
		if (*at == ' ' || *at == '\t') {
			at++;
			continue;
		}
		if (*at == '#')
			return true;
		word = vec_add(&st->words);
		if (!cut_word(&at, end, word, &escaped))
			return statement_wrong(st, "quote is not closed");
		if (escaped && !unescape(st, word))
			return false;
		at += at < end;
		word->at[word->len] = '\0';
	}
	return true;
}

int statement_next(struct statement *st)
{
	char *line, *newline;

	do {
		if (st->rest >= st->end)
			return 0;
		line = st->rest;
		newline = memchr(line, '\n', st->end - line);
		st->rest = newline ? newline + 1 : st->end;
		st->line++;
		st->next = 0;
		st->words.nr = 0;
		if (!cut_line(st, line, newline ?: st->end))
			return -1;
	} while (!st->words.nr);
	return 1;
}

struct word *statement_word(struct statement *st, const char *what)
{
	if (st->next < st->words.nr)
		return &st->words.at[st->next++];
	statement_wrong(st, "%s is missing", what);
	return NULL;
}

bool word_num(const struct word *word, uint64_t *num)
{
	return strlen(word->at) == word->len && num_parse(word->at, num);
}

bool statement_num(struct statement *st, const char *what, uint64_t *num)
{
	const struct word *word = statement_word(st, what);

	if (!word)
		return false;
	if (!word_num(word, num))
		return statement_wrong(st, "%s is no number: %s", what, word->at);
	return true;
}

bool word_errno(const struct word *word, uint64_t *num)
{
	const char *name;
	int err;

	for (err = 1; err < 256; err++) {
		name = strerrorname_np(err);
		if (name && !strcmp(name, word->at)) {
			*num = err;
			return true;
		}
	}
	return false;
}

bool statement_errno(struct statement *st, uint64_t *err)
{
	const struct word *word = statement_word(st, "error");

	if (!word)
		return false;
	if (!word_errno(word, err))
		return statement_wrong(st, "no such error: %s", word->at);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool statement_hex(struct statement *st, const char *what, struct word *bytes)
{
	const struct word *word = statement_word(st, what);
	size_t i;
	int high, low;

	if (!word)
		return false;
	*bytes = (struct word){ .at = word->at, .len = word->len / 2 };
	for (i = 0; i < word->len; i += 2) {
		high = hex_digit(word->at[i]);
		low = hex_digit(word->at[i + 1]);
		if (high < 0 || low < 0)
			return statement_wrong(st, "%s is not in hex", what);
		bytes->at[i / 2] = high << 4 | low;
	}
	return true;
}

bool statement_end(struct statement *st)
{
	if (st->next == st->words.nr)
		return true;
	return statement_wrong(st, "one word too many: %s",
			       st->words.at[st->next].at);
}

uint32_t word_list_len(const struct word *list)
{
	uint32_t nr = list->len > 0;
	size_t i;

	for (i = 0; i < list->len; i++)
		nr += list->at[i] == ',';
	return nr;
}

bool word_list_next(const char **at, uint64_t *num)
{
	if (!num_u64(at, num))
		return false;
	if (**at == ',')
		(*at)++;
	return true;
}
