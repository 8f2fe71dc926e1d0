// SPDX-License-Identifier: GPL-2.0-or-later
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"

static void assert_safe(const char *data, size_t len, const char *expect)
{
	struct buf safe = {}, back = {};

	text_escape(&safe, data, len);
	buf_puts(&safe, "");
	assert_string_equal(safe.data, expect);
	assert_int_equal(text_is_unsafe(data, len), strcmp(data, expect) != 0 ||
			 strlen(data) != len);
	assert_true(text_unescape(&back, safe.data, safe.len));
	assert_int_equal(back.len, len);
	assert_memory_equal(back.data, data, len);
	buf_free(&safe);
	buf_free(&back);
}
#define SAFE(data, expect)	assert_safe(data, sizeof(data) - 1, expect)

static void leaves_what_is_plain(void **state)
{
	(void)state;
	SAFE("", "");
	SAFE("/psm_58b99b38", "/psm_58b99b38");
	SAFE("a b'c\"d~", "a b'c\"d~");
	SAFE("gr\u00fc\u00df", "gr\u00fc\u00df");
	SAFE("\u5171\u6709\u5185\u5b58", "\u5171\u6709\u5185\u5b58");
	SAFE("\U0001f512", "\U0001f512");
	SAFE("e\u0301", "e\u0301");
}

static void escapes_what_could_deceive(void **state)
{
	(void)state;
	SAFE("/scen-\x1b[31mred\nline", "/scen-\\x1b[31mred\\x0aline");
	SAFE("a\0b\x7f", "a\\x00b\\x7f");
	SAFE("\\", "\\\\");
	SAFE("\\x41", "\\\\x41");
	SAFE("\xc2\x85", "\\xc2\\x85");			/* C1: next line */
	SAFE("\xc2\x9b", "\\xc2\\x9b");			/* C1: CSI */
	SAFE("\u202etxt", "\\xe2\\x80\\xaetxt");	/* override */
	SAFE("\u202a\u2066\u2069", "\\xe2\\x80\\xaa\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
	SAFE("\u200e\u061c", "\\xe2\\x80\\x8e\\xd8\\x9c");
	SAFE("\u2028\u2029", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
	SAFE("a\u200b\u200db", "a\\xe2\\x80\\x8b\\xe2\\x80\\x8db");
	SAFE("\ufeff\u2060", "\\xef\\xbb\\xbf\\xe2\\x81\\xa0");
	SAFE("\u00ad", "\\xc2\\xad");			/* soft hyphen */
	SAFE("\U000e0041", "\\xf3\\xa0\\x81\\x81");	/* tag */
	SAFE("\uffff\U0010ffff", "\\xef\\xbf\\xbf\\xf4\\x8f\\xbf\\xbf");
}

static void escapes_what_is_no_utf8(void **state)
{
	(void)state;
	SAFE("\xff", "\\xff");
	SAFE("a\x80""b", "a\\x80b");
	SAFE("\xc3", "\\xc3");				/* cut short */
	SAFE("\xe5\x85""a", "\\xe5\\x85a");
	SAFE("\xc0\xaf", "\\xc0\\xaf");			/* overlong */
	SAFE("\xc1\xbf", "\\xc1\\xbf");
	SAFE("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	SAFE("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf");
	SAFE("\xed\xa0\x80", "\\xed\\xa0\\x80");	/* surrogate */
	SAFE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	SAFE("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Bytes of which some are ordinary and many begin something. */
static size_t random_bytes(char *data, size_t room, uint32_t *seed)
{
	static const char likely[] = "a\\x0\xc2\x80\xe2\x81\xa6\xf0\x9f\xed\xa0";
	size_t len = next_random(seed) % room;
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = next_random(seed) % 2 ?
			  likely[next_random(seed) % sizeof(likely)] :
			  (char)next_random(seed);
	return len;
}

static void law_unsafe_undoes_safe(void **state)
{
	struct buf safe = {}, back = {};
	uint32_t seed = 1, i;
	char data[24];
	size_t len;

	(void)state;
	for (i = 0; i < 100000; i++) {
		len = random_bytes(data, sizeof(data), &seed);
		buf_reset(&safe);
		buf_reset(&back);
		text_escape(&safe, data, len);
		assert_true(text_is_utf8(safe.data, safe.len));
		assert_true(text_unescape(&back, safe.data, safe.len));
		assert_int_equal(back.len, len);
		assert_memory_equal(back.data, data, len);
		/* Only backslashes are left to be escaped again. */
		buf_reset(&back);
		text_escape(&back, safe.data, safe.len);
		assert_int_equal(text_is_unsafe(safe.data, safe.len),
				 memchr(safe.data, '\\', safe.len) != NULL);
		assert_int_equal(text_is_unsafe(data, len),
				 safe.len != len || memcmp(safe.data, data, len));
	}
	buf_free(&safe);
	buf_free(&back);
}

static void bad_escapes_add_nothing(void **state)
{
	static const char *const bad[] = {
		"\\", "abc\\", "\\x", "\\x4", "\\xg0", "\\x4g", "\\n", "a\\q",
	};
	struct buf buf = {};
	size_t i;

	(void)state;
	buf_puts(&buf, "kept");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(text_unescape(&buf, bad[i], strlen(bad[i])));
		assert_string_equal(buf.data, "kept");
		assert_int_equal(buf.len, 4);
	}
	assert_true(text_unescape(&buf, "\\x4A\\x4a", 8));
	assert_string_equal(buf.data, "keptJJ");
	buf_free(&buf);
}

static void decodes_strictly(void **state)
{
	uint32_t code = 0;

	(void)state;
	assert_int_equal(text_decode("", 0, &code), 0);
	assert_int_equal(text_decode("A", 1, &code), 1);
	assert_int_equal(code, 'A');
	assert_int_equal(text_decode("\u00fcx", 3, &code), 2);
	assert_int_equal(code, 0xfc);
	assert_int_equal(text_decode("\u5171", 3, &code), 3);
	assert_int_equal(code, 0x5171);
	assert_int_equal(text_decode("\u5171", 2, &code), 0);
	assert_int_equal(text_decode("\U0001f512", 4, &code), 4);
	assert_int_equal(code, 0x1f512);
	assert_true(text_is_utf8("\0\u202e", 4));
	assert_false(text_is_utf8("\xed\xa0\x80", 3));
	assert_int_equal(text_plain("ab\ncd", 5), 2);
	assert_int_equal(text_plain("\u00fc\u202e", 5), 2);
}

static void width_in_columns(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("gr\u00fc\u00df", 6), 4);
	assert_int_equal(text_width("\u5171\u6709", 6), 4);
	assert_int_equal(text_width("e\u0301", 3), 1);
	assert_int_equal(text_width("\xff", 1), 1);
}

static void assert_shell(const char *text, const char *expect)
{
	struct buf buf = {};

	text_shell(&buf, text, strlen(text));
	assert_string_equal(buf.data, expect);
	buf_free(&buf);
}

static void quotes_for_a_shell(void **state)
{
	(void)state;
	assert_shell("shm:163840", "shm:163840");
	assert_shell("pshm:/PostgreSQL.3326985894", "pshm:/PostgreSQL.3326985894");
	assert_shell("unix:@/tmp/.X11-unix/X0", "unix:@/tmp/.X11-unix/X0");
	assert_shell("pshm:/gr\u00fc\u00df", "pshm:/gr\u00fc\u00df");
	assert_shell("", "''");
	assert_shell("a b", "'a b'");
	assert_shell("pshm:/a\\x1b", "'pshm:/a\\x1b'");
	assert_shell("it's", "'it'\\''s'");
	assert_shell("~root", "'~root'");
	assert_shell("=ls", "'=ls'");
	assert_shell("a*?[]{}$`\"!#&|;<>()", "'a*?[]{}$`\"!#&|;<>()'");
}

static const char *word_at(const void *arg, size_t i)
{
	return ((const char *const *)arg)[i];
}

static void finds_the_nearest_word(void **state)
{
	static const char *const words[] = {
		"list", "show", "ps", NULL, "size", "owner", "unattached",
		"attached", "creator_alive", "uid", "gid",
	};
	static const struct {
		const char *text, *expect;
	} cases[] = {
		{ "lsit", "list" }, { "LSIT", "list" }, { "siez", "size" },
		{ "onwer", "owner" }, { "unatached", "unattached" },
		{ "atached", "attached" }, { "creator", "creator_alive" },
		{ "uidd", "uid" }, { "gdi", "gid" }, { "p", NULL },
		{ "", NULL }, { "zzzz", NULL }, { "pss", "ps" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};
	const char *found;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		found = text_nearest(cases[i].text, word_at, words,
				     ARRAY_SIZE(words));
		if (!cases[i].expect)
			assert_null(found);
		else if (!found)
			fail_msg("nothing for %s", cases[i].text);
		else
			assert_string_equal(found, cases[i].expect);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_what_is_plain),
		cmocka_unit_test(escapes_what_could_deceive),
		cmocka_unit_test(escapes_what_is_no_utf8),
		cmocka_unit_test(law_unsafe_undoes_safe),
		cmocka_unit_test(bad_escapes_add_nothing),
		cmocka_unit_test(decodes_strictly),
		cmocka_unit_test(width_in_columns),
		cmocka_unit_test(quotes_for_a_shell),
		cmocka_unit_test(finds_the_nearest_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
