// SPDX-License-Identifier: GPL-2.0-or-later
/* Removes what it is told to. A refusal says who is in the way, what would break, and
 * the way round. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/removal_session.h"
#include "ipcscope/text.h"

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
		TAKES_NS, TAKES(YES), TAKES(DRY_RUN), TAKES(FORCE), TAKES(QUIET),
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

static void rm_note(struct removal_session *removal, struct target *target,
		    enum outcome outcome, const char *text)
{
	target->outcome = outcome;
	target->note = arena_str(&removal->rm.arena, text, strlen(text));
	target->note_brief = target->note;
}

static void rm_explain(struct removal_session *removal, uint32_t i,
		       const struct target *target)
{
	const struct snapshot *snap = &removal->session.picture.snap;
	struct buf text = { .to = stderr }, users = {};

	render_users(&users, snap, &snap->objects.at[removal->session.rows.at[i]],
		     NO_INDEX, 0);
	if (users.len && strcmp(users.data, "-") && strcmp(users.data, "?"))
		buf_printf(&text, "  %s\n", users.data);
	buf_puts(&text, "  if it were removed: ");
	target_effect(&text, target);
	/* Somebody else's is nothing that force would help with. */
	buf_puts(&text, snap->host.uid && snap->host.uid != target->uid ?
		 "\n  root may, and sees more: sudo ipcscope rm " :
		 "\n  to remove it all the same: ipcscope rm --force ");
	buf_str(&text, target->ref);
	buf_putc(&text, '\n');
	buf_flush(&text);
	buf_free(&text);
	buf_free(&users);
}

/* Refuses the target of row @i, and says who is in the way; @impossible: why no such
 * thing can be removed, or NULL. */
static void rm_refuse(struct removal_session *removal, uint32_t i, struct target *target,
		      const char *impossible)
{
	struct buf reason = {};

	/* "in use, 3 attachments in 2 processes", or what is not known. */
	buf_puts(&reason, impossible ?: target->verdict == VERDICT_IN_USE ? "in use, " :
		 "not known whether it is in use: ");
	if (!impossible)
		buf_str(&reason, target->sentence);
	rm_note(removal, target, OUTCOME_REFUSED, reason.data);
	complain("%s not removed: %s", target->ref->data, reason.data);
	if (!impossible)
		rm_explain(removal, i, target);
	buf_free(&reason);
}

struct widths {
	size_t ref, owner, amount, verdict;
};

static size_t rm_width_of(const struct str *str)
{
	return text_width(str->data, str->len);
}

static void rm_widen(size_t *width, size_t to)
{
	*width = MAX(*width, to);
}

static void rm_put_padded(struct buf *to, const struct str *str, size_t width)
{
	buf_str(to, str);
	buf_pad(to, ' ', width - rm_width_of(str) + 1);
}

static void rm_print_target(struct buf *to, const struct removal_session *removal,
			    const struct target *target, const struct widths *widths)
{
	const char *verdict = verdict_infos[target->verdict].word;

	buf_puts(to, "remove ");
	rm_put_padded(to, target->ref, widths->ref);
	rm_put_padded(to, target->owner, widths->owner);
	buf_pad(to, ' ', widths->amount - rm_width_of(target->amount));
	buf_str(to, target->amount);
	buf_printf(to, " %-*s ", (int)widths->verdict, verdict);
	buf_str(to, removal->session.view.terminal && removal->session.view.width < 120 ?
		target->brief : target->sentence);
	buf_puts(to, "\n       ");
	target_effect(to, target);
	buf_puts(to, "; ");
	target_keeping(to, &removal->rm, target);
	if (target->lease && !target->force)
		buf_puts(to, "\n       only if the kernel then knows of no other user");
	if (target->force && (target->verdict == VERDICT_IN_USE ||
			      target->verdict == VERDICT_UNKNOWN)) {
		buf_puts(to, "\n       by force: ");
		buf_str(to, target->sentence);
	}
	buf_putc(to, '\n');
}

static void rm_print_plan(const struct removal_session *removal)
{
	struct buf out = { .to = stdout };
	const struct target *target;
	struct widths widths = {};

	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome != OUTCOME_PLANNED)
			continue;
		rm_widen(&widths.ref, rm_width_of(target->ref));
		rm_widen(&widths.owner, rm_width_of(target->owner));
		rm_widen(&widths.amount, rm_width_of(target->amount));
		rm_widen(&widths.verdict, strlen(verdict_infos[target->verdict].word));
	}
	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome == OUTCOME_PLANNED)
			rm_print_target(&out, removal, target, &widths);
	}
	if (!removal_keeps_all(&removal->rm, false))
		removal_put_keeping(&out, &removal->rm, false);
	output_finish(&out);
}

/* Whose of root and the system users are among them; how many objects. */
static uint32_t rm_system_owners(const struct removal_session *removal, struct buf *names)
{
	const struct target *target, *last = NULL;
	uint32_t nr = 0;

	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome != OUTCOME_PLANNED ||
		    !is_system_user(removal->rm.host, target->uid))
			continue;
		if (nr++ && target->uid == last->uid)
			continue;
		buf_puts(names, names->len ? ", " : "");
		buf_str(names, target->owner);
		last = target;
	}
	return nr;
}

/* Asks once, and says what is root's or a system user's. */
static bool rm_agreed(const struct removal_session *removal, uint32_t nr)
{
	struct buf question = {}, names = {};
	uint32_t theirs = rm_system_owners(removal, &names);
	bool agreed;

	buf_printf(&question, nr == 1 ? "remove this object" : "remove these %u objects", nr);
	if (theirs && nr > 1)
		buf_printf(&question, ", %u of them", theirs);
	if (theirs)
		buf_printf(&question, " of %s", names.data);
	buf_putc(&question, '?');
	agreed = removal_session_yes(question.data);
	buf_free(&question);
	buf_free(&names);
	if (!agreed)
		complain("nothing was removed");
	return agreed;
}

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

/* What is known of each, and what is to become of it; @name: of several, or NULL. */
static void rm_plan_target(struct removal_session *removal, uint32_t i, const struct str *name)
{
	struct target *target = removal_session_add(removal, i);
	bool forced = asked(removal->session.req, OPTION_FORCE);
	const char *impossible;

	target->force = forced;
	if (name)
		target_call(&removal->rm, target, name);
	impossible = target_impossible(target, &removal->session.picture.snap);
	if (impossible)
		rm_refuse(removal, i, target, impossible);
	else if (target->verdict == VERDICT_DEST)
		rm_note(removal, target, OUTCOME_GONE,
			"removed before, goes with the last detach");
	else if (!forced && (target->verdict == VERDICT_IN_USE ||
			     (target->verdict == VERDICT_UNKNOWN && !target->lease &&
			      !target_is_unused(target))))
		rm_refuse(removal, i, target, NULL);
	else
		target->note = target_stays(&removal->rm, target);
}

/* A file is removed by each name that it was asked for by, once. */
static void rm_plan_row(struct removal_session *removal, uint32_t row)
{
	const struct snapshot *snap = &removal->session.picture.snap;
	const uint32_t object = removal->session.rows.at[row];
	const struct object *obj = &snap->objects.at[object];
	const uint32_t first = removal->rm.targets.nr;
	const struct ref_use *use, *same;

	vec_for_each(use, &removal->session.sel.refs) {
		if (!object_str(snap, obj, FIELD_NAMES))
			break;
		if (use->ref.form != REF_NAME || !ref_matches(&use->ref, snap, obj))
			continue;
		for (same = removal->session.sel.refs.at; same < use; same++) {
			if (ref_matches(&same->ref, snap, obj) &&
			    str_same(same->ref.name, use->ref.name))
				break;
		}
		if (same == use)
			rm_plan_target(removal, row, use->ref.name);
	}
	if (removal->rm.targets.nr == first)
		rm_plan_target(removal, row, NULL);
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
	if (rm_will_ask(session->req) && rm->from_stdin)
		return misused("rm - cannot ask: nothing was removed; with --yes it removes, with --dry-run it shows what");
	if (rm_will_ask(session->req) && (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)))
		return misused("rm can ask nobody here: nothing was removed; with --yes it removes, with --dry-run it shows what");
	return selection_args(&session->sel, &refs, true);
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
	const struct target *target;
	uint32_t nr = 0, i;
	int status, failed;

	if (!session->rows.nr)
		return 0;
	for (i = 0; i < session->rows.nr; i++)
		rm_plan_row(removal, i);
	removal_plan_keep(&removal->rm);
	vec_for_each(target, &removal->rm.targets)
		nr += target->outcome == OUTCOME_PLANNED;
	if (!asked(req, OPTION_YES))
		rm_print_plan(removal);
	if (asked(req, OPTION_DRY_RUN)) {
		status = removal_session_status(removal);
		return status ?: nr ? STATUS_FOUND : STATUS_OK;
	}
	if (nr && rm_will_ask(req) && !rm_agreed(removal, nr))
		return STATUS_REFUSED;
	status = removal_session_run(removal, rm_tell, &session->out);
	if (status)
		return status;
	if (!removal_keeps_all(&removal->rm, true))
		removal_put_keeping(&session->out, &removal->rm, true);
	if (removal->rm.kept_any && session->foot)
		buf_puts(&session->out, "to bring back what was removed: ipcscope undo --last\n");
	failed = output_finish(&session->out);
	return removal_session_status(removal) ?: failed;
}

static void rm_close(struct session *session)
{
	struct rm *rm = session_of(session, struct rm, removal.session);

	vec_free(&rm->words);
	removal_session_free(&rm->removal);
}
