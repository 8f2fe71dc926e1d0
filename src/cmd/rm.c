// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/text.h"
#include "cli/removal_session.h"
#include "rm.h"

struct words VEC(char *);

static void free_words(struct words *words)
{
	char **word;

	vec_for_each(word, words)
		free(*word);
	vec_free(words);
}

static void add_word(struct words *words, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		mem_exhausted();
	*vec_add(words) = copy;
}

/* REFs from standard input, one a line. */
static void read_words(struct words *words)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (len)
			add_word(words, line);
	}
	free(line);
}

/* The arguments, with what "-" stands for in its place. */
static void find_words(const struct request *req, struct words *words,
		       bool *from_stdin)
{
	int i;

	for (i = 0; i < req->nr_args; i++) {
		if (strcmp(req->args[i], "-")) {
			add_word(words, req->args[i]);
			continue;
		}
		*from_stdin = true;
		read_words(words);
	}
}

static bool will_ask(const struct request *req)
{
	return !asked(req, OPTION_YES) && !asked(req, OPTION_DRY_RUN);
}

static int check_asking(const struct request *req, bool from_stdin)
{
	if (!will_ask(req))
		return 0;
	if (from_stdin)
		return misused("rm - cannot ask: nothing was removed; with --yes it removes, with --dry-run it shows what");
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return misused("rm can ask nobody here: nothing was removed; with --yes it removes, with --dry-run it shows what");
	return 0;
}

/* What is known of each, and what is to become of it. */
static void plan_target(struct removal_session *session, uint32_t i)
{
	struct target *target = removal_session_add(session, i);
	const char *impossible = target_impossible(target, &session->picture.snap);
	bool forced = asked(session->req, OPTION_FORCE);

	target->force = forced;
	if (impossible)
		rm_refuse(session, i, target, impossible);
	else if (target->verdict == VERDICT_DEST)
		rm_gone(session, target);
	else if (!forced && (target->verdict == VERDICT_IN_USE ||
			     (target->verdict == VERDICT_UNKNOWN && !target->lease)))
		rm_refuse(session, i, target, NULL);
}

static void tell(void *arg, const struct target *target)
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
		complain("%s not removed: %s", target->ref->data,
			 target->note->data);
		break;
	}
}

static uint32_t count_planned(const struct removal_session *session)
{
	const struct target *target;
	uint32_t nr = 0;

	vec_for_each(target, &session->rm.targets)
		nr += target->outcome == OUTCOME_PLANNED;
	return nr;
}

static int remove_all(struct removal_session *session)
{
	struct buf out = { .to = stdout };
	int status, failed;

	status = removal_session_run(session, tell, &out);
	if (status)
		return status;
	if (session->rm.kept_any && session->foot)
		buf_puts(&out, "to bring back what was removed: ipcscope undo --last\n");
	failed = output_finish(&out);
	status = removal_session_status(session);
	return status ? status : failed;
}

static int carry_out(struct removal_session *session)
{
	uint32_t nr, i;

	for (i = 0; i < session->rows.nr; i++)
		plan_target(session, i);
	removal_plan_keep(&session->rm);
	nr = count_planned(session);
	if (!asked(session->req, OPTION_YES))
		rm_print_plan(session);
	if (asked(session->req, OPTION_DRY_RUN)) {
		int status = removal_session_status(session);

		return status ? status : nr ? STATUS_FOUND : STATUS_OK;
	}
	if (nr && will_ask(session->req) && !rm_agreed(session, nr))
		return STATUS_REFUSED;
	return remove_all(session);
}

static int run_words(struct removal_session *session, const struct words *words)
{
	struct request asked_for = *session->req;
	struct selection sel = {};
	int status, missing = 0;

	asked_for.args = words->at;
	asked_for.nr_args = (int)words->nr;
	status = selection_args(&sel, &asked_for, true);
	if (!status) {
		session->picture.query.classes = sel.classes;
		session->picture.query.shown = selection_names;
		session->picture.query.shown_arg = &sel;
		status = removal_session_read(session, &sel);
	}
	if (!status)
		status = missing = selection_pick(&sel, &session->picture,
						  &session->rows);
	if (status != STATUS_USAGE && session->picture.open && session->rows.nr) {
		removal_session_judge(session);
		status = carry_out(session);
	}
	selection_free(&sel);
	return status ? status : missing;
}

static int rm_run(const struct request *req)
{
	struct words words = {};
	struct removal_session session;
	bool from_stdin = false;
	int status;

	status = removal_session_init(&session, req);
	if (!status) {
		find_words(req, &words, &from_stdin);
		status = check_asking(req, from_stdin);
	}
	if (!status && words.nr)
		status = run_words(&session, &words);
	free_words(&words);
	removal_session_free(&session);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope rm shm:163841", "one segment, after a question" },
	{ "ipcscope rm --dry-run sem:0x05ce0004", "only say what would happen" },
	{ "ipcscope rm --yes pshm:/psm_58b99b38", "in a script" },
	{ NULL, NULL },
};

const struct command command_rm = {
	.name	 = "rm",
	.args	 = "REF...|-",
	.help	 = "remove these",
	.details =
		"Shows what removing each object would do, asks, looks again and "
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
	.examples = examples,
	.takes	 = TAKES(YES) | TAKES(DRY_RUN) | TAKES(FORCE) | TAKES(QUIET) |
		   TAKES_JUDGING | TAKES(ASSUME_COMPLETE) | TAKES(THREADS) |
		   TAKES(NO_PROGRESS) | TAKES(COLOR) | TAKES_REMOVING,
	.completes = COMPLETES(REFS),
	.min_args = 1,
	.max_args = ANY_NUMBER,
	.run	 = rm_run,
};
