// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables for people. libsmartcols is not used: it cannot give a cell a line of
 * its own, never returns when text is not valid in the locale (2.38), and
 * takes ten times as long.
 */
#include "ipcscope/text.h"
#include "internal.h"

/* What users get at least before wide columns, and a LONG one, give way. */
#define USERS_LEAST	20
#define USERS_NARROW	12
/* What wide columns must leave for a LONG one. */
#define LONG_LEAST	30

/* Text in table->text, or what is to be packed. */
struct table_cell {
	union {
		size_t at;
		size_t packed;	/* in table->packed */
	};
	const char *color;
	uint32_t len;
	uint32_t width;
	bool is_packed;
};

struct table_column {
	uint32_t width;		/* as printed */
	uint32_t longest;	/* of its cells */
	bool packed;
};

struct table {
	const struct view *view;
	const struct column *columns;
	uint32_t nr;
	struct table_column *measures;	/* of the columns */
	struct VEC(struct table_cell) cells;
	struct VEC(struct packed) packed;
	struct buf text;
};

static struct table_column *table_column_of(struct table *table)
{
	return &table->measures[(table->cells.nr - 1) % table->nr];
}

void table_end_cell(struct cells *cells, const char *color)
{
	struct table *table = cells->table;
	struct table_cell *cell = vec_add(&table->cells);
	struct table_column *column = table_column_of(table);

	cell->at = cells->at;
	cell->len = (uint32_t)(table->text.len - cells->at);
	cell->color = cell->len && table->view->color ? color : NULL;
	cell->width = (uint32_t)text_width(table->text.data + cells->at, cell->len);
	if (cell->width > column->longest)
		column->longest = cell->width;
	cells->at = table->text.len;
}

void table_end_packed(struct cells *cells, const struct packed *packed)
{
	struct table *table = cells->table;
	struct table_cell *cell = &table->cells.at[table->cells.nr - 1];

	table_column_of(table)->packed = true;
	if (!table->view->terminal)
		return;
	/* Its width is known now; the text is made when there is room. */
	cells->at = table->text.len = cell->at;
	cell->is_packed = true;
	cell->packed = table->packed.nr;
	*vec_add(&table->packed) = *packed;
}

static void table_free(struct table *table)
{
	free(table->measures);
	vec_free(&table->cells);
	vec_free(&table->packed);
	buf_free(&table->text);
}

/* What the columns take at least with so much for @users, blanks between them
 * included; without column @except. */
static uint32_t table_least(const struct table *table, uint32_t users, uint32_t except)
{
	uint32_t c, sum = table->nr ? table->nr - 1 : 0;

	for (c = 0; c < table->nr; c++) {
		const struct table_column *column = &table->measures[c];

		if (c == except)
			continue;
		if (column->packed)
			sum += table->columns[c].least ?: MIN(column->longest, users);
		else if (table->columns[c].align == ALIGN_LONG)
			sum += MIN(column->longest, LONG_LEAST);
		else
			sum += column->longest;
	}
	return sum;
}

static uint32_t table_heading_width(const struct table *table, uint32_t c)
{
	return table->view->heading ? (uint32_t)strlen(table->columns[c].heading) : 0;
}

/* Packs the cells of one column, and sees how wide they are then. */
static void table_pack(struct table *table, uint32_t c, uint32_t room)
{
	struct table_column *column = &table->measures[c];
	uint32_t i;

	column->width = table_heading_width(table, c);
	for (i = c; i < table->cells.nr; i += table->nr) {
		struct table_cell *cell = &table->cells.at[i];
		size_t at = table->text.len;

		if (cell->is_packed) {
			const struct packed *packed = &table->packed.at[cell->packed];

			packed->put(&table->text, packed, room ?: 1);
			cell->at = at;
			cell->len = (uint32_t)(table->text.len - at);
			cell->width = (uint32_t)text_width(table->text.data + at,
							   cell->len);
		}
		if (cell->width > column->width)
			column->width = cell->width;
	}
}

/* As wide as the longest cell that leaves room for the other columns. */
static void table_fit_long(struct table *table, uint32_t c)
{
	uint32_t others = table_least(table, USERS_NARROW, c);
	uint32_t room = others < table->view->width ? table->view->width - others : 0;
	struct table_column *column = &table->measures[c];
	uint32_t i;

	if (column->longest <= room)
		return;
	column->width = table_heading_width(table, c);
	for (i = c; i < table->cells.nr; i += table->nr) {
		uint32_t width = table->cells.at[i].width;

		if (width <= room && width > column->width)
			column->width = width;
	}
}

static void table_measure(struct table *table)
{
	uint32_t used = table->nr ? table->nr - 1 : 0;
	uint32_t c, packed = 0;

	for (c = 0; c < table->nr; c++) {
		table->measures[c].width = table->measures[c].longest;
		packed += table->measures[c].packed;
	}
	if (!table->view->terminal)
		return;
	for (c = 0; c < table->nr; c++) {
		if (table->columns[c].align == ALIGN_LONG)
			table_fit_long(table, c);
		if (!table->measures[c].packed)
			used += table->measures[c].width;
	}
	/* Each gets its share of what is left, the last all of it. */
	for (c = 0; c < table->nr && packed; c++) {
		uint32_t left = used < table->view->width ? table->view->width - used : 0;

		if (!table->measures[c].packed)
			continue;
		table_pack(table, c, left / packed--);
		used += table->measures[c].width;
	}
}

/* Blanks owed before the next text: none are left at the end of a line. */
static void table_put_cell(struct buf *to, const struct column *column, uint32_t full,
			   const char *text, const struct table_cell *cell, uint32_t *owed)
{
	uint32_t rest = cell->width < full ? full - cell->width : 0;

	if (column->align == ALIGN_RIGHT)
		*owed += rest;
	if (cell->len) {
		buf_pad(to, ' ', *owed);
		*owed = 0;
		if (cell->color)
			buf_printf(to, "\033[%sm", cell->color);
		buf_add(to, text, cell->len);
		if (cell->color)
			buf_puts(to, "\033[0m");
	} else {
		*owed += cell->width;
	}
	if (column->align != ALIGN_RIGHT)
		*owed += rest;
	*owed += 1;
}

static void table_put_row(const struct table *table, struct buf *to,
			  const struct table_cell *cell)
{
	uint32_t c, owed = 0, before = 0;

	for (c = 0; c < table->nr; c++, cell++) {
		uint32_t width = table->measures[c].width;

		table_put_cell(to, &table->columns[c], width,
			       table->text.data + cell->at, cell, &owed);
		before += width + 1;
		if (cell->width > width && table->columns[c].align == ALIGN_LONG) {
			buf_putc(to, '\n');
			owed = before;
		}
	}
	buf_putc(to, '\n');
}

static void table_put_headings(const struct table *table, struct buf *to)
{
	uint32_t c, owed = 0;

	for (c = 0; c < table->nr; c++) {
		const char *heading = table->columns[c].heading;
		const struct table_cell cell = {
			.len = (uint32_t)strlen(heading),
			.width = (uint32_t)strlen(heading),
			.color = table->view->color ? COLOR_HEADING : NULL,
		};

		table_put_cell(to, &table->columns[c], table->measures[c].width,
			       heading, &cell, &owed);
	}
	buf_putc(to, '\n');
}

static void table_fill(struct table *table, const struct view *view,
		       const struct sheet *sheet, bool wide)
{
	struct cells cells = {
		.view = view, .wide = wide, .text = &table->text, .table = table,
	};
	uint32_t i;

	*table = (struct table){ .view = view };
	table->columns = wide ? sheet->wide : sheet->columns;
	table->nr = wide ? sheet->nr_wide : sheet->nr_columns;
	table->measures = mem_zero(table->nr, sizeof(*table->measures));
	for (i = 0; i < table->nr; i++)
		table->measures[i].longest = table_heading_width(table, i);
	for (i = 0; i < sheet->nr; i++) {
		cells.column = 0;
		sheet->row(&cells, sheet, i);
	}
}

static void table_begin(struct buf *to, const struct view *view, const struct sheet *sheet)
{
	struct table table;
	uint32_t i;

	table_fill(&table, view, sheet, sheet->nr_wide);
	if (sheet->nr_wide && view->terminal &&
	    table_least(&table, USERS_LEAST, NO_INDEX) > view->width) {
		table_free(&table);
		table_fill(&table, view, sheet, false);
	}
	table_measure(&table);
	if (view->heading)
		table_put_headings(&table, to);
	for (i = 0; i < table.cells.nr; i += table.nr)
		table_put_row(&table, to, &table.cells.at[i]);
	table_free(&table);
}

const struct writer writer_table = { .begin = table_begin, .whole = true };
