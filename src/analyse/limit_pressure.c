// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be read to know how much of a limit is used, and how much it is. */
#include "ipcscope/text.h"
#include "limit_holders.h"

#define TOLD_BY_KERNEL	(A_LIMIT(SHM_BYTES) | A_LIMIT(SHM_INODES) | \
			 A_LIMIT(FILE_MAX) | A_LIMIT(UNLINKED))
#define OF_PROCESSES	(NEED(FDS) | NEED(FDINFO) | NEED(MAPS) | \
			 NEED(COUNTS) | NEED(WATCHES))

static void limit_ask(struct query *query, const struct limit_info *info, bool waiters)
{
	static const enum field_id queue[] = {
		FIELD_MESSAGES, FIELD_QBYTES, FIELD_MAXMSG, FIELD_MSGSIZE,
	};
	uint64_t classes = query->classes;
	enum class_id class;
	size_t i;

	query->extra_parts |= info->parts;
	query->classes = info->classes;
	query_add_field(query, FIELD_UID);
	if (info->field != FIELD_NONE)
		query_add_field(query, info->field);
	for (i = 0; i < ARRAY_SIZE(queue); i++) {
		if (info->kind == KIND_FILL || info->kind == KIND_USER)
			query_add_field(query, queue[i]);
	}
	query->classes |= classes;
	for (class = 0; class < NR_CLASSES; class++) {
		if (waiters && info->kind == KIND_FILL && info->classes >> class & 1)
			query->extra_parts |= class_infos[class]->waits_by;
	}
}

void limit_pressure_query(struct query *query, uint64_t limits, bool who, bool waiters)
{
	enum limit_id limit;

	query->limits |= limits;
	query->extra_parts |= NEED(LIMITS);
	if (limits & (A_LIMIT(PIPE_SOFT) | A_LIMIT(PIPE_HARD)))
		query->limits |= A_LIMIT(PIPE_MAX);
	/* How much room the longest message takes. */
	if (limits & A_LIMIT(MSGMNB))
		query->limits |= A_LIMIT(MSGMAX);
	for (limit = 0; limit < NR_LIMITS; limit++) {
		const struct limit_info *info = &limit_infos[limit];

		if (limits >> limit & 1 && info->kind != KIND_VALUE &&
		    (who || !(TOLD_BY_KERNEL >> limit & 1)))
			limit_ask(query, info, waiters);
	}
}

static bool limit_is_open_pipe(const void *arg, const struct snapshot *snap,
			       const struct object *obj)
{
	return (obj->class == CLASS_pipe || obj->class == CLASS_fifo) &&
	       object_has_user(snap, obj);
}

void limit_pressure_ask_pipes(struct query *query)
{
	const uint64_t classes = query->classes;

	if (!(query->limits & (A_LIMIT(PIPE_SOFT) | A_LIMIT(PIPE_HARD))))
		return;
	query->extra_parts |= NEED(ACCESS);	/* the end that readers have, first */
	query->only_show = true;
	query->look_at = limit_is_open_pipe;
	query->classes &= A_CLASS(pipe) | A_CLASS(fifo);
	query_add_field(query, FIELD_CAPACITY);
	query->classes = classes;
}

bool limit_pressure_may_wait(const struct snapshot *snap, uint64_t limits)
{
	const struct limit_value *most = &snap->limits[LIMIT_MSGMAX];
	uint64_t used, messages, max;
	const struct object *obj;

	vec_for_each(obj, &snap->objects) {
		if (!object_num(snap, obj, FIELD_MESSAGES, &messages))
			continue;
		if (limits & A_LIMIT(MAXMSG) && obj->class == CLASS_pmsg &&
		    object_num(snap, obj, FIELD_MAXMSG, &max) && messages >= max)
			return true;
		if (limits & A_LIMIT(MSGMNB) && obj->class == CLASS_msg &&
		    object_num(snap, obj, FIELD_USED, &used) &&
		    object_num(snap, obj, FIELD_QBYTES, &max) &&
		    (messages >= max || used >= max ||
		     (most->known ? most->max : max) > max - used))
			return true;
	}
	return false;
}

static bool limit_sees_all(const struct limit_usage *usage)
{
	const struct snapshot *snap = usage->snap;
	uint64_t parts = usage->info->parts;
	const struct warning *warning;
	bool processes;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (usage->info->classes >> class & 1)
			parts |= class_infos[class]->listed_by;
	}
	processes = parts & OF_PROCESSES;
	if (processes)
		parts |= NEED(PROCS);
	if (usage->unknown || parts & ~(snap->parts_read | NEED(PROCS)))
		return false;
	vec_for_each(warning, &snap->warnings) {
		if (parts >> warning->part & 1 && !warning->unsupported)
			return false;
	}
	/* Processes of other PID namespaces have limits of their own. */
	return !processes || (!snap->partial && snap->host.all_processes &&
			      (snap->host.first_pid_ns || snap->host.outside_assumed ||
			       usage->info->kind == KIND_PROCESS));
}

static void limit_set_use(struct limit_pressure *p, const struct limit_usage *usage)
{
	const struct holder *holder;

	p->max = usage->value->max;
	if (usage->value->has_used) {
		p->used = usage->value->used;
	} else if (usage->info->kind == KIND_POOL) {
		vec_for_each(holder, &usage->holders)
			num_add(&p->used, holder->used);
	} else if (usage->holders.nr) {
		p->used = usage->holders.at[0].used;
		p->max = usage->holders.at[0].max;
	}
	p->max_known = usage->value->known || usage->info->by == BY_OBJECT;
	p->has_max = p->max_known && !limit_is_none(p->limit, p->max);
	p->estimated = usage->holders.nr && usage->holders.at[0].estimated;
	vec_for_each(holder, &usage->holders) {
		if (holder->estimated && holder->most > p->at_most)
			p->at_most = holder->most;
	}
	if (usage->info->kind == KIND_VALUE || usage->info->kind == KIND_SIZE || p->estimated)
		return;
	p->full = (p->has_max && p->used >= p->max) ||
		  (usage->holders.nr && usage->holders.at[0].waiter != NO_INDEX);
}

static void limit_judge(const struct snapshot *snap, enum limit_id limit,
			struct limit_pressures *out)
{
	struct limit_usage usage = {
		.snap = snap, .limit = limit, .info = &limit_infos[limit],
		.value = &snap->limits[limit],
	};
	struct limit_pressure *p = vec_add(&out->all);
	const struct holder *holder;
	struct holder *kept;
	uint32_t nr = 0;

	limit_holders_find(&usage);
	/* Of all processes those of the user who is nearest to his limit. */
	vec_for_each(holder, &usage.holders) {
		if (usage.info->kind != KIND_USER || holder->kind != HOLDER_PROCESS ||
		    snap->processes.at[holder->index].uid == usage.holders.at[0].index)
			usage.holders.at[nr++] = *holder;
	}
	usage.holders.nr = nr;
	p->limit = limit;
	limit_set_use(p, &usage);
	p->known = usage.info->kind != KIND_VALUE &&
		   (usage.value->has_used || p->full || limit_sees_all(&usage));
	p->holders = kept = arena_alloc(&out->arena, usage.holders.nr * sizeof(*kept));
	vec_for_each(holder, &usage.holders) {
		if (holder->used || holder->waiter != NO_INDEX)
			kept[p->nr_holders++] = *holder;
	}
	/* No queue, no limit of it. */
	if (usage.info->by == BY_OBJECT && !p->max)
		out->all.nr--;
	vec_free(&usage.holders);
	map_free(&usage.users);
}

/* Known ones first, then those that are not, then without limit, without use. */
static int limit_rank(const struct limit_pressure *p)
{
	if (limit_infos[p->limit].kind == KIND_VALUE)
		return 4;
	if (p->max_known && !p->has_max)
		return 3;
	if (!p->known || !p->has_max)
		return 2;
	return !p->full;
}

static int limit_compare(const void *a, const void *b)
{
	const struct limit_pressure *x = a, *y = b;
	const int rank = limit_rank(x);

	return COMPARE(rank, limit_rank(y)) ?:
	       (rank < 2 ? num_compare_ratios(y->used, y->max, x->used, x->max) : 0) ?:
	       COMPARE(x->limit, y->limit);
}

void limit_pressure_judge(const struct snapshot *snap, uint64_t limits,
			  struct limit_pressures *out)
{
	enum limit_id limit;

	*out = (struct limit_pressures){};
	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (limits >> limit & 1 && !snap->limits[limit].absent)
			limit_judge(snap, limit, out);
	}
	if (out->all.nr)
		qsort(out->all.at, out->all.nr, sizeof(out->all.at[0]), limit_compare);
}

void limit_pressures_free(struct limit_pressures *limit_pressures)
{
	vec_free(&limit_pressures->all);
	arena_free(&limit_pressures->arena);
}

uint64_t limit_pressure_permille(const struct limit_pressure *p)
{
	uint64_t halves;

	if (!p->max)
		return 1000;
	halves = num_scale(p->used, 2000, p->max);
	if (p->used < p->max)
		return halves < 1999 ? (halves + 1) / 2 : 999;
	return halves < UINT64_MAX ? (halves + 1) / 2 : UINT64_MAX;
}

bool limit_pressure_reaches(const struct limit_pressure *p, unsigned int percent)
{
	if (!p->known || !p->has_max || p->estimated || limit_infos[p->limit].kind == KIND_SIZE)
		return false;
	return p->full || num_compare_ratios(p->used, p->max, percent, 100) >= 0;
}

bool limit_pressure_may_reach(const struct limit_pressure *p, unsigned int percent)
{
	return !p->max_known ||
	       (p->has_max && (!p->known ||
			       num_compare_ratios(p->at_most, p->max, percent, 100) >= 0));
}
