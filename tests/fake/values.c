// SPDX-License-Identifier: GPL-2.0-or-later
/* The key=value pairs of a fixture. */

#include <arpa/inet.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/text.h"

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

	return word_num(word, &num) && store_num(value, to, num);
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

	return word_errno(word, &num) && store_num(value, to, num);
}

/* 127.0.0.1:80 or [::1]:80 */
static bool store_address(const struct value *value, const struct word *word,
			  void *to)
{
	struct address address = { .family = AF_INET };
	char *host = word->at, *colon = strrchr(host, ':');
	const char *port;
	uint64_t num;

	if (!colon)
		return false;
	port = colon + 1;
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
	for (i = 0; i < nr && strcmp(table[i].key, word->at) != 0; i++)
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
