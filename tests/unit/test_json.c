// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

static void commas_are_its_business(void **state)
{
	struct buf buf = {};
	struct json json = { .to = &buf };

	(void)state;
	json_open(&json, NULL, '{');
	json_text(&json, "ipcscope", "0.1.0");
	json_u64(&json, "schema", 1);
	json_open(&json, "objects", '[');
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_open(&json, NULL, '{');
	json_i64(&json, "op", -1);
	json_bool(&json, "alive", false);
	json_close(&json, '}');
	json_u64(&json, NULL, 7);
	json_bool(&json, NULL, true);
	json_close(&json, ']');
	json_open(&json, "warnings", '[');
	json_close(&json, ']');
	json_begin(&json, "key");
	buf_puts(&buf, "\"0x05ce0000\"");
	json_u64(&json, "last", UINT64_MAX);
	json_close(&json, '}');
	assert_string_equal(buf.data,
			    "{\"ipcscope\":\"0.1.0\",\"schema\":1,\"objects\":[{},"
			    "{\"op\":-1,\"alive\":false},7,true],\"warnings\":[],"
			    "\"key\":\"0x05ce0000\",\"last\":18446744073709551615}");
	buf_free(&buf);
}

static void assert_string(const char *data, size_t len, const char *expect)
{
	struct buf buf = {};
	struct json json = { .to = &buf };

	json_str(&json, NULL, data, len);
	assert_string_equal(buf.data, expect);
	buf_free(&buf);
}
#define STRING(data, expect)	assert_string(data, sizeof(data) - 1, expect)

static void escapes_strings(void **state)
{
	(void)state;
	STRING("", "\"\"");
	STRING("/psm", "\"/psm\"");
	STRING("\"a\"\"", "\"\\\"a\\\"\\\"\"");
	STRING("a\\b", "\"a\\\\b\"");
	STRING("\x1b[2J\n", "\"\\u001b[2J\\u000a\"");
	STRING("a\0b", "\"a\\u0000b\"");
	STRING("gr\u00fc\u00df", "\"gr\u00fc\u00df\"");
	STRING("\u202e\xc2\x9b", "\"\\u202e\\u009b\"");
	STRING("\U000e0041", "\"\\udb40\\udc41\"");
	/* Not UTF-8: as text_safe() has it. */
	STRING("a\xff\"\n", "\"a\\\\xff\\\"\\\\x0a\"");
}

/* A reader gets the bytes back, or else their escaped form. */
static void law_a_reader_gets_it_back(void **state)
{
	static const char likely[] = "a\"\\\n\xc2\x80\xe2\x81\xa6\xf3\xa0\x81";
	struct buf buf = {}, expect = {};
	struct json json = { .to = &buf };
	uint32_t seed = 7, i;
	json_t *value;
	char data[12];
	size_t len, j;

	(void)state;
	for (i = 0; i < 50000; i++) {
		seed = seed * 1664525 + 1013904223;
		len = (seed >> 8) % sizeof(data);
		for (j = 0; j < len; j++) {
			seed = seed * 1664525 + 1013904223;
			data[j] = likely[(seed >> 8) % sizeof(likely)];
		}
		buf_reset(&buf);
		buf_reset(&expect);
		json.comma = false;
		json_str(&json, NULL, data, len);
		if (text_is_utf8(data, len))
			buf_add(&expect, data, len);
		else
			text_escape(&expect, data, len);
		value = json_loadb(buf.data, buf.len,
				   JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(value);
		assert_int_equal(json_string_length(value), expect.len);
		assert_memory_equal(json_string_value(value), expect.data,
				    expect.len);
		/* And nothing in it moves a cursor. */
		for (j = 0; j < buf.len; j++)
			assert_false((unsigned char)buf.data[j] < ' ');
		json_decref(value);
	}
	buf_free(&buf);
	buf_free(&expect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_are_its_business),
		cmocka_unit_test(escapes_strings),
		cmocka_unit_test(law_a_reader_gets_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
