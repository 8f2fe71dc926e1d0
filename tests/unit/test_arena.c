// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ipcscope/vec.h"

static void is_zeroed_and_aligned(void **state)
{
	struct arena arena = {};
	size_t size, i;
	char *mem;

	(void)state;
	for (size = 0; size < 3000; size++) {
		mem = arena_alloc(&arena, size);
		assert_int_equal((uintptr_t)mem % _Alignof(max_align_t), 0);
		for (i = 0; i < size; i++)
			assert_int_equal(mem[i], 0);
		memset(mem, 0xa5, size);
	}
	arena_free(&arena);
	assert_null(arena.chunks);
}

static void pieces_do_not_overlap(void **state)
{
	static unsigned char *pieces[2000];
	struct arena arena = {};
	size_t i, j, size;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		size = 1 + i * 7919 % 2003;
		pieces[i] = arena_alloc(&arena, size);
		memset(pieces[i], (int)(i % 251), size);
	}
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		size = 1 + i * 7919 % 2003;
		for (j = 0; j < size; j++)
			assert_int_equal(pieces[i][j], i % 251);
	}
	arena_free(&arena);
}

static void takes_what_is_large(void **state)
{
	struct arena arena = {};
	char *small = arena_alloc(&arena, 10);
	char *large = arena_alloc(&arena, 5 << 20);
	char *next = arena_alloc(&arena, 10);

	(void)state;
	large[0] = large[(5 << 20) - 1] = 1;
	/* The chunk in use stays in use. */
	assert_true(next > small && next - small < 4096);
	arena_free(&arena);
}

static void keeps_strings_exactly(void **state)
{
	struct arena arena = {};
	const struct str *str = arena_str(&arena, "a\0b\xff", 4);
	const struct str *empty = arena_str(&arena, NULL, 0);
	const struct str *made = arena_printf(&arena, "%d-%s", 7, "x");

	(void)state;
	assert_int_equal(str->len, 4);
	assert_memory_equal(str->data, "a\0b\xff", 5);
	assert_int_equal(empty->len, 0);
	assert_int_equal(empty->data[0], 0);
	assert_string_equal(made->data, "7-x");
	assert_int_equal(made->len, 3);
	assert_true(str_same(str, arena_str(&arena, "a\0b\xff", 4)));
	assert_false(str_same(str, arena_str(&arena, "a\0c\xff", 4)));
	assert_false(str_same(str, arena_str(&arena, "a", 1)));
	assert_false(str_same(str, NULL));
	assert_false(str_same(NULL, NULL));
	arena_free(&arena);
}

static void adopts_and_leaves_empty(void **state)
{
	struct arena arena = {}, from = {};
	const struct str *a, *b, *c;

	(void)state;
	arena_adopt(&arena, &from);
	assert_null(arena.chunks);
	a = arena_str(&from, "of from", 7);
	arena_adopt(&arena, &from);
	assert_null(from.chunks);
	b = arena_str(&from, "later", 5);
	arena_alloc(&from, 100000);
	arena_alloc(&arena, 100000);
	arena_adopt(&arena, &from);
	c = arena_str(&arena, "own", 3);
	arena_free(&from);
	assert_string_equal(a->data, "of from");
	assert_string_equal(b->data, "later");
	assert_string_equal(c->data, "own");
	arena_free(&arena);
}

static void vectors_grow(void **state)
{
	struct VEC(uint64_t) v = {};
	uint64_t *p, sum = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		p = vec_add(&v);
		assert_int_equal(*p, 0);
		*p = i;
	}
	assert_int_equal(v.nr, 10000);
	assert_true(v.room >= v.nr && v.room < 20000);
	vec_for_each(p, &v)
		sum += *p;
	assert_int_equal(sum, 9999ull * 10000 / 2);
	vec_reserve(&v, 50000);
	p = v.at;
	for (i = v.nr; i < 50000; i++)
		vec_add(&v);
	assert_ptr_equal(p, v.at);
	vec_free(&v);
	assert_null(v.at);
	assert_int_equal(v.room, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(takes_what_is_large),
		cmocka_unit_test(keeps_strings_exactly),
		cmocka_unit_test(adopts_and_leaves_empty),
		cmocka_unit_test(vectors_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
