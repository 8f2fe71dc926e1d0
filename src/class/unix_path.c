// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths that UNIX sockets were bound to. A socket keeps the path that it was given, and the
 * file that was made there (UNIX_DIAG_VFS). The file may be renamed, linked, unlinked, or
 * seen from another root or mount namespace alone; another socket may be bound to the path
 * by now. So what a path leads to is looked up, and compared with the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "inode.h"
#include "socket.h"

#define MOST_HOLDERS	16	/* that a path is looked up from */

static bool unix_path_same(const void *vec, uint32_t index, const void *arg)
{
	const struct bound_path *bound = &((const struct bound_path *)vec)[index];
	const struct bound_path *key = arg;

	return bound->vfs == key->vfs && bound->reached >= key->reached;
}

/* The socket bound to the file; NULL: none that is listed. */
static const struct bound_path *unix_path_bound(const struct collector *col, uint64_t vfs,
						bool reached)
{
	const struct bound_path key = { .vfs = vfs, .reached = reached };
	uint32_t index = vfs ? map_find(&col->bound_files, hash_u64(vfs, 0), unix_path_same,
					col->bound.at, &key) : NO_INDEX;

	return index == NO_INDEX ? NULL : &col->bound.at[index];
}

void unix_path_note(struct collector *col, const struct nlmsghdr *msg, uint32_t object)
{
	const struct str *name = object_str(col->snap, &col->snap->objects.at[object], FIELD_NAME);
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const struct unix_diag_vfs *vfs;
	struct bound_path *bound;
	const uint32_t *dev;
	bool reached = diag->udiag_type == SOCK_DGRAM || diag->udiag_state != TCP_ESTABLISHED;
	size_t len;

	if (!name || !name->len || name->data[0] == '@' ||
	    !(reached || col->query->parts & NEED(PATHS)))
		return;
	bound = vec_add(&col->bound);
	bound->name = name;
	bound->object = object;
	bound->reached = reached;
	vfs = socket_attr(msg, sizeof(*diag), UNIX_DIAG_VFS, sizeof(*vfs), &len);
	if (!vfs)
		return;
	bound->vfs = (uint64_t)vfs->udiag_vfs_dev << 32 | vfs->udiag_vfs_ino;
	map_add(&col->bound_files, hash_u64(bound->vfs, 0), col->bound.nr - 1);
	vec_for_each(dev, &col->bound_devs) {
		if (*dev == vfs->udiag_vfs_dev)
			return;
	}
	*vec_add(&col->bound_devs) = vfs->udiag_vfs_dev;
}

/* By the file as statx(2) tells it; on a device that no socket is known on, which may be that
 * of a subvolume or an overlay, as the kernel has it. */
static bool unix_path_is_bound(const struct collector *col, const struct host_stat *st,
			       const char *path)
{
	const uint64_t vfs = host_vfs(st->dev, st->ino);
	struct host_stat found;
	struct buf where = { 0 };
	const uint32_t *dev;
	int err;

	if (unix_path_bound(col, vfs, false))
		return true;
	vec_for_each(dev, &col->bound_devs) {
		if (*dev == vfs >> 32)
			return false;
	}
	if (!col->bound_devs.nr)
		return false;
	err = col->host->ops->find_file(col->host, 0, AT_FDCWD, 0, path, &where, &found);
	buf_free(&where);
	return !err && found.dev == st->dev && found.ino == st->ino &&
	       unix_path_bound(col, found.vfs, false);
}

uint32_t unix_path_file(const struct collector *col, struct snapshot *snap,
			const struct host_stat *st, const char *path, size_t len)
{
	uint32_t object;

	if (unix_path_is_bound(col, st, path))
		return NO_INDEX;
	object = snapshot_object(snap, CLASS_unix, inode_key(st));
	inode_fill(snap, object, st);
	return object;
}

uint32_t unix_path_address(struct scan *scan, const char *path)
{
	const struct host *host = scan->col->host;
	const struct bound_path *bound;
	struct host_stat st;

	if (host->ops->find_file(host, scan->thread ?: scan->living, AT_FDCWD, 0, path,
				 &scan->text, &st))
		return NO_INDEX;
	bound = unix_path_bound(scan->col, st.vfs, true);
	return bound ? bound->object | IN_BASE : NO_INDEX;
}

/* A question that was asked of a path: whether it leads to the socket, 1 or 0, or -errno. */
static int unix_path_leads(struct collector *col, const struct host_ask *ask,
			   const struct bound_path *bound)
{
	if (ask->err == -ETIMEDOUT || ask->err == -EIO)
		snapshot_warn(col->snap, PART_PATHS, -ask->err, "%s", ask->path);
	if (ask->err)
		return ask->err == -ENOENT || ask->err == -ENOTDIR || ask->err == -ELOOP ?
		       0 : ask->err;
	return ask->number == bound->vfs;
}

static void unix_path_set(struct collector *col, uint32_t object, const char *path)
{
	if (*path && !object_str(col->snap, &col->snap->objects.at[object], FIELD_PATH))
		object_set_str(col->snap, object, FIELD_PATH, path, strlen(path));
}

/* A socket whose path does not lead to it from here. */
struct away {
	struct bound_path *bound;
	uint32_t looked;	/* holders that it was looked up from */
	pid_t last;
	bool unsure;		/* for one of them it could not be */
	bool found;
};

struct unix_path_walk {
	struct VEC(struct host_ask) asks;
	struct VEC(uint32_t) of;	/* whom they are about */
	struct VEC(struct away) aways;
};

/* From whom the paths of those that are away are to be looked up. */
static void unix_path_ask_holders(struct collector *col, struct unix_path_walk *walk)
{
	struct snapshot *snap = col->snap;
	uint32_t *of = mem_zero(snap->objects.nr, sizeof(*of));
	const struct edge *edge;
	struct away *away;

	vec_for_each(away, &walk->aways)
		of[away->bound->object] = (uint32_t)(away - walk->aways.at) + 1;
	vec_for_each(edge, &snap->edges) {
		pid_t pid;

		if (!of[edge->object] || !edge_uses[edge->kind] || edge->process == NO_INDEX)
			continue;
		away = &walk->aways.at[of[edge->object] - 1];
		pid = snap->processes.at[edge->process].pid;
		if (away->last == pid)
			continue;
		away->last = pid;
		away->unsure |= away->looked == MOST_HOLDERS;
		if (away->unsure)
			continue;
		away->looked++;
		*vec_add(&walk->of) = of[edge->object] - 1;
		*vec_add(&walk->asks) = (struct host_ask){
			.tid = pid, .path = away->bound->name->data,
		};
	}
	free(of);
}

/* As those who have it see their paths. */
static void unix_path_look_away(struct collector *col, struct unix_path_walk *walk)
{
	const struct host *host = col->host;
	struct host_stat st;
	struct away *away;
	uint32_t i;

	walk->asks.nr = walk->of.nr = 0;
	unix_path_ask_holders(col, walk);
	if (walk->asks.nr)
		host->ops->ask_all(host, walk->asks.at, walk->asks.nr);
	for (i = 0; i < walk->asks.nr; i++) {
		const struct host_ask *ask = &walk->asks.at[i];
		int leads;

		away = &walk->aways.at[walk->of.at[i]];
		leads = away->found ? 0 : unix_path_leads(col, ask, away->bound);
		away->unsure |= leads < 0;
		if (leads <= 0)
			continue;
		away->found = true;
		if (!host->ops->find_file(host, ask->tid, AT_FDCWD, 0, ask->path, &col->scratch,
					  &st) && st.vfs == away->bound->vfs)
			unix_path_set(col, away->bound->object, col->scratch.data);
	}
	vec_for_each(away, &walk->aways) {
		/* The directory that a relative path began at may be another by now. */
		if (away->bound->name->data[0] == '/')
			object_flag(col->snap, away->bound->object,
				    away->found ? IS(PATH_ELSEWHERE) :
				    away->unsure || !away->looked ? IS(PATH_UNKNOWN) :
				    IS(PATH_GONE));
	}
}

static void unix_path_find_refs(struct collector *col)
{
	const struct bound_path *bound;
	struct host_stat st;
	uint32_t i;

	for (i = 0; i < col->query->nr_path_refs; i++) {
		struct path_ref *ref = &col->query->path_refs[i];

		bound = NULL;
		if (!col->host->ops->find_file(col->host, 0, AT_FDCWD, 0, ref->path,
					       &col->scratch, &st))
			bound = unix_path_bound(col, st.vfs, true);
		ref->socket = bound ? col->snap->objects.at[bound->object].key.id : 0;
		if (bound)
			unix_path_set(col, bound->object, ref->path);
	}
}

void unix_path_locate(struct collector *col)
{
	struct unix_path_walk walk = { 0 };
	struct bound_path *bound;
	uint32_t i;

	unix_path_find_refs(col);
	vec_for_each(bound, &col->bound) {
		if (!bound->reached || !bound->vfs)
			continue;
		if (bound->name->data[0] != '/') {
			*vec_add(&walk.aways) = (struct away){ .bound = bound };
			continue;
		}
		*vec_add(&walk.of) = (uint32_t)(bound - col->bound.at);
		*vec_add(&walk.asks) = (struct host_ask){ .path = bound->name->data };
	}
	if (walk.asks.nr)
		col->host->ops->ask_all(col->host, walk.asks.at, walk.asks.nr);
	for (i = 0; i < walk.asks.nr; i++) {
		int leads;

		bound = &col->bound.at[walk.of.at[i]];
		leads = unix_path_leads(col, &walk.asks.at[i], bound);
		if (!leads)
			*vec_add(&walk.aways) = (struct away){ .bound = bound };
		else if (leads > 0)
			unix_path_set(col, bound->object, bound->name->data);
	}
	if (walk.aways.nr)
		unix_path_look_away(col, &walk);
	vec_free(&walk.aways);
	vec_free(&walk.asks);
	vec_free(&walk.of);
}

/* Sockets accepted through a bound one carry its name too. */
const struct str *unix_path_called(const struct snapshot *snap, const struct object *obj)
{
	const struct str *name = object_str(snap, obj, FIELD_NAME);
	const struct str *path = object_str(snap, obj, FIELD_PATH);
	uint64_t flags = 0, type = 0;

	if (path || !name || !name->len || object_is_socket_path(obj))
		return path ?: name && name->len ? name : NULL;
	object_num(snap, obj, FIELD_FLAGS, &flags);
	object_num(snap, obj, FIELD_TYPE, &type);
	if ((name->data[0] != '@' && name->data[0] != '/') ||
	    obj->key.ns != snap->host.net_ns || flags & IS_PATH_AWAY)
		return NULL;
	if (!(flags & IS(LISTENING)) && flags & (IS(CONNECTED) | IS(UNCONNECTED)) &&
	    !(type && !strcmp((const char *)(uintptr_t)type, "dgram")))
		return NULL;
	return name;
}

/* There are live sockets, and paths that some left behind. */
bool unix_path_applies(const struct snapshot *snap, const struct object *obj,
		       enum field_id field)
{
	bool is_path = object_is_socket_path(obj);

	switch (field) {
	case FIELD_GID:
	case FIELD_GROUP:
	case FIELD_MODE:
	case FIELD_CTIME:
	case FIELD_MTIME:
	case FIELD_BTIME:
	case FIELD_AGE:
	case FIELD_UNCHANGED:
		return is_path;
	case FIELD_RECVQ:
	case FIELD_SENDQ:
	case FIELD_SENDMEM:
	case FIELD_RECVNEXT:
	case FIELD_PENDING:
	case FIELD_BACKLOG:
		return !is_path && socket_applies(snap, obj, field);
	case FIELD_NET_NS:
	case FIELD_TYPE:
	case FIELD_PATH:
	case FIELD_PEERS:
	case FIELD_PEER_USERS:
		return !is_path;
	default:
		return true;
	}
}
