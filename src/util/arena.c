// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

#include "ipcscope/vec.h"

#define VEC_MIN		8u
#define CHUNK_MIN	((size_t)4 << 10)
#define CHUNK_MAX	((size_t)1 << 20)

/* The first has the room that is still to be given out. */
struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

void mem_exhausted(void)
{
	fputs("ipcscope: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

void *mem_resize(void *mem, size_t nr, size_t size)
{
	void *new = reallocarray(mem, nr ? nr : 1, size ? size : 1);

	if (!new)
		mem_exhausted();
	return new;
}

void *mem_zero(size_t nr, size_t size)
{
	void *new = calloc(nr ? nr : 1, size ? size : 1);

	if (!new)
		mem_exhausted();
	return new;
}

void vec_grow_(void **at, uint32_t *room, uint32_t nr, size_t size)
{
	uint32_t new = *room > UINT32_MAX / 2 ? UINT32_MAX : *room * 2;

	if (new < VEC_MIN)
		new = VEC_MIN;
	if (new < nr)
		new = nr;
	/* NO_INDEX is no element. */
	if (*room == UINT32_MAX)
		mem_exhausted();
	*at = mem_resize(*at, new, size);
	*room = new;
}

static void *arena_chunk_take(struct arena_chunk *chunk, size_t size, size_t align)
{
	size_t at = (chunk->used + align - 1) & ~(align - 1);

	if (at > chunk->size || size > chunk->size - at)
		return NULL;
	chunk->used = at + size;
	return chunk->data + at;
}

static void *arena_take(struct arena *arena, size_t size, size_t align)
{
	struct arena_chunk *first = arena->chunks, *chunk;
	size_t room = CHUNK_MIN;
	bool large;
	void *mem;

	if (first) {
		mem = arena_chunk_take(first, size, align);
		if (mem)
			return mem;
		while (room <= first->size && room < CHUNK_MAX)
			room *= 2;
	}
	/* What is large gets a chunk of its own, behind the one in use. */
	large = first && size > room / 4;
	if (large || size > room)
		room = size;
	if (room > SIZE_MAX - sizeof(*chunk))
		mem_exhausted();
	chunk = mem_zero(1, sizeof(*chunk) + room);
	chunk->size = room;
	chunk->next = large ? first->next : first;
	*(large ? &first->next : &arena->chunks) = chunk;
	return arena_chunk_take(chunk, size, align);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return arena_take(arena, size, alignof(max_align_t));
}

static struct str *arena_str_new(struct arena *arena, size_t len)
{
	struct str *str;

	if (len >= UINT32_MAX - sizeof(*str))
		mem_exhausted();
	str = arena_take(arena, sizeof(*str) + len + 1, alignof(struct str));
	str->len = (uint32_t)len;
	return str;
}

const struct str *arena_str(struct arena *arena, const char *data, size_t len)
{
	struct str *str = arena_str_new(arena, len);

	if (len)
		memcpy(str->data, data, len);
	return str;
}

const struct str *arena_str_once(struct arena *arena, struct recent *recent, const char *data,
				 size_t len)
{
	const uint32_t room = sizeof(recent->at) / sizeof(recent->at[0]);
	uint32_t i;

	for (i = 0; i < room && recent->at[i]; i++) {
		if (recent->at[i]->len == len && (!len || !memcmp(recent->at[i]->data, data, len)))
			return recent->at[i];
	}
	i = recent->next++ % room;
	recent->at[i] = arena_str(arena, data, len);
	return recent->at[i];
}

const struct str *arena_printf(struct arena *arena, const char *fmt, ...)
{
	struct str *str;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		mem_exhausted();
	str = arena_str_new(arena, (size_t)len);
	va_start(args, fmt);
	vsnprintf(str->data, (size_t)len + 1, fmt, args);
	va_end(args);
	return str;
}

bool str_same(const struct str *a, const struct str *b)
{
	return a && b && a->len == b->len && !memcmp(a->data, b->data, a->len);
}

int str_compare(const struct str *a, const struct str *b)
{
	int order;

	if (!a || !b)
		return !a - !b;
	order = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);
	return order ?: (a->len > b->len) - (a->len < b->len);
}

const struct str *str_first(const struct str *a, const struct str *b)
{
	return str_compare(a, b) <= 0 ? a : b;
}

void arena_adopt(struct arena *arena, struct arena *from)
{
	struct arena_chunk *last = from->chunks;

	if (!last)
		return;
	if (!arena->chunks) {
		arena->chunks = from->chunks;
	} else {
		while (last->next)
			last = last->next;
		last->next = arena->chunks->next;
		arena->chunks->next = from->chunks;
	}
	from->chunks = NULL;
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks, *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	arena->chunks = NULL;
}
