// SPDX-License-Identifier: GPL-2.0-or-later
/* Who uses how much of a limit. */
#include "holders.h"

#include "ipcscope/derive.h"

#define PIPE_PAGES	16	/* PIPE_DEF_BUFFERS, fs/pipe.c */
#define PRIO_MAX	32768	/* MQ_PRIO_MAX */

bool ratio_less(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	if (!b || !d)
		return b && !d;
	return (unsigned __int128)a * d < (unsigned __int128)c * b;
}

bool is_counted(const struct limit_usage *w, const struct object *obj)
{
	const struct host_facts *host = &w->snap->host;

	if (!(w->info->classes >> obj->class & 1))
		return false;
	if (class_infos[obj->class]->groups & GROUP_SYSV)
		return obj->key.ns == host->ipc_ns;
	/* Of a user the queues of all namespaces count. */
	if (w->info->kind == KIND_USER)
		return true;
	return !host->home_dev[obj->class] ||
	       obj->key.ns == host->home_dev[obj->class];
}

static struct holder *add_holder(struct limit_usage *w, enum holder_kind kind,
				 uint32_t index)
{
	struct holder *holder = vec_add(&w->holders);

	holder->kind = kind;
	holder->index = index;
	holder->max = w->value->max;
	holder->waiter = NO_INDEX;
	return holder;
}

static bool same_user(const void *vec, uint32_t index, const void *key)
{
	const struct holder *holder = (const struct holder *)vec + index;

	return holder->kind == HOLDER_USER &&
	       holder->index == *(const uint32_t *)key;
}

static struct holder *user_of(struct limit_usage *w, uint32_t uid)
{
	uint64_t hash = hash_u64(uid, 0);
	uint32_t i = map_find(&w->users, hash, same_user, w->holders.at, &uid);

	if (i != NO_INDEX)
		return &w->holders.at[i];
	map_add(&w->users, hash, w->holders.nr);
	return add_holder(w, HOLDER_USER, uid);
}

/* ---- objects ---- */

/* The first process that waits to put something in. */
static uint32_t waiter_of(const struct snapshot *snap, const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_WAITS && edge->access & ACCESS_WRITE)
			return edge->process;
	}
	return NO_INDEX;
}

/* ipc/msg.c: msg_fits_inqueue(): as many bytes, and as many messages. */
static bool weigh_queue(const struct limit_usage *w, const struct object *obj,
			struct holder *holder)
{
	enum field_id most = obj->class == CLASS_msg ? FIELD_QBYTES :
						       FIELD_MAXMSG;
	uint64_t messages;

	if (!object_num(w->snap, obj, FIELD_MESSAGES, &messages) ||
	    !object_num(w->snap, obj, w->info->field, &holder->used) ||
	    !object_num(w->snap, obj, most, &holder->max))
		return false;
	if (messages > holder->used)
		holder->used = messages;
	holder->waiter = waiter_of(w->snap, obj);
	return true;
}

void weigh_objects(struct limit_usage *w)
{
	const struct object *obj;

	vec_for_each(obj, &w->snap->objects) {
		struct holder *holder;

		if (!is_counted(w, obj))
			continue;
		holder = add_holder(w, HOLDER_OBJECT,
				    (uint32_t)(obj - w->snap->objects.at));
		if (w->info->kind == KIND_FILL ?
		    weigh_queue(w, obj, holder) :
		    object_num(w->snap, obj, w->info->field, &holder->used))
			continue;
		w->unknown = true;
		w->holders.nr--;
	}
}

/* ---- users ---- */

/* ipc/mqueue.c: mqueue_get_inode(). */
static bool queue_charge(const struct snapshot *snap, const struct object *obj,
			 uint64_t *bytes)
{
	const uint64_t message = sizeof(long) == 8 ? 48 : 24;
	const uint64_t node = sizeof(long) == 8 ? 48 : 24;
	uint64_t maxmsg, msgsize;

	if (!object_num(snap, obj, FIELD_MAXMSG, &maxmsg) ||
	    !object_num(snap, obj, FIELD_MSGSIZE, &msgsize))
		return false;
	*bytes = maxmsg * (message + msgsize) +
		 (maxmsg < PRIO_MAX ? maxmsg : PRIO_MAX) * node;
	return true;
}

/* What the object takes of a limit. */
static bool amount_of(const struct limit_usage *w, const struct object *obj,
		      uint64_t *amount)
{
	const uint64_t page = w->snap->host.page_size ?: 1;

	*amount = 1;
	if (w->limit == LIMIT_MSGQUEUE)
		return queue_charge(w->snap, obj, amount);
	if (w->limit == LIMIT_PIPE_SOFT || w->limit == LIMIT_PIPE_HARD)
		*amount = PIPE_PAGES;
	if (w->info->field == FIELD_NONE)
		return true;
	if (!object_num(w->snap, obj, w->info->field, amount))
		return false;
	if (w->info->unit == UNIT_PAGES)
		*amount = (*amount + page - 1) / page * page;
	return true;
}

/* Lives on, without a name, in the processes that have it. */
static bool is_unlinked(const struct snapshot *snap, const struct object *obj)
{
	uint64_t flags = 0;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	return flags & IS(UNLINKED);
}

/* The least that a process of the user, one with such a queue, may have. */
static void lower_max(const struct limit_usage *w, const struct object *obj,
		      struct holder *user)
{
	const struct snapshot *snap = w->snap;
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		const struct process *proc;

		if (edge->process == NO_INDEX)
			continue;
		proc = &snap->processes.at[edge->process];
		if (proc->uid != user->index || !proc->tally ||
		    !(proc->tally->known & NEED(COUNTS)))
			continue;
		if (!user->has_max || proc->tally->max_queued < user->max)
			user->max = proc->tally->max_queued;
		user->has_max = true;
	}
}

static void weigh_owner(struct limit_usage *w, const struct object *obj)
{
	struct holder *holder;
	uint64_t uid, amount;

	if (!amount_of(w, obj, &amount)) {
		w->unknown = true;
		return;
	}
	if (w->limit == LIMIT_SHM_BYTES && is_unlinked(w->snap, obj))
		holder = add_holder(w, HOLDER_OBJECT,
				    (uint32_t)(obj - w->snap->objects.at));
	else if (object_num(w->snap, obj, FIELD_UID, &uid))
		holder = user_of(w, (uint32_t)uid);
	else
		return;
	if (w->limit == LIMIT_MSGQUEUE)
		lower_max(w, obj, holder);
	holder->used += amount;
	holder->nr++;
}

void weigh_users(struct limit_usage *w)
{
	const struct object *obj;

	vec_for_each(obj, &w->snap->objects) {
		/* A FIFO in a directory is no pipe until it is opened. */
		if (is_counted(w, obj) && (obj->class != CLASS_fifo ||
					   object_has_user(w->snap, obj)))
			weigh_owner(w, obj);
	}
}

/* ---- processes ---- */

void weigh_processes(struct limit_usage *w)
{
	const struct process *proc;

	vec_for_each(proc, &w->snap->processes) {
		const struct process_tally *tally = proc->tally;
		struct holder *holder;

		if (!tally || !(tally->known & NEED(COUNTS)) || !tally->fds)
			continue;
		holder = add_holder(w, HOLDER_PROCESS,
				    (uint32_t)(proc - w->snap->processes.at));
		holder->used = tally->fds;
		if (w->info->kind == KIND_PROCESS)
			holder->max = tally->max_fds;
	}
}

static uint32_t watches_of(enum limit_id limit, const struct process_tally *tally)
{
	switch (limit) {
	case LIMIT_INOTIFIES:	    return tally->inotifies;
	case LIMIT_INOTIFY_WATCHES: return tally->inotify_watches;
	case LIMIT_EPOLL_WATCHES:   return tally->epoll_watches;
	default:		    return 0;
	}
}

void weigh_watches(struct limit_usage *w)
{
	const struct process *proc;

	vec_for_each(proc, &w->snap->processes) {
		struct holder *holder;
		uint32_t nr = proc->tally ? watches_of(w->limit, proc->tally) : 0;

		if (!nr || proc->uid == (uid_t)-1)
			continue;
		holder = user_of(w, proc->uid);
		holder->used += nr;
		holder->nr += nr;
		holder = add_holder(w, HOLDER_PROCESS,
				    (uint32_t)(proc - w->snap->processes.at));
		holder->used = nr;
	}
}
