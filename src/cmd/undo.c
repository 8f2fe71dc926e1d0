// SPDX-License-Identifier: GPL-2.0-or-later
/* Brings back what was removed. */
#include <errno.h>
#include <string.h>

#include "ipcscope/text.h"
#include "cli/removal_session.h"

struct undo_listing {
	const struct saved_list *list;
	int64_t now;
};

static session_fn undo_parse, undo_print;
static void undo_close(struct session *session);

const struct command command_undo = {
	.name	 = "undo",
	.args	 = "[ID]...",
	.help	 = "bring back what was removed",
	.details = "Makes removed objects again from what rm and clean have kept: the "
		"same key, id, name, owner, mode and contents. Who waited on an "
		"object or had it open does not get it back, and what else cannot "
		"be restored is said. An object whose key or name is taken again is "
		"left alone, and exit status 5.\n\n"
		"Copies are kept for 30 days and up to 1 GiB in all, the oldest go "
		"first. An ID is one object, or a run with all of its objects.",
	.examples = {
		{ "ipcscope undo --list", "what can be brought back" },
		{ "ipcscope undo --last", "everything the last run removed" },
	},
	.takes	 = {
		TAKES(LIST), TAKES(LAST), TAKES(DRY_RUN), TAKES(QUIET), TAKES(LOG),
		TAKES(NO_LOG), TAKES(COLOR),
	},
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct removal_session),
	.parse	 = undo_parse,
	.print	 = undo_print,
	.close	 = undo_close,
};

static void undo_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct saved *saved = &listing->list->all.at[row];

	cells_text(cells, saved->id);
	cells_text(cells, saved->whole ? saved->ref : "?");
	cells_text(cells, saved->owner);
	cells_text(cells, saved->amount);
	if (saved->whole)
		num_age(cells->text, listing->now > saved->time ?
			(uint64_t)(listing->now - saved->time) : 0);
	else
		buf_putc(cells->text, '?');
	cells_end(cells, NULL);
	cells_text(cells, saved->whole ? saved->command : "damaged");
}

static int undo_print_list(const struct removal_session *removal,
			   const struct saved_list *list)
{
	static const struct column columns[] = {
		{ "ID", ALIGN_LEFT, 0 }, { "REF", ALIGN_LEFT, 0 },
		{ "OWNER", ALIGN_LEFT, 0 }, { "SIZE", ALIGN_RIGHT, 0 },
		{ "AGE", ALIGN_RIGHT, 0 }, { "BY", ALIGN_LEFT, 0 },
	};
	const struct host *host = removal->rm.host;
	const struct undo_listing listing = { list, host->ops->now(host) };
	const struct sheet sheet = {
		.columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.nr = list->all.nr, .row = undo_row, .arg = &listing,
	};
	struct buf out = { .to = stdout };

	if (list->all.nr)
		render_sheet(&out, &removal->session.view, &sheet);
	else if (removal->session.foot)
		buf_puts(&out, "nothing is kept\n");
	return output_finish(&out);
}

static int undo_restore(struct removal_session *removal, const struct saved *saved,
			struct buf *out)
{
	struct buf lost = {};
	char why[256];
	int ret;

	if (asked(removal->session.req, OPTION_DRY_RUN)) {
		buf_printf(out, "restore %s, removed as %s\n", saved->ref, saved->id);
		return STATUS_OK;
	}
	ret = undo_one(&removal->rm, saved, &lost, why);
	if (ret) {
		buf_flush(out);
		complain("%s not restored: %s", *saved->ref ? saved->ref : saved->id, why);
	} else {
		buf_printf(out, "restored %s", saved->ref);
		if (lost.len)
			buf_printf(out, "; could not be restored: %s", lost.data);
		buf_putc(out, '\n');
	}
	buf_free(&lost);
	return !ret ? STATUS_OK : ret == -EEXIST ? STATUS_REFUSED : STATUS_FAILED;
}

static int undo_restore_meant(struct removal_session *removal, const struct saved_list *list,
			      const char *id)
{
	struct buf out = { .to = stdout };
	const struct saved *saved;
	int status = STATUS_OK, failed;
	size_t len = strlen(id);
	bool any = false;

	vec_for_each(saved, &list->all) {
		int now;

		/* Neither the one nor of the run of that name. */
		if (strncmp(saved->id, id, len) || (saved->id[len] && saved->id[len] != '.'))
			continue;
		any = true;
		now = undo_restore(removal, saved, &out);
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

static int undo_restore_all(struct removal_session *removal, struct saved_list *list)
{
	const struct request *req = removal->session.req;
	const char *last = saved_last_run(list);
	int status = STATUS_OK, i;

	if (asked(req, OPTION_LAST) && !last) {
		complain("nothing is kept: there is nothing to bring back");
		return STATUS_FAILED;
	}
	if (asked(req, OPTION_LAST))
		return undo_restore_meant(removal, list, last);
	for (i = 0; i < req->nr_args; i++) {
		int now = undo_restore_meant(removal, list, req->args[i]);

		if (!status || now == STATUS_FAILED)
			status = now;
	}
	return status;
}

static int undo_parse(struct session *session)
{
	struct removal_session *removal = session_of(session, struct removal_session,
						     session);
	const struct request *req = session->req;
	int status = removal_session_parse(removal);
	char why[256];

	if (status)
		return status;
	if (!!req->nr_args + asked(req, OPTION_LAST) + asked(req, OPTION_LIST) != 1)
		return misused("undo takes one of --list, --last, or IDs from ipcscope undo --list");
	if (!asked(req, OPTION_LIST) && !asked(req, OPTION_DRY_RUN))
		return removal_session_open(removal);
	if (removal_paths(&removal->rm, why)) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	return 0;
}

static int undo_print(struct session *session)
{
	struct removal_session *removal = session_of(session, struct removal_session,
						     session);
	struct saved_list list = {};
	int status, ret = saved_list(&removal->rm, &list);

	if (ret) {
		complain("%s: %s", removal->rm.paths.saved, strerror(-ret));
		status = STATUS_FAILED;
	} else if (asked(session->req, OPTION_LIST)) {
		status = undo_print_list(removal, &list);
	} else {
		status = undo_restore_all(removal, &list);
	}
	saved_list_free(&list);
	return status;
}

static void undo_close(struct session *session)
{
	removal_session_free(session_of(session, struct removal_session, session));
}
