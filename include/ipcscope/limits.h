/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_LIMITS_H
#define IPCSCOPE_LIMITS_H

/* The limits on IPC, and what the kernel says of them; use: limit_pressure.h. */

#include "ipcscope/model.h"

enum limit_id {
#define LIMIT(id, ...)	LIMIT_##id,
#include "ipcscope/limits.def"
#undef LIMIT
	NR_LIMITS
};
_Static_assert(NR_LIMITS < 64, "a mask of limits lacks bits");
#define A_LIMIT(id)	(1ull << LIMIT_##id)
#define ALL_LIMITS	((1ull << NR_LIMITS) - 1)

enum limit_by { BY_SYSCTL, BY_RLIMIT, BY_MOUNT, BY_OBJECT, BY_KERNEL };
enum limit_unit { UNIT_NUMBER, UNIT_BYTES, UNIT_PAGES };
enum limit_none { NONE_ZERO, NONE_HUGE };
enum limit_kind {
	KIND_POOL, KIND_USER, KIND_PROCESS, KIND_FILL, KIND_SIZE, KIND_VALUE,
};
extern const char *const limit_kind_words[];

struct limit_info {
	const char *name;
	enum limit_by by;
	const char *set_by;
	enum limit_unit unit;
	enum limit_none none;
	enum limit_kind kind;
	uint64_t classes;	/* A_CLASS() */
	enum field_id field;	/* FIELD_NONE: objects are counted */
	uint32_t parts;		/* NEED() */
	const char *what;
};
extern const struct limit_info limit_infos[NR_LIMITS];

/* What was read of one limit, pages as bytes. */
struct limit_value {
	bool known;
	bool absent;		/* this kernel has no such limit */
	bool has_used;		/* the kernel itself tells its use */
	uint64_t max;
	uint64_t used;
};

/* By its name, the end of it behind a slash ("queues_max"), or what sets it
 * ("kernel.shmmni"); NR_LIMITS if there is none. */
enum limit_id limit_by_name(const char *name);
/* Whether @max of that limit means that there is none. */
bool limit_is_none(enum limit_id limit, uint64_t max);
/* Bytes are shown, and not a number of things. */
static inline bool limit_is_bytes(enum limit_id limit)
{
	return limit_infos[limit].unit != UNIT_NUMBER;
}

#endif
