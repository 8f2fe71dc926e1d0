// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What shares one anonymous inode: descriptors of signals, timers, watches and rings. Which
 * of them lead to the same open file only kcmp(2) tells.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

static int make_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 3);
	return (int)must(signalfd(-1, &set, 0));
}

static int make_timerfd(long seconds)
{
	const struct itimerspec when = { .it_value.tv_sec = seconds };
	int fd = (int)must(timerfd_create(CLOCK_MONOTONIC, 0));

	must(timerfd_settime(fd, 0, &when, NULL));
	return fd;
}

static int make_epoll(int target, uint32_t events)
{
	struct epoll_event event = { .events = events };
	int fd = (int)must(epoll_create1(0));

	must(epoll_ctl(fd, EPOLL_CTL_ADD, target, &event));
	return fd;
}

/* ---- who has one ---- */

/* Two processes have one, by three descriptors; a third process has another of its own. */
static void shared_by(int fd, int other)
{
	const int twice[] = { fd, (int)must(fcntl(fd, F_DUPFD, 100)) };

	let("p", "%d", (int)hold_in("first", twice, 2)->pid);
	let("q", "%d", (int)hold_fd_in("second", fd)->pid);
	let("r", "%d", (int)hold_fd_in("other", other)->pid);
	let("fd", "%d", fd);
	let("other", "%d", other);
	close(twice[1]);
	close(fd);
	close(other);
}

static void shared_signalfd(void)
{
	shared_by(make_signalfd(), make_signalfd());
}

static void shared_timerfd(void)
{
	shared_by(make_timerfd(3600), make_timerfd(0));
}

static void shared_inotify(void)
{
	int fd = (int)must(inotify_init1(0));
	struct stat st;

	must(inotify_add_watch(fd, "/tmp", IN_CREATE));
	must(inotify_add_watch(fd, "/dev", IN_CREATE));
	must(stat("/tmp", &st));
	let("tmp", "%u:%u/%lu", major(st.st_dev), minor(st.st_dev), (unsigned long)st.st_ino);
	shared_by(fd, (int)must(inotify_init1(0)));
}

static void shared_epoll(void)
{
	int ends[2];

	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	/* What nobody has open is not watched any more. */
	hold_in("open", ends, 2);
	shared_by(make_epoll(ends[0], EPOLLIN), make_epoll(ends[1], EPOLLOUT));
	close(ends[0]);
	close(ends[1]);
}

static int make_ring(void)
{
	struct io_uring_params params = { 0 };

	return (int)syscall(SYS_io_uring_setup, 4, &params);
}

static void shared_ring(void)
{
	int fd = make_ring(), ends[2];

	if (fd < 0) {
		truth_cannot("io_uring");
		return;
	}
	let("in", "pipe:%lu", (unsigned long)make_pipe(ends));
	must(syscall(SYS_io_uring_register, fd, IORING_REGISTER_FILES, ends, 2));
	close(ends[0]);
	close(ends[1]);
	shared_by(fd, make_ring());
}

/* One that was sent over, and is another number there. */
static void passed_fn(void *arg)
{
	const int *fds = arg;
	char data, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int got;

	must(recvmsg(fds[0], &msg, 0));
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(got));
	got = (int)must(dup2(got, 77));
	child_keep(&got, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void passed(void)
{
	int ends[2], fd = make_timerfd(0);

	unix_pair(SOCK_STREAM, ends);
	unix_send_fd(ends[1], fd);
	let("p", "%d", (int)hold_fd_in("maker", fd)->pid);
	close(fd);
	let("q", "%d", (int)sandbox_spawn("getter", passed_fn, ends)->pid);
	let("fd", "%d", fd);
	close(ends[0]);
	close(ends[1]);
}

/* A thread with a table of its own has another by the same number. */
static int own_fd;
static volatile pid_t own_tid;
static volatile bool has_closed;

static void *own_table(void *arg)
{
	int timer;

	must(unshare(CLONE_FILES));
	timer = make_timerfd(0);
	must(dup2(timer, own_fd));
	close(timer);
	own_tid = gettid();
	while (!has_closed)
		sched_yield();
	sandbox_ready(own_tid);
	sandbox_hold();
}

static void threads_fn(void *arg)
{
	pthread_t id;

	own_fd = *(int *)arg;
	if (pthread_create(&id, NULL, own_table, NULL))
		sandbox_fail("pthread_create");
	/* The pipe of sandbox_ready() is in both tables then. */
	while (!own_tid)
		sched_yield();
	sandbox_not_ready();
	has_closed = true;
	sandbox_hold();
}

static void threads(void)
{
	int fd = make_timerfd(0);
	struct child *child = sandbox_spawn("threads", threads_fn, &fd);

	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
	let("fd", "%d", fd);
	close(fd);
}

/* ---- who waits ---- */

static void signals_fn(void *arg)
{
	struct signalfd_siginfo info;

	sandbox_ready(0);
	must(read(*(int *)arg, &info, sizeof(info)));
}

static void reads_timer(void)
{
	int fd = make_timerfd(0);

	let("p", "%d", (int)read_in("reader", fd)->pid);
	let("fd", "%d", fd);
	close(fd);
}

static void reads_signals(void)
{
	int fd = make_signalfd();

	struct child *child = sandbox_spawn("reader", signals_fn, &fd);

	wait_blocked(child->pid, 0, SYS_read);
	let("p", "%d", (int)child->pid);
	let("fd", "%d", fd);
	close(fd);
}

static void epoll_waits_fn(void *arg)
{
	struct epoll_event event;

	sandbox_ready(0);
	epoll_wait(*(int *)arg, &event, 1, -1);
	_exit(1);
}

static void epoll_waits(void)
{
	int timer = make_timerfd(0), inner = make_epoll(timer, EPOLLIN);
	int outer = make_epoll(inner, EPOLLIN);
	struct child *child = sandbox_spawn("waiter", epoll_waits_fn, &outer);

	wait_blocked(child->pid, 0, SYS_epoll_wait, SYS_epoll_pwait);
	let("p", "%d", (int)child->pid);
	let("inner", "%d", inner);
	let("outer", "%d", outer);
	let("timer", "%d", timer);
	close(timer);
	close(inner);
	close(outer);
}

/* ---- what epoll descriptors watch ---- */

static void many_fn(void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ends[2], epoll = (int)must(epoll_create1(0)), fd, i;

	(void)arg;
	fd = make_eventfd(1, 0);
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	fd = make_timerfd(0);
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	fd = unix_listener(SOCK_STREAM, "@watched", 1);
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	/* Closed here, but not there: the number leads to the second one then. */
	for (i = 0; i < 2; i++) {
		make_pipe(ends);
		must(dup2(ends[0], 50));
		must(epoll_ctl(epoll, EPOLL_CTL_ADD, 50, &event));
		must(dup2(ends[0], 60 + i));
	}
	close(50);
	sandbox_ready(epoll);
	sandbox_hold();
}

static void many(void)
{
	struct child *child = sandbox_spawn("watcher", many_fn, NULL);

	let("p", "%d", (int)child->pid);
	let("fd", "%ld", child->value);
}

/* One closed what it watches: the numbers of another lead there still. */
static void inherited(void)
{
	int timer = make_timerfd(0), epoll = make_epoll(timer, EPOLLIN);
	const int both[] = { timer, epoll };

	let("p", "%d", (int)hold_fd_in("without", epoll)->pid);
	let("q", "%d", (int)hold_in("with", both, 2)->pid);
	let("fd", "%d", epoll);
	let("timer", "%d", timer);
	close(timer);
	close(epoll);
}

#define SHARED(class, own)							\
	{ "list " class " -o all" COMPLETE, class ":$p/$fd",			\
	  "$p:open:rw $q:open:rw users=2 complete !$r: " own },			\
	{ "list " class COMPLETE, class ":$r/$other", "$r:open:rw users=1 complete" },	\
	{ "list " class COMPLETE, NULL, "count(" class ")=2" },			\
	{ "show " class ":$q/$fd" COMPLETE, class ":$p/$fd", "there" },		\
	{ "show " class ":$p/100" COMPLETE, class ":$p/$fd", "there" },		\
	{ "!ps $q", "pid $q", "+" class ":$q/$fd:open" },			\
	{ "=rm --yes " class ":$p/$fd", NULL,					\
	  "exit!=0 err~^cannot^be^removed" }

static const struct situation situations[] = {
	{ .name = "a signalfd", .make = shared_signalfd, .truths = {
		SHARED("signalfd", "mask~USR1 mask~RTMIN+3") } },
	{ .name = "a timerfd", .make = shared_timerfd, .truths = {
		SHARED("timerfd", "clock=monotonic next!=0 count=0"),
		{ "list timerfd -o all" COMPLETE, "timerfd:$r/$other", "next=0" } } },
	{ .name = "an inotify instance", .make = shared_inotify, .truths = {
		SHARED("inotify", "watches=2 targets~$tmp"),
		{ "list inotify -o all" COMPLETE, "inotify:$r/$other", "watches=0 targets=[]" } } },
	{ .name = "an epoll descriptor", .make = shared_epoll, .truths = {
		SHARED("epoll", "watches=1"),
		{ "list -a -o all" COMPLETE, "epoll:$p/$fd", "targets~$in" } } },
	{ .name = "an io_uring", .make = shared_ring, .truths = {
		{ "list io_uring -o all" COMPLETE, "io_uring:$p/$fd",
		  "$p:open:rw $q:open:rw users=2 incomplete files=2 targets~$in" },
		{ "list io_uring -o all" COMPLETE, "io_uring:$r/$other", "users=1 files=0 targets=[]" } } },
	{ .name = "one that was passed on", .make = passed, .truths = {
		{ "list timerfd" COMPLETE, "timerfd:$p/$fd", "$p:open $q:open users=2 complete" },
		{ "list timerfd" COMPLETE, NULL, "count(timerfd)=1" },
		{ "show timerfd:$q/77" COMPLETE, "timerfd:$p/$fd", "there" } } },
	{ .name = "a thread with a table of its own", .make = threads, .truths = {
		{ "list timerfd" COMPLETE, NULL, "count(timerfd)=2" },
		{ "list timerfd" COMPLETE, "timerfd:$p/$fd", "users=1" },
		{ "show timerfd:$tid/$fd" COMPLETE, "timerfd:$tid/$fd", "$p:open users=1" } } },
	{ .name = "a read of a timer", .make = reads_timer, .truths = {
		{ "list timerfd -o all" COMPLETE, "timerfd:$p/$fd", "$p:waits:r state=waits waiters=1" },
		{ "ps $p", "pid $p", "+timerfd:$p/$fd:waits" } } },
	{ .name = "a read of signals", .make = reads_signals, .truths = {
		{ "list signalfd" COMPLETE, "signalfd:$p/$fd", "$p:waits:r state=waits state!=full" } } },
	{ .name = "epoll_wait, of one in another", .make = epoll_waits, .truths = {
		{ "list epoll -o all" COMPLETE, "epoll:$p/$outer",
		  "$p:polls pollers=1 waiters=0 targets~epoll:$p/$inner" },
		{ "list epoll -o all" COMPLETE, "epoll:$p/$inner",
		  "$p:polls targets~timerfd:$p/$timer" },
		{ "list timerfd -o all" COMPLETE, "timerfd:$p/$timer", "$p:polls:r pollers=1" } } },
	{ .name = "targets of many kinds", .make = many, .truths = {
		{ "list epoll -o all" COMPLETE, "epoll:$p/$fd",
		  "watches=5 targets~eventfd: targets~timerfd:$p/ targets~unix:" },
		{ "list -a -o all" COMPLETE, "epoll:$p/$fd",
		  "watches=5 targets~unix:@watched targets~timerfd:$p/ targets~pipe:" } } },
	{ .name = "targets that one holder has closed", .make = inherited, .truths = {
		{ "list epoll -o all" COMPLETE, "epoll:$p/$fd",
		  "users=2 watches=1 targets=[\"timerfd:$q/$timer\"] quiet" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: open files", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
