// SPDX-License-Identifier: GPL-2.0-or-later
/* How much of each limit is used. */
#include "holders.h"

#define OF_PROCESSES	(NEED(FDS) | NEED(FDINFO) | NEED(MAPS) | \
			 NEED(COUNTS) | NEED(WATCHES))

/* ---- whether all was seen ---- */

static bool is_complete(const struct snapshot *snap, uint32_t parts)
{
	const struct warning *warning;

	if (parts & OF_PROCESSES)
		parts |= NEED(PROCS);
	if (parts & ~(snap->parts_read | NEED(PROCS)))
		return false;
	vec_for_each(warning, &snap->warnings) {
		if (parts >> warning->part & 1 && !warning->unsupported)
			return false;
	}
	return true;
}

static bool sees_all(const struct limit_usage *w)
{
	const struct host_facts *host = &w->snap->host;
	uint32_t parts = w->info->parts;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (w->info->classes >> class & 1)
			parts |= class_infos[class]->listed_by;
	}
	if (w->unknown || !is_complete(w->snap, parts))
		return false;
	if (!(parts & OF_PROCESSES))
		return true;
	if (w->snap->partial || !host->all_processes)
		return false;
	/* Those of other PID namespaces have limits of their own. */
	return host->first_pid_ns || w->info->kind == KIND_PROCESS;
}

/* ---- judging ---- */

static int compare_holders(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	bool x_process = x->kind == HOLDER_PROCESS;
	bool y_process = y->kind == HOLDER_PROCESS;

	if (x_process != y_process)
		return x_process ? 1 : -1;
	if ((x->waiter == NO_INDEX) != (y->waiter == NO_INDEX))
		return x->waiter == NO_INDEX ? 1 : -1;
	if (ratio_less(y->used, y->max, x->used, x->max))
		return -1;
	if (ratio_less(x->used, x->max, y->used, y->max))
		return 1;
	if (x->used != y->used)
		return x->used > y->used ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void find_holders(struct limit_usage *w)
{
	switch (w->info->kind) {
	case KIND_FILL:
	case KIND_SIZE:
		weigh_objects(w);
		break;
	case KIND_PROCESS:
		weigh_processes(w);
		break;
	case KIND_POOL:
	case KIND_USER:
		if (w->info->parts & NEED(WATCHES))
			weigh_watches(w);
		else if (w->info->parts & NEED(COUNTS) && !w->info->classes)
			weigh_processes(w);
		else
			weigh_users(w);
		break;
	case KIND_VALUE:
		break;
	}
	if (w->holders.nr)
		qsort(w->holders.at, w->holders.nr, sizeof(w->holders.at[0]),
		      compare_holders);
}

/* Of all processes those of the user who is nearest to his limit. */
static void keep_nearest(struct limit_usage *w)
{
	const struct process *processes = w->snap->processes.at;
	uint32_t i, nr = 0;

	for (i = 0; i < w->holders.nr; i++) {
		const struct holder *holder = &w->holders.at[i];

		if (holder->kind != HOLDER_PROCESS ||
		    processes[holder->index].uid == w->holders.at[0].index)
			w->holders.at[nr++] = *holder;
	}
	w->holders.nr = nr;
}

static void keep_used(struct limit_usage *w)
{
	uint32_t i, nr = 0;

	for (i = 0; i < w->holders.nr; i++) {
		if (w->holders.at[i].used || w->holders.at[i].waiter != NO_INDEX)
			w->holders.at[nr++] = w->holders.at[i];
	}
	w->holders.nr = nr;
}

static void set_use(struct limit_pressure *p, const struct limit_usage *w)
{
	uint32_t i;

	p->max = w->value->max;
	if (w->value->has_used) {
		p->used = w->value->used;
	} else if (w->info->kind == KIND_POOL) {
		for (i = 0; i < w->holders.nr; i++)
			p->used += w->holders.at[i].used;
	} else if (w->holders.nr) {
		p->used = w->holders.at[0].used;
		p->max = w->holders.at[0].max;
	}
	p->max_known = w->value->known || w->info->by == BY_OBJECT;
	p->has_max = p->max_known && !limit_is_none(p->limit, p->max);
	p->estimated = w->info->kind == KIND_USER && p->limit != LIMIT_MSGQUEUE;
	if (w->info->kind == KIND_VALUE || w->info->kind == KIND_SIZE)
		return;
	p->full = (p->has_max && p->used >= p->max) ||
		  (w->holders.nr && w->holders.at[0].waiter != NO_INDEX);
}

static void judge(const struct snapshot *snap, enum limit_id limit,
		  struct limit_pressures *out)
{
	struct limit_usage w = {
		.snap = snap, .limit = limit, .info = &limit_infos[limit],
		.value = &snap->limits[limit],
	};
	struct limit_pressure *p = vec_add(&out->all);
	struct holder *holders;

	find_holders(&w);
	if (w.info->kind == KIND_USER)
		keep_nearest(&w);
	p->limit = limit;
	set_use(p, &w);
	p->known = w.info->kind != KIND_VALUE &&
		   (w.value->has_used || p->full || sees_all(&w));
	keep_used(&w);
	holders = arena_alloc(&out->arena, w.holders.nr * sizeof(*holders));
	if (w.holders.nr)
		memcpy(holders, w.holders.at, w.holders.nr * sizeof(*holders));
	p->holders = holders;
	p->nr_holders = w.holders.nr;
	/* No queue, no limit of it. */
	if (w.info->by == BY_OBJECT && !p->max)
		out->all.nr--;
	vec_free(&w.holders);
	map_free(&w.users);
}

/* Known ones first, then those that are not, then without limit, without use. */
static int rank(const struct limit_pressure *p)
{
	if (limit_infos[p->limit].kind == KIND_VALUE)
		return 4;
	if (p->max_known && !p->has_max)
		return 3;
	if (!p->known || !p->has_max)
		return 2;
	return !p->full;
}

static int compare(const void *a, const void *b)
{
	const struct limit_pressure *x = a, *y = b;

	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (rank(x) < 2 && ratio_less(y->used, y->max, x->used, x->max))
		return -1;
	if (rank(x) < 2 && ratio_less(x->used, x->max, y->used, y->max))
		return 1;
	return (int)x->limit - (int)y->limit;
}

void limit_pressure_judge(const struct snapshot *snap, uint64_t limits,
			  struct limit_pressures *out)
{
	enum limit_id limit;

	*out = (struct limit_pressures){};
	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (limits >> limit & 1 && !snap->limits[limit].absent)
			judge(snap, limit, out);
	}
	if (out->all.nr)
		qsort(out->all.at, out->all.nr, sizeof(out->all.at[0]), compare);
}

void limit_pressures_free(struct limit_pressures *limit_pressures)
{
	vec_free(&limit_pressures->all);
	arena_free(&limit_pressures->arena);
}

uint64_t limit_pressure_permille(const struct limit_pressure *p)
{
	unsigned __int128 tenths;

	if (!p->max)
		return 1000;
	tenths = ((unsigned __int128)p->used * 1000 + p->max / 2) / p->max;
	if (p->used < p->max)
		return tenths < 1000 ? (uint64_t)tenths : 999;
	return tenths < UINT64_MAX ? (uint64_t)tenths : UINT64_MAX;
}

bool limit_pressure_reaches(const struct limit_pressure *p, unsigned int percent)
{
	if (!p->known || !p->has_max ||
	    limit_infos[p->limit].kind == KIND_SIZE)
		return false;
	return p->full || (unsigned __int128)p->used * 100 >=
			  (unsigned __int128)p->max * percent;
}
