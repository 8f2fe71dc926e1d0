// SPDX-License-Identifier: GPL-2.0-or-later
#include "change/change.h"

#include <errno.h>
#include <string.h>

#include "cli/assign.h"
#include "cli/removal_session.h"

#define CHANGEABLE (A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg) | \
		    A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | \
		    A_CLASS(fifo))

struct set {
	struct session session;
	struct removal rm;	/* for its second look, its log and undo; nothing is removed */
	struct target *target;
	struct assignments fields;
	struct changes changes;
	const char *path;	/* of a FIFO, to be looked at */
};

static session_fn set_parse, set_plan, set_print;
static void set_close(struct session *session);

const struct command command_set = {
	.name	 = "set",
	.args	 = "REF FIELD=VALUE...",
	.help	 = "change owner, mode, limits or a semaphore",
	.details = "Changes an object and prints each value before and after: owner, "
		"group and mode of all that outlives processes, qbytes of a queue, "
		"sem[N] of a set, value of a named semaphore, locked (yes, no) of a "
		"segment. The rest is fixed when an object is made.\n\n"
		"It looks again right before: an object that was changed or "
		"replaced meanwhile is left alone, and exit status 5. Symbolic links "
		"are never followed. What is set is logged before, and undo takes it "
		"back unless it was changed since. What may not be changed is said with the "
		"capability that it needs. --dry-run says what would change and what "
		"that does to others.",
	.examples = {
		{ "ipcscope set shm:163841 owner=postgres mode=0660", "who may use a segment" },
		{ "ipcscope set sem:0x05ce0004 sem[2]=1", "the value of one semaphore" },
		{ "ipcscope set msg:32772 qbytes=8K --dry-run", "only say what would change" },
		{ "ipcscope set psem:/jobs value=0", "a named semaphore" },
	},
	.takes	 = { TAKES_NS, TAKES(DRY_RUN), TAKES(LOG), TAKES(NO_LOG), TAKES(THREADS), TAKES(NO_PROGRESS) },
	.completes = COMPLETES(REFS) | COMPLETES(CHANGED),
	.min_args = 2,
	.max_args = ANY_NUMBER,
	.more	 = true,
	.size	 = sizeof(struct set),
	.parse	 = set_parse,
	.plan	 = set_plan,
	.print	 = set_print,
	.close	 = set_close,
};

static int set_parse(struct session *session)
{
	struct set *set = session_of(session, struct set, session);
	struct request first = *session->req;

	first.nr_args = 1;
	removal_init(&set->rm, first.command->name);
	set->rm.log_path = first.option[OPTION_LOG].text;
	set->rm.no_log = asked(&first, OPTION_NO_LOG);
	if (set->rm.log_path && set->rm.no_log)
		return misused("--log and --no-log do not go together");
	return selection_args(&session->sel, &first, true);
}

/* Which object, and what of it. Of REFs that could be of several classes the
 * fields can only be read when it is found. */
static int set_plan(struct session *session)
{
	struct set *set = session_of(session, struct set, session);
	const struct selection *sel = &session->sel;
	const struct ref *ref = &sel->refs.at->ref;
	struct query *query = &session->picture.query;

	query->classes = sel->classes & CHANGEABLE;
	if (!query->classes)
		query->classes = sel->classes;
	query->look_at = selection_names;
	query->look_at_arg = sel;
	if (ref->form == REF_NAME && ref->classes & A_CLASS(fifo)) {
		set->path = ref->name->data;
		query->paths = &set->path;
		query->nr_paths = 1;
		query->extra_parts |= NEED(PATHS);
	}
	change_query(query);
	return 0;
}

static int set_parse_fields(struct set *set)
{
	static const enum change_what changes[NR_ASSIGNS] = {
		[ASSIGN_OWNER] = CHANGE_OWNER, [ASSIGN_GROUP] = CHANGE_GROUP,
		[ASSIGN_MODE] = CHANGE_MODE, [ASSIGN_QBYTES] = CHANGE_QBYTES,
		[ASSIGN_SEM] = CHANGE_SEM, [ASSIGN_LOCKED] = CHANGE_LOCKED,
		[ASSIGN_VALUE] = CHANGE_VALUE,
	};
	const struct class_info *kind = class_infos[set->target->class];
	const struct request *req = set->session.req;
	const struct assignment *field;
	int i, status = 0;

	if (!(CHANGEABLE >> set->target->class & 1))
		return misused("nothing of a %s can be changed: it goes with its processes",
			       kind->noun);
	for (i = 1; i < req->nr_args && !status; i++)
		status = assign_parse(req->args[i], set->target->class, false,
				      &set->fields);
	vec_for_each(field, &set->fields) {
		if (!status && field->what == ASSIGN_SEM &&
		    field->index >= set->target->sysv.nr)
			status = misused("sem[%u]: the set has %llu", field->index,
					 (unsigned long long)set->target->sysv.nr);
		*vec_add(&set->changes) = (struct change){
			.what = changes[field->what], .index = field->index,
			.wanted = field->num,
		};
	}
	return status;
}

static void set_put_change(struct buf *to, const struct set *set,
			   const struct change *change, bool done)
{
	buf_str(to, set->target->ref);
	buf_putc(to, ' ');
	change_put(to, change);
	/* A waiter may have taken it at once. */
	if (done && (!change->knows_after || change->after != change->wanted)) {
		buf_puts(to, ", now ");
		change_put_value(to, change, change->knows_after, change->after);
	}
	buf_putc(to, '\n');
}

static void set_put_same(struct buf *to, const struct set *set, const struct change *change)
{
	buf_str(to, set->target->ref);
	buf_putc(to, ' ');
	change_put_name(to, change);
	buf_puts(to, " is ");
	change_put_value(to, change, true, change->wanted);
	buf_puts(to, " already\n");
}

static int set_plan_print(struct set *set)
{
	struct buf *out = &set->session.out;
	const struct change *change;
	int status = STATUS_OK;

	vec_for_each(change, &set->changes) {
		if (change_is_done(change)) {
			set_put_same(out, set, change);
			continue;
		}
		buf_puts(out, "set ");
		set_put_change(out, set, change, false);
		buf_printf(out, "    %s\n", change_effect(change));
		status = STATUS_FOUND;
	}
	return status;
}

static int set_complain_change(const struct set *set, const struct change *failed, int err)
{
	struct buf why = {}, what = {};

	change_explain(&why, &set->rm, set->target, failed, err);
	if (failed && err != -ESTALE) {
		buf_putc(&what, ' ');
		change_put_name(&what, failed);
	}
	complain("%s%s not set: %s", set->target->ref->data,
		 what.len ? what.data : "", why.data);
	buf_free(&why);
	buf_free(&what);
	return err == -ESTALE ? STATUS_REFUSED : STATUS_FAILED;
}

/* What was done is said even if the rest failed. */
static int set_apply(struct set *set)
{
	const struct change *failed = NULL, *change;
	struct buf *out = &set->session.out;
	int ret, written;

	ret = change_run(&set->rm, set->target, &set->changes, &failed);
	vec_for_each(change, &set->changes) {
		if (change_is_done(change) && !ret)
			set_put_same(out, set, change);
		else if (!ret || (change->knows_after && change->after == change->wanted))
			set_put_change(out, set, change, true);
	}
	written = output_finish(out);
	removal_close(&set->rm);
	if (ret)
		return set_complain_change(set, failed, ret);
	if (*set->rm.fatal)
		complain("%s", set->rm.fatal);
	return *set->rm.fatal ? STATUS_FAILED : written;
}

static int set_print(struct session *session)
{
	struct set *set = session_of(session, struct set, session);
	const struct snapshot *snap = &session->picture.snap;
	const struct change *failed;
	const char *impossible;
	int status, ret;

	if (!session->rows.nr)
		return 0;
	set->target = removal_add(&set->rm, snap, session->rows.at[0], NULL);
	status = set_parse_fields(set);
	if (status)
		return status;
	impossible = target_impossible(set->target, snap);
	if (impossible) {
		complain("%s not set: %s", set->target->ref->data, impossible);
		return STATUS_REFUSED;
	}
	ret = change_look(&set->rm, set->target, &set->changes);
	if (ret)
		return set_complain_change(set, set->changes.at, ret);
	if (asked(session->req, OPTION_DRY_RUN)) {
		ret = change_check(&set->rm, set->target, &set->changes, &failed);
		return ret ? set_complain_change(set, failed, ret) : set_plan_print(set);
	}
	if (change_forbidden()) {
		complain("%s not set: %s", set->target->ref->data, change_forbidden());
		return STATUS_FAILED;
	}
	status = removal_session_open(&set->rm);
	return status ?: set_apply(set);
}

static void set_close(struct session *session)
{
	struct set *set = session_of(session, struct set, session);

	vec_free(&set->fields);
	vec_free(&set->changes);
	if (set->rm.ops) {
		removal_close(&set->rm);
		removal_free(&set->rm);
	}
}
