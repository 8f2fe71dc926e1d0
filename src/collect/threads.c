// SPDX-License-Identifier: GPL-2.0-or-later
/* Deals the processes out to threads: each fills a snapshot of its own, and
 * the starter merges them, so there are no locks. */
#include <pthread.h>
#include <stdatomic.h>

#include "internal.h"
#include "ipcscope/threads.h"

#define BATCH		4	/* processes a thread takes at a time */

struct crew {
	struct collector *col;
	struct progress *progress;
	struct worker *workers;
	unsigned int nr;
	atomic_uint next;	/* of col->pids */
	atomic_ullong fds;
	uint64_t attached;	/* mappings the kernel counts; UINT64_MAX: it
				 * does not, or not all that is looked for */
	atomic_ullong found;	/* of these */
	atomic_bool listed;	/* what processes have can be looked up */
	pthread_mutex_t lock;
	pthread_cond_t ready;	/* listed became true */
};

/* A process that was begun with before everything was listed. */
struct begun {
	pid_t pid;
	uint32_t first, nr;	/* of scan.kept */
};

struct worker {
	struct crew *crew;
	struct snapshot shard;
	struct scan scan;
	struct VEC(struct begun) begun;
	pthread_t thread;
	bool started;
};

static bool wants_fds(const struct collector *col)
{
	return collects(col, NEED(FDS)) && col->nr_fd_hooks;
}

static bool wants_maps(const struct collector *col)
{
	return collects(col, NEED(MAPS)) && col->nr_vma_hooks;
}

/* It cannot have any that is looked for; segments of other namespaces are not
 * counted here. */
static bool all_found(const struct crew *crew, struct scan *scan)
{
	return atomic_load_explicit(&crew->found, memory_order_relaxed) >=
	       crew->attached &&
	       scan_ipc_ns(scan) == crew->col->snap->host.ipc_ns;
}

static void count_found(struct worker *worker, uint32_t before)
{
	uint32_t i, found = 0;

	for (i = before; i < worker->shard.edges.nr; i++) {
		const struct edge *edge = &worker->shard.edges.at[i];

		found += edge->kind == EDGE_ATTACHED && edge->object & IN_BASE;
	}
	atomic_fetch_add_explicit(&worker->crew->found, found,
				  memory_order_relaxed);
}

static void count_fds(struct worker *worker, uint32_t before)
{
	atomic_fetch_add_explicit(&worker->crew->fds,
				  worker->shard.edges.nr - before,
				  memory_order_relaxed);
}

static void scan_early(struct worker *worker, pid_t pid)
{
	struct scan *scan = &worker->scan;
	uint32_t before = worker->shard.edges.nr;
	struct begun *begun = vec_add(&worker->begun);

	begun->pid = pid;
	begun->first = scan->kept.nr;
	if (scan_begin(scan, pid)) {
		scan_fds(scan);
		scan_end(scan);
	}
	begun->nr = scan->kept.nr - begun->first;
	count_fds(worker, before);
}

static void scan_one(struct worker *worker, pid_t pid,
		     const struct begun *begun)
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
	if (begun)
		scan_kept(scan, begun->first, begun->nr);
	else if (wants_fds(col))
		scan_fds(scan);
	if (wants_maps(col) && !all_found(worker->crew, scan)) {
		scan_maps(scan);
		if (worker->crew->attached != UINT64_MAX)
			count_found(worker, before);
	}
	if (collects(col, NEED(CALLS)))
		scan_calls(scan);
	scan_end(scan);
	count_fds(worker, before);
}

static void tell(struct crew *crew, uint32_t done)
{
	struct progress *progress = crew->progress;

	if (!progress || !progress->tell)
		return;
	progress->what = "processes";
	progress->done = done;
	progress->total = crew->col->pids.nr;
	progress->fds = atomic_load_explicit(&crew->fds, memory_order_relaxed);
	progress->tell(progress);
}

/* While the starter lists: what can be done without. */
static void work_early(struct worker *worker)
{
	struct crew *crew = worker->crew;
	const struct collector *col = crew->col;
	uint32_t i;

	worker->scan.early = true;
	while (wants_fds(col) && !atomic_load(&crew->listed) &&
	       (i = atomic_fetch_add(&crew->next, 1)) < col->pids.nr)
		scan_early(worker, col->pids.at[i]);
	worker->scan.early = false;
	pthread_mutex_lock(&crew->lock);
	while (!atomic_load(&crew->listed))
		pthread_cond_wait(&crew->ready, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

static void work(struct worker *worker, bool starter)
{
	struct crew *crew = worker->crew;
	const struct collector *col = crew->col;
	const struct begun *begun;
	uint32_t first, i;

	worker->shard.base = col->snap;
	vec_for_each(begun, &worker->begun)
		scan_one(worker, begun->pid, begun);
	while ((first = atomic_fetch_add(&crew->next, BATCH)) < col->pids.nr) {
		for (i = first; i < first + BATCH && i < col->pids.nr; i++)
			scan_one(worker, col->pids.at[i], NULL);
		if (starter)
			tell(crew, first);
	}
	scan_free(&worker->scan);
	vec_free(&worker->begun);
}

static void *run(void *arg)
{
	work_early(arg);
	work(arg, false);
	return NULL;
}

static unsigned int nr_threads(const struct collector *col)
{
	unsigned int nr = threads_wanted(col->query->threads);

	return nr < col->pids.nr / BATCH + 1 ? nr : col->pids.nr / BATCH + 1;
}

struct crew *crew_start(struct collector *col, struct progress *progress)
{
	struct crew *crew = mem_zero(1, sizeof(*crew));
	unsigned int i;

	crew->col = col;
	crew->progress = progress;
	crew->nr = nr_threads(col);
	crew->workers = mem_zero(crew->nr, sizeof(*crew->workers));
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->ready, NULL);
	for (i = 0; i < crew->nr; i++) {
		struct worker *worker = &crew->workers[i];

		snapshot_init(&worker->shard, col->snap->layout);
		worker->crew = crew;
		worker->scan.col = col;
		worker->scan.snap = &worker->shard;
		worker->started = i && !pthread_create(&worker->thread, NULL,
						       run, worker);
	}
	return crew;
}

/* Mappings there must be, as the kernel counts them. */
static uint64_t count_attached(const struct collector *col)
{
	const struct object *obj;
	uint64_t sum = 0, nr;

	if (!col->vmas_counted)
		return UINT64_MAX;
	vec_for_each(obj, &col->snap->objects) {
		if (!ipc_classes[obj->class]->vma_counted)
			continue;
		if (!object_num(col->snap, obj, FIELD_ATTACHES, &nr))
			return UINT64_MAX;
		sum += nr;
	}
	return sum;
}

void crew_finish(struct crew *crew)
{
	unsigned int i;

	crew->attached = count_attached(crew->col);

	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->listed, true);
	pthread_cond_broadcast(&crew->ready);
	pthread_mutex_unlock(&crew->lock);
	/* This thread is the first worker, so that one always makes it. */
	work(&crew->workers[0], true);
	for (i = 1; i < crew->nr; i++) {
		if (crew->workers[i].started)
			pthread_join(crew->workers[i].thread, NULL);
	}
	/* The shards look into the snapshot until all are done. */
	for (i = 0; i < crew->nr; i++)
		snapshot_merge(crew->col->snap, &crew->workers[i].shard);
	pthread_cond_destroy(&crew->ready);
	pthread_mutex_destroy(&crew->lock);
	free(crew->workers);
	free(crew);
}
