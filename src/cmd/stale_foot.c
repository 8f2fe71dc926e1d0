// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands below the verdicts: how many there are, and whose they are. */
#include <stdlib.h>

#include "cli/foot.h"
#include "cli/assessment.h"
#include "ipcscope/num.h"
#include "ipcscope/text.h"

/* What could be got back from one owner. */
struct owner_total {
	uint64_t uid;
	bool known;
	uint32_t nr[NR_CLASSES];
	uint64_t bytes[NR_CLASSES];
	uint64_t total;
	uint32_t objects;
};
struct heaps VEC(struct owner_total);

static bool same_heap(const void *vec, uint32_t index, const void *arg)
{
	const struct owner_total *owner_total = &((const struct owner_total *)vec)[index];
	const struct owner_total *key = arg;

	return owner_total->known == key->known && owner_total->uid == key->uid;
}

static struct owner_total *heap_of(struct heaps *heaps, struct map *index,
				   const struct snapshot *snap,
				   const struct object *obj)
{
	struct owner_total key = {};
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
	const struct owner_total *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return (x->objects < y->objects) - (x->objects > y->objects);
}

static void put_heap(struct buf *to, const struct snapshot *snap,
		     const struct owner_total *owner_total)
{
	const struct str *name = owner_total->known ?
		snapshot_find_name(snap, false, (uint32_t)owner_total->uid) : NULL;
	enum class_id class;
	const char *gap = " ";

	if (name)
		text_escape(to, name->data, name->len);
	else if (owner_total->known)
		buf_u64(to, owner_total->uid);
	else
		buf_putc(to, '?');
	for (class = 0; class < NR_CLASSES; class++) {
		if (!owner_total->nr[class])
			continue;
		buf_printf(to, "%s%u %s%s", gap, owner_total->nr[class],
			   class_infos[class]->name,
			   class_infos[class]->space != SPACE_SOCKET ? "" :
			   owner_total->nr[class] == 1 ? " path" : " paths");
		if (owner_total->bytes[class]) {
			buf_putc(to, ' ');
			num_size(to, owner_total->bytes[class]);
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
		struct owner_total *owner_total;
		uint64_t size;

		if (finding->verdict > VERDICT_SUSPECT)
			continue;
		owner_total = heap_of(&heaps, &index, snap, obj);
		owner_total->nr[obj->class]++;
		owner_total->objects++;
		if (class_infos[obj->class]->amount == FIELD_SIZE &&
		    object_num(snap, obj, FIELD_SIZE, &size)) {
			owner_total->bytes[obj->class] += size;
			owner_total->total += size;
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
