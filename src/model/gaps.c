// SPDX-License-Identifier: GPL-2.0-or-later
/* What keeps processes and namespaces from being seen, and what helps. */
#include <errno.h>
#include <limits.h>

#include "internal.h"
#include "ipcscope/gaps.h"

const struct known_gap_info known_gaps[NR_GAPS] = {
#define GAP(id, ...)	[GAP_##id] = { __VA_ARGS__ },
#include "ipcscope/gaps.def"
#undef GAP
};

enum known_gap warning_gap(const struct warning *warning)
{
	enum known_gap gap = 0;

	if (warning->part != PART_PROCS || warning->err || !warning->what)
		return NR_GAPS;
	while (gap < NR_GAPS && strcmp(warning->what->data, known_gaps[gap].what) != 0)
		gap++;
	return gap;
}

const char *warning_help(const struct warning *warning)
{
	const enum known_gap gap = warning_gap(warning);

	if (gap < NR_GAPS)
		return known_gaps[gap].help;
	if (warning->part == PART_PROCS && warning->err == EBUSY)
		return "end the mount or device that it waits for, see its /proc/PID/stack";
	if (warning->err == EACCES || warning->err == EPERM)
		return part_infos[warning->part].help;
	if (warning->err == ENOENT && (warning->part == PART_LIMITS || warning->part == PART_SYSV))
		return "mount a /proc with sysctls (without subset=pid)";
	return warning->err == ETIMEDOUT ? "end the mount that does not answer" : NULL;
}

static int gaps_compare_nss(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return COMPARE(*x, *y);
}

uint32_t snapshot_other_ipc_nss(const struct snapshot *snap, pid_t *first)
{
	struct VEC(uint64_t) nss = { 0 };
	const struct process *proc;
	uint32_t i, nr = 0;

	*first = 0;
	vec_for_each(proc, &snap->processes) {
		if (!proc->ipc_ns || proc->ipc_ns == snap->host.ipc_ns)
			continue;
		*first = *first ?: proc->pid;
		*vec_add(&nss) = proc->ipc_ns;
	}
	if (nss.nr)
		qsort(nss.at, nss.nr, sizeof(nss.at[0]), gaps_compare_nss);
	for (i = 0; i < nss.nr; i++)
		nr += !i || nss.at[i] != nss.at[i - 1];
	vec_free(&nss);
	return nr;
}

static int gaps_compare(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->pid, y->pid) ?: COMPARE(x->uid, y->uid) ?:
	       COMPARE(x->ipc_ns, y->ipc_ns);
}

/* Number of the first gap that is not before @gap. */
static uint32_t gaps_find(const struct snapshot *snap, const struct gap *gap)
{
	uint32_t from = 0, to = snap->gaps.nr;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (gaps_compare(&snap->gaps.at[middle], gap) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool missing_process(const struct snapshot *snap, pid_t pid)
{
	struct gap gap = { .part = PART_PROCS };
	uint32_t i = 0;

	if (!(snap->gap_parts & NEED(PROCS)))
		return false;
	for (;;) {
		gap.pid = INT_MIN;
		i = gaps_find(snap, &gap);
		if (i == snap->gaps.nr || snap->gaps.at[i].part != PART_PROCS)
			return false;
		gap.err = snap->gaps.at[i].err;
		gap.pid = pid;
		i = gaps_find(snap, &gap);
		if (i < snap->gaps.nr && snap->gaps.at[i].part == PART_PROCS &&
		    snap->gaps.at[i].err == gap.err && snap->gaps.at[i].pid == pid)
			return true;
		gap.err++;
	}
}

static int gaps_compare_warnings(const void *a, const void *b)
{
	const struct warning *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->first, y->first);
}

static int gaps_compare_users(const void *a, const void *b)
{
	const struct gap_user *x = a, *y = b;

	return COMPARE(x->uid, y->uid);
}

static void gaps_find_users(struct snapshot *snap)
{
	uint32_t i, nr = 0;
	struct gap_user *user;
	const struct gap *gap;

	vec_for_each(gap, &snap->gaps)
		*vec_add(&snap->gap_users) = (struct gap_user){ gap->uid, UINT64_C(1) << gap->part };
	user = snap->gap_users.at;
	qsort(user, snap->gap_users.nr, sizeof(*user), gaps_compare_users);
	for (i = 0; i < snap->gap_users.nr; i++) {
		if (nr && user[nr - 1].uid == user[i].uid)
			user[nr - 1].parts |= user[i].parts;
		else
			user[nr++] = user[i];
	}
	snap->gap_users.nr = nr;
}

/* Whether there is anything that a request of the process may have. */
static bool gaps_matter(const struct snapshot *snap, const struct gap *gap)
{
	const struct object *obj;
	uint64_t uid;

	vec_for_each(obj, &snap->objects) {
		if (class_infos[obj->class]->users_by >> gap->part & 1 &&
		    (!gap->uid || gap->uid == (uid_t)-1 || !object_is_closed(snap, obj, &uid) ||
		     gap->uid == uid))
			return true;
	}
	return false;
}

void missing_finish(struct snapshot *snap)
{
	struct warning *warning = NULL;
	struct gap *gaps = snap->gaps.at;
	struct gap same = { .part = NR_PARTS };
	const struct gap *gap;
	bool matters = false;
	uint32_t i, nr = 0;

	/* Warnings of gaps were made when it was finished before. */
	for (i = 0; i < snap->warnings.nr; i++) {
		if (!snap->warnings.at[i].first)
			snap->warnings.at[nr++] = snap->warnings.at[i];
	}
	snap->warnings.nr = nr;
	nr = 0;
	snap->gap_parts = snap->warned_parts = 0;
	if (snap->gaps.nr)
		qsort(snap->gaps.at, snap->gaps.nr, sizeof(snap->gaps.at[0]), gaps_compare);
	vec_for_each(gap, &snap->gaps) {
		const struct gap *last = nr ? &gaps[nr - 1] : NULL;

		if (last && last->part == gap->part && last->err == gap->err &&
		    last->pid == gap->pid)
			continue;
		if (BY_REQUEST >> gap->part & 1 &&
		    (same.part != gap->part || same.uid != gap->uid)) {
			same = *gap;
			matters = gaps_matter(snap, gap);
		}
		if (BY_REQUEST >> gap->part & 1 && !matters)
			continue;
		gaps[nr++] = *gap;
		snap->gap_parts |= UINT64_C(1) << gap->part;
		if (!warning || warning->part != gap->part || warning->err != gap->err) {
			warning = vec_add(&snap->warnings);
			warning->part = gap->part;
			warning->err = gap->err;
			warning->first = gap->pid;
		}
		warning->count++;
	}
	snap->gaps.nr = nr;
	snap->gap_users.nr = 0;
	if (snap->gaps.nr)
		gaps_find_users(snap);
	vec_for_each(warning, &snap->warnings) {
		if (!warning->first && !warning->unsupported)
			snap->warned_parts |= UINT64_C(1) << warning->part;
	}
	if (snap->warnings.nr)
		qsort(snap->warnings.at, snap->warnings.nr,
		      sizeof(snap->warnings.at[0]), gaps_compare_warnings);
}
