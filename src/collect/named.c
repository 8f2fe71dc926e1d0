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
