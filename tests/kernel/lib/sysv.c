// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: System V shared memory, semaphores, message queues. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "make.h"

union semun {
	int val;
	unsigned short *array;
};

/* ---- shared memory ---- */

int try_shm(key_t key, size_t size, int flags)
{
	return shmget(key, size, IPC_CREAT | IPC_EXCL | flags);
}

int make_shm(key_t key, size_t size, int flags)
{
	return (int)must(try_shm(key, size, flags));
}

void shm_remove(int id)
{
	must(shmctl(id, IPC_RMID, NULL));
}

struct attach {
	int id;
	int flags;
	enum shm_extra extra;
};

static void attach_fn(void *arg)
{
	const struct attach *a = arg;
	long page = sysconf(_SC_PAGESIZE);
	char *at = (char *)must(shmat(a->id, NULL, a->flags));

	switch (a->extra) {
	case SHM_PLAIN:
		break;
	case SHM_SPLIT:
		must(mprotect(at + page, (size_t)page, PROT_NONE));
		break;
	case SHM_HOLE:
		must(munmap(at + page, (size_t)page));
		break;
	case SHM_TWICE:
		must(shmat(a->id, NULL, a->flags));
		break;
	}
	sandbox_ready((long)at);
	sandbox_hold();
}

struct child *shm_attach_in(const char *name, int id, int flags,
			    enum shm_extra extra)
{
	struct attach a = { id, flags, extra };

	return sandbox_spawn(name, attach_fn, &a);
}

/* ---- semaphores ---- */

int make_sem(key_t key, int n, const unsigned short *values, int flags)
{
	int id = (int)must(semget(key, n, IPC_CREAT | IPC_EXCL | flags));
	union semun set = { .array = (unsigned short *)values };

	if (values)
		must(semctl(id, 0, SETALL, set));
	return id;
}

struct sem_call {
	int id;
	struct sembuf op;
};

static void sem_wait_fn(void *arg)
{
	struct sem_call *call = arg;

	sandbox_ready(0);
	must(semop(call->id, &call->op, 1));
}

static void sem_undo_fn(void *arg)
{
	struct sem_call *call = arg;

	must(semop(call->id, &call->op, 1));
	sandbox_ready(0);
	sandbox_hold();
}

struct child *sem_wait_in(const char *name, int id, int num, int op)
{
	struct sem_call call = { id, { (unsigned short)num, (short)op, 0 } };
	struct child *child = sandbox_spawn(name, sem_wait_fn, &call);

	wait_blocked(child->pid, 0, SYS_semtimedop, SYS_semop);
	return child;
}

struct child *sem_undo_in(const char *name, int id, int num, int op)
{
	struct sem_call call = {
		id, { (unsigned short)num, (short)op, SEM_UNDO }
	};

	return sandbox_spawn(name, sem_undo_fn, &call);
}

/* ---- message queues ---- */

struct msg_call {
	int id;
	long type;
	size_t size;
};

static int send_message(int id, long type, size_t size, int flags)
{
	struct msgbuf *msg = calloc(1, sizeof(*msg) + size);
	int rc, err;

	if (!msg)
		sandbox_fail("out of memory");
	msg->mtype = type;
	rc = msgsnd(id, msg, size, flags);
	err = errno;
	free(msg);
	errno = err;
	return rc;
}

int make_msg(key_t key, int flags)
{
	return (int)must(msgget(key, IPC_CREAT | IPC_EXCL | flags));
}

void msg_put(int id, long type, size_t size)
{
	must(send_message(id, type, size, IPC_NOWAIT));
}

int msg_fill(int id, size_t size)
{
	int n = 0;

	while (send_message(id, 1, size, IPC_NOWAIT) == 0)
		n++;
	if (errno != EAGAIN)
		sandbox_fail("msgsnd: %s", strerror(errno));
	return n;
}

static void msg_receive_fn(void *arg)
{
	struct msg_call *call = arg;
	char buf[sizeof(long) + 1];

	sandbox_ready(0);
	must(msgrcv(call->id, buf, 1, call->type, MSG_NOERROR));
}

static void msg_send_fn(void *arg)
{
	struct msg_call *call = arg;

	sandbox_ready(0);
	must(send_message(call->id, call->type, call->size, 0));
}

struct child *msg_receive_in(const char *name, int id, long type)
{
	struct msg_call call = { id, type, 0 };
	struct child *child = sandbox_spawn(name, msg_receive_fn, &call);

	wait_blocked(child->pid, 0, SYS_msgrcv);
	return child;
}

struct child *msg_send_in(const char *name, int id, long type, size_t size)
{
	struct msg_call call = { id, type, size };
	struct child *child = sandbox_spawn(name, msg_send_fn, &call);

	wait_blocked(child->pid, 0, SYS_msgsnd);
	return child;
}
