// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of an object: its state, its users and whether all are found, the name
 * by which people call it. And what could not be seen: gaps and warnings. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/text.h"

uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == kind;
	return nr;
}

bool object_parts_complete(const struct snapshot *snap, const struct object *obj,
			   uint32_t parts)
{
	uint64_t mode, uid = 0;
	/* Nobody but the owner and root can use it. */
	const bool is_private = class_infos[obj->class]->mode_protects &&
		object_num(snap, obj, FIELD_MODE, &mode) && !(mode & 077) &&
		object_num(snap, obj, FIELD_UID, &uid);
	const struct gap *gap;

	if ((snap->parts_read & parts) != parts || snap->partial ||
	    !(snap->host.first_pid_ns || snap->host.outside_assumed) ||
	    !snap->host.all_processes)
		return false;
	parts |= NEED(PROCS);
	if (parts & snap->warned_parts)
		return false;
	if (!(parts & snap->gap_parts))
		return true;
	vec_for_each(gap, &snap->gaps) {
		if (parts >> gap->part & 1 &&
		    (!is_private || gap->part == PART_FLIGHT || gap->uid == 0 ||
		     gap->uid == uid || gap->uid == (uid_t)-1))
			return false;
	}
	return true;
}

uint32_t object_attaches_found(const struct snapshot *snap, const struct object *obj,
			       bool *sure)
{
	const struct edge *edge, *other;
	uint32_t i, j, nr = 0;

	*sure = true;
	for_each_object_edge(edge, i, snap, obj) {
		const struct process *proc, *before;
		bool same = false;

		if (edge->kind != EDGE_ATTACHED)
			continue;
		proc = &snap->processes.at[edge->process];
		for (j = 0; j < i && (proc->memory || proc->flags & PROCESS_UNCOMPARED); j++) {
			other = object_edge(snap, obj, j);
			if (other->kind != EDGE_ATTACHED || other->process == edge->process ||
			    other->address != edge->address)
				continue;
			before = &snap->processes.at[other->process];
			if (proc->flags & before->flags & PROCESS_UNCOMPARED)
				*sure = false;
			same |= !*sure || (proc->memory && before->memory == proc->memory);
		}
		nr += !same;
	}
	return nr;
}

bool object_users_complete(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t attaches;
	bool sure;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES)) {
		if (!object_num(snap, obj, FIELD_ATTACHES, &attaches))
			return false;
		if (!attaches)
			return true;
		return (snap->parts_read & kind->users_by) == kind->users_by &&
		       object_attaches_found(snap, obj, &sure) >= attaches;
	}
	return kind->users_by && object_parts_complete(snap, obj, kind->users_by);
}

uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure)
{
	const struct class_info *kind = class_infos[obj->class];
	/* Classes that tell whether anybody has them. */
	const bool has_unattached = kind->groups & GROUP_POSIX ||
				    fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES);
	uint64_t state = 0, attaches;
	const struct edge *edge;
	bool used = false, counted;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &state);
	for_each_object_edge(edge, i, snap, obj) {
		used |= edge_uses[edge->kind];
		if (edge->kind == EDGE_ATTACHED && edge->huge)
			state |= IS(HUGETLB);
		if (edge->kind != EDGE_WAITS)
			continue;
		state |= IS(WAITS);
		/* What waits for room, not for something to come. */
		if (edge->access & ACCESS_WRITE && !kind->never_full &&
		    (edge->fd >= 0 || !kind->open_waits))
			state |= IS(FULL);
	}
	counted = object_num(snap, obj, FIELD_ATTACHES, &attaches);
	if (has_unattached && (counted ? attaches : used))
		state |= IS(ATTACHED);
	else if (has_unattached && (counted || object_users_complete(snap, obj)))
		state |= IS(UNATTACHED);
	if (unsure)
		*unsure = (has_unattached && !(state & (IS(ATTACHED) | IS(UNATTACHED)))) ||
			  (kind->waits_by && !(state & IS(WAITS)) &&
			   !object_parts_complete(snap, obj, kind->waits_by));
	return state;
}

void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users)
{
	const struct edge *edge;
	uint32_t i, first = 0;

	users->nr = 0;
	for_each_object_edge(edge, i, snap, obj) {
		struct user *user;
		uint32_t u;

		if (!edge_uses[edge->kind])
			continue;
		/* Edges come by process: only its own users can match. */
		if (users->nr && users->at[first].process != edge->process)
			first = users->nr;
		for (u = first; u < users->nr; u++) {
			if (users->at[u].process == edge->process &&
			    users->at[u].kind == edge->kind &&
			    users->at[u].access == edge->access)
				break;
		}
		user = u < users->nr ? &users->at[u] : vec_add(users);
		user->process = edge->process;
		user->kind = edge->kind;
		user->access = edge->access;
		user->first = user->first ?: edge;
		user->count++;
	}
}

const struct str *object_called(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *info = class_infos[obj->class];

	return info->called ? info->called(snap, obj) : NULL;
}

void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct str *name = kind->called && !obj->shares_name ? kind->called(snap, obj) : NULL;
	const uint64_t home = snap->host.home_dev[obj->class];

	buf_puts(buf, kind->name);
	buf_putc(buf, ':');
	if (name) {
		text_escape(buf, name->data, name->len);
		return;
	}
	/* The number means something only with its device. */
	if ((obj->key.space == SPACE_PTY && home != obj->key.ns) ||
	    (obj->key.space == SPACE_INODE &&
	     (kind->persistence == PERSISTENCE_FILESYSTEM || (home && home != obj->key.ns)))) {
		buf_u64(buf, major(obj->key.ns));
		buf_putc(buf, ':');
		buf_u64(buf, minor(obj->key.ns));
		buf_putc(buf, '/');
	}
	buf_u64(buf, obj->key.id);
	if (kind->groups & GROUP_SYSV && obj->key.ns != snap->host.ipc_ns) {
		buf_putc(buf, '@');
		buf_u64(buf, obj->key.ns);
	}
}

/* There are a few kinds of warning at most: parts times errors, and why /proc does not
 * show all processes. */
static struct warning *known_find_warning(struct snapshot *snap, enum part part,
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
	warning = known_find_warning(snap, part, err, false, what);
	if (!warning->count++)
		warning->what = what;
}

void snapshot_unsupported(struct snapshot *snap, enum part part, const char *what)
{
	struct warning *warning = known_find_warning(snap, part, 0, true, NULL);

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
		ours = known_find_warning(snap, theirs->part, theirs->err,
					  theirs->unsupported, theirs->what);
		if (str_compare(theirs->what, ours->what) < 0)
			ours->what = theirs->what;
		ours->count = MAX(ours->count, theirs->count);
	}
}

static int known_compare_gaps(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return COMPARE(x->part, y->part) ?: COMPARE(x->err, y->err) ?:
	       COMPARE(x->pid, y->pid) ?: COMPARE(x->uid, y->uid) ?:
	       COMPARE(x->ipc_ns, y->ipc_ns);
}

/* Number of the first gap that is not before @gap. */
static uint32_t known_find_gap(const struct snapshot *snap, const struct gap *gap)
{
	uint32_t from = 0, to = snap->gaps.nr;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (known_compare_gaps(&snap->gaps.at[middle], gap) < 0)
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
		i = known_find_gap(snap, &gap);
		if (i == snap->gaps.nr || snap->gaps.at[i].part != PART_PROCS)
			return false;
		gap.err = snap->gaps.at[i].err;
		gap.pid = pid;
		i = known_find_gap(snap, &gap);
		if (i < snap->gaps.nr && snap->gaps.at[i].part == PART_PROCS &&
		    snap->gaps.at[i].err == gap.err && snap->gaps.at[i].pid == pid)
			return true;
		gap.err++;
	}
}

static int known_compare_warnings(const void *a, const void *b)
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
		qsort(snap->gaps.at, snap->gaps.nr, sizeof(snap->gaps.at[0]), known_compare_gaps);
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
		      sizeof(snap->warnings.at[0]), known_compare_warnings);
}
