// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions of fields.def: what an object is joined to. */
#include "internal.h"

static struct value ends_known(enum known known)
{
	return (struct value){ .known = known, .num = known == KNOWN_YES };
}

/* Of a socket that no list of the kernel had nobody told the other end. Those with addresses
 * are listed with their state. */
static bool ends_is_unlisted(const struct snapshot *snap, const struct object *obj)
{
	uint64_t flags;

	return obj->key.space == SPACE_SOCKET &&
	       (!obj->key.ns || (class_field(class_infos[obj->class], FIELD_LOCAL) &&
				 !object_num(snap, obj, FIELD_FLAGS, &flags)));
}

DERIVE(peers)
{
	if (object_count_edges(snap, obj, EDGE_PEER))
		return ends_known(KNOWN_YES);
	return ends_known(ends_is_unlisted(snap, obj) ? KNOWN_NOT : KNOWN_NONE);
}

DERIVE(peer_users)
{
	const struct edge *edge;
	bool unknown = ends_is_unlisted(snap, obj);
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		struct value value;

		if (edge->kind != EDGE_PEER)
			continue;
		value = derive_users(snap, &snap->objects.at[edge->peer], field);
		if (value.known == KNOWN_YES)
			return value;
		unknown |= value.known == KNOWN_NOT;
	}
	return ends_known(unknown ? KNOWN_NOT : KNOWN_NONE);
}

DERIVE(path)
{
	const struct value value = derive_stored(snap, obj, field);
	uint64_t type;

	if (value.known == KNOWN_NOT && object_num(snap, obj, FIELD_TYPE, &type) &&
	    !strcmp((const char *)(uintptr_t)type, "anonymous"))
		return ends_known(KNOWN_NONE);
	return value;
}

/* Those without a REF are told as text, or that there are none. */
DERIVE(targets)
{
	const struct str *others = object_str(snap, obj, field);

	if (object_count_edges(snap, obj, EDGE_PEER) || (others && others->len))
		return ends_known(KNOWN_YES);
	return ends_known(others ? KNOWN_NONE : KNOWN_NOT);
}
