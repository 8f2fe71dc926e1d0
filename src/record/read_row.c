// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of a JSON object that may be anything. */
#include <limits.h>
#include <stdarg.h>

#include "ipcscope/text.h"
#include "rows.h"

#define WORD_MAX	32

bool read_fail(struct reader *reader, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(reader->why, 256, "line %llu: %s", (unsigned long long)reader->line, text);
	return false;
}

static bool read_row_number(struct reader *reader, const json_t *value, const char *key,
			    int64_t min, uint64_t max, uint64_t *num)
{
	const char *text = json_string_value(value);
	json_int_t wide = json_integer_value(value);

	*num = (uint64_t)wide;
	if (json_is_integer(value) && wide >= min && (wide < 0 || *num <= max))
		return true;
	/* Only what jansson cannot read as a number is text. */
	if (text && num_u64(&text, num) && !*text && *num > INT64_MAX && *num <= max)
		return true;
	return read_fail(reader, "%s is no number that fits", key);
}

static bool read_row_hex(struct reader *reader, const json_t *value, const char *key,
			 const struct str **str)
{
	const char *text = json_string_value(value);
	size_t len = text ? json_string_length(value) : 0;
	struct buf bytes = {};
	size_t i;

	for (i = 0; i + 1 < len; i += 2) {
		const char digits[3] = { text[i], text[i + 1], '\0' }, *at = digits;
		uint64_t byte;

		if (!num_hex(&at, &byte) || *at)
			break;
		buf_putc(&bytes, (char)byte);
	}
	if (text && i == len)
		*str = arena_str(&reader->snap->arena, bytes.data, bytes.len);
	buf_free(&bytes);
	return (text && i == len) || read_fail(reader, "%s_hex is not in hexadecimal", key);
}

static bool read_row_str(struct reader *reader, const json_t *in, const char *key,
			 uint64_t *num)
{
	const json_t *value = json_object_get(in, key);
	const struct str *str = NULL;
	char key_hex[WORD_MAX + 5];

	if (value && !json_is_string(value))
		return read_fail(reader, "%s is no text", key);
	if (value)
		str = arena_str(&reader->snap->arena, json_string_value(value),
				json_string_length(value));
	snprintf(key_hex, sizeof(key_hex), "%s_hex", key);
	if (!value && json_object_get(in, key_hex) &&
	    !read_row_hex(reader, json_object_get(in, key_hex), key, &str))
		return false;
	*num = (uintptr_t)str;
	return true;
}

/* The program's own words are printed as they are: nothing else may pass for
 * one. */
static const char *read_row_word(struct reader *reader, const json_t *value,
				 const char *key)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *word = json_string_value(value);
	size_t len = json_string_length(value);

	if (word && len && len <= WORD_MAX && strspn(word, allowed) == len)
		return word;
	read_fail(reader, "%s is no word", key);
	return NULL;
}

static unsigned int read_row_find(const struct record_words *words, const char *word)
{
	unsigned int i;

	for (i = 0; word && i < words->nr; i++) {
		const char *known = words->word(i);

		if (known && !strcmp(known, word))
			return i;
	}
	return words->nr;
}

static bool read_row_bits(struct reader *reader, const json_t *value,
			  const struct record_row *row, uint64_t *bits)
{
	const json_t *word;
	unsigned int bit;
	size_t i;

	if (!json_is_array(value))
		return read_fail(reader, "%s is no list", row->key);
	json_array_foreach(value, i, word) {
		bit = read_row_find(row->words, json_string_value(word));
		if (bit < row->words->nr)
			bits[bit / 64] |= 1ull << bit % 64;
	}
	return true;
}

static bool read_row_errno(struct reader *reader, const json_t *value,
			   const struct record_row *row, uint64_t *num)
{
	const char *text = json_string_value(value), *name;

	if (!text)
		return read_row_number(reader, value, row->key, 0, row->max, num);
	for (*num = 1; *num <= row->max; ++*num) {
		name = strerrorname_np((int)*num);
		if (name && !strcmp(name, text))
			return true;
	}
	return read_fail(reader, "errno is none that is known here");
}

static bool read_row_sem(struct reader *reader, const json_t *value, struct sem *sem)
{
	static const int64_t max[] = { INT_MAX, INT_MAX, UINT32_MAX, UINT32_MAX };
	int64_t num[ARRAY_SIZE(max)] = {};
	size_t i;

	sem->detailed = json_array_size(value) == ARRAY_SIZE(max);
	for (i = 0; i < (sem->detailed ? ARRAY_SIZE(max) : 1); i++) {
		const json_t *part = sem->detailed ? json_array_get(value, i) : value;

		num[i] = json_integer_value(part);
		if (!json_is_integer(part))
			return read_fail(reader, "a semaphore is no number and no 4 of them");
		if (num[i] < 0 || num[i] > max[i])
			return read_fail(reader, "a semaphore has a number that cannot be");
	}
	sem->value = (uint32_t)num[0];
	sem->pid = (pid_t)num[1];
	sem->ncnt = (uint32_t)num[2];
	sem->zcnt = (uint32_t)num[3];
	return true;
}

static bool read_row_sems(struct reader *reader, const json_t *value, const char *key,
			  uint64_t *num)
{
	const size_t nr = json_array_size(value);
	struct sems *sems = arena_alloc(&reader->snap->arena,
					sizeof(*sems) + nr * sizeof(sems->sem[0]));
	size_t i;

	if (!json_is_array(value))
		return read_fail(reader, "%s is no list", key);
	sems->nr = (uint32_t)nr;
	for (i = 0; i < nr; i++) {
		if (!read_row_sem(reader, json_array_get(value, i), &sems->sem[i]))
			return false;
	}
	*num = (uintptr_t)sems;
	return true;
}

static bool read_row_value(struct reader *reader, const json_t *value,
			   const struct record_row *row, uint64_t *num)
{
	enum class_id class;
	const char *word;

	switch (row->type) {
	case RECORD_BOOL:
		*num = json_is_true(value);
		return json_is_boolean(value) ||
		       read_fail(reader, "%s is neither true nor false", row->key);
	case RECORD_TEXT:
		word = read_row_word(reader, value, row->key);
		if (word)
			*num = (uintptr_t)arena_str(&reader->snap->arena, word,
						    strlen(word))->data;
		return word;
	case RECORD_WORD:
		word = read_row_word(reader, value, row->key);
		*num = read_row_find(row->words, word);
		if (word && *num == row->words->nr && row->words->unknown)
			return read_fail(reader, "%s", row->words->unknown);
		return word;
	case RECORD_BITS:
		return read_row_bits(reader, value, row, num);
	case RECORD_ERRNO:
		return read_row_errno(reader, value, row, num);
	case RECORD_SEMS:
		return read_row_sems(reader, value, row->key, num);
	case RECORD_BY_CLASS:
		for (class = 0; class < NR_CLASSES; class++) {
			const char *key = class_infos[class]->name;
			const json_t *number = json_object_get(value, key);

			if (number && !read_row_number(reader, number, key, 0, UINT64_MAX,
						       &num[class]))
				return false;
		}
		return true;
	default:
		return read_row_number(reader, value, row->key, row->min, row->max, num);
	}
}

bool read_row(struct reader *reader, const json_t *in, const struct record_row *row,
	      void *line)
{
	const json_t *value = json_object_get(in, row->key);
	void *member = (char *)line + row->offset;
	uint64_t num[NR_CLASSES] = { row->usual };	/* the longest member */

	if (row->type == RECORD_STR ? !read_row_str(reader, in, row->key, num) :
	    value && !read_row_value(reader, value, row, num))
		return false;
	switch (row->size) {
	case 1:
		*(uint8_t *)member = (uint8_t)*num;
		return true;
	case 2:
		*(uint16_t *)member = (uint16_t)*num;
		return true;
	case 4:
		*(uint32_t *)member = (uint32_t)*num;
		return true;
	default:
		memcpy(member, num, row->size);
		return true;
	}
}

bool read_rows(struct reader *reader, const json_t *in, enum record_line kind, void *line)
{
	const struct record_row *row = record_kinds[kind].rows;

	while (row->key && read_row(reader, in, row, line))
		row++;
	return !row->key;
}
