// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <unistd.h>

#include "ipcscope/num.h"
#include "ipcscope/record.h"
#include "cli/assessment.h"

static void ask_all(struct picture *picture)
{
	enum field_id field;

	picture->query.classes = ALL_CLASSES;
	picture->details = true;
	for_each_field(field)
		query_add_field(&picture->query, field);
	stale_query(&picture->query, NULL);
	/* Whether a path is dead only the kernel could tell. */
	picture->query.nr_paths = 0;
}

static int save(const struct picture *picture, const char *path)
{
	struct buf out = { .to = stdout };
	int err;

	if (!strcmp(path, "-")) {
		record_write(&out, &picture->snap);
		return output_finish(&out);
	}
	err = record_save(path, &picture->snap);
	if (!err)
		return STATUS_OK;
	complain("%s: %s", path, strerror(-err));
	return STATUS_FAILED;
}

static int tell(const struct picture *picture, const char *path)
{
	struct buf out = { .to = stdout };

	if (!strcmp(path, "-") || !isatty(STDOUT_FILENO) ||
	    asked(picture->req, OPTION_QUIET))
		return STATUS_OK;
	buf_puts(&out, "saved ");
	num_grouped(&out, picture->snap.objects.nr);
	buf_puts(&out, " objects and ");
	num_grouped(&out, picture->snap.processes.nr);
	buf_printf(&out, " processes; to look at them: ipcscope -a --from %s\n",
		   path);
	return output_finish(&out);
}

static int snapshot_run(const struct request *req)
{
	const char *path = req->args[0];
	struct picture picture;
	int status;

	if (!*path)
		return misused("snapshot takes the name of a file, or -");
	if (!strcmp(path, "-") && isatty(STDOUT_FILENO))
		return misused("snapshot - is for a pipe or file, not for a terminal");
	picture_init(&picture, req);
	ask_all(&picture);
	status = picture_run(&picture);
	if (!status)
		status = save(&picture, path);
	if (!status)
		status = tell(&picture, path);
	if (picture.open)
		status = picture_warn(&picture, status);
	picture_free(&picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope snapshot /tmp/before", "save everything, for you alone to read" },
	{ "ipcscope list -a --from /tmp/before", "look at it later, or elsewhere" },
	{ "ssh host sudo ipcscope snapshot - | ipcscope ps --from -", "another machine" },
	{ NULL, NULL },
};

const struct command command_snapshot = {
	.name	 = "snapshot",
	.args	 = "FILE|-",
	.help	 = "save everything, to be read with --from",
	.details =
		"Saves all objects, processes and what is missing to FILE, which "
		"only its owner may read, or to standard output. FILE is replaced "
		"when all is written, or stays as it was. What only show looks at, "
		"such as how full a pipe is, is not saved.",
	.examples = examples,
	.takes	 = TAKES(STRICT) | TAKES(ASSUME_COMPLETE) | TAKES(THREADS) |
		   TAKES(NO_PROGRESS) | TAKES(QUIET),
	.completes = COMPLETES(FILES),
	.min_args = 1,
	.max_args = 1,
	.more	 = true,
	.run	 = snapshot_run,
};
