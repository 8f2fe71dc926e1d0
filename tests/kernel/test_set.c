// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcscope set on real objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define DAEMON	1

static mode_t mode_of(const char *path)
{
	struct stat st;

	must(lstat(path, &st));
	return st.st_mode & 07777;
}

static void test_segment(void **state)
{
	int id = make_shm(IPC_PRIVATE, 4096, 0600);
	struct shmid_ds ds;
	struct run r;

	(void)state;
	/* Who uses it does not mind. */
	shm_attach_in("user", id, 0, SHM_PLAIN);
	run_tool(&r, "set", "shm:0", "mode=0640", "locked=yes");
	run_expect(&r, 0);
	assert_string_equal(r.out, "shm:0 mode 0600 -> 0640\n"
			    "shm:0 locked no -> yes\n");
	run_free(&r);
	must(shmctl(id, IPC_STAT, &ds));
	assert_int_equal(ds.shm_perm.mode & 0777, 0640);
	assert_true(ds.shm_perm.mode & SHM_LOCKED);
	tool_says(0, "shm:0 locked yes -> no\n", NULL, "set", "shm:0",
		  "locked=no", "mode=640");
	must(shmctl(id, IPC_STAT, &ds));
	assert_false(ds.shm_perm.mode & SHM_LOCKED);
	if (!sandbox_is_root())
		return;
	tool_says(0, "shm:0 owner root -> daemon\nshm:0 group root -> 12345\n",
		  NULL, "set", "shm:0", "owner=daemon", "group=12345");
	must(shmctl(id, IPC_STAT, &ds));
	assert_int_equal(ds.shm_perm.uid, DAEMON);
	assert_int_equal(ds.shm_perm.gid, 12345);
}

/* What is so already is not touched. */
static void test_same(void **state)
{
	struct stat before, after;

	(void)state;
	make_fifo("/tmp/f", 0640);
	must(stat("/tmp/f", &before));
	tool_says(0, "fifo:/tmp/f mode is 0640 already\n", NULL, "set",
		  "fifo:/tmp/f", "mode=0640", "owner=root");
	must(stat("/tmp/f", &after));
	assert_memory_equal(&before.st_ctim, &after.st_ctim,
			    sizeof(before.st_ctim));
}

/* What is set is logged before, and undone unless it was changed since. */
static void test_undone(void **state)
{
	const unsigned short values[] = { 1, 2, 3 };
	int id = make_sem(IPC_PRIVATE, 3, values, 0600);
	struct semid_ds ds;
	char log[4096] = "";

	(void)state;
	tool_says(0, "sem:0 sem[1] 2 -> 5\nsem:0 mode 0600 -> 0640\n", NULL, "set", "sem:0",
		  "sem[1]=5", "mode=0640");
	assert_true(read_small(STATE_DIR "/removed.jsonl", log, sizeof(log)) > 0);
	assert_non_null(strstr(log, "{\"event\":\"set\""));
	assert_non_null(strstr(log, "{\"what\":\"sem\",\"index\":1,\"before\":2,\"wanted\":5}"));
	assert_non_null(strstr(log, "{\"event\":\"changed\""));
	tool_says(0, "set sem:0   sem[1] 2 -> 5, mode 0600 -> 0640 all", NULL, "undo");
	tool_says(0, "restore sem:0 (sem[1] 2 -> 5, mode 0600 -> 0640), set as ", NULL,
		  "undo", "-n", "--last");
	tool_says(0, "restored sem:0 (undone: sem[1] 2 -> 5, mode 0600 -> 0640)\n", NULL,
		  "undo", "--last");
	assert_int_equal(must(semctl(id, 1, GETVAL)), 2);
	must(semctl(id, 0, IPC_STAT, &ds));
	assert_int_equal(ds.sem_perm.mode & 0777, 0600);
	tool_says(1, "", "nothing is kept", "undo", "--last");
	/* Used since, or set by somebody else: in the field itself or in another. */
	tool_says(0, "sem[1] 2 -> 5", NULL, "set", "sem:0", "sem[1]=5");
	must(semop(id, &(struct sembuf){ .sem_num = 1, .sem_op = -1 }, 1));
	tool_says(5, "", "changed or replaced since", "undo", "--last");
	assert_int_equal(must(semctl(id, 1, GETVAL)), 4);
	tool_says(0, "sem[0] 1 -> 7", NULL, "set", "sem:0", "sem[0]=7");
	ds.sem_perm.mode = 0666;
	must(semctl(id, 0, IPC_SET, &ds));
	tool_says(5, "", "changed or replaced since", "undo", "--last");
	assert_int_equal(must(semctl(id, 0, GETVAL)), 7);
	/* Nothing to be done leaves no run behind. */
	tool_says(0, "sem:0 sem[0] is 7 already\n", NULL, "set", "sem:0", "sem[0]=7");
	tool_says(0, "sem:0", "", "set", "sem:0", "sem[0]=8", "--no-log");
	tool_says(0, "restored sem:0", NULL, "undo", "--last");
	assert_int_equal(must(semctl(id, 0, GETVAL)), 7);
	must(semctl(id, 0, IPC_RMID));
	tool_says(5, "", "it is gone", "undo", "--last");
}

static void test_undone_files(void **state)
{
	(void)state;
	make_fifo("/tmp/f", 0640);
	make_pmsg("/q", 4, 64, 0600);
	make_psem("/s", 3, 0600);
	tool_says(0, "0640 -> 0600", NULL, "set", "fifo:/tmp/f", "mode=0600");
	tool_says(0, "0600 -> 0620", NULL, "set", "pmsg:/q", "mode=0620");
	tool_says(0, "value 3 -> 5", NULL, "set", "psem:/s", "value=5", "mode=0660");
	tool_says(0, "restored psem:/s", NULL, "undo", "--last");
	tool_says(0, "psem:/s value is 3 already\npsem:/s mode is 0600 already\n", NULL,
		  "set", "psem:/s", "value=3", "mode=0600");
	tool_says(0, "restored pmsg:/q", NULL, "undo", "--last");
	tool_says(0, "restored fifo:/tmp/f", NULL, "undo", "--last");
	assert_int_equal(mode_of("/tmp/f"), 0640);
	/* Another one under the name, perhaps with the inode of the first. */
	tool_says(0, "0640 -> 0600", NULL, "set", "fifo:/tmp/f", "mode=0600");
	must(unlink("/tmp/f"));
	make_fifo("/tmp/f", 0600);
	tool_says(5, "", "changed or replaced since", "undo", "--last");
	assert_int_equal(mode_of("/tmp/f"), 0600);
}

static void test_semaphores(void **state)
{
	const unsigned short values[] = { 1, 2, 3 };
	int id = make_sem(IPC_PRIVATE, 3, values, 0600);
	struct child *waiter = sem_wait_in("waiter", id, 0, -5);
	struct semid_ds ds;

	(void)state;
	tool_says(2, "", "sem[3]: the set has 3", "set", "sem:0", "sem[3]=1");
	tool_says(2, "", "a number up to 32767", "set", "sem:0", "sem[0]=32768");
	tool_says(0, "sem:0 sem[2] 3 -> 9\nsem:0 sem[1] 2 -> 0\nsem:0 mode 0600 -> 0606\n",
		  NULL, "set", "sem:0", "sem[2]=9", "sem[1]=0", "mode=0606");
	assert_int_equal(must(semctl(id, 2, GETVAL)), 9);
	assert_int_equal(must(semctl(id, 1, GETVAL)), 0);
	must(semctl(id, 0, IPC_STAT, &ds));
	assert_int_equal(ds.sem_perm.mode & 0777, 0606);
	/* Who waits goes on. */
	tool_says(0, "sem:0 sem[0] 1 -> 6", NULL, "set", "sem:0", "sem[0]=6");
	assert_int_equal(sandbox_join(waiter), 0);
	assert_int_equal(must(semctl(id, 0, GETVAL)), 1);
}

static void test_named_semaphore(void **state)
{
	struct child *waiter;
	sem_t *sem;
	int value;

	(void)state;
	make_psem("/s", 0, 0600);
	waiter = psem_wait_in("waiter", "/s");
	tool_says(0, "psem:/s value 0 -> ", NULL, "set", "psem:/s", "value=3");
	assert_int_equal(sandbox_join(waiter), 0);
	sem = sem_open("/s", 0);
	must(sem_getvalue(sem, &value));
	assert_in_range(value, 2, 3);
	tool_says(0, " -> 70000\n", NULL, "set", "psem:/s", "value=70000");
	tool_says(0, "70000 -> 0\n", NULL, "set", "psem:/s", "value=0",
		  "mode=0644");
	must(sem_getvalue(sem, &value));
	assert_int_equal(value, 0);
	must(sem_close(sem));
	assert_int_equal(mode_of("/dev/shm/sem.s"), 0644);
	tool_says(1, "", "more than 500,000 steps away", "set", "psem:/s",
		  "value=2000000000");
	/* Somebody's file that is no semaphore. */
	must(truncate("/dev/shm/sem.s", 3));
	tool_says(1, "", "it is shorter than a semaphore", "set", "psem:/s",
		  "value=1");
}

static void test_queues(void **state)
{
	int id = make_msg(IPC_PRIVATE, 0600);
	struct child *sender;
	struct msqid_ds ds;
	struct run r;

	(void)state;
	msg_fill(id, 1000);
	sender = msg_send_in("sender", id, 1, 1000);
	must(msgctl(id, IPC_STAT, &ds));
	tool_says(0, "msg:0 qbytes 16384 -> 5000\n", NULL, "set", "msg:0",
		  "qbytes=5000");
	if (sandbox_is_root()) {
		/* Root of a container may lack the capability. */
		run_tool(&r, "set", "msg:0", "qbytes=1M");
		if (r.status) {
			run_expect(&r, 1);
			says(r.err, "CAP_SYS_RESOURCE");
		} else {
			says(r.out, "5000 -> 1048576\n");
			assert_int_equal(sandbox_join(sender), 0);
		}
		run_free(&r);
	}
	make_pmsg("/q", 1, 10, 0600);
	tool_says(0, "pmsg:/q mode 0600 -> 0000\n", NULL, "set", "pmsg:/q",
		  "mode=0");
	tool_says(2, "", "maxmsg of a queue cannot be changed: it is what it was made with",
		  "set", "pmsg:/q", "maxmsg=2");
	run_tool(&r, "list", "--raw", "--no-heading", "-o", "mode", "pmsg");
	run_expect(&r, 0);
	assert_string_equal(r.out, "0000\n");
	run_free(&r);
}

static void test_dry_run(void **state)
{
	struct run r;

	(void)state;
	make_sem(IPC_PRIVATE, 1, NULL, 0600);
	run_tool(&r, "set", "-n", "sem:0", "sem[0]=4", "mode=600");
	run_expect(&r, 4);
	says(r.out, "set sem:0 sem[0] 0 -> 4\n");
	says(r.out, "SEM_UNDO entries of all processes for it are cleared");
	says(r.out, "sem:0 mode is 0600 already\n");
	run_free(&r);
	assert_int_equal(must(semctl(0, 0, GETVAL)), 0);
	tool_says(0, "already", NULL, "set", "-n", "sem:0", "sem[0]=0");
}

static void lose_the_right(void)
{
	must(prctl(PR_CAPBSET_DROP, 24, 0, 0, 0));	/* CAP_SYS_RESOURCE */
}

/* A dry run promises nothing that would be refused. */
static void test_dry_run_of_what_may_not_be(void **state)
{
	static const struct how less = { .prepare = lose_the_right }, nobody = { .user = "nobody" };
	struct run r;

	(void)state;
	make_msg(0x2a, 0600);
	tool_says(4, "set msg:0 qbytes 16384 -> 8192", NULL, "set", "-n", "msg:0", "qbytes=8K");
	run_tool_how(&r, &less, (const char *const[]){ "set", "-n", "msg:0", "qbytes=1M", NULL });
	run_expect(&r, 1);
	says(r.err, "qbytes not set: qbytes above kernel.msgmnb needs CAP_SYS_RESOURCE");
	run_free(&r);
	sandbox_needs_others();
	make_fifo("/tmp/fifo", 0666);
	run_tool_how(&r, &nobody, (const char *const[]){
		"set", "-n", "msg:0", "qbytes=8K", "mode=640", NULL });
	run_expect(&r, 1);
	says(r.err, "qbytes not set: only its owner (root) or creator (root) may");
	run_free(&r);
	run_tool_how(&r, &nobody, (const char *const[]){
		"set", "-n", "fifo:/tmp/fifo", "mode=600", NULL });
	run_expect(&r, 1);
	says(r.err, "only its owner (root) may");
	run_free(&r);
}

static void test_wrong_use(void **state)
{
	char ref[32];
	int ends[2];

	(void)state;
	make_shm(0x2a, 4096, 0600);
	make_msg(0x2a, 0600);
	tool_says(2, "", "key of a segment cannot be changed", "set",
		  "shm:0x2a", "key=43");
	tool_says(2, "", "size of a segment cannot be changed", "set",
		  "shm:0x2a", "size=1");
	tool_says(2, "", "qbytes is nothing a segment has; it takes owner=USER group=GROUP mode=MODE locked=yes|no",
		  "set", "shm:0", "qbytes=1");
	tool_says(2, "", "no field 'mod', perhaps 'mode'?", "set", "shm:0",
		  "mod=1");
	tool_says(2, "", "octal permission bits (0640), not '0800'", "set",
		  "shm:0", "mode=0800");
	tool_says(2, "", "mode is given twice", "set", "shm:0", "mode=1",
		  "mode=2");
	tool_says(2, "", "could be shm:0 or msg:0: say which", "set", "0x2a",
		  "mode=0");
	tool_says(1, "", "shm:7 does not exist", "set", "shm:7", "mode=0");
	tool_says(2, "", "set what?", "set", "shm:0");
	snprintf(ref, sizeof(ref), "pipe:%lu", (unsigned long)make_pipe(ends));
	tool_says(2, "", "nothing of a pipe can be changed", "set", ref,
		  "mode=0");
	close(ends[0]);
	close(ends[1]);
}

static void as_nobody(int status, const char *out, const char *err,
		      const char *const argv[])
{
	static const struct how how = {
		.user = "nobody", .env = "IPCSCOPE_STATE_DIR=/tmp/nobody",
	};
	struct run r;

	run_tool_how(&r, &how, argv);
	run_expect(&r, status);
	if (out)
		assert_string_equal(r.out, out);
	if (err)
		says(r.err, err);
	run_free(&r);
}
#define nobody(status, out, err, ...) \
	as_nobody(status, out, err, (const char *const[]){ __VA_ARGS__, NULL })

static void test_unprivileged(void **state)
{
	struct rlimit none = { 0, 0 };
	struct rlimit old;

	(void)state;
	if (!sandbox_is_root())
		skip();
	make_shm(IPC_PRIVATE, 4096, 0644);
	make_sem(IPC_PRIVATE, 1, NULL, 0644);
	make_psem("/s", 1, 0644);
	make_fifo("/tmp/f", 0644);
	make_pshm("/a", 10, 0666);
	make_pmsg("/q", 1, 10, 0644);
	nobody(1, "", "only its owner (root) or creator (root) may, or who has CAP_SYS_ADMIN",
	       "set", "shm:0", "mode=0666");
	nobody(1, "", "CAP_IPC_LOCK", "set", "shm:0", "locked=yes");
	nobody(1, "", "that needs CAP_IPC_OWNER", "set", "sem:0", "sem[0]=1");
	nobody(1, "", "that needs CAP_DAC_OVERRIDE", "set", "psem:/s", "value=2");
	nobody(1, "", "only its owner (root) may, or who has CAP_FOWNER", "set",
	       "fifo:/tmp/f", "mode=0666");
	nobody(1, "", "CAP_CHOWN", "set", "fifo:/tmp/f", "owner=nobody");
	nobody(1, "", "CAP_CHOWN", "set", "pshm:/a", "group=nogroup");
	nobody(1, "", "CAP_FOWNER", "set", "pmsg:/q", "mode=0666");
	assert_int_equal(mode_of("/tmp/f"), 0644);

	/* His own. */
	tool_says(0, NULL, NULL, "set", "shm:0", "owner=nobody", "mode=0");
	must(getrlimit(RLIMIT_MEMLOCK, &old));
	must(setrlimit(RLIMIT_MEMLOCK, &none));
	nobody(1, "", "RLIMIT_MEMLOCK (ulimit -l) is 0", "set", "shm:0",
	       "locked=yes");
	setrlimit(RLIMIT_MEMLOCK, &old);
	nobody(0, "shm:0 mode 0000 -> 0600\n", NULL, "set", "shm:0", "mode=600");
	make_msg(IPC_PRIVATE, 0600);
	tool_says(0, NULL, NULL, "set", "msg:0", "owner=nobody", "mode=0");
	nobody(1, "", "qbytes above kernel.msgmnb needs CAP_SYS_RESOURCE",
	       "set", "msg:0", "qbytes=1M", "mode=0666");
	/* All or nothing. */
	nobody(0, "msg:0 mode 0000 -> 0640\nmsg:0 qbytes 16384 -> 100\n", NULL,
	       "set", "msg:0", "mode=0640", "qbytes=100");
}

/* A link is never followed, and a file that lost its name is not changed. */
static void test_links_and_gone(void **state)
{
	(void)state;
	make_fifo("/tmp/victim", 0600);
	must(symlink("/tmp/victim", "/tmp/link"));
	tool_says(1, "", "leads to fifo:/tmp/victim", "set", "fifo:/tmp/link", "mode=0666");
	assert_int_equal(mode_of("/tmp/victim"), 0600);
	pshm_open_in("holder", (make_pshm("/a", 10, 0600), "/a"), O_RDWR);
	pshm_unlink("/a");
	tool_says(1, "", "does not exist", "set", "pshm:/a", "mode=0666");
}

/* Puts a link where the FIFO was and back, as fast as it can. */
static void swap(void *arg)
{
	(void)arg;
	sandbox_ready(0);
	for (;;) {
		must(unlink("/tmp/d/f"));
		must(symlink("/tmp/d/victim", "/tmp/d/f"));
		must(unlink("/tmp/d/f"));
		must(mkfifo("/tmp/d/f", 0600));
	}
}

static void test_replaced(void **state)
{
	int i;

	(void)state;
	must(mkdir("/tmp/d", 0755));
	make_fifo("/tmp/d/victim", 0600);
	make_fifo("/tmp/d/f", 0600);
	sandbox_spawn("swapper", swap, NULL);
	for (i = 0; i < 40; i++) {
		struct run r;

		run_tool(&r, "set", "fifo:/tmp/d/f", "mode=0666");
		if (r.status != 0 && r.status != 1 && r.status != 5)
			run_expect(&r, 0);
		run_free(&r);
		assert_int_equal(mode_of("/tmp/d/victim"), 0600);
	}
}

static void test_hostile_names(void **state)
{
	const struct hostile *h;

	(void)state;
	for (h = hostile_names; h->what; h++) {
		char ref[128] = "fifo:/tmp/", path[64];
		size_t i, len = strlen(ref);
		struct run r;

		if (strchr(h->name, '/') || !strcmp(h->name, ".") ||
		    !strcmp(h->name, ".."))
			continue;
		snprintf(path, sizeof(path), "/tmp/%s", h->name);
		make_fifo(path, 0600);
		for (i = 0; h->name[i]; i++)
			len += (size_t)sprintf(ref + len, "\\x%02x",
					       (unsigned char)h->name[i]);
		run_tool(&r, "set", ref, "mode=0644");
		run_expect(&r, 0);
		assert_int_equal(mode_of(path), 0644);
		for (i = 0; i + 1 < r.out_len; i++)
			assert_true((unsigned char)r.out[i] >= ' ');
		run_free(&r);
	}
}

static int setup(void **state)
{
	sandbox_mount_mqueue();
	(void)state;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_segment),
		TEST(test_same),
		TEST(test_undone), TEST(test_undone_files),
		TEST(test_semaphores),
		TEST(test_named_semaphore),
		TEST(test_queues),
		TEST(test_dry_run),
		TEST(test_dry_run_of_what_may_not_be),
		TEST(test_wrong_use),
		TEST(test_unprivileged),
		TEST(test_links_and_gone),
		TEST(test_replaced),
		TEST(test_hostile_names),
	};

	sandbox_enter();
	/* Others than root keep no log where root does. */
	setenv("IPCSCOPE_STATE_DIR", STATE_DIR, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
