// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcscope rm and undo on real objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define KEY	0x05ce0001

#define tool(r, ...) \
	run_tool_how(r, &state_how, (const char *const[]){ __VA_ARGS__, NULL })

static bool shm_there(int id)
{
	struct shmid_ds ds;

	return !shmctl(id, IPC_STAT, &ds);
}

static void fill(int id, const char *text)
{
	char *at = shmat(id, NULL, 0);

	assert_true(at != (void *)-1);
	strcpy(at, text);
	must(shmdt(at));
}

static void test_no_terminal_no_yes(void **state)
{
	int id = make_shm(KEY, 4096, 0600);

	(void)state;
	tool_says(2, NULL, "--yes", "rm", "shm:0");
	assert_true(shm_there(id));
	assert_int_equal(access(STATE_DIR, F_OK), -1);
}

static void test_dry_run(void **state)
{
	int id = make_shm(KEY, 4096, 0600);

	(void)state;
	tool_says(4, "memory and key 0x05ce0001 are free at once; contents kept for undo",
		  NULL, "rm", "-n", "shm:0");
	assert_true(shm_there(id));
	assert_int_equal(access(STATE_DIR, F_OK), -1);
}

static void test_segment_and_back(void **state)
{
	int id = make_shm(KEY, 10000, 0640);
	struct shmid_ds ds;
	char *at;

	(void)state;
	fill(id, "what it holds");
	tool_says(0, "removed shm:0\n", NULL, "rm", "-y", "shm:0x05ce0001");
	assert_false(shm_there(id));
	tool_says(0, "shm:0", NULL, "undo", "--list");
	tool_says(0, "restored shm:0\n", NULL, "undo", "--last");
	must(shmctl(id, IPC_STAT, &ds));
	assert_int_equal(ds.shm_perm.mode & 0777, 0640);
	assert_int_equal(ds.shm_perm.__key, KEY);
	assert_int_equal(ds.shm_segsz, 10000);
	at = shmat(id, NULL, SHM_RDONLY);
	assert_string_equal(at, "what it holds");
	must(shmdt(at));
	tool_says(1, NULL, "nothing is kept", "undo", "--last");
}

static void test_attached_is_refused(void **state)
{
	int id = make_shm(KEY, 4096, 0600);
	struct child *child = shm_attach_in("holder", id, 0, SHM_PLAIN);
	struct run r;

	(void)state;
	tool(&r, "rm", "-y", "shm:0");
	run_expect(&r, 5);
	says(r.err, "shm:0 not removed: in use");
	says(r.err, "holder[");
	says(r.err, "ipcscope rm --force shm:0");
	run_free(&r);
	assert_true(shm_there(id));

	/* What somebody else may not remove no force will. */
	if (sandbox_is_root()) {
		static const struct how nobody = {
			.user = "nobody", .env = "IPCSCOPE_STATE_DIR=/tmp/nobody",
		};

		run_tool_how(&r, &nobody, (const char *const[]){ "rm", "-y", "shm:0", NULL });
		run_expect(&r, 5);
		says(r.err, "root may, and sees more: sudo ipcscope rm shm:0");
		run_free(&r);
	}
	tool_says(0, "removed shm:0: 1 attachment keeps it until the last detach",
		  NULL, "rm", "-y", "--force", "shm:0");
	assert_int_equal(shmget(KEY, 0, 0), -1);
	sandbox_kill(child);
	assert_false(shm_there(id));
}

static void test_semaphores_and_back(void **state)
{
	const unsigned short values[] = { 3, 0, 32767 };
	unsigned short now[3];
	int id = make_sem(KEY, 3, values, 0606);
	struct semid_ds ds;

	(void)state;
	tool_says(0, "removed sem:0", NULL, "rm", "-y", "--assume-complete",
		  "sem:0");
	tool_says(0, "restored sem:0\n", NULL, "undo", "--last");
	must(semctl(id, 0, GETALL, now));
	assert_memory_equal(now, values, sizeof(values));
	must(semctl(id, 0, IPC_STAT, &ds));
	assert_int_equal(ds.sem_perm.mode & 0777, 0606);
}

static void test_waiter_is_refused(void **state)
{
	int id = make_sem(KEY, 1, NULL, 0600);

	(void)state;
	sem_wait_in("waiter", id, 0, -1);
	tool_says(5, NULL, "waiter[", "rm", "-y", "sem:0");
	must(semctl(id, 0, GETVAL));
}

static void test_messages_and_back(void **state)
{
	int id = make_msg(KEY, 0600), i;
	struct {
		long type;
		char text[64];
	} msg;

	(void)state;
	for (i = 1; i <= 3; i++) {
		msg.type = i;
		memset(msg.text, '0' + i, sizeof(msg.text));
		must(msgsnd(id, &msg, 10 * i, 0));
	}
	tool_says(0, "removed msg:0", NULL, "rm", "-y", "msg:0",
		  "--assume-complete");
	tool_says(0, "restored msg:0\n", NULL, "undo", "--last");
	for (i = 1; i <= 3; i++) {
		assert_int_equal(must(msgrcv(id, &msg, 64, 0, IPC_NOWAIT)),
				 10 * i);
		assert_int_equal(msg.type, i);
		assert_int_equal(msg.text[10 * i - 1], '0' + i);
	}
}

static void test_file_and_back(void **state)
{
	struct stat before, after;
	char text[6];
	int fd;

	(void)state;
	make_pshm("/box", 1 << 20, 0640);
	fd = must(open("/dev/shm/box", O_RDWR));
	must(pwrite(fd, "there", 6, 500000));
	close(fd);
	must(stat("/dev/shm/box", &before));
	tool_says(0, "removed pshm:/box", NULL, "rm", "-y", "pshm:/box");
	assert_int_equal(stat("/dev/shm/box", &after), -1);
	tool_says(0, "restored pshm:/box\n", NULL, "undo", "--last");
	must(stat("/dev/shm/box", &after));
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_mtime, before.st_mtime);
	assert_true(after.st_blocks < 1 << 11);
	fd = must(open("/dev/shm/box", O_RDONLY));
	must(pread(fd, text, 6, 500000));
	close(fd);
	assert_string_equal(text, "there");
}

static void test_open_file_is_refused(void **state)
{
	(void)state;
	make_pshm("/open", 4096, 0600);
	pshm_open_in("holder", "/open", O_RDONLY);
	tool_says(5, NULL, "holder[", "rm", "-y", "pshm:/open");
	must(access("/dev/shm/open", F_OK));
	make_pshm("/mapped", 4096, 0600);
	pshm_map_in("mapper", "/mapped", PROT_READ);
	tool_says(5, NULL, "mapper[", "rm", "-y", "pshm:/mapped");
	must(access("/dev/shm/mapped", F_OK));
}

static void test_queue_and_back(void **state)
{
	struct mq_attr attr;
	mqd_t mq;

	(void)state;
	make_pmsg("/queue", 7, 300, 0620);
	tool_says(0, "removed pmsg:/queue", NULL, "rm", "-y", "pmsg:/queue");
	assert_true(mq_open("/queue", O_RDONLY) == -1);
	tool_says(0, "restored pmsg:/queue\n", NULL, "undo", "--last");
	mq = must(mq_open("/queue", O_RDONLY));
	must(mq_getattr(mq, &attr));
	mq_close(mq);
	assert_int_equal(attr.mq_maxmsg, 7);
	assert_int_equal(attr.mq_msgsize, 300);
}

static void test_paths_and_back(void **state)
{
	struct stat st;
	int sock;

	(void)state;
	unix_stale(SOCK_STREAM, "/tmp/dead.sock");
	sock = unix_listener(SOCK_STREAM, "/tmp/live.sock", 1);
	tool_says(0, "removed unix:/tmp/dead.sock", NULL, "rm", "-y",
		  "unix:/tmp/dead.sock");
	tool_says(5, NULL, "unix:/tmp/live.sock not removed", "rm", "-y",
		  "unix:/tmp/live.sock");
	must(stat("/tmp/live.sock", &st));
	tool_says(0, "restored unix:/tmp/dead.sock\n", NULL, "undo", "--last");
	must(stat("/tmp/dead.sock", &st));
	assert_true(S_ISSOCK(st.st_mode));
	close(sock);

	make_fifo("/tmp/pipe", 0622);
	tool_says(0, "removed fifo:/tmp/pipe", NULL, "rm", "-y",
		  "fifo:/tmp/pipe", "--assume-complete");
	tool_says(0, "restored fifo:/tmp/pipe\n", NULL, "undo", "--last");
	must(stat("/tmp/pipe", &st));
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0622);
}

static void test_undo_taken(void **state)
{
	(void)state;
	make_shm(KEY, 4096, 0600);
	make_pshm("/name", 4096, 0600);
	tool_says(0, NULL, NULL, "rm", "-y", "shm:0", "pshm:/name");
	make_shm(KEY, 8192, 0600);
	make_pshm("/name", 100, 0600);
	tool_says(5, NULL, "its key is taken again", "undo", "--last");
	tool_says(5, NULL, "its name is taken again", "undo", "--last");
}

/* Root makes nothing where another user's link leads. */
static void test_undo_behind_link(void **state)
{
	(void)state;
	must(mkdir("/dev/shm/sub", 0777));
	must(mkdir("/tmp/victim", 0700));
	make_pshm("/sub/box", 4096, 0600);
	tool_says(0, "removed", NULL, "rm", "-y", "pshm:/sub/box");
	must(rmdir("/dev/shm/sub"));
	must(symlink("/tmp/victim", "/dev/shm/sub"));
	tool_says(5, NULL, "symbolic link", "undo", "--last");
	assert_int_equal(access("/tmp/victim/box", F_OK), -1);
	must(unlink("/dev/shm/sub"));
	tool_says(5, NULL, "its directory is gone", "undo", "--last");
	must(mkdir("/dev/shm/sub", 0777));
	tool_says(0, "restored", NULL, "undo", "--last");
	must(access("/dev/shm/sub/box", F_OK));
}

static void test_log(void **state)
{
	char text[8192];

	(void)state;
	make_shm(KEY, 4096, 0600);
	tool_says(0, NULL, NULL, "rm", "-y", "shm:0");
	assert_true(read_small(STATE_DIR "/removed.jsonl", text, sizeof(text)) > 0);
	says(text, "\"event\":\"remove\"");
	says(text, "\"event\":\"removed\"");
	says(text, "\"event\":\"end\"");
	says(text, "\"command\":\"rm\"");
}

static void test_log_must_be_written(void **state)
{
	int id = make_shm(KEY, 4096, 0600);

	(void)state;
	tool_says(1, NULL, "cannot be written", "rm", "-y", "shm:0", "--log",
		  "/proc/none/log");
	tool_says(1, NULL, "No space left", "rm", "-y", "shm:0", "--log",
		  "/dev/full");
	assert_true(shm_there(id));
	tool_says(0, "removed", NULL, "rm", "-y", "shm:0", "--no-log");
}

static void test_disk_full(void **state)
{
	int id = make_shm(KEY, 1 << 20, 0600);
	char *data;

	(void)state;
	/* Zeros would take no room. */
	data = (char *)must(shmat(id, NULL, 0));
	memset(data, 'x', 1 << 20);
	must(shmdt(data));
	must(mkdir(STATE_DIR, 0700));
	must(mount("tmpfs", STATE_DIR, "tmpfs", 0, "mode=0700,size=64k"));
	tool_says(1, NULL, "cannot be kept", "rm", "-y", "shm:0");
	assert_true(shm_there(id));
	tool_says(0, NULL, NULL, "undo", "--list");
	tool_says(0, "removed", NULL, "rm", "-y", "--no-save", "shm:0");
}

static void test_unsafe_state(void **state)
{
	int id = make_shm(KEY, 4096, 0600);

	(void)state;
	must(mkdir(STATE_DIR, 0777));
	must(chmod(STATE_DIR, 0777));
	tool_says(1, NULL, "others may write", "rm", "-y", "shm:0");
	assert_true(shm_there(id));
}

static void test_gone_and_wrong(void **state)
{
	(void)state;
	tool_says(1, NULL, "does not exist", "rm", "-y", "shm:77");
	tool_says(2, NULL, NULL, "rm", "-y", "77");
	tool_says(2, NULL, "rm what?", "rm", "-y");
}

static void test_standard_input(void **state)
{
	const struct how how = {
		.env = state_how.env, .input = "shm:0\n\npshm:/box\n",
	};
	const char *const asks[] = { "rm", "-", NULL };
	const char *const acts[] = { "rm", "--yes", "-", NULL };
	struct run r;

	(void)state;
	make_shm(KEY, 4096, 0600);
	make_pshm("/box", 4096, 0600);
	run_tool_how(&r, &how, asks);
	run_expect(&r, 2);
	run_free(&r);
	assert_true(shm_there(0));
	run_tool_how(&r, &how, acts);
	run_expect(&r, 0);
	says(r.out, "removed pshm:/box");
	run_free(&r);
	assert_false(shm_there(0));
}

/* Runs rm shm:0 on a terminal, with these answers. */
static void answer(int status, const char *answers, const char *asked)
{
	const struct how how = { .env = state_how.env, .input = answers };
	const char *const argv[] = {
		"script", "-qec", "/tmp/.tool/ipcscope rm shm:0", "/dev/null",
		NULL
	};
	struct run r;

	run_cmd_how(&r, &how, argv);
	run_expect(&r, status);
	says(r.out, asked);
	run_free(&r);
}

static void test_asks(void **state)
{
	(void)state;
	if (!have_cmd("script"))
		skip();
	make_shm(KEY, 4096, 0600);
	answer(5, "n\n", "remove this object of root? [y/N]");
	answer(5, "", "nothing was removed");
	assert_true(shm_there(0));
	answer(0, "y\n", "removed shm:0");
	assert_false(shm_there(0));
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_no_terminal_no_yes),
		TEST(test_dry_run),
		TEST(test_segment_and_back),
		TEST(test_attached_is_refused),
		TEST(test_semaphores_and_back),
		TEST(test_waiter_is_refused),
		TEST(test_messages_and_back),
		TEST(test_file_and_back),
		TEST(test_open_file_is_refused),
		TEST(test_queue_and_back),
		TEST(test_paths_and_back),
		TEST(test_undo_taken),
		TEST(test_undo_behind_link),
		TEST(test_log),
		TEST(test_log_must_be_written),
		TEST(test_disk_full),
		TEST(test_unsafe_state),
		TEST(test_gone_and_wrong),
		TEST(test_standard_input),
		TEST(test_asks),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
