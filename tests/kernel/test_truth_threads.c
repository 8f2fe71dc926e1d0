// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that differ from their process: the first one has ended, another has
 * descriptors, a namespace or a root of its own; and processes that share one
 * memory, or have segments of equal number in two IPC namespaces.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
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
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define CLEAN	"clean -n --suspect --older 0s --user root,12345" COMPLETE

/* What a thread does; it says sandbox_ready(gettid()) itself. */
struct thread {
	void (*fn)(void *arg);
	void *arg;
	bool leader_ends;
};

/* The thread has a descriptor table of its own now. */
static volatile bool has_own_table, has_closed;

static void own_table(void)
{
	must(unshare(CLONE_FILES));
	has_own_table = true;
	while (!has_closed)
		sched_yield();
}

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

static void attach_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	sandbox_ready(gettid());
}

static void leader_shm(void)
{
	int id = make_shm(1, 4096, 0600);

	second_thread("worker", attach_fn, &id, true);
}

static void create_fn(void *arg)
{
	(void)arg;
	make_shm(IPC_PRIVATE, 4096, 0600);
	sandbox_ready(gettid());
}

static void leader_creator(void)
{
	second_thread("worker", create_fn, NULL, true);
}

static void keep_fd(void *arg)
{
	child_keep(arg, 1);
	sandbox_ready(gettid());
}

static void leader_pipe(void)
{
	int ends[2];

	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	second_thread("reader", keep_fd, &ends[0], true);
	let("w", "%d", (int)hold_fd_in("writer", ends[1])->pid);
	close(ends[0]);
	close(ends[1]);
}

static void leader_pipe_only(void)
{
	int ends[2];

	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	second_thread("both", keep_fd, &ends[0], true);
	close(ends[0]);
	close(ends[1]);
}

static void open_fifo_fn(void *arg)
{
	sandbox_ready(gettid());
	must(open(arg, O_RDONLY));
}

static void leader_fifo(void)
{
	struct child *child;

	left_fifo("/tmp/fifo", 0600);
	child = second_thread("opener", open_fifo_fn, (void *)"/tmp/fifo", true);
	wait_blocked(child->pid, (pid_t)child->value, SYS_openat, SYS_open);
}

static void leader_pshm_fd(void)
{
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	second_thread("worker", keep_fd, &fd, true);
	close(fd);
}

static void map_fn(void *arg)
{
	int fd = (int)must(open(arg, O_RDWR));

	must(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	close(fd);
	sandbox_ready(gettid());
}

static void leader_pshm_map(void)
{
	left_pshm("/mem", 4096, 0600);
	second_thread("worker", map_fn, (void *)"/dev/shm/mem", true);
}

static void leader_unix(void)
{
	int fd = unix_listener(SOCK_STREAM, "/tmp/sock", 1);

	second_thread("server", keep_fd, &fd, true);
	close(fd);
}

/* Of a namespace that nothing leads to but the socket. */
static void leader_foreign_tcp(void)
{
	int home, fd;
	struct stat st;

	if (!sandbox_is_root()) {
		truth_cannot("a socket is copied with CAP_NET_ADMIN in its namespace's user namespace");
		return;
	}
	home = (int)must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	must(unshare(CLONE_NEWNET));
	must(stat("/proc/self/ns/net", &st));
	let("ns", "%lu", (unsigned long)st.st_ino);
	fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	must(setns(home, CLONE_NEWNET));
	close(home);
	let("tcp", "tcp:%lu", (unsigned long)fd_inode(fd));
	second_thread("server", keep_fd, &fd, true);
	close(fd);
}

static void jailed_fn(void *arg)
{
	int fd;

	(void)arg;
	must(chroot("/tmp/jail"));
	fd = unix_listener(SOCK_STREAM, "/s", 1);
	sandbox_ready((long)fd_inode(fd));
}

/* Its path leads to it from its root alone. */
static void leader_jailed_unix(void)
{
	must(mkdir("/tmp/jail", 0700));
	let("ino", "%ld", second_thread("server", jailed_fn, NULL, true)->value);
}

static void leader_memfd(void)
{
	int fd = make_memfd("secret", 4096);

	let("memfd", "memfd:%lu", (unsigned long)fd_inode(fd));
	second_thread("worker", keep_fd, &fd, true);
	close(fd);
}

static void pmsg_fn(void *arg)
{
	if (mq_open(arg, O_RDWR) == (mqd_t)-1)
		sandbox_fail("mq_open");
	sandbox_ready(gettid());
}

static void leader_pmsg(void)
{
	make_pmsg("/queue", 2, 10, 0600);
	second_thread("worker", pmsg_fn, (void *)"/queue", true);
}

static void semop_fn(void *arg)
{
	struct sembuf op = { .sem_num = 0, .sem_op = -1 };

	sandbox_ready(gettid());
	semop(*(int *)arg, &op, 1);
}

static void leader_sem(void)
{
	int id = make_sem(1, 1, NULL, 0600);
	struct child *child = second_thread("waiter", semop_fn, &id, true);

	wait_blocked(child->pid, (pid_t)child->value, SYS_semop, SYS_semtimedop);
}

/* No thread lives: it has ended, and its parent does not collect it. */
static void dead_fn(void *arg)
{
	pid_t pid;

	(void)arg;
	pid = (pid_t)must(fork());
	if (!pid) {
		sandbox_not_ready();
		sandbox_be_lonely();
		make_shm(IPC_PRIVATE, 4096, 0600);
		_exit(0);
	}
	must(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT));
	sandbox_ready(pid);
	sandbox_hold();
}

static void ended_whole(void)
{
	struct child *child;

	if (!sandbox_is_root())
		return truth_cannot("no user who runs nothing in a user namespace");
	child = sandbox_spawn("parent", dead_fn, NULL);
	let("p", "%ld", child->value);
}

/* ---- a descriptor table of its own ---- */

static void own_pshm_fn(void *arg)
{
	own_table();
	must(open(arg, O_RDWR));
	sandbox_ready(gettid());
}

static void own_table_pshm(void)
{
	left_pshm("/mem", 4096, 0600);
	second_thread("worker", own_pshm_fn, (void *)"/dev/shm/mem", false);
}

static void own_fifo_fn(void *arg)
{
	own_table();
	must(open(arg, O_RDWR));
	sandbox_ready(gettid());
}

static void own_table_fifo(void)
{
	left_fifo("/tmp/fifo", 0600);
	second_thread("worker", own_fifo_fn, (void *)"/tmp/fifo", false);
}

static void own_unix_fn(void *arg)
{
	own_table();
	sandbox_ready((long)fd_inode(unix_listener(SOCK_STREAM, arg, 1)));
}

static void own_table_unix(void)
{
	second_thread("server", own_unix_fn, (void *)"/tmp/sock", false);
}

/* As many descriptors as the first thread has, one of them another. */
static void exchanged_fn(void *arg)
{
	int other;

	own_table();
	other = (int)must(open("/dev/shm/other", O_RDWR));
	must(dup2(other, *(int *)arg));
	close(other);
	sandbox_ready(gettid());
}

static void own_table_same_count(void)
{
	int fd;

	left_pshm("/mem", 4096, 0600);
	left_pshm("/other", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	second_thread("worker", exchanged_fn, &fd, false);
	close(fd);
}

static void own_read_fn(void *arg)
{
	char byte;
	int ends[2];

	own_table();
	must(dup2(*(int *)arg, 100));
	must(pipe(ends));
	sandbox_ready(gettid());
	must(read(100, &byte, 1));
}

static void own_table_read(void)
{
	struct child *child;
	int ends[2];

	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("w", "%d", (int)hold_fd_in("writer", ends[1])->pid);
	child = second_thread("reader", own_read_fn, &ends[0], false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_read);
	close(ends[0]);
	close(ends[1]);
}

/* The number means another file in the first thread. */
static void wrong_number_fn(void *arg)
{
	const int *fds = arg;
	char byte;

	own_table();
	must(dup2(fds[0], fds[1]));
	sandbox_ready(gettid());
	must(read(fds[1], &byte, 1));
}

static void own_table_number(void)
{
	struct child *child;
	int a[2], b[2], fds[2];

	let("pipeA", "pipe:%lu", (unsigned long)make_pipe(a));
	let("pipeB", "pipe:%lu", (unsigned long)make_pipe(b));
	fds[0] = a[0];
	fds[1] = b[0];
	child = second_thread("reader", wrong_number_fn, fds, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_read);
}

static void own_inflight_fn(void *arg)
{
	(void)arg;
	own_table();
	sandbox_ready((long)fd_inode(make_eventfd(5, 0)));
}

static void own_table_memfd_fn(void *arg)
{
	(void)arg;
	own_table();
	sandbox_ready((long)fd_inode(make_memfd("own", 4096)));
}

static void own_table_memfd(void)
{
	struct child *child = second_thread("worker", own_table_memfd_fn, NULL,
					    false);

	let("memfd", "memfd:%ld", child->value);
}

static void own_table_eventfd(void)
{
	second_thread("worker", own_inflight_fn, NULL, false);
}

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

static void other_ipc_wait_fn(void *arg)
{
	int id;

	(void)arg;
	must(unshare(CLONE_NEWIPC));
	id = make_sem(1, 1, NULL, 0600);
	semop_fn(&id);
}

static void thread_other_ipc_sem(void)
{
	struct child *child;

	make_sem(1, 1, NULL, 0600);
	child = second_thread("waiter", other_ipc_wait_fn, NULL, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_semop, SYS_semtimedop);
}

static void other_ipc_receive_fn(void *arg)
{
	struct { long type; char text[8]; } msg;
	int id;

	(void)arg;
	must(unshare(CLONE_NEWIPC));
	id = make_msg(1, 0600);
	sandbox_ready(gettid());
	msgrcv(id, &msg, sizeof(msg.text), 0, 0);
}

static void thread_other_ipc_msg(void)
{
	struct child *child;

	make_msg(1, 0600);
	child = second_thread("waiter", other_ipc_receive_fn, NULL, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_msgrcv);
}

/* The other way round: the first thread is elsewhere, the waiter is here. */
static void leader_leaves_fn(void *arg)
{
	struct thread thread = { semop_fn, arg, false };
	pthread_t id;

	if (pthread_create(&id, NULL, run_thread, &thread))
		sandbox_fail("pthread_create");
	must(unshare(CLONE_NEWIPC));
	sandbox_hold();
}

static bool first_waits(void *arg)
{
	return semctl(*(int *)arg, 0, GETNCNT) == 1;
}

static void leader_other_ipc(void)
{
	int id = make_sem(1, 1, NULL, 0600);
	struct child *child = sandbox_spawn("waiter", leader_leaves_fn, &id);

	wait_until("a waiter", child->pid, first_waits, &id);
	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
}

static void other_ipc_attach_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWIPC));
	must(shmat(make_shm(1, 4096, 0600), NULL, 0));
	sandbox_ready(gettid());
}

/* Nobody has ours attached; the thread has its own of that id and key. */
static void thread_other_ipc_shm(void)
{
	let("q", "%d", (int)shm_attach_in("ours", make_shm(1, 4096, 0600), 0,
					   SHM_PLAIN)->pid);
	second_thread("theirs", other_ipc_attach_fn, NULL, false);
}

static void other_net_fn(void *arg)
{
	struct stat st;

	(void)arg;
	must(unshare(CLONE_NEWNET));
	must(unix_listener(SOCK_STREAM, "@elsewhere", 1));
	must(stat("/proc/thread-self/ns/net", &st));
	sandbox_ready((long)st.st_ino);
}

static void thread_other_net(void)
{
	struct child *child = second_thread("server", other_net_fn, NULL, false);

	let("ns", "%ld", child->value);
}

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

static void other_mount_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNS));
	sandbox_mount_tmpfs("/tmp/own");
	left_fifo("/tmp/own/fifo", 0600);
	sandbox_ready(gettid());
	must(open("/tmp/own/fifo", O_RDONLY));
}

/* A path that leads to a FIFO of ours too. */
static void thread_other_mount(void)
{
	struct child *child;

	must(mkdir("/tmp/own", 0700));
	left_fifo("/tmp/own/fifo", 0600);
	child = second_thread("opener", other_mount_fn, NULL, false);
	wait_blocked(child->pid, (pid_t)child->value, SYS_openat, SYS_open);
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

/* It ends with its parent, as others would take it for one of theirs. */
static int shares_memory(void *arg)
{
	(void)arg;
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (syscall(SYS_pause))
		;
	return 0;
}

static int closes_all(void *arg)
{
	syscall(SYS_close_range, 3, ~0U, 0);
	return shares_memory(arg);
}

static void clone_vm_ready_fn(void *arg)
{
	pid_t pid;

	must(shmat(*(int *)arg, NULL, 0));
	pid = (pid_t)must(clone(closes_all, stack + sizeof(stack),
				CLONE_VM | SIGCHLD, NULL));
	sandbox_ready(pid);
	sandbox_hold();
}

/* Two attachments; one of them is in two processes. */
static void shared_memory(void)
{
	struct child *child;
	int id = make_shm(1, 4096, 0600);

	child = sandbox_spawn("sharer", clone_vm_ready_fn, &id);
	let("p", "%d", (int)child->pid);
	let("c", "%ld", child->value);
	let("q", "%d", (int)shm_attach_in("other", id, 0, SHM_PLAIN)->pid);
}

/* The processes that share it come first and last. */
static void shared_memory_many(void)
{
	struct child *child;
	int id = make_shm(1, 4096, 0600), i;
	char name[8];

	child = sandbox_spawn("sharer", clone_vm_ready_fn, &id);
	let("p", "%d", (int)child->pid);
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "q%d", i);
		let(name, "%d", (int)shm_attach_in(name, id, 0, SHM_PLAIN)->pid);
	}
}

static int vfork_child(void *arg)
{
	syscall(SYS_close_range, 3, ~0U, 0);
	return shares_memory(arg);
}

static void vfork_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	sandbox_ready(0);
	clone(vfork_child, stack + sizeof(stack),
	      CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	sandbox_hold();
}

static void vforked(void)
{
	int id = make_shm(1, 4096, 0600);
	struct child *child = sandbox_spawn("parent", vfork_fn, &id);

	wait_blocked(child->pid, 0, SYS_clone, SYS_vfork);
	let("p", "%d", (int)child->pid);
	let("q", "%d", (int)shm_attach_in("other", id, 0, SHM_PLAIN)->pid);
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

/* Id 0, key 1, 4096 bytes: here and there. */
static void twins(void)
{
	key_t key = 1;

	let("q", "%d", (int)sandbox_spawn("theirs", foreign_fn, &key)->pid);
	let("p", "%d", (int)shm_attach_in("ours", make_shm(1, 4096, 0600), 0,
					   SHM_PLAIN)->pid);
	let("r", "%d", (int)sandbox_spawn("also", foreign_fn, &key)->pid);
}

static void twin_unattached(void)
{
	key_t key = 1;

	make_shm(1, 4096, 0600);
	let("q", "%d", (int)sandbox_spawn("theirs", foreign_fn, &key)->pid);
}

static void twins_private(void)
{
	key_t key = IPC_PRIVATE;

	let("q", "%d", (int)sandbox_spawn("theirs", foreign_fn, &key)->pid);
	let("p", "%d", (int)shm_attach_in("ours", make_shm(IPC_PRIVATE, 4096, 0600),
					   0, SHM_PLAIN)->pid);
}

static void both_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	must(unshare(CLONE_NEWIPC));
	must(shmat(make_shm(1, 4096, 0600), NULL, 0));
	sandbox_ready(0);
	sandbox_hold();
}

/* One process has both. */
static void both_attached(void)
{
	int id = make_shm(1, 4096, 0600);

	let("p", "%d", (int)sandbox_spawn("both", both_fn, &id)->pid);
}

static void moved_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	must(unshare(CLONE_NEWIPC));
	sandbox_ready(0);
	sandbox_hold();
}

static void moved_away(void)
{
	int id = make_shm(1, 4096, 0600);

	let("p", "%d", (int)sandbox_spawn("moved", moved_fn, &id)->pid);
}

/* Its namespace has another of that id, which nobody attached. */
static void moved_twin_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	must(unshare(CLONE_NEWIPC));
	make_shm(1, 4096, 0600);
	sandbox_ready(0);
	sandbox_hold();
}

static void moved_to_twin(void)
{
	int id = make_shm(1, 4096, 0600);

	let("p", "%d", (int)sandbox_spawn("moved", moved_twin_fn, &id)->pid);
}

/* Attached in one namespace, living in the second; we are in a third. */
static void phantom_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWIPC));
	must(shmat(make_shm(7, 4096, 0600), NULL, 0));
	must(unshare(CLONE_NEWIPC));
	sandbox_ready(0);
	sandbox_hold();
}

static void phantom(void)
{
	let("p", "%d", (int)sandbox_spawn("moved", phantom_fn, NULL)->pid);
}

static void dest_twin_fn(void *arg)
{
	int id;

	(void)arg;
	must(unshare(CLONE_NEWIPC));
	id = make_shm(9, 4096, 0600);
	must(shmat(id, NULL, 0));
	shm_remove(id);
	sandbox_ready(0);
	sandbox_hold();
}

/* Both removed: the kernel forgets the keys. */
static void twins_removed(void)
{
	int id = make_shm(1, 4096, 0600);

	let("q", "%d", (int)sandbox_spawn("theirs", dest_twin_fn, NULL)->pid);
	let("p", "%d", (int)shm_attach_in("ours", id, 0, SHM_PLAIN)->pid);
	shm_remove(id);
}

/* A process that begins and ends at each step, as long as the first of them lives. */
static void handed_on_fn(void *arg)
{
	int ends[2];

	must(pipe(ends));
	signal(SIGCHLD, SIG_IGN);
	if (!must(fork())) {
		struct pollfd end = { .fd = ends[0], .events = POLLIN };

		close(ends[1]);
		must(open(arg, O_RDWR));
		sandbox_ready(0);
		do {
			if (must(fork()))
				_exit(0);
		} while (!poll(&end, 1, 1));
		_exit(0);
	}
	sandbox_not_ready();
	sandbox_hold();
}

static void handed_on(void)
{
	left_pshm("/mem", 4096, 0600);
	sandbox_spawn("chain", handed_on_fn, (void *)"/dev/shm/mem");
}

#define SHM	"list shm -o all" COMPLETE
#define PSHM	"list pshm -o all" COMPLETE

/* Who is the owner only by another of its users, or in one thread: raw calls change those
 * of a thread alone. */
static void be_real_fn(void *arg)
{
	must(syscall(SYS_setresuid, LEFT_BY, 0, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void be_saved_fn(void *arg)
{
	must(syscall(SYS_setresuid, 0, 0, LEFT_BY));
	sandbox_ready(0);
	sandbox_hold();
}

static void be_fs_fn(void *arg)
{
	syscall(SYS_setfsuid, LEFT_BY);
	sandbox_ready(0);
	sandbox_hold();
}

static void *be_in_thread(void *arg)
{
	must(syscall(SYS_setresuid, LEFT_BY, LEFT_BY, LEFT_BY));
	sandbox_ready(0);
	sandbox_hold();
}

static void be_thread_fn(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, be_in_thread, NULL);
	sandbox_hold();
}

static void owner_besides(void (*fn)(void *))
{
	if (!sandbox_is_root()) {
		truth_cannot("needs several users");
		return;
	}
	sandbox_spawn("besides", fn, NULL);
}

static void pshm_owner_besides(void (*fn)(void *))
{
	if (sandbox_is_root())
		left_pshm("/mem", 4096, 0600);
	owner_besides(fn);
}

static void owner_is_real(void)		{ pshm_owner_besides(be_real_fn); }
static void owner_is_saved(void)	{ pshm_owner_besides(be_saved_fn); }
static void owner_is_fs(void)		{ pshm_owner_besides(be_fs_fn); }

/* One that is found only when processes have been looked at. */
static void fifo_owner_is_saved(void)
{
	if (sandbox_is_root())
		left_fifo("/tmp/fifo", 0600);
	owner_besides(be_saved_fn);
}

static void owner_is_a_thread(void)	{ pshm_owner_besides(be_thread_fn); }

#define OWNER_RUNS { { "stale -a pshm" COMPLETE, "pshm:/mem", "verdict=idle" } }

static const struct situation situations[] = {
	{ .name = "owner by the real user", .make = owner_is_real, .truths = OWNER_RUNS },
	{ .name = "owner by the saved user", .make = owner_is_saved, .truths = OWNER_RUNS },
	{ .name = "owner by the file system's user", .make = owner_is_fs, .truths = OWNER_RUNS },
	{ .name = "owner of a FIFO by the saved user", .make = fifo_owner_is_saved, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict=idle" } } },
	{ .name = "owner by a thread", .make = owner_is_a_thread, .truths = OWNER_RUNS },
	{ .name = "leader ended: a segment", .make = leader_shm, .truths = {
		{ SHM, "shm:0", "$p:attached complete attaches_found=1 creator_alive=true" },
		{ "ps" COMPLETE, "pid $p", "+shm:0:attached" },
		{ "!show shm:0" COMPLETE, "shm:0", "$p:attached" } } },
	{ .name = "leader ended: a segment it made", .make = leader_creator, .truths = {
		{ SHM, "shm:0", "creator_alive=true" },
		{ "stale -a shm" COMPLETE, "shm:0", "verdict!=stale verdict!=suspect" },
		{ CLEAN " shm", NULL, "out!~shm:0 exit=0" } } },
	{ .name = "leader ended: a pipe", .make = leader_pipe, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipe", "$p:open:r $w:open:w readers=1" },
		{ "ps" COMPLETE, "pid $p", "+$pipe:open" } } },
	{ .name = "leader ended: a pipe nobody else has", .make = leader_pipe_only, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipe", "there $p:open:r" } } },
	{ .name = "leader ended: opening a FIFO", .make = leader_fifo, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict=in-use $p:waits" },
		{ CLEAN " fifo", NULL, "out!~/tmp/fifo exit=0" } } },
	{ .name = "leader ended: a file open", .make = leader_pshm_fd, .truths = {
		{ PSHM, "pshm:/mem", "$p:open complete state=attached" },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use" },
		{ CLEAN " pshm", NULL, "out!~pshm:/mem exit=0" } } },
	{ .name = "leader ended: a file mapped", .make = leader_pshm_map, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached complete state=attached" },
		{ CLEAN " pshm", NULL, "out!~pshm:/mem exit=0" } } },
	{ .name = "leader ended: a listener", .make = leader_unix, .truths = {
		{ "list unix -o all" COMPLETE, "unix:/tmp/sock", "$p:listens" } } },
	{ .name = "leader ended: a socket of a namespace that it alone keeps", .make = leader_foreign_tcp, .truths = {
		{ "list tcp -o all" COMPLETE, "$tcp", "there net_ns=$ns $p:open" },
		{ "list tcp -o all" COMPLETE, NULL, "quiet" } } },
	{ .name = "leader ended: a listener in a chroot", .make = leader_jailed_unix, .truths = {
		{ "list unix -o all" COMPLETE, "unix:/tmp/jail/s", "there id=$ino $p:listens name=/s state=path-elsewhere state!=path-gone" } } },
	{ .name = "leader ended: a memfd", .make = leader_memfd, .truths = {
		{ "list memfd -o all" COMPLETE, "$memfd", "there $p:open" } } },
	{ .name = "leader ended: a queue open", .make = leader_pmsg, .truths = {
		{ "list pmsg -o all" COMPLETE, "pmsg:/queue", "$p:open complete" } } },
	{ .name = "leader ended: waiting for a semaphore", .make = leader_sem, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "$p:waits state=waits" },
		{ "stale -a sem" COMPLETE, "sem:0", "verdict=in-use" } } },
	{ .name = "a process without living threads has ended", .make = ended_whole, .truths = {
		{ SHM, "shm:0", "creator_alive=false" },
		{ "stale -a shm" COMPLETE, "shm:0", "verdict=stale" } } },
	{ .name = "own table: a file", .make = own_table_pshm, .truths = {
		{ PSHM, "pshm:/mem", "$p:open state=attached complete" },
		{ "ps" COMPLETE, "pid $p", "+pshm:/mem:open" },
		{ CLEAN " pshm", NULL, "out!~pshm:/mem exit=0" } } },
	{ .name = "own table: a FIFO", .make = own_table_fifo, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict=in-use $p:open" } } },
	{ .name = "own table: a listener", .make = own_table_unix, .truths = {
		{ "list unix -o all" COMPLETE, "unix:/tmp/sock", "$p:listens" } } },
	{ .name = "own table: as many descriptors", .make = own_table_same_count, .truths = {
		{ PSHM, "pshm:/other", "$p:open state=attached" },
		{ PSHM, "pshm:/mem", "$p:open state=attached" } } },
	{ .name = "own table: a read blocked", .make = own_table_read, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipe", "$p:waits:r state=waits $w:open:w" } } },
	{ .name = "own table: the number is another file's", .make = own_table_number, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipeA", "$p:waits:r" },
		{ "list pipe -o all" COMPLETE, "$pipeB", "!$p:waits" } } },
	{ .name = "own table: a memfd", .make = own_table_memfd, .truths = {
		{ "ps $p", "pid $p", "threads~\"own_descriptors\":true threads!~_ns\"" },
		{ "=ps $p", NULL, "out~THREAD out~worker^^descriptors" },
		{ "list memfd -o all" COMPLETE, "$memfd", "there $p:open" } } },
	{ .name = "own table: an eventfd", .make = own_table_eventfd, .truths = {
		{ "list eventfd -o all" COMPLETE, NULL, "count(eventfd)=1" } } },
	{ .name = "one table of a hundred threads", .make = shared_table, .truths = {
		{ PSHM, "pshm:/mem", "$p:open users=1 complete" } } },
	{ .name = "thread in another IPC namespace: a set", .make = thread_other_ipc_sem, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "!$p:waits users=0 state!=waits" },
		{ "stale -a sem" COMPLETE, "sem:0", "verdict!=in-use" } } },
	{ .name = "thread in another IPC namespace: a queue", .make = thread_other_ipc_msg, .truths = {
		{ "list msg -o all" COMPLETE, "msg:0", "!$p:waits users=0 state!=waits" } } },
	{ .name = "leader in another IPC namespace: a set", .make = leader_other_ipc, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "$p:waits state=waits" } } },
	{ .name = "thread in another IPC namespace: a segment", .make = thread_other_ipc_shm, .truths = {
		{ SHM, "shm:0", "$q:attached !$p:attached users=1 complete attaches_found=1" } } },
	{ .name = "thread in another network namespace", .make = thread_other_net, .truths = {
		{ "list unix -o all" COMPLETE, NULL, "out~\"name\":\"@elsewhere\" out~listens out~\"net_ns\":$ns" } } },
	{ .name = "thread in another network namespace: equal names", .make = thread_net_twins, .truths = {
		{ "list unix -o all" COMPLETE, "unix:@same", "$q:listens !$p:listens" } } },
	{ .name = "thread in another mount namespace", .make = thread_other_mount, .truths = {
		{ "stale -a fifo --path /tmp/own" COMPLETE, "fifo:/tmp/own/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "thread with a root of its own", .make = thread_own_root, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "thread with a directory of its own", .make = thread_own_cwd, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "one memory in two processes", .make = shared_memory, .truths = {
		{ SHM, "shm:0", "$p:attached $q:attached attaches=2 attaches_found=2 complete" } } },
	{ .name = "one memory in two of ten processes", .make = shared_memory_many, .truths = {
		{ SHM, "shm:0", "$p:attached $q0:attached $q3:attached $q7:attached attaches=9 attaches_found=9 complete" } } },
	{ .name = "a vforked child", .make = vforked, .truths = {
		{ SHM, "shm:0", "$p:attached $q:attached attaches=2 attaches_found=2 complete" } } },
	{ .name = "one memory in two processes: a file", .make = shared_memory_pshm, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached complete" } } },
	{ .name = "equal ids and keys in three namespaces", .make = twins, .truths = {
		{ SHM, "shm:0", "$p:attached !$q:attached !$r:attached users=1 complete attaches_found=1" },
		{ "!rm -n shm:0", NULL, "exit!=0 err!~$q err!~$r" },
		{ "stale -a shm" COMPLETE, "shm:0", "verdict=in-use" } } },
	{ .name = "equal ids: ours is not attached", .make = twin_unattached, .truths = {
		{ SHM, "shm:0", "!$q:attached users=0 complete state=unattached" } } },
	{ .name = "equal ids without keys", .make = twins_private, .truths = {
		{ SHM, "shm:0", "$p:attached !$q:attached users=1 complete" } } },
	{ .name = "one process with both of equal id", .make = both_attached, .truths = {
		{ SHM, "shm:0", "$p:attached users=1 attaches_found=1 complete" } } },
	{ .name = "attached, then moved to another namespace", .make = moved_away, .truths = {
		{ SHM, "shm:0", "$p:attached complete" },
		{ SHM, NULL, "count(shm)=1" } } },
	{ .name = "attached, then moved to where its id is too", .make = moved_to_twin, .truths = {
		{ SHM, "shm:0", "$p:attached complete" },
		{ SHM, NULL, "count(shm)=1" } } },
	{ .name = "attached in a namespace that nobody is in", .make = phantom, .truths = {
		{ SHM, NULL, "count(shm)=0 warns" } } },
	{ .name = "removed in two namespaces", .make = twins_removed, .truths = {
		{ SHM, "shm:0", "$p:attached !$q:attached users=1 complete attaches_found=1" } } },
	{ .name = "handed on from process to process", .make = handed_on, .truths = {
		{ "!stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use|unknown" },
		{ "!stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use|unknown" },
		{ "!stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use|unknown" },
		{ "!stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use|unknown" },
		{ "!" CLEAN " pshm", NULL, "out!~pshm:/mem" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: threads", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
