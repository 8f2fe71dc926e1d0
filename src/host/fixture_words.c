// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a fixture: words and key=value pairs. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fixture_impl.h"
#include "ipcscope/num.h"
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
	text_safe(&what, text, strlen(text));
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
	if (!text_unsafe(&st->scratch, word->at, word->len))
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

static bool is_num(const struct word *word, uint64_t *num)
{
	return strlen(word->at) == word->len && num_parse(word->at, num);
}

bool statement_num(struct statement *st, const char *what, uint64_t *num)
{
	const struct word *word = statement_word(st, what);

	if (!word)
		return false;
	if (!is_num(word, num))
		return statement_wrong(st, "%s is no number: %s", what, word->at);
	return true;
}

static bool is_errno(const struct word *word, uint64_t *num)
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
	if (!is_errno(word, err))
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

static bool store_num(const struct value *value, void *to, uint64_t num)
{
	char *at = (char *)to + value->offset;
	uint32_t num32 = num;
	uint8_t num8 = num;

	if (value->size < 8 && num >> (value->size * 8))
		return false;
	if (value->size == 8)
		memcpy(at, &num, 8);
	else if (value->size == 4)
		memcpy(at, &num32, 4);
	else
		memcpy(at, &num8, 1);
	return true;
}

static bool store_unsigned(const struct value *value, const struct word *word,
			   void *to)
{
	uint64_t num;

	return is_num(word, &num) && store_num(value, to, num);
}

static bool store_signed(const struct value *value, const struct word *word,
			 void *to)
{
	const char *at = word->at;
	int64_t num;

	if (!num_i64(&at, &num) || at != word->at + word->len)
		return false;
	memcpy((char *)to + value->offset, &num, sizeof(num));
	return true;
}

static bool store_dev(const struct value *value, const struct word *word,
		      void *to)
{
	const char *at = word->at;
	uint64_t major, minor;

	if (!num_u64(&at, &major) || *at++ != ':' || !num_u64(&at, &minor) ||
	    at != word->at + word->len || major > UINT32_MAX ||
	    minor > UINT32_MAX)
		return false;
	return store_num(value, to, makedev(major, minor));
}

static bool store_word(const struct value *value, const struct word *word,
		       void *to)
{
	memcpy((char *)to + value->offset, word, sizeof(*word));
	return true;
}

static bool store_errno(const struct value *value, const struct word *word,
			void *to)
{
	uint64_t num;

	return is_errno(word, &num) && store_num(value, to, num);
}

/* 127.0.0.1:80 or [::1]:80 */
static bool store_address(const struct value *value, const struct word *word,
			  void *to)
{
	struct address address = { .family = AF_INET };
	char *host = word->at, *colon = strrchr(host, ':');
	const char *port = colon ? colon + 1 : "";
	uint64_t num;

	if (!num_u64(&port, &num) || port != word->at + word->len || num > 65535)
		return false;
	*colon = '\0';
	if (*host == '[' && colon[-1] == ']') {
		address.family = AF_INET6;
		colon[-1] = '\0';
		host++;
	}
	address.port = num;
	if (inet_pton(address.family, host, address.bytes) != 1)
		return false;
	memcpy((char *)to + value->offset, &address, sizeof(address));
	return true;
}

bool value_store(const struct value *value, const struct word *word, void *to)
{
	static bool (*const how[])(const struct value *value,
				   const struct word *word, void *to) = {
		[VALUE_NUM]	= store_unsigned,
		[VALUE_SIGNED]	= store_signed,
		[VALUE_DEV]	= store_dev,
		[VALUE_WORD]	= store_word,
		[VALUE_ERRNO]	= store_errno,
		[VALUE_ADDR]	= store_address,
	};

	return how[value->kind](value, word, to);
}

static bool take_value(struct statement *st, struct word *word,
		       const struct value *table, size_t nr, void *to,
		       uint64_t *known)
{
	char *equals = memchr(word->at, '=', word->len);
	struct word text;
	size_t i;

	if (!equals)
		return statement_wrong(st, "not KEY=VALUE: %s", word->at);
	*equals = '\0';
	text = (struct word){ .at = equals + 1,
			      .len = word->len - (equals + 1 - word->at) };
	for (i = 0; i < nr && strcmp(table[i].key, word->at); i++)
		;
	if (i == nr)
		return statement_wrong(st, "unknown here: %s", word->at);
	if (*known & 1ull << i)
		return statement_wrong(st, "%s is there twice", word->at);
	if (!value_store(&table[i], &text, to))
		return statement_wrong(st, "bad value of %s", word->at);
	*known |= 1ull << i;
	return true;
}

bool statement_values(struct statement *st, const struct value *table,
		      size_t nr, void *to, uint64_t *known)
{
	*known = 0;
	while (st->next < st->words.nr) {
		if (!take_value(st, &st->words.at[st->next++], table, nr, to,
				known))
			return false;
	}
	return true;
}

uint32_t word_list_len(const struct word *list)
{
	uint32_t nr = list->len > 0;
	size_t i;

	for (i = 0; i < list->len; i++)
		nr += list->at[i] == ',';
	return nr;
}

bool word_list_num(const struct word *list, uint32_t i, uint64_t *num)
{
	const char *at = list->at, *end = at + list->len;

	for (; at && i; i--) {
		at = memchr(at, ',', end - at);
		if (at)
			at++;
	}
	return at && num_u64(&at, num) && (at == end || *at == ',');
}
