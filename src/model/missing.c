// SPDX-License-Identifier: GPL-2.0-or-later
/* What could not be seen: gaps and warnings. */
#include "internal.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

/* There are a few kinds of warning at most: parts times errors, and why /proc does not
 * show all processes. */
static struct warning *missing_find_warning(struct snapshot *snap, enum part part,
					    int err, bool unsupported, const struct str *what)
{
	struct warning *warning;

	vec_for_each(warning, &snap->warnings) {
		if (warning->part == part && warning->err == err &&
		    warning->unsupported == unsupported && !warning->first &&
		    (err || part != PART_PROCS || str_same(warning->what, what)))
			return warning;
	}
	warning = vec_add(&snap->warnings);
	warning->part = part;
	warning->err = err;
	warning->unsupported = unsupported;
	return warning;
}

void snapshot_gap(struct snapshot *snap, enum part part, int err, pid_t pid,
		  uid_t uid, uint64_t ipc_ns)
{
	struct gap *gap = vec_add(&snap->gaps);

	gap->pid = pid;
	gap->uid = uid;
	gap->ipc_ns = ipc_ns;
	gap->part = part;
	gap->err = err;
}

void snapshot_warn(struct snapshot *snap, enum part part, int err, const char *fmt, ...)
{
	struct warning *warning;
	const struct str *what;
	char text[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(text))
		len = sizeof(text) - 1;
	what = arena_str(&snap->arena, text, (size_t)len);
	warning = missing_find_warning(snap, part, err, false, what);
	if (!warning->count++)
		warning->what = what;
}

void snapshot_unsupported(struct snapshot *snap, enum part part, const char *what)
{
	struct warning *warning = missing_find_warning(snap, part, 0, true, NULL);

	if (!warning->count++)
		warning->what = arena_str(&snap->arena, what, strlen(what));
}

void snapshot_assume_complete(struct snapshot *snap)
{
	uint32_t i, nr = 0;

	snap->host.outside_assumed = true;
	for (i = 0; i < snap->warnings.nr; i++) {
		const struct warning *warning = &snap->warnings.at[i];

		if (!warning->what || strcmp(warning->what->data, WARNING_PID_NS) != 0)
			snap->warnings.at[nr++] = *warning;
	}
	snap->warnings.nr = nr;
	missing_finish(snap);
}

void missing_merge(struct snapshot *snap, const struct snapshot *from)
{
	const struct warning *theirs;
	const struct gap *gap;

	vec_for_each(gap, &from->gaps)
		*vec_add(&snap->gaps) = *gap;
	vec_for_each(theirs, &from->warnings) {
		struct warning *ours;

		if (theirs->first)
			continue;	/* made of the gaps again */
		ours = missing_find_warning(snap, theirs->part, theirs->err,
					    theirs->unsupported, theirs->what);
		if (str_compare(theirs->what, ours->what) < 0)
			ours->what = theirs->what;
		ours->count = MAX(ours->count, theirs->count);
	}
}

static int missing_compare_gaps(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->pid, y->pid) ?: COMPARE(x->uid, y->uid) ?:
	       COMPARE(x->ipc_ns, y->ipc_ns);
}

/* Number of the first gap that is not before @gap. */
static uint32_t missing_find_gap(const struct snapshot *snap, const struct gap *gap)
{
	uint32_t from = 0, to = snap->gaps.nr;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (missing_compare_gaps(&snap->gaps.at[middle], gap) < 0)
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
		i = missing_find_gap(snap, &gap);
		if (i == snap->gaps.nr || snap->gaps.at[i].part != PART_PROCS)
			return false;
		gap.err = snap->gaps.at[i].err;
		gap.pid = pid;
		i = missing_find_gap(snap, &gap);
		if (i < snap->gaps.nr && snap->gaps.at[i].part == PART_PROCS &&
		    snap->gaps.at[i].err == gap.err && snap->gaps.at[i].pid == pid)
			return true;
		gap.err++;
	}
}

static int missing_compare_warnings(const void *a, const void *b)
{
	const struct warning *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->first, y->first);
}

void missing_finish(struct snapshot *snap)
{
	struct warning *warning = NULL;
	struct gap *gaps = snap->gaps.at;
	const struct gap *gap;
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
		qsort(snap->gaps.at, snap->gaps.nr, sizeof(snap->gaps.at[0]), missing_compare_gaps);
	vec_for_each(gap, &snap->gaps) {
		const struct gap *last = nr ? &gaps[nr - 1] : NULL;

		if (last && last->part == gap->part && last->err == gap->err &&
		    last->pid == gap->pid)
			continue;
		gaps[nr++] = *gap;
		snap->gap_parts |= 1u << gap->part;
		if (!warning || warning->part != gap->part || warning->err != gap->err) {
			warning = vec_add(&snap->warnings);
			warning->part = gap->part;
			warning->err = gap->err;
			warning->first = gap->pid;
		}
		warning->count++;
	}
	snap->gaps.nr = nr;
	vec_for_each(warning, &snap->warnings) {
		if (!warning->first && !warning->unsupported)
			snap->warned_parts |= 1u << warning->part;
	}
	if (snap->warnings.nr)
		qsort(snap->warnings.at, snap->warnings.nr,
		      sizeof(snap->warnings.at[0]), missing_compare_warnings);
}
