// SPDX-License-Identifier: GPL-2.0-or-later
#include "clean.h"

static void ask(struct clean *clean)
{
	struct query *query = &clean->session.picture.query;
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
}

static void ignore(void *arg, const struct target *target)
{
	(void)arg;
	(void)target;
}

/* What is to be reported only is none of the engine's business. */
static void set_reports_aside(struct clean *clean)
{
	uint32_t i;

	for (i = 0; i < clean->session.rm.targets.nr; i++) {
		if (clean->by.at[i]->report)
			clean->session.rm.targets.at[i].outcome = OUTCOME_REPORTED;
	}
}

static bool any_planned(const struct clean *clean)
{
	const struct target *target;

	vec_for_each(target, &clean->session.rm.targets) {
		if (target->outcome == OUTCOME_PLANNED)
			return true;
	}
	return false;
}

static int carry_out(struct clean *clean)
{
	struct removal_session *session = &clean->session;
	bool done = asked(session->req, OPTION_YES);
	int status = STATUS_OK;

	clean_select(clean);
	set_reports_aside(clean);
	if (!any_planned(clean)) {
		clean_print(clean, done);
		return STATUS_OK;
	}
	if (!done) {
		clean_print(clean, false);
		return STATUS_FOUND;
	}
	status = removal_session_run(session, ignore, NULL);
	if (*session->rm.fatal)
		complain("%s", session->rm.fatal);
	clean_print(clean, true);
	return status ? status : removal_session_status(session);
}

static int clean_run(const struct request *req)
{
	struct clean clean = {};
	int status;

	status = removal_session_init(&clean.session, req);
	if (!status && asked(req, OPTION_YES) && asked(req, OPTION_DRY_RUN))
		status = misused("--yes and --dry-run do not go together");
	if (!status)
		status = clean_rules(&clean);
	/* Before anything is looked at: two runs never overlap. */
	if (!status && asked(req, OPTION_YES))
		status = removal_session_open(&clean.session);
	if (!status && clean.rules.nr) {
		ask(&clean);
		status = removal_session_read(&clean.session, NULL);
		if (!status)
			status = carry_out(&clean);
	}
	removal_close(&clean.session.rm);
	clean_free_rules(&clean);
	removal_session_free(&clean.session);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope clean", "what is stale and would be removed" },
	{ "ipcscope clean --suspect --user www-data --older 1d", "and what is suspect, of one user" },
	{ "ipcscope clean --yes -q", "remove what is stale, from cron" },
	{ NULL, NULL },
};

const struct command command_clean = {
	.name	 = "clean",
	.args	 = "[CLASS]...",
	.help	 = "remove by rule",
	.details =
		"Removes what is stale: shows what that is, and with --yes does it. "
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
	.examples = examples,
	.takes	 = TAKES(YES) | TAKES(DRY_RUN) | TAKES(SUSPECT) | TAKES(WHERE) |
		   TAKES(USER) | TAKES(OLDER) | TAKES(MIN_SIZE) |
		   TAKES(PROFILE) | TAKES(MAX) | TAKES(MAX_BYTES) |
		   TAKES(RULES) | TAKES(QUIET) | TAKES_JUDGING |
		   TAKES(ASSUME_COMPLETE) | TAKES(THREADS) | TAKES(NO_PROGRESS) |
		   TAKES(COLOR) | TAKES_REMOVING,
	.completes = COMPLETES(CLASSES),
	.max_args = ANY_NUMBER,
	.run	 = clean_run,
};
