// SPDX-License-Identifier: GPL-2.0-or-later
/* Members of a JSON object that may be anything. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "values.h"

#define WORD_MAX	32
#define ERRNO_MAX	4095	/* the kernel's MAX_ERRNO */

bool reader_fail(struct reader *reader, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(reader->why, 256, "line %llu: %s",
		 (unsigned long long)reader->line, text);
	return false;
}

static bool as_u64(const json_t *value, uint64_t max, uint64_t *num)
{
	const char *text;

	if (json_is_integer(value)) {
		if (json_integer_value(value) < 0)
			return false;
		*num = (uint64_t)json_integer_value(value);
		return *num <= max;
	}
	text = json_string_value(value);
	return text && num_u64(&text, num) && !*text && record_is_big(*num) &&
	       *num <= max;
}

bool get_u64(struct reader *reader, const json_t *in, const char *key,
	     uint64_t max, uint64_t *num)
{
	const json_t *value = json_object_get(in, key);

	if (!value || as_u64(value, max, num))
		return true;
	return reader_fail(reader, "%s is no number that fits", key);
}

bool get_u32(struct reader *reader, const json_t *in, const char *key,
	     uint32_t max, uint32_t *num)
{
	uint64_t wide = *num;

	if (!get_u64(reader, in, key, max, &wide))
		return false;
	*num = (uint32_t)wide;
	return true;
}

bool get_i64(struct reader *reader, const json_t *in, const char *key,
	     int64_t min, int64_t max, int64_t *num)
{
	const json_t *value = json_object_get(in, key);

	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max)
		return reader_fail(reader, "%s is no number that fits", key);
	*num = json_integer_value(value);
	return true;
}

bool get_pid(struct reader *reader, const json_t *in, const char *key,
	     pid_t *pid)
{
	int64_t wide = *pid;

	if (!get_i64(reader, in, key, 0, INT_MAX, &wide))
		return false;
	*pid = (pid_t)wide;
	return true;
}

bool get_bool(struct reader *reader, const json_t *in, const char *key,
	      bool *yes)
{
	const json_t *value = json_object_get(in, key);

	if (!value)
		return true;
	if (!json_is_boolean(value))
		return reader_fail(reader, "%s is neither true nor false", key);
	*yes = json_is_true(value);
	return true;
}

/* Digits of one byte. */
static bool hex_byte(const char *text, uint64_t *byte)
{
	char digits[3] = { text[0], text[1], '\0' };
	const char *at = digits;

	return num_hex(&at, byte) && !*at;
}

static bool get_hex(struct reader *reader, const json_t *value,
		    const char *key, const struct str **str)
{
	const char *text = json_string_value(value);
	size_t len = text ? json_string_length(value) : 0;
	struct buf bytes = {};
	uint64_t byte = 0;
	size_t i;

	for (i = 0; i + 1 < len && hex_byte(text + i, &byte); i += 2)
		buf_putc(&bytes, (char)byte);
	if (text && i == len)
		*str = arena_str(&reader->snap->arena, bytes.data, bytes.len);
	buf_free(&bytes);
	if (text && i == len)
		return true;
	return reader_fail(reader, "%s_hex is not in hexadecimal", key);
}

bool get_str(struct reader *reader, const json_t *in, const char *key,
	     const struct str **str)
{
	const json_t *value = json_object_get(in, key);
	char key_hex[WORD_MAX + 5];

	if (value) {
		if (!json_is_string(value))
			return reader_fail(reader, "%s is no text", key);
		*str = arena_str(&reader->snap->arena,
				 json_string_value(value),
				 json_string_length(value));
		return true;
	}
	snprintf(key_hex, sizeof(key_hex), "%s_hex", key);
	value = json_object_get(in, key_hex);
	return !value || get_hex(reader, value, key, str);
}

/* Our own words are printed as they are: nothing else may pass for one. */
static bool is_word(const char *text, size_t len)
{
	size_t i;

	if (!len || len > WORD_MAX)
		return false;
	for (i = 0; i < len; i++) {
		if ((text[i] < 'a' || text[i] > 'z') &&
		    (text[i] < '0' || text[i] > '9') &&
		    text[i] != '-' && text[i] != '_')
			return false;
	}
	return true;
}

bool get_word(struct reader *reader, const json_t *in, const char *key,
	      const char **word)
{
	const json_t *value = json_object_get(in, key);

	*word = NULL;
	if (!value)
		return true;
	if (!json_is_string(value) ||
	    !is_word(json_string_value(value), json_string_length(value)))
		return reader_fail(reader, "%s is no word", key);
	*word = json_string_value(value);
	return true;
}

bool get_array(struct reader *reader, const json_t *in, const char *key,
	       const json_t **array)
{
	*array = json_object_get(in, key);
	if (!*array || json_is_array(*array))
		return true;
	return reader_fail(reader, "%s is no list", key);
}

bool get_errno(struct reader *reader, const json_t *in, int *err)
{
	const json_t *value = json_object_get(in, "errno");
	const char *text = json_string_value(value);
	int64_t num = 0;
	int i;

	*err = 0;
	if (!text) {
		if (!get_i64(reader, in, "errno", 0, ERRNO_MAX, &num))
			return false;
		*err = (int)num;
		return true;
	}
	for (i = 1; i <= ERRNO_MAX; i++) {
		const char *name = strerrorname_np(i);

		if (name && !strcmp(name, text)) {
			*err = i;
			return true;
		}
	}
	return reader_fail(reader, "errno is none that is known here");
}
