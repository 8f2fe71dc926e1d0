// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>

#include "shot.h"

#define ALL_PARTS	(~UINT64_C(0))

struct machine {
	struct layout layout;
	struct snapshot snap;
};

static void machine_init(struct machine *machine, uid_t uid)
{
	struct fieldset none[NR_CLASSES] = {};

	layout_init(&machine->layout, none);
	machine->snap = (struct snapshot){ .layout = &machine->layout };
	machine->snap.host.uid = uid;
}

static void add_line(void *arg, const char *line)
{
	buf_puts(arg, line);
	buf_putc(arg, '\n');
}

/* Finishes the machine and compares what is said of @parts. */
static void check(struct machine *machine, uint64_t parts, const char *lines)
{
	struct buf text = {};

	snapshot_finish(&machine->snap);
	buf_puts(&text, "");
	render_warnings(&machine->snap, parts, add_line, &text);
	assert_string_equal(text.data, lines);
	buf_free(&text);
	snapshot_free(&machine->snap);
}

static void gap(struct machine *machine, enum part part, int err, pid_t pid)
{
	snapshot_gap(&machine->snap, part, err, pid, 0, 0);
}

static void nothing_missing_is_nothing_said(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine, 0);
	check(&machine, ALL_PARTS, "");
}

static void one_process_is_one_line(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine, 0);
	gap(&machine, PART_FDS, EACCES, 1);
	gap(&machine, PART_MAPS, EACCES, 1);
	gap(&machine, PART_CALLS, EPERM, 1);
	check(&machine, ALL_PARTS,
	      "pid 1 could not be read (Permission denied); ? where that matters\n");
}

static void many_processes_are_one_line(void **state)
{
	struct machine machine;
	pid_t pid;

	(void)state;
	machine_init(&machine, 65534);
	for (pid = 1; pid <= 1234; pid++) {
		gap(&machine, PART_MAPS, EACCES, pid);
		gap(&machine, PART_FDS, EACCES, pid);
	}
	check(&machine, ALL_PARTS,
	      "1,234 processes could not be read (other users): users missing\n");

	/* Root is refused for another reason than whose they are. */
	machine_init(&machine, 0);
	gap(&machine, PART_FDS, EACCES, 5);
	gap(&machine, PART_FDS, EACCES, 6);
	check(&machine, ALL_PARTS,
	      "2 processes could not be read (Permission denied): users missing\n");
}

static void what_lacks_less_is_told_apart(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine, 0);
	gap(&machine, PART_CALLS, EPERM, 7);
	gap(&machine, PART_CALLS, EPERM, 8);
	gap(&machine, PART_CALLS, EIO, 8);
	gap(&machine, PART_ACCESS, EIO, 9);
	gap(&machine, PART_FDS, EIO, 10);
	gap(&machine, PART_CALLS, EIO, 10);
	check(&machine, ALL_PARTS,
	      "pid 10 could not be read (Input/output error); ? where that matters\n"
	      "access of descriptors in 1 process is missing: pid 9 (Input/output error)\n"
	      "waiters in 2 processes are missing: first pid 7 (Operation not permitted)\n");
}

static void only_parts_asked_for(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine, 0);
	gap(&machine, PART_CALLS, EPERM, 7);
	gap(&machine, PART_FDS, EPERM, 8);
	snapshot_warn(&machine.snap, PART_SHMFS, EACCES, "/dev/shm/x");
	check(&machine, NEED(FDS),
	      "pid 8 could not be read (Operation not permitted); ? where that matters\n");
}

static void tables_that_are_missing(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine, 0);
	snapshot_warn(&machine.snap, PART_MQUEUE, 0, "/dev/mqueue is not mounted");
	snapshot_warn(&machine.snap, PART_SHMFS, EACCES, "/dev/shm/%s", "a\033[2J\n");
	snapshot_warn(&machine.snap, PART_SHMFS, EACCES, "/dev/shm/b");
	snapshot_warn(&machine.snap, PART_SHMFS, EIO, "/dev/shm/c");
	snapshot_unsupported(&machine.snap, PART_SYSV, "/proc/sysvipc");
	check(&machine, ALL_PARTS,
	      "System V IPC tables: this system has none\n"
	      "POSIX shared memory and semaphores are missing: /dev/shm/c (Input/output error); /dev/shm/a\\x1b[2J\\x0a (Permission denied) and 1 more\n"
	      "POSIX queues are missing: /dev/mqueue is not mounted\n");
}

/* Every part has a sentence for one and for many. */
static void every_part_can_be_missing(void **state)
{
	enum part part;

	(void)state;
	for (part = 0; part < NR_PARTS; part++) {
		struct machine machine;
		struct buf text = {};

		machine_init(&machine, 0);
		/* What a request may have. */
		snapshot_object(&machine.snap, CLASS_fifo, (struct object_key){ SPACE_INODE, 1, 1 });
		gap(&machine, part, EIO, 5);
		snapshot_finish(&machine.snap);
		render_warnings(&machine.snap, ALL_PARTS, add_line, &text);
		assert_true(text.len > 20);
		assert_null(strchr(text.data, '%'));
		assert_ptr_equal(strchr(text.data, '\n'), text.data + text.len - 1);
		buf_free(&text);
		snapshot_free(&machine.snap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_missing_is_nothing_said),
		cmocka_unit_test(one_process_is_one_line),
		cmocka_unit_test(many_processes_are_one_line),
		cmocka_unit_test(what_lacks_less_is_told_apart),
		cmocka_unit_test(only_parts_asked_for),
		cmocka_unit_test(tables_that_are_missing),
		cmocka_unit_test(every_part_can_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
