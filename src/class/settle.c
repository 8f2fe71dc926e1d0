// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Of which segment an attachment is. Ids repeat from one IPC namespace to the next, and
 * a process keeps what it attached before it moved. What is known of an attachment - key,
 * size, the instant its segment was made - must agree with what its namespaces list, and
 * no segment has more attachments than the kernel counts. Where that leaves several, or
 * none, nothing is said but that there is one.
 */
#include <errno.h>

#include "sysv.h"

#define NSEC_PER_SEC	1000000000u

/* One that the attachments of an id may be of. */
struct segment {
	uint64_t ns;
	struct sysv_stat st;
	uint64_t made;		/* of those it has; 0: not told */
	uint64_t has;		/* attachments */
};

/* Attachments of one segment. */
struct cluster {
	const struct attachment *at;
	uint32_t nr;
	uint64_t has;		/* without repeated ones */
	struct segment *of;
};

struct settling {
	struct collector *col;
	const struct attachments *all;
	struct VEC(struct segment) segments;	/* clusters point to them */
	struct VEC(struct cluster) clusters;
	bool far;		/* a segment may be of any namespace that was opened */
};

static int settle_compare(const void *a, const void *b)
{
	const struct attachment *x = a, *y = b;

	return COMPARE(x->id, y->id) ?: COMPARE(y->fits, x->fits) ?:
	       COMPARE(x->key, y->key) ?: COMPARE(x->made, y->made) ?:
	       COMPARE(x->pid, y->pid) ?: COMPARE(x->address, y->address);
}

static int settle_compare_memories(const void *a, const void *b)
{
	const struct attachment *x = a, *y = b;

	return COMPARE(x->memory, y->memory) ?: COMPARE(x->pid, y->pid);
}

/* Processes with one memory are told so; what the lowest of them has counts. */
static void settle_memories(struct snapshot *snap, struct attachments *all)
{
	uint32_t i, first = 0;
	bool compared;

	qsort(all->list.at, all->list.nr, sizeof(all->list.at[0]), settle_compare_memories);
	compared = all->list.at[0].memory;
	for (i = 0; i < all->list.nr; i++) {
		struct attachment *at = &all->list.at[i], *low;
		uint32_t process = snapshot_process(snap, at->pid, at->start);

		if (!compared) {
			snap->processes.at[process].flags |= PROCESS_UNCOMPARED;
			snapshot_gap(snap, PART_MEMORIES, EPERM, at->pid,
				     snap->processes.at[process].uid, 0);
		}
		if (!at->memory)
			continue;
		if (at->memory != all->list.at[first].memory)
			first = i;
		low = &all->list.at[first];
		if (at->pid == low->pid)
			continue;
		at->repeated = true;
		snap->processes.at[process].memory = low->pid;
		process = snapshot_process(snap, low->pid, low->start);
		snap->processes.at[process].memory = low->pid;
	}
}

static void settle_edges(struct settling *to, const struct cluster *cluster)
{
	struct snapshot *snap = to->col->snap;
	struct object_key key = { .space = SPACE_SHM, .ns = cluster->of->ns, .id = cluster->at->id };
	const bool known = snapshot_find(snap, key) != NO_INDEX;
	uint32_t object, i;

	/* One of ours that is younger than the list, or was attached later. */
	if (key.ns == snap->host.ipc_ns &&
	    (!known || (cluster->at->home && !cluster->at->fits)))
		return;
	object = snapshot_object(snap, CLASS_shm, key);
	if (!known) {
		object_set(snap, object, FIELD_IPC_NS, key.ns);
		object_set(snap, object, FIELD_KEY, cluster->at->key);
	}
	for (i = 0; i < cluster->nr; i++) {
		const struct attachment *at = &cluster->at[i];
		uint32_t process = snapshot_process(snap, at->pid, at->start);
		struct edge *edge = snapshot_edge(snap, EDGE_ATTACHED, process, object);

		edge->access = at->access;
		edge->address = at->address;
		edge->offset = at->offset;
		edge->length = at->length;
		edge->key = at->key;
		edge->huge = at->huge;
	}
}

static void settle_add_segment(struct settling *to, uint64_t ns, pid_t tid, uint64_t id)
{
	struct segment *segment;
	struct sysv_stat st;

	vec_for_each(segment, &to->segments) {
		if (segment->ns == ns)
			return;
	}
	if (!shm_segment(to->col, ns, tid, (int)id, &st))
		*vec_add(&to->segments) = (struct segment){ .ns = ns, .st = st };
}

/* Whether a process of the cluster is, or was once, where the segment is. */
static bool settle_reaches(const struct settling *to, const struct cluster *cluster,
			   const struct segment *segment)
{
	const struct ipc_place *place;
	uint32_t i;

	if (to->far || segment->ns == to->col->snap->host.ipc_ns)
		return true;
	vec_for_each(place, &to->all->places) {
		for (i = 0; i < cluster->nr && place->ns == segment->ns; i++) {
			if (cluster->at[i].pid == place->pid)
				return true;
		}
	}
	return false;
}

/* @room: and it has no more attachments than are counted. */
static bool settle_fits(const struct settling *to, const struct cluster *cluster,
			const struct segment *segment, bool room)
{
	const struct attachment *at = cluster->at;
	const struct sysv_stat *st = &segment->st;

	if (!st->nr || (st->key != at->key && !(st->mode & 01000)))
		return false;
	if (at->made && (st->size != at->size ||
			 st->ctime + 1 < (int64_t)(at->made / NSEC_PER_SEC)))
		return false;
	if (at->offset >= st->size + (2 << 20) ||
	    (segment->has && segment->made && at->made && segment->made != at->made))
		return false;
	/* Of who left and is gone nobody knows that it attached what has all that are counted. */
	if ((room || (segment->ns == to->col->snap->host.ipc_ns && !at->home && !at->made)) &&
	    segment->has + cluster->has > st->nr)
		return false;
	return settle_reaches(to, cluster, segment);
}

/* IPC_SET moves ctime; without it, it tells the second. */
static bool settle_same_second(const struct cluster *cluster, const struct segment *segment)
{
	int64_t made = (int64_t)(cluster->at->made / NSEC_PER_SEC);

	return cluster->at->made && (segment->st.ctime == made || segment->st.ctime == made + 1);
}

static void settle_take(struct cluster *cluster, struct segment *segment)
{
	cluster->of = segment;
	segment->has += cluster->has;
	segment->made = segment->made ?: cluster->at->made;
}

enum { SAME_COUNT = 1, SAME_SECOND = 2, ROOM = 4, ANY = 8 };

/* The only segment that fits, as far as @how asks; @how ANY: the first. */
static struct segment *settle_find(struct settling *to, const struct cluster *cluster,
				   unsigned int how)
{
	struct segment *segment, *found = NULL;

	vec_for_each(segment, &to->segments) {
		if (!settle_fits(to, cluster, segment, how & (ROOM | ANY)) ||
		    (how & SAME_SECOND && !settle_same_second(cluster, segment)) ||
		    (how & SAME_COUNT && segment->st.nr - segment->has != cluster->has))
			continue;
		if (found && how != ANY)
			return NULL;
		found = found ?: segment;
	}
	return found;
}

/* If every process was seen, what the kernel counts must be among what fits: where
 * nothing else does, that is it. */
static bool settle_by_segment(struct settling *to)
{
	struct segment *segment;
	struct cluster *cluster;
	const struct gap *gap;
	bool told = false;

	vec_for_each(gap, &to->col->snap->gaps) {
		if (gap->part == PART_PROCS || gap->part == PART_MAPS)
			return false;
	}
	vec_for_each(segment, &to->segments) {
		uint64_t has = segment->has;

		vec_for_each(cluster, &to->clusters) {
			if (!cluster->of && settle_fits(to, cluster, segment, true))
				has += cluster->has;
		}
		if (has != segment->st.nr || has == segment->has)
			continue;
		vec_for_each(cluster, &to->clusters) {
			if (!cluster->of && settle_fits(to, cluster, segment, true))
				settle_take(cluster, segment);
		}
		told = true;
	}
	return told;
}

/* What can be told of one is told first: it leaves less room for the others. */
static uint32_t settle_told(struct settling *to)
{
	static const unsigned int ways[] = {
		ROOM, ROOM | SAME_SECOND, ROOM | SAME_SECOND | SAME_COUNT, 0,
	};
	struct cluster *cluster;
	struct segment *segment;
	uint32_t left = 0;
	size_t way = 0;

	while (way < ARRAY_SIZE(ways)) {
		bool told = false;

		left = 0;
		vec_for_each(cluster, &to->clusters) {
			if (cluster->of)
				continue;
			segment = settle_find(to, cluster, ways[way]);
			if (segment)
				settle_take(cluster, segment);
			told |= segment != NULL;
			left += !segment;
		}
		if (!told && left && ways[way] == (ROOM | SAME_SECOND | SAME_COUNT))
			told = settle_by_segment(to);
		way = told ? 0 : way + 1;
	}
	return left;
}

/* What is left of one process can be told if it has all that there is room for. */
static void settle_pair_off(struct settling *to)
{
	struct VEC(struct cluster) split = { 0 };
	const struct attachment *of = NULL;
	uint64_t room = 0, has = 0;
	struct cluster *cluster;
	struct segment *segment;
	uint32_t i;

	vec_for_each(cluster, &to->clusters) {
		if (cluster->of) {
			*vec_add(&split) = *cluster;
			continue;
		}
		has += of && of->pid != cluster->at->pid ? UINT32_MAX : cluster->has;
		of = cluster->at;
		for (i = 0; i < cluster->nr; i++)
			*vec_add(&split) = (struct cluster){
				.at = of + i, .nr = 1, .has = !of[i].repeated,
			};
	}
	vec_for_each(segment, &to->segments)
		room += segment->st.nr - MIN(segment->st.nr, segment->has);
	if (room != has) {
		vec_free(&split);
		return;
	}
	vec_free(&to->clusters);
	memcpy(&to->clusters, &split, sizeof(split));
	vec_for_each(cluster, &to->clusters) {
		segment = cluster->of ? NULL : settle_find(to, cluster, ANY);
		if (segment)
			settle_take(cluster, segment);
	}
}

static int settle_stat(struct collector *col, const struct attachment *at,
		       struct host_stat *st)
{
	const uint64_t end = at->address + at->length;
	char path[80];

	snprintf(path, sizeof(path), "%d/map_files/%llx-%llx", (int)at->living,
		 (unsigned long long)at->address, (unsigned long long)end);
	return col->host->ops->stat(col->host, &col->proc, path, HOST_FOLLOW | HOST_BTIME, st);
}

/* Attachments of one id; those that fit at home come first. */
static void settle_id(struct settling *to, const struct attachment *at, uint32_t nr)
{
	struct collector *col = to->col;
	const uint64_t home = col->snap->host.ipc_ns;
	const struct ipc_place *place;
	const struct namespace *ns;
	struct cluster *cluster = NULL;
	struct segment *segment;
	struct cluster ours = { .at = at };
	struct host_stat st;
	uint32_t i;
	int err;

	to->segments.nr = to->clusters.nr = to->far = 0;
	for (i = 0; i < nr && at[i].fits; i++)
		ours.has += !at[i].repeated;
	ours.nr = i;
	if (ours.nr) {
		ours.of = &(struct segment){ .ns = home };
		settle_edges(to, &ours);
	}
	if (ours.nr == nr)
		return;
	settle_add_segment(to, home, 0, at->id);
	if (to->segments.nr && ours.nr) {
		segment = &to->segments.at[0];
		segment->has = ours.has;
		for (i = 0; i < ours.nr && !segment->made; i++) {
			if (!settle_stat(col, &at[i], &st))
				segment->made = shm_made(&st);
		}
	}
	for (i = ours.nr; i < nr; i++) {
		vec_for_each(place, &to->all->places) {
			if (place->pid == at[i].pid && place->ns != home)
				settle_add_segment(to, place->ns, place->tid, at->id);
		}
		if (!cluster || !at[i].made || at[i].made != cluster->at->made ||
		    at[i].key != cluster->at->key || at[i].pid != at[i - 1].pid) {
			cluster = vec_add(&to->clusters);
			cluster->at = &at[i];
		}
		cluster->nr++;
		cluster->has += !at[i].repeated;
	}
	vec_reserve(&to->segments, to->segments.nr + col->snap->namespaces.nr);
	if (settle_told(to)) {
		settle_pair_off(to);
		/* Who attached it may have left for another namespace since. */
		vec_for_each(ns, &col->snap->namespaces)
			settle_add_segment(to, ns->ino, 0, at->id);
		to->far = col->query->all_nss;
		settle_told(to);
	}
	vec_for_each(cluster, &to->clusters) {
		if (cluster->of) {
			settle_edges(to, cluster);
			continue;
		}
		/* What was attached and detached since the list was read is of no interest. */
		err = settle_stat(col, cluster->at, &st);
		if (!err || (!cluster->at->home && (err == -EPERM || err == -EACCES)))
			snapshot_warn(col->snap, PART_SYSV, ENODATA,
				      "namespace of shm:%llu attached in process %d",
				      (unsigned long long)at->id, (int)cluster->at->pid);
	}
}

void shm_settle(struct collector *col, struct attachments *all)
{
	struct settling to = { .col = col, .all = all };
	uint32_t i, first;

	if (!all->list.nr)
		return;
	settle_memories(col->snap, all);
	qsort(all->list.at, all->list.nr, sizeof(all->list.at[0]), settle_compare);
	for (i = first = 0; i < all->list.nr; i++) {
		if (i + 1 < all->list.nr && all->list.at[i + 1].id == all->list.at[first].id)
			continue;
		settle_id(&to, &all->list.at[first], i + 1 - first);
		first = i + 1;
	}
	vec_free(&to.segments);
	vec_free(&to.clusters);
}
