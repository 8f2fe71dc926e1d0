// SPDX-License-Identifier: GPL-2.0-or-later
/* What is left behind, and how that is known. */
#include "cli/foot.h"
#include "cli/assessment.h"
#include "ipcscope/json.h"

struct stale_command {
	const struct request *req;
	struct view view;
	struct row_annotation annotation;
	struct selection sel;
	struct picture picture;
	struct columns columns;
	struct assessment assessment;
	struct rows rows;	/* all that were judged */
	struct rows shown;
	struct VEC(uint32_t) which;	/* finding of each row shown */
	uint32_t count[NR_VERDICTS];
	bool foot;
};

static const struct finding *finding_of(const struct stale_command *stale,
					uint32_t row)
{
	return &stale->assessment.findings.findings.at[stale->which.at[row]];
}

static const char *extra_cell(const void *arg, uint32_t row, bool last,
			      bool wide, struct buf *to)
{
	const struct finding *finding = finding_of(arg, row);

	if (last) {
		finding_why(to, finding, wide ? 0 : WHY_BRIEF);
		return NULL;
	}
	buf_puts(to, verdict_infos[finding->verdict].word);
	return verdict_color(finding->verdict);
}

static void row_annotation_json(const void *arg, uint32_t row, struct json *json)
{
	assessment_json(json, finding_of(arg, row));
}

/* --all is about verdicts here, not about classes. */
static int parse_args(struct stale_command *stale)
{
	struct request plain = *stale->req;
	struct selection *sel = &stale->sel;
	int status;

	plain.option[OPTION_ALL] = NULL;
	status = selection_args(sel, &plain, false);
	if (status)
		return status;
	if (sel->by_default) {
		sel->classes &= ~sel->named;
		sel->named = stale_classes();
	}
	if (sel->named && !(sel->named & stale_classes()))
		return misused("stale: %s lives only as long as a process has it: nothing is left behind",
			       class_infos[__builtin_ctzll(sel->named)]->name);
	sel->classes &= ~(sel->named & ~stale_classes());
	sel->named &= stale_classes();
	sel->classes |= sel->named;
	return 0;
}

static int parse(struct stale_command *stale)
{
	const struct request *req = stale->req;
	int status = printing_parse(req, &stale->view);

	if (!status)
		status = assessment_open(&stale->assessment, req);
	if (!status)
		status = parse_args(stale);
	if (!status)
		status = selection_filters(&stale->sel, req, &stale->picture);
	if (status)
		return status;
	selection_classes(&stale->sel);
	status = selection_order(&stale->sel, req);
	if (!status)
		status = columns_parse_as(req, stale->sel.classes,
					  "ref,owner,amount,age",
					  "ref,owner,amount,age,idle",
					  &stale->columns);
	columns_view(&stale->columns, &stale->view);
	stale->annotation = (struct row_annotation){
		.first = "VERDICT", .last = "WHY", .cell = extra_cell,
		.json = row_annotation_json, .arg = stale,
	};
	stale->view.annotation = &stale->annotation;
	stale->view.details = true;
	return status;
}

static void ask(struct stale_command *stale)
{
	struct query *query = &stale->picture.query;

	query->classes = stale->sel.classes;
	columns_query(&stale->columns, &stale->view, query);
	selection_query(&stale->sel, query);
	stale->foot = printing_foot(stale->req, &stale->view);
	assessment_query(&stale->assessment, &stale->sel, query);
}

/* Of sockets, only what has a path can be left behind. */
static bool is_judged(const struct stale_command *stale, uint32_t object)
{
	const struct snapshot *snap = &stale->picture.snap;
	const struct object *obj = &snap->objects.at[object];
	const struct str *name = object_str(snap, obj, FIELD_NAME);

	if (obj->class != CLASS_unix || obj->key.space == SPACE_INODE ||
	    selection_names(&stale->sel, snap, obj))
		return true;
	return name && name->len && name->data[0] == '/' &&
	       object_state(snap, obj, NULL) & IS(LISTENING);
}

static void drop_others(struct stale_command *stale)
{
	uint32_t i, nr = 0;

	for (i = 0; i < stale->rows.nr; i++) {
		if (is_judged(stale, stale->rows.at[i]))
			stale->rows.at[nr++] = stale->rows.at[i];
	}
	stale->rows.nr = nr;
}

static bool is_shown(const struct stale_command *stale, enum verdict verdict)
{
	return verdict <= VERDICT_UNKNOWN || stale->sel.refs.nr ||
	       asked(stale->req, OPTION_ALL);
}

static void show_finding(struct stale_command *stale, uint32_t i)
{
	*vec_add(&stale->shown) = stale->rows.at[i];
	*vec_add(&stale->which) = i;
}

/* By verdict, unless another order was asked for. */
static void choose(struct stale_command *stale)
{
	const struct findings *findings = &stale->assessment.findings;
	bool sorted = asked(stale->req, OPTION_SORT);
	enum verdict verdict;
	uint32_t i;

	for (i = 0; i < findings->findings.nr; i++) {
		verdict = findings->findings.at[i].verdict;
		stale->count[verdict]++;
		if (sorted && is_shown(stale, verdict))
			show_finding(stale, i);
	}
	for (verdict = 0; !sorted && verdict < NR_VERDICTS; verdict++) {
		if (!is_shown(stale, verdict))
			continue;
		for (i = 0; i < findings->findings.nr; i++) {
			if (findings->findings.at[i].verdict == verdict)
				show_finding(stale, i);
		}
	}
}

static int print(struct stale_command *stale, int status)
{
	struct buf out = { .to = stdout }, line = {};
	int failed;

	picture_narrow(&stale->picture, stale->sel.classes, &stale->shown);
	if (stale->shown.nr || !stale->foot)
		render_objects(&out, &stale->view, &stale->picture.snap,
			       stale->shown.at, stale->shown.nr);
	if (stale->foot && stale->shown.nr)
		buf_putc(&out, '\n');
	if (stale->foot)
		stale_foot(&out, &stale->view, &stale->picture.snap,
			   &stale->assessment.findings, stale->count);
	failed = output_finish(&out);
	if (failed)
		return failed;
	status = picture_warn(&stale->picture, status);
	if (!stale->foot || !stale->shown.nr)
		return status;
	buf_puts(&line, stale->count[VERDICT_STALE] || stale->count[VERDICT_SUSPECT] ?
		 "evidence: ipcscope show REF; dry run: ipcscope clean" :
		 "evidence: ipcscope show REF");
	out = (struct buf){ .to = stdout };
	foot_line(&out, &stale->view, &line);
	buf_free(&line);
	failed = output_finish(&out);
	return failed ? failed : status;
}

static int answer(struct stale_command *stale)
{
	int status = selection_pick(&stale->sel, &stale->picture, &stale->rows);

	if (status == STATUS_USAGE)
		return status;
	drop_others(stale);
	assessment_run(&stale->assessment, &stale->picture, &stale->rows, true);
	choose(stale);
	status = print(stale, status);
	if (!status && asked(stale->req, OPTION_CHECK) &&
	    (stale->count[VERDICT_STALE] || stale->count[VERDICT_SUSPECT]))
		return STATUS_FOUND;
	return status;
}

static int stale_run(const struct request *req)
{
	struct stale_command stale = { .req = req };
	int status;

	picture_init(&stale.picture, req);
	status = parse(&stale);
	if (!status) {
		ask(&stale);
		status = picture_run(&stale.picture);
	}
	if (!status)
		status = answer(&stale);
	vec_free(&stale.rows);
	vec_free(&stale.shown);
	vec_free(&stale.which);
	columns_free(&stale.columns);
	selection_free(&stale.sel);
	assessment_free(&stale.assessment);
	picture_free(&stale.picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope stale", "what is left behind, and how we know" },
	{ "ipcscope stale shm sem", "of two kinds" },
	{ "ipcscope stale --user www-data -a", "every verdict about one user's" },
	{ "ipcscope stale --check -q", "exit 4 if there is something" },
	{ "ipcscope stale --path /srv/app/run", "FIFOs and sockets there, too" },
	{ NULL, NULL },
};

const struct command command_stale = {
	.name	 = "stale",
	.args	 = "[CLASS|REF]...",
	.help	 = "left behind? and how do we know",
	.details =
		"Judges what outlives its users: System V and POSIX objects, "
		"FIFOs, and paths of UNIX sockets in /run, /tmp and directories "
		"given with --path. Shown is what is stale, suspect or unknown, "
		"with --all, or named, whatever it is. In the same row stands the "
		"strongest reason; show has all of them.\n\n"
		"Only proof counts: an age, a name or a number of 0 attachments "
		"alone proves nothing, and what could not be seen makes a verdict "
		"unknown. Of known software a profile says what proves it.\n\n"
		"Nothing is changed. To a socket path that no live socket was "
		"found to be bound to, a connection is tried: nobody but a "
		"listener of another network namespace could notice.",
	.examples = examples,
	.takes	 = TAKES_READING | TAKES_PRINTING | TAKES_FILTERS |
		   TAKES_JUDGING | TAKES(ALL) | TAKES(SORT) | TAKES(CHECK),
	.completes = COMPLETES(CLASSES) | COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.run	 = stale_run,
};
