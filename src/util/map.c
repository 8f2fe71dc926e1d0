// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "ipcscope/arena.h"
#include "ipcscope/map.h"
#include "ipcscope/vec.h"

#define MAP_MIN	16u

/* All zero is a free one. */
struct map_slot {
	uint32_t hash;
	uint32_t index_plus_1;
};

/* Names are chosen by others: what they hash to must not be foreseeable, or
 * they could make all of them collide. */
static uint64_t map_hash_seed(void)
{
	static uint64_t seed;
	uint64_t new = __atomic_load_n(&seed, __ATOMIC_RELAXED);
	const void *random;

	if (new)
		return new;
	random = (const void *)getauxval(AT_RANDOM);
	if (random)
		memcpy(&new, random, sizeof(new));
	new |= 1;
	__atomic_store_n(&seed, new, __ATOMIC_RELAXED);
	return new;
}

/* The finalizer of SplitMix64. */
static uint64_t map_hash_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

uint64_t hash_u64(uint64_t a, uint64_t b)
{
	return map_hash_mix(map_hash_mix(a ^ map_hash_seed()) + b);
}

uint64_t hash_bytes(const void *data, size_t len)
{
	uint64_t hash = map_hash_seed() + len;
	const char *at = data;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = map_hash_mix(hash ^ word);
	}
	word = 0;
	if (len)
		memcpy(&word, at, len);
	return map_hash_mix(hash ^ word);
}

uint32_t map_find(const struct map *map, uint64_t hash, map_same_fn *same,
		  const void *vec, const void *key)
{
	uint32_t mask = map->room - 1;
	const struct map_slot *slot;
	uint32_t i;

	if (!map->room)
		return NO_INDEX;
	for (i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
		slot = &map->slots[i];
		if (!slot->index_plus_1)
			return NO_INDEX;
		if (slot->hash == (uint32_t)hash && same(vec, slot->index_plus_1 - 1, key))
			return slot->index_plus_1 - 1;
	}
}

static void map_put(struct map_slot *slots, uint32_t room, const struct map_slot *new)
{
	uint32_t i = new->hash & (room - 1);

	while (slots[i].index_plus_1)
		i = (i + 1) & (room - 1);
	slots[i] = *new;
}

void map_reserve(struct map *map, uint32_t nr)
{
	struct map_slot *slots;
	uint32_t room = MAP_MIN, i;

	/* At least a quarter of the slots stays free. */
	if (map->room && nr <= map->room - map->room / 4)
		return;
	while (room - room / 4 < nr) {
		if (room > UINT32_MAX / 2)
			mem_exhausted();
		room *= 2;
	}
	slots = mem_zero(room, sizeof(*slots));
	for (i = 0; i < map->room; i++) {
		if (map->slots[i].index_plus_1)
			map_put(slots, room, &map->slots[i]);
	}
	free(map->slots);
	map->slots = slots;
	map->room = room;
}

void map_add(struct map *map, uint64_t hash, uint32_t index)
{
	struct map_slot slot = {
		.hash = (uint32_t)hash,
		.index_plus_1 = index + 1,
	};

	map_reserve(map, map->used + 1);
	map_put(map->slots, map->room, &slot);
	map->used++;
}

void map_renumber(struct map *map, const uint32_t *now)
{
	uint32_t i;

	for (i = 0; i < map->room; i++) {
		if (map->slots[i].index_plus_1)
			map->slots[i].index_plus_1 = now[map->slots[i].index_plus_1 - 1] + 1;
	}
}

void map_free(struct map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}
