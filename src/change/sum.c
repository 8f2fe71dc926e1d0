// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "internal.h"

/* The finalizer of SplitMix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/*
 * Zeros count nothing, and neither do order and size of the pieces: a file
 * with holes has the same sum however a file system keeps them.
 */
uint64_t sum_add(uint64_t sum, uint64_t offset, const void *data, size_t len)
{
	const char *at = data;
	uint64_t word;

	while (len) {
		size_t take = len < sizeof(word) ? len : sizeof(word);

		word = 0;
		memcpy(&word, at, take);
		if (word)
			sum ^= mix(mix(offset + 1) + word);
		at += take;
		offset += take;
		len -= take;
	}
	return sum;
}
