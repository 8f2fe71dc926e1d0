// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The network namespaces whose sockets are listed: those of the processes first,
 * then those that only a descriptor or a bind mount keeps, nsfs(5). Each is entered
 * at once, so that it does not matter whether the process by which it was found
 * stays.
 */
#include <errno.h>

#include "class/socket.h"
#include "internal.h"
#include "ipcscope/text.h"

static bool namespaces_known(const struct collector *col, uint64_t ino)
{
	const struct net_ns *ns;

	vec_for_each(ns, &col->net_nss) {
		if (ns->ino == ino)
			return true;
	}
	return false;
}

/* Keeps a namespace that was opened, or may not be, unless it is known; the own one is
 * always there. */
static void namespaces_keep(struct collector *col, struct net_ns *ns)
{
	if (!ns->err && namespaces_known(col, ns->ino))
		col->host->ops->close_diag(&ns->diag);
	else if (ns->own || (ns->err != -ENOENT && ns->err != -ESRCH && ns->err != -EINVAL))
		*vec_add(&col->net_nss) = *ns;
}

/* The namespace @ino that @path leads to, below /proc if it is relative. */
static void namespaces_add(struct collector *col, uint64_t ino, const char *path, pid_t pid)
{
	const struct host *host = col->host;
	struct net_ns ns = { .ino = ino, .pid = pid, .own = !path };

	ns.err = host->ops->open_diag(host, path && *path != '/' ? &col->proc : NULL, path,
				      &ns.diag);
	if (!ns.err && path)
		ns.ino = ns.diag.ns;
	namespaces_keep(col, &ns);
}

static void namespaces_add_of(struct collector *col, pid_t tid, const char *path)
{
	uint64_t ino;

	/* Most are in the one that the last was in. */
	if (scan_ns(col->host, &col->proc, path, &ino) ||
	    col->net_nss.at[col->net_nss.nr - 1].ino == ino || namespaces_known(col, ino))
		return;
	namespaces_add(col, ino, path, tid);
}

struct net_ns *collect_net_ns_of(struct collector *col, struct scan *scan)
{
	const uint64_t ino = scan_net_ns(scan);
	const uint32_t nr = col->net_nss.nr;
	char path[64], in_proc[80];

	if (!ino || namespaces_known(col, ino))
		return NULL;
	scan_path(scan, "ns/net", path, sizeof(path));
	snprintf(in_proc, sizeof(in_proc), "%d/%s", (int)scan->living, path);
	namespaces_add(col, ino, in_proc, scan->thread ?: scan->living);
	return col->net_nss.nr > nr ? &col->net_nss.at[nr] : NULL;
}

/* Those that processes of @shard are in by now. */
static void namespaces_add_shard(struct collector *col, const struct snapshot *shard)
{
	const struct process *proc;
	char path[64];

	vec_for_each(proc, &shard->processes) {
		if (!proc->net_ns || namespaces_known(col, proc->net_ns))
			continue;
		snprintf(path, sizeof(path), "%d/ns/net", (int)proc->pid);
		namespaces_add(col, proc->net_ns, path, proc->pid);
	}
}

void collect_own_net_ns(struct collector *col)
{
	namespaces_add(col, col->snap->host.net_ns, NULL, 0);
}

void collect_net_ns_of_task(struct collector *col, pid_t tid, const char *dir)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/ns/net", dir);
	namespaces_add_of(col, tid, path);
}

static void namespaces_add_mounted(struct collector *col, pid_t pid, uint64_t ino, const char *path)
{
	struct net_ns ns = { .ino = ino };

	if (namespaces_known(col, ino))
		return;
	if (!pid) {
		namespaces_add(col, ino, path, 0);
		return;
	}
	ns.err = col->host->ops->open_diag_of(col->host, pid, path, -1, 0, &ns.diag);
	ns.ino = ns.err ? ns.ino : ns.diag.ns;
	namespaces_keep(col, &ns);
}

/* As process @pid has them mounted, 0: we. */
static void namespaces_add_mounts(struct collector *col, pid_t pid)
{
	collect_mounted_nss(col, pid, "net", namespaces_add_mounted);
}

/* A socket whose namespace nothing tells but a copy. */
struct socket_answer {
	uint64_t ino;
	uint64_t ns;		/* 0: it was not told */
	int err;		/* why; 0: the socket is gone */
	enum class_id class;
};

struct socket_answers {
	struct map index;
	struct VEC(struct socket_answer) list;
	struct VEC(struct host_ask) asks;
	struct VEC(uint32_t) of;	/* to which answer each ask leads */
};

static bool namespaces_same_socket(const void *vec, uint32_t index, const void *arg)
{
	return ((const struct socket_answer *)vec)[index].ino == *(const uint64_t *)arg;
}

static uint32_t namespaces_answer(const struct socket_answers *answers, uint64_t ino)
{
	return map_find(&answers->index, hash_u64(ino, 0), namespaces_same_socket,
			answers->list.at, &ino);
}

static int namespaces_compare_answers(const void *a, const void *b)
{
	const struct socket_answer *x = a, *y = b;

	return COMPARE(x->ino, y->ino);
}

/* Who has it is asked, each, as one may refuse what another allows. */
static void namespaces_ask_holders(struct socket_answers *answers, const struct snapshot *shard)
{
	const struct object *obj;
	const struct edge *edge;
	uint32_t index;

	vec_for_each(edge, &shard->edges) {
		if (edge->object & IN_BASE || edge->kind != EDGE_OPEN || edge->process == NO_INDEX)
			continue;
		obj = &shard->objects.at[edge->object];
		if (obj->key.space != SPACE_SOCKET || obj->key.ns)
			continue;
		index = namespaces_answer(answers, obj->key.id);
		if (index == NO_INDEX) {
			index = answers->list.nr;
			map_add(&answers->index, hash_u64(obj->key.id, 0), index);
			*vec_add(&answers->list) = (struct socket_answer){
				.ino = obj->key.id, .class = obj->class,
			};
		}
		*vec_add(&answers->of) = index;
		*vec_add(&answers->asks) = (struct host_ask){
			.tid = edge->tid ?: shard->processes.at[edge->process].pid,
			.fd = edge->fd, .number = obj->key.id,
		};
	}
}

static void namespaces_take_answer(struct collector *col, const struct host_ask *ask,
				   struct socket_answer *answer)
{
	struct net_ns ns = { .ino = ask->number };

	/* Who has ended, or closed it since, has nothing to tell. */
	if (answer->ns || ask->err == -ESRCH || ask->err == -EBADF || ask->err == -ESTALE)
		return;
	answer->err = ask->err;
	if (ask->err)
		return;
	if (!namespaces_known(col, ns.ino)) {
		ns.err = col->host->ops->open_diag_of(col->host, ask->tid, NULL, ask->fd,
						      answer->ino, &ns.diag);
		namespaces_keep(col, &ns);
	}
	answer->ns = ns.ino;
}

static void namespaces_ask_sockets(struct collector *col, struct snapshot *const *shards,
				   unsigned int nr)
{
	struct socket_answers answers = { 0 };
	struct socket_answer *answer;
	struct object *obj;
	uint32_t i, index;

	for (i = 0; i < nr; i++)
		namespaces_ask_holders(&answers, shards[i]);
	if (!answers.list.nr)
		return;
	col->host->ops->ask_all(col->host, answers.asks.at, answers.asks.nr);
	for (i = 0; i < answers.asks.nr; i++)
		namespaces_take_answer(col, &answers.asks.at[i],
				       &answers.list.at[answers.of.at[i]]);
	for (i = 0; i < nr; i++) {
		vec_for_each(obj, &shards[i]->objects) {
			if (obj->key.space != SPACE_SOCKET || obj->key.ns)
				continue;
			index = namespaces_answer(&answers, obj->key.id);
			if (index != NO_INDEX)
				obj->key.ns = answers.list.at[index].ns;
		}
	}
	/* The first that is named does not depend on who found it. */
	qsort(answers.list.at, answers.list.nr, sizeof(*answer), namespaces_compare_answers);
	vec_for_each(answer, &answers.list) {
		if (!answer->ns && answer->err)
			snapshot_warn(col->snap, PART_NET_NS, -answer->err, "%s:%llu%s",
				      class_infos[answer->class]->name,
				      (unsigned long long)answer->ino,
				      answer->err == -EBUSY ? ", which lingers when closed" : "");
	}
	map_free(&answers.index);
	vec_free(&answers.list);
	vec_free(&answers.asks);
	vec_free(&answers.of);
}

static bool namespaces_miss(struct snapshot *const *shards, unsigned int nr)
{
	const struct object *obj;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		vec_for_each(obj, &shards[i]->objects) {
			if (obj->key.space == SPACE_SOCKET && !obj->key.ns)
				return true;
		}
	}
	return false;
}

/* Lists what was added since; more of the sockets are known then. Whether some are not. */
static bool namespaces_list(struct collector *col, struct snapshot *const *shards, unsigned int nr)
{
	unsigned int i;

	if (col->first_net_ns < col->net_nss.nr) {
		collect_list_sockets(col);
		for (i = 0; i < nr; i++)
			socket_settle(col, shards[i]);
	}
	col->first_net_ns = col->net_nss.nr;
	return namespaces_miss(shards, nr);
}

void collect_late_sockets(struct collector *col, struct snapshot *const *shards, unsigned int nr,
			  const struct ns_fds *fds)
{
	struct buf *path = &col->scratch;
	const struct ns_fd *fd;
	unsigned int i;

	if (!(col->query->parts & SOCKET_PARTS) || (col->few && !namespaces_miss(shards, nr)))
		return;
	col->first_net_ns = col->net_nss.nr;
	for (i = 0; i < nr; i++)
		namespaces_add_shard(col, shards[i]);
	namespaces_add_mounts(col, 0);
	vec_for_each(fd, fds) {
		if (namespaces_known(col, fd->ino))
			continue;
		buf_reset(path);
		buf_printf(path, "%d/fd/%d", (int)fd->pid, fd->fd);
		namespaces_add(col, fd->ino, path->data, 0);
	}
	if (namespaces_list(col, shards, nr)) {
		collect_each_mount_ns(col, namespaces_add_mounts);
		if (namespaces_list(col, shards, nr)) {
			namespaces_ask_sockets(col, shards, nr);
			namespaces_list(col, shards, nr);
		}
	}
	col->first_net_ns = 0;
}

void collect_mounted_net_nss(struct collector *col)
{
	namespaces_add_mounts(col, 0);
}
