// SPDX-License-Identifier: GPL-2.0-or-later
#include "read_json.h"

#include <string.h>

const char *json_text_of(struct arena *arena, const json_t *root,
			 const char *key)
{
	const json_t *value = json_object_get(root, key);

	return arena_str(arena, json_is_string(value) ?
			 json_string_value(value) : "",
			 json_string_length(value))->data;
}

int64_t json_num_of(const json_t *root, const char *key)
{
	return json_integer_value(json_object_get(root, key));
}

static const struct str *word_of(struct arena *arena, const json_t *root,
				 const char *key)
{
	const char *text = json_text_of(arena, root, key);

	return arena_str(arena, text, strlen(text));
}

static void read_sysv(const json_t *from, struct sysv_stat *st)
{
	*st = (struct sysv_stat){
		.id = (int)json_num_of(from, "id"),
		.key = (uint32_t)json_num_of(from, "key"),
		.uid = (uid_t)json_num_of(from, "uid"),
		.gid = (gid_t)json_num_of(from, "gid"),
		.cuid = (uid_t)json_num_of(from, "cuid"),
		.cgid = (gid_t)json_num_of(from, "cgid"),
		.mode = (uint32_t)json_num_of(from, "mode"),
		.size = (uint64_t)json_num_of(from, "size"),
		.nr = (uint64_t)json_num_of(from, "nr"),
		.qbytes = (uint64_t)json_num_of(from, "qbytes"),
		.pid = (pid_t)json_num_of(from, "pid"),
		.pid2 = (pid_t)json_num_of(from, "pid2"),
		.ctime = json_num_of(from, "ctime"),
		.atime = json_num_of(from, "atime"),
		.dtime = json_num_of(from, "dtime"),
	};
}

static void read_file(const json_t *from, struct host_stat *st)
{
	*st = (struct host_stat){
		.dev = (uint64_t)json_num_of(from, "dev"),
		.ino = (uint64_t)json_num_of(from, "ino"),
		.mode = (uint32_t)json_num_of(from, "mode"),
		.uid = (uid_t)json_num_of(from, "uid"),
		.gid = (gid_t)json_num_of(from, "gid"),
		.size = (uint64_t)json_num_of(from, "size"),
		.used = (uint64_t)json_num_of(from, "used"),
		.atime = json_num_of(from, "atime"),
		.mtime = json_num_of(from, "mtime"),
		.ctime = json_num_of(from, "ctime"),
		.btime = json_num_of(from, "btime"),
	};
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL if there is none, or none that a path could be. */
static const struct str *read_path(struct arena *arena, const json_t *root)
{
	const json_t *hex = json_object_get(root, "path_hex");
	const char *text = json_string_value(hex);
	size_t len = json_string_length(hex) / 2, i;
	const struct str *path = NULL;
	struct buf bytes = {};

	for (i = 0; text && i < len; i++) {
		int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);

		if (high < 0 || low < 0 || !(high | low))
			break;
		buf_putc(&bytes, (char)(high << 4 | low));
	}
	if (text && len && i == len && bytes.data[0] == '/')
		path = arena_str(arena, bytes.data, bytes.len);
	buf_free(&bytes);
	return path;
}

static bool read_values(struct arena *arena, const json_t *root,
			struct target *target)
{
	const json_t *values = json_object_get(root, "values");
	size_t i;

	if (!values)
		return true;
	if (json_array_size(values) != target->sysv.nr)
		return false;
	target->values = arena_alloc(arena, (target->sysv.nr + 1) *
				     sizeof(*target->values));
	for (i = 0; i < target->sysv.nr; i++)
		target->values[i] = (uint16_t)json_integer_value(
			json_array_get(values, i));
	return true;
}

bool json_target(struct arena *arena, const json_t *root,
		 struct target *target)
{
	const json_t *mq = json_object_get(root, "mq");
	const struct str *class = word_of(arena, root, "class");

	*target = (struct target){
		.class = class_by_name(class->data, class->len),
		.ref = word_of(arena, root, "ref"),
		.owner = word_of(arena, root, "owner"),
		.amount = word_of(arena, root, "amount"),
		.path = read_path(arena, root),
		.uid = (uid_t)json_num_of(root, "uid"),
		.bytes = (uint64_t)json_num_of(root, "bytes"),
		.mq = {
			.maxmsg = (uint64_t)json_num_of(mq, "maxmsg"),
			.msgsize = (uint64_t)json_num_of(mq, "msgsize"),
			.messages = (uint64_t)json_num_of(mq, "messages"),
		},
	};
	if (target->class == NR_CLASSES)
		return false;
	read_sysv(json_object_get(root, "sysv"), &target->sysv);
	read_file(json_object_get(root, "file"), &target->file);
	if (!target_is_sysv(target) && !target->path)
		return false;
	return read_values(arena, root, target);
}
