// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "ipcscope/render.h"
#include "machine.h"

#define NR_PROCESSES	400

/* Descriptors that are shared among all, in ways that differ by process. */
static void add_descriptors(int pid)
{
	machine_add(&box, "link /proc/%d/fd/0 -> /dev/pts/%d lmode=0700 dev=0:30 rdev=136:%d mode=020620 uid=1000",
		    pid, pid % 5, pid % 5);
	machine_add(&box, "link /proc/%d/fd/1 -> pipe:[%d] lmode=%s", pid,
		    pid % 37, pid % 2 ? "0300" : "0500");
	machine_add(&box, "link /proc/%d/fd/2 -> pipe:[1000] lmode=0300", pid);
	machine_add(&box, "link /proc/%d/fd/3 -> /run/name%d lmode=0500 dev=8:1 ino=77 mode=010644",
		    pid, (pid * 7) % 11);
	machine_add(&box, "link /proc/%d/fd/4 -> anon_inode:[eventfd]\n"
		    "file /proc/%d/fdinfo/4 text=\"eventfd-count: 1\\x0aeventfd-id: %d\\x0a\"",
		    pid, pid, pid % 23);
	machine_add(&box, "link /proc/%d/fd/5 -> socket:[%d]", pid, 5000 + pid % 61);
	machine_add(&box, "link /proc/%d/fd/6 -> socket:[%d] proto=TCP uid=%d", pid,
		    9000 + pid % 13, pid % 13);
	/* One inode under names of two classes, and of no listed file. */
	machine_add(&box, "link /proc/%d/fd/7 -> \"/dev/shm/%s%d (deleted)\" lmode=0700 dev=0:25 ino=%d nlink=0 size=%d",
		    pid, pid % 3 ? "x" : "sem.x", pid % 7, 300 + pid % 17, 32);
	machine_add(&box, "link /proc/%d/fd/8 -> \"/memfd:m%d (deleted)\" lmode=0700 dev=0:1 ino=%d size=4096 nlink=0",
		    pid, pid % 19, 40 + pid % 19);
}

static void add_rest(int pid)
{
	machine_add(&box, "file /proc/%d/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 %d    /SYSV%08x (deleted)\n"
		    "2000-3000 rw-s 00000000 00:19 %d    /dev/shm/sem.gone (deleted)\n"
		    "3000-4000 r--s 00000000 00:01 %d    /memfd:m%d (deleted)\n"
		    "END", pid, pid % 10, pid % 10, 300 + pid % 17,
		    40 + pid % 19, pid % 19);
	if (pid % 4 == 1)
		machine_add(&box, "file /proc/%d/syscall text=\"%d 0x4 0x1000 0x1 0x0 0x0 0x0 0x0 0x0\\x0a\"",
			    pid, CALL_SEMOP);
	else if (pid % 4 == 2)
		machine_add(&box, "file /proc/%d/syscall text=\"%d 0x1 0x1000 0x1 0x0 0x0 0x0 0x0 0x0\\x0a\"",
			    pid, SYS_read);
	else
		machine_add(&box, "file /proc/%d/syscall text=running\\x0a", pid);
	if (pid % 29 == 0)
		machine_add(&box, "error /proc/%d/fd EACCES", pid);
	if (pid % 31 == 0)
		machine_add(&box, "error /proc/%d/maps EACCES", pid);
	if (pid % 37 == 0)
		machine_add(&box, "error /proc/%d/stat EACCES", pid);
}

static int setup(void **state)
{
	int i;

	(void)state;
	machine_init(&box);
	machine_add(&box, "sem id=4 key=4 values=0,1");
	for (i = 0; i < 10; i++)
		machine_add(&box, "shm id=%d key=%d size=4096 nattch=%d cpid=%d", i,
			    i, NR_PROCESSES / 10, 100 + i);
	for (i = 0; i < 61; i++)
		machine_add(&box, "diag unix type=1 state=1 ino=%d peer=%d",
			    5000 + i, 5000 + (i ^ 1));
	for (i = 0; i < NR_PROCESSES; i++) {
		machine_process(&box, 100 + i, (uid_t)i % 4, "worker");
		add_descriptors(100 + i);
		add_rest(100 + i);
	}
	machine_ask_all(&box, ALL_CLASSES & ~A_CLASS(pmsg), false);
	machine_build(&box);
	return 0;
}

static char *told_by(unsigned int threads)
{
	box.query.threads = threads;
	machine_look(&box);
	return strdup(tell_all(&box.snap));
}

/* assert_string_equal() would print all of both. */
static void assert_same(const char *expect, const char *told, unsigned int threads)
{
	size_t same = 0, line = 0;

	while (expect[same] && expect[same] == told[same]) {
		if (expect[same++] == '\n')
			line = same;
	}
	if (expect[same] || told[same])
		fail_msg("%u threads see %.*s instead of %.*s", threads,
			 (int)strcspn(told + line, "\n"), told + line,
			 (int)strcspn(expect + line, "\n"), expect + line);
}

/* Some threads more than there are processors, some less. */
static void law_threads_change_nothing(void **state)
{
	static const unsigned int threads[] = { 1, 2, 3, 8, 64 };
	char *first = told_by(1), *told;
	size_t i, again;

	(void)state;
	/* but for those whose stat cannot be read */
	assert_int_equal(box.snap.processes.nr, NR_PROCESSES - 11);
	assert_true(count_objects(&box.snap, CLASS_pipe, 1000) == 1);
	assert_told(&box.snap, fifo, 77, NAME, "/run/name0");
	assert_non_null(strstr(tell_warnings(&box.snap), "fds EACCES"));
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		for (again = 0; again < 2; again++) {
			told = told_by(threads[i]);
			assert_same(first, told, threads[i]);
			free(told);
		}
	}
	free(first);
}

static void law_fewer_processes_than_threads(void **state)
{
	static const pid_t pids[] = { 104, 101, 103 };
	char *first, *told;

	(void)state;
	box.query.pids = pids;
	box.query.nr_pids = ARRAY_SIZE(pids);
	box.query.only_pids = true;
	first = told_by(1);
	told = told_by(8);
	assert_string_equal(first, told);
	assert_true(box.snap.partial);
	free(first);
	free(told);
	box.query.pids = NULL;
	box.query.nr_pids = 0;
	box.query.only_pids = false;
}

static uint32_t nr_told;

static void count_told(struct progress *progress)
{
	assert_string_equal(progress->what, "processes");
	assert_int_equal(progress->total, NR_PROCESSES);
	assert_in_range(progress->done, 0, progress->total);
	nr_told++;
}

/* Only the starting thread tells, however many there are. */
static void test_progress(void **state)
{
	struct progress progress = { .tell = count_told };
	struct snapshot snap;
	struct layout layout;

	(void)state;
	box.query.threads = 1;
	assert_int_equal(collect(box.host, &box.query, &layout, &snap, &progress), 0);
	snapshot_free(&snap);
	assert_in_range(nr_told, 10, NR_PROCESSES);
	assert_true(progress.fds > 1000);
	box.query.threads = 8;
	assert_int_equal(collect(box.host, &box.query, &layout, &snap, &progress), 0);
	snapshot_free(&snap);
}

/* Every object many times, so that there is work for all. */
static void put_rows(enum format format, unsigned int threads, struct buf *text)
{
	static const enum field_id columns[] = {
		FIELD_REF, FIELD_OWNER, FIELD_AMOUNT, FIELD_STATE, FIELD_USERS,
	};
	struct view view = {
		.format = format, .heading = true, .threads = threads,
		.columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.json_fields = box.query.fields,
	};
	uint32_t rows[9999], i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		rows[i] = i % box.snap.objects.nr;
	render_objects(text, &view, &box.snap, rows, ARRAY_SIZE(rows));
}

static void law_rows_by_threads(void **state)
{
	static const enum format formats[] = {
		FORMAT_JSON, FORMAT_NDJSON, FORMAT_CSV, FORMAT_RAW,
	};
	unsigned int threads;
	size_t i;

	(void)state;
	machine_look(&box);
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		struct buf one = { 0 };

		put_rows(formats[i], 1, &one);
		assert_true(one.len > 9999 * strlen("pipe:1"));
		for (threads = 2; threads <= 8; threads *= 2) {
			struct buf many = { 0 };

			put_rows(formats[i], threads, &many);
			assert_int_equal(many.len, one.len);
			assert_memory_equal(many.data, one.data, one.len);
			buf_free(&many);
		}
		buf_free(&one);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_threads_change_nothing),
		cmocka_unit_test(law_fewer_processes_than_threads),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(law_rows_by_threads),
	};

	return cmocka_run_group_tests(tests, setup, machine_teardown);
}
