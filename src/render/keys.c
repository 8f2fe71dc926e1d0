// SPDX-License-Identifier: GPL-2.0-or-later
/* An object of IPC as the keys of a JSON object: man 5 ipcscope-json. */
#include <sys/sysmacros.h>

#include "internal.h"

/* What is there whatever was asked for. */
static const enum field_id identity[] = {
	FIELD_CLASS, FIELD_REF, FIELD_ID, FIELD_KEY, FIELD_NAME, FIELD_NAMES, FIELD_DEV,
	FIELD_INO, FIELD_IPC_NS,
};

void render_json_ref(struct json *json, const char *key,
		     const struct snapshot *snap, const struct object *obj)
{
	struct buf ref = {};

	object_ref(&ref, snap, obj);
	json_str(json, key, ref.data, ref.len);
	buf_free(&ref);
}

static void keys_put_sems(struct json *json, const char *key,
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
	for (i = 0; i < sems->nr; i++) {
		const struct sem *sem = &sems->sem[i];

		json_open(json, NULL, '{');
		json_u64(json, "num", i);
		json_u64(json, "value", sem->value);
		if (sem->detailed && sem->pid)
			json_i64(json, "pid", sem->pid);
		if (sem->detailed) {
			json_u64(json, "ncnt", sem->ncnt);
			json_u64(json, "zcnt", sem->zcnt);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void keys_put_names(struct json *json, const char *key, const struct str *names)
{
	const char *name = NULL;
	size_t len = 0;

	if (names_next(names, &name, &len) && len == names->len)
		return;
	name = NULL;
	json_open(json, key, '[');
	while (names_next(names, &name, &len))
		json_str(json, NULL, name, len);
	json_close(json, ']');
}

static void keys_put_words(struct json *json, const struct str *list)
{
	const char *word = NULL;
	size_t len = 0;

	while (list && list_next(list, &word, &len))
		json_str(json, NULL, word, len);
}

static void keys_put_edge(struct json *json, const struct edge *edge)
{
	if (edge->fd >= 0)
		json_i64(json, "fd", edge->fd);
	if (edge->address)
		json_hex(json, "address", edge->address, 1);
	if (edge->kind == EDGE_ATTACHED) {
		json_u64(json, "offset", edge->offset);
		json_u64(json, "size", edge->length);
	} else if (edge->kind == EDGE_WAITS && edge->sem != NO_INDEX) {
		json_u64(json, "num", edge->sem);
		json_i64(json, "op", edge->sem_op);
	}
}

void render_json_edges(struct json *json, const struct edge *first, uint32_t count)
{
	const char *access = access_words[first->access];
	const struct edge *edge;

	if (count == 1) {
		keys_put_edge(json, first);
		return;
	}
	json_open(json, edge_lists[first->kind], '[');
	for (edge = first; count; edge++) {
		if (edge->kind != first->kind || edge->access != first->access)
			continue;
		count--;
		json_open(json, NULL, '{');
		if (edge->tid)
			json_i64(json, "tid", edge->tid);
		if (*access)
			json_text(json, "access", access);
		keys_put_edge(json, edge);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void keys_put_user(struct json *json, const struct snapshot *snap,
			  const struct user *user)
{
	const struct process *proc = &snap->processes.at[user->process];
	const struct edge *first = user->first;
	const char *access = access_words[user->access];

	json_open(json, NULL, '{');
	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (first->tid && (user->kind == EDGE_WAITS || user->kind == EDGE_POLLS ||
			   user->count == 1))
		json_i64(json, "tid", first->tid);
	if (proc->comm)
		json_bytes(json, "command", proc->comm->data, proc->comm->len);
	if (proc->own_pid && proc->own_pid != proc->pid)
		json_i64(json, "ns_pid", proc->own_pid);
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
	json_text(json, "relation", edge_names[user->kind]);
	if (access[0])
		json_text(json, "access", access);
	render_json_edges(json, first, user->count);
	json_u64(json, "count", user->count);
	json_close(json, '}');
}

static void keys_put_users(struct json *json, const struct snapshot *snap,
			   const struct object *obj)
{
	struct users users = {};
	struct user *user;

	object_users(snap, obj, &users);
	vec_for_each(user, &users)
		keys_put_user(json, snap, user);
	vec_free(&users);
}

static void keys_put_related(struct json *json, const struct snapshot *snap,
			     const struct object *obj, enum field_id field)
{
	const struct edge *edge;
	uint32_t i;

	json_open(json, fields[field].name, '[');
	if (field == FIELD_USERS)
		keys_put_users(json, snap, obj);
	for_each_object_edge(edge, i, snap, obj) {
		const struct object *peer;

		if (field == FIELD_USERS || edge->kind != EDGE_PEER)
			continue;
		peer = &snap->objects.at[edge->peer];
		if (field != FIELD_PEER_USERS)
			render_json_ref(json, NULL, snap, peer);
		else
			keys_put_users(json, snap, peer);
	}
	keys_put_words(json, object_str(snap, obj, field));
	json_close(json, ']');
}

static void keys_put_known(struct json *json, const struct object_keys *keys,
			   const struct snapshot *snap, const struct object *obj,
			   enum field_id field, const struct value *value)
{
	const char *key = fields[field].name;
	uint64_t num = value->num;

	switch (fields[field].type) {
	case TYPE_KEY:
		json_hex(json, key, num, 8);
		break;
	case TYPE_TIME:
		json_i64(json, key, (int64_t)num);
		break;
	case TYPE_MODE:
		json_begin(json, key);
		buf_printf(json->to, "\"%04llo\"", (unsigned long long)num);
		break;
	case TYPE_DEV:
		json_begin(json, key);
		buf_printf(json->to, "\"%u:%u\"", major(num), minor(num));
		break;
	case TYPE_BOOL:
		json_bool(json, key, num);
		break;
	case TYPE_WORD:
		json_text(json, key, value->word);
		break;
	case TYPE_STATES:
		json_open(json, key, '[');
		for (; num; num &= num - 1)
			json_text(json, NULL, state_infos[__builtin_ctzll(num)].word);
		json_close(json, ']');
		break;
	case TYPE_SEMS:
		keys_put_sems(json, key, object_sems(snap, obj), keys->details);
		break;
	case TYPE_NAMES:
		keys_put_names(json, key, value->str);
		break;
	case TYPE_LIST:
		json_open(json, key, '[');
		keys_put_words(json, value->str);
		json_close(json, ']');
		break;
	case TYPE_STR:
		if (value->str)
			json_bytes(json, key, value->str->data, value->str->len);
		else if (value->word)
			json_text(json, key, value->word);
		else
			render_json_ref(json, key, snap, obj);
		break;
	default:
		json_u64(json, key, num);
	}
}

/* False if there provably is none, which a key cannot say. */
static bool keys_put_field(struct json *json, const struct object_keys *keys,
			   const struct snapshot *snap, const struct object *obj,
			   enum field_id field)
{
	struct value value = object_value(snap, obj, field);
	enum field_type type = fields[field].type;

	if (value.known == KNOWN_NOT_APPLICABLE)
		return true;
	if (type == TYPE_REFS && value.known == KNOWN_NOT)
		return true;
	if (field == FIELD_PEER_USERS && value.known == KNOWN_NOT &&
	    !object_count_edges(snap, obj, EDGE_PEER))
		return true;
	if (type == TYPE_USERS || type == TYPE_REFS) {
		keys_put_related(json, snap, obj, field);
		return true;
	}
	if ((value.known == KNOWN_YES && type == TYPE_AGE && value.num == AGE_NEVER) ||
	    (value.known == KNOWN_NONE && type != TYPE_STATES && type != TYPE_SEMS))
		return false;
	if (value.known == KNOWN_YES) {
		keys_put_known(json, keys, snap, obj, field, &value);
	} else if (value.known == KNOWN_NONE) {
		json_open(json, fields[field].name, '[');
		json_close(json, ']');
	}
	return true;
}

void object_keys_init(struct object_keys *keys, const struct view *view)
{
	enum class_id class;
	enum field_id field;
	uint64_t needs;
	size_t i;

	keys->details = view->details;
	for (class = 0; class < NR_CLASSES; class++) {
		struct fieldset asked = view->json_fields[class];

		for (i = 0; i < ARRAY_SIZE(identity); i++)
			fieldset_add(&asked, identity[i]);
		for_each_field(field) {
			enum field_type type = fields[field].type;

			/* What filters and tables have, JSON has in "users". */
			if (fieldset_has(&asked, field) && field_is_public(field) &&
			    type != TYPE_PIDS && type != TYPE_COMMS &&
			    class_has(class_infos[class], field, &needs))
				fieldset_add(&keys->of[class], field);
		}
	}
}

void object_json(struct json *json, const struct object_keys *keys,
		 const struct snapshot *snap, const struct object *obj)
{
	const struct fieldset *set = &keys->of[obj->class];
	enum field_id none[NR_FIELDS];
	size_t i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(set->word); i++) {
		uint64_t word = set->word[i];

		for (; word; word &= word - 1) {
			none[nr] = (enum field_id)(i * 64 + (size_t)__builtin_ctzll(word));
			nr += !keys_put_field(json, keys, snap, obj, none[nr]);
		}
	}
	if (!nr)
		return;
	json_open(json, "none", '[');
	for (i = 0; i < nr; i++)
		json_text(json, NULL, fields[none[i]].name);
	json_close(json, ']');
}

void render_object_json(struct json *json, const struct view *view,
			const struct snapshot *snap, const struct object *obj)
{
	struct object_keys keys = {};

	object_keys_init(&keys, view);
	json_open(json, NULL, '{');
	object_json(json, &keys, snap, obj);
	json_close(json, '}');
}
