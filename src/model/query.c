// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/query.h"

static void add_all(struct fieldset *set, const enum field_id *list,
		    unsigned int room)
{
	unsigned int i;

	for (i = 0; i < room && list[i] != FIELD_NONE; i++)
		fieldset_add(set, list[i]);
}

/* Adds the stored fields that @field is worked out from. */
static void add_sources(const struct class_info *kind, enum field_id field,
			struct fieldset *set)
{
	static const enum field_id made[] = { FIELD_CPID, FIELD_CTIME, FIELD_NONE };
	static const enum field_id last[] = {
		FIELD_LPID, FIELD_LSPID, FIELD_LRPID, FIELD_ATIME, FIELD_DTIME,
		FIELD_STIME, FIELD_RTIME, FIELD_NONE
	};
	static const enum field_id age[] = {
		FIELD_BTIME, FIELD_CTIME, FIELD_NONE
	};

	switch (field) {
	case FIELD_GROUP:
		fieldset_add(set, FIELD_GID);
		break;
	case FIELD_OWNER:
		fieldset_add(set, FIELD_UID);
		break;
	case FIELD_CREATOR:
		fieldset_add(set, FIELD_CUID);
		break;
	case FIELD_AMOUNT:
		fieldset_add(set, kind->amount);
		break;
	case FIELD_USERS:
	case FIELD_STATE:
	case FIELD_USERS_COMPLETE:
	case FIELD_ATTACHES_FOUND:
	case FIELD_PID:
	case FIELD_COMMAND:
		fieldset_add(set, FIELD_ATTACHES);
		break;
	case FIELD_VALUES:
		fieldset_add(set, FIELD_NSEMS);
		break;
	case FIELD_REMOTE:
		fieldset_add(set, FIELD_LOCAL);
		break;
	case FIELD_CPID:
	case FIELD_MADE_BY:
	case FIELD_CREATOR_ALIVE:
		add_all(set, made, ARRAY_SIZE(made));
		break;
	case FIELD_LPID:
	case FIELD_LSPID:
	case FIELD_LRPID:
	case FIELD_LAST_BY:
		add_all(set, last, ARRAY_SIZE(last));
		break;
	case FIELD_AGE:
		add_all(set, age, ARRAY_SIZE(age));
		break;
	case FIELD_IDLE:
		add_all(set, kind->last_use_fields, ARRAY_SIZE(kind->last_use_fields));
		break;
	default:
		break;
	}
}

void query_add_field(struct query *query, enum field_id field)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];
		uint32_t needs;

		if (!(query->classes & A_CLASS_OF(class)) ||
		    !class_has(kind, field, &needs))
			continue;
		if (class_field_cost(kind, field) == COST_SHOWN && !query->only_show)
			continue;
		fieldset_add(&query->fields[class], field);
		add_sources(kind, field, &query->fields[class]);
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
		/* By which name or number a socket goes hangs on it. */
		if (class_field(kind, FIELD_TYPE))
			fieldset_add(&query->fields[class], FIELD_TYPE);
		for_each_field(field) {
			uint32_t needs;

			if (fieldset_has(&query->fields[class], field) &&
			    class_has(kind, field, &needs))
				query->parts |= needs;
		}
	}
}
