/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_ANALYSE_H
#define IPCSCOPE_ANALYSE_H

/* What can be said of a snapshot by looking at it, and at nothing else. */

#include "ipcscope/derive.h"
#include "ipcscope/profile.h"
#include "ipcscope/query.h"

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

#endif
