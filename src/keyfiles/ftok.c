// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftok.h"

#include <string.h>

#include "ipcscope/text.h"

uint32_t ftok_key(uint64_t dev, uint64_t ino, uint8_t id)
{
	return (uint32_t)id << 24 | (uint32_t)(dev & 0xff) << 16 | (uint32_t)(ino & 0xffff);
}

bool ftok_fits(uint32_t key, uint64_t dev, uint64_t ino)
{
	return ftok_key(dev, ino, ftok_id(key)) == key;
}

bool ftok_parse_id(const char *text, uint8_t *id)
{
	size_t len = strlen(text);
	uint64_t num;

	if (num_parse(text, &num)) {
		*id = (uint8_t)num;
		return num <= UINT8_MAX;
	}
	if (len == 3 && text[0] == '\'' && text[2] == '\'')
		text++;
	else if (len != 1)
		return false;
	*id = (uint8_t)*text;
	return true;
}

bool ftok_parse_key(const char *text, uint32_t *key)
{
	int64_t negative;
	uint64_t num;

	if (*text == '-') {
		if (!num_i64(&text, &negative) || *text || negative < INT32_MIN)
			return false;
		*key = (uint32_t)negative;
		return true;
	}
	if (!num_parse(text, &num) || num > UINT32_MAX)
		return false;
	*key = (uint32_t)num;
	return true;
}
