// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of objects and of edges. */
#include <limits.h>

#include "values.h"

static bool read_sem(struct reader *reader, const json_t *value,
		     struct sem *sem)
{
	int64_t num[4] = {};
	size_t i;

	if (json_is_integer(value)) {
		num[0] = json_integer_value(value);
	} else if (json_array_size(value) == ARRAY_SIZE(num)) {
		for (i = 0; i < ARRAY_SIZE(num); i++) {
			const json_t *part = json_array_get(value, i);

			if (!json_is_integer(part))
				return reader_fail(reader, "a semaphore has no numbers");
			num[i] = json_integer_value(part);
		}
		sem->detailed = true;
	} else {
		return reader_fail(reader, "a semaphore is no number and no 4 of them");
	}
	if (num[0] < 0 || num[0] > UINT16_MAX || num[1] < 0 ||
	    num[1] > INT_MAX || num[2] < 0 || num[2] > UINT32_MAX ||
	    num[3] < 0 || num[3] > UINT32_MAX)
		return reader_fail(reader, "a semaphore has a number that cannot be");
	sem->value = (uint16_t)num[0];
	sem->pid = (pid_t)num[1];
	sem->ncnt = (uint32_t)num[2];
	sem->zcnt = (uint32_t)num[3];
	return true;
}

static bool read_sems(struct reader *reader, const json_t *in, uint32_t object)
{
	const json_t *array;
	struct sems *sems;
	size_t i, nr;

	if (!get_array(reader, in, fields[FIELD_VALUES].name, &array))
		return false;
	nr = json_array_size(array);
	sems = arena_alloc(&reader->snap->arena,
			   sizeof(*sems) + nr * sizeof(sems->sem[0]));
	sems->nr = (uint32_t)nr;
	for (i = 0; i < nr; i++) {
		if (!read_sem(reader, json_array_get(array, i), &sems->sem[i]))
			return false;
	}
	object_set_sems(reader->snap, object, sems);
	return true;
}

/* States that are not known here are those of a newer version. */
static bool read_states(struct reader *reader, const json_t *in,
			uint32_t object)
{
	const json_t *array;
	uint64_t bits = 0;
	enum state state;
	size_t i;

	if (!get_array(reader, in, fields[FIELD_FLAGS].name, &array))
		return false;
	for (i = 0; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i));

		for (state = 0; word && state < NR_STATES; state++) {
			if (!strcmp(word, state_infos[state].word))
				bits |= 1ull << state;
		}
	}
	object_flag(reader->snap, object, bits);
	return true;
}

static uint64_t most(enum field_type type)
{
	switch (type) {
	case TYPE_KEY:
	case TYPE_UID:
	case TYPE_GID:		return UINT32_MAX;
	case TYPE_PID:		return INT_MAX;
	case TYPE_MODE:		return 0177777;
	default:		return UINT64_MAX;
	}
}

static bool read_text(struct reader *reader, const json_t *in, uint32_t object,
		      enum field_id field)
{
	const struct str *str = NULL;

	if (!get_str(reader, in, fields[field].name, &str))
		return false;
	if (str)
		object_set(reader->snap, object, field, (uintptr_t)str);
	return true;
}

static bool read_word(struct reader *reader, const json_t *in, uint32_t object,
		      enum field_id field)
{
	const char *word;

	if (!get_word(reader, in, fields[field].name, &word))
		return false;
	if (word)
		object_set_word(reader->snap, object, field,
				arena_str(&reader->snap->arena, word,
					  strlen(word))->data);
	return true;
}

static bool read_time(struct reader *reader, const json_t *in, uint32_t object,
		      enum field_id field)
{
	int64_t when = 0;

	if (!get_i64(reader, in, fields[field].name, -MAX_TIME, MAX_TIME,
		     &when))
		return false;
	object_set(reader->snap, object, field, (uint64_t)when);
	return true;
}

static bool read_field(struct reader *reader, const json_t *in,
		       uint32_t object, enum field_id field)
{
	const char *name = fields[field].name;
	enum field_type type = fields[field].type;
	uint64_t num = 0;

	/* KEY_hex stands for a text that is not there. */
	if (type == TYPE_STR)
		return read_text(reader, in, object, field);
	if (!json_object_get(in, name))
		return true;
	if (field == FIELD_FLAGS)
		return read_states(reader, in, object);
	switch (type) {
	case TYPE_WORD:
		return read_word(reader, in, object, field);
	case TYPE_SEMS:
		return read_sems(reader, in, object);
	case TYPE_TIME:
		return read_time(reader, in, object, field);
	default:
		if (!get_u64(reader, in, name, most(type), &num))
			return false;
		object_set(reader->snap, object, field, num);
		return true;
	}
}

bool read_object(struct reader *reader, const json_t *line)
{
	uint32_t nr = reader->snap->objects.nr;
	struct object_key key = {};
	const json_t *values;
	enum field_id field;
	enum class_id class;
	const char *name;
	uint32_t object;

	if (!get_word(reader, line, record_lines[LINE_OBJECT], &name) ||
	    !get_u64(reader, line, "ns", UINT64_MAX, &key.ns) ||
	    !get_u64(reader, line, "id", UINT64_MAX, &key.id))
		return false;
	class = name ? class_by_name(name, strlen(name)) : NR_CLASSES;
	if (class == NR_CLASSES)
		return reader_fail(reader, "an object of a class that is not known here");
	key.space = class_infos[class]->space;
	object = snapshot_object(reader->snap, class, key);
	if (object < nr)
		return reader_fail(reader, "an object that was there before");
	values = json_object_get(line, "fields");
	for_each_field(field) {
		if (reader->layout->slot[class][field] != NO_SLOT &&
		    !read_field(reader, values, object, field))
			return false;
	}
	return true;
}

static bool edge_kind_of(struct reader *reader, const json_t *line,
			 enum edge_kind *kind)
{
	const char *name;

	if (!get_word(reader, line, record_lines[LINE_EDGE], &name))
		return false;
	for (*kind = 0; name && *kind < NR_EDGES; (*kind)++) {
		if (!strcmp(name, edge_names[*kind]))
			return true;
	}
	return reader_fail(reader, "an edge of a kind that is not known here");
}

/* Between what was read before, and a PEER between two objects. */
static bool is_joined(const struct reader *reader, const struct edge *edge,
		      enum edge_kind kind)
{
	const struct snapshot *snap = reader->snap;

	if (edge->object >= snap->objects.nr)
		return false;
	if (kind == EDGE_PEER)
		return edge->process == NO_INDEX &&
		       edge->peer < snap->objects.nr;
	return edge->process < snap->processes.nr;
}

bool read_edge(struct reader *reader, const json_t *line)
{
	struct edge edge = {
		.object = NO_INDEX, .process = NO_INDEX, .other = NO_INDEX,
	};
	int64_t fd = -1, op = 0;
	uint64_t access = 0;
	enum edge_kind kind;

	if (!edge_kind_of(reader, line, &kind) ||
	    !get_u32(reader, line, "object", NO_INDEX, &edge.object) ||
	    !get_u32(reader, line, "process", NO_INDEX, &edge.process) ||
	    !get_u32(reader, line, "other", NO_INDEX, &edge.other) ||
	    !get_pid(reader, line, "tid", &edge.tid) ||
	    !get_i64(reader, line, "fd", 0, INT_MAX, &fd) ||
	    !get_u64(reader, line, "access", ACCESS_PATH * 2 - 1, &access) ||
	    !get_i64(reader, line, "op", INT16_MIN, INT16_MAX, &op) ||
	    !get_u64(reader, line, "address", UINT64_MAX, &edge.address) ||
	    !get_u64(reader, line, "offset", UINT64_MAX, &edge.offset) ||
	    !get_u64(reader, line, "length", UINT64_MAX, &edge.length))
		return false;
	if (!is_joined(reader, &edge, kind))
		return reader_fail(reader, "an edge that leads nowhere");
	edge.kind = (uint8_t)kind;
	edge.fd = (int32_t)fd;
	edge.access = (uint8_t)access;
	edge.op = (int16_t)op;
	*snapshot_edge(reader->snap, kind, edge.process, edge.object) = edge;
	return true;
}
