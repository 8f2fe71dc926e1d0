// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that differ from their process: the first one has ended, another has
 * descriptors, a namespace or a root of its own; and processes that share one
 * memory, or have segments of equal number in two IPC namespaces.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* What a thread does; it says sandbox_ready(gettid()) itself. */
struct thread {
	void (*fn)(void *arg);
	void *arg;
	bool leader_ends;
};

/* The thread has a descriptor table of its own now. */
static volatile bool has_own_table, has_closed;

static bool is_zombie(void *arg)
{
	char path[64], text[512], *end;

	(void)arg;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)getpid());
	if (read_small(path, text, sizeof(text)) <= 0)
		return false;
	end = strrchr(text, ')');
	return end && end[2] == 'Z';
}

static void *run_thread(void *arg)
{
	const struct thread *thread = arg;

	if (thread->leader_ends)
		wait_until("the end of the first thread", 0, is_zombie, NULL);
	thread->fn(thread->arg);
	sandbox_hold();
}

static void thread_fn(void *arg)
{
	const struct thread *thread = arg;
	pthread_t id;

	if (pthread_create(&id, NULL, run_thread, arg))
		sandbox_fail("pthread_create");
	if (thread->leader_ends)
		syscall(SYS_exit, 0);
	/* The pipe of sandbox_ready() is in both tables then. */
	while (!has_own_table)
		sched_yield();
	sandbox_not_ready();
	has_closed = true;
	sandbox_hold();
}

/* A process whose second thread runs fn(); value: that thread. */
static struct child *second_thread(const char *name, void (*fn)(void *), void *arg,
				   bool leader_ends)
{
	struct thread thread = { fn, arg, leader_ends };
	struct child *child = sandbox_spawn(name, thread_fn, &thread);

	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
	return child;
}

/* ---- the first thread has ended ---- */

/* No thread lives: it has ended, and its parent does not collect it. */
static void dead_fn(void *arg)
{
	pid_t pid;

	(void)arg;
	pid = (pid_t)must(fork());
	if (!pid) {
		sandbox_not_ready();
		make_shm(IPC_PRIVATE, 4096, 0600);
		_exit(0);
	}
	must(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT));
	sandbox_ready(pid);
	sandbox_hold();
}

static void ended_whole(void)
{
	struct child *child = sandbox_spawn("parent", dead_fn, NULL);

	let("p", "%ld", child->value);
}

/* ---- a descriptor table of its own ---- */

/* The same table, and a hundred threads of it. */

static void *only_hold(void *arg)
{
	(void)arg;
	sandbox_hold();
}

static void shared_many_fn(void *arg)
{
	pthread_t id;
	int i;

	for (i = 0; i < 100; i++)
		if (pthread_create(&id, NULL, only_hold, NULL))
			sandbox_fail("pthread_create");
	child_keep(arg, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void shared_table(void)
{
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	let("p", "%d", (int)sandbox_spawn("worker", shared_many_fn, &fd)->pid);
	close(fd);
}

/* ---- namespaces of its own ---- */

static void other_net_connect_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNET));
	must(unix_listener(SOCK_STREAM, "@same", 1));
	sandbox_ready(gettid());
}

/* One abstract name in two namespaces: two sockets. */
static void thread_net_twins(void)
{
	int fd = unix_listener(SOCK_STREAM, "@same", 1);

	let("q", "%d", (int)hold_fd_in("ours", fd)->pid);
	close(fd);
	second_thread("theirs", other_net_connect_fn, NULL, false);
}

static void own_root_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_FS));
	must(chroot("/tmp/jail"));
	sandbox_ready(gettid());
	must(open("/fifo", O_RDONLY));
}

static void thread_own_root(void)
{
	struct child *child;

	must(mkdir("/tmp/jail", 0700));
	left_fifo("/tmp/jail/fifo", 0600);
	child = second_thread("opener", own_root_fn, NULL, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_openat, SYS_open);
}

static void own_cwd_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_FS));
	must(chdir("/tmp/dir"));
	sandbox_ready(gettid());
	must(open("fifo", O_RDONLY));
}

static void thread_own_cwd(void)
{
	struct child *child;

	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	child = second_thread("opener", own_cwd_fn, NULL, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_openat, SYS_open);
}

/* ---- one memory, several processes ---- */

static char stack[65536] __attribute__((aligned(16)));

static int shares_memory(void *arg)
{
	(void)arg;
	while (syscall(SYS_pause))
		;
	return 0;
}

static int closes_all(void *arg)
{
	syscall(SYS_close_range, 3, ~0U, 0);
	return shares_memory(arg);
}

static void shared_memory_pshm_fn(void *arg)
{
	pid_t pid;

	pid = (pid_t)must(clone(closes_all, stack + sizeof(stack),
				CLONE_VM | SIGCHLD, NULL));
	must(mmap(NULL, 4096, PROT_READ, MAP_SHARED, *(int *)arg, 0));
	close(*(int *)arg);
	sandbox_ready(pid);
	sandbox_hold();
}

static void shared_memory_pshm(void)
{
	struct child *child;
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDONLY));
	child = sandbox_spawn("sharer", shared_memory_pshm_fn, &fd);
	let("p", "%d", (int)child->pid);
	let("c", "%ld", child->value);
	close(fd);
}

/* ---- equal ids ---- */

static void foreign_fn(void *arg)
{
	must(unshare(CLONE_NEWIPC));
	must(shmat(make_shm(*(key_t *)arg, 4096, 0600), NULL, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void twin_unattached(void)
{
	key_t key = 1;

	make_shm(1, 4096, 0600);
	let("q", "%d", (int)sandbox_spawn("theirs", foreign_fn, &key)->pid);
}

#define SHM	"list shm -o all" COMPLETE
#define PSHM	"list pshm -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "a process without living threads has ended", .make = ended_whole, .truths = {
		{ SHM, "shm:0", "creator_alive=false" },
		{ "stale -a shm" COMPLETE, "shm:0", "verdict=stale" } } },
	{ .name = "one table of a hundred threads", .make = shared_table, .truths = {
		{ PSHM, "pshm:/mem", "$p:open users=1 complete" } } },
	{ .name = "thread in another network namespace: equal names", .make = thread_net_twins, .truths = {
		{ "list unix -o all" COMPLETE, "unix:@same", "$q:listens !$p:listens" } } },
	{ .name = "thread with a root of its own", .make = thread_own_root, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "thread with a directory of its own", .make = thread_own_cwd, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "one memory in two processes: a file", .make = shared_memory_pshm, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached complete" } } },
	{ .name = "equal ids: ours is not attached", .make = twin_unattached, .truths = {
		{ SHM, "shm:0", "!$q:attached users=0 complete state=unattached" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: threads", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
