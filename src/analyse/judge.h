/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANALYSE_JUDGE_H
#define ANALYSE_JUDGE_H

/* What the rules of all classes share. */

#include "ipcscope/analyse.h"
#include "ipcscope/map.h"

#define MAX_EVIDENCE	10	/* of a side */

/* A user, and a process of theirs. */
struct owner {
	uid_t uid;
	uint32_t process;	/* the first */
	uint32_t nr;
};

struct constant {
	const char *text;
	const struct str *str;
};

/* The first process of a user that a rule is about; NO_INDEX: none. */
struct runner {
	const struct profile_rule *rule;
	uid_t uid;
	uint32_t process;
};

/* A process that waits to open a FIFO of file system @dev. */
struct opener {
	uint64_t dev;
	int64_t since;		/* when the process started, on the clock */
	uint32_t process;
};

/* A process by its number in its own PID namespace. */
struct named {
	pid_t pid;
	uint32_t process;
};

/* What is the same for all objects. */
struct judge {
	const struct snapshot *snap;
	const struct profiles *profiles;
	struct arena *arena;
	struct VEC(struct owner) owners;
	struct map owner_index;
	struct VEC(struct constant) constants;
	struct map constant_index;
	struct VEC(uint32_t) shm_files;	/* objects of /dev/shm, by name */
	struct map shm_index;
	bool leased;		/* a lease will tell whether anybody has them */
	const char *blind;	/* why not all who run are known; NULL */
	const char *flight;	/* why descriptors may be in flight; NULL */
	struct VEC(struct named) named;	/* all who run, sorted; when asked for */
	struct VEC(pid_t) leaders;	/* of sessions and groups of all who run, sorted;
					 * when asked for. 0: some are not known */
	struct VEC(struct runner) runners;	/* who was looked for */
	struct map runner_index;
	struct VEC(struct opener) openers;	/* one a file system */
	bool openers_found;
	struct recent texts;
	/* What was said of the last object. */
	struct { const struct evidence *at; uint32_t nr; } last[NR_EVIDENCE_SIDES];
	struct buf scratch;
};

/* What speaks how, before there is a verdict. */
enum side { SIDE_LEFT, SIDE_HERE, SIDE_UNKNOWN, NR_SIDES };

struct side_list {
	struct evidence at[MAX_EVIDENCE];
	uint32_t nr;
};

/* One object being judged. */
struct verdict_state {
	struct judge *judge;
	const struct object *obj;
	const struct class_info *kind;
	const struct profile *profile;
	struct side_list sides[NR_SIDES];
	bool used;		/* proof of use */
	bool dest;
	bool unseen;		/* whether nobody is there is not known */
	bool unsure;		/* whether all who had it are gone is not known */
	bool owner_runs;	/* processes of the owner do, others perhaps */
	bool kept;		/* there is a reason to keep it */
	pid_t maker_gone;	/* proven gone: who made it, or if that is not noted used it;
				 * 0 */
	enum verdict best;	/* STALE or SUSPECT: what may be said at most */
	enum verdict usual;	/* what is said without a profile */
};

enum fact {
#define EVIDENCE(id, ...)	FACT_##id,
#include "ipcscope/evidence.def"
#undef EVIDENCE
	NR_FACTS
};

/* Adds a fact of evidence.def; the texts {1} to {4} follow. */
#define evidence_add(state, id, ...) \
	evidence_add_fact(state, FACT_##id, (const char *const[]){ NULL, ##__VA_ARGS__ })
void evidence_add_fact(struct verdict_state *state, enum fact fact,
		       const char *const *words);

/* Texts for facts, valid as long as the findings; what others chose in them is
 * escaped. */
const char *evidence_number(struct judge *judge, uint64_t number);
const char *evidence_escaped(struct judge *judge, const char *text, size_t len);
/* "13d" */
const char *evidence_age(struct judge *judge, uint64_t from, uint64_t to);
/* "www-data" or "33" */
const char *evidence_user(struct judge *judge, uid_t uid);
/* "postgres[5409]" */
const char *evidence_process(struct judge *judge, uint32_t process);

/* A stored number of the object; 0 if it is not known. */
uint64_t judge_number(const struct verdict_state *state, enum field_id field);
/* What became of the process @pid (value of a field), which did something at
 * @when; says so, and what follows. @who: "creator", "last user". */
void judge_process(struct verdict_state *state, const char *who, struct value pid,
		   uint64_t when);
/* Whether processes of the owner or the creator run. */
void judge_owner(struct verdict_state *state);
/* Unread messages are somebody's: says so. */
void judge_messages(struct verdict_state *state);
/* Processes found using it: says so. */
void judge_users(struct verdict_state *state, const char *how);
/* Whether somebody may have it who could not be seen: says so. */
void judge_unseen(struct verdict_state *state);
/* The processes that run as @uid; NULL. */
const struct owner *judge_owner_of(const struct judge *judge, uid_t uid);

void judge_shm(struct verdict_state *state);
void judge_sem(struct verdict_state *state);
void judge_msg(struct verdict_state *state);
void judge_posix(struct verdict_state *state);
void judge_fifo(struct verdict_state *state);
void judge_unix(struct verdict_state *state);
void judge_other(struct verdict_state *state);

/* What the profile of the object makes of its verdict. */
enum verdict judge_profile(struct verdict_state *state);
/*
 * Its owner runs something, but not the program that makes such objects: whether its maker
 * and all whom that one started are gone, and nobody has come back for an hour, by a clock
 * that was not set meanwhile. A descendant of another session may still know its number.
 */
bool judge_is_outlived(struct verdict_state *state);
/* Whether a process of the session or process group that @pid led runs. */
bool judge_session_runs(struct judge *judge, pid_t pid);
/* The object of /dev/shm of that name; NO_INDEX. */
uint32_t judge_find_shm(struct judge *judge, const char *name, size_t len);

/* Works out what is the same for all. */
void judge_init(struct judge *judge);
void judge_free(struct judge *judge);

#endif
