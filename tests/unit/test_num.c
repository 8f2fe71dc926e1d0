// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"

static void takes_numbers_off_text(void **state)
{
	const char *text = "123 rest";
	uint64_t num = 0;
	int64_t signed_num = 0;

	(void)state;
	assert_true(num_u64(&text, &num));
	assert_int_equal(num, 123);
	assert_string_equal(text, " rest");
	assert_false(num_u64(&text, &num));
	assert_string_equal(text, " rest");
	text = "7fb4360B6000-";
	assert_true(num_hex(&text, &num));
	assert_int_equal(num, 0x7fb4360b6000);
	assert_string_equal(text, "-");
	text = "01777\n";
	assert_true(num_octal(&text, &num));
	assert_int_equal(num, 01777);
	text = "18446744073709551615";
	assert_true(num_u64(&text, &num));
	assert_true(num == UINT64_MAX);
	text = "18446744073709551616";
	assert_false(num_u64(&text, &num));
	assert_string_equal(text, "18446744073709551616");
	text = "-9223372036854775808";
	assert_true(num_i64(&text, &signed_num));
	assert_true(signed_num == INT64_MIN);
	text = "-9223372036854775809";
	assert_false(num_i64(&text, &signed_num));
	text = "9223372036854775808";
	assert_false(num_i64(&text, &signed_num));
	text = "-";
	assert_false(num_i64(&text, &signed_num));
	assert_string_equal(text, "-");
	text = "+1";
	assert_false(num_i64(&text, &signed_num));
}

struct parse_case {
	const char *text;
	bool good;
	uint64_t num;
};

static void assert_parses(bool (*parse)(const char *text, uint64_t *num),
			  const struct parse_case *cases, size_t nr)
{
	uint64_t num;
	size_t i;

	for (i = 0; i < nr; i++) {
		num = 424242;
		if (parse(cases[i].text, &num) != cases[i].good)
			fail_msg("'%s' taken or not", cases[i].text);
		if (num != (cases[i].good ? cases[i].num : 424242))
			fail_msg("'%s' is %llu", cases[i].text,
				 (unsigned long long)num);
	}
}

static void parses_numbers(void **state)
{
	static const struct parse_case cases[] = {
		{ "0", true, 0 }, { "10", true, 10 }, { "0x1f", true, 31 },
		{ "0X1F", true, 31 }, { "017", true, 15 }, { "", false, 0 },
		{ "0x", false, 0 }, { "08", false, 0 }, { "1 ", false, 0 },
		{ " 1", false, 0 }, { "-1", false, 0 }, { "1f", false, 0 },
		{ "0xffffffffffffffff", true, UINT64_MAX },
		{ "0x10000000000000000", false, 0 },
	};

	(void)state;
	assert_parses(num_parse, cases, ARRAY_SIZE(cases));
}

static void parses_sizes(void **state)
{
	static const struct parse_case cases[] = {
		{ "10", true, 10 }, { "0", true, 0 }, { "56B", true, 56 },
		{ "64K", true, 65536 }, { "64k", true, 65536 },
		{ "2M", true, 2 << 20 }, { "1.5G", true, 3ull << 29 },
		{ "64KB", true, 65536 }, { "64KiB", true, 65536 },
		{ "0.5K", true, 512 }, { "15E", true, 15ull << 60 },
		{ "15.999E", true, (15ull << 60) + 1151768583102240129 },
		{ "16E", false, 0 }, { "1.5", false, 0 }, { "1.K", false, 0 },
		{ ".5K", false, 0 }, { "K", false, 0 }, { "", false, 0 },
		{ "3d", false, 0 }, { "1KK", false, 0 }, { "1BB", false, 0 },
		{ "-1K", false, 0 }, { "1.50000000000000000000001K", true, 1536 },
	};

	(void)state;
	assert_parses(num_parse_size, cases, ARRAY_SIZE(cases));
}

static void parses_ages(void **state)
{
	static const struct parse_case cases[] = {
		{ "0", true, 0 }, { "90", true, 90 }, { "90s", true, 90 },
		{ "10m", true, 600 }, { "6h", true, 21600 },
		{ "1.5h", true, 5400 }, { "3d", true, 259200 },
		{ "2w", true, 1209600 }, { "1y", true, 31536000 },
		{ "", false, 0 }, { "d", false, 0 }, { "3x", false, 0 },
		{ "3d2", false, 0 }, { "64K", false, 0 }, { "1.5", false, 0 },
		{ "18446744073709551615y", false, 0 },
	};

	(void)state;
	assert_parses(num_parse_age, cases, ARRAY_SIZE(cases));
}

struct print_case {
	uint64_t num;
	const char *expect;
};

static void assert_prints(void (*print)(struct buf *buf, uint64_t num),
			  const struct print_case *cases, size_t nr)
{
	struct buf buf = {};
	size_t i;

	for (i = 0; i < nr; i++) {
		buf_reset(&buf);
		print(&buf, cases[i].num);
		assert_string_equal(buf.data, cases[i].expect);
	}
	buf_free(&buf);
}

static void prints_sizes(void **state)
{
	static const struct print_case cases[] = {
		{ 0, "0" }, { 1, "1B" }, { 56, "56B" }, { 1023, "1023B" },
		{ 1024, "1K" }, { 8192, "8K" }, { 12390, "12.1K" },
		{ 1 << 20, "1M" }, { 16 << 20, "16M" }, { 149527126, "142.6M" },
		{ 1023 * 1024 + 900, "1M" },
		{ 1023 * 1024 + 300, "1023K" }, { (1 << 20) - 1, "1M" },
		{ 999 * 1024 + 900, "999.9K" }, { 1000 * 1024 + 600, "1001K" },
		{ 1025, "1K" }, { 3ull << 29, "1.5G" }, { 17ull << 30, "17G" },
		{ UINT64_MAX, ">16E" }, { UINT64_MAX - 1, "16E" }, { 15ull << 60, "15E" },
	};
	struct buf buf = {};
	uint64_t num;

	(void)state;
	assert_prints(num_size, cases, ARRAY_SIZE(cases));
	for (num = 1; num < UINT64_MAX / 3; num = num * 3 / 2 + 1) {
		buf_reset(&buf);
		num_size(&buf, num);
		assert_true(buf.len <= 6);
	}
	buf_free(&buf);
}

static void prints_ages(void **state)
{
	static const struct print_case cases[] = {
		{ 0, "0s" }, { 90, "90s" }, { 99, "99s" }, { 100, "1m" },
		{ 26 * 60 + 59, "26m" }, { 81 * 60, "81m" },
		{ 100 * 60 - 1, "99m" }, { 100 * 60, "1h" },
		{ 3 * 3600 + 5, "3h" }, { 47 * 3600, "47h" },
		{ 100 * 3600, "4d" }, { 13 * 86400, "13d" },
		{ 999 * 86400, "999d" }, { 3 * 365 * 86400, "3y" },
		{ UINT64_MAX, "584942417355y" },
	};

	(void)state;
	assert_prints(num_age, cases, ARRAY_SIZE(cases));
}

static void groups_digits(void **state)
{
	static const struct print_case cases[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1,000" },
		{ 41200, "41,200" }, { 1000000, "1,000,000" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	(void)state;
	assert_prints(num_grouped, cases, ARRAY_SIZE(cases));
}

/* What is printed is read back as nearly the same. */
static void law_sizes_survive(void **state)
{
	struct buf buf = {};
	uint64_t num, back;

	(void)state;
	for (num = 1; num < UINT64_MAX / 32; num = num * 5 / 4 + 1) {
		buf_reset(&buf);
		num_size(&buf, num);
		assert_true(num_parse_size(buf.data, &back));
		assert_true((back < num ? num - back : back - num) <= num / 19);
	}
	buf_free(&buf);
}

static void scales_what_64_bits_do_not_hold(void **state)
{
	const uint64_t most = UINT64_MAX;
	const struct { uint64_t value, by, of, whole; } cases[] = {
		{ 7, 100, 8, 87 }, { 0, 100, 3, 0 }, { 9, 0, 3, 0 }, { 8, 100, 8, 100 },
		{ most, 100, most, 100 }, { most - 1, 100, most, 99 },
		{ most / 2, 1000, most, 499 }, { most, most, most, most },
		{ most - 1, most - 1, most, most - 2 }, { most, 2, 3, most / 3 * 2 },
		{ most, 3, 2, most }, { most, most, 1, most },
		{ 1ULL << 63, 3, 1ULL << 63, 3 }, { most - 1, most, 2 * (most / 4), most },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(num_scale(cases[i].value, cases[i].by, cases[i].of),
				 cases[i].whole);
}

static void compares_ratios_exactly(void **state)
{
	const uint64_t most = UINT64_MAX;
	const struct { uint64_t a, b, c, d; int order; } cases[] = {
		{ 1, 2, 2, 4, 0 }, { 1, 2, 2, 3, -1 }, { 3, 2, 4, 3, 1 }, { 0, 5, 0, 9, 0 },
		{ 0, 5, 1, most, -1 }, { most, most, 1, 1, 0 },
		{ most - 1, most, most - 2, most - 1, 1 },
		{ most - 2, most - 1, most - 1, most, -1 },
		{ 90, 100, 9, 10, 0 }, { 5, 0, 7, 0, 0 }, { 0, 0, most, 1, 1 },
		{ most, 1, 0, 0, -1 }, { 13, 8, 21, 13, 1 }, { 21, 13, 34, 21, -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(num_compare_ratios(cases[i].a, cases[i].b,
						    cases[i].c, cases[i].d),
				 cases[i].order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_numbers_off_text),
		cmocka_unit_test(parses_numbers),
		cmocka_unit_test(parses_sizes),
		cmocka_unit_test(parses_ages),
		cmocka_unit_test(prints_sizes),
		cmocka_unit_test(prints_ages),
		cmocka_unit_test(groups_digits),
		cmocka_unit_test(law_sizes_survive),
		cmocka_unit_test(scales_what_64_bits_do_not_hold),
		cmocka_unit_test(compares_ratios_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
