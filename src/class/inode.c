// SPDX-License-Identifier: GPL-2.0-or-later
#include "inode.h"

size_t inode_name(const struct fd_entry *fd)
{
	bool deleted;
	size_t len = host_link_name(fd->link, fd->len, &deleted);

	return fd->st.nlink ? fd->len : len;
}

const struct str *inode_called(const struct snapshot *snap, const struct object *obj)
{
	const struct str *name = object_str(snap, obj, FIELD_NAME);
	uint64_t flags = 0, home = snap->host.home_dev[obj->class];

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (!name || !name->len || name->data[0] != '/' || flags & IS(UNLINKED) ||
	    (home && home != obj->key.ns && !object_ipc_ns(snap, obj)))
		return NULL;
	return name;
}

void inode_fill(struct snapshot *snap, uint32_t object, const struct host_stat *st)
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

static int inode_compare_links(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	return COMPARE(x->object, y->object) ?: strcmp(x->name->data, y->name->data);
}

void inode_add_names(struct collector *col, struct links *links)
{
	struct buf *names = &col->scratch;
	uint32_t i, nr;

	if (links->nr)
		qsort(links->at, links->nr, sizeof(links->at[0]), inode_compare_links);
	for (i = 0; i < links->nr; i += nr) {
		const uint32_t object = links->at[i].object;

		buf_reset(names);
		for (nr = 0; i + nr < links->nr && links->at[i + nr].object == object; nr++) {
			buf_puts(names, nr ? "/" : "");
			buf_str(names, links->at[i + nr].name);
		}
		if (nr > 1)
			object_set_str(col->snap, object, FIELD_NAMES, names->data, names->len);
	}
	vec_free(links);
}
