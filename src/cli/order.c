// SPDX-License-Identifier: GPL-2.0-or-later
/* --sort: by fields, the unknown last, equals as they were. */
#include <stdlib.h>
#include <string.h>

#include "session.h"

/* What one object is ordered by. */
struct rank {
	bool known;
	uint64_t num;
	const char *data;	/* text, NULL: the number counts */
	size_t len;
};

struct ranking {
	struct rank *ranks;	/* nr_keys of each row */
	const struct sort_key *keys;
	unsigned int nr_keys;
};

/* Of those who use it: how many, the first pid, the first name. */
static void order_rank_users(struct rank *rank, const struct snapshot *snap,
			     const struct object *obj, enum field_type type)
{
	const struct process *first = NULL;
	const struct edge *edge;
	uint32_t i, last = NO_INDEX;

	for_each_object_edge(edge, i, snap, obj) {
		if (!edge_uses[edge->kind] || edge->process == NO_INDEX ||
		    edge->process == last)
			continue;
		last = edge->process;
		if (!first)
			first = &snap->processes.at[last];
		rank->num++;
	}
	if (type == TYPE_USERS || !first)
		return;
	rank->num = (uint64_t)first->pid;
	if (type == TYPE_COMMS && first->comm) {
		rank->data = first->comm->data;
		rank->len = first->comm->len;
	}
}

static struct rank order_rank_of(const struct snapshot *snap, uint32_t object,
				 enum field_id field)
{
	const struct object *obj = &snap->objects.at[object];
	struct value value = object_value(snap, obj, field);
	struct rank rank = { .num = value.num };
	enum field_type type = fields[field].type;
	const struct edge *edge;
	uint32_t i;

	rank.known = value.known == KNOWN_YES || value.known == KNOWN_NONE;
	if (field == FIELD_CLASS || field == FIELD_REF) {
		/* As they are without being told. */
		rank.num = field == FIELD_CLASS ? obj->class : object;
	} else if (type == TYPE_USERS || type == TYPE_PIDS || type == TYPE_COMMS) {
		order_rank_users(&rank, snap, obj, type);
	} else if (type == TYPE_REFS) {
		rank.num = 0;
		for_each_object_edge(edge, i, snap, obj)
			rank.num += edge->kind == EDGE_PEER;
	} else if (type == TYPE_STATES) {
		/* The most urgent first. */
		rank.num = value.num ? (uint64_t)__builtin_ctzll(value.num) : NR_STATES;
	} else if (value.word) {
		rank.data = value.word;
		rank.len = strlen(value.word);
	} else if (value.str) {
		rank.data = value.str->data;
		rank.len = value.str->len;
	}
	return rank;
}

static int order_compare_text(const struct rank *a, const struct rank *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int diff;

	if (!a->data || !b->data)
		return !!a->data - !!b->data;
	diff = memcmp(a->data, b->data, len);
	if (diff)
		return diff;
	return (a->len > b->len) - (a->len < b->len);
}

static int order_compare_rows(const void *a, const void *b, void *arg)
{
	const struct ranking *ranking = arg;
	uint32_t row_a = *(const uint32_t *)a, row_b = *(const uint32_t *)b;
	unsigned int i;

	for (i = 0; i < ranking->nr_keys; i++) {
		const struct rank *rank_a = &ranking->ranks[(size_t)row_a * ranking->nr_keys + i];
		const struct rank *rank_b = &ranking->ranks[(size_t)row_b * ranking->nr_keys + i];
		int diff;

		if (!rank_a->known || !rank_b->known) {
			diff = rank_b->known - rank_a->known;
			if (diff)
				return diff;
			continue;
		}
		if (rank_a->data || rank_b->data)
			diff = order_compare_text(rank_a, rank_b);
		else
			diff = (rank_a->num > rank_b->num) - (rank_a->num < rank_b->num);
		if (diff)
			return ranking->keys[i].down ? -diff : diff;
	}
	return (row_a > row_b) - (row_a < row_b);
}

void rows_sort(struct rows *rows, const struct snapshot *snap,
	       const struct sort_key *keys, unsigned int nr_keys)
{
	struct ranking ranking = { .keys = keys, .nr_keys = nr_keys };
	uint32_t *order, i;
	unsigned int k;

	if (!rows->nr)
		return;
	ranking.ranks = mem_zero((size_t)rows->nr * nr_keys, sizeof(*ranking.ranks));
	order = mem_resize(NULL, rows->nr, sizeof(*order));
	for (i = 0; i < rows->nr; i++) {
		order[i] = i;
		for (k = 0; k < nr_keys; k++)
			ranking.ranks[(size_t)i * nr_keys + k] =
				order_rank_of(snap, rows->at[i], keys[k].field);
	}
	qsort_r(order, rows->nr, sizeof(*order), order_compare_rows, &ranking);
	for (i = 0; i < rows->nr; i++)
		order[i] = rows->at[order[i]];
	memcpy(rows->at, order, rows->nr * sizeof(*order));
	free(order);
	free(ranking.ranks);
}
