// SPDX-License-Identifier: GPL-2.0-or-later
/* What is left behind, and how that is known. */
#include <stdlib.h>

#include "cli/foot.h"
#include "cli/session.h"
#include "cli/total.h"
#include "ipcscope/json.h"
#include "ipcscope/text.h"

struct stale_command {
	struct session session;		/* its rows: all that were judged */
	struct row_annotation annotation;
	struct rows shown;
	struct VEC(uint32_t) which;	/* finding of each row shown */
	uint32_t count[NR_VERDICTS];
};

static session_fn stale_parse, stale_plan, stale_analyse, stale_print, stale_hint;
static int stale_finish(struct session *session, int status);
static void stale_close(struct session *session);

const struct command command_stale = {
	.name	 = "stale",
	.args	 = "[CLASS|REF]...",
	.help	 = "left behind? and how do we know",
	.details = "Judges what outlives its users: System V and POSIX objects, "
		"FIFOs, and paths of UNIX sockets in /run, /tmp and directories "
		"given with --path. Shown is what is stale, suspect or unknown, "
		"with --all, or named, whatever it is. In the same row stands the "
		"strongest reason; show has all of them.\n\n"
		"Only proof counts: an age, a name or a number of 0 attachments "
		"alone proves nothing, and what could not be seen makes a verdict "
		"unknown. Of known software a profile says what proves it.\n\n"
		"Nothing is changed, but root's runs keep notes of the clock in "
		"/run/ipcscope: a process that seems younger than an object is "
		"another than its creator only if the clock was not set since. "
		"To a socket path that no live socket was "
		"found to be bound to, a connection is tried: nobody but a "
		"listener of another network namespace could notice.",
	.examples = {
		{ "ipcscope stale", "what is left behind, and how we know" },
		{ "ipcscope stale shm sem", "of two kinds" },
		{ "ipcscope stale --user www-data -a", "every verdict about one user's" },
		{ "ipcscope stale --by owner", "totals for each owner, not rows" },
		{ "ipcscope stale --check -q", "exit 4 if there is something" },
		{ "ipcscope stale --path /srv/app/run", "FIFOs and sockets there, too" },
	},
	.takes	 = {
		TAKES_READING, TAKES_NS, TAKES_PRINTING, TAKES_ASSESSING, TAKES(ALL),
		TAKES(SORT), TAKES(LIMIT), TAKES(BY), TAKES(CHECK),
	},
	.takes_filters = true,
	.completes = COMPLETES(CLASSES) | COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct stale_command),
	.parse	 = stale_parse,
	.plan	 = stale_plan,
	.analyse = stale_analyse,
	.print	 = stale_print,
	.hint	 = stale_hint,
	.finish	 = stale_finish,
	.close	 = stale_close,
};

static const struct finding *stale_finding(const struct stale_command *stale, uint32_t row)
{
	return &stale->session.assessment.findings.findings.at[stale->which.at[row]];
}

static const char *stale_cell(const void *arg, uint32_t row, bool last,
			      bool wide, struct buf *to)
{
	const struct finding *finding = stale_finding(arg, row);

	if (last) {
		finding_why(to, finding, wide ? 0 : WHY_BRIEF);
		return NULL;
	}
	buf_puts(to, verdict_infos[finding->verdict].word);
	return verdict_color(finding->verdict);
}

static void stale_json(const void *arg, uint32_t row, struct json *json)
{
	assessment_json(json, stale_finding(arg, row));
}

static int stale_parse(struct session *session)
{
	struct stale_command *stale = session_of(session, struct stale_command, session);
	const struct request *req = session->req;
	struct selection *sel = &session->sel;
	int status = selection_args(sel, req, false);

	if (status)
		return status;
	if (sel->by_default)
		sel->named = stale_classes();
	if (sel->named && !(sel->named & stale_classes()))
		return misused("stale: %s lives only as long as a process has it: nothing is left behind",
			       class_infos[__builtin_ctzll(sel->named)]->name);
	sel->named &= stale_classes();
	status = selection_filters(sel, req, &session->picture);
	if (!status && asked(req, OPTION_BY))
		status = total_check(req);
	if (status)
		return status;
	selection_settle(sel, req);
	columns_parse(session, "ref,owner,amount,age", "ref,owner,amount,age,idle");
	stale->annotation = (struct row_annotation){
		.first = "VERDICT", .last = "WHY", .cell = stale_cell,
		.json = stale_json, .arg = stale,
	};
	session->view.annotation = &stale->annotation;
	session->view.details = true;
	return assessment_open(&session->assessment, req, sel->classes);
}

static int stale_plan(struct session *session)
{
	struct query *query = &session->picture.query;
	const struct host *host = session->picture.host;

	if (host)
		host->ops->clock_note(host);
	query->classes = session->sel.classes;
	if (asked(session->req, OPTION_BY))
		total_query(&session->req->option[OPTION_BY].fields, query);
	else
		columns_query(session);
	selection_query(&session->sel, query);
	assessment_query(&session->assessment, &session->sel, query);
	return 0;
}

/* Of sockets, only what has a path can be left behind. */
static bool stale_judges(const struct stale_command *stale, uint32_t object)
{
	const struct snapshot *snap = &stale->session.picture.snap;
	const struct object *obj = &snap->objects.at[object];
	const struct str *name = object_str(snap, obj, FIELD_NAME);

	if (obj->class != CLASS_unix || obj->key.space == SPACE_INODE ||
	    selection_names(&stale->session.sel, snap, obj))
		return true;
	return name && name->len && name->data[0] == '/' &&
	       object_state(snap, obj, NULL) & IS(LISTENING);
}

static bool stale_shows(const struct stale_command *stale, enum verdict verdict)
{
	return verdict <= VERDICT_UNKNOWN || stale->session.sel.refs.nr ||
	       asked(stale->session.req, OPTION_ALL);
}

static void stale_show(struct stale_command *stale, uint32_t i)
{
	*vec_add(&stale->shown) = stale->session.rows.at[i];
	*vec_add(&stale->which) = i;
}

/* By verdict, unless another order was asked for. */
static void stale_choose(struct stale_command *stale)
{
	const struct findings *findings = &stale->session.assessment.findings;
	bool sorted = asked(stale->session.req, OPTION_SORT);
	enum verdict verdict;
	uint32_t i;

	for (i = 0; i < findings->findings.nr; i++) {
		verdict = findings->findings.at[i].verdict;
		stale->count[verdict]++;
		if (sorted && stale_shows(stale, verdict))
			stale_show(stale, i);
	}
	for (verdict = 0; !sorted && verdict < NR_VERDICTS; verdict++) {
		if (!stale_shows(stale, verdict))
			continue;
		for (i = 0; i < findings->findings.nr; i++) {
			if (findings->findings.at[i].verdict == verdict)
				stale_show(stale, i);
		}
	}
}

static int stale_analyse(struct session *session)
{
	struct stale_command *stale = session_of(session, struct stale_command, session);
	struct rows *rows = &session->rows;
	uint32_t i, nr = 0;

	for (i = 0; i < rows->nr; i++) {
		if (stale_judges(stale, rows->at[i]))
			rows->at[nr++] = rows->at[i];
	}
	rows->nr = nr;
	assessment_run(&session->assessment, &session->picture, &session->rows, true);
	stale_choose(stale);
	picture_narrow(&session->picture, session->sel.classes, &stale->shown);
	return 0;
}

/* ---- what stands below: how many there are, and whose they are ---- */

/* What could be got back from one owner. */
struct owner_total {
	uint32_t uid;		/* -1: not known */
	uint32_t nr[NR_CLASSES];
	uint64_t bytes[NR_CLASSES];
	uint64_t total;
	uint32_t objects;
};
struct owner_totals VEC(struct owner_total);

static bool stale_is_owner(const void *vec, uint32_t index, const void *uid)
{
	return ((const struct owner_total *)vec)[index].uid == *(const uint32_t *)uid;
}

static int stale_compare(const void *a, const void *b)
{
	const struct owner_total *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return (x->objects < y->objects) - (x->objects > y->objects);
}

static void stale_put_total(struct buf *to, const struct snapshot *snap,
			    const struct owner_total *total)
{
	const char *gap = " ";
	enum class_id class;

	render_owner(to, snap, false, total->uid);
	for (class = 0; class < NR_CLASSES; class++) {
		if (!total->nr[class])
			continue;
		buf_printf(to, "%s%u %s%s", gap, total->nr[class],
			   class_infos[class]->name, class != CLASS_unix ? "" :
			   total->nr[class] == 1 ? " path" : " paths");
		gap = ", ";
		if (!total->bytes[class])
			continue;
		buf_putc(to, ' ');
		num_size(to, total->bytes[class]);
	}
}

static void stale_left_behind(struct owner_totals *totals, const struct snapshot *snap,
			      const struct findings *findings)
{
	const struct finding *finding;
	struct map index = {};

	vec_for_each(finding, &findings->findings) {
		const struct object *obj = &snap->objects.at[finding->object];
		uint32_t owner = (uint32_t)-1, at;
		struct owner_total *total;
		uint64_t uid, size;

		if (finding->verdict > VERDICT_SUSPECT)
			continue;
		if (object_num(snap, obj, FIELD_UID, &uid))
			owner = (uint32_t)uid;
		at = map_find(&index, hash_u64(owner, 0), stale_is_owner, totals->at, &owner);
		if (at == NO_INDEX) {
			at = totals->nr;
			map_add(&index, hash_u64(owner, 0), at);
			*vec_add(totals) = (struct owner_total){ .uid = owner };
		}
		total = &totals->at[at];
		total->nr[obj->class]++;
		total->objects++;
		if (class_infos[obj->class]->amount == FIELD_SIZE &&
		    object_num(snap, obj, FIELD_SIZE, &size)) {
			num_add(&total->bytes[obj->class], size);
			num_add(&total->total, size);
		}
	}
	if (totals->nr)
		qsort(totals->at, totals->nr, sizeof(totals->at[0]), stale_compare);
	map_free(&index);
}

static void stale_foot(struct buf *to, const struct view *view,
		       const struct snapshot *snap, const struct findings *findings,
		       const uint32_t count[NR_VERDICTS])
{
	static const enum verdict order[] = {
		VERDICT_STALE, VERDICT_SUSPECT, VERDICT_UNKNOWN, VERDICT_IDLE,
		VERDICT_IN_USE, VERDICT_DEST,
	};
	struct owner_totals totals = {};
	const struct owner_total *total;
	const char *gap = ": ";
	size_t i;

	foot_begin(to, view);
	num_grouped(to, findings->findings.nr);
	buf_printf(to, " object%s looked at", findings->findings.nr == 1 ? "" : "s");
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!count[order[i]])
			continue;
		buf_puts(to, gap);
		num_grouped(to, count[order[i]]);
		buf_printf(to, " %s", order[i] == VERDICT_IN_USE ? "in use" :
			   verdict_infos[order[i]].word);
		gap = ", ";
	}
	foot_end(to, view);
	stale_left_behind(&totals, snap, findings);
	if (totals.nr)
		foot_begin(to, view);
	vec_for_each(total, &totals) {
		buf_puts(to, total == totals.at ? "left behind: " : "; ");
		stale_put_total(to, snap, total);
	}
	if (totals.nr)
		foot_end(to, view);
	vec_free(&totals);
}

static int stale_print(struct session *session)
{
	struct stale_command *stale = session_of(session, struct stale_command, session);
	uint32_t nr = stale->shown.nr < session->limit ? stale->shown.nr : session->limit;

	if (asked(session->req, OPTION_BY))
		total_print(&session->out, &session->view, &session->picture.snap,
			    &session->req->option[OPTION_BY].fields, &stale->shown);
	else if (nr || !session->foot)
		render_objects(&session->out, &session->view,
			       &session->picture.snap, stale->shown.at, nr);
	if (!session->foot)
		return 0;
	if (nr)
		buf_putc(&session->out, '\n');
	stale_foot(&session->out, &session->view, &session->picture.snap,
		   &session->assessment.findings, stale->count);
	foot_limit(&session->out, &session->view, stale->shown.nr - nr);
	return 0;
}

static bool stale_found(const struct stale_command *stale)
{
	return stale->count[VERDICT_STALE] || stale->count[VERDICT_SUSPECT];
}

static int stale_hint(struct session *session)
{
	struct stale_command *stale = session_of(session, struct stale_command, session);

	if (!stale->shown.nr)
		return 0;
	foot_begin(&session->out, &session->view);
	buf_puts(&session->out, stale_found(stale) ?
		 "evidence: ipcscope show REF; dry run: ipcscope clean" :
		 "evidence: ipcscope show REF");
	foot_end(&session->out, &session->view);
	return 0;
}

static int stale_finish(struct session *session, int status)
{
	if (!status && asked(session->req, OPTION_CHECK) &&
	    stale_found(session_of(session, struct stale_command, session)))
		return STATUS_FOUND;
	return status;
}

static void stale_close(struct session *session)
{
	struct stale_command *stale = session_of(session, struct stale_command, session);

	vec_free(&stale->shown);
	vec_free(&stale->which);
}
