// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan and the deed: the same table with one word changed. */
#include "clean.h"

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
	if (clean->by.at[row]->name)
		cells_text(cells, clean->by.at[row]->name);
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

static void clean_put_left_alone(struct buf *out, const struct clean *clean)
{
	static const struct {
		enum verdict verdict;
		const char *words;
	} left[] = {
		{ VERDICT_IN_USE, "in use" }, { VERDICT_IDLE, "idle" },
		{ VERDICT_UNKNOWN, "unknown" }, { VERDICT_DEST, "dest" },
	};
	const char *gap = "left alone: ";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(left); i++) {
		if (!clean->count[left[i].verdict])
			continue;
		buf_printf(out, "%s%u %s", gap, clean->count[left[i].verdict],
			   left[i].words);
		gap = ", ";
	}
	if (clean->excluded[EXCLUDED_OVER])
		buf_printf(out, "%s%u over --max or --max-bytes", gap,
			   clean->excluded[EXCLUDED_OVER]);
	if (*gap == ',' || clean->excluded[EXCLUDED_OVER])
		buf_puts(out, "; ");
	buf_puts(out, "to remove: the same with --yes\n");
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

/* By hand, "nothing" says which rule held it back. */
static void clean_put_nothing(struct buf *out, const struct clean *clean)
{
	const char *owner = clean->held_owner ? clean->held_owner->data : "root";
	const char *gap = "nothing to remove: ";
	enum exclusion_reason reason;

	for (reason = EXCLUDED_YOUNG; reason <= EXCLUDED_OTHERS; reason++) {
		if (!clean->excluded[reason])
			continue;
		buf_printf(out, "%s%u ", gap, clean->excluded[reason]);
		if (reason == EXCLUDED_YOUNG)
			buf_printf(out, "younger than %s, or used since (--older)",
				   clean->rules.at[0]->wants.option[OPTION_OLDER].text ?:
				   CLEAN_OLDER);
		else if (reason == EXCLUDED_SYSTEM)
			buf_printf(out, "of %s and the like (--user %s)", owner, owner);
		else if (reason == EXCLUDED_SUSPECT)
			buf_puts(out, "suspect would need --suspect");
		else
			buf_puts(out, "of other users (sudo)");
		gap = "; ";
	}
	if (*gap != ';')
		buf_puts(out, "nothing to remove: nothing that was asked for is stale");
	buf_putc(out, '\n');
}

void clean_print(struct clean *clean, bool done)
{
	bool foot = clean->removal.session.foot;
	struct buf out = { .to = stdout };
	struct sums sums = {};

	clean->tells_kept = !removal_keeps_all(&clean->removal.rm, done);
	if (clean->removal.rm.targets.nr) {
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
		if (!done && foot)
			clean_put_left_alone(&out, clean);
	} else if (foot) {
		clean_put_nothing(&out, clean);
	}
	output_finish(&out);
}
