// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts: what is left behind, and how that is known. */
#include "judge.h"

const struct verdict_info verdict_infos[NR_VERDICTS] = {
#define VERDICT(id, word, mood, help) \
	[VERDICT_##id] = { word, MOOD_##mood, help },
#include "ipcscope/verdicts.def"
#undef VERDICT
};

/* How objects of a class are judged that can be left behind. */
static void (*const stale_rules[NR_CLASSES])(struct verdict_state *state) = {
	[CLASS_shm] = judge_shm, [CLASS_sem] = judge_sem, [CLASS_msg] = judge_msg,
	[CLASS_pshm] = judge_posix, [CLASS_psem] = judge_posix, [CLASS_pmsg] = judge_posix,
	[CLASS_fifo] = judge_fifo, [CLASS_unix] = judge_unix,
};

uint64_t stale_classes(void)
{
	uint64_t classes = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (stale_rules[class])
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

/* What costs too much for a list: of semaphore sets only. */
static bool stale_looks_closer(const void *arg, const struct snapshot *snap,
			       const struct object *obj)
{
	return obj->key.space == SPACE_SEM;
}

static void stale_add_profiles(struct query *query, const struct profiles *profiles)
{
	const struct profile_rule *rule;
	const struct profile *profile;
	enum field_id field;

	vec_for_each(profile, &profiles->all) {
		struct fieldset set = {};

		if (!(profile->classes & query->classes))
			continue;
		vec_for_each(rule, &profile->rules)
			query->own_pids |= rule->test == PROFILE_PID_GONE;
		filter_fields(profile->match, &set);
		for_each_field(field) {
			if (fieldset_has(&set, field))
				query_add_field(query, field);
		}
	}
}

void stale_query(struct query *query, const struct profiles *profiles)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_UID, FIELD_CUID, FIELD_MODE, FIELD_OWNER,
		FIELD_SIZE, FIELD_ATTACHES, FIELD_ATTACHES_FOUND, FIELD_CPID,
		FIELD_CREATOR_ALIVE, FIELD_LAST_BY, FIELD_LPID, FIELD_CTIME,
		FIELD_ATIME, FIELD_DTIME, FIELD_OTIME, FIELD_STIME,
		FIELD_RTIME, FIELD_MTIME, FIELD_BTIME, FIELD_NSEMS,
		FIELD_VALUES, FIELD_MESSAGES, FIELD_LSPID, FIELD_LRPID,
		FIELD_USERS, FIELD_STATE, FIELD_WAITERS,
	};
	static const char *const places[] = { "/run", "/tmp", "/var/run" };
	bool only_show = query->only_show;
	size_t i;

	if (!query->look_at && !only_show)
		query->look_at = stale_looks_closer;
	query->only_show = true;
	query->extra_parts |= NEED(PROCS) | NEED(RUNNING);
	/* Requests in flight are known by the rings that are mapped. */
	if (query->classes & (A_CLASS(fifo) | A_CLASS(pmsg)))
		query->extra_parts |= NEED(MAPS);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
	if (profiles)
		stale_add_profiles(query, profiles);
	if (query->classes & (A_CLASS(fifo) | A_CLASS(unix))) {
		query->extra_parts |= NEED(PATHS);
		if (!query->paths)
			query->nr_paths = ARRAY_SIZE(places);
		query->paths = query->paths ?: places;
	}
}

void stale_untested(const struct snapshot *snap, const uint32_t *objects,
		    uint32_t nr, struct stale_paths *paths)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		const struct object *obj = &snap->objects.at[objects[i]];
		uint64_t flags = 0;

		object_num(snap, obj, FIELD_FLAGS, &flags);
		if (object_is_socket_path(obj) && !(flags & (IS(REFUSED) | IS(ANSWERS))))
			*vec_add(paths) = objects[i];
	}
}

static enum verdict stale_settle(struct verdict_state *state)
{
	if (state->used || state->dest)
		return state->dest ? VERDICT_DEST : VERDICT_IN_USE;
	if (state->unseen)
		return VERDICT_UNKNOWN;
	if (state->kept)
		return VERDICT_IDLE;
	if (state->profile)
		return judge_profile(state);
	if (state->unsure)
		return VERDICT_UNKNOWN;
	return state->owner_runs ? VERDICT_IDLE : state->usual;
}

static void stale_keep_side(struct verdict_state *state, struct finding *finding,
			    enum evidence_side to, enum side from)
{
	const struct side_list *list = &state->sides[from];
	__auto_type last = &state->judge->last[to];
	struct evidence *copy;

	finding->evidence[to].nr = list->nr;
	if (!list->nr)
		return;
	/* Of most objects the same is said as of the one before. */
	if (last->nr != list->nr || memcmp(last->at, list->at, list->nr * sizeof(*copy)) != 0) {
		copy = arena_alloc(state->judge->arena, list->nr * sizeof(*copy));
		memcpy(copy, list->at, list->nr * sizeof(*copy));
		last->at = copy;
		last->nr = list->nr;
	}
	finding->evidence[to].at = last->at;
}

/* What speaks for somebody being there speaks for those two verdicts. */
static void stale_keep_evidence(struct verdict_state *state, struct finding *finding)
{
	bool here = finding->verdict == VERDICT_IN_USE || finding->verdict == VERDICT_DEST;

	stale_keep_side(state, finding, here ? EVIDENCE_AGAINST : EVIDENCE_FOR, SIDE_LEFT);
	stale_keep_side(state, finding, here ? EVIDENCE_FOR : EVIDENCE_AGAINST, SIDE_HERE);
	stale_keep_side(state, finding, EVIDENCE_UNKNOWN, SIDE_UNKNOWN);
}

void stale_judge(const struct snapshot *snap, const struct profiles *profiles,
		 const uint32_t *objects, uint32_t nr, bool leased, struct findings *out)
{
	struct judge judge = {
		.snap = snap, .profiles = profiles, .arena = &out->arena,
		.leased = leased,
	};
	uint32_t i;

	judge_init(&judge);
	vec_reserve(&out->findings, out->findings.nr + nr);
	for (i = 0; i < nr; i++) {
		const struct object *obj = &snap->objects.at[objects[i]];
		struct finding *finding = vec_add(&out->findings);
		struct verdict_state state = {
			.judge = &judge, .obj = obj,
			.kind = class_infos[obj->class],
			.best = VERDICT_SUSPECT, .usual = VERDICT_SUSPECT,
		};

		if (profiles)
			state.profile = profile_of(profiles, snap, obj);
		(stale_rules[obj->class] ?: judge_other)(&state);
		finding->object = objects[i];
		finding->profile = state.profile;
		finding->verdict = stale_settle(&state);
		stale_keep_evidence(&state, finding);
	}
	judge_free(&judge);
}

void findings_free(struct findings *findings)
{
	vec_free(&findings->findings);
	arena_free(&findings->arena);
}
