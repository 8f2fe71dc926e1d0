// SPDX-License-Identifier: GPL-2.0-or-later
/* What a profile makes of an object that nobody has. */
#include <fnmatch.h>

#include "judge.h"

#include "ipcscope/num.h"
#include "ipcscope/text.h"

#define STRONG	80
#define MIDDLE	50

enum truth { NO, MAYBE, YES };

static struct value no_value(void)
{
	return (struct value){ .known = KNOWN_NOT };
}

/* The process whose number is in the name. */
static enum truth pid_gone(struct verdict_state *op, const struct profile_rule *rule)
{
	struct judge *judge = op->judge;
	const struct str *name = object_str(judge->snap, op->obj, FIELD_NAME);
	struct value alive = no_value();
	const char *text;
	size_t len;
	uint64_t pid;

	if (!name || !profile_group(rule, name->data, &text, &len) ||
	    !num_u64(&text, &pid) || !pid || pid > INT32_MAX)
		return NO;
	if (!judge->blind)
		alive = process_alive(judge->snap, (pid_t)pid,
				      judge->clock_stepped ? 0 :
				      (int64_t)number_of(op, FIELD_BTIME));
	if (alive.known != KNOWN_YES) {
		say(op, NOT_KNOWN, MIDDLE, fixed(judge, "pid in name not seen"),
		    fixed(judge, "the process in its name could not be seen"),
		    arena_printf(judge->arena,
				 "whether process %d, which is in its name, still runs",
				 (int)pid));
		return MAYBE;
	}
	if (alive.num) {
		say(op, HERE, STRONG,
		    arena_printf(judge->arena, "process %d runs", (int)pid),
		    arena_printf(judge->arena, "process %d of its name runs",
				 (int)pid),
		    arena_printf(judge->arena,
				 "process %d, which is in its name, runs",
				 (int)pid));
		return NO;
	}
	say(op, LEFT, STRONG,
	    arena_printf(judge->arena, "process %d gone", (int)pid),
	    arena_printf(judge->arena, "process %d of its name is gone",
			 (int)pid),
	    arena_printf(judge->arena,
			 "process %d, which is in its name, is gone", (int)pid));
	return YES;
}

/* One of the words in the rule; a name that was cut by the kernel has 15. */
static bool is_called(const struct profile_rule *rule, const char *comm)
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

static uint32_t look_for(const struct judge *judge,
			 const struct profile_rule *rule, uid_t uid)
{
	const struct owner *owner = owner_of(judge, uid);
	const struct process *proc;
	bool any = !strcmp(rule->text, "*");

	if (any)
		return owner ? owner->process : NO_INDEX;
	vec_for_each(proc, &judge->snap->processes) {
		if ((proc->uid == uid || !proc->uid) && proc->comm &&
		    !(proc->flags & (PROCESS_ZOMBIE | PROCESS_KTHREAD)) &&
		    is_called(rule, proc->comm->data))
			return (uint32_t)(proc - judge->snap->processes.at);
	}
	return NO_INDEX;
}

static bool same_runner(const void *vec, uint32_t index, const void *arg)
{
	const struct runner *runner = &((const struct runner *)vec)[index];
	const struct runner *key = arg;

	return runner->rule == key->rule && runner->uid == key->uid;
}

/* The same for all objects of one owner. */
static uint32_t find_runner(struct judge *judge,
			    const struct profile_rule *rule, uid_t uid)
{
	struct runner key = { .rule = rule, .uid = uid };
	uint64_t hash = hash_u64((uintptr_t)rule, uid);
	uint32_t index = map_find(&judge->runner_index, hash, same_runner,
				  judge->runners.at, &key);

	if (index != NO_INDEX)
		return judge->runners.at[index].process;
	key.process = look_for(judge, rule, uid);
	map_add(&judge->runner_index, hash, judge->runners.nr);
	*vec_add(&judge->runners) = key;
	return key.process;
}

static enum truth no_process(struct verdict_state *op,
			     const struct profile_rule *rule)
{
	struct judge *judge = op->judge;
	const struct str *text;
	const char *name;
	uint32_t process;
	uint64_t uid;

	if (!object_num(judge->snap, op->obj, FIELD_UID, &uid) || judge->blind) {
		if (judge->blind)
			say(op, NOT_KNOWN, MIDDLE,
			    fixed(judge, "not all who run seen"),
			    fixed(judge, "not all who run could be seen"),
			    judge->blind);
		return MAYBE;
	}
	process = find_runner(judge, rule, (uid_t)uid);
	name = user_name(judge, (uid_t)uid);
	if (process != NO_INDEX) {
		const struct process *proc = &judge->snap->processes.at[process];
		const char *who = process_name(judge, proc);

		text = arena_printf(judge->arena, "%s of %s runs", who,
				    user_name(judge, proc->uid));
		say(op, HERE, STRONG, fixed(judge, "its program runs"), text,
		    text);
		return NO;
	}
	if (!strcmp(rule->text, "*"))
		return YES;	/* said already */
	text = arena_printf(judge->arena,
			    "no process of %s or root is called %s", name,
			    rule->text);
	/* Worth the room only if the owner runs something else. */
	say(op, LEFT, STRONG,
	    op->owner_runs ? fixed(judge, "its program is gone") : NULL,
	    op->owner_runs ? text : NULL, text);
	return YES;
}

/* A lock is held by an open file: nobody has it open or mapped, nobody holds
 * it. */
static enum truth no_lock(struct verdict_state *op, const struct profile_rule *rule)
{
	struct judge *judge = op->judge;
	const struct snapshot *snap = judge->snap;
	const struct str *name = object_str(snap, op->obj, FIELD_NAME);
	const struct object *lock;
	struct buf text = {};
	const char *group;
	uint32_t index;
	size_t len;

	if (!name || !profile_group(rule, name->data, &group, &len))
		return NO;
	buf_add(&text, group, len);
	buf_puts(&text, rule->suffix);
	index = find_shm_file(judge, text.data, text.len);
	buf_reset(&judge->scratch);
	text_escape(&judge->scratch, text.data, text.len);
	buf_free(&text);
	if (index == NO_INDEX) {
		say(op, HERE, MIDDLE, fixed(judge, "no lock file"),
		    fixed(judge, "its lock file is not there"),
		    arena_printf(judge->arena,
				 "it has no lock file %s by which to tell",
				 judge->scratch.data));
		return NO;
	}
	lock = &snap->objects.at[index];
	if (object_has_user(snap, lock)) {
		say(op, HERE, STRONG, fixed(judge, "lock file in use"),
		    fixed(judge, "its lock file is in use"),
		    arena_printf(judge->arena, "its lock file %s is in use",
				 judge->scratch.data));
		return NO;
	}
	if (!object_users_complete(snap, lock)) {
		say(op, NOT_KNOWN, MIDDLE, fixed(judge, "lock file not known"),
		    fixed(judge, "who holds its lock file could not be seen"),
		    arena_printf(judge->arena,
				 "whether somebody holds its lock file %s",
				 judge->scratch.data));
		return MAYBE;
	}
	say(op, LEFT, STRONG, fixed(judge, "lock file not held"),
	    fixed(judge, "nobody holds its lock file"),
	    arena_printf(judge->arena, "nobody has its lock file %s",
			 judge->scratch.data));
	return YES;
}

static enum truth test(struct verdict_state *op, const struct profile_rule *rule)
{
	switch (rule->test) {
	case PROFILE_PID_GONE:
		return pid_gone(op, rule);
	case PROFILE_NO_PROCESS:
		return no_process(op, rule);
	case PROFILE_NO_LOCK:
		return no_lock(op, rule);
	default:
		return YES;
	}
}

/* Why it is to be left alone whatever is known. */
static void say_kept(struct verdict_state *op)
{
	const struct profile *profile = op->profile;
	struct judge *judge = op->judge;

	if (profile->leave_to) {
		const struct str *text = arena_printf(judge->arena,
			"leave it to its own tool: %s", profile->leave_to);

		say(op, HERE, STRONG, fixed(judge, "its owner has a tool"),
		    text,
		    arena_printf(judge->arena,
				 "it looks like that of %s: leave it to its own tool, %s",
				 profile->software, profile->leave_to));
	}
	if (profile->because) {
		const struct str *text = arena_str(judge->arena,
			profile->because, strlen(profile->because));

		say(op, HERE, MIDDLE, fixed(judge, "see its profile"), text,
		    arena_printf(judge->arena, "%s: %s", profile->software,
				 profile->because));
	}
}

enum verdict judge_profile(struct verdict_state *op)
{
	const struct profile *profile = op->profile;
	enum verdict most = profile->limit == PROFILE_STALE ? VERDICT_STALE :
			    VERDICT_SUSPECT;
	const struct profile_rule *rule;
	enum truth truth = YES;

	say(op, profile->limit == PROFILE_IDLE ? HERE : LEFT, 1, NULL,
	    arena_printf(op->judge->arena, "looks like %s", profile->name),
	    arena_printf(op->judge->arena, "it looks like %s (profile %s)",
			 profile->software, profile->name));
	if (profile->limit == PROFILE_IDLE) {
		say_kept(op);
		return VERDICT_IDLE;
	}
	vec_for_each(rule, &profile->rules) {
		enum truth one = test(op, rule);

		if (one < truth)
			truth = one;
	}
	if (truth == NO)
		return VERDICT_IDLE;
	if (truth == MAYBE || op->unsure)
		return VERDICT_UNKNOWN;
	if (!profile->rules.nr) {
		if (op->owner_runs)
			return VERDICT_IDLE;
		return op->usual > most ? op->usual : most;
	}
	return op->best > most ? op->best : most;
}
