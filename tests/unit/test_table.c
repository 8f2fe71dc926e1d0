// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <cmocka.h>

#include "shot.h"

static void put(struct table *table, const char *text, const char *color)
{
	table_cell(table, text, strlen(text), color);
}

static struct table *three_columns(const struct view *view)
{
	struct table *table = table_new(view);

	table_column(table, "REF", ALIGN_LONG);
	table_column(table, "SIZE", ALIGN_RIGHT);
	table_column(table, "WHY", ALIGN_LEFT);
	return table;
}

static void check(struct table *table, const char *expected)
{
	struct buf text = {};

	buf_puts(&text, "");
	table_print(table, &text);
	assert_string_equal(text.data, expected);
	buf_free(&text);
	table_free(table);
}

static void columns_are_as_wide_as_what_is_in_them(void **state)
{
	const struct view view = { .heading = true };
	struct table *table = three_columns(&view);

	(void)state;
	put(table, "shm:1", NULL);
	put(table, "12.1K", NULL);
	put(table, "old", NULL);
	put(table, "pshm:/näme-日本", NULL);
	put(table, "8K", NULL);
	put(table, "", NULL);
	put(table, "", NULL);
	put(table, "", NULL);
	put(table, "x", NULL);
	put(table, "z", NULL);
	put(table, "", NULL);
	put(table, "", NULL);
	check(table,
	      "REF              SIZE WHY\n"
	      "shm:1           12.1K old\n"
	      "pshm:/näme-日本    8K\n"
	      "                      x\n"
	      "z\n");
}

static void without_rows_or_heading(void **state)
{
	struct view view = { .heading = true };
	struct table *table;

	(void)state;
	check(three_columns(&view), "REF SIZE WHY\n");
	view.heading = false;
	check(three_columns(&view), "");
	table = three_columns(&view);
	put(table, "a", NULL);
	put(table, "1", NULL);
	put(table, "b", NULL);
	check(table, "a 1 b\n");
}

static void a_long_cell_takes_its_own_line(void **state)
{
	const struct view view = { .heading = true, .terminal = true, .width = 20 };
	struct table *table = table_new(&view);

	(void)state;
	table_column(table, "PLAN", ALIGN_LEFT);
	table_column(table, "REF", ALIGN_LONG);
	table_column(table, "SIZE", ALIGN_RIGHT);
	put(table, "remove", NULL);
	put(table, "shm:1", NULL);
	put(table, "1K", NULL);
	put(table, "remove", NULL);
	put(table, "pshm:/too-long-for-it", NULL);
	put(table, "17G", NULL);
	check(table,
	      "PLAN   REF   SIZE\n"
	      "remove shm:1   1K\n"
	      "remove pshm:/too-long-for-it\n"
	      "              17G\n");
}

/* It is only a terminal that has no room. */
static void a_pipe_has_no_width(void **state)
{
	const struct view view = { .heading = true, .width = 20 };
	struct table *table = three_columns(&view);

	(void)state;
	put(table, "pshm:/too-long-for-it", NULL);
	put(table, "17G", NULL);
	put(table, "because", NULL);
	check(table,
	      "REF                   SIZE WHY\n"
	      "pshm:/too-long-for-it  17G because\n");
}

static void colours_take_no_room(void **state)
{
	struct view view = { .heading = true, .color = true };
	struct table *table = three_columns(&view);

	(void)state;
	put(table, "shm:1", "33");
	put(table, "1K", "2");
	put(table, "", "31");
	put(table, "shm:22", NULL);
	put(table, "22K", NULL);
	put(table, "why", "31");
	check(table,
	      "\033[1mREF\033[0m    \033[1mSIZE\033[0m \033[1mWHY\033[0m\n"
	      "\033[33mshm:1\033[0m    \033[2m1K\033[0m\n"
	      "shm:22  22K \033[31mwhy\033[0m\n");

	view.color = false;
	table = three_columns(&view);
	put(table, "shm:1", "33");
	put(table, "1K", "2");
	put(table, "", "31");
	check(table, "REF   SIZE WHY\nshm:1   1K\n");
}

/* "SHARED WITH" of ps: users packed into what the others leave. */
static void users_share_what_is_left(void **state)
{
	struct view view = { .heading = true, .terminal = true, .width = 40 };
	const struct object *obj;
	struct table *table;
	struct shot shot;

	(void)state;
	shot_load(&shot, "look");
	obj = shot_object(&shot, "shm:163848");
	table = table_new(&view);
	table_column(table, "REF", ALIGN_LONG);
	table_column(table, "SHARED WITH", ALIGN_LEFT);
	put(table, "shm:163848", NULL);
	table_users(table, &shot.snap, obj, FIELD_USERS,
		    snapshot_find_pid(&shot.snap, 5414));
	check(table,
	      "REF        SHARED WITH\n"
	      "shm:163848 postgres[5409 +4] rw\n");

	view.width = 50;
	table = table_new(&view);
	table_column(table, "A", ALIGN_LEFT);
	table_column(table, "B", ALIGN_LEFT);
	table_column(table, "N", ALIGN_RIGHT);
	table_users(table, &shot.snap, obj, FIELD_USERS, NO_INDEX);
	table_users(table, &shot.snap, obj, FIELD_USERS, NO_INDEX);
	put(table, "5", NULL);
	check(table,
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
		cmocka_unit_test(a_pipe_has_no_width),
		cmocka_unit_test(colours_take_no_room),
		cmocka_unit_test(users_share_what_is_left),
		cmocka_unit_test(wide_columns_give_way_to_users),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
