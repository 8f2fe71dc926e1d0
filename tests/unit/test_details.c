// SPDX-License-Identifier: GPL-2.0-or-later
/* Command line, unit and start, for the processes a screen is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

/* A pipe of 20 and 21, and one of 22. */
static void add_some(void)
{
	int pid;

	for (pid = 20; pid < 23; pid++) {
		machine_process(&box, pid, 0, "x");
		machine_add(&box, "process %d start=%d unit=%s\n"
			    "file /proc/%d/cmdline text=\"cat\\x00-%d\\x00\"\n"
			    "link /proc/%d/fd/0 -> pipe:[%d] lmode=0500",
			    pid, pid,
			    pid == 21 ? "\"\"" : "cron.service", pid, pid, pid,
			    pid < 22 ? 7 : 8);
	}
	box.query.extra_parts = NEED(PROCS) | NEED(DETAILS);
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
}

static const struct process *the_process(pid_t pid)
{
	uint32_t index = snapshot_find_pid(&box.snap, pid);

	assert_int_not_equal(index, NO_INDEX);
	return &box.snap.processes.at[index];
}

static void assert_detailed(pid_t pid, bool detailed)
{
	const struct process *proc = the_process(pid);
	char cmdline[16];

	assert_int_equal(!!(proc->flags & PROCESS_DETAILED), detailed);
	if (!detailed) {
		assert_null(proc->cmdline);
		return;
	}
	snprintf(cmdline, sizeof(cmdline), "cat -%d", (int)pid);
	assert_string_equal(proc->cmdline->data, cmdline);
}

static void test_of_all(void **state)
{
	(void)state;
	add_some();
	machine_look(&box);
	assert_detailed(20, true);
	assert_detailed(21, true);
	assert_detailed(22, true);
	assert_string_equal(the_process(20)->unit->data, "cron.service");
	assert_null(the_process(21)->unit);
}

static bool is_seven(const void *arg, const struct snapshot *snap,
		     const struct object *obj)
{
	(void)arg;
	(void)snap;
	return obj->key.id == 7;
}

static void test_of_users_of_what_is_shown(void **state)
{
	(void)state;
	add_some();
	box.query.look_at = is_seven;
	machine_look(&box);
	assert_detailed(20, true);
	assert_detailed(21, true);
	assert_detailed(22, false);
	assert_int_equal(CALLS_OF(&box, process), 2);
}

/* One that has nothing is there too, since it was asked for. */
static void test_of_those_asked_for(void **state)
{
	static const pid_t pids[] = { 22, 30, 31 };

	(void)state;
	add_some();
	machine_process(&box, 30, 0, "y");
	machine_add(&box, "process 30 start=30\n"
		    "file /proc/30/cmdline text=\"cat\\x00-30\"");
	box.query.pids = pids;
	box.query.nr_pids = 3;
	machine_look(&box);
	assert_detailed(20, false);
	assert_detailed(22, true);
	assert_detailed(30, true);
	assert_int_equal(the_process(30)->nr_edges, 0);
	assert_int_equal(snapshot_find_pid(&box.snap, 31), NO_INDEX);
}

/* Its pid went to another one between two looks. */
static void test_of_somebody_else(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "process 20 start=999\n"
		    "file /proc/20/cmdline text=other\n"
		    "link /proc/20/fd/0 -> pipe:[7] lmode=0500");
	box.query.extra_parts = NEED(PROCS) | NEED(DETAILS);
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	assert_detailed(20, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_of_all),
		MACHINE_TEST(test_of_users_of_what_is_shown),
		MACHINE_TEST(test_of_those_asked_for),
		MACHINE_TEST(test_of_somebody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
