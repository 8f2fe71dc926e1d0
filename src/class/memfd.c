// SPDX-License-Identifier: GPL-2.0-or-later
/* Anonymous files in memory: memfd_create(2), mm/memfd.c. */
#include "inode.h"

#define PREFIX	"/memfd:"

static void memfd_set_name(struct snapshot *snap, uint32_t object, const char *link, size_t len)
{
	const size_t skip = strlen(PREFIX);

	object_set_first(snap, object, FIELD_NAME, link + skip, len - skip);
}

static void memfd_fill(struct snapshot *snap, uint32_t object, const struct host_stat *st)
{
	struct host_stat linked = *st;

	linked.nlink = 1;	/* one never had a name to lose */
	inode_fill(snap, object, &linked);
}

static bool memfd_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object;

	if (fd_stat(fd))
		return false;
	object = snapshot_object(snap, CLASS_memfd, inode_key(&fd->st));
	memfd_fill(snap, object, &fd->st);
	memfd_set_name(snap, object, fd->link, inode_name(fd));
	fd_edge(fd, object);
	return true;
}

static bool memfd_is_mapped(const struct collector *col, const struct host_vma *vma)
{
	int i;

	if (vma->len < strlen(PREFIX) || memcmp(vma->name, PREFIX, strlen(PREFIX)))
		return false;
	for (i = 0; i < col->nr_memory_devs; i++) {
		if (vma->dev == col->memory_devs[i])
			return true;
	}
	return false;
}

static bool memfd_vma(struct scan *scan, const struct host_vma *vma)
{
	struct object_key key = {
		.space = SPACE_INODE, .ns = vma->dev, .id = vma->ino,
	};
	struct host_stat st;
	uint32_t object;

	if (!memfd_is_mapped(scan->col, vma))
		return false;
	object = snapshot_find(scan->snap, key);
	if (object == NO_INDEX) {
		object = snapshot_object(scan->snap, CLASS_memfd, key);
		memfd_set_name(scan->snap, object, vma->name, vma->len);
		if (!vma_stat(scan, vma, &st))
			memfd_fill(scan->snap, object, &st);
	}
	vma_edge(scan, vma, object);
	return true;
}

static void memfd_list(struct collector *col)
{
	if (col->nr_memory_devs)
		col->snap->host.home_dev[CLASS_memfd] = col->memory_devs[0];
}

static const struct class_field memfd_fields[] = {
	HAS(NAME), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED),
	HAS(ATIME), HAS(MTIME), HAS(CTIME),
};

DEFINE_CLASS(memfd) = {
	.info = {
		.name	= "memfd",
		.title	= "anonymous file in memory",
		.noun	= "memfd",
		.manual	= "memfd_create(2)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_PROCESS,
		.nameless = true,
		FIELDS(memfd_fields),
		.listed_by = NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS) | HELD_UNSEEN,
		.access_by = NEED(ACCESS),
		.amount	= FIELD_SIZE,
		.columns = "ref,name,owner,size,used,age,users",
		.wide	= "ref,name,owner,mode,size,used,age,users",
		.refs	= "memfd:INODE",
	},
	.list	= memfd_list,
	.link	= PREFIX,
	.fd	= memfd_fd,
	.vma	= memfd_vma,
};
