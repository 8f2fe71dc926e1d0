// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

#define TOLD(class, id, field, expect) \
	assert_told(&box.snap, class, id, field, expect)
#define EDGES(class, id, expect)	assert_edges(&box.snap, class, id, expect)
#define REFS(expect) \
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), expect)
#define WARNINGS(expect) \
	assert_string_equal(tell_warnings(&box.snap), expect)

/* System V tables */

static const char shm_text[] =
	"file /proc/sysvipc/shm <<END\n"
	"       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n"
	"        17          0  1600                  4096    11    12      2  1000  1000     0     0 1699999000 1699999100 1699998000                  8192                  4096\n"
	"-559038737      32768  2640  18446744073709551615     0     0      0     0     0     0     0          0          0 1699998000                     0                     0\n"
	"END";

static void test_shm_text(void **state)
{
	(void)state;
	machine_add(&box, "%s", shm_text);
	ASK(&box, A_CLASS(shm), FIELD_RSS, FIELD_SWAP, FIELD_USED, FIELD_SIZE,
	    FIELD_ATTACHES, FIELD_CPID, FIELD_LPID, FIELD_STATE, FIELD_CUID,
	    FIELD_OWNER, FIELD_IDLE, FIELD_AGE);
	machine_look(&box);
	REFS("shm:0 shm:32768");
	TOLD(shm, 0, KEY, "17");
	TOLD(shm, 0, MODE, "384");
	TOLD(shm, 0, STATE, "dest,attached");
	TOLD(shm, 0, RSS, "8192");
	TOLD(shm, 0, SWAP, "4096");
	TOLD(shm, 0, USED, "12288");
	TOLD(shm, 0, CPID, "11");
	TOLD(shm, 0, LPID, "12");
	TOLD(shm, 0, OWNER, "alice");
	TOLD(shm, 0, CUID, "0");
	TOLD(shm, 0, IDLE, "900");
	TOLD(shm, 0, AGE, "2000");
	TOLD(shm, 32768, KEY, "3735928559");
	TOLD(shm, 32768, SIZE, "18446744073709551615");
	TOLD(shm, 32768, STATE, "locked,unattached");
	TOLD(shm, 32768, IDLE, "never");
	TOLD(shm, 32768, LPID, "-");
	WARNINGS("");
}

static void test_text_with_new_columns(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sysvipc/shm <<END\n"
		    "colour key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap shape\n"
		    "3 7 5 600 4096 1 1 4 0 0 0 0 1 1 1 100 200 4\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_RSS, FIELD_ATTACHES);
	machine_look(&box);
	REFS("shm:5");
	TOLD(shm, 5, KEY, "7");
	TOLD(shm, 5, ATTACHES, "4");
	TOLD(shm, 5, RSS, "100");
	WARNINGS("");
}

/* What an older kernel does not tell is not known, not 0. */
static void test_text_with_fewer_columns(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sysvipc/shm <<END\n"
		    "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime\n"
		    "7 5 600 4096 1 1 4 0 0 0 0 1 1 1\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_RSS, FIELD_SWAP, FIELD_USED, FIELD_ATTACHES);
	machine_look(&box);
	TOLD(shm, 5, RSS, "?");
	TOLD(shm, 5, SWAP, "?");
	TOLD(shm, 5, USED, "?");
	TOLD(shm, 5, ATTACHES, "4");
	WARNINGS("");
}

static void test_columns_left_out_are_not_0(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sysvipc/shm <<END\n"
		    "key shmid perms lpid nattch uid gid cuid cgid atime ctime rss swap\n"
		    "7 5 600 1 4 0 0 0 0 1 1 100 200\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_RSS, FIELD_SIZE, FIELD_CPID, FIELD_LPID,
	    FIELD_DTIME, FIELD_USED);
	machine_look(&box);
	TOLD(shm, 5, SIZE, "?");
	TOLD(shm, 5, CPID, "?");
	TOLD(shm, 5, DTIME, "?");
	TOLD(shm, 5, LPID, "1");
	TOLD(shm, 5, USED, "300");
	WARNINGS("");
}

static void test_text_without_what_must_be_there(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sysvipc/shm <<END\n"
		    "key shmid perms size cpid lpid uid gid cuid cgid atime dtime ctime rss swap\n"
		    "7 5 600 4096 1 1 0 0 0 0 1 1 1 1 1\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_RSS, FIELD_ATTACHES);
	machine_look(&box);
	REFS("");	/* rather than one that nobody seems to have */
	WARNINGS("sysv EBADMSG 1 /proc/sysvipc/shm: first line not understood");
}

static void test_malformed_lines(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sysvipc/msg <<END\n"
		    "key msqid perms cbytes qnum lspid lrpid uid gid cuid cgid stime rtime ctime\n"
		    "1 10 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "1 11 600 5 1 0 0 0 0 0 0 0 0\n"
		    "1 12 600 5 1 0 0 0 0 0 0 0 0 1 1\n"
		    "1 13 698 5 1 0 0 0 0 0 0 0 0 1\n"
		    "1 x 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "1 -4 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "1 99999999999999999999 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "1 4294967306 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "\n"
		    "1 14 600 5 1 0 0 0 0 0 0 0 0 1\n"
		    "END");
	machine_add(&box, "error sysv_max EPERM");
	ASK(&box, A_CLASS(msg), FIELD_MESSAGES);
	machine_look(&box);
	REFS("msg:10 msg:14");
	WARNINGS("sysv EBADMSG 8 /proc/sysvipc/msg: line not understood");
}

/* Each source alone tells the same of the same objects. */
static void test_both_sources_agree(void **state)
{
	static const char tables[] =
		"shm id=5 key=7 uid=1000 gid=1000 cuid=0 cgid=0 mode=01600 size=4096 nattch=2 cpid=11 lpid=12 ctime=1 atime=2 dtime=3\n"
		"sem id=32769 key=9 uid=3 gid=4 mode=0640 nsems=3 values=1,2,3 ctime=6 otime=7\n"
		"msg id=6 key=8 uid=5 gid=6 mode=0600 bytes=100 messages=2 lspid=3 lrpid=4 stime=9 rtime=8 ctime=7\n"
		"file /proc/sysvipc/shm <<END\n"
		"       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n"
		"         7          5  1600                  4096    11    12      2  1000  1000     0     0          2          3          1                     0                     0\n"
		"END\n"
		"file /proc/sysvipc/sem <<END\n"
		"       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n"
		"         9      32769   640          3     3     4     3     4          7          6\n"
		"END\n"
		"file /proc/sysvipc/msg <<END\n"
		"       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n"
		"         8          6   600         100          2     3     4     5     6     5     6          9          8          7\n"
		"END\n";
	static const enum field_id not_in_both[] = {
		FIELD_RSS, FIELD_SWAP, FIELD_USED, FIELD_QBYTES, FIELD_FILL,
		FIELD_VALUES,
	};
	const char *told[2];
	struct snapshot kept;
	enum field_id field;
	size_t i;

	(void)state;
	box.query.classes = A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg);
	for_each_field(field) {
		for (i = 0; i < ARRAY_SIZE(not_in_both); i++) {
			if (not_in_both[i] == field)
				break;
		}
		if (i == ARRAY_SIZE(not_in_both))
			query_add_field(&box.query, field);
	}
	box.query.parts = NEED(SYSV);
	machine_add(&box, "%s", tables);
	machine_look(&box);
	assert_int_equal(CALLS_OF(&box, sysv_max), 3);
	told[0] = tell_all(&box.snap);
	kept = box.snap;
	box.seen = false;
	fixture_close(box.host);
	box.host = NULL;
	machine_add(&box, "error sysv_max EPERM");
	machine_look(&box);
	assert_int_equal(CALLS_OF(&box, sysv_stat), 0);
	told[1] = tell_all(&box.snap);
	assert_string_equal(told[0], told[1]);
	REFS("shm:5 sem:32769 msg:6");
	snapshot_free(&kept);
}

/* One object left at a high index: after a try the text is read, not 30,000
 * holes. */
static void test_sparse_tables(void **state)
{
	(void)state;
	machine_add(&box, "shm id=29999 index=29999 key=7 size=1\n"
		    "file /proc/sysvipc/shm <<END\n"
		    "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n"
		    "7 29999 600 1 1 1 4 0 0 0 0 1 1 1 1 1\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_SIZE);
	machine_look(&box);
	REFS("shm:29999");
	assert_int_equal(CALLS_OF(&box, sysv_stat), 1024);
}

/* But what only the one or only the other has is asked there. */
static void test_only_one_source_has_it(void **state)
{
	(void)state;
	machine_add(&box, "msg id=5 key=7 index=29999 qbytes=16384\n%s", shm_text);
	machine_add(&box, "shm id=0 key=17");
	ASK(&box, A_CLASS(msg) | A_CLASS(shm), FIELD_QBYTES, FIELD_RSS);
	machine_look(&box);
	TOLD(msg, 5, QBYTES, "16384");
	TOLD(shm, 0, RSS, "8192");
	assert_int_equal(CALLS_OF(&box, sysv_stat), 30000);
}

static void test_holes_and_vanished(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 50; i += 5)
		machine_add(&box, "sem id=%d key=%d values=1,0", 32768 + i, i);
	machine_add(&box, "sem id=40007 index=51 values=5 error=EIDRM");
	machine_add(&box, "sem id=40008 index=52 values=5 error=EACCES");
	ASK(&box, A_CLASS(sem), FIELD_VALUES);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, 12);
	TOLD(sem, 32773, VALUES, "1,0");
	TOLD(sem, 40007, VALUES, "?");
	TOLD(sem, 40008, VALUES, "?");
	WARNINGS("sems EACCES 1 sem:40008");
}

/* SHM_STAT_ANY of a segment that goes at that moment is no end of the table. */
static void test_object_that_vanishes_does_not_end_the_listing(void **state)
{
	(void)state;
	machine_add(&box, "shm id=0 size=1\nshm id=1 size=2\nshm id=2 size=3\n"
		    "error sysv_stat EIDRM times=1");
	ASK(&box, A_CLASS(shm), FIELD_SIZE);
	machine_look(&box);
	REFS("shm:1 shm:2");
	WARNINGS("");
}

static void test_sem_details(void **state)
{
	(void)state;
	machine_add(&box, "sem id=4 values=1,0 pids=33,0 ncnt=0,2 zcnt=1,0");
	machine_ask_all(&box, A_CLASS(sem), true);
	machine_look(&box);
	TOLD(sem, 4, VALUES, "1(33 0 1),0(0 2 0)");
	TOLD(sem, 4, NSEMS, "2");
}

static void test_not_supported(void **state)
{
	(void)state;
	machine_add(&box, "error sysv_max ENOSYS\nerror open_mqueues ENOSYS\n"
		    "error /dev/shm ENOENT");
	machine_ask_all(&box, A_CLASS(shm) | A_CLASS(sem) | A_CLASS(pmsg) |
			A_CLASS(pshm), false);
	machine_look(&box);
	REFS("");
	/* The text of segments is asked for rss; it is not there either. */
	WARNINGS("sysv unsupported 2 System V IPC; shmfs unsupported 1 /dev/shm; "
		 "mqueue unsupported 1 POSIX message queues");
}

static void test_tables_that_fail(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 key=1\nerror sysv_stat EACCES\n"
		    "error open_mqueues EPERM\nerror /dev/shm EACCES");
	ASK(&box, A_CLASS(shm) | A_CLASS(pmsg) | A_CLASS(pshm), FIELD_SIZE);
	machine_look(&box);
	WARNINGS("sysv EACCES 1 /proc/sysvipc/shm; shmfs EACCES 1 /dev/shm; "
		 "mqueue EPERM 1 /dev/mqueue is not mounted");
}

/* Mappings of segments */

static void test_attached_segments(void **state)
{
	(void)state;
	machine_add(&box, "shm id=5 key=0x1234abcd size=8192 nattch=4\n"
		    "shm id=6 key=0 mode=01600 size=4096 nattch=1\n"
		    "shm id=7 key=0 size=4096 nattch=1");
	machine_process(&box, 20, 0, "a");
	machine_add(&box, "file /proc/20/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "2000-3000 r--s 00001000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "5000-6000 rw-s 00000000 00:01 6    /SYSV00000055 (deleted)\n"
		    "7000-8000 rw-p 00000000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "8000-9000 rw-s 00000000 00:0b 7    /SYSV00000000 (deleted)\n"
		    "END");
	machine_process(&box, 21, 0, "b");
	machine_add(&box, "file /proc/21/maps <<END\n"
		    "1000-3000 rwxs 00000000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "4000-5000 rw-s 00000000 08:01 5    /SYSV1234abcd (deleted)\n"
		    "5000-6000 rw-s 00000000 08:01 5    /SYSV1234abcd\n"
		    "6000-7000 rw-s 00000000 00:01 5    /SYSV1234abcde (deleted)\n"
		    "7000-8000 rw-s 00000000 00:01 5    /SYSV1234abcx (deleted)\n"
		    "8000-9000 rw-s 00000000 00:01 5    /dev/zero (deleted)\n"
		    "9000-a000 rw-s 00000000 00:01 5    /SYSV00000001 (deleted)\n"
		    "a000-b000 rw-s 00100000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "b000-c000 rw-s 40000000 00:01 5    /SYSV1234abcd (deleted)\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_STATE, FIELD_SIZE,
	    FIELD_ATTACHES_FOUND, FIELD_OLD_KEY);
	machine_look(&box);
	REFS("shm:5 shm:6 shm:7");
	EDGES(shm, 5, "20 attached rw key1234abcd @1000; "
	      "20 attached r key1234abcd @2000; "
	      "21 attached rwx key1234abcd @1000; "
	      "21 attached rw key1234abcd @a000");
	EDGES(shm, 6, "20 attached rw key55 @5000");
	EDGES(shm, 7, "20 attached rw key0 op1 @8000");
	TOLD(shm, 5, ATTACHES_FOUND, "4");
	TOLD(shm, 5, USERS_COMPLETE, "1");
	TOLD(shm, 6, OLD_KEY, "85");
	TOLD(shm, 7, STATE, "hugetlb,attached");
}

/* The mapping is of a segment of another namespace that has the same id. */
static void test_segment_without_attachments_has_no_users(void **state)
{
	(void)state;
	machine_add(&box, "shm id=5 key=1 size=4096 nattch=0\n"
		    "shm id=6 key=2 size=4096 nattch=1");
	machine_process(&box, 20, 0, "moved-here");
	machine_add(&box, "file /proc/20/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\n"
		    "2000-3000 rw-s 00000000 00:01 6 /SYSV00000002 (deleted)\n"
		    "END");
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_STATE);
	machine_look(&box);
	EDGES(shm, 5, "");
	TOLD(shm, 5, STATE, "unattached");
	EDGES(shm, 6, "20 attached rw key2 @2000");
}

/* What was found so far does not count for a segment that has none: the mappings
 * of a process are looked at until all that the kernel counts are found. */
static void test_mappings_are_looked_at_until_all_are_found(void **state)
{
	(void)state;
	machine_add(&box, "shm id=5 key=1 size=4096 nattch=0\n"
		    "shm id=6 key=2 size=4096 nattch=2");
	machine_process(&box, 20, 0, "first");
	machine_add(&box, "file /proc/20/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\n"
		    "2000-3000 rw-s 00000000 00:01 6 /SYSV00000002 (deleted)\n"
		    "END");
	machine_process(&box, 21, 0, "second");
	machine_add(&box, "file /proc/21/maps text=\"1000-2000 rw-s 00000000 00:01 6 /SYSV00000002 (deleted)\\x0a\"");
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_STATE);
	machine_look(&box);
	EDGES(shm, 6, "20 attached rw key2 @2000; 21 attached rw key2 @1000");
}

/* The same shmid in two namespaces, and one who moved with an attachment. */
static void test_segments_of_other_namespaces(void **state)
{
	(void)state;
	machine_add(&box, "shm id=5 key=1 size=4096 nattch=2\n"
		    "shm ns=77 id=5 key=2 size=4096 nattch=1");
	machine_process(&box, 20, 0, "home");
	machine_add(&box, "file /proc/20/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\\x0a\"");
	machine_stranger(&box, 21, 0, "container");
	machine_add(&box, "link /proc/21/ns/ipc -> ipc:[77]\n"
		    "file /proc/21/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000002 (deleted)\\x0a\"");
	machine_stranger(&box, 22, 0, "moved");
	machine_add(&box, "link /proc/22/ns/ipc -> ipc:[77]\n"
		    "file /proc/22/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000001 (deleted)\\x0a\"");
	machine_process(&box, 23, 0, "moved-here");
	machine_add(&box, "file /proc/23/maps text=\"1000-2000 rw-s 00000000 00:01 5 /SYSV00000002 (deleted)\\x0a\"");
	ASK(&box, A_CLASS(shm), FIELD_USERS, FIELD_SIZE);
	machine_look(&box);
	REFS("shm:5@77 shm:5");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[1]),
			    "20 attached rw key1 @1000; 22 attached rw key1 @1000");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[0]),
			    "21 attached rw key2 @1000");
	assert_string_equal(tell(&box.snap, &box.snap.objects.at[0], FIELD_KEY), "2");
}

static void objects_of_asked_namespaces_stay_apart(void **state)
{
	const uint64_t asked[] = { 77 };

	(void)state;
	machine_add(&box, "shm id=5 key=1 size=4096 nattch=0\n"
		    "shm ns=77 id=5 key=1 size=8192 nattch=0\n"
		    "sem ns=77 id=5 key=1 values=3,4\n"
		    "shm ns=78 id=5 key=1 size=12288 nattch=0");
	machine_stranger(&box, 21, 0, "container");
	machine_add(&box, "link /proc/21/ns/ipc -> ipc:[77]");
	machine_stranger(&box, 22, 0, "keeper");
	machine_add(&box, "link /proc/22/fd/3 -> ipc:[78]");
	box.query.nss = asked;
	box.query.nr_nss = 1;
	ASK(&box, A_CLASS(shm) | A_CLASS(sem), FIELD_SIZE, FIELD_VALUES);
	machine_look(&box);
	REFS("shm:5@77 shm:5 sem:5@77");
	assert_string_equal(tell(&box.snap, &box.snap.objects.at[0], FIELD_SIZE), "8192");
	assert_string_equal(tell(&box.snap, &box.snap.objects.at[1], FIELD_SIZE), "4096");
	assert_string_equal(tell(&box.snap, &box.snap.objects.at[2], FIELD_VALUES), "3,4");
	box.query.all_nss = true;
	machine_look(&box);
	REFS("shm:5@77 shm:5@78 shm:5 sem:5@77");
	assert_int_equal(box.snap.keepers.nr, 1);
	assert_string_equal(box.snap.keepers.at[0].how->data, "fd:22/3");
}

/* Processes */

static void test_names_of_processes(void **state)
{
	static const char *const comms[] = {
		"plain", ") R 1 2 3", "a b", "(((", ")))", "new\\x0aline",
		"\\x1b[2J", "\\xff\\xfe", "", "tab\\x09",
	};
	static const char *const told[] = {
		"plain", ") R 1 2 3", "a b", "(((", ")))", "new\nline",
		"\x1b[2J", "\xff\xfe", "", "tab\t",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(comms); i++) {
		machine_process(&box, 20 + (int)i, 1000, comms[i]);
		machine_add(&box, "link /proc/%zu/fd/3 -> pipe:[7] lmode=0500", 20 + i);
	}
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	assert_int_equal(box.snap.processes.nr, ARRAY_SIZE(comms));
	for (i = 0; i < ARRAY_SIZE(comms); i++) {
		const struct process *proc = &box.snap.processes.at[i];

		assert_int_equal(proc->pid, 20 + i);
		assert_int_equal(proc->start, 20 + i);
		assert_int_equal(proc->uid, 1000);
		assert_int_equal(proc->ppid, 1);
		assert_int_equal(proc->flags, 0);
		assert_int_equal(proc->comm->len, strlen(told[i]));
		assert_memory_equal(proc->comm->data, told[i], strlen(told[i]));
	}
	WARNINGS("");
}

/* Descriptors of one whose stat makes no sense: not lost in silence. */
static void test_stat_not_understood(void **state)
{
	static const char *const lines[] = {
		"", "20", "20 (", "20 (x", "20 (x)", "20 (x) ", "20 (x) S",
		"20 (x) S 1 2 3", "20 )x( S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5",
		"20 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 x",
	};
	char expect[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		machine_add(&box, "file /proc/%zu/stat text=\"%s\"", 20 + i, lines[i]);
		machine_add(&box, "link /proc/%zu/fd/3 -> pipe:[7] lmode=0500", 20 + i);
	}
	ASK(&box, A_CLASS(pipe), FIELD_USERS_COMPLETE);
	machine_look(&box);
	EDGES(pipe, 7, "");
	TOLD(pipe, 7, USERS_COMPLETE, "0");
	/* An empty one was kept from the reader. */
	snprintf(expect, sizeof(expect),
		 "procs EACCES 1 pid 20; procs EBADMSG %zu pid 21",
		 ARRAY_SIZE(lines) - 1);
	WARNINGS(expect);
}

static void test_who_cannot_be_read(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "hidden");
	machine_add(&box, "error /proc/20/fd EACCES\nerror /proc/20/maps EACCES\n"
		    "error /proc/20/syscall EACCES");
	machine_add(&box, "dir /proc/21 uid=0\nerror /proc/21/fd EACCES\n"
		    "error /proc/21/maps EACCES\nerror /proc/21/syscall EACCES");
	machine_stat(&box, 21, "kthreadd", 'S', 0x00200000, 1);
	machine_add(&box, "dir /proc/22 uid=0\nerror /proc/22/fd EACCES\n"
		    "error /proc/22/maps EACCES\nerror /proc/22/syscall EACCES");
	machine_stat(&box, 22, "zombie", 'Z', 0, 1);
	machine_add(&box, "dir /proc/23 uid=7\nerror /proc/23 EACCES");
	machine_add(&box, "dir /proc/24 uid=7\nerror /proc/24 ESRCH");
	machine_add(&box, "dir /proc/25 uid=7\nerror /proc/25/stat EPERM\n"
		    "error /proc/25/fd EPERM\nerror /proc/25/maps EPERM");
	machine_process(&box, 26, 1000, "seen");
	machine_add(&box, "file /proc/26/maps\nlink /proc/26/fd/1 -> pipe:[7]");
	machine_add(&box, "error /proc/26/fd/2 EIO");
	ASK(&box, A_CLASS(pipe) | A_CLASS(pshm), FIELD_USERS, FIELD_STATE);
	machine_look(&box);
	assert_non_null(strstr(tell_warnings(&box.snap), "fds EACCES 1 pid 20"));
	assert_non_null(strstr(tell_warnings(&box.snap), "fds EIO 1 pid 26"));
	assert_non_null(strstr(tell_warnings(&box.snap), "maps EACCES 1 pid 20"));
	assert_non_null(strstr(tell_warnings(&box.snap), "calls EACCES 1 pid 20"));
	assert_non_null(strstr(tell_warnings(&box.snap), "procs EPERM 1 pid 25"));
	assert_non_null(strstr(tell_warnings(&box.snap), "procs EACCES 1 pid 23"));
	assert_int_equal(box.snap.warnings.nr, 6);
	TOLD(pipe, 7, USERS_COMPLETE, "0");
}

static void test_who_vanishes(void **state)
{
	static const char *const files[] = {
		"fd", "fd/3", "maps", "syscall", "stat", "task", "ns/ipc",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		machine_process(&box, 20 + (int)i, 0, "gone");
		machine_add(&box, "error /proc/%zu/%s %s", 20 + i, files[i],
			    i % 2 ? "ESRCH" : "ENOENT");
	}
	machine_ask_all(&box, ALL_CLASSES, true);
	machine_add(&box, "error sysv_max ENOSYS\nerror open_mqueues ENOSYS");
	machine_look(&box);
	assert_int_equal(box.snap.gaps.nr, 0);
}

/* A process that ends is refused to others before it is a zombie. */
static void test_who_ends_is_no_gap(void **state)
{
	const unsigned int exiting = 0x00000004;

	(void)state;
	machine_stat(&box, 20, "ends", 'S', exiting, 20);
	machine_add(&box, "dir /proc/20/fd");
	machine_process(&box, 21, 0, "stays");
	machine_add(&box, "error /proc/20/fd EACCES\nerror /proc/21/fd EACCES\n"
		    "error /proc/20/task ENOENT open_dir");
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	assert_int_equal(box.snap.gaps.nr, 1);
	assert_int_equal(box.snap.gaps.at[0].pid, 21);
}

/* Nor is one that has closed all, and waits for the rest of its PID namespace. */
static void test_who_does_not_come_to_its_end_is_a_gap(void **state)
{
	const unsigned int exiting = 0x00000004;
	pid_t pid;

	(void)state;
	for (pid = 20; pid <= 22; pid++) {
		machine_stat(&box, pid, "ends", 'S', exiting, 20);
		machine_add(&box, "dir /proc/%d/fd\nfile /proc/%d/task/%d/stat "
			    "text=\"%d (ends) S 1 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 20 0 0\"",
			    (int)pid, (int)pid, (int)pid, (int)pid, exiting);
	}
	machine_add(&box, "file /proc/21/task/21/wchan text=do_wait\n"
		    "file /proc/22/task/22/wchan text=do_wait\n"
		    "link /proc/22/task/22/ns/ipc -> ipc:[1]");
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	assert_int_equal(box.snap.gaps.nr, 2);
	assert_int_equal(box.snap.gaps.at[0].pid, 20);
	assert_int_equal(box.snap.gaps.at[0].part, PART_PROCS);
	assert_int_equal(box.snap.gaps.at[0].err, EBUSY);
	assert_int_equal(box.snap.gaps.at[1].pid, 22);
}

/* Files in /dev/shm */

static void test_dev_shm(void **state)
{
	(void)state;
	machine_add(&box, "file /dev/shm/one mode=0600 ino=1 size=4096 used=8192 btime=5 uid=1000\n"
		    "file /dev/shm/sem.short mode=0660 ino=3 size=16\n"
		    "file /dev/shm/sub/sem.x mode=0660 ino=4\n"
		    "file /dev/shm/sem.sub/x mode=0660 ino=11\n"
		    "dir /dev/shm/empty\n"
		    "link /dev/shm/elsewhere -> /etc/passwd\n"
		    "file /dev/shm/socket mode=0140777\n"
		    "file /dev/shm/pipe mode=010600 ino=9\n"
		    "error /dev/shm/closed EACCES\nfile /dev/shm/closed/x\n"
		    "file \"/dev/shm/new\\x0aline\" ino=10\n"
		    "dir /dev/shm/mounted dev=0:99\nfile /dev/shm/mounted/file dev=0:99 ino=1\n"
		    "file /dev/shm/bound dev=8:1 ino=1");
	ASK(&box, A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(fifo), FIELD_NAME,
	    FIELD_SIZE, FIELD_USED, FIELD_VALUES, FIELD_AGE);
	machine_look(&box);
	REFS("pshm:/new\\x0aline pshm:/one pshm:/sem.sub/x pshm:/sub/sem.x psem:/short fifo:/dev/shm/pipe");
	TOLD(pshm, 1, SIZE, "4096");
	TOLD(pshm, 1, USED, "8192");
	TOLD(pshm, 1, AGE, "1699999995");
	TOLD(psem, 3, VALUES, "?");
	WARNINGS("shmfs 0 2 /dev/shm/mounted is on another file system: it was not looked at; "
		 "shmfs EACCES 1 /dev/shm/closed");
}

/* A file of sem_open(3): words of 32 bits as this machine writes them. */
static void add_sem(uint64_t ino, const uint32_t *words, size_t nr)
{
	const uint8_t *bytes = (const uint8_t *)words;
	char text[4 * 32 + 1];
	size_t i;

	for (i = 0; i < nr * sizeof(words[0]); i++)
		snprintf(text + 4 * i, 5, "\\x%02x", bytes[i]);
	machine_add(&box, "file /dev/shm/sem.%" PRIu64 " mode=0660 ino=%" PRIu64
		    " size=%zu text=%s", ino, ino, nr * sizeof(words[0]), text);
}

static void test_values_of_every_sem_t(void **state)
{
	const struct { uint32_t word[8]; size_t nr; const char *value; } sems[] = {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		{ { 0, 3, 128 }, 8, "3" },			/* glibc, 64 bits */
		{ { 2, 70000, 128 }, 8, "70000" },
#else
		{ { 3, 0, 128 }, 8, "3" },
		{ { 70000, 2, 128 }, 8, "70000" },
#endif
		{ { 3, 0, 128, 0, 0, 0, 0, 5 }, 8, "?" },	/* not its padding */
		{ { 3, 0, 127 }, 8, "?" },
		{ { 0x80000000, 0x80000000, 128 }, 8, "?" },
		{ { 4, 0, 0, 9, 9, 9, 9, 9 }, 8, "4" },		/* musl */
		{ { 0x80000004, 1, 0, 9 }, 8, "4" },
		{ { 4, 5000000, 0, 9 }, 8, "?" },
		{ { 3 << 1, 128, 0, 0 }, 4, "3" },		/* glibc, 32 bits */
		{ { 1, 128, 0, 2 }, 4, "0" },
		{ { 4, 128, 7, 0 }, 4, "?" },
		{ { 4, 128, 0, 5000000 }, 4, "?" },		/* nor 128 waiters of musl's */
		{ { 4, 0, 0, 9 }, 4, "4" },			/* musl, 32 bits */
		{ { 0x80000000, 1, 0, 9 }, 4, "0" },
		{ { 4, 0, 3, 9 }, 4, "?" },
		{ { 4, 0, 0, 0, 0 }, 5, "?" },			/* no sem_t at all */
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sems); i++)
		add_sem(i, sems[i].word, sems[i].nr);
	ASK(&box, A_CLASS(psem), FIELD_VALUES);
	machine_look(&box);
	for (i = 0; i < ARRAY_SIZE(sems); i++)
		TOLD(psem, i, VALUES, sems[i].value);
}

/* What shm_open(3) cannot have made is no object of another mount namespace. */
static void test_files_on_other_devices(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "holder");
	machine_add(&box, "link /proc/20/fd/3 -> /dev/shm/theirs dev=0:99 ino=1 mode=0100600\n"
		    "link /proc/20/fd/4 -> /dev/shm/sub/file dev=0:98 ino=1 mode=0100600");
	ASK(&box, A_CLASS(pshm), FIELD_USERS);
	machine_look(&box);
	REFS("pshm:0:99/1");
}

/* A path longer than a page is unreadable: what kind of file it is, is not. */
static void test_paths_too_long(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "deep");
	machine_add(&box, "link /proc/20/fd/3 -> /x dev=8:1 ino=9 mode=010600 lmode=0700\n"
		    "link /proc/20/fd/4 -> /x dev=8:1 ino=8 mode=0100600\n"
		    "error /proc/20/fd/3 ENAMETOOLONG read_link\n"
		    "error /proc/20/fd/4 ENAMETOOLONG read_link");
	ASK(&box, A_CLASS(fifo) | A_CLASS(pipe), FIELD_USERS, FIELD_NAME);
	machine_look(&box);
	REFS("fifo:8:1/9");
	TOLD(fifo, 9, NAME, "?");
	WARNINGS("");
}

static void test_deep_directories(void **state)
{
	struct buf path = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		buf_puts(&path, "/d");
	machine_add(&box, "file /dev/shm%s/x ino=5\nfile /dev/shm/y ino=6", path.data);
	ASK(&box, A_CLASS(pshm), FIELD_NAME);
	machine_look(&box);
	buf_free(&path);
	REFS("pshm:/y");
	WARNINGS("shmfs ELOOP 1 /dev/shm/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d");
}

static void test_holders_of_files(void **state)
{
	(void)state;
	machine_add(&box, "file /dev/shm/one mode=0600 ino=1 size=4096\n"
		    "file /dev/shm/sem.two mode=0600 ino=2 size=32 text=\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00");
	machine_process(&box, 20, 0, "holder");
	machine_add(&box, "link /proc/20/fd/3 -> /dev/shm/one lmode=0700\n"
		    "link /proc/20/fd/4 -> /dev/shm/one lmode=0500\n"
		    "link /proc/20/fd/5 -> /dev/shm/one lmode=0000\n"
		    "link /proc/20/fd/6 -> \"/dev/shm/gone (deleted)\" lmode=0300 dev=0:25 ino=77 nlink=0 size=100 used=4096\n"
		    "link /proc/20/fd/7 -> /dev/shm/foreign dev=0:99 ino=1 mode=0100600\n"
		    "link /proc/20/fd/8 -> /tmp/one dev=8:1 ino=1 mode=0100600\n"
		    "file /proc/20/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:19 1    /dev/shm/one\n"
		    "2000-3000 rw-s 00000000 00:19 2    /dev/shm/sem.XyZabc (deleted)\n"
		    "3000-4000 rw-s 00000000 00:19 88   /dev/shm/only mapped (deleted)\n"
		    "4000-5000 rw-s 00000000 00:63 2    /dev/shm/sem.two\n"
		    "5000-6000 rw-s 00000000 08:01 1    /tmp/one\n"
		    "END\n"
		    "link /proc/20/map_files/3000-4000 -> \"/dev/shm/only mapped (deleted)\" dev=0:25 ino=88 nlink=0 size=12288 used=8192");
	ASK(&box, A_CLASS(pshm) | A_CLASS(psem), FIELD_USERS, FIELD_STATE,
	    FIELD_SIZE, FIELD_USED);
	machine_look(&box);
	REFS("pshm:0:99/1 pshm:77 pshm:/one pshm:88 psem:/two psem:0:99/2");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[2]),
		"20 attached rw @1000; 20 open rw fd3; 20 open r fd4; 20 open - fd5");
	EDGES(pshm, 77, "20 open w fd6");
	TOLD(pshm, 77, STATE, "unlinked,attached");
	TOLD(pshm, 77, USED, "4096");
	EDGES(pshm, 88, "20 attached rw @3000");
	TOLD(pshm, 88, SIZE, "12288");
	TOLD(pshm, 88, NAME, "/only mapped");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[4]),
			    "20 attached rw @2000");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[5]),
			    "20 attached rw @4000");
}

/* Programs and files that are mapped privately: what is written there is not theirs. */
static void test_private_mappings(void **state)
{
	(void)state;
	machine_add(&box, "file /dev/shm/one mode=0600 ino=1 size=4096\nshm id=7 key=0 nattch=1 size=4096");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "file /proc/20/maps <<END\n"
		    "1000-2000 rw-p 00000000 00:19 1    /dev/shm/one\n"
		    "2000-3000 r-xp 00000000 00:01 41   /memfd:prog (deleted)\n"
		    "3000-4000 r--p 00000000 08:01 1    /lib/libc.so\n"
		    "4000-5000 rw-p 00000000 00:01 7    /SYSV00000000 (deleted)\n"
		    "END");
	ASK(&box, A_CLASS(pshm) | A_CLASS(memfd) | A_CLASS(shm), FIELD_USERS, FIELD_NAME);
	machine_look(&box);
	REFS("shm:7 pshm:/one memfd:41");
	EDGES(pshm, 1, "20 attached r @1000");
	EDGES(memfd, 41, "20 attached rx @2000");
	EDGES(shm, 7, "");
}

static void test_unlinked_seen_by_mapping_alone(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "file /proc/20/maps text=\"3000-4000 rw-s 00000000 00:19 88 /dev/shm/m (deleted)\\x0a\"\n"
		    "error /proc/20/map_files/3000-4000 EPERM");
	ASK(&box, A_CLASS(pshm), FIELD_STATE, FIELD_SIZE);
	machine_look(&box);
	REFS("pshm:88");
	TOLD(pshm, 88, STATE, "unlinked,attached");
	TOLD(pshm, 88, SIZE, "?");
}

/* The temporary name of a semaphore is gone, its real one may not be. */
static void test_semaphore_of_another_mount(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "file /proc/20/maps text=\"3000-4000 rw-s 00000000 00:63 88 /dev/shm/sem.AbCdEf (deleted)\\x0a\"\n"
		    "error /proc/20/map_files/3000-4000 EPERM");
	machine_process(&box, 21, 0, "y");
	machine_add(&box, "file /proc/21/maps text=\"3000-4000 rw-s 00000000 00:63 88 /dev/shm/sem.AbCdEf (deleted)\\x0a\"\n"
		    "link /proc/21/map_files/3000-4000 -> /x dev=0:99 ino=88 nlink=1 mode=0100600 size=32");
	ASK(&box, A_CLASS(psem), FIELD_STATE, FIELD_SIZE);
	machine_look(&box);
	TOLD(psem, 88, STATE, "attached");
	TOLD(psem, 88, SIZE, "32");
	EDGES(psem, 88, "20 attached rw @3000; 21 attached rw @3000");
}

/* Queues */

static void test_queues(void **state)
{
	(void)state;
	machine_add(&box, "dir mqueue:/ dev=0:20\n"
		    "mq one mode=0600 ino=5 size=80 maxmsg=10 msgsize=8192 messages=3 uid=1000 atime=1699999990\n"
		    "mq closed mode=0600 ino=6 size=80\nerror mqueue:/closed EACCES mq_attr");
	machine_process(&box, 20, 0, "q");
	machine_add(&box, "link /proc/20/fd/3 -> /one lmode=0700 dev=0:20 ino=5 mode=0100600 size=80\n"
		    "link /proc/20/fd/4 -> /other lmode=0500 dev=0:77 ino=9 mode=0100600 size=80 magic=0x19800202\n"
		    "link /proc/20/fd/5 -> /nope lmode=0500 dev=0:78 ino=9 mode=0100600 size=80 magic=0x1234\n"
		    "link /proc/20/fd/6 -> \"/away (deleted)\" lmode=0300 dev=0:20 ino=8 mode=0100600 size=80 nlink=0");
	ASK(&box, A_CLASS(pmsg), FIELD_USERS, FIELD_MESSAGES, FIELD_MAXMSG,
	    FIELD_STATE, FIELD_IDLE);
	machine_look(&box);
	REFS("pmsg:8 pmsg:/closed pmsg:/one pmsg:0:77/9");
	EDGES(pmsg, 5, "20 open rw fd3");
	TOLD(pmsg, 5, MESSAGES, "3");
	TOLD(pmsg, 5, MAXMSG, "10");
	TOLD(pmsg, 5, IDLE, "10");
	TOLD(pmsg, 6, MESSAGES, "?");
	TOLD(pmsg, 8, STATE, "unlinked,attached");
	EDGES(pmsg, 8, "20 open w fd6");
	EDGES(pmsg, 9, "20 open r fd4");
	WARNINGS("mqueue EACCES 1 /closed");
}

/* Descriptors */

static void test_pipes(void **state)
{
	(void)state;
	machine_process(&box, 20, 1000, "w");
	machine_add(&box, "link /proc/20/fd/1 -> pipe:[7] lmode=0300 unread=12 capacity=65536\n"
		    "link /proc/20/fd/2 -> pipe:[7] lmode=0500 unread=12 capacity=65536\n"
		    "link /proc/20/fd/3 -> pipe:[x] lmode=0500\n"
		    "link /proc/20/fd/4 -> pipe:[8 lmode=0500\n"
		    "link /proc/20/fd/5 -> pipe:[9]x lmode=0500\n"
		    "link /proc/20/fd/6 -> pipe:[10] lmode=0300\n"
		    "link /proc/20/fd/x -> pipe:[11] lmode=0300");
	machine_ask_all(&box, A_CLASS(pipe), true);
	machine_look(&box);
	REFS("pipe:7 pipe:10");
	EDGES(pipe, 7, "20 open w fd1; 20 open r fd2");
	TOLD(pipe, 7, USED, "12");
	TOLD(pipe, 7, CAPACITY, "65536");
	TOLD(pipe, 10, CAPACITY, "?");
	WARNINGS("fill EBADF 1 pipe:10");
}

/* Only what is shown is looked into. */
static bool is_ten(const void *arg, const struct snapshot *snap,
		   const struct object *obj)
{
	(void)arg;
	(void)snap;
	return obj->key.id == 10;
}

static void test_only_shown_pipes_are_filled(void **state)
{
	(void)state;
	machine_process(&box, 20, 1000, "w");
	machine_add(&box, "link /proc/20/fd/1 -> pipe:[7] lmode=0300 unread=12 capacity=65536\n"
		    "link /proc/20/fd/6 -> pipe:[10] lmode=0500 unread=3 capacity=4096");
	machine_ask_all(&box, A_CLASS(pipe), true);
	box.query.look_at = is_ten;
	machine_look(&box);
	TOLD(pipe, 7, CAPACITY, "?");
	TOLD(pipe, 10, CAPACITY, "4096");
	assert_int_equal(CALLS_OF(&box, pipe_fill), 1);
	machine_ask_all(&box, A_CLASS(pipe), false);
	box.query.only_show = false;
	machine_look(&box);
	assert_int_equal(CALLS_OF(&box, pipe_fill), 0);
}

static void test_fifos(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	machine_add(&box, "link /proc/20/fd/3 -> /run/f lmode=0500 dev=8:1 ino=77 mode=010644\n"
		    "link /proc/21/fd/3 -> /mnt/f lmode=0300 dev=8:2 ino=77 mode=010644\n"
		    "link /proc/21/fd/4 -> \"/run/old\\x0a (deleted)\" lmode=0300 dev=8:1 ino=78 nlink=0 mode=010644\n"
		    "link /proc/21/fd/5 -> /run/a lmode=0300 dev=8:1 ino=77 mode=010644\n"
		    "link /proc/21/fd/6 -> /run/file lmode=0300 dev=8:1 ino=79 mode=0100644");
	ASK(&box, A_CLASS(fifo), FIELD_USERS, FIELD_READERS, FIELD_NAME);
	machine_look(&box);
	REFS("fifo:/mnt/f fifo:/run/a fifo:8:1/78");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[0]),
			    "21 open w fd3");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[1]),
			    "20 open r fd3; 21 open w fd5");
	TOLD(fifo, 78, NAME, "/run/old\n");
}

static void test_eventfds(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	machine_add(&box, "link /proc/20/fd/3 -> anon_inode:[eventfd]\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0aflags:\\x0902\\x0aeventfd-count:               1f\\x0aeventfd-id: 4\\x0a\"\n"
		    "link /proc/21/fd/3 -> anon_inode:[eventfd]\n"
		    "file /proc/21/fdinfo/3 text=\"eventfd-count:               10\\x0aeventfd-id: 12\\x0aeventfd-semaphore: 0\\x0a\"\n"
		    "link /proc/21/fd/4 -> anon_inode:[eventfd]\n"
		    "file /proc/21/fdinfo/4 text=\"eventfd-count:               1f\\x0aeventfd-id: 4\\x0a\"\n"
		    "link /proc/21/fd/5 -> anon_inode:[eventfd]\n"
		    "file /proc/21/fdinfo/5 text=\"eventfd-count: 1\\x0a\"\n"
		    "link /proc/21/fd/6 -> anon_inode:[eventfd]\n"
		    "error /proc/21/fdinfo/6 EACCES\n"
		    "link /proc/21/fd/7 -> anon_inode:[eventpoll]");
	ASK(&box, A_CLASS(eventfd), FIELD_COUNT, FIELD_USERS);
	machine_look(&box);
	REFS("eventfd:4 eventfd:12");
	EDGES(eventfd, 4, "20 open rw fd3; 21 open rw fd4");
	TOLD(eventfd, 4, COUNT, "31");
	TOLD(eventfd, 12, COUNT, "16");	/* it is hexadecimal */
	WARNINGS("fdinfo EACCES 1 pid 21");
}

static void test_pidfds(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	machine_add(&box, "link /proc/20/fd/3 -> anon_inode:[pidfd] dev=0:9 ino=70 magic=0x50494446\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0aPid:\\x0942\\x0aNSpid:\\x0942\\x0a\"\n"
		    "link /proc/21/fd/3 -> anon_inode:[pidfd] dev=0:9 ino=70 magic=0x50494446\n"
		    "file /proc/21/fdinfo/3 text=\"Pid:\\x0942\\x0a\"\n"
		    /* of a process that is gone */
		    "link /proc/21/fd/4 -> anon_inode:[pidfd] dev=0:9 ino=71 magic=0x50494446\n"
		    "file /proc/21/fdinfo/4 text=\"Pid:\\x09-1\\x0a\"\n"
		    /* of a kernel where all of them are one inode */
		    "link /proc/21/fd/5 -> anon_inode:[pidfd] dev=0:15 ino=9 magic=0x09041934");
	ASK(&box, A_CLASS(pidfd), FIELD_TARGET, FIELD_USERS);
	machine_look(&box);
	REFS("pidfd:70 pidfd:71");
	EDGES(pidfd, 70, "20 open rw fd3; 21 open rw fd3");
	TOLD(pidfd, 70, TARGET, "42");
	TOLD(pidfd, 71, TARGET, "?");
}

static void only_the_file_system_makes_memory_secret(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_process(&box, 21, 0, "b");
	machine_add(&box,
		    "link /proc/20/fd/3 -> \"/secretmem (deleted)\" lmode=0700 dev=0:14 ino=70 size=65536 nlink=1 mode=0100600 magic=0x5345434d\n"
		    "link /proc/21/fd/5 -> \"/secretmem (deleted)\" lmode=0500 dev=0:14 ino=70 size=65536 nlink=1 mode=0100600 magic=0x5345434d\n"
		    /* a file of a tmpfs, one that is unlinked, one on a disk */
		    "link /proc/21/fd/6 -> \"/secretmem (deleted)\" dev=0:30 ino=71 nlink=1 mode=0100600 magic=0x01021994\n"
		    "link /proc/21/fd/7 -> \"/secretmem (deleted)\" dev=0:14 ino=72 nlink=0 mode=0100600 magic=0x5345434d\n"
		    "link /proc/21/fd/8 -> \"/secretmem (deleted)\" dev=8:1 ino=73 nlink=1 mode=0100600 magic=0x5345434d");
	ASK(&box, A_CLASS(secretmem), FIELD_SIZE, FIELD_USERS);
	machine_look(&box);
	REFS("secretmem:70");
	EDGES(secretmem, 70, "20 open rw fd3; 21 open r fd5");
	TOLD(secretmem, 70, SIZE, "65536");
}

static void test_memfds(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "a");
	machine_add(&box, "link /proc/20/fd/3 -> \"/memfd:x\\xff (deleted)\" lmode=0700 dev=0:1 ino=40 size=4096 used=4096 nlink=0 mode=0100777\n"
		    "file /proc/20/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 40   /memfd:x\xff (deleted)\n"
		    "2000-3000 r--s 00000000 00:01 41   /memfd:y (deleted)\n"
		    "3000-4000 rw-s 00000000 08:01 42   /memfd:file\n"
		    "END\n"
		    "link /proc/20/map_files/2000-3000 -> \"/memfd:y (deleted)\" dev=0:1 ino=41 size=100 nlink=0");
	ASK(&box, A_CLASS(memfd), FIELD_USERS, FIELD_SIZE, FIELD_NAME, FIELD_STATE);
	machine_look(&box);
	REFS("memfd:40 memfd:41");
	EDGES(memfd, 40, "20 attached rw @1000; 20 open rw fd3");
	EDGES(memfd, 41, "20 attached r @2000");
	TOLD(memfd, 40, NAME, "x\xff");
	TOLD(memfd, 41, SIZE, "100");
	TOLD(memfd, 41, STATE, "-");	/* one never had a name to lose */
}

static void test_terminals(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "sshd");
	machine_add(&box, "file /proc/20/mountinfo <<END\n"
		    "40 1 8:1 / / rw - ext4 /dev/sda rw\n"
		    "50 40 0:5 / /dev rw - devtmpfs dev rw\n"
		    "51 50 0:30 / /dev/pts rw,relatime shared:3 - devpts devpts rw\n"
		    "52 40 0:40 / /jail/dev/pts rw - devpts devpts rw\n"
		    "END\n"
		    "link /proc/20/fd/3 -> /dev/ptmx lmode=0700 dev=0:5 rdev=5:2 mode=020666\n"
		    "file /proc/20/fdinfo/3 text=\"pos:\\x090\\x0amnt_id:\\x0950\\x0atty-index:\\x094\\x0a\"");
	machine_process(&box, 23, 0, "jailed");
	machine_add(&box, "file /proc/23/mountinfo <<END\n"
		    "60 40 0:40 / /dev/pts rw - devpts devpts rw\n"
		    "61 40 0:41 / /b/dev/pts rw - devpts devpts rw\n"
		    "62 60 0:42 / /dev/pts rw - devpts devpts rw\n"
		    "END\n"
		    "link /proc/23/fd/3 -> /jail/dev/ptmx lmode=0700 dev=8:1 rdev=5:2 mode=020666\n"
		    "file /proc/23/fdinfo/3 text=\"mnt_id:\\x0940\\x0atty-index:\\x097\\x0a\"\n"
		    "link /proc/23/fd/4 -> /jail/dev/pts/7 lmode=0700 dev=0:42 rdev=136:7 mode=020620");
	machine_process(&box, 21, 1000, "bash");
	machine_add(&box, "link /proc/21/fd/0 -> /dev/pts/4 lmode=0700 dev=0:30 rdev=136:4 mode=020620 uid=1000\n"
		    "link /proc/21/fd/1 -> /dev/pts/300 lmode=0300 dev=0:30 rdev=136:300 mode=020620\n"
		    "link /proc/21/fd/2 -> /dev/null lmode=0300 dev=0:5 rdev=1:3 mode=020666");
	machine_process(&box, 22, 0, "container");
	machine_add(&box, "link /proc/22/fd/0 -> /dev/pts/4 lmode=0700 dev=0:31 rdev=136:4 mode=020620\n"
		    "link /proc/22/fd/1 -> /dev/pts/ptmx lmode=0700 dev=0:31 rdev=5:2 mode=020666\n"
		    "file /proc/22/fdinfo/1 text=\"tty-index:\\x094\\x0a\"\n"
		    "link /proc/22/fd/2 -> /dev/ptmx lmode=0700 dev=0:31 rdev=5:2 mode=020666\n"
		    "file /proc/22/fdinfo/2 text=\"pos:\\x090\\x0a\"");
	ASK(&box, A_CLASS(pty), FIELD_USERS, FIELD_PATH, FIELD_OWNER, FIELD_INDEX);
	machine_look(&box);
	REFS("pty:4 pty:300 pty:0:31/4 pty:0:42/7");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[3]),
			    "23 open rw fd4; 23 holds rw fd3");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[0]),
			    "20 holds rw fd3; 21 open rw fd0");
	assert_string_equal(tell_edges(&box.snap, &box.snap.objects.at[2]),
			    "22 open rw fd0; 22 holds rw fd1");
	assert_string_equal(tell(&box.snap, &box.snap.objects.at[0], FIELD_OWNER),
			    "alice");
	TOLD(pty, 300, PATH, "/dev/pts/300");
}

/* The facts of who looks */

static void test_host_facts(void **state)
{
	(void)state;
	ASK(&box, A_CLASS(shm) | A_CLASS(memfd), FIELD_SIZE);
	box.query.starts = true;
	machine_look(&box);
	assert_string_equal(box.snap.host.hostname->data, "box");
	assert_string_equal(box.snap.host.boot_id->data, "b007");
	assert_int_equal(box.snap.host.taken, MACHINE_NOW);
	assert_int_equal(box.snap.host.booted, MACHINE_NOW - 10000);
	assert_int_equal(box.snap.host.ipc_ns, MACHINE_IPC_NS);
	assert_int_equal(box.snap.host.net_ns, MACHINE_NET_NS);
	assert_true(box.snap.host.first_pid_ns);
	assert_true(box.snap.host.all_processes);
	assert_int_equal(box.snap.host.home_dev[CLASS_memfd], MACHINE_MEM_DEV);
}

static void look_with_proc(const char *options, uid_t uid, bool all)
{
	struct machine other = { 0 };

	buf_puts(&other.text, "dir /proc/9\nlink /proc/self -> 9\n");
	machine_add(&other, "host uid=%u pid=9\n"
		    "file /proc/9/mountinfo text=\"1 2 0:20 / / rw - tmpfs hidepid=2 rw\\x0a"
		    "21 1 0:21 / /proc rw,nosuid - proc proc rw,hidepid=2\\x0a"
		    "22 1 0:21 / /proc rw,nosuid - proc proc rw%s\\x0a"
		    "23 1 0:22 / /sys rw - sysfs sysfs rw\\x0a\"\n"
		    "file /proc/9/status text=\"Uid:\\x09%u\\x0aGid:\\x091000\\x091000\\x0a"
		    "Groups:\\x0927 \\x0aCapEff:\\x09%s\\x0a\"", uid, options, uid,
		    uid ? "0000000000000000" : "000001ffffffffff");
	ASK(&other, A_CLASS(pipe), FIELD_USERS);
	machine_look(&other);
	assert_int_equal(other.snap.host.all_processes, all);
	assert_false(other.snap.host.first_pid_ns);
	assert_int_equal(other.snap.warnings.nr, 1 + !all);
	machine_free(&other);
}

static void test_hidden_processes(void **state)
{
	(void)state;
	look_with_proc("", 1000, true);
	look_with_proc(",hidepid=0", 1000, true);
	look_with_proc(",hidepid=off", 1000, true);
	look_with_proc(",hidepid=1", 1000, true);
	look_with_proc(",hidepid=2", 1000, false);
	look_with_proc(",hidepid=invisible", 1000, false);
	look_with_proc(",hidepid=ptraceable", 1000, false);
	/* A security module keeps process 1 from root. */
	look_with_proc(",hidepid=2", 0, false);
	look_with_proc(",gid=0,hidepid=4", 0, false);
	look_with_proc(",hidepid=1", 0, true);
	/* A number of groups is not the beginning of a longer one. */
	look_with_proc(",gid=1000,hidepid=2", 1000, true);
	look_with_proc(",gid=100,hidepid=2", 1000, false);
	look_with_proc(",gid=27,hidepid=invisible", 1000, true);
	look_with_proc(",gid=27,hidepid=ptraceable", 1000, false);
}

static void test_no_proc(void **state)
{
	(void)state;
	machine_add(&box, "error /proc EACCES");
	machine_build(&box);
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	assert_int_equal(collect(box.host, &box.query, &box.layout, &box.snap, NULL),
			 -13);
	box.seen = true;
}

int main(void)
{
#define T(name)	MACHINE_TEST(name)
	const struct CMUnitTest tests[] = {
		T(test_shm_text), T(test_text_with_new_columns),
		T(test_text_with_fewer_columns),
		T(test_columns_left_out_are_not_0),
		T(test_text_without_what_must_be_there),
		T(test_malformed_lines), T(test_both_sources_agree),
		T(test_sparse_tables), T(test_only_one_source_has_it),
		T(test_holes_and_vanished), T(test_sem_details),
		T(test_object_that_vanishes_does_not_end_the_listing),
		T(test_segment_without_attachments_has_no_users),
		T(test_mappings_are_looked_at_until_all_are_found),
		T(test_who_ends_is_no_gap),
		T(test_who_does_not_come_to_its_end_is_a_gap),
		T(test_not_supported), T(test_tables_that_fail),
		T(test_attached_segments),
		T(test_segments_of_other_namespaces), T(objects_of_asked_namespaces_stay_apart),
		T(test_names_of_processes), T(test_stat_not_understood),
		T(test_who_cannot_be_read), T(test_who_vanishes),
		T(test_dev_shm), T(test_values_of_every_sem_t), T(test_deep_directories),
		T(test_files_on_other_devices), T(test_private_mappings), T(test_paths_too_long),
		T(test_holders_of_files),
		T(test_unlinked_seen_by_mapping_alone),
		T(test_semaphore_of_another_mount), T(test_queues),
		T(test_pipes), T(test_only_shown_pipes_are_filled),
		T(test_fifos), T(test_eventfds), T(test_pidfds), T(test_memfds),
		T(only_the_file_system_makes_memory_secret),
		T(test_terminals), T(test_host_facts),
		T(test_hidden_processes), T(test_no_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
