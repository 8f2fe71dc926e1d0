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

pid_t memory_find(struct memories *memories, const struct host *host, pid_t pid, bool add)
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

void memory_free(struct memories *memories)
{
	vec_free(&memories->at);
	pthread_mutex_destroy(&memories->lock);
}
