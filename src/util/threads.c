// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/threads.h"

#include <pthread.h>
#include <sched.h>

#define DEFAULT_THREADS	16	/* unless asked for more */
#define BATCH		2048	/* parts a thread puts at a time */

unsigned int threads_wanted(unsigned int asked)
{
	cpu_set_t set;
	int cores;

	if (asked)
		return asked < MAX_THREADS ? asked : MAX_THREADS;
	/* sysconf(3) reads a file of /sys that something else may be mounted over. */
	cores = sched_getaffinity(0, sizeof(set), &set) ? DEFAULT_THREADS : CPU_COUNT(&set);
	return cores < DEFAULT_THREADS ? (unsigned int)cores : DEFAULT_THREADS;
}

struct part {
	split_fn *split;
	void *arg;
	uint32_t first, end;
	pthread_t thread;
	bool started;
};

static void *threads_run(void *arg)
{
	struct part *part = arg;

	part->split(part->arg, part->first, part->end);
	return NULL;
}

void threads_split(split_fn *split, void *arg, uint32_t nr, unsigned int threads)
{
	struct part parts[MAX_THREADS];
	unsigned int i;

	if (threads > nr)
		threads = nr;
	for (i = 0; i < threads; i++) {
		struct part *part = &parts[i];

		part->split = split;
		part->arg = arg;
		part->first = (uint32_t)((uint64_t)nr * i / threads);
		part->end = (uint32_t)((uint64_t)nr * (i + 1) / threads);
		part->started = i + 1 < threads &&
				!pthread_create(&part->thread, NULL, threads_run, part);
		if (!part->started)
			threads_run(part);
	}
	for (i = 0; i < threads; i++) {
		if (parts[i].started)
			pthread_join(parts[i].thread, NULL);
	}
}

struct batch {
	part_fn *put;
	const void *arg;
	uint32_t first, end;
	struct buf text;
};

static void threads_put_batches(void *arg, uint32_t first, uint32_t end)
{
	struct batch *batch = arg;

	for (batch += first; first < end; first++, batch++)
		batch->put(&batch->text, batch->arg, batch->first, batch->end);
}

/* One batch for each thread; the first part that is left. */
static uint32_t threads_put_round(struct buf *to, struct batch *batches,
				  unsigned int threads, uint32_t first, uint32_t nr)
{
	unsigned int i, used;

	for (used = 0; used < threads && first < nr; used++) {
		batches[used].first = first;
		first = nr - first > BATCH ? first + BATCH : nr;
		batches[used].end = first;
	}
	threads_split(threads_put_batches, batches, used, used);
	for (i = 0; i < used; i++) {
		struct buf *text = &batches[i].text;

		if (text->len)
			buf_add(to, text->data, text->len);
		buf_reset(text);
	}
	return first;
}

void threads_put(struct buf *to, part_fn *put, const void *arg, uint32_t nr,
		 unsigned int threads)
{
	struct batch batches[MAX_THREADS] = { 0 };
	uint32_t first = 0;
	unsigned int i;

	if (threads < 2 || nr < 2 * BATCH) {
		put(to, arg, 0, nr);
		return;
	}
	for (i = 0; i < threads; i++) {
		batches[i].put = put;
		batches[i].arg = arg;
	}
	while (first < nr)
		first = threads_put_round(to, batches, threads, first, nr);
	for (i = 0; i < threads; i++)
		buf_free(&batches[i].text);
}
