// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes that objects name as their creator or last user, and those that
 * were asked for: whether they are still there. */
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

const enum field_id pid_fields[NR_PID_FIELDS] = {
	FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID,
};

void collect_named(struct collector *col)
{
	struct scan scan = { .col = col, .snap = col->snap };
	struct VEC(pid_t) pids = { 0 };
	const struct object *obj;
	uint32_t i;

	for (i = 0; i < col->query->nr_pids; i++)
		*vec_add(&pids) = col->query->pids[i];
	vec_for_each(obj, &col->snap->objects) {
		for (i = 0; i < NR_PID_FIELDS; i++) {
			uint64_t pid;

			if (object_num(col->snap, obj, pid_fields[i], &pid) && pid &&
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
