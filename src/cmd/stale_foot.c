// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands below the verdicts: how many there are, and whose they are. */
#include <stdlib.h>

#include "foot.h"
#include "judging.h"
#include "ipcscope/num.h"
#include "ipcscope/text.h"

/* What could be got back from one owner. */
struct heap {
	uint64_t uid;
	bool known;
	uint32_t nr[NR_CLASSES];
	uint64_t bytes[NR_CLASSES];
	uint64_t total;
	uint32_t objects;
};
struct heaps VEC(struct heap);

static bool same_heap(const void *vec, uint32_t index, const void *arg)
{
	const struct heap *heap = &((const struct heap *)vec)[index];
	const struct heap *key = arg;

	return heap->known == key->known && heap->uid == key->uid;
}

static struct heap *heap_of(struct heaps *heaps, struct map *index,
			    const struct snapshot *snap,
			    const struct object *obj)
{
	struct heap key = {};
	uint64_t hash;
	uint32_t at;

	key.known = object_num(snap, obj, FIELD_UID, &key.uid);
	hash = hash_u64(key.uid, key.known);
	at = map_find(index, hash, same_heap, heaps->at, &key);
	if (at != NO_INDEX)
		return &heaps->at[at];
	map_add(index, hash, heaps->nr);
	*vec_add(heaps) = key;
	return &heaps->at[heaps->nr - 1];
}

static int compare_heaps(const void *a, const void *b)
{
	const struct heap *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return (x->objects < y->objects) - (x->objects > y->objects);
}

static void put_heap(struct buf *to, const struct snapshot *snap,
		     const struct heap *heap)
{
	const struct str *name = heap->known ?
		snapshot_find_name(snap, false, (uint32_t)heap->uid) : NULL;
	enum class_id class;
	const char *gap = " ";

	if (name)
		text_safe(to, name->data, name->len);
	else if (heap->known)
		buf_u64(to, heap->uid);
	else
		buf_putc(to, '?');
	for (class = 0; class < NR_CLASSES; class++) {
		if (!heap->nr[class])
			continue;
		buf_printf(to, "%s%u %s%s", gap, heap->nr[class],
			   object_kinds[class]->name,
			   class != CLASS_unix ? "" :
			   heap->nr[class] == 1 ? " path" : " paths");
		if (heap->bytes[class]) {
			buf_putc(to, ' ');
			num_size(to, heap->bytes[class]);
		}
		gap = ", ";
	}
}

static void put_left_behind(struct buf *to, const struct snapshot *snap,
			    const struct findings *findings)
{
	struct heaps heaps = {};
	struct map index = {};
	uint32_t i;

	for (i = 0; i < findings->findings.nr; i++) {
		const struct finding *finding = &findings->findings.at[i];
		const struct object *obj = &snap->objects.at[finding->object];
		struct heap *heap;
		uint64_t size;

		if (finding->verdict > VERDICT_SUSPECT)
			continue;
		heap = heap_of(&heaps, &index, snap, obj);
		heap->nr[obj->class]++;
		heap->objects++;
		if (object_kinds[obj->class]->amount == FIELD_SIZE &&
		    object_num(snap, obj, FIELD_SIZE, &size)) {
			heap->bytes[obj->class] += size;
			heap->total += size;
		}
	}
	if (heaps.nr)
		qsort(heaps.at, heaps.nr, sizeof(heaps.at[0]), compare_heaps);
	for (i = 0; i < heaps.nr; i++) {
		buf_puts(to, i ? "; " : "left behind: ");
		put_heap(to, snap, &heaps.at[i]);
	}
	vec_free(&heaps);
	map_free(&index);
}

static void put_counts(struct buf *to, const struct findings *findings,
		       const uint32_t *count)
{
	static const enum verdict order[] = {
		VERDICT_STALE, VERDICT_SUSPECT, VERDICT_UNKNOWN, VERDICT_IDLE,
		VERDICT_IN_USE, VERDICT_DEST,
	};
	const char *gap = ": ";
	size_t i;

	num_grouped(to, findings->findings.nr);
	buf_printf(to, " object%s looked at",
		   findings->findings.nr == 1 ? "" : "s");
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!count[order[i]])
			continue;
		buf_puts(to, gap);
		num_grouped(to, count[order[i]]);
		buf_printf(to, " %s", order[i] == VERDICT_IN_USE ? "in use" :
			   verdict_infos[order[i]].word);
		gap = ", ";
	}
}

void stale_foot(struct buf *to, const struct view *view,
		const struct snapshot *snap, const struct findings *findings,
		const uint32_t count[NR_VERDICTS])
{
	struct buf line = {};

	put_counts(&line, findings, count);
	foot_line(to, view, &line);
	buf_reset(&line);
	put_left_behind(&line, snap, findings);
	if (line.len)
		foot_line(to, view, &line);
	buf_free(&line);
}
