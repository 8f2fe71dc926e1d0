// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX message queues: mq_overview(7), ipc/mqueue.c. */
#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include "inode.h"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC	0x19800202	/* include/uapi/linux/magic.h, private */
#endif
#define MQUEUE_SIZE	80		/* st_size of every queue */

struct mq_walk {
	struct collector *col;
	struct host_dir *dir;
};

static int pmsg_add_attr(const struct host *host, struct snapshot *snap,
			 const struct host_dir *dir, const char *name, uint32_t object)
{
	struct host_mq mq;
	int err = host->ops->mq_attr(host, dir, name, &mq);

	if (err < 0)
		return err;
	object_set(snap, object, FIELD_MESSAGES, mq.messages);
	object_set(snap, object, FIELD_MAXMSG, mq.maxmsg);
	object_set(snap, object, FIELD_MSGSIZE, mq.msgsize);
	return 0;
}

static int pmsg_entry(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct mq_walk *walk = arg;
	const struct host *host = walk->col->host;
	struct snapshot *snap = walk->col->snap;
	struct host_stat st;
	uint32_t object;
	int err = host->ops->stat(host, walk->dir, name, 0, &st);

	if (err < 0) {
		if (err != -ENOENT)
			snapshot_warn(snap, PART_MQUEUE, -err, "/%s", name);
		return 0;
	}
	object = snapshot_object(snap, CLASS_pmsg, inode_key(&st));
	inode_fill(snap, object, &st);
	buf_reset(&walk->col->scratch);
	buf_putc(&walk->col->scratch, '/');
	buf_puts(&walk->col->scratch, name);
	object_set_str(snap, object, FIELD_NAME, walk->col->scratch.data,
		       walk->col->scratch.len);
	object_set(snap, object, FIELD_IPC_NS, walk->col->ipc_ns);
	err = pmsg_add_attr(host, snap, walk->dir, name, object);
	if (err < 0 && err != -ENOENT)
		snapshot_warn(snap, PART_MQUEUE, -err, "/%s", name);
	return 0;
}

static void pmsg_list(struct collector *col)
{
	const struct host *host = col->host;
	struct mq_walk walk = { .col = col };
	struct buf entries = { 0 };
	struct host_dir dir;
	struct host_stat st;
	struct namespace *ns;
	int err = host->ops->open_mqueues(host, &dir);

	if (err == -ENOSYS || err == -ENODEV) {
		snapshot_unsupported(col->snap, PART_MQUEUE, "POSIX message queues");
		return;
	}
	if (err < 0) {
		snapshot_warn(col->snap, PART_MQUEUE, -err, "%s",
			      "/dev/mqueue is not mounted");
		return;
	}
	walk.dir = &dir;
	if (host->ops->stat(host, &dir, "", 0, &st))
		st.dev = 0;
	if (col->ipc_ns == col->snap->host.ipc_ns)
		col->snap->host.home_dev[CLASS_pmsg] = st.dev;
	ns = (struct namespace *)snapshot_namespace(col->snap, col->ipc_ns);
	if (ns)
		ns->mqueue_dev = st.dev;
	err = host->ops->read_dir(&dir, &entries, pmsg_entry, &walk);
	if (err < 0)
		snapshot_warn(col->snap, PART_MQUEUE, -err, "%s", "/dev/mqueue");
	host->ops->close_dir(&dir);
	buf_free(&entries);
}

static bool pmsg_is_queue(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	uint64_t home = fd->scan->col->snap->host.home_dev[CLASS_pmsg], magic;

	if (fd_stat(fd) || !S_ISREG(fd->st.mode) || fd->st.size != MQUEUE_SIZE)
		return false;
	if (home && fd->st.dev == home)
		return true;
	return !host->ops->fs_magic(host, &fd->scan->fds, fd->name, &magic) &&
	       magic == MQUEUE_MAGIC;
}

/* Unlinked, or of another IPC namespace: only its descriptor leads to it. */
static void pmsg_add_found(struct fd_entry *fd, uint32_t object)
{
	/* mq_open(3) or the path of a mount: the file system has no directories. */
	const char *name = memrchr(fd->link, '/', inode_name(fd));
	struct snapshot *snap = fd->scan->snap;
	uint64_t maxmsg;
	int err;

	inode_fill(snap, object, &fd->st);
	object_set_str(snap, object, FIELD_NAME, name,
		       inode_name(fd) - (size_t)(name - fd->link));
	if (object_num(snap, &snap->objects.at[object], FIELD_MAXMSG, &maxmsg) ||
	    (!object_wants(snap, CLASS_pmsg, FIELD_MESSAGES) &&
	     !object_wants(snap, CLASS_pmsg, FIELD_MAXMSG) &&
	     !object_wants(snap, CLASS_pmsg, FIELD_MSGSIZE)))
		return;
	err = pmsg_add_attr(fd->scan->col->host, snap, &fd->scan->fds, fd->name, object);
	if (err == -EACCES || err == -EPERM)
		snapshot_warn(snap, PART_MQUEUE, -err, "%s", fd->link);
}

static bool pmsg_fd(struct fd_entry *fd)
{
	uint32_t object;

	if (!pmsg_is_queue(fd))
		return false;
	object = snapshot_object(fd->scan->snap, CLASS_pmsg, inode_key(&fd->st));
	if (!(object & IN_BASE))
		pmsg_add_found(fd, object);
	fd_edge(fd, object);
	return true;
}

static const struct class_field pmsg_fields[] = {
	HAS(NAME), HAS(IPC_NS), HAS(UID), HAS(GID), HAS(MODE), HAS(MESSAGES),
	HAS(MAXMSG), HAS(MSGSIZE), HAS(ATIME), HAS(MTIME), HAS(CTIME),
};

DEFINE_CLASS(pmsg) = {
	.info = {
		.name	= "pmsg",
		.title	= "POSIX message queue",
		.noun	= "queue",
		.manual	= "mq_open(3), mq_overview(7)",
		.space	= SPACE_INODE,
		.groups	= GROUP_POSIX,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(pmsg_fields),
		.listed_by = NEED(MQUEUE) | NEED(FDS),
		.users_by  = NEED(FDS) | HELD_UNSEEN | NEED(ARMED),
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(FDS),
		.amount	= FIELD_MESSAGES,
		.unit	= "msg",
		.polled	= true,
		.columns = "ref,owner,mode,messages,maxmsg,msgsize,state,age,idle,users",
		.wide	= "ref,owner,group,mode,messages,maxmsg,msgsize,state,waiters,age,idle,users",
		.last_use_fields = { FIELD_ATIME },
		.mode_protects = true,
		.refs	= "pmsg:/NAME, or pmsg:INODE if unlinked",
		.called	= inode_called,
	},
	.list	= pmsg_list,
	.link	= "/",
	.fd	= pmsg_fd,
};
