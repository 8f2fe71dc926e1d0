// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ipcscope/record.h"
#include "ipcscope/snapshot.h"
#include "tell.h"

static const char *keep(struct snapshot *snap, struct buf *text)
{
	const struct str *str = arena_str(&snap->arena, text->data, text->len);

	buf_free(text);
	return str->data;
}

static void between(struct buf *text, const char *words)
{
	if (text->len)
		buf_puts(text, words);
}

const char *tell_refs(struct snapshot *snap, uint64_t classes)
{
	struct buf text = { 0 };
	const struct object *obj;

	vec_for_each(obj, &snap->objects) {
		if (!(classes >> obj->class & 1))
			continue;
		between(&text, " ");
		object_ref(&text, snap, obj);
	}
	return keep(snap, &text);
}

static void tell_edge(struct buf *text, const struct snapshot *snap,
		      const struct edge *edge)
{
	const char *access = access_words[edge->access];

	between(text, "; ");
	if (edge->process != NO_INDEX)
		buf_i64(text, snap->processes.at[edge->process].pid);
	if (edge->tid) {
		buf_putc(text, '/');
		buf_i64(text, edge->tid);
	}
	if (edge->process != NO_INDEX)
		buf_putc(text, ' ');
	buf_puts(text, edge_names[edge->kind]);
	if (edge->kind == EDGE_PEER) {
		buf_putc(text, ' ');
		object_ref(text, snap, &snap->objects.at[edge->peer]);
		return;
	}
	if (access[0])
		buf_printf(text, " %s", access);
	if (edge->fd >= 0)
		buf_printf(text, " fd%d", edge->fd);
	if (edge->other != NO_INDEX && edge->kind == EDGE_WAITS)
		buf_printf(text, " #%u", edge->other);
	if (edge->other != NO_INDEX && edge->kind == EDGE_ATTACHED)
		buf_printf(text, " key%x", edge->other);
	if (edge->op)
		buf_printf(text, " op%d", edge->op);
	if (edge->address)
		buf_printf(text, " @%llx", (unsigned long long)edge->address);
}

const char *tell_edges(struct snapshot *snap, const struct object *obj)
{
	struct buf text = { 0 };
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj)
		tell_edge(&text, snap, edge);
	return keep(snap, &text);
}

static void tell_states(struct buf *text, uint64_t states)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++) {
		if (!(states >> state & 1))
			continue;
		between(text, ",");
		buf_puts(text, state_infos[state].word);
	}
}

static void tell_sems(struct buf *text, const struct sems *sems)
{
	uint32_t i;

	for (i = 0; i < sems->nr; i++) {
		between(text, ",");
		buf_u64(text, sems->sem[i].value);
		if (sems->sem[i].detailed)
			buf_printf(text, "(%d %u %u)", sems->sem[i].pid,
				   sems->sem[i].ncnt, sems->sem[i].zcnt);
	}
}

static void tell_value(struct buf *text, const struct snapshot *snap,
		       const struct object *obj, enum field_id field)
{
	struct value value = object_value(snap, obj, field);

	if (value.known != KNOWN_YES)
		buf_puts(text, value.known == KNOWN_NOT ? "?" :
			 value.known == KNOWN_NONE ? "-" : "n/a");
	else if (value.str)
		buf_str(text, value.str);
	else if (value.word)
		buf_puts(text, value.word);
	else if (fields[field].type == TYPE_STATES)
		tell_states(text, value.num);
	else if (fields[field].type == TYPE_SEMS)
		tell_sems(text, object_sems(snap, obj));
	else if (fields[field].type == TYPE_AGE && value.num == AGE_NEVER)
		buf_puts(text, "never");
	else if (fields[field].type == TYPE_STR)
		object_ref(text, snap, obj);
	else
		buf_u64(text, value.num);
}

const char *tell(struct snapshot *snap, const struct object *obj,
		 enum field_id field)
{
	struct buf text = { 0 };

	tell_value(&text, snap, obj, field);
	return keep(snap, &text);
}

const char *tell_warnings(struct snapshot *snap)
{
	const struct warning *warning;
	struct buf text = { 0 };

	vec_for_each(warning, &snap->warnings) {
		between(&text, "; ");
		buf_printf(&text, "%s %s %u", part_infos[warning->part].name,
			   warning->unsupported ? "unsupported" :
			   strerrorname_np(warning->err), warning->count);
		if (warning->first)
			buf_printf(&text, " pid %d", warning->first);
		if (warning->what) {
			buf_putc(&text, ' ');
			buf_str(&text, warning->what);
		}
	}
	return keep(snap, &text);
}

const char *tell_all(struct snapshot *snap)
{
	struct buf text = { 0 };

	record_write(&text, snap);
	return keep(snap, &text);
}

uint32_t count_objects(const struct snapshot *snap, enum class_id class,
		       uint64_t id)
{
	const struct object *obj;
	uint32_t nr = 0;

	vec_for_each(obj, &snap->objects)
		nr += obj->class == class && obj->key.id == id;
	return nr;
}

const struct object *the_object(const struct snapshot *snap,
				enum class_id class, uint64_t id)
{
	const struct object *obj;

	if (count_objects(snap, class, id) != 1)
		fail_msg("%u objects %s:%llu", count_objects(snap, class, id),
			 class_infos[class]->name, (unsigned long long)id);
	vec_for_each(obj, &snap->objects) {
		if (obj->class == class && obj->key.id == id)
			return obj;
	}
	return NULL;
}
