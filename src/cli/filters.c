// SPDX-License-Identifier: GPL-2.0-or-later
/* --where and its shorthands: all of them are expressions, joined by and. */
#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "select.h"

static size_t safe_width(const char *text, size_t len)
{
	struct buf safe = {};
	size_t width;

	text_escape(&safe, text, len);
	width = text_width(safe.data ? safe.data : "", safe.len);
	buf_free(&safe);
	return width;
}

/* The expression, and carets below what is wrong. */
static void point_at(const char *expr, const struct filter_error *error)
{
	struct buf text = { .to = stderr };
	size_t at = safe_width(expr, error->at), left = at;
	size_t len = strlen(expr);

	buf_puts(&text, "  ");
	text_escape(&text, expr, len);
	buf_puts(&text, "\n  ");
	if (error->has_also && error->also < error->at) {
		size_t also = safe_width(expr, error->also);

		buf_pad(&text, ' ', also);
		buf_putc(&text, '^');
		left = at - also - 1;
	}
	buf_pad(&text, ' ', left);
	len = error->at < len ? safe_width(expr + error->at, error->len) : 1;
	buf_pad(&text, '^', len);
	buf_putc(&text, '\n');
	buf_flush(&text);
	buf_free(&text);
}

static int add_filter(struct selection *sel, enum option_id option,
		      const char *expr, struct picture *picture)
{
	struct filter_error error;
	struct filter *filter;

	filter = filter_parse(expr, &sel->arena,
			      picture->host ? picture_lookup : NULL, picture,
			      &error);
	if (filter) {
		*vec_add(&sel->filters) = filter; /* NOLINT(bugprone-sizeof-expression) */
		return 0;
	}
	complain("--%s: %s", option_specs[option].name, error.text);
	if (option == OPTION_WHERE)
		point_at(expr, &error);
	return STATUS_USAGE;
}

/* One word of a list, quoted. */
static int add_user(void *arg, const char *word)
{
	struct buf *expr = arg;
	char quote = strchr(word, '\'') ? '"' : '\'';

	if (!*word)
		return misused("--user takes names or numbers, with commas between them");
	if (strchr(word, quote))
		return misused("--user: no user '%s'", word);
	if (expr->data[expr->len - 1] != '(')
		buf_puts(expr, ", ");
	buf_putc(expr, quote);
	buf_puts(expr, word);
	buf_putc(expr, quote);
	return 0;
}

static int add_pid(void *arg, const char *word)
{
	struct buf *expr = arg;
	uint64_t pid;

	if (!num_parse(word, &pid) || !pid || pid > INT32_MAX)
		return misused("--pid takes process ids, not '%s'", word);
	if (expr->data[expr->len - 1] != '(')
		buf_puts(expr, ", ");
	buf_u64(expr, pid);
	return 0;
}

/* Neither made nor used since; what keeps no record of its use counts by its
 * age alone. */
static int older_expr(struct buf *expr, const char *age)
{
	uint64_t secs;
	enum class_id class;
	uint32_t needs;

	if (!num_parse_age(age, &secs))
		return misused("--older takes a time (10m, 6h, 3d), not '%s'",
			       age);
	buf_printf(expr, "age >= %s and (idle >= %s", age, age);
	for (class = 0; class < NR_CLASSES; class++) {
		if (!class_has(class_infos[class], FIELD_IDLE, &needs))
			buf_printf(expr, " or class == %s",
				   class_infos[class]->name);
	}
	buf_putc(expr, ')');
	return 0;
}

static int size_expr(struct buf *expr, const char *size)
{
	uint64_t bytes;

	if (!num_parse_size(size, &bytes))
		return misused("--min-size takes bytes (64K, 2M), not '%s'", size);
	buf_printf(expr, "size >= %s", size);
	return 0;
}

static int in_expr(struct buf *expr, const char *field, const char *list,
		   int (*add)(void *arg, const char *word))
{
	int status;

	buf_printf(expr, "%s in (", field);
	status = list_parse(list, add, expr);
	buf_putc(expr, ')');
	return status;
}

/* What @option with @value means, as an expression. */
static int write_expr(struct buf *expr, enum option_id option,
		      const char *value)
{
	switch (option) {
	case OPTION_USER:
		return in_expr(expr, "uid", value, add_user);
	case OPTION_PID:
		return in_expr(expr, "pid", value, add_pid);
	case OPTION_OLDER:
		return older_expr(expr, value);
	case OPTION_MIN_SIZE:
		return size_expr(expr, value);
	case OPTION_UNATTACHED:
		buf_puts(expr, "state == unattached");
		return 0;
	case OPTION_WORLD_WRITABLE:
		buf_puts(expr, "mode & 0002");
		return 0;
	default:
		buf_puts(expr, value);
		return 0;
	}
}

int selection_filters(struct selection *sel, const struct request *req,
		      struct picture *picture)
{
	enum option_id option;
	struct buf expr = {};
	int status = 0;

	for (option = 0; option < NR_OPTIONS && !status; option++) {
		if (!asked(req, option) || !option_among(TAKES_FILTERS, option))
			continue;
		buf_reset(&expr);
		status = write_expr(&expr, option, req->option[option]);
		if (!status)
			status = add_filter(sel, option,
					    expr.data ? expr.data : "", picture);
	}
	buf_free(&expr);
	return status;
}

bool selection_matches(const struct selection *sel, const struct snapshot *snap,
		       const struct object *obj)
{
	struct filter *const *filter;

	vec_for_each(filter, &sel->filters) {
		if (!filter_match(*filter, snap, obj))
			return false;
	}
	return true;
}

/* Whether processes must be looked at one by one for it. */
static bool is_of_processes(const struct class_info *kind, enum field_id field)
{
	const uint32_t looked_at = NEED(FDS) | NEED(ACCESS) | NEED(FDINFO) |
				   NEED(MAPS) | NEED(CALLS);
	uint32_t needs;

	return class_has(kind, field, &needs) && needs & looked_at;
}

static bool any_of_processes(const struct fieldset *set,
			     const struct class_info *kind)
{
	enum field_id field;

	for_each_field(field) {
		if (fieldset_has(set, field) && is_of_processes(kind, field))
			return true;
	}
	return false;
}

static bool query_wants_processes(const struct query *query)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (any_of_processes(&query->fields[class],
				     class_infos[class]))
			return true;
	}
	return false;
}

static bool filter_wants_processes(const struct filter *filter)
{
	struct fieldset used = {};
	enum class_id class;

	filter_fields(filter, &used);
	for (class = 0; class < NR_CLASSES; class++) {
		if (any_of_processes(&used, class_infos[class]))
			return true;
	}
	return false;
}

/* One process is enough to read if nothing else is to be known of others. */
static void narrow_to_pid(struct selection *sel, struct query *query)
{
	struct filter *const *filter;
	pid_t pid = 0;

	/* Whether a REF exists does not depend on who uses it. */
	if (sel->refs.nr || query_wants_processes(query))
		return;
	vec_for_each(filter, &sel->filters) {
		pid_t only = filter_pid(*filter);

		if (only)
			pid = only;
		else if (filter_wants_processes(*filter))
			return;
	}
	if (!pid)
		return;
	*vec_add(&sel->pids) = pid;
	query->pids = sel->pids.at;
	query->nr_pids = 1;
	query->only_pids = true;
}

static uint64_t possible_classes(const struct selection *sel)
{
	struct filter *const *filter;
	uint64_t classes = ALL_CLASSES;

	vec_for_each(filter, &sel->filters)
		classes &= filter_classes(*filter);
	return classes;
}

void selection_classes(struct selection *sel)
{
	uint64_t possible = possible_classes(sel);
	const struct ref_use *use;

	/* "-w 'class == pipe'" says enough. */
	if (sel->by_default && possible && !(sel->named & possible)) {
		sel->named = possible;
		sel->by_default = false;
	}
	sel->classes = sel->named & possible;
	vec_for_each(use, &sel->refs)
		sel->classes |= use->ref.classes;
}

void selection_query(struct selection *sel, struct query *query)
{
	struct filter *const *filter;
	const struct sort_key *key;
	struct fieldset used = {};
	enum field_id field;

	vec_for_each(key, &sel->keys)
		query_add_field(query, key->field);
	narrow_to_pid(sel, query);
	vec_for_each(filter, &sel->filters)
		filter_fields(*filter, &used);
	for_each_field(field) {
		if (fieldset_has(&used, field))
			query_add_field(query, field);
	}
}
