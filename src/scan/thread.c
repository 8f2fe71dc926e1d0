// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that differ from their process: proc_pid_task(5), kcmp(2). */
#include <errno.h>

#include "ipcscope/text.h"
#include "scan.h"

struct thread_walk {
	struct scan *scan;
	void (*each)(struct scan *scan, pid_t tid);
};

static int thread_each(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct thread_walk *walk = arg;
	const char *at = name;
	uint64_t tid;

	if (num_u64(&at, &tid) && !*at && tid <= INT32_MAX)
		walk->each(walk->scan, (pid_t)tid);
	return 0;
}

int scan_threads(struct scan *scan, void (*each)(struct scan *scan, pid_t tid))
{
	const struct host *host = scan->col->host;
	struct thread_walk walk = { scan, each };
	struct host_dir tasks;
	int err;

	err = host->ops->open_dir(host, &scan->dir, "task", &tasks);
	if (!err) {
		err = host->ops->read_dir(&tasks, &scan->tasks, thread_each, &walk);
		host->ops->close_dir(&tasks);
	}
	return err;
}

void scan_path(const struct scan *scan, const char *path, char *to, size_t room)
{
	if (scan->thread)
		snprintf(to, room, "task/%d/%s", (int)scan->thread, path);
	else
		snprintf(to, room, "%s", path);
}

/*
 * kcmp(2) puts tables into an order, so that among @scan->tables one is found by
 * halves. Where it is refused, a table may be any: its descriptors are read, and
 * belong to the process.
 */
bool scan_use_table(struct scan *scan, pid_t tid)
{
	const struct host *host = scan->col->host;
	uint32_t from = 0, to = scan->tables.nr, i;
	int order;

	scan->thread = tid;
	scan->table = 0;
	order = host->ops->compare(host, HOST_FILES, scan->living, tid);
	if (!order || order == -ESRCH) {
		scan->thread = 0;
		return false;
	}
	while (order > 0 && from < to) {
		uint32_t middle = from + (to - from) / 2;

		scan->table = scan->tables.at[middle];
		order = host->ops->compare(host, HOST_FILES, scan->table, tid);
		if (!order)
			return false;
		if (order == HOST_BEFORE)
			from = middle + 1;
		else
			to = middle;
	}
	if (order < 0) {
		scan->table = 0;
		return order != -ESRCH;
	}
	vec_add(&scan->tables);
	for (i = scan->tables.nr - 1; i > from; i--)
		scan->tables.at[i] = scan->tables.at[i - 1];
	scan->tables.at[from] = scan->table = tid;
	return true;
}
