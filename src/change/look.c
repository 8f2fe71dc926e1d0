// SPDX-License-Identifier: GPL-2.0-or-later
/* What the last look at objects says of their removal. */
#include "internal.h"
#include "ipcscope/collect.h"
#include "ipcscope/render.h"

bool look_is_needed(const struct target *target)
{
	return target->outcome == OUTCOME_PLANNED && !target->force &&
	       !target_class(target)->counted;
}

/* How sure a verdict is that an object was left behind: less is surer. */
static int look_rank(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_STALE:	return 0;
	case VERDICT_SUSPECT:	return 1;
	case VERDICT_IDLE:	return 2;
	case VERDICT_UNKNOWN:	return 3;
	default:		return 4;
	}
}

static const struct evidence *look_first_against(const struct finding *finding)
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

static void look_skip(struct removal *rm, const struct snapshot *snap, struct target *target,
			  uint32_t object, const struct finding *finding)
{
	const struct evidence *evidence = look_first_against(finding);
	struct buf users = {};

	if (finding->verdict == VERDICT_IN_USE) {
		render_users(&users, snap, &snap->objects.at[object], NO_INDEX, 0);
		target_note(rm, target, OUTCOME_SKIPPED, "in use meanwhile",
			    "in use meanwhile: %s", users.len ? users.data :
			    evidence ? evidence->sentence->data : "?");
	} else {
		target_note(rm, target, OUTCOME_SKIPPED,
			    "changed meanwhile", "%s when it was planned, now %s: %s",
			    verdict_infos[target->verdict].word,
			    verdict_infos[finding->verdict].word,
			    evidence ? evidence->sentence->data : "?");
	}
	buf_free(&users);
}

/* Those with @lease are judged but for who has them, which their lease tells. */
static void look_judge(struct removal *rm, struct snapshot *snap,
			   struct target *targets, uint32_t nr, bool lease)
{
	struct VEC(uint32_t) objects = {}, indexes = {};
	struct stale_paths untested = {};
	struct findings findings = {};
	const uint32_t *path;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		uint32_t object = snapshot_find(snap, targets[i].key);

		/* One that is gone, the removal will find out. */
		if (!look_is_needed(&targets[i]) || targets[i].lease != lease)
			continue;
		if (object == NO_INDEX && targets[i].away)
			target_note(rm, &targets[i], OUTCOME_SKIPPED, "changed meanwhile",
				    "could not be looked at once more");
		if (object == NO_INDEX)
			continue;
		if (targets[i].away)
			object_set(snap, object, FIELD_CTIME, (uint64_t)targets[i].file.ctime);
		*vec_add(&objects) = object;
		*vec_add(&indexes) = i;
	}
	if (!objects.nr)
		return;
	/* The removal connects to these, right before. */
	stale_untested(snap, objects.at, objects.nr, &untested);
	vec_for_each(path, &untested)
		object_flag(snap, *path, IS(REFUSED));
	stale_judge(snap, rm->profiles, objects.at, objects.nr, lease, &findings);
	for (i = 0; i < objects.nr; i++) {
		struct target *target = &targets[indexes.at[i]];
		const struct finding *finding = &findings.findings.at[i];

		/* Of one that is away name and times are not what they were. */
		if (look_rank(finding->verdict) >
		    look_rank(target->away ? VERDICT_IDLE : target->verdict))
			look_skip(rm, snap, target, objects.at[i], finding);
	}
	vec_free(&objects);
	vec_free(&indexes);
	vec_free(&untested);
	findings_free(&findings);
}

void look_judge_all(struct removal *rm, struct snapshot *snap, struct target *targets, uint32_t nr)
{
	if (rm->assume_complete)
		snapshot_assume_complete(snap);
	look_judge(rm, snap, targets, nr, false);
	look_judge(rm, snap, targets, nr, true);
}
