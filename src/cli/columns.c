// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of fields, and what is shown of each object. */
#include <ctype.h>
#include <string.h>

#include "picture.h"

#define MIXED	"ref,owner,amount,state,age,users"
#define MIXED_WIDE "ref,key,owner,mode,amount,state,age,idle,users"

static const char *field_word(const void *arg, size_t i)
{
	(void)arg;
	return fields[i].source == SOURCE_HIDDEN ? NULL : fields[i].name;
}

int field_parse(enum option_id option, const char *name, enum field_id *field)
{
	char hint[HINT_SIZE];

	*field = field_by_name(name);
	if (*field != FIELD_NONE)
		return 0;
	return misused("--%s: no field '%s'%s", option_specs[option].name, name,
		       hint_nearest(hint, name, field_word, NR_FIELDS));
}

int list_parse(const char *list, int (*each)(void *arg, const char *word),
	       void *arg)
{
	struct buf word = {};
	int status = 0;

	while (!status) {
		size_t len = strcspn(list, ",");
		const char *start = list, *end = list + len;

		while (start < end && isspace((unsigned char)*start))
			start++;
		while (end > start && isspace((unsigned char)end[-1]))
			end--;
		buf_reset(&word);
		buf_add(&word, start, (size_t)(end - start));
		status = each(arg, word.data ? word.data : "");
		if (!list[len])
			break;
		list += len + 1;
	}
	buf_free(&word);
	return status;
}

struct adding {
	enum option_id option;
	uint64_t classes;	/* for "all" */
	struct field_list *to;
};

static bool is_listable(const struct class_info *kind, enum field_id field)
{
	uint32_t needs;

	return field_is_public(field) && class_has(kind, field, &needs) && class_field_cost(kind, field) != COST_SHOWN;
}

/* Every field that `list` may show of these classes. */
static void add_all(uint64_t classes, struct field_list *to)
{
	enum field_id field;
	enum class_id class;

	for_each_field(field) {
		for (class = 0; class < NR_CLASSES; class++) {
			if (classes >> class & 1 &&
			    is_listable(class_infos[class], field)) {
				*vec_add(to) = field;
				break;
			}
		}
	}
}

static int add_field(void *arg, const char *word)
{
	struct adding *adding = arg;
	enum field_id field;
	int status;

	if (*word == '+')
		word++;
	if (adding->option == OPTION_COLUMNS && !strcmp(word, "all")) {
		add_all(adding->classes, adding->to);
		return 0;
	}
	status = field_parse(adding->option, word, &field);
	if (!status)
		*vec_add(adding->to) = field;
	return status;
}

int fields_parse(enum option_id option, const char *list,
		 struct field_list *to)
{
	struct adding adding = { .option = option, .to = to };

	return list_parse(list, add_field, &adding);
}

static void add_default(const char *narrow, const char *wide,
			struct columns *columns)
{
	fields_parse(OPTION_COLUMNS, narrow, &columns->narrow);
	if (wide)
		fields_parse(OPTION_COLUMNS, wide, &columns->wide);
}

static void json_add(struct fieldset *set, const struct class_info *kind,
		     enum field_id field)
{
	if (is_listable(kind, field))
		fieldset_add(set, field);
}

/* What stands behind a column made for people, or for the moment. */
static void json_add_sources(struct fieldset *set,
			     const struct class_info *kind,
			     enum field_id field, bool asked)
{
	enum field_id source;
	unsigned int i;

	if (!asked && class_field_cost(kind, field) != COST_LISTED)
		return;
	if (fields[field].source != SOURCE_DISPLAY && fields[field].type != TYPE_AGE) {
		json_add(set, kind, field);
		return;
	}
	for_each_source(source, i, kind, field)
		json_add(set, kind, source);
}

static const enum field_id json_always[] = {
	FIELD_CLASS, FIELD_REF, FIELD_ID, FIELD_KEY, FIELD_NAME, FIELD_DEV,
	FIELD_INO, FIELD_IPC_NS,
};

static const enum field_id json_usual[] = {
	FIELD_UID, FIELD_OWNER, FIELD_MODE, FIELD_PATH, FIELD_ATTACHES,
	FIELD_ATTACHES_FOUND, FIELD_AGE, FIELD_MADE_BY, FIELD_STATE,
	FIELD_PERSISTENCE, FIELD_USERS, FIELD_USERS_COMPLETE,
};

/* A class's JSON: what its own table shows, wide, and what is usual. */
static void json_default(struct fieldset *set, const struct class_info *kind)
{
	struct field_list own = {};
	const enum field_id *field;
	size_t i;

	fields_parse(OPTION_COLUMNS, kind->columns, &own);
	if (kind->wide)
		fields_parse(OPTION_COLUMNS, kind->wide, &own);
	vec_for_each(field, &own)
		json_add_sources(set, kind, *field, false);
	vec_free(&own);
	for (i = 0; i < ARRAY_SIZE(json_usual); i++)
		json_add_sources(set, kind, json_usual[i], false);
}

static void json_parse(const char *list, struct columns *columns)
{
	const enum field_id *field;
	enum class_id class;
	size_t i;

	for (class = 0; class < NR_CLASSES; class++) {
		struct fieldset *set = &columns->json[class];
		const struct class_info *kind = class_infos[class];

		for (i = 0; i < ARRAY_SIZE(json_always); i++)
			json_add(set, kind, json_always[i]);
		if (!list || *list == '+')
			json_default(set, kind);
		if (!list)
			continue;
		vec_for_each(field, &columns->narrow)
			json_add_sources(set, kind, *field, true);
	}
}

int columns_parse(const struct request *req, uint64_t classes,
		  struct columns *columns)
{
	const struct class_info *kind = only_kind(classes);

	if (kind)
		return columns_parse_as(req, classes, kind->columns, kind->wide,
					columns);
	return columns_parse_as(req, classes, MIXED, MIXED_WIDE, columns);
}

int columns_parse_as(const struct request *req, uint64_t classes,
		     const char *narrow, const char *wide,
		     struct columns *columns)
{
	const char *list = req->option[OPTION_COLUMNS];
	struct adding adding = {
		.option = OPTION_COLUMNS, .classes = classes,
		.to = &columns->narrow,
	};
	int status = 0;

	*columns = (struct columns){};
	if (!list || *list == '+')
		add_default(narrow, wide, columns);
	if (list)
		status = list_parse(list, add_field, &adding);
	if (list && *list == '+' && columns->wide.nr) {
		adding.to = &columns->wide;
		status = status ? status : list_parse(list, add_field, &adding);
	}
	if (!status)
		json_parse(list, columns);
	return status;
}

void columns_view(const struct columns *columns, struct view *view)
{
	view->columns = columns->narrow.at;
	view->nr_columns = columns->narrow.nr;
	if (view->terminal) {
		view->wide = columns->wide.at;
		view->nr_wide = columns->wide.nr;
	}
	view->json_fields = columns->json;
}

static void query_add_class_field(struct query *query, enum class_id class,
				  enum field_id field)
{
	const uint64_t classes = query->classes;

	query->classes = A_CLASS_OF(class);
	query_add_field(query, field);
	query->classes = classes;
}

void columns_query(const struct columns *columns, const struct view *view,
		   struct query *query)
{
	bool json = format_is_nested(view->format);
	enum class_id class;
	enum field_id field;
	unsigned int i;

	for (i = 0; !json && i < view->nr_columns; i++)
		query_add_field(query, view->columns[i]);
	for (i = 0; !json && i < view->nr_wide; i++)
		query_add_field(query, view->wide[i]);
	for (class = 0; json && class < NR_CLASSES; class++) {
		for_each_field(field) {
			if (query->classes >> class & 1 &&
			    fieldset_has(&columns->json[class], field))
				query_add_class_field(query, class, field);
		}
	}
}

void columns_free(struct columns *columns)
{
	vec_free(&columns->narrow);
	vec_free(&columns->wide);
}
