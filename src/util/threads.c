// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/threads.h"

#include <pthread.h>
#include <unistd.h>

#define DEFAULT_THREADS	16	/* unless asked for more */
#define BATCH		2048	/* parts a thread puts at a time */

unsigned int threads_wanted(unsigned int asked)
{
	long cores;

	if (asked)
		return asked < MAX_THREADS ? asked : MAX_THREADS;
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (cores < 1)
		return 1;
	return cores < DEFAULT_THREADS ? (unsigned int)cores : DEFAULT_THREADS;
}

struct batch {
	part_fn *put;
	const void *arg;
	uint32_t first, end;
	struct buf text;
	pthread_t thread;
	bool started;
};

static void *run(void *arg)
{
	struct batch *batch = arg;

	batch->put(&batch->text, batch->arg, batch->first, batch->end);
	return NULL;
}

/* One batch for each thread; the caller's is the last, and all that no thread
 * could be started for. */
static uint32_t put_round(struct buf *to, struct batch *batches,
			  unsigned int threads, uint32_t first, uint32_t nr)
{
	unsigned int i, used;

	for (used = 0; used < threads && first < nr; used++) {
		struct batch *batch = &batches[used];

		batch->first = first;
		batch->end = nr - first > BATCH ? first + BATCH : nr;
		first = batch->end;
		batch->started = used + 1 < threads && first < nr &&
				 !pthread_create(&batch->thread, NULL, run,
						 batch);
		if (!batch->started)
			run(batch);
	}
	for (i = 0; i < used; i++) {
		struct buf *text = &batches[i].text;

		if (batches[i].started)
			pthread_join(batches[i].thread, NULL);
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
		first = put_round(to, batches, threads, first, nr);
	for (i = 0; i < threads; i++)
		buf_free(&batches[i].text);
}
