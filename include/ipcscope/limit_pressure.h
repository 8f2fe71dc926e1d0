/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_LIMIT_PRESSURE_H
#define IPCSCOPE_LIMIT_PRESSURE_H

/* How much of each limit is used, and by whom. */

#include "ipcscope/buf.h"
#include "ipcscope/limits.h"
#include "ipcscope/query.h"

enum holder_kind { HOLDER_USER, HOLDER_PROCESS, HOLDER_OBJECT };

/* Who uses some of it. */
struct holder {
	enum holder_kind kind;
	uint32_t index;		/* uid, or number of the process or object */
	uint32_t nr;		/* of a user: objects it is made up of */
	uint64_t used;		/* in the unit of the limit */
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
/* Whether some queue is so full that somebody may wait for room in it. */
bool limit_pressure_may_wait(const struct snapshot *snap, uint64_t limits);
/* Of each of @limits that this kernel has. */
void limit_pressure_judge(const struct snapshot *snap, uint64_t limits,
			  struct limit_pressures *out);
void limit_pressures_free(struct limit_pressures *limit_pressures);

/* In tenths of a percent, rounded; but 1000 and more only if it is used up. */
uint64_t limit_pressure_permille(const struct limit_pressure *pressure);
/* Whether it uses @percent of its limit, exactly; false where that is not
 * known, or is about the size of one object. */
bool limit_pressure_reaches(const struct limit_pressure *pressure, unsigned int percent);

#endif
