/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CLEAN_H
#define CMD_CLEAN_H

/* Removing by rule. */

#include "cli/removal_session.h"

#define CLEAN_RULES	"/etc/ipcscope/clean.conf"
#define CLEAN_OLDER	"1h"

/* What is to be selected; the command line is one, too. */
struct rule {
	const char *name;	/* NULL: the command line */
	struct request wants;	/* its options */
	struct selection sel;	/* --where and the like, and classes */
	struct selection aged;	/* --older */
	struct selection owned;	/* --user */
	bool any_owner;		/* --user was given */
	bool suspect;
	bool report;		/* and leave alone */
	struct VEC(const char *) keys;	/* that its section has, each once */
	struct filter_bound bound;	/* what of sel is asked first */
	bool bounded;
	const struct word_list *profiles;	/* NULL: whatever software */
	uint64_t max, max_bytes;	/* UINT64_MAX: no limit */
	uint64_t taken, taken_bytes;
};

/* Why what could be selected is left alone. */
enum exclusion_reason {
	EXCLUDED_NOT,
	EXCLUDED_YOUNG, EXCLUDED_SYSTEM, EXCLUDED_UNNAMED, EXCLUDED_SUSPECT, EXCLUDED_OTHERS,
	EXCLUDED_OVER, EXCLUDED_IMPOSSIBLE, EXCLUDED_UNKNOWN,
	NR_EXCLUSIONS
};

/* What is left alone though a rule is about it. */
struct exclusion {
	const struct finding *finding;
	enum exclusion_reason reason;
};

/* Of each target: which rule took it, and why it may. */
struct chosen {
	const struct rule *rule;
	const struct finding *finding;
};

/* A rule, and the range that the value of clean.values must be in for it. */
struct ranged_rule {
	struct rule *rule;
	uint32_t value;
	uint64_t least, most;
};

struct ranged_rules VEC(struct ranged_rule);

/* The rules that can be about what is of one owner, in their order. */
struct owner_rules {
	uid_t uid;
	struct ranged_rules rules;
};

/* A value of the candidate that some rules ask for. */
struct asked_value {
	struct filter_bound bound;	/* of one of those rules */
	bool known;
	uint64_t num;
};

struct clean {
	struct removal_session removal;
	struct arena arena;
	struct VEC(struct rule *) rules;
	struct map names;				/* of rules */
	struct VEC(struct owner_rules *) owners;	/* as they come to be met */
	struct map by_owner;
	struct ranged_rules all;
	struct VEC(struct asked_value) values;
	struct VEC(struct chosen) chosen;	/* of each target */
	struct VEC(struct exclusion) excluded;
	bool has_file;			/* of rules */
	struct buf text;		/* what is in it */
	uint32_t count[NR_VERDICTS];
	bool tells_kept;		/* not all is: which is a column */
};

/* A row being looked at. */
struct candidate {
	uint32_t row;
	const struct object *obj;
	const struct finding *finding;	/* as judged, or as a lease may tell */
	uid_t uid;
	bool lease;
};

/* The first rule that is about it; NULL: none, *@unnamed if one is but for whose it is. */
struct rule *clean_find_rule(struct clean *clean, struct candidate *cand, bool *unnamed);
/* Whether all that is not known is what --assume-complete is about. */
bool clean_assuming_helps(const struct finding *finding);
/* The command line, or the file of rules; a status. */
int clean_rules(struct clean *clean);
/* Fills in the selections of a rule from what it wants; a status. */
int rule_finish(struct clean *clean, struct rule *rule);
struct rule *clean_add_rule(struct clean *clean, const char *name);

void clean_print(struct clean *clean, bool done);
/* The same as a document; @snap NULL: there was no rule, nothing was looked at. */
void clean_print_json(struct clean *clean, const struct snapshot *snap, bool done);
void clean_free_rules(struct clean *clean);

#endif
