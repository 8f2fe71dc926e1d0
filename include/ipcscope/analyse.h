/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_ANALYSE_H
#define IPCSCOPE_ANALYSE_H

/* What can be said of a snapshot by looking at it, and at nothing else. */

#include <regex.h>

#include "ipcscope/filter.h"
#include "ipcscope/query.h"

/*
 * What is known of software that leaves objects behind: how to recognise its
 * objects, and what proves that one is finished with. A profile is a section
 * of a text file:
 *
 *	# comment
 *	[loky]
 *	software = Python joblib and loky
 *	match = class == psem and name =~ "^/loky-[0-9]+-"
 *	stale-if = pid-gone ^/loky-([0-9]+)-
 *
 * match is an expression of --where. Each stale-if must hold:
 *
 *	unused			nobody has it (which is needed anyway)
 *	pid-gone ERE		the process whose number is the first group of
 *				ERE in the name is gone, or started later
 *	no-process GLOB...	no process of the owner or of root has a command
 *				name like one of these; *: the owner has none
 *	no-lock ERE SUFFIX	the object called like the first group of ERE
 *				and SUFFIX is there and in use by nobody
 *	uid ERE			the first group of ERE in the name is the uid of
 *				the owner
 *
 * at-most = suspect: never better than that, at-most = idle: never removed by
 * itself; because = TEXT says why, leave-to = TOOL that its owner has a tool
 * for it (at-most idle). A line that begins with a blank goes on the one above.
 */

enum profile_test {
	PROFILE_UNUSED,
	PROFILE_PID_GONE,
	PROFILE_NO_PROCESS,
	PROFILE_NO_LOCK,
	PROFILE_UID,
	NR_PROFILE_TESTS
};
extern const char *const profile_tests[NR_PROFILE_TESTS];

struct profile_rule {
	enum profile_test test;
	const char *text;	/* behind the name of the test */
	const char *suffix;	/* NO_LOCK */
	const regex_t *pattern;	/* PID_GONE, NO_LOCK, UID */
};

enum profile_limit { PROFILE_STALE, PROFILE_SUSPECT, PROFILE_IDLE };

struct profile {
	const char *name;	/* of the section */
	const char *software;
	const char *because;	/* NULL */
	const char *leave_to;	/* NULL */
	const char *file;	/* where it stands */
	unsigned int line;
	enum profile_limit limit;
	const char *expr;
	struct filter *match;
	uint64_t classes;	/* that match can be true for */
	struct VEC(struct profile_rule) rules;
};

struct profiles {
	struct arena arena;
	struct VEC(struct profile) all;	/* the first that matches counts */
	struct VEC(regex_t *) patterns;
};

/*
 * Adds the profiles in @text, which is not needed afterwards. A name that an
 * earlier file has is passed over, so that administrators' files, read first,
 * replace what is shipped. 0, or -EBADMSG with "FILE:LINE: what is wrong" in
 * @why; then nothing was added.
 */
int profiles_parse(struct profiles *profiles, const char *file,
		   const char *text, size_t len, char why[512]);
/* The same with what the program comes with; never fails but by mistake. */
int profiles_shipped(struct profiles *profiles, char why[512]);
void profiles_free(struct profiles *profiles);

/* NULL if no profile matches. */
const struct profile *profile_of(const struct profiles *profiles,
				 const struct snapshot *snap, const struct object *obj);
/* The text of the first group of the rule's pattern in @name. */
bool profile_group(const struct profile_rule *rule, const char *name,
		   const char **text, size_t *len);

enum verdict {
#define VERDICT(id, ...)	VERDICT_##id,
#include "ipcscope/verdicts.def"
#undef VERDICT
	NR_VERDICTS
};

struct verdict_info {
	const char *word;
	enum mood mood;
	const char *help;
};
extern const struct verdict_info verdict_infos[NR_VERDICTS];

enum evidence_side {
	EVIDENCE_FOR,		/* "because": for the verdict */
	EVIDENCE_AGAINST,	/* "but" */
	EVIDENCE_UNKNOWN,	/* "not known" */
	NR_EVIDENCE_SIDES
};

/* One fact, in three lengths; what comes from others in it is escaped. */
struct evidence {
	const char *id;		/* "owner-runs": for programs, it stays */
	const struct str *brief;	/* 25 columns at most, for narrow tables;
					 * NULL: not worth the room */
	const struct str *clause;	/* joined by "; ", for wide tables */
	const struct str *sentence;	/* for `show` and JSON */
	uint8_t weight;			/* the heaviest is told first */
};

struct finding {
	uint32_t object;
	enum verdict verdict;
	/* In the order to be told; for vec_for_each. */
	struct { const struct evidence *at; uint32_t nr; }
		evidence[NR_EVIDENCE_SIDES];
	const struct profile *profile;	/* that the object matches, or NULL */
};

struct findings {
	struct arena arena;
	struct VEC(struct finding) findings;	/* one for each object asked */
};

/* Classes that can be left behind. */
uint64_t stale_classes(void);
/* Adds what must be known to judge objects of query->classes, and the classes
 * that tell about them; @profiles may be NULL. Call it before query_plan(). */
void stale_query(struct query *query, const struct profiles *profiles);
/*
 * Socket paths to which no live socket was found to be bound, by name or by
 * inode: only the connect test (host_ops) can tell whether they are dead. Its
 * answer goes into the object's flags, IS(REFUSED) or IS(ANSWERS); without one
 * the verdict is unknown. Numbers of those among @objects are added to @paths.
 */
struct stale_paths VEC(uint32_t);
void stale_untested(const struct snapshot *snap, const uint32_t *objects,
		    uint32_t nr, struct stale_paths *paths);
/* Judges each of @nr objects (numbers in @snap), in that order. @profiles may
 * be NULL, and must outlive @out. @leased: a lease will tell whether anybody has
 * them, so that users who could not be seen are left to it; a lease tells nothing
 * of who runs, nor of any other object. */
void stale_judge(const struct snapshot *snap, const struct profiles *profiles,
		 const uint32_t *objects, uint32_t nr, bool leased, struct findings *out);
void findings_free(struct findings *findings);

/* The reason in @room columns if that is enough for more than the shortest
 * form; 0: all clauses. */
void finding_why(struct buf *to, const struct finding *finding, unsigned int room);
#define WHY_BRIEF	25	/* columns of the shortest form */

/* How much of each limit is used, and by whom. */
enum holder_kind { HOLDER_USER, HOLDER_PROCESS, HOLDER_OBJECT };

/* Who uses some of it. */
struct holder {
	enum holder_kind kind;
	uint32_t index;		/* uid, or number of the process or object */
	uint32_t nr;		/* of a user: objects it is made up of */
	uint64_t used;		/* in the unit of the limit */
	uint64_t most;		/* what it may be, if that is estimated */
	bool estimated;		/* the kernel does not tell; about so much */
	uint64_t max;		/* that holds for this one */
	bool has_max;		/* one of its own was seen */
	uint32_t waiter;	/* process stuck on the object; NO_INDEX */
};

struct limit_pressure {
	enum limit_id limit;
	bool max_known;
	bool has_max;		/* and there is one: false: no limit */
	bool known;		/* used is all there is, not what was seen */
	bool estimated;		/* the kernel does not tell; about so much */
	bool full;		/* nothing more, or somebody is stuck */
	uint64_t used;
	uint64_t at_most;	/* what an estimated use may be; 0: none is estimated */
	uint64_t max;		/* of what is nearest to it */
	/* The heaviest first; users before processes. */
	const struct holder *holders;
	uint32_t nr_holders;
};

struct limit_pressures {
	struct arena arena;
	struct VEC(struct limit_pressure) all;	/* the fullest first */
};

/* Adds what must be read to know the use of @limits (A_LIMIT()); @who: and who
 * uses them, where the kernel tells the use itself; @waiters: who is stuck on
 * a full queue, too. Before query_plan(). */
void limit_pressure_query(struct query *query, uint64_t limits, bool who, bool waiters);
/* Asks for the size of each pipe that somebody has, which for a moment doubles one end.
 * After limit_pressure_query(). */
void limit_pressure_ask_pipes(struct query *query);
/* Whether some queue is so full that somebody may wait for room in it. */
bool limit_pressure_may_wait(const struct snapshot *snap, uint64_t limits);
/* Of each of @limits that this kernel has. */
void limit_pressure_judge(const struct snapshot *snap, uint64_t limits,
			  struct limit_pressures *out);
void limit_pressures_free(struct limit_pressures *limit_pressures);

/* In tenths of a percent, rounded; but 1000 and more only if it is used up. */
uint64_t limit_pressure_permille(const struct limit_pressure *pressure);
/* Whether it uses @percent of its limit, exactly; false where that is not
 * known or estimated, or is about the size of one object. */
bool limit_pressure_reaches(const struct limit_pressure *pressure, unsigned int percent);
/* Whether it may, for all that is known: an estimate neither alarms nor reassures. */
bool limit_pressure_may_reach(const struct limit_pressure *pressure, unsigned int percent);

#endif
