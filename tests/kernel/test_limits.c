// SPDX-License-Identifier: GPL-2.0-or-later
/* Every limit driven to its end: what the kernel says then, and ipcscope. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "says.h"

#define ASSUME	"--assume-complete"

static const struct how nobody = { .user = "nobody" };

/* Whether the limit may be set here: not in a user namespace. */
static void set_limit(const char *path, const char *value)
{
	if (write_small(path, value))
		skip();
}

static json_t *limit_of(json_t *root, const char *name)
{
	json_t *limit;
	size_t i;

	json_array_foreach(json_object_get(root, "limits"), i, limit) {
		if (!strcmp(get_text(limit, "name"), name))
			return limit;
	}
	sandbox_fail("no limit %s", name);
}

static double percent_of(json_t *limit)
{
	json_t *percent = json_object_get(limit, "percent");

	if (!percent)
		sandbox_fail("%s has no percent: %s", get_text(limit, "name"),
			     json_dumps(limit, 0));
	return json_number_value(percent);
}

static void check_limit(const char *name, json_int_t used, json_int_t max)
{
	struct run r;
	json_t *limit = limit_of(ask(&r, "limits", ASSUME, name), name);

	assert_int_equal(get_int(limit, "used"), used);
	assert_int_equal(get_int(limit, "max"), max);
	if (used < max)
		assert_true(percent_of(limit) < 100.0);
	else
		assert_true(percent_of(limit) >= 100.0);
	run_free(&r);
}

/* What a check says of it alone: 0 below, 2 at the end. */
static void check_status(const char *name, int status)
{
	struct run r;

	run_tool(&r, "limits", ASSUME, "--check", name);
	run_expect(&r, status);
	says(r.out, status ? "IPC CRITICAL - " : "IPC OK - ");
	run_free(&r);
}

/* Full: 100 %, critical, and the kernel said so. */
static void check_full(const char *name, json_int_t max)
{
	check_limit(name, max, max);
	check_status(name, 2);
}

#define refused(error, call) do {			\
	errno = 0;					\
	assert_int_equal((call), -1);			\
	assert_int_equal(errno, error);			\
} while (0)

static json_int_t sysctl(const char *path, int nth)
{
	unsigned long long num[4] = {};
	char text[128], *at = text;
	int i;

	must(read_small(path, text, sizeof(text)));
	for (i = 0; i < nth; i++)
		num[0] = strtoull(at, &at, 10);
	return (json_int_t)num[0];
}

/* ---- System V ---- */

static void test_shmmni(void **state)
{
	(void)state;
	set_limit("/proc/sys/kernel/shmmni", "5");
	make_shm(IPC_PRIVATE, 1, 0600);
	check_limit("shmmni", 1, 5);
	check_status("shmmni", 0);
	/* One that is removed, and still attached, counts. */
	shm_attach_in("holder", 0, 0, SHM_PLAIN);
	shm_remove(0);
	while (try_shm(IPC_PRIVATE, 1, 0600) >= 0)
		;
	assert_int_equal(errno, ENOSPC);
	check_full("shmmni", 5);
}

static void test_shmall(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	char *at;

	(void)state;
	set_limit("/proc/sys/kernel/shmall", "7");
	make_shm(IPC_PRIVATE, 3 * (size_t)page + 1, 0600);
	check_limit("shmall", 4 * page, 7 * page);
	make_shm(IPC_PRIVATE, 2 * (size_t)page, 0600);
	refused(ENOSPC, try_shm(IPC_PRIVATE, (size_t)page + 1, 0600));
	check_limit("shmall", 6 * page, 7 * page);
	make_shm(IPC_PRIVATE, 1, 0600);
	refused(ENOSPC, try_shm(IPC_PRIVATE, 1, 0600));
	check_full("shmall", 7 * page);
	at = (char *)must(shmat(0, NULL, 0));
	shm_remove(0);
	check_full("shmall", 7 * page);
	must(shmdt(at));
	check_limit("shmall", 3 * page, 7 * page);
}

static void test_shmmax(void **state)
{
	(void)state;
	set_limit("/proc/sys/kernel/shmmax", "100000");
	make_shm(IPC_PRIVATE, 5000, 0600);
	check_limit("shmmax", 5000, 100000);
	refused(EINVAL, try_shm(IPC_PRIVATE, 100001, 0600));
	make_shm(IPC_PRIVATE, 100000, 0600);
	check_limit("shmmax", 100000, 100000);
	/* The size of one, not something that runs out. */
	check_status("shmmax", 0);
}

static void test_semmni(void **state)
{
	int i;

	(void)state;
	set_limit("/proc/sys/kernel/sem", "32000 1024000000 500 4");
	for (i = 0; i < 4; i++) {
		check_limit("semmni", i, 4);
		make_sem(IPC_PRIVATE, 1, NULL, 0600);
	}
	refused(ENOSPC, semget(IPC_PRIVATE, 1, 0600));
	check_full("semmni", 4);
}

static void test_semmns(void **state)
{
	(void)state;
	set_limit("/proc/sys/kernel/sem", "32000 20 500 32000");
	make_sem(IPC_PRIVATE, 17, NULL, 0600);
	refused(ENOSPC, semget(IPC_PRIVATE, 4, 0600));
	check_limit("semmns", 17, 20);
	make_sem(IPC_PRIVATE, 3, NULL, 0600);
	refused(ENOSPC, semget(IPC_PRIVATE, 1, 0600));
	check_full("semmns", 20);
	check_limit("semmni", 2, 32000);
}

static void test_semmsl(void **state)
{
	(void)state;
	set_limit("/proc/sys/kernel/sem", "6 1024000000 500 32000");
	make_sem(IPC_PRIVATE, 5, NULL, 0600);
	check_limit("semmsl", 5, 6);
	refused(EINVAL, semget(IPC_PRIVATE, 7, 0600));
	make_sem(IPC_PRIVATE, 6, NULL, 0600);
	check_limit("semmsl", 6, 6);
}

static json_int_t value_of(const char *name)
{
	struct run r;
	json_t *limit = limit_of(ask(&r, "limits", name), name);
	json_int_t value = get_int(limit, "value");

	assert_false(has_field(limit, "used"));
	assert_false(has_field(limit, "percent"));
	run_free(&r);
	return value;
}

/* No use can be measured: but the value is the one that is enforced. */
static void test_semopm(void **state)
{
	struct sembuf ops[4] = { { .sem_op = 1 }, { .sem_op = 1 },
				 { .sem_op = 1 }, { .sem_op = 1 } };
	int id;

	(void)state;
	set_limit("/proc/sys/kernel/sem", "32000 1024000000 3 32000");
	id = make_sem(IPC_PRIVATE, 1, NULL, 0600);
	assert_int_equal(value_of("semopm"), 3);
	must(semop(id, ops, 3));
	refused(E2BIG, semop(id, ops, 4));
}

static void test_msgmax(void **state)
{
	static struct { long type; char text[1001]; } msg = { .type = 1 };
	int id;

	(void)state;
	set_limit("/proc/sys/kernel/msgmax", "1000");
	id = make_msg(IPC_PRIVATE, 0600);
	assert_int_equal(value_of("msgmax"), 1000);
	must(msgsnd(id, &msg, 1000, IPC_NOWAIT));
	refused(EINVAL, msgsnd(id, &msg, 1001, IPC_NOWAIT));
}

static void test_msgmni(void **state)
{
	int i;

	(void)state;
	set_limit("/proc/sys/kernel/msgmni", "3");
	for (i = 0; i < 3; i++) {
		check_limit("msgmni", i, 3);
		make_msg(IPC_PRIVATE, 0600);
	}
	refused(ENOSPC, msgget(IPC_PRIVATE, 0600));
	check_full("msgmni", 3);
}

static void test_msgmnb(void **state)
{
	static struct { long type; char text[1000]; } msg = { .type = 1 };
	int id;

	(void)state;
	set_limit("/proc/sys/kernel/msgmnb", "4000");
	id = make_msg(IPC_PRIVATE, 0600);
	make_msg(IPC_PRIVATE, 0600);
	assert_int_equal(msg_fill(id, 1000), 4);
	refused(EAGAIN, msgsnd(id, &msg, 1, IPC_NOWAIT));
	check_full("msgmnb", 4000);
}

/* As many messages as bytes: empty ones fill it, too. */
static void test_msgmnb_empty_messages(void **state)
{
	int id;

	(void)state;
	set_limit("/proc/sys/kernel/msgmnb", "50");
	id = make_msg(IPC_PRIVATE, 0600);
	assert_int_equal(msg_fill(id, 0), 50);
	check_full("msgmnb", 50);
}

/* What was set for one queue counts, not what new ones get. */
static void test_msg_qbytes(void **state)
{
	int id = make_msg(IPC_PRIVATE, 0600);
	struct msqid_ds ds;

	(void)state;
	must(msgctl(id, IPC_STAT, &ds));
	ds.msg_qbytes = 100;
	must(msgctl(id, IPC_SET, &ds));
	assert_int_equal(msg_fill(id, 10), 10);
	check_full("msgmnb", 100);
}

/* 97.7 % and yet full: the next message does not fit. */
static void test_full_for_a_sender(void **state)
{
	int id = make_msg(IPC_PRIVATE, 0600);
	struct child *sender;
	json_t *limit, *top;
	struct run r;

	(void)state;
	assert_int_equal(msg_fill(id, 1000), 16);
	check_status("msgmnb", 2);	/* 97.7 */
	run_tool(&r, "limits", "msgmnb", "--check", "--critical", "98");
	run_expect(&r, 1);
	run_free(&r);
	sender = msg_send_in("scen-snd", id, 1, 1000);
	limit = limit_of(ask(&r, "limits", "msgmnb"), "msgmnb");
	assert_int_equal(get_int(limit, "used"), 16000);
	assert_true(is_true(limit, "full"));
	assert_true(percent_of(limit) < 100.0);
	top = json_array_get(json_object_get(limit, "top"), 0);
	assert_string_equal(get_text(top, "ref"), "msg:0");
	assert_int_equal(get_int(json_object_get(top, "waiter"), "pid"),
			 sender->pid);
	run_free(&r);
	run_tool(&r, "limits", "msgmnb", "--check", "--critical", "98");
	run_expect(&r, 2);
	says(r.out, "IPC CRITICAL - msgmnb 97.7% (msg:0: scen-snd[");
	run_free(&r);
}

/* ---- POSIX queues ---- */

static mqd_t open_queue(int i, long maxmsg, long msgsize)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };
	char name[16];

	snprintf(name, sizeof(name), "q%d", i);
	return (mqd_t)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL |
			      O_NONBLOCK | O_CLOEXEC, 0600, &attr);
}

static void unlink_queue(int i)
{
	char name[16];

	snprintf(name, sizeof(name), "q%d", i);
	must(syscall(SYS_mq_unlink, name));
}

/* A user who has nothing on this machine but what the test makes: no other
 * IPC namespace has the number. */
static uid_t somebody(void)
{
	struct stat st;

	must(stat("/proc/self/ns/ipc", &st));
	return (uid_t)st.st_ino;
}

/* Root may go beyond limits: somebody else may not. Ids beside root's exist
 * only without a user namespace. */
static void become_somebody(void)
{
	uid_t uid = somebody();

	must(setgroups(0, NULL));
	must(syscall(SYS_setresgid, uid, uid, uid));
	must(syscall(SYS_setresuid, uid, uid, uid));
}

/* A queue without name counts. */
static void queues_fn(void *arg)
{
	int nr = *(int *)arg, i;

	become_somebody();
	for (i = 0; i < nr; i++)
		must(open_queue(i, 1, 8));
	unlink_queue(0);
	sandbox_ready(0);
	sandbox_hold();
}

static void last_queue_fn(void *arg)
{
	int nr = *(int *)arg;

	become_somebody();
	must(open_queue(nr, 1, 8));
	if (open_queue(nr + 1, 1, 8) >= 0 || errno != ENOSPC)
		sandbox_fail("queues_max is not the end: %m");
	sandbox_ready(0);
}

static void test_queues_max(void **state)
{
	struct child *child;
	int nr = 5;

	(void)state;
	if (!sandbox_is_root())
		return;
	set_limit("/proc/sys/fs/mqueue/queues_max", "6");
	child = sandbox_spawn("queues", queues_fn, &nr);
	check_limit("mqueue/queues_max", 5, 6);
	sandbox_join(sandbox_spawn("last", last_queue_fn, &nr));
	check_full("mqueue/queues_max", 6);
	sandbox_kill(child);
	check_limit("mqueue/queues_max", 5, 6);
}

static void large_fn(void *arg)
{
	(void)arg;
	become_somebody();
	if (open_queue(0, 5, 100) >= 0 || errno != EINVAL)
		sandbox_fail("msg_max is not the end: %m");
	if (open_queue(0, 4, 201) >= 0 || errno != EINVAL)
		sandbox_fail("msgsize_max is not the end: %m");
	must(open_queue(0, 4, 200));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_msg_max(void **state)
{
	(void)state;
	if (!sandbox_is_root())
		return;
	set_limit("/proc/sys/fs/mqueue/msg_max", "4");
	set_limit("/proc/sys/fs/mqueue/msgsize_max", "200");
	sandbox_spawn("large", large_fn, NULL);
	check_limit("mqueue/msg_max", 4, 4);
	check_limit("mqueue/msgsize_max", 200, 200);
}

static void test_maxmsg(void **state)
{
	(void)state;
	make_pmsg("/mq", 4, 100, 0600);
	pmsg_put("/mq", 10, 0);
	check_limit("mq_maxmsg", 1, 4);
	assert_int_equal(pmsg_fill("/mq", 0), 3);
	check_full("mq_maxmsg", 4);
}

/* man 2 getrlimit; 64 bit. */
#define CHARGE(maxmsg, msgsize)	((maxmsg) * ((msgsize) + 48 + 48))

static void queue_bytes_fn(void *arg)
{
	int nr = *(int *)arg, i;
	struct rlimit max = {
		(rlim_t)nr * CHARGE(3, 1000), RLIM_INFINITY
	};

	max.rlim_max = max.rlim_cur;
	must(setrlimit(RLIMIT_MSGQUEUE, &max));
	become_somebody();
	for (i = 0; i < nr; i++)
		must(open_queue(i, 3, 1000));
	/* /dev/mqueue is empty, and yet: */
	for (i = 0; i < nr; i++)
		unlink_queue(i);
	if (open_queue(nr, 1, 1) >= 0 || errno != EMFILE)
		sandbox_fail("RLIMIT_MSGQUEUE is not the end: %m");
	sandbox_ready(0);
	sandbox_hold();
}

static void test_rlimit_msgqueue(void **state)
{
	int nr = 3;

	(void)state;
	if (!sandbox_is_root())
		return;
	sandbox_spawn("queues", queue_bytes_fn, &nr);
	check_full("RLIMIT_MSGQUEUE", nr * CHARGE(3, 1000));
}

/* ---- descriptors ---- */

static void descriptors_fn(void *arg)
{
	struct rlimit max = { 20, 20 };

	(void)arg;
	must(setrlimit(RLIMIT_NOFILE, &max));
	sandbox_ready(0);
	sandbox_await_step();
	while (dup(0) >= 0)
		;
	if (errno != EMFILE)
		sandbox_fail("RLIMIT_NOFILE is not the end: %m");
	sandbox_await_step();
}

static void test_rlimit_nofile(void **state)
{
	struct child *child = sandbox_spawn("greedy", descriptors_fn, NULL);
	json_t *limit, *top;
	struct run r;

	(void)state;
	sandbox_step(child);
	limit = limit_of(ask(&r, "limits", "RLIMIT_NOFILE"), "RLIMIT_NOFILE");
	assert_int_equal(get_int(limit, "used"), 20);
	assert_int_equal(get_int(limit, "max"), 20);
	assert_true(percent_of(limit) >= 100.0);
	top = json_array_get(json_object_get(limit, "top"), 0);
	assert_int_equal(get_int(top, "pid"), child->pid);
	run_free(&r);
	if (!sandbox_is_root())
		return;
	/* How many descriptors a process has, and may have, anybody may know. */
	limit = limit_of(ask_how(&r, &nobody, (const char *const[]){
			"limits", "RLIMIT_NOFILE", NULL }), "RLIMIT_NOFILE");
	assert_int_equal(get_int(limit, "used"), 20);
	run_free(&r);
}

static void watcher_fn(void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	int inotify, epoll, ends[2];

	(void)arg;
	become_somebody();
	inotify = (int)must(inotify_init1(IN_CLOEXEC));
	must(inotify_add_watch(inotify, "/tmp", IN_CREATE));
	must(inotify_add_watch(inotify, "/dev", IN_CREATE));
	must(inotify_init1(IN_CLOEXEC));
	must(pipe(ends));
	epoll = (int)must(epoll_create1(EPOLL_CLOEXEC));
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
	sandbox_ready(0);
	sandbox_hold();
}

static json_int_t used_by(json_t *limit, json_int_t uid)
{
	json_t *top;
	size_t i;

	json_array_foreach(json_object_get(limit, "top"), i, top) {
		if (has_field(top, "user") || !has_field(top, "pid")) {
			if (get_int(top, "uid") == uid)
				return get_int(top, "used");
		}
	}
	return 0;
}

static void test_watches(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	if (!sandbox_is_root())
		return;
	sandbox_spawn("watcher", watcher_fn, NULL);
	root = ask(&r, "limits", ASSUME);
	assert_int_equal(used_by(limit_of(root, "inotify/instances"), somebody()), 2);
	assert_int_equal(used_by(limit_of(root, "inotify/watches"), somebody()), 2);
	assert_int_equal(used_by(limit_of(root, "epoll/watches"), somebody()), 1);
	assert_int_equal(used_by(limit_of(root, "pipe-user-pages-soft"), somebody()), 16);
	assert_true(is_true(limit_of(root, "pipe-user-pages-soft"), "estimated"));
	run_free(&r);
}

/* Three have one instance, which is limited once; another user's may be either's. */
static void heir_fn(void *arg)
{
	int *inotify = arg;

	if (*inotify < 0)
		become_somebody();
	else
		child_keep(inotify, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void heirs_fn(void *arg)
{
	int inotify, i;

	become_somebody();
	inotify = (int)must(inotify_init1(IN_CLOEXEC));
	must(inotify_add_watch(inotify, "/tmp", IN_CREATE));
	for (i = 0; i < 130; i++) {
		if (must(fork()))
			continue;
		sandbox_not_ready();
		sandbox_hold();
	}
	sandbox_ready(0);
	sandbox_hold();
}

static void test_what_is_inherited_is_one(void **state)
{
	json_t *root, *limit;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	sandbox_spawn("heirs", heirs_fn, NULL);
	root = ask(&r, "limits", ASSUME, "--threads", "8");
	limit = limit_of(root, "inotify/instances");
	assert_int_equal(used_by(limit, somebody()), 1);
	assert_false(is_true(limit, "estimated"));
	assert_int_equal(used_by(limit_of(root, "inotify/watches"), somebody()), 1);
	run_free(&r);
	check_status("inotify/instances", 0);
}

static void test_what_two_users_have_may_be_of_either(void **state)
{
	int inotify, none = -1;
	json_t *limit;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	inotify = (int)must(inotify_init1(0));
	sandbox_spawn("root's", heir_fn, &inotify);
	sandbox_spawn("other's", heir_fn, &none);
	close(inotify);
	limit = limit_of(ask(&r, "limits", ASSUME, "inotify/instances"), "inotify/instances");
	assert_true(is_true(limit, "estimated"));
	run_free(&r);
	check_status("inotify/instances", 0);
}

/* 64 pipes of 256 pages, and one of 2: no more is given. */
static void pipes_fn(void *arg)
{
	int ends[2], i;

	(void)arg;
	become_somebody();
	for (i = 0; i < 64; i++) {
		must(pipe(ends));
		must(fcntl(ends[0], F_SETPIPE_SZ, 1 << 20));
		close(ends[1]);
	}
	must(pipe(ends));
	if (fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) >= 0 || errno != EPERM)
		sandbox_fail("pipe-user-pages-soft is not the end: %m");
	sandbox_ready(fcntl(ends[0], F_GETPIPE_SZ) / sysconf(_SC_PAGESIZE));
	sandbox_hold();
}

/* Without their sizes nothing is said of them, neither that it is well. */
static void test_pipes(void **state)
{
	static const char name[] = "pipe-user-pages-soft";
	json_int_t used;
	json_t *limit;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	if (sysctl("/proc/sys/fs/pipe-user-pages-soft", 1) != 16384 ||
	    sysctl("/proc/sys/fs/pipe-max-size", 1) != 1 << 20)
		skip();
	used = 64 * 256 + sandbox_spawn("pipes", pipes_fn, NULL)->value;
	run_tool(&r, "limits", ASSUME, "--check", name);
	run_expect(&r, 3);
	says(r.out, "IPC UNKNOWN - not known: pipe-user-pages-soft");
	run_free(&r);
	limit = limit_of(ask(&r, "limits", ASSUME, name), name);
	assert_true(is_true(limit, "estimated"));
	assert_false(is_true(limit, "full"));
	assert_true(get_int(limit, "at_most") >= used);
	run_free(&r);
	limit = limit_of(ask(&r, "limits", ASSUME, "--exact", name), name);
	assert_int_equal(get_int(limit, "used"), used);
	assert_false(is_true(limit, "estimated"));
	assert_true(is_true(limit, "full"));
	run_free(&r);
	run_tool(&r, "limits", ASSUME, "--exact", "--check", name);
	run_expect(&r, 2);
	run_free(&r);
}

/* ---- /dev/shm ---- */

static void test_dev_shm(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	json_t *limit;
	struct run r;
	char *at;
	int fd;

	(void)state;
	must(mount("shm", "/dev/shm", "tmpfs", 0, "mode=1777,size=64k,nr_inodes=5"));
	fd = (int)must(open("/dev/shm/full", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	must(ftruncate(fd, 65536));
	check_limit("/dev/shm bytes", 0, 65536);	/* nothing is written yet */
	at = mmap(NULL, 65536, PROT_WRITE, MAP_SHARED, fd, 0);
	memset(at, 1, 65536 - page);
	check_limit("/dev/shm bytes", 65536 - (json_int_t)page, 65536);
	memset(at, 1, 65536);
	refused(ENOSPC, pwrite(fd, "x", 1, 65536));
	must(unlink("/dev/shm/full"));
	check_full("/dev/shm bytes", 65536);
	limit = limit_of(ask(&r, "limits", ASSUME, "/dev/shm bytes"),
			 "/dev/shm bytes");
	assert_int_equal(get_int(json_array_get(json_object_get(limit, "top"), 0),
				 "used"), 65536);
	run_free(&r);
	while (fd >= 0) {
		char path[32];

		close(fd);
		snprintf(path, sizeof(path), "/dev/shm/%d", ++*(int *)at);
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	assert_int_equal(errno, ENOSPC);
	check_full("/dev/shm inodes", 5);
	munmap(at, 65536);
	must(umount("/dev/shm"));
}

/* ---- all of them ---- */

static const struct {
	const char *name;
	const char *path;
	int nth;
	int unit;	/* 0: pages */
} sysctls[] = {
	{ "shmmni", "kernel/shmmni", 1, 1 },
	{ "shmall", "kernel/shmall", 1, 0 },
	{ "shmmax", "kernel/shmmax", 1, 1 },
	{ "semmsl", "kernel/sem", 1, 1 }, { "semmns", "kernel/sem", 2, 1 },
	{ "semopm", "kernel/sem", 3, 1 }, { "semmni", "kernel/sem", 4, 1 },
	{ "msgmni", "kernel/msgmni", 1, 1 },
	{ "msgmnb", "kernel/msgmnb", 1, 1 },
	{ "msgmax", "kernel/msgmax", 1, 1 },
	{ "mqueue/queues_max", "fs/mqueue/queues_max", 1, 1 },
	{ "mqueue/msg_max", "fs/mqueue/msg_max", 1, 1 },
	{ "mqueue/msgsize_max", "fs/mqueue/msgsize_max", 1, 1 },
	{ "pipe-user-pages-soft", "fs/pipe-user-pages-soft", 1, 1 },
	{ "pipe-user-pages-hard", "fs/pipe-user-pages-hard", 1, 1 },
	{ "pipe-max-size", "fs/pipe-max-size", 1, 1 },
	{ "file-max", "fs/file-max", 1, 1 }, { "nr_open", "fs/nr_open", 1, 1 },
	{ "inotify/instances", "fs/inotify/max_user_instances", 1, 1 },
	{ "inotify/watches", "fs/inotify/max_user_watches", 1, 1 },
	{ "inotify/queued_events", "fs/inotify/max_queued_events", 1, 1 },
	{ "epoll/watches", "fs/epoll/max_user_watches", 1, 1 },
	{ "max_dgram_qlen", "net/unix/max_dgram_qlen", 1, 1 },
	{ "somaxconn", "net/core/somaxconn", 1, 1 },
};

/* A number that means "no limit" has none in max; bytes may be more than fit. */
static void test_agrees_with_proc(void **state)
{
	size_t i;
	struct run r;
	json_t *root;

	(void)state;
	root = ask(&r, "limits", "-a");
	for (i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		json_t *limit = limit_of(root, sysctls[i].name);
		json_int_t want;
		char path[64];

		snprintf(path, sizeof(path), "/proc/sys/%s", sysctls[i].path);
		want = sysctl(path, sysctls[i].nth);
		if (want <= 0 || want > 1LL << 50) {
			assert_true(is_none(limit, "max"));
			continue;
		}
		if (!sysctls[i].unit)
			want *= sysconf(_SC_PAGESIZE);
		assert_int_equal(get_int(limit, "value"), want);
	}
	run_free(&r);
}

/* Of an ordinary user: what the kernel tells everybody is known, and "?" and
 * a warning stand for the rest; a check says so unless it is critical. */
static void test_unprivileged(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	if (!sandbox_is_root())
		return;
	make_sem(IPC_PRIVATE, 3, NULL, 0600);
	root = ask_how(&r, &nobody, (const char *const[]){ "limits", NULL });
	assert_int_equal(get_int(limit_of(root, "semmns"), "used"), 3);
	assert_false(has_field(limit_of(root, "mqueue/queues_max"), "used"));
	assert_false(has_field(limit_of(root, "pipe-user-pages-soft"), "used"));
	assert_true(has_warning(root, "mqueue"));
	assert_true(has_warning(root, "fds"));
	run_free(&r);

	run_tool_how(&r, &nobody, (const char *const[]){ "limits", "--check", NULL });
	run_expect(&r, 3);
	says(r.out, "IPC UNKNOWN - not known: mqueue/queues_max");
	run_free(&r);
	run_tool_how(&r, &nobody, (const char *const[]){
			"limits", "--check", "semmns", "shmall", NULL });
	run_expect(&r, 0);
	says(r.out, "IPC OK - ");
	run_free(&r);
	set_limit("/proc/sys/kernel/sem", "32000 3 500 32000");
	run_tool_how(&r, &nobody, (const char *const[]){ "limits", "--check", NULL });
	run_expect(&r, 2);
	says(r.out, "IPC CRITICAL - semmns 100% (root 3)");
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_shmmni), TEST(test_shmall), TEST(test_shmmax),
		TEST(test_semmni), TEST(test_semmns), TEST(test_semmsl),
		TEST(test_semopm), TEST(test_msgmax), TEST(test_msgmni),
		TEST(test_msgmnb), TEST(test_msgmnb_empty_messages),
		TEST(test_msg_qbytes), TEST(test_full_for_a_sender),
		TEST(test_queues_max), TEST(test_msg_max), TEST(test_maxmsg),
		TEST(test_rlimit_msgqueue), TEST(test_rlimit_nofile),
		TEST(test_watches), TEST(test_what_is_inherited_is_one),
		TEST(test_what_two_users_have_may_be_of_either), TEST(test_pipes),
		TEST(test_dev_shm),
		TEST(test_agrees_with_proc), TEST(test_unprivileged),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
