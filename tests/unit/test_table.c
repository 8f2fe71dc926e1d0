// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <cmocka.h>

#include "shot.h"

static const struct column three[] = {
	{ "REF", ALIGN_LONG, 0 }, { "SIZE", ALIGN_RIGHT, 0 }, { "WHY", ALIGN_LEFT, 0 },
};

struct cell {
	const char *text, *color;
};

static void put_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct cell *cell = (const struct cell *)sheet->arg + row * sheet->nr_columns;
	unsigned int c;

	for (c = 0; c < sheet->nr_columns; c++, cell++) {
		buf_puts(cells->text, cell->text);
		cells_end(cells, cell->color);
	}
}

static void check_sheet(const struct view *view, const struct sheet *sheet,
			const char *expected)
{
	struct buf text = {};

	buf_puts(&text, "");
	render_sheet(&text, view, sheet);
	assert_string_equal(text.data, expected);
	buf_free(&text);
}

static void check(const struct view *view, const struct column *columns,
		  const struct cell *cells, uint32_t nr, const char *expected)
{
	const struct sheet sheet = {
		.columns = columns, .nr_columns = 3, .nr = nr, .row = put_row,
		.arg = cells,
	};

	check_sheet(view, &sheet, expected);
}

static void columns_are_as_wide_as_what_is_in_them(void **state)
{
	const struct view view = { .heading = true };
	const struct cell cells[] = {
		{ "shm:1", NULL }, { "12.1K", NULL }, { "old", NULL },
		{ "pshm:/näme-日本", NULL }, { "8K", NULL }, { "", NULL },
		{ "", NULL }, { "", NULL }, { "x", NULL },
		{ "z", NULL }, { "", NULL }, { "", NULL },
	};

	(void)state;
	check(&view, three, cells, 4,
	      "REF              SIZE WHY\n"
	      "shm:1           12.1K old\n"
	      "pshm:/näme-日本    8K\n"
	      "                      x\n"
	      "z\n");
}

static void without_rows_or_heading(void **state)
{
	const struct cell cells[] = { { "a", NULL }, { "1", NULL }, { "b", NULL } };
	struct view view = { .heading = true };

	(void)state;
	check(&view, three, NULL, 0, "REF SIZE WHY\n");
	view.heading = false;
	check(&view, three, NULL, 0, "");
	check(&view, three, cells, 1, "a 1 b\n");
}

static void a_long_cell_takes_its_own_line(void **state)
{
	const struct view view = { .heading = true, .terminal = true, .width = 20 };
	static const struct column columns[] = {
		{ "PLAN", ALIGN_LEFT, 0 }, { "REF", ALIGN_LONG, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 },
	};
	const struct cell cells[] = {
		{ "remove", NULL }, { "shm:1", NULL }, { "1K", NULL },
		{ "remove", NULL }, { "pshm:/too-long-for-it", NULL }, { "17G", NULL },
	};

	(void)state;
	check(&view, columns, cells, 2,
	      "PLAN   REF   SIZE\n"
	      "remove shm:1   1K\n"
	      "remove pshm:/too-long-for-it\n"
	      "              17G\n");
}

static void a_long_cell_that_just_fits_sets_the_width(void **state)
{
	const struct view view = { .heading = true, .terminal = true, .width = 18 };
	const struct cell cells[] = {
		{ "pshm:/abc", NULL }, { "1K", NULL }, { "w", NULL },
		{ "pshm:/abcdefghijklmn", NULL }, { "1K", NULL }, { "w", NULL },
	};

	(void)state;
	check(&view, three, cells, 2,
	      "REF       SIZE WHY\n"
	      "pshm:/abc   1K w\n"
	      "pshm:/abcdefghijklmn\n"
	      "            1K w\n");
}

/* Two that are long: each as wide as it must be to be of use. */
static void long_columns_share_what_is_left(void **state)
{
	const struct view view = { .heading = true, .terminal = true, .width = 44 };
	static const struct column columns[] = {
		{ "REF", ALIGN_LONG, 0 }, { "TYPE", ALIGN_SAME, 0 }, { "PEER", ALIGN_LONG, 0 },
	};
	const struct cell cells[] = {
		{ "unix:123456", NULL }, { "stream", NULL }, { "unix:/run/a/path/of/it", NULL },
		{ "unix:/a/path/that/is/long", NULL }, { "stream", NULL }, { "unix:9", NULL },
	};
	struct view wide = view;

	(void)state;
	check(&view, columns, cells, 2,
	      "REF         PEER\n"
	      "unix:123456 unix:/run/a/path/of/it\n"
	      "unix:/a/path/that/is/long\n"
	      "            unix:9\n");
	wide.width = 80;
	check(&wide, columns, cells, 1,
	      "REF         TYPE   PEER\n"
	      "unix:123456 stream unix:/run/a/path/of/it\n");
}

static void the_last_column_wraps(void **state)
{
	static const struct column columns[] = {
		{ "STATE", ALIGN_LEFT, 0 }, { "N", ALIGN_RIGHT, 0 }, { "MEANS", ALIGN_WRAP, 0 },
	};
	const struct cell cells[] = {
		{ "ok", NULL }, { "1", NULL }, { "what it means is said in several words", NULL },
		{ "lacks", NULL }, { "2", NULL }, { "short", NULL },
	};
	struct view view = { .heading = true, .terminal = true, .width = 34 };

	(void)state;
	check(&view, columns, cells, 2,
	      "STATE N MEANS\n"
	      "ok    1 what it means is said in\n"
	      "        several words\n"
	      "lacks 2 short\n");
	/* Without room for a word it goes below. */
	view.width = 26;
	check(&view, columns, cells, 2,
	      "STATE N MEANS\n"
	      "ok    1\n"
	      "        what it means is\n"
	      "        said in several\n"
	      "        words\n"
	      "lacks 2 short\n");
	view.terminal = false;
	check(&view, columns, cells, 1,
	      "STATE N MEANS\n"
	      "ok    1 what it means is said in several words\n");
}

static void markdown_quotes_what_could_be_more_than_text(void **state)
{
	const struct view view = { .format = FORMAT_MARKDOWN };
	const struct cell cells[] = {
		{ "www.a.example", NULL }, { "12.1K", NULL }, { "a`b|c", NULL },
	};

	(void)state;
	check(&view, three, cells, 1,
	      "| `www.a.example` | 12.1K | `a\\x60b\\x7cc` |\n");
}

/* It is only a terminal that has no room. */
static void a_pipe_has_no_width(void **state)
{
	const struct view view = { .heading = true, .width = 20 };
	const struct cell cells[] = {
		{ "pshm:/too-long-for-it", NULL }, { "17G", NULL }, { "because", NULL },
	};

	(void)state;
	check(&view, three, cells, 1,
	      "REF                   SIZE WHY\n"
	      "pshm:/too-long-for-it  17G because\n");
}

static void colours_take_no_room(void **state)
{
	struct view view = { .heading = true, .color = true };
	const struct cell cells[] = {
		{ "shm:1", "33" }, { "1K", "2" }, { "", "31" },
		{ "shm:22", NULL }, { "22K", NULL }, { "why", "31" },
	};

	(void)state;
	check(&view, three, cells, 2,
	      "\033[1mREF\033[0m    \033[1mSIZE\033[0m \033[1mWHY\033[0m\n"
	      "\033[33mshm:1\033[0m    \033[2m1K\033[0m\n"
	      "shm:22  22K \033[31mwhy\033[0m\n");

	view.color = false;
	check(&view, three, cells, 1, "REF   SIZE WHY\nshm:1   1K\n");
}

static void put_shared(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	(void)row;
	cells_text(cells, "shm:163848");
	cells_users(cells, sheet->snap, sheet->arg, FIELD_USERS,
		    snapshot_find_pid(sheet->snap, 5414));
}

static void put_twice(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	(void)row;
	cells_users(cells, sheet->snap, sheet->arg, FIELD_USERS, NO_INDEX);
	cells_users(cells, sheet->snap, sheet->arg, FIELD_USERS, NO_INDEX);
	cells_text(cells, "5");
}

/* "SHARED WITH" of ps: users packed into what the others leave. */
static void users_share_what_is_left(void **state)
{
	static const struct column shared[] = {
		{ "REF", ALIGN_LONG, 0 }, { "SHARED WITH", ALIGN_LEFT, 0 },
	};
	static const struct column twice[] = {
		{ "A", ALIGN_LEFT, 0 }, { "B", ALIGN_LEFT, 0 }, { "N", ALIGN_RIGHT, 0 },
	};
	struct view view = { .heading = true, .terminal = true, .width = 40 };
	struct sheet sheet = {
		.columns = shared, .nr_columns = 2, .nr = 1, .row = put_shared,
	};
	struct shot shot;

	(void)state;
	shot_load(&shot, "look");
	sheet.snap = &shot.snap;
	sheet.arg = shot_object(&shot, "shm:163848");
	check_sheet(&view, &sheet,
		    "REF        SHARED WITH\n"
		    "shm:163848 postgres[5409 +4] rw\n");

	view.width = 50;
	sheet.columns = twice;
	sheet.nr_columns = 3;
	sheet.row = put_twice;
	check_sheet(&view, &sheet,
		    "A                    B                    N\n"
		    "postgres[5409 +5] rw postgres[5409 +5] rw 5\n");
	shot_free(&shot);
}

static void wide_columns_give_way_to_users(void **state)
{
	struct shot shot;
	unsigned int width;
	bool was_wide = false;

	(void)state;
	shot_load(&shot, "look");
	for (width = 40; width < 200; width++) {
		struct buf text;
		bool wide;

		shot_render(&shot, FORMAT_TABLE, width, &text);
		wide = strstr(text.data, " KEY ");
		assert_true(wide || !was_wide);
		was_wide = wide;
		assert_int_equal(wide, width >= 102);
		buf_free(&text);
	}
	shot_free(&shot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_what_is_in_them),
		cmocka_unit_test(without_rows_or_heading),
		cmocka_unit_test(a_long_cell_takes_its_own_line),
		cmocka_unit_test(long_columns_share_what_is_left),
		cmocka_unit_test(the_last_column_wraps),
		cmocka_unit_test(a_long_cell_that_just_fits_sets_the_width),
		cmocka_unit_test(markdown_quotes_what_could_be_more_than_text),
		cmocka_unit_test(a_pipe_has_no_width),
		cmocka_unit_test(colours_take_no_room),
		cmocka_unit_test(users_share_what_is_left),
		cmocka_unit_test(wide_columns_give_way_to_users),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
