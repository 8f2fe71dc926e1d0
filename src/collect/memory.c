// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that share one memory: clone(CLONE_VM), vfork(2). The kernel counts what is
 * attached to a memory once. */
#include <errno.h>

#include "internal.h"

/* One that has ended stands for nothing any more. */
static bool memory_drop_ended(struct memories *memories, const struct host *host, uint32_t i)
{
	pid_t pid = memories->at.at[i];

	if (host->ops->compare(host, HOST_MEMORY, pid, pid) != -ESRCH)
		return false;
	memories->at.nr--;
	memmove(&memories->at.at[i], &memories->at.at[i + 1],
		(memories->at.nr - i) * sizeof(pid));
	return true;
}

/* The process that stands for the memory of @pid, itself if it is added; 0: none does;
 * -errno: memories cannot be compared. */
static pid_t memory_find(struct memories *memories, const struct host *host, pid_t pid, bool add)
{
	uint32_t from = 0, to;
	pid_t found = 0;

	pthread_mutex_lock(&memories->lock);
	for (to = memories->at.nr; from < to && !found; ) {
		uint32_t middle = from + (to - from) / 2;
		pid_t other = memories->at.at[middle];
		int order = host->ops->compare(host, HOST_MEMORY, other, pid);

		if (order == HOST_BEFORE)
			from = middle + 1;
		else if (order == HOST_AFTER || (order == -ESRCH &&
						 memory_drop_ended(memories, host, middle)))
			to = order > 0 ? middle : to - 1;
		else
			found = order ?: other;
	}
	if (!found && add) {
		vec_add(&memories->at);
		memmove(&memories->at.at[from + 1], &memories->at.at[from],
			(memories->at.nr - 1 - from) * sizeof(pid));
		memories->at.at[from] = found = pid;
	}
	pthread_mutex_unlock(&memories->lock);
	return found;
}

void memory_scan_maps(struct memories *memories, struct scan *scan)
{
	const struct collector *col = scan->col;
	uint32_t first = scan->attached.list.nr, found = 0;
	struct attachment *at;
	pid_t memory;

	if (atomic_load_explicit(&memories->found, memory_order_relaxed) >= memories->attached &&
	    scan->nr_threads <= 1 && scan_ipc_ns(scan) == col->snap->host.ipc_ns &&
	    !memory_find(memories, col->host, scan->living, false))
		return;
	scan_maps(scan);
	if (scan->attached.list.nr == first)
		return;
	memory = memory_find(memories, col->host, scan->living, true);
	for (; first < scan->attached.list.nr; first++) {
		at = &scan->attached.list.at[first];
		/* Of one that has ended nothing is shared any more. */
		at->memory = memory == -ESRCH ? scan->living : memory > 0 ? memory : 0;
		found += memory == scan->living && at->fits;
	}
	atomic_fetch_add_explicit(&memories->found, found, memory_order_relaxed);
}
