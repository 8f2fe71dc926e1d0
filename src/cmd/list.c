// SPDX-License-Identifier: GPL-2.0-or-later
/* One row an object. */
#include "cli/foot.h"
#include "cli/session.h"
#include "cli/total.h"

struct list {
	struct session session;
	const struct field_list *by;	/* totals of these, not rows; NULL */
	bool assessed;	/* the foot says how much may be left behind */
};

/* What can be without a name. */
#define NAMELESS	(A_CLASS(shm) | A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | \
			 A_CLASS(memfd) | A_CLASS(secretmem))
#define NAMELESS_COLUMNS "ref,owner,used,state,age,users"

static session_fn list_parse, list_plan, list_analyse, list_print, list_hint;

const struct command command_list = {
	.name	 = "list",
	.args	 = "[CLASS|REF]...",
	.help	 = "one row an object",
	.details = "Lists the objects of the classes and the objects named by REFs, "
		"in any mixture. Without any: those that outlive processes, of "
		"System V and POSIX IPC; with --all every class. The word list "
		"may be left out.\n\n"
		"Of one class its own columns are shown, of several those that "
		"all have. Where a column does not apply it is blank; - means "
		"that there is none, and ? that it could not be known.\n\n"
		"Filters are joined by and. What no column, filter or order "
		"needs is not read.\n\n"
		"--unlinked lists memory and queues that no name leads to: POSIX "
		"objects whose name is removed, segments removed while attached, "
		"and memfds, each once, with "
		"whoever keeps it and the bytes that it takes.",
	.examples = {
		{ "ipcscope", "shared memory, semaphores and message queues" },
		{ "ipcscope -a", "pipes, sockets and all the rest too" },
		{ "ipcscope list shm", "segments, with columns of their own" },
		{ "ipcscope list unix tcp", "sockets of two kinds" },
		{ "ipcscope -w 'owner == www-data and age > 1h'", "what that user left" },
		{ "ipcscope --unattached --sort -size", "what no process has, largest first" },
		{ "ipcscope --by owner,class", "who has how much of what" },
		{ "ipcscope list shm -o +cpid,lpid", "more columns" },
		{ "ipcscope --json | jq -r '.objects[].ref'", "for scripts" },
	},
	.takes	 = {
		TAKES_READING, TAKES_NS, TAKES_PRINTING, TAKES(ALL), TAKES(SORT), TAKES(LIMIT),
		TAKES(BY), TAKES(UNLINKED),
	},
	.takes_filters = true,
	.completes = COMPLETES(CLASSES) | COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct list),
	.parse	 = list_parse,
	.plan	 = list_plan,
	.analyse = list_analyse,
	.print	 = list_print,
	.hint	 = list_hint,
};

static int list_parse(struct session *session)
{
	struct list *list = session_of(session, struct list, session);
	const struct request *req = session->req;
	struct selection *sel = &session->sel;
	enum class_id class;
	int status;

	sel->nameless = asked(req, OPTION_UNLINKED);
	if (asked(req, OPTION_ALL))
		sel->named = ALL_CLASSES;
	else if (sel->nameless && !req->nr_args)
		sel->named = NAMELESS;
	status = selection_args(sel, req, false);
	if (!status && req->filtered)
		status = selection_filters(sel, req, &session->picture);
	if (!status && asked(req, OPTION_BY)) {
		list->by = &req->option[OPTION_BY].fields;
		status = total_check(req);
	}
	if (status)
		return status;
	selection_settle(sel, req);
	columns_parse(session, sel->nameless ? NAMELESS_COLUMNS : NULL, NULL);
	if (sel->nameless && format_infos[session->view.format].nested) {
		for (class = 0; class < NR_CLASSES; class++) {
			if (class_field(class_infos[class], FIELD_USED))
				fieldset_add(&session->columns.json[class], FIELD_USED);
		}
	}
	return 0;
}

static int list_plan(struct session *session)
{
	struct list *list = session_of(session, struct list, session);
	const struct selection *sel = &session->sel;
	const struct class_info *kind = only_kind(sel->classes);
	struct query *query = &session->picture.query;

	query->classes = sel->classes;
	/* Its own table leaves out of STATE what another column says. */
	if (kind && !asked(session->req, OPTION_COLUMNS))
		session->view.states_told = kind->states_told;
	if (list->by)
		total_query(list->by, query);
	else
		columns_query(session);
	selection_query(&session->sel, query);
	if (!session->foot)
		return 0;
	/* What only the foot needs is no gap if it is missing. */
	query_plan(query);
	session->picture.parts = query->parts;
	list->assessed = sel->by_default && !sel->filters.nr && !list->by &&
			 !assessment_open(&session->assessment, session->req, sel->classes);
	if (list->assessed)
		stale_query(query, &session->assessment.profiles);
	foot_query(sel, query);
	return 0;
}

static int list_analyse(struct session *session)
{
	/* A filter may have left out what it did not know, and what is in flight has no row.
	 * Without warnings nothing is lacking. */
	if (!session->sel.filters.nr && !session->sel.nameless && session->picture.snap.warnings.nr)
		picture_narrow(&session->picture, session->sel.classes, &session->rows);
	if (session_of(session, struct list, session)->assessed)
		assessment_run(&session->assessment, &session->picture,
			       &session->rows, false);
	return 0;
}

static int list_print(struct session *session)
{
	const struct list *list = session_of(session, struct list, session);
	const struct snapshot *snap = &session->picture.snap;
	const struct rows *rows = &session->rows;
	uint32_t nr = rows->nr < session->limit ? rows->nr : session->limit;

	if (list->by)
		total_print(&session->out, &session->view, snap, list->by, rows);
	else if (nr || !session->foot)
		render_objects(&session->out, &session->view, snap, rows->at, nr);
	if (!session->foot)
		return 0;
	foot_print(&session->out, &session->view, &session->sel,
		   &session->picture, rows, assessment_left(&session->assessment));
	foot_limit(&session->out, &session->view, rows->nr - nr);
	return 0;
}

static int list_hint(struct session *session)
{
	foot_hint(&session->out, &session->view, &session->picture);
	return 0;
}
