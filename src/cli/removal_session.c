// SPDX-License-Identifier: GPL-2.0-or-later
#include "removal_session.h"

#include <stdio.h>
#include <string.h>

#include "ipcscope/text.h"

int removal_session_parse(struct removal_session *removal)
{
	const struct request *req = removal->session.req;
	struct removal *rm = &removal->rm;

	removal_init(rm, req->command->name);
	if (asked(req, OPTION_LOG) && asked(req, OPTION_NO_LOG))
		return misused("--log and --no-log do not go together");
	if (asked(req, OPTION_SAVE) && asked(req, OPTION_NO_SAVE))
		return misused("--save and --no-save do not go together");
	rm->save_limit = option_num(req, OPTION_SAVE_LIMIT, rm->save_limit);
	rm->log_path = req->option[OPTION_LOG].text;
	rm->no_log = asked(req, OPTION_NO_LOG);
	rm->no_save = asked(req, OPTION_NO_SAVE);
	rm->assume_complete = asked(req, OPTION_ASSUME_COMPLETE);
	return 0;
}

int removal_session_plan(struct removal_session *removal)
{
	struct session *session = &removal->session;
	struct query *query = &session->picture.query;
	int status = assessment_open(&session->assessment, session->req, query->classes);

	removal_query(query);
	assessment_query(&session->assessment, &session->sel, query);
	removal->rm.query = query;
	removal->rm.profiles = &session->assessment.profiles;
	return status;
}

static bool removal_session_trusts(const struct removal_session *removal,
				   const struct finding *finding)
{
	const struct snapshot *snap = &removal->session.picture.snap;

	return finding->verdict == VERDICT_UNKNOWN &&
	       removal_can_prove(snap->objects.at[finding->object].class);
}

void removal_session_judge(struct removal_session *removal)
{
	struct session *session = &removal->session;

	const struct snapshot *snap = &session->picture.snap;
	const struct finding *finding;
	struct rows unknown = {};

	assessment_run(&session->assessment, &session->picture, &session->rows, true);
	vec_for_each(finding, &session->assessment.findings.findings) {
		if (removal_session_trusts(removal, finding))
			*vec_add(&unknown) = finding->object;
	}
	stale_judge(snap, &session->assessment.profiles, unknown.at, unknown.nr, true,
		    &removal->trusting);
	vec_free(&unknown);
}

/* They are in the order of the rows, as the questions are. */
const struct finding *removal_session_trusting(struct removal_session *removal,
					       const struct finding *finding)
{
	const uint32_t nr = removal->trusting.findings.nr;
	uint32_t i;

	for (i = 0; i < nr && removal_session_trusts(removal, finding); i++) {
		const struct finding *trusting = &removal->trusting.findings.at[removal->trusted];

		if (trusting->object == finding->object)
			return trusting;
		removal->trusted = (removal->trusted + 1) % nr;
	}
	return NULL;
}

struct target *removal_session_add(struct removal_session *removal, uint32_t i)
{
	const struct finding *finding = &removal->session.assessment.findings.findings.at[i];
	const struct finding *trusting = removal_session_trusting(removal, finding);
	struct target *target = removal_add(&removal->rm, &removal->session.picture.snap,
					    removal->session.rows.at[i], finding);

	target->lease = trusting && trusting->verdict != VERDICT_IN_USE;
	return target;
}

int removal_session_open(struct removal *rm)
{
	const char *line, *end;
	char why[256];
	const int ret = removal_open(rm, why);

	for (line = rm->report.data; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		complain("%.*s", (int)(end - line), line);
	}
	if (ret)
		complain("%s", why);
	return ret ? STATUS_FAILED : 0;
}

int removal_session_run(struct removal_session *removal,
			void (*each)(void *arg, const struct target *target), void *arg)
{
	int status = removal->rm.lock < 0 ? removal_session_open(&removal->rm) : STATUS_OK;

	if (status)
		return status;
	removal_run(&removal->rm, each, arg);
	removal_close(&removal->rm);
	if (*removal->rm.fatal)
		complain("%s", removal->rm.fatal);
	return 0;
}

int removal_session_status(const struct removal_session *removal)
{
	const struct target *target;
	int status = STATUS_OK;

	if (*removal->rm.fatal)
		return STATUS_FAILED;
	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome == OUTCOME_FAILED || target->outcome == OUTCOME_STOPPED)
			return STATUS_FAILED;
		if (target->outcome == OUTCOME_REFUSED ||
		    target->outcome == OUTCOME_SKIPPED)
			status = STATUS_REFUSED;
	}
	return status;
}

bool removal_session_yes(const char *question)
{
	char line[16];
	char *end;

	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin))
		return false;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return !strcmp(line, "y") || !strcmp(line, "yes");
}

void removal_session_free(struct removal_session *removal)
{
	if (!removal->rm.ops)
		return;
	removal_close(&removal->rm);
	findings_free(&removal->trusting);
	removal_free(&removal->rm);
}

/* In /etc/subuid, "NAME:FIRST:NUMBER" a line: whom a user may be in namespaces of his own. */
static bool removal_session_is_subordinate(const struct host *host, uid_t uid)
{
	static struct buf text;
	static bool known;
	const char *at;

	if (!known)
		known = !host->ops->read_file(host, NULL, "/etc/subuid", &text);
	for (at = known ? text.data : NULL; at && *at; at = strchr(at, '\n')) {
		uint64_t first, nr;

		at += *at == '\n';
		at += strcspn(at, ":\n");
		if (*at != ':')
			continue;
		at++;
		if (!num_u64(&at, &first) || *at != ':')
			continue;
		at++;
		if (num_u64(&at, &nr) && uid >= first && uid - first < nr)
			return true;
	}
	return false;
}

bool is_system_user(const struct host *host, uid_t uid)
{
	/* login.defs(5), nobody; systemd.exec(5), DynamicUser=; systemd-nspawn(1), containers,
	 * where no directory of a network gives the number to somebody. */
	static const struct {
		uid_t first, last;
		bool nameless;
	} ranges[] = {
		{ 0, 999, false }, { 61184, 65519, false }, { 65534, 65535, false },
		{ 524288, 1879048191, true }, { UINT32_MAX, UINT32_MAX, false },
	};
	struct buf name = {};
	bool is_one = removal_session_is_subordinate(host, uid);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges) && !is_one; i++) {
		if (uid >= ranges[i].first && uid <= ranges[i].last)
			is_one = !ranges[i].nameless ||
				 host->ops->id_name(host, false, uid, &name);
	}
	buf_free(&name);
	return is_one;
}
