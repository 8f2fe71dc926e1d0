// SPDX-License-Identifier: GPL-2.0-or-later
/* Brings back what was removed. */
#include <errno.h>
#include <string.h>

#include "ipcscope/text.h"
#include "cli/removal_session.h"

/* What one run removed, and what of it is kept. */
struct undo_run {
	const struct saved *first;
	uint32_t nr, kept;
	uint64_t size, bytes;
	struct buf owners;
};

struct undo_listing {
	const struct saved_list *list;
	struct VEC(struct undo_run) runs;	/* newest first */
	struct VEC(uint32_t) kept;		/* of the list */
	uint64_t bytes;
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
		"left alone; exit status 5 says that some could not be brought back.\n\n"
		"Alone it lists what was removed, a line a run; --list lists the "
		"objects that are kept. --last is the first run of the list, "
		"also where nothing of it was kept.\n\n"
		"Copies are kept for 30 days and up to 1 GiB in all, the oldest go "
		"first. An ID is one object, or a run with all of its objects. What was "
		"removed in another IPC namespace, or from a directory that is on another "
		"file system now, is restored with --here only.",
	.examples = {
		{ "ipcscope undo", "what was removed, and what of it is kept" },
		{ "ipcscope undo --list", "what can be brought back" },
		{ "ipcscope undo --last", "everything the last run removed" },
	},
	.takes	 = {
		TAKES(LIST), TAKES(LAST), TAKES(HERE), TAKES(DRY_RUN), TAKES(QUIET), TAKES(LOG),
		TAKES(NO_LOG), TAKES(COLOR),
	},
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct removal_session),
	.parse	 = undo_parse,
	.print	 = undo_print,
	.close	 = undo_close,
};

static void undo_put_age(struct cells *cells, const struct undo_listing *listing,
			 const struct saved *saved)
{
	if (saved->whole)
		num_age(cells->text, listing->now > saved->time ?
			(uint64_t)(listing->now - saved->time) : 0);
	else
		buf_putc(cells->text, '?');
	cells_end(cells, NULL);
}

static void undo_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct saved *saved = &listing->list->all.at[listing->kept.at[row]];

	cells_text(cells, saved->id);
	cells_text(cells, saved->whole ? saved->ref : "?");
	cells_text(cells, saved->owner);
	cells_text(cells, saved->amount);
	undo_put_age(cells, listing, saved);
	cells_text(cells, saved->whole ? saved->command : "damaged");
}

static void undo_run_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct undo_listing *listing = sheet->arg;
	const struct undo_run *run = &listing->runs.at[row];
	const struct saved *first = run->first;

	buf_add(cells->text, first->id, strcspn(first->id, "."));
	cells_end(cells, NULL);
	undo_put_age(cells, listing, first);
	cells_text(cells, first->whole ? first->command : "damaged");
	buf_puts(cells->text, first->whole ? first->ref : "?");
	if (run->nr > 1)
		buf_printf(cells->text, " +%u", run->nr - 1);
	cells_end(cells, NULL);
	if (run->nr == 1)
		cells_text(cells, first->amount);
	else
		cells_size(cells, run->size);
	if (run->kept && run->kept < run->nr) {
		buf_printf(cells->text, "%u (", run->kept);
		num_size(cells->text, run->bytes);
		buf_putc(cells->text, ')');
	} else {
		buf_puts(cells->text, run->kept ? "all" : "none");
	}
	cells_end(cells, NULL);
	cells_text(cells, run->owners.data);
}

/* Objects of a run stand together, the oldest run first. */
static void undo_sum_up(struct undo_listing *listing)
{
	const struct saved_list *list = listing->list;
	struct undo_run *run = NULL;
	uint32_t i;

	for (i = list->all.nr; i-- > 0; ) {
		const struct saved *saved = &list->all.at[i];
		const size_t len = strcspn(saved->id, ".") + 1;

		if (!run || strncmp(saved->id, run->first->id, len)) {
			run = vec_add(&listing->runs);
			*run = (struct undo_run){ .nr = 0 };
		}
		run->first = saved;
		run->nr++;
		num_add(&run->size, saved->size);
		if (!saved->lost) {
			run->kept++;
			num_add(&run->bytes, saved->size);
			num_add(&listing->bytes, saved->size);
		}
		if (!run->owners.len || !strstr(run->owners.data, saved->owner))
			buf_printf(&run->owners, "%s%s", run->owners.len ? ", " : "",
				   saved->owner);
	}
	for (i = 0; i < list->all.nr; i++) {
		if (!list->all.at[i].lost)
			*vec_add(&listing->kept) = i;
	}
}

static void undo_put_foot(struct buf *out, const struct removal_session *removal,
			  const struct undo_listing *listing)
{
	buf_printf(out, "\n%u run%s, ", listing->runs.nr, listing->runs.nr == 1 ? "" : "s");
	num_size(out, listing->bytes);
	buf_puts(out, " kept of ");
	num_size(out, removal->rm.keep_most);
	buf_puts(out, ", for 30 days\n");
	if (listing->runs.at[0].kept)
		buf_puts(out, "bring back the first: ipcscope undo --last; only look: ipcscope undo -n --last\n");
	else if (listing->kept.nr)
		buf_puts(out, "bring back one that is kept: ipcscope undo RUN\n");
}

static int undo_print_list(const struct removal_session *removal,
			   const struct saved_list *list, bool objects)
{
	static const struct column columns[] = {
		{ "ID", ALIGN_LEFT, 0 }, { "REF", ALIGN_LEFT, 0 },
		{ "OWNER", ALIGN_LEFT, 0 }, { "SIZE", ALIGN_RIGHT, 0 },
		{ "AGE", ALIGN_RIGHT, 0 }, { "BY", ALIGN_LEFT, 0 },
	}, run_columns[] = {
		{ "RUN", ALIGN_LEFT, 0 }, { "AGE", ALIGN_RIGHT, 0 },
		{ "BY", ALIGN_LEFT, 0 }, { "REMOVED", ALIGN_LEFT, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 }, { "KEPT", ALIGN_LEFT, 0 },
		{ "OWNERS", ALIGN_LEFT, 0 },
	};
	const struct host *host = removal->rm.host;
	struct undo_listing listing = { .list = list, .now = host->ops->now(host) };
	struct sheet sheet = { .arg = &listing };
	struct buf out = { .to = stdout };
	struct undo_run *run;

	undo_sum_up(&listing);
	sheet.columns = objects ? columns : run_columns;
	sheet.nr_columns = objects ? ARRAY_SIZE(columns) : ARRAY_SIZE(run_columns);
	sheet.nr = objects ? listing.kept.nr : listing.runs.nr;
	sheet.row = objects ? undo_row : undo_run_row;
	if (sheet.nr)
		render_sheet(&out, &removal->session.view, &sheet);
	else if (removal->session.foot)
		buf_puts(&out, "nothing is kept\n");
	if (sheet.nr && !objects && removal->session.foot)
		undo_put_foot(&out, removal, &listing);
	vec_for_each(run, &listing.runs)
		buf_free(&run->owners);
	vec_free(&listing.runs);
	vec_free(&listing.kept);
	return output_finish(&out);
}

static int undo_restore(struct removal_session *removal, const struct saved *saved,
			struct buf *out)
{
	struct buf lost = {};
	char why[256];
	int ret;

	if (saved->lost) {
		buf_printf(out, "not kept %s %s (%s)\n", saved->ref, saved->amount, saved->lost);
		return STATUS_REFUSED;
	}
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
	return ret ? STATUS_REFUSED : STATUS_OK;
}

static int undo_restore_meant(struct removal_session *removal, const struct saved_list *list,
			      const char *id)
{
	struct buf out = { .to = stdout };
	const struct saved *saved;
	int status = STATUS_OK, failed;
	bool any = false, kept = false;
	size_t len = strlen(id);

	vec_for_each(saved, &list->all) {
		int now;

		/* Neither the one nor of the run of that name. */
		if (strncmp(saved->id, id, len) || (saved->id[len] && saved->id[len] != '.'))
			continue;
		any = true;
		kept |= !saved->lost;
		now = undo_restore(removal, saved, &out);
		if (!status || now == STATUS_FAILED)
			status = now;
	}
	failed = output_finish(&out);
	if (!any) {
		complain("nothing is kept as '%s': ipcscope undo --list", id);
		return STATUS_FAILED;
	}
	if (!kept)
		complain("of %s nothing is kept: there is nothing to bring back (older runs: ipcscope undo)", id);
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

static bool undo_only_lists(const struct request *req)
{
	return !req->nr_args && !asked(req, OPTION_LAST);
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
	removal->rm.here = asked(req, OPTION_HERE);
	if (!!req->nr_args + asked(req, OPTION_LAST) + asked(req, OPTION_LIST) > 1)
		return misused("undo takes one of --list, --last, or IDs from ipcscope undo --list");
	if (!undo_only_lists(req) && !asked(req, OPTION_DRY_RUN))
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
	} else if (undo_only_lists(session->req)) {
		status = undo_print_list(removal, &list, asked(session->req, OPTION_LIST));
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
