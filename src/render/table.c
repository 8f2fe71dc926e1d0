// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables for people. libsmartcols is not used: it cannot give a cell a line of
 * its own, never returns when text is not valid in the locale (2.38), and
 * takes ten times as long.
 */
#include "ipcscope/text.h"
#include "cell.h"

/* What users get at least before wide columns, and a LONG one, give way. */
#define USERS_LEAST	20
#define USERS_NARROW	12
/* What wide columns must leave for a LONG one. */
#define LONG_LEAST	30

struct column {
	const char *heading;
	enum align align;
	uint32_t width;		/* as printed */
	uint32_t longest;	/* of its cells */
	bool packed;
};

/* Text in table->text, or users still to be packed. */
struct table_cell {
	union {
		size_t at;
		const struct object *obj;
	};
	const char *color;
	uint32_t len;		/* of users: the process left out */
	uint32_t width;
	uint8_t field;		/* of users */
	bool packed;
};

struct table {
	struct view view;
	const struct snapshot *snap;
	struct VEC(struct column) columns;
	struct VEC(struct table_cell) cells;
	struct buf text;
};

struct table *table_new(const struct view *view)
{
	struct table *table = mem_zero(1, sizeof(*table));

	table->view = *view;
	return table;
}

void table_free(struct table *table)
{
	vec_free(&table->columns);
	vec_free(&table->cells);
	buf_free(&table->text);
	free(table);
}

void table_column(struct table *table, const char *heading, enum align align)
{
	struct column *column = vec_add(&table->columns);

	column->heading = heading;
	column->align = align;
	if (table->view.heading)
		column->longest = (uint32_t)strlen(heading);
}

static struct column *column_of(struct table *table, uint32_t cell)
{
	return &table->columns.at[cell % table->columns.nr];
}

/* The cell whose text was just added behind @at. */
static struct table_cell *end_cell(struct table *table, size_t at,
				   const char *color)
{
	struct column *column = column_of(table, table->cells.nr);
	struct table_cell *cell = vec_add(&table->cells);

	cell->at = at;
	cell->len = (uint32_t)(table->text.len - at);
	cell->color = cell->len ? color : NULL;
	cell->width = (uint32_t)text_width(table->text.data + at, cell->len);
	if (cell->width > column->longest)
		column->longest = cell->width;
	return cell;
}

void table_cell(struct table *table, const char *text, size_t len,
		const char *color)
{
	size_t at = table->text.len;

	buf_add(&table->text, text, len);
	end_cell(table, at, table->view.color ? color : NULL);
}

void table_field(struct table *table, const struct snapshot *snap,
		 const struct object *obj, enum field_id field)
{
	size_t at = table->text.len;

	if (fields[field].type == TYPE_USERS) {
		table_users(table, snap, obj, field, NO_INDEX);
		return;
	}
	render_cell(&table->text, &table->view, snap, obj, field, 0);
	end_cell(table, at, cell_color(&table->view, snap, obj, field));
}

void table_users(struct table *table, const struct snapshot *snap,
		 const struct object *obj, enum field_id field,
		 uint32_t without)
{
	const char *color = cell_color(&table->view, snap, obj, field);
	size_t at = table->text.len;
	struct table_cell *cell;

	column_of(table, table->cells.nr)->packed = true;
	table->snap = snap;
	cell_users(&table->text, snap, obj, field, without, 0);
	cell = end_cell(table, at, color);
	if (!table->view.terminal)
		return;
	/* Its width is known now; the text is made when there is room. */
	table->text.len = at;
	cell->packed = true;
	cell->obj = obj;
	cell->len = without;
	cell->field = (uint8_t)field;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t least_width(const struct column *column, uint32_t users)
{
	if (column->packed)
		return smaller(column->longest, users);
	if (column->align == ALIGN_LONG)
		return smaller(column->longest, LONG_LEAST);
	return column->longest;
}

/* What the columns take at least with so much for @users, blanks between them
 * included; without @except if it is one. */
static uint32_t least_sum(const struct table *table, uint32_t users,
			  const struct column *except)
{
	uint32_t sum = table->columns.nr ? table->columns.nr - 1 : 0;
	const struct column *column;

	vec_for_each(column, &table->columns) {
		if (column != except)
			sum += least_width(column, users);
	}
	return sum;
}

bool table_fits(struct table *table)
{
	return !table->view.terminal ||
	       least_sum(table, USERS_LEAST, NULL) <= table->view.width;
}

/* The longest cell of @column that leaves room for the others. */
static uint32_t long_width(const struct table *table,
			   const struct column *column, uint32_t room)
{
	uint32_t nr = table->columns.nr;
	uint32_t i = (uint32_t)(column - table->columns.at);
	uint32_t width = table->view.heading ?
			 (uint32_t)strlen(column->heading) : 0;

	for (; i < table->cells.nr; i += nr) {
		uint32_t cell = table->cells.at[i].width;

		if (cell <= room && cell > width)
			width = cell;
	}
	return width;
}

/* Packs the users of one column, and sees how wide they are then. */
static void pack_column(struct table *table, struct column *column,
			uint32_t room)
{
	uint32_t i = (uint32_t)(column - table->columns.at);

	column->width = table->view.heading ?
			(uint32_t)strlen(column->heading) : 0;
	for (; i < table->cells.nr; i += table->columns.nr) {
		struct table_cell *cell = &table->cells.at[i];
		const struct object *obj = cell->obj;
		size_t at = table->text.len;

		if (cell->packed) {
			cell_users(&table->text, table->snap, obj, cell->field,
				   cell->len, room ?: 1);
			cell->packed = false;
			cell->at = at;
			cell->len = (uint32_t)(table->text.len - at);
			cell->width = (uint32_t)text_width(table->text.data + at,
							   cell->len);
		}
		if (cell->width > column->width)
			column->width = cell->width;
	}
}

static void fit_long(struct table *table, struct column *column)
{
	uint32_t others = least_sum(table, USERS_NARROW, column);
	uint32_t room = others < table->view.width ?
			table->view.width - others : 0;

	if (column->longest > room)
		column->width = long_width(table, column, room);
}

static void table_measure(struct table *table)
{
	uint32_t used = table->columns.nr ? table->columns.nr - 1 : 0;
	struct column *column;
	uint32_t packed = 0;

	vec_for_each(column, &table->columns) {
		column->width = column->longest;
		packed += column->packed;
	}
	if (!table->view.terminal)
		return;
	vec_for_each(column, &table->columns) {
		if (column->align == ALIGN_LONG)
			fit_long(table, column);
		if (!column->packed)
			used += column->width;
	}
	/* Each gets its share of what is left, the last all of it. */
	vec_for_each(column, &table->columns) {
		uint32_t left = used < table->view.width ?
				table->view.width - used : 0;

		if (!column->packed || !packed)
			continue;
		pack_column(table, column, left / packed--);
		used += column->width;
	}
}

static void put_colored(struct buf *to, const char *text, size_t len,
			const char *color)
{
	if (!color) {
		buf_add(to, text, len);
		return;
	}
	buf_puts(to, "\033[");
	buf_puts(to, color);
	buf_putc(to, 'm');
	buf_add(to, text, len);
	buf_puts(to, "\033[0m");
}

/* Blanks owed before the next text: none are left at the end of a line. */
static void put_cell(struct buf *to, const struct column *column,
		     const char *text, size_t len, uint32_t width,
		     const char *color, uint32_t *owed)
{
	uint32_t rest = width < column->width ? column->width - width : 0;

	if (column->align == ALIGN_RIGHT)
		*owed += rest;
	if (len) {
		buf_pad(to, ' ', *owed);
		*owed = 0;
		put_colored(to, text, len, color);
	} else {
		*owed += width;
	}
	if (column->align != ALIGN_RIGHT)
		*owed += rest;
	*owed += 1;
}

static void put_heading(const struct table *table, struct buf *to)
{
	const char *color = table->view.color ? COLOR_HEADING : NULL;
	const struct column *column;
	uint32_t owed = 0;

	vec_for_each(column, &table->columns) {
		size_t len = strlen(column->heading);

		put_cell(to, column, column->heading, len, (uint32_t)len,
			 color, &owed);
	}
	buf_putc(to, '\n');
}

static void put_row(const struct table *table, struct buf *to,
		    const struct table_cell *cell)
{
	uint32_t owed = 0, before = 0;
	const struct column *column;

	vec_for_each(column, &table->columns) {
		put_cell(to, column, table->text.data + cell->at, cell->len,
			 cell->width, cell->color, &owed);
		before += column->width + 1;
		if (cell->width > column->width &&
		    column->align == ALIGN_LONG) {
			buf_putc(to, '\n');
			owed = before;
		}
		cell++;
	}
	buf_putc(to, '\n');
}

void table_print(struct table *table, struct buf *to)
{
	uint32_t i;

	table_measure(table);
	if (table->view.heading)
		put_heading(table, to);
	for (i = 0; i + table->columns.nr <= table->cells.nr;
	     i += table->columns.nr)
		put_row(table, to, &table->cells.at[i]);
}
