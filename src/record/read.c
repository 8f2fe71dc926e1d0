// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "values.h"

static bool read_str_facts(struct reader *reader, const json_t *line)
{
	struct host_facts *host = &reader->snap->host;

	return get_str(reader, line, "hostname", &host->hostname) &&
	       get_str(reader, line, "kernel", &host->kernel) &&
	       get_str(reader, line, "boot_id", &host->boot_id);
}

static bool read_num_facts(struct reader *reader, const json_t *line)
{
	struct host_facts *host = &reader->snap->host;

	return get_i64(reader, line, "taken", -MAX_TIME, MAX_TIME,
		       &host->taken) &&
	       get_i64(reader, line, "booted", -MAX_TIME, MAX_TIME,
		       &host->booted) &&
	       get_u32(reader, line, "ticks", UINT32_MAX, &host->ticks) &&
	       get_u32(reader, line, "page_size", UINT32_MAX,
		       &host->page_size) &&
	       get_u32(reader, line, "uid", UINT32_MAX, &host->uid) &&
	       get_pid(reader, line, "pid", &host->pid) &&
	       get_u64(reader, line, "ipc_ns", UINT64_MAX, &host->ipc_ns) &&
	       get_u64(reader, line, "net_ns", UINT64_MAX, &host->net_ns) &&
	       get_u64(reader, line, "pid_ns", UINT64_MAX, &host->pid_ns) &&
	       get_u64(reader, line, "mnt_ns", UINT64_MAX, &host->mnt_ns) &&
	       get_bool(reader, line, "first_pid_ns", &host->first_pid_ns) &&
	       get_bool(reader, line, "all_processes", &host->all_processes) &&
	       get_bool(reader, line, "partial", &reader->snap->partial);
}

static bool read_homes(struct reader *reader, const json_t *line)
{
	const json_t *homes = json_object_get(line, "home_dev");
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!get_u64(reader, homes, class_infos[class]->name,
			     UINT64_MAX, &reader->snap->host.home_dev[class]))
			return false;
	}
	return true;
}

/* NR_PARTS: one of a newer version. */
static enum part part_by_name(const char *name)
{
	enum part part;

	for (part = 0; name && part < NR_PARTS; part++) {
		if (!strcmp(part_infos[part].name, name))
			return part;
	}
	return NR_PARTS;
}

static bool read_parts(struct reader *reader, const json_t *line)
{
	const json_t *array;
	enum part part;
	size_t i;

	if (!get_array(reader, line, "have", &array))
		return false;
	for (i = 0; i < json_array_size(array); i++) {
		part = part_by_name(json_string_value(json_array_get(array, i)));
		if (part < NR_PARTS)
			reader->snap->parts_read |= 1u << part;
	}
	return true;
}

static bool read_head(struct reader *reader, const json_t *line)
{
	uint64_t version = 0;

	if (!json_object_get(line, "ipcscope") ||
	    !json_object_get(line, "snapshot"))
		return reader_fail(reader, "this is no snapshot of ipcscope");
	if (!get_u64(reader, line, "snapshot", UINT64_MAX, &version))
		return false;
	if (version != RECORD_VERSION)
		return reader_fail(reader, "a snapshot of version %llu, this ipcscope reads version %d",
				   (unsigned long long)version,
				   RECORD_VERSION);
	return read_str_facts(reader, line) && read_num_facts(reader, line) &&
	       read_homes(reader, line) && read_parts(reader, line);
}

static bool read_layout(struct reader *reader, const json_t *line)
{
	const json_t *array;
	enum class_id class;
	const char *name;
	size_t i;

	if (reader->laid_out)
		return reader_fail(reader, "fields of a class behind what has them");
	if (!get_word(reader, line, "class", &name) ||
	    !get_array(reader, line, "wanted", &array))
		return false;
	class = class_by_name(name, strlen(name));
	if (class == NR_CLASSES)
		return true;	/* harmless as long as it has no object */
	for (i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));
		enum field_id field = text ? field_by_name(text) : FIELD_NONE;

		if (field)
			fieldset_add(&reader->wanted[class], field);
	}
	return true;
}

static bool read_name(struct reader *reader, const json_t *line)
{
	const struct str *text = NULL;
	const char *kind;
	uint32_t id = 0;
	bool group;

	if (!get_word(reader, line, record_lines[LINE_NAME], &kind) ||
	    !get_u32(reader, line, "id", UINT32_MAX, &id) ||
	    !get_str(reader, line, "text", &text))
		return false;
	group = !strcmp(kind, "group");
	if (!group && strcmp(kind, "user"))
		return reader_fail(reader, "the name of neither a user nor a group");
	if (snapshot_has_name(reader->snap, group, id))
		return reader_fail(reader, "a name that was there before");
	snapshot_name(reader->snap, group, id, text);
	return true;
}

static bool read_flags(struct reader *reader, const json_t *line,
		       uint32_t *flags)
{
	const struct flag_name *flag;
	const json_t *array;
	size_t i;

	if (!get_array(reader, line, "flags", &array))
		return false;
	for (i = 0; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i));

		for (flag = record_flags; word && flag->name; flag++) {
			if (!strcmp(word, flag->name))
				*flags |= flag->flag;
		}
	}
	return true;
}

static bool read_process(struct reader *reader, const json_t *line)
{
	uint32_t nr = reader->snap->processes.nr;
	struct process proc = {};
	uint32_t index;

	if (!get_pid(reader, line, record_lines[LINE_PROCESS], &proc.pid) ||
	    !get_u64(reader, line, "start", MAX_START, &proc.start) ||
	    !get_pid(reader, line, "ppid", &proc.ppid) ||
	    !get_u32(reader, line, "uid", UINT32_MAX, &proc.uid) ||
	    !get_u64(reader, line, "ipc_ns", UINT64_MAX, &proc.ipc_ns) ||
	    !get_u64(reader, line, "net_ns", UINT64_MAX, &proc.net_ns) ||
	    !read_flags(reader, line, &proc.flags) ||
	    !get_str(reader, line, "comm", &proc.comm) ||
	    !get_str(reader, line, "cmdline", &proc.cmdline) ||
	    !get_str(reader, line, "unit", &proc.unit) ||
	    !get_i64(reader, line, "started", 0, MAX_TIME, &proc.started))
		return false;
	index = snapshot_process(reader->snap, proc.pid, proc.start);
	if (index < nr)
		return reader_fail(reader, "a process that was there before");
	reader->snap->processes.at[index] = proc;
	return true;
}

static bool read_gap(struct reader *reader, const json_t *line)
{
	struct gap gap = {};
	const char *name;

	if (!get_word(reader, line, record_lines[LINE_GAP], &name) ||
	    !get_errno(reader, line, &gap.err) ||
	    !get_pid(reader, line, "pid", &gap.pid) ||
	    !get_u32(reader, line, "uid", UINT32_MAX, &gap.uid) ||
	    !get_u64(reader, line, "ipc_ns", UINT64_MAX, &gap.ipc_ns))
		return false;
	if (!gap.pid)
		return reader_fail(reader, "a gap without the pid of its process");
	gap.part = part_by_name(name);
	if (gap.part < NR_PARTS)
		snapshot_gap(reader->snap, gap.part, gap.err, gap.pid, gap.uid,
			     gap.ipc_ns);
	return true;
}

static bool read_warning(struct reader *reader, const json_t *line)
{
	struct warning warning = {};
	const char *name;

	if (!get_word(reader, line, record_lines[LINE_WARNING], &name) ||
	    !get_errno(reader, line, &warning.err) ||
	    !get_u32(reader, line, "count", UINT32_MAX, &warning.count) ||
	    !get_bool(reader, line, "unsupported", &warning.unsupported) ||
	    !get_str(reader, line, "what", &warning.what))
		return false;
	warning.part = part_by_name(name);
	if (warning.part < NR_PARTS)
		*vec_add(&reader->snap->warnings) = warning;
	return true;
}

static bool (*const read_lines[NR_LINES])(struct reader *, const json_t *) = {
	[LINE_NAME] = read_name, [LINE_PROCESS] = read_process,
	[LINE_OBJECT] = read_object, [LINE_EDGE] = read_edge,
	[LINE_GAP] = read_gap, [LINE_WARNING] = read_warning,
};

static bool read_end(struct reader *reader, const json_t *end)
{
	enum record_line line;

	for (line = 0; line < NR_LINES; line++) {
		uint64_t nr = 0;

		if (!get_u64(reader, end, record_lines[line], UINT64_MAX, &nr))
			return false;
		if (nr != reader->nr[line])
			return reader_fail(reader, "%llu lines \"%s\" were written, %llu are there",
					   (unsigned long long)nr,
					   record_lines[line],
					   (unsigned long long)reader->nr[line]);
	}
	reader->ended = true;
	return true;
}

/* What a line is: the last kind whose word it has, since edges refer to
 * objects and processes; NR_LINES if none. */
static enum record_line line_kind(const json_t *line)
{
	enum record_line kind = NR_LINES;

	while (kind-- > 0) {
		if (json_object_get(line, record_lines[kind]))
			return kind;
	}
	return NR_LINES;
}

static bool read_line(struct reader *reader, const json_t *line)
{
	enum record_line kind;

	if (reader->line == 1)
		return read_head(reader, line);
	if (reader->ended)
		return reader_fail(reader, "something behind the end");
	if (json_object_get(line, "end"))
		return read_end(reader, json_object_get(line, "end"));
	if (json_object_get(line, "class"))
		return read_layout(reader, line);
	if (!reader->laid_out) {
		layout_init(reader->layout, reader->wanted);
		reader->laid_out = true;
	}
	kind = line_kind(line);
	if (kind == NR_LINES)
		return true;	/* of a newer version */
	reader->nr[kind]++;
	return read_lines[kind](reader, line);
}

/* The next line without its end; false at the end of the file, and with a
 * sentence if that comes too early. */
static bool next_line(struct reader *reader)
{
	int c;

	buf_reset(&reader->text);
	while ((c = getc_unlocked(reader->from)) != EOF && c != '\n') {
		buf_putc(&reader->text, (char)c);
		if (reader->text.len <= RECORD_LINE)
			continue;
		reader->line++;
		return reader_fail(reader, "too long for a snapshot");
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

static bool parse_line(struct reader *reader)
{
	json_error_t error;
	json_t *line;
	bool good;

	line = json_loadb(reader->text.data ?: "", reader->text.len,
			  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!json_is_object(line)) {
		json_decref(line);
		return reader_fail(reader, "not an object of JSON");
	}
	good = read_line(reader, line);
	json_decref(line);
	return good;
}

int record_read(FILE *from, struct layout *layout, struct snapshot *snap,
		char why[256])
{
	struct reader reader = {
		.from = from, .why = why, .snap = snap, .layout = layout,
	};
	int err = 0;

	snapshot_init(snap, layout);
	why[0] = '\0';
	errno = 0;
	while (!why[0] && next_line(&reader))
		parse_line(&reader);
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
