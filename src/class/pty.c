// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pseudoterminals: pty(7), fs/devpts. One is told from others by its devpts
 * and its index there: another mount of devpts counts from 0 again.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inode.h"

#define SLAVE_MAJOR	136	/* UNIX98_PTY_SLAVE_MAJOR .. + 7 */
#define SLAVE_MAJORS	8
#define MASTER_MAJOR	5	/* TTYAUX_MAJOR */
#define MASTER_MINOR	2

/* A master is opened by a device node; the terminals are in "pts" beside it,
 * or in the same directory if it is devpts' own node. */
static bool pty_master_dev(struct fd_entry *fd, uint64_t *dev)
{
	const struct host *host = fd->scan->col->host;
	struct buf *path = &fd->scan->text;
	const char *base = strrchr(fd->link, '/');
	struct host_stat st;

	if (!base)
		return false;
	buf_reset(path);
	buf_puts(path, "root");
	buf_add(path, fd->link, (size_t)(base - fd->link));
	buf_puts(path, "/pts");
	if (!host->ops->stat(host, &fd->scan->dir, path->data, 0, &st) && S_ISDIR(st.mode)) {
		*dev = st.dev;
		return true;
	}
	*dev = fd->st.dev;
	return true;
}

static bool pty_key(struct fd_entry *fd, struct object_key *key)
{
	unsigned int first = major(fd->st.rdev) - SLAVE_MAJOR;

	key->space = SPACE_PTY;
	if (major(fd->st.rdev) >= SLAVE_MAJOR && first < SLAVE_MAJORS) {
		key->ns = fd->st.dev;
		key->id = ((uint64_t)first << 20) + minor(fd->st.rdev);
		return true;
	}
	if (major(fd->st.rdev) != MASTER_MAJOR || minor(fd->st.rdev) != MASTER_MINOR)
		return false;
	return fd_info(fd, "tty-index", &key->id) && pty_master_dev(fd, &key->ns);
}

static bool pty_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	struct object_key key;
	struct edge *edge;
	uint32_t object;
	bool master;

	if (fd_stat(fd) || !S_ISCHR(fd->st.mode) || !pty_key(fd, &key))
		return false;
	master = major(fd->st.rdev) == MASTER_MAJOR;
	object = snapshot_object(snap, CLASS_pty, key);
	object_set(snap, object, FIELD_INDEX, key.id);
	if (!master) {
		inode_fill(snap, object, &fd->st);
		object_set_first(snap, object, FIELD_PATH, fd->link, fd->len);
	}
	edge = fd_edge(fd, object);
	if (edge && master)
		edge->kind = EDGE_HOLDS;
	return true;
}

static void pty_list(struct collector *col)
{
	const struct host *host = col->host;
	struct host_stat st;

	if (!host->ops->stat(host, NULL, "/dev/pts", 0, &st))
		col->snap->host.home_dev[CLASS_pty] = st.dev;
}

static const struct class_field pty_fields[] = {
	HAS(INDEX), HAS(PATH), HAS(UID), HAS(GID), HAS(MODE), HAS(ATIME),
	HAS(MTIME), HAS(CTIME),
};

DEFINE_CLASS(pty) = {
	.info = {
		.name	= "pty",
		.title	= "pseudoterminal",
		.noun	= "pty",
		.manual	= "pty(7), pts(4)",
		.space	= SPACE_PTY,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(pty_fields),
		.listed_by = NEED(FDS) | NEED(FDINFO),
		.users_by  = NEED(FDS) | NEED(FDINFO),
		.access_by = NEED(ACCESS),
		.columns = "ref,path,owner,mode,idle,users",
		.wide	= "ref,path,owner,group,mode,age,idle,users",
		.last_use_fields = { FIELD_ATIME, FIELD_MTIME },
		.refs	= "pty:INDEX, or pty:MAJOR:MINOR/INDEX",
	},
	.list	= pty_list,
	.link	= "/",
	.fd	= pty_fd,
};
