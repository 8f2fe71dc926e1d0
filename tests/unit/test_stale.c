// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts about small machines given as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ipcscope/analyse.h"
#include "ipcscope/collect.h"
#include "fake/fixture.h"
#include "ipcscope/text.h"

/* Booted at 1000000, now is 1010000: an hour ago is 1006400. */
#define MACHINE								\
	"host hostname=h kernel=k uid=0 pid=99 ticks=100 page_size=4096 now=1010000\n" \
	"user 0 root\nuser 33 www-data\nuser 1000 ann\n"		\
	"file /proc/uptime text=\"10000.00 1.00\\x0a\"\n"		\
	"link /proc/self/ns/ipc -> ipc:[4026531839]\n"			\
	"link /proc/self/ns/pid -> pid:[4026531836]\n"			\
	"link /proc/self/ns/net -> net:[4026531840]\n"			\
	"dir /dev/shm dev=0:25\n"
#define BELOW								\
	"host hostname=h kernel=k uid=0 pid=99 ticks=100 page_size=4096 now=1010000\n" \
	"file /proc/uptime text=\"10000.00 1.00\\x0a\"\n"		\
	"link /proc/self/ns/pid -> pid:[4026532000]\n"			\
	"dir /dev/shm dev=0:25\n"

/* A process that started @ticks after boot. */
#define PROCESS(pid, comm, user, ticks)					\
	"dir /proc/" pid " uid=" user "\n"				\
	"file /proc/" pid "/stat text=\"" pid " (" comm ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " ticks " 0 0\\x0a\"\n" \
	"dir /proc/" pid "/fd\ndir /proc/" pid "/task\n"		\
	"file /proc/" pid "/maps text=\"\"\n"

struct machine {
	struct host *host;
	struct layout layout;
	struct snapshot snap;
	struct profiles profiles;
	struct findings findings;
};

static void look(struct machine *m, const char *text, uint64_t classes,
		 bool profiles)
{
	struct query query = { .classes = classes };
	char why[512] = "";
	uint32_t i, nr = 0, *objects;

	*m = (struct machine){};
	m->host = fixture_open(text, strlen(text), why);
	if (!m->host)
		fail_msg("%s", why);
	if (profiles)
		assert_int_equal(profiles_shipped(&m->profiles, why), 0);
	stale_query(&query, &m->profiles);
	query_plan(&query);
	assert_int_equal(collect(m->host, &query, &m->layout, &m->snap, NULL), 0);
	objects = mem_zero(m->snap.objects.nr + 1, sizeof(*objects));
	for (i = 0; i < m->snap.objects.nr; i++) {
		if (classes >> m->snap.objects.at[i].class & 1)
			objects[nr++] = i;
	}
	stale_judge(&m->snap, &m->profiles, objects, nr, false, &m->findings);
	free(objects);
}

static void done(struct machine *m)
{
	findings_free(&m->findings);
	profiles_free(&m->profiles);
	snapshot_free(&m->snap);
	fixture_close(m->host);
}

static const struct finding *first(const struct machine *m)
{
	assert_true(m->findings.findings.nr > 0);
	return &m->findings.findings.at[0];
}

static void check(const struct machine *m, enum verdict verdict,
		  const char *brief, const char *clauses)
{
	const struct finding *finding = first(m);
	struct buf text = {};

	assert_string_equal(verdict_infos[finding->verdict].word,
			    verdict_infos[verdict].word);
	finding_why(&text, finding, WHY_BRIEF);
	assert_string_equal(text.data, brief);
	assert_true(text_width(text.data, text.len) <= WHY_BRIEF);
	buf_reset(&text);
	finding_why(&text, finding, 0);
	if (clauses)
		assert_string_equal(text.data, clauses);
	buf_free(&text);
}

static void has(const struct machine *m, enum evidence_side side,
		const char *sentence)
{
	const struct evidence *e;

	vec_for_each(e, &first(m)->evidence[side]) {
		if (!strcmp(e->sentence->data, sentence))
			return;
	}
	vec_for_each(e, &first(m)->evidence[side])
		print_error("there is: %s\n", e->sentence->data);
	fail_msg("nowhere: %s", sentence);
}

static void judge(const char *text, uint64_t classes, enum verdict verdict,
		  const char *brief, const char *clauses)
{
	struct machine m;

	look(&m, text, classes, true);
	check(&m, verdict, brief, clauses);
	done(&m);
}

/* Of a user who runs nothing. */
#define SEGMENT	"shm id=0 uid=1000 gid=1000 mode=0600 size=4096 "

/* Programs go by them: a new one may come, none of these may change. */
static void evidence_has_ids_that_stay(void **state)
{
	static const char *const expected[] = {
		"never-attached", "creator-gone", "last-user-gone",
		"owner-runs-nothing", "no-key", NULL
	};
	const struct evidence *e;
	struct machine m;
	size_t i = 0;

	(void)state;
	look(&m, MACHINE SEGMENT "key=0 nattch=0 cpid=5350 lpid=5351 ctime=1006400\n",
	     A_CLASS(shm), false);
	vec_for_each(e, &first(&m)->evidence[EVIDENCE_FOR])
		assert_string_equal(e->id, expected[i++]);
	assert_null(expected[i]);
	done(&m);
}

static void ids_of_evidence_are_words(void **state)
{
	static const char *const ids[] = {
#define EVIDENCE(name, id, ...)	id,
#include "ipcscope/evidence.def"
#undef EVIDENCE
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(strspn(ids[i], "abcdefghijklmnopqrstuvwxyz-{1}"),
				 strlen(ids[i]));
}

static void test_shm(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=5350 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_STALE, "creator 5350 gone, no key",
	      "nobody attached, ever; creator 5350 is gone; no process of ann runs; no key to come back by");
	judge(MACHINE SEGMENT "key=0x05ce0001 nattch=0 cpid=5348 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_SUSPECT, "creator 5348 gone, keyed",
	      "nobody attached, ever; creator 5348 is gone; no process of ann runs; but key 0x05ce0001 can find it again");
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=0 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_UNKNOWN, "creator not visible", NULL);
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=50 lpid=0 ctime=1006400 atime=1006500\n",
	      A_CLASS(shm), VERDICT_UNKNOWN, "last user not visible", NULL);
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=50 lpid=51 ctime=1006400 atime=1006500\n"
	      PROCESS("51", "user", "0", "100"),
	      A_CLASS(shm), VERDICT_IDLE, "last user 51 runs, no key", NULL);
	judge(MACHINE SEGMENT "key=0 nattch=2 cpid=50 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_IN_USE, "attached 2 times", NULL);
	judge(MACHINE "shm id=0 uid=0 gid=0 size=4096 key=0 nattch=1 mode=01600 cpid=50 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_DEST, "removed, still attached", NULL);
}

/* A daemon may keep what its parent made and attach it for each request only. */
static void segment_of_an_owner_who_runs_is_idle(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=5350 ctime=1006400\n"
	      PROCESS("60", "daemon", "1000", "900"),
	      A_CLASS(shm), VERDICT_IDLE, "owner runs something", NULL);
	judge(MACHINE SEGMENT "key=0x05ce0001 nattch=0 cpid=5350 ctime=1006400\n"
	      PROCESS("60", "daemon", "1000", "900"),
	      A_CLASS(shm), VERDICT_IDLE, "owner runs something", NULL);
	judge(MACHINE SEGMENT "cuid=33 key=0 nattch=0 cpid=5350 ctime=1006400\n"
	      PROCESS("60", "daemon", "33", "900"),
	      A_CLASS(shm), VERDICT_IDLE, "creator runs something", NULL);
	judge(MACHINE SEGMENT "cuid=33 key=0 nattch=0 cpid=5350 ctime=1006400\n"
	      PROCESS("60", "daemon", "0", "900"),
	      A_CLASS(shm), VERDICT_STALE, "creator 5350 gone, no key", NULL);
	/* Whoever runs beside the PID namespace is not seen. */
	judge(BELOW SEGMENT "key=0 nattch=0 cpid=5350 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_UNKNOWN, "not all who run seen", NULL);
}

static void test_unseen_attachments(void **state)
{
	struct machine m;

	(void)state;
	look(&m, MACHINE SEGMENT "key=0 nattch=4 cpid=5 ctime=1006400\n",
	     A_CLASS(shm), false);
	has(&m, EVIDENCE_UNKNOWN,
	    "4 of 4 attachments are in processes that cannot be read");
	done(&m);
}

/* The number of the creator is somebody else's: by time alone. */
static void test_reuse(void **state)
{
	struct machine m;

	(void)state;
	look(&m, MACHINE SEGMENT "key=0 nattch=0 cpid=4711 ctime=1001000\n"
	     PROCESS("4711", "other", "0", "900000"), A_CLASS(shm), false);
	check(&m, VERDICT_STALE, "creator 4711 gone, no key", NULL);
	has(&m, EVIDENCE_FOR,
	    "creator 4711 is gone: process 4711 started 2h after the segment was made");
	done(&m);
	/* Within the slack it is him. */
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=4711 ctime=1001000\n"
	      PROCESS("4711", "same", "0", "100200"), A_CLASS(shm),
	      VERDICT_IDLE, "creator 4711 runs, no key", NULL);
}

/* Had the clock been set since, a process that seems younger made it all the same. */
static void without_a_trace_of_the_clock_a_living_pid_is_never_gone(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=4711 ctime=1001000\n"
	      PROCESS("4711", "same", "0", "900000"), A_CLASS(shm),
	      VERDICT_STALE, "creator 4711 gone, no key", NULL);
	judge(MACHINE "host clock_set=1\n"
	      SEGMENT "key=0 nattch=0 cpid=4711 ctime=1001000\n"
	      PROCESS("4711", "same", "0", "900000"), A_CLASS(shm),
	      VERDICT_UNKNOWN, "process 4711 may be it", NULL);
	/* That there is no such process does not hang on the clock. */
	judge(MACHINE "host clock_set=1\n"
	      SEGMENT "key=0 nattch=0 cpid=4711 ctime=999000\n",
	      A_CLASS(shm), VERDICT_STALE, "creator 4711 gone, no key", NULL);
}

/* Boot time is rounded, other times are whole seconds: 2 s prove nothing. */
static void two_seconds_do_not_make_a_later_process(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=4711 ctime=1008998\n"
	      PROCESS("4711", "x", "0", "900000"), A_CLASS(shm), VERDICT_IDLE,
	      "creator 4711 runs, no key", NULL);
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=4711 ctime=1008997\n"
	      PROCESS("4711", "x", "0", "900000"), A_CLASS(shm), VERDICT_STALE,
	      "creator 4711 gone, no key", NULL);
}

static void creator_that_used_it_last_is_told_once(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=5350 lpid=5350 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_STALE, "creator 5350 gone, no key",
	      "nobody attached, ever; creator 5350 is gone; no process of ann runs; no key to come back by");
}

static void test_zombie(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=51 ctime=1006400\n"
	      "dir /proc/51 uid=0\n"
	      "file /proc/51/stat text=\"51 (x) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\\x0a\"\n",
	      A_CLASS(shm), VERDICT_STALE, "creator 51 gone, no key", NULL);
}

/* Closed, not gone. */
static void test_closed(void **state)
{
	(void)state;
	judge(MACHINE SEGMENT "key=0 nattch=0 cpid=51 ctime=1006400\n"
	      PROCESS("51", "x", "0", "100") "error /proc/51 EACCES\n",
	      A_CLASS(shm), VERDICT_UNKNOWN, "creator 51 not seen", NULL);
}

#define SET	"sem id=0 key=1 uid=1000 gid=1000 mode=0600 ctime=1006400 "

static void test_sem(void **state)
{
	(void)state;
	judge(MACHINE SET "values=0,1 pids=5434,5434 ncnt=0,0 zcnt=0,0\n",
	      A_CLASS(sem), VERDICT_SUSPECT, "last user 5434 gone",
	      "nobody waits; last user 5434 is gone; no process of ann runs");
	judge(MACHINE SET "values=0,1 pids=5434,5434 ncnt=0,0 zcnt=0,0\n"
	      PROCESS("60", "php", "1000", "900000"),
	      A_CLASS(sem), VERDICT_IDLE, "owner runs something", NULL);
	judge(MACHINE SET "values=0,1 pids=5434,60 ncnt=0,0 zcnt=0,0\n"
	      PROCESS("60", "php", "0", "100"),
	      A_CLASS(sem), VERDICT_IDLE, "last user 60 runs", NULL);
	judge(MACHINE SET "values=0 pids=5434 ncnt=1 zcnt=0\n",
	      A_CLASS(sem), VERDICT_IN_USE, "threads wait on it", NULL);
	judge(MACHINE SET "values=1 pids=5434 ncnt=0 zcnt=3\n",
	      A_CLASS(sem), VERDICT_IN_USE, "threads wait on it", NULL);
	judge(MACHINE SET "values=0 pids=0 ncnt=0 zcnt=0\n",
	      A_CLASS(sem), VERDICT_SUSPECT, "never used", NULL);
	judge(MACHINE SET "values=0 error=EACCES\n",
	      A_CLASS(sem), VERDICT_UNKNOWN, "values not readable", NULL);
	judge(BELOW SET "values=0 pids=0 ncnt=0 zcnt=0\n",
	      A_CLASS(sem), VERDICT_UNKNOWN, "last user not visible", NULL);
}

/* Workers come and go while the parent, root's, runs on. */
static void test_apache(void **state)
{
	static const char set[] = MACHINE
		"sem id=0 key=0 uid=33 gid=33 mode=0600 ctime=1006400 values=1 pids=5434 ncnt=0 zcnt=0\n";
	char text[4096];

	(void)state;
	judge(set, A_CLASS(sem), VERDICT_SUSPECT, "last user 5434 gone", NULL);
	snprintf(text, sizeof(text), "%s%s", set,
		 PROCESS("60", "apache2", "0", "100"));
	judge(text, A_CLASS(sem), VERDICT_IDLE, "its program runs", NULL);
	/* Another program of the owner is no httpd. */
	snprintf(text, sizeof(text), "%s%s", set,
		 PROCESS("60", "php-fpm", "33", "100"));
	judge(text, A_CLASS(sem), VERDICT_SUSPECT, "last user 5434 gone", NULL);
}

/* Its owner runs something else: suspect an hour after the last trace of its maker. */
static void segment_of_a_server_is_suspect_when_its_program_is_gone(void **state)
{
#define PHP(times)	MACHINE "shm id=0 key=7 uid=33 gid=33 cpid=70 lpid=70 mode=0600 size=4096 " \
			times "\n" PROCESS("60", "cron-job", "33", "100")

	(void)state;
	judge(PHP("ctime=1006400 atime=1006400 dtime=1006400"), A_CLASS(shm), VERDICT_SUSPECT,
	      "creator 70 gone, keyed", NULL);
	judge(PHP("ctime=1006401"), A_CLASS(shm), VERDICT_IDLE, "used within 1h, keyed", NULL);
	judge(PHP("ctime=1003000 dtime=1009000"), A_CLASS(shm), VERDICT_IDLE, "used within 1h, keyed", NULL);
	judge(PHP("ctime=1003000") "host clock_set=1\n", A_CLASS(shm), VERDICT_IDLE, "used within 1h, keyed", NULL);
	judge(PHP("ctime=1003000") PROCESS("61", "php-fpm", "33", "100"), A_CLASS(shm),
	      VERDICT_IDLE, "its program runs, keyed", NULL);
	judge(PHP("ctime=1003000")
	      "dir /proc/62 uid=1000\n"
	      "file /proc/62/stat text=\"62 (x) S 1 70 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\\x0a\"\n"
	      "dir /proc/62/fd\ndir /proc/62/task\nfile /proc/62/maps text=\"\"\n",
	      A_CLASS(shm), VERDICT_IDLE, "session of 70 runs, keyed", NULL);
	judge(PHP("ctime=1003000")
	      "dir /proc/62 uid=1000\n"
	      "file /proc/62/stat text=\"62 (x) S 1 1 70 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\\x0a\"\n"
	      "dir /proc/62/fd\ndir /proc/62/task\nfile /proc/62/maps text=\"\"\n",
	      A_CLASS(shm), VERDICT_IDLE, "session of 70 runs, keyed", NULL);
}

static void test_child_of_a_maker_that_acted_as_another_user(void **state)
{
	(void)state;
	judge(MACHINE "shm id=0 key=0 uid=3001 gid=3001 cpid=70 lpid=0 mode=0600 size=4096 ctime=1003000\n"
	      "dir /proc/62 uid=0\n"
	      "file /proc/62/stat text=\"62 (d) S 1 70 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\\x0a\"\n"
	      "dir /proc/62/fd\ndir /proc/62/task\nfile /proc/62/maps text=\"\"\n",
	      A_CLASS(shm), VERDICT_IDLE, "session of 70 runs", NULL);
}

#define QUEUE	"msg id=0 key=1 uid=1000 gid=1000 mode=0600 ctime=1006400 "

static void test_msg(void **state)
{
	(void)state;
	judge(MACHINE QUEUE "bytes=0 messages=0 lspid=70 stime=1006500\n",
	      A_CLASS(msg), VERDICT_SUSPECT, "last sender 70 gone", NULL);
	judge(MACHINE QUEUE "bytes=9 messages=3 lspid=70 stime=1006500\n",
	      A_CLASS(msg), VERDICT_IDLE, "3 unread messages", NULL);
	judge(MACHINE QUEUE "bytes=0 messages=0 lspid=70 stime=1006500\n"
	      PROCESS("80", "x", "0", "100") "error /proc/80/task EACCES\n",
	      A_CLASS(msg), VERDICT_UNKNOWN, "pid 80 not readable", NULL);
}

/* Neither a zombie nor a process of the kernel is somebody who comes back. */
static void owner_of_zombies_runs_nothing(void **state)
{
	(void)state;
	judge(MACHINE QUEUE "bytes=0 messages=0 lspid=70 stime=1006500\n"
	      "dir /proc/51 uid=1000\n"
	      "file /proc/51/stat text=\"51 (x) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\\x0a\"\n",
	      A_CLASS(msg), VERDICT_SUSPECT, "last sender 70 gone",
	      "nobody waits; last sender 70 is gone; no process of ann runs");
}

static void creator_may_come_back_as_the_owner_may(void **state)
{
	(void)state;
	judge(MACHINE QUEUE "cuid=33 bytes=0 messages=0 lspid=70 stime=1006500\n"
	      PROCESS("60", "php", "33", "100"), A_CLASS(msg), VERDICT_IDLE,
	      "creator runs something", NULL);
}

#define FILE_OF(name, uid, size)					\
	"file /dev/shm/" name " dev=0:25 ino=7 nlink=1 uid=" uid " mode=0100644 size=" size " ctime=1001000 btime=1001000\n"

static void test_posix(void **state)
{
	(void)state;
	judge(MACHINE FILE_OF("x", "33", "4096"), A_CLASS(pshm),
	      VERDICT_SUSPECT, "owner runs nothing", "no process has it; no process of www-data runs");
	judge(MACHINE FILE_OF("x", "33", "4096") PROCESS("60", "php", "33", "100"),
	      A_CLASS(pshm), VERDICT_IDLE, "owner runs something", NULL);
	judge(MACHINE FILE_OF("x", "33", "4096") PROCESS("60", "php", "33", "100")
	      "link /proc/60/fd/3 -> /dev/shm/x\n",
	      A_CLASS(pshm), VERDICT_IN_USE, "1 process", "php[60] has it open or mapped");
	judge(MACHINE FILE_OF("x", "33", "4096") PROCESS("1", "init", "0", "0")
	      "error /proc/1/fd EACCES\n",
	      A_CLASS(pshm), VERDICT_UNKNOWN, "pid 1 not readable",
	      "no user found, but pid 1 could not be read");
	judge(BELOW FILE_OF("x", "33", "4096"), A_CLASS(pshm),
	      VERDICT_UNKNOWN, "PID namespace not first", NULL);
}

/* Only an empty one may be about to get its size. */
static void young_file_with_a_size_is_made(void **state)
{
	(void)state;
	judge(MACHINE "file /dev/shm/x dev=0:25 ino=7 nlink=1 uid=33 mode=0100644 size=4096 ctime=1009900 btime=1009900\n",
	      A_CLASS(pshm), VERDICT_SUSPECT, "owner runs nothing", NULL);
}

static void process_with_two_descriptors_is_one(void **state)
{
	(void)state;
	judge(MACHINE FILE_OF("x", "33", "4096") PROCESS("60", "php", "33", "100")
	      "link /proc/60/fd/3 -> /dev/shm/x\nlink /proc/60/fd/4 -> /dev/shm/x\n",
	      A_CLASS(pshm), VERDICT_IN_USE, "1 process", "php[60] has it open or mapped");
}

static void test_flight(void **state)
{
	static const char flight[] = MACHINE FILE_OF("x", "33", "4096")
		"diag unix type=1 state=1 ino=500 peer=501 rqueue=1 wqueue=0\n"
		PROCESS("60", "recv", "0", "100")
		"link /proc/60/ns/net -> net:[4026531840]\n"
		"link /proc/60/fd/4 -> socket:[500] proto=UNIX-STREAM\n"
		"file /proc/60/fdinfo/4 text=\"pos:\\x090\\x0ascm_fds: 2\\x0a\"\n";
	static const char none[] = MACHINE FILE_OF("x", "33", "4096")
		"diag unix type=1 state=1 ino=500 peer=501 rqueue=1 wqueue=0\n"
		PROCESS("60", "recv", "0", "100")
		"link /proc/60/ns/net -> net:[4026531840]\n"
		"link /proc/60/fd/4 -> socket:[500] proto=UNIX-STREAM\n"
		"file /proc/60/fdinfo/4 text=\"pos:\\x090\\x0ascm_fds: 0\\x0a\"\n";
	static const char old[] = MACHINE FILE_OF("x", "33", "4096")
		"diag unix type=1 state=1 ino=500 peer=501 rqueue=1 wqueue=0\n"
		PROCESS("60", "recv", "0", "100")
		"link /proc/60/ns/net -> net:[4026531840]\n"
		"link /proc/60/fd/4 -> socket:[500] proto=UNIX-STREAM\n"
		"file /proc/60/fdinfo/4 text=\"pos:\\x090\\x0a\"\n";
	/* Nobody has it: whoever could receive it has a socket that says so. */
	static const char nobody[] = MACHINE FILE_OF("x", "33", "4096")
		"diag unix type=2 state=7 ino=500 rqueue=100 wqueue=0\n";

	(void)state;
	judge(flight, A_CLASS(pshm), VERDICT_UNKNOWN, "descriptors in flight", NULL);
	judge(none, A_CLASS(pshm), VERDICT_SUSPECT, "owner runs nothing", NULL);
	judge(old, A_CLASS(pshm), VERDICT_UNKNOWN, "descriptors in flight", NULL);
	judge(nobody, A_CLASS(pshm), VERDICT_SUSPECT, "owner runs nothing", NULL);
}

static void test_profiles(void **state)
{
	(void)state;
	judge(MACHINE FILE_OF("torch_51_1", "0", "4096"), A_CLASS(pshm),
	      VERDICT_STALE, "process 51 gone", NULL);
	judge(MACHINE FILE_OF("torch_51_1", "0", "4096")
	      PROCESS("51", "python3", "0", "100"), A_CLASS(pshm),
	      VERDICT_IDLE, "process 51 runs", NULL);
	/* The number is a later process's. */
	judge(MACHINE FILE_OF("torch_51_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "900000"), A_CLASS(pshm),
	      VERDICT_STALE, "process 51 gone", NULL);
	/* Of its owner, it may have been told the name. */
	judge(MACHINE FILE_OF("torch_51_1", "1000", "4096")
	      PROCESS("52", "python3", "1000", "900000"), A_CLASS(pshm),
	      VERDICT_IDLE, "owner runs something", NULL);
	/* Neither more digits nor fewer. */
	judge(MACHINE FILE_OF("torch_5_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "100"), A_CLASS(pshm),
	      VERDICT_STALE, "process 5 gone", NULL);
	judge(MACHINE FILE_OF("psm_1", "1000", "4096"), A_CLASS(pshm),
	      VERDICT_STALE, "no process of ann runs", NULL);
	/* That no such program runs says more than that its owner runs another. */
	judge(MACHINE FILE_OF("psm_1", "1000", "4096")
	      PROCESS("51", "bash", "1000", "100"), A_CLASS(pshm),
	      VERDICT_SUSPECT, "its program is gone", NULL);
	judge(MACHINE FILE_OF("psm_1", "1000", "4096")
	      PROCESS("51", "python3.12", "1000", "100"), A_CLASS(pshm),
	      VERDICT_IDLE, "its program runs", NULL);
	/* The uid in the name is part of the proof. */
	judge(MACHINE FILE_OF("vader_segment.n1.a.1000.3b2f0001.0", "1000", "4096")
	      PROCESS("51", "bash", "1000", "100"), A_CLASS(pshm),
	      VERDICT_STALE, "its program is gone", NULL);
	judge(MACHINE FILE_OF("vader_segment.n1.a.1000.3b2f0001.0", "1000", "4096")
	      PROCESS("51", "orted", "1000", "100"), A_CLASS(pshm),
	      VERDICT_IDLE, "its program runs", NULL);
	judge(MACHINE FILE_OF("vader_segment.n1.a.1001.3b2f0001.0", "1000", "4096"),
	      A_CLASS(pshm), VERDICT_IDLE, "of 1001 by its name", NULL);
	judge(MACHINE FILE_OF("PostgreSQL.123", "1000", "4096"), A_CLASS(pshm),
	      VERDICT_IDLE, "see its profile", NULL);
	judge(MACHINE FILE_OF("nccl-abcdef", "1000", "0"), A_CLASS(pshm),
	      VERDICT_STALE, "no process of ann runs", NULL);
	judge(MACHINE "file /dev/shm/nccl-abcdef dev=0:25 ino=7 nlink=1 uid=0 mode=0100644 size=0 ctime=1009900 btime=1009900\n",
	      A_CLASS(pshm), VERDICT_IDLE, "empty, being made?", NULL);
}

#define NUMBERS(pid, own)	"file /proc/" pid "/status text=\"Name:\\x09x\\x0aNSpid:\\x09" own "\\x0a\"\n"

/* A container wrote it: outside, that number is nobody's or somebody else's. */
static void pid_in_a_name_is_of_the_namespace_of_who_gave_it(void **state)
{
	(void)state;
	judge(MACHINE FILE_OF("torch_7_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "100") NUMBERS("51", "51\\x097"), A_CLASS(pshm),
	      VERDICT_IDLE, "process 7 runs", NULL);
	judge(MACHINE FILE_OF("torch_7_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "100") NUMBERS("51", "51\\x098"), A_CLASS(pshm),
	      VERDICT_STALE, "process 7 gone", NULL);
	/* It began after the file. */
	judge(MACHINE FILE_OF("torch_7_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "900000") NUMBERS("51", "51\\x097"), A_CLASS(pshm),
	      VERDICT_STALE, "process 7 gone", NULL);
	/* What its number is there could not be read. */
	judge(MACHINE FILE_OF("torch_7_1", "1000", "4096")
	      PROCESS("51", "python3", "0", "100") "error /proc/51/status EACCES\n",
	      A_CLASS(pshm), VERDICT_UNKNOWN, "pid in name not seen", NULL);
}

/* Times of processes prove nothing then, so that it may be the same one. */
static void named_process_of_a_set_clock_may_run(void **state)
{
	(void)state;
	judge(MACHINE "host clock_set=1\n" FILE_OF("torch_51_1", "0", "4096")
	      PROCESS("51", "python3", "0", "900000"),
	      A_CLASS(pshm), VERDICT_UNKNOWN, "pid in name not seen", NULL);
}

/* at-most = suspect, though all rules hold. */
static void profile_limits_the_verdict(void **state)
{
	(void)state;
	judge(MACHINE "shm id=0 uid=33 gid=33 mode=0600 size=4096 key=5 nattch=0 cpid=5350 ctime=1006400\n",
	      A_CLASS(shm), VERDICT_SUSPECT, "creator 5350 gone, keyed", NULL);
	judge(MACHINE "sem id=0 key=0 uid=33 gid=33 mode=0600 ctime=1006400 values=1 pids=0 ncnt=0 zcnt=0\n",
	      A_CLASS(sem), VERDICT_SUSPECT, "never used", NULL);
}

/* Judges the first object again, by this profile alone. */
static void judge_by(const char *text, uint64_t classes, const char *profile,
		     enum verdict verdict, const char *brief)
{
	struct machine m;
	char why[512];
	uint32_t object;

	look(&m, text, classes, false);
	object = first(&m)->object;
	assert_int_equal(profiles_parse(&m.profiles, "x", profile, strlen(profile), why), 0);
	findings_free(&m.findings);
	m.findings = (struct findings){};
	stale_judge(&m.snap, &m.profiles, &object, 1, false, &m.findings);
	check(&m, verdict, brief, NULL);
	done(&m);
}

/* A profile proves who is gone, not that nobody comes back. */
static void profile_proves_no_more_than_there_is(void **state)
{
	static const char unused[] =
		"[x]\nsoftware = X\nmatch = class in (shm, msg)\nstale-if = unused\n";
	static const char no_rule[] =
		"[x]\nsoftware = X\nmatch = class in (shm, msg)\n";

	(void)state;
	judge_by(MACHINE SEGMENT "key=5 nattch=0 cpid=5350 ctime=1006400\n", A_CLASS(shm),
		 unused, VERDICT_SUSPECT, "creator 5350 gone, keyed");
	judge_by(MACHINE SEGMENT "key=0 nattch=0 cpid=0 ctime=1006400\n", A_CLASS(shm),
		 unused, VERDICT_UNKNOWN, "creator not visible");
	judge_by(MACHINE QUEUE "bytes=0 messages=0 lspid=70 stime=1006500\n"
		 PROCESS("60", "php", "1000", "100"), A_CLASS(msg), no_rule,
		 VERDICT_IDLE, "owner runs something");
	judge_by(MACHINE QUEUE "bytes=0 messages=0 lspid=70 stime=1006500\n", A_CLASS(msg),
		 no_rule, VERDICT_SUSPECT, "last sender 70 gone");
}

/* Of equal weight, what was said first. */
static void equal_evidence_is_told_in_order(void **state)
{
	struct buf text = {};
	struct machine m;

	(void)state;
	look(&m, MACHINE SEGMENT "key=0 nattch=0 cpid=5350 lpid=5351 ctime=1006400\n",
	     A_CLASS(shm), false);
	finding_why(&text, first(&m), 50);
	assert_string_equal(text.data, "creator 5350 gone, last user 5351 gone, no key");
	buf_free(&text);
	done(&m);
}

static void test_path(void **state)
{
	static const char text[] = MACHINE
		"dir /run dev=0:26\n"
		"file /run/s dev=0:26 ino=9 nlink=1 uid=0 mode=0140755 ctime=1001000\n"
		"file /run/live dev=0:26 ino=10 nlink=1 uid=0 mode=0140755 ctime=1001000\n"
		"diag unix type=1 state=10 ino=500 name=/run/live vfs_dev=0:26 vfs_ino=10 rqueue=0 wqueue=5\n";
	struct stale_paths paths = {};
	struct machine m;
	uint32_t object;

	(void)state;
	look(&m, text, A_CLASS(unix), false);
	assert_int_equal(m.findings.findings.nr, 2);
	object = m.findings.findings.at[0].object;
	stale_untested(&m.snap, &object, 1, &paths);
	if (!paths.nr) {
		object = m.findings.findings.at[1].object;
		stale_untested(&m.snap, &object, 1, &paths);
	}
	assert_int_equal(paths.nr, 1);
	vec_free(&paths);
	findings_free(&m.findings);
	m.findings = (struct findings){};
	stale_judge(&m.snap, NULL, &object, 1, false, &m.findings);
	check(&m, VERDICT_UNKNOWN, "not tested", NULL);
	object_flag(&m.snap, object, IS(REFUSED));
	findings_free(&m.findings);
	m.findings = (struct findings){};
	stale_judge(&m.snap, NULL, &object, 1, false, &m.findings);
	check(&m, VERDICT_STALE, "no socket bound to it",
	      "no socket in any network namespace is bound to this path");
	stale_untested(&m.snap, &object, 1, &paths);
	assert_int_equal(paths.nr, 0);
	done(&m);
}

/* Whoever has it: a socket that has ended has no inode in the tables. */
static void socket_of_the_kernel_is_alive_whoever_has_it(void **state)
{
	static const char text[] = MACHINE PROCESS("5", "server", "33", "10")
		"link /proc/5/ns/net -> net:[4026531840]\n"
		"link /proc/5/fd/3 -> socket:[500]\n"
		"diag unix type=1 state=10 ino=500 rqueue=0 wqueue=5\n";

	(void)state;
	judge(text, A_CLASS(unix), VERDICT_IN_USE, "the socket is alive",
	      "the socket is alive");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_has_ids_that_stay),
		cmocka_unit_test(ids_of_evidence_are_words),
		cmocka_unit_test(test_shm),
		cmocka_unit_test(segment_of_an_owner_who_runs_is_idle),
		cmocka_unit_test(test_unseen_attachments),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(two_seconds_do_not_make_a_later_process),
		cmocka_unit_test(creator_that_used_it_last_is_told_once),
		cmocka_unit_test(without_a_trace_of_the_clock_a_living_pid_is_never_gone),
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_sem),
		cmocka_unit_test(test_apache),
		cmocka_unit_test(segment_of_a_server_is_suspect_when_its_program_is_gone),
		cmocka_unit_test(test_child_of_a_maker_that_acted_as_another_user),
		cmocka_unit_test(test_msg),
		cmocka_unit_test(owner_of_zombies_runs_nothing),
		cmocka_unit_test(creator_may_come_back_as_the_owner_may),
		cmocka_unit_test(test_posix),
		cmocka_unit_test(young_file_with_a_size_is_made),
		cmocka_unit_test(process_with_two_descriptors_is_one),
		cmocka_unit_test(test_flight),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(pid_in_a_name_is_of_the_namespace_of_who_gave_it),
		cmocka_unit_test(named_process_of_a_set_clock_may_run),
		cmocka_unit_test(profile_limits_the_verdict),
		cmocka_unit_test(profile_proves_no_more_than_there_is),
		cmocka_unit_test(equal_evidence_is_told_in_order),
		cmocka_unit_test(test_path),
		cmocka_unit_test(socket_of_the_kernel_is_alive_whoever_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
