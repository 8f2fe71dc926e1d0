// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that differ from their process: proc_pid_task(5), kcmp(2). */
#include <errno.h>
#include <string.h>

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

/* More than there is room for are not all seen. */
static void thread_add_user(struct scan *scan, struct process *proc, uid_t uid)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(proc->others); i++) {
		if (!uid || uid == proc->uid || uid == proc->others[i])
			return;
		if (!proc->others[i]) {
			proc->others[i] = uid;
			return;
		}
	}
	scan_gap(scan, PART_RUNNING, -E2BIG);
}

/* "Uid:\t1000\t0\t0\t0\n": fs/proc/array.c. */
static void thread_read_status(struct scan *scan, const char *path, pid_t tid)
{
	const uint64_t parts = scan->col->query->parts & (NEED(RUNNING) | NEED(SIGNALS));
	const struct host *host = scan->col->host;
	const uint32_t index = scan_process(scan);
	const char *at;
	uint64_t uid;
	int err = host->ops->read_file(host, &scan->dir, path, &scan->text);

	if (err < 0 && err != -ENOENT && err != -ESRCH)
		scan_gap(scan, parts & NEED(RUNNING) ? PART_RUNNING : PART_SIGNALS, err);
	if (err < 0 || index == NO_INDEX)
		return;
	at = parts & NEED(RUNNING) ? strstr(scan->text.data, "\nUid:") : NULL;
	at = at ? at + strlen("\nUid:") : "";
	while (*at == '\t' && at++ && num_u64(&at, &uid))
		thread_add_user(scan, &scan->snap->processes.at[index], (uid_t)uid);
	if (parts & NEED(SIGNALS))
		scan_note_signals(scan, tid);
}

static void thread_status(struct scan *scan, pid_t tid)
{
	char path[40];

	snprintf(path, sizeof(path), "task/%d/status", (int)tid);
	thread_read_status(scan, path, tid);
}

void scan_status(struct scan *scan)
{
	const struct query *query = scan->col->query;
	uint32_t index, i;

	/* Signals are those of the processes asked for. */
	for (i = 0; i < query->nr_pids && query->pids[i] != scan->pid; i++)
		;
	if (!(query->parts & NEED(RUNNING)) && query->nr_pids && i == query->nr_pids)
		return;
	index = scan_process(scan);
	if (index == NO_INDEX || !(scan->col->owned || query->parts & NEED(SIGNALS)) ||
	    scan->snap->processes.at[index].flags & (PROCESS_KTHREAD | PROCESS_ZOMBIE))
		return;
	if (scan->nr_threads == 1)
		thread_read_status(scan, "status", scan->pid);
	else if (scan_threads(scan, thread_status) < 0)
		scan_gap(scan, PART_RUNNING, -EIO);
	if (scan->col->query->parts & NEED(SIGNALS))
		scan_end_signals(scan);
}
