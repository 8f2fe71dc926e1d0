/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_PROFILE_H
#define IPCSCOPE_PROFILE_H

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
 *
 * at-most = suspect: never better than that, at-most = idle: never removed by
 * itself; because = TEXT says why, leave-to = TOOL that its owner has a tool
 * for it (at-most idle). A line that begins with a blank goes on the one above.
 */

#include <regex.h>

#include "ipcscope/filter.h"

enum profile_test {
	PROFILE_UNUSED,
	PROFILE_PID_GONE,
	PROFILE_NO_PROCESS,
	PROFILE_NO_LOCK,
	NR_PROFILE_TESTS
};
extern const char *const profile_tests[NR_PROFILE_TESTS];

struct profile_rule {
	enum profile_test test;
	const char *text;	/* behind the name of the test */
	const char *suffix;	/* NO_LOCK */
	const regex_t *pattern;	/* PID_GONE, NO_LOCK */
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

#endif
