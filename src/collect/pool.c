// SPDX-License-Identifier: GPL-2.0-or-later
/* Deals the processes out to threads: each fills a snapshot of its own, and
 * the starter merges them, so there are no locks. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "class/socket.h"
#include "internal.h"
#include "ipcscope/threads.h"

#define BATCH		4	/* processes a thread takes at a time */
#define MAX_PASSES	5	/* over those born meanwhile */

struct scan_pool {
	struct collector *col;
	struct progress *progress;
	struct worker *workers;
	unsigned int nr;
	atomic_uint next;	/* of col->pids */
	atomic_ullong fds;
	struct memories memories;
	bool wants_fds;		/* descriptors, and looks at them */
	atomic_bool listed;	/* what processes have can be looked up */
	pthread_mutex_t lock;
	pthread_cond_t ready;	/* listed became true */
};

/* A process that was begun with before everything was listed. */
struct early_scan {
	pid_t pid;
	uint32_t first, nr;	/* of scan.deferred */
};

struct worker {
	struct scan_pool *pool;
	struct snapshot shard;
	struct scan scan;
	struct VEC(struct early_scan) early;
	struct VEC(pid_t) lost;	/* ended before they were wholly looked at */
	pthread_t thread;
	bool started;
};

/* Of what was begun with @early only the rest; NULL: it was not. */
static void pool_scan_one(struct worker *worker, pid_t pid, const struct early_scan *early)
{
	struct scan *scan = &worker->scan;
	const struct collector *col = scan->col;
	const uint64_t parts = col->query->parts;
	const uint32_t before = worker->shard.edges.nr;

	if (scan_begin(scan, pid)) {
		if (col->query->every_process && !scan->early)
			scan_process(scan);
		if (parts & (NEED(RUNNING) | NEED(SIGNALS)) && !scan->early)
			scan_status(scan);
		if (col->query->own_pids && !scan->early)
			scan_own_pid(scan);
		if (col->query->asks_nss && !scan->early &&
		    (!col->query->every_process || scan_process(scan) != NO_INDEX))
			scan_ipc_ns(scan);
		if (parts & NEED(COUNTS) && !scan->early)
			scan_tally(scan);
		if (early)
			scan_deferred_fds(scan, early->first, early->nr);
		else if (worker->pool->wants_fds)
			scan_fds(scan);
		if (parts & NEED(MAPS) && col->nr_vma_hooks && !scan->early)
			memory_scan_maps(&worker->pool->memories, scan);
		if (parts & NEED(CALLS) && !scan->early)
			scan_calls(scan);
		scan_end(scan);
	}
	if (scan->lost)
		*vec_add(&worker->lost) = pid;
	atomic_fetch_add_explicit(&worker->pool->fds, worker->shard.edges.nr - before,
				  memory_order_relaxed);
}

static void pool_tell(struct scan_pool *pool, uint32_t done)
{
	struct progress *progress = pool->progress;

	progress->what = "processes";
	progress->done = done;
	progress->total = pool->col->pids.nr;
	progress->fds = atomic_load_explicit(&pool->fds, memory_order_relaxed);
	progress->tell(progress);
}

/* While the starter lists: what can be done without. */
static void pool_work_early(struct worker *worker)
{
	struct scan_pool *pool = worker->pool;
	const struct collector *col = pool->col;
	struct scan *scan = &worker->scan;
	uint32_t i;

	scan->early = true;
	while (pool->wants_fds && !atomic_load(&pool->listed) &&
	       (i = atomic_fetch_add(&pool->next, 1)) < col->pids.nr) {
		struct early_scan early = { col->pids.at[i], scan->deferred.nr, 0 };

		pool_scan_one(worker, early.pid, NULL);
		early.nr = scan->deferred.nr - early.first;
		*vec_add(&worker->early) = early;
	}
	scan->early = false;
	pthread_mutex_lock(&pool->lock);
	while (!atomic_load(&pool->listed))
		pthread_cond_wait(&pool->ready, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

static void pool_work(struct worker *worker, bool starter)
{
	struct scan_pool *pool = worker->pool;
	const struct collector *col = pool->col;
	const struct early_scan *early;
	uint32_t first, i;

	worker->shard.base = col->snap;
	vec_for_each(early, &worker->early)
		pool_scan_one(worker, early->pid, early);
	while ((first = atomic_fetch_add(&pool->next, BATCH)) < col->pids.nr) {
		for (i = first; i < first + BATCH && i < col->pids.nr; i++)
			pool_scan_one(worker, col->pids.at[i], NULL);
		if (starter && pool->progress && pool->progress->tell)
			pool_tell(pool, first);
	}
	vec_free(&worker->early);
}

static void *pool_run(void *arg)
{
	pool_work_early(arg);
	pool_work(arg, false);
	return NULL;
}

struct scan_pool *scan_pool_start(struct collector *col, struct progress *progress)
{
	const unsigned int most = col->pids.nr / BATCH + 1;
	struct scan_pool *pool = mem_zero(1, sizeof(*pool));
	unsigned int i;

	pool->col = col;
	pool->progress = progress;
	pool->wants_fds = col->query->parts & NEED(FDS) && col->nr_fd_hooks;
	pool->nr = threads_wanted(col->query->threads);
	if (pool->nr > most)
		pool->nr = most;
	pool->workers = mem_zero(pool->nr, sizeof(*pool->workers));
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->ready, NULL);
	pthread_mutex_init(&pool->memories.lock, NULL);
	for (i = 0; i < pool->nr; i++) {
		struct worker *worker = &pool->workers[i];

		worker->shard = (struct snapshot){ .layout = col->snap->layout };
		worker->pool = pool;
		worker->scan.col = col;
		worker->scan.snap = &worker->shard;
		worker->started = i && !pthread_create(&worker->thread, NULL, pool_run, worker);
	}
	return pool;
}

/* What the latest could hold is not known. */
static void pool_miss_born(struct collector *col, struct worker *worker)
{
	struct scan *scan = &worker->scan;
	uint32_t i = col->pids.nr;
	const pid_t *pid;

	collect_born(col);
	vec_for_each(pid, &worker->lost)
		*vec_add(&col->pids) = *pid;
	for (; i < col->pids.nr; i++) {
		if (!scan_begin(scan, col->pids.at[i]))
			continue;
		snapshot_gap(scan->snap, PART_PROCS, EAGAIN, scan->pid, scan->uid, 0);
		scan_end(scan);
	}
}

/* @worker looks at those lost by all, and at those born since the last look, which
 * are added to col->pids. */
static void pool_scan_born(struct scan_pool *pool, struct worker *worker)
{
	struct collector *col = pool->col;
	struct VEC(pid_t) again = { 0 };
	uint32_t first = col->pids.nr, i;
	const pid_t *pid;

	for (i = 0; i < pool->nr; i++) {
		vec_for_each(pid, &pool->workers[i].lost)
			*vec_add(&again) = *pid;
		pool->workers[i].lost.nr = 0;
	}
	collect_born(col);
	/* What has gone has left nothing to anybody younger than the list. */
	vec_for_each(pid, &again) {
		pool_scan_one(worker, *pid, NULL);
		if (worker->scan.lost && worker->scan.nr_threads <= 1)
			worker->lost.nr--;
	}
	for (i = first; i < col->pids.nr; i++)
		pool_scan_one(worker, col->pids.at[i], NULL);
	vec_free(&again);
}

/*
 * A process that ended before it was looked at may have left what it had to one that
 * was born after the list was read. Who begins and ends faster than the list can be
 * read is a gap where a verdict is asked for, which says that nobody is there.
 */
static void pool_look_again(struct scan_pool *pool)
{
	struct worker *worker = &pool->workers[0];
	struct collector *col = pool->col;
	unsigned int pass;
	uint32_t i, lost;

	for (pass = 0; pass <= MAX_PASSES && !col->query->only_pids; pass++) {
		for (i = lost = 0; i < pool->nr; i++)
			lost += pool->workers[i].lost.nr;
		if (!lost || (col->last_pid && collect_last_pid(col) == col->last_pid))
			break;
		if (pass < MAX_PASSES)
			pool_scan_born(pool, worker);
		else if (col->query->parts & NEED(RUNNING))
			pool_miss_born(col, worker);
	}
	for (i = 0; i < pool->nr; i++)
		vec_free(&pool->workers[i].lost);
}

/* Moves what the workers from @first on have in a vector of their own to @all. */
#define POOL_GATHER(pool, first, member, all)						\
	do {										\
		unsigned int worker_;							\
		__typeof__((all)->at) at_;						\
											\
		for (worker_ = (first); worker_ < (pool)->nr; worker_++) {		\
			vec_for_each(at_, &(pool)->workers[worker_].member)		\
				*vec_add(all) = *at_;					\
			vec_free(&(pool)->workers[worker_].member);			\
		}									\
	} while (0)

/* What one that is ending for longer than a moment has open is not seen. A thread that goes on
 * may have what the first of its process had. */
static void pool_settle_ending(struct scan_pool *pool)
{
	struct worker *worker = &pool->workers[0];
	struct scan *scan = &worker->scan;
	struct endings all = scan->ending;
	const struct ending *ending;

	scan->ending = (struct endings){ 0 };
	collect_ending(scan, &all);
	vec_for_each(ending, &all) {
		scan->ending.nr = 0;
		pool_scan_one(worker, ending->pid, NULL);
		if (scan->ending.nr)
			snapshot_gap(scan->snap, PART_PROCS, EBUSY, scan->pid, scan->uid, 0);
	}
	vec_free(&all);
	scan->ending.nr = 0;
	vec_free(&worker->lost);
}

/* What is listed once it is known which namespaces descriptors lead to. */
static void pool_settle_namespaces(struct scan_pool *pool)
{
	struct snapshot **shards = mem_zero(pool->nr, sizeof(*shards));
	struct ns_fds net = { 0 }, ipc = { 0 };
	unsigned int i;

	for (i = 0; i < pool->nr; i++)
		shards[i] = &pool->workers[i].shard;
	POOL_GATHER(pool, 0, scan.net_ns_fds, &net);
	POOL_GATHER(pool, 0, scan.ipc_ns_fds, &ipc);
	collect_late_sockets(pool->col, shards, pool->nr, &net);
	collect_late_ipc_nss(pool->col, &ipc);
	vec_free(&net);
	vec_free(&ipc);
	free(shards);
}

/* The first worker looks at what the sockets found by all carry. */
static void pool_settle_flight(struct scan_pool *pool)
{
	struct scan *scan = &pool->workers[0].scan;
	struct held_sockets all = scan->held;

	scan->held = (struct held_sockets){ 0 };
	POOL_GATHER(pool, 1, scan.held, &all);
	POOL_GATHER(pool, 1, scan.rings, &scan->rings);
	collect_rings(scan);
	if (all.nr)
		collect_flight(pool->col, scan, &all);
	vec_free(&all);
}

/* What all workers found attached goes to the classes whose objects that may be. */
static void pool_settle(struct scan_pool *pool)
{
	struct attachments *all = &pool->workers[0].scan.attached;
	struct collector *col = pool->col;
	struct watchers *watchers = &pool->workers[0].scan.watchers;
	enum class_id class;

	POOL_GATHER(pool, 1, scan.attached.list, &all->list);
	POOL_GATHER(pool, 1, scan.attached.places, &all->places);
	POOL_GATHER(pool, 1, scan.watchers, watchers);
	if (watchers->nr)
		watchers_settle(col, watchers);
	for (class = 0; class < NR_CLASSES; class++) {
		if (col->query->classes & A_CLASS_OF(class) && ipc_classes[class]->settle)
			ipc_classes[class]->settle(col, all);
	}
	vec_free(&all->list);
	vec_free(&all->places);
	vec_free(&pool->memories.at);
	pthread_mutex_destroy(&pool->memories.lock);
}

void scan_pool_finish(struct scan_pool *pool)
{
	const struct collector *col = pool->col;
	uint64_t *attached = &pool->memories.attached, nr;
	const struct object *obj;
	unsigned int i;

	if (col->query->parts & NEED(RUNNING))
		collect_find_owned(pool->col);
	*attached = col->vmas_counted ? 0 : UINT64_MAX;
	vec_for_each(obj, &col->snap->objects) {
		if (*attached == UINT64_MAX || !ipc_classes[obj->class]->vma_counted)
			continue;
		*attached = object_num(col->snap, obj, FIELD_ATTACHES, &nr) ? *attached + nr :
									      UINT64_MAX;
	}
	pthread_mutex_lock(&pool->lock);
	atomic_store(&pool->listed, true);
	pthread_cond_broadcast(&pool->ready);
	pthread_mutex_unlock(&pool->lock);
	/* This thread is the first worker, so that one always makes it. */
	pool_work(&pool->workers[0], true);
	for (i = 1; i < pool->nr; i++) {
		if (pool->workers[i].started)
			pthread_join(pool->workers[i].thread, NULL);
	}
	pool_look_again(pool);
	POOL_GATHER(pool, 1, scan.ending, &pool->workers[0].scan.ending);
	if (pool->workers[0].scan.ending.nr)
		pool_settle_ending(pool);
	if (col->query->parts & SOCKET_PARTS || col->query->asks_nss)
		pool_settle_namespaces(pool);
	if (col->flight)
		pool_settle_flight(pool);
	/* The shards look into the snapshot until all are done. */
	for (i = 0; i < pool->nr; i++)
		snapshot_merge(col->snap, &pool->workers[i].shard);
	if (col->nr_fd_hooks) {
		collect_files(pool->col);
		collect_targets(pool->col, &pool->workers[0].scan);
	}
	for (i = 0; i < pool->nr; i++)
		scan_free(&pool->workers[i].scan);
	pool_settle(pool);
	pthread_cond_destroy(&pool->ready);
	pthread_mutex_destroy(&pool->lock);
	free(pool->workers);
	free(pool);
}
