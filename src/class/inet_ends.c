// SPDX-License-Identifier: GPL-2.0-or-later
/* Which sockets of this machine are the two ends of a connection. */
#include "inet.h"

bool inet_ends_any(const struct in6_addr *in6)
{
	static const struct in6_addr any6, any4 = {
		.s6_addr = { [10] = 0xff, [11] = 0xff },
	};

	return !memcmp(in6, &any6, sizeof(any6)) || !memcmp(in6, &any4, sizeof(any4));
}

static uint64_t inet_ends_hash(const struct in6_addr *near, uint32_t near_port,
			       const struct in6_addr *far, uint32_t far_port)
{
	return hash_bytes(near, sizeof(*near)) ^
	       hash_u64(hash_bytes(far, sizeof(*far)), (uint64_t)near_port << 32 | far_port);
}

/* Whether tuple @index is the one @key, another's, means by its far end. */
static bool inet_ends_far(const void *vec, uint32_t index, const void *key)
{
	const struct tuple *other = &((const struct tuple *)vec)[index];
	const struct tuple *tuple = key;

	return other->local_port == tuple->remote_port &&
	       other->remote_port == tuple->local_port &&
	       !memcmp(&other->local, &tuple->remote, sizeof(other->local)) &&
	       !memcmp(&other->remote, &tuple->local, sizeof(other->remote));
}

/* The one listener that a connection which nobody has accepted waits at, by its
 * address or by any; NO_INDEX if there is none, or several share the port. */
static uint32_t inet_ends_listener(const struct inet_ends *inet, const struct tuple *pending)
{
	uint32_t exact = NO_INDEX, any = NO_INDEX, nr_exact = 0, nr_any = 0;
	const struct tuple *listener;

	vec_for_each(listener, &inet->listeners) {
		if (listener->local_port != pending->local_port)
			continue;
		if (!memcmp(&listener->local, &pending->local, sizeof(listener->local))) {
			exact = listener->object;
			nr_exact++;
		} else if (inet_ends_any(&listener->local)) {
			any = listener->object;
			nr_any++;
		}
	}
	if (nr_exact)
		return nr_exact == 1 ? exact : NO_INDEX;
	return nr_any == 1 ? any : NO_INDEX;
}

/* Both ends of a connection in one namespace are on this machine. */
void inet_ends_join(struct snapshot *snap, const struct inet_ends *inet)
{
	const struct tuple *tuple;
	struct map ends = { 0 };
	uint32_t i;

	map_reserve(&ends, inet->tuples.nr);
	for (i = 0; i < inet->tuples.nr; i++) {
		tuple = &inet->tuples.at[i];
		map_add(&ends, inet_ends_hash(&tuple->local, tuple->local_port,
					      &tuple->remote, tuple->remote_port), i);
	}
	vec_for_each(tuple, &inet->tuples) {
		uint64_t hash = inet_ends_hash(&tuple->remote, tuple->remote_port,
					       &tuple->local, tuple->local_port);
		uint32_t end = map_find(&ends, hash, inet_ends_far, inet->tuples.at, tuple);

		if (end == NO_INDEX || tuple->object == NO_INDEX)
			continue;
		end = inet->tuples.at[end].object != NO_INDEX ? inet->tuples.at[end].object :
		      inet_ends_listener(inet, &inet->tuples.at[end]);
		if (end != NO_INDEX)
			snapshot_edge(snap, EDGE_PEER, NO_INDEX, tuple->object)->peer = end;
	}
	map_free(&ends);
}

void inet_ends_free(struct inet_ends *ends)
{
	vec_free(&ends->tuples);
	vec_free(&ends->listeners);
}
