// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Open files that share one inode: of anonymous ones (fs/anon_inodes.c) only kcmp(2) tells
 * which descriptors lead to the same. Each was taken for an object of its own.
 */
#include <errno.h>

#include "internal.h"

struct files {
	struct collector *col;
	struct VEC(uint32_t) objects;	/* to be compared: the lowest descriptors first */
	struct VEC(uint32_t) firsts;	/* of one class, in the order of compare_fds() */
};

static int files_order(const void *a, const void *b, void *arg)
{
	const struct snapshot *snap = arg;
	const struct object *x = &snap->objects.at[*(const uint32_t *)a];
	const struct object *y = &snap->objects.at[*(const uint32_t *)b];

	return COMPARE(x->class, y->class) ?: COMPARE(x->key.ns, y->key.ns) ?:
	       COMPARE(x->key.id, y->key.id);
}

static int files_compare(const struct files *files, uint32_t a, uint32_t b)
{
	const struct host *host = files->col->host;
	const struct object_key *x = &files->col->snap->objects.at[a].key;
	const struct object_key *y = &files->col->snap->objects.at[b].key;

	return host->ops->compare_fds(host, (pid_t)x->ns, (int)x->id, (pid_t)y->ns, (int)y->id, -1);
}

/* It cannot be compared: others may be the same, unless it is gone. */
static void files_leave(struct files *files, uint32_t object, int err)
{
	struct snapshot *snap = files->col->snap;
	const struct process *proc;
	const struct edge *edge;

	if (err == -ESRCH || err == -EBADF)
		return;
	vec_for_each(edge, &snap->edges) {
		if (edge->object != object)
			continue;
		proc = &snap->processes.at[edge->process];
		snapshot_gap(snap, PART_MEMORIES, -err, proc->pid, proc->uid, proc->ipc_ns);
		break;
	}
}

/* Of those that are known one is found by halves. */
static void files_identify(struct files *files, uint32_t object)
{
	uint32_t from = 0, to = files->firsts.nr, middle, first;
	int order, err;

	while (from < to) {
		first = files->firsts.at[middle = from + (to - from) / 2];
		order = files_compare(files, first, object);
		if (!order) {
			snapshot_replace(files->col->snap, object, first);
			return;
		}
		if (order == HOST_BEFORE) {
			from = middle + 1;
		} else if (order == HOST_AFTER) {
			to = middle;
		} else if ((err = files_compare(files, first, first)) < 0) {
			files_leave(files, first, err);
			files->firsts.nr--;
			memmove(&files->firsts.at[middle], &files->firsts.at[middle + 1],
				(files->firsts.nr - middle) * sizeof(first));
			to--;
		} else {
			files_leave(files, object, order);
			return;
		}
	}
	vec_add(&files->firsts);
	memmove(&files->firsts.at[from + 1], &files->firsts.at[from],
		(files->firsts.nr - 1 - from) * sizeof(object));
	files->firsts.at[from] = object;
}

void collect_files(struct collector *col)
{
	struct snapshot *snap = col->snap;
	struct files files = { .col = col };
	enum class_id class = NR_CLASSES;
	const uint32_t *object;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		if (snap->objects.at[i].key.space == SPACE_FILE)
			*vec_add(&files.objects) = i;
	}
	if (files.objects.nr)
		qsort_r(files.objects.at, files.objects.nr, sizeof(i), files_order, snap);
	vec_for_each(object, &files.objects) {
		if (snap->objects.at[*object].class != class)
			files.firsts.nr = 0;
		class = snap->objects.at[*object].class;
		files_identify(&files, *object);
	}
	vec_free(&files.objects);
	vec_free(&files.firsts);
}
