// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is blocked on what, whichever system call it is blocked in. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* A child that has fds[0..3] (-1: none) and is blocked in a call on them. */
struct block {
	int fds[4];
	size_t nr;
	void (*fn)(const int *fds);
};

static void block_fn(void *arg)
{
	const struct block *block = arg;

	child_keep(block->fds, block->nr);
	sandbox_ready(0);
	block->fn(block->fds);
	sandbox_hold();
}

static void blocked(void (*fn)(const int *fds), long call, int nr, const int *fds)
{
	struct block block = { .nr = (size_t)nr, .fn = fn };
	struct child *child;
	int i;

	memcpy(block.fds, fds, (size_t)nr * sizeof(*fds));
	child = sandbox_spawn("blocked", block_fn, &block);
	for (i = 0; i < nr; i++)
		close(fds[i]);
	wait_blocked(child->pid, 0, call, SYS_restart_syscall);
	let("p", "%d", (int)child->pid);
}

/* Two pipes, $in and $out; ends[0..1] and ends[2..3]. */
static void two_pipes(int ends[4])
{
	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("out", "pipe:%lu", (unsigned long)make_pipe(ends + 2));
}

static void splice_fn(const int *fds)
{
	must(splice(fds[0], NULL, fds[1], NULL, 4096, 0));
}

static void splice_empty(void)
{
	int ends[4];

	two_pipes(ends);
	let("w", "%d", (int)hold_fd_in("writer", ends[1])->pid);
	let("r", "%d", (int)hold_fd_in("reader", ends[2])->pid);
	blocked(splice_fn, SYS_splice, 2, (int[]){ ends[0], ends[3] });
	close(ends[1]);
	close(ends[2]);
}

/* It waits for room, not for data. */
static void splice_full(void)
{
	int ends[4];

	two_pipes(ends);
	must(write(ends[1], "data", 4));
	must(fcntl(ends[3], F_SETFL, O_NONBLOCK));
	fill_fd(ends[3]);
	must(fcntl(ends[3], F_SETFL, 0));
	hold_fd_in("writer", ends[1]);
	hold_fd_in("reader", ends[2]);
	blocked(splice_fn, SYS_splice, 2, (int[]){ ends[0], ends[3] });
	close(ends[1]);
	close(ends[2]);
}

static void tee_fn(const int *fds)
{
	must(tee(fds[0], fds[1], 4096, 0));
}

static void tee_empty(void)
{
	int ends[4];

	two_pipes(ends);
	hold_fd_in("writer", ends[1]);
	hold_fd_in("reader", ends[2]);
	blocked(tee_fn, SYS_tee, 2, (int[]){ ends[0], ends[3] });
	close(ends[1]);
	close(ends[2]);
}

static void vmsplice_fn(const int *fds)
{
	static char data[4096 * 64];
	struct iovec iov = { data, sizeof(data) };

	for (;;)
		must(vmsplice(fds[0], &iov, 1, 0));
}

static void vmsplice_full(void)
{
	int ends[2];

	let("out", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	blocked(vmsplice_fn, SYS_vmsplice, 1, (int[]){ ends[1] });
}

static void sendfile_fn(const int *fds)
{
	for (;;) {
		must(lseek(fds[0], 0, SEEK_SET));
		must(sendfile(fds[1], fds[0], NULL, 4096));
	}
}

static void sendfile_full(void)
{
	int ends[2], file = make_memfd("file", 4096);

	let("out", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	blocked(sendfile_fn, SYS_sendfile, 2, (int[]){ file, ends[1] });
}

static void preadv2_fn(const int *fds)
{
	char byte;
	struct iovec iov = { &byte, 1 };

	must(preadv2(fds[0], &iov, 1, -1, 0));
}

static void preadv2_empty(void)
{
	int ends[2];

	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("writer", ends[1]);
	close(ends[1]);
	blocked(preadv2_fn, SYS_preadv2, 1, (int[]){ ends[0] });
}

static void pwritev2_fn(const int *fds)
{
	static char data[4096];
	struct iovec iov = { data, sizeof(data) };

	for (;;)
		must(pwritev2(fds[0], &iov, 1, -1, 0));
}

static void pwritev2_full(void)
{
	int ends[2];

	let("out", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	blocked(pwritev2_fn, SYS_pwritev2, 1, (int[]){ ends[1] });
}

static void read_fn(const int *fds)
{
	char data[8];

	must(read(fds[0], data, sizeof(data)));
}

static void read_eventfd(void)
{
	int fd = make_eventfd(0, 0);

	let("id", "%ld", eventfd_id(fd));
	blocked(read_fn, SYS_read, 1, (int[]){ fd });
}

static void write_fn(const int *fds)
{
	uint64_t most = ~0ULL - 1;

	for (;;)
		must(write(fds[0], &most, sizeof(most)));
}

static void write_eventfd(void)
{
	int fd = make_eventfd(1, 0);

	let("id", "%ld", eventfd_id(fd));
	blocked(write_fn, SYS_write, 1, (int[]){ fd });
}

static void pty_read(void)
{
	int fds[2];

	let("index", "%d", make_pty("/dev/pts", fds));
	hold_fd_in("master", fds[0]);
	close(fds[0]);
	blocked(read_fn, SYS_read, 1, (int[]){ fds[1] });
}

static void pty_master_read(void)
{
	int fds[2];

	let("index", "%d", make_pty("/dev/pts", fds));
	hold_fd_in("slave", fds[1]);
	close(fds[1]);
	blocked(read_fn, SYS_read, 1, (int[]){ fds[0] });
}

static void accept_fn(const int *fds)
{
	must(accept(fds[0], NULL, NULL));
}

static void tcp_accept(void)
{
	unsigned short port;
	int fd = tcp_listener(AF_INET, &port);

	let("ref", "tcp:%lu", (unsigned long)fd_inode(fd));
	blocked(accept_fn, SYS_accept, 1, (int[]){ fd });
}

static void unix_accept(void)
{
	int fd = unix_listener(SOCK_STREAM, "@server", 1);

	blocked(accept_fn, SYS_accept, 1, (int[]){ fd });
}

/* A connection of which one end is held; the other is returned. */
static int tcp_pair(int *other)
{
	unsigned short port;
	int listener = tcp_listener(AF_INET, &port);
	int client = tcp_connected(AF_INET, port);

	*other = (int)must(accept(listener, NULL, NULL));
	close(listener);
	return client;
}

static void recv_fn(const int *fds)
{
	char data[8];

	must(recv(fds[0], data, sizeof(data), 0));
}

static void tcp_recv(void)
{
	int other, fd = tcp_pair(&other);

	let("ref", "tcp:%lu", (unsigned long)fd_inode(fd));
	hold_fd_in("server", other);
	close(other);
	blocked(recv_fn, SYS_recvfrom, 1, (int[]){ fd });
}

static void send_fn(const int *fds)
{
	static char data[65536];

	for (;;)
		must(send(fds[0], data, sizeof(data), 0));
}

static void tcp_send(void)
{
	int other, fd = tcp_pair(&other);

	let("ref", "tcp:%lu", (unsigned long)fd_inode(fd));
	hold_fd_in("server", other);
	close(other);
	blocked(send_fn, SYS_sendto, 1, (int[]){ fd });
}

static void tcp_connect_fn(const int *fds)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd;

	must(getsockname(fds[0], (struct sockaddr *)&addr, &len));
	close(fds[0]);
	fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	must(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

/* The backlog is full: the client is not answered. */
static void tcp_connect(void)
{
	unsigned short port;
	int fd = tcp_listener(AF_INET, &port), i, other;
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port) };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(listen(fd, 0));
	for (i = 0; i < 3; i++) {
		other = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
		if (connect(other, (struct sockaddr *)&addr, sizeof(addr)) &&
		    errno != EINPROGRESS)
			sandbox_fail("connect");
	}
	hold_fd_in("server", fd);
	blocked(tcp_connect_fn, SYS_connect, 1, (int[]){ fd });
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void udp_recv(void)
{
	unsigned short port;
	int fd = udp_bound(AF_INET, &port);

	let("ref", "udp:%lu", (unsigned long)fd_inode(fd));
	blocked(recv_fn, SYS_recvfrom, 1, (int[]){ fd });
}

static void netlink_recv(void)
{
	int fd = netlink_bound(0, NULL);

	let("ref", "netlink:%lu", (unsigned long)fd_inode(fd));
	blocked(recv_fn, SYS_recvfrom, 1, (int[]){ fd });
}

static void recvmsg_fn(const int *fds)
{
	char data[8];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	must(recvmsg(fds[0], &msg, 0));
}

static void unix_recvmsg(void)
{
	int ends[2];

	unix_pair(SOCK_STREAM, ends);
	let("ref", "unix:%lu", (unsigned long)fd_inode(ends[0]));
	hold_fd_in("other", ends[1]);
	close(ends[1]);
	blocked(recvmsg_fn, SYS_recvmsg, 1, (int[]){ ends[0] });
}

static void sendmsg_to_fn(const int *fds)
{
	struct sockaddr_un addr;
	socklen_t len = unix_address(&addr, "@log", 0);
	struct iovec iov = { (void *)(uintptr_t)"x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_name = &addr, .msg_namelen = len };

	for (;;)
		must(sendmsg(fds[0], &msg, 0));
}

/* To a full receiver, by an address in memory. */
static void unix_sendmsg_to(void)
{
	int to = unix_bound(SOCK_DGRAM, "@log");
	int fd = (int)must(socket(AF_UNIX, SOCK_DGRAM, 0));

	hold_fd_in("receiver", to);
	close(to);
	let("ref", "unix:%lu", (unsigned long)fd_inode(fd));
	blocked(sendmsg_to_fn, SYS_sendmsg, 1, (int[]){ fd });
}

/* ---- polling: another relation, not among the waiters ---- */

/* ---- more of the kind ---- */

static void timed_fn(void *arg)
{
	struct timespec limit = { .tv_sec = 1000 };
	struct sembuf op = { .sem_op = -1 };

	sandbox_ready(0);
	semtimedop(*(int *)arg, &op, 1, &limit);
}

static void sem_timed(void)
{
	int id = make_sem(1, 1, NULL, 0600);
	struct child *child = sandbox_spawn("waiter", timed_fn, &id);

	wait_blocked(child->pid, 0, SYS_semtimedop);
	let("p", "%d", (int)child->pid);
}

static void high_number(void)
{
	struct child *child;
	int ends[2];

	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("writer", ends[1]);
	close(ends[1]);
	child = read_in("reader", ends[0]);
	let("p", "%d", (int)child->pid);
	close(ends[0]);
}

/* The descriptor that a thread reads from is closed by another thread. */
static int closed_fd;
static volatile bool *done;	/* shared with the child */

static bool is_done(void *arg)
{
	(void)arg;
	return *done;
}

static void not_done(void)
{
	if (!done)
		done = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*done = false;
}
static char stack[65536] __attribute__((aligned(16)));

static int closes(void *arg)
{
	(void)arg;
	wait_blocked(getpid(), 0, SYS_read);
	close(closed_fd);
	*done = true;
	for (;;)
		if (syscall(SYS_pause))
			return 0;
}

static void closed_fn(const int *fds)
{
	char byte;

	closed_fd = fds[0];
	must(clone(closes, stack + sizeof(stack), CLONE_VM | CLONE_THREAD |
		   CLONE_SIGHAND | CLONE_FILES | CLONE_FS, NULL));
	must(read(fds[0], &byte, 1));
}

static void closed_meanwhile(void)
{
	int ends[2];

	not_done();
	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("w", "%d", (int)hold_fd_in("writer", ends[1])->pid);
	close(ends[1]);
	blocked(closed_fn, SYS_read, 1, (int[]){ ends[0] });
	wait_until("the descriptor to go", 0, is_done, NULL);
}


#define PIPE	"list pipe -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "splice from an empty pipe", .make = splice_empty, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" },
		{ PIPE, "$out", "!$p:waits" } } },
	{ .name = "splice to a full pipe", .make = splice_full, .truths = {
		{ PIPE, "$out", "$p:waits:w state=full" },
		{ PIPE, "$in", "!$p:waits" } } },
	{ .name = "tee", .make = tee_empty, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" } } },
	{ .name = "vmsplice", .make = vmsplice_full, .truths = {
		{ PIPE, "$out", "$p:waits:w state=full" } } },
	{ .name = "sendfile", .make = sendfile_full, .truths = {
		{ PIPE, "$out", "$p:waits:w state=full" } } },
	{ .name = "preadv2", .make = preadv2_empty, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" } } },
	{ .name = "pwritev2", .make = pwritev2_full, .truths = {
		{ PIPE, "$out", "$p:waits:w state=full" } } },
	{ .name = "read of an eventfd", .make = read_eventfd, .truths = {
		{ "list eventfd -o all" COMPLETE, NULL, "out~\"relation\":\"waits\"" } } },
	{ .name = "write to an eventfd", .make = write_eventfd, .truths = {
		{ "list eventfd -o all" COMPLETE, NULL, "out~\"relation\":\"waits\"" } } },
	{ .name = "read of a terminal", .make = pty_read, .truths = {
		{ "list pty -o all" COMPLETE, NULL, "out~\"relation\":\"waits\"" } } },
	{ .name = "read of a terminal's master", .make = pty_master_read, .truths = {
		{ "list pty -o all" COMPLETE, NULL, "out~\"relation\":\"waits\"" } } },
	{ .name = "UNIX accept", .make = unix_accept, .truths = {
		{ "list unix -o all" COMPLETE, "unix:@server", "$p:waits" } } },
	{ .name = "TCP accept", .make = tcp_accept, .truths = {
		{ "list tcp -o all" COMPLETE, "$ref", "$p:waits state=waits" } } },
	{ .name = "TCP recv", .make = tcp_recv, .truths = {
		{ "list tcp -o all" COMPLETE, "$ref", "$p:waits:r state=waits" } } },
	{ .name = "TCP send", .make = tcp_send, .truths = {
		{ "list tcp -o all" COMPLETE, "$ref", "$p:waits:w state=waits" } } },
	{ .name = "TCP connect", .make = tcp_connect, .truths = {
		{ "list tcp -o all" COMPLETE, NULL, "out~\"relation\":\"waits\"" } } },
	{ .name = "UDP recv", .make = udp_recv, .truths = {
		{ "list udp -o all" COMPLETE, "$ref", "$p:waits:r state=waits" } } },
	{ .name = "netlink recv", .make = netlink_recv, .truths = {
		{ "list netlink -o all" COMPLETE, "$ref", "$p:waits:r state=waits" } } },
	{ .name = "UNIX recvmsg", .make = unix_recvmsg, .truths = {
		{ "list unix -o all" COMPLETE, "$ref", "$p:waits:r" } } },
	{ .name = "UNIX sendmsg to an address", .make = unix_sendmsg_to, .truths = {
		{ "list unix -o all" COMPLETE, "unix:@log", "$p:waits:w" },
		{ "list unix -o all" COMPLETE, "$ref", "!$p:waits" } } },
	{ .name = "semtimedop", .make = sem_timed, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "$p:waits" } } },
	{ .name = "read", .make = high_number, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" } } },
	{ .name = "its descriptor closed meanwhile", .make = closed_meanwhile, .truths = {
		{ PIPE, "$in", "incomplete" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: calls", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
