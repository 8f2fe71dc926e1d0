// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals of a process, and threads that have a table of descriptors or namespaces of
 * their own: proc_pid_status(5), kcmp(2), fs/proc/array.c: task_sig(). */
#include <errno.h>

#include "ipcscope/text.h"
#include "scan.h"

static bool signals_set(const struct scan *scan, const char *word, uint64_t *set)
{
	const char *at = strstr(scan->text.data, word);

	at = at ? at + strlen(word) : NULL;
	return at && num_hex(&at, set);
}

/* "SigQ:\t8/96365" */
static bool signals_queue(const struct scan *scan, struct process_signals *signals)
{
	static const char word[] = "\nSigQ:\t";
	const char *at = strstr(scan->text.data, word);

	at = at ? at + strlen(word) : NULL;
	if (!at || !num_u64(&at, &signals->queued) || *at++ != '/' ||
	    !num_u64(&at, &signals->max_queued))
		return false;
	/* RLIM_INFINITY, of a kernel of 32 bits. */
	if (signals->max_queued == UINT32_MAX)
		signals->max_queued = UINT64_MAX;
	return true;
}

/* Whether thread @tid, which is noted in @thread, has something that the process has not.
 * -ENOENT: it has ended, the kernel has no such namespaces, or there is no process in it yet. */
static bool signals_compare(struct scan *scan, pid_t tid, struct thread *thread)
{
	const struct host *host = scan->col->host;
	bool differs = false;
	char path[48];
	uint64_t ns;
	int err, i, failed;

	if (tid == scan->living || !scan->col->query->odd_threads)
		return false;
	failed = host->ops->compare(host, HOST_FILES, scan->living, tid);
	thread->own_fds = differs = failed > 0;
	for (i = 0; i < NR_THREAD_NS && failed != -ESRCH; i++) {
		snprintf(path, sizeof(path), "task/%d/ns/%s", (int)tid, thread_ns_infos[i].name);
		err = scan->ns[i] ? 0 : scan_ns(host, &scan->dir, strstr(path, "ns/"), &scan->ns[i]);
		err = err ?: scan_ns(host, &scan->dir, path, &ns);
		if (!err && ns != scan->ns[i])
			thread->ns[i] = ns;
		differs |= thread->ns[i];
		if (err && err != -ENOENT)
			failed = err;
	}
	if (failed < 0 && failed != -ESRCH) {
		scan->uncompared = true;
		scan_gap(scan, PART_DETAILS, failed);
	}
	return differs;
}

void scan_note_signals(struct scan *scan, pid_t tid)
{
	struct process_signals *all = &scan->signals, one = { 0 };
	struct thread thread = { .tid = tid };
	const struct host *host = scan->col->host;
	const char *state = strstr(scan->text.data, "\nState:\t");
	char path[48];

	/* One that has ended takes no signal any more. */
	if (state && strchr("ZX", state[strlen("\nState:\t")]) && tid != scan->living)
		return;
	if (!signals_set(scan, "\nSigPnd:\t", &thread.pending) ||
	    !signals_set(scan, "\nSigBlk:\t", &thread.blocked) ||
	    !signals_set(scan, "\nShdPnd:\t", &one.set[SIGNALS_PENDING_PROCESS]) ||
	    !signals_set(scan, "\nSigIgn:\t", &one.set[SIGNALS_IGNORED]) ||
	    !signals_set(scan, "\nSigCgt:\t", &one.set[SIGNALS_CAUGHT]) ||
	    !signals_queue(scan, &one)) {
		scan_gap(scan, PART_SIGNALS, -EBADMSG);
		return;
	}
	one.set[SIGNALS_PENDING_THREAD] = all->set[SIGNALS_PENDING_THREAD] | thread.pending;
	one.set[SIGNALS_BLOCKED] = thread.blocked &
				   (scan->nr_signals++ ? all->set[SIGNALS_BLOCKED] : ~0ull);
	*all = one;
	if (!signals_compare(scan, tid, &thread) && !thread.pending)
		return;
	snprintf(path, sizeof(path), "task/%d/comm", (int)tid);
	if (host->ops->read_file(host, &scan->dir, path, &scan->text) >= 0)
		thread.comm = arena_str(&scan->snap->arena, scan->text.data, scan->text.len -
					(scan->text.len && scan->text.data[scan->text.len - 1] == '\n'));
	*vec_add(&scan->odd) = thread;
}

static int signals_order(const void *a, const void *b)
{
	return COMPARE(((const struct thread *)a)->tid, ((const struct thread *)b)->tid);
}

void scan_end_signals(struct scan *scan)
{
	struct process *proc = &scan->snap->processes.at[scan->process];
	const size_t size = scan->odd.nr * sizeof(scan->odd.at[0]);
	struct process_signals *signals;
	struct threads *threads;

	if (scan->nr_signals) {
		signals = arena_alloc(&scan->snap->arena, sizeof(*signals));
		*signals = scan->signals;
		threads = arena_alloc(&scan->snap->arena, sizeof(*threads) + size);
		threads->nr = scan->odd.nr;
		threads->compared = scan->col->query->odd_threads && !scan->uncompared;
		if (size) {
			memcpy(threads->at, scan->odd.at, size);
			qsort(threads->at, threads->nr, sizeof(threads->at[0]), signals_order);
		}
		proc->signals = signals;
		proc->threads = threads;
	}
	scan->signals = (struct process_signals){ 0 };
	scan->nr_signals = scan->odd.nr = 0;
	scan->uncompared = false;
	memset(scan->ns, 0, sizeof(scan->ns));
}
