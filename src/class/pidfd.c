// SPDX-License-Identifier: GPL-2.0-or-later
/* Handles of processes: pidfd_open(2), fs/pidfs.c. Since Linux 6.9 each process
 * has an inode of its own in pidfs, which all its pidfds lead to; before, all
 * shared one, and nothing tells them apart. */
#include "inode.h"

#define PIDFS_MAGIC	0x50494446	/* include/uapi/linux/magic.h */

static bool pidfd_fd(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	struct snapshot *snap = fd->scan->snap;
	uint64_t magic, pid;
	uint32_t object;
	int err;

	if (fd_stat(fd))
		return false;
	err = host->ops->fs_magic(host, &fd->scan->fds, fd->name, &magic);
	if (err)
		scan_gap(fd->scan, PART_FDS, err);
	if (err || magic != PIDFS_MAGIC)
		return false;
	object = snapshot_object(snap, CLASS_pidfd, inode_key(&fd->st));
	if (object_wants(snap, CLASS_pidfd, FIELD_TARGET) && fd_info(fd, "Pid", &pid))
		object_set(snap, object, FIELD_TARGET, pid);
	fd_edge_both(fd, object);
	return true;
}

static const struct class_field pidfd_fields[] = {
	HAS_BY(TARGET, NEED(FDINFO)),
};

DEFINE_CLASS(pidfd) = {
	.info = {
		.name	= "pidfd",
		.title	= "process handle",
		.noun	= "pidfd",
		.manual	= "pidfd_open(2)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(pidfd_fields),
		.listed_by = NEED(FDS),
		.users_by  = NEED(FDS) | NEED(FLIGHT),
		.polled	= true,
		.columns = "ref,target,users",
		.wide	= "ref,target,users",
		.refs	= "pidfd:INODE",
	},
	.link	= "anon_inode:[pidfd]",
	.fd	= pidfd_fd,
	.fd_alone = true,
};
