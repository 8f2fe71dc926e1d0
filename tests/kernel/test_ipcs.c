// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipcs beside the ipcs of util-linux: the same bytes and status for every
 * option and combination, in every situation. What differs on purpose is in
 * ipcscope-ipcs(1), and tested at the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "make.h"
#include "run.h"

#define MAX_WORDS	8

/* Words of both, split at blanks. "-i" words name the first object of each kind. */
static const char *const questions[] = {
	"", "-a", "-m", "-q", "-s", "-m -q", "-q -s -m", "-msq",
	"-t", "-p", "-c", "-l", "-u", "-b", "--human",
	"-m -t", "-m -p", "-m -c", "-m -l", "-m -u", "-m -b", "-m --human",
	"-q -t", "-q -p", "-q -c", "-q -l", "-q -u", "-q -b", "-q --human",
	"-s -t", "-s -p", "-s -c", "-s -l", "-s -u", "-s -b", "-s --human",
	"-l -b", "-l --human", "-u -b", "-u --human", "-t -b", "-c --human",
	"-t -p", "-p -t", "-c -l", "-l -c", "-u -t", "-tpclu", "-ulcpt",
	"-b --human", "--human -b",
	"--shmems", "--queues", "--semaphores", "--all", "--time", "--pid",
	"--creator", "--limits", "--summary", "--bytes", "--shmems --time",
	"--sh", "--qu", "--hum", "--lim",
	"-m -i 0", "-m -i 0 -b", "-m -i 0 --human", "-q -i 0", "-q -i 0 --human",
	"-q -i 0 -b", "--shmems --id 0", "--shmems --id=0", "-mi0", "-m -i +0",
	"-m -i 0 -t", "-m -i 1 -i 0", "-m -i 00",
	"-i 0", "-a -i 0", "-m -q -i 0", "-i", "-m -i", "-m -i x", "-m -i 0x0",
	"-m -i 1x", "-m -i 99999999999", "-x", "-mx", "--nosuch", "--id",
	"--time=1", "--s", "word", "-m word -t",
	"--", "-- -m", "-m -- -t",
};

#define NR_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static size_t split(char *text, const char **words, const char *first)
{
	size_t nr = 0;
	char *word, *rest = NULL;

	words[nr++] = first;
	for (word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		words[nr++] = word;
	words[nr] = NULL;
	assert_true(nr < MAX_WORDS);
	return nr;
}

static void same(const struct how *how, const char *question)
{
	const char *theirs[MAX_WORDS], *ours[MAX_WORDS + 1];
	struct how plain = how ? *how : (struct how){ 0 };
	struct run a, b;
	char text[128];

	snprintf(text, sizeof(text), "%s", question);
	split(text, theirs, "ipcs");
	memcpy(ours, theirs, sizeof(theirs));
	run_cmd_how(&a, how, theirs);
	plain.argv0 = "ipcs";
	run_tool_how(&b, &plain, ours + 1);
	if (a.status != b.status || strcmp(a.out, b.out) || strcmp(a.err, b.err))
		sandbox_fail("ipcs %s: %d, not %d\n%s%s--- but\n%s%s", question,
			     b.status, a.status, a.out, a.err, b.out, b.err);
	run_free(&a);
	run_free(&b);
}

/* @zero: there are objects of id 0. Of one that is not there the status differs. */
static void same_all(const struct how *how, bool zero)
{
	size_t i;

	for (i = 0; i < NR_QUESTIONS; i++) {
		if (zero || !strchr(questions[i], '0'))
			same(how, questions[i]);
	}
}

static const struct how nobody = { .user = "nobody" };

static void give_to(int id, unsigned int uid, unsigned int gid)
{
	struct shmid_ds ds;

	/* In a user namespace there may be no other. */
	if (!sandbox_is_root())
		return;
	must(shmctl(id, IPC_STAT, &ds));
	ds.shm_perm.uid = uid;
	ds.shm_perm.gid = gid;
	must(shmctl(id, IPC_SET, &ds));
}

/* In a process of its own: each fork of one that has it attached would be its
 * last user. */
static void attach_fn(void *arg)
{
	shmat(*(int *)arg, NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

/* One of each first, so that id 0 is there; then what is odd. */
static void make_objects(void)
{
	struct { long type; char text[5]; } message = { 7, "hello" };
	struct sembuf up = { 1, 3, 0 };
	int shm, sem, msg;

	shm = make_shm(0x4b4ea8bd, 8192, 0644);
	sem = (int)must(semget(0x3995a1fe, 3, IPC_CREAT | 0640));
	msg = (int)must(msgget(0x7934812e, IPC_CREAT | 0666));
	must(semop(sem, &up, 1));
	must(msgsnd(msg, &message, sizeof(message.text), 0));
	sandbox_spawn("holder", attach_fn, &shm);
	/* removed, but attached */
	shm = make_shm(IPC_PRIVATE, 12345, 0600);
	sandbox_spawn("holder", attach_fn, &shm);
	must(shmctl(shm, IPC_RMID, NULL));
	give_to(make_shm(IPC_PRIVATE, 1, 0777), 123456, 4000000000u);
	give_to(make_shm(-1, 4096, 0), 65534, 65534);
	shm = make_shm(IPC_PRIVATE, 4096, 0606);
	must(shmctl(shm, SHM_LOCK, NULL));
	must(semget(IPC_PRIVATE, 250, 0600));
	must(msgget(IPC_PRIVATE, 0));
}

static void test_nothing(void **state)
{
	(void)state;
	same_all(NULL, false);
}

static void test_some(void **state)
{
	(void)state;
	make_objects();
	same_all(NULL, true);
	same(NULL, "-s -i 0");
	same(NULL, "-s -i 0 -b");
}

static void test_nobody(void **state)
{
	(void)state;
	if (!sandbox_is_root())
		skip();
	make_objects();
	same_all(&nobody, true);
}

/* Sizes of every order, and ids that begin again at index 0. */
static void test_many(void **state)
{
	size_t i;
	int id;

	(void)state;
	for (i = 0; i < 3; i++) {
		id = make_shm(IPC_PRIVATE, 4096, 0600);
		must(shmctl(id, IPC_RMID, NULL));
	}
	for (i = 0; i < 1500; i++) {
		size_t size = (size_t)1 << i % 37;

		make_shm(IPC_PRIVATE, size + i * (size / 1500) % size + (i & 1),
			 0600 | SHM_NORESERVE);
	}
	for (i = 0; i < 300; i++)
		must(semget((key_t)(i + 1), 1 + (int)i % 50, IPC_CREAT | (int)i));
	for (i = 0; i < 300; i++)
		must(msgget((key_t)(i + 1), IPC_CREAT | (int)i));
	same_all(NULL, false);
}

/* An id of which the kernel says 2147483647 is as good as any. */
static void test_high_ids(void **state)
{
	FILE *next;
	int id;
	char text[64];

	(void)state;
	if (!sandbox_is_root())
		skip();
	next = fopen("/proc/sys/kernel/shm_next_id", "w");
	if (!next)
		skip();
	fprintf(next, "%d", 2147450880);
	fclose(next);
	id = make_shm(IPC_PRIVATE, 4096, 0600);
	snprintf(text, sizeof(text), "-m -i %d", id);
	same(NULL, text);
	same(NULL, "");
	same(NULL, "-t");
}

static void ours(struct run *r, const char *const argv[])
{
	static const struct how ipcs = { .argv0 = "ipcs" };

	run_tool_how(r, &ipcs, argv);
}
#define OURS(r, ...)	ours(r, (const char *const[]){ __VA_ARGS__, NULL })

/* Where ipcs is wrong. */
static void test_differences(void **state)
{
	struct how private = { .user = "nobody", .argv0 = "ipcs" };
	struct run r;

	(void)state;
	make_objects();
	/* It says so, and yet ends with 0. */
	OURS(&r, "-m", "-i", "99");
	run_expect(&r, 1);
	assert_string_equal(r.err, "ipcs: id 99 not found\n");
	run_free(&r);
	/* It shows the first one for -1. */
	OURS(&r, "-m", "-i", "-1");
	run_expect(&r, 1);
	assert_string_equal(r.err, "ipcs: id -1 not found\n");
	run_free(&r);
	OURS(&r, "-V");
	run_expect(&r, 0);
	assert_true(!strncmp(r.out, "ipcs from ipcscope ", 19));
	run_free(&r);
	if (!sandbox_is_root())
		return;
	/* It says nothing at all of a set whose values it may not read. */
	run_tool_how(&r, &private, (const char *const[]){ "-s", "-i", "1", NULL });
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "nsems = 250\n"));
	assert_string_equal(r.err, "ipcs: the values of semid 1 cannot be read: Permission denied\n");
	run_free(&r);
}

/* By the command's name it is the same. */
static void test_as_command(void **state)
{
	struct run a, b;

	(void)state;
	make_objects();
	run_tool(&a, "ipcs", "-m", "-t");
	OURS(&b, "-m", "-t");
	run_expect(&a, 0);
	assert_string_equal(a.out, b.out);
	run_free(&a);
	run_free(&b);
	run_tool(&a, "ipcs", "--nosuch");
	assert_int_equal(a.status, 1);
	assert_string_equal(a.err, "ipcs: unrecognized option '--nosuch'\n"
			    "Try 'ipcs --help' for more information.\n");
	run_free(&a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nothing), TEST(test_some), TEST(test_nobody),
		TEST(test_many), TEST(test_high_ids), TEST(test_differences),
		TEST(test_as_command),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("ipcs", tests, NULL, NULL);
}
