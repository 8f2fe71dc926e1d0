// SPDX-License-Identifier: GPL-2.0-or-later
/* A snapshot from text: lines of it, and what each adds. */
#include <errno.h>

#include "rows.h"

/* Longest line read: a semaphore set may have 32000 members. */
#define READ_LINE	((size_t)64 << 20)

/* One line of a counted kind. */
union read_line {
	struct id_name name;
	struct process process;
	struct record_object object;
	struct edge edge;
	struct gap gap;
	struct warning warning;
	struct record_place place;
	struct namespace namespace;
	struct keeper keeper;
	struct record_limit limit;
	struct record_tally tally;
	struct record_signals signals;
	struct record_thread thread;
};

static bool read_head(struct reader *reader)
{
	static const struct record_row row = {
		"snapshot", .size = sizeof(uint64_t), .max = UINT64_MAX,
	};
	uint64_t version;

	if (!json_object_get(reader->in, record_kinds[LINE_HEAD].word) ||
	    !json_object_get(reader->in, row.key))
		return read_fail(reader, "this is no snapshot of ipcscope");
	if (!read_row(reader, reader->in, &row, &version))
		return false;
	if (version != RECORD_VERSION)
		return read_fail(reader, "a snapshot of version %llu, this ipcscope reads version %d",
				 (unsigned long long)version, RECORD_VERSION);
	return read_rows(reader, reader->in, LINE_HEAD, reader->snap);
}

static bool read_class(struct reader *reader)
{
	struct record_class line;

	if (reader->laid_out)
		return read_fail(reader, "fields of a class behind what has them");
	if (!read_rows(reader, reader->in, LINE_CLASS, &line))
		return false;
	/* An unknown class is harmless as long as it has no object. */
	if (line.class < NR_CLASSES)
		reader->wanted[line.class] = line.wanted;
	return true;
}

static bool read_name(struct reader *reader, const union read_line *line)
{
	const struct id_name *name = &line->name;

	if (snapshot_id_name(reader->snap, name->group, name->id))
		return read_fail(reader, "a name that was there before");
	snapshot_name(reader->snap, name->group, name->id, name->name);
	return true;
}

static bool read_process(struct reader *reader, const union read_line *line)
{
	uint32_t nr = reader->snap->processes.nr;
	uint32_t index = snapshot_process(reader->snap, line->process.pid,
					  line->process.start);

	if (index < nr)
		return read_fail(reader, "a process that was there before");
	reader->snap->processes.at[index] = line->process;
	return true;
}

static bool read_object(struct reader *reader, const union read_line *line)
{
	const enum class_id class = line->object.class;
	const struct object_key key = {
		.space = line->object.inode ? SPACE_INODE : class_infos[class]->space,
		.ns = line->object.ns, .id = line->object.id,
	};
	uint32_t nr = reader->snap->objects.nr;
	uint32_t object = snapshot_object(reader->snap, class, key);
	const json_t *values;
	enum field_id field;

	if (object < nr)
		return read_fail(reader, "an object that was there before");
	values = json_object_get(reader->in, "fields");
	for_each_field(field) {
		const struct record_row row = record_field(field);
		uint64_t num;

		if (reader->layout->slot[class][field] == NO_SLOT)
			continue;
		if (!read_row(reader, values, &row, &num))
			return false;
		if (row.type == RECORD_STR ? num : !!json_object_get(values, row.key))
			object_set(reader->snap, object, field, num);
	}
	return true;
}

/* A PEER is between two objects, any other between what was read before. */
static bool read_edge(struct reader *reader, const union read_line *line)
{
	struct snapshot *snap = reader->snap;
	const struct edge *edge = &line->edge;
	bool joined = edge->kind == EDGE_PEER ?
		      edge->process == NO_INDEX && edge->peer < snap->objects.nr :
		      edge->process < snap->processes.nr;

	if (edge->object >= snap->objects.nr || !joined)
		return read_fail(reader, "an edge that leads nowhere");
	*snapshot_edge(snap, edge->kind, edge->process, edge->object) = *edge;
	return true;
}

static bool read_gap(struct reader *reader, const union read_line *line)
{
	const struct gap *gap = &line->gap;

	if (!gap->pid)
		return read_fail(reader, "a gap without the pid of its process");
	if (gap->part < NR_PARTS)
		snapshot_gap(reader->snap, gap->part, gap->err, gap->pid, gap->uid,
			     gap->ipc_ns);
	return true;
}

static bool read_warning(struct reader *reader, const union read_line *line)
{
	if (line->warning.part < NR_PARTS)
		*vec_add(&reader->snap->warnings) = line->warning;
	return true;
}

static bool read_place(struct reader *reader, const union read_line *line)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*vec_add(&reader->snap->places) = line->place.path;
	return line->place.path || read_fail(reader, "a place without a path");
}

static bool read_limit(struct reader *reader, const union read_line *line)
{
	struct limit_value *limits = reader->snap->limits;
	struct namespace *ns;

	if (line->limit.ns) {
		ns = (struct namespace *)snapshot_namespace(reader->snap, line->limit.ns);
		if (!ns)
			return read_fail(reader, "a limit of no namespace");
		limits = ns->limits = ns->limits ?:
			 arena_alloc(&reader->snap->arena, NR_LIMITS * sizeof(*limits));
	}
	if (line->limit.limit < NR_LIMITS)
		limits[line->limit.limit] = line->limit.value;
	return true;
}

static bool read_namespace(struct reader *reader, const union read_line *line)
{
	if (snapshot_namespace(reader->snap, line->namespace.ino))
		return read_fail(reader, "a namespace that was there before");
	*vec_add(&reader->snap->namespaces) = line->namespace;
	return true;
}

static bool read_keeper(struct reader *reader, const union read_line *line)
{
	*vec_add(&reader->snap->keepers) = line->keeper;
	return line->keeper.how || read_fail(reader, "a keeper that keeps nothing");
}

static bool read_tally(struct reader *reader, const union read_line *line)
{
	struct snapshot *snap = reader->snap;
	struct process *proc;

	if (line->tally.process >= snap->processes.nr)
		return read_fail(reader, "a tally of no process");
	proc = &snap->processes.at[line->tally.process];
	proc->tally = arena_alloc(&snap->arena, sizeof(*proc->tally));
	*proc->tally = line->tally.tally;
	return true;
}

static bool read_signals(struct reader *reader, const union read_line *line)
{
	struct snapshot *snap = reader->snap;
	struct process_signals *signals;
	struct threads *threads;
	struct process *proc;

	if (line->signals.process >= snap->processes.nr)
		return read_fail(reader, "signals of no process");
	proc = &snap->processes.at[line->signals.process];
	signals = arena_alloc(&snap->arena, sizeof(*signals));
	*signals = line->signals.signals;
	proc->signals = signals;
	threads = arena_alloc(&snap->arena, sizeof(*threads));
	threads->compared = line->signals.compared;
	proc->threads = threads;
	return true;
}

/* Room for them is made for twice as many each time that it is full. */
static bool read_thread(struct reader *reader, const union read_line *line)
{
	struct snapshot *snap = reader->snap;
	struct threads *threads;
	struct process *proc;
	size_t size;

	if (line->thread.process >= snap->processes.nr ||
	    !snap->processes.at[line->thread.process].threads)
		return read_fail(reader, "a thread of no process");
	proc = &snap->processes.at[line->thread.process];
	threads = (struct threads *)proc->threads;
	if (!(threads->nr & (threads->nr - 1))) {
		size = sizeof(*threads) + (threads->nr ? threads->nr * 2 : 1) * sizeof(threads->at[0]);
		threads = memcpy(arena_alloc(&snap->arena, size), threads,
				 sizeof(*threads) + threads->nr * sizeof(threads->at[0]));
		proc->threads = threads;
	}
	threads->at[threads->nr++] = line->thread.thread;
	return true;
}

static bool (*const read_adds[NR_COUNTED])(struct reader *, const union read_line *) = {
	[LINE_NAME] = read_name, [LINE_PROCESS] = read_process,
	[LINE_OBJECT] = read_object, [LINE_EDGE] = read_edge,
	[LINE_GAP] = read_gap, [LINE_WARNING] = read_warning,
	[LINE_PLACE] = read_place, [LINE_LIMIT] = read_limit, [LINE_TALLY] = read_tally,
	[LINE_NAMESPACE] = read_namespace, [LINE_KEEPER] = read_keeper,
	[LINE_SIGNALS] = read_signals, [LINE_THREAD] = read_thread,
};

static bool read_end(struct reader *reader, const json_t *end)
{
	enum record_line line;

	for (line = 0; line < NR_COUNTED; line++) {
		const struct record_row row = {
			record_kinds[line].word, .size = sizeof(uint64_t),
			.max = UINT64_MAX,
		};
		uint64_t nr;

		if (!read_row(reader, end, &row, &nr))
			return false;
		if (nr != reader->nr[line])
			return read_fail(reader, "%llu lines \"%s\" were written, %llu are there",
					 (unsigned long long)nr, row.key,
					 (unsigned long long)reader->nr[line]);
	}
	reader->ended = true;
	return true;
}

static bool read_line(struct reader *reader)
{
	enum record_line kind = NR_COUNTED;
	union read_line line = {};

	if (reader->line == 1)
		return read_head(reader);
	if (reader->ended)
		return read_fail(reader, "something behind the end");
	if (json_object_get(reader->in, "end"))
		return read_end(reader, json_object_get(reader->in, "end"));
	if (json_object_get(reader->in, record_kinds[LINE_CLASS].word))
		return read_class(reader);
	if (!reader->laid_out) {
		layout_init(reader->layout, reader->wanted);
		reader->laid_out = true;
	}
	/* A line is of the last kind whose word it has, since edges refer to objects
	 * and processes; one of none is of a newer version. */
	while (kind-- > 0) {
		if (!json_object_get(reader->in, record_kinds[kind].word))
			continue;
		reader->nr[kind]++;
		return read_rows(reader, reader->in, kind, &line) &&
		       read_adds[kind](reader, &line);
	}
	return true;
}

/* The next line without its end; false at the end of the file, and with a
 * sentence if that comes too early. */
static bool read_next_line(struct reader *reader)
{
	int c;

	buf_reset(&reader->text);
	while ((c = getc_unlocked(reader->from)) != EOF && c != '\n') {
		buf_putc(&reader->text, (char)c);
		if (reader->text.len <= READ_LINE)
			continue;
		reader->line++;
		return read_fail(reader, "too long for a snapshot");
	}
	if (c == '\n') {
		reader->line++;
		return true;
	}
	if (!reader->line && !reader->text.len)
		snprintf(reader->why, 256, "it is empty");
	else if (reader->text.len || !reader->ended)
		snprintf(reader->why, 256, "cut short after line %llu",
			 (unsigned long long)reader->line);
	return false;
}

int record_read(FILE *from, struct layout *layout, struct snapshot *snap, char why[256])
{
	struct reader reader = {
		.from = from, .why = why, .snap = snap, .layout = layout,
	};
	json_error_t error;
	json_t *line;
	int err = 0;

	*snap = (struct snapshot){ .layout = layout };
	why[0] = '\0';
	errno = 0;
	while (!why[0] && read_next_line(&reader)) {
		line = json_loadb(reader.text.data ?: "", reader.text.len,
				  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
		reader.in = line;
		if (json_is_object(line))
			read_line(&reader);
		else
			read_fail(&reader, "not an object of JSON");
		json_decref(line);
	}
	if (ferror(from)) {
		err = errno ? -errno : -EIO;
		snprintf(why, 256, "%s", strerrordesc_np(-err) ?: "read error");
	} else if (why[0]) {
		err = -EBADMSG;
	}
	buf_free(&reader.text);
	if (err)
		snapshot_free(snap);
	else
		snapshot_finish(snap);
	return err;
}

int record_load(const char *path, struct layout *layout, struct snapshot *snap,
		char why[256])
{
	FILE *from = stdin;
	int err;

	why[0] = '\0';
	if (strcmp(path, "-"))
		from = fopen(path, "re");
	if (!from)
		return -errno;
	err = record_read(from, layout, snap, why);
	if (from != stdin)
		fclose(from);
	return err;
}

const char *record_library(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "jansson %s", jansson_version_str());
	return text;
}
