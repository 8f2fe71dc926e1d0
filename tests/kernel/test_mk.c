// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcscope mk: what it makes, what it says if it cannot, and --hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
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
#define NOBODY	65534

static bool shm_there(int id)
{
	struct shmid_ds ds;

	return !shmctl(id, IPC_STAT, &ds);
}

static void test_segment(void **state)
{
	struct shmid_ds ds;

	(void)state;
	tool_says(0, "shm:0\n", NULL, "mk", "shm:0x05ce0001", "size=10000",
		  "mode=0640");
	must(shmctl(0, IPC_STAT, &ds));
	assert_int_equal(ds.shm_segsz, 10000);
	assert_int_equal(ds.shm_perm.mode & 0777, 0640);
	assert_int_equal(ds.shm_perm.__key, KEY);
	assert_int_equal(shmget(KEY, 0, 0), 0);
	/* Decimal and negative, as ipcs and C programs have them. */
	tool_says(0, "shm:1\n", NULL, "mk", "shm", "key=-2");
	assert_int_equal(shmget((key_t)0xfffffffe, 0, 0), 1);
}

static void test_set_of_semaphores(void **state)
{
	const unsigned short wanted[] = { 3, 0, 32767 };
	unsigned short now[3];

	(void)state;
	tool_says(0, "sem:0\n", NULL, "mk", "sem", "values=3,0,5",
		  "sem[2]=32767", "mode=606");
	must(semctl(0, 0, GETALL, now));
	assert_memory_equal(now, wanted, sizeof(wanted));
	tool_says(2, NULL, "values takes 3 numbers", "mk", "sem", "nsems=3",
		  "values=1,2");
	tool_says(2, NULL, "values: 32768 is above 32767", "mk", "sem",
		  "values=1,32768");
	tool_says(2, NULL, "sem[3]: the set has 3", "mk", "sem", "nsems=3",
		  "sem[3]=1");
}

static void test_queue(void **state)
{
	struct { long type; char text[16]; } msg;
	struct msqid_ds ds;

	(void)state;
	tool_says(0, "msg:0\n", NULL, "mk", "msg", "message=hello",
		  "message[7]=world", "qbytes=1000");
	must(msgctl(0, IPC_STAT, &ds));
	assert_int_equal(ds.msg_qnum, 2);
	assert_int_equal(ds.msg_qbytes, 1000);
	assert_int_equal(must(msgrcv(0, &msg, 16, 7, IPC_NOWAIT)), 5);
	assert_memory_equal(msg.text, "world", 5);
	assert_int_equal(must(msgrcv(0, &msg, 16, 1, IPC_NOWAIT)), 5);
	/* Nothing was said: what the kernel gives. */
	tool_says(0, "msg:1\n", NULL, "mk", "msg");
	must(msgctl(1, IPC_STAT, &ds));
	assert_true(ds.msg_qbytes >= 1024);
}

static void test_posix(void **state)
{
	struct mq_attr attr;
	unsigned int priority;
	struct stat st;
	char text[64];
	int value;
	sem_t *sem;
	mqd_t mq;

	(void)state;
	umask(0777);
	tool_says(0, "pshm:/a\n", NULL, "mk", "pshm:/a", "size=1M", "mode=0644");
	umask(022);
	must(stat("/dev/shm/a", &st));
	assert_int_equal(st.st_size, 1 << 20);
	assert_int_equal(st.st_mode & 07777, 0644);

	tool_says(0, "psem:/s\n", NULL, "mk", "psem:/s", "value=70000");
	sem = sem_open("/s", 0);
	assert_true(sem != SEM_FAILED);
	must(sem_getvalue(sem, &value));
	assert_int_equal(value, 70000);
	must(sem_trywait(sem));
	must(sem_close(sem));

	tool_says(0, "pmsg:/q\n", NULL, "mk", "pmsg:/q", "maxmsg=3",
		  "msgsize=64", "message=low", "message[9]=high");
	mq = must(mq_open("/q", O_RDONLY));
	must(mq_getattr(mq, &attr));
	assert_int_equal(attr.mq_maxmsg, 3);
	assert_int_equal(must(mq_receive(mq, text, 64, &priority)), 4);
	assert_int_equal(priority, 9);
	must(mq_close(mq));

	tool_says(0, "fifo:/tmp/f\n", NULL, "mk", "fifo:/tmp/f", "mode=0622");
	must(stat("/tmp/f", &st));
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0622);
}

/* Every REF that is printed is taken, by mk and by the others. */
static void test_hostile_names(void **state)
{
	const struct hostile *h;

	(void)state;
	for (h = hostile_names; h->what; h++) {
		static char ref[256];
		char path[64];
		struct run r;
		size_t i, len;

		if (strchr(h->name, '/') || !strcmp(h->name, ".") ||
		    !strcmp(h->name, ".."))
			continue;
		len = (size_t)sprintf(ref, "pshm:/");
		for (i = 0; h->name[i]; i++)
			len += (size_t)sprintf(ref + len, "\\x%02x",
					       (unsigned char)h->name[i]);
		snprintf(path, sizeof(path), "/dev/shm/%s", h->name);
		run_tool(&r, "mk", ref, "size=1");
		run_expect(&r, 0);
		assert_int_equal(access(path, F_OK), 0);
		for (i = 0; i + 1 < r.out_len; i++)
			assert_true((unsigned char)r.out[i] >= ' ');
		r.out[r.out_len - 1] = '\0';
		tool_says(0, NULL, NULL, "show", r.out);
		/* Taken, and said so without harm. */
		tool_says(1, "", "its name is that of a file of", "mk", r.out);
		run_free(&r);
	}
}

static void test_taken(void **state)
{
	(void)state;
	make_shm(KEY, 4096, 0604);
	make_fifo("/tmp/f", 0640);
	make_pmsg("/q", 1, 1, 0600);
	must(symlink("/tmp/nowhere", "/tmp/link"));
	tool_says(1, "", "shm:0x05ce0001 not made: key 0x05ce0001 is that of shm:0 of root, mode 0604",
		  "mk", "shm:0x05ce0001");
	tool_says(1, "", "fifo:/tmp/f not made: its name is that of a FIFO of root, mode 0640",
		  "mk", "fifo:/tmp/f");
	tool_says(1, "", "its name is that of a symbolic link", "mk",
		  "fifo:/tmp/link");
	tool_says(1, "", "its name is that of a queue of root", "mk", "pmsg:/q");
	tool_says(1, "", "its directory /tmp/no: No such file or directory",
		  "mk", "fifo:/tmp/no/f");
	assert_int_equal(access("/tmp/nowhere", F_OK), -1);
}

static void set_limit(const char *path, const char *text)
{
	if (write_small(path, text))
		sandbox_fail("%s: %s", path, strerror(errno));
}

/* The limits are those of the sandbox's own IPC namespace. */
static void test_limits(void **state)
{
	(void)state;
	set_limit("/proc/sys/kernel/shmmni", "1");
	set_limit("/proc/sys/kernel/msgmni", "0");
	make_shm(IPC_PRIVATE, 1, 0600);
	tool_says(1, "", "kernel.shmmni: 1 of 1 segments exist", "mk", "shm");
	tool_says(1, "", "kernel.msgmni: 0 of 0 queues exist", "mk", "msg");
	set_limit("/proc/sys/kernel/shmmni", "10");
	set_limit("/proc/sys/kernel/shmall", "3");
	tool_says(1, "", "kernel.shmall: 1 of 3 pages are used, and it needs 4",
		  "mk", "shm", "size=16K");
	set_limit("/proc/sys/kernel/shmmax", "8192");
	tool_says(1, "", "size 8,193 is above kernel.shmmax, which is 8,192",
		  "mk", "shm", "size=8193");
	tool_says(1, "", "at least 1 byte", "mk", "shm", "size=0");

	set_limit("/proc/sys/kernel/sem", "4 6 32 2");
	tool_says(1, "", "5 is above semmsl (kernel.sem[1]), which is 4",
		  "mk", "sem", "nsems=5");
	tool_says(0, NULL, NULL, "mk", "sem", "nsems=4");
	tool_says(1, "", "semmns (kernel.sem[2]): 4 of 6 semaphores exist, and it needs 3",
		  "mk", "sem", "nsems=3");
	tool_says(0, NULL, NULL, "mk", "sem", "nsems=1");
	tool_says(1, "", "semmni (kernel.sem[4]): 2 of 2 sets exist", "mk",
		  "sem", "nsems=1");
}

static void test_queue_limits(void **state)
{
	struct run r;

	(void)state;
	tool_says(1, "", "a message is longer than msgsize, which is 3", "mk",
		  "pmsg:/q", "msgsize=3", "message=four");
	tool_says(1, "", "more than maxmsg", "mk", "pmsg:/q", "maxmsg=1",
		  "message=a", "message=b");
	/* Nothing is left of them. */
	assert_int_equal(mq_open("/q", O_RDONLY), -1);
	run_tool(&r, "mk", "msg", "message=a", "message[3]=b");
	run_expect(&r, 0);
	run_free(&r);
	set_limit("/proc/sys/kernel/msgmax", "3");
	tool_says(1, "", "longer than kernel.msgmax, which is 3", "mk", "msg",
		  "message=four");
	assert_int_equal(msgctl(1, IPC_RMID, NULL), -1);
	if (!sandbox_is_root())
		return;
	run_tool_how(&r, &(struct how){ .user = "nobody" },
		     (const char *const[]){ "mk", "pmsg:/q", "maxmsg=11", NULL });
	run_expect(&r, 1);
	says(r.err, "maxmsg 11 is above fs.mqueue.msg_max, which is 10");
	run_free(&r);
}

static void as_nobody(const char *err, const char *const argv[])
{
	struct run r;

	run_tool_how(&r, &(struct how){ .user = "nobody" }, argv);
	run_expect(&r, err ? 1 : 0);
	if (err)
		says(r.err, err);
	run_free(&r);
}
#define nobody(err, ...) \
	as_nobody(err, (const char *const[]){ __VA_ARGS__, NULL })

/* All that was asked, or nothing is there. */
static void test_unprivileged(void **state)
{
	struct msqid_ds ds;
	struct stat st;

	(void)state;
	if (!sandbox_is_root())
		skip();
	nobody("needs CAP_SYS_RESOURCE", "mk", "msg", "qbytes=1M");
	assert_int_equal(msgctl(0, IPC_STAT, &ds), -1);
	nobody("needs CAP_CHOWN", "mk", "pshm:/a", "owner=root");
	assert_int_equal(access("/dev/shm/a", F_OK), -1);
	nobody("needs CAP_CHOWN", "mk", "pmsg:/q", "owner=root");
	assert_int_equal(mq_open("/q", O_RDONLY), -1);
	nobody(NULL, "mk", "pshm:/a", "mode=0");
	must(stat("/dev/shm/a", &st));
	assert_int_equal(st.st_uid, NOBODY);
	nobody(NULL, "mk", "pmsg:/q", "mode=0", "message=x");
	must(mkdir("/tmp/closed", 0700));
	nobody("Permission denied", "mk", "fifo:/tmp/closed/f");
}

static void test_wrong_use(void **state)
{
	(void)state;
	tool_says(2, "", "mk makes shm, sem, msg, pshm, psem, pmsg and fifo, not 'pipe'",
		  "mk", "pipe");
	tool_says(2, "", "not 'sysv'", "mk", "sysv");
	tool_says(2, "", "which name? mk pshm:/NAME", "mk", "pshm");
	tool_says(2, "", "'shm:5' is a number that the kernel gives", "mk", "shm:5");
	tool_says(2, "", "no field 'siez', perhaps 'size'?", "mk", "shm", "siez=1");
	tool_says(2, "", "size takes bytes (64K, 2M), not 'big'", "mk", "shm",
		  "size=big");
	tool_says(2, "", "'4096' is no FIELD=VALUE", "mk", "shm", "4096");
	tool_says(2, "", "values is nothing a segment has", "mk", "shm",
		  "values=1");
	tool_says(2, "", "mk psem:/x", "mk", "pshm:/sem.x");
	tool_says(2, "", "has no second '/'", "mk", "pmsg:/a/b");
	tool_says(2, "", "two keys", "mk", "shm:0x2a", "key=43");
	tool_says(2, "", "size is given twice", "mk", "shm", "size=1", "size=2");
	tool_says(2, "", "owner takes a user name or number", "mk", "shm",
		  "owner=no-such-user");
	assert_false(shm_there(0));
}

static void test_json(void **state)
{
	struct run r;
	json_t *root = ask(&r, "mk", "shm:0x05ce0001", "size=10000");
	json_t *shm = need_object(root, "shm:0");

	(void)state;
	assert_int_equal(get_int(shm, "size"), 10000);
	assert_string_equal(get_text(shm, "key"), "0x05ce0001");
	run_free(&r);
}

static void test_hold(void **state)
{
	(void)state;
	tool_says(7, "shm:0 0 0x05ce0001\n", NULL, "mk", "shm:0x05ce0001",
		  "--hold", "sh", "-c",
		  "echo $IPCSCOPE_REF $IPCSCOPE_ID $IPCSCOPE_KEY; exit 7");
	assert_false(shm_there(0));
	tool_says(0, "/a \\x0ab\n", NULL, "mk", "pshm:/a \\x0ab", "--hold",
		  "sh", "-c", "test -e \"/dev/shm$IPCSCOPE_NAME\" && "
		  "printf '%s\\n' \"${IPCSCOPE_REF#pshm:}\"");
	assert_int_equal(access("/dev/shm/a \nb", F_OK), -1);
	tool_says(127, "", "no-such-program not run: No such file", "mk", "sem",
		  "--hold", "/tmp/no-such-program");
	tool_says(126, "", "/tmp not run: Permission denied", "mk", "sem",
		  "--hold", "/tmp");
	assert_int_equal(semctl(0, 0, GETVAL), -1);
	tool_says(2, "", "--hold needs an argument", "mk", "sem", "--hold");
}

/* Options behind it are the program's. */
static void hold_unprivileged(void *arg)
{
	(void)arg;
	must(setresgid(4711, 4711, 4711));
	must(setresuid(4711, 4711, 4711));
	tool_says(0, "", NULL, "mk", "pmsg:/closed", "mode=0", "--hold", "true");
	sandbox_ready(0);
}

/* What nobody may open is removed all the same. */
static void test_hold_closed(void **state)
{
	(void)state;
	sandbox_needs_others();
	sandbox_join(sandbox_spawn("holder", hold_unprivileged, NULL));
	assert_int_equal(mq_unlink("/closed"), -1);
	tool_says(0, "", NULL, "mk", "pmsg:/closed", "mode=0", "--hold", "true");
	assert_int_equal(mq_unlink("/closed"), -1);
}

static void test_hold_words(void **state)
{
	(void)state;
	tool_says(0, "-n --json -- x\n", NULL, "mk", "fifo:/tmp/f", "--hold",
		  "printf", "%s %s %s %s\\n", "-n", "--json", "--", "x");
	assert_int_equal(access("/tmp/f", F_OK), -1);
}

/* The signal goes to the program, and the object whatever comes of it. */
static void test_hold_signals(void **state)
{
	static const char *const signals[] = { "TERM", "INT", "HUP", "QUIT" };
	static const int numbers[] = { 15, 2, 1, 3 };
	char script[96];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(script, sizeof(script),
			 "kill -%s $PPID; while :; do :; done", signals[i]);
		tool_says(128 + numbers[i], NULL, NULL, "mk", "shm:0x05ce0001",
			  "--hold", "sh", "-c", script);
		assert_int_equal(shmget(KEY, 0, 0), -1);
		snprintf(script, sizeof(script),
			 "trap 'exit 9' %s; kill -%s $PPID; while :; do :; done",
			 signals[i], signals[i]);
		tool_says(9, NULL, NULL, "mk", "pmsg:/q", "--hold", "sh", "-c",
			  script);
		assert_int_equal(mq_open("/q", O_RDONLY), -1);
	}
	tool_says(128 + 9, NULL, NULL, "mk", "psem:/s", "--hold", "sh", "-c",
		  "kill -KILL $$");
	assert_int_equal(access("/dev/shm/sem.s", F_OK), -1);
}

/* Gone already is as good; another one of that name is left alone. */
static void test_hold_replaced(void **state)
{
	struct stat st;

	(void)state;
	tool_says(0, NULL, NULL, "mk", "shm", "--hold", "sh", "-c",
		  "ipcrm -m $IPCSCOPE_ID");
	tool_says(0, NULL, NULL, "mk", "pshm:/a", "size=5", "--hold", "rm",
		  "/dev/shm/a");
	tool_says(0, NULL, NULL, "mk", "pshm:/a", "size=5", "--hold", "sh", "-c",
		  "echo other > /dev/shm/b; mv /dev/shm/b /dev/shm/a");
	must(stat("/dev/shm/a", &st));
	assert_int_equal(st.st_size, 6);
	/* The same one, however it was changed. */
	tool_says(0, NULL, NULL, "mk", "fifo:/tmp/f", "--hold", "chmod", "0",
		  "/tmp/f");
	assert_int_equal(access("/tmp/f", F_OK), -1);
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
		TEST(test_set_of_semaphores),
		TEST(test_queue),
		TEST(test_posix),
		TEST(test_hostile_names),
		TEST(test_taken),
		TEST(test_limits),
		TEST(test_queue_limits),
		TEST(test_unprivileged),
		TEST(test_wrong_use),
		TEST(test_json),
		TEST(test_hold),
		TEST(test_hold_closed),
		TEST(test_hold_words),
		TEST(test_hold_signals),
		TEST(test_hold_replaced),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
