// SPDX-License-Identifier: GPL-2.0-or-later
/* Deals the processes out to threads: each fills a snapshot of its own, and
 * the starter merges them, so there are no locks. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "internal.h"

#define BATCH		4	/* processes a thread takes at a time */
#define MAX_THREADS	64
#define DEFAULT_THREADS	16	/* unless asked for more */

struct job {
	struct collector *col;
	struct progress *progress;
	atomic_uint next;
	atomic_ullong fds;
};

struct worker {
	struct job *job;
	struct snapshot shard;
	struct scan scan;
	pthread_t thread;
	bool started;
};

static void scan_one(struct worker *worker, pid_t pid)
{
	struct scan *scan = &worker->scan;
	const struct collector *col = scan->col;
	uint32_t before = worker->shard.edges.nr;

	if (!scan_begin(scan, pid))
		return;
	if (collects(col, NEED(RUNNING)))
		scan_process(scan);
	if (collects(col, NEED(COUNTS)))
		scan_tally(scan);
	if (collects(col, NEED(FDS)) && col->nr_fd_hooks)
		scan_fds(scan);
	if (collects(col, NEED(MAPS)) && col->nr_vma_hooks)
		scan_maps(scan);
	if (collects(col, NEED(CALLS)))
		scan_calls(scan);
	scan_end(scan);
	atomic_fetch_add_explicit(&worker->job->fds,
				  worker->shard.edges.nr - before,
				  memory_order_relaxed);
}

static void tell(struct job *job, uint32_t done)
{
	struct progress *progress = job->progress;

	if (!progress || !progress->tell)
		return;
	progress->what = "processes";
	progress->done = done;
	progress->total = job->col->pids.nr;
	progress->fds = atomic_load_explicit(&job->fds, memory_order_relaxed);
	progress->tell(progress);
}

static void work(struct worker *worker, bool starter)
{
	struct job *job = worker->job;
	const struct collector *col = job->col;
	uint32_t first, i;

	while ((first = atomic_fetch_add(&job->next, BATCH)) < col->pids.nr) {
		for (i = first; i < first + BATCH && i < col->pids.nr; i++)
			scan_one(worker, col->pids.at[i]);
		if (starter)
			tell(job, first);
	}
	scan_free(&worker->scan);
}

static void *run(void *arg)
{
	work(arg, false);
	return NULL;
}

/* More than 16 wait for each other in the kernel. */
static unsigned int cores(void)
{
	long nr = sysconf(_SC_NPROCESSORS_ONLN);

	return nr < 1 ? 1 : nr < DEFAULT_THREADS ? (unsigned int)nr :
						   DEFAULT_THREADS;
}

static unsigned int nr_threads(const struct collector *col)
{
	unsigned int nr = col->query->threads ?: cores();

	if (nr > col->pids.nr / BATCH + 1)
		nr = col->pids.nr / BATCH + 1;
	return nr < MAX_THREADS ? nr : MAX_THREADS;
}

void collect_processes(struct collector *col, struct progress *progress)
{
	struct job job = { .col = col, .progress = progress };
	unsigned int nr = nr_threads(col), i;
	struct worker *workers = mem_zero(nr, sizeof(*workers));

	for (i = 0; i < nr; i++) {
		struct worker *worker = &workers[i];

		snapshot_init(&worker->shard, col->snap->layout);
		worker->shard.base = col->snap;
		worker->job = &job;
		worker->scan.col = col;
		worker->scan.snap = &worker->shard;
		worker->started = i && !pthread_create(&worker->thread, NULL,
						       run, worker);
	}
	/* This thread is the first worker, so that one always makes it. */
	work(&workers[0], true);
	for (i = 1; i < nr; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
	}
	/* The shards look into the snapshot until all are done. */
	for (i = 0; i < nr; i++)
		snapshot_merge(col->snap, &workers[i].shard);
	free(workers);
}
