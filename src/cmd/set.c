// SPDX-License-Identifier: GPL-2.0-or-later
#include "change/change.h"

#include <errno.h>
#include <string.h>

#include "cli/assign.h"
#include "cli/select.h"

#define CHANGEABLE (A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg) | \
		    A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | \
		    A_CLASS(fifo))

struct setting {
	const struct request *req;
	struct selection sel;
	struct picture picture;
	struct rows rows;
	struct removal rm;	/* for its second look; nothing is removed */
	struct target *target;
	struct assignments fields;
	struct changes changes;
	const char *path;	/* of a FIFO, to be looked at */
};

/* Which object, and what of it. Of REFs that could be of several classes the
 * fields can only be read when it is found. */
static int read_object(struct setting *set)
{
	const struct ref_use *use = set->sel.refs.at;
	struct query *query = &set->picture.query;

	query->classes = set->sel.classes & CHANGEABLE;
	if (!query->classes)
		query->classes = set->sel.classes;
	query->shown = selection_names;
	query->shown_arg = &set->sel;
	if (use->ref.form == REF_NAME && use->ref.classes & A_CLASS(fifo)) {
		set->path = use->ref.name->data;
		query->paths = &set->path;
		query->nr_paths = 1;
		query->extra_parts |= NEED(PATHS);
	}
	change_query(query);
	return picture_run(&set->picture);
}

static enum change_what change_of(enum assign_id what)
{
	switch (what) {
	case ASSIGN_OWNER:	return CHANGE_OWNER;
	case ASSIGN_GROUP:	return CHANGE_GROUP;
	case ASSIGN_MODE:	return CHANGE_MODE;
	case ASSIGN_QBYTES:	return CHANGE_QBYTES;
	case ASSIGN_SEM:	return CHANGE_SEM;
	case ASSIGN_LOCKED:	return CHANGE_LOCKED;
	default:		return CHANGE_VALUE;
	}
}

static int check_sem(const struct setting *set, const struct assignment *field)
{
	if (field->what != ASSIGN_SEM || field->index < set->target->sysv.nr)
		return 0;
	return misused("sem[%u]: the set has %llu", field->index,
		       (unsigned long long)set->target->sysv.nr);
}

static int parse_fields(struct setting *set)
{
	const struct class_info *kind = class_infos[set->target->class];
	const struct request *req = set->req;
	const struct assignment *field;
	int i, status = 0;

	if (!(CHANGEABLE >> set->target->class & 1))
		return misused("nothing of a %s can be changed: it goes with its processes",
			       kind->noun);
	for (i = 1; i < req->nr_args && !status; i++)
		status = assign_parse(req->args[i], set->target->class, false,
				      &set->fields);
	vec_for_each(field, &set->fields) {
		if (!status)
			status = check_sem(set, field);
		*vec_add(&set->changes) = (struct change){
			.what = change_of(field->what), .index = field->index,
			.wanted = field->num,
		};
	}
	return status;
}

static void put_value(struct buf *to, const struct change *change, bool known,
		      uint64_t value)
{
	if (!known)
		buf_putc(to, '?');
	else if (change->what == CHANGE_OWNER || change->what == CHANGE_GROUP)
		host_put_name(&live_host, change->what == CHANGE_GROUP,
			      (uint32_t)value, to);
	else if (change->what == CHANGE_MODE)
		buf_printf(to, "0%03o", (unsigned int)value);
	else if (change->what == CHANGE_LOCKED)
		buf_puts(to, value ? "yes" : "no");
	else
		buf_u64(to, value);
}

static void put_change(struct buf *to, const struct setting *set,
		       const struct change *change, bool done)
{
	const struct assignment *field =
		&set->fields.at[change - set->changes.at];

	buf_str(to, set->target->ref);
	buf_putc(to, ' ');
	assign_name(to, field);
	buf_putc(to, ' ');
	put_value(to, change, change->knows_before, change->before);
	buf_puts(to, " -> ");
	put_value(to, change, true, change->wanted);
	/* A waiter may have taken it at once. */
	if (done && (!change->knows_after || change->after != change->wanted)) {
		buf_puts(to, ", now ");
		put_value(to, change, change->knows_after, change->after);
	}
	buf_putc(to, '\n');
}

static void put_same(struct buf *to, const struct setting *set,
		     const struct change *change)
{
	buf_str(to, set->target->ref);
	buf_putc(to, ' ');
	assign_name(to, &set->fields.at[change - set->changes.at]);
	buf_puts(to, " is ");
	put_value(to, change, true, change->wanted);
	buf_puts(to, " already\n");
}

static int plan(const struct setting *set)
{
	struct buf out = { .to = stdout };
	const struct change *change;
	int status = STATUS_OK, failed;

	vec_for_each(change, &set->changes) {
		if (change_is_done(change)) {
			put_same(&out, set, change);
			continue;
		}
		buf_puts(&out, "set ");
		put_change(&out, set, change, false);
		buf_printf(&out, "    %s\n", change_effect(change));
		status = STATUS_FOUND;
	}
	failed = output_finish(&out);
	return failed ? failed : status;
}

static int complain_change(const struct setting *set,
			   const struct change *failed, int err)
{
	struct buf why = {}, what = {};

	change_explain(&why, &set->rm, set->target, failed, err);
	if (failed && err != -ESTALE) {
		buf_putc(&what, ' ');
		assign_name(&what, &set->fields.at[failed - set->changes.at]);
	}
	complain("%s%s not set: %s", set->target->ref->data,
		 what.len ? what.data : "", why.data);
	buf_free(&why);
	buf_free(&what);
	return err == -ESTALE ? STATUS_REFUSED : STATUS_FAILED;
}

/* What was done is said even if the rest failed. */
static int apply(struct setting *set)
{
	const struct change *failed = NULL, *change;
	struct buf out = { .to = stdout };
	int ret, written;

	ret = change_apply(&set->rm, set->target, &set->changes, &failed);
	vec_for_each(change, &set->changes) {
		if (change_is_done(change) && !ret)
			put_same(&out, set, change);
		else if (!ret || (change->knows_after &&
				  change->after == change->wanted))
			put_change(&out, set, change, true);
	}
	written = output_finish(&out);
	return ret ? complain_change(set, failed, ret) : written;
}

static int change_object(struct setting *set)
{
	const struct snapshot *snap = &set->picture.snap;
	const char *impossible;
	int status, ret;

	set->target = removal_add(&set->rm, snap, set->rows.at[0], NULL);
	status = parse_fields(set);
	if (status)
		return status;
	impossible = target_impossible(set->target, snap);
	if (impossible) {
		complain("%s not set: %s", set->target->ref->data, impossible);
		return STATUS_REFUSED;
	}
	ret = change_look(&set->rm, set->target, &set->changes);
	if (ret)
		return complain_change(set, set->changes.at, ret);
	return asked(set->req, OPTION_DRY_RUN) ? plan(set) : apply(set);
}

static int set_run(const struct request *req)
{
	struct setting set = { .req = req };
	struct request one = *req;
	int status;

	one.nr_args = 1;
	picture_init(&set.picture, req);
	removal_init(&set.rm, req->command->name);
	status = selection_args(&set.sel, &one, true);
	if (!status)
		status = read_object(&set);
	if (!status)
		status = selection_pick(&set.sel, &set.picture, &set.rows);
	if (!status && set.rows.nr)
		status = change_object(&set);
	vec_free(&set.fields);
	vec_free(&set.changes);
	vec_free(&set.rows);
	removal_free(&set.rm);
	selection_free(&set.sel);
	picture_free(&set.picture);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope set shm:163841 owner=postgres mode=0660", "who may use a segment" },
	{ "ipcscope set sem:0x05ce0004 sem[2]=1", "the value of one semaphore" },
	{ "ipcscope set msg:32772 qbytes=64K --dry-run", "only say what would change" },
	{ "ipcscope set psem:/jobs value=0", "a named semaphore" },
	{ NULL, NULL },
};

const struct command command_set = {
	.name	 = "set",
	.args	 = "REF FIELD=VALUE...",
	.help	 = "change owner, mode, limits or a semaphore",
	.details =
		"Changes an object and prints each value before and after: owner, "
		"group and mode of all that outlives processes, qbytes of a queue, "
		"sem[N] of a set, value of a named semaphore, locked (yes, no) of a "
		"segment. The rest is fixed when an object is made.\n\n"
		"It looks again right before: an object that was changed or "
		"replaced meanwhile is left alone, and exit status 5. Symbolic links "
		"are never followed. What may not be changed is said with the "
		"capability that it needs. --dry-run says what would change and what "
		"that does to others.",
	.examples = examples,
	.takes	 = TAKES(DRY_RUN) | TAKES(THREADS) | TAKES(NO_PROGRESS),
	.completes = COMPLETES(REFS),
	.min_args = 2,
	.max_args = ANY_NUMBER,
	.more	 = true,
	.run	 = set_run,
};
