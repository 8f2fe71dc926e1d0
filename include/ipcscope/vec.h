/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_VEC_H
#define IPCSCOPE_VEC_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipcscope/arena.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NO_INDEX	UINT32_MAX
/* As qsort() wants it. */
#define COMPARE(a, b)	(((a) > (b)) - ((a) < (b)))
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

/*
 * A growing array: struct VEC(int) numbers; its elements move when it grows,
 * so keep an index, not a pointer. All zero is an empty one.
 */
#define VEC(type)	{ type *at; uint32_t nr, room; }

void vec_grow_(void **at, uint32_t *room, uint32_t nr, size_t size);

/* A pointer to a new, zeroed last element. */
#define vec_add(v) ({							\
	__auto_type v_ = (v);						\
	if (v_->nr == v_->room)						\
		vec_grow_((void **)&v_->at, &v_->room, v_->nr + 1,	\
			  sizeof(v_->at[0]));				\
	memset(&v_->at[v_->nr], 0, sizeof(v_->at[0]));			\
	&v_->at[v_->nr++];						\
})

/* Room for @nr_ elements in all without moving. */
#define vec_reserve(v, nr_) ({						\
	__auto_type v_ = (v);						\
	if ((nr_) > v_->room)						\
		vec_grow_((void **)&v_->at, &v_->room, (nr_),		\
			  sizeof(v_->at[0]));				\
})

#define vec_free(v) ({							\
	__auto_type v_ = (v);						\
	free(v_->at);							\
	v_->at = NULL;							\
	v_->nr = v_->room = 0;						\
})

#define vec_for_each(p, v) \
	for (p = (v)->at; p && p < (v)->at + (v)->nr; p++)
/* Whether a loop of vec_for_each() was left at an element. */
#define vec_stopped(p, v)	((p) && (p) < (v)->at + (v)->nr)

#endif
