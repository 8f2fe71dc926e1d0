// SPDX-License-Identifier: GPL-2.0-or-later
#include "removing.h"

#include <string.h>

#include "ipcscope/num.h"

static int parse_options(struct removing *doing)
{
	const struct request *req = doing->req;
	struct removal *rm = &doing->rm;
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

int removing_init(struct removing *doing, const struct request *req)
{
	int status;

	*doing = (struct removing){ .req = req };
	reading_init(&doing->reading, req);
	removal_init(&doing->rm, req->command->name);
	status = printing_parse(req, &doing->view);
	if (!status)
		status = parse_options(doing);
	if (status)
		return status;
	doing->foot = printing_foot(req, &doing->view);
	return judging_open(&doing->judging, req);
}

int removing_read(struct removing *doing, const struct selection *sel)
{
	removal_query(&doing->reading.query);
	judging_query(&doing->judging, sel, &doing->reading.query);
	doing->rm.query = &doing->reading.query;
	doing->rm.profiles = &doing->judging.profiles;
	return reading_run(&doing->reading);
}

void removing_judge(struct removing *doing)
{
	judging_run(&doing->judging, &doing->reading, &doing->rows, true);
	removal_judge(&doing->reading.snap, &doing->judging.profiles,
		      doing->rows.at, doing->rows.nr, true, &doing->trusting);
}

struct target *removing_add(struct removing *doing, uint32_t i)
{
	const struct finding *finding = &doing->judging.findings.findings.at[i];
	const struct finding *trusting = &doing->trusting.findings.at[i];
	struct target *target = removal_add(&doing->rm, &doing->reading.snap,
					    doing->rows.at[i], finding);

	target->lease = finding->verdict == VERDICT_UNKNOWN &&
			removal_can_prove(target->class) &&
			trusting->verdict != VERDICT_IN_USE &&
			trusting->verdict != VERDICT_UNKNOWN;
	return target;
}

static void say_recovered(const struct removing *doing)
{
	const char *line = doing->rm.report.data, *end;

	for (; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		complain("%.*s", (int)(end - line), line);
	}
}

int removing_open(struct removing *doing)
{
	char why[256];

	if (removal_open(&doing->rm, why)) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	say_recovered(doing);
	return 0;
}

int removing_run(struct removing *doing,
		 void (*each)(void *arg, const struct target *target),
		 void *arg)
{
	int status = doing->rm.lock < 0 ? removing_open(doing) : STATUS_OK;

	if (status)
		return status;
	removal_run(&doing->rm, each, arg);
	removal_close(&doing->rm);
	return 0;
}

int removing_status(const struct removing *doing)
{
	const struct target *target;
	int status = STATUS_OK;

	if (*doing->rm.fatal)
		return STATUS_FAILED;
	vec_for_each(target, &doing->rm.targets) {
		if (target->outcome == OUTCOME_FAILED ||
		    target->outcome == OUTCOME_STOPPED)
			return STATUS_FAILED;
		if (target->outcome == OUTCOME_REFUSED ||
		    target->outcome == OUTCOME_SKIPPED)
			status = STATUS_REFUSED;
	}
	return status;
}

void removing_free(struct removing *doing)
{
	findings_free(&doing->trusting);
	vec_free(&doing->rows);
	removal_free(&doing->rm);
	reading_free(&doing->reading);
	judging_free(&doing->judging);
}
