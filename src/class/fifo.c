// SPDX-License-Identifier: GPL-2.0-or-later
/* Named pipes: fifo(7), fs/pipe.c. Two with one inode number on two file
 * systems are two. */
#include <sys/stat.h>

#include "fifo.h"
#include "inode.h"

uint32_t fifo_object(struct scan *scan, const struct host_stat *st,
		     const char *path, size_t len)
{
	uint32_t object = snapshot_object(scan->snap, CLASS_fifo,
					  inode_key(st));

	inode_fill(scan->snap, object, st);
	object_set_first(scan->snap, object, FIELD_NAME, path, len);
	return object;
}

void fifo_path(struct collector *col, const char *name, size_t len,
	       const struct host_stat *st)
{
	uint32_t object = snapshot_object(col->snap, CLASS_fifo, inode_key(st));

	inode_fill(col->snap, object, st);
	object_set_str(col->snap, object, FIELD_NAME, name, len);
}

static bool fifo_fd(struct fd_entry *fd)
{
	if (fd_stat(fd) || !S_ISFIFO(fd->st.mode))
		return false;
	fd_edge(fd, fifo_object(fd->scan, &fd->st, fd->link, inode_name(fd)));
	return true;
}

static const struct class_field fifo_fields[] = {
	HAS(NAME), HAS(UID), HAS(GID), HAS(MODE), HAS(LINKS), HAS(ATIME),
	HAS(MTIME), HAS(CTIME), HAS(BTIME), HAS_BY(READERS, NEED(ACCESS)),
	HAS_BY(WRITERS, NEED(ACCESS)), HAS_SHOWN(USED, NEED(FILL)),
	HAS_SHOWN(CAPACITY, NEED(FILL)),
};

extern const struct ipc_class class_fifo;
const struct ipc_class class_fifo = {
	.kind = {
		.name	= "fifo",
		.title	= "named pipe",
		.noun	= "FIFO",
		.manual	= "mkfifo(3), fifo(7)",
		.space	= SPACE_INODE,
		.persistence	= LIVES_FILESYSTEM,
		FIELDS(fifo_fields),
		.listed_by = NEED(FDS),
		.users_by  = NEED(FDS),
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(FDS),
		.columns = "ref,owner,mode,readers,writers,state,age,users",
		.wide	= "ref,owner,group,mode,readers,writers,state,age,idle,users",
		.last_use_fields = { FIELD_MTIME, FIELD_ATIME },
		.refs	= "fifo:/PATH, or fifo:MAJOR:MINOR/INODE",
	},
	.link	= "/",
	.fd	= fifo_fd,
	.look	= pipe_look,
};
