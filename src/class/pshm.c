// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX shared memory: shm_overview(7), mm/shmem.c. */
#include "inode.h"
#include "shmfs.h"

static const struct class_field pshm_fields[] = {
	HAS(NAME), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED),
	HAS(LINKS), HAS(ATIME), HAS(MTIME), HAS(CTIME), HAS(BTIME),
};

DEFINE_CLASS(pshm) = {
	.info = {
		.name	= "pshm",
		.title	= "POSIX shared memory object",
		.noun	= "segment",
		.manual	= "shm_open(3), shm_overview(7)",
		.space	= SPACE_INODE,
		.groups	= GROUP_POSIX,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(pshm_fields),
		.listed_by = NEED(SHMFS) | NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS),
		.access_by = NEED(ACCESS),
		.amount	= FIELD_SIZE,
		.columns = "ref,owner,mode,size,used,state,age,users",
		.wide	= "ref,owner,group,mode,size,used,state,age,users",
		.mode_protects = true,
		.refs	= "pshm:/NAME, or pshm:INODE if unlinked",
		.called	= inode_called,
	},
	.list	= shmfs_list,
	.link	= "/",
	.fd	= shmfs_fd,
	.vma	= shmfs_vma,
};
