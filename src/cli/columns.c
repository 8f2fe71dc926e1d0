// SPDX-License-Identifier: GPL-2.0-or-later
/* What is shown of each object: columns of tables, fields of JSON. */
#include "session.h"

#define MIXED	"ref,owner,amount,state,age,users"
#define MIXED_WIDE "ref,key,owner,mode,amount,state,age,idle,users"

static bool columns_listable(const struct class_info *kind, enum field_id field)
{
	uint64_t needs;

	return field_is_public(field) && class_has(kind, field, &needs) &&
	       class_field_cost(kind, field) != COST_SHOWN;
}

/* Made from others for tables; amounts are given exactly by other columns. */
static bool columns_for_tables(const struct class_info *kind, enum field_id field)
{
	uint64_t needs;

	return fields[field].source == SOURCE_DISPLAY && field != FIELD_AMOUNT &&
	       class_has(kind, field, &needs);
}

/* Every field that `list` may show of these classes. */
static void columns_add_all(uint64_t classes, struct field_list *to)
{
	enum field_id field;
	enum class_id class;

	for_each_field(field) {
		for (class = 0; class < NR_CLASSES; class++) {
			if (classes >> class & 1 &&
			    (columns_listable(class_infos[class], field) ||
			     columns_for_tables(class_infos[class], field))) {
				*vec_add(to) = field;
				break;
			}
		}
	}
}

static void columns_json_add(struct fieldset *set, const struct class_info *kind,
			     enum field_id field)
{
	if (columns_listable(kind, field))
		fieldset_add(set, field);
}

/* What stands behind a column made for people, or for the moment. */
static void columns_json_sources(struct fieldset *set, const struct class_info *kind,
				 enum field_id field, bool asked)
{
	enum field_id source;
	unsigned int i;

	if (!asked && class_field_cost(kind, field) != COST_LISTED)
		return;
	if (fields[field].source != SOURCE_DISPLAY && fields[field].type != TYPE_AGE) {
		columns_json_add(set, kind, field);
		return;
	}
	for_each_source(source, i, kind, field)
		columns_json_add(set, kind, source);
}

static const enum field_id columns_json_always[] = {
	FIELD_CLASS, FIELD_REF, FIELD_ID, FIELD_KEY, FIELD_NAME, FIELD_NAMES, FIELD_DEV,
	FIELD_INO, FIELD_IPC_NS,
};

static const enum field_id columns_usual[] = {
	FIELD_UID, FIELD_OWNER, FIELD_MODE, FIELD_PATH, FIELD_ATTACHES,
	FIELD_ATTACHES_FOUND, FIELD_AGE, FIELD_MADE_BY, FIELD_STATE,
	FIELD_PERSISTENCE, FIELD_USERS, FIELD_USERS_COMPLETE,
};

/* A class's JSON: what its own table shows, wide, and what is usual. */
static void columns_json_usual(struct session *session, struct fieldset *set,
			       const struct class_info *kind)
{
	const char *const lists[] = { kind->columns, kind->wide };
	const enum field_id *field;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists) && lists[i]; i++) {
		const struct word_list words = words_split(&session->arena, lists[i]);
		struct field_list own;

		fields_parse(&session->arena, OPTION_COLUMNS, &words, &own);
		vec_for_each(field, &own)
			columns_json_sources(set, kind, *field, false);
	}
	for (i = 0; i < ARRAY_SIZE(columns_usual); i++)
		columns_json_sources(set, kind, columns_usual[i], false);
}

/* Of the classes that are listed. */
static void columns_json(struct session *session, bool by_default)
{
	struct columns *columns = &session->columns;
	const enum field_id *field;
	enum class_id class;
	size_t i;

	for (class = 0; class < NR_CLASSES; class++) {
		struct fieldset *set = &columns->json[class];
		const struct class_info *kind = class_infos[class];

		if (!(session->sel.classes >> class & 1))
			continue;
		for (i = 0; i < ARRAY_SIZE(columns_json_always); i++)
			columns_json_add(set, kind, columns_json_always[i]);
		if (by_default)
			columns_json_usual(session, set, kind);
		if (!asked(session->req, OPTION_COLUMNS))
			continue;
		vec_for_each(field, &columns->narrow)
			columns_json_sources(set, kind, *field, true);
	}
}

static bool columns_has(const struct field_list *list, enum field_id field)
{
	const enum field_id *has;

	vec_for_each(has, list) {
		if (*has == field)
			return true;
	}
	return false;
}

/* Those by default, if there is a list of them, and those of -o, which +LIST adds once. */
static void columns_add(struct session *session, const char *usual, struct field_list *to)
{
	const enum field_id *field;
	struct word_list words;
	struct field_list own;

	if (usual) {
		words = words_split(&session->arena, usual);
		fields_parse(&session->arena, OPTION_COLUMNS, &words, &own);
		vec_for_each(field, &own)
			*vec_add(to) = *field;
	}
	if (!asked(session->req, OPTION_COLUMNS))
		return;
	vec_for_each(field, &session->req->option[OPTION_COLUMNS].fields) {
		if (*field == ALL_FIELDS)
			columns_add_all(session->sel.classes, to);
		else if (!usual || !columns_has(to, *field))
			*vec_add(to) = *field;
	}
}

void columns_parse(struct session *session, const char *narrow, const char *wide)
{
	const struct class_info *kind = only_kind(session->sel.classes);
	const char *list = session->req->option[OPTION_COLUMNS].text;
	struct columns *columns = &session->columns;
	struct view *view = &session->view;
	bool by_default = !list || *list == '+';

	if (!narrow) {
		narrow = kind ? kind->columns : MIXED;
		wide = kind ? kind->wide : MIXED_WIDE;
	}
	columns_add(session, by_default ? narrow : NULL, &columns->narrow);
	if (by_default && wide)
		columns_add(session, wide, &columns->wide);
	view->columns = columns->narrow.at;
	view->nr_columns = columns->narrow.nr;
	/* A pipe is not narrower than a terminal. */
	if (view->terminal || view->format == FORMAT_TABLE) {
		view->wide = columns->wide.at;
		view->nr_wide = columns->wide.nr;
	}
	if (format_infos[view->format].nested)
		columns_json(session, by_default);
	view->json_fields = columns->json;
}

void columns_query(struct session *session)
{
	const struct view *view = &session->view;
	struct query *query = &session->picture.query;
	const uint64_t classes = query->classes;
	enum class_id class;
	enum field_id field;
	unsigned int i;

	if (!format_infos[view->format].nested) {
		for (i = 0; i < view->nr_columns; i++)
			query_add_field(query, view->columns[i]);
		for (i = 0; i < view->nr_wide; i++)
			query_add_field(query, view->wide[i]);
		return;
	}
	for (class = 0; class < NR_CLASSES; class++) {
		query->classes = classes & A_CLASS_OF(class);
		for_each_field(field) {
			if (fieldset_has(&session->columns.json[class], field))
				query_add_field(query, field);
		}
	}
	query->classes = classes;
}
