// SPDX-License-Identifier: GPL-2.0-or-later
/* The users of an object, and the name by which people call it. */
#include <sys/sysmacros.h>

#include "ipcscope/derive.h"
#include "ipcscope/text.h"

static bool users_same_use(const struct user *user, const struct edge *edge)
{
	return user->process == edge->process && user->kind == edge->kind &&
	       user->access == edge->access;
}

void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users)
{
	const struct edge *edge;
	uint32_t i, first = 0;

	users->nr = 0;
	for_each_object_edge(edge, i, snap, obj) {
		struct user *user = NULL;
		uint32_t u;

		if (!edge_is_use(edge))
			continue;
		/* Edges come by process: only its own users can match. */
		if (users->nr && users->at[first].process != edge->process)
			first = users->nr;
		for (u = first; u < users->nr; u++) {
			if (users_same_use(&users->at[u], edge)) {
				user = &users->at[u];
				break;
			}
		}
		if (!user) {
			user = vec_add(users);
			user->process = edge->process;
			user->kind = edge->kind;
			user->access = edge->access;
			user->first = edge;
		}
		user->count++;
	}
}

void access_text(uint8_t access, char text[5])
{
	char *to = text;

	if (access & ACCESS_READ)
		*to++ = 'r';
	if (access & ACCESS_WRITE)
		*to++ = 'w';
	if (access & ACCESS_EXEC)
		*to++ = 'x';
	if (access & ACCESS_PATH)
		*to++ = '-';
	*to = '\0';
}

const struct str *object_called(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *info = class_infos[obj->class];

	return info->called ? info->called(snap, obj) : NULL;
}

/* Whether the number means something only with its device. */
static bool users_needs_device(const struct snapshot *snap, const struct object *obj)
{
	uint64_t home = snap->host.home_dev[obj->class];

	if (obj->key.space == SPACE_PTY)
		return home != obj->key.ns;
	if (obj->key.space != SPACE_INODE)
		return false;
	return class_infos[obj->class]->persistence == PERSISTENCE_FILESYSTEM ||
	       (home && home != obj->key.ns);
}

void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct str *name = obj->shares_name ? NULL : object_called(snap, obj);

	buf_puts(buf, kind->name);
	buf_putc(buf, ':');
	if (name) {
		text_escape(buf, name->data, name->len);
		return;
	}
	if (users_needs_device(snap, obj)) {
		buf_u64(buf, major(obj->key.ns));
		buf_putc(buf, ':');
		buf_u64(buf, minor(obj->key.ns));
		buf_putc(buf, '/');
	}
	buf_u64(buf, obj->key.id);
	if (kind->groups & GROUP_SYSV && obj->key.ns != snap->host.ipc_ns) {
		buf_putc(buf, '@');
		buf_u64(buf, obj->key.ns);
	}
}
