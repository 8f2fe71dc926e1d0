// SPDX-License-Identifier: GPL-2.0-or-later
/* Anonymous pipes: pipe(7), fs/pipe.c. */
#include <errno.h>

#include "inode.h"

/* All pipes are on one file system; what it is called shows from any. */
static bool pipe_key(struct fd_entry *fd, struct object_key *key)
{
	struct scan *scan = fd->scan;

	key->space = SPACE_INODE;
	if (!link_number(fd->link, &key->id))
		return false;
	if (!scan->pipe_dev) {
		if (fd_stat(fd))
			return false;
		scan->pipe_dev = fd->st.dev;
	}
	key->ns = scan->pipe_dev;
	return true;
}

static bool pipe_wants_stat(const struct snapshot *snap)
{
	return object_wants(snap, CLASS_pipe, FIELD_CTIME) ||
	       object_wants(snap, CLASS_pipe, FIELD_UID);
}

static bool pipe_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object, nr = snap->objects.nr;
	struct object_key key;

	if (!pipe_key(fd, &key))
		return false;
	object = snapshot_object(snap, CLASS_pipe, key);
	if (snap->objects.nr > nr && pipe_wants_stat(snap) && !fd_stat(fd)) {
		object_set(snap, object, FIELD_UID, fd->st.uid);
		object_set(snap, object, FIELD_CTIME, (uint64_t)fd->st.ctime);
	}
	fd_edge(fd, object);
	return true;
}

static int pipe_fill_from(struct collector *col, uint32_t object, uint8_t access)
{
	struct snapshot *snap = col->snap;
	const struct object *obj = &snap->objects.at[object];
	const struct edge *edge;
	int err = -ENOENT;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		pid_t pid = snap->processes.at[edge->process].pid;
		uint64_t unread, capacity;

		/* A number in a table of a thread's own means another file in the process. */
		if (edge->kind != EDGE_OPEN || !(edge->access & access) || edge->tid)
			continue;
		err = col->host->ops->pipe_fill(col->host, pid, edge->fd, &unread, &capacity);
		if (err < 0)
			continue;
		object_set(snap, object, FIELD_USED, unread);
		object_set(snap, object, FIELD_CAPACITY, capacity);
		return 0;
	}
	return err;
}

/* The read end first: while it is doubled, a writer that closes goes unseen. */
void pipe_look(struct collector *col, uint32_t object)
{
	int err = pipe_fill_from(col, object, ACCESS_READ);

	if (err < 0)
		err = pipe_fill_from(col, object, ACCESS_WRITE);
	if (err < 0 && err != -ENOENT && err != -ESRCH)
		snapshot_warn(col->snap, PART_FILL, -err, "pipe:%llu", (unsigned long long)
			      col->snap->objects.at[object].key.id);
}

static const struct class_field pipe_fields[] = {
	HAS_ASKED(UID), HAS_ASKED(CTIME), HAS_BY(READERS, NEED(ACCESS) | HELD_UNSEEN | NEED(ARMED)),
	HAS_BY(WRITERS, NEED(ACCESS) | HELD_UNSEEN | NEED(ARMED)), HAS_SHOWN(USED, NEED(FILL)),
	HAS_SHOWN(CAPACITY, NEED(FILL)),
};

DEFINE_CLASS(pipe) = {
	.info = {
		.name	= "pipe",
		.title	= "pipe",
		.noun	= "pipe",
		.manual	= "pipe(2), pipe(7)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(pipe_fields),
		.listed_by = NEED(FDS),
		.users_by  = NEED(FDS) | HELD_UNSEEN | NEED(ARMED),
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(FDS),
		.polled	= true,
		.columns = "ref,readers,writers,state,users",
		.wide	= "ref,owner,readers,writers,state,age,users",
		.refs	= "pipe:INODE",
	},
	.link	= "pipe:[",
	.fd	= pipe_fd,
	.fd_alone = true,
	.look	= pipe_look,
};
