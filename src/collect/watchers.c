// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What watches others: inotify(7), epoll(7). All of a kind share one inode, so that only
 * kcmp(2) tells which descriptors lead to the same open file, which is limited once. It is
 * charged to the user who made it, which nothing tells: taken to be that of who has it.
 */
#include <errno.h>

#include "internal.h"

static bool watchers_note(struct fd_entry *fd, bool epoll)
{
	struct scan *scan = fd->scan;

	if (scan_process(scan) != NO_INDEX)
		*vec_add(&scan->watchers) = (struct watcher){
			.pid = scan->pid, .tid = scan->thread ?: scan->living, .fd = fd->fd,
			.nr = fd_info_lines(fd, epoll ? "tfd:" : "inotify wd:"),
			.epoll = epoll,
		};
	return true;
}

bool watchers_inotify(struct fd_entry *fd)
{
	return watchers_note(fd, false);
}

bool watchers_epoll(struct fd_entry *fd)
{
	return watchers_note(fd, true);
}

static int watchers_order(const void *a, const void *b)
{
	const struct watcher *x = a, *y = b;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->tid, y->tid) ?: COMPARE(x->fd, y->fd);
}

/* Finds whom number @new is the same as. kcmp(2) puts open files into an order, that of
 * @firsts, in which one is found by halves. */
static void watchers_identify(const struct host *host, struct watchers *all, uint32_t *firsts,
			      uint32_t *nr, uint32_t new)
{
	struct watcher *watcher = &all->at[new];
	uint32_t from = 0, to = *nr, middle;
	int order = HOST_BEFORE;

	watcher->same = new;
	while (order > 0 && from < to) {
		const struct watcher *known = &all->at[firsts[middle = from + (to - from) / 2]];

		order = host->ops->compare_fds(host, known->tid, known->fd, watcher->tid,
					       watcher->fd, -1);
		if (!order) {
			watcher->same = firsts[middle];
			return;
		}
		if (order == HOST_BEFORE)
			from = middle + 1;
		else if (order == HOST_AFTER)
			to = middle;
	}
	watcher->uncompared = order < 0;
	memmove(firsts + from + 1, firsts + from, (*nr - from) * sizeof(*firsts));
	firsts[from] = new;
	(*nr)++;
}

/* The number that is charged with @watcher; what[] gets how many of each are. */
static void watchers_amounts(const struct watcher *watcher, uint64_t what[NR_WATCHED])
{
	what[WATCHED_INOTIFIES] = !watcher->epoll;
	what[WATCHED_BY_INOTIFY] = watcher->epoll ? 0 : watcher->nr;
	what[WATCHED_BY_EPOLL] = watcher->epoll ? watcher->nr : 0;
}

void watchers_settle(struct collector *col, struct watchers *all)
{
	struct snapshot *snap = col->snap;
	uint32_t *firsts = mem_zero(all->nr, sizeof(*firsts)), nr = 0, i, process;
	uint64_t what[NR_WATCHED];
	enum watched w;

	if (all->nr)
		qsort(all->at, all->nr, sizeof(all->at[0]), watchers_order);
	for (i = 0; i < all->nr; i++) {
		struct watcher *watcher = &all->at[i];
		struct process_tally *tally;
		uint32_t first;

		watchers_identify(col->host, all, firsts, &nr, i);
		process = snapshot_find_pid(snap, watcher->pid);
		first = snapshot_find_pid(snap, all->at[watcher->same].pid);
		if (process == NO_INDEX || first == NO_INDEX)
			continue;
		watchers_amounts(watcher, what);
		tally = tally_of(snap, process);
		for (w = 0; w < NR_WATCHED; w++) {
			if (watcher->same == i)
				tally->watched[w] += what[w];
			if (watcher->uncompared)
				tally->doubtful[w] += what[w];
			/* Of another user, who may have made it. */
			if (snap->processes.at[process].uid == snap->processes.at[first].uid)
				continue;
			tally->maybe[w] += what[w];
			tally_of(snap, first)->doubtful[w] += what[w];
		}
	}
	free(firsts);
	vec_free(all);
}
