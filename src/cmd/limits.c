// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits.h"

#include <string.h>

#include "cli/foot.h"
#include "ipcscope/num.h"

#define USUAL_WARNING	80
#define USUAL_CRITICAL	95

static const char *limit_word(const void *arg, size_t i)
{
	(void)arg;
	return limit_infos[i].name;
}

static int parse_names(struct limits *limits)
{
	const struct request *req = limits->req;
	char hint[HINT_SIZE];
	int i;

	for (i = 0; i < req->nr_args; i++) {
		enum limit_id limit = limit_by_name(req->args[i]);

		if (limit == NR_LIMITS)
			return misused("no limit '%s'%s", req->args[i],
				       hint_nearest(hint, req->args[i],
						    limit_word, NR_LIMITS));
		limits->asked |= 1ull << limit;
	}
	if (!req->nr_args)
		limits->asked = ALL_LIMITS;
	return 0;
}

/* "80" or "80%". */
static int parse_percent(const struct request *req, enum option_id option,
			 unsigned int usual, unsigned int *percent)
{
	const char *at = req->option[option];
	uint64_t num = usual;

	if (at && (!num_u64(&at, &num) || (*at && strcmp(at, "%") != 0) ||
		   num < 1 || num > 100))
		return misused("--%s takes a percentage from 1 to 100, not '%s'",
			       option_specs[option].name, req->option[option]);
	*percent = (unsigned int)num;
	return 0;
}

static int parse(struct limits *limits)
{
	const struct request *req = limits->req;
	int status = printing_parse(req, &limits->view);

	if (!status)
		status = parse_names(limits);
	if (!status)
		status = parse_percent(req, OPTION_WARNING, USUAL_WARNING,
				       &limits->warning);
	if (!status)
		status = parse_percent(req, OPTION_CRITICAL, USUAL_CRITICAL,
				       &limits->critical);
	if (status)
		return status;
	/* One that was given moves the usual value of the other. */
	if (!asked(req, OPTION_WARNING) && limits->warning > limits->critical)
		limits->warning = limits->critical;
	if (!asked(req, OPTION_CRITICAL) && limits->critical < limits->warning)
		limits->critical = limits->warning;
	if (limits->warning > limits->critical)
		return misused("--warning %u is above --critical %u",
			       limits->warning, limits->critical);
	if (asked(req, OPTION_CHECK) && limits->view.format != FORMAT_TABLE)
		return misused("--check and --%s do not go together",
			       option_specs[format_option(limits->view.format)].name);
	return 0;
}

static int read_once(struct limits *limits, bool waiters)
{
	struct picture *picture = &limits->picture;

	picture_init(picture, limits->req);
	limit_pressure_query(&picture->query, limits->asked,
			     !asked(limits->req, OPTION_CHECK), waiters);
	return picture_run(picture);
}

/* Who is stuck costs a look at every thread: only if somebody may be. */
static int read_limits(struct limits *limits)
{
	int status = read_once(limits, false);

	if (status || !limit_pressure_may_wait(&limits->picture.snap, limits->asked))
		return status;
	picture_free(&limits->picture);
	return read_once(limits, true);
}

static int print(struct limits *limits)
{
	struct buf out = { .to = stdout };

	if (asked(limits->req, OPTION_CHECK))
		limits_check_line(&out, limits);
	else
		limits_print(&out, limits);
	if (!asked(limits->req, OPTION_CHECK) &&
	    printing_foot(limits->req, &limits->view))
		limits_foot(&out, limits);
	return output_finish(&out);
}

static int answer(struct limits *limits)
{
	struct buf out = { .to = stdout };
	int status, failed;

	limit_pressure_judge(&limits->picture.snap, limits->asked,
			     &limits->limit_pressures);
	failed = print(limits);
	if (asked(limits->req, OPTION_CHECK)) {
		picture_warn(&limits->picture, 0);
		return failed ? CHECK_UNKNOWN : (int)limits_check(limits);
	}
	status = failed ? failed : picture_warn(&limits->picture, STATUS_OK);
	if (!failed && printing_foot(limits->req, &limits->view))
		foot_hint(&out, &limits->view, &limits->picture);
	failed = output_finish(&out);
	return status ? status : failed;
}

static int limits_run(const struct request *req)
{
	struct limits limits = { .req = req };
	int status = parse(&limits);

	if (!status)
		status = read_limits(&limits);
	/* Of a check a wrong use or no /proc is no state of the machine. */
	if (status && asked(req, OPTION_CHECK))
		status = CHECK_UNKNOWN;
	else if (!status)
		status = answer(&limits);
	limit_pressures_free(&limits.limit_pressures);
	vec_free(&limits.shown);
	picture_free(&limits.picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope limits", "every limit with its use, the fullest first" },
	{ "ipcscope limits shmmni kernel.sem[4]", "these alone; nothing else is read" },
	{ "ipcscope limits --check --warning 80 --critical 95", "for monitoring" },
	{ "ipcscope limits -a --json", "for scripts" },
	{ NULL, NULL },
};

const struct command command_limits = {
	.name	 = "limits",
	.args	 = "[LIMIT]...",
	.help	 = "limits, and who uses them up",
	.details =
		"Shows each limit on IPC of this machine, or of the namespaces it "
		"is called in: how much is used, of how much, and by whom; the "
		"fullest first. Where each user, process or object has a limit of "
		"its own, the one nearest to it counts. With --all also limits "
		"that nothing measurable is used up of. LIMIT is a name in the "
		"first column, or of a sysctl: then nothing else is read.\n\n"
		"100% is shown only if a limit is used up. A queue may be full "
		"before that, for the next message: then whoever waits to send it "
		"is named. ~ is an estimate: the kernel tells neither the size of "
		"a pipe (16 pages by default) nor which descriptors that watch "
		"others are shared by processes. ? could not be known.\n\n"
		"With --check it prints the line that monitoring plugins print, "
		"and exits 0 (ok), 1 (warning: --warning, 80), 2 (critical: "
		"--critical, 95, or somebody is stuck) or 3: not critical, but "
		"the use of some limit could not be known. What an ordinary user "
		"can check is named as LIMIT. How large single objects are "
		"(semmsl, shmmax, msg_max, msgsize_max) is not judged.\n\n"
		"It looks at this kernel, not at snapshots: --from is not taken. "
		"Which limit stands behind an error: ipcscope help errors",
	.examples = examples,
	.takes	 = (TAKES_READING & ~TAKES(FROM)) | TAKES(ALL) | TAKES_FORMATS |
		   TAKES(NO_HEADING) | TAKES(BYTES) |
		   TAKES(COLOR) | TAKES(CHECK) | TAKES(WARNING) |
		   TAKES(CRITICAL),
	.completes = COMPLETES(LIMITS),
	.max_args = ANY_NUMBER,
	.run	 = limits_run,
};
