// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX named semaphores: sem_overview(7), glibc's nptl/sem_open.c. */
#include "inode.h"
#include "shmfs.h"

static const struct class_field psem_fields[] = {
	HAS(NAME), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED),
	HAS_BY(VALUES, NEED(SEMFILE)), HAS(LINKS), HAS(ATIME), HAS(MTIME),
	HAS(CTIME), HAS(BTIME),
};

DEFINE_CLASS(psem) = {
	.info = {
		.name	= "psem",
		.title	= "POSIX named semaphore",
		.noun	= "semaphore",
		.manual	= "sem_open(3), sem_overview(7)",
		.space	= SPACE_INODE,
		.groups	= GROUP_POSIX,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(psem_fields),
		.listed_by = NEED(SHMFS) | NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS),
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(MAPS),
		.amount	= FIELD_VALUES,
		.unit	= "value",
		.columns = "ref,owner,mode,values,state,age,users",
		.wide	= "ref,owner,group,mode,values,state,waiters,age,users",
		.mode_protects = true,
		.refs	= "psem:/NAME, or psem:INODE if unlinked",
		.called	= inode_called,
		.never_full = true,
	},
	.list	= shmfs_list,
	.link	= "/",
	.fd	= shmfs_fd,
	.vma	= shmfs_vma,
	.futex	= true,
};
