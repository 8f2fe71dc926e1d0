// SPDX-License-Identifier: GPL-2.0-or-later
/* The statements of a fixture. */

#include <string.h>
#include <sys/sysmacros.h>

#include "internal.h"

static const struct value host_values[] = {
	VALUE("hostname", VALUE_WORD, struct fixture, hostname),
	VALUE("kernel", VALUE_WORD, struct fixture, kernel),
	VALUE("uid", VALUE_NUM, struct fixture, uid),
	VALUE("pid", VALUE_NUM, struct fixture, pid),
	VALUE("ticks", VALUE_NUM, struct fixture, ticks),
	VALUE("page_size", VALUE_NUM, struct fixture, page_size),
	VALUE("now", VALUE_SIGNED, struct fixture, now),
	VALUE("clock_set", VALUE_NUM, struct fixture, clock_set),
};

static const struct value process_values[] = {
	VALUE("start", VALUE_NUM, struct process_row, start),
	VALUE("unit", VALUE_WORD, struct process_row, unit),
};

static bool parse_host(struct statement *st)
{
	uint64_t known;

	return statement_values(st, host_values, ARRAY_SIZE(host_values),
				st->fx, &known);
}

static bool parse_name(struct statement *st, bool group)
{
	const struct word *name;
	uint64_t id;

	if (!statement_num(st, "id", &id))
		return false;
	if (id > UINT32_MAX)
		return statement_wrong(st, "id is too large");
	name = statement_word(st, "name");
	if (!name)
		return false;
	*vec_add(&st->fx->names) = (struct name_row){ group, id, *name };
	return statement_end(st);
}

static bool parse_user(struct statement *st)
{
	return parse_name(st, false);
}

static bool parse_group(struct statement *st)
{
	return parse_name(st, true);
}

static bool parse_memory_dev(struct statement *st)
{
	static const struct value value = { "", VALUE_DEV, 0, sizeof(uint64_t) };
	const struct word *word;
	uint64_t dev;

	while (st->next < st->words.nr) {
		word = statement_word(st, "device");
		if (!value_store(&value, word, &dev))
			return statement_wrong(st, "no device: %s", word->at);
		*vec_add(&st->fx->memory_devs) = dev;
	}
	return true;
}

static bool parse_mem(struct statement *st)
{
	struct memory *mem = vec_add(&st->fx->memory);

	return statement_num(st, "pid", &mem->pid) &&
	       statement_num(st, "address", &mem->addr) &&
	       statement_hex(st, "data", &mem->data) && statement_end(st);
}

static bool parse_shared(struct statement *st, enum host_shared what)
{
	struct shared_row *row = vec_add(&st->fx->shared);

	row->what = what;
	return statement_num(st, "tid", &row->tid) &&
	       statement_num(st, "number", &row->number) && statement_end(st);
}

static bool parse_files(struct statement *st)
{
	return parse_shared(st, HOST_FILES);
}

static bool parse_memory(struct statement *st)
{
	return parse_shared(st, HOST_MEMORY);
}

static bool parse_process(struct statement *st)
{
	struct fixture *fx = st->fx;
	struct process_row *row = vec_add(&fx->processes);
	uint64_t known, pid;

	if (!statement_num(st, "pid", &pid))
		return false;
	row->pid = pid;
	map_add(&fx->by_pid, hash_u64(pid, 0), fx->processes.nr - 1);
	return statement_values(st, process_values, ARRAY_SIZE(process_values),
				row, &known);
}

static bool parse_shm(struct statement *st)
{
	return fixture_parse_sysv(st, SYSV_SHM);
}

static bool parse_sem(struct statement *st)
{
	return fixture_parse_sysv(st, SYSV_SEM);
}

static bool parse_msg(struct statement *st)
{
	return fixture_parse_sysv(st, SYSV_MSG);
}

static const struct {
	const char *word;
	bool (*parse)(struct statement *st);
} statements[] = {
	{ "link", fixture_parse_link },
	{ "file", fixture_parse_file },
	{ "dir", fixture_parse_dir },
	{ "error", fixture_parse_error },
	{ "host", parse_host },
	{ "user", parse_user },
	{ "group", parse_group },
	{ "memory_dev", parse_memory_dev },
	{ "mem", parse_mem },
	{ "files", parse_files },
	{ "memory", parse_memory },
	{ "process", parse_process },
	{ "shm", parse_shm },
	{ "sem", parse_sem },
	{ "msg", parse_msg },
	{ "mq", fixture_parse_mq },
	{ "diag", fixture_parse_diag },
	{ "message", fixture_parse_message },
};

static bool parse_statement(struct statement *st)
{
	const struct word *word = statement_word(st, "statement");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!strcmp(statements[i].word, word->at))
			return statements[i].parse(st);
	}
	return statement_wrong(st, "no statement: %s", word->at);
}

bool fixture_parse(struct statement *st)
{
	int ret;

	while ((ret = statement_next(st)) > 0) {
		if (!parse_statement(st))
			return false;
	}
	return !ret;
}
