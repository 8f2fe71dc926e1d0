// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan and the deed: the same table with one word changed. */
#include "clean.h"
#include "cli/total.h"

#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

#define WIDE	120

static void clean_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	static const char *const colors[NR_OUTCOMES] = {
		[OUTCOME_FAILED] = "31", [OUTCOME_REFUSED] = "31",
		[OUTCOME_SKIPPED] = "33", [OUTCOME_STOPPED] = "33",
	};
	const struct clean *clean = sheet->arg;
	const struct target *target = &clean->removal.rm.targets.at[row];
	bool brief = cells->view->terminal && cells->view->width < WIDE;
	const struct str *why = brief ? target->brief : target->sentence;

	if (target->note)
		why = brief && target->note_brief->len ? target->note_brief : target->note;
	buf_puts(cells->text, outcome_words[target->outcome]);
	cells_end(cells, colors[target->outcome]);
	cells_text(cells, target->ref->data);
	cells_text(cells, target->owner->data);
	cells_text(cells, target->amount->data);
	cells_text(cells, verdict_infos[target->verdict].word);
	if (clean->tells_kept && target->outcome == OUTCOME_PLANNED)
		cells_text(cells, target->keep ? "yes" : "no");
	else if (clean->tells_kept)
		cells_text(cells, target->outcome != OUTCOME_REMOVED ? "-" :
			   target->kept ? "yes" : "no");
	cells_text(cells, why->data);
	if (clean->chosen.at[row].rule->name)
		cells_text(cells, clean->chosen.at[row].rule->name);
}

static void clean_print_table(struct buf *out, const struct clean *clean, bool done)
{
	const struct column columns[] = {
		{ done ? "DONE" : "PLAN", ALIGN_LEFT, 0 }, { "REF", ALIGN_LONG, 0 },
		{ "OWNER", ALIGN_LEFT, 0 }, { "SIZE", ALIGN_RIGHT, 0 },
		{ "VERDICT", ALIGN_LEFT, 0 },
		{ clean->tells_kept ? "KEPT" : "WHY", ALIGN_LEFT, 0 },
		{ clean->tells_kept ? "WHY" : "RULE", ALIGN_LEFT, 0 },
		{ "RULE", ALIGN_LEFT, 0 },
	};
	const struct sheet sheet = {
		.columns = columns, .nr = clean->removal.rm.targets.nr,
		.nr_columns = ARRAY_SIZE(columns) - !clean->rules.at[0]->name -
			      !clean->tells_kept,
		.row = clean_row, .arg = clean,
	};

	render_sheet(out, &clean->removal.session.view, &sheet);
}

struct sums {
	uint32_t objects, sems, sets[NR_OUTCOMES];
	uint64_t bytes;
};

static void clean_sum_up(const struct clean *clean, enum outcome counted, struct sums *sums)
{
	const struct removal *rm = &clean->removal.rm;
	uint32_t i;

	for (i = 0; i < rm->targets.nr; i++) {
		const struct target *target = &rm->targets.at[i];

		sums->sets[target->outcome]++;
		if (target->outcome != counted)
			continue;
		sums->objects++;
		sums->sems += target->class == CLASS_sem;
		num_add(&sums->bytes, target->memory);
	}
}

static void clean_put_sum(struct buf *out, const struct sums *sums)
{
	num_grouped(out, sums->objects);
	buf_printf(out, " object%s", sums->objects == 1 ? "" : "s");
	if (sums->bytes || sums->sems)
		buf_puts(out, ": ");
	if (sums->bytes)
		num_size(out, sums->bytes);
	if (!sums->sems)
		return;
	buf_puts(out, sums->bytes ? ", " : "");
	num_grouped(out, sums->sems);
	buf_printf(out, " semaphore set%s", sums->sems == 1 ? "" : "s");
}

/* What a reason leaves alone. */
struct held {
	uint32_t nr;
	const struct finding *first[3];
	uint64_t owner;			/* of the first */
	bool owners;			/* there are several, or it is not known */
};

static void clean_gather_held(const struct clean *clean, enum exclusion_reason reason,
			      struct held *held)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	const struct exclusion *excluded;

	*held = (struct held){ .nr = 0 };
	vec_for_each(excluded, &clean->excluded) {
		const struct object *obj = &snap->objects.at[excluded->finding->object];
		uint64_t owner;

		if (excluded->reason != reason)
			continue;
		held->owners |= !object_num(snap, obj, FIELD_UID, &owner) ||
				(held->nr && owner != held->owner);
		if (!held->nr)
			held->owner = owner;
		if (held->nr < ARRAY_SIZE(held->first))
			held->first[held->nr] = excluded->finding;
		held->nr++;
	}
}

/* "2 too young (pshm:/a, pshm:/b): --older" */
static void clean_put_held(struct buf *out, const struct clean *clean,
			   enum exclusion_reason reason, const struct held *held)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	const struct evidence *e;
	const char *cure = "", *one = NULL;
	struct buf owner = {};
	uint32_t i;

	if (!held->owners) {
		render_owner(&owner, snap, false, (uint32_t)held->owner);
		one = owner.data;
	}
	num_grouped(out, held->nr);
	switch (reason) {
	case EXCLUDED_YOUNG:
		buf_puts(out, " too young, or used since");
		cure = "--older";
		break;
	case EXCLUDED_SYSTEM:
		buf_printf(out, one ? " of a system user, %s" : " of system users", one);
		break;
	case EXCLUDED_UNNAMED:
		buf_printf(out, one ? " of %s, who is not named" : " of users who are not named",
			   one);
		break;
	case EXCLUDED_SUSPECT:
		buf_puts(out, " suspect");
		cure = "--suspect";
		break;
	case EXCLUDED_OTHERS:
		buf_puts(out, " of other users");
		cure = "sudo";
		break;
	case EXCLUDED_OVER:
		buf_puts(out, " over --max or --max-bytes");
		break;
	case EXCLUDED_UNKNOWN:
		buf_puts(out, " unknown");
		e = held->first[0]->evidence[EVIDENCE_UNKNOWN].at;
		if (held->first[0]->evidence[EVIDENCE_UNKNOWN].nr && e->clause)
			buf_printf(out, ", %s", e->clause->data);
		cure = snap->host.first_pid_ns || snap->host.outside_assumed ||
		       !clean_assuming_helps(held->first[0]) ?
		       "ipcscope show REF" : "--assume-complete";
		break;
	default:
		buf_puts(out, " cannot be removed");
	}
	for (i = 0; i < held->nr && i < ARRAY_SIZE(held->first); i++) {
		buf_puts(out, i ? ", " : " (");
		render_ref(out, snap, &snap->objects.at[held->first[i]->object]);
	}
	if (held->nr > i)
		buf_printf(out, " +%u", held->nr - i);
	buf_putc(out, ')');
	if (reason == EXCLUDED_SYSTEM || reason == EXCLUDED_UNNAMED)
		buf_printf(out, ": --user %s", one ?: "NAME");
	else if (*cure)
		buf_printf(out, ": %s", cure);
	buf_free(&owner);
}

/* Each reason with its count, its objects and what helps; @gap goes between them. */
static bool clean_put_all_held(struct buf *out, const struct clean *clean, const char *first,
			       const char *gap)
{
	enum exclusion_reason reason;
	bool any = false;
	struct held held;

	for (reason = EXCLUDED_NOT; reason < NR_EXCLUSIONS; reason++) {
		clean_gather_held(clean, reason, &held);
		if (!held.nr)
			continue;
		buf_puts(out, any ? gap : first);
		clean_put_held(out, clean, reason, &held);
		any = true;
	}
	return any;
}

static const enum verdict left_alone[] = { VERDICT_IN_USE, VERDICT_IDLE, VERDICT_DEST };

static void clean_put_left_alone(struct buf *out, const struct clean *clean)
{
	const char *gap = "left alone: ";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(left_alone); i++) {
		if (!clean->count[left_alone[i]])
			continue;
		buf_printf(out, "%s%u %s", gap, clean->count[left_alone[i]],
			   left_alone[i] == VERDICT_IN_USE ? "in use" :
			   verdict_infos[left_alone[i]].word);
		gap = ", ";
	}
	buf_puts(out, *gap == ',' ? "; to remove: the same with --yes\n" :
		 "to remove: the same with --yes\n");
}

/* What else came of the removal, and the way back. */
static void clean_put_done(struct buf *out, const struct clean *clean, const struct sums *sums)
{
	uint32_t failed = sums->sets[OUTCOME_FAILED] + sums->sets[OUTCOME_STOPPED];
	const struct removal *rm = &clean->removal.rm;

	if (sums->sets[OUTCOME_GONE])
		buf_printf(out, "; %u gone already", sums->sets[OUTCOME_GONE]);
	if (sums->sets[OUTCOME_SKIPPED])
		buf_printf(out, "; skipped %u (changed since the plan)",
			   sums->sets[OUTCOME_SKIPPED]);
	if (failed)
		buf_printf(out, "; %u not removed", failed);
	buf_putc(out, '\n');
	if (clean->tells_kept || clean->removal.session.foot)
		removal_put_keeping(out, rm, true);
	if (!clean->removal.session.foot)
		return;
	if (!rm->no_log)
		buf_printf(out, "log: %s", rm->paths.log);
	if (rm->kept_any)
		buf_printf(out, "%sto bring %s back: ipcscope undo --last",
			   rm->no_log ? "" : "; ",
			   removal_keeps_all(rm, true) ? "them" : "what is kept");
	if (!rm->no_log || rm->kept_any)
		buf_putc(out, '\n');
}

/* By hand, "nothing" says what held it back; of a dry run in a script too, beside its
 * output. */
static void clean_put_nothing(struct buf *out, const struct clean *clean, bool done)
{
	const struct session *session = &clean->removal.session;
	struct buf line = {};
	const bool held = clean_put_all_held(&line, clean, "nothing to remove: ", "; ");

	if (session->foot)
		buf_printf(out, "%s\n", held ? line.data :
			   "nothing to remove: nothing that was asked for is stale");
	else if (held && !done && !asked(session->req, OPTION_QUIET))
		complain("%s", line.data);
	buf_free(&line);
}

static void clean_print_totals(struct buf *out, const struct clean *clean)
{
	const struct session *session = &clean->removal.session;
	const struct target *target;
	struct rows rows = {};

	vec_for_each(target, &clean->removal.rm.targets)
		*vec_add(&rows) = target->object;
	total_print(out, &session->view, &session->picture.snap,
		    &session->req->option[OPTION_BY].fields, &rows);
	vec_free(&rows);
}

void clean_print(struct clean *clean, bool done)
{
	bool foot = clean->removal.session.foot;
	struct buf out = { .to = stdout };
	struct sums sums = {};

	clean->tells_kept = !removal_keeps_all(&clean->removal.rm, done);
	if (clean->removal.rm.targets.nr) {
		if (asked(clean->removal.session.req, OPTION_BY))
			clean_print_totals(&out, clean);
		else
			clean_print_table(&out, clean, done);
		clean_sum_up(clean, done ? OUTCOME_REMOVED : OUTCOME_PLANNED, &sums);
		buf_puts(&out, done ? "\nremoved " :
			 "\ndry run, nothing was changed: would remove ");
		clean_put_sum(&out, &sums);
		if (done)
			clean_put_done(&out, clean, &sums);
		else
			buf_putc(&out, '\n');
		if (!done && (foot || clean->tells_kept))
			removal_put_keeping(&out, &clean->removal.rm, false);
		if (!asked(clean->removal.session.req, OPTION_QUIET) &&
		    clean_put_all_held(&out, clean, "held back: ", "\n           "))
			buf_putc(&out, '\n');
		if (!done && foot)
			clean_put_left_alone(&out, clean);
	} else {
		clean_put_nothing(&out, clean, done);
	}
	output_finish(&out);
}

static void clean_target_json(struct json *json, const struct clean *clean,
			      const struct snapshot *snap, uint32_t row, bool done)
{
	const struct target *target = &clean->removal.rm.targets.at[row];
	const struct chosen *chosen = &clean->chosen.at[row];
	uint64_t size;

	json_open(json, NULL, '{');
	render_json_ref(json, "ref", snap, &snap->objects.at[target->object]);
	json_str(json, "owner", target->owner->data, target->owner->len);
	json_text(json, "verdict", verdict_infos[target->verdict].word);
	json_text(json, "action", chosen->rule->report ? "report" : "remove");
	if (!chosen->rule->report)
		json_bool(json, "kept", done ? target->kept : target->keep);
	if (object_num(snap, &snap->objects.at[target->object], FIELD_SIZE, &size))
		json_u64(json, "size", size);
	assessment_json_ids(json, "because", chosen->finding, EVIDENCE_FOR);
	assessment_json_ids(json, "but", chosen->finding, EVIDENCE_AGAINST);
	if (chosen->rule->name)
		json_str(json, "rule", chosen->rule->name, strlen(chosen->rule->name));
	if (done && !chosen->rule->report) {
		json_text(json, "outcome", outcome_words[target->outcome]);
		if (target->note)
			json_str(json, "note", target->note->data, target->note->len);
		if (target->outcome == OUTCOME_REMOVED && target->id)
			json_text(json, "id", target->id);
	}
	json_close(json, '}');
}

void clean_print_json(struct clean *clean, const struct snapshot *snap, bool done)
{
	static const char *const reasons[NR_EXCLUSIONS] = {
		[EXCLUDED_YOUNG] = "age", [EXCLUDED_SYSTEM] = "owner",
		[EXCLUDED_UNNAMED] = "owner", [EXCLUDED_SUSPECT] = "suspect",
		[EXCLUDED_OTHERS] = "others", [EXCLUDED_OVER] = "max",
		[EXCLUDED_IMPOSSIBLE] = "impossible", [EXCLUDED_UNKNOWN] = "unknown",
	};
	const struct exclusion *excluded;
	struct buf out = { .to = stdout };
	struct json json = { .to = &out };
	uint32_t i;

	render_json_head(&json, snap);
	json_open(&json, "plan", '[');
	for (i = 0; i < clean->removal.rm.targets.nr; i++)
		clean_target_json(&json, clean, snap, i, done);
	json_close(&json, ']');
	json_open(&json, "held_back", '[');
	vec_for_each(excluded, &clean->excluded) {
		json_open(&json, NULL, '{');
		render_json_ref(&json, "ref", snap, &snap->objects.at[excluded->finding->object]);
		json_text(&json, "verdict", verdict_infos[excluded->finding->verdict].word);
		json_text(&json, "by", reasons[excluded->reason]);
		if (excluded->reason == EXCLUDED_UNKNOWN)
			assessment_json_ids(&json, "because", excluded->finding, EVIDENCE_UNKNOWN);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_open(&json, "left_alone", '{');
	for (i = 0; i < ARRAY_SIZE(left_alone); i++)
		json_u64(&json, verdict_infos[left_alone[i]].word, clean->count[left_alone[i]]);
	json_close(&json, '}');
	json_bool(&json, "done", done);
	render_json_tail(&json, snap);
	output_finish(&out);
}
