// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "ipcscope/num.h"
#include "cli/removal_session.h"

/* Whether it is of the run @id, or is that one. */
static bool is_meant(const struct saved *saved, const char *id)
{
	size_t len = strlen(id);

	return !strncmp(saved->id, id, len) &&
	       (!saved->id[len] || saved->id[len] == '.');
}

static void add_cell(struct table *table, const char *text)
{
	table_cell(table, text, strlen(text), NULL);
}

static void add_row(struct table *table, const struct saved *saved, int64_t now)
{
	struct buf age = {};

	num_age(&age, now > saved->time ? (uint64_t)(now - saved->time) : 0);
	add_cell(table, saved->id);
	add_cell(table, saved->whole ? saved->ref : "?");
	add_cell(table, saved->owner);
	add_cell(table, saved->amount);
	add_cell(table, saved->whole ? age.data : "?");
	add_cell(table, saved->whole ? saved->command : "damaged");
	buf_free(&age);
}

static int print_list(const struct removal_session *session,
		      const struct saved_list *list)
{
	const struct host *host = session->rm.host;
	struct table *table = table_new(&session->view);
	struct buf out = { .to = stdout };
	const struct saved *saved;

	table_column(table, "ID", ALIGN_LEFT);
	table_column(table, "REF", ALIGN_LEFT);
	table_column(table, "OWNER", ALIGN_LEFT);
	table_column(table, "SIZE", ALIGN_RIGHT);
	table_column(table, "AGE", ALIGN_RIGHT);
	table_column(table, "BY", ALIGN_LEFT);
	vec_for_each(saved, &list->all)
		add_row(table, saved, host->ops->now(host));
	if (list->all.nr)
		table_print(table, &out);
	else if (session->foot)
		buf_puts(&out, "nothing is kept\n");
	table_free(table);
	return output_finish(&out);
}

static int restore(struct removal_session *session, const struct saved *saved,
		   struct buf *out)
{
	struct buf lost = {};
	char why[256];
	int ret;

	if (asked(session->req, OPTION_DRY_RUN)) {
		buf_printf(out, "restore %s, removed as %s\n", saved->ref,
			   saved->id);
		return STATUS_OK;
	}
	ret = undo_one(&session->rm, saved, &lost, why);
	if (ret) {
		buf_flush(out);
		complain("%s not restored: %s", *saved->ref ? saved->ref :
			 saved->id, why);
	} else {
		buf_printf(out, "restored %s", saved->ref);
		if (lost.len)
			buf_printf(out, "; could not be restored: %s", lost.data);
		buf_putc(out, '\n');
	}
	buf_free(&lost);
	return !ret ? STATUS_OK : ret == -EEXIST ? STATUS_REFUSED :
	       STATUS_FAILED;
}

static int restore_meant(struct removal_session *session, const struct saved_list *list,
			 const char *id)
{
	struct buf out = { .to = stdout };
	const struct saved *saved;
	int status = STATUS_OK, failed;
	bool any = false;

	vec_for_each(saved, &list->all) {
		int now;

		if (!is_meant(saved, id))
			continue;
		any = true;
		now = restore(session, saved, &out);
		if (!status || now == STATUS_FAILED)
			status = now;
	}
	failed = output_finish(&out);
	if (!any) {
		complain("nothing is kept as '%s': ipcscope undo --list", id);
		return STATUS_FAILED;
	}
	return status ? status : failed;
}

static int restore_all(struct removal_session *session, struct saved_list *list)
{
	const struct request *req = session->req;
	const char *last = saved_last_run(list);
	int status = STATUS_OK, i;

	if (asked(req, OPTION_LAST) && !last) {
		complain("nothing is kept: there is nothing to bring back");
		return STATUS_FAILED;
	}
	if (asked(req, OPTION_LAST))
		return restore_meant(session, list, last);
	for (i = 0; i < req->nr_args; i++) {
		int now = restore_meant(session, list, req->args[i]);

		if (!status || now == STATUS_FAILED)
			status = now;
	}
	return status;
}

static int check(const struct request *req)
{
	int ways = !!req->nr_args + asked(req, OPTION_LAST) +
		   asked(req, OPTION_LIST);

	if (ways == 1)
		return 0;
	return misused("undo takes one of --list, --last, or IDs from ipcscope undo --list");
}

static int undo_run(const struct request *req)
{
	struct saved_list list = {};
	struct removal_session session;
	char why[256];
	int status, ret;

	status = removal_session_init(&session, req);
	if (!status)
		status = check(req);
	if (!status && removal_paths(&session.rm, why)) {
		complain("%s", why);
		status = STATUS_FAILED;
	}
	if (!status && !asked(req, OPTION_LIST) && !asked(req, OPTION_DRY_RUN))
		status = removal_session_open(&session);
	if (!status) {
		ret = saved_list(&session.rm, &list);
		if (ret) {
			complain("%s: %s", session.rm.paths.saved.data,
				 strerror(-ret));
			status = STATUS_FAILED;
		} else if (asked(req, OPTION_LIST)) {
			status = print_list(&session, &list);
		} else {
			status = restore_all(&session, &list);
		}
	}
	removal_close(&session.rm);
	saved_list_free(&list);
	removal_session_free(&session);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope undo --list", "what can be brought back" },
	{ "ipcscope undo --last", "everything the last run removed" },
	{ NULL, NULL },
};

const struct command command_undo = {
	.name	 = "undo",
	.args	 = "[ID]...",
	.help	 = "bring back what was removed",
	.details =
		"Makes removed objects again from what rm and clean have kept: the "
		"same key, id, name, owner, mode and contents. Who waited on an "
		"object or had it open does not get it back, and what else cannot "
		"be restored is said. An object whose key or name is taken again is "
		"left alone, and exit status 5.\n\n"
		"Copies are kept for 30 days and up to 1 GiB in all, the oldest go "
		"first. An ID is one object, or a run with all of its objects.",
	.examples = examples,
	.takes	 = TAKES(LIST) | TAKES(LAST) | TAKES(DRY_RUN) | TAKES(QUIET) |
		   TAKES(LOG) | TAKES(NO_LOG) | TAKES(COLOR),
	.max_args = ANY_NUMBER,
	.run	 = undo_run,
};
