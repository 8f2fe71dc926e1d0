// SPDX-License-Identifier: GPL-2.0-or-later
/* Which rule is about an object: the first. There may be thousands of both, so that rules whose
 * owner or range it does not fit are passed over without being asked. */
#include "clean.h"

#include <string.h>

/* Whether the rule is about such a thing at all, whoever owns it. */
static bool clean_match_meant(const struct clean *clean, const struct rule *rule,
			   const struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	const struct profile *profile = cand->finding->profile;
	const char *const *name;

	if (!(rule->sel.classes >> cand->obj->class & 1) ||
	    !selection_matches(&rule->sel, snap, cand->obj))
		return false;
	if (!rule->profiles)
		return true;
	vec_for_each(name, rule->profiles) {
		if (profile && !strcmp(*name, profile->name))
			return true;
	}
	return false;
}

static bool clean_match_same_uid(const void *vec, uint32_t index, const void *key)
{
	return ((struct owner_rules *const *)vec)[index]->uid == *(const uid_t *)key;
}

/* The first value is none: any rule fits it. */
static uint32_t clean_match_value(struct clean *clean, const struct rule *rule)
{
	const struct asked_value *value;

	if (!clean->values.nr)
		*vec_add(&clean->values) = (struct asked_value){ .known = true };
	vec_for_each(value, &clean->values) {
		if (rule->bounded && value > clean->values.at &&
		    value->bound.field == rule->bound.field)
			break;
	}
	if (rule->bounded && vec_stopped(value, &clean->values))
		return (uint32_t)(value - clean->values.at);
	if (!rule->bounded)
		return 0;
	*vec_add(&clean->values) = (struct asked_value){ .bound = rule->bound };
	return clean->values.nr - 1;
}

static void clean_match_add(struct clean *clean, struct ranged_rules *to, struct rule *rule)
{
	*vec_add(to) = (struct ranged_rule){
		.rule = rule, .value = clean_match_value(clean, rule),
		.least = rule->bounded ? rule->bound.least : 0,
		.most = rule->bounded ? rule->bound.most : 0,
	};
}

/* The rules that name its owner (-1: not known), or nobody: found once for each owner. */
static const struct owner_rules *clean_match_owner(struct clean *clean,
						const struct candidate *cand, uid_t uid)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	const uint64_t hash = hash_bytes(&uid, sizeof(uid));
	uint32_t i = map_find(&clean->by_owner, hash, clean_match_same_uid, clean->owners.at, &uid);
	const bool first = !clean->all.nr;
	struct owner_rules *owner;
	struct rule **rule;

	if (i != NO_INDEX)
		return clean->owners.at[i];
	map_add(&clean->by_owner, hash, clean->owners.nr);
	owner = arena_alloc(&clean->arena, sizeof(*owner));
	*owner = (struct owner_rules){ .uid = uid };
	*vec_add(&clean->owners) = owner;
	vec_for_each(rule, &clean->rules) {
		if (first)
			clean_match_add(clean, &clean->all, *rule);
		if (selection_matches(&(*rule)->owned, snap, cand->obj))
			clean_match_add(clean, &owner->rules, *rule);
	}
	return owner;
}

static void clean_match_ask(struct clean *clean, const struct candidate *cand)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	struct asked_value *value;

	vec_for_each(value, &clean->values) {
		if (value > clean->values.at)
			value->known = filter_bound_value(&value->bound, snap, cand->obj,
							  &value->num);
	}
}

/* The first of them that is about it; NULL. */
static struct rule *clean_match_first(const struct clean *clean, const struct ranged_rules *rules,
				      const struct candidate *cand)
{
	const struct ranged_rule *ranged;

	vec_for_each(ranged, rules) {
		const struct asked_value *value = &clean->values.at[ranged->value];

		if (value->known && value->num >= ranged->least && value->num <= ranged->most &&
		    clean_match_meant(clean, ranged->rule, cand))
			return ranged->rule;
	}
	return NULL;
}

struct rule *clean_find_rule(struct clean *clean, struct candidate *cand, bool *unnamed)
{
	const struct snapshot *snap = &clean->removal.session.picture.snap;
	const struct owner_rules *owner;
	struct rule *rule;
	uint64_t uid = 0;
	const bool known = object_num(snap, cand->obj, FIELD_UID, &uid);

	cand->uid = (uid_t)uid;
	owner = clean_match_owner(clean, cand, known ? cand->uid : (uid_t)-1);
	clean_match_ask(clean, cand);
	rule = clean_match_first(clean, &owner->rules, cand);
	*unnamed = !rule && cand->finding->verdict != VERDICT_UNKNOWN &&
		   owner->rules.nr < clean->rules.nr &&
		   clean_match_first(clean, &clean->all, cand);
	return rule;
}

bool clean_assuming_helps(const struct finding *finding)
{
	static const char *const about[] = {
		"other-pid-namespace", "running-not-seen", "named-process-not-seen",
		"lock-file-unknown",
	};
	const struct evidence *e;
	size_t i;

	vec_for_each(e, &finding->evidence[EVIDENCE_UNKNOWN]) {
		for (i = 0; i < ARRAY_SIZE(about) && strcmp(e->id, about[i]); i++)
			;
		if (i == ARRAY_SIZE(about))
			return false;
	}
	return true;
}
