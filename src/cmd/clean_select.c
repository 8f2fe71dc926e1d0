// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects a rule takes, and what holds the others back. */
#include <string.h>

#include "clean.h"

/* A row being looked at. */
struct candidate {
	uint32_t row;
	const struct object *obj;
	const struct finding *finding;	/* as judged, or as a lease may tell */
	uid_t uid;
	bool lease;
};

static bool clean_profile_matches(const struct rule *rule, const struct finding *finding)
{
	const char *const *name;

	if (!rule->profiles)
		return true;
	vec_for_each(name, rule->profiles) {
		if (finding->profile && !strcmp(*name, finding->profile->name))
			return true;
	}
	return false;
}

static bool clean_is_over(struct rule *rule, const struct target *target)
{
	if (rule->taken >= rule->max ||
	    target->memory > rule->max_bytes - rule->taken_bytes)
		return true;
	rule->taken++;
	rule->taken_bytes += target->memory;
	return false;
}

/* Whether the rule is about such a thing at all. */
static bool clean_is_meant(const struct clean *clean, const struct rule *rule,
			   const struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;

	return rule->sel.classes >> cand->obj->class & 1 &&
	       selection_matches(&rule->sel, snap, cand->obj) &&
	       selection_matches(&rule->owned, snap, cand->obj) &&
	       clean_profile_matches(rule, cand->finding);
}

static enum exclusion_reason clean_held_by(const struct clean *clean, const struct rule *rule,
					   const struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;

	if (cand->finding->verdict == VERDICT_SUSPECT && !rule->suspect)
		return EXCLUDED_SUSPECT;
	if (snap->host.uid && snap->host.uid != cand->uid)
		return EXCLUDED_OTHERS;
	if (!rule->any_owner && is_system_user(cand->uid))
		return EXCLUDED_SYSTEM;
	if (!selection_matches(&rule->aged, snap, cand->obj))
		return EXCLUDED_YOUNG;
	return EXCLUDED_NOT;
}

static void clean_add_target(struct clean *clean, struct rule *rule,
			     const struct candidate *cand)
{
	struct removal *rm = &clean->removal.rm;
	const struct session *session = &clean->removal.session;
	struct target *target = removal_add(rm, &session->picture.snap,
					    session->rows.at[cand->row], cand->finding);

	target->lease = cand->lease;
	if (target_impossible(target, &session->picture.snap)) {
		rm->targets.nr--;
		return;
	}
	if (clean_is_over(rule, target)) {
		clean->excluded[EXCLUDED_OVER]++;
		rm->targets.nr--;
		return;
	}
	*vec_add(&clean->by) = rule;
}

static bool clean_can_go(const struct finding *finding)
{
	return finding->verdict == VERDICT_STALE || finding->verdict == VERDICT_SUSPECT;
}

static void clean_consider(struct clean *clean, struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	enum exclusion_reason held = EXCLUDED_NOT;
	struct rule **rule;
	uint64_t uid = 0;

	object_num(snap, cand->obj, FIELD_UID, &uid);
	cand->uid = (uid_t)uid;
	vec_for_each(rule, &clean->rules) {
		if (!clean_is_meant(clean, *rule, cand))
			continue;
		held = clean_held_by(clean, *rule, cand);
		if (held != EXCLUDED_NOT)
			continue;
		clean_add_target(clean, *rule, cand);
		return;
	}
	if (held == EXCLUDED_NOT)
		return;
	clean->excluded[held]++;
	if (held == EXCLUDED_SYSTEM)
		clean->held_owner = object_value(snap, cand->obj, FIELD_OWNER).str;
}

/* Of sockets only paths that nobody is bound to. */
static bool clean_is_row(const struct clean *clean, const struct object *obj)
{
	struct rule *const *rule;

	if (obj->key.space == SPACE_SOCKET)
		return false;
	vec_for_each(rule, &clean->rules) {
		if ((*rule)->sel.classes >> obj->class & 1)
			return true;
	}
	return false;
}

static void clean_find_rows(struct clean *clean)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		if (clean_is_row(clean, &snap->objects.at[i]))
			*vec_add(&clean->removal.session.rows) = i;
	}
}

void clean_select(struct clean *clean)
{
	const struct session *session = &clean->removal.session;
	uint32_t i;

	clean_find_rows(clean);
	removal_session_judge(&clean->removal);
	for (i = 0; i < session->rows.nr; i++) {
		struct candidate cand = {
			.row = i,
			.obj = &session->picture.snap.objects.at[session->rows.at[i]],
			.finding = &session->assessment.findings.findings.at[i],
		};

		clean->count[cand.finding->verdict]++;
		if (cand.finding->verdict == VERDICT_UNKNOWN &&
		    removal_can_prove(cand.obj->class)) {
			cand.finding = &clean->removal.trusting.findings.at[i];
			cand.lease = true;
		}
		if (clean_can_go(cand.finding))
			clean_consider(clean, &cand);
	}
	removal_plan_keep(&clean->removal.rm);
}
