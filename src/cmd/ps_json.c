// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/json.h"
#include "ps.h"

static void ps_json_use(struct json *json, const struct snapshot *snap,
			const struct ps_use *use)
{
	const struct object *obj = &snap->objects.at[use->object];
	char access[5];

	access_text(use->access, access);
	json_open(json, NULL, '{');
	render_json_ref(json, "ref", snap, obj);
	json_text(json, "class", class_infos[obj->class]->name);
	json_text(json, "relation", edge_names[use->kind]);
	if (*access)
		json_text(json, "access", access);
	if (use->first->fd >= 0)
		json_i64(json, "fd", use->first->fd);
	if (use->first->address)
		json_hex(json, "address", use->first->address, 1);
	json_u64(json, "count", use->count);
	json_close(json, '}');
}

static void ps_json_str(struct json *json, const char *key, const struct str *str)
{
	if (str)
		json_str(json, key, str->data, str->len);
}

void ps_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct ps *ps = sheet->arg;
	const struct process *proc = &sheet->snap->processes.at[ps->rows.at[row]];
	struct ps_uses uses = {};
	const struct ps_use *use;

	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (proc->ppid > 0)
		json_i64(json, "ppid", proc->ppid);
	ps_json_str(json, "command", proc->comm);
	ps_json_str(json, "cmdline", proc->cmdline);
	ps_json_str(json, "unit", proc->unit);
	if (proc->started)
		json_i64(json, "started", proc->started);
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
	json_open(json, "objects", '[');
	ps_uses(&uses, sheet->snap, proc);
	vec_for_each(use, &uses)
		ps_json_use(json, sheet->snap, use);
	json_close(json, ']');
	vec_free(&uses);
}
