// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/model.h"

#include <string.h>

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

const struct field fields[NR_FIELDS] = {
#define FIELD(id, name, heading, type, source, help) \
	[FIELD_##id] = { name, heading, TYPE_##type, SOURCE_##source, help },
#include "ipcscope/fields.def"
#undef FIELD
};

const char *const persistence_words[] = {
	[LIVES_KERNEL]	   = "kernel",
	[LIVES_PROCESS]	   = "process",
	[LIVES_FILESYSTEM] = "filesystem",
};

enum field_id field_by_name(const char *name)
{
	enum field_id field;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN &&
		    !strcmp(fields[field].name, name))
			return field;
	}
	return FIELD_NONE;
}

static bool is_word(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && !memcmp(word, text, len);
}

enum class_id class_by_name(const char *name, size_t len)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (is_word(class_infos[class]->name, name, len))
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
		if (is_word(group->name, word, len))
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

const struct class_field *class_field(const struct class_info *kind,
				      enum field_id field)
{
	unsigned int i;

	for (i = 0; i < kind->nr_fields; i++) {
		if (kind->fields[i].field == field)
			return &kind->fields[i];
	}
	return NULL;
}

/* What a field that no class declares is worked out from. */
static const struct {
	enum field_id field;
	enum field_id from[6];	/* any one of them; FIELD_NONE ends */
} implied[] = {
	{ FIELD_OWNER,	 { FIELD_UID, FIELD_NONE } },
	{ FIELD_GROUP,	 { FIELD_GID, FIELD_NONE } },
	{ FIELD_CREATOR, { FIELD_CUID, FIELD_NONE } },
	{ FIELD_AGE,	 { FIELD_BTIME, FIELD_CTIME, FIELD_NONE } },
	{ FIELD_MADE_BY, { FIELD_CPID, FIELD_NONE } },
	{ FIELD_LAST_BY, { FIELD_LPID, FIELD_LSPID, FIELD_LRPID, FIELD_NONE } },
	{ FIELD_CREATOR_ALIVE,	{ FIELD_CPID, FIELD_NONE } },
	{ FIELD_ATTACHES_FOUND, { FIELD_ATTACHES, FIELD_NONE } },
};

static bool is_implied(const struct class_info *kind, enum field_id field,
		       uint32_t *needs)
{
	const enum field_id *from;
	bool has = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(implied); i++) {
		if (implied[i].field != field)
			continue;
		for (from = implied[i].from; *from != FIELD_NONE; from++) {
			const struct class_field *kf = class_field(kind, *from);

			if (!kf)
				continue;
			has = true;
			*needs |= kf->needs;
		}
	}
	if (field == FIELD_CREATOR_ALIVE || field == FIELD_MADE_BY ||
	    field == FIELD_LAST_BY)
		*needs |= NEED(PROCS);
	if (field == FIELD_ATTACHES_FOUND)
		*needs |= kind->users_by;
	return has;
}

static bool has_idle(const struct class_info *kind, uint32_t *needs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kind->last_use_fields); i++) {
		const struct class_field *kf;

		if (kind->last_use_fields[i] == FIELD_NONE)
			break;
		kf = class_field(kind, kind->last_use_fields[i]);
		if (kf)
			*needs |= kf->needs;
	}
	/* One that outlives its users has a last use, told or not. */
	return i > 0 || kind->persistence == LIVES_KERNEL;
}

bool class_has(const struct class_info *kind, enum field_id field,
	       uint32_t *needs)
{
	const struct class_field *kf = class_field(kind, field);

	*needs = 0;
	if (kf) {
		*needs = kf->needs;
		return true;
	}
	switch (field) {
	case FIELD_CLASS:
	case FIELD_REF:
	case FIELD_ID:
	case FIELD_PERSISTENCE:
	case FIELD_FLAGS:
		return true;
	case FIELD_DEV:
		return kind->space == SPACE_INODE || kind->space == SPACE_PTY;
	case FIELD_INO:
		return kind->space == SPACE_INODE || kind->space == SPACE_SOCKET;
	case FIELD_NET_NS:
		return kind->space == SPACE_SOCKET;
	case FIELD_AMOUNT:
		return kind->amount != FIELD_NONE &&
		       class_has(kind, kind->amount, needs);
	case FIELD_USERS:
		*needs = kind->users_by | kind->access_by | kind->waits_by;
		return true;
	case FIELD_STATE:
		*needs = kind->waits_by;
		if (kind->groups & GROUP_POSIX)
			*needs |= kind->users_by;
		return true;
	case FIELD_PID:
	case FIELD_COMMAND:
	case FIELD_USERS_COMPLETE:
		*needs = kind->users_by | kind->waits_by;
		return true;
	case FIELD_WAITERS:
		*needs = kind->waits_by;
		return kind->waits_by;
	case FIELD_IDLE:
		return has_idle(kind, needs);
	default:
		return is_implied(kind, field, needs);
	}
}

static enum field_cost implied_when(const struct class_info *kind,
				    enum field_id field)
{
	enum field_cost least = COST_SHOWN;
	const enum field_id *from;
	bool any = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(implied); i++) {
		if (implied[i].field != field)
			continue;
		for (from = implied[i].from; *from != FIELD_NONE; from++) {
			const struct class_field *kf = class_field(kind, *from);

			if (kf && kf->cost < least)
				least = kf->cost;
			any |= kf != NULL;
		}
	}
	return any ? least : COST_LISTED;
}

enum field_cost class_field_cost(const struct class_info *kind, enum field_id field)
{
	const struct class_field *kf = class_field(kind, field);

	return kf ? kf->cost : implied_when(kind, field);
}
