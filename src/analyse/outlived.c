// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether nobody is left of those who made an object, though its owner runs something. */
#include <stdlib.h>

#include "judge.h"

#define UNUSED_FOR	3600	/* seconds */

static int outlived_compare(const void *a, const void *b)
{
	return COMPARE(*(const pid_t *)a, *(const pid_t *)b);
}

/* Sessions and process groups of all, in order; the first is 0 if one is not known. */
static const pid_t *outlived_leaders(struct judge *judge)
{
	const struct process *proc;

	if (judge->leaders.nr)
		return judge->leaders.at;
	vec_for_each(proc, &judge->snap->processes) {
		if (proc->flags & PROCESS_KTHREAD)
			continue;
		*vec_add(&judge->leaders) = proc->group;
		*vec_add(&judge->leaders) = proc->session;
	}
	if (!judge->leaders.nr)
		*vec_add(&judge->leaders) = 0;
	qsort(judge->leaders.at, judge->leaders.nr, sizeof(pid_t), outlived_compare);
	return judge->leaders.at;
}

bool judge_session_runs(struct judge *judge, pid_t pid)
{
	const pid_t *leaders = outlived_leaders(judge);

	return bsearch(&pid, leaders, judge->leaders.nr, sizeof(pid_t), outlived_compare);
}

bool judge_is_outlived(struct verdict_state *state)
{
	static const enum field_id times[] = {
		FIELD_CTIME, FIELD_ATIME, FIELD_DTIME, FIELD_OTIME, FIELD_STIME, FIELD_RTIME,
	};
	const struct host_facts *host = &state->judge->snap->host;
	int64_t last = host->steady_since;
	size_t i;

	if (!state->maker_gone)
		return false;
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		int64_t when = (int64_t)judge_number(state, times[i]);

		last = when > last ? when : last;
	}
	if (outlived_leaders(state->judge)[0] && host->steady_since && host->taken - last >= UNUSED_FOR)
		return true;
	evidence_add(state, USED_LATELY);
	return false;
}
