// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths that UNIX sockets were bound to, and whether a live one still is. */
#include <linux/unix_diag.h>
#include <sys/sysmacros.h>

#include "inode.h"
#include "unix.h"

static bool same_bound_name(const void *vec, uint32_t index, const void *key)
{
	return str_same(((const struct bound *)vec)[index].name, key);
}

static bool same_bound_inode(const void *vec, uint32_t index, const void *arg)
{
	const struct bound *bound = &((const struct bound *)vec)[index];
	const struct bound *key = arg;

	return bound->dev == key->dev && bound->ino == key->ino;
}

static uint64_t dev_of(uint32_t kernel_dev)
{
	return makedev(kernel_dev >> 20, kernel_dev & 0xfffff);
}

void unix_note_bound(struct collector *col, const struct nlmsghdr *msg,
		     const struct str *name)
{
	const struct unix_diag_vfs *vfs;
	struct bound *bound;
	size_t len;

	vfs = socket_attr(msg, sizeof(struct unix_diag_msg), UNIX_DIAG_VFS,
			  sizeof(*vfs), &len);
	if (!name || !name->len || name->data[0] == '@')
		return;
	if (map_find(&col->bound_names, hash_bytes(name->data, name->len),
		     same_bound_name, col->bound.at, name) == NO_INDEX)
		map_add(&col->bound_names, hash_bytes(name->data, name->len),
			col->bound.nr);
	bound = vec_add(&col->bound);
	bound->name = name;
	if (!vfs)
		return;
	bound->dev = dev_of(vfs->udiag_vfs_dev);
	bound->ino = vfs->udiag_vfs_ino;
	map_add(&col->bound_inodes, hash_u64(bound->dev, bound->ino),
		col->bound.nr - 1);
}

/* By the name it was bound with, unless that is another file of the same
 * device by now, or by the file. */
static bool is_bound(const struct collector *col, const struct str *name,
		     const struct host_stat *st)
{
	const struct bound key = { .dev = st->dev, .ino = (uint32_t)st->ino };
	const struct bound *bound;
	uint32_t index;

	if (map_find(&col->bound_inodes, hash_u64(key.dev, key.ino),
		     same_bound_inode, col->bound.at, &key) != NO_INDEX)
		return true;
	index = map_find(&col->bound_names, hash_bytes(name->data, name->len),
			 same_bound_name, col->bound.at, name);
	if (index == NO_INDEX)
		return false;
	bound = &col->bound.at[index];
	return bound->dev != st->dev;
}

void unix_path(struct collector *col, const char *name, size_t len,
	       const struct host_stat *st)
{
	const struct str *str = arena_str(&col->snap->arena, name, len);
	uint32_t object;

	if (is_bound(col, str, st))
		return;
	object = snapshot_object(col->snap, CLASS_unix, inode_key(st));
	inode_fill(col->snap, object, st);
	object_set_str(col->snap, object, FIELD_NAME, name, len);
}
