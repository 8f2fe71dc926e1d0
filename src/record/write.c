// SPDX-License-Identifier: GPL-2.0-or-later
/* A snapshot as text: nothing that is 0, empty or as usual is written. */
#include <errno.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"
#include "names.h"

const struct flag_name record_flags[] = {
	{ PROCESS_KTHREAD, "kthread" }, { PROCESS_ZOMBIE, "zombie" },
	{ PROCESS_DETAILED, "detailed" }, { PROCESS_COMPAT, "compat" },
	{ 0, NULL },
};

const char *const record_lines[NR_LINES] = {
	[LINE_NAME] = "name", [LINE_PROCESS] = "process",
	[LINE_OBJECT] = "object", [LINE_EDGE] = "edge", [LINE_GAP] = "gap",
	[LINE_WARNING] = "warning",
};

struct writer {
	const struct snapshot *snap;
	struct buf *to;
	struct json json;
	uint64_t nr[NR_LINES];
};

static struct json *line_open(struct writer *writer)
{
	writer->json = (struct json){ .to = writer->to };
	json_open(&writer->json, NULL, '{');
	return &writer->json;
}

static void line_close(struct writer *writer)
{
	json_close(&writer->json, '}');
	buf_putc(writer->to, '\n');
}

static void put_num(struct json *json, const char *key, uint64_t num)
{
	if (!record_is_big(num)) {
		json_u64(json, key, num);
		return;
	}
	json_begin(json, key);
	buf_putc(json->to, '"');
	buf_u64(json->to, num);
	buf_putc(json->to, '"');
}

static void put_if(struct json *json, const char *key, uint64_t num)
{
	if (num)
		put_num(json, key, num);
}

/* Bytes that are no text go as KEY_hex, and only so. */
static void put_str(struct json *json, const char *key, const struct str *str)
{
	uint32_t i;

	if (!str)
		return;
	if (text_is_utf8(str->data, str->len)) {
		json_str(json, key, str->data, str->len);
		return;
	}
	json_begin(json, NULL);
	buf_putc(json->to, '"');
	buf_puts(json->to, key);
	buf_puts(json->to, "_hex\":\"");
	for (i = 0; i < str->len; i++)
		buf_hex(json->to, (unsigned char)str->data[i], 2);
	buf_putc(json->to, '"');
}

static void put_errno(struct json *json, int err)
{
	const char *name = err ? strerrorname_np(err) : NULL;

	if (name)
		json_text(json, "errno", name);
	else if (err)
		json_i64(json, "errno", err);
}

static void put_parts(struct json *json, uint32_t parts)
{
	enum part part;

	json_open(json, "have", '[');
	for (part = 0; part < NR_PARTS; part++) {
		if (parts >> part & 1)
			json_text(json, NULL, part_infos[part].name);
	}
	json_close(json, ']');
}

static void put_homes(struct json *json, const struct host_facts *host)
{
	enum class_id class;

	json_open(json, "home_dev", '{');
	for (class = 0; class < NR_CLASSES; class++)
		put_if(json, class_infos[class]->name, host->home_dev[class]);
	json_close(json, '}');
}

static void write_head(struct writer *writer)
{
	const struct host_facts *host = &writer->snap->host;
	struct json *json = line_open(writer);

	json_text(json, "ipcscope", VERSION);
	json_u64(json, "snapshot", RECORD_VERSION);
	put_str(json, "hostname", host->hostname);
	put_str(json, "kernel", host->kernel);
	put_str(json, "boot_id", host->boot_id);
	json_i64(json, "taken", host->taken);
	json_i64(json, "booted", host->booted);
	json_u64(json, "ticks", host->ticks);
	json_u64(json, "page_size", host->page_size);
	json_u64(json, "uid", host->uid);
	json_i64(json, "pid", host->pid);
	put_num(json, "ipc_ns", host->ipc_ns);
	put_num(json, "net_ns", host->net_ns);
	put_num(json, "pid_ns", host->pid_ns);
	put_num(json, "mnt_ns", host->mnt_ns);
	json_bool(json, "first_pid_ns", host->first_pid_ns);
	json_bool(json, "all_processes", host->all_processes);
	json_bool(json, "partial", writer->snap->partial);
	put_homes(json, host);
	put_parts(json, writer->snap->parts_read);
	line_close(writer);
}

/* What was asked of each class: the rest is not unknown but not asked. */
/* A class of which nothing was asked needs no line. */
static void write_layout(struct writer *writer)
{
	const struct fieldset *wanted = writer->snap->layout->wanted;
	static const struct fieldset none[NR_CLASSES];
	struct layout bare;
	enum class_id class;
	enum field_id field;

	layout_init(&bare, none);
	for (class = 0; class < NR_CLASSES; class++) {
		struct json *json;

		if (!memcmp(&wanted[class], &bare.wanted[class],
			    sizeof(*wanted)))
			continue;
		json = line_open(writer);
		json_text(json, "class", class_infos[class]->name);
		json_open(json, "wanted", '[');
		for_each_field(field) {
			if (fieldset_has(&wanted[class], field))
				json_text(json, NULL, fields[field].name);
		}
		json_close(json, ']');
		line_close(writer);
	}
}

static struct json *counted_open(struct writer *writer, enum record_line line)
{
	writer->nr[line]++;
	return line_open(writer);
}

static void write_names(struct writer *writer)
{
	const struct id_name *name;

	vec_for_each(name, &writer->snap->names) {
		struct json *json = counted_open(writer, LINE_NAME);

		json_text(json, record_lines[LINE_NAME],
			  name->group ? "group" : "user");
		json_u64(json, "id", name->id);
		put_str(json, "text", name->name);
		line_close(writer);
	}
}

static void put_flags(struct json *json, uint32_t flags)
{
	const struct flag_name *flag;

	if (!flags)
		return;
	json_open(json, "flags", '[');
	for (flag = record_flags; flag->name; flag++) {
		if (flags & flag->flag)
			json_text(json, NULL, flag->name);
	}
	json_close(json, ']');
}

static void write_processes(struct writer *writer)
{
	const struct process *proc;

	vec_for_each(proc, &writer->snap->processes) {
		struct json *json = counted_open(writer, LINE_PROCESS);

		json_i64(json, record_lines[LINE_PROCESS], proc->pid);
		put_num(json, "start", proc->start);
		put_if(json, "ppid", (uint64_t)proc->ppid);
		json_u64(json, "uid", proc->uid);
		put_if(json, "ipc_ns", proc->ipc_ns);
		put_if(json, "net_ns", proc->net_ns);
		put_flags(json, proc->flags);
		put_str(json, "comm", proc->comm);
		put_str(json, "cmdline", proc->cmdline);
		put_str(json, "unit", proc->unit);
		put_if(json, "started", (uint64_t)proc->started);
		line_close(writer);
	}
}

static void put_sems(struct json *json, const char *key,
		     const struct sems *sems)
{
	uint32_t i;

	json_open(json, key, '[');
	for (i = 0; i < sems->nr; i++) {
		const struct sem *sem = &sems->sem[i];

		if (!sem->detailed) {
			json_u64(json, NULL, sem->value);
			continue;
		}
		json_open(json, NULL, '[');
		json_u64(json, NULL, sem->value);
		json_i64(json, NULL, sem->pid);
		json_u64(json, NULL, sem->ncnt);
		json_u64(json, NULL, sem->zcnt);
		json_close(json, ']');
	}
	json_close(json, ']');
}

static void put_states(struct json *json, const char *key, uint64_t bits)
{
	enum state state;

	json_open(json, key, '[');
	for (state = 0; state < NR_STATES; state++) {
		if (bits >> state & 1)
			json_text(json, NULL, state_infos[state].word);
	}
	json_close(json, ']');
}

static void put_field(struct json *json, const struct snapshot *snap,
		      const struct object *obj, enum field_id field)
{
	const char *key = fields[field].name;
	uint64_t num;

	if (!record_has(field) || !object_num(snap, obj, field, &num))
		return;
	if (field == FIELD_FLAGS) {
		put_states(json, key, num);
		return;
	}
	switch (fields[field].type) {
	case TYPE_STR:
		put_str(json, key, object_str(snap, obj, field));
		break;
	case TYPE_WORD:
		json_text(json, key, (const char *)(uintptr_t)num);
		break;
	case TYPE_SEMS:
		put_sems(json, key, object_sems(snap, obj));
		break;
	case TYPE_TIME:
		json_i64(json, key, (int64_t)num);
		break;
	default:
		put_num(json, key, num);
	}
}

static void write_objects(struct writer *writer)
{
	const struct object *obj;
	enum field_id field;

	vec_for_each(obj, &writer->snap->objects) {
		struct json *json = counted_open(writer, LINE_OBJECT);

		json_text(json, record_lines[LINE_OBJECT],
			  class_infos[obj->class]->name);
		put_num(json, "ns", obj->key.ns);
		put_num(json, "id", obj->key.id);
		json_open(json, "fields", '{');
		for_each_field(field)
			put_field(json, writer->snap, obj, field);
		json_close(json, '}');
		line_close(writer);
	}
}

static void write_edges(struct writer *writer)
{
	const struct edge *edge;

	vec_for_each(edge, &writer->snap->edges) {
		struct json *json = counted_open(writer, LINE_EDGE);

		json_text(json, record_lines[LINE_EDGE],
			  edge_names[edge->kind]);
		json_u64(json, "object", edge->object);
		if (edge->process != NO_INDEX)
			json_u64(json, "process", edge->process);
		if (edge->other != NO_INDEX)
			json_u64(json, "other", edge->other);
		put_if(json, "tid", (uint64_t)edge->tid);
		if (edge->fd >= 0)
			json_i64(json, "fd", edge->fd);
		put_if(json, "access", edge->access);
		if (edge->op)
			json_i64(json, "op", edge->op);
		put_if(json, "address", edge->address);
		put_if(json, "offset", edge->offset);
		put_if(json, "length", edge->length);
		line_close(writer);
	}
}

static void write_gaps(struct writer *writer)
{
	const struct gap *gap;

	vec_for_each(gap, &writer->snap->gaps) {
		struct json *json = counted_open(writer, LINE_GAP);

		json_text(json, record_lines[LINE_GAP],
			  part_infos[gap->part].name);
		put_errno(json, gap->err);
		json_i64(json, "pid", gap->pid);
		json_u64(json, "uid", gap->uid);
		put_if(json, "ipc_ns", gap->ipc_ns);
		line_close(writer);
	}
}

/* Those with a pid are made of the gaps again. */
static void write_warnings(struct writer *writer)
{
	const struct warning *warning;

	vec_for_each(warning, &writer->snap->warnings) {
		struct json *json;

		if (warning->first)
			continue;
		json = counted_open(writer, LINE_WARNING);
		json_text(json, record_lines[LINE_WARNING],
			  part_infos[warning->part].name);
		put_errno(json, warning->err);
		json_u64(json, "count", warning->count);
		if (warning->unsupported)
			json_bool(json, "unsupported", true);
		put_str(json, "what", warning->what);
		line_close(writer);
	}
}

/* Without it a file that was cut short would look whole. */
static void write_end(struct writer *writer)
{
	struct json *json = line_open(writer);
	enum record_line line;

	json_open(json, "end", '{');
	for (line = 0; line < NR_LINES; line++)
		json_u64(json, record_lines[line], writer->nr[line]);
	json_close(json, '}');
	line_close(writer);
}

void record_write(struct buf *to, const struct snapshot *snap)
{
	struct writer writer = { .snap = snap, .to = to };

	write_head(&writer);
	write_layout(&writer);
	write_names(&writer);
	write_processes(&writer);
	write_objects(&writer);
	write_edges(&writer);
	write_gaps(&writer);
	write_warnings(&writer);
	write_end(&writer);
}
