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

static void accept_fn(const int *fds)
{
	must(accept(fds[0], NULL, NULL));
}

static void unix_accept(void)
{
	int fd = unix_listener(SOCK_STREAM, "@server", 1);

	blocked(accept_fn, SYS_accept, 1, (int[]){ fd });
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

#define PIPE	"list pipe -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "splice from an empty pipe", .make = splice_empty, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" },
		{ PIPE, "$out", "!$p:waits" } } },
	{ .name = "UNIX accept", .make = unix_accept, .truths = {
		{ "list unix -o all" COMPLETE, "unix:@server", "$p:waits" } } },
	{ .name = "UNIX recvmsg", .make = unix_recvmsg, .truths = {
		{ "list unix -o all" COMPLETE, "$ref", "$p:waits:r" } } },
	{ .name = "semtimedop", .make = sem_timed, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "$p:waits" } } },
	{ .name = "read", .make = high_number, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: calls", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
