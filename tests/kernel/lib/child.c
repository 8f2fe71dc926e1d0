// SPDX-License-Identifier: GPL-2.0-or-later
/* Children with a script, and failing in them and in the test. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "internal.h"
#include "sandbox.h"

#define STEP_SIGNAL (SIGRTMIN + 4)
#define DONE_SIGNAL (SIGRTMIN + 5)

static struct child *children;
static int ready_fd = -1;	/* in a child that has not said it is ready */
static bool in_child;
static bool in_step;

/* ---- failing ---- */

void sandbox_fail(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (in_child) {
		fprintf(stderr, "child %d: %s\n", (int)getpid(), text);
		_exit(1);
	}
	fail_msg("%s", text);
	abort();
}

long sandbox_must(long rc, const char *what)
{
	if (rc == -1)
		sandbox_fail("%s: %s", what, strerror(errno));
	return rc;
}

/* ---- in the child ---- */

static void step_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, STEP_SIGNAL);
	sigaddset(set, DONE_SIGNAL);
}

void child_signals(void)
{
	sigset_t set;

	step_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The number stays: the memory may be shared. */
void sandbox_not_ready(void)
{
	close(ready_fd);
}

void sandbox_ready(long value)
{
	if (!in_child || ready_fd < 0)
		sandbox_fail("sandbox_ready() is for a child, once");
	if (write(ready_fd, &value, sizeof(value)) != sizeof(value))
		_exit(1);
	close(ready_fd);
	ready_fd = -1;
}

void sandbox_hold(void)
{
	for (;;)
		pause();
}

static void say_done(void)
{
	union sigval none = { 0 };

	if (in_step)
		sigqueue(getppid(), DONE_SIGNAL, none);
	in_step = false;
}

void sandbox_await_step(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, STEP_SIGNAL);
	say_done();
	while (sigwaitinfo(&set, NULL) < 0)
		if (errno != EINTR)
			sandbox_fail("sigwaitinfo: %s", strerror(errno));
	in_step = true;
}

static bool is_kept(int fd, const int *fds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fds[i] == fd)
			return true;
	return fd == ready_fd;
}

void child_keep(const int *fds, size_t n)
{
	int last = ready_fd;
	size_t i;
	int fd;

	for (i = 0; i < n; i++)
		if (fds[i] > last)
			last = fds[i];
	if (last < 2)
		last = 2;
	for (fd = 3; fd < last; fd++)
		if (!is_kept(fd, fds, n))
			close(fd);
	must(syscall(SYS_close_range, (unsigned int)last + 1, ~0U, 0U));
}

static void run_child(const char *name, void (*fn)(void *), void *arg, int fd)
{
	in_child = true;
	ready_fd = fd;
	children = NULL;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	fn(arg);
	if (ready_fd >= 0)
		sandbox_fail("ended without sandbox_ready()");
	say_done();
	_exit(0);
}

/* ---- in the test ---- */

static void forget(struct child *child)
{
	struct child **at = &children;

	while (*at && *at != child)
		at = &(*at)->next;
	if (!*at)
		sandbox_fail("not a child, or forgotten already");
	*at = child->next;
	free(child);
}

int sandbox_join(struct child *child)
{
	int status;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			sandbox_fail("waitpid: %s", strerror(errno));
	forget(child);
	return status;
}

int sandbox_kill(struct child *child)
{
	kill(child->pid, SIGKILL);
	return sandbox_join(child);
}

void sandbox_kill_all(void)
{
	struct child *child;

	for (child = children; child; child = child->next)
		kill(child->pid, SIGKILL);
	while (children)
		sandbox_kill(children);
}

static bool reads(int fd, void *to, ssize_t len)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, SANDBOX_DEADLINE_MS) > 0 &&
	       read(fd, to, sizeof(long)) == len;
}

/* Its value, then the end: it has closed this pipe, which is not to be seen. */
static void await_ready(struct child *child, int fd)
{
	bool ready;
	long end;

	ready = reads(fd, &child->value, sizeof(long)) && reads(fd, &end, 0);
	close(fd);
	if (!ready)
		sandbox_fail("child not ready, its wait status is %#x",
			     sandbox_kill(child));
}

struct child *sandbox_spawn(const char *name, void (*fn)(void *arg), void *arg)
{
	struct child *child = calloc(1, sizeof(*child));
	int ends[2];

	if (!child || in_child)
		sandbox_fail("cannot start a child here");
	must(pipe2(ends, O_CLOEXEC));
	fflush(NULL);
	child->pid = (pid_t)must(fork());
	if (child->pid == 0) {
		close(ends[0]);
		run_child(name, fn, arg, ends[1]);
	}
	close(ends[1]);
	child->next = children;
	children = child;
	await_ready(child, ends[0]);
	return child;
}

void sandbox_step(struct child *child)
{
	struct timespec limit = { .tv_sec = SANDBOX_DEADLINE_MS / 1000 };
	union sigval none = { 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, DONE_SIGNAL);
	must(sigqueue(child->pid, STEP_SIGNAL, none));
	do {
		if (sigtimedwait(&set, &info, &limit) < 0 && errno != EINTR)
			sandbox_fail("child %d does not answer", child->pid);
	} while (info.si_pid != child->pid);
}
