// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Other IPC namespaces: those that threads are in, then those that only a mount or a descriptor
 * keeps. Each is opened at once, so that it does not matter whether that by which it was found
 * stays, and its objects are listed by a thread that enters it.
 */
#include <errno.h>

#include "internal.h"

static struct namespace *ipc_nss_find(const struct collector *col, uint64_t ino)
{
	return (struct namespace *)snapshot_namespace(col->snap, ino);
}

/* That what col->scratch says keeps it. */
static void ipc_nss_keep(struct collector *col, uint64_t ino)
{
	struct snapshot *snap = col->snap;
	const struct buf *how = &col->scratch;
	const struct keeper *keeper;

	vec_for_each(keeper, &snap->keepers) {
		if (keeper->ns == ino && keeper->how->len == how->len &&
		    !memcmp(keeper->how->data, how->data, how->len))
			return;
	}
	*vec_add(&snap->keepers) = (struct keeper){
		ino, arena_str(&snap->arena, how->data, how->len),
	};
}

/* The one @path leads to: below /proc, or as thread @tid sees it. Its inode; 0: none, or gone. */
static uint64_t ipc_nss_add(struct collector *col, uint64_t ino, pid_t tid, const char *path)
{
	const struct host *host = col->host;
	struct host_ns ns;
	int err;

	if (ipc_nss_find(col, ino))
		return ino;
	err = host->ops->open_ipc_ns(host, tid, *path == '/' ? NULL : &col->proc, path, &ns);
	if (err == -ENOENT || err == -ESRCH || err == -EINVAL)
		return 0;
	if (err)
		ns = (struct host_ns){ .ino = ino, .owner = (uid_t)-1 };
	if (!ipc_nss_find(col, ns.ino))
		*vec_add(&col->snap->namespaces) = (struct namespace){
			.ino = ns.ino, .id = ns.id, .user_ns = ns.user_ns, .owner = ns.owner,
			.err = -err,
		};
	return ns.ino;
}

void collect_ipc_ns_of_task(struct collector *col, pid_t pid, pid_t tid, const char *dir)
{
	char path[80];
	uint64_t ino;
	uint32_t nr;
	int err;

	snprintf(path, sizeof(path), "%s/ns/ipc", dir);
	err = scan_ns(col->host, &col->proc, path, &ino);
	if (tid == pid)
		col->task_ns = ino;
	if (tid == pid && (err == -EACCES || err == -EPERM))
		snapshot_warn(col->snap, PART_SYSV, -err, "IPC namespaces of processes");
	if (err)
		return;
	nr = col->snap->namespaces.nr;
	ino = ipc_nss_add(col, ino, 0, path);
	if (col->snap->namespaces.nr > nr && col->query->every_process &&
	    ino != col->snap->host.ipc_ns)
		collect_container(col, &col->snap->namespaces.at[nr], dir);
	if (!ino || tid == pid || ino == col->task_ns)
		return;
	buf_reset(&col->scratch);
	buf_printf(&col->scratch, "thread:%d/%d", (int)pid, (int)tid);
	ipc_nss_keep(col, ino);
}

static void ipc_nss_add_mounted(struct collector *col, pid_t pid, uint64_t ino, const char *path)
{
	ino = ipc_nss_add(col, ino, pid, path);
	if (!ino)
		return;
	buf_reset(&col->scratch);
	buf_printf(&col->scratch, "bind:%s", path);
	ipc_nss_keep(col, ino);
}

static void ipc_nss_add_mounts(struct collector *col, pid_t pid)
{
	collect_mounted_nss(col, pid, "ipc", ipc_nss_add_mounted);
}

static uint64_t ipc_nss_classes(void)
{
	uint64_t classes = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (class_field(class_infos[class], FIELD_IPC_NS))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

/* The limits that each namespace has, of those asked for. */
static void ipc_nss_limits(struct collector *col, struct namespace *ns)
{
	struct limit_value *all = col->snap->limits, own[NR_LIMITS];
	uint64_t limits = 0;
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (limit_infos[limit].by == BY_SYSCTL &&
		    limit_infos[limit].classes & ipc_nss_classes())
			limits |= col->query->limits & (1ull << limit);
	}
	if (!limits)
		return;
	memcpy(own, all, sizeof(own));
	memset(all, 0, sizeof(own));
	collect_limits(col, limits);
	ns->limits = arena_alloc(&col->snap->arena, sizeof(own));
	memcpy(ns->limits, all, sizeof(own));
	memcpy(all, own, sizeof(own));
}

/* In the namespace col->ipc_ns. */
static void ipc_nss_list_there(void *arg)
{
	struct collector *col = arg;

	collect_list_of(col, ipc_nss_classes());
	ipc_nss_limits(col, ipc_nss_find(col, col->ipc_ns));
}

static void ipc_nss_list(struct collector *col)
{
	struct snapshot *snap = col->snap;
	struct namespace *ns;

	for (; col->first_ipc_ns < snap->namespaces.nr; col->first_ipc_ns++) {
		ns = &snap->namespaces.at[col->first_ipc_ns];
		ns->listed = ns->ino == snap->host.ipc_ns;
		if (ns->listed || !query_asks_ns(col->query, ns->ino))
			continue;
		col->ipc_ns = ns->ino;
		if (!ns->err)
			ns->err = -col->host->ops->in_ipc_ns(col->host, ns->ino,
							     ipc_nss_list_there, col);
		ns->listed = !ns->err;
		if (ns->err)
			snapshot_warn(snap, PART_SYSV, ns->err, "IPC namespace %llu",
				      (unsigned long long)ns->ino);
	}
	col->ipc_ns = snap->host.ipc_ns;
}

void collect_ipc_nss(struct collector *col)
{
	/* The tool itself is none of the processes. */
	ipc_nss_add(col, col->snap->host.ipc_ns, 0, "self/ns/ipc");
	ipc_nss_add_mounts(col, 0);
	collect_each_mount_ns(col, ipc_nss_add_mounts);
	ipc_nss_list(col);
}

void collect_late_ipc_nss(struct collector *col, const struct ns_fds *fds)
{
	const struct ns_fd *fd;
	char path[64];
	uint64_t ino;

	vec_for_each(fd, fds) {
		snprintf(path, sizeof(path), "%d/fd/%d", (int)fd->pid, fd->fd);
		ino = ipc_nss_add(col, fd->ino, 0, path);
		if (!ino)
			continue;
		buf_reset(&col->scratch);
		buf_printf(&col->scratch, "fd:%d/%d", (int)fd->pid, fd->fd);
		ipc_nss_keep(col, ino);
	}
	ipc_nss_list(col);
}
