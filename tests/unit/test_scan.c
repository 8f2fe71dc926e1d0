// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that differ from their process, memories that several have, and processes born
 * while others are looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

#define EDGES(class, id, text)	assert_edges(&box.snap, class, id, text)

static void add_many(pid_t pid, char state)
{
	machine_add(&box, "dir /proc/%d uid=0\nlink /proc/%d/ns/ipc -> ipc:[%u]\n"
		    "dir /proc/%d/task nlink=4\ndir /proc/%d/task/%d\ndir /proc/%d/task/%d",
		    pid, pid, MACHINE_IPC_NS, pid, pid, pid, pid, pid + 1);
	machine_stat(&box, pid, "many", state, 0, (uint64_t)pid);
}

static void test_living_thread_is_looked_at(void **state)
{
	(void)state;
	add_many(20, 'Z');
	machine_add(&box, "dir /proc/20/fd");
	machine_stranger(&box, 21, 0, "thread");
	machine_add(&box, "link /proc/21/fd/3 -> pipe:[7] lmode=0500");
	ASK(&box, A_CLASS(pipe), FIELD_READERS);
	machine_look(&box);
	EDGES(pipe, 7, "20 open r fd3; 21 open r fd3");	/* 21 is listed in this text */
	assert_int_equal(box.snap.processes.at[0].flags, 0);
	assert_int_equal(box.snap.processes.at[0].start, 20);
}

static void test_no_living_thread_has_ended(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 cpid=20 ctime=1699999999");
	add_many(20, 'Z');
	machine_stat(&box, 21, "thread", 'Z', 0, 21);
	ASK(&box, A_CLASS(shm), FIELD_CREATOR_ALIVE);
	machine_look(&box);
	assert_told(&box.snap, shm, 1, CREATOR_ALIVE, "0");
}

static void add_own_table(void)
{
	add_many(20, 'S');
	machine_add(&box, "link /proc/20/fd/3 -> pipe:[7] lmode=0500\n"
		    "link /proc/20/task/21/fd/3 -> pipe:[8] lmode=0500\n"
		    "link /proc/20/task/21/fd/4 -> pipe:[7] lmode=0500");
	ASK(&box, A_CLASS(pipe), FIELD_READERS);
}

static void test_table_of_its_own(void **state)
{
	(void)state;
	add_own_table();
	machine_add(&box, "files 21 1");
	machine_look(&box);
	EDGES(pipe, 7, "20 open r fd3; 20/21 open r fd4");
	EDGES(pipe, 8, "20/21 open r fd3");
}

static void test_same_table_is_read_once(void **state)
{
	(void)state;
	add_own_table();
	machine_look(&box);
	EDGES(pipe, 7, "20 open r fd3");
}

/* What cannot be compared is read, and is the process's. */
static void test_tables_that_cannot_be_compared(void **state)
{
	(void)state;
	add_own_table();
	machine_add(&box, "error compare ENOSYS");
	machine_look(&box);
	EDGES(pipe, 7, "20 open r fd3; 20 open r fd4");
	EDGES(pipe, 8, "20 open r fd3");
}

static void add_status(pid_t pid, pid_t tid, const char *pending, const char *blocked,
		       const char *shared)
{
	machine_add(&box, "file /proc/%d/task/%d/status text=\"Name:\\x09x\\x0aState:\\x09S (sleeping)\\x0a"
		    "SigQ:\\x094/77\\x0aSigPnd:\\x09%s\\x0aShdPnd:\\x09%s\\x0aSigBlk:\\x09%s\\x0a"
		    "SigIgn:\\x090000000000000001\\x0aSigCgt:\\x090000000000000002\\x0a\"",
		    pid, tid, pending, shared, blocked);
}

static void add_signals(bool whole)
{
	static const char *const names[] = { "ipc", "net", "mnt", "uts", "cgroup", "pid_for_children" };
	size_t i;

	add_many(20, 'S');
	add_status(20, 20, "0", "4002", "4000");
	if (whole)
		add_status(20, 21, "800", "4001", "4000");
	else
		machine_add(&box, "file /proc/20/task/21/status text=\"Name:\\x09x\\x0a\"");
	machine_add(&box, "file /proc/20/task/21/comm text=\"other\\x0a\"");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		machine_add(&box, "link /proc/20/task/21/ns/%s -> %s:[%u]", names[i], names[i],
			    i ? 7 : MACHINE_IPC_NS);
	for (i = 1; i < ARRAY_SIZE(names); i++)
		machine_add(&box, "link /proc/20/ns/%s -> %s:[%d]", names[i], names[i],
			    i == 3 ? 8 : 7);
	box.query.extra_parts = NEED(SIGNALS) | NEED(DETAILS);
	box.query.odd_threads = true;
	ASK(&box, A_CLASS(pipe), FIELD_READERS);
}

static void test_signals_of_two_threads(void **state)
{
	const struct process *proc;

	(void)state;
	add_signals(true);
	machine_add(&box, "files 21 1");
	machine_look(&box);
	proc = &box.snap.processes.at[0];
	assert_non_null(proc->signals);
	assert_int_equal(proc->signals->set[SIGNALS_PENDING_PROCESS], 0x4000);
	assert_int_equal(proc->signals->set[SIGNALS_PENDING_THREAD], 0x800);
	assert_int_equal(proc->signals->set[SIGNALS_BLOCKED], 0x4000);
	assert_int_equal(proc->signals->set[SIGNALS_IGNORED], 1);
	assert_int_equal(proc->signals->set[SIGNALS_CAUGHT], 2);
	assert_int_equal(proc->signals->queued, 4);
	assert_int_equal(proc->signals->max_queued, 77);
	assert_true(proc->threads->compared);
	assert_int_equal(proc->threads->nr, 1);
	assert_int_equal(proc->threads->at[0].tid, 21);
	assert_true(proc->threads->at[0].own_fds);
	assert_int_equal(proc->threads->at[0].ns[THREAD_NS_UTS], 7);
	assert_int_equal(proc->threads->at[0].ns[THREAD_NS_NET], 0);
	assert_string_equal(proc->threads->at[0].comm->data, "other");
}

/* Signals are known all the same. */
static void test_threads_that_cannot_be_compared(void **state)
{
	(void)state;
	add_signals(true);
	machine_add(&box, "error compare EPERM");
	machine_look(&box);
	assert_non_null(box.snap.processes.at[0].signals);
	assert_false(box.snap.processes.at[0].threads->compared);
	assert_non_null(strstr(tell_warnings(&box.snap), "details EPERM"));
}

static void test_status_without_signals_is_a_gap(void **state)
{
	(void)state;
	add_signals(false);
	machine_look(&box);
	assert_non_null(strstr(tell_warnings(&box.snap), "signals EBADMSG"));
}

static void add_attached(int nattch)
{
	int pid;

	machine_add(&box, "shm id=5 key=1 size=4096 nattch=%d", nattch);
	for (pid = 20; pid < 23; pid++) {
		machine_process(&box, pid, 0, "x");
		machine_add(&box, "file /proc/%d/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\\x0a\"",
			    pid);
	}
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_ATTACHES_FOUND, FIELD_USERS_COMPLETE);
}

#define ALL_THREE "20 attached rw key1 @1000; 21 attached rw key1 @1000; 22 attached rw key1 @1000"

static void test_one_memory_is_counted_once(void **state)
{
	unsigned int threads;

	(void)state;
	add_attached(2);
	machine_add(&box, "memory 22 20");
	for (threads = 1; threads <= 3; threads++) {
		box.query.threads = threads;
		machine_look(&box);
		EDGES(shm, 5, ALL_THREE);
		assert_told(&box.snap, shm, 5, ATTACHES_FOUND, "2");
		assert_told(&box.snap, shm, 5, USERS_COMPLETE, "1");
	}
}

static void test_one_memory_does_not_hide_another(void **state)
{
	(void)state;
	add_attached(3);
	machine_add(&box, "memory 22 20");
	machine_look(&box);
	assert_told(&box.snap, shm, 5, ATTACHES_FOUND, "2");
	assert_told(&box.snap, shm, 5, USERS_COMPLETE, "0");
}

static void test_memories_that_cannot_be_compared(void **state)
{
	(void)state;
	add_attached(2);
	machine_add(&box, "error compare EPERM");
	machine_look(&box);
	EDGES(shm, 5, ALL_THREE);
	assert_told(&box.snap, shm, 5, ATTACHES_FOUND, "?");
	assert_told(&box.snap, shm, 5, USERS_COMPLETE, "0");
	assert_non_null(strstr(tell_warnings(&box.snap), "memories EPERM"));
}

static void add_foreign(const char *map_file)
{
	machine_add(&box, "shm id=5 key=1 size=4096 nattch=1 ctime=100");
	machine_process(&box, 20, 0, "home");
	machine_stranger(&box, 21, 0, "container");
	machine_add(&box, "link /proc/21/ns/ipc -> ipc:[77]\n"
		    "link /proc/21/map_files/1000-2000 -> /SYSV00000001 ino=5 %s\n"
		    "file /proc/21/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\\x0a\"",
		    map_file);
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_ATTACHES_FOUND);
}

static void add_home_attachment(void)
{
	machine_add(&box, "link /proc/20/map_files/1000-2000 -> /SYSV00000001 ino=5 size=4096 btime=100\n"
		    "file /proc/20/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\\x0a\"");
}

/* Id, key, size and second are the same. */
static void test_twins(void **state)
{
	(void)state;
	add_foreign("size=4096 btime=100");
	add_home_attachment();
	machine_add(&box, "shm ns=77 id=5 key=1 size=4096 nattch=1 ctime=100");
	machine_look(&box);
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[0]),
			    "21 attached rw key1 @1000");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[1]),
			    "20 attached rw key1 @1000");
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), "shm:5@77 shm:5");
}

/* It was attached here, and its process has moved. */
static void test_moved_with_an_attachment(void **state)
{
	(void)state;
	add_foreign("size=4096 btime=100");
	machine_add(&box, "shm ns=77 id=5 key=1 size=4096 nattch=0 ctime=100");
	machine_look(&box);
	EDGES(shm, 5, "21 attached rw key1 @1000");
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), "shm:5");
}

/* Made later than ours, and not there where its process is now. */
static void test_attachment_of_nobody_knows_where(void **state)
{
	(void)state;
	add_foreign("size=4096 btime=105");
	machine_look(&box);
	EDGES(shm, 5, "");
	assert_told(&box.snap, shm, 5, ATTACHES_FOUND, "0");
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), "shm:5");
	assert_string_equal(tell_warnings(&box.snap),
			    "sysv ENODATA 1 namespace of shm:5 attached in process 21");
}

/* One that was listed has ended; the list is read again, and has its child. */
static struct host_ops later;
static const struct host_ops *now;
static unsigned int lists, born;
static host_dir_fn *each_name;

static int leave_out_born(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	return strcmp(name, "31") || lists >= born ? each_name(arg, name, ino, type) : 0;
}

static int read_dir_later(struct host_dir *dir, struct buf *scratch, host_dir_fn *each, void *arg)
{
	each_name = each;
	lists++;
	return now->read_dir(dir, scratch, leave_out_born, arg);
}

static void look_with_births(unsigned int list)
{
	machine_process(&box, 30, 0, "parent");
	machine_process(&box, 31, 0, "child");
	machine_add(&box, "link /proc/31/fd/3 -> pipe:[7] lmode=0500\nerror /proc/30 ENOENT open_dir");
	ASK(&box, A_CLASS(pipe), FIELD_READERS);
	box.query.extra_parts = 0;
	box.query.threads = 1;
	machine_build(&box);
	now = box.host->ops;
	later = *now;
	later.read_dir = read_dir_later;
	box.host->ops = &later;
	lists = 0;
	born = list;
	machine_look(&box);
	box.host->ops = now;
}

static void test_born_meanwhile(void **state)
{
	(void)state;
	look_with_births(2);
	EDGES(pipe, 7, "31 open r fd3");
	assert_string_equal(tell_warnings(&box.snap), "");
}

int main(void)
{
#define T(name)	MACHINE_TEST(name)
	static const struct CMUnitTest tests[] = {
		T(test_living_thread_is_looked_at),
		T(test_no_living_thread_has_ended),
		T(test_table_of_its_own),
		T(test_same_table_is_read_once),
		T(test_tables_that_cannot_be_compared),
		T(test_signals_of_two_threads),
		T(test_threads_that_cannot_be_compared),
		T(test_status_without_signals_is_a_gap),
		T(test_one_memory_is_counted_once),
		T(test_one_memory_does_not_hide_another),
		T(test_memories_that_cannot_be_compared),
		T(test_twins),
		T(test_moved_with_an_attachment),
		T(test_attachment_of_nobody_knows_where),
		T(test_born_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
