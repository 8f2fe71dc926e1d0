// SPDX-License-Identifier: GPL-2.0-or-later
/* Brings back what was removed. */
#include <errno.h>
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"
#include "undo.h"

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
		TAKES(NO_LOG), TAKES(COLOR), TAKES(JSON),
	},
	.completes = COMPLETES(KEPT),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct removal_session),
	.parse	 = undo_parse,
	.print	 = undo_print,
	.close	 = undo_close,
};

/* What is printed as objects are brought back, and where to. */
struct undoing {
	struct removal_session *removal;
	struct buf out;
	struct json json;
	bool as_json;
};

/* @text: what @state means for it; NULL: no more than it says. */
static void undo_tell(struct undoing *undoing, const struct saved *saved, const char *state,
		      const char *key, const char *text)
{
	struct json *json = &undoing->json;

	json_open(json, NULL, '{');
	undo_json_str(json, "id", saved->id);
	if (*saved->ref)
		undo_json_str(json, "ref", saved->ref);
	json_text(json, "state", state);
	if (text)
		undo_json_str(json, key, text);
	json_close(json, '}');
}

static int undo_restore(struct undoing *undoing, const struct saved *saved)
{
	struct removal *rm = &undoing->removal->rm;
	struct buf *out = &undoing->out;
	struct buf lost = {};
	char why[256];
	int ret;

	if (saved->lost) {
		if (undoing->as_json)
			undo_tell(undoing, saved, "not-kept", "why", saved->lost);
		else
			buf_printf(out, "not kept %s %s (%s)\n", saved->ref, saved->amount,
				   saved->lost);
		return STATUS_REFUSED;
	}
	if (asked(undoing->removal->session.req, OPTION_DRY_RUN)) {
		if (undoing->as_json)
			undo_tell(undoing, saved, "planned", NULL, NULL);
		else
			buf_printf(out, "restore %s%s%s%s as %s\n", saved->ref,
				   saved->changed ? " (" : "", saved->changed ? saved->amount : "",
				   saved->changed ? "), set" : ", removed", saved->id);
		return STATUS_OK;
	}
	ret = undo_one(rm, saved, &lost, why);
	if (ret) {
		if (undoing->as_json)
			undo_tell(undoing, saved, "failed", "why", why);
		else
			buf_flush(out);
		complain("%s not restored: %s", *saved->ref ? saved->ref : saved->id, why);
	} else if (undoing->as_json) {
		undo_tell(undoing, saved, "restored", "lost", lost.len ? lost.data : NULL);
	} else {
		buf_printf(out, "restored %s", saved->ref);
		if (saved->changed)
			buf_printf(out, " (undone: %s)", saved->amount);
		if (lost.len)
			buf_printf(out, "; could not be restored: %s", lost.data);
		buf_putc(out, '\n');
	}
	buf_free(&lost);
	return ret ? STATUS_REFUSED : STATUS_OK;
}

static int undo_restore_meant(struct undoing *undoing, const struct saved_list *list,
			      const char *id)
{
	const struct saved *saved;
	int status = STATUS_OK;
	bool any = false, kept = false;
	size_t len = strlen(id);

	vec_for_each(saved, &list->all) {
		int now;

		/* Neither the one nor of the run of that name. */
		if (strncmp(saved->id, id, len) || (saved->id[len] && saved->id[len] != '.'))
			continue;
		any = true;
		kept |= !saved->lost;
		now = undo_restore(undoing, saved);
		if (!status || now == STATUS_FAILED)
			status = now;
	}
	if (!undoing->as_json)
		buf_flush(&undoing->out);
	if (!any) {
		complain("nothing is kept as '%s': ipcscope undo --list", id);
		return STATUS_FAILED;
	}
	if (!kept)
		complain("of %s nothing is kept: there is nothing to bring back (older runs: ipcscope undo)", id);
	return status;
}

static int undo_restore_all(struct removal_session *removal, struct saved_list *list)
{
	const struct request *req = removal->session.req;
	struct undoing undoing = {
		.removal = removal, .out = { .to = stdout }, .as_json = asked(req, OPTION_JSON),
	};
	const char *last = saved_last_run(list);
	int status = STATUS_OK, failed, i;

	undoing.json.to = &undoing.out;
	if (undoing.as_json) {
		render_json_head(&undoing.json, NULL);
		json_open(&undoing.json, "objects", '[');
	}
	if (asked(req, OPTION_LAST) && last) {
		status = undo_restore_meant(&undoing, list, last);
	} else if (asked(req, OPTION_LAST)) {
		complain("nothing is kept: there is nothing to bring back");
		status = STATUS_FAILED;
	}
	for (i = 0; i < req->nr_args; i++) {
		int now = undo_restore_meant(&undoing, list, req->args[i]);

		if (!status || now == STATUS_FAILED)
			status = now;
	}
	if (undoing.as_json) {
		json_close(&undoing.json, ']');
		json_bool(&undoing.json, "done", !asked(req, OPTION_DRY_RUN));
		render_json_tail(&undoing.json, NULL);
	}
	failed = output_finish(&undoing.out);
	return status ? status : failed;
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
		return removal_session_open(&removal->rm);
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
		status = undo_list(removal, &list, asked(session->req, OPTION_LIST));
	} else {
		status = undo_restore_all(removal, &list);
	}
	saved_list_free(&list);
	removal_close(&removal->rm);
	if (*removal->rm.fatal) {
		complain("%s", removal->rm.fatal);
		status = STATUS_FAILED;
	}
	return status;
}

static void undo_close(struct session *session)
{
	removal_session_free(session_of(session, struct removal_session, session));
}
