// SPDX-License-Identifier: GPL-2.0-or-later
#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "ipcscope/text.h"
#include "cli/session.h"

#define SGR_BOLD	"\033[1m"
#define SGR_END		"\033[m"

static session_fn show_parse, show_plan, show_analyse, show_print;

const struct command command_show = {
	.name	 = "show",
	.args	 = "REF...",
	.help	 = "all about one, with every process and how",
	.details = "Shows all that can be known of the objects: one line a property, "
		"then a table with one line for every attachment, descriptor and "
		"waiting thread; and at last a verdict on whether it is left "
		"behind, with all the evidence (help verdicts). What is not known "
		"says why.\n\n"
		"Of a pipe or FIFO it looks how full it is; for that it duplicates "
		"one end for a microsecond, as limits --exact does; the one other thing "
		"that is copied so is a socket whose network namespace nothing else tells. "
		"JSON always has every field.",
	.examples = {
		{ "ipcscope show shm:163843", "a segment, and where it is attached" },
		{ "ipcscope show pipe:48151", "both ends, and how full it is" },
		{ "ipcscope show shm:0x05ce0000 --json", "by key; everything, for scripts" },
	},
	.takes	 = {
		TAKES_READING, TAKES_NS, TAKES(PROFILE_DIR), TAKES(JSON), TAKES(NDJSON),
		TAKES(COLOR), TAKES(BYTES),
	},
	.completes = COMPLETES(REFS),
	.min_args = 1,
	.max_args = ANY_NUMBER,
	.parse	 = show_parse,
	.plan	 = show_plan,
	.analyse = show_analyse,
	.print	 = show_print,
};

/* "? (why)": the first gap in any of @parts, or @otherwise. */
static void show_put_gap(const struct show_context *show, struct buf *text, uint64_t parts,
			 const char *otherwise)
{
	const struct warning *each, *warning = NULL;

	vec_for_each(each, &show->snap->warnings) {
		if (!warning && parts >> each->part & 1)
			warning = each;
	}
	buf_puts(text, "? (");
	if (!warning)
		buf_puts(text, otherwise);
	else if (warning->unsupported)
		buf_puts(text, "this system has none");
	else if (!warning->err && warning->what)
		text_escape(text, warning->what->data, warning->what->len);
	else if (warning->first)
		render_count(text, warning->count, "process", "es");
	else
		buf_puts(text, part_infos[warning->part].what);
	if (warning && !warning->unsupported && warning->err)
		buf_printf(text, " could not be read: %s", strerror(warning->err));
	buf_putc(text, ')');
}

void show_unknown(const struct show_context *show, struct buf *text, enum field_id field)
{
	uint64_t needs = 0;

	class_has(show->kind, field, &needs);
	show_put_gap(show, text, needs, show->picture->host ? "not told by the kernel" :
		     "not in the snapshot");
}

void show_unseen(const struct show_context *show, struct buf *text)
{
	uint64_t parts = show->kind->users_by;

	if (!parts)
		buf_printf(text, "? (the kernel keeps no list of who uses a %s)",
			   show->kind->noun);
	else if (!object_users_complete(show->snap, show->obj))
		show_put_gap(show, text, parts | NEED(PROCS), show->snap->host.first_pid_ns ?
			     "not all processes were looked at" :
			     "processes outside this PID namespace are not visible");
}

static void show_print_title(const struct show_context *show)
{
	struct value state = object_value(show->snap, show->obj, FIELD_STATE);
	struct value nsems = object_value(show->snap, show->obj, FIELD_NSEMS);
	enum state bit;

	if (show->view->color)
		buf_puts(show->to, SGR_BOLD);
	render_ref(show->to, show->snap, show->obj);
	if (show->view->color)
		buf_puts(show->to, SGR_END);
	buf_printf(show->to, " - %s", show->kind->title);
	if (nsems.known == KNOWN_YES)
		buf_printf(show->to, " of %llu", (unsigned long long)nsems.num);
	for (bit = 0; state.known == KNOWN_YES && bit < NR_STATES; bit++) {
		if (state.num >> bit & 1)
			buf_printf(show->to, ", %s", state_infos[bit].word);
	}
	buf_puts(show->to, "\n\n");
}

/* The verdict, and every reason for, against and unknown. */
static void show_print_verdict(const struct show_context *show,
			       const struct finding *finding)
{
	static const char *const labels[NR_EVIDENCE_SIDES] = {
		[EVIDENCE_FOR] = "  because", [EVIDENCE_AGAINST] = "  but",
		[EVIDENCE_UNKNOWN] = "  not known",
	};
	const struct verdict_info *info = &verdict_infos[finding->verdict];
	const char *color = show->view->color ? verdict_color(finding->verdict) : NULL;
	const struct evidence *e;
	enum evidence_side side;
	struct buf text = {};

	if (!(stale_classes() >> show->obj->class & 1))
		return;
	buf_putc(show->to, '\n');
	if (color)
		buf_printf(&text, "\033[%sm%s" SGR_END, color, info->word);
	else
		buf_puts(&text, info->word);
	show_row(show, "verdict", &text);
	for (side = 0; side < NR_EVIDENCE_SIDES; side++) {
		vec_for_each(e, &finding->evidence[side]) {
			buf_reset(&text);
			buf_str(&text, e->sentence);
			show_row(show, labels[side], &text);
		}
	}
	buf_free(&text);
}

static void show_objects(struct session *session)
{
	const struct snapshot *snap = &session->picture.snap;
	const struct rows *rows = &session->rows;
	const uint32_t *row;
	struct value key;

	vec_for_each(row, rows) {
		const struct object *obj = &snap->objects.at[*row];
		const struct show_context show = {
			.to = &session->out, .view = &session->view,
			.picture = &session->picture, .snap = snap, .obj = obj,
			.kind = class_infos[obj->class],
		};

		if (row != rows->at)
			buf_putc(&session->out, '\n');
		show_print_title(&show);
		show_rows(&show);
		show_tables(&show);
		show_print_verdict(&show, &session->assessment.findings.findings.at[row - rows->at]);
		show_get(&show, FIELD_KEY, &key);
		/* A key alone tells nobody where it comes from. */
		if (session->picture.host && key.known == KNOWN_YES && key.num &&
		    obj->key.ns == snap->host.ipc_ns)
			buf_printf(&session->out, "\n  whose key?  ipcscope ftok --find 0x%08x\n",
				   (uint32_t)key.num);
	}
}

static int show_parse(struct session *session)
{
	return selection_args(&session->sel, session->req, true);
}

/* Everything there is, also what costs more than a list may. */
static int show_plan(struct session *session)
{
	const struct selection *sel = &session->sel;
	struct query *query = &session->picture.query;
	enum field_id field;
	enum class_id class;
	uint64_t needs;
	int status;

	query->classes = sel->classes;
	query->only_show = true;
	query->look_at = selection_names;
	query->look_at_arg = sel;
	session->picture.details = true;
	for_each_field(field) {
		query_add_field(query, field);
		if (!field_is_public(field))
			continue;
		for (class = 0; class < NR_CLASSES; class++) {
			if (class_has(class_infos[class], field, &needs))
				fieldset_add(&session->columns.json[class], field);
		}
	}
	session->view.json_fields = session->columns.json;
	status = assessment_open(&session->assessment, session->req, sel->classes);
	assessment_query(&session->assessment, sel, query);
	return status;
}

/* Objects come in the order of the arguments, each once. */
static int show_analyse(struct session *session)
{
	const struct snapshot *snap = &session->picture.snap;
	bool *done = mem_zero(snap->objects.nr + 1, sizeof(*done));
	struct rows *rows = &session->rows;
	const struct ref_use *use;

	rows->nr = 0;
	vec_for_each(use, &session->sel.refs) {
		if (!use->nr || done[use->found[0]])
			continue;
		done[use->found[0]] = true;
		*vec_add(rows) = use->found[0];
	}
	free(done);
	assessment_run(&session->assessment, &session->picture, rows, false);
	picture_narrow(&session->picture, session->sel.classes, rows);
	/* Of nothing, nothing is missing. */
	if (!rows->nr)
		session->picture.parts = 0;
	return 0;
}

static void show_json(const void *arg, uint32_t row, struct json *json)
{
	const struct assessment *assessment = arg;

	assessment_json(json, &assessment->findings.findings.at[row]);
}

static int show_print(struct session *session)
{
	const struct row_annotation annotation = {
		.json = show_json, .arg = &session->assessment,
	};
	struct view view = session->view;
	const struct rows *rows = &session->rows;

	view.annotation = &annotation;
	view.details = true;
	if (view.format == FORMAT_TABLE)
		show_objects(session);
	else if (rows->nr)
		render_objects(&session->out, &view, &session->picture.snap,
			       rows->at, rows->nr);
	return 0;
}
