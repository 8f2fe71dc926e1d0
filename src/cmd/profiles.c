// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of known software: which there are, and what they match. */
#include <string.h>

#include "cli/session.h"
#include "ipcscope/json.h"
#include "ipcscope/text.h"

#define NR_COUNTED	5	/* columns with OBJECTS */

static session_fn profiles_args, profiles_plan, profiles_analyse, profiles_print;

const struct command command_profiles = {
	.name	 = "profiles",
	.args	 = "[REF]...",
	.help	 = "software that leaves objects behind",
	.details = "Lists the profiles of known software: how its objects are "
		"recognised, and what proves that one is finished with, or the "
		"tool that is to be used instead. Of a REF it says which profile "
		"it matches, and what follows; -a counts the objects of each.\n\n"
		"Profiles come with the program; files NAME.conf in "
		"/etc/ipcscope/profiles.d add to them, or replace one of the same "
		"name. A file that is wrong is an error that names the line, here "
		"and in every command that judges, so that nothing is removed by "
		"half a set of rules.",
	.examples = {
		{ "ipcscope profiles", "those that are known" },
		{ "ipcscope profiles -a", "and how many objects each matches" },
		{ "ipcscope profiles pshm:/psm_58b99b38", "what an object is taken for" },
		{ "ipcscope profiles --profile-dir ./profiles.d", "are these files right?" },
	},
	.takes	 = {
		TAKES_READING, TAKES_ASSESSING, TAKES(ALL), TAKES(JSON), TAKES(COLOR),
		TAKES(NO_HEADING),
	},
	.completes = COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.more	 = true,
	.parse	 = profiles_args,
	.plan	 = profiles_plan,
	.analyse = profiles_analyse,
	.print	 = profiles_print,
};

static void profiles_cell(struct cells *cells, const char *text)
{
	text_escape(cells->text, text, strlen(text));
	cells_end(cells, NULL);
}

static void profiles_put_rules(struct buf *to, const struct profile *profile)
{
	const struct profile_rule *rule;
	const char *gap = "";

	if (profile->limit == PROFILE_IDLE) {
		buf_printf(to, profile->leave_to ? "leave to: %s" : "never",
			   profile->leave_to);
		return;
	}
	vec_for_each(rule, &profile->rules) {
		buf_printf(to, "%s%s", gap, profile_tests[rule->test]);
		if (*rule->text)
			buf_printf(to, " %s", rule->text);
		gap = " and ";
	}
	if (profile->limit == PROFILE_SUSPECT)
		buf_puts(to, *gap ? ", then suspect" : "at most suspect");
}

static void profiles_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct assessment *assessment = sheet->arg;
	const struct profile *profile = &assessment->profiles.all.at[row];
	const struct finding *finding;
	struct buf rules = {};
	uint32_t nr = 0;

	profiles_cell(cells, profile->name);
	vec_for_each(finding, &assessment->findings.findings)
		nr += finding->profile == profile;
	if (sheet->nr_columns == NR_COUNTED)
		cells_number(cells, nr);
	profiles_cell(cells, profile->file);
	profiles_cell(cells, profile->software);
	buf_puts(&rules, "");
	profiles_put_rules(&rules, profile);
	profiles_cell(cells, rules.data);
	buf_free(&rules);
}

static void profiles_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	static const char *const limits[] = {
		[PROFILE_STALE] = "stale", [PROFILE_SUSPECT] = "suspect",
		[PROFILE_IDLE] = "idle",
	};
	const struct assessment *assessment = sheet->arg;
	const struct profile *profile = &assessment->profiles.all.at[row];
	const struct profile_rule *rule;
	const struct finding *finding;
	uint64_t nr = 0;

	json_text(json, "profile", profile->name);
	json_str(json, "software", profile->software, strlen(profile->software));
	json_str(json, "file", profile->file, strlen(profile->file));
	json_u64(json, "line", profile->line);
	json_str(json, "match", profile->expr, strlen(profile->expr));
	json_text(json, "at_most", limits[profile->limit]);
	json_open(json, "stale_if", '[');
	vec_for_each(rule, &profile->rules) {
		json_open(json, NULL, '{');
		json_text(json, "test", profile_tests[rule->test]);
		if (*rule->text)
			json_str(json, "of", rule->text, strlen(rule->text));
		json_close(json, '}');
	}
	json_close(json, ']');
	if (profile->because)
		json_str(json, "because", profile->because, strlen(profile->because));
	if (profile->leave_to)
		json_str(json, "leave_to", profile->leave_to, strlen(profile->leave_to));
	vec_for_each(finding, &assessment->findings.findings)
		nr += finding->profile == profile;
	if (sheet->snap)
		json_u64(json, "objects", nr);
}

static void profiles_print_profiles(struct buf *to, const struct view *view,
				    const struct assessment *assessment,
				    const struct snapshot *snap)
{
	const bool counted = snap;
	struct column columns[NR_COUNTED] = {
		{ "PROFILE", ALIGN_LEFT, 0 }, { "OBJECTS", ALIGN_RIGHT, 0 },
		{ "FROM", ALIGN_LEFT, 0 }, { "SOFTWARE", ALIGN_LEFT, 0 },
		{ "STALE IF", ALIGN_WRAP, 0 },
	};
	const struct sheet sheet = {
		.columns = counted ? columns : columns + 1,
		.nr_columns = counted ? NR_COUNTED : NR_COUNTED - 1,
		.nr = assessment->profiles.all.nr, .row = profiles_row,
		.name = "profiles", .json = profiles_json, .line_each = true,
		.snap = snap, .arg = assessment,
	};

	if (!counted)
		columns[1] = columns[0];
	render_sheet(to, view, &sheet);
}

/* What each named object is taken for. */
static void profiles_print_matches(struct buf *to, const struct picture *picture,
				   const struct assessment *assessment)
{
	const struct finding *finding;

	vec_for_each(finding, &assessment->findings.findings) {
		const struct profile *profile = finding->profile;

		object_ref(to, &picture->snap, &picture->snap.objects.at[finding->object]);
		if (profile)
			buf_printf(to, " matches %s of %s:%u: ", profile->name,
				   profile->file, profile->line);
		else
			buf_puts(to, " matches no profile: ");
		buf_printf(to, "%s, ", verdict_infos[finding->verdict].word);
		finding_why(to, finding, 0);
		buf_putc(to, '\n');
	}
}

static void profiles_print_json(struct session *session)
{
	const struct snapshot *snap = &session->picture.snap;
	struct json json = { .to = &session->out };
	const struct finding *finding;

	render_json_head(&json, snap);
	json_open(&json, "matches", '[');
	vec_for_each(finding, &session->assessment.findings.findings) {
		json_open(&json, NULL, '{');
		render_json_ref(&json, "ref", snap, &snap->objects.at[finding->object]);
		if (finding->profile)
			json_text(&json, "profile", finding->profile->name);
		assessment_json(&json, finding);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	render_json_tail(&json, snap);
}

static int profiles_args(struct session *session)
{
	const struct request *req = session->req;

	session->no_picture = !req->nr_args && !asked(req, OPTION_ALL);
	if (!req->nr_args)
		session->sel.named = session->sel.classes = stale_classes();
	return selection_args(&session->sel, req, true) ?:
	       assessment_open(&session->assessment, req, stale_classes());
}

static int profiles_plan(struct session *session)
{
	session->picture.query.classes = session->sel.classes;
	assessment_query(&session->assessment, &session->sel, &session->picture.query);
	return 0;
}

static int profiles_analyse(struct session *session)
{
	assessment_run(&session->assessment, &session->picture, &session->rows, false);
	return 0;
}

static int profiles_print(struct session *session)
{
	if (session->req->nr_args && asked(session->req, OPTION_JSON))
		profiles_print_json(session);
	else if (session->req->nr_args)
		profiles_print_matches(&session->out, &session->picture,
				       &session->assessment);
	else
		profiles_print_profiles(&session->out, &session->view,
					&session->assessment,
					session->no_picture ? NULL : &session->picture.snap);
	return 0;
}
