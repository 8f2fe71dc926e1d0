// SPDX-License-Identifier: GPL-2.0-or-later
/* Who polls what: a relation of its own, asked for, and not among the waiters. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- who polls, and how ---- */

/* A child that has fds[0..3] and polls; it keeps no other. */
struct poller {
	int fds[4];
	size_t nr;
	void (*fn)(const int *fds);
};

static void poller_fn(void *arg)
{
	const struct poller *poller = arg;

	child_keep(poller->fds, poller->nr);
	sandbox_ready(0);
	poller->fn(poller->fds);
	sandbox_hold();
}

static struct child *polling(void (*fn)(const int *fds), int nr, const int *fds)
{
	struct poller poller = { .nr = (size_t)nr, .fn = fn };
	struct child *child;

	memcpy(poller.fds, fds, (size_t)nr * sizeof(*fds));
	child = sandbox_spawn("poller", poller_fn, &poller);
	wait_blocked(child->pid, 0, SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6,
		     SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2);
	let("p", "%d", (int)child->pid);
	return child;
}

/* Two pipes, $in and $out; "other" has the ends that are not polled. */
static void two_pipes(int ends[4])
{
	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("out", "pipe:%lu", (unsigned long)make_pipe(ends + 2));
	must(fcntl(ends[3], F_SETFL, O_NONBLOCK));
	fill_fd(ends[3]);
	hold_fd_in("writer", ends[1]);
	hold_fd_in("reader", ends[2]);
	close(ends[1]);
	close(ends[2]);
}

/* To read from the first, and to write to the second, which is full. */
static struct child *poll_two(void (*fn)(const int *fds))
{
	struct child *child;
	int ends[4];

	two_pipes(ends);
	child = polling(fn, 2, (int[]){ ends[0], ends[3] });
	close(ends[0]);
	close(ends[3]);
	return child;
}

static void poll_fn(const int *fds)
{
	struct pollfd set[] = { { fds[0], POLLIN, 0 }, { -1, POLLIN, 0 }, { fds[1], POLLOUT, 0 } };

	must(syscall(SYS_poll, set, 3, -1));
}

static void poll_set(void)
{
	poll_two(poll_fn);
}

static void ppoll_fn(const int *fds)
{
	struct pollfd set[] = { { fds[0], POLLIN, 0 }, { fds[1], POLLOUT, 0 } };

	must(ppoll(set, 2, NULL, NULL));
}

static void ppoll_set(void)
{
	poll_two(ppoll_fn);
}

static void select_fn(const int *fds)
{
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	must(syscall(SYS_select, 1 + (fds[0] > fds[1] ? fds[0] : fds[1]), &in, &out, NULL, NULL));
}

static void select_set(void)
{
	poll_two(select_fn);
}

static void pselect_fn(const int *fds)
{
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	must(pselect(FD_SETSIZE, &in, &out, NULL, NULL, NULL));
}

static void pselect_set(void)
{
	poll_two(pselect_fn);
}

static int epoll_of(const int *fds)
{
	struct epoll_event in = { .events = EPOLLIN | EPOLLET }, out = { .events = EPOLLOUT };
	int epfd = (int)must(epoll_create1(0));

	must(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &in));
	must(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[1], &out));
	return epfd;
}

static struct epoll_event event;

static void epoll_fn(const int *fds)
{
	must(syscall(SYS_epoll_wait, epoll_of(fds), &event, 1, -1));
}

static void epoll_set(void)
{
	poll_two(epoll_fn);
}

static void epoll_pwait_fn(const int *fds)
{
	must(epoll_pwait(epoll_of(fds), &event, 1, 1000000, NULL));
}

static void epoll_pwait_set(void)
{
	poll_two(epoll_pwait_fn);
}

static void epoll_pwait2_fn(const int *fds)
{
	struct timespec limit = { .tv_sec = 1000 };

	must(syscall(SYS_epoll_pwait2, epoll_of(fds), &event, 1, &limit, NULL, 0));
}

static void epoll_pwait2_set(void)
{
	poll_two(epoll_pwait2_fn);
}

static void nested_fn(const int *fds)
{
	struct epoll_event in = { .events = EPOLLIN };
	int outer = (int)must(epoll_create1(0));
	struct pollfd set = { outer, POLLIN, 0 };

	must(epoll_ctl(outer, EPOLL_CTL_ADD, epoll_of(fds), &in));
	must(poll(&set, 1, -1));
}

/* epoll in epoll in poll. */
static void nested_set(void)
{
	poll_two(nested_fn);
}

/* A timed poll that was stopped and continued is restarted by another call. */
static void timed_fn(const int *fds)
{
	struct pollfd set[] = { { fds[0], POLLIN, 0 }, { fds[1], POLLOUT, 0 } };

	must(syscall(SYS_poll, set, 2, 1000000));
}

static void restarted_set(void)
{
	struct child *child = poll_two(timed_fn);

	must(kill(child->pid, SIGSTOP));
	must(waitid(P_PID, (id_t)child->pid, &(siginfo_t){ 0 }, WSTOPPED | WNOWAIT));
	must(kill(child->pid, SIGCONT));
	wait_blocked(child->pid, 0, SYS_restart_syscall);
}

static void many_fn(const int *fds)
{
	static struct pollfd set[3000];
	int i;

	for (i = 0; i < 3000; i++)
		set[i] = (struct pollfd){ fds[0], i < 2999 ? 0 : POLLIN, 0 };
	must(poll(set, 3000, -1));
}

/* More than is read at once. */
static void many_set(void)
{
	struct child *child;
	int ends[2];

	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("writer", ends[1]);
	close(ends[1]);
	child = polling(many_fn, 1, ends);
	close(ends[0]);
	(void)child;
}

/* ---- what the numbers lead to by now ---- */

static void replaced_fn(const int *fds)
{
	struct epoll_event in = { .events = EPOLLIN };
	int epfd = (int)must(epoll_create1(0));

	must(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &in));
	must(dup2(fds[1], fds[0]));
	must(epoll_wait(epfd, &event, 1, -1));
}

/* epoll keeps what it was told, which another process still has open. */
static void replaced_target(void)
{
	int ends[4];

	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("out", "pipe:%lu", (unsigned long)make_pipe(ends + 2));
	hold_in("holder", ends, 4);
	polling(replaced_fn, 2, (int[]){ ends[0], ends[2] });
	close_range(3, ~0U, 0);
}

static void once_fn(const int *fds)
{
	struct epoll_event once = { .events = EPOLLIN | EPOLLONESHOT };
	int epfd = epoll_of(fds), other = eventfd(1, 0);

	must(epoll_ctl(epfd, EPOLL_CTL_ADD, other, &once));
	must(epoll_wait(epfd, &event, 1, -1));
	must(epoll_wait(epfd, &event, 1, -1));
}

/* What was told once is not watched until it is set again. */
static void oneshot(void)
{
	poll_two(once_fn);
}

static void eventfds_fn(const int *fds)
{
	struct epoll_event in = { .events = EPOLLIN };
	int epfd = (int)must(epoll_create1(0));

	must(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[1], &in));
	must(epoll_wait(epfd, &event, 1, -1));
}

/* They share one inode. */
static void eventfds(void)
{
	int fds[] = { make_eventfd(0, 0), make_eventfd(0, 0) };

	let("no", "eventfd:%ld", eventfd_id(fds[0]));
	let("yes", "eventfd:%ld", eventfd_id(fds[1]));
	polling(eventfds_fn, 2, fds);
	close_range(3, ~0U, 0);
}

static void sockets_fn(const int *fds)
{
	struct pollfd set[] = { { fds[0], POLLIN, 0 }, { fds[1], POLLIN, 0 }, { fds[2], POLLIN, 0 } };

	must(poll(set, 3, -1));
}

static void sockets(void)
{
	unsigned short port;
	int fds[] = { unix_listener(SOCK_STREAM, "@server", 1), tcp_listener(AF_INET, &port),
		      netlink_bound(0, NULL) };

	let("unix", "unix:@server");
	let("tcp", "tcp:%lu", (unsigned long)fd_inode(fds[1]));
	let("netlink", "netlink:%lu", (unsigned long)fd_inode(fds[2]));
	polling(sockets_fn, 3, fds);
	close_range(3, ~0U, 0);
}

static char stack[65536] __attribute__((aligned(16)));
static int thread_fd;
static volatile bool *closed;

static bool is_closed(void *arg)
{
	(void)arg;
	return *closed;
}

static int closer(void *arg)
{
	(void)arg;
	wait_blocked(getpid(), 0, SYS_poll);
	close(thread_fd);
	*closed = true;
	for (;;)
		if (syscall(SYS_pause))
			return 0;
}

static void closed_fn(const int *fds)
{
	thread_fd = fds[0];
	must(clone(closer, stack + sizeof(stack), CLONE_VM | CLONE_THREAD |
		   CLONE_SIGHAND | CLONE_FILES | CLONE_FS, NULL));
	poll_fn(fds);
}

/* The call keeps what the number led to. */
static void closed_meanwhile(void)
{
	if (!closed)
		closed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*closed = false;
	poll_two(closed_fn);
	wait_until("the descriptor to go", 0, is_closed, NULL);
}

static int own_table(void *arg)
{
	const int *fds = arg;
	int moved, fd;

	must(unshare(CLONE_FILES));
	moved = (int)must(fcntl(fds[0], F_DUPFD, 100));
	/* The pipe of sandbox_ready() is closed in the other table alone. */
	for (fd = 3; fd < 100; fd++) {
		if (fd != fds[0] && fd != fds[1])
			close(fd);
	}
	must(dup2(fds[1], fds[0]));
	poll_fn((int[]){ moved, fds[1] });
	return 0;
}

/* A thread of another table polls; the number means nothing in the process's. */
static void table_fn(void *arg)
{
	const int *fds = arg;
	int tid;

	child_keep(fds, 2);
	tid = (int)must(clone(own_table, stack + sizeof(stack), CLONE_VM | CLONE_THREAD |
			      CLONE_SIGHAND | CLONE_FILES | CLONE_FS, (void *)(uintptr_t)fds));
	wait_blocked(getpid(), tid, SYS_poll);
	sandbox_ready(0);
	sandbox_hold();
}

static void own_table_set(void)
{
	int ends[4], fds[2];

	two_pipes(ends);
	fds[0] = ends[0];
	fds[1] = ends[3];
	let("p", "%d", (int)sandbox_spawn("threads", table_fn, fds)->pid);
	close(ends[0]);
	close(ends[3]);
}

/* ---- processes of 32 bits ---- */

#ifdef __x86_64__

#define BASE	0x10000u
#define DATA	0x200u		/* of the file: what the call is given */

/* A program that does nothing but one call with these arguments, by int 0x80. */
static void make_compat(const char *path, uint32_t nr, const uint32_t arg[5], const void *data,
			size_t len)
{
	static const uint8_t moves[] = { 0xb8, 0xbb, 0xb9, 0xba, 0xbe, 0xbf };	/* eax, ebx ... */
	struct {
		Elf32_Ehdr head;
		Elf32_Phdr load;
		uint8_t code[DATA - sizeof(Elf32_Ehdr) - sizeof(Elf32_Phdr)];
		uint8_t data[512];
	} file = { 0 };
	uint8_t *at = file.code;
	int i, fd;

	file.head = (Elf32_Ehdr){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_386, .e_version = EV_CURRENT,
		.e_entry = BASE + (uint32_t)(file.code - (uint8_t *)&file),
		.e_phoff = sizeof(file.head), .e_ehsize = sizeof(file.head),
		.e_phentsize = sizeof(file.load), .e_phnum = 1,
	};
	file.load = (Elf32_Phdr){
		.p_type = PT_LOAD, .p_vaddr = BASE, .p_paddr = BASE, .p_filesz = sizeof(file),
		.p_memsz = sizeof(file), .p_flags = PF_R | PF_W | PF_X, .p_align = 0x1000,
	};
	for (i = 0; i < 6; i++) {
		uint32_t value = i ? arg[i - 1] : nr;

		*at++ = moves[i];
		memcpy(at, &value, sizeof(value));
		at += sizeof(value);
	}
	memcpy(at, "\xcd\x80\xeb\xfe", 4);	/* int 0x80; for ever */
	memcpy(file.data, data, len);
	fd = (int)must(open(path, O_CREAT | O_WRONLY | O_TRUNC, 0700));
	must(write(fd, &file, sizeof(file)));
	close(fd);
}

/* The descriptors are 3 and 4 there. */
static void compat_fn(void *arg)
{
	const int *fds = arg;

	child_keep(fds, 2);
	sandbox_ready(0);
	must(dup2(fds[0], 100));
	must(dup2(fds[1], 101));
	must(dup2(100, 3));
	must(dup2(101, 4));
	close_range(5, ~0U, 0);
	must(execl("/tmp/compat", "compat", (char *)NULL));
}

/* $p has $in to read from and $out to write to, and is in call @nr. */
static void compat_call(uint32_t nr, const uint32_t arg[5], const void *data, size_t len)
{
	struct child *child;
	int ends[4], fds[2];

	two_pipes(ends);
	make_compat("/tmp/compat", nr, arg, data, len);
	fds[0] = ends[0];
	fds[1] = ends[3];
	child = sandbox_spawn("compat", compat_fn, fds);
	wait_blocked(child->pid, 0, nr);
	let("p", "%d", (int)child->pid);
	close(ends[0]);
	close(ends[3]);
}

static const struct pollfd compat_set[] = { { 3, POLLIN, 0 }, { 4, POLLOUT, 0 } };

static void compat_poll(void)
{
	compat_call(168, (const uint32_t[5]){ BASE + DATA, 2, ~0U }, compat_set,
		    sizeof(compat_set));
}

static void compat_ppoll(void)
{
	compat_call(414, (const uint32_t[5]){ BASE + DATA, 2 }, compat_set, sizeof(compat_set));
}

static const uint32_t compat_bits[] = { 1 << 3, 1 << 4 };

static void compat_select(void)
{
	compat_call(142, (const uint32_t[5]){ 5, BASE + DATA, BASE + DATA + 4 }, compat_bits,
		    sizeof(compat_bits));
}

static void compat_old_select(void)
{
	static const uint32_t args[] = { 5, BASE + DATA + 20, BASE + DATA + 24, 0, 0,
					 1 << 3, 1 << 4 };

	compat_call(82, (const uint32_t[5]){ BASE + DATA }, args, sizeof(args));
}

static void compat_read(void)
{
	compat_call(3, (const uint32_t[5]){ 3, BASE + DATA, 1 }, "", 1);
}

#endif

#define PIPE	"list pipe -o all" COMPLETE
#define BOTH	{ PIPE, "$in", "$p:polls:r pollers=1 waiters=0 state!=waits complete" }, \
		{ PIPE, "$out", "$p:polls:w pollers=1 waiters=0 state!=waits state!=full complete" }, \
		{ "show $in" COMPLETE, "$in", "$p:polls:r pollers=1 waiters=0" }, \
		{ "list pipe" COMPLETE, "$in", "!$p:polls pollers=absent" }

static const struct situation situations[] = {
	{ .name = "poll", .make = poll_set, .truths = { BOTH } },
	{ .name = "ppoll", .make = ppoll_set, .truths = { BOTH } },
	{ .name = "select", .make = select_set, .truths = { BOTH } },
	{ .name = "pselect", .make = pselect_set, .truths = { BOTH } },
	{ .name = "epoll_wait", .make = epoll_set, .truths = { BOTH } },
	{ .name = "epoll_pwait", .make = epoll_pwait_set, .truths = { BOTH } },
	{ .name = "epoll_pwait2", .make = epoll_pwait2_set, .truths = { BOTH } },
	{ .name = "epoll in epoll", .make = nested_set, .truths = { BOTH } },
	{ .name = "a restarted poll", .make = restarted_set, .truths = { BOTH } },
	{ .name = "a set of thousands", .make = many_set, .truths = {
		{ PIPE, "$in", "$p:polls:r pollers=1 waiters=0 complete" } } },
	{ .name = "a target whose number leads elsewhere", .make = replaced_target, .truths = {
		{ PIPE, "$in", "$p:polls:r pollers=1" },
		{ PIPE, "$out", "!$p:polls pollers=0" } } },
	{ .name = "EPOLLONESHOT", .make = oneshot, .truths = { BOTH,
		{ "list eventfd -o all" COMPLETE, NULL, "count(eventfd)=1 out!~polls" } } },
	{ .name = "one of two eventfds", .make = eventfds, .truths = {
		{ "list eventfd -o all" COMPLETE, "$yes", "$p:polls:r pollers=1 waiters=0" },
		{ "list eventfd -o all" COMPLETE, "$no", "!$p:polls pollers=0" } } },
	{ .name = "sockets", .make = sockets, .truths = {
		{ "list unix -o all" COMPLETE, "$unix", "$p:polls:r waiters=0" },
		{ "list tcp -o all" COMPLETE, "$tcp", "$p:polls:r waiters=0" },
		{ "list netlink -o all" COMPLETE, "$netlink", "$p:polls:r waiters=0" } } },
	{ .name = "closed meanwhile", .make = closed_meanwhile, .truths = {
		{ PIPE, "$in", "!$p:polls pollers=absent warns" },
		{ PIPE, "$out", "$p:polls:w pollers=1" } } },
	{ .name = "a thread with a table of its own", .make = own_table_set, .truths = { BOTH } },
#ifdef __x86_64__
	{ .name = "poll of 32 bits", .make = compat_poll, .truths = { BOTH } },
	{ .name = "ppoll of 32 bits", .make = compat_ppoll, .truths = { BOTH } },
	{ .name = "select of 32 bits", .make = compat_select, .truths = { BOTH } },
	{ .name = "old select of 32 bits", .make = compat_old_select, .truths = { BOTH } },
	{ .name = "read of 32 bits", .make = compat_read, .truths = {
		{ PIPE, "$in", "$p:waits:r state=waits" } } },
#endif
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: polls", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
