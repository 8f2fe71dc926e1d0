// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/foot.h"
#include "cli/assessment.h"
#include "cli/total.h"

struct listing {
	const struct request *req;
	struct view view;
	struct selection sel;
	struct picture picture;
	struct columns columns;
	struct field_list by;
	struct rows rows;
	bool foot;
	bool judged;	/* the foot says how much may be left behind */
	struct assessment assessment;
};

static int parse(struct listing *list)
{
	const struct request *req = list->req;
	int status = printing_parse(req, &list->view);

	if (!status)
		status = selection_args(&list->sel, req, false);
	if (!status)
		status = selection_filters(&list->sel, req, &list->picture);
	if (status)
		return status;
	selection_classes(&list->sel);
	status = selection_order(&list->sel, req);
	if (!status)
		status = total_parse(req, &list->by);
	if (!status)
		status = columns_parse(req, list->sel.classes, &list->columns);
	columns_view(&list->columns, &list->view);
	return status;
}

/* Its own table leaves out of STATE what another column says. */
static uint64_t states_told(const struct listing *list)
{
	const struct class_info *kind = only_kind(list->sel.classes);

	return kind && !asked(list->req, OPTION_COLUMNS) ? kind->states_told : 0;
}

static void ask(struct listing *list)
{
	struct query *query = &list->picture.query;

	query->classes = list->sel.classes;
	list->view.states_told = states_told(list);
	if (list->by.nr)
		total_query(&list->by, query);
	else
		columns_query(&list->columns, &list->view, query);
	selection_query(&list->sel, query);
	query_plan(query);
	list->picture.parts = query->parts;
	list->foot = printing_foot(list->req, &list->view);
	list->judged = list->foot && list->sel.by_default &&
		       !list->sel.filters.nr && !list->by.nr &&
		       !assessment_open(&list->assessment, list->req);
	if (list->judged)
		stale_query(query, &list->assessment.profiles);
	if (list->foot)
		foot_query(&list->sel, query);
}

static int print(struct listing *list, int status)
{
	const struct snapshot *snap = &list->picture.snap;
	struct buf out = { .to = stdout };
	int failed;

	/* A filter may have left out what it did not know. */
	if (!list->sel.filters.nr)
		picture_narrow(&list->picture, list->sel.classes, &list->rows);
	if (list->by.nr)
		total_print(&out, &list->view, snap, &list->by, &list->rows);
	else if (list->rows.nr || !list->foot)
		render_objects(&out, &list->view, snap, list->rows.at,
			       list->rows.nr);
	if (list->judged)
		assessment_run(&list->assessment, &list->picture, &list->rows, false);
	if (list->foot)
		foot_print(&out, &list->view, &list->sel, &list->picture,
			   &list->rows, assessment_left(&list->assessment));
	failed = output_finish(&out);
	if (failed)
		return failed;
	status = picture_warn(&list->picture, status);
	if (!list->foot)
		return status;
	out = (struct buf){ .to = stdout };
	out = (struct buf){ .to = stdout };
	foot_hint(&out, &list->view, &list->picture);
	failed = output_finish(&out);
	return failed ? failed : status;
}

static int list_run(const struct request *req)
{
	struct listing list = { .req = req };
	int status;

	picture_init(&list.picture, req);
	status = parse(&list);
	if (!status) {
		ask(&list);
		status = picture_run(&list.picture);
	}
	if (!status) {
		status = selection_pick(&list.sel, &list.picture, &list.rows);
		/* Other rows are good, but not for a misunderstood REF. */
		if (status != STATUS_USAGE)
			status = print(&list, status);
	}
	vec_free(&list.rows);
	vec_free(&list.by);
	columns_free(&list.columns);
	assessment_free(&list.assessment);
	selection_free(&list.sel);
	picture_free(&list.picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope", "shared memory, semaphores and message queues" },
	{ "ipcscope -a", "pipes, sockets and all the rest too" },
	{ "ipcscope list shm", "segments, with columns of their own" },
	{ "ipcscope list unix tcp", "sockets of two kinds" },
	{ "ipcscope -w 'owner == www-data and age > 1h'", "what that user left" },
	{ "ipcscope --unattached --sort -size", "what no process has, largest first" },
	{ "ipcscope --by owner,class", "who has how much of what" },
	{ "ipcscope list shm -o +cpid,lpid", "more columns" },
	{ "ipcscope --json | jq -r '.objects[].ref'", "for scripts" },
	{ NULL, NULL },
};

const struct command command_list = {
	.name	 = "list",
	.args	 = "[CLASS|REF]...",
	.help	 = "one row an object",
	.details =
		"Lists the objects of the classes and the objects named by REFs, "
		"in any mixture. Without any: those that outlive processes, of "
		"System V and POSIX IPC; with --all every class. The word list "
		"may be left out.\n\n"
		"Of one class its own columns are shown, of several those that "
		"all have. Where a column does not apply it is blank; - means "
		"that there is none, and ? that it could not be known.\n\n"
		"Filters are joined by and. What no column, filter or order "
		"needs is not read.",
	.examples = examples,
	.takes	 = TAKES_READING | TAKES_PRINTING | TAKES_FILTERS | TAKES(ALL) |
		   TAKES(SORT) | TAKES(BY),
	.completes = COMPLETES(CLASSES) | COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.run	 = list_run,
};
