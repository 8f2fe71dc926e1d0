// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/ps.h"

static struct layout layout;
static struct snapshot snap;
static uint32_t pipe_object, process, other;

static int setup(void **state)
{
	const struct object_key key = { .space = SPACE_INODE, .ns = 14, .id = 5 };
	static const struct fieldset none[NR_CLASSES];

	(void)state;
	layout_init(&layout, none);
	snap = (struct snapshot){ .layout = &layout };
	pipe_object = snapshot_object(&snap, CLASS_pipe, key);
	process = snapshot_process(&snap, 100, 1);
	other = snapshot_process(&snap, 200, 1);
	snapshot_edge(&snap, EDGE_OPEN, process, pipe_object)->fd = 3;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	snapshot_free(&snap);
	return 0;
}

static bool is_private(uint32_t of)
{
	snapshot_finish(&snap);
	return ps_is_private(&snap, &snap.objects.at[0], of);
}

static void private_is_what_one_process_alone_can_have(void **state)
{
	(void)state;
	assert_true(is_private(process));
	assert_false(is_private(other));
}

static void another_user_makes_it_shared(void **state)
{
	(void)state;
	snapshot_edge(&snap, EDGE_OPEN, other, pipe_object)->fd = 4;
	assert_false(is_private(process));
}

static void another_end_makes_it_shared(void **state)
{
	(void)state;
	snapshot_edge(&snap, EDGE_PEER, NO_INDEX, pipe_object)->peer = pipe_object;
	assert_false(is_private(process));
}

static void nothing_is_private_if_others_were_not_looked_at(void **state)
{
	(void)state;
	snap.partial = true;
	assert_false(is_private(process));
}

static void uses_of_one_kind_are_counted_together(void **state)
{
	struct ps_uses uses = {};

	(void)state;
	snapshot_edge(&snap, EDGE_OPEN, process, pipe_object)->fd = 4;
	snapshot_edge(&snap, EDGE_WAITS, process, pipe_object);
	snapshot_finish(&snap);
	ps_uses(&uses, &snap, &snap.processes.at[0]);
	assert_int_equal(uses.nr, 2);
	assert_int_equal(ps_same(&uses, 0), 2);
	assert_int_equal(uses.at[0].count + uses.at[1].count, 3);
	vec_free(&uses);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(private_is_what_one_process_alone_can_have),
		T(another_user_makes_it_shared),
		T(another_end_makes_it_shared),
		T(nothing_is_private_if_others_were_not_looked_at),
		T(uses_of_one_kind_are_counted_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
