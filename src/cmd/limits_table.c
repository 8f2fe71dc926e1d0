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
#define NARROW		5	/* columns without them */
#define FOOT_NAMED	4	/* limits without use that are named */

static bool limits_shows(const struct limits *limits, const struct limit_pressure *p)
{
	return limit_infos[p->limit].kind != KIND_VALUE ||
	       limits->session.req->nr_args || asked(limits->session.req, OPTION_ALL);
}

static void limits_put_max(struct buf *to, const struct limits *limits,
			   const struct limit_pressure *p)
{
	if (!p->max_known)
		buf_putc(to, '?');
	else if (!p->has_max)
		buf_puts(to, "no limit");
	else
		limits_amount(to, limits, p->limit, p->max);
}

/* "-" and "?" pale and striking; @reached: how near the limit is. */
static void limits_cell(struct cells *cells, const struct limits *limits,
			const struct limit_pressure *reached)
{
	const char *text = cells->text->data + cells->at;
	const char *color = NULL;

	if (!strcmp(text, "-"))
		color = COLOR_NONE;
	else if (!strcmp(text, "?"))
		color = COLOR_ODD;
	else if (reached && limit_pressure_reaches(reached, limits->critical))
		color = COLOR_FULL;
	else if (reached && limit_pressure_reaches(reached, limits->warning))
		color = COLOR_ODD;
	cells_end(cells, color);
}

static void limits_put_holders(struct buf *to, const struct packed *packed,
			       unsigned int room)
{
	limits_holders(to, packed->context, packed->item, room);
}

static void limits_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct limits *limits = sheet->arg;
	const struct limit_pressure *p = limits->shown.at[row];
	const struct limit_info *info = &limit_infos[p->limit];
	const struct packed holders = { limits_put_holders, limits, p, 0, FIELD_NONE };

	buf_puts(cells->text, info->name);
	limits_cell(cells, limits, p);
	limits_used(cells->text, limits, p);
	limits_cell(cells, limits, NULL);
	limits_put_max(cells->text, limits, p);
	limits_cell(cells, limits, NULL);
	limits_percent(cells->text, p);
	limits_cell(cells, limits, p);
	cells_packed(cells, &holders, p->nr_holders || info->kind == KIND_VALUE ? NULL :
		     p->known ? COLOR_NONE : COLOR_ODD);
	if (!cells->wide && cells->column == sheet->nr_columns)
		return;
	cells_text(cells, limits_set_by(info));
	cells_text(cells, info->what);
}

void limits_sheet(struct buf *to, struct limits *limits)
{
	static const struct column columns[] = {
		{ "LIMIT", ALIGN_LEFT, 0 }, { "USED", ALIGN_RIGHT, 0 },
		{ "MAX", ALIGN_RIGHT, 0 }, { "USE%", ALIGN_RIGHT, 0 },
		{ "MOST USED BY", ALIGN_LEFT, HOLDERS_LEAST },
		{ "SET BY", ALIGN_LEFT, 0 }, { "WHAT", ALIGN_LEFT, 0 },
	};
	struct sheet sheet = {
		.name = "limits", .columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.wide = columns, .nr_wide = ARRAY_SIZE(columns),
		.row = limits_row, .json = limits_json,
		.snap = &limits->session.picture.snap, .arg = limits,
	};
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_shows(limits, p))
			*vec_add(&limits->shown) = p;
	}
	if (limits->session.view.format == FORMAT_TABLE)
		sheet.nr_columns = NARROW;
	sheet.nr = limits->shown.nr;
	render_sheet(to, &limits->session.view, &sheet);
}

/* "no use to measure: msgmax 8K, semopm 500 and 6 more: -a" */
void limits_foot(struct buf *to, const struct limits *limits)
{
	const struct view *view = &limits->session.view;
	const struct limit_pressure *p;
	unsigned int nr = 0;

	buf_putc(to, '\n');
	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_shows(limits, p) || nr++ >= FOOT_NAMED)
			continue;
		if (nr == 1)
			foot_begin(to, view);
		buf_printf(to, "%s%s ", nr > 1 ? ", " : "no use to measure: ",
			   limit_infos[p->limit].name);
		limits_put_max(to, limits, p);
	}
	if (nr > FOOT_NAMED)
		buf_printf(to, " and %u more", nr - FOOT_NAMED);
	if (nr) {
		buf_puts(to, ": -a");
		foot_end(to, view);
	}
	foot_begin(to, view);
	buf_puts(to, "ENOSPC, EMFILE from which call? ipcscope help errors");
	foot_end(to, view);
}
