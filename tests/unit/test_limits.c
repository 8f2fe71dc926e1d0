// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits, their use, and what is said of them, on a machine made of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cli/help.h"
#include "cmd/limits.h"
#include "machine.h"

static struct limit_pressures found;

static const char sysctls[] =
	"file /proc/sys/kernel/shmmni text=4\\x0a\n"
	"file /proc/sys/kernel/shmall text=3\\x0a\n"
	"file /proc/sys/kernel/shmmax text=18446744073692774399\\x0a\n"
	"file /proc/sys/kernel/sem text=\"8 10\t500\t2\\x0a\"\n"
	"file /proc/sys/kernel/msgmni text=100\\x0a\n"
	"file /proc/sys/kernel/msgmnb text=16384\\x0a\n"
	"file /proc/sys/kernel/msgmax text=8192\\x0a\n"
	"file /proc/sys/fs/file-max text=1000\\x0a\n"
	"file /proc/sys/fs/file-nr text=\"250\t0\t1000\\x0a\"\n"
	"file /proc/sys/fs/pipe-user-pages-soft text=64\\x0a\n"
	"file /proc/sys/fs/pipe-user-pages-hard text=0\\x0a\n"
	"file /proc/sys/fs/inotify/max_user_instances text=10\\x0a\n"
	"file /proc/sys/fs/inotify/max_user_watches text=100\\x0a\n"
	"file /proc/sys/fs/epoll/max_user_watches text=1000\\x0a\n"
	"file /proc/sys/fs/mqueue/queues_max text=4\\x0a\n"
	"file /proc/sys/fs/mqueue/msg_max text=10\\x0a\n"
	"file /proc/sys/fs/mqueue/msgsize_max text=8192\\x0a\n";

static void add_limits(pid_t pid, unsigned int fds, unsigned int queued)
{
	machine_add(&box, "file /proc/%d/limits text=\"Limit      Soft\\x0a"
		    "Max open files            %u  20000  files\\x0a"
		    "Max msgqueue size         %u  unlimited  bytes\\x0a\"",
		    pid, fds, queued);
}

static int setup(void **state)
{
	machine_setup(state);
	machine_add(&box, "%s", sysctls);
	add_limits(9, 1024, 819200);
	found = (struct limit_pressures){};
	return 0;
}

static int teardown(void **state)
{
	limit_pressures_free(&found);
	return machine_teardown(state);
}

static void look(uint64_t limits, bool who, bool waiters)
{
	limit_pressure_query(&box.query, limits, who, waiters);
	query_plan(&box.query);
	machine_look(&box);
	limit_pressures_free(&found);
	limit_pressure_judge(&box.snap, limits, &found);
}

static const struct limit_pressure *the(enum limit_id limit)
{
	const struct limit_pressure *p;

	vec_for_each(p, &found.all) {
		if (p->limit == limit)
			return p;
	}
	return NULL;
}

static void check_use(enum limit_id limit, uint64_t used, uint64_t max)
{
	const struct limit_pressure *p = the(limit);

	assert_non_null(p);
	assert_true(p->known);
	assert_int_equal(p->used, used);
	assert_int_equal(p->max, max);
}

/* The table of what was found, without a heading. */
static const char *table_of(struct buf *text, struct limits *limits,
			    unsigned int width)
{
	static const struct request nothing;

	limits->session.req = &nothing;
	limits->session.view = (struct view){ .terminal = width > 0, .width = width };
	limits->session.picture.snap = box.snap;
	limits->limit_pressures = found;
	if (!limits->warning)
		limits->warning = 80;
	if (!limits->critical)
		limits->critical = 95;
	buf_reset(text);
	buf_puts(text, "");
	limits->shown.nr = 0;
	limits_sheet(text, limits);
	return text->data;
}

static void check_table(unsigned int width, const char *expect)
{
	struct limits limits = {};
	struct buf text = {};

	assert_string_equal(table_of(&text, &limits, width), expect);
	vec_free(&limits.shown);
	buf_free(&text);
}

static void check_line(const char *expect, enum check_status status)
{
	struct limits limits = {};
	struct buf text = {};

	table_of(&text, &limits, 0);
	buf_reset(&text);
	limits_check_line(&text, &limits);
	assert_string_equal(text.data, expect);
	assert_int_equal(limits_check(&limits), status);
	vec_free(&limits.shown);
	buf_free(&text);
}

#define SYSV_LIMITS (A_LIMIT(SHMMNI) | A_LIMIT(SHMALL) | A_LIMIT(SHMMAX) | \
		     A_LIMIT(SEMMNI) | A_LIMIT(SEMMNS) | A_LIMIT(SEMMSL) | \
		     A_LIMIT(MSGMNI))

static void test_system_v(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 size=4097 uid=0 mode=0600\n"
		    "shm id=2 size=1 uid=1000 mode=0600\n"
		    "shm id=3 size=0 uid=1000 mode=0600\n"
		    "sem id=4 uid=1000 nsems=6\nsem id=5 uid=0 nsems=2\n"
		    "msg id=6 uid=0 qbytes=16384");
	look(SYSV_LIMITS, true, false);
	check_use(LIMIT_SHMMNI, 3, 4);
	check_use(LIMIT_SHMALL, 3 * 4096, 3 * 4096);	/* whole pages */
	assert_true(the(LIMIT_SHMALL)->full);
	check_use(LIMIT_SEMMNI, 2, 2);
	check_use(LIMIT_SEMMNS, 8, 10);
	check_use(LIMIT_SEMMSL, 6, 8);
	check_use(LIMIT_MSGMNI, 1, 100);
	assert_int_equal(the(LIMIT_SHMMAX)->used, 4097);
	assert_false(the(LIMIT_SHMMAX)->has_max);
	check_table(80,
		    "semmni   2        2  100% root 1, alice 1\n"
		    "shmall 12K      12K  100% root 8K, alice 4K\n"
		    "semmns   8       10 80.0% alice 6, root 2\n"
		    "shmmni   3        4 75.0% alice 2, root 1\n"
		    "semmsl   6        8 75.0% sem:4\n"
		    "msgmni   1      100  1.0% root 1\n"
		    "shmmax  4K no limit     - shm:1\n");
	/* One does not fit, and is counted. */
	check_table(36,
		    "semmni   2        2  100% root 1 +1\n"
		    "shmall 12K      12K  100% root 8K +1\n"
		    "semmns   8       10 80.0% alice 6 +1\n"
		    "shmmni   3        4 75.0% alice 2 +1\n"
		    "semmsl   6        8 75.0% sem:4\n"
		    "msgmni   1      100  1.0% root 1\n"
		    "shmmax  4K no limit     - shm:1\n");
	check_table(120,
		    "semmni   2        2  100% root 1, alice 1   kernel.sem[4] semaphore sets\n"
		    "shmall 12K      12K  100% root 8K, alice 4K kernel.shmall bytes of all segments\n"
		    "semmns   8       10 80.0% alice 6, root 2   kernel.sem[2] semaphores\n"
		    "shmmni   3        4 75.0% alice 2, root 1   kernel.shmmni segments\n"
		    "semmsl   6        8 75.0% sem:4             kernel.sem[1] semaphores in one set\n"
		    "msgmni   1      100  1.0% root 1            kernel.msgmni queues\n"
		    "shmmax  4K no limit     - shm:1             kernel.shmmax bytes of one segment\n");
}

static void test_system_v_reads_no_process(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 size=4096");
	machine_process(&box, 20, 0, "x");
	look(SYSV_LIMITS, true, false);
	assert_int_equal(CALLS_OF(&box, read_dir), 0);
	assert_int_equal(CALLS_OF(&box, open_dir), 1);
	assert_int_equal(CALLS_OF(&box, stat), 0);
	assert_int_equal(CALLS_OF(&box, fs_space), 0);
}

static void permille_is(uint64_t used, uint64_t max, const char *text)
{
	struct limit_pressure p = { .limit = LIMIT_SHMMNI, .known = true,
			      .max_known = true, .has_max = true,
			      .used = used, .max = max };
	struct buf got = {};

	limits_percent(&got, &p);
	assert_string_equal(got.data, text);
	buf_free(&got);
}

static void test_percent(void **state)
{
	(void)state;
	permille_is(0, 100, "0.0%");
	permille_is(15999, 16384, "97.7%");
	permille_is(9996, 10000, "99.9%");	/* 99.96: not full */
	permille_is(UINT64_MAX - 1, UINT64_MAX, "99.9%");
	permille_is(10000, 10000, "100%");
	permille_is(UINT64_MAX, UINT64_MAX, "100%");
	permille_is(3, 2, "150.0%");
	permille_is(0, 0, "100%");	/* none may be made */
	permille_is(1, 100000, "0.0%");
}

static bool reaches(uint64_t used, uint64_t max, unsigned int percent)
{
	struct limit_pressure p = { .limit = LIMIT_SHMMNI, .known = true,
			      .max_known = true, .has_max = true,
			      .used = used, .max = max };

	return limit_pressure_reaches(&p, percent);
}

static void test_reaches(void **state)
{
	(void)state;
	assert_true(reaches(95, 100, 95));
	assert_false(reaches(94, 100, 95));
	assert_false(reaches(94999, 100000, 95));	/* though it reads 95.0% */
	assert_true(reaches(UINT64_MAX, UINT64_MAX, 100));
	assert_false(reaches(UINT64_MAX - 1, UINT64_MAX, 100));
}

#define QUEUE_LIMITS	A_LIMIT(MSGMNB)

static void test_waiter(void **state)
{
	(void)state;
	machine_add(&box, "msg id=3 uid=0 bytes=100 messages=1 qbytes=16384\n"
		    "msg id=7 uid=0 bytes=16000 messages=16 qbytes=16384");
	machine_process(&box, 5347, 0, "scen-snd");
	machine_add(&box, "file /proc/5347/syscall text=\"%d 0x7 0x1000 0x3e8 0x0 0x0 0x0 0x1 0x2\\x0a\"\n"
		    "dir /proc/5347/task/5347\n"
		    "file /proc/5347/task/5347/syscall text=\"%d 0x7 0x1000 0x3e8 0x0 0x0 0x0 0x1 0x2\\x0a\"",
		    SYS_msgsnd, SYS_msgsnd);
	look(QUEUE_LIMITS, true, false);
	check_use(LIMIT_MSGMNB, 16000, 16384);
	assert_false(the(LIMIT_MSGMNB)->full);	/* nobody looked */
	assert_int_equal(CALLS_OF(&box, read_dir), 0);
	assert_true(limit_pressure_may_wait(&box.snap, QUEUE_LIMITS));

	look(QUEUE_LIMITS, true, true);
	assert_true(the(LIMIT_MSGMNB)->full);
	assert_true(limit_pressure_reaches(the(LIMIT_MSGMNB), 100));
	check_table(60, "msgmnb 15.6K 16K 97.7% msg:7: scen-snd[5347] waits\n");
	check_line("IPC CRITICAL - msgmnb 97.7% (msg:7: scen-snd[5347] waits) |"
		   " msgmnb=16000B;13107;15564;0;16384\n", CHECK_CRITICAL);
}

static bool may_wait(const char *queue)
{
	machine_free(&box);
	machine_init(&box);
	machine_add(&box, "%s%s", sysctls, queue);
	look(QUEUE_LIMITS, true, false);
	return limit_pressure_may_wait(&box.snap, QUEUE_LIMITS);
}

/* Of messages of 8192 bytes at most, two fit into 16384. */
static void test_may_wait(void **state)
{
	(void)state;
	assert_false(may_wait("msg id=7 bytes=8192 messages=1 qbytes=16384"));
	assert_true(may_wait("msg id=7 bytes=8193 messages=2 qbytes=16384"));
	assert_true(may_wait("msg id=7 bytes=0 messages=16384 qbytes=16384"));
	check_use(LIMIT_MSGMNB, 16384, 16384);
	assert_false(may_wait("msg id=7 bytes=0 messages=0 qbytes=16384"));
}

static void add_holder(pid_t pid, uid_t uid, const char *comm)
{
	machine_process(&box, pid, uid, comm);
	add_limits(pid, 16, 200000);
}

/* 10 messages of 8192 bytes are charged with 82880 bytes. */
static void test_unlinked_queues(void **state)
{
	(void)state;
	machine_add(&box, "mq q uid=1000 dev=0:20 ino=2 mode=0600 maxmsg=10 msgsize=8192 messages=10");
	add_holder(20, 1000, "mq");
	machine_add(&box, "link /proc/20/fd/3 -> \"/gone (deleted)\" dev=0:20 ino=5 nlink=0 uid=1000 mode=0100600 size=80 magic=0x19800202 maxmsg=10 msgsize=8192\n"
		    "dir mqueue dev=0:20");
	look(A_LIMIT(MSGQUEUE) | A_LIMIT(MAXMSG), true, false);
	/* Of no process the limit is lower than where the queue is held. */
	check_use(LIMIT_MAXMSG, 10, 10);
	if (sizeof(long) == 4) {	/* where two structures of the kernel are smaller */
		check_use(LIMIT_MSGQUEUE, 2 * 82400, 200000);
		return;
	}
	check_use(LIMIT_MSGQUEUE, 2 * 82880, 200000);
	check_table(80, "mq_maxmsg           10     10  100% pmsg:/q\n"
		    "RLIMIT_MSGQUEUE 161.9K 195.3K 82.9% alice: 2 queues\n");
}

static void test_users_of_descriptors(void **state)
{
	(void)state;
	add_holder(20, 1000, "code");
	add_holder(21, 0, "sh");
	machine_add(&box, "link /proc/20/fd/0 -> pipe:[7] uid=1000 lmode=0500\n"
		    "link /proc/20/fd/1 -> pipe:[8] uid=1000 lmode=0300\n"
		    "link /proc/20/fd/4 -> anon_inode:inotify\n"
		    "file /proc/20/fdinfo/4 text=\"pos:\t0\\x0ainotify wd:2 ino:1\\x0ainotify wd:1 ino:9\\x0a\"\n"
		    "link /proc/20/fd/5 -> anon_inode:[eventpoll]\n"
		    "file /proc/20/fdinfo/5 text=\"pos:\t0\\x0atfd:  4 events: 19\\x0a\"\n"
		    "link /proc/21/fd/0 -> pipe:[7] uid=1000 lmode=0500\n"
		    "link /proc/21/fd/4 -> anon_inode:inotify ino=2\n"
		    "file /proc/21/fdinfo/4 text=\"pos:\t0\\x0a\"");
	look(A_LIMIT(PIPE_SOFT) | A_LIMIT(PIPE_HARD) | A_LIMIT(INOTIFIES) |
	     A_LIMIT(INOTIFY_WATCHES) | A_LIMIT(EPOLL_WATCHES) |
	     A_LIMIT(NOFILE) | A_LIMIT(FILE_MAX), true, false);
	check_use(LIMIT_PIPE_SOFT, 32, 64);
	assert_true(the(LIMIT_PIPE_SOFT)->estimated);
	assert_false(the(LIMIT_PIPE_HARD)->has_max);
	check_use(LIMIT_INOTIFIES, 1, 10);
	check_use(LIMIT_INOTIFY_WATCHES, 2, 100);
	check_use(LIMIT_EPOLL_WATCHES, 1, 1000);
	check_use(LIMIT_NOFILE, 4, 16);
	check_use(LIMIT_FILE_MAX, 250, 1000);
	check_table(80,
		    "pipe-user-pages-soft ~32       64 ~50.0% alice: 2 pipes\n"
		    "RLIMIT_NOFILE          4       16  25.0% code[20]\n"
		    "file-max             250     1000  25.0% code[20] 4, sh[21] 2\n"
		    "inotify/instances      1       10  10.0% root: sh[21] 1\n"
		    "inotify/watches        2      100   2.0% alice: code[20] 2\n"
		    "epoll/watches          1     1000   0.1% alice: code[20] 1\n"
		    "pipe-user-pages-hard ~32 no limit      - alice: 2 pipes\n");
}

/* What could not be seen is "?"; unless what was seen is enough. */
static void test_unseen(void **state)
{
	(void)state;
	add_holder(20, 1000, "code");
	machine_stranger(&box, 1, 0, "init");
	add_limits(1, 100, 100);
	machine_add(&box, "error /proc/1/fd EACCES open_dir\n"
		    "link /proc/20/fd/0 -> pipe:[7] uid=1000 lmode=0500\n"
		    "sem id=1 nsems=10 uid=0");
	look(A_LIMIT(PIPE_SOFT) | A_LIMIT(SEMMNS), true, false);
	assert_false(the(LIMIT_PIPE_SOFT)->known);
	assert_int_equal(the(LIMIT_PIPE_SOFT)->used, 16);
	check_table(80, "semmns               10 10 100% root 10\n"
		    "pipe-user-pages-soft  ? 64    ? alice: 1 pipe\n");
	check_line("IPC CRITICAL - semmns 100% (root 10) | semmns=10;8;9;0;10 pipe-user-pages-soft=U\n",
		   CHECK_CRITICAL);
	look(A_LIMIT(PIPE_SOFT), true, false);
	check_line("IPC UNKNOWN - not known: pipe-user-pages-soft | pipe-user-pages-soft=U\n",
		   CHECK_UNKNOWN);
}

static void four_pipes(const char *size)
{
	int fd;

	add_holder(20, 1000, "code");
	for (fd = 0; fd < 4; fd++)
		machine_add(&box, "link /proc/20/fd/%d -> pipe:[%d] uid=1000 lmode=0500 %s",
			    fd, fd + 7, size);
}

static void look_exactly(uint64_t limits)
{
	limit_pressure_query(&box.query, limits, true, false);
	limit_pressure_ask_pipes(&box.query);
	query_plan(&box.query);
	machine_look(&box);
	limit_pressures_free(&found);
	limit_pressure_judge(&box.snap, limits, &found);
}

static void test_unseen_but_full(void **state)
{
	(void)state;
	machine_stranger(&box, 1, 0, "init");
	machine_add(&box, "error /proc/1/fd EACCES open_dir");
	four_pipes("capacity=65536");
	look_exactly(A_LIMIT(PIPE_SOFT));
	assert_true(the(LIMIT_PIPE_SOFT)->known);
	assert_true(the(LIMIT_PIPE_SOFT)->full);
	check_line("IPC CRITICAL - pipe-user-pages-soft 100% (alice: 4 pipes) | "
		   "pipe-user-pages-soft=64;51;60;0;64\n", CHECK_CRITICAL);
}

/* Four pipes with 16 pages each fill it; with what any user may give them many times. */
static void an_estimate_neither_alarms_nor_reassures(void **state)
{
	(void)state;
	machine_add(&box, "file /proc/sys/fs/pipe-max-size text=1048576\\x0a");
	four_pipes("capacity=4096");
	look(A_LIMIT(PIPE_SOFT), true, false);
	assert_true(the(LIMIT_PIPE_SOFT)->known);
	assert_false(the(LIMIT_PIPE_SOFT)->full);
	assert_int_equal(the(LIMIT_PIPE_SOFT)->at_most, 1024);
	check_line("IPC UNKNOWN - not known: pipe-user-pages-soft | pipe-user-pages-soft=U\n",
		   CHECK_UNKNOWN);
	box.query = (struct query){};
	look_exactly(A_LIMIT(PIPE_SOFT));
	check_use(LIMIT_PIPE_SOFT, 4, 64);
	check_line("IPC OK - fullest: pipe-user-pages-soft 6.3% (alice: 4 pipes) | "
		   "pipe-user-pages-soft=4;51;60;0;64\n", CHECK_OK);
}

/* 20 and 21 have one, 22 one of its own. */
static void add_heirs(void)
{
	int pid;

	add_holder(20, 1000, "parent");
	add_holder(21, 1000, "child");
	add_holder(22, 0, "other");
	for (pid = 20; pid < 23; pid++)
		machine_add(&box, "link /proc/%d/fd/4 -> anon_inode:inotify ino=%d\n"
			    "file /proc/%d/fdinfo/4 text=\"inotify wd:2 ino:1\\x0a\"",
			    pid, pid == 22, pid);
}

static void what_several_have_counts_once(void **state)
{
	(void)state;
	add_heirs();
	look(A_LIMIT(INOTIFIES), true, false);
	check_use(LIMIT_INOTIFIES, 1, 10);
	assert_false(the(LIMIT_INOTIFIES)->estimated);
}

static void what_cannot_be_compared_is_estimated(void **state)
{
	(void)state;
	add_heirs();
	machine_add(&box, "error compare_fds EPERM");
	look(A_LIMIT(INOTIFIES), true, false);
	check_use(LIMIT_INOTIFIES, 2, 10);
	assert_true(the(LIMIT_INOTIFIES)->estimated);
}

static void test_check(void **state)
{
	(void)state;
	machine_add(&box, "sem id=1 nsems=8 uid=0\nmsg id=2 qbytes=16384");
	look(A_LIMIT(SEMMNS) | A_LIMIT(SEMMSL) | A_LIMIT(SHMMAX), true, false);
	/* The size of one set, 8 of 8, is no state to be warned of. */
	check_line("IPC WARNING - semmns 80.0% (root 8) | semmsl=8;;;0;8"
		   " semmns=8;8;9;0;10 shmmax=0B;;;0;\n", CHECK_WARNING);
	look(A_LIMIT(MSGMNI), true, false);
	check_line("IPC OK - fullest: msgmni 1.0% (root 1) | msgmni=1;80;95;0;100\n",
		   CHECK_OK);
	look(A_LIMIT(SHMMAX), true, false);
	check_line("IPC OK - no limit that is used up | shmmax=0B;;;0;\n",
		   CHECK_OK);
}

static void test_dev_shm(void **state)
{
	(void)state;
	machine_free(&box);
	machine_init(&box);
	machine_add(&box, "file /dev/shm/big uid=1000 size=4096 used=4096 ino=7 mode=0600");
	add_holder(20, 0, "ghost");
	machine_add(&box, "link /proc/20/fd/3 -> \"/dev/shm/x (deleted)\" dev=0:25 ino=9 nlink=0 uid=0 mode=0100600 size=8192 used=8192\n"
		    "file /proc/20/maps");
	look(A_LIMIT(SHM_BYTES), true, false);
	/* Without size= tmpfs does not say how much it holds. */
	assert_true(the(LIMIT_SHM_BYTES)->known);
	assert_false(the(LIMIT_SHM_BYTES)->has_max);
	assert_int_equal(the(LIMIT_SHM_BYTES)->used, 12288);
	check_table(80, "/dev/shm bytes 12K no limit - ghost[20] 8K unlinked, alice 4K\n");
}

static void test_statfs(void **state)
{
	(void)state;
	box.text.len = 0;
	machine_add(&box, "host uid=0 pid=9 now=5\n"
		    "dir /proc/self\ndir /dev/shm dev=0:25 bytes=1000 free_bytes=250 inodes=10 free_inodes=3");
	look(A_LIMIT(SHM_BYTES) | A_LIMIT(SHM_INODES), false, false);
	check_use(LIMIT_SHM_BYTES, 750, 1000);
	check_use(LIMIT_SHM_INODES, 7, 10);
	/* Nobody is looked for. */
	assert_int_equal(CALLS_OF(&box, read_dir), 0);
}

static void test_absent_and_unreadable(void **state)
{
	(void)state;
	machine_add(&box, "error /proc/sys/kernel/shmmni EACCES\n"
		    "file /proc/sys/net/core/somaxconn text=none\\x0a");
	look(A_LIMIT(SHMMNI) | A_LIMIT(DGRAM_QLEN) | A_LIMIT(SOMAXCONN), true,
	     false);
	assert_null(the(LIMIT_DGRAM_QLEN));
	assert_false(the(LIMIT_SHMMNI)->max_known);
	assert_string_equal(tell_warnings(&box.snap),
			    "limits EACCES 1 kernel.shmmni; "
			    "limits EBADMSG 1 net.core.somaxconn");
	check_line("IPC UNKNOWN - not known: shmmni | shmmni=0;;;0;\n",
		   CHECK_UNKNOWN);
}

static const char *skip_word(const char *at)
{
	return at + strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789_-.[]");
}

/* Names of limits in a sentence are those of limits.def. */
static unsigned int check_named(const char *text)
{
	static const char *const begins[] = {
		"kernel.", "fs.", "net.", "RLIMIT_", "mq_maxmsg",
	};
	unsigned int nr = 0;
	size_t i;

	for (; *text; text += *text != '\0') {
		const char *end = skip_word(text);
		char word[64];

		for (i = 0; i < ARRAY_SIZE(begins); i++) {
			if (strncmp(text, begins[i], strlen(begins[i])) != 0)
				continue;
			snprintf(word, sizeof(word), "%.*s", (int)(end - text),
				 text);
			if (limit_by_name(word) == NR_LIMITS)
				fail_msg("no limit %s", word);
			nr++;
		}
		text = end;
	}
	return nr;
}

static void test_errors_name_limits(void **state)
{
	unsigned int i, nr = 0;

	(void)state;
	for (i = 0; i < nr_error_causes; i++)
		nr += check_named(error_causes[i].cause);
	assert_true(nr >= 25);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(limit_by_name("shmmni"), LIMIT_SHMMNI);
	assert_int_equal(limit_by_name("kernel.sem[4]"), LIMIT_SEMMNI);
	assert_int_equal(limit_by_name("queues_max"), LIMIT_QUEUES_MAX);
	assert_int_equal(limit_by_name("/dev/shm bytes"), LIMIT_SHM_BYTES);
	assert_int_equal(limit_by_name("watches"), NR_LIMITS);	/* two */
	assert_int_equal(limit_by_name("shm bytes"), NR_LIMITS);
	assert_int_equal(limit_by_name(""), NR_LIMITS);
	assert_true(limit_is_none(LIMIT_SHMMAX, 18446744073692774399ull));
	assert_false(limit_is_none(LIMIT_SHMMAX, 0));
	assert_true(limit_is_none(LIMIT_PIPE_HARD, 0));
}

/* A name in it cannot begin the performance data, nor end the line. */
static void test_hostile_names(void **state)
{
	(void)state;
	add_holder(20, 1000, "a|b=1\\x0ac");
	machine_add(&box, "link /proc/20/fd/0 -> /x");
	look(A_LIMIT(NOFILE), true, false);
	check_line("IPC OK - fullest: RLIMIT_NOFILE 6.3% ('a\\x7cb=1\\x0ac'[20]) |"
		   " RLIMIT_NOFILE=1;12;15;0;16\n", CHECK_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_system_v), TEST(test_system_v_reads_no_process),
		TEST(test_percent), TEST(test_reaches), TEST(test_waiter),
		TEST(test_may_wait), TEST(test_unlinked_queues),
		TEST(test_users_of_descriptors), TEST(test_unseen),
		TEST(test_unseen_but_full),
		TEST(an_estimate_neither_alarms_nor_reassures),
		TEST(what_several_have_counts_once), TEST(what_cannot_be_compared_is_estimated), TEST(test_check),
		TEST(test_dev_shm), TEST(test_statfs),
		TEST(test_absent_and_unreadable), TEST(test_names),
		TEST(test_hostile_names),
		TEST(test_errors_name_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
