/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_THREADS_H
#define IPCSCOPE_THREADS_H

#include "ipcscope/buf.h"

#define MAX_THREADS	64

/* How many to start: @asked, or if that is 0 one for each core, at most 16
 * (more wait for each other in the kernel). From 1 to MAX_THREADS. */
unsigned int threads_wanted(unsigned int asked);

/* Does parts @first to @end - 1 of @arg. */
typedef void split_fn(void *arg, uint32_t first, uint32_t end);

/* Does @nr parts by up to @threads threads, the caller's included, each a run
 * of them. Returns when all are done. */
void threads_split(split_fn *split, void *arg, uint32_t nr, unsigned int threads);

/* Puts parts @first to @end - 1 of @arg into @to. */
typedef void part_fn(struct buf *to, const void *arg, uint32_t first, uint32_t end);

/*
 * Puts @nr parts into @to, in order, by up to @threads threads that each have
 * some at a time: what they hold together stays as small as one buffer for
 * each. @put is called from all of them.
 */
void threads_put(struct buf *to, part_fn *put, const void *arg, uint32_t nr,
		 unsigned int threads);

#endif
