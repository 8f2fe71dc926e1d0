// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths that UNIX sockets were bound to: whether a live socket still is, and whether
 * the path of a live one still leads to it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inode.h"
#include "socket.h"

static bool unix_path_same_name(const void *vec, uint32_t index, const void *key)
{
	return str_same(((const struct bound_path *)vec)[index].name, key);
}

static bool unix_path_same_inode(const void *vec, uint32_t index, const void *arg)
{
	const struct bound_path *bound = &((const struct bound_path *)vec)[index];
	const struct bound_path *key = arg;

	return bound->dev == key->dev && bound->ino == key->ino;
}

/* The device of struct unix_diag_vfs, as makedev(3) makes it. */
static uint64_t unix_path_dev(uint32_t kernel_dev)
{
	return makedev(kernel_dev >> 20, kernel_dev & 0xfffff);
}

void unix_path_note(struct collector *col, const struct nlmsghdr *msg, const struct str *name)
{
	const struct unix_diag_vfs *vfs;
	struct bound_path *bound;
	size_t len;

	vfs = socket_attr(msg, sizeof(struct unix_diag_msg), UNIX_DIAG_VFS, sizeof(*vfs), &len);
	if (!name || !name->len || name->data[0] == '@')
		return;
	if (map_find(&col->bound_names, hash_bytes(name->data, name->len),
		     unix_path_same_name, col->bound.at, name) == NO_INDEX)
		map_add(&col->bound_names, hash_bytes(name->data, name->len), col->bound.nr);
	bound = vec_add(&col->bound);
	bound->name = name;
	if (!vfs)
		return;
	bound->dev = unix_path_dev(vfs->udiag_vfs_dev);
	bound->ino = vfs->udiag_vfs_ino;
	map_add(&col->bound_inodes, hash_u64(bound->dev, bound->ino), col->bound.nr - 1);
}

/* By the name it was bound with, unless that is another file of the same
 * device by now, or by the file. */
static bool unix_path_is_bound(const struct collector *col, const struct str *name,
			       const struct host_stat *st)
{
	const struct bound_path key = { .dev = st->dev, .ino = (uint32_t)st->ino };
	const struct bound_path *bound;
	uint32_t index;

	if (map_find(&col->bound_inodes, hash_u64(key.dev, key.ino),
		     unix_path_same_inode, col->bound.at, &key) != NO_INDEX)
		return true;
	index = map_find(&col->bound_names, hash_bytes(name->data, name->len),
			 unix_path_same_name, col->bound.at, name);
	if (index == NO_INDEX)
		return false;
	bound = &col->bound.at[index];
	return bound->dev != st->dev;
}

uint32_t unix_path_file(const struct collector *col, struct snapshot *snap,
			const struct host_stat *st, const char *path, size_t len)
{
	const struct str *name = arena_str(&snap->arena, path, len);
	uint32_t object;

	if (unix_path_is_bound(col, name, st))
		return NO_INDEX;
	object = snapshot_object(snap, CLASS_unix, inode_key(st));
	inode_fill(snap, object, st);
	return object;
}

/* The file a socket was bound to. */
struct bound_file {
	struct object_key key;
	struct unix_diag_vfs vfs;	/* ino 0: not known */
};

static int unix_path_each(void *arg, const struct nlmsghdr *msg)
{
	struct bound_file *bound = ((struct socket_dump *)arg)->arg;
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const size_t header = sizeof(*diag);
	const struct unix_diag_vfs *vfs;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(header) || diag->udiag_ino != bound->key.id)
		return 0;
	vfs = socket_attr(msg, header, UNIX_DIAG_VFS, sizeof(*vfs), &len);
	if (vfs)
		bound->vfs = *vfs;
	return 0;
}

static void unix_path_ns(struct socket_dump *dump)
{
	struct unix_diag_req req = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_show = UDIAG_SHOW_VFS,
	};
	const struct bound_file *bound = dump->arg;

	if (dump->net_ns == bound->key.ns)
		socket_dump(dump, PART_UNIX, "UNIX sockets", &req, sizeof(req), unix_path_each);
}

/* Another socket has been bound to the path since. Where both are on the
 * device that the kernel says (not in an overlay) the inodes tell. */
static bool unix_path_is_anothers(struct collector *col, const struct object *obj,
				  const struct host_stat *st)
{
	struct bound_file bound = { .key = obj->key };

	if (!obj->shares_name)
		return false;
	socket_each_ns(col, PART_UNIX, unix_path_ns, &bound);
	return bound.vfs.udiag_vfs_ino && unix_path_dev(bound.vfs.udiag_vfs_dev) == st->dev &&
	       bound.vfs.udiag_vfs_ino != (uint32_t)st->ino;
}

/* Whether a path as the process @pid sees it no longer leads to the socket. */
static bool unix_path_is_gone(struct collector *col, const struct object *obj,
			      pid_t pid, const struct str *path)
{
	struct host_stat st;
	int err = col->host->ops->find_file(col->host, pid, AT_FDCWD, 0, path->data,
					    &col->scratch, &st);

	if (err == -ETIMEDOUT)
		snapshot_warn(col->snap, PART_PATHS, ETIMEDOUT, "%s", path->data);
	if (err)
		return err == -ENOENT;
	return !S_ISSOCK(st.mode) || unix_path_is_anothers(col, obj, &st);
}

/* The path is bound as its holder sees it: look from there. */
void unix_path_look(struct collector *col, uint32_t object)
{
	struct snapshot *snap = col->snap;
	const struct object *obj = &snap->objects.at[object];
	const struct str *name = object_str(snap, obj, FIELD_NAME);
	const struct edge *edge;
	uint32_t i;

	if (!name || !name->len || name->data[0] != '/')
		return;
	for_each_object_edge(edge, i, snap, obj) {
		if (edge->process == NO_INDEX)
			continue;
		if (unix_path_is_gone(col, obj, snap->processes.at[edge->process].pid, name))
			object_flag(snap, object, IS(PATH_GONE));
		return;
	}
}

/* Sockets accepted through a bound one carry its name too. */
const struct str *unix_path_called(const struct snapshot *snap, const struct object *obj)
{
	const struct str *name = object_str(snap, obj, FIELD_NAME);
	uint64_t flags = 0, type = 0;

	if (!name || !name->len || object_is_socket_path(obj))
		return name && name->len ? name : NULL;
	object_num(snap, obj, FIELD_FLAGS, &flags);
	object_num(snap, obj, FIELD_TYPE, &type);
	if ((name->data[0] != '@' && name->data[0] != '/') || obj->key.ns != snap->host.net_ns)
		return NULL;
	if (!(flags & (IS(LISTENING))) && flags & (IS(CONNECTED) | IS(UNCONNECTED) | IS(PATH_GONE)) &&
	    !(type && !strcmp((const char *)(uintptr_t)type, "dgram")))
		return NULL;
	return name;
}

/* There are live sockets, and paths that some left behind. */
bool unix_path_applies(const struct snapshot *snap, const struct object *obj,
		       enum field_id field)
{
	bool is_path = object_is_socket_path(obj);
	uint64_t flags = 0;

	switch (field) {
	case FIELD_GID:
	case FIELD_GROUP:
	case FIELD_MODE:
	case FIELD_CTIME:
	case FIELD_MTIME:
	case FIELD_BTIME:
	case FIELD_AGE:
		return is_path;
	/* One that listens has connections in its queue, another has bytes. */
	case FIELD_RECVQ:
	case FIELD_SENDQ:
		object_num(snap, obj, FIELD_FLAGS, &flags);
		return !is_path && !(flags & IS(LISTENING));
	case FIELD_PENDING:
	case FIELD_BACKLOG:
		object_num(snap, obj, FIELD_FLAGS, &flags);
		return !is_path && flags & IS(LISTENING);
	case FIELD_NET_NS:
	case FIELD_TYPE:
	case FIELD_PEERS:
	case FIELD_PEER_USERS:
		return !is_path;
	default:
		return true;
	}
}
