// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: POSIX shared memory, named semaphores, message queues. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "make.h"

struct named {
	const char *name;
	int flags;
	size_t size;
};

static void shm_path(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "/dev/shm%s", name);
}

/* ---- shared memory ---- */

static void make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path + strlen("/dev/shm/"), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			sandbox_fail("mkdir %s: %s", path, strerror(errno));
		*slash = '/';
	}
}

ino_t make_pshm(const char *name, size_t size, mode_t mode)
{
	char path[PATH_MAX];
	ino_t ino;
	int fd;

	shm_path(path, name);
	make_parents(path);
	fd = (int)must(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	must(ftruncate(fd, (off_t)size));
	if (size > 0)
		must(pwrite(fd, "x", 1, 0));
	must(fchmod(fd, mode));
	ino = fd_inode(fd);
	close(fd);
	return ino;
}

void pshm_unlink(const char *name)
{
	char path[PATH_MAX];

	shm_path(path, name);
	must(unlink(path));
}

static int open_shm(const char *name, int flags)
{
	char path[PATH_MAX];

	shm_path(path, name);
	return (int)must(open(path, flags));
}

static void pshm_open_fn(void *arg)
{
	const struct named *a = arg;

	sandbox_ready(open_shm(a->name, a->flags));
	sandbox_hold();
}

static void pshm_map_fn(void *arg)
{
	const struct named *a = arg;
	int fd = open_shm(a->name, a->flags & PROT_WRITE ? O_RDWR : O_RDONLY);
	struct stat st;
	long at;

	must(fstat(fd, &st));
	at = must(mmap(NULL, (size_t)st.st_size, a->flags, MAP_SHARED, fd, 0));
	close(fd);
	sandbox_ready(at);
	sandbox_hold();
}

struct child *pshm_open_in(const char *name, const char *path, int flags)
{
	struct named a = { path, flags, 0 };

	return sandbox_spawn(name, pshm_open_fn, &a);
}

struct child *pshm_map_in(const char *name, const char *path, int prot)
{
	struct named a = { path, prot, 0 };

	return sandbox_spawn(name, pshm_map_fn, &a);
}

/* ---- named semaphores ---- */

static sem_t *open_sem(const char *name)
{
	sem_t *sem = sem_open(name, 0);

	if (sem == SEM_FAILED)
		sandbox_fail("sem_open %s: %s", name, strerror(errno));
	return sem;
}

ino_t make_psem(const char *name, unsigned int value, mode_t mode)
{
	mode_t mask = umask(0);
	sem_t *sem = sem_open(name, O_CREAT | O_EXCL, mode, value);
	char path[PATH_MAX];
	struct stat st;

	umask(mask);
	if (sem == SEM_FAILED)
		sandbox_fail("sem_open %s: %s", name, strerror(errno));
	sem_close(sem);
	snprintf(path, sizeof(path), "/dev/shm/sem.%s", name + 1);
	must(stat(path, &st));
	return st.st_ino;
}

static void psem_open_fn(void *arg)
{
	sandbox_ready((long)open_sem(arg));
	sandbox_hold();
}

static void psem_wait_fn(void *arg)
{
	sem_t *sem = open_sem(arg);

	sandbox_ready((long)sem);
	must(sem_wait(sem));
}

struct child *psem_open_in(const char *name, const char *sem)
{
	return sandbox_spawn(name, psem_open_fn, (void *)sem);
}

struct child *psem_wait_in(const char *name, const char *sem)
{
	struct child *child = sandbox_spawn(name, psem_wait_fn, (void *)sem);

	wait_blocked(child->pid, 0, SYS_futex);
	return child;
}

/* ---- message queues ---- */

void make_pmsg(const char *mq, long maxmsg, long msgsize, mode_t mode)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };
	mode_t mask = umask(0);
	mqd_t fd = mq_open(mq, O_RDWR | O_CREAT | O_EXCL, mode, &attr);

	umask(mask);
	mq_close((mqd_t)must(fd));
}

static int send_to(const char *mq, size_t size, unsigned int prio, int flags)
{
	mqd_t fd = (mqd_t)must(mq_open(mq, O_WRONLY | flags));
	char *msg = calloc(1, size + 1);
	int rc = mq_send(fd, msg, size, prio);
	int err = errno;

	free(msg);
	mq_close(fd);
	errno = err;
	return rc;
}

void pmsg_put(const char *mq, size_t size, unsigned int prio)
{
	must(send_to(mq, size, prio, O_NONBLOCK));
}

int pmsg_fill(const char *mq, size_t size)
{
	int n = 0;

	while (send_to(mq, size, 0, O_NONBLOCK) == 0)
		n++;
	if (errno != EAGAIN)
		sandbox_fail("mq_send %s: %s", mq, strerror(errno));
	return n;
}

static void pmsg_open_fn(void *arg)
{
	const struct named *a = arg;

	sandbox_ready(must(mq_open(a->name, a->flags)));
	sandbox_hold();
}

static void pmsg_receive_fn(void *arg)
{
	const struct named *a = arg;
	mqd_t fd = (mqd_t)must(mq_open(a->name, O_RDONLY));
	struct mq_attr attr;
	char *buf;

	must(mq_getattr(fd, &attr));
	buf = malloc((size_t)attr.mq_msgsize);
	sandbox_ready(fd);
	must(mq_receive(fd, buf, (size_t)attr.mq_msgsize, NULL));
	free(buf);
}

static void pmsg_send_fn(void *arg)
{
	const struct named *a = arg;

	sandbox_ready(0);
	must(send_to(a->name, a->size, 0, 0));
}

struct child *pmsg_open_in(const char *name, const char *mq, int flags)
{
	struct named a = { mq, flags, 0 };

	return sandbox_spawn(name, pmsg_open_fn, &a);
}

struct child *pmsg_receive_in(const char *name, const char *mq)
{
	struct named a = { mq, 0, 0 };
	struct child *child = sandbox_spawn(name, pmsg_receive_fn, &a);

	wait_blocked(child->pid, 0, SYS_mq_timedreceive);
	return child;
}

struct child *pmsg_send_in(const char *name, const char *mq, size_t size)
{
	struct named a = { mq, 0, size };
	struct child *child = sandbox_spawn(name, pmsg_send_fn, &a);

	wait_blocked(child->pid, 0, SYS_mq_timedsend);
	return child;
}
