// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Verdicts about real objects, live and dead: no live one may ever be stale or
 * suspect, and what is provably dead must be found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "make.h"
#include "run.h"

#define KEY	0x05ce0001
#define ASSUME	"--assume-complete"

static const char *verdict_of(json_t *root, const char *ref)
{
	json_t *object = find_object(root, ref);

	if (!object)
		sandbox_fail("%s is not judged", ref);
	return get_text(json_object_get(object, "stale"), "verdict");
}

/* One run over all classes; every verdict is checked with its object. */
static void expect(const char *ref, const char *verdict)
{
	struct run r;

	assert_string_equal(verdict_of(ask(&r, "stale", "-a", ASSUME), ref),
			    verdict);
	run_free(&r);
}

/* The reasons of one side, joined. */
static void expect_reason(const char *ref, const char *side, const char *part)
{
	struct run r;
	json_t *list, *reason;
	bool found = false;
	size_t i;

	list = json_object_get(json_object_get(
			find_object(ask(&r, "stale", "-a", ASSUME), ref),
			"stale"), side);
	json_array_foreach(list, i, reason)
		found |= strstr(json_string_value(reason), part) != NULL;
	if (!found)
		sandbox_fail("%s: no '%s' among what is %s: %s", ref, part, side,
			     r.out);
	run_free(&r);
}

/* ---- makers that end ---- */

struct made {
	key_t key;
	bool attach;
};

static void make_and_end(void *arg)
{
	const struct made *made = arg;
	int id;

	sandbox_be_lonely();
	id = make_shm(made->key, 4096, 0600);

	if (made->attach)
		must(shmdt((void *)must(shmat(id, NULL, 0))));
	sandbox_ready(id);
}

static int shm_of_dead(key_t key, bool attach)
{
	struct made made = { key, attach };
	struct child *child = sandbox_spawn("maker", make_and_end, &made);
	int id = (int)child->value;

	sandbox_join(child);
	return id;
}

static void make_and_hold(void *arg)
{
	const struct made *made = arg;
	int id = make_shm(made->key, 4096, 0600);

	if (made->attach)
		must(shmdt((void *)must(shmat(id, NULL, 0))));
	sandbox_ready(id);
	sandbox_hold();
}

/* ---- segments ---- */

static void test_shm_stale(void **state)
{
	(void)state;
	sandbox_needs_others();
	assert_int_equal(shm_of_dead(IPC_PRIVATE, false), 0);
	expect("shm:0", "stale");
	expect_reason("shm:0", "for", "its creator is gone");
	expect_reason("shm:0", "for", "only a process that was told its id");
}

static void test_shm_stale_used(void **state)
{
	(void)state;
	sandbox_needs_others();
	shm_of_dead(IPC_PRIVATE, true);
	expect("shm:0", "stale");
}

static void test_shm_keyed(void **state)
{
	(void)state;
	sandbox_needs_others();
	shm_of_dead(KEY, false);
	expect("shm:0", "suspect");
	expect_reason("shm:0", "against", "key 0x05ce0001");
}

static void test_shm_creator_lives(void **state)
{
	struct made made = { IPC_PRIVATE, true };

	(void)state;
	sandbox_spawn("holder", make_and_hold, &made);
	expect("shm:0", "idle");
	expect_reason("shm:0", "against", "holder[");
}

/* Attached during a request only. */
static void test_shm_between_requests(void **state)
{
	struct made made = { KEY, true };

	(void)state;
	sandbox_spawn("php", make_and_hold, &made);
	expect("shm:0", "idle");
}

/* A daemon attaches for each request what another process of its user has made. */
static void made_for_daemon(void *arg)
{
	int status;
	pid_t pid;

	sandbox_be_lonely();
	pid = (pid_t)must(fork());
	if (!pid) {
		make_shm(*(key_t *)arg, 4096, 0600);
		_exit(0);
	}
	must(waitpid(pid, &status, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_shm_of_a_daemon(void **state)
{
	key_t keys[] = { IPC_PRIVATE, KEY };
	struct run r;

	(void)state;
	sandbox_needs_others();
	sandbox_spawn("daemon", made_for_daemon, &keys[0]);
	sandbox_spawn("daemon", made_for_daemon, &keys[1]);
	expect("shm:0", "idle");
	expect("shm:1", "idle");
	expect_reason("shm:0", "against", "daemon[");
	run_tool(&r, "clean", "--yes", "--suspect", ASSUME, "--older", "0s", "shm");
	run_expect(&r, 0);
	assert_string_equal(r.out, "");
	run_free(&r);
	sandbox_kill_all();
	expect("shm:0", "stale");
	expect("shm:1", "suspect");
}

static void use_and_hold(void *arg)
{
	must(shmdt((void *)must(shmat(*(int *)arg, NULL, 0))));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_shm_last_user_lives(void **state)
{
	int id = shm_of_dead(IPC_PRIVATE, false);

	(void)state;
	sandbox_spawn("user", use_and_hold, &id);
	expect("shm:0", "idle");
}

static void test_shm_attached(void **state)
{
	int id = shm_of_dead(IPC_PRIVATE, false);

	(void)state;
	shm_attach_in("reader", id, SHM_RDONLY, SHM_PLAIN);
	expect("shm:0", "in-use");
	expect_reason("shm:0", "for", "reader[");
}

static void test_shm_split(void **state)
{
	int id = make_shm(IPC_PRIVATE, 3 * 4096, 0600);

	(void)state;
	shm_attach_in("split", id, 0, SHM_SPLIT);
	expect("shm:0", "in-use");
}

static void test_shm_dest(void **state)
{
	int id = make_shm(KEY, 4096, 0600);

	(void)state;
	shm_attach_in("holder", id, 0, SHM_PLAIN);
	shm_remove(id);
	/* Another takes the key at once. */
	make_shm(KEY, 4096, 0600);
	expect("shm:0", "dest");
	/* Its creator is this test, which lives. */
	expect("shm:1", "idle");
}

static int hold_vm(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

/* A child that shares its parent's memory without being a thread. */
static void share_memory(void *arg)
{
	static char stack[65536];

	must(shmat(*(int *)arg, NULL, 0));
	must(clone(hold_vm, stack + sizeof(stack), CLONE_VM | CLONE_FILES,
		   NULL));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_shm_shared_memory(void **state)
{
	int id = shm_of_dead(IPC_PRIVATE, false);

	(void)state;
	sandbox_spawn("shares", share_memory, &id);
	expect("shm:0", "in-use");
}

static void end(void *arg)
{
	(void)arg;
	sandbox_ready(0);
	sandbox_hold();
}

/* The number of the creator is another process's now. Times are in whole
 * seconds with slack: until the new one is provably later it counts as him. */
static void test_shm_pid_reuse(void **state)
{
	struct made made = { IPC_PRIVATE, false };
	struct child *child = sandbox_spawn("maker", make_and_end, &made);
	pid_t pid = child->pid;
	struct child *other;
	struct run r;
	const char *verdict;

	(void)state;
	sandbox_needs_others();
	sandbox_join(child);
	sandbox_next_pid(pid);
	other = sandbox_spawn("other", end, NULL);
	assert_int_equal(other->pid, pid);
	verdict = verdict_of(ask(&r, "stale", "-a", ASSUME), "shm:0");
	/* Never anything but the truth, or carefully less. */
	assert_true(!strcmp(verdict, "idle") || !strcmp(verdict, "stale"));
	run_free(&r);
	sandbox_kill(other);
	expect("shm:0", "stale");
}

/* The creator is in a PID namespace below: its number reads 0 from beside. */
static void make_below(void *arg)
{
	pid_t pid;
	int status;

	(void)arg;
	must(unshare(CLONE_NEWPID));
	pid = (pid_t)must(fork());
	if (!pid) {
		make_shm(IPC_PRIVATE, 4096, 0600);
		sandbox_ready(0);
		sandbox_hold();
	}
	sandbox_not_ready();
	waitpid(pid, &status, 0);
}

static void test_shm_creator_below(void **state)
{
	(void)state;
	sandbox_spawn("below", make_below, NULL);
	expect("shm:0", "idle");
}

/* ---- semaphores and queues ---- */

static void sem_and_end(void *arg)
{
	struct sembuf up = { .sem_num = 0, .sem_op = 1 };

	must(semop(*(int *)arg, &up, 1));
	sandbox_ready(0);
}

static void test_sem(void **state)
{
	int id = make_sem(IPC_PRIVATE, 1, NULL, 0600);
	struct child *waiter;

	(void)state;
	sandbox_join(sandbox_spawn("worker", sem_and_end, &id));
	/* Root runs this test: it may come back. */
	expect("sem:0", "idle");
	expect_reason("sem:0", "for", "last user");
	waiter = sem_wait_in("waiter", make_sem(KEY, 3, NULL, 0600), 1, -1);
	expect("sem:1", "in-use");
	expect_reason("sem:1", "for", "waits on semaphore 1");
	sandbox_kill(waiter);
}

static void test_sem_last_user_lives(void **state)
{
	unsigned short one = 1;
	int id = make_sem(IPC_PRIVATE, 1, &one, 0600);

	(void)state;
	sem_undo_in("holder", id, 0, -1);
	expect("sem:0", "idle");
	expect_reason("sem:0", "against", "holder[");
}

/* Owned by somebody who runs nothing. */
static void test_sem_owner_gone(void **state)
{
	struct semid_ds ds = { .sem_perm = { .uid = 4711, .gid = 4711,
					     .mode = 0600 } };
	int id;

	(void)state;
	if (!sandbox_is_root())
		skip();
	id = make_sem(KEY, 1, NULL, 0600);
	sandbox_join(sandbox_spawn("worker", sem_and_end, &id));
	must(semctl(id, 0, IPC_SET, &ds));
	/* Its creator, root, runs this test. */
	expect("sem:0", "idle");
}

static void drop_and_make(void *arg)
{
	must(setresgid(4711, 4711, 4711));
	must(setresuid(4711, 4711, 4711));
	*(int *)arg = make_sem(KEY, 1, NULL, 0600);
	sem_and_end(arg);
}

static void test_sem_suspect(void **state)
{
	int id = 0;

	(void)state;
	if (!sandbox_is_root())
		skip();
	sandbox_join(sandbox_spawn("worker", drop_and_make, &id));
	expect("sem:0", "suspect");
	expect_reason("sem:0", "for", "no process of 4711 runs");
}

static void test_msg(void **state)
{
	int id = make_msg(KEY, 0600);

	(void)state;
	expect("msg:0", "idle");
	msg_put(id, 1, 10);
	msg_put(id, 1, 10);
	expect("msg:0", "idle");
	expect_reason("msg:0", "against", "it holds 2 messages");
	msg_receive_in("reader", make_msg(IPC_PRIVATE, 0600), 0);
	expect("msg:1", "in-use");
	id = make_msg(IPC_PRIVATE, 0600);
	msg_fill(id, 1000);
	msg_send_in("writer", id, 1, 1000);
	expect("msg:2", "in-use");
}

/* ---- POSIX ---- */

static void test_pshm_in_use(void **state)
{
	(void)state;
	make_pshm("/open", 4096, 0600);
	pshm_open_in("opener", "/open", O_RDONLY);
	make_pshm("/mapped", 4096, 0600);
	pshm_map_in("mapper", "/mapped", PROT_READ);
	expect("pshm:/open", "in-use");
	expect("pshm:/mapped", "in-use");
	pshm_unlink("/mapped");
	make_pshm("/mapped", 4096, 0600);
	expect("pshm:/mapped", "idle");
}

/* A descriptor that is in no process. */
static void test_in_flight(void **state)
{
	int ends[2], fd;

	(void)state;
	make_pshm("/nccl-abcdef", 4096, 0600);
	fd = (int)must(open("/dev/shm/nccl-abcdef", O_RDWR));
	unix_pair(SOCK_STREAM, ends);
	hold_fd_in("receiver", ends[1]);
	unix_send_fd(ends[0], fd);
	close(fd);
	close(ends[0]);
	close(ends[1]);
	expect("pshm:/nccl-abcdef", "unknown");
	expect_reason("pshm:/nccl-abcdef", "unknown", "in flight");
	sandbox_kill_all();
	expect("pshm:/nccl-abcdef", "stale");
}

/* In a connection that nobody has accepted. */
static void test_in_flight_pending(void **state)
{
	int listener, client, fd;

	(void)state;
	make_pshm("/nccl-abcdef", 4096, 0600);
	fd = (int)must(open("/dev/shm/nccl-abcdef", O_RDWR));
	listener = unix_listener(SOCK_STREAM, "/tmp/s", 5);
	client = unix_connected(SOCK_STREAM, "/tmp/s");
	unix_send_fd(client, fd);
	close(fd);
	hold_fd_in("server", listener);
	hold_fd_in("client", client);
	close(listener);
	close(client);
	expect("pshm:/nccl-abcdef", "unknown");
}

static void test_pmsg(void **state)
{
	(void)state;
	sandbox_mount_mqueue();
	make_pmsg("/empty", 4, 16, 0600);
	make_pmsg("/full", 4, 16, 0600);
	pmsg_put("/full", 8, 0);
	make_pmsg("/read", 4, 16, 0600);
	pmsg_receive_in("reader", "/read");
	expect("pmsg:/empty", "idle");
	expect("pmsg:/full", "idle");
	expect_reason("pmsg:/full", "against", "it holds 1 message");
	expect("pmsg:/read", "in-use");
}

static void test_psem(void **state)
{
	(void)state;
	make_psem("/left", 1, 0600);
	make_psem("/used", 1, 0600);
	psem_open_in("user", "/used");
	expect("psem:/left", "idle");
	expect("psem:/used", "in-use");
}

/* ---- profiles ---- */

static void lonely_end(void *arg)
{
	sandbox_be_lonely();
	end(arg);
}

/* Of a user who runs nothing else. */
static void make_lonely_pshm(const char *path)
{
	char full[80];

	make_pshm(path, 4096, 0600);
	snprintf(full, sizeof(full), "/dev/shm%s", path);
	if (sandbox_is_root())
		must(chown(full, LONELY_USER, LONELY_USER));
}

static void test_profile_pid(void **state)
{
	char name[64], ref[80];
	struct child *child = sandbox_spawn("python3", lonely_end, NULL);

	(void)state;
	sandbox_needs_others();
	snprintf(name, sizeof(name), "/torch_%d_1", (int)child->pid);
	make_lonely_pshm(name);
	snprintf(ref, sizeof(ref), "pshm:%s", name);
	expect(ref, "idle");
	expect_reason(ref, "against", "which is in its name, runs");
	sandbox_kill(child);
	expect(ref, "stale");
	expect_reason(ref, "for", "PyTorch");
	/* Another of its user may have been told the name. */
	child = sandbox_spawn("other", lonely_end, NULL);
	expect(ref, "idle");
	sandbox_kill(child);
}

static void test_profile_young(void **state)
{
	(void)state;
	make_pshm("/nccl-abcdef", 4096, 0600);
	must(truncate("/dev/shm/nccl-abcdef", 0));
	expect("pshm:/nccl-abcdef", "idle");
	expect_reason("pshm:/nccl-abcdef", "against", "about to give it a size");
}

static void lock_and_hold(void *arg)
{
	int fd = (int)must(open(arg, O_RDWR));

	must(flock(fd, LOCK_SH));
	/* The lock is inherited; who took it ends. */
	if (must(fork()))
		_exit(0);
	child_keep(&fd, 1);
	sandbox_hold();
}

static bool has_lock(void *arg)
{
	int fd = (int)must(open(arg, O_RDWR));
	bool locked = flock(fd, LOCK_EX | LOCK_NB) == -1;

	close(fd);
	return locked;
}

static void test_profile_lock(void **state)
{
	static char path[] = "/dev/shm/fastrtps_0123456789abcdef_el";
	pid_t pid;
	int status;

	(void)state;
	make_pshm("/fastrtps_0123456789abcdef", 4096, 0600);
	expect("pshm:/fastrtps_0123456789abcdef", "idle");
	make_pshm("/fastrtps_0123456789abcdef_el", 1, 0600);
	expect("pshm:/fastrtps_0123456789abcdef", "stale");
	expect("pshm:/fastrtps_0123456789abcdef_el", "stale");
	pid = (pid_t)must(fork());
	if (!pid)
		lock_and_hold(path);
	must(waitpid(pid, &status, 0));
	wait_until("the lock", 0, has_lock, path);
	expect("pshm:/fastrtps_0123456789abcdef", "idle");
	expect("pshm:/fastrtps_0123456789abcdef_el", "in-use");
}

static void test_profile_leave(void **state)
{
	(void)state;
	make_pshm("/iox2_service", 4096, 0600);
	expect("pshm:/iox2_service", "idle");
	expect_reason("pshm:/iox2_service", "against", "leave it to its own tool");
}

/* ---- paths ---- */

static void test_paths(void **state)
{
	int bound;

	(void)state;
	unix_stale(SOCK_STREAM, "/tmp/dead");
	unix_stale(SOCK_DGRAM, "/tmp/dead-dgram");
	expect("unix:/tmp/dead", "stale");
	expect("unix:/tmp/dead-dgram", "stale");
	expect_reason("unix:/tmp/dead", "for", "a connection is refused");

	bound = unix_listener(SOCK_SEQPACKET, "/tmp/live", 1);
	expect("unix:/tmp/live", "in-use");
	close(bound);
	expect("unix:/tmp/live", "stale");
}

static void expect_no_path(const char *ref)
{
	struct run r;
	json_t *object = find_object(ask(&r, "stale", "-a", ASSUME), ref);

	if (object)
		assert_string_equal(get_text(json_object_get(object, "stale"),
					     "verdict"), "in-use");
	run_free(&r);
}

/* Bound, and not listening; by a relative path; unlinked and bound anew. */
static void test_paths_live(void **state)
{
	int fds[3];

	(void)state;
	fds[0] = unix_bound(SOCK_STREAM, "/tmp/bound");
	must(chdir("/tmp"));
	fds[1] = unix_bound(SOCK_DGRAM, "relative");
	must(chdir("/"));
	fds[2] = unix_listener(SOCK_STREAM, "/tmp/old", 1);
	must(rename("/tmp/old", "/tmp/renamed"));
	expect_no_path("unix:/tmp/bound");
	expect_no_path("unix:/tmp/relative");
	expect_no_path("unix:/tmp/renamed");
	unix_stale(SOCK_STREAM, "/tmp/old");
	expect("unix:/tmp/old", "stale");
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
}

static void listen_elsewhere(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNET));
	unix_listener(SOCK_STREAM, "/tmp/elsewhere", 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void test_path_other_namespace(void **state)
{
	(void)state;
	sandbox_spawn("listener", listen_elsewhere, NULL);
	expect_no_path("unix:/tmp/elsewhere");
}

static void open_fifo(void *arg)
{
	must(open(arg, O_RDONLY | O_NONBLOCK));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_fifo(void **state)
{
	static char path[] = "/tmp/fifo";

	(void)state;
	must(mkfifo(path, 0600));
	expect("fifo:/tmp/fifo", "idle");
	sandbox_spawn("reader", open_fifo, path);
	expect("fifo:/tmp/fifo", "in-use");
}

/* ---- many at once ---- */

/* Attached by a process that shares its memory with a child of vfork(). */
static void vforked(void *arg)
{
	pid_t child;

	must(shmat(*(int *)arg, NULL, 0));
	/* vfork(2), but so that one closes what is closed for both. */
	child = (pid_t)must(syscall(SYS_clone, CLONE_VM | CLONE_VFORK |
				    CLONE_FILES | SIGCHLD, 0, 0, 0, 0));
	if (!child) {
		sandbox_ready(0);
		sandbox_hold();
	}
	sandbox_hold();
}

static void make_file(const char *path, size_t size)
{
	int fd = (int)must(open(path, O_CREAT | O_RDWR, 0600));

	must(ftruncate(fd, (off_t)size));
	close(fd);
}

static void make_live(void)
{
	static const unsigned short zero[1];
	static int vfork_id;
	int id, ends[2];

	/* by one of two, the other was killed */
	id = make_shm(IPC_PRIVATE, 4096, 0600);
	shm_attach_in("one", id, 0, SHM_PLAIN);
	sandbox_kill(shm_attach_in("two", id, 0, SHM_PLAIN));
	vfork_id = make_shm(IPC_PRIVATE, 4096, 0600);
	sandbox_spawn("vforker", vforked, &vfork_id);
	/* read only, and of no permissions at all */
	shm_attach_in("reader", make_shm(KEY + 7, 4096, 0400), SHM_RDONLY, SHM_PLAIN);
	id = make_sem(IPC_PRIVATE, 1, zero, 0600);
	sem_wait_in("waiter", id, 0, -1);
	id = make_msg(IPC_PRIVATE, 0600);
	msg_receive_in("receiver", id, 0);
	/* of length 0: its maker has not come to ftruncate() yet */
	make_pshm("/new", 0, 0600);
	pshm_open_in("maker", "/new", O_RDWR);
	make_pshm("/read-only", 4096, 0400);
	pshm_map_in("mapper", "/read-only", PROT_READ);
	make_psem("/waited", 0, 0600);
	psem_wait_in("waiter", "/waited");
	make_pmsg("/receiving", 4, 16, 0600);
	pmsg_receive_in("receiver", "/receiving");
	make_pmsg("/sending", 1, 16, 0600);
	pmsg_fill("/sending", 16);
	pmsg_send_in("sender", "/sending", 16);
	make_fifo("/tmp/both", 0600);
	ends[0] = (int)must(open("/tmp/both", O_RDWR));
	hold_in("both", ends, 1);
	close(ends[0]);
	/* nobody has it open yet: one waits in open() for the other end */
	make_fifo("/tmp/opening", 0600);
	fifo_open_in("opener", "/tmp/opening", O_WRONLY);
	ends[0] = unix_listener(SOCK_SEQPACKET, "/tmp/seqpacket", 5);
	ends[1] = unix_bound(SOCK_DGRAM, "/tmp/dgram");
	hold_in("sockets", ends, 2);
	close(ends[0]);
	close(ends[1]);
}

static void make_dead(void)
{
	make_file("/dev/shm/nobody-has", 4096);
	make_file("/dev/shm/empty", 0);
	make_psem("/nobody-waits", 3, 0600);
	make_pmsg("/unread", 4, 16, 0600);
	pmsg_put("/unread", 3, 0);
	make_fifo("/tmp/left", 0600);
	unix_stale(SOCK_STREAM, "/tmp/stream-left");
	unix_stale(SOCK_SEQPACKET, "/tmp/seqpacket-left");
	must(symlink("/dev/shm/nobody-has", "/dev/shm/link"));
	must(mkdir("/dev/shm/dir", 0700));
}

/* No live one is stale or suspect, and of the dead what proves it is found. */
static void test_world(void **state)
{
	static const struct { const char *ref, *verdict; } world[] = {
		{ "shm:0", "in-use" }, { "shm:1", "in-use" },
		{ "shm:2", "in-use" }, { "sem:0", "in-use" },
		{ "msg:0", "in-use" }, { "pshm:/new", "in-use" },
		{ "pshm:/read-only", "in-use" }, { "psem:/waited", "in-use" },
		{ "pmsg:/receiving", "in-use" }, { "pmsg:/sending", "in-use" },
		{ "fifo:/tmp/both", "in-use" },
		{ "fifo:/tmp/opening", "in-use" },
		{ "unix:/tmp/seqpacket", "in-use" },
		{ "pshm:/nobody-has", "idle" }, { "pshm:/empty", "idle" },
		{ "psem:/nobody-waits", "idle" }, { "pmsg:/unread", "idle" },
		/* changed since the opener of /tmp/opening runs: was it at that path? */
		{ "fifo:/tmp/left", "unknown" },
		{ "unix:/tmp/stream-left", "stale" },
		{ "unix:/tmp/seqpacket-left", "stale" },
	};
	struct run r;
	json_t *root;
	size_t i;

	(void)state;
	make_live();
	make_dead();
	root = ask(&r, "stale", "-a", ASSUME);
	for (i = 0; i < sizeof(world) / sizeof(world[0]); i++) {
		if (strcmp(verdict_of(root, world[i].ref), world[i].verdict))
			sandbox_fail("%s is %s, not %s", world[i].ref,
				     verdict_of(root, world[i].ref),
				     world[i].verdict);
	}
	/* Nobody could take it for left behind. */
	assert_null(find_object(root, "unix:/tmp/dgram"));
	/* What is no object of its own, and where a link leads to. */
	assert_null(find_object(root, "pshm:/link"));
	assert_null(find_object(root, "pshm:/dir"));
	run_free(&r);
}

/* Neither followed, nor into other file systems, nor elsewhere but asked. */
static void test_places(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	must(mkdir("/tmp/real", 0700));
	must(mkdir("/dev/shm/away", 0700));
	must(symlink("/dev/shm/away", "/tmp/link"));
	sandbox_mount_tmpfs("/tmp/mounted");
	unix_stale(SOCK_STREAM, "/dev/shm/away/s");
	unix_stale(SOCK_STREAM, "/tmp/mounted/s");
	unix_stale(SOCK_STREAM, "/tmp/real/s");
	root = ask(&r, "stale", ASSUME);
	assert_non_null(find_object(root, "unix:/tmp/real/s"));
	assert_null(find_object(root, "unix:/tmp/link/s"));
	assert_null(find_object(root, "unix:/tmp/mounted/s"));
	assert_null(find_object(root, "unix:/dev/shm/away/s"));
	run_free(&r);
	root = ask(&r, "stale", ASSUME, "--path", "/tmp/mounted,/dev/shm/away");
	assert_string_equal(verdict_of(root, "unix:/tmp/mounted/s"), "stale");
	assert_string_equal(verdict_of(root, "unix:/dev/shm/away/s"), "stale");
	run_free(&r);
}

/* ---- the command ---- */

static void test_check(void **state)
{
	struct run r;

	(void)state;
	sandbox_needs_others();
	run_tool(&r, "stale", "--check", "shm");
	run_expect(&r, 0);
	run_free(&r);
	shm_of_dead(KEY, false);
	run_tool(&r, "stale", "--check", "shm", ASSUME);
	run_expect(&r, 4);
	assert_non_null(strstr(r.out, "suspect shm:0"));
	run_free(&r);
	run_tool(&r, "stale", "pipe");
	run_expect(&r, 2);
	run_free(&r);
}

/* Outside the first PID namespace holders may be out of sight. */
static void test_not_first(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	shm_of_dead(IPC_PRIVATE, false);
	make_pshm("/x", 4096, 0600);
	root = ask(&r, "stale", "-a");
	assert_string_equal(verdict_of(root, "pshm:/x"), "unknown");
	/* Nobody has it attached, but a daemon out of sight may do so again. */
	assert_string_equal(verdict_of(root, "shm:0"), "unknown");
	run_free(&r);
}

static void test_show(void **state)
{
	struct run r;

	(void)state;
	sandbox_needs_others();
	shm_of_dead(IPC_PRIVATE, false);
	run_tool(&r, "show", ASSUME, "shm:0");
	run_expect(&r, 0);
	assert_non_null(strstr(r.out, "  verdict     stale\n"));
	assert_non_null(strstr(r.out, "    because   its creator is gone: there is no process "));
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_shm_stale), TEST(test_shm_stale_used),
		TEST(test_shm_keyed), TEST(test_shm_creator_lives),
		TEST(test_shm_between_requests), TEST(test_shm_of_a_daemon), TEST(test_shm_last_user_lives),
		TEST(test_shm_attached), TEST(test_shm_split),
		TEST(test_shm_dest), TEST(test_shm_shared_memory),
		TEST(test_shm_pid_reuse), TEST(test_shm_creator_below),
		TEST(test_sem), TEST(test_sem_last_user_lives),
		TEST(test_sem_owner_gone), TEST(test_sem_suspect),
		TEST(test_msg),
		TEST(test_pshm_in_use), TEST(test_in_flight),
		TEST(test_in_flight_pending), TEST(test_pmsg), TEST(test_psem),
		TEST(test_profile_pid), TEST(test_profile_young),
		TEST(test_profile_lock), TEST(test_profile_leave),
		TEST(test_paths), TEST(test_paths_live),
		TEST(test_path_other_namespace), TEST(test_fifo),
		TEST(test_places), TEST(test_world),
		TEST(test_check), TEST(test_not_first), TEST(test_show),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
