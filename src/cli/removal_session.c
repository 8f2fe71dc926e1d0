// SPDX-License-Identifier: GPL-2.0-or-later
#include "removal_session.h"

#include <string.h>

#include "ipcscope/num.h"

static int parse_options(struct removal_session *session)
{
	const struct request *req = session->req;
	struct removal *rm = &session->rm;
	const char *limit = req->option[OPTION_SAVE_LIMIT];

	if (asked(req, OPTION_LOG) && asked(req, OPTION_NO_LOG))
		return misused("--log and --no-log do not go together");
	if (asked(req, OPTION_SAVE) && asked(req, OPTION_NO_SAVE))
		return misused("--save and --no-save do not go together");
	if (limit && !num_parse_size(limit, &rm->save_limit))
		return misused("--save-limit takes bytes (64K, 2M), not '%s'",
			       limit);
	rm->log_path = req->option[OPTION_LOG];
	rm->no_log = asked(req, OPTION_NO_LOG);
	rm->no_save = asked(req, OPTION_NO_SAVE);
	rm->assume_complete = asked(req, OPTION_ASSUME_COMPLETE);
	return 0;
}

int removal_session_init(struct removal_session *session, const struct request *req)
{
	int status;

	*session = (struct removal_session){ .req = req };
	picture_init(&session->picture, req);
	removal_init(&session->rm, req->command->name);
	status = printing_parse(req, &session->view);
	if (!status)
		status = parse_options(session);
	if (status)
		return status;
	session->foot = printing_foot(req, &session->view);
	return assessment_open(&session->assessment, req);
}

int removal_session_read(struct removal_session *session, const struct selection *sel)
{
	removal_query(&session->picture.query);
	assessment_query(&session->assessment, sel, &session->picture.query);
	session->rm.query = &session->picture.query;
	session->rm.profiles = &session->assessment.profiles;
	return picture_run(&session->picture);
}

void removal_session_judge(struct removal_session *session)
{
	assessment_run(&session->assessment, &session->picture, &session->rows, true);
	removal_judge(&session->picture.snap, &session->assessment.profiles,
		      session->rows.at, session->rows.nr, true, &session->trusting);
}

struct target *removal_session_add(struct removal_session *session, uint32_t i)
{
	const struct finding *finding = &session->assessment.findings.findings.at[i];
	const struct finding *trusting = &session->trusting.findings.at[i];
	struct target *target = removal_add(&session->rm, &session->picture.snap,
					    session->rows.at[i], finding);

	target->lease = finding->verdict == VERDICT_UNKNOWN &&
			removal_can_prove(target->class) &&
			trusting->verdict != VERDICT_IN_USE &&
			trusting->verdict != VERDICT_UNKNOWN;
	return target;
}

static void say_recovered(const struct removal_session *session)
{
	const char *line = session->rm.report.data, *end;

	for (; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		complain("%.*s", (int)(end - line), line);
	}
}

int removal_session_open(struct removal_session *session)
{
	char why[256];

	if (removal_open(&session->rm, why)) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	say_recovered(session);
	return 0;
}

int removal_session_run(struct removal_session *session,
			void (*each)(void *arg, const struct target *target),
			void *arg)
{
	int status = session->rm.lock < 0 ? removal_session_open(session) : STATUS_OK;

	if (status)
		return status;
	removal_run(&session->rm, each, arg);
	removal_close(&session->rm);
	return 0;
}

int removal_session_status(const struct removal_session *session)
{
	const struct target *target;
	int status = STATUS_OK;

	if (*session->rm.fatal)
		return STATUS_FAILED;
	vec_for_each(target, &session->rm.targets) {
		if (target->outcome == OUTCOME_FAILED ||
		    target->outcome == OUTCOME_STOPPED)
			return STATUS_FAILED;
		if (target->outcome == OUTCOME_REFUSED ||
		    target->outcome == OUTCOME_SKIPPED)
			status = STATUS_REFUSED;
	}
	return status;
}

void removal_session_free(struct removal_session *session)
{
	findings_free(&session->trusting);
	vec_free(&session->rows);
	removal_free(&session->rm);
	picture_free(&session->picture);
	assessment_free(&session->assessment);
}
