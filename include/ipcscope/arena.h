/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_ARENA_H
#define IPCSCOPE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory with one lifetime: all of it goes when its arena goes, and nothing
 * in it is freed alone. Running out of memory ends the program, so that no
 * caller has an error path for it.
 */
struct arena {
	struct arena_chunk *chunks;
};

/*
 * Bytes that somebody else chose: any value may be among them, NUL too
 * (abstract socket names). A NUL that is not counted follows.
 */
struct str {
	uint32_t len;
	char data[];
};

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
const struct str *arena_str(struct arena *arena, const char *data, size_t len);
const struct str *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The last texts that were taken: all zero are none. */
struct recent {
	const struct str *at[16];
	uint32_t next;
};
/* As arena_str(), but what is among @recent is not taken again. */
const struct str *arena_str_once(struct arena *arena, struct recent *recent, const char *data,
				 size_t len);

/* Whether both are there and of the same bytes. */
bool str_same(const struct str *a, const struct str *b);
/* By bytes, as memcmp(); NULL comes last. */
int str_compare(const struct str *a, const struct str *b);
/* Of two the first in that order. */
const struct str *str_first(const struct str *a, const struct str *b);

/* Makes what @from holds live as long as @arena; @from is empty afterwards. */
void arena_adopt(struct arena *arena, struct arena *from);
void arena_free(struct arena *arena);

/* realloc() and calloc() that end the program when there is no memory. */
void *mem_resize(void *mem, size_t nr, size_t size);
void *mem_zero(size_t nr, size_t size);
void mem_exhausted(void) __attribute__((noreturn));

#endif
