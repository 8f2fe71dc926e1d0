// SPDX-License-Identifier: GPL-2.0-or-later
/* What there is, as lists say, and how it is found by name; which class has which
 * fields, and what must be read for them. */
#include "internal.h"
#include "ipcscope/query.h"

#define HUGE_LIMIT	(1ull << 62)	/* of SHMMAX: 2^64 - 2^24, ipc/shm.c */

const struct part_info part_infos[NR_PARTS] = {
#define PART(id, ...)	[PART_##id] = { __VA_ARGS__ },
#include "ipcscope/parts.def"
#undef PART
};

const char *const edge_names[NR_EDGES] = {
#define EDGE(id, name, ...)	[EDGE_##id] = name,
#include "ipcscope/edges.def"
#undef EDGE
};

const bool edge_uses[NR_EDGES] = {
#define EDGE(id, name, use, ...)	[EDGE_##id] = use,
#include "ipcscope/edges.def"
#undef EDGE
};

const char *const edge_lists[NR_EDGES] = {
#define EDGE(id, name, use, list, help)	[EDGE_##id] = list,
#include "ipcscope/edges.def"
#undef EDGE
};

const char *const edge_helps[NR_EDGES] = {
#define EDGE(id, name, use, list, help)	[EDGE_##id] = help,
#include "ipcscope/edges.def"
#undef EDGE
};

const char *const access_words[16] = {
	"", "r", "w", "rw", "x", "rx", "wx", "rwx",
	"-", "r-", "w-", "rw-", "x-", "rx-", "wx-", "rwx-",
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

const struct field fields[NR_FIELDS] = {
#define FIELD(id, name_, heading_, type_, source_, function, help_, ...)	\
	[FIELD_##id] = {							\
		.name = name_, .heading = heading_, .type = TYPE_##type_,	\
		.source = SOURCE_##source_, .derive = derive_##function,	\
		.help = help_, ##__VA_ARGS__					\
	},
#include "ipcscope/fields.def"
#undef FIELD
};

const char *const limit_kind_words[] = {
	[KIND_POOL] = "pool", [KIND_USER] = "user", [KIND_PROCESS] = "process",
	[KIND_FILL] = "fill", [KIND_SIZE] = "size", [KIND_VALUE] = "value",
};

enum class_id class_by_name(const char *name, size_t len)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (strlen(class_infos[class]->name) == len &&
		    !memcmp(class_infos[class]->name, name, len))
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
	const struct group_info *group = group_infos;
	uint64_t classes = 0;
	enum class_id class;

	while (group->name && (strlen(group->name) != len || memcmp(group->name, word, len)))
		group++;
	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		if (group->name ? !group->group || kind->groups & group->group :
		    strlen(kind->name) == len && !memcmp(kind->name, word, len))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

enum limit_id limit_by_name(const char *name)
{
	enum limit_id limit, found = NR_LIMITS;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		const struct limit_info *info = &limit_infos[limit];
		const char *end = strrchr(info->name, '/');

		if (!strcmp(info->name, name))
			return limit;
		if ((info->by != BY_SYSCTL || strcmp(info->set_by, name)) &&
		    (!end || info->name[0] == '/' || strcmp(end + 1, name)))
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

const struct class_field *class_field(const struct class_info *kind, enum field_id field)
{
	unsigned int i;

	for (i = 0; i < kind->nr_fields; i++) {
		if (kind->fields[i].field == field)
			return &kind->fields[i];
	}
	return NULL;
}

enum field_id class_field_source(const struct class_info *kind, enum field_id field,
				 unsigned int i)
{
	if (i == MAX_SOURCES)
		return FIELD_NONE;
	if (field == FIELD_AMOUNT)
		return i ? FIELD_NONE : kind->amount;
	/* Where the use is recorded, the times of a file say no more. */
	if (field == FIELD_UNCHANGED && kind->last_use_fields[0])
		return FIELD_NONE;
	return field == FIELD_IDLE ? kind->last_use_fields[i] : fields[field].from[i];
}

bool class_has(const struct class_info *kind, enum field_id field, uint64_t *needs)
{
	const struct class_field *declared = class_field(kind, field);
	const unsigned int parts = fields[field].class_parts;
	const unsigned int traits = TRAIT_ANY |
		(kind->space == SPACE_FILE ? 0 : TRAIT_NUMBERED) |
		(kind->space == SPACE_INODE ? TRAIT_INODE : 0) |
		(kind->space == SPACE_SOCKET ? TRAIT_SOCKET : 0) |
		(kind->space == SPACE_PTY ? TRAIT_PTY : 0) |
		(kind->waits_by ? TRAIT_WAITED : 0) |
		(kind->polled ? TRAIT_POLLED : 0) |
		(kind->persistence == PERSISTENCE_KERNEL ? TRAIT_LASTING : 0);
	bool has = fields[field].had_by & traits;
	enum field_id source;
	unsigned int i;

	if (declared || fields[field].source == SOURCE_STORED) {
		*needs = declared ? declared->needs : 0;
		return declared;
	}
	*needs = fields[field].parts;
	if (parts & FINDS_USERS ||
	    (parts & FINDS_POSIX_USERS && kind->groups & GROUP_POSIX))
		*needs |= kind->users_by;
	if (parts & FINDS_WAITERS)
		*needs |= kind->waits_by;
	if (parts & FINDS_POLLERS)
		*needs |= FOUND_BY_POLLS;
	if (parts & TELLS_ACCESS)
		*needs |= kind->access_by;
	for_each_source(source, i, kind, field) {
		uint64_t more;

		if (class_has(kind, source, &more)) {
			*needs |= more;
			has = true;
		}
	}
	return has;
}

enum field_cost class_field_cost(const struct class_info *kind, enum field_id field)
{
	const struct class_field *declared = class_field(kind, field);
	enum field_cost least = COST_SHOWN, cost;
	enum field_id source;
	bool any = false;
	unsigned int i;
	uint64_t needs;

	if (declared || fields[field].source == SOURCE_STORED)
		return declared ? declared->cost : COST_LISTED;
	for_each_source(source, i, kind, field) {
		if (!class_has(kind, source, &needs))
			continue;
		cost = class_field_cost(kind, source);
		least = cost < least ? cost : least;
		any = true;
	}
	return any ? least : COST_LISTED;
}

static void model_add_sources(struct fieldset *set, const struct class_info *kind,
			      enum field_id field)
{
	enum field_id source;
	unsigned int i;

	for_each_source(source, i, kind, field) {
		if (class_field(kind, source))
			fieldset_add(set, source);
		model_add_sources(set, kind, source);
	}
	for (i = 0; i < MAX_SOURCES && fields[field].with[i]; i++) {
		if (class_field(kind, fields[field].with[i]))
			fieldset_add(set, fields[field].with[i]);
	}
}

void query_add_field(struct query *query, enum field_id field)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];
		uint64_t needs;

		if (!(query->classes & A_CLASS_OF(class)) ||
		    !class_has(kind, field, &needs) ||
		    (class_field_cost(kind, field) == COST_SHOWN && !query->only_show))
			continue;
		fieldset_add(&query->fields[class], field);
		model_add_sources(&query->fields[class], kind, field);
	}
}

bool query_asks_ns(const struct query *query, uint64_t ns)
{
	uint32_t i;

	for (i = 0; i < query->nr_nss && query->nss[i] != ns; i++)
		;
	return query->all_nss || i < query->nr_nss;
}

void query_plan(struct query *query)
{
	enum class_id class;
	enum field_id field;

	query->parts = query->extra_parts;
	query->asks_nss = query->all_nss || query->nr_nss;
	query->own_pids |= query->asks_nss;
	/* A descriptor may be all that keeps a namespace. */
	if (query->asks_nss)
		query->parts |= NEED(FDS);
	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		if (!(query->classes & A_CLASS_OF(class)))
			continue;
		query->parts |= kind->listed_by;
		for_each_field(field) {
			uint64_t needs;

			if (fieldset_has(&query->fields[class], field) &&
			    class_has(kind, field, &needs))
				query->parts |= needs;
		}
	}
}
