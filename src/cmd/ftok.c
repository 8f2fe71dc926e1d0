// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftok.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "keyfiles/ftok.h"
#include "ipcscope/json.h"

/* Whoever has used them is of use to --find. */
static void ask(struct ftok *ftok)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID,
		FIELD_CTIME, FIELD_ATIME, FIELD_DTIME, FIELD_OTIME,
		FIELD_STIME, FIELD_RTIME, FIELD_VALUES, FIELD_USERS,
		FIELD_CREATOR_ALIVE, FIELD_LAST_BY,
	};
	struct query *query = &ftok->picture.query;
	size_t i;

	columns_view(&ftok->columns, &ftok->view);
	columns_query(&ftok->columns, &ftok->view, query);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
}

int ftok_read(struct ftok *ftok)
{
	struct query *query = &ftok->picture.query;
	const struct snapshot *snap = &ftok->picture.snap;
	int status;
	uint32_t i;

	query->classes = classes_by_word("sysv", strlen("sysv"));
	status = columns_parse(ftok->req, query->classes, &ftok->columns);
	if (status)
		return status;
	ask(ftok);
	status = picture_run(&ftok->picture);
	for (i = 0; !status && i < snap->objects.nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		uint64_t key;

		if (object_num(snap, obj, FIELD_KEY, &key) &&
		    (uint32_t)key == ftok->key &&
		    obj->key.ns == snap->host.ipc_ns)
			*vec_add(&ftok->rows) = i;
	}
	return status;
}

void ftok_objects(struct buf *out, const struct ftok *ftok)
{
	if (ftok->rows.nr)
		render_objects(out, &ftok->view, &ftok->picture.snap,
			       ftok->rows.at, ftok->rows.nr);
}

void ftok_json_begin(struct json *json, const struct ftok *ftok)
{
	const uint32_t *row;

	render_json_head(json, &ftok->picture.snap);
	json_hex(json, "key", ftok->key, 8);
	json_open(json, "objects", '[');
	vec_for_each(row, &ftok->rows)
		render_object_json(json, &ftok->view, &ftok->picture.snap,
				   &ftok->picture.snap.objects.at[*row]);
	json_close(json, ']');
}

void ftok_json_end(struct json *json, const struct ftok *ftok)
{
	render_json_tail(json, &ftok->picture.snap);
	buf_putc(json->to, '\n');
}

void ftok_json_stat(struct json *json, const struct host_stat *st)
{
	json_begin(json, "dev");
	buf_printf(json->to, "\"%u:%u\"", major(st->dev), minor(st->dev));
	json_u64(json, "ino", st->ino);
}

static int print_key(const struct ftok *ftok, const char *path, uint8_t id,
		     const struct host_stat *st)
{
	struct buf out = { .to = stdout };
	struct json json = { .to = &out };

	if (ftok->view.format == FORMAT_JSON) {
		ftok_json_begin(&json, ftok);
		json_bytes(&json, "path", path, strlen(path));
		json_u64(&json, "project", id);
		ftok_json_stat(&json, st);
		ftok_json_end(&json, ftok);
		return output_finish(&out);
	}
	buf_printf(&out, "0x%08x\n", ftok->key);
	ftok_objects(&out, ftok);
	return output_finish(&out);
}

static int of_path(struct ftok *ftok)
{
	const struct request *req = ftok->req;
	const char *path = req->args[0];
	struct host_stat st;
	uint8_t id = 1;
	int ret, status;

	if (req->nr_args > 2)
		return misused("ftok takes PATH [ID], '%s' is too much",
			       req->args[2]);
	if (req->nr_args > 1 && !ftok_parse_id(req->args[1], &id))
		return misused("ID is a character or a number from 0 to 255, not '%s'",
			       req->args[1]);
	ret = *path ? live_host.ops->stat(&live_host, NULL, path, HOST_FOLLOW,
					  &st) : -ENOENT;
	if (ret) {
		complain("%s: %s", path, strerror(-ret));
		return STATUS_FAILED;
	}
	ftok->key = ftok_key(st.dev, st.ino, id);
	/* For scripts: nothing is read. */
	if (asked(req, OPTION_QUIET)) {
		struct buf out = { .to = stdout };

		buf_printf(&out, "0x%08x\n", ftok->key);
		return output_finish(&out);
	}
	status = ftok_read(ftok);
	return status ? status : print_key(ftok, path, id, &st);
}

static int ftok_run(const struct request *req)
{
	struct ftok ftok = { .req = req };
	int status;

	picture_init(&ftok.picture, req);
	status = printing_parse(req, &ftok.view);
	if (!status && asked(req, OPTION_FIND))
		status = ftok_find(&ftok);
	else if (!status && !req->nr_args)
		status = misused("ftok what? ipcscope ftok %s",
				 req->command->args);
	else if (!status)
		status = of_path(&ftok);
	vec_free(&ftok.rows);
	columns_free(&ftok.columns);
	picture_free(&ftok.picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope ftok /etc/passwd R", "the key, and the objects that have it" },
	{ "ipcscope ftok -q .", "the key alone, for scripts" },
	{ "ipcscope ftok --find 0x05ce0001", "which files can have given it" },
	{ "ipcscope ftok --find 0x05ce0001 /opt /srv", "search only there" },
	{ NULL, NULL },
};

const struct command command_ftok = {
	.name	 = "ftok",
	.args	 = "PATH [ID]",
	.help	 = "the key of a path, and back",
	.details =
		"Prints the key that ftok(3) makes of PATH and ID (a character or a "
		"number, 1), and the objects of this IPC namespace that have it. A "
		"key has the low 8 bits of ID, the low 8 of the device and the low "
		"16 of the inode of the file.\n\n"
		"With --find KEY it goes back: ftok --find KEY [DIR]... lists the "
		"files whose device and inode fit, the likeliest first: what the "
		"processes that made or use its objects have open, what lies below "
		"the DIRs, or where those processes work and in the usual places. "
		"It does not enter /proc and /sys, nor network file systems unless "
		"given, and follows no links. A key may also be a number that a "
		"program chose, or of a file that is gone; without any file it "
		"exits 1.",
	.examples = examples,
	.takes	 = TAKES(FIND) | TAKES(JSON) | TAKES(QUIET) | TAKES(NO_PROGRESS) |
		   TAKES(COLOR) | TAKES(BYTES) | TAKES(NO_HEADING) |
		   TAKES(THREADS),
	.completes = COMPLETES(FILES),
	.max_args = ANY_NUMBER,
	.more	 = true,
	.run	 = ftok_run,
};
