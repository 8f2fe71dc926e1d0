// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables for people. libsmartcols is not used: it cannot give a cell a line of
 * its own, never returns when text is not valid in the locale (2.38), and
 * takes ten times as long.
 */
#include <string.h>

#include "ipcscope/text.h"
#include "internal.h"

/* What users get at least before wide columns, and a LONG one, give way. */
#define USERS_LEAST	20
#define USERS_NARROW	12
/* What wide columns must leave for a LONG one, and narrow ones. */
#define LONG_LEAST	30
#define LONG_NARROW	12
/* With less room what WRAPs goes below its row, that far from the left. */
#define WRAP_LEAST	24
#define WRAP_INDENT	8

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
	uint32_t heading;	/* width of it */
	uint32_t width;		/* as printed */
	uint32_t longest;	/* of its cells */
	bool packed;
};

struct table {
	const struct view *view;
	struct column *columns;
	uint32_t nr;
	struct table_column *measures;	/* of the columns */
	struct VEC(struct table_cell) cells;	/* row by row; headings are one */
	struct VEC(struct packed) packed;
	struct buf text;
};

void table_end_cell(struct cells *cells, const char *color)
{
	struct table *table = cells->table;
	struct table_column *column = &table->measures[table->cells.nr % table->nr];
	struct table_cell *cell = vec_add(&table->cells);

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
	uint32_t last = table->cells.nr - 1;
	struct table_cell *cell = &table->cells.at[last];

	table->measures[last % table->nr].packed = true;
	if (!table->view->terminal)
		return;
	/* Its width is known now; the text is made when there is room. */
	cells->at = table->text.len = cell->at;
	cell->is_packed = true;
	cell->packed = table->packed.nr;
	*vec_add(&table->packed) = *packed;
}

/* What the columns take at least with so much for @users and each LONG one, blanks between
 * them included. */
static uint32_t table_least(const struct table *table, uint32_t users, uint32_t longs)
{
	uint32_t c, sum = table->nr ? table->nr - 1 : 0;

	for (c = 0; c < table->nr; c++) {
		const struct table_column *column = &table->measures[c];

		if (column->packed)
			sum += table->columns[c].least ?: MIN(column->longest, users);
		else if (table->columns[c].align == ALIGN_LONG)
			sum += MIN(column->longest, longs);
		else if (table->columns[c].align == ALIGN_WRAP)
			sum += MIN(column->longest, WRAP_LEAST);
		else
			sum += column->longest;
	}
	return sum;
}

/* Packs the cells of one column, and sees how wide they are then. */
static void table_pack(struct table *table, uint32_t c, uint32_t room)
{
	struct table_column *column = &table->measures[c];
	uint32_t i;

	column->width = column->heading;
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
static void table_fit_long(struct table *table, uint32_t c, uint32_t room)
{
	struct table_column *column = &table->measures[c];
	uint32_t i;

	if (column->longest <= room)
		return;
	column->width = column->heading;
	for (i = c; i < table->cells.nr; i += table->nr) {
		uint32_t width = table->cells.at[i].width;

		if (width <= room && width > column->width)
			column->width = width;
	}
}

/* Whether it has the same in every row, of several. */
static bool table_is_same(const struct table *table, uint32_t c)
{
	const uint32_t first = c + (table->view->heading ? table->nr : 0);
	uint32_t i;

	for (i = first; i < table->cells.nr; i += table->nr) {
		const struct table_cell *cell = &table->cells.at[i], *one = &table->cells.at[first];

		if (cell->len != one->len || memcmp(table->text.data + cell->at,
						    table->text.data + one->at, one->len))
			return false;
	}
	return first + table->nr < table->cells.nr;
}

static void table_drop(struct table *table, uint32_t c)
{
	uint32_t i, nr = 0;

	for (i = 0; i < table->cells.nr; i++) {
		if (i % table->nr != c)
			table->cells.at[nr++] = table->cells.at[i];
	}
	table->cells.nr = nr;
	table->nr--;
	for (i = c; i < table->nr; i++) {
		table->columns[i] = table->columns[i + 1];
		table->measures[i] = table->measures[i + 1];
	}
}

static void table_measure(struct table *table)
{
	uint32_t used = table->nr ? table->nr - 1 : 0;
	uint32_t c, packed = 0, longs = 0, least = table_least(table, USERS_NARROW, 0);
	uint32_t room = least < table->view->width ? table->view->width - least : 0;

	for (c = 0; c < table->nr; c++) {
		table->measures[c].width = table->measures[c].longest;
		packed += table->measures[c].packed;
		longs += table->columns[c].align == ALIGN_LONG;
	}
	if (!table->view->terminal)
		return;
	for (c = 0; c < table->nr; c++) {
		/* Each gets its share, but what a number takes, the last all that is left. */
		if (table->columns[c].align == ALIGN_LONG) {
			table_fit_long(table, c, longs > 1 || !room ?
				       MAX(room / MAX(longs, 1U), LONG_NARROW) : room);
			room -= MIN(room, table->measures[c].width);
			longs--;
		}
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

/* Empty, or filled with other columns before. */
static void table_fill(struct table *table, const struct view *view,
		       const struct sheet *sheet, bool wide)
{
	struct cells cells = {
		.view = view, .wide = wide, .text = &table->text, .table = table,
	};
	uint32_t i;

	free(table->measures);
	table->cells.nr = table->packed.nr = 0;
	buf_reset(&table->text);
	table->view = view;
	table->nr = wide ? sheet->nr_wide : sheet->nr_columns;
	free(table->columns);
	table->columns = mem_zero(table->nr, sizeof(*table->columns));
	for (i = 0; i < table->nr; i++)
		table->columns[i] = wide ? sheet->wide[i] : sheet->columns[i];
	table->measures = mem_zero(table->nr, sizeof(*table->measures));
	for (i = 0; i < table->nr && view->heading; i++) {
		buf_puts(cells.text, table->columns[i].heading);
		table_end_cell(&cells, COLOR_HEADING);
		table->measures[i].heading = table->measures[i].longest;
	}
	for (i = 0; i < sheet->nr; i++) {
		cells.column = 0;
		sheet->row(&cells, sheet, i);
	}
}

/* What begins in column @before, broken at blanks. */
static void table_wrap(struct buf *to, const struct table *table, const struct table_cell *cell,
		       uint32_t before)
{
	const char *text = table->text.data + cell->at, *end = text + cell->len;
	uint32_t column = before;

	while (text < end) {
		const char *blank = memchr(text, ' ', (size_t)(end - text));
		size_t len = (size_t)((blank ?: end) - text);
		uint32_t width = (uint32_t)text_width(text, len);

		if (column > before && column + 1 + width > table->view->width) {
			buf_putc(to, '\n');
			buf_pad(to, ' ', before);
			column = before;
		} else if (column > before) {
			buf_putc(to, ' ');
			column++;
		}
		buf_add(to, text, len);
		column += width;
		text += len + 1;
	}
}

static void table_begin(struct buf *to, const struct view *view, const struct sheet *sheet)
{
	/* Blanks owed before the next text: none are left at the end of a line. */
	uint32_t i, owed = 0, before = 0;
	struct table table = {};

	table_fill(&table, view, sheet, sheet->nr_wide);
	if (sheet->nr_wide && view->terminal &&
	    table_least(&table, USERS_LEAST, LONG_LEAST) > view->width)
		table_fill(&table, view, sheet, false);
	for (i = table.nr; i-- > 0 && view->terminal;) {
		if (table.columns[i].align == ALIGN_SAME && table_is_same(&table, i) &&
		    table_least(&table, USERS_LEAST, LONG_LEAST) > view->width)
			table_drop(&table, i);
	}
	table_measure(&table);
	for (i = 0; table.nr && i < table.cells.nr; i++) {
		const struct table_cell *cell = &table.cells.at[i];
		uint32_t c = i % table.nr;
		uint32_t width = table.measures[c].width;
		uint32_t rest = cell->width < width ? width - cell->width : 0;
		enum align align = table.columns[c].align;
		bool wraps = align == ALIGN_WRAP && view->terminal &&
			     before + cell->width > view->width;

		if (!c)
			owed = before = 0;
		if (align == ALIGN_RIGHT)
			owed += rest;
		if (cell->len) {
			if (wraps && before + WRAP_LEAST > view->width) {
				buf_putc(to, '\n');
				before = owed = WRAP_INDENT;
			}
			buf_pad(to, ' ', owed);
			owed = 0;
			if (cell->color)
				buf_printf(to, "\033[%sm", cell->color);
			if (wraps)
				table_wrap(to, &table, cell, before);
			else
				buf_add(to, table.text.data + cell->at, cell->len);
			if (cell->color)
				buf_puts(to, "\033[0m");
		} else {
			owed += cell->width;
		}
		owed += (align != ALIGN_RIGHT ? rest : 0) + 1;
		before += width + 1;
		if (cell->width > width && align == ALIGN_LONG) {
			buf_putc(to, '\n');
			owed = before;
		}
		if (c == table.nr - 1)
			buf_putc(to, '\n');
	}
	free(table.measures);
	free(table.columns);
	vec_free(&table.cells);
	vec_free(&table.packed);
	buf_free(&table.text);
}

const struct writer writer_table = { .begin = table_begin, .whole = true };
