// SPDX-License-Identifier: GPL-2.0-or-later
/* A snapshot as text, and as a file: nothing that is 0, empty or as usual is
 * written. */
#include <errno.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"
#include "rows.h"
#include "util/outfile.h"

struct writer {
	const struct snapshot *snap;
	struct buf *to;
	struct json json;
	uint64_t nr[NR_COUNTED];
};

static void write_number(struct json *json, const char *key, uint64_t num)
{
	if (num <= INT64_MAX) {
		json_u64(json, key, num);
		return;
	}
	json_begin(json, key);
	buf_printf(json->to, "\"%llu\"", (unsigned long long)num);
}

static void write_str(struct json *json, const char *key, const struct str *str)
{
	uint32_t i;

	if (text_is_utf8(str->data, str->len)) {
		json_str(json, key, str->data, str->len);
		return;
	}
	json_begin(json, NULL);
	buf_printf(json->to, "\"%s_hex\":\"", key);
	for (i = 0; i < str->len; i++)
		buf_hex(json->to, (unsigned char)str->data[i], 2);
	buf_putc(json->to, '"');
}

static void write_sems(struct json *json, const char *key, const struct sems *sems)
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

static void write_bits(struct json *json, const struct record_row *row,
		       const uint64_t *bits)
{
	unsigned int i;

	json_open(json, row->key, '[');
	for (i = 0; i < row->words->nr; i++) {
		const char *word = row->words->word(i);

		if (word && bits[i / 64] >> i % 64 & 1)
			json_text(json, NULL, word);
	}
	json_close(json, ']');
}

/* A number, or a pointer as one; of a longer member the first word. */
static uint64_t write_load(const struct record_row *row, const void *member)
{
	bool is_signed = row->type == RECORD_SIGNED;

	switch (row->size) {
	case 1:
		return *(const uint8_t *)member;
	case 2:
		return is_signed ? (uint64_t)*(const int16_t *)member :
				   *(const uint16_t *)member;
	case 4:
		return is_signed ? (uint64_t)*(const int32_t *)member :
				   *(const uint32_t *)member;
	default:
		return *(const uint64_t *)member;
	}
}

static void write_row(struct json *json, const struct record_row *row, const void *line)
{
	const void *member = (const char *)line + row->offset;
	uint64_t num = write_load(row, member);
	const void *pointer = (const void *)(uintptr_t)num;
	enum class_id class;
	const char *name;

	if (!row->always && num == row->usual)
		return;
	switch (row->type) {
	case RECORD_UNSIGNED:
		return write_number(json, row->key, num);
	case RECORD_SIGNED:
		return json_i64(json, row->key, (int64_t)num);
	case RECORD_BOOL:
		return json_bool(json, row->key, num);
	case RECORD_STR:
		return write_str(json, row->key, pointer);
	case RECORD_TEXT:
		return json_text(json, row->key, pointer);
	case RECORD_WORD:
		return json_text(json, row->key, row->words->word((unsigned int)num));
	case RECORD_BITS:
		return write_bits(json, row, row->size > sizeof(num) ? member : &num);
	case RECORD_ERRNO:
		name = strerrorname_np((int)num);
		return name ? json_text(json, row->key, name) :
			      json_u64(json, row->key, num);
	case RECORD_SEMS:
		return write_sems(json, row->key, pointer);
	case RECORD_BY_CLASS:
		json_open(json, row->key, '{');
		for (class = 0; class < NR_CLASSES; class++) {
			num = ((const uint64_t *)member)[class];
			if (num)
				write_number(json, class_infos[class]->name, num);
		}
		return json_close(json, '}');
	}
}

static struct json *write_open(struct writer *writer)
{
	writer->json = (struct json){ .to = writer->to };
	json_open(&writer->json, NULL, '{');
	return &writer->json;
}

static void write_close(struct writer *writer)
{
	json_close(&writer->json, '}');
	buf_putc(writer->to, '\n');
}

static void write_rows(struct json *json, enum record_line kind, const void *line)
{
	const struct record_row *row;

	for (row = record_kinds[kind].rows; row->key; row++)
		write_row(json, row, line);
}

/* What was asked of each class: the rest is not unknown but not asked. A class
 * of which nothing was asked needs no line. */
static void write_classes(struct writer *writer)
{
	const struct fieldset *wanted = writer->snap->layout->wanted;
	static const struct fieldset none[NR_CLASSES];
	struct record_class line;
	struct layout bare;

	layout_init(&bare, none);
	for (line.class = 0; line.class < NR_CLASSES; line.class++) {
		line.wanted = wanted[line.class];
		if (!memcmp(&line.wanted, &bare.wanted[line.class], sizeof(*wanted)))
			continue;
		write_rows(write_open(writer), LINE_CLASS, &line);
		write_close(writer);
	}
}

static void write_line(struct writer *writer, enum record_line kind, const void *line)
{
	writer->nr[kind]++;
	write_rows(write_open(writer), kind, line);
	write_close(writer);
}

static void write_objects(struct writer *writer)
{
	const struct object *obj;
	struct record_row row;
	enum field_id field;
	uint64_t num;

	vec_for_each(obj, &writer->snap->objects) {
		const struct record_object line = {
			.class = obj->class, .ns = obj->key.ns, .id = obj->key.id,
			.inode = object_is_socket_path(obj),
		};
		struct json *json = write_open(writer);

		writer->nr[LINE_OBJECT]++;
		write_rows(json, LINE_OBJECT, &line);
		json_open(json, "fields", '{');
		for_each_field(field) {
			if (!object_num(writer->snap, obj, field, &num))
				continue;
			row = record_field(field);
			write_row(json, &row, &num);
		}
		json_close(json, '}');
		write_close(writer);
	}
}

static void write_limits(struct writer *writer, uint64_t ns, const struct limit_value *limits)
{
	struct record_limit line = { .ns = ns };

	for (line.limit = 0; line.limit < NR_LIMITS; line.limit++) {
		line.value = limits[line.limit];
		if (line.value.known || line.value.absent)
			write_line(writer, LINE_LIMIT, &line);
	}
}

static void write_namespaces(struct writer *writer)
{
	const struct namespace *ns;
	const struct keeper *keeper;

	vec_for_each(ns, &writer->snap->namespaces) {
		write_line(writer, LINE_NAMESPACE, ns);
		if (ns->limits)
			write_limits(writer, ns->ino, ns->limits);
	}
	vec_for_each(keeper, &writer->snap->keepers)
		write_line(writer, LINE_KEEPER, keeper);
}

static void write_tallies(struct writer *writer)
{
	const struct snapshot *snap = writer->snap;
	struct record_tally line;

	for (line.process = 0; line.process < snap->processes.nr; line.process++) {
		if (!snap->processes.at[line.process].tally)
			continue;
		line.tally = *snap->processes.at[line.process].tally;
		write_line(writer, LINE_TALLY, &line);
	}
}

static void write_signals(struct writer *writer)
{
	const struct snapshot *snap = writer->snap;
	struct record_signals line;
	struct record_thread thread;
	uint32_t i;

	for (line.process = 0; line.process < snap->processes.nr; line.process++) {
		const struct process *proc = &snap->processes.at[line.process];

		if (!proc->signals)
			continue;
		line.signals = *proc->signals;
		line.compared = proc->threads->compared;
		write_line(writer, LINE_SIGNALS, &line);
		thread.process = line.process;
		for (i = 0; i < proc->threads->nr; i++) {
			thread.thread = proc->threads->at[i];
			write_line(writer, LINE_THREAD, &thread);
		}
	}
}

void record_write(struct buf *to, const struct snapshot *snap)
{
	struct writer writer = { .snap = snap, .to = to };
	const struct id_name *name;
	const struct str *const *place;
	const struct process *proc;
	const struct warning *warning;
	const struct edge *edge;
	const struct gap *gap;
	enum record_line kind;

	json_text(write_open(&writer), record_kinds[LINE_HEAD].word, VERSION);
	json_u64(&writer.json, "snapshot", RECORD_VERSION);
	write_rows(&writer.json, LINE_HEAD, snap);
	write_close(&writer);
	write_classes(&writer);
	vec_for_each(name, &snap->names)
		write_line(&writer, LINE_NAME, name);
	vec_for_each(place, &snap->places)
		write_line(&writer, LINE_PLACE, &(struct record_place){ *place });
	write_limits(&writer, 0, snap->limits);
	write_namespaces(&writer);
	vec_for_each(proc, &snap->processes)
		write_line(&writer, LINE_PROCESS, proc);
	write_tallies(&writer);
	write_signals(&writer);
	write_objects(&writer);
	vec_for_each(edge, &snap->edges)
		write_line(&writer, LINE_EDGE, edge);
	vec_for_each(gap, &snap->gaps)
		write_line(&writer, LINE_GAP, gap);
	vec_for_each(warning, &snap->warnings) {
		/* Warnings with a pid are made of the gaps again. */
		if (!warning->first)
			write_line(&writer, LINE_WARNING, warning);
	}
	/* Without it a file that was cut short would look whole. */
	json_open(write_open(&writer), "end", '{');
	for (kind = 0; kind < NR_COUNTED; kind++) {
		if (writer.nr[kind] || kind <= LINE_WARNING)
			json_u64(&writer.json, record_kinds[kind].word, writer.nr[kind]);
	}
	json_close(&writer.json, '}');
	write_close(&writer);
}

int record_save(const char *path, const struct snapshot *snap)
{
	struct outfile out;
	struct buf to = {};
	int err = outfile_open(&out, path);

	if (err)
		return err;
	to.to = out.to;
	record_write(&to, snap);
	err = buf_flush(&to);
	buf_free(&to);
	return outfile_close(&out, err);
}
