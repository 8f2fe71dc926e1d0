// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits as JSON: see man 5 ipcscope-json. */
#include "ipcscope/json.h"
#include "limits.h"

#define MOST_HOLDERS	10

static void limits_json_put_process(struct json *json, const struct process *proc)
{
	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (proc->comm)
		json_str(json, "command", proc->comm->data, proc->comm->len);
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
}

static void limits_json_put_user(struct json *json, const struct snapshot *snap,
				 const struct holder *holder)
{
	const struct str *name = snapshot_find_name(snap, false, holder->index);

	json_u64(json, "uid", holder->index);
	if (name)
		json_str(json, "user", name->data, name->len);
	json_u64(json, "count", holder->nr);
}

static void limits_json_put_object(struct json *json, const struct snapshot *snap,
				   const struct holder *holder)
{
	render_json_ref(json, "ref", snap, &snap->objects.at[holder->index]);
	if (holder->waiter == NO_INDEX)
		return;
	json_open(json, "waiter", '{');
	limits_json_put_process(json, &snap->processes.at[holder->waiter]);
	json_close(json, '}');
}

static void limits_json_put_holder(struct json *json, const struct snapshot *snap,
		       const struct limit_pressure *p, const struct holder *holder)
{
	json_open(json, NULL, '{');
	switch (holder->kind) {
	case HOLDER_USER:
		limits_json_put_user(json, snap, holder);
		break;
	case HOLDER_PROCESS:
		limits_json_put_process(json, &snap->processes.at[holder->index]);
		break;
	case HOLDER_OBJECT:
		limits_json_put_object(json, snap, holder);
		break;
	}
	json_u64(json, "used", holder->used);
	if (limit_infos[p->limit].kind != KIND_POOL &&
	    limit_infos[p->limit].kind != KIND_SIZE &&
	    !limit_is_none(p->limit, holder->max))
		json_u64(json, "max", holder->max);
	json_close(json, '}');
}

static void limits_json_put_use(struct json *json, const struct limit_pressure *p)
{
	uint64_t tenths = limit_pressure_permille(p);

	if (limit_infos[p->limit].kind == KIND_VALUE)
		return;
	json_u64(json, p->known ? "used" : "seen", p->used);
	if (p->known && p->has_max) {
		json_begin(json, "percent");
		buf_printf(json->to, "%llu.%u", (unsigned long long)(tenths / 10),
			   (unsigned int)(tenths % 10));
	}
	json_bool(json, "estimated", p->estimated);
	if (p->known)
		json_bool(json, "full", p->full);
}

/* What means that there is no limit may be more than a parser takes. */
static void limits_json_put_most(struct json *json, const char *key, enum limit_id limit,
				 uint64_t max)
{
	if (limit_is_none(limit, max))
		json_none(json, key);
	else
		json_u64(json, key, max);
}

void limits_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct limits *limits = sheet->arg;
	const struct limit_pressure *p = limits->shown.at[row];
	const struct limit_info *info = &limit_infos[p->limit];
	const struct limit_value *value = &sheet->snap->limits[p->limit];
	uint32_t i;

	json_text(json, "name", info->name);
	json_text(json, "set_by", limits_set_by(info));
	json_text(json, "what", info->what);
	json_text(json, "kind", limit_kind_words[info->kind]);
	json_text(json, "unit", limit_is_bytes(p->limit) ? "bytes" : "number");
	if (value->known)
		limits_json_put_most(json, "value", p->limit, value->max);
	if (p->max_known)
		limits_json_put_most(json, "max", p->limit, p->max);
	limits_json_put_use(json, p);
	json_open(json, "top", '[');
	for (i = 0; i < p->nr_holders && i < MOST_HOLDERS; i++)
		limits_json_put_holder(json, sheet->snap, p, &p->holders[i]);
	json_close(json, ']');
}
