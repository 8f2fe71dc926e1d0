// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON contract: DESIGN.md section 4. */
#include <errno.h>
#include <sys/sysmacros.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"
#include "means.h"
#include "rows.h"

/* What is there whatever was asked for. */
static const enum field_id identity[] = {
	FIELD_CLASS, FIELD_REF, FIELD_ID, FIELD_KEY, FIELD_NAME, FIELD_DEV,
	FIELD_INO, FIELD_IPC_NS,
};

static void put_null(struct json *json, const char *key)
{
	json_begin(json, key);
	buf_add(json->to, "null", 4);
}

static void put_hex(struct json *json, const char *key, uint64_t num,
		    unsigned int digits)
{
	json_begin(json, key);
	buf_add(json->to, "\"0x", 3);
	buf_hex(json->to, num, digits);
	buf_putc(json->to, '"');
}

/* Exact bytes go beside a text that cannot have them. */
static void put_str(struct json *json, const char *key, const char *key_hex,
		    const struct str *str)
{
	uint32_t i;

	json_str(json, key, str->data, str->len);
	if (text_is_utf8(str->data, str->len))
		return;
	json_begin(json, key_hex);
	buf_putc(json->to, '"');
	for (i = 0; i < str->len; i++)
		buf_hex(json->to, (unsigned char)str->data[i], 2);
	buf_putc(json->to, '"');
}

static void put_field_str(struct json *json, enum field_id field,
			  const struct str *str)
{
	/* field_hex is built only for the few names that need it */
	char key_hex[64];
	size_t len = strlen(fields[field].name);

	memcpy(key_hex, fields[field].name, len);
	memcpy(key_hex + len, "_hex", 5);
	put_str(json, fields[field].name, key_hex, str);
}

static void put_ref(struct json_rows *rows, const char *key,
		    const struct object *obj)
{
	buf_reset(&rows->ref);
	object_ref(&rows->ref, rows->snap, obj);
	json_str(rows->json, key, rows->ref.data, rows->ref.len);
}

static void put_states(struct json *json, const char *key, uint64_t bits)
{
	enum state state;

	json_open(json, key, '[');
	for (state = 0; bits; state++, bits >>= 1) {
		if (bits & 1)
			json_text(json, NULL, state_infos[state].word);
	}
	json_close(json, ']');
}

static void put_sem(struct json *json, uint32_t num, const struct sem *sem)
{
	json_open(json, NULL, '{');
	json_u64(json, "num", num);
	json_u64(json, "value", sem->value);
	if (sem->detailed) {
		if (sem->pid)
			json_i64(json, "pid", sem->pid);
		json_u64(json, "ncnt", sem->ncnt);
		json_u64(json, "zcnt", sem->zcnt);
	}
	json_close(json, '}');
}

static void put_sems(struct json *json, const char *key,
		     const struct sems *sems, bool details)
{
	bool detailed = false;
	uint32_t i;

	json_open(json, key, '[');
	for (i = 0; i < sems->nr; i++) {
		json_u64(json, NULL, sems->sem[i].value);
		detailed |= sems->sem[i].detailed;
	}
	json_close(json, ']');
	if (!detailed || !details)
		return;
	json_open(json, "sems", '[');
	for (i = 0; i < sems->nr; i++)
		put_sem(json, i, &sems->sem[i]);
	json_close(json, ']');
}

static void put_user(struct json *json, const struct snapshot *snap,
		     const struct user *user)
{
	const struct process *proc = &snap->processes.at[user->process];
	const struct edge *first = user->first;
	char access[5];

	json_open(json, NULL, '{');
	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (user->kind == EDGE_WAITS && first->tid)
		json_i64(json, "tid", first->tid);
	if (proc->comm)
		put_str(json, "command", "command_hex", proc->comm);
	json_u64(json, "uid", proc->uid);
	json_text(json, "relation", edge_names[user->kind]);
	access_text(user->access, access);
	if (access[0])
		json_text(json, "access", access);
	if (user->count == 1 && first->fd >= 0)
		json_i64(json, "fd", first->fd);
	if (user->count == 1 && user->kind == EDGE_ATTACHED && first->address)
		put_hex(json, "address", first->address, 1);
	json_u64(json, "count", user->count);
	json_close(json, '}');
}

static void put_users(struct json_rows *rows, const struct object *obj)
{
	struct user *user;

	object_users(rows->snap, obj, &rows->users);
	vec_for_each(user, &rows->users)
		put_user(rows->json, rows->snap, user);
}

static void put_related(struct json_rows *rows, const struct object *obj,
			enum field_id field)
{
	struct json *json = rows->json;
	const struct edge *edge;
	uint32_t i;

	json_open(json, fields[field].name, '[');
	if (field == FIELD_USERS)
		put_users(rows, obj);
	for_each_object_edge(edge, i, rows->snap, obj) {
		const struct object *peer;

		if (field == FIELD_USERS || edge->kind != EDGE_PEER)
			continue;
		peer = &rows->snap->objects.at[edge->peer];
		if (field == FIELD_PEERS)
			put_ref(rows, NULL, peer);
		else
			put_users(rows, peer);
	}
	json_close(json, ']');
}

static void put_known(struct json_rows *rows, const struct object *obj,
		      enum field_id field, const struct value *value)
{
	const char *key = fields[field].name;
	struct json *json = rows->json;
	uint64_t num = value->num;

	switch (fields[field].type) {
	case TYPE_KEY:
		put_hex(json, key, num, 8);
		break;
	case TYPE_TIME:
		json_i64(json, key, (int64_t)num);
		break;
	case TYPE_AGE:
		if (num == AGE_NEVER)
			put_null(json, key);
		else
			json_u64(json, key, num);
		break;
	case TYPE_MODE:
		json_begin(json, key);
		buf_putc(json->to, '"');
		buf_octal(json->to, num, 4);
		buf_putc(json->to, '"');
		break;
	case TYPE_DEV:
		json_begin(json, key);
		buf_putc(json->to, '"');
		buf_u64(json->to, major(num));
		buf_putc(json->to, ':');
		buf_u64(json->to, minor(num));
		buf_putc(json->to, '"');
		break;
	case TYPE_BOOL:
		json_bool(json, key, num);
		break;
	case TYPE_WORD:
		json_text(json, key, value->word);
		break;
	case TYPE_STATES:
		put_states(json, key, num);
		break;
	case TYPE_SEMS:
		put_sems(json, key, object_sems(rows->snap, obj),
			 rows->details);
		break;
	case TYPE_STR:
		if (value->str)
			put_field_str(json, field, value->str);
		else if (value->word)
			json_text(json, key, value->word);
		else
			put_ref(rows, key, obj);
		break;
	default:
		json_u64(json, key, num);
	}
}

static bool is_list(enum field_type type)
{
	return type == TYPE_STATES || type == TYPE_SEMS;
}

/* What filters and tables have, JSON has in "users". */
static bool left_out(enum field_id field)
{
	return fields[field].source == SOURCE_DISPLAY ||
	       fields[field].source == SOURCE_HIDDEN ||
	       fields[field].type == TYPE_PIDS ||
	       fields[field].type == TYPE_COMMS;
}

static void put_field(struct json_rows *rows, const struct object *obj,
		      enum field_id field)
{
	struct json *json = rows->json;
	struct value value;

	value = object_value(rows->snap, obj, field);
	if (value.known == KNOWN_NOT_APPLICABLE)
		return;
	if (fields[field].type == TYPE_USERS ||
	    fields[field].type == TYPE_REFS) {
		put_related(rows, obj, field);
		return;
	}
	if (value.known == KNOWN_YES) {
		put_known(rows, obj, field, &value);
	} else if (value.known == KNOWN_NONE) {
		if (is_list(fields[field].type)) {
			json_open(json, fields[field].name, '[');
			json_close(json, ']');
		} else {
			put_null(json, fields[field].name);
		}
	}
}

/* The fields to look at of one class, worked out once. */
static void choose_fields(struct json_rows *rows, enum class_id class)
{
	struct fieldset asked = rows->fields[class];
	enum field_id field;
	uint32_t needs;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(identity); i++)
		fieldset_add(&asked, identity[i]);
	for_each_field(field) {
		if (fieldset_has(&asked, field) && !left_out(field) &&
		    class_has(class_infos[class], field, &needs))
			fieldset_add(&rows->chosen[class], field);
	}
	rows->classes |= A_CLASS_OF(class);
}

void json_row(struct json_rows *rows, const struct object *obj)
{
	const struct fieldset *set = &rows->chosen[obj->class];
	size_t i;

	if (!(rows->classes >> obj->class & 1))
		choose_fields(rows, obj->class);
	json_open(rows->json, NULL, '{');
	for (i = 0; i < ARRAY_SIZE(set->word); i++) {
		uint64_t word = set->word[i];

		for (; word; word &= word - 1)
			put_field(rows, obj, (enum field_id)
				  (i * 64 + (size_t)__builtin_ctzll(word)));
	}
	if (rows->annotation && rows->annotation->json)
		rows->annotation->json(rows->annotation->arg, rows->row, rows->json);
	json_close(rows->json, '}');
}

void json_rows_free(struct json_rows *rows)
{
	vec_free(&rows->users);
	buf_free(&rows->ref);
}

void render_object_json(struct json *json, const struct view *view,
			const struct snapshot *snap, const struct object *obj)
{
	struct json_rows rows = {
		.json = json, .snap = snap, .fields = view->json_fields,
		.details = view->details,
	};

	json_row(&rows, obj);
	json_rows_free(&rows);
}

static void put_host_str(struct json *json, const char *key,
			 const struct str *str)
{
	if (str)
		json_str(json, key, str->data, str->len);
}

void render_json_head(struct json *json, const struct snapshot *snap)
{
	json_open(json, NULL, '{');
	json_text(json, "ipcscope", VERSION);
	json_u64(json, "schema", 1);
	json_open(json, "host", '{');
	put_host_str(json, "hostname", snap->host.hostname);
	put_host_str(json, "kernel", snap->host.kernel);
	put_host_str(json, "boot_id", snap->host.boot_id);
	json_i64(json, "taken", snap->host.taken);
	json_close(json, '}');
}

static void put_warning(struct json *json, const struct warning *warning)
{
	const char *name = warning->err ? strerrorname_np(warning->err) : NULL;
	struct buf means = {};

	json_open(json, NULL, '{');
	json_text(json, "part", part_infos[warning->part].name);
	if (name)
		json_text(json, "errno", name);
	json_u64(json, "count", warning->count);
	if (warning->first)
		json_i64(json, "first", warning->first);
	else if (warning->what)
		json_str(json, "first", warning->what->data,
			 warning->what->len);
	if (warning->unsupported) {
		json_bool(json, "unsupported", true);
	} else {
		part_means(&means, warning->part, warning->count);
		json_str(json, "means", means.data, means.len);
		buf_free(&means);
	}
	json_close(json, '}');
}

void render_json_tail(struct json *json, const struct snapshot *snap)
{
	const struct warning *warning;

	buf_puts(json->to, ",\n\"warnings\":[");
	json->comma = false;
	vec_for_each(warning, &snap->warnings)
		put_warning(json, warning);
	json_close(json, ']');
	json_close(json, '}');
	buf_putc(json->to, '\n');
}
