/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_NUM_H
#define IPCSCOPE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "ipcscope/buf.h"

/*
 * Numbers in kernel text. Each takes what it understood off *@text and
 * returns true, or leaves *@text alone and returns false: no digits, or more
 * than fits. No leading space or sign is taken, but for num_i64 a '-'.
 */
bool num_u64(const char **text, uint64_t *num);
bool num_i64(const char **text, int64_t *num);
bool num_hex(const char **text, uint64_t *num);
bool num_octal(const char **text, uint64_t *num);

/* The value of a digit, hexadecimal too; 16 if it is none. */
unsigned int num_digit(char c);

/* Numbers as people type them; the whole of @text, or false. */
bool num_parse(const char *text, uint64_t *num);	/* 10, 0x1f, 017 */
bool num_parse_size(const char *text, uint64_t *bytes);	/* 64K 2M 1.5G 10 */
bool num_parse_age(const char *text, uint64_t *secs);	/* 90s 10m 6h 3d 2w 1y */

/* What num_add() makes of a sum that 64 bits do not hold: more than can be told. */
#define NUM_TOO_MUCH	UINT64_MAX

static inline void num_add(uint64_t *sum, uint64_t num)
{
	if (__builtin_add_overflow(*sum, num, sum))
		*sum = NUM_TOO_MUCH;
}

/* Numbers as people read them: 56B 12.1K 16M 1.5G, at most 6 columns; ">16E" of
 * NUM_TOO_MUCH. */
void num_size(struct buf *buf, uint64_t bytes);
/* 0s 90s 81m 47h 13d 3y: the largest unit that keeps two digits. */
void num_age(struct buf *buf, uint64_t secs);
/* "41,200" */
void num_grouped(struct buf *buf, uint64_t num);

#endif
