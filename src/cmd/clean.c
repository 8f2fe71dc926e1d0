// SPDX-License-Identifier: GPL-2.0-or-later
/* Removes by rule: which objects a rule takes, and what holds the others back. */
#include "clean.h"
#include "cli/total.h"
#include "ipcscope/text.h"

#include <string.h>

static session_fn clean_parse, clean_plan, clean_analyse, clean_answer;
static void clean_close(struct session *session);

const struct command command_clean = {
	.name	 = "clean",
	.args	 = "[CLASS]...",
	.help	 = "remove by rule",
	.details = "Removes what is stale: shows what that is, and with --yes does it. "
		"Objects that were made or used within the last hour (--older) and "
		"those of root, system users, nobody, services with a uid of their "
		"own and containers (--user) are left alone unless the "
		"option says otherwise. Right before each removal the object is "
		"looked at again; what changed since the plan is skipped. A FIFO "
		"is moved aside first, and gets its name back if somebody has it "
		"then.\n\n"
		"When there is nothing to do it exits 0 and, but for the reasons on a "
		"terminal or of a dry run, prints nothing; a plan "
		"that is not empty is exit status 4, and something skipped or "
		"refused 5.\n\n"
		"With --rules, or without any option if /etc/ipcscope/clean.conf is "
		"there, rules select: [NAME], and below it lines KEY = VALUE with "
		"the options where, user, older, min-size, profile, max and "
		"max-bytes as keys, class, suspect = yes, and action = remove or "
		"report. The first rule that an object fits counts, also where it "
		"holds the object back or only reports it; a file without rules "
		"means nothing, and one that others may write to, or replace, is refused.",
	.examples = {
		{ "ipcscope clean", "what is stale and would be removed" },
		{ "ipcscope clean --suspect --user www-data --older 1d", "and what is suspect, of one user" },
		{ "ipcscope clean --yes -q", "remove what is stale, from cron" },
	},
	.takes	 = {
		TAKES_NS, TAKES(YES), TAKES(DRY_RUN), TAKES(SUSPECT), TAKES(WHERE), TAKES(USER),
		TAKES(OLDER), TAKES(MIN_SIZE), TAKES(PROFILE), TAKES(MAX), TAKES(MAX_BYTES),
		TAKES(RULES), TAKES(QUIET), TAKES(JSON), TAKES(BY), TAKES_ASSESSING, TAKES(ASSUME_COMPLETE),
		TAKES(THREADS), TAKES(NO_PROGRESS), TAKES(COLOR), TAKES_REMOVING,
	},
	.completes = COMPLETES(CLASSES),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct clean),
	.parse	 = clean_parse,
	.plan	 = clean_plan,
	.analyse = clean_analyse,
	.print	 = clean_answer,
	.close	 = clean_close,
};

static int clean_parse(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	const struct request *req = session->req;
	int status = removal_session_parse(&clean->removal);

	if (!status && asked(req, OPTION_YES) && asked(req, OPTION_DRY_RUN))
		status = misused("--yes and --dry-run do not go together");
	if (!status && asked(req, OPTION_ALL_NS) && !asked(req, OPTION_USER))
		status = misused("--all-ns needs --user: no rule alone empties other namespaces");
	if (!status && asked(req, OPTION_BY))
		status = asked(req, OPTION_YES) || asked(req, OPTION_JSON) ?
			 misused("--by sums up a plan: neither --yes nor --json") :
			 total_check(req);
	if (!status)
		status = clean_rules(clean);
	session->no_picture = !clean->rules.nr;
	/* Before anything is looked at: two runs never overlap. */
	if (!status && asked(req, OPTION_YES))
		status = removal_session_open(&clean->removal.rm);
	return status;
}

/* A name that no profile has would silently select nothing. */
static int clean_check_profiles(const struct clean *clean, const struct rule *rule)
{
	const struct profiles *profiles = &clean->removal.session.assessment.profiles;
	const struct profile *profile;
	const char *const *name;

	if (!rule->profiles)
		return 0;
	vec_for_each(name, rule->profiles) {
		bool known = false;

		vec_for_each(profile, &profiles->all)
			known |= !strcmp(profile->name, *name);
		if (!known)
			return misused("no profile is called '%s': ipcscope profiles lists them", *name);
	}
	return 0;
}

static int clean_plan(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	struct query *query = &session->picture.query;
	struct rule *const *rule;
	int status;

	vec_for_each(rule, &clean->rules)
		query->classes |= (*rule)->sel.classes;
	vec_for_each(rule, &clean->rules) {
		selection_query(&(*rule)->sel, query);
		selection_query(&(*rule)->aged, query);
		selection_query(&(*rule)->owned, query);
	}
	if (asked(session->req, OPTION_BY))
		total_query(&session->req->option[OPTION_BY].fields, query);
	/* The picture must be whole, whatever a filter says of one process. */
	query->only_pids = false;
	status = removal_session_plan(&clean->removal);
	vec_for_each(rule, &clean->rules) {
		if (!status)
			status = clean_check_profiles(clean, *rule);
	}
	return status;
}

static enum exclusion_reason clean_held_by(const struct clean *clean, const struct rule *rule,
					   const struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;

	if (cand->finding->verdict == VERDICT_UNKNOWN)
		return EXCLUDED_UNKNOWN;
	if (cand->finding->verdict == VERDICT_SUSPECT && !rule->suspect)
		return EXCLUDED_SUSPECT;
	if (snap->host.uid && snap->host.uid != cand->uid)
		return EXCLUDED_OTHERS;
	if (!rule->any_owner && is_system_user(clean->removal.rm.host, cand->uid))
		return EXCLUDED_SYSTEM;
	if (!selection_matches(&rule->aged, snap, cand->obj))
		return EXCLUDED_YOUNG;
	return EXCLUDED_NOT;
}

static void clean_exclude(struct clean *clean, const struct candidate *cand,
			  enum exclusion_reason reason)
{
	*vec_add(&clean->excluded) = (struct exclusion){ cand->finding, reason };
}

/* By @name of several, or NULL. */
static void clean_add_name(struct clean *clean, struct rule *rule,
			   const struct candidate *cand, const struct str *name, bool last)
{
	struct removal *rm = &clean->removal.rm;
	const struct session *session = &clean->removal.session;
	struct target *target = removal_add(rm, &session->picture.snap,
					    session->rows.at[cand->row], cand->finding);
	const struct str *stays;

	target->lease = cand->lease;
	if (name)
		target_call(rm, target, name);
	stays = target_stays(rm, target);
	if (stays && last)
		target->note = target->note_brief = stays;
	if (target_impossible(target, &session->picture.snap)) {
		if (last)
			clean_exclude(clean, cand, EXCLUDED_IMPOSSIBLE);
		rm->targets.nr--;
	} else if (rule->taken >= rule->max ||
		   (rule->max_bytes != UINT64_MAX &&
		    target->memory > rule->max_bytes - rule->taken_bytes)) {
		if (last)
			clean_exclude(clean, cand, EXCLUDED_OVER);
		rm->targets.nr--;
	} else {
		rule->taken++;
		num_add(&rule->taken_bytes, target->memory);
		*vec_add(&clean->chosen) = (struct chosen){ rule, cand->finding };
	}
}

/* A file goes with all of its names. */
static void clean_add_target(struct clean *clean, struct rule *rule,
			     const struct candidate *cand)
{
	const struct str *names = object_str(&clean->removal.session.picture.snap, cand->obj,
					     FIELD_NAMES);
	const char *name = NULL;
	size_t len = 0;

	if (!names)
		clean_add_name(clean, rule, cand, NULL, true);
	while (names && names_next(names, &name, &len))
		clean_add_name(clean, rule, cand,
			       arena_str(&clean->removal.rm.arena, name, len),
			       name + len == names->data + names->len);
}

static void clean_consider(struct clean *clean, struct candidate *cand)
{
	enum exclusion_reason held;
	bool unnamed;
	struct rule *rule = clean_find_rule(clean, cand, &unnamed);

	if (!rule) {
		if (unnamed)
			clean_exclude(clean, cand, EXCLUDED_UNNAMED);
		return;
	}
	/* What one rule holds back, no later one takes. */
	held = clean_held_by(clean, rule, cand);
	if (held == EXCLUDED_NOT)
		clean_add_target(clean, rule, cand);
	else
		clean_exclude(clean, cand, held);
}

/* Makes targets of what the rules select. */
static int clean_analyse(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	const struct snapshot *snap = &session->picture.snap;
	const struct finding *trusting;
	struct rule *const *rule;
	uint64_t classes = 0;
	uint32_t i;

	vec_for_each(rule, &clean->rules)
		classes |= (*rule)->sel.classes;
	/* Of sockets only paths that nobody is bound to. */
	for (i = 0; i < snap->objects.nr; i++) {
		if (snap->objects.at[i].key.space != SPACE_SOCKET &&
		    classes >> snap->objects.at[i].class & 1)
			*vec_add(&session->rows) = i;
	}
	removal_session_judge(&clean->removal);
	for (i = 0; i < session->rows.nr; i++) {
		struct candidate cand = {
			.row = i, .obj = &snap->objects.at[session->rows.at[i]],
			.finding = &session->assessment.findings.findings.at[i],
		};

		clean->count[cand.finding->verdict]++;
		trusting = removal_session_trusting(&clean->removal, cand.finding);
		if (trusting && trusting->verdict <= VERDICT_SUSPECT) {
			cand.finding = trusting;
			cand.lease = true;
		}
		if (cand.finding->verdict <= VERDICT_UNKNOWN)
			clean_consider(clean, &cand);
	}
	/* What is to be reported only is none of the engine's business. */
	for (i = 0; i < clean->removal.rm.targets.nr; i++) {
		if (clean->chosen.at[i].rule->report)
			clean->removal.rm.targets.at[i].outcome = OUTCOME_REPORTED;
	}
	removal_plan_keep(&clean->removal.rm);
	return 0;
}

static void clean_ignore(void *arg, const struct target *target)
{
}

static bool clean_any_planned(const struct clean *clean)
{
	const struct target *target;

	vec_for_each(target, &clean->removal.rm.targets) {
		if (target->outcome == OUTCOME_PLANNED)
			return true;
	}
	return false;
}

static int clean_answer(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	struct removal_session *removal = &clean->removal;
	const bool done = asked(session->req, OPTION_YES), planned = clean_any_planned(clean);
	int status = 0;

	if (done && planned)
		status = removal_session_run(removal, clean_ignore, NULL);
	if (session->view.format == FORMAT_JSON)
		clean_print_json(clean, session->no_picture ? NULL : &session->picture.snap, done);
	else if (!session->no_picture)
		clean_print(clean, done);
	if (!done || !planned)
		return planned ? STATUS_FOUND : STATUS_OK;
	return status ? status : removal_session_status(removal);
}

static void clean_close(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);

	clean_free_rules(clean);
	removal_session_free(&clean->removal);
}
