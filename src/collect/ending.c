// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who ends: do_exit(), kernel/exit.c. What it has mapped and open goes from /proc first and is
 * closed then, where the file system of another file may keep it waiting: until all is closed it
 * is a user of anything. Most are gone in a moment, which is waited for.
 */
#include <errno.h>

#include "internal.h"
#include "ipcscope/map.h"

#define STILL	100	/* milliseconds in which nothing of it changes */
#define MOST	1000	/* it is waited for */

struct ending_look {
	const struct scan *scan;
	struct host_dir tasks;
	struct buf text;
	bool goes_on;		/* a thread does */
	bool runs;		/* one that ends */
	uint64_t sum;		/* of what tells whether one did; 0: none ends */
};

/* The first process of a PID namespace waits, when it has closed all, for the others to be
 * gone: zap_pid_ns_processes(), behind exit_nsproxy_namespaces() and exit_task_work(). */
static bool ending_has_closed(struct ending_look *look, const char *tid)
{
	static const char *const waits[] = { "do_wait", "kernel_wait4", "zap_pid_ns_processes" };
	const struct host *host = look->scan->col->host;
	char path[32], link[64];
	size_t i;

	snprintf(path, sizeof(path), "%s/ns/ipc", tid);
	if (host->ops->read_link(host, &look->tasks, path, link, sizeof(link)) != -ENOENT)
		return false;
	snprintf(path, sizeof(path), "%s/wchan", tid);
	if (host->ops->read_file(host, &look->tasks, path, &look->text) < 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		if (look->text.len == strlen(waits[i]) &&
		    !memcmp(look->text.data, waits[i], look->text.len))
			return true;
	}
	return false;
}

static int ending_each(void *arg, const char *tid, uint64_t ino, unsigned char type)
{
	struct ending_look *look = arg;
	const struct host *host = look->scan->col->host;
	enum scan_life life;
	const char *counts;
	char path[32];

	snprintf(path, sizeof(path), "%s/stat", tid);
	life = scan_life(look->scan, &look->tasks, path);
	look->goes_on |= life == LIFE_GOES_ON || life == LIFE_UNKNOWN;
	if (life != LIFE_ENDS || ending_has_closed(look, tid))
		return 0;
	snprintf(path, sizeof(path), "%s/status", tid);
	if (host->ops->read_file(host, &look->tasks, path, &look->text) < 0)
		buf_reset(&look->text);
	buf_puts(&look->text, "");
	look->runs |= strstr(look->text.data, "\nState:\tR") != NULL;
	counts = strstr(look->text.data, "\nvoluntary_ctxt_switches:") ?: "";
	look->sum = hash_u64(look->sum, hash_bytes(counts, strlen(counts))) | 1;
	return 0;
}

/* The sum of it, after @last; 0: it has ended, UINT64_MAX: it does not. */
static uint64_t ending_look_at(struct scan *scan, const struct ending *ending, uint64_t last)
{
	const struct host *host = scan->col->host;
	struct ending_look look = { .scan = scan };
	char path[32];
	int err;

	snprintf(path, sizeof(path), "%d/task", (int)ending->pid);
	err = host->ops->open_dir(host, &scan->col->proc, path, &look.tasks);
	if (err == -ENOENT || err == -ESRCH)
		return 0;
	snprintf(path, sizeof(path), "%d", (int)ending->thread);
	if (!err && ending->thread)
		ending_each(&look, path, 0, 0);
	else if (!err)
		err = host->ops->read_dir(&look.tasks, &scan->tasks, ending_each, &look);
	host->ops->close_dir(&look.tasks);
	buf_free(&look.text);
	if (look.goes_on || (err && err != -ENOENT && err != -ESRCH))
		return UINT64_MAX;
	return look.sum && look.runs ? last + 2 : look.sum;
}

void collect_ending(struct scan *scan, struct endings *all)
{
	const struct host *host = scan->col->host;
	struct VEC(uint64_t) sums = { 0 };
	unsigned int time, still = 0;
	uint32_t i, left;
	bool any = true;

	for (i = 0; i < all->nr; i++)
		*vec_add(&sums) = 1;
	for (time = 0; any && still < STILL && time < MOST; time++) {
		if (time)
			host->ops->wait(host, 1);
		still++;
		any = false;
		for (i = 0; i < all->nr; i++) {
			uint64_t *last = &sums.at[i], sum = *last;

			if (sum && sum != UINT64_MAX)
				sum = ending_look_at(scan, &all->at[i], *last);
			still = sum == *last ? still : 0;
			any |= sum && sum != UINT64_MAX;
			*last = sum;
		}
	}
	for (i = left = 0; i < all->nr; i++) {
		if (sums.at[i])
			all->at[left++] = all->at[i];
	}
	all->nr = left;
	vec_free(&sums);
}
