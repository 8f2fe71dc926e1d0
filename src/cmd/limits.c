// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits.h"

#include <string.h>

#include "cli/foot.h"
#include "ipcscope/text.h"

#define USUAL_WARNING	80
#define USUAL_CRITICAL	95

static session_fn limits_parse, limits_plan, limits_analyse, limits_print, limits_hint;
static int limits_finish(struct session *session, int status);
static void limits_close(struct session *session);

const struct command command_limits = {
	.name	 = "limits",
	.args	 = "[LIMIT]...",
	.help	 = "limits, and who uses them up",
	.details = "Shows each limit on IPC of this machine, or of the namespaces it "
		"is called in: how much is used, of how much, and by whom; the "
		"fullest first. Where each user, process or object has a limit of "
		"its own, the one nearest to it counts. With --all also limits "
		"that nothing measurable is used up of. LIMIT is a name in the "
		"first column, or of a sysctl: then nothing else is read.\n\n"
		"100% is shown only if a limit is used up. A queue may be full "
		"before that, for the next message: then whoever waits to send it "
		"is named. ~ is an estimate: the size of a pipe is not told (16 "
		"pages by default), nor which user a watch is charged to that "
		"several have. ? could not be known. --exact asks each pipe for "
		"its size, for which it doubles one end for a microsecond.\n\n"
		"With --check it prints the line that monitoring plugins print, "
		"and exits 0 (ok), 1 (warning: --warning, 80), 2 (critical: "
		"--critical, 95, or somebody is stuck) or 3: not critical, but "
		"the use of some limit could not be known, or is an estimate that "
		"may be too low (--exact). What an ordinary user "
		"can check is named as LIMIT. How large single objects are "
		"(semmsl, shmmax, msg_max, msgsize_max) is not judged.\n\n"
		"--account tells what fills /dev/shm: each file that is listed there "
		"or only in processes any more, with its bytes and users; what of the "
		"bytes used was not found (in flight, kept by the kernel, below another "
		"mount, or made meanwhile) stands by itself.\n\n"
		"Which limit stands behind an error: ipcscope help errors",
	.examples = {
		{ "ipcscope limits", "every limit with its use, the fullest first" },
		{ "ipcscope limits shmmni kernel.sem[4]", "these alone; nothing else is read" },
		{ "ipcscope limits --check --warning 80 --critical 95", "for monitoring" },
		{ "ipcscope limits --exact pipe-user-pages-soft", "the size of each pipe, too" },
		{ "ipcscope limits -a --json", "for scripts" },
	},
	.takes	 = {
		TAKES_READING, TAKES_NS, TAKES(ALL), TAKES_FORMATS, TAKES(NO_HEADING), TAKES(BYTES),
		TAKES(COLOR), TAKES(EXACT), TAKES(ACCOUNT), TAKES(CHECK), TAKES(WARNING), TAKES(CRITICAL),
	},
	.completes = COMPLETES(LIMITS),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct limits),
	.parse	 = limits_parse,
	.plan	 = limits_plan,
	.analyse = limits_analyse,
	.print	 = limits_print,
	.hint	 = limits_hint,
	.finish	 = limits_finish,
	.close	 = limits_close,
};

static const char *limits_limit_word(const void *arg, size_t i)
{
	return limit_infos[i].name;
}

static int limits_parse(struct session *session)
{
	struct limits *limits = session_of(session, struct limits, session);
	const struct request *req = session->req;
	struct hint hint;
	int i;

	if (asked(req, OPTION_ACCOUNT)) {
		if (req->nr_args > 1 || (req->nr_args && strcmp(req->args[0], "/dev/shm")) ||
		    asked(req, OPTION_CHECK))
			return misused("--account is of /dev/shm alone");
		limits->asked = A_LIMIT(SHM_BYTES);
		return 0;
	}
	for (i = 0; i < req->nr_args; i++) {
		enum limit_id limit = limit_by_name(req->args[i]);

		if (limit == NR_LIMITS)
			return misused("no limit '%s'%s", req->args[i],
				       text_hint(&hint, req->args[i], limits_limit_word, NR_LIMITS,
						 "ipcscope limits -a"));
		limits->asked |= 1ull << limit;
	}
	/* What has no limit is no matter of a check. */
	if (!req->nr_args)
		limits->asked = asked(req, OPTION_CHECK) ? ALL_LIMITS & ~A_LIMIT(UNLINKED) :
							   ALL_LIMITS;
	limits->warning = (unsigned int)option_num(req, OPTION_WARNING, USUAL_WARNING);
	limits->critical = (unsigned int)option_num(req, OPTION_CRITICAL, USUAL_CRITICAL);
	/* One that was given moves the usual value of the other. */
	if (!asked(req, OPTION_WARNING) && limits->warning > limits->critical)
		limits->warning = limits->critical;
	if (!asked(req, OPTION_CRITICAL) && limits->critical < limits->warning)
		limits->critical = limits->warning;
	if (limits->warning > limits->critical)
		return misused("--warning %u is above --critical %u",
			       limits->warning, limits->critical);
	if (asked(req, OPTION_CHECK) && session->view.format != FORMAT_TABLE)
		return misused("--check and --json do not go together");
	if (asked(req, OPTION_EXACT) && asked(req, OPTION_FROM))
		return misused("--exact asks this kernel: it does not go with --from");
	return 0;
}

static void limits_query(struct limits *limits, bool waiters)
{
	struct session *session = &limits->session;

	limit_pressure_query(&session->picture.query, limits->asked,
			     !asked(session->req, OPTION_CHECK), waiters);
	if (asked(session->req, OPTION_EXACT))
		limit_pressure_ask_pipes(&session->picture.query);
}

static int limits_plan(struct session *session)
{
	struct limits *limits = session_of(session, struct limits, session);

	limits_query(limits, false);
	if (asked(session->req, OPTION_ACCOUNT))
		query_add_field(&session->picture.query, FIELD_USERS);
	/* The line for monitoring has no foot. */
	session->foot &= !asked(session->req, OPTION_CHECK);
	return 0;
}

/* Who is stuck costs a look at every thread: only if somebody may be. */
static int limits_analyse(struct session *session)
{
	struct limits *limits = session_of(session, struct limits, session);
	int status = 0;

	/* A file has them all. */
	if (session->picture.host && limit_pressure_may_wait(&session->picture.snap, limits->asked)) {
		session->picture.query = (struct query){};
		session->picture.parts = 0;
		limits_query(limits, true);
		status = picture_read(&session->picture);
	}
	if (status)
		return status;
	limit_pressure_judge(&session->picture.snap, limits->asked,
			     &limits->limit_pressures);
	limits->judged = true;
	return 0;
}

static bool limits_is_judged(const struct limit_pressure *p)
{
	enum limit_kind kind = limit_infos[p->limit].kind;

	return kind != KIND_VALUE && kind != KIND_SIZE;
}

static bool limits_is_unknown(const struct limits *limits, const struct limit_pressure *p)
{
	return limits_is_judged(p) && limit_pressure_may_reach(p, limits->warning) &&
	       !limit_pressure_reaches(p, limits->warning);
}

static bool limits_any_reaches(const struct limits *limits, unsigned int percent)
{
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (limit_pressure_reaches(p, percent))
			return true;
	}
	return false;
}

enum check_status limits_check(const struct limits *limits)
{
	const struct limit_pressure *p;

	if (limits_any_reaches(limits, limits->critical))
		return CHECK_CRITICAL;
	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_is_unknown(limits, p))
			return CHECK_UNKNOWN;
	}
	return limits_any_reaches(limits, limits->warning) ? CHECK_WARNING : CHECK_OK;
}

/* "msgmnb 97.7% (msg:32772)"; a bar would end the text. */
static void limits_put_one(struct buf *to, const struct limits *limits,
			   const struct limit_pressure *p)
{
	struct buf who = {};
	size_t i;

	buf_printf(to, "%s ", limit_infos[p->limit].name);
	limits_percent(to, p);
	if (p->nr_holders)
		limits_holders(&who, limits, p, 40);
	if (who.len)
		buf_puts(to, " (");
	for (i = 0; i < who.len; i++) {
		if (who.data[i] == '|')
			buf_puts(to, "\\x7c");
		else
			buf_putc(to, who.data[i]);
	}
	if (who.len)
		buf_putc(to, ')');
	buf_free(&who);
}

/* The limits that make the status what it is. */
static void limits_put_named(struct buf *to, const struct limits *limits,
			     enum check_status status)
{
	bool unknown = status == CHECK_UNKNOWN;
	unsigned int percent = status == CHECK_CRITICAL ? limits->critical : limits->warning;
	const char *gap = unknown ? "not known: " : "";
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (unknown ? !limits_is_unknown(limits, p) : !limit_pressure_reaches(p, percent))
			continue;
		buf_puts(to, gap);
		if (unknown)
			buf_puts(to, limit_infos[p->limit].name);
		else
			limits_put_one(to, limits, p);
		gap = ", ";
	}
}

static void limits_put_fullest(struct buf *to, const struct limits *limits)
{
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (!limits_is_judged(p) || !p->known || !p->has_max || p->estimated)
			continue;
		buf_puts(to, "fullest: ");
		limits_put_one(to, limits, p);
		return;
	}
	buf_puts(to, "no limit that is used up");
}

/* 'label'=value[UOM];warn;crit;min;max */
static void limits_put_data(struct buf *to, const struct limits *limits,
			    const struct limit_pressure *p)
{
	const struct limit_info *info = &limit_infos[p->limit];
	const char *quote = strchr(info->name, ' ') ? "'" : "";
	bool judged = p->has_max && limits_is_judged(p);

	buf_printf(to, " %s%s%s=", quote, info->name, quote);
	if (!p->known || p->estimated || p->used == NUM_TOO_MUCH) {
		buf_putc(to, 'U');
		return;
	}
	buf_u64(to, p->used);
	buf_puts(to, limit_is_bytes(p->limit) ? "B;" : ";");
	if (judged)
		buf_u64(to, num_scale(p->max, limits->warning, 100));
	buf_putc(to, ';');
	if (judged)
		buf_u64(to, num_scale(p->max, limits->critical, 100));
	buf_puts(to, ";0;");
	if (p->has_max)
		buf_u64(to, p->max);
}

void limits_check_line(struct buf *to, const struct limits *limits)
{
	static const char *const words[] = {
		[CHECK_OK] = "OK", [CHECK_WARNING] = "WARNING",
		[CHECK_CRITICAL] = "CRITICAL", [CHECK_UNKNOWN] = "UNKNOWN",
	};
	enum check_status status = limits_check(limits);
	const struct limit_pressure *p;
	enum limit_id limit;

	buf_printf(to, "IPC %s - ", words[status]);
	if (status == CHECK_OK)
		limits_put_fullest(to, limits);
	else
		limits_put_named(to, limits, status);
	buf_puts(to, " |");
	/* In an order that stays. */
	for (limit = 0; limit < NR_LIMITS; limit++) {
		vec_for_each(p, &limits->limit_pressures.all) {
			if (p->limit == limit && limit_infos[limit].kind != KIND_VALUE)
				limits_put_data(to, limits, p);
		}
	}
	buf_putc(to, '\n');
}

static int limits_print(struct session *session)
{
	struct limits *limits = session_of(session, struct limits, session);

	if (asked(session->req, OPTION_CHECK))
		limits_check_line(&session->out, limits);
	else if (asked(session->req, OPTION_ACCOUNT))
		limits_account(&session->out, limits);
	else
		limits_sheet(&session->out, limits);
	if (session->foot && !asked(session->req, OPTION_ACCOUNT))
		limits_foot(&session->out, limits);
	return 0;
}

static int limits_hint(struct session *session)
{
	foot_hint(&session->out, &session->view, &session->picture);
	return 0;
}

/* Of a check a wrong use or no /proc is no state of the machine. */
static int limits_finish(struct session *session, int status)
{
	const struct limits *limits = session_of(session, struct limits, session);

	if (!asked(session->req, OPTION_CHECK))
		return status;
	if (!limits->judged || status == STATUS_FAILED)
		return CHECK_UNKNOWN;
	return (int)limits_check(limits);
}

static void limits_close(struct session *session)
{
	struct limits *limits = session_of(session, struct limits, session);

	limit_pressures_free(&limits->limit_pressures);
	vec_free(&limits->shown);
}
