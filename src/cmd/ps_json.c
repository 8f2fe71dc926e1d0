// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/json.h"
#include "ps.h"

static void json_use(struct json *json, const struct snapshot *snap,
		     const struct ps_use *use)
{
	const struct object *obj = &snap->objects.at[use->object];
	struct buf ref = {};
	char access[5];

	object_ref(&ref, snap, obj);
	access_text(use->access, access);
	json_open(json, NULL, '{');
	json_str(json, "ref", ref.data, ref.len);
	json_text(json, "class", class_infos[obj->class]->name);
	json_text(json, "relation", edge_names[use->kind]);
	if (*access)
		json_text(json, "access", access);
	if (use->first->fd >= 0)
		json_i64(json, "fd", use->first->fd);
	if (use->first->address) {
		json_begin(json, "address");
		buf_printf(json->to, "\"0x%llx\"",
			   (unsigned long long)use->first->address);
	}
	json_u64(json, "count", use->count);
	json_close(json, '}');
	buf_free(&ref);
}

static void json_process(struct ps *ps, struct json *json, uint32_t process)
{
	const struct snapshot *snap = &ps->picture.snap;
	const struct process *proc = &snap->processes.at[process];
	const struct ps_use *use;

	json_open(json, NULL, '{');
	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (proc->ppid > 0)
		json_i64(json, "ppid", proc->ppid);
	if (proc->comm)
		json_str(json, "command", proc->comm->data, proc->comm->len);
	if (proc->cmdline)
		json_str(json, "cmdline", proc->cmdline->data,
			 proc->cmdline->len);
	if (proc->unit)
		json_str(json, "unit", proc->unit->data, proc->unit->len);
	if (proc->started)
		json_i64(json, "started", proc->started);
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
	json_open(json, "objects", '[');
	vec_for_each(use, &ps->uses)
		json_use(json, snap, use);
	json_close(json, ']');
	json_close(json, '}');
}

/* Those asked for; else those that use anything. */
static bool is_meant(const struct ps *ps, const struct process *proc)
{
	const pid_t *pid;

	vec_for_each(pid, &ps->pids) {
		if (*pid == proc->pid)
			return true;
	}
	return !ps->pids.nr && ps->uses.nr;
}

void ps_json(struct ps *ps, struct buf *to)
{
	const struct snapshot *snap = &ps->picture.snap;
	bool lines = ps->view.format == FORMAT_NDJSON;
	struct json json = { .to = to };
	uint32_t i;

	if (!lines) {
		render_json_head(&json, snap);
		json_open(&json, "processes", '[');
	}
	for (i = 0; i < snap->processes.nr; i++) {
		ps_uses(ps, &snap->processes.at[i]);
		if (!is_meant(ps, &snap->processes.at[i]))
			continue;
		json.comma &= !lines;
		json_process(ps, &json, i);
		if (lines)
			buf_putc(to, '\n');
	}
	if (lines)
		return;
	json_close(&json, ']');
	render_json_tail(&json, snap);
}
