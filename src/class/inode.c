// SPDX-License-Identifier: GPL-2.0-or-later
#include "inode.h"

size_t inode_name(const struct fd_entry *fd)
{
	bool deleted;
	size_t len = host_link_name(fd->link, fd->len, &deleted);

	return fd->st.nlink ? fd->len : len;
}

void inode_fill(struct snapshot *snap, uint32_t object,
		const struct host_stat *st)
{
	object_set(snap, object, FIELD_UID, st->uid);
	object_set(snap, object, FIELD_GID, st->gid);
	object_set(snap, object, FIELD_MODE, st->mode & 07777);
	object_set(snap, object, FIELD_SIZE, st->size);
	object_set(snap, object, FIELD_USED, st->used);
	object_set(snap, object, FIELD_LINKS, st->nlink);
	object_set(snap, object, FIELD_ATIME, (uint64_t)st->atime);
	object_set(snap, object, FIELD_MTIME, (uint64_t)st->mtime);
	object_set(snap, object, FIELD_CTIME, (uint64_t)st->ctime);
	if (st->btime)
		object_set(snap, object, FIELD_BTIME, (uint64_t)st->btime);
	if (!st->nlink)
		object_flag(snap, object, IS(UNLINKED));
}
