// SPDX-License-Identifier: GPL-2.0-or-later
/* What rm and clean keep for undo, what undo says of it, and how faithful it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define MIB	(1u << 20)

static bool shm_there(int id)
{
	struct shmid_ds ds;

	return !shmctl(id, IPC_STAT, &ds);
}

/* Three of 4 MiB, of which a limit of 6 MiB keeps one. */
static void three_segments(void)
{
	int i;

	for (i = 0; i < 3; i++)
		make_shm(IPC_PRIVATE, 4 * MIB, 0600);
}

#define RM_THREE	"rm", "--yes", "--save-limit", "6M", "shm:0", "shm:1", "shm:2"

static void plan_and_deed_say_what_is_kept(void **state)
{
	(void)state;
	three_segments();
	tool_says(4, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL, "rm",
		  "-n", "--save-limit", "6M", "shm:0", "shm:1", "shm:2");
	tool_says(0, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL,
		  RM_THREE);
	tool_says(0, "shm:0 +2  12M 1 (4M) root", NULL, "undo");
	tool_says(0, "shm:0", NULL, "undo", "--list");
	tool_says(5, "restored shm:0\nnot kept shm:1 4M (save limit 6M reached)\n"
		  "not kept shm:2 4M (save limit 6M reached)\n", NULL, "undo", "--last");
	assert_true(shm_there(0));
	tool_says(0, "shm:1 +1   8M none root", NULL, "undo");
}

static void what_is_said_to_be_enough_is(void **state)
{
	(void)state;
	three_segments();
	tool_says(0, "removed shm:2", NULL, "rm", "--yes", "--save-limit", "12M", "shm:0", "shm:1",
		  "shm:2");
	tool_says(0, "restored shm:2", NULL, "undo", "--last");
}

/* Never an older run in its place. */
static void last_is_the_last_run_whether_kept_or_not(void **state)
{
	(void)state;
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_shm(IPC_PRIVATE, 4096, 0600);
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	tool_says(0, "kept for undo: nothing (--no-save)", NULL, "rm", "--yes", "--no-save",
		  "shm:1");
	tool_says(5, "not kept shm:1 4K (--no-save)", "nothing is kept", "undo", "--last");
	tool_says(5, "not kept shm:1 4K (--no-save)", NULL, "undo", "--dry-run", "--last");
	assert_false(shm_there(0));
	tool_says(0, "all", NULL, "undo");
	make_shm(IPC_PRIVATE, 4096, 0600);
	tool_says(0, NULL, NULL, "ipcrm", "-m", "2");
	tool_says(5, "(ipcrm keeps nothing)", NULL, "undo", "--last");
}

/* One that was refused or skipped is no run to bring back. */
static void a_run_that_removed_nothing_is_none(void **state)
{
	(void)state;
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_shm(IPC_PRIVATE, 4096, 0600);
	shm_attach_in("holder", 1, 0, SHM_PLAIN);
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	tool_says(5, NULL, "in use", "rm", "--yes", "shm:1");
	tool_says(0, "restored shm:0", NULL, "undo", "--last");
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(plan_and_deed_say_what_is_kept),
		TEST(what_is_said_to_be_enough_is),
		TEST(last_is_the_last_run_whether_kept_or_not),
		TEST(a_run_that_removed_nothing_is_none),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
