// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting for a state of the kernel, never for a time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sandbox.h"

#define DISK_LOOKS	50	/* until an uninterruptible sleep counts as a block */

ssize_t read_small(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;
	int err;

	if (fd < 0)
		return -1;
	while (len < size - 1) {
		n = read(fd, buf + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	err = errno;
	close(fd);
	errno = err;
	buf[len] = '\0';
	return n < 0 ? -1 : (ssize_t)len;
}

int write_small(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	err = errno;
	close(fd);
	errno = err;
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Give the processor away; true if the process meant has ended. */
static bool has_ended(int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0) {
		sched_yield();
		return false;
	}
	return poll(&end, 1, 1) > 0;
}

void wait_until(const char *what, pid_t pid, bool (*cond)(void *), void *arg)
{
	int pidfd = pid > 0 ? (int)must(syscall(SYS_pidfd_open, pid, 0)) : -1;
	long limit = now_ms() + SANDBOX_DEADLINE_MS;
	const char *why = NULL;

	while (!why && !cond(arg)) {
		if (has_ended(pidfd))
			why = "the process ended";
		else if (now_ms() > limit)
			why = "deadline";
	}
	if (pidfd >= 0)
		close(pidfd);
	if (why)
		sandbox_fail("waiting for %s (pid %d): %s", what, pid, why);
}

struct blocked {
	char dir[48];
	char line[256];
	const long *calls;
	unsigned int again;	/* looks at an uninterruptible sleep, one after the other */
};

/* "S" in the stat of a thread; "D" is also the sleep of a moment, for memory or a lock. */
static char sleep_of(const struct blocked *b)
{
	char path[64], text[512];
	const char *end;

	snprintf(path, sizeof(path), "%s/stat", b->dir);
	if (read_small(path, text, sizeof(text)) <= 0)
		return 0;
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

static bool is_blocked(void *arg)
{
	struct blocked *b = arg;
	const long *call;
	char path[64], *end;
	char sleep;
	long nr;

	snprintf(path, sizeof(path), "%s/syscall", b->dir);
	if (read_small(path, b->line, sizeof(b->line)) <= 0)
		return false;
	nr = strtol(b->line, &end, 10);
	for (call = b->calls; *call != -1 && *call != nr; call++)
		;
	sleep = sleep_of(b);
	/* "running" is no number. */
	if (end == b->line || *end != ' ' || *call == -1 || sleep == 'R') {
		b->again = 0;
		return false;
	}
	return sleep != 'D' || ++b->again > DISK_LOOKS;
}

void wait_blocked_in(pid_t pid, pid_t tid, const long *calls)
{
	struct blocked b = { .calls = calls };
	char what[64];

	snprintf(b.dir, sizeof(b.dir), "/proc/%d/task/%d", pid, tid ? tid : pid);
	snprintf(what, sizeof(what), "a block in system call %ld", calls[0]);
	wait_until(what, pid, is_blocked, &b);
}

static bool is_gone(void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", *(pid_t *)arg);
	return access(path, F_OK) && errno == ENOENT;
}

void wait_gone(pid_t pid)
{
	wait_until("the end of a process", 0, is_gone, &pid);
}

struct attached {
	int id;
	unsigned long n;
};

static bool has_nattch(void *arg)
{
	const struct attached *want = arg;
	struct shmid_ds ds;

	must(shmctl(want->id, IPC_STAT, &ds));
	return ds.shm_nattch == want->n;
}

void wait_nattch(int id, unsigned long n)
{
	struct attached want = { id, n };

	wait_until("a number of attachments", 0, has_nattch, &want);
}
