// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes that objects name, and what people want to know of the few that a
 * screen is about. */
#include "internal.h"

static const enum field_id pid_fields[] = {
	FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID,
};

static int details_compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The processes that objects name as their creator or last user, and those that were
 * asked for: whether they are still there. */
void collect_named(struct collector *col)
{
	struct scan scan = { .col = col, .snap = col->snap };
	struct VEC(pid_t) pids = { 0 };
	const struct object *obj;
	uint32_t i;

	if (col->foreign)
		return;
	for (i = 0; i < col->query->nr_pids; i++)
		*vec_add(&pids) = col->query->pids[i];
	vec_for_each(obj, &col->snap->objects) {
		for (i = 0; i < ARRAY_SIZE(pid_fields); i++) {
			uint64_t pid;

			if (object_num(col->snap, obj, pid_fields[i], &pid) && pid &&
			    (!pids.nr || pids.at[pids.nr - 1] != (pid_t)pid))
				*vec_add(&pids) = (pid_t)pid;
		}
	}
	if (pids.nr)
		qsort(pids.at, pids.nr, sizeof(pids.at[0]), details_compare_pids);
	for (i = 0; i < pids.nr; i++) {
		if ((i && pids.at[i] == pids.at[i - 1]) ||
		    snapshot_find_pid(col->snap, pids.at[i]) != NO_INDEX ||
		    !scan_begin(&scan, pids.at[i]))
			continue;
		scan_process(&scan);
		scan_end(&scan);
	}
	vec_free(&pids);
	scan_free(&scan);
}

void collect_find_owned(struct collector *col)
{
	const struct object *obj;
	uint64_t uid;

	vec_for_each(obj, &col->snap->objects) {
		if ((object_num(col->snap, obj, FIELD_UID, &uid) && uid) ||
		    (object_num(col->snap, obj, FIELD_CUID, &uid) && uid))
			col->owned = true;
	}
}

void collect_late_users(struct collector *col)
{
	struct scan scan = { .col = col, .snap = col->snap };
	const uint32_t nr = col->snap->processes.nr;
	uint32_t i;

	collect_find_owned(col);
	for (i = 0; i < nr && col->owned; i++) {
		if (!scan_begin(&scan, col->snap->processes.at[i].pid))
			continue;
		scan_status(&scan);
		scan_end(&scan);
	}
	scan_free(&scan);
}

/* Arguments end with a NUL each; a kernel thread and a zombie have none. */
static void details_read_cmdline(struct collector *col, struct process *proc)
{
	struct buf *path = &col->scratch;
	struct buf text = { 0 };
	size_t i;

	buf_reset(path);
	buf_i64(path, proc->pid);
	buf_puts(path, "/cmdline");
	if (col->host->ops->read_locked(col->host, &col->proc, path->data, proc->pid, &text) >= 0) {
		while (text.len && !text.data[text.len - 1])
			text.len--;
		for (i = 0; i < text.len; i++) {
			if (!text.data[i])
				text.data[i] = ' ';
		}
		proc->cmdline = arena_str(&col->snap->arena,
					  text.len ? text.data : "", text.len);
	}
	buf_free(&text);
}

static void details_read(struct collector *col, struct process *proc)
{
	const struct host *host = col->host;
	struct host_process more;

	if (proc->flags & PROCESS_DETAILED)
		return;
	/* A pid that was given out again since tells of somebody else. */
	if (host->ops->process(host, proc->pid, &more) || more.start != proc->start)
		return;
	proc->flags |= PROCESS_DETAILED;
	if (*more.unit)
		proc->unit = arena_str(&col->snap->arena, more.unit, strlen(more.unit));
	details_read_cmdline(col, proc);
}

static void details_of_pid(struct collector *col, pid_t pid)
{
	uint32_t process = snapshot_find_pid(col->snap, pid);

	if (process != NO_INDEX)
		details_read(col, &col->snap->processes.at[process]);
}

static void details_of_users(struct collector *col, const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, col->snap, obj) {
		if (edge->process != NO_INDEX)
			details_read(col, &col->snap->processes.at[edge->process]);
	}
	for (i = 0; i < ARRAY_SIZE(pid_fields); i++) {
		uint64_t pid;

		if (object_num(col->snap, obj, pid_fields[i], &pid))
			details_of_pid(col, (pid_t)pid);
	}
}

void collect_details(struct collector *col)
{
	const struct query *query = col->query;
	const struct object *obj;
	struct process *proc;
	uint32_t i;

	for (i = 0; i < query->nr_pids; i++)
		details_of_pid(col, query->pids[i]);
	if (query->look_at && !query->all_details) {
		vec_for_each(obj, &col->snap->objects) {
			if (query->look_at(query->look_at_arg, col->snap, obj))
				details_of_users(col, obj);
		}
	} else if (!query->nr_pids) {
		vec_for_each(proc, &col->snap->processes)
			details_read(col, proc);
	}
}
