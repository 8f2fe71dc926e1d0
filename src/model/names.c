// SPDX-License-Identifier: GPL-2.0-or-later
/* What an object is called by, which may be one of several names (hard links), and its REF. */
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/text.h"

const struct str *object_called(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *info = class_infos[obj->class];

	return info->called ? info->called(snap, obj) : NULL;
}

bool object_is_nameless(const struct snapshot *snap, const struct object *obj)
{
	uint64_t flags = 0;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	return class_infos[obj->class]->nameless ||
	       flags & (IS(UNLINKED) | IS(DEST));
}

bool names_next(const struct str *names, const char **name, size_t *len)
{
	const char *end = names->data + names->len;
	const char *at = *name ? *name + *len + 1 : names->data;

	if (at >= end)
		return false;
	*name = at;
	/* No name has an empty part. */
	at = memmem(at, (size_t)(end - at), "//", 2) ?: end;
	*len = (size_t)(at - *name);
	return true;
}

bool list_next(const struct str *list, const char **word, size_t *len)
{
	const char *end = list->data + list->len;
	const char *at = *word ? *word + *len : list->data;

	at += at < end && *at == ' ';
	if (at >= end)
		return false;
	*word = at;
	for (*len = 0; at + *len < end && at[*len] != ' '; ++*len)
		;
	return true;
}

bool object_is_called(const struct snapshot *snap, const struct object *obj,
		      const struct str *called)
{
	const struct str *own = object_called(snap, obj);
	const struct str *names = own ? object_str(snap, obj, FIELD_NAMES) : NULL;
	const char *name = NULL;
	size_t len = 0;

	if (str_same(own, called))
		return true;
	while (names && names_next(names, &name, &len)) {
		if (len == called->len && !memcmp(name, called->data, len))
			return true;
	}
	return false;
}

size_t ref_without_ns(const char *name, size_t len, uint64_t *ns)
{
	const char *at = memrchr(name, '@', len), *digits = at ? at + 1 : "";
	uint64_t num;

	if (*digits == '0' || !num_u64(&digits, &num) || digits != name + len || num < LEAST_NS)
		return len;
	if (ns)
		*ns = num;
	return (size_t)(at - name);
}

uint64_t object_ipc_ns(const struct snapshot *snap, const struct object *obj)
{
	uint64_t ns;

	if (class_infos[obj->class]->groups & GROUP_SYSV)
		return obj->key.ns;
	return object_num(snap, obj, FIELD_IPC_NS, &ns) ? ns : 0;
}

const struct namespace *snapshot_namespace(const struct snapshot *snap, uint64_t ino)
{
	const struct namespace *ns;

	vec_for_each(ns, &snap->namespaces) {
		if (ns->ino == ino)
			return ns;
	}
	return NULL;
}

void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct str *name = kind->called && !obj->shares_name ? kind->called(snap, obj) : NULL;
	const uint64_t home = snap->host.home_dev[obj->class], ns = object_ipc_ns(snap, obj);
	const bool tells_ns = ns && (snap->tells_ns || ns != snap->host.ipc_ns);
	size_t plain;

	buf_puts(buf, kind->name);
	buf_putc(buf, ':');
	if (name) {
		/* What it ends with must not be taken for a namespace. */
		plain = ns && !tells_ns ? ref_without_ns(name->data, name->len, NULL) : name->len;
		text_escape(buf, name->data, plain);
		if (plain < name->len)
			buf_printf(buf, "\\x40%s", name->data + plain + 1);
		else if (tells_ns)
			buf_printf(buf, "@%llu", (unsigned long long)ns);
		return;
	}
	if (obj->key.space == SPACE_FILE) {
		buf_u64(buf, obj->key.ns);
		buf_putc(buf, '/');
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
	if (tells_ns)
		buf_printf(buf, "@%llu", (unsigned long long)ns);
}
