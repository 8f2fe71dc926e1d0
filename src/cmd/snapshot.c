// SPDX-License-Identifier: GPL-2.0-or-later
/* Saves the whole picture. */
#include <string.h>
#include <unistd.h>

#include "ipcscope/record.h"
#include "ipcscope/text.h"
#include "change/change.h"
#include "cli/session.h"
#include "util/outfile.h"

static session_fn snapshot_parse, snapshot_plan, snapshot_analyse, snapshot_print;

const struct command command_snapshot = {
	.name	 = "snapshot",
	.args	 = "FILE|-",
	.help	 = "save everything, to be read with --from",
	.details = "Saves all objects, processes and what is missing to FILE, which "
		"only its owner may read, or to standard output. FILE is replaced "
		"when all is written, or stays as it was. A symbolic link is followed "
		"only if it is yours or root's and nobody else can have put it there; "
		"a FIFO must be read from already. As stale does, it tries to connect "
		"to socket paths in /run and /tmp that no live socket is bound to. How "
		"full a pipe is only show looks at: it is not saved.\n\n"
		"With --from each command says of the file what it says of the live "
		"host; what was asked for and an older file does not have is missing, "
		"with a warning.",
	.examples = {
		{ "ipcscope snapshot /tmp/before", "save everything, for you alone to read" },
		{ "ipcscope list -a --from /tmp/before", "look at it later, or elsewhere" },
		{ "ssh host sudo ipcscope snapshot - | ipcscope ps --from -", "another machine" },
	},
	.takes	 = { TAKES_LIVE, TAKES_NS },
	.completes = COMPLETES(FILES),
	.min_args = 1,
	.max_args = 1,
	.more	 = true,
	.parse	 = snapshot_parse,
	.plan	 = snapshot_plan,
	.analyse = snapshot_analyse,
	.print	 = snapshot_print,
};

static int snapshot_parse(struct session *session)
{
	const char *path = session->req->args[0];

	if (!*path)
		return misused("snapshot takes the name of a file, or -");
	if (!strcmp(path, "-") && isatty(STDOUT_FILENO))
		return misused("snapshot - is for a pipe or file, not for a terminal");
	if (strcmp(path, "-") && change_forbidden()) {
		complain("%s: %s", path, change_forbidden());
		return STATUS_FAILED;
	}
	return 0;
}

static int snapshot_plan(struct session *session)
{
	struct query *query = &session->picture.query;
	enum field_id field;

	session->sel.named = A_CLASS(unix);
	session->picture.details = true;
	/* What the file of a path tells is read with the paths; what is in a pipe is not. */
	query->classes = A_CLASS(unix);
	query->only_show = true;
	for_each_field(field)
		query_add_field(query, field);
	query->classes = ALL_CLASSES;
	query->only_show = false;
	for_each_field(field)
		query_add_field(query, field);
	stale_query(query, NULL);
	query->extra_parts |= NEED(SIGNALS);
	query->own_pids = query->all_details = query->odd_threads = query->every_process = true;
	limit_pressure_query(query, ALL_LIMITS, true, true);
	return 0;
}

/* Whether a socket path is dead only the kernel can tell. */
static int snapshot_analyse(struct session *session)
{
	assessment_test(&session->picture, &session->rows);
	return 0;
}

static int snapshot_print(struct session *session)
{
	const struct snapshot *snap = &session->picture.snap;
	const char *path = session->req->args[0];
	struct buf *out = &session->out;
	int err;

	if (!strcmp(path, "-")) {
		record_write(out, snap);
		return 0;
	}
	err = host_answers(path) ?: record_save(path, snap);
	if (err) {
		complain("%s: %s", path, outfile_error(err));
		return STATUS_FAILED;
	}
	if (!session->foot)
		return 0;
	buf_puts(out, "saved ");
	num_grouped(out, snap->objects.nr);
	buf_puts(out, " objects and ");
	num_grouped(out, snap->processes.nr);
	buf_printf(out, " processes; to look at them: ipcscope -a --from %s\n", path);
	return 0;
}
