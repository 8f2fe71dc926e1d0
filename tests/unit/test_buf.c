// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ipcscope/buf.h"

static void numbers_in_every_base(void **state)
{
	struct buf buf = {};

	(void)state;
	buf_u64(&buf, 0);
	buf_putc(&buf, ' ');
	buf_u64(&buf, UINT64_MAX);
	buf_putc(&buf, ' ');
	buf_i64(&buf, INT64_MIN);
	buf_putc(&buf, ' ');
	buf_i64(&buf, -1);
	buf_putc(&buf, ' ');
	buf_hex(&buf, 0x5ce0000, 8);
	buf_putc(&buf, ' ');
	buf_hex(&buf, UINT64_MAX, 1);
	buf_putc(&buf, ' ');
	buf_octal(&buf, 0640, 4);
	buf_putc(&buf, ' ');
	buf_octal(&buf, UINT64_MAX, 0);
	assert_string_equal(buf.data, "0 18446744073709551615 "
			    "-9223372036854775808 -1 05ce0000 ffffffffffffffff "
			    "0640 1777777777777777777777");
	assert_int_equal(buf.len, strlen(buf.data));
	buf_free(&buf);
	assert_null(buf.data);
}

static void grows_as_needed(void **state)
{
	struct buf buf = {};
	char *expect = malloc(300001);
	size_t i;

	(void)state;
	memset(expect, 'x', 300000);
	expect[300000] = '\0';
	for (i = 0; i < 1000; i++)
		buf_pad(&buf, 'x', 100);
	buf_printf(&buf, "%s", expect + 100000);
	assert_string_equal(buf.data, expect);
	buf_reset(&buf);
	assert_string_equal(buf.data, "");
	buf_add(&buf, NULL, 0);
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "a\0b", 4);
	assert_int_equal(buf_flush(&buf), 0);
	assert_int_equal(buf.len, 3);
	buf_free(&buf);
	free(expect);
}

static void strings_with_nul(void **state)
{
	struct arena arena = {};
	struct buf buf = {};

	(void)state;
	buf_str(&buf, arena_str(&arena, "\0@x", 3));
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "\0@x", 4);
	buf_free(&buf);
	arena_free(&arena);
}

/* All arrives, in order, and memory stays as it is. */
static void streams(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct buf buf = { .to = open_memstream(&text, &size) };
	char *at;
	uint32_t i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		buf_u64(&buf, i);
		buf_putc(&buf, '\n');
	}
	assert_true(buf.room < 200000);
	assert_int_equal(buf_flush(&buf), 0);
	assert_int_equal(buf.len, 0);
	at = text;
	for (i = 0; i < 200000; i++) {
		assert_int_equal(strtoul(at, &at, 10), i);
		assert_int_equal(*at++, '\n');
	}
	assert_ptr_equal(at, text + size);
	fclose(buf.to);
	buf_free(&buf);
	free(text);
}

static void keeps_the_first_error(void **state)
{
	struct buf buf = { .to = fopen("/dev/full", "w") };
	uint32_t i;

	(void)state;
	assert_non_null(buf.to);
	setvbuf(buf.to, NULL, _IONBF, 0);
	for (i = 0; i < 200000; i++)
		buf_puts(&buf, "lost");
	assert_int_equal(buf.err, ENOSPC);
	assert_true(buf.room < 200000);
	assert_int_equal(buf_flush(&buf), -ENOSPC);
	fclose(buf.to);
	buf_free(&buf);
}

static void flush_tells_what_the_stream_kept(void **state)
{
	struct buf buf = { .to = fopen("/dev/full", "w") };

	(void)state;
	assert_non_null(buf.to);
	buf_puts(&buf, "lost");
	assert_int_equal(buf_flush(&buf), -ENOSPC);
	fclose(buf.to);
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_every_base),
		cmocka_unit_test(grows_as_needed),
		cmocka_unit_test(strings_with_nul),
		cmocka_unit_test(streams),
		cmocka_unit_test(keeps_the_first_error),
		cmocka_unit_test(flush_tells_what_the_stream_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
