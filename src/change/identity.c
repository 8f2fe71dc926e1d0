// SPDX-License-Identifier: GPL-2.0-or-later
/* What a target is known by: taken from a snapshot, and written to and read from the log and
 * the copies. */
#include <stddef.h>
#include <string.h>

#include "internal.h"

/* One number of a target. */
struct member {
	const char *key;
	size_t offset, size;
	bool is_signed;
	enum field_id field[3];	/* by enum sysv_kind; of a file all the same */
};

#define FIELD_		FIELD_NONE
#define MEMBER(part, name, shm, sem, msg) { \
	#name, offsetof(struct target, part.name), \
	sizeof(((struct target *)0)->part.name), \
	(__typeof__(((struct target *)0)->part.name))-1 < 1, \
	{ FIELD_##shm, FIELD_##sem, FIELD_##msg } }
#define SYSV(name, shm, sem, msg)	MEMBER(sysv, name, shm, sem, msg)
#define FILE(name, field)		MEMBER(file, name, field, field, field)
#define MQ(name, field)			MEMBER(mq, name, field, field, field)

static const struct member sysv[] = {
	SYSV(id,	,		,	),
	SYSV(key,	KEY,		KEY,	KEY),
	SYSV(uid,	UID,		UID,	UID),
	SYSV(gid,	GID,		GID,	GID),
	SYSV(cuid,	CUID,		CUID,	CUID),
	SYSV(cgid,	CGID,		CGID,	CGID),
	SYSV(mode,	MODE,		MODE,	MODE),
	SYSV(size,	SIZE,		,	USED),
	SYSV(nr,	ATTACHES,	NSEMS,	MESSAGES),
	SYSV(qbytes,	,		,	QBYTES),
	SYSV(pid,	CPID,		,	LSPID),
	SYSV(pid2,	LPID,		,	LRPID),
	SYSV(ctime,	CTIME,		CTIME,	CTIME),
	SYSV(atime,	ATIME,		OTIME,	STIME),
	SYSV(dtime,	DTIME,		,	RTIME),
};

static const struct member file[] = {
	FILE(dev,	),
	FILE(ino,	),
	FILE(mode,	MODE),
	FILE(uid,	UID),
	FILE(gid,	GID),
	FILE(size,	SIZE),
	FILE(used,	USED),
	FILE(atime,	ATIME),
	FILE(mtime,	MTIME),
	FILE(ctime,	CTIME),
	FILE(btime,	BTIME),
	FILE(atime_ns,	),
	FILE(mtime_ns,	),
	FILE(ctime_ns,	),
	FILE(btime_ns,	),
};

static const struct member mq[] = {
	MQ(maxmsg,	MAXMSG),
	MQ(msgsize,	MSGSIZE),
	MQ(messages,	MESSAGES),
};

static const struct {
	enum identity_part part;
	const char *key;
	const struct member *members;
	size_t nr;
} parts[] = {
	{ IDENTITY_SYSV, "sysv", sysv, ARRAY_SIZE(sysv) },
	{ IDENTITY_FILE, "file", file, ARRAY_SIZE(file) },
	{ IDENTITY_MQ,	 "mq",	 mq,   ARRAY_SIZE(mq) },
};

#define for_each_part(p, target) \
	for (p = 0; p < ARRAY_SIZE(parts); p++) \
		if (target_class(target)->family->identity & parts[p].part)

#define for_each_member(m, p) \
	for (m = parts[p].members; m < parts[p].members + parts[p].nr; m++)

static void identity_store(struct target *target, const struct member *m, uint64_t num)
{
	const uint32_t small = (uint32_t)num;

	memcpy((char *)target + m->offset, m->size == sizeof(small) ?
	       (const void *)&small : &num, m->size);
}

/* What a later look is compared with, but for times that a file system may lack, or what
 * another cannot be made without. */
static bool identity_is_compared(enum field_id field)
{
	return field == FIELD_UID || field == FIELD_GID || field == FIELD_MODE ||
	       field == FIELD_MTIME || field == FIELD_CTIME || field == FIELD_CUID ||
	       field == FIELD_CGID || field == FIELD_KEY || field == FIELD_NSEMS ||
	       field == FIELD_ATTACHES || field == FIELD_MESSAGES ||
	       field == FIELD_MAXMSG || field == FIELD_MSGSIZE;
}

void identity_query(struct query *query)
{
	const struct member *m;
	enum class_id class;
	uint64_t needs;
	size_t p, i;

	for (p = 0; p < ARRAY_SIZE(parts); p++) {
		for_each_member(m, p) {
			for (i = 0; i < ARRAY_SIZE(m->field); i++) {
				if (m->field[i] != FIELD_NONE)
					query_add_field(query, m->field[i]);
			}
			/* Also what is not worth listing, if it is looked up at all. */
			for (class = 0; class < NR_CLASSES; class++) {
				if (identity_is_compared(m->field[0]) && change_classes[class] &&
				    query->classes >> class & 1 &&
				    class_has(class_infos[class], m->field[0], &needs))
					fieldset_add(&query->fields[class], m->field[0]);
			}
		}
	}
}

void identity_fill(struct target *target, const struct snapshot *snap, const struct object *obj)
{
	const struct change_class *class = target_class(target);
	const struct member *m;
	size_t p;

	for_each_part(p, target) {
		for_each_member(m, p) {
			enum field_id field = m->field[class->kind];
			uint64_t needs;
			uint64_t num;

			if (field == FIELD_NONE)
				continue;
			if (object_num(snap, obj, field, &num))
				identity_store(target, m, num);
			else if (identity_is_compared(field) &&
				 fieldset_has(&snap->layout->wanted[target->class], field) &&
				 class_has(class_infos[target->class], field, &needs))
				target->incomplete = true;
		}
	}
	if (target_class(target)->family->identity & (IDENTITY_SYSV | IDENTITY_MQ))
		target->ns = object_ipc_ns(snap, obj) ?: snap->host.ipc_ns;
	if (target->ns != snap->host.ipc_ns && snapshot_namespace(snap, target->ns) &&
	    snapshot_namespace(snap, target->ns)->listed)
		target->there = target->ns;
	if (target_is_sysv(target)) {
		target->sysv.id = (int)obj->key.id;
		return;
	}
	target->file.dev = obj->key.ns;
	target->file.ino = obj->key.id;
	target->file.mode |= class->type;
	if (class->file_size)
		target->file.size = class->file_size;
}

static void identity_write_bytes(struct json *json, const char *key, const char *key_hex,
				 const struct str *path)
{
	uint32_t i;

	json_str(json, key, path->data, path->len);
	json_begin(json, key_hex);
	buf_putc(json->to, '"');
	for (i = 0; i < path->len; i++)
		buf_hex(json->to, (unsigned char)path->data[i], 2);
	buf_putc(json->to, '"');
}

void identity_write_path(struct json *json, const struct str *path)
{
	identity_write_bytes(json, "path", "path_hex", path);
}

static void identity_write_member(struct json *json, const struct target *target,
				  const struct member *m)
{
	const char *at = (const char *)target + m->offset;
	uint64_t num = 0;
	uint32_t small;

	if (m->size == sizeof(small)) {
		memcpy(&small, at, sizeof(small));
		num = m->is_signed ? (uint64_t)(int32_t)small : small;
	} else {
		memcpy(&num, at, sizeof(num));
	}
	if (m->is_signed)
		json_i64(json, m->key, (int64_t)num);
	else
		json_u64(json, m->key, num);
}

void identity_write(struct json *json, const struct target *target)
{
	const struct member *m;
	uint32_t i;
	size_t p;

	json_text(json, "class", class_infos[target->class]->name);
	json_str(json, "ref", target->ref->data, target->ref->len);
	json_str(json, "owner", target->owner->data, target->owner->len);
	json_str(json, "amount", target->amount->data, target->amount->len);
	json_u64(json, "uid", target->uid);
	json_u64(json, "bytes", target->bytes);
	if (target->path)
		identity_write_path(json, target->path);
	if (target->links > 1)
		json_u64(json, "links", target->links);
	if (target->names)
		identity_write_bytes(json, "names", "names_hex", target->names);
	for_each_part(p, target) {
		json_open(json, parts[p].key, '{');
		for_each_member(m, p)
			identity_write_member(json, target, m);
		json_close(json, '}');
	}
	if (!target->values || !target->sysv.nr)
		return;
	json_open(json, "values", '[');
	for (i = 0; i < target->sysv.nr; i++)
		json_u64(json, NULL, target->values[i]);
	json_close(json, ']');
}

static const struct str *identity_word(struct arena *arena, const json_t *root, const char *key)
{
	const json_t *value = json_object_get(root, key);
	const char *text = json_string_value(value);

	return arena_str(arena, text ? text : "", json_string_length(value));
}

const char *json_text_of(struct arena *arena, const json_t *root, const char *key)
{
	return identity_word(arena, root, key)->data;
}

int64_t json_num_of(const json_t *root, const char *key)
{
	return json_integer_value(json_object_get(root, key));
}

static int identity_digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL if there is none, or none that a path could be. */
static const struct str *identity_read_path(struct arena *arena, const json_t *root,
					    const char *key)
{
	const json_t *hex = json_object_get(root, key);
	const char *text = json_string_value(hex);
	size_t len = json_string_length(hex) / 2, i;
	const struct str *path = NULL;
	struct buf bytes = {};

	for (i = 0; text && i < len; i++) {
		int high = identity_digit_of(text[2 * i]), low = identity_digit_of(text[2 * i + 1]);

		if (high < 0 || low < 0 || !(high | low))
			break;
		buf_putc(&bytes, (char)(high << 4 | low));
	}
	if (text && len && i == len && bytes.data[0] == '/')
		path = arena_str(arena, bytes.data, bytes.len);
	buf_free(&bytes);
	return path;
}

bool identity_read(struct arena *arena, const json_t *root, struct target *target)
{
	const struct str *class = identity_word(arena, root, "class");
	const json_t *values = json_object_get(root, "values");
	const struct member *m;
	size_t p, i;

	*target = (struct target){
		.class = class_by_name(class->data, class->len),
		.ref = identity_word(arena, root, "ref"),
		.owner = identity_word(arena, root, "owner"),
		.amount = identity_word(arena, root, "amount"),
		.path = identity_read_path(arena, root, "path_hex"),
		.names = identity_read_path(arena, root, "names_hex"),
		.links = (uint64_t)json_num_of(root, "links"),
		.uid = (uid_t)json_num_of(root, "uid"),
		.bytes = (uint64_t)json_num_of(root, "bytes"),
		.ns = (uint64_t)json_num_of(root, "ns"),
	};
	if (target->class == NR_CLASSES || !change_classes[target->class])
		return false;
	for_each_part(p, target) {
		const json_t *part = json_object_get(root, parts[p].key);

		for_each_member(m, p)
			identity_store(target, m, (uint64_t)json_num_of(part, m->key));
	}
	if (!target_is_sysv(target))
		return target->path;
	if (!values)
		return true;
	if (json_array_size(values) != target->sysv.nr)
		return false;
	target->values = arena_alloc(arena, (target->sysv.nr + 1) * sizeof(*target->values));
	for (i = 0; i < target->sysv.nr; i++)
		target->values[i] = (uint16_t)json_integer_value(json_array_get(values, i));
	return true;
}
