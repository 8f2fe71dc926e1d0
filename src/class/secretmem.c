// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that not even the kernel maps: memfd_secret(2), mm/secretmem.c. Its
 * files have one link and a path that says "(deleted)", which others can have too:
 * the file system decides. */
#include <sys/sysmacros.h>

#include "inode.h"

#define SECRETMEM_MAGIC	0x5345434d	/* include/uapi/linux/magic.h */
#define SECRETMEM_NAME	"/secretmem"

static bool secretmem_add(struct scan *scan, const struct host_dir *at, const char *path,
			  const struct host_stat *st, uint32_t *object)
{
	const struct host *host = scan->col->host;
	uint64_t magic;
	int err;

	if (major(st->dev) || st->nlink != 1)
		return false;
	err = host->ops->fs_magic(host, at, path, &magic);
	if (err)
		scan_gap(scan, PART_FDINFO, err);
	if (err || magic != SECRETMEM_MAGIC)
		return false;
	*object = snapshot_object(scan->snap, CLASS_secretmem, inode_key(st));
	inode_fill(scan->snap, *object, st);
	return true;
}

static bool secretmem_fd(struct fd_entry *fd)
{
	uint32_t object;

	if (fd_stat(fd) ||
	    !secretmem_add(fd->scan, &fd->scan->fds, fd->name, &fd->st, &object))
		return false;
	fd_edge(fd, object);
	return true;
}

static bool secretmem_vma(struct scan *scan, const struct host_vma *vma)
{
	struct host_stat st;
	uint32_t object;

	/* vma_stat() leaves the path that leads to the file in scan->text. */
	if (vma->len != strlen(SECRETMEM_NAME) ||
	    memcmp(vma->name, SECRETMEM_NAME, vma->len) || vma_stat(scan, vma, &st) ||
	    !secretmem_add(scan, &scan->dir, scan->text.data, &st, &object))
		return false;
	vma_edge(scan, vma, object);
	return true;
}

/* The kernel counts no blocks of it. */
static const struct class_field secretmem_fields[] = {
	HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(ATIME), HAS(MTIME), HAS(CTIME),
};

DEFINE_CLASS(secretmem) = {
	.info = {
		.name	= "secretmem",
		.title	= "secret memory",
		.noun	= "secretmem",
		.manual	= "memfd_secret(2)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_PROCESS,
		.nameless = true,
		FIELDS(secretmem_fields),
		.listed_by = NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS) | NEED(FLIGHT),
		.access_by = NEED(ACCESS),
		.amount	= FIELD_SIZE,
		.columns = "ref,owner,size,age,users",
		.wide	= "ref,owner,mode,size,age,users",
		.refs	= "secretmem:INODE",
	},
	.link	= SECRETMEM_NAME " (deleted)",
	.fd	= secretmem_fd,
	.vma	= secretmem_vma,
};
