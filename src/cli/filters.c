// SPDX-License-Identifier: GPL-2.0-or-later
/* --where and its shorthands: all of them are expressions, joined by and. */
#include <string.h>

#include "ipcscope/text.h"
#include "session.h"

static size_t filters_safe_width(const char *text, size_t len)
{
	struct buf safe = {};
	size_t width;

	text_escape(&safe, text, len);
	width = text_width(safe.data ? safe.data : "", safe.len);
	buf_free(&safe);
	return width;
}

/* The expression, and carets below what is wrong. */
static void filters_point_at(const char *expr, const struct filter_error *error)
{
	struct buf text = { .to = stderr };
	size_t at = filters_safe_width(expr, error->at), left = at;
	size_t len = strlen(expr);

	buf_puts(&text, "  ");
	text_escape(&text, expr, len);
	buf_puts(&text, "\n  ");
	if (error->has_also && error->also < error->at) {
		size_t also = filters_safe_width(expr, error->also);

		buf_pad(&text, ' ', also);
		buf_putc(&text, '^');
		left = at - also - 1;
	}
	buf_pad(&text, ' ', left);
	len = error->at < len ? filters_safe_width(expr + error->at, error->len) : 1;
	buf_pad(&text, '^', len);
	buf_putc(&text, '\n');
	buf_flush(&text);
	buf_free(&text);
}

/* What is wrong with @expr, of which no filter could be made; a status. */
static int filters_complain(enum option_id option, const char *expr,
			    const struct filter_error *error)
{
	complain("--%s: %s", option_specs[option].name, error->text);
	if (option == OPTION_WHERE)
		filters_point_at(expr, error);
	return STATUS_USAGE;
}

static void filters_WHERE(struct buf *expr, const struct option_value *value)
{
	buf_puts(expr, value->text);
}

static void filters_USER(struct buf *expr, const struct option_value *value)
{
	const char *const *user;

	vec_for_each(user, &value->words) {
		char quote = strchr(*user, '\'') ? '"' : '\'';

		buf_puts(expr, user == value->words.at ? "uid in (" : ", ");
		buf_printf(expr, "%c%s%c", quote, *user, quote);
	}
	buf_putc(expr, ')');
}

static void filters_PID(struct buf *expr, const struct option_value *value)
{
	const pid_t *pid;

	vec_for_each(pid, &value->pids)
		buf_printf(expr, "%s%d", pid == value->pids.at ? "pid in (" : ", ",
			   (int)*pid);
	buf_putc(expr, ')');
}

/* Neither made nor used since; what keeps no record of its use counts by its age, and if it
 * stays when nobody has it by the times of its file. */
static void filters_OLDER(struct buf *expr, const struct option_value *value)
{
	enum class_id class;
	uint64_t needs;

	buf_printf(expr, "age >= %s and (idle >= %s", value->text, value->text);
	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		if (kind->last_use_fields[0])
			continue;
		buf_printf(expr, " or (class == %s", kind->name);
		if (kind->persistence != PERSISTENCE_PROCESS && class_has(kind, FIELD_MTIME, &needs))
			buf_printf(expr, " and unchanged >= %s", value->text);
		buf_putc(expr, ')');
	}
	buf_putc(expr, ')');
}

static void filters_MIN_SIZE(struct buf *expr, const struct option_value *value)
{
	buf_printf(expr, "size >= %s", value->text);
}

static void filters_UNATTACHED(struct buf *expr, const struct option_value *value)
{
	buf_puts(expr, "state == unattached");
}

static void filters_WORLD_WRITABLE(struct buf *expr, const struct option_value *value)
{
	buf_puts(expr, "mode & 0002");
}

static const struct {
	enum option_id option;
	void (*write)(struct buf *expr, const struct option_value *value);
} filters[] = {
#define OPTION(...)
#define FILTER(id, ...)	{ OPTION_##id, filters_##id },
#include "cli/options.def"
};

int selection_filters(struct selection *sel, const struct request *req,
		      struct picture *picture)
{
	struct filter_error error;
	int status = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(filters) && !status; i++) {
		struct filter *filter;
		struct buf expr = {};

		if (!asked(req, filters[i].option))
			continue;
		filters[i].write(&expr, &req->option[filters[i].option]);
		filter = filter_parse(expr.data ?: "", &sel->arena,
				      picture->host ? picture_lookup : NULL, picture, &error);
		if (filter)
			*vec_add(&sel->filters) = filter; /* NOLINT(bugprone-sizeof-expression) */
		else
			status = filters_complain(filters[i].option, expr.data ?: "", &error);
		buf_free(&expr);
	}
	return status;
}

int filter_of_processes(struct session *session, struct filter **filter)
{
	const char *expr = session->req->option[OPTION_WHERE].text;
	struct picture *picture = &session->picture;
	struct filter_error error;

	*filter = filter_parse_processes(expr, &session->arena,
					 picture->host ? picture_lookup : NULL, picture, &error);
	return *filter ? 0 : filters_complain(OPTION_WHERE, expr, &error);
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
