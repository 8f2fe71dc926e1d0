// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for an object, its users and waiters and whether all are known, and the
 * name by which people call it. */
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/text.h"

uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == kind;
	return nr;
}

bool object_parts_complete(const struct snapshot *snap, const struct object *obj,
			   uint32_t parts)
{
	uint64_t mode, uid = 0;
	/* Nobody but the owner and root can use it. */
	const bool is_private = class_infos[obj->class]->mode_protects &&
		object_num(snap, obj, FIELD_MODE, &mode) && !(mode & 077) &&
		object_num(snap, obj, FIELD_UID, &uid);
	const struct gap *gap;

	if ((snap->parts_read & parts) != parts || snap->partial ||
	    !(snap->host.first_pid_ns || snap->host.outside_assumed) ||
	    !snap->host.all_processes)
		return false;
	parts |= NEED(PROCS);
	if (parts & snap->warned_parts)
		return false;
	if (!(parts & snap->gap_parts))
		return true;
	vec_for_each(gap, &snap->gaps) {
		if (parts >> gap->part & 1 &&
		    (!is_private || gap->uid == 0 || gap->uid == uid || gap->uid == (uid_t)-1))
			return false;
	}
	return true;
}

uint32_t object_attaches_found(const struct snapshot *snap, const struct object *obj,
			       bool *sure)
{
	const struct edge *edge, *other;
	uint32_t i, j, nr = 0;

	*sure = true;
	for_each_object_edge(edge, i, snap, obj) {
		const struct process *proc, *before;
		bool same = false;

		if (edge->kind != EDGE_ATTACHED)
			continue;
		proc = &snap->processes.at[edge->process];
		for (j = 0; j < i && (proc->memory || proc->flags & PROCESS_UNCOMPARED); j++) {
			other = object_edge(snap, obj, j);
			if (other->kind != EDGE_ATTACHED || other->process == edge->process ||
			    other->address != edge->address)
				continue;
			before = &snap->processes.at[other->process];
			if (proc->flags & before->flags & PROCESS_UNCOMPARED)
				*sure = false;
			same |= !*sure || (proc->memory && before->memory == proc->memory);
		}
		nr += !same;
	}
	return nr;
}

bool object_users_complete(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t attaches;
	bool sure;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES)) {
		if (!object_num(snap, obj, FIELD_ATTACHES, &attaches))
			return false;
		if (!attaches)
			return true;
		return (snap->parts_read & kind->users_by) == kind->users_by &&
		       object_attaches_found(snap, obj, &sure) >= attaches;
	}
	return kind->users_by && object_parts_complete(snap, obj, kind->users_by);
}

uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure)
{
	const struct class_info *kind = class_infos[obj->class];
	/* Classes that tell whether anybody has them. */
	const bool has_unattached = kind->groups & GROUP_POSIX ||
				    fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES);
	uint64_t state = 0, attaches;
	const struct edge *edge;
	bool used = false, counted;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &state);
	for_each_object_edge(edge, i, snap, obj) {
		used |= edge_is_use(edge);
		if (edge->kind == EDGE_ATTACHED && edge->huge)
			state |= IS(HUGETLB);
		if (edge->kind != EDGE_WAITS)
			continue;
		state |= IS(WAITS);
		/* What waits for room, not for something to come. */
		if (edge->access & ACCESS_WRITE && !kind->never_full &&
		    (edge->fd >= 0 || !kind->open_waits))
			state |= IS(FULL);
	}
	counted = object_num(snap, obj, FIELD_ATTACHES, &attaches);
	if (has_unattached && (counted ? attaches : used))
		state |= IS(ATTACHED);
	else if (has_unattached && (counted || object_users_complete(snap, obj)))
		state |= IS(UNATTACHED);
	if (unsure)
		*unsure = (has_unattached && !(state & (IS(ATTACHED) | IS(UNATTACHED)))) ||
			  (kind->waits_by && !(state & IS(WAITS)) &&
			   !object_parts_complete(snap, obj, kind->waits_by));
	return state;
}

void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users)
{
	const struct edge *edge;
	uint32_t i, first = 0;

	users->nr = 0;
	for_each_object_edge(edge, i, snap, obj) {
		struct user *user;
		uint32_t u;

		if (!edge_is_use(edge))
			continue;
		/* Edges come by process: only its own users can match. */
		if (users->nr && users->at[first].process != edge->process)
			first = users->nr;
		for (u = first; u < users->nr; u++) {
			if (users->at[u].process == edge->process &&
			    users->at[u].kind == edge->kind &&
			    users->at[u].access == edge->access)
				break;
		}
		user = u < users->nr ? &users->at[u] : vec_add(users);
		user->process = edge->process;
		user->kind = edge->kind;
		user->access = edge->access;
		user->first = user->first ?: edge;
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

void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct str *name = obj->shares_name ? NULL : object_called(snap, obj);
	const uint64_t home = snap->host.home_dev[obj->class];

	buf_puts(buf, kind->name);
	buf_putc(buf, ':');
	if (name) {
		text_escape(buf, name->data, name->len);
		return;
	}
	/* The number means something only with its device. */
	if ((obj->key.space == SPACE_PTY && home != obj->key.ns) ||
	    (obj->key.space == SPACE_INODE &&
	     (kind->persistence == PERSISTENCE_FILESYSTEM || (home && home != obj->key.ns)))) {
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
