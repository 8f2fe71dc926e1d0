// SPDX-License-Identifier: GPL-2.0-or-later
/* Making System V objects again, as they were. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

struct making {
	enum sysv_kind kind;
	const struct object_spec *made;
	unsigned int lost;
	int ret;
};

/* Nobody may use it until it is finished; without privileges that has to
 * include us. */
static int get(enum sysv_kind kind, const struct sysv_stat *st, int mode)
{
	const int flags = IPC_CREAT | IPC_EXCL | mode;

	switch (kind) {
	case SYSV_SHM:	return shmget((key_t)st->key, st->size, flags);
	case SYSV_SEM:	return semget((key_t)st->key, (int)st->nr, flags);
	case SYSV_MSG:	return msgget((key_t)st->key, flags);
	}
	return -1;
}

/* The next object gets this id, if the place is free: proc(5). */
static bool reserve_id(enum sysv_kind kind, int id)
{
	static const char *const paths[] = {
		[SYSV_SHM] = "/proc/sys/kernel/shm_next_id",
		[SYSV_SEM] = "/proc/sys/kernel/sem_next_id",
		[SYSV_MSG] = "/proc/sys/kernel/msg_next_id",
	};
	char text[16];
	ssize_t len;
	int fd;

	fd = open(paths[kind], O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = snprintf(text, sizeof(text), "%d", id);
	len = write(fd, text, len) - len;
	close(fd);
	return !len;
}

/*
 * The kernel takes the creator from who calls. Only the raw calls change the
 * ids of one thread, and this one ends when it is done.
 */
static void become(const struct sysv_stat *st, unsigned int *lost)
{
	if ((st->cgid != getegid() &&
	     syscall(SYS_setresgid, -1, st->cgid, -1)) ||
	    (st->cuid != geteuid() &&
	     syscall(SYS_setresuid, -1, st->cuid, -1)))
		*lost |= LOST_CREATOR;
}

static void *make_in_thread(void *arg)
{
	struct making *making = arg;
	const struct sysv_stat *st = &making->made->st;
	const int mode = geteuid() ? 0600 : 0;

	if (st->id >= 0)
		reserve_id(making->kind, st->id);
	become(st, &making->lost);
	making->ret = get(making->kind, st, mode);
	if (making->ret < 0)
		making->ret = -errno;
	else if (st->id >= 0 && making->ret != st->id)
		making->lost |= LOST_ID;
	return NULL;
}

int remake_sysv(enum sysv_kind kind, const struct object_spec *made,
		unsigned int *lost)
{
	struct making making = { .kind = kind, .made = made };
	pthread_t thread;
	int err;

	err = pthread_create(&thread, NULL, make_in_thread, &making);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	*lost |= making.lost;
	/* A reservation that nobody used must not hit somebody else. */
	if (making.ret < 0 && made->st.id >= 0)
		reserve_id(kind, -1);
	return making.ret;
}

static int set_shm(int id, const struct sysv_stat *st, uint64_t qbytes)
{
	struct shmid_ds ds = { 0 };

	(void)qbytes;
	ds.shm_perm.uid = st->uid;
	ds.shm_perm.gid = st->gid;
	ds.shm_perm.mode = st->mode & 0777;
	return shmctl(id, IPC_SET, &ds) ? -errno : 0;
}

static int set_sem(int id, const struct sysv_stat *st, uint64_t qbytes)
{
	struct semid_ds ds = { 0 };

	(void)qbytes;
	ds.sem_perm.uid = st->uid;
	ds.sem_perm.gid = st->gid;
	ds.sem_perm.mode = st->mode & 0777;
	return semctl(id, 0, IPC_SET, (union semun){ .buf = &ds }) ? -errno : 0;
}

static int set_msg(int id, const struct sysv_stat *st, uint64_t qbytes)
{
	struct msqid_ds ds = { .msg_qbytes = qbytes };

	ds.msg_perm.uid = st->uid;
	ds.msg_perm.gid = st->gid;
	ds.msg_perm.mode = st->mode & 0777;
	return msgctl(id, IPC_SET, &ds) ? -errno : 0;
}

int remake_sysv_finish(enum sysv_kind kind, int id,
		       const struct object_spec *made, unsigned int *lost)
{
	static int (*const set[])(int id, const struct sysv_stat *st,
				  uint64_t qbytes) = {
		[SYSV_SHM] = set_shm, [SYSV_SEM] = set_sem, [SYSV_MSG] = set_msg,
	};
	const struct sysv_stat *st = &made->st;
	struct sysv_stat now;
	int ret = set[kind](id, st, st->qbytes);

	if (ret != -EPERM || kind != SYSV_MSG ||
	    remove_sysv_look(kind, id, &now) || now.qbytes == st->qbytes)
		return ret;
	/* More than msgmnb is for CAP_SYS_RESOURCE alone. */
	*lost |= LOST_LIMIT;
	return made->fresh ? ret : set_msg(id, st, now.qbytes);
}

int remake_shm_write(int id, uint64_t offset, const void *data, size_t len)
{
	char *to = shmat(id, NULL, 0);

	if (to == (void *)-1)
		return -errno;
	memcpy(to + offset, data, len);
	shmdt(to);
	return 0;
}

int remake_sem_write(int id, const uint16_t *values)
{
	return semctl(id, 0, SETALL,
		      (union semun){ .array = (unsigned short *)values }) ?
	       -errno : 0;
}

int remake_msg_write(int id, long type, const void *data, size_t len)
{
	struct {
		long type;
		char text[];
	} *msg = mem_zero(1, sizeof(*msg) + len);
	int ret;

	msg->type = type;
	memcpy(msg->text, data, len);
	ret = msgsnd(id, msg, len, IPC_NOWAIT) ? -errno : 0;
	free(msg);
	return ret;
}
