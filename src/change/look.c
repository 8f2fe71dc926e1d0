// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looking again at what was planned. The kernel keeps count of attachments and of waiters on
 * semaphores, which the removal itself asks for each object; for all else the processes must be
 * looked at, once for a batch.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/collect.h"
#include "ipcscope/render.h"

void removal_judge(struct snapshot *snap, const struct profiles *profiles,
		   const uint32_t *objects, uint32_t nr, bool trusting, struct findings *out)
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

bool look_file_is_same(const struct target *target, const struct present *now)
{
	return host_same_inode(&target->file, &now->file);
}

bool look_file_is_born_same(enum class_id class, const struct present *birth,
			    const struct present *now)
{
	const struct host_stat *a = &birth->file, *b = &now->file;

	return a->dev == b->dev && a->ino == b->ino && a->btime == b->btime;
}

int look_target(const struct removal *rm, const struct target *target, struct present *now)
{
	const struct change_family *family = target_class(target)->family;

	return family->look(rm->ops, target->class, target->sysv.id,
			    target->path ? target->path->data : NULL, now);
}

int look_made(const struct making *making, struct present *now)
{
	const struct change_family *family = change_classes[making->class]->family;

	return family->look(making->ops, making->class, making->id, making->path, now);
}

static bool look_is_needed(const struct target *target)
{
	return target->outcome == OUTCOME_PLANNED && !target->force &&
	       !target_class(target)->counted;
}

/* How sure a verdict is that an object was left behind: less is surer. */
#define LOOK_UNSURE	3

static int look_rank(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_STALE:	return 0;
	case VERDICT_SUSPECT:	return 1;
	case VERDICT_IDLE:	return 2;
	default:		return LOOK_UNSURE;
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

/* Those that only a lease can settle are judged as if all had been seen. */
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
		if (!look_is_needed(&targets[i]) ||
		    targets[i].lease != lease || object == NO_INDEX)
			continue;
		*vec_add(&objects) = object;
		*vec_add(&indexes) = i;
	}
	if (!objects.nr)
		return;
	/* The removal connects to these, right before. */
	stale_untested(snap, objects.at, objects.nr, &untested);
	vec_for_each(path, &untested)
		object_flag(snap, *path, IS(REFUSED));
	removal_judge(snap, rm->profiles, objects.at, objects.nr, lease, &findings);
	for (i = 0; i < objects.nr; i++) {
		struct target *target = &targets[indexes.at[i]];
		const struct finding *finding = &findings.findings.at[i];
		int planned = look_rank(target->verdict);

		/* Who was asked has agreed to what was not known then. */
		if (target->lease && planned == LOOK_UNSURE)
			planned = LOOK_UNSURE - 1;
		if (look_rank(finding->verdict) > planned)
			look_skip(rm, snap, target, objects.at[i], finding);
	}
	vec_free(&objects);
	vec_free(&indexes);
	vec_free(&untested);
	findings_free(&findings);
}

void look_again(struct removal *rm, struct target *targets, uint32_t nr)
{
	struct snapshot snap = {};
	struct layout layout = {};
	bool needed = false;
	uint32_t i;
	int ret;

	for (i = 0; i < nr; i++)
		needed |= look_is_needed(&targets[i]);
	if (!needed)
		return;
	ret = collect(rm->host, rm->query, &layout, &snap, NULL);
	if (ret) {
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "/proc cannot be read for a second look: %s", strerror(-ret));
	} else {
		if (rm->assume_complete)
			snap.host.first_pid_ns = true;
		look_judge(rm, &snap, targets, nr, false);
		look_judge(rm, &snap, targets, nr, true);
	}
	snapshot_free(&snap);
}
