// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands below the verdicts: how many there are, and whose they are. */
#include <stdlib.h>

#include "cli/foot.h"
#include "cli/assessment.h"
#include "ipcscope/num.h"

/* What could be got back from one owner. */
struct owner_total {
	uint32_t uid;		/* -1: not known */
	uint32_t nr[NR_CLASSES];
	uint64_t bytes[NR_CLASSES];
	uint64_t total;
	uint32_t objects;
};
struct owner_totals VEC(struct owner_total);

static bool stale_is_owner(const void *vec, uint32_t index, const void *uid)
{
	return ((const struct owner_total *)vec)[index].uid == *(const uint32_t *)uid;
}

static struct owner_total *stale_total_of(struct owner_totals *totals, struct map *index,
					  uint32_t uid)
{
	uint64_t hash = hash_u64(uid, 0);
	uint32_t at = map_find(index, hash, stale_is_owner, totals->at, &uid);

	if (at != NO_INDEX)
		return &totals->at[at];
	map_add(index, hash, totals->nr);
	*vec_add(totals) = (struct owner_total){ .uid = uid };
	return &totals->at[totals->nr - 1];
}

static int stale_compare(const void *a, const void *b)
{
	const struct owner_total *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return (x->objects < y->objects) - (x->objects > y->objects);
}

static void stale_put_total(struct buf *to, const struct snapshot *snap,
			    const struct owner_total *total)
{
	const char *gap = " ";
	enum class_id class;

	render_owner(to, snap, false, total->uid);
	for (class = 0; class < NR_CLASSES; class++) {
		if (!total->nr[class])
			continue;
		buf_printf(to, "%s%u %s%s", gap, total->nr[class],
			   class_infos[class]->name, class != CLASS_unix ? "" :
			   total->nr[class] == 1 ? " path" : " paths");
		gap = ", ";
		if (!total->bytes[class])
			continue;
		buf_putc(to, ' ');
		num_size(to, total->bytes[class]);
	}
}

static void stale_left_behind(struct owner_totals *totals, const struct snapshot *snap,
			      const struct findings *findings)
{
	const struct finding *finding;
	struct map index = {};

	vec_for_each(finding, &findings->findings) {
		const struct object *obj = &snap->objects.at[finding->object];
		struct owner_total *total;
		uint64_t uid, size;

		if (finding->verdict > VERDICT_SUSPECT)
			continue;
		total = stale_total_of(totals, &index, object_num(snap, obj, FIELD_UID, &uid) ?
				       (uint32_t)uid : (uint32_t)-1);
		total->nr[obj->class]++;
		total->objects++;
		if (class_infos[obj->class]->amount == FIELD_SIZE &&
		    object_num(snap, obj, FIELD_SIZE, &size)) {
			num_add(&total->bytes[obj->class], size);
			num_add(&total->total, size);
		}
	}
	if (totals->nr)
		qsort(totals->at, totals->nr, sizeof(totals->at[0]), stale_compare);
	map_free(&index);
}

void stale_foot(struct buf *to, const struct view *view,
		const struct snapshot *snap, const struct findings *findings,
		const uint32_t count[NR_VERDICTS])
{
	static const enum verdict order[] = {
		VERDICT_STALE, VERDICT_SUSPECT, VERDICT_UNKNOWN, VERDICT_IDLE,
		VERDICT_IN_USE, VERDICT_DEST,
	};
	struct owner_totals totals = {};
	const struct owner_total *total;
	const char *gap = ": ";
	size_t i;

	foot_begin(to, view);
	num_grouped(to, findings->findings.nr);
	buf_printf(to, " object%s looked at", findings->findings.nr == 1 ? "" : "s");
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!count[order[i]])
			continue;
		buf_puts(to, gap);
		num_grouped(to, count[order[i]]);
		buf_printf(to, " %s", order[i] == VERDICT_IN_USE ? "in use" :
			   verdict_infos[order[i]].word);
		gap = ", ";
	}
	foot_end(to, view);
	stale_left_behind(&totals, snap, findings);
	if (totals.nr)
		foot_begin(to, view);
	vec_for_each(total, &totals) {
		buf_puts(to, total == totals.at ? "left behind: " : "; ");
		stale_put_total(to, snap, total);
	}
	if (totals.nr)
		foot_end(to, view);
	vec_free(&totals);
}
