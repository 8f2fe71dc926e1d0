// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: pipes, FIFOs, and descriptors held by children. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "make.h"

ino_t fd_inode(int fd)
{
	struct stat st;

	must(fstat(fd, &st));
	return st.st_ino;
}

ino_t make_pipe(int ends[2])
{
	must(pipe(ends));
	return fd_inode(ends[0]);
}

struct fd_list {
	const int *fds;
	size_t n;
};

static void hold_fn(void *arg)
{
	const struct fd_list *list = arg;

	child_keep(list->fds, list->n);
	sandbox_ready(0);
	sandbox_hold();
}

struct child *hold_in(const char *name, const int *fds, size_t n)
{
	struct fd_list list = { fds, n };

	return sandbox_spawn(name, hold_fn, &list);
}

static void read_fn(void *arg)
{
	int fd = *(int *)arg;
	char buf[64];

	child_keep(&fd, 1);
	sandbox_ready(fd);
	while (must(read(fd, buf, sizeof(buf))) > 0)
		;
}

struct child *read_in(const char *name, int fd)
{
	struct child *child = sandbox_spawn(name, read_fn, &fd);

	wait_blocked(child->pid, 0, SYS_read);
	return child;
}

static void write_fn(void *arg)
{
	static const char page[4096];
	int fd = *(int *)arg;

	child_keep(&fd, 1);
	sandbox_ready(fd);
	for (;;)
		must(write(fd, page, sizeof(page)));
}

struct child *write_in(const char *name, int fd)
{
	struct child *child = sandbox_spawn(name, write_fn, &fd);

	wait_blocked(child->pid, 0, SYS_write);
	return child;
}

size_t fill_fd(int fd)
{
	static const char page[4096];
	int flags = (int)must(fcntl(fd, F_GETFL));
	size_t done = 0;
	ssize_t n;

	must(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
	while ((n = write(fd, page, sizeof(page))) > 0)
		done += (size_t)n;
	if (n < 0 && errno != EAGAIN)
		sandbox_fail("write: %s", strerror(errno));
	must(fcntl(fd, F_SETFL, flags));
	return done;
}

/* ---- FIFOs ---- */

ino_t make_fifo(const char *path, mode_t mode)
{
	struct stat st;

	must(mkfifo(path, 0600));
	must(chmod(path, mode));
	must(stat(path, &st));
	return st.st_ino;
}

static ino_t fifo_on_tmpfs(const char *dir)
{
	char path[PATH_MAX];

	sandbox_mount_tmpfs(dir);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	return make_fifo(path, 0600);
}

ino_t make_twin_fifos(const char *dir_a, const char *dir_b)
{
	ino_t a = fifo_on_tmpfs(dir_a);
	ino_t b = fifo_on_tmpfs(dir_b);

	if (a != b)
		sandbox_fail("twin FIFOs have inode numbers %lu and %lu",
			     (unsigned long)a, (unsigned long)b);
	return a;
}

struct opener {
	const char *path;
	int flags;
};

static void fifo_open_fn(void *arg)
{
	const struct opener *a = arg;

	sandbox_ready(0);
	must(open(a->path, a->flags));
	sandbox_hold();
}

struct child *fifo_open_in(const char *name, const char *path, int flags)
{
	struct opener a = { path, flags };
	struct child *child = sandbox_spawn(name, fifo_open_fn, &a);

	wait_blocked(child->pid, 0, SYS_openat);
	return child;
}
