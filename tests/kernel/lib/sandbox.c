// SPDX-License-Identifier: GPL-2.0-or-later
/* Entering the sandbox: namespaces, the small init, the process outside. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "sandbox.h"

#define NAMESPACES (CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | \
		    CLONE_NEWNET | CLONE_NEWUTS)

static bool is_root;

bool sandbox_is_root(void)
{
	return is_root;
}

void sandbox_be_lonely(void)
{
	if (!is_root)
		return;
	must(setresgid(LONELY_USER, LONELY_USER, LONELY_USER));
	must(setresuid(LONELY_USER, LONELY_USER, LONELY_USER));
}

void sandbox_no_leak_check(void)
{
	const char *options = getenv("ASAN_OPTIONS");
	char all[4096];

	snprintf(all, sizeof(all), "%s:detect_leaks=0", options ? options : "");
	setenv("ASAN_OPTIONS", all, 1);
}

void sandbox_cannot(const char *what, int err)
{
	const char *no_skip = getenv("IPCSCOPE_NO_SKIP");
	bool fail = no_skip && strcmp(no_skip, "1") == 0;

	fprintf(stderr, "%s: no sandbox here: %s: %s\n", fail ? "FAIL" : "SKIP",
		what, strerror(err));
	fflush(NULL);
	_exit(fail ? 1 : SANDBOX_SKIP);
}

static void write_or_cannot(const char *path, const char *text)
{
	if (write_small(path, text))
		sandbox_cannot(path, errno);
}

static void become_root(uid_t uid, gid_t gid)
{
	char map[64];

	write_or_cannot("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	write_or_cannot("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	write_or_cannot("/proc/self/gid_map", map);
}

static void new_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	is_root = uid == 0;
	/* after setuid() a process may not write its own maps without this */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(NAMESPACES | (is_root ? 0 : CLONE_NEWUSER)))
		sandbox_cannot("unshare", errno);
	if (!is_root)
		become_root(uid, gid);
}

static void loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		sandbox_cannot("socket", errno);
	if (ioctl(fd, SIOCGIFFLAGS, &req))
		sandbox_cannot("SIOCGIFFLAGS", errno);
	req.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &req))
		sandbox_cannot("SIOCSIFFLAGS", errno);
	close(fd);
}

/* ---- outside ---- */

/* The test prints into a file, so that no pipe of the caller is inside. */
static int output_file(void)
{
	char path[] = "/tmp/ipcscope-test-XXXXXX";
	int fd = mkostemp(path, O_APPEND | O_CLOEXEC);

	if (fd < 0)
		sandbox_cannot(path, errno);
	unlink(path);
	return fd;
}

static off_t copy_output(int fd, off_t from)
{
	char buf[4096];
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), from)) > 0) {
		if (write(STDOUT_FILENO, buf, (size_t)n) < 0)
			break;
		from += n;
	}
	return from;
}

static void stay_outside(pid_t init, int output)
{
	struct pollfd poll_end = { .events = POLLIN };
	off_t done = 0;
	int status;

	poll_end.fd = (int)syscall(SYS_pidfd_open, init, 0);
	while (poll(&poll_end, 1, 100) == 0)
		done = copy_output(output, done);
	while (waitpid(init, &status, 0) < 0 && errno == EINTR)
		;
	copy_output(output, done);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status)
	      : 128 + WTERMSIG(status));
}

/* ---- inside ---- */

/* Process 1 collects orphans and ends, with everything, when the test ends. */
static void run_init(pid_t test)
{
	int status;
	pid_t pid;

	prctl(PR_SET_NAME, "sandbox-init");
	while ((pid = wait(&status)) != test)
		if (pid < 0 && errno != EINTR)
			_exit(1);
	if (WIFSIGNALED(status))
		fprintf(stderr, "test program killed by signal %d\n",
			WTERMSIG(status));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status)
	      : 128 + WTERMSIG(status));
}

static void take_output(int output)
{
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		_exit(1);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

/* /dev/null of the new /dev as stdin; nothing else of the caller is left. */
static void drop_descriptors(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		sandbox_cannot("/dev/null", errno);
	if (syscall(SYS_close_range, 3U, ~0U, 0U))
		sandbox_cannot("close_range", errno);
}

/* Die with the parent, also if it is dead already. */
static void die_with(int parent)
{
	struct pollfd dead = { .fd = parent, .events = POLLIN };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent >= 0 && poll(&dead, 1, 0) > 0)
		_exit(1);
}

void sandbox_enter(void)
{
	int output = output_file();
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	pid_t pid;

	fflush(NULL);
	new_namespaces();
	pid = fork();
	if (pid < 0)
		sandbox_cannot("fork", errno);
	if (pid > 0)
		stay_outside(pid, output);

	die_with(self);
	take_output(output);
	sandbox_mounts();
	loopback_up();
	if (sethostname("sandbox", 7))
		sandbox_cannot("sethostname", errno);
	drop_descriptors();
	pid = fork();
	if (pid < 0)
		sandbox_cannot("fork", errno);
	if (pid > 0)
		run_init(pid);
	die_with(-1);
	child_signals();
}
