// SPDX-License-Identifier: GPL-2.0-or-later
/* Removes what it is told to. */
#include "rm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rm {
	struct removal_session removal;
	struct VEC(char *) words;	/* REFs */
	bool from_stdin;
};

static session_fn rm_parse, rm_plan, rm_analyse, rm_print;
static void rm_close(struct session *session);

const struct command command_rm = {
	.name	 = "rm",
	.args	 = "REF...|-",
	.help	 = "remove these",
	.details = "Shows what removing each object would do, asks, looks again and "
		"removes. - reads REFs from standard input, one a line. Without a "
		"terminal it needs --yes, or nothing is done and it exits 2.\n\n"
		"What is in use, or what may be because not everything could be "
		"seen, is refused, and exit status 5; --force removes it all the "
		"same. Whether somebody has an object of /dev/shm or a POSIX queue "
		"is asked of the kernel in the moment of the removal, by a lease, so "
		"that processes nobody may look into count too.\n\n"
		"Every removal is logged before it happens, and contents are kept "
		"so that ipcscope undo can bring them back. If either cannot be "
		"done, nothing is removed.",
	.examples = {
		{ "ipcscope rm shm:163841", "one segment, after a question" },
		{ "ipcscope rm --dry-run sem:0x05ce0004", "only say what would happen" },
		{ "ipcscope rm --yes pshm:/psm_58b99b38", "in a script" },
	},
	.takes	 = {
		TAKES(YES), TAKES(DRY_RUN), TAKES(FORCE), TAKES(QUIET),
		TAKES_ASSESSING, TAKES(ASSUME_COMPLETE), TAKES(THREADS),
		TAKES(NO_PROGRESS), TAKES(COLOR), TAKES_REMOVING,
	},
	.completes = COMPLETES(REFS),
	.min_args = 1,
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct rm),
	.parse	 = rm_parse,
	.plan	 = rm_plan,
	.analyse = rm_analyse,
	.print	 = rm_print,
	.close	 = rm_close,
};

static void rm_add_word(struct rm *rm, const char *word)
{
	*vec_add(&rm->words) = (char *)arena_str(&rm->removal.session.arena, word,
						 strlen(word))->data;
}

/* REFs from standard input, one a line. */
static void rm_read_words(struct rm *rm)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	rm->from_stdin = true;
	while ((len = getline(&line, &room, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (len)
			rm_add_word(rm, line);
	}
	free(line);
}

static bool rm_will_ask(const struct request *req)
{
	return !asked(req, OPTION_YES) && !asked(req, OPTION_DRY_RUN);
}

static int rm_check_asking(const struct request *req, bool from_stdin)
{
	if (!rm_will_ask(req))
		return 0;
	if (from_stdin)
		return misused("rm - cannot ask: nothing was removed; with --yes it removes, with --dry-run it shows what");
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return misused("rm can ask nobody here: nothing was removed; with --yes it removes, with --dry-run it shows what");
	return 0;
}

/* What is known of each, and what is to become of it. */
static void rm_plan_target(struct removal_session *removal, uint32_t i)
{
	struct target *target = removal_session_add(removal, i);
	const char *impossible = target_impossible(target, &removal->session.picture.snap);
	bool forced = asked(removal->session.req, OPTION_FORCE);

	target->force = forced;
	if (impossible)
		rm_refuse(removal, i, target, impossible);
	else if (target->verdict == VERDICT_DEST)
		rm_gone(removal, target);
	else if (!forced && (target->verdict == VERDICT_IN_USE ||
			     (target->verdict == VERDICT_UNKNOWN && !target->lease)))
		rm_refuse(removal, i, target, NULL);
}

static void rm_tell(void *arg, const struct target *target)
{
	struct buf *out = arg;

	switch (target->outcome) {
	case OUTCOME_REMOVED:
	case OUTCOME_GONE:
		buf_printf(out, "%s ", outcome_words[target->outcome]);
		buf_str(out, target->ref);
		if (target->outcome == OUTCOME_REMOVED && target->note) {
			buf_puts(out, ": ");
			buf_str(out, target->note);
		}
		buf_putc(out, '\n');
		break;
	case OUTCOME_REFUSED:
		break;	/* said before */
	default:
		buf_flush(out);
		complain("%s not removed: %s", target->ref->data, target->note->data);
		break;
	}
}

static uint32_t rm_count_planned(const struct removal_session *removal)
{
	const struct target *target;
	uint32_t nr = 0;

	vec_for_each(target, &removal->rm.targets)
		nr += target->outcome == OUTCOME_PLANNED;
	return nr;
}

static int rm_remove(struct removal_session *removal)
{
	struct buf *out = &removal->session.out;
	int status, failed;

	status = removal_session_run(removal, rm_tell, out);
	if (status)
		return status;
	if (removal->rm.kept_any && removal->session.foot)
		buf_puts(out, "to bring back what was removed: ipcscope undo --last\n");
	failed = output_finish(out);
	status = removal_session_status(removal);
	return status ? status : failed;
}

/* The arguments, with what "-" stands for in its place. */
static int rm_parse(struct session *session)
{
	struct rm *rm = session_of(session, struct rm, removal.session);
	struct request refs = *session->req;
	int i, status = removal_session_parse(&rm->removal);

	if (status)
		return status;
	for (i = 0; i < session->req->nr_args; i++) {
		if (strcmp(session->req->args[i], "-"))
			rm_add_word(rm, session->req->args[i]);
		else
			rm_read_words(rm);
	}
	session->no_picture = !rm->words.nr;
	refs.args = rm->words.at;
	refs.nr_args = (int)rm->words.nr;
	status = rm_check_asking(session->req, rm->from_stdin);
	return status ? status : selection_args(&session->sel, &refs, true);
}

static int rm_plan(struct session *session)
{
	struct query *query = &session->picture.query;

	query->classes = session->sel.classes;
	query->look_at = selection_names;
	query->look_at_arg = &session->sel;
	return removal_session_plan(&session_of(session, struct rm, removal.session)->removal);
}

static int rm_analyse(struct session *session)
{
	removal_session_judge(&session_of(session, struct rm, removal.session)->removal);
	return 0;
}

static int rm_print(struct session *session)
{
	struct rm *rm = session_of(session, struct rm, removal.session);
	struct removal_session *removal = &rm->removal;
	const struct request *req = session->req;
	uint32_t nr, i;
	int status;

	if (!session->rows.nr)
		return 0;
	for (i = 0; i < session->rows.nr; i++)
		rm_plan_target(removal, i);
	removal_plan_keep(&removal->rm);
	nr = rm_count_planned(removal);
	if (!asked(req, OPTION_YES))
		rm_print_plan(removal);
	if (asked(req, OPTION_DRY_RUN)) {
		status = removal_session_status(removal);
		return status ? status : nr ? STATUS_FOUND : STATUS_OK;
	}
	if (nr && rm_will_ask(req) && !rm_agreed(removal, nr))
		return STATUS_REFUSED;
	return rm_remove(removal);
}

static void rm_close(struct session *session)
{
	struct rm *rm = session_of(session, struct rm, removal.session);

	vec_free(&rm->words);
	removal_session_free(&rm->removal);
}
