// SPDX-License-Identifier: GPL-2.0-or-later
/* What there is, as lists say, and how it is found by name. */
#include <string.h>

#include "ipcscope/limits.h"

#define HUGE_LIMIT	(1ull << 62)	/* of SHMMAX: 2^64 - 2^24, ipc/shm.c */

const struct part_info part_infos[NR_PARTS] = {
#define PART(id, name, what, means)	[PART_##id] = { name, what, means },
#include "ipcscope/parts.def"
#undef PART
};

const char *const edge_names[NR_EDGES] = {
#define EDGE(id, name, help)	[EDGE_##id] = name,
#include "ipcscope/edges.def"
#undef EDGE
};

const char *const edge_helps[NR_EDGES] = {
#define EDGE(id, name, help)	[EDGE_##id] = help,
#include "ipcscope/edges.def"
#undef EDGE
};

const struct state_info state_infos[NR_STATES] = {
#define STATE(id, word, mood, help) [STATE_##id] = { word, MOOD_##mood, help },
#include "ipcscope/states.def"
#undef STATE
};

const char *const persistence_words[] = {
	[PERSISTENCE_KERNEL]	   = "kernel",
	[PERSISTENCE_PROCESS]	   = "process",
	[PERSISTENCE_FILESYSTEM] = "filesystem",
};

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

static bool model_is_word(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && !memcmp(word, text, len);
}

enum class_id class_by_name(const char *name, size_t len)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (model_is_word(class_infos[class]->name, name, len))
			break;
	}
	return class;
}

const struct group_info group_infos[] = {
	{ "sysv", GROUP_SYSV }, { "posix", GROUP_POSIX },
	{ "socket", GROUP_SOCKET }, { "all", 0 }, { NULL, 0 },
};

uint64_t classes_by_word(const char *word, size_t len)
{
	enum class_id class = class_by_name(word, len);
	const struct group_info *group;
	uint64_t classes = 0;

	if (class < NR_CLASSES)
		return A_CLASS_OF(class);
	for (group = group_infos; group->name; group++) {
		if (model_is_word(group->name, word, len))
			break;
	}
	if (!group->name)
		return 0;
	for (class = 0; class < NR_CLASSES; class++) {
		if (!group->group || class_infos[class]->groups & group->group)
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

static bool model_is_called(const struct limit_info *info, const char *name)
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
		if (!model_is_called(&limit_infos[limit], name))
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
