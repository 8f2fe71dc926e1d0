// SPDX-License-Identifier: GPL-2.0-or-later
/* Named pipes: fifo(7), fs/pipe.c. Two with one inode number on two file
 * systems are two. */
#include <sys/stat.h>

#include "inode.h"

static uint32_t fifo_file(const struct collector *col, struct snapshot *snap,
			  const struct host_stat *st, const char *path, size_t len)
{
	uint32_t object = snapshot_object(snap, CLASS_fifo, inode_key(st));

	inode_fill(snap, object, st);
	return object;
}

static bool fifo_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object;

	if (fd_stat(fd) || !S_ISFIFO(fd->st.mode))
		return false;
	object = snapshot_object(snap, CLASS_fifo, inode_key(&fd->st));
	inode_fill(snap, object, &fd->st);
	if (fd->len > 1)	/* else its path is longer than can be told */
		object_set_first(snap, object, FIELD_NAME, fd->link, inode_name(fd));
	fd_edge(fd, object);
	return true;
}

static const struct class_field fifo_fields[] = {
	HAS(NAME), HAS(UID), HAS(GID), HAS(MODE), HAS(LINKS), HAS(ATIME),
	HAS(MTIME), HAS(CTIME), HAS(BTIME), HAS_BY(READERS, NEED(ACCESS) | HELD_UNSEEN | NEED(ARMED)),
	HAS_BY(WRITERS, NEED(ACCESS) | HELD_UNSEEN | NEED(ARMED)), HAS_SHOWN(USED, NEED(FILL)),
	HAS_SHOWN(CAPACITY, NEED(FILL)),
};

DEFINE_CLASS(fifo) = {
	.info = {
		.name	= "fifo",
		.title	= "named pipe",
		.noun	= "FIFO",
		.manual	= "mkfifo(3), fifo(7)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_FILESYSTEM,
		FIELDS(fifo_fields),
		.listed_by = NEED(FDS),
		.users_by  = NEED(FDS) | HELD_UNSEEN | NEED(ARMED),
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(FDS) | NEED(OPENS),
		.polled	= true,
		.columns = "ref,owner,mode,readers,writers,state,age,users",
		.wide	= "ref,owner,group,mode,readers,writers,state,age,idle,users",
		.last_use_fields = { FIELD_MTIME, FIELD_ATIME },
		.refs	= "fifo:/PATH, or fifo:MAJOR:MINOR/INODE",
		.called	= inode_called,
		.open_waits = true,
	},
	.link	= "/",
	.fd	= fifo_fd,
	.file_type = S_IFIFO,
	.file	= fifo_file,
	.look	= pipe_look,
};
