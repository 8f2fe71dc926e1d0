// SPDX-License-Identifier: GPL-2.0-or-later
/* Others attach, replace and make again while rm and clean run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define KEY	0x05ce0001
#define ROUNDS	10000	/* or RACE_ROUNDS, as "make race" has it */
#define RUNS	30

#define tool(r, ...) \
	run_tool_how(r, &state_how, (const char *const[]){ __VA_ARGS__, NULL })

static unsigned long rounds_asked(void)
{
	const char *text = getenv("RACE_ROUNDS");

	return text ? strtoul(text, NULL, 10) : ROUNDS;
}

struct shared {
	unsigned long rounds;	/* of the other process */
	unsigned long wrong;	/* held, and yet removed */
	bool stop, ended;
};

static struct shared *make_shared(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(shared != MAP_FAILED);
	return shared;
}

/* Done, failed, or refused; a name may also mean two files for a moment. */
static void ended_well(const struct run *r)
{
	if (r->status > 2 && r->status != 5)
		run_expect(r, 0);
	if (r->status == 2 && !strstr(r->err, "say which"))
		run_expect(r, 0);
}

/* A file that is held open from before it gets its name is never removed. */
static void hold_file(struct shared *shared, bool leave)
{
	int fd = open("/dev/shm/new", O_RDWR | O_CREAT | O_TRUNC, 0600), i;
	struct stat st;

	if (rename("/dev/shm/new", "/dev/shm/box"))
		_exit(1);
	for (i = 0; i < 20 && !leave; i++) {
		if (fstat(fd, &st) || !st.st_nlink)
			shared->wrong++;
	}
	close(fd);
	shared->rounds++;
}

static void replace_files(void *arg)
{
	struct shared *shared = arg;
	volatile bool *stop = &shared->stop;

	sandbox_ready(0);
	while (!*stop || shared->rounds < rounds_asked())
		hold_file(shared, shared->rounds % 3 == 0);
}

static void test_replaced_file(void **state)
{
	struct shared *shared = make_shared();
	struct child *child;
	struct run r;
	int i;

	(void)state;
	make_pshm("/box", 0, 0600);
	child = sandbox_spawn("replacer", replace_files, shared);
	for (i = 0; i < RUNS || shared->rounds < rounds_asked(); i++) {
		tool(&r, "rm", "--yes", "--no-save", "pshm:/box");
		ended_well(&r);
		run_free(&r);
		tool(&r, "clean", "--yes", "--suspect", "--older", "0s",
		     "--user", "root", "--assume-complete", "pshm");
		ended_well(&r);
		run_free(&r);
	}
	shared->stop = true;
	assert_int_equal(sandbox_join(child), 0);
	assert_int_equal(shared->wrong, 0);
	assert_true(shared->rounds >= rounds_asked());
}

/* One that is attached loses its key only in the moment between the last look
 * and the removal: at most one a removal, however often it is attached. */
static void attach_once(struct shared *shared)
{
	int id = shmget(KEY, 4096, IPC_CREAT | 0600);
	struct shmid_ds ds;
	char *at;

	if (id < 0)
		return;
	at = shmat(id, NULL, 0);
	if (at == (void *)-1)
		return;		/* removed between the two */
	if (shmctl(id, IPC_STAT, &ds) || ds.shm_perm.mode & SHM_DEST)
		shared->wrong++;
	shmdt(at);
	shared->rounds++;
}

static void attach_segments(void *arg)
{
	struct shared *shared = arg;
	volatile bool *stop = &shared->stop;

	sandbox_ready(0);
	while (!*stop || shared->rounds < rounds_asked())
		attach_once(shared);
}

static unsigned long count_in_log(const char *what)
{
	unsigned long nr = 0;
	char *line = NULL;
	size_t room = 0;
	FILE *log = fopen(STATE_DIR "/removed.jsonl", "r");

	while (log && getline(&line, &room, log) > 0)
		nr += !!strstr(line, what);
	free(line);
	if (log)
		fclose(log);
	return nr;
}

static void test_attached_meanwhile(void **state)
{
	struct shared *shared = make_shared();
	struct child *child;
	struct run r;
	int i;

	(void)state;
	child = sandbox_spawn("attacher", attach_segments, shared);
	for (i = 0; i < RUNS || shared->rounds < rounds_asked(); i++) {
		tool(&r, "rm", "--yes", "--no-save", "shm:0x05ce0001");
		run_free(&r);
	}
	shared->stop = true;
	assert_int_equal(sandbox_join(child), 0);
	assert_true(shared->wrong <= count_in_log("\"event\":\"removed\""));
	assert_true(shared->rounds >= rounds_asked());
}

/* Each hands on what it has to a child and ends: its user runs something at every moment, and a
 * list of processes may have none of them. */
static void hand_on(void *arg)
{
	struct shared *shared = arg;
	const volatile bool *stop = &shared->stop;
	struct shmid_ds ds;
	struct stat st;
	int id, fd;
	void *at;

	sandbox_be_lonely();
	id = make_shm(IPC_PRIVATE, 4096, 0600);
	fd = (int)must(open("/dev/shm/nccl-handed", O_RDWR | O_CREAT, 0600));
	sandbox_ready(0);
	while (!*stop || shared->rounds < rounds_asked()) {
		if (fork() > 0)
			_exit(0);
		at = shmat(id, NULL, 0);
		if (at == (void *)-1 || shmctl(id, IPC_STAT, &ds) || ds.shm_perm.mode & SHM_DEST ||
		    fstat(fd, &st) || !st.st_nlink)
			shared->wrong++;
		if (at != (void *)-1)
			shmdt(at);
		shared->rounds++;
	}
	shared->ended = true;
	_exit(0);
}

static bool has_ended(void *arg)
{
	return *(const volatile bool *)&((struct shared *)arg)->ended;
}

static void test_handed_on(void **state)
{
	struct shared *shared = make_shared();
	struct run r;
	int i;

	(void)state;
	sandbox_needs_others();
	sandbox_join(sandbox_spawn("baton", hand_on, shared));
	for (i = 0; i < RUNS || shared->rounds < rounds_asked(); i++) {
		tool(&r, "clean", "--yes", "--suspect", "--no-save", "--older", "0s",
		     "--user", "4711", "--assume-complete", "shm", "pshm");
		ended_well(&r);
		run_free(&r);
	}
	shared->stop = true;
	wait_until("the last of them", 0, has_ended, shared);
	assert_int_equal(shared->wrong, 0);
	assert_true(shared->rounds >= rounds_asked());
}

/* A link or directory under the name is never followed nor removed. */
static void test_swapped_for_link(void **state)
{
	struct stat st;
	struct run r;

	(void)state;
	make_pshm("/box", 4096, 0600);
	make_pshm("/other", 4096, 0600);
	must(unlink("/dev/shm/box"));
	must(symlink("/dev/shm/other", "/dev/shm/box"));
	tool(&r, "rm", "--yes", "pshm:/box");
	run_expect(&r, 1);
	run_free(&r);
	must(lstat("/dev/shm/box", &st));
	must(stat("/dev/shm/other", &st));
}

static void test_unprivileged(void **state)
{
	const struct how how = {
		.user = "nobody", .env = "IPCSCOPE_STATE_DIR=/tmp/nobody",
	};
	const char *const mine[] = { "rm", "--yes", "pshm:/mine", NULL };
	const char *const back[] = { "undo", "--last", NULL };
	const char *const theirs[] = { "rm", "--yes", "--force", "pshm:/theirs",
				       NULL };
	const char *const segment[] = { "rm", "--yes", "--force", "shm:0", NULL };
	struct stat st;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		skip();
	make_pshm("/mine", 4096, 0600);
	must(chown("/dev/shm/mine", 65534, 65534));
	make_pshm("/theirs", 4096, 0600);
	make_shm(KEY, 4096, 0600);
	run_tool_how(&r, &how, mine);
	run_expect(&r, 0);
	run_free(&r);
	run_tool_how(&r, &how, back);
	run_expect(&r, 0);
	run_free(&r);
	must(stat("/dev/shm/mine", &st));
	assert_int_equal(st.st_uid, 65534);
	run_tool_how(&r, &how, theirs);
	run_expect(&r, 1);
	run_free(&r);
	must(stat("/dev/shm/theirs", &st));
	run_tool_how(&r, &how, segment);
	run_expect(&r, 1);
	run_free(&r);
	assert_true(shmget(KEY, 0, 0) >= 0);
	/* Root has it open: not visible, but the lease tells. */
	pshm_open_in("holder", "/mine", O_RDONLY);
	run_tool_how(&r, &how, mine);
	run_expect(&r, 5);
	run_free(&r);
	must(stat("/dev/shm/mine", &st));
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_replaced_file),
		TEST(test_attached_meanwhile),
		TEST(test_handed_on),
		TEST(test_swapped_for_link),
		TEST(test_unprivileged),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
