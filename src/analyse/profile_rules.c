// SPDX-License-Identifier: GPL-2.0-or-later
/* What a profile makes of an object that nobody has. */
#include <fnmatch.h>
#include <stdlib.h>

#include "judge.h"

#include "ipcscope/text.h"

enum truth { NO, MAYBE, YES };

static int profile_compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->process, y->process);
}

/* All who run by the numbers that they have for themselves; those without one have 0. */
static void profile_index_named(struct judge *judge)
{
	const struct process *proc;

	vec_for_each(proc, &judge->snap->processes) {
		if (!(proc->flags & (PROCESS_ZOMBIE | PROCESS_KTHREAD)))
			*vec_add(&judge->named) = (struct named){
				.pid = proc->own_pid,
				.process = (uint32_t)(proc - judge->snap->processes.at),
			};
	}
	if (judge->named.nr)
		qsort(judge->named.at, judge->named.nr, sizeof(judge->named.at[0]),
		      profile_compare_named);
}

/*
 * Whether the process runs that gave the name: by what it is called here, and by what it is
 * called in its own PID namespace.
 */
static struct value profile_named_alive(struct judge *judge, pid_t pid, int64_t when)
{
	struct value alive = process_alive(judge->snap, pid, when), one;
	uint32_t from = 0, to;

	if (!judge->named.nr)
		profile_index_named(judge);
	if (judge->named.nr && !judge->named.at[0].pid)
		alive.known = alive.known == KNOWN_YES && alive.num ? KNOWN_YES : KNOWN_NOT;
	for (to = judge->named.nr; from < to; ) {
		uint32_t middle = from + (to - from) / 2;

		if (judge->named.at[middle].pid < pid)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < judge->named.nr && judge->named.at[from].pid == pid; from++) {
		one = process_may_be(judge->snap,
				     &judge->snap->processes.at[judge->named.at[from].process],
				     when);
		if (one.known != KNOWN_YES || one.num)
			alive = one;
		if (one.known == KNOWN_YES && one.num)
			break;
	}
	return alive;
}

/* The number that a group of the name is; false: none. Digits may follow that are none of it. */
static bool profile_number(const struct verdict_state *state, const struct profile_rule *rule,
			   uint64_t *num)
{
	const struct str *name = object_str(state->judge->snap, state->obj, FIELD_NAME);
	const char *group, *text;
	char digits[24];
	size_t len;

	if (!name || !profile_group(rule, name->data, &group, &len) || len >= sizeof(digits))
		return false;
	memcpy(digits, group, len);
	digits[len] = '\0';
	text = digits;
	return num_u64(&text, num) && !*text;
}

/* The process whose number is in the name. */
static enum truth profile_pid_gone(struct verdict_state *state, const struct profile_rule *rule)
{
	struct judge *judge = state->judge;
	struct value alive = { .known = KNOWN_NOT };
	const char *number;
	uint64_t pid;

	if (!profile_number(state, rule, &pid) || !pid || pid > INT32_MAX)
		return NO;
	if (!judge->blind)
		alive = profile_named_alive(judge, (pid_t)pid,
					    (int64_t)judge_number(state, FIELD_BTIME));
	number = evidence_number(judge, pid);
	if (alive.known != KNOWN_YES) {
		evidence_add(state, NAMED_UNSEEN, number);
		return MAYBE;
	}
	if (alive.num) {
		evidence_add(state, NAMED_RUNS, number);
		return NO;
	}
	evidence_add(state, NAMED_GONE, number);
	return YES;
}

/* One of the words in the rule; a name that was cut by the kernel has 15. */
static bool profile_is_called(const struct profile_rule *rule, const char *comm)
{
	const char *at = rule->text;
	char glob[64];

	while (*at) {
		size_t len = strcspn(at, " ");

		if (len < sizeof(glob)) {
			memcpy(glob, at, len);
			glob[len] = '\0';
			if (!fnmatch(glob, comm, 0))
				return true;
		}
		at += len;
		at += strspn(at, " ");
	}
	return false;
}

static uint32_t profile_look_for(const struct judge *judge,
				 const struct profile_rule *rule, uid_t uid)
{
	const struct owner *owner = judge_owner_of(judge, uid);
	const struct process *proc;
	bool any = !strcmp(rule->text, "*");

	if (any)
		return owner ? owner->process : NO_INDEX;
	vec_for_each(proc, &judge->snap->processes) {
		if ((proc->uid == uid || !proc->uid) && proc->comm &&
		    !(proc->flags & (PROCESS_ZOMBIE | PROCESS_KTHREAD)) &&
		    profile_is_called(rule, proc->comm->data))
			return (uint32_t)(proc - judge->snap->processes.at);
	}
	return NO_INDEX;
}

static bool profile_same_runner(const void *vec, uint32_t index, const void *arg)
{
	const struct runner *runner = &((const struct runner *)vec)[index];
	const struct runner *key = arg;

	return runner->rule == key->rule && runner->uid == key->uid;
}

/* The same for all objects of one owner. */
static uint32_t profile_find_runner(struct judge *judge,
				    const struct profile_rule *rule, uid_t uid)
{
	struct runner key = { .rule = rule, .uid = uid };
	uint64_t hash = hash_u64((uintptr_t)rule, uid);
	uint32_t index = map_find(&judge->runner_index, hash, profile_same_runner,
				  judge->runners.at, &key);

	if (index != NO_INDEX)
		return judge->runners.at[index].process;
	key.process = profile_look_for(judge, rule, uid);
	map_add(&judge->runner_index, hash, judge->runners.nr);
	*vec_add(&judge->runners) = key;
	return key.process;
}

static enum truth profile_no_process(struct verdict_state *state,
				     const struct profile_rule *rule)
{
	struct judge *judge = state->judge;
	uint32_t process;
	const char *name;
	uint64_t uid;

	if (judge->blind) {
		evidence_add(state, PROGRAM_UNSEEN, judge->blind);
		return MAYBE;
	}
	if (!object_num(judge->snap, state->obj, FIELD_UID, &uid))
		return MAYBE;
	process = profile_find_runner(judge, rule, (uid_t)uid);
	if (process != NO_INDEX) {
		uid = judge->snap->processes.at[process].uid;
		evidence_add(state, PROGRAM_RUNS, evidence_process(judge, process),
			     evidence_user(judge, (uid_t)uid));
		return NO;
	}
	/* Of *, the evidence on the owner says it. */
	name = evidence_user(judge, (uid_t)uid);
	if (strcmp(rule->text, "*") && state->owner_runs)
		evidence_add(state, PROGRAM_GONE, name, rule->text);
	else if (strcmp(rule->text, "*"))
		evidence_add(state, PROGRAM_GONE_TOO, name, rule->text);
	return YES;
}

/* A lock is held by an open file: nobody has it open or mapped, nobody holds
 * it. */
static enum truth profile_no_lock(struct verdict_state *state, const struct profile_rule *rule)
{
	struct judge *judge = state->judge;
	const struct snapshot *snap = judge->snap;
	const struct str *name = object_str(snap, state->obj, FIELD_NAME), *file;
	const char *group, *shown;
	uint32_t index;
	size_t len;

	if (!name || !profile_group(rule, name->data, &group, &len))
		return NO;
	file = arena_printf(judge->arena, "%.*s%s", (int)len, group, rule->suffix);
	index = judge_find_shm(judge, file->data, file->len);
	shown = evidence_escaped(judge, file->data, file->len);
	if (index == NO_INDEX) {
		evidence_add(state, NO_LOCK_FILE, shown);
		return NO;
	}
	if (object_has_user(snap, &snap->objects.at[index])) {
		evidence_add(state, LOCK_USED, shown);
		return NO;
	}
	if (!object_users_complete(snap, &snap->objects.at[index])) {
		evidence_add(state, LOCK_UNSEEN, shown);
		return MAYBE;
	}
	evidence_add(state, LOCK_FREE, shown);
	return YES;
}

/* The uid in the name is that of the owner. */
static enum truth profile_uid(struct verdict_state *state, const struct profile_rule *rule)
{
	struct judge *judge = state->judge;
	uint64_t named, uid;

	if (!profile_number(state, rule, &named))
		return NO;
	if (!object_num(judge->snap, state->obj, FIELD_UID, &uid))
		return MAYBE;
	if (named == uid)
		evidence_add(state, NAMES_OWNER, evidence_number(judge, named));
	else
		evidence_add(state, NAMES_OTHER, evidence_number(judge, named));
	return named == uid ? YES : NO;
}

static enum truth profile_run_test(struct verdict_state *state, const struct profile_rule *rule)
{
	switch (rule->test) {
	case PROFILE_PID_GONE:
		return profile_pid_gone(state, rule);
	case PROFILE_NO_PROCESS:
		return profile_no_process(state, rule);
	case PROFILE_NO_LOCK:
		return profile_no_lock(state, rule);
	case PROFILE_UID:
		return profile_uid(state, rule);
	default:
		return YES;
	}
}

enum verdict judge_profile(struct verdict_state *state)
{
	const struct profile *profile = state->profile;
	enum verdict most = profile->limit == PROFILE_STALE ? VERDICT_STALE :
			    VERDICT_SUSPECT;
	const struct profile_rule *rule;
	bool named = false, program = false, told = false;
	enum truth truth = YES;

	if (profile->limit == PROFILE_IDLE) {
		evidence_add(state, LOOKS_LIKE_KEPT, profile->software, profile->name);
		if (profile->leave_to)
			evidence_add(state, HAS_TOOL, profile->software, profile->leave_to);
		if (profile->because)
			evidence_add(state, PROFILE_KEEPS, profile->software,
				     profile->because);
		return VERDICT_IDLE;
	}
	evidence_add(state, LOOKS_LIKE, profile->software, profile->name);
	vec_for_each(rule, &profile->rules) {
		enum truth one = profile_run_test(state, rule);

		named |= rule->test == PROFILE_PID_GONE;
		program |= rule->test == PROFILE_NO_PROCESS;
		told |= rule->test == PROFILE_PID_GONE || rule->test == PROFILE_UID;
		if (one < truth)
			truth = one;
	}
	/* Who was told the name may have it, whatever became of its maker; that no such program
	 * runs says more. */
	if (truth == YES && state->owner_runs && named && !program)
		truth = NO;
	if (truth == NO)
		return VERDICT_IDLE;
	if (truth == MAYBE || state->unsure)
		return VERDICT_UNKNOWN;
	/* What is attached for a request only is nobody's in between. */
	if (program && state->owner_runs && state->kind->groups & GROUP_SYSV)
		return judge_is_outlived(state) ? VERDICT_SUSPECT : VERDICT_IDLE;
	/* A program may run by another name, and come back to an object whose name says nothing
	 * of who made it. */
	if (program && state->owner_runs && !told && most < VERDICT_SUSPECT)
		most = VERDICT_SUSPECT;
	if (!profile->rules.nr) {
		if (state->owner_runs)
			return VERDICT_IDLE;
		return state->usual > most ? state->usual : most;
	}
	return state->best > most ? state->best : most;
}

const struct profile *profile_of(const struct profiles *profiles,
				 const struct snapshot *snap, const struct object *obj)
{
	const struct profile *profile;

	vec_for_each(profile, &profiles->all) {
		if (profile->classes >> obj->class & 1 &&
		    filter_match(profile->match, snap, obj))
			return profile;
	}
	return NULL;
}

bool profile_group(const struct profile_rule *rule, const char *name,
		   const char **text, size_t *len)
{
	regmatch_t match[2];

	if (!rule->pattern || regexec(rule->pattern, name, 2, match, 0) ||
	    match[1].rm_so < 0)
		return false;
	*text = name + match[1].rm_so;
	*len = (size_t)(match[1].rm_eo - match[1].rm_so);
	return true;
}
