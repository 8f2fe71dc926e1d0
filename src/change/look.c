// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The second look: who uses what is about to be removed. The kernel keeps
 * count of attachments and of waiters on semaphores, which act.c asks for each
 * object; of all else the processes must be looked at, once for a batch.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/collect.h"
#include "ipcscope/render.h"

bool target_needs_look(const struct target *target)
{
	return target->outcome == OUTCOME_PLANNED && !target->force &&
	       target->class != CLASS_shm;
}

void removal_judge(struct snapshot *snap, const struct profiles *profiles,
		   const uint32_t *objects, uint32_t nr, bool trusting,
		   struct findings *out)
{
	const struct host_facts host = snap->host;
	uint32_t gaps = snap->gaps.nr, warnings = snap->warnings.nr;

	if (trusting) {
		snap->gaps.nr = 0;
		snap->warnings.nr = 0;
		snap->host.first_pid_ns = true;
		snap->host.all_processes = true;
	}
	stale_judge(snap, profiles, objects, nr, out);
	snap->gaps.nr = gaps;
	snap->warnings.nr = warnings;
	snap->host = host;
}

struct looking {
	struct removal *rm;
	struct layout layout;
	struct snapshot snap;
	struct VEC(uint32_t) objects[2];	/* [1]: a lease settles it */
	struct VEC(uint32_t) targets[2];	/* the same, as targets */
};

static void find_targets(struct looking *look, struct target *targets,
			 uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct target *target = &targets[i];
		uint32_t object;

		if (!target_needs_look(target))
			continue;
		object = snapshot_find(&look->snap, target->key);
		if (object == NO_INDEX)
			continue;	/* act.c will see that it is gone */
		*vec_add(&look->objects[target->lease]) = object;
		*vec_add(&look->targets[target->lease]) = i;
	}
}

/* How sure a verdict is that it is left behind. */
static int rank_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_STALE:	return 0;
	case VERDICT_SUSPECT:	return 1;
	case VERDICT_IDLE:	return 2;
	default:		return 3;
	}
}

static const struct evidence *first_against(const struct finding *finding)
{
	static const enum evidence_side order[] = {
		EVIDENCE_AGAINST, EVIDENCE_UNKNOWN, EVIDENCE_FOR,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (finding->evidence[order[i]].nr)
			return &finding->evidence[order[i]].at[0];
	}
	return NULL;
}

static void skip_target(struct looking *look, struct target *target,
			uint32_t object, const struct finding *finding)
{
	const struct evidence *evidence = first_against(finding);
	struct buf users = {};

	if (finding->verdict == VERDICT_IN_USE) {
		render_users(&users, &look->snap,
			     &look->snap.objects.at[object], NO_INDEX, 0);
		target_note(look->rm, target, OUTCOME_SKIPPED, "in use meanwhile",
			    "in use meanwhile: %s", users.len ? users.data :
			    evidence ? evidence->sentence->data : "?");
	} else {
		target_note(look->rm, target, OUTCOME_SKIPPED,
			    "changed meanwhile", "%s when it was planned, now %s: %s",
			    verdict_infos[target->verdict].word,
			    verdict_infos[finding->verdict].word,
			    evidence ? evidence->sentence->data : "?");
	}
	buf_free(&users);
}

static void judge_again(struct looking *look, struct target *targets, bool lease)
{
	struct stale_paths untested = {};
	struct findings findings = {};
	const uint32_t *path;
	uint32_t i;

	if (!look->objects[lease].nr)
		return;
	/* act.c connects to them, right before. */
	stale_untested(&look->snap, look->objects[lease].at,
		       look->objects[lease].nr, &untested);
	vec_for_each(path, &untested)
		object_flag(&look->snap, *path, IS(REFUSED));
	vec_free(&untested);
	removal_judge(&look->snap, look->rm->profiles, look->objects[lease].at,
		      look->objects[lease].nr, lease, &findings);
	for (i = 0; i < look->objects[lease].nr; i++) {
		struct target *target = &targets[look->targets[lease].at[i]];
		const struct finding *finding = &findings.findings.at[i];
		int planned = rank_of(target->verdict);

		/* Who was asked has agreed to what was not known then. */
		if (target->lease && planned == 3)
			planned = 2;
		if (rank_of(finding->verdict) > planned)
			skip_target(look, target, look->objects[lease].at[i],
				    finding);
	}
	findings_free(&findings);
}

static void stop_all(struct removal *rm, int err)
{
	snprintf(rm->fatal, sizeof(rm->fatal),
		 "/proc cannot be read for a second look: %s", strerror(-err));
}

static bool any_needs_look(const struct target *targets, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (target_needs_look(&targets[i]))
			return true;
	}
	return false;
}

void look_again(struct removal *rm, struct target *targets, uint32_t nr)
{
	struct looking look = { .rm = rm };
	int i, ret;

	if (!any_needs_look(targets, nr))
		return;
	ret = collect(rm->host, rm->query, &look.layout, &look.snap, NULL);
	if (ret) {
		stop_all(rm, ret);
	} else {
		if (rm->assume_complete)
			look.snap.host.first_pid_ns = true;
		find_targets(&look, targets, nr);
		judge_again(&look, targets, false);
		judge_again(&look, targets, true);
	}
	for (i = 0; i < 2; i++) {
		vec_free(&look.objects[i]);
		vec_free(&look.targets[i]);
	}
	snapshot_free(&look.snap);
}
