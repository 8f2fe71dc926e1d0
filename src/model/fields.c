// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of fields, which class has which, and what must be read for them. */
#include "internal.h"
#include "ipcscope/query.h"

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
	return field == FIELD_IDLE ? kind->last_use_fields[i] : fields[field].from[i];
}

static unsigned int fields_traits(const struct class_info *kind)
{
	return TRAIT_ANY | (kind->space == SPACE_INODE ? TRAIT_INODE : 0) |
	       (kind->space == SPACE_SOCKET ? TRAIT_SOCKET : 0) |
	       (kind->space == SPACE_PTY ? TRAIT_PTY : 0) |
	       (kind->waits_by ? TRAIT_WAITED : 0) |
	       (kind->persistence == PERSISTENCE_KERNEL ? TRAIT_LASTING : 0);
}

static uint32_t fields_parts(const struct class_info *kind, unsigned int parts)
{
	uint32_t needs = 0;

	if (parts & FINDS_USERS ||
	    (parts & FINDS_POSIX_USERS && kind->groups & GROUP_POSIX))
		needs |= kind->users_by;
	if (parts & FINDS_WAITERS)
		needs |= kind->waits_by;
	if (parts & TELLS_ACCESS)
		needs |= kind->access_by;
	return needs;
}

bool class_has(const struct class_info *kind, enum field_id field, uint32_t *needs)
{
	const struct class_field *declared = class_field(kind, field);
	bool has = fields[field].had_by & fields_traits(kind);
	enum field_id source;
	unsigned int i;

	if (declared || fields[field].source == SOURCE_STORED) {
		*needs = declared ? declared->needs : 0;
		return declared;
	}
	*needs = fields[field].parts | fields_parts(kind, fields[field].class_parts);
	for_each_source(source, i, kind, field) {
		uint32_t more;

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
	uint32_t needs;

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

static void fields_query_add_sources(struct fieldset *set, const struct class_info *kind,
				     enum field_id field)
{
	enum field_id source;
	unsigned int i;

	for_each_source(source, i, kind, field) {
		if (class_field(kind, source))
			fieldset_add(set, source);
		fields_query_add_sources(set, kind, source);
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
		uint32_t needs;

		if (!(query->classes & A_CLASS_OF(class)) ||
		    !class_has(kind, field, &needs) ||
		    (class_field_cost(kind, field) == COST_SHOWN && !query->only_show))
			continue;
		fieldset_add(&query->fields[class], field);
		fields_query_add_sources(&query->fields[class], kind, field);
	}
}

void query_plan(struct query *query)
{
	enum class_id class;
	enum field_id field;

	query->parts = query->extra_parts;
	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		if (!(query->classes & A_CLASS_OF(class)))
			continue;
		query->parts |= kind->listed_by;
		for_each_field(field) {
			uint32_t needs;

			if (fieldset_has(&query->fields[class], field) &&
			    class_has(kind, field, &needs))
				query->parts |= needs;
		}
	}
}
