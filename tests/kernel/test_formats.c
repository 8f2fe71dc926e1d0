// SPDX-License-Identifier: GPL-2.0-or-later
/* What version 0.1.0 has kept is brought back, and what its log left open is
 * settled; tests/cli/formats.sh reads its snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define RUN	"20261121-172904-769"
#define BOX	"/dev/shm/box of 0.1.0\xff"

/* The log ends in the middle of a second run. */
static void copy_state(void)
{
	struct run r;

	run_cmd(&r, "sh", "-c", "umask 077 && mkdir " STATE_DIR
		" && cp -R tests/formats/0.1.0/removed.jsonl"
		" tests/formats/0.1.0/saved " STATE_DIR
		" && chmod -R go= " STATE_DIR);
	run_expect(&r, 0);
	run_free(&r);
}

static void check_sysv(void)
{
	struct { long type; char text[16]; } message;
	struct semid_ds set;
	struct shmid_ds segment;
	char *text;

	assert_int_equal(shmget(0x5e6, 0, 0), 0);
	must(shmctl(0, IPC_STAT, &segment));
	assert_int_equal(segment.shm_perm.mode & 0777, 0640);
	assert_int_equal(segment.shm_segsz, 18);
	text = shmat(0, NULL, SHM_RDONLY);
	assert_memory_equal(text, "a segment of 0.1.0", 18);
	must(shmdt(text));

	assert_int_equal(semget(0x5e7, 3, 0), 0);
	must(semctl(0, 0, IPC_STAT, &set));
	assert_int_equal(set.sem_perm.mode & 0777, 0600);
	assert_int_equal(semctl(0, 0, GETVAL), 4);
	assert_int_equal(semctl(0, 1, GETVAL), 0);
	assert_int_equal(semctl(0, 2, GETVAL), 9);

	assert_int_equal(msgget(0x5e8, 0), 0);
	assert_int_equal(msgrcv(0, &message, sizeof(message.text), 0, IPC_NOWAIT), 5);
	assert_int_equal(message.type, 7);
	assert_memory_equal(message.text, "first", 5);
	assert_int_equal(msgrcv(0, &message, sizeof(message.text), 0, IPC_NOWAIT), 6);
	assert_int_equal(message.type, 9);
	assert_memory_equal(message.text, "second", 6);
}

static void check_posix(void)
{
	struct mq_attr attr;
	char text[64];
	struct stat st;
	mqd_t mq;

	must(stat(BOX, &st));
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(read_small(BOX, text, sizeof(text)), 15);
	assert_string_equal(text, "a file of 0.1.0");

	mq = (mqd_t)must(mq_open("/queue", O_RDONLY));
	must(mq_getattr(mq, &attr));
	assert_int_equal(attr.mq_maxmsg, 10);
	assert_int_equal(attr.mq_msgsize, 8192);
	must(mq_close(mq));
}

static void test_kept_copies_are_restored(void **state)
{
	(void)state;
	sandbox_mount_mqueue();
	copy_state();
	tool_says(0, "restored sem:0",
		  "pshm:/cut: an earlier run was cut short: removed\n",
		  "undo", RUN);
	check_sysv();
	check_posix();
}

/* Neither is there any more: both were removed. */
static void test_open_items_are_settled(void **state)
{
	(void)state;
	copy_state();
	tool_says(0, "restored shm:0",
		  "shm:1: an earlier run was cut short: removed\n",
		  "undo", RUN ".1");
	tool_says(0, "restored sem:0", NULL, "undo", RUN ".2");
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_kept_copies_are_restored),
		TEST(test_open_items_are_settled),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
