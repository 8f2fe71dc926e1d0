// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipcrm beside the ipcrm of util-linux, each on objects of its own that are the
 * same: what is printed, how it ends, and what is left. Where it is wrong, what
 * ipcscope-ipcs(1) says instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make.h"
#include "run.h"
#include "says.h"

#define MAX_WORDS	10

static const char *const questions[] = {
	"-m 0", "-q 0", "-s 0", "-v -m 0", "-v -q 0", "-v -s 0", "-mv 0",
	"-m 1 -m 0", "-v -m 0 -q 0 -s 0", "-m 0 -m 99", "-v -m 99",
	"-M 0x4b4ea8bd", "-v -M 0x4b4ea8bd", "-M 1263446205", "-M 011323524275",
	"-Q 0x7934812e", "-S 0x3995a1fe", "-v -Q 0x7934812e -S 0x3995a1fe",
	"-M 5", "-Q 0x5", "-S 05", "-M -1", "-M 99999999999", "-M 4294967295",
	"-M 0", "-M x", "-M 08", "-m x", "-m 0x0", "-m 99999999999", "-m -1",
	"-a", "-v -a", "--all", "-ashm", "-amsg", "-asem", "--all=shm",
	"--all=sem -v", "-a -v",
	"--shmem-id 0", "--shmem-key=0x4b4ea8bd", "--queue-id=0",
	"--queue-key 0x7934812e", "--semaphore-id 0",
	"--semaphore-key 0x3995a1fe", "--verbose --shmem-id 0",
	"shm 0", "shm 0 1", "sem 0", "msg 0", "shm 99", "shm 99 98", "msg -1",
	"shm", "sem", "msg", "shm 1x",
	"foo", "foo 1", "-x", "--nosuch", "-m", "--shmem-id", "-- x",
	"--s 1",
};
#define NR_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static const struct how nobody = { .user = "nobody" };

static void make_objects(void)
{
	make_shm(0x4b4ea8bd, 8192, 0644);
	make_shm(IPC_PRIVATE, 4096, 0600);
	must(semget(0x3995a1fe, 3, IPC_CREAT | 0640));
	must(semget(IPC_PRIVATE, 1, 0600));
	must(msgget(0x7934812e, IPC_CREAT | 0666));
	must(msgget(IPC_PRIVATE, 0600));
}

static void split(char *text, const char **words, const char *first)
{
	size_t nr = 0;
	char *word, *rest = NULL;

	words[nr++] = first;
	for (word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		words[nr++] = word;
	words[nr] = NULL;
	assert_true(nr < MAX_WORDS);
}

/* What is left then. */
static void left(char *text, size_t room)
{
	static const char *const tables[] = { "shm", "sem", "msg" };
	size_t i, used = 0;

	for (i = 0; i < 3; i++) {
		char path[64], line[512];
		FILE *table;

		snprintf(path, sizeof(path), "/proc/sysvipc/%s", tables[i]);
		table = fopen(path, "r");
		assert_non_null(table);
		while (fgets(line, sizeof(line), table)) {
			int key, id;

			if (sscanf(line, "%d %d", &key, &id) == 2)
				used += (size_t)snprintf(text + used, room - used,
							 "%s:%d ", tables[i], id);
		}
		fclose(table);
	}
	text[used] = '\0';
}

static void same(const struct how *how, const char *question)
{
	struct how ours = how ? *how : (struct how){ 0 };
	char text[128], left_by[2][512] = { "", "" };
	const char *words[MAX_WORDS];
	struct run a, b;

	snprintf(text, sizeof(text), "%s", question);
	split(text, words, "ipcrm");
	sandbox_reset(NULL);
	make_objects();
	run_cmd_how(&a, how, words);
	left(left_by[0], sizeof(left_by[0]));
	sandbox_reset(NULL);
	make_objects();
	ours.argv0 = "ipcrm";
	run_tool_how(&b, &ours, words + 1);
	left(left_by[1], sizeof(left_by[1]));
	if (a.status != b.status || strcmp(a.out, b.out) ||
	    strcmp(a.err, b.err) || strcmp(left_by[0], left_by[1]))
		sandbox_fail("ipcrm %s: %d, not %d\n%s%s%s\n--- but\n%s%s%s",
			     question, b.status, a.status, a.out, a.err,
			     left_by[0], b.out, b.err, left_by[1]);
	run_free(&a);
	run_free(&b);
}

static void test_same(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_QUESTIONS; i++)
		same(NULL, questions[i]);
}

static void test_same_for_nobody(void **state)
{
	static const char *const asked[] = {
		"-m 0", "-q 0", "-s 0", "-v -m 0", "-m 99", "shm 0", "msg 0 1",
		"-m x", "-M 5", "-x",
	};
	size_t i;

	(void)state;
	if (!sandbox_is_root())
		skip();
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		same(&nobody, asked[i]);
}

static void ours(struct run *r, const char *const argv[])
{
	static const struct how ipcrm = { .argv0 = "ipcrm" };

	run_tool_how(r, &ipcrm, argv);
}

static void expect(int status, const char *out, const char *err,
		   const char *rest, const char *const argv[])
{
	char text[512];
	struct run r;

	ours(&r, argv);
	run_expect(&r, status);
	assert_string_equal(r.out, out);
	assert_string_equal(r.err, err);
	left(text, sizeof(text));
	assert_string_equal(text, rest);
	run_free(&r);
}
#define EXPECT(status, out, err, rest, ...) \
	expect(status, out, err, rest, (const char *const[]){ __VA_ARGS__, NULL })
#define ALL	"shm:0 shm:1 sem:0 sem:1 msg:0 msg:1 "
#define TRY	"Try 'ipcrm --help' for more information.\n"

/* It removes what stands before the mistake. */
static void test_all_is_parsed_first(void **state)
{
	(void)state;
	make_objects();
	EXPECT(1, "", "ipcrm: failed to parse argument: 'x'\n", ALL,
	       "-m", "0", "-m", "x");
	EXPECT(1, "", "ipcrm: unknown argument: word\n" TRY, ALL,
	       "-m", "0", "word");
	EXPECT(1, "", "ipcrm: invalid option -- 'x'\n" TRY, ALL, "-a", "-x");
	/* as its manual writes it */
	EXPECT(1, "", "ipcrm: unknown argument: shm\n" TRY, ALL, "-a", "shm");
	EXPECT(1, "", "ipcrm: invalid id: 1x\n", ALL, "shm", "0", "1x");
	EXPECT(0, "", "", "sem:0 sem:1 msg:0 msg:1 ", "-a=shm");
	EXPECT(1, "", "ipcrm: unknown argument: foo\n",
	       "sem:0 sem:1 msg:0 msg:1 ", "-afoo");
}

/* What it could not remove, it names: ipcrm leaves out what it may not read,
 * and calls a key by an id. */
static void test_what_is_left_is_named(void **state)
{
	struct how private = { .user = "nobody", .argv0 = "ipcrm" };
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		skip();
	make_objects();
	run_tool_how(&r, &private, (const char *const[]){ "-a", NULL });
	run_expect(&r, 1);
	assert_string_equal(r.err, "ipcrm: permission denied for id (0)\n"
			    "ipcrm: permission denied for id (1)\n"
			    "ipcrm: permission denied for id (0)\n"
			    "ipcrm: permission denied for id (1)\n"
			    "ipcrm: permission denied for id (0)\n"
			    "ipcrm: permission denied for id (1)\n");
	run_free(&r);
	run_tool_how(&r, &private, (const char *const[]){ "-M", "0x4b4ea8bd", NULL });
	run_expect(&r, 1);
	assert_string_equal(r.err, "ipcrm: permission denied for key (0x4b4ea8bd)\n");
	run_free(&r);
}

static void test_without_a_log(void **state)
{
	static const struct how how = { .env = "IPCSCOPE_STATE_DIR=/tmp/none/link" };
	struct run r;

	(void)state;
	make_shm(1, 4096, 0600);
	must(mkdir("/tmp/none", 0700));
	must(symlink("/tmp", "/tmp/none/link"));
	run_tool_how(&r, &how, (const char *const[]){ "ipcrm", "-M", "2", NULL });
	assert_string_equal(r.err, "ipcrm: invalid key (2)\n");
	run_free(&r);
	run_tool_how(&r, &how, (const char *const[]){ "ipcrm", "-M", "1", NULL });
	run_expect(&r, 0);
	assert_non_null(strstr(r.err, "removed, but not logged: /tmp/none/link cannot be used"));
	run_free(&r);
	assert_int_equal(shmget(1, 0, 0), -1);
}

static void test_posix(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	make_objects();
	make_pshm("/a", 4096, 0600);
	make_pshm("/b", 4096, 0600);
	make_pshm("/c", 0, 0000);
	must(mkdir("/dev/shm/dir", 0700));
	fd = (int)must(open("/dev/shm/sem.z", O_CREAT | O_RDWR, 0600));
	close(fd);
	EXPECT(0, "", "", ALL, "--posix-shmem", "/a");
	assert_int_equal(stat("/dev/shm/a", &st), -1);
	EXPECT(0, "removing POSIX shared memory `b'\n", "", ALL,
	       "-v", "--posix-shmem", "b");
	EXPECT(1, "", "ipcrm: name `/b' not found\n", ALL, "--posix-shmem", "/b");
	EXPECT(1, "", "ipcrm: name `q' not found\n", ALL, "--posix-mqueue", "q");
	/* A directory there stops nothing, and is left alone. */
	EXPECT(0, "", "", ALL, "--all=pshm");
	assert_int_equal(stat("/dev/shm/c", &st), -1);
	assert_int_equal(stat("/dev/shm/dir", &st), 0);
}

/*
 * What those of util-linux 2.43 say, as tests/expected/util-linux-2.43.txt has it. To
 * record them anew: IPCSCOPE_NEWEST=DIRECTORY, where its programs are and the file is put.
 */
static const char *const newest[] = {
	"ipcrm", "ipcrm -h", "ipcrm --help", "ipcrm -x", "ipcrm --posix-shmem",
	"ipcrm --posix-shmem /a", "ipcrm --posix-shmem a", "ipcrm -v --posix-shmem /a",
	"ipcrm --posix-shmem /none", "ipcrm --posix-shmem none",
	"ipcrm -v --posix-shmem none", "ipcrm --posix-shmem /sem.s",
	"ipcrm -v --posix-semaphore /s", "ipcrm --posix-semaphore none",
	"ipcrm --posix-semaphore s", "ipcrm -v --posix-mqueue /q",
	"ipcrm --posix-mqueue /none", "ipcrm --all=pshm", "ipcrm --all=psem",
	"ipcrm --all=shm", "ipcrm -v -m 0", "ipcrm -m 9",
	"ipcrm -m 0 -m 0", "ipcrm -m 0 --all=shm", "ipcrm --all=shm -m 0", "ipcrm --all=x",
	"ipcs -h", "ipcs -x", "ipcs -i 0", "ipcs -m -i x",
	"ipcmk", "ipcmk -h", "ipcmk -x", "ipcmk -M", "ipcmk -M x", "ipcmk -M 64K",
	"ipcmk -M 1MiB -p 600", "ipcmk -M 2MB", "ipcmk -M 1.5K", "ipcmk -M 0x1000",
	"ipcmk -M -1", "ipcmk -M 0", "ipcmk -S 3", "ipcmk -S x", "ipcmk -S 0",
	"ipcmk -S 99999999999", "ipcmk -Q -p 0640", "ipcmk -Q -p 9", "ipcmk -Q -p 10000",
	"ipcmk -m 4096", "ipcmk -m 4096 -n /new", "ipcmk -m 4096 -n new", "ipcmk -q -n /new",
	"ipcmk -q -n new", "ipcmk -s -n /new", "ipcmk -s -n new -p 666", "ipcmk -n /new",
	"ipcmk -M 4096 -Q -S 2", "ipcmk -Q word",
};

/* A line "$ COMMAND", the status, and what was printed and is left. */
static void add_transcript(FILE *to, const char *command, const char *where)
{
	char text[128], path[128], rest[512];
	struct how there = { .env = path };
	const char *words[MAX_WORDS];
	struct how how = { 0 };
	struct run r;

	sandbox_reset(NULL);
	make_shm(0x4b4ea8bd, 8192, 0644);
	make_pshm("/a", 4096, 0600);
	make_psem("/s", 1, 0600);
	make_pmsg("/q", 2, 16, 0600);
	snprintf(text, sizeof(text), "%s", command);
	strtok(text, " ");
	split(text + strlen(text) + (strlen(command) > strlen(text)), words, text);
	how.argv0 = text;
	snprintf(path, sizeof(path), "PATH=%s", where ?: "");
	if (where) {
		run_cmd_how(&r, &there, words);
	} else {
		run_tool_how(&r, &how, words + 1);
	}
	left(rest, sizeof(rest));
	fprintf(to, "$ %s\n%s%s%d; %s%s%s%s\n", command, r.out, r.err, r.status, rest,
		!access("/dev/shm/a", F_OK) ? "/a " : "",
		!access("/dev/shm/sem.s", F_OK) ? "/s " : "",
		!access("/dev/shm/new", F_OK) ? "/new" : "");
	run_free(&r);
}

static char expected[65536];	/* read outside the sandbox */

static void read_expected(void)
{
	FILE *file = fopen("tests/expected/util-linux-2.43.txt", "r");

	if (!file)
		return;
	expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
	fclose(file);
}

/* The first line that differs, with its command. */
static void same_lines(const char *ours, const char *theirs)
{
	const char *command = ours;

	while (*ours || *theirs) {
		const size_t a = strcspn(ours, "\n"), b = strcspn(theirs, "\n");

		if (*ours == '$')
			command = ours;
		if (a != b || strncmp(ours, theirs, a))
			sandbox_fail("%.*s\n%.*s\n--- not\n%.*s", (int)strcspn(command, "\n"),
				     command, (int)a, ours, (int)b, theirs);
		ours += a + (ours[a] == '\n');
		theirs += b + (theirs[b] == '\n');
	}
}

static void test_newest(void **state)
{
	const char *where = getenv("IPCSCOPE_NEWEST");
	char *text = NULL, path[128];
	size_t len = 0, i;
	FILE *to;

	(void)state;
	snprintf(path, sizeof(path), "%s/util-linux-2.43.txt", where ?: "");
	to = where ? fopen(path, "w") : open_memstream(&text, &len);
	assert_non_null(to);
	for (i = 0; i < sizeof(newest) / sizeof(newest[0]); i++)
		add_transcript(to, newest[i], where);
	fclose(to);
	if (!where)
		same_lines(text, expected);
	free(text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_same), TEST(test_same_for_nobody),
		TEST(test_all_is_parsed_first), TEST(test_what_is_left_is_named),
		TEST(test_without_a_log),
		TEST(test_posix), TEST(test_newest),
	};

	read_expected();
	sandbox_enter();
	/* Others than root keep no log where root does. */
	setenv("IPCSCOPE_STATE_DIR", STATE_DIR, 1);
	return cmocka_run_group_tests_name("ipcrm", tests, NULL, NULL);
}
