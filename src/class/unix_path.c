// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the path a UNIX socket was bound to still leads to it. */
#include <errno.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "socket.h"

/* The file a socket was bound to. */
struct bound_file {
	struct object_key key;
	struct unix_diag_vfs vfs;	/* ino 0: not known */
};

static int bound_each(void *arg, const struct nlmsghdr *msg)
{
	struct bound_file *bound = ((struct socket_dump *)arg)->arg;
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const size_t header = sizeof(*diag);
	const struct unix_diag_vfs *vfs;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(header) ||
	    diag->udiag_ino != bound->key.id)
		return 0;
	vfs = socket_attr(msg, header, UNIX_DIAG_VFS, sizeof(*vfs), &len);
	if (vfs)
		bound->vfs = *vfs;
	return 0;
}

static void bound_ns(struct socket_dump *dump)
{
	struct unix_diag_req req = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_show = UDIAG_SHOW_VFS,
	};
	const struct bound_file *bound = dump->arg;

	if (dump->net_ns == bound->key.ns)
		socket_dump(dump, PART_UNIX, "UNIX sockets", &req, sizeof(req),
			    bound_each);
}

/* Another socket has been bound to the path since. Where both are on the
 * device that the kernel says (not in an overlay) the inodes tell. */
static bool is_anothers(struct collector *col, const struct object *obj,
			const struct host_stat *st)
{
	struct bound_file bound = { .key = obj->key };
	uint64_t dev;

	if (!obj->shares_name)
		return false;
	socket_each_ns(col, PART_UNIX, bound_ns, &bound);
	dev = makedev(bound.vfs.udiag_vfs_dev >> 20,
		      bound.vfs.udiag_vfs_dev & 0xfffff);
	return bound.vfs.udiag_vfs_ino && dev == st->dev &&
	       bound.vfs.udiag_vfs_ino != (uint32_t)st->ino;
}

/* Whether a path as the process @pid sees it no longer leads to the socket. */
static bool is_path_gone(struct collector *col, const struct object *obj,
			 pid_t pid, const struct str *path)
{
	struct buf *text = &col->scratch;
	struct host_stat st;
	int err;

	buf_reset(text);
	buf_i64(text, pid);
	buf_puts(text, "/root");
	buf_str(text, path);
	err = col->host->ops->stat(col->host, &col->proc, text->data, 0, &st);
	if (err)
		return err == -ENOENT;
	return !S_ISSOCK(st.mode) || is_anothers(col, obj, &st);
}

/* The path is bound as its holder sees it: look from there. */
void unix_look(struct collector *col, uint32_t object)
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
		if (is_path_gone(col, obj,
				 snap->processes.at[edge->process].pid, name))
			object_flag(snap, object, IS(PATH_GONE));
		return;
	}
}
