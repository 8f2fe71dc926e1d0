// SPDX-License-Identifier: GPL-2.0-or-later
/* Removes by rule. */
#include "clean.h"

static session_fn clean_parse, clean_plan, clean_analyse, clean_answer;
static void clean_close(struct session *session);

const struct command command_clean = {
	.name	 = "clean",
	.args	 = "[CLASS]...",
	.help	 = "remove by rule",
	.details = "Removes what is stale: shows what that is, and with --yes does it. "
		"Objects that were made or used within the last hour (--older) and "
		"those of root and system users (--user) are left alone unless the "
		"option says otherwise. Right before each removal the object is "
		"looked at again; what changed since the plan is skipped.\n\n"
		"When there is nothing to do it prints nothing and exits 0; a plan "
		"that is not empty is exit status 4, and something skipped or "
		"refused 5.\n\n"
		"With --rules, or without any option if /etc/ipcscope/clean.conf is "
		"there, rules select: [NAME], and below it lines KEY = VALUE with "
		"the options where, user, older, min-size, profile, max and "
		"max-bytes as keys, class, suspect = yes, and action = remove or "
		"report. The first rule that an object fits counts.",
	.examples = {
		{ "ipcscope clean", "what is stale and would be removed" },
		{ "ipcscope clean --suspect --user www-data --older 1d", "and what is suspect, of one user" },
		{ "ipcscope clean --yes -q", "remove what is stale, from cron" },
	},
	.takes	 = {
		TAKES(YES), TAKES(DRY_RUN), TAKES(SUSPECT), TAKES(WHERE),
		TAKES(USER), TAKES(OLDER), TAKES(MIN_SIZE), TAKES(PROFILE),
		TAKES(MAX), TAKES(MAX_BYTES), TAKES(RULES), TAKES(QUIET),
		TAKES_ASSESSING, TAKES(ASSUME_COMPLETE), TAKES(THREADS),
		TAKES(NO_PROGRESS), TAKES(COLOR), TAKES_REMOVING,
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
	if (!status)
		status = clean_rules(clean);
	session->no_picture = !clean->rules.nr;
	/* Before anything is looked at: two runs never overlap. */
	if (!status && asked(req, OPTION_YES))
		status = removal_session_open(&clean->removal);
	return status;
}

static int clean_plan(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	struct query *query = &session->picture.query;
	struct rule *const *rule;

	vec_for_each(rule, &clean->rules)
		query->classes |= (*rule)->sel.classes;
	vec_for_each(rule, &clean->rules) {
		selection_query(&(*rule)->sel, query);
		selection_query(&(*rule)->aged, query);
		selection_query(&(*rule)->owned, query);
	}
	/* The picture must be whole, whatever a filter says of one process. */
	query->only_pids = false;
	return removal_session_plan(&clean->removal);
}

static int clean_analyse(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);
	uint32_t i;

	clean_select(clean);
	/* What is to be reported only is none of the engine's business. */
	for (i = 0; i < clean->removal.rm.targets.nr; i++) {
		if (clean->by.at[i]->report)
			clean->removal.rm.targets.at[i].outcome = OUTCOME_REPORTED;
	}
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
	bool done = asked(session->req, OPTION_YES);
	int status;

	if (session->no_picture)
		return 0;
	if (!done || !clean_any_planned(clean)) {
		clean_print(clean, done);
		return clean_any_planned(clean) ? STATUS_FOUND : STATUS_OK;
	}
	status = removal_session_run(removal, clean_ignore, NULL);
	if (*removal->rm.fatal)
		complain("%s", removal->rm.fatal);
	clean_print(clean, true);
	return status ? status : removal_session_status(removal);
}

static void clean_close(struct session *session)
{
	struct clean *clean = session_of(session, struct clean, removal.session);

	clean_free_rules(clean);
	removal_session_free(&clean->removal);
}
