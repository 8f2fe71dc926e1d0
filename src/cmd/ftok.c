// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftok.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "keyfiles/ftok.h"
#include "ipcscope/json.h"

static session_fn ftok_parse, ftok_plan, ftok_analyse, ftok_print;

const struct command command_ftok = {
	.name	 = "ftok",
	.args	 = "PATH [ID]",
	.help	 = "the key of a path, and back",
	.details = "Prints the key that ftok(3) makes of PATH and ID (a character or a "
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
	.examples = {
		{ "ipcscope ftok /etc/passwd R", "the key, and the objects that have it" },
		{ "ipcscope ftok -q .", "the key alone, for scripts" },
		{ "ipcscope ftok --find 0x05ce0001", "which files can have given it" },
		{ "ipcscope ftok --find 0x05ce0001 /opt /srv", "search only there" },
	},
	.takes	 = {
		TAKES(FIND), TAKES(JSON), TAKES(QUIET), TAKES(NO_PROGRESS),
		TAKES(COLOR), TAKES(BYTES), TAKES(NO_HEADING), TAKES(THREADS),
	},
	.completes = COMPLETES(FILES),
	.max_args = ANY_NUMBER,
	.more	 = true,
	.size	 = sizeof(struct ftok),
	.parse	 = ftok_parse,
	.plan	 = ftok_plan,
	.analyse = ftok_analyse,
	.print	 = ftok_print,
};

void ftok_objects(struct buf *out, const struct ftok *ftok)
{
	if (ftok->session.rows.nr)
		render_objects(out, &ftok->session.view, &ftok->session.picture.snap,
			       ftok->session.rows.at, ftok->session.rows.nr);
}

void ftok_json_begin(struct json *json, const struct ftok *ftok)
{
	const uint32_t *row;

	render_json_head(json, &ftok->session.picture.snap);
	json_hex(json, "key", ftok->key, 8);
	json_open(json, "objects", '[');
	vec_for_each(row, &ftok->session.rows)
		render_object_json(json, &ftok->session.view, &ftok->session.picture.snap,
				   &ftok->session.picture.snap.objects.at[*row]);
	json_close(json, ']');
}

void ftok_json_end(struct json *json, const struct ftok *ftok)
{
	render_json_tail(json, &ftok->session.picture.snap);
	buf_putc(json->to, '\n');
}

void ftok_json_stat(struct json *json, const struct host_stat *st)
{
	json_begin(json, "dev");
	buf_printf(json->to, "\"%u:%u\"", major(st->dev), minor(st->dev));
	json_u64(json, "ino", st->ino);
}

/* The key of the path. */
static int ftok_of_path(struct ftok *ftok)
{
	const struct request *req = ftok->session.req;
	const char *path = req->args[0];
	int ret;

	ftok->id = 1;
	if (req->nr_args > 2)
		return misused("ftok takes PATH [ID], '%s' is too much", req->args[2]);
	if (req->nr_args > 1 && !ftok_parse_id(req->args[1], &ftok->id))
		return misused("ID is a character or a number from 0 to 255, not '%s'",
			       req->args[1]);
	ret = *path ? live_host.ops->stat(&live_host, NULL, path, HOST_FOLLOW,
					  &ftok->st) : -ENOENT;
	if (ret) {
		complain("%s: %s", path, strerror(-ret));
		return STATUS_FAILED;
	}
	ftok->key = ftok_key(ftok->st.dev, ftok->st.ino, ftok->id);
	/* For scripts: nothing is read. */
	ftok->session.no_picture = asked(req, OPTION_QUIET);
	return 0;
}

static int ftok_parse(struct session *session)
{
	struct ftok *ftok = session_of(session, struct ftok, session);

	ftok->key = (uint32_t)option_num(session->req, OPTION_FIND, 0);
	if (asked(session->req, OPTION_FIND))
		return 0;
	return session->req->nr_args ? ftok_of_path(ftok) :
	       misused("ftok what? ipcscope ftok %s", session->req->command->args);
}

/* Whoever has used them is of use to --find. */
static int ftok_plan(struct session *session)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID,
		FIELD_CTIME, FIELD_ATIME, FIELD_DTIME, FIELD_OTIME,
		FIELD_STIME, FIELD_RTIME, FIELD_VALUES, FIELD_USERS,
		FIELD_CREATOR_ALIVE, FIELD_LAST_BY,
	};
	struct query *query = &session->picture.query;
	size_t i;

	query->classes = session->sel.classes = classes_by_word("sysv", strlen("sysv"));
	columns_parse(session, NULL, NULL);
	columns_query(session);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
	return 0;
}

static int ftok_analyse(struct session *session)
{
	const struct ftok *ftok = session_of(session, struct ftok, session);
	const struct snapshot *snap = &session->picture.snap;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		uint64_t key;

		if (object_num(snap, obj, FIELD_KEY, &key) && (uint32_t)key == ftok->key &&
		    obj->key.ns == snap->host.ipc_ns)
			*vec_add(&session->rows) = i;
	}
	return 0;
}

static int ftok_print(struct session *session)
{
	struct ftok *ftok = session_of(session, struct ftok, session);
	struct json json = { .to = &session->out };
	const char *path = session->req->args[0];

	if (asked(session->req, OPTION_FIND))
		return ftok_find(ftok);
	if (session->view.format == FORMAT_JSON && !session->no_picture) {
		ftok_json_begin(&json, ftok);
		json_bytes(&json, "path", path, strlen(path));
		json_u64(&json, "project", ftok->id);
		ftok_json_stat(&json, &ftok->st);
		ftok_json_end(&json, ftok);
		return 0;
	}
	buf_printf(&session->out, "0x%08x\n", ftok->key);
	ftok_objects(&session->out, ftok);
	return 0;
}
