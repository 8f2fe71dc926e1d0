// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes that objects name as their creator or last user: whether they
 * are still there. */
#include "internal.h"

static int compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void look_up(struct collector *col, struct scan *scan, pid_t pid)
{
	if (snapshot_find_pid(col->snap, pid) != NO_INDEX ||
	    !scan_begin(scan, pid))
		return;
	scan_process(scan);
	scan_end(scan);
}

void collect_named(struct collector *col)
{
	static const enum field_id named[] = {
		FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID,
	};
	struct scan scan = { .col = col, .snap = col->snap };
	struct VEC(pid_t) pids = { 0 };
	const struct object *obj;
	uint32_t i;

	vec_for_each(obj, &col->snap->objects) {
		for (i = 0; i < ARRAY_SIZE(named); i++) {
			uint64_t pid;

			if (object_num(col->snap, obj, named[i], &pid) && pid &&
			    (!pids.nr || pids.at[pids.nr - 1] != (pid_t)pid))
				*vec_add(&pids) = (pid_t)pid;
		}
	}
	if (pids.nr)
		qsort(pids.at, pids.nr, sizeof(pids.at[0]), compare_pids);
	for (i = 0; i < pids.nr; i++) {
		if (!i || pids.at[i] != pids.at[i - 1])
			look_up(col, &scan, pids.at[i]);
	}
	vec_free(&pids);
	scan_free(&scan);
}

/* Arguments end with a NUL each; a kernel thread and a zombie have none. */
static void read_cmdline(struct collector *col, struct process *proc)
{
	struct buf *path = &col->scratch;
	struct buf text = { 0 };
	size_t i;

	buf_reset(path);
	buf_i64(path, proc->pid);
	buf_puts(path, "/cmdline");
	if (col->host->ops->read_file(col->host, &col->proc, path->data,
				      &text) >= 0) {
		while (text.len && !text.data[text.len - 1])
			text.len--;
		for (i = 0; i < text.len; i++) {
			if (!text.data[i])
				text.data[i] = ' ';
		}
		proc->cmdline = arena_str(&col->snap->arena,
					  text.len ? text.data : "", text.len);
		proc->flags |= PROCESS_DETAILED;
	}
	buf_free(&text);
}

void collect_details(struct collector *col)
{
	struct process *proc;

	vec_for_each(proc, &col->snap->processes)
		read_cmdline(col, proc);
}
