// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of limits, and what stands below it. */
#include "limits.h"

#include <string.h>

#include "cli/foot.h"
#include "ipcscope/text.h"

#define COLOR_FULL	"31"
#define COLOR_ODD	"33"
#define COLOR_NONE	"2"
#define HOLDERS_LEAST	24	/* columns before SET BY and WHAT give way */
#define FOOT_NAMED	4	/* limits without use that are named */

enum column {
	COLUMN_LIMIT, COLUMN_USED, COLUMN_MAX, COLUMN_PERCENT, COLUMN_HOLDERS,
	NR_NARROW,
	COLUMN_SET_BY = NR_NARROW, COLUMN_WHAT,
	NR_COLUMNS
};

static const struct {
	const char *heading;
	enum align align;
} columns[NR_COLUMNS] = {
	{ "LIMIT", ALIGN_LEFT }, { "USED", ALIGN_RIGHT }, { "MAX", ALIGN_RIGHT },
	{ "USE%", ALIGN_RIGHT }, { "MOST USED BY", ALIGN_LEFT },
	{ "SET BY", ALIGN_LEFT }, { "WHAT", ALIGN_LEFT },
};

bool limits_shows(const struct limits *limits, const struct limit_pressure *p)
{
	return limit_infos[p->limit].kind != KIND_VALUE ||
	       limits->req->nr_args || asked(limits->req, OPTION_ALL);
}

static void put_max(struct buf *to, const struct limits *limits,
		    const struct limit_pressure *p)
{
	if (!p->max_known)
		buf_putc(to, '?');
	else if (!p->has_max)
		buf_puts(to, "no limit");
	else
		limits_amount(to, limits, p->limit, p->max);
}

static void put_column(struct buf *to, const struct limits *limits,
		       const struct limit_pressure *p, enum column column, size_t room)
{
	const struct limit_info *info = &limit_infos[p->limit];

	switch (column) {
	case COLUMN_LIMIT:
		buf_puts(to, info->name);
		break;
	case COLUMN_USED:
		limits_used(to, limits, p);
		break;
	case COLUMN_MAX:
		put_max(to, limits, p);
		break;
	case COLUMN_PERCENT:
		limits_percent(to, p);
		break;
	case COLUMN_HOLDERS:
		limits_holders(to, limits, p, room);
		break;
	case COLUMN_SET_BY:
		buf_puts(to, limits_set_by(info));
		break;
	case COLUMN_WHAT:
		buf_puts(to, info->what);
		break;
	case NR_COLUMNS:
		break;
	}
}

static const char *color_of(const struct limits *limits,
			    const struct limit_pressure *p, enum column column,
			    const char *text)
{
	if (!strcmp(text, "-"))
		return COLOR_NONE;
	if (!strcmp(text, "?"))
		return COLOR_ODD;
	if (column != COLUMN_LIMIT && column != COLUMN_PERCENT)
		return NULL;
	if (limit_pressure_reaches(p, limits->critical))
		return COLOR_FULL;
	return limit_pressure_reaches(p, limits->warning) ? COLOR_ODD : NULL;
}

/* What all but the holders take, blanks between included. */
static size_t width_of_rest(const struct limits *limits, unsigned int nr)
{
	size_t sum = nr - 1, longest;
	const struct limit_pressure *p;
	struct buf text = {};
	enum column column;

	for (column = 0; column < nr; column++) {
		if (column == COLUMN_HOLDERS)
			continue;
		longest = strlen(columns[column].heading);
		vec_for_each(p, &limits->limit_pressures.all) {
			buf_reset(&text);
			if (limits_shows(limits, p))
				put_column(&text, limits, p, column, 0);
			if (text.len > longest)
				longest = text.len;
		}
		sum += longest;
	}
	buf_free(&text);
	return sum;
}

/* Room for the holders; all columns if that leaves enough. */
static size_t choose(const struct limits *limits, unsigned int *nr)
{
	size_t rest = width_of_rest(limits, NR_COLUMNS);
	size_t width = limits->view.width;

	*nr = NR_COLUMNS;
	if (!limits->view.terminal)
		return 0;
	if (rest + HOLDERS_LEAST > width) {
		*nr = NR_NARROW;
		rest = width_of_rest(limits, NR_NARROW);
	}
	return rest < width ? width - rest : 1;
}

void limits_table(struct buf *to, const struct limits *limits)
{
	struct table *table = table_new(&limits->view);
	const struct limit_pressure *p;
	struct buf text = {};
	unsigned int nr, column;
	size_t room = choose(limits, &nr);

	for (column = 0; column < nr; column++)
		table_column(table, columns[column].heading,
			     columns[column].align);
	vec_for_each(p, &limits->limit_pressures.all) {
		for (column = 0; column < nr && limits_shows(limits, p); column++) {
			buf_reset(&text);
			buf_puts(&text, "");
			put_column(&text, limits, p, column, room);
			table_cell(table, text.data, text.len,
				   color_of(limits, p, column, text.data));
		}
	}
	table_print(table, to);
	table_free(table);
	buf_free(&text);
}

/* "no use to measure: msgmax 8K, semopm 500 and 6 more: -a" */
static void put_hidden(struct buf *to, const struct limits *limits)
{
	const struct limit_pressure *p;
	unsigned int nr = 0;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_shows(limits, p) || nr++ >= FOOT_NAMED)
			continue;
		buf_printf(to, "%s%s ", nr > 1 ? ", " : "no use to measure: ",
			   limit_infos[p->limit].name);
		put_max(to, limits, p);
	}
	if (nr > FOOT_NAMED)
		buf_printf(to, " and %u more", nr - FOOT_NAMED);
	if (nr)
		buf_puts(to, ": -a");
}

void limits_foot(struct buf *to, const struct limits *limits)
{
	struct buf line = {};

	buf_putc(to, '\n');
	put_hidden(&line, limits);
	if (line.len)
		foot_line(to, &limits->view, &line);
	buf_reset(&line);
	buf_puts(&line, "ENOSPC, EMFILE from which call? ipcscope help errors");
	foot_line(to, &limits->view, &line);
	buf_free(&line);
}
