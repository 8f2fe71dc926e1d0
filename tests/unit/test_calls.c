// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "machine.h"

/* Not by assert_edges(): "unix" is a macro of the compiler's. */
#define EDGES(class, id, expect)					\
	assert_string_equal(tell_edges(&box.snap, the_object(&box.snap,	\
							     CLASS_##class, id)), expect)

/* The line of one who is blocked in that call. */
static const char *line_of(long nr, uint64_t a, uint64_t b, uint64_t c)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "%ld 0x%llx 0x%llx 0x%llx 0x0 0x0 0x0 0x7ffe0 0x7fff1\\x0a",
		 nr, (unsigned long long)a, (unsigned long long)b,
		 (unsigned long long)c);
	return text;
}

static void in_call(pid_t pid, long nr, uint64_t a, uint64_t b, uint64_t c)
{
	machine_add(&box, "file /proc/%d/syscall text=\"%s\"", pid,
		    line_of(nr, a, b, c));
}

static void blocked(pid_t pid, long nr, uint64_t a, uint64_t b, uint64_t c)
{
	machine_process(&box, pid, 1000, "waiter");
	in_call(pid, nr, a, b, c);
}

/* Hex of a number in memory, of which the last byte counts least. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SHORT(high, low)	high low
#define LONG(low)		"00000000000000" low
#define INT(low)		"000000" low
#define TYPE_33			"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x21"
#else
#define SHORT(high, low)	low high
#define LONG(low)		low "00000000000000"
#define INT(low)		low "000000"
#define TYPE_33			"\\x21\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
#endif
#define POLLFD(fd, events)	fd SHORT("00", events) "0000"
/* One operation, no flags. */
#define SOP(num, high, low)	SHORT("00", num) SHORT(high, low) "0000"

static void add_set(void)
{
	machine_add(&box, "sem id=4 key=4 values=0,3,2");
}

static void test_semop(void **state)
{
	(void)state;
	add_set();
	blocked(20, CALL_SEMOP, 4, 0x1000, 1);
	machine_add(&box, "mem 20 0x1000 " SOP("00", "ff", "ff"));
	blocked(21, CALL_SEMTIMEDOP, 4, 0x1000, 1);
	machine_add(&box, "mem 21 0x1000 " SOP("02", "00", "00"));	/* for zero */
	blocked(22, CALL_SEMOP, 4, 0x2000, 1);	/* memory cannot be read */
	blocked(23, CALL_SEMOP, 5, 0x1000, 1);	/* no such set */
	ASK(&box, A_CLASS(sem), FIELD_WAITERS, FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "20/20 waits w #0 op-1; 21/21 waits w #2; 22/22 waits w");
	assert_told(&box.snap, sem, 4, WAITERS, "3");
	assert_told(&box.snap, sem, 4, STATE, "waits");
}

/* Of several the first that cannot be done now. */
static void test_semop_of_several(void **state)
{
	(void)state;
	add_set();
	blocked(20, CALL_SEMOP, 4, 0x1000, 3);
	machine_add(&box, "mem 20 0x1000 " SOP("00", "00", "01") SOP("01", "ff", "ff") SOP("02", "ff", "fb"));
	blocked(21, CALL_SEMOP, 4, 0x1000, 2);
	machine_add(&box, "mem 21 0x1000 " SOP("00", "00", "00") SOP("01", "00", "00"));
	blocked(22, CALL_SEMOP, 4, 0x1000, 501);
	blocked(23, CALL_SEMOP, 4, 0x1000, 0);
	ASK(&box, A_CLASS(sem), FIELD_USERS, FIELD_VALUES);
	machine_look(&box);
	EDGES(sem, 4, "20/20 waits w #2 op-5; 21/21 waits w #1; "
	      "22/22 waits w; 23/23 waits w");
}

static void test_semop_without_values(void **state)
{
	(void)state;
	add_set();
	blocked(20, CALL_SEMOP, 4, 0x1000, 3);
	machine_add(&box, "mem 20 0x1000 " SOP("00", "00", "01") SOP("01", "ff", "ff") SOP("02", "ff", "fb"));
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "20/20 waits w #1 op-1");
}

static void test_messages(void **state)
{
	(void)state;
	machine_add(&box, "msg id=6 key=1");
	blocked(20, SYS_msgsnd, 6, 0x1000, 8);
	blocked(21, SYS_msgrcv, 6, 0x1000, 8);
	blocked(22, SYS_msgget, 6, 0x1000, 8);
	ASK(&box, A_CLASS(msg), FIELD_USERS);
	machine_look(&box);
	EDGES(msg, 6, "20/20 waits w; 21/21 waits r");
	assert_told(&box.snap, msg, 6, STATE, "full,waits");
}

/* Of a set of another namespace only the number is the same. */
static void test_other_ipc_namespace(void **state)
{
	(void)state;
	add_set();
	machine_add(&box, "msg id=4 key=4");
	machine_stranger(&box, 20, 0, "container");
	machine_add(&box, "link /proc/20/ns/ipc -> ipc:[77]");
	in_call(20, CALL_SEMOP, 4, 0x1000, 1);
	machine_stranger(&box, 21, 0, "unknown");
	in_call(21, SYS_msgrcv, 4, 0x1000, 1);
	ASK(&box, A_CLASS(sem) | A_CLASS(msg), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "");
	EDGES(msg, 4, "");
}

static void test_descriptors(void **state)
{
	static const struct {
		long nr;
		const char *edge;
	} calls[] = {
		{ SYS_read, "r" }, { SYS_readv, "r" }, { SYS_write, "w" },
		{ SYS_writev, "w" }, { SYS_splice, "r" },
		{ SYS_recvfrom, "r" }, { SYS_recvmsg, "r" },
		{ SYS_sendto, "w" }, { SYS_sendmsg, "w" },
	};
	char expect[128];
	size_t i;

	(void)state;
	machine_add(&box, "file /proc/24/wchan text=pipe_wait_readable");
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		blocked(20 + (int)i, calls[i].nr, 3, 0, 0);
		machine_add(&box, "link /proc/%zu/fd/3 -> pipe:[%zu] lmode=0700",
			    20 + i, 100 + i);
	}
	blocked(40, SYS_read, 4, 0, 0);	/* no such descriptor */
	blocked(41, SYS_read, UINT64_MAX, 0, 0);
	blocked(42, SYS_read, 3, 0, 0);
	machine_add(&box, "link /proc/42/fd/3 -> /dev/null");
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, ARRAY_SIZE(calls));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		snprintf(expect, sizeof(expect),
			 "%zu open rw fd3; %zu/%zu waits %s fd3", 20 + i, 20 + i,
			 20 + i, calls[i].edge);
		assert_string_equal(tell_edges(&box.snap,
					       the_object(&box.snap, CLASS_pipe, 100 + i)),
				    expect);
	}
	assert_string_equal(tell_warnings(&box.snap),
			    "fds EBADF 1 pid 40; calls EBADF 1 pid 40");
}

/* What a sleeper in a pipe nobody asked about has need not be told. */
static void test_a_pipe_that_was_not_asked_for(void **state)
{
	(void)state;
	blocked(20, SYS_read, 5, 0, 0);
	machine_add(&box, "link /proc/20/fd/5 -> pipe:[50] lmode=0500 mode=010600\n"
		    "file /proc/20/wchan text=anon_pipe_read");
	ASK(&box, A_CLASS(fifo), FIELD_USERS, FIELD_WAITERS);
	machine_look(&box);
	assert_string_equal(tell_warnings(&box.snap), "");
}

/* Which end a call that has two waits for the kernel says; and what the number leads
 * to now may be another file. */
static void test_ends(void **state)
{
	static const struct {
		long nr;
		const char *wchan, *in, *out;
	} calls[] = {
		{ SYS_splice, "pipe_wait_writable", "", "; 20/20 waits w fd3" },
		{ SYS_splice, "pipe_wait_readable", "; 20/20 waits r fd5", "" },
		{ SYS_tee, "pipe_wait_readable", "; 20/20 waits r fd5", "" },
		{ SYS_vmsplice, "pipe_wait_writable", "; 20/20 waits w fd5", "" },
		{ SYS_splice, "0", "", "" },
		{ SYS_read, "anon_pipe_read", "; 20/20 waits r fd5", "" },
		{ SYS_read, "do_signal_stop", "; 20/20 waits r fd5", "" },
		{ SYS_read, "do_wait_intr_irq", "", "" },
	};
	char expect[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		machine_free(&box);
		machine_init(&box);
		blocked(20, calls[i].nr, 5, calls[i].nr == SYS_tee ? 3 : 0, 3);
		machine_add(&box, "link /proc/20/fd/5 -> pipe:[50] lmode=0500\n"
			    "link /proc/20/fd/3 -> pipe:[30] lmode=0300\n"
			    "file /proc/20/wchan text=%s", calls[i].wchan);
		ASK(&box, A_CLASS(pipe), FIELD_USERS);
		machine_look(&box);
		snprintf(expect, sizeof(expect), "20 open r fd5%s", calls[i].in);
		EDGES(pipe, 50, expect);
		snprintf(expect, sizeof(expect), "20 open w fd3%s", calls[i].out);
		EDGES(pipe, 30, expect);
	}
}

static void test_posix_queues(void **state)
{
	(void)state;
	machine_add(&box, "dir mqueue:/ dev=0:20\nmq q ino=5 size=80 mode=0600 maxmsg=1 msgsize=1");
	blocked(20, SYS_mq_timedsend, 3, 0, 0);
	machine_add(&box, "link /proc/20/fd/3 -> /q lmode=0700 dev=0:20 ino=5 mode=0100600 size=80");
	blocked(21, SYS_mq_timedreceive, 3, 0, 0);
	machine_add(&box, "link /proc/21/fd/3 -> /q lmode=0500 dev=0:20 ino=5 mode=0100600 size=80");
	ASK(&box, A_CLASS(pmsg), FIELD_USERS, FIELD_STATE);
	machine_look(&box);
	EDGES(pmsg, 5, "20 open rw fd3; 20/20 waits w fd3; 21 open r fd3; 21/21 waits r fd3");
	assert_told(&box.snap, pmsg, 5, STATE, "full,waits,attached");
}

/* sun_family 1, then the path. */
static void test_sockets(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=10 ino=50 name=/run/x wqueue=1 rqueue=1 vfs_dev=8:1 vfs_ino=5\n"
		    "diag unix type=1 state=10 ino=51 name=\\x00abs\n"
		    "diag unix type=1 state=1 ino=52 peer=53 name=/run/x vfs_dev=8:1 vfs_ino=5\n"
		    "diag unix type=1 state=1 ino=53 peer=52\n"
		    "diag unix type=2 state=7 ino=54 name=/run/d vfs_dev=8:1 vfs_ino=6");
	blocked(20, SYS_accept4, 3, 0, 0);
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX-STREAM");
	blocked(21, SYS_recvfrom, 3, 0, 0);
	machine_add(&box, "link /proc/21/fd/3 -> socket:[52] proto=UNIX-STREAM");
	blocked(22, SYS_connect, 4, 0x1000, 9);	/* /run/x, not terminated */
	machine_add(&box, "mem 22 0x1000 " SHORT("00", "01") "2f72756e2f7800\n"
		    "file /proc/22/root/run/x mode=0140755 dev=8:1 ino=5\n"
		    "link /proc/22/fd/4 -> socket:[60] proto=UNIX-STREAM");
	blocked(23, SYS_connect, 4, 0x1000, 6);
	machine_add(&box, "mem 23 0x1000 " SHORT("00", "01") "00616273");
	blocked(24, SYS_connect, 4, 0x1000, 9);
	machine_add(&box, "mem 24 0x1000 " SHORT("00", "01") "2f72756e2f6400");	/* /run/d */
	machine_add(&box, "file /proc/24/root/run/d mode=0140755 dev=8:1 ino=6");
	blocked(25, SYS_connect, 4, 0x1000, 9);
	machine_add(&box, "mem 25 0x1000 " SHORT("00", "01") "2f72756e2f7a00");	/* /run/z */
	blocked(26, SYS_connect, 4, 0x1000, 16);
	machine_add(&box, "mem 26 0x1000 " SHORT("00", "02") "2f72756e2f780000000000000000");
	blocked(27, SYS_connect, 4, 0x1000, 2);
	blocked(28, SYS_connect, 4, 0x1000, 200);
	blocked(29, SYS_connect, 4, 0x9000, 9);
	ASK(&box, A_CLASS(unix), FIELD_USERS);
	machine_look(&box);
	EDGES(unix, 50, "20 listens rw fd3; 20/20 waits r fd3; 22/22 waits w fd4");
	EDGES(unix, 51, "23/23 waits w fd4");
	EDGES(unix, 52, "21 open rw fd3; 21/21 waits r fd3; peer unix:53");
	EDGES(unix, 54, "24/24 waits w fd4");
}

static void fifo_of(pid_t pid)
{
	machine_add(&box, "dir /proc/%d/root\n"
		    "file /proc/%d/root/run/f dev=8:1 ino=77 mode=010644 uid=1000\n"
		    "file /proc/%d/root/run/plain dev=8:1 ino=78", pid, pid, pid);
}

static void open_of(pid_t pid, uint64_t dirfd, const char *hex, uint64_t flags)
{
	blocked(pid, SYS_openat, dirfd, 0x1ff0, flags);
	machine_add(&box, "mem %d 0x1ff0 %s", pid, hex);
	fifo_of(pid);
}

#define RUN_F	"2f72756e2f6600000000000000000000"	/* "/run/f" to the page's end */
#define F	"66000000000000000000000000000000"

static void test_fifo_open(void **state)
{
	const uint32_t cwd = (uint32_t)AT_FDCWD;

	(void)state;
	open_of(20, cwd, RUN_F, O_WRONLY);
	open_of(21, cwd, RUN_F, O_RDONLY | O_CLOEXEC);
	open_of(22, cwd, F, O_RDONLY);
	machine_add(&box, "link /proc/22/cwd -> /run");
	open_of(23, 7, F, O_WRONLY);
	machine_add(&box, "link /proc/23/fd/7 -> /run dev=8:1 ino=2 mode=040755");
	open_of(24, cwd, "2f72756e2f706c61696e000000000000", O_RDONLY);
	open_of(25, cwd, F, O_RDONLY);	/* no cwd to be read */
	blocked(26, SYS_openat, cwd, 0x5000, O_RDONLY);	/* no memory */
	open_of(27, cwd, "2f72756e2f662f2e2e2f662f2e2e2f66", O_RDONLY);
	ASK(&box, A_CLASS(fifo), FIELD_USERS, FIELD_STATE, FIELD_OWNER);
	machine_look(&box);
	EDGES(fifo, 77, "20/20 waits w; 21/21 waits r; 22/22 waits r; 23/23 waits w");
	assert_told(&box.snap, fifo, 77, NAME, "/run/f");
	assert_told(&box.snap, fifo, 77, OWNER, "alice");
	assert_told(&box.snap, fifo, 77, STATE, "waits");
}

#ifdef SYS_open
static void test_old_open(void **state)
{
	(void)state;
	blocked(20, SYS_open, 0x1ff0, O_WRONLY, 0);
	machine_add(&box, "mem 20 0x1ff0 " RUN_F);
	fifo_of(20);
	blocked(21, SYS_creat, 0x1ff0, 0, 0);
	machine_add(&box, "mem 21 0x1ff0 " RUN_F);
	fifo_of(21);
	ASK(&box, A_CLASS(fifo), FIELD_USERS);
	machine_look(&box);
	EDGES(fifo, 77, "20/20 waits w; 21/21 waits w");
}
#endif

static void sleeps_in(pid_t pid, const char *function)
{
	machine_add(&box, "file /proc/%d/wchan text=%s", pid, function);
}

/* The kernel says that it is the open of a FIFO, but the path does not tell which. */
static void test_fifos_untold(void **state)
{
	const uint32_t cwd = (uint32_t)AT_FDCWD;

	(void)state;
	open_of(20, cwd, RUN_F, O_RDONLY);
	sleeps_in(20, "wait_for_partner");
	open_of(21, cwd, "2f72756e2f706c61696e000000000000", O_RDONLY);
	sleeps_in(21, "wait_for_partner");	/* exchanged for a plain file */
	open_of(22, cwd, "2f676f6e650000000000000000000000", O_RDONLY);
	sleeps_in(22, "wait_for_partner");	/* unlinked */
	blocked(23, SYS_openat, cwd, 0x5000, O_RDONLY);
	sleeps_in(23, "wait_for_partner");	/* no memory */
	blocked(24, SYS_openat, cwd, 0x5000, O_RDONLY);
	sleeps_in(24, "tty_open");		/* waits for something else */
	blocked(25, SYS_open_by_handle_at, 3, 0x5000, O_RDONLY);
	sleeps_in(25, "wait_for_partner");
	machine_process(&box, 26, 1000, "io_uring");
	machine_add(&box, "file /proc/26/syscall text=\"-1 0x0 0x0\\x0a\"");
	sleeps_in(26, "wait_for_partner");
	open_of(27, cwd, "2f676f6e650000000000000000000000", O_RDONLY);
	sleeps_in(27, "0");			/* no symbols: it may be one */
	ASK(&box, A_CLASS(fifo), FIELD_USERS, FIELD_STATE, FIELD_WAITERS);
	machine_look(&box);
	EDGES(fifo, 77, "20/20 waits r");
	assert_string_equal(tell_warnings(&box.snap), "opens EFAULT 1 pid 23; "
			    "opens EOPNOTSUPP 2 pid 25; opens ESTALE 3 pid 21");
}

/* struct open_how: flags, mode, resolve */
static void test_openat2(void **state)
{
	static const char *const how[] = {
		LONG("01") LONG("00") LONG("00"),
		LONG("00") LONG("00") LONG("10"),
	};
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		blocked(20 + i, SYS_openat2, 7, 0x1ff0, 0x3000);
		machine_add(&box, "mem %d 0x1ff0 " RUN_F "\nmem %d 0x3000 %s", 20 + i,
			    20 + i, how[i]);
		machine_add(&box, "link /proc/%d/fd/7 -> /jail dev=8:1 ino=2 mode=040755",
			    20 + i);
		fifo_of(20 + i);
		machine_add(&box, "file /proc/%d/root/jail/run/f dev=8:1 ino=99 mode=010644",
			    20 + i);
	}
	ASK(&box, A_CLASS(fifo), FIELD_USERS);
	machine_look(&box);
	EDGES(fifo, 77, "20/20 waits w");
	EDGES(fifo, 99, "21/21 waits r");
}

/* A path of more than a page: read page by page. */
static void test_path_over_a_page(void **state)
{
	(void)state;
	blocked(20, SYS_openat, (uint32_t)AT_FDCWD, 0x1ffd, O_WRONLY);
	machine_add(&box, "mem 20 0x1ffd 2f7275\nmem 20 0x2000 6e2f66%0*d", 2 * 4093, 0);
	fifo_of(20);
	ASK(&box, A_CLASS(fifo), FIELD_USERS);
	machine_look(&box);
	EDGES(fifo, 77, "20/20 waits w");
}

static const char sem_maps[] =
	"1000-2000 rw-s 00000000 00:19 2    /dev/shm/sem.XyZabc (deleted)\n"
	"3000-4000 rw-s 00000000 00:19 3    /dev/shm/plain\n"
	"5000-6000 rw-p 00000000 00:00 0\n";

static void futex_of(pid_t pid, uint64_t addr, uint64_t op)
{
	blocked(pid, SYS_futex, addr, op, 0);
	machine_add(&box, "file /proc/%d/maps <<END\n%sEND", pid, sem_maps);
}

static void test_named_semaphores(void **state)
{
	(void)state;
	machine_add(&box, "file /dev/shm/sem.s ino=2 size=32 text=\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\n"
		    "file /dev/shm/plain ino=3 size=4096");
	futex_of(20, 0x1000, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME);
	futex_of(21, 0x1000, FUTEX_WAIT);
	futex_of(22, 0x1000, FUTEX_WAIT | FUTEX_PRIVATE_FLAG);
	futex_of(23, 0x1000, FUTEX_WAKE);
	futex_of(24, 0x3000, FUTEX_WAIT);	/* a mutex in plain memory */
	futex_of(25, 0x5000, FUTEX_WAIT);
	futex_of(26, 0x9000, FUTEX_WAIT);
	blocked(27, SYS_futex, 0x1000, FUTEX_WAIT, 0);	/* no maps */
	blocked(28, SYS_restart_syscall, 0x1000, FUTEX_WAIT, 0);
	machine_add(&box, "file /proc/28/wchan text=futex_do_wait\n"
		    "file /proc/28/maps <<END\n%sEND", sem_maps);
	blocked(29, SYS_restart_syscall, 0x1000, FUTEX_WAIT, 0);
	machine_add(&box, "file /proc/29/wchan text=poll_schedule_timeout\n"
		    "file /proc/29/maps <<END\n%sEND", sem_maps);
	ASK(&box, A_CLASS(psem), FIELD_WAITERS, FIELD_STATE);
	machine_look(&box);
	assert_told(&box.snap, psem, 2, WAITERS, "3");
	assert_non_null(strstr(tell_edges(&box.snap, the_object(&box.snap, CLASS_psem, 2)),
			       "20/20 waits r @1000"));
	assert_non_null(strstr(tell_edges(&box.snap, the_object(&box.snap, CLASS_psem, 2)),
			       "21/21 waits r @1000"));
	assert_non_null(strstr(tell_edges(&box.snap, the_object(&box.snap, CLASS_psem, 2)),
			       "28/28 waits r @1000"));
}

static void test_other_lines(void **state)
{
	static const char *const lines[] = {
		"running\\x0a", "-1 0x7ffe0 0x7fff1\\x0a", "0\\x0a", "4 4 4\\x0a",
		"65 0x4 0x1000\\x0a", "65 0x4 0x1000 0x1 0x0 0x0 0x\\x0a",
		"65 4 1000 1 0 0 0 0 0\\x0a", "x", "\\x00\\x00",
		"99999999999999999999 0x4 0x1000 0x1 0x0 0x0 0x0 0x0 0x0\\x0a",
		"65 0x4 0x1000 0x1 0x0 0x0 0x11111111111111111 0x0\\x0a",
	};
	char longest[300];
	size_t i;

	(void)state;
	add_set();
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		machine_process(&box, 20 + (int)i, 1000, "x");
		machine_add(&box, "file /proc/%zu/syscall text=\"%s\"", 20 + i,
			    lines[i]);
	}
	memset(longest, '6', sizeof(longest));
	machine_process(&box, 40, 1000, "x");
	machine_add(&box, "file /proc/40/syscall text=\"%.*s\"",
		    (int)sizeof(longest), longest);
	machine_process(&box, 41, 1000, "empty");
	machine_add(&box, "file /proc/41/syscall");
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "");
	/* The kernel opens it for root without capabilities and says nothing. */
	assert_string_equal(tell_warnings(&box.snap), "calls EACCES 1 pid 41");
}

static void test_threads(void **state)
{
	(void)state;
	add_set();
	machine_add(&box, "dir /proc/20 uid=1000\nlink /proc/20/ns/ipc -> ipc:[%u]",
		    MACHINE_IPC_NS);
	machine_stat(&box, 20, "many", 'S', 0, 20);
	machine_add(&box, "dir /proc/20/task nlink=6\n"
		    "file /proc/20/syscall text=running\\x0a\n"
		    "file /proc/20/task/20/syscall text=running\\x0a\n"
		    "file /proc/20/task/x/syscall text=\"%s\"",
		    line_of(CALL_SEMOP, 4, 0x1000, 1));
	machine_add(&box, "file /proc/20/task/21/syscall text=\"%s\"",
		    line_of(CALL_SEMOP, 4, 0x1000, 1));
	machine_add(&box, "link /proc/20/task/21/ns/ipc -> ipc:[%u]\n"
		    "link /proc/20/task/22/ns/ipc -> ipc:[%u]", MACHINE_IPC_NS, MACHINE_IPC_NS);
	machine_add(&box, "file /proc/20/task/22/syscall text=\"%s\"",
		    line_of(CALL_SEMOP, 4, 0x1000, 1));
	machine_add(&box, "error /proc/20/task/23/syscall ESRCH\n"
		    "mem 20 0x1000 " SOP("01", "ff", "ff"));
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "20/21 waits w #1 op-1; 20/22 waits w #1 op-1");
	assert_string_equal(tell_warnings(&box.snap), "");
}

/* The first 64 bits of the auxiliary vector are a type, in 32 bits a type and a value. */
static void test_other_numbers(void **state)
{
	(void)state;
	add_set();
	blocked(20, CALL_SEMOP, 4, 0x1000, 1);
	machine_add(&box, "file /proc/20/auxv text=\\x20\\x00\\x00\\x00\\x00\\x10\\xf7\\xf7\\x21\\x00\\x00\\x00");
	blocked(21, CALL_SEMOP, 4, 0x1000, 1);
	machine_add(&box, "file /proc/21/auxv text=" TYPE_33 "\\x00\\x10\\xf7\\xff");
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, sizeof(long) == 8 ? "21/21 waits w" : "20/20 waits w");
}

static void test_kernel_threads(void **state)
{
	(void)state;
	add_set();
	machine_add(&box, "dir /proc/20 uid=0\nlink /proc/20/ns/ipc -> ipc:[%u]\n"
		    "dir /proc/20/task nlink=3", MACHINE_IPC_NS);
	machine_stat(&box, 20, "kworker", 'I', 0x00200000, 20);
	in_call(20, CALL_SEMOP, 4, 0x1000, 1);
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_look(&box);
	EDGES(sem, 4, "");
}

/* One whose line is another one when it is looked at again. */
static struct host_ops moving;
static const struct host_ops *still;
static unsigned int reads;

static int read_moving(const struct host *host, const struct host_dir *at,
		       const char *path, struct buf *buf)
{
	int ret = still->read_file(host, at, path, buf);

	if (!ret && !strcmp(path, "syscall") && reads++)
		buf->data[buf->len - 2] ^= 1;
	return ret;
}

static void test_line_that_changes(void **state)
{
	(void)state;
	add_set();
	blocked(20, CALL_SEMOP, 4, 0x1000, 1);
	ASK(&box, A_CLASS(sem), FIELD_USERS);
	machine_build(&box);
	still = box.host->ops;
	moving = *still;
	moving.read_file = read_moving;
	box.host->ops = &moving;
	reads = 0;
	machine_look(&box);
	EDGES(sem, 4, "");
	assert_int_equal(reads, 2);
	box.host->ops = still;
	machine_look(&box);
	EDGES(sem, 4, "20/20 waits w");
}

static void add_pollers(void)
{
	/* struct pollfd: 3 POLLIN, none, 4 POLLOUT, 5, which is closed */
	blocked(20, SYS_ppoll, 0x1000, 4, 0);
	machine_add(&box, "mem 20 0x1000 " POLLFD(INT("03"), "01") POLLFD("ffffffff", "01")
		    POLLFD(INT("04"), "04") POLLFD(INT("05"), "01") "\n"
		    "link /proc/20/fd/3 -> pipe:[30] lmode=0500\n"
		    "link /proc/20/fd/4 -> pipe:[40] lmode=0300");
	/* The second target was told of once; the number of the third is closed. */
	blocked(21, SYS_epoll_pwait, 6, 0, 0);
	machine_add(&box, "link /proc/21/fd/6 -> anon_inode:[eventpoll]\n"
		    "link /proc/21/fd/3 -> pipe:[30] lmode=0500 dev=0:15 ino=30 mode=010600\n"
		    "link /proc/21/fd/4 -> pipe:[40] lmode=0300 dev=0:15 ino=40 mode=010600\n"
		    "file /proc/21/fdinfo/6 text=\"pos: 0\\x0a"
		    "tfd: 3 events: 19 data: 0  pos:0 ino:1e sdev:f\\x0a"
		    "tfd: 4 events: 40000000 data: 0  pos:0 ino:28 sdev:f\\x0a"
		    "tfd: 9 events: 4 data: 0  pos:0 ino:32 sdev:f\\x0a\"");
}

static void what_is_polled_is_no_wait(void **state)
{
	(void)state;
	add_pollers();
	ASK(&box, A_CLASS(pipe), FIELD_USERS, FIELD_POLLERS, FIELD_WAITERS, FIELD_STATE);
	machine_look(&box);
	EDGES(pipe, 30, "20 open r fd3; 20/20 polls r fd3; 21 open r fd3; 21/21 polls r fd3");
	EDGES(pipe, 40, "20 open w fd4; 20/20 polls w fd4; 21 open w fd4");
	EDGES(pipe, 50, "21/21 polls w");
	assert_told(&box.snap, pipe, 30, POLLERS, "2");
	assert_told(&box.snap, pipe, 30, WAITERS, "0");
	assert_string_equal(tell_warnings(&box.snap), "polls EBADF 1 pid 20");
}

static void polls_are_read_only_if_asked_for(void **state)
{
	(void)state;
	add_pollers();
	ASK(&box, A_CLASS(pipe), FIELD_USERS, FIELD_WAITERS, FIELD_STATE);
	machine_look(&box);
	EDGES(pipe, 30, "20 open r fd3; 21 open r fd3");
	assert_int_equal(CALLS_OF(&box, read_memory) + CALLS_OF(&box, compare_fds), 0);
}

/* Then an inode tells, which eventfds share. */
static void targets_are_told_without_kcmp(void **state)
{
	(void)state;
	add_pollers();
	machine_add(&box, "error compare_fds ENOSYS");
	blocked(22, SYS_epoll_pwait2, 6, 0, 0);
	machine_add(&box, "link /proc/22/fd/6 -> anon_inode:[eventpoll]\n"
		    "link /proc/22/fd/3 -> anon_inode:[eventfd] dev=0:16 ino=7\n"
		    "file /proc/22/fdinfo/3 text=\"eventfd-id: 5\\x0a\"\n"
		    "file /proc/22/fdinfo/6 text=\"tfd: 3 events: 19 data: 0  pos:0 ino:7 sdev:10\\x0a\"");
	ASK(&box, A_CLASS(pipe) | A_CLASS(eventfd), FIELD_USERS, FIELD_POLLERS);
	machine_look(&box);
	EDGES(pipe, 30, "20 open r fd3; 20/20 polls r fd3; 21 open r fd3; 21/21 polls r fd3");
	EDGES(eventfd, 5, "22 open rw fd3");
	assert_string_equal(tell_warnings(&box.snap),
			    "polls EBADF 1 pid 20; polls ENOSYS 1 pid 22");
}

#ifdef __x86_64__
/* read is 3 there, and close elsewhere; 102 is socketcall, with recvfrom as 12. */
static void calls_of_32_bits_have_their_own_numbers(void **state)
{
	(void)state;
	blocked(20, 3, 5, 0, 0);
	blocked(21, 3, 5, 0, 0);
	blocked(22, 102, 12, 0x1000, 0);
	machine_add(&box, "file /proc/20/auxv text=\\x20\\x00\\x00\\x00\\x00\\x10\\xf7\\xf7\n"
		    "file /proc/22/auxv text=\\x20\\x00\\x00\\x00\\x00\\x10\\xf7\\xf7\n"
		    "file /proc/21/auxv text=\\x21\\x00\\x00\\x00\\x00\\x00\\x00\\x00\n"
		    "mem 22 0x1000 050000000000000000000000000000000000000000000000");
	machine_add(&box, "link /proc/20/fd/5 -> pipe:[50] lmode=0500\n"
		    "link /proc/21/fd/5 -> pipe:[50] lmode=0500\n"
		    "link /proc/22/fd/5 -> pipe:[50] lmode=0500");
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	machine_look(&box);
	EDGES(pipe, 50, "20 open r fd5; 20/20 waits r fd5; 21 open r fd5; "
	      "22 open r fd5; 22/22 waits r fd5");
}
#endif

int main(void)
{
#define T(name)	MACHINE_TEST(name)
	const struct CMUnitTest tests[] = {
		T(test_semop), T(test_semop_of_several),
		T(test_semop_without_values), T(test_messages),
		T(test_other_ipc_namespace), T(test_descriptors), T(test_ends),
		T(test_a_pipe_that_was_not_asked_for),
		T(test_posix_queues), T(test_sockets), T(test_fifo_open),
#ifdef SYS_open
		T(test_old_open),
#endif
		T(test_fifos_untold), T(test_openat2), T(test_path_over_a_page),
		T(test_named_semaphores),
		T(test_other_lines), T(test_threads), T(test_other_numbers),
		T(test_kernel_threads), T(test_line_that_changes),
		T(what_is_polled_is_no_wait), T(polls_are_read_only_if_asked_for),
		T(targets_are_told_without_kcmp),
#ifdef __x86_64__
		T(calls_of_32_bits_have_their_own_numbers),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
