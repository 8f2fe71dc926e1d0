// SPDX-License-Identifier: GPL-2.0-or-later
/* What shares one anonymous inode: which descriptors lead to the same open file. On this
 * machine those do whose links have the same inode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

#define REFS(expect) \
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), expect)
#define EDGES(class, fd, expect)	assert_edges(&box.snap, class, fd, expect)
#define TOLD(class, fd, field, expect)	assert_told(&box.snap, class, fd, field, expect)
#define WARNINGS(expect) \
	assert_string_equal(tell_warnings(&box.snap), expect)

static void add_timer(pid_t pid, int fd, int file)
{
	machine_add(&box, "link /proc/%d/fd/%d -> anon_inode:[timerfd] lmode=0700 ino=%d\n"
		    "file /proc/%d/fdinfo/%d text=\"pos:\\x090\\x0aclockid: 1\\x0aticks: 2\\x0a"
		    "it_value: (59, 900000000)\\x0ait_interval: (0, 0)\\x0a\"", pid, fd, file, pid, fd);
}

static void descriptors_of_one_open_file_are_one_object(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	add_timer(21, 3, 5);
	add_timer(20, 9, 5);
	add_timer(20, 4, 6);
	add_timer(21, 7, 5);
	ASK(&box, A_CLASS(timerfd), FIELD_USERS, FIELD_CLOCK, FIELD_NEXT, FIELD_COUNT);
	machine_look(&box);
	REFS("timerfd:20/4 timerfd:20/9");
	EDGES(timerfd, 9, "20 open rw fd9; 21 open rw fd3; 21 open rw fd7");
	TOLD(timerfd, 9, CLOCK, "monotonic");
	TOLD(timerfd, 9, NEXT, "1700000060");
	TOLD(timerfd, 9, COUNT, "2");
	TOLD(timerfd, 9, ID, "n/a");
	TOLD(timerfd, 9, USERS_COMPLETE, "1");
	WARNINGS("");
}

static void what_cannot_be_compared_is_not_one(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	add_timer(20, 3, 5);
	add_timer(21, 3, 5);
	machine_add(&box, "error compare_fds EPERM");
	ASK(&box, A_CLASS(timerfd), FIELD_USERS);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, 2);
	WARNINGS("memories EPERM 1 pid 20");
	assert_false(object_users_complete(&box.snap, &box.snap.objects.at[0]));
}

/* One alone is compared with nothing. */
static void one_alone_is_complete(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	add_timer(20, 3, 5);
	machine_add(&box, "error compare_fds EPERM");
	ASK(&box, A_CLASS(timerfd), FIELD_USERS);
	machine_look(&box);
	EDGES(timerfd, 3, "20 open rw fd3");
	TOLD(timerfd, 3, USERS_COMPLETE, "1");
	WARNINGS("");
}

static void a_timer_that_is_not_set_never_expires(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_add(&box, "link /proc/20/fd/3 -> anon_inode:[timerfd] lmode=0700 ino=5\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0aclockid: 42\\x0aticks: x\\x0ait_value: (0, 0)\\x0a\"\n"
		    "link /proc/20/fd/4 -> anon_inode:[timerfd] lmode=0700 ino=6\n"
		    "file /proc/20/fdinfo/4 text=\"pos:\\x090\\x0ait_value: (5\\x0a\"");
	ASK(&box, A_CLASS(timerfd), FIELD_NEXT, FIELD_CLOCK, FIELD_COUNT);
	machine_look(&box);
	TOLD(timerfd, 3, NEXT, "0");
	TOLD(timerfd, 3, CLOCK, "?");
	TOLD(timerfd, 3, COUNT, "?");
	TOLD(timerfd, 4, NEXT, "?");
}

static void signals_have_names(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_add(&box, "link /proc/20/fd/3 -> anon_inode:[signalfd] lmode=0700 ino=5\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0asigmask:\\x098000001300000202\\x0a\"\n"
		    "link /proc/20/fd/4 -> anon_inode:[signalfd] lmode=0700 ino=6\n"
		    "file /proc/20/fdinfo/4 text=\"pos:\\x090\\x0asigmask:\\x090\\x0a\"\n"
		    "link /proc/20/fd/5 -> anon_inode:[signalfd] lmode=0700 ino=7");
	ASK(&box, A_CLASS(signalfd), FIELD_MASK);
	machine_look(&box);
	TOLD(signalfd, 3, MASK, "INT USR1 33 RTMIN RTMIN+3 RTMIN+30");
	TOLD(signalfd, 4, MASK, "");
	TOLD(signalfd, 5, MASK, "?");
}

static void watches_are_counted_once(void **state)
{
	int i;

	(void)state;
	for (i = 20; i < 22; i++) {
		machine_process(&box, i, 0, "a");
		machine_add(&box, "link /proc/%d/fd/3 -> anon_inode:inotify lmode=0500 ino=5\n"
			    "file /proc/%d/fdinfo/3 text=\"pos:\\x090\\x0a"
			    "inotify wd:2 ino:2f sdev:fe00001 mask:100 ignored_mask:0\\x0a"
			    "inotify wd:1 ino:2a sdev:10 mask:100 ignored_mask:0\\x0a\"", i, i);
	}
	ASK(&box, A_CLASS(inotify), FIELD_WATCHES, FIELD_TARGETS, FIELD_USERS);
	machine_look(&box);
	REFS("inotify:20/3");
	TOLD(inotify, 3, WATCHES, "2");
	assert_string_equal(object_str(&box.snap, &box.snap.objects.at[0], FIELD_TARGETS)->data,
			    "254:1/47 0:16/42");
}

/* The number 4 leads elsewhere in one process, and to what is watched in the other. */
static void targets_are_what_the_numbers_lead_to(void **state)
{
	int i;

	(void)state;
	for (i = 20; i < 22; i++) {
		machine_process(&box, i, 0, "a");
		machine_add(&box, "link /proc/%d/fd/3 -> anon_inode:[eventpoll] lmode=0700 ino=3\n"
			    "file /proc/%d/fdinfo/3 text=\"pos:\\x090\\x0a"
			    "tfd:        4 events:       19 data:  4  pos:0 ino:5 sdev:f\\x0a"
			    "tfd:       77 events:       19 data:  4  pos:0 ino:99 sdev:fe00000\\x0a\"\n"
			    "link /proc/%d/fd/4 -> anon_inode:[timerfd] lmode=0700 ino=5", i, i, i);
	}
	ASK(&box, A_CLASS(epoll), FIELD_WATCHES, FIELD_TARGETS);
	machine_look(&box);
	assert_string_equal(tell_refs(&box.snap, A_CLASS(epoll)), "epoll:20/3");
	EDGES(epoll, 3, "20 open rw fd3; 21 open rw fd3; peer timerfd:20/4");
	TOLD(epoll, 3, WATCHES, "2");
	assert_string_equal(object_str(&box.snap, the_object(&box.snap, CLASS_epoll, 3),
				       FIELD_TARGETS)->data, "254:0/153");
}

static void files_of_a_ring_are_told_or_not(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_add(&box, "link /proc/20/fd/3 -> anon_inode:[io_uring] lmode=0700 ino=3\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0aUserFiles:\\x093\\x0a"
		    "    0: /tmp/a\\\\040b\\x0a    2: pipe:[77]\\x0aUserBufs:\\x090\\x0a\"\n"
		    "link /proc/20/fd/4 -> anon_inode:[io_uring] lmode=0700 ino=4\n"
		    "file /proc/20/fdinfo/4 text=\"pos:\\x090\\x0aUserFiles:\\x093\\x0aUserBufs:\\x090\\x0a\"\n"
		    "link /proc/20/fd/5 -> anon_inode:[io_uring] lmode=0700 ino=6\n"
		    "file /proc/20/fdinfo/5 text=\"pos:\\x090\\x0aUserFiles:\\x090\\x0a\"");
	ASK(&box, A_CLASS(io_uring), FIELD_FILES, FIELD_TARGETS);
	machine_look(&box);
	TOLD(io_uring, 3, FILES, "3");
	assert_string_equal(object_str(&box.snap, the_object(&box.snap, CLASS_io_uring, 3),
				       FIELD_TARGETS)->data, "/tmp/a\\040b pipe:77");
	TOLD(io_uring, 4, FILES, "3");
	TOLD(io_uring, 4, TARGETS, "?");
	TOLD(io_uring, 5, TARGETS, "-");
}

/* ---- memory ---- */

static void add_map(pid_t pid, const char *maps)
{
	machine_process(&box, pid, 0, "m");
	machine_add(&box, "file /proc/%d/maps <<END\n%s\nEND", pid, maps);
}

static void memory_of_several_is_a_mapping(void **state)
{
	(void)state;
	add_map(20, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)\n"
		"7f0000004000-7f0000006000 r--s 00000000 08:01 60      /srv/data\n"
		"7f0000007000-7f0000008000 rw-s 00000000 00:01 70      /dev/zero (deleted)\n"
		"7f0000009000-7f000000a000 rw-s 00000000 00:06 80      /dev/dri/card0\n"
		"7f000000b000-7f000000c000 rw-s 00000000 00:0e 90      anon_inode:[perf_event]");
	add_map(21, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)\n"
		"7f0000004000-7f0000006000 rw-s 00001000 08:01 60      /srv/data\n"
		"7f0000009000-7f000000a000 rw-s 00000000 00:06 80      /dev/dri/card0\n"
		"7f000000b000-7f000000c000 rw-s 00000000 00:0e 90      anon_inode:[perf_event]\n"
		"7f000000d000-7f000000e000 rw-s 00000000 00:01 95      /memfd:x (deleted)\n"
		"7f000000f000-7f0000010000 rw-s 00000000 00:01 96      /SYSV00000001 (deleted)\n"
		"7f0000011000-7f0000012000 rw-s 00000000 00:19 97      /dev/shm/x");
	add_map(22, "7f0000004000-7f0000006000 r--p 00000000 08:01 60      /srv/data\n"
		"7f000000d000-7f000000e000 rw-s 00000000 00:01 95      /memfd:x (deleted)\n"
		"7f000000f000-7f0000010000 rw-s 00000000 00:01 96      /SYSV00000001 (deleted)\n"
		"7f0000011000-7f0000012000 rw-s 00000000 00:19 97      /dev/shm/x");
	ASK(&box, A_CLASS(mapping), FIELD_USERS, FIELD_TYPE, FIELD_PATH);
	machine_look(&box);
	REFS("mapping:50 mapping:8:1/60");
	EDGES(mapping, 50, "20 attached rw @7f0000000000; 21 attached rw @7f0000000000");
	TOLD(mapping, 50, TYPE, "anonymous");
	TOLD(mapping, 50, PATH, "-");
	TOLD(mapping, 60, TYPE, "file");
	TOLD(mapping, 60, PATH, "/srv/data");
	TOLD(mapping, 60, USERS_COMPLETE, "1");
	WARNINGS("");
}

static void processes_with_one_memory_are_one(void **state)
{
	(void)state;
	add_map(20, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)");
	add_map(21, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)");
	machine_add(&box, "memory 20 1\nmemory 21 1");
	ASK(&box, A_CLASS(mapping), FIELD_USERS);
	machine_look(&box);
	REFS("");
	assert_int_equal(box.snap.edges.nr, 0);
}

static void memories_that_cannot_be_compared_are_said(void **state)
{
	(void)state;
	add_map(20, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)");
	add_map(21, "7f0000000000-7f0000002000 rw-s 00000000 00:01 50      /dev/zero (deleted)");
	machine_add(&box, "error compare EPERM");
	ASK(&box, A_CLASS(mapping), FIELD_USERS);
	machine_look(&box);
	REFS("mapping:50");
	WARNINGS("memories EPERM 1 pid 21");
}

#define T(name)	MACHINE_TEST(name)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(descriptors_of_one_open_file_are_one_object),
		T(what_cannot_be_compared_is_not_one), T(one_alone_is_complete),
		T(a_timer_that_is_not_set_never_expires), T(signals_have_names),
		T(watches_are_counted_once), T(targets_are_what_the_numbers_lead_to),
		T(files_of_a_ring_are_told_or_not), T(memory_of_several_is_a_mapping),
		T(processes_with_one_memory_are_one), T(memories_that_cannot_be_compared_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
