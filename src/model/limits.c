// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/limits.h"

#include <string.h>

#define HUGE_LIMIT	(1ull << 62)	/* of SHMMAX: 2^64 - 2^24, ipc/shm.c */

const struct limit_info limit_infos[NR_LIMITS] = {
#define LIMIT(id, name_, by_, set_by_, unit_, none_, kind_, classes_, field_, \
	      parts_, what_)						\
	[LIMIT_##id] = {						\
		.name = name_, .by = BY_##by_, .set_by = set_by_,	\
		.unit = UNIT_##unit_, .none = NONE_##none_,		\
		.kind = KIND_##kind_, .classes = classes_,		\
		.field = field_, .parts = parts_, .what = what_,	\
	},
#include "ipcscope/limits.def"
#undef LIMIT
};

const char *const limit_kind_words[] = {
	[KIND_POOL] = "pool", [KIND_USER] = "user", [KIND_PROCESS] = "process",
	[KIND_FILL] = "fill", [KIND_SIZE] = "size", [KIND_VALUE] = "value",
};

static bool is_called(const struct limit_info *info, const char *name)
{
	const char *end = strrchr(info->name, '/');

	return !strcmp(info->name, name) ||
	       (info->by == BY_SYSCTL && !strcmp(info->set_by, name)) ||
	       (end && info->name[0] != '/' && !strcmp(end + 1, name));
}

enum limit_id limit_by_name(const char *name)
{
	enum limit_id limit, found = NR_LIMITS;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (!strcmp(limit_infos[limit].name, name))
			return limit;
		if (!is_called(&limit_infos[limit], name))
			continue;
		/* "watches" could be two. */
		if (found != NR_LIMITS)
			return NR_LIMITS;
		found = limit;
	}
	return found;
}

bool limit_is_none(enum limit_id limit, uint64_t max)
{
	return limit_infos[limit].none == NONE_ZERO ? !max : max >= HUGE_LIMIT;
}
