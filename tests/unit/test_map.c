// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ipcscope/map.h"
#include "ipcscope/vec.h"

#define NR	100000u

static bool same_number(const void *vec, uint32_t index, const void *key)
{
	return ((const uint64_t *)vec)[index] == *(const uint64_t *)key;
}

static uint64_t *numbers_new(void)
{
	uint64_t *numbers = mem_zero(NR, sizeof(*numbers));
	uint32_t i;

	for (i = 0; i < NR; i++)
		numbers[i] = i * 2ull;
	return numbers;
}

static void finds_all_and_nothing_else(void **state)
{
	uint64_t *numbers = numbers_new();
	struct map map = {};
	uint64_t key;
	uint32_t i;

	(void)state;
	key = 0;
	assert_int_equal(map_find(&map, 0, same_number, numbers, &key), NO_INDEX);
	for (i = 0; i < NR; i++)
		map_add(&map, hash_u64(numbers[i], 0), i);
	assert_int_equal(map.used, NR);
	for (key = 0; key < 2 * NR; key++) {
		i = map_find(&map, hash_u64(key, 0), same_number, numbers, &key);
		assert_int_equal(i, key % 2 ? NO_INDEX : key / 2);
	}
	map_free(&map);
	assert_int_equal(map.room, 0);
	free(numbers);
}

static void tells_equal_hashes_apart(void **state)
{
	static const uint64_t numbers[] = { 5, 6, 7, 8 };
	struct map map = {};
	uint64_t key;
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		map_add(&map, 42, i);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(map_find(&map, 42, same_number, numbers,
					  &numbers[i]), i);
	key = 9;
	assert_int_equal(map_find(&map, 42, same_number, numbers, &key), NO_INDEX);
	map_free(&map);
}

static void reserved_room_suffices(void **state)
{
	struct map map = {};
	struct map_slot *slots;
	uint32_t i;

	(void)state;
	map_reserve(&map, NR);
	slots = map.slots;
	for (i = 0; i < NR; i++)
		map_add(&map, hash_u64(i, 1), i);
	assert_ptr_equal(slots, map.slots);
	map_free(&map);
}

/* Every byte and the length count, and low bits are as good as high ones. */
static void hashes_spread(void **state)
{
	static uint32_t buckets[1024];
	char name[40] = "/psm_00000000_xxxxxxxxxx";
	uint32_t i, most = 0;
	size_t len;

	(void)state;
	for (i = 0; i < NR; i++) {
		len = 24 + i % 8;
		memcpy(name + 5, &i, sizeof(i));
		buckets[hash_bytes(name, len) % ARRAY_SIZE(buckets)]++;
	}
	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		if (buckets[i] > most)
			most = buckets[i];
	}
	assert_true(most < 3 * NR / ARRAY_SIZE(buckets));
	assert_true(hash_bytes("", 0) != hash_bytes("\0", 1));
	assert_true(hash_bytes("abcdefgh", 8) != hash_bytes("abcdefgh\0", 9));
	assert_true(hash_bytes("abcdefgh", 8) == hash_bytes("abcdefgh", 8));
	assert_true(hash_u64(1, 2) != hash_u64(2, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_all_and_nothing_else),
		cmocka_unit_test(tells_equal_hashes_apart),
		cmocka_unit_test(reserved_room_suffices),
		cmocka_unit_test(hashes_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
