/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_MAP_H
#define IPCSCOPE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A hash index: finds the number of an element in somebody else's vector.
 * Open addressing; grows by itself; nothing is ever taken out. All zero is
 * an empty one.
 */
struct map {
	struct map_slot *slots;
	uint32_t room;		/* a power of two, or 0 */
	uint32_t used;
};

/* Whether element @index of @vec is the one @key means. */
typedef bool map_same_fn(const void *vec, uint32_t index, const void *key);

uint64_t hash_u64(uint64_t a, uint64_t b);
uint64_t hash_bytes(const void *data, size_t len);

/* NO_INDEX if it is not there. */
uint32_t map_find(const struct map *map, uint64_t hash, map_same_fn *same,
		  const void *vec, const void *key);
/* The caller knows that it is not there yet. */
void map_add(struct map *map, uint64_t hash, uint32_t index);
/* Element i is number @now[i] from here on. */
void map_renumber(struct map *map, const uint32_t *now);
void map_reserve(struct map *map, uint32_t nr);
void map_free(struct map *map);

#endif
