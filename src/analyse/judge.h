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

/* What is the same for all objects. */
struct judge {
	const struct snapshot *snap;
	const struct profiles *profiles;
	struct arena *arena;
	struct VEC(struct owner) owners;
	struct map owner_index;
	struct VEC(struct constant) constants;
	struct map constant_index;
	struct VEC(uint32_t) psms;	/* objects of /dev/shm, by name */
	struct map psm_index;
	const struct str *blind;	/* why not all who run are known; NULL */
	const struct str *flight;	/* why descriptors may be in flight */
	struct VEC(struct runner) runners;	/* who was looked for */
	struct map runner_index;
	bool clock_stepped;	/* wall clock times prove nothing */
	struct buf scratch;
};

/* What speaks how, before there is a verdict. */
enum side { LEFT, HERE, NOT_KNOWN, NR_SIDES };

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
	enum verdict best;	/* STALE or SUSPECT: what may be said at most */
	enum verdict usual;	/* what is said without a profile */
};

/* The same str for the same constant text. */
const struct str *fixed(struct judge *judge, const char *text);
/* Adds evidence; @brief or @clause may be NULL. */
void say(struct verdict_state *op, enum side side, uint8_t weight,
	 const struct str *brief, const struct str *clause,
	 const struct str *sentence);
/* The same of constant texts. */
void say_fixed(struct verdict_state *op, enum side side, uint8_t weight,
	       const char *brief, const char *clause, const char *sentence);

uint64_t number_of(const struct verdict_state *op, enum field_id field);
/* "segment", "queue" ... */
const char *noun_of(const struct verdict_state *op);
/* "www-data" or "33", escaped; valid as long as the findings. */
const char *user_name(struct judge *judge, uid_t uid);
/* "postgres[5409]", escaped; valid as long as the findings. */
const char *process_name(struct judge *judge, const struct process *proc);

/* What became of the process @pid (value of a field), which did something at
 * @when; says so, and what follows. @who: "creator", "last user". */
void judge_process(struct verdict_state *op, const char *who, struct value pid,
		   uint64_t when);
/* Whether processes of the owner or the creator run. */
void judge_owner(struct verdict_state *op);
/* Unread messages are somebody's: says so. */
void judge_messages(struct verdict_state *op);
/* Processes found using it: says so. */
void judge_users(struct verdict_state *op, const char *how);
/* Whether somebody may have it who could not be seen: says so. */
void judge_unseen(struct verdict_state *op);
/* The process that runs as @uid; NULL. */
const struct owner *owner_of(const struct judge *judge, uid_t uid);

void judge_shm(struct verdict_state *op);
void judge_sem(struct verdict_state *op);
void judge_msg(struct verdict_state *op);
void judge_posix(struct verdict_state *op);
void judge_fifo(struct verdict_state *op);
void judge_unix(struct verdict_state *op);
void judge_other(struct verdict_state *op);

/* What the profile of the object makes of its verdict. */
enum verdict judge_profile(struct verdict_state *op);
/* The object of /dev/shm of that name; NO_INDEX. */
uint32_t find_shm_file(struct judge *judge, const char *name, size_t len);

/* Works out what is the same for all. */
void judge_init(struct judge *judge);
void judge_free(struct judge *judge);

#endif
