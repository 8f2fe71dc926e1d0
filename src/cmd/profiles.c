// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of known software: which there are, and what they match. */
#include <string.h>

#include "judging.h"
#include "ipcscope/text.h"

static void put_text(struct table *table, const char *text)
{
	struct buf safe = {};

	text_safe(&safe, text, strlen(text));
	table_cell(table, safe.data ? safe.data : "", safe.len, NULL);
	buf_free(&safe);
}

static void put_rules(struct buf *to, const struct profile *profile)
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

static uint32_t count_matches(const struct profile *profile,
			      const struct findings *findings)
{
	const struct finding *finding;
	uint32_t nr = 0;

	vec_for_each(finding, &findings->findings)
		nr += finding->profile == profile;
	return nr;
}

static void print_profiles(struct buf *to, const struct view *view,
			   const struct judging *judging, bool counted)
{
	struct table *table = table_new(view);
	const struct profile *profile;
	struct buf text = {};

	table_column(table, "PROFILE", ALIGN_LEFT);
	if (counted)
		table_column(table, "OBJECTS", ALIGN_RIGHT);
	table_column(table, "FROM", ALIGN_LEFT);
	table_column(table, "SOFTWARE", ALIGN_LEFT);
	table_column(table, "STALE IF", ALIGN_LEFT);
	vec_for_each(profile, &judging->profiles.all) {
		put_text(table, profile->name);
		if (counted) {
			buf_reset(&text);
			buf_u64(&text, count_matches(profile,
						     &judging->findings));
			put_text(table, text.data);
		}
		put_text(table, profile->file);
		put_text(table, profile->software);
		buf_reset(&text);
		put_rules(&text, profile);
		put_text(table, text.data ? text.data : "");
	}
	table_print(table, to);
	table_free(table);
	buf_free(&text);
}

/* What each named object is taken for. */
static void print_matches(struct buf *to, const struct reading *reading,
			  const struct judging *judging)
{
	const struct finding *finding;

	vec_for_each(finding, &judging->findings.findings) {
		const struct profile *profile = finding->profile;

		object_ref(to, &reading->snap,
			   &reading->snap.objects.at[finding->object]);
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

static int look(const struct request *req, struct reading *reading,
		struct selection *sel, struct judging *judging,
		struct rows *rows)
{
	int status;

	if (!req->nr_args) {
		sel->named = stale_classes();
		sel->classes = sel->named;
	}
	reading->query.classes = sel->classes;
	judging_query(judging, sel, &reading->query);
	status = reading_run(reading);
	if (status)
		return status;
	status = selection_pick(sel, reading, rows);
	if (status != STATUS_USAGE)
		judging_run(judging, reading, rows, false);
	return status;
}

static int profiles_run(const struct request *req)
{
	struct judging judging = {};
	struct selection sel = {};
	struct reading reading;
	struct rows rows = {};
	struct view view;
	struct buf out = { .to = stdout };
	bool counted = asked(req, OPTION_ALL);
	int status, failed;

	reading_init(&reading, req);
	status = printing_parse(req, &view);
	if (!status)
		status = judging_open(&judging, req);
	if (!status && req->nr_args)
		status = selection_args(&sel, req, true);
	if (!status && (req->nr_args || counted))
		status = look(req, &reading, &sel, &judging, &rows);
	if (!status && !req->nr_args)
		print_profiles(&out, &view, &judging, counted);
	else if (status != STATUS_USAGE && reading.open)
		print_matches(&out, &reading, &judging);
	failed = output_finish(&out);
	if (!failed && reading.open)
		status = reading_warn(&reading, status);
	vec_free(&rows);
	selection_free(&sel);
	judging_free(&judging);
	reading_free(&reading);
	return failed ? failed : status;
}

static const struct example examples[] = {
	{ "ipcscope profiles", "those that are known" },
	{ "ipcscope profiles -a", "and how many objects each matches" },
	{ "ipcscope profiles pshm:/psm_58b99b38", "what an object is taken for" },
	{ "ipcscope profiles --profile-dir ./profiles.d", "are these files right?" },
	{ NULL, NULL },
};

const struct command command_profiles = {
	.name	 = "profiles",
	.args	 = "[REF]...",
	.help	 = "software that leaves objects behind",
	.details =
		"Lists the profiles of known software: how its objects are "
		"recognised, and what proves that one is finished with, or the "
		"tool that is to be used instead. Of a REF it says which profile "
		"it matches, and what follows; -a counts the objects of each.\n\n"
		"Profiles come with the program; files NAME.conf in "
		"/etc/ipcscope/profiles.d add to them, or replace one of the same "
		"name. A file that is wrong is an error that names the line, here "
		"and in every command that judges, so that nothing is removed by "
		"half a set of rules.",
	.examples = examples,
	.takes	 = TAKES_READING | TAKES_JUDGING | TAKES(ALL) | TAKES(COLOR) |
		   TAKES(NO_HEADING),
	.completes = COMPLETES(REFS),
	.max_args = ANY_NUMBER,
	.more	 = true,
	.run	 = profiles_run,
};
