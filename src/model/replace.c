// SPDX-License-Identifier: GPL-2.0-or-later
/* What was found to be another object, or none, goes. */
#include "internal.h"

void snapshot_replace(struct snapshot *snap, uint32_t object, uint32_t by)
{
	struct object *obj = &snap->objects.at[object];

	obj->replaced = true;
	obj->first_edge = by;
	snap->replaces = true;
	if (by != NO_INDEX)
		merge_values(snap, &snap->objects.at[by], obj);
}

/* Edges of what is none go with it. */
static void replace_edges(struct snapshot *snap, const uint32_t *now)
{
	const struct edge *edge;
	uint32_t kept = 0;

	vec_for_each(edge, &snap->edges) {
		struct edge moved = *edge;

		moved.object = now[edge->object];
		if (edge->kind == EDGE_PEER)
			moved.peer = now[edge->peer];
		if (moved.object != NO_INDEX && (edge->kind != EDGE_PEER || moved.peer != NO_INDEX))
			snap->edges.at[kept++] = moved;
	}
	snap->edges.nr = kept;
}

void snapshot_settle(struct snapshot *snap)
{
	uint32_t *now, i, kept = 0;

	now = mem_zero(snap->objects.nr, sizeof(*now));
	for (i = 0; i < snap->objects.nr; i++) {
		if (!snap->objects.at[i].replaced)
			now[i] = kept++;
	}
	map_free(&snap->object_index);
	for (i = 0; i < snap->objects.nr; i++) {
		const struct object obj = snap->objects.at[i];

		if (obj.replaced) {
			now[i] = obj.first_edge == NO_INDEX ? NO_INDEX : now[obj.first_edge];
			continue;
		}
		map_add(&snap->object_index, object_hash(&obj.key), now[i]);
		snap->objects.at[now[i]] = obj;
	}
	snap->objects.nr = kept;
	replace_edges(snap, now);
	snap->replaces = false;
	free(now);
}
