// SPDX-License-Identifier: GPL-2.0-or-later
/* Who uses how much of a limit. */
#include "limit_holders.h"

#include "ipcscope/snapshot.h"
#include "ipcscope/text.h"

#define PIPE_PAGES	16	/* PIPE_DEF_BUFFERS, fs/pipe.c */
#define PRIO_MAX	32768	/* MQ_PRIO_MAX */

/* Objects of other namespaces and mounts have a limit of their own. */
static bool limit_is_counted(const struct limit_usage *usage, const struct object *obj)
{
	const struct host_facts *host = &usage->snap->host;

	if (!(usage->info->classes >> obj->class & 1))
		return false;
	if (usage->limit == LIMIT_UNLINKED)
		return object_is_nameless(usage->snap, obj);
	if (class_infos[obj->class]->groups & GROUP_SYSV)
		return obj->key.ns == host->ipc_ns;
	/* Of a user the queues of all namespaces count. */
	return usage->info->kind == KIND_USER || !host->home_dev[obj->class] ||
	       obj->key.ns == host->home_dev[obj->class];
}

static struct holder *limit_add_holder(struct limit_usage *usage, enum holder_kind kind,
				       uint32_t index)
{
	struct holder *holder = vec_add(&usage->holders);

	holder->kind = kind;
	holder->index = index;
	holder->max = usage->value->max;
	holder->waiter = NO_INDEX;
	return holder;
}

static bool limit_same_user(const void *vec, uint32_t index, const void *key)
{
	const struct holder *holder = (const struct holder *)vec + index;

	return holder->kind == HOLDER_USER && holder->index == *(const uint32_t *)key;
}

static struct holder *limit_user(struct limit_usage *usage, uint32_t uid)
{
	uint64_t hash = hash_u64(uid, 0);
	uint32_t i = map_find(&usage->users, hash, limit_same_user, usage->holders.at, &uid);

	if (i != NO_INDEX)
		return &usage->holders.at[i];
	map_add(&usage->users, hash, usage->holders.nr);
	return limit_add_holder(usage, HOLDER_USER, uid);
}

/* ipc/msg.c: msg_fits_inqueue(): as many bytes, and as many messages. */
static bool limit_fill(const struct limit_usage *usage, const struct object *obj,
		       struct holder *holder)
{
	enum field_id most = obj->class == CLASS_msg ? FIELD_QBYTES : FIELD_MAXMSG;
	const struct edge *edge;
	uint64_t messages;
	uint32_t i;

	if (!object_num(usage->snap, obj, FIELD_MESSAGES, &messages) ||
	    !object_num(usage->snap, obj, most, &holder->max))
		return false;
	if (messages > holder->used)
		holder->used = messages;
	/* The first process that waits to put something in. */
	for_each_object_edge(edge, i, usage->snap, obj) {
		if (edge->kind == EDGE_WAITS && edge->access & ACCESS_WRITE &&
		    holder->waiter == NO_INDEX)
			holder->waiter = edge->process;
	}
	return true;
}

/* FILL, SIZE: objects by themselves. */
static void limit_add_objects(struct limit_usage *usage)
{
	const struct object *obj;

	vec_for_each(obj, &usage->snap->objects) {
		struct holder *holder;

		if (!limit_is_counted(usage, obj))
			continue;
		holder = limit_add_holder(usage, HOLDER_OBJECT,
					  (uint32_t)(obj - usage->snap->objects.at));
		if (object_num(usage->snap, obj, usage->info->field, &holder->used) &&
		    (usage->info->kind != KIND_FILL || limit_fill(usage, obj, holder)))
			continue;
		usage->unknown = true;
		usage->holders.nr--;
	}
}

static bool limit_is_of_pipes(const struct limit_usage *usage)
{
	return usage->limit == LIMIT_PIPE_SOFT || usage->limit == LIMIT_PIPE_HARD;
}

/* Pages of a pipe, and if its size is not told how many it may have: any user can give
 * it fs.pipe-max-size; who is privileged can give it more, and is refused nothing
 * (fs/pipe.c: pipe_set_size(), pipe_is_unprivileged_user()). */
static void limit_add_pipe(const struct limit_usage *usage, const struct object *obj,
			   struct holder *holder)
{
	const struct limit_value *max = &usage->snap->limits[LIMIT_PIPE_MAX];
	const uint64_t page = usage->snap->host.page_size ?: 4096;
	uint64_t size;

	if (object_num(usage->snap, obj, FIELD_CAPACITY, &size)) {
		num_add(&holder->used, size / page);
		num_add(&holder->most, size / page);
		return;
	}
	holder->estimated = true;
	num_add(&holder->used, PIPE_PAGES);
	num_add(&holder->most, !holder->index ? PIPE_PAGES : !max->known ? UINT64_MAX :
			       MAX(max->max / page, PIPE_PAGES));
}

/* A pipe is charged to who made it, a FIFO to who opened it first: one of those that
 * have it, if they are all of one user; false: not told. */
static bool limit_fifo_user(const struct limit_usage *usage, const struct object *obj,
			    uint64_t *uid)
{
	const struct edge *edge;
	bool any = false;
	uint32_t i;

	for_each_object_edge(edge, i, usage->snap, obj) {
		const uid_t who = edge->process == NO_INDEX ? (uid_t)-1 :
				  usage->snap->processes.at[edge->process].uid;

		if (!edge_uses[edge->kind])
			continue;
		if (who == (uid_t)-1 || (any && *uid != who))
			return false;
		*uid = who;
		any = true;
	}
	return any;
}

/* What the object takes of a limit. */
static bool limit_amount(const struct limit_usage *usage, const struct object *obj,
			 uint64_t *amount)
{
	/* ipc/mqueue.c: mqueue_get_inode(): a struct msg_msg for each message, a
	 * struct posix_msg_tree_node for each priority. */
	const uint64_t message = sizeof(long) == 8 ? 48 : 24;
	const uint64_t node = sizeof(long) == 8 ? 48 : 24;
	const uint64_t page = usage->snap->host.page_size ?: 1;
	uint64_t maxmsg, msgsize;

	*amount = 1;
	if (usage->limit == LIMIT_MSGQUEUE) {
		if (!object_num(usage->snap, obj, FIELD_MAXMSG, &maxmsg) ||
		    !object_num(usage->snap, obj, FIELD_MSGSIZE, &msgsize))
			return false;
		if (__builtin_add_overflow(message, msgsize, &msgsize) ||
		    __builtin_mul_overflow(maxmsg, msgsize, amount))
			*amount = NUM_TOO_MUCH;
		num_add(amount, (maxmsg < PRIO_MAX ? maxmsg : PRIO_MAX) * node);
		return true;
	}
	if (usage->info->field == FIELD_NONE)
		return true;
	if (!object_num(usage->snap, obj, usage->info->field, amount))
		return false;
	if (usage->info->unit == UNIT_PAGES)
		num_add(amount, (page - *amount % page) % page);
	return true;
}

/* The least that a process of the user, one with such a queue, may have. */
static void limit_lower_max(const struct limit_usage *usage, const struct object *obj,
			    struct holder *user)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, usage->snap, obj) {
		const struct process *proc;

		if (edge->process == NO_INDEX)
			continue;
		proc = &usage->snap->processes.at[edge->process];
		if (proc->uid != user->index || !proc->tally ||
		    !(proc->tally->known & NEED(COUNTS)))
			continue;
		if (!user->has_max || proc->tally->max_queued < user->max)
			user->max = proc->tally->max_queued;
		user->has_max = true;
	}
}

/* POOL, USER: objects by their owners. */
static void limit_add_owners(struct limit_usage *usage)
{
	const struct object *obj;

	vec_for_each(obj, &usage->snap->objects) {
		uint64_t uid, amount, flags = 0;
		struct holder *holder = NULL;

		/* A FIFO in a directory is no pipe until it is opened. */
		if (!limit_is_counted(usage, obj) ||
		    (obj->class == CLASS_fifo &&
		     !object_count_edges(usage->snap, obj, EDGE_OPEN)))
			continue;
		if (!limit_amount(usage, obj, &amount)) {
			usage->unknown = true;
			continue;
		}
		object_num(usage->snap, obj, FIELD_FLAGS, &flags);
		/* Without a name it lives on in the processes that have it. */
		if (usage->limit == LIMIT_UNLINKED ||
		    (usage->limit == LIMIT_SHM_BYTES && flags & IS(UNLINKED)))
			holder = limit_add_holder(usage, HOLDER_OBJECT,
						  (uint32_t)(obj - usage->snap->objects.at));
		else if (obj->class == CLASS_fifo ? limit_fifo_user(usage, obj, &uid) :
			 object_num(usage->snap, obj, FIELD_UID, &uid))
			holder = limit_user(usage, (uint32_t)uid);
		else if (limit_is_of_pipes(usage))
			usage->unknown = true;
		if (!holder)
			continue;
		if (usage->limit == LIMIT_MSGQUEUE)
			limit_lower_max(usage, obj, holder);
		if (limit_is_of_pipes(usage))
			limit_add_pipe(usage, obj, holder);
		else
			num_add(&holder->used, amount);
		holder->nr++;
	}
}

/* Which count of what watches others is limited; NR_WATCHED: it is descriptors. */
static enum watched limit_watched(enum limit_id limit)
{
	return limit == LIMIT_INOTIFIES ? WATCHED_INOTIFIES :
	       limit == LIMIT_INOTIFY_WATCHES ? WATCHED_BY_INOTIFY :
	       limit == LIMIT_EPOLL_WATCHES ? WATCHED_BY_EPOLL : NR_WATCHED;
}

/* Processes, and their users if those have the limit. */
static void limit_add_processes(struct limit_usage *usage)
{
	const enum watched watched = limit_watched(usage->limit);
	const struct process *proc;
	struct holder *holder;
	uint64_t nr, maybe = 0;

	vec_for_each(proc, &usage->snap->processes) {
		const struct process_tally *tally = proc->tally;

		if (!tally || (watched == NR_WATCHED ? !(tally->known & NEED(COUNTS)) :
			       proc->uid == (uid_t)-1))
			continue;
		nr = watched == NR_WATCHED ? tally->fds : tally->watched[watched];
		if (watched != NR_WATCHED) {
			maybe = tally->maybe[watched];
			if (!nr && !maybe)
				continue;
			holder = limit_user(usage, proc->uid);
			num_add(&holder->used, nr);
			num_add(&holder->most, nr);
			num_add(&holder->most, maybe);
			holder->nr += (uint32_t)nr;
			holder->estimated |= tally->doubtful[watched] || maybe;
		}
		if (!nr)
			continue;
		holder = limit_add_holder(usage, HOLDER_PROCESS,
					  (uint32_t)(proc - usage->snap->processes.at));
		holder->used = nr;
		if (usage->info->kind == KIND_PROCESS)
			holder->max = tally->max_fds;
	}
}

static int limit_compare_holders(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return COMPARE(x->kind == HOLDER_PROCESS, y->kind == HOLDER_PROCESS) ?:
	       COMPARE(x->waiter == NO_INDEX, y->waiter == NO_INDEX) ?:
	       num_compare_ratios(y->used, y->max, x->used, x->max) ?:
	       COMPARE(y->used, x->used) ?: COMPARE(x->index, y->index);
}

void limit_holders_find(struct limit_usage *usage)
{
	const struct limit_info *info = usage->info;

	if (info->kind == KIND_FILL || info->kind == KIND_SIZE)
		limit_add_objects(usage);
	else if (info->kind != KIND_VALUE && info->classes)
		limit_add_owners(usage);
	else if (info->kind != KIND_VALUE)
		limit_add_processes(usage);
	if (usage->holders.nr)
		qsort(usage->holders.at, usage->holders.nr, sizeof(usage->holders.at[0]),
		      limit_compare_holders);
}
