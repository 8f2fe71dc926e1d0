// SPDX-License-Identifier: GPL-2.0-or-later
/* System V objects: shmctl(2), semctl(2), msgctl(2). */
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

#include "ipcscope/vec.h"
#include "internal.h"

/* The first calls of 32 bits take ids of 16. */
#ifdef SYS_setresuid32
#define SETRESUID	SYS_setresuid32
#define SETRESGID	SYS_setresgid32
#else
#define SETRESUID	SYS_setresuid
#define SETRESGID	SYS_setresgid
#endif

/* ipc/util.h: the index in an id, by default and with ipcmni_extend. */
static const int sysv_index_masks[] = { 0x7fff, 0xffffff };

/* An owner may remove what its mode does not let them read: *_STAT_ANY by index. */
static int sysv_look(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	int ret = live_sysv_by_id(kind, id, st);
	size_t i;

	for (i = 0; ret == -EACCES && i < ARRAY_SIZE(sysv_index_masks); i++) {
		if (!live_sysv_stat(&live_host, kind, id & sysv_index_masks[i], st) &&
		    st->id == id)
			ret = 0;
	}
	return ret;
}

static bool sysv_same_use(const struct sysv_seen *same,
			  const struct sysv_stat *now, enum sysv_kind kind)
{
	const struct sysv_stat *was = &same->st;

	if (now->nr != was->nr || now->size != was->size)
		return false;
	/* Reading it out left these traces. */
	if (same->ours)
		return now->pid2 == getpid();
	if (kind != SYSV_SEM && now->pid2 != was->pid2)
		return false;
	if (kind == SYSV_MSG && now->pid != was->pid)
		return false;
	return now->atime == was->atime && now->dtime == was->dtime;
}

bool host_sysv_unchanged(enum sysv_kind kind, const struct sysv_seen *same,
			 const struct sysv_stat *now)
{
	const struct sysv_stat *was = &same->st;

	return was->key == now->key && was->uid == now->uid && was->gid == now->gid &&
	       was->cuid == now->cuid && was->cgid == now->cgid &&
	       !((was->mode ^ now->mode) & 0777) && was->ctime == now->ctime &&
	       (kind == SYSV_MSG || was->size == now->size) &&
	       (kind != SYSV_SHM || was->pid == now->pid) &&
	       (kind != SYSV_SEM || was->nr == now->nr) &&
	       (same->in_use || sysv_same_use(same, now, kind));
}

/* Where a set may not be read, neither values nor waiters can be compared. */
static int sysv_same_values(int id, const struct sysv_seen *same, uint16_t *now)
{
	const uint32_t nr = same->st.nr;
	int ret = live_sem_values(&live_host, id, nr, now);

	if (!same->values)
		return ret == -EACCES ? 0 : ret;
	if (!ret && memcmp(now, same->values, nr * sizeof(*now)))
		ret = -ESTALE;
	return ret;
}

/* Nobody waits for zero where it is: ipc/sem.c wakes them when it comes to be. */
static int sysv_count_waiters(int id, uint32_t nr, const uint16_t *values, uint32_t *waiters)
{
	uint32_t i;

	*waiters = 0;
	for (i = 0; i < nr; i++) {
		int zero = values[i] ? semctl(id, i, GETZCNT) : 0;
		int up = zero < 0 ? zero : semctl(id, i, GETNCNT);

		if (up < 0)
			return errno == EACCES ? 0 : -errno;
		*waiters += up + zero;
	}
	return *waiters ? -ESTALE : 0;
}

/* Waiters take a call or two for each semaphore; the values come last, in one. */
static int sysv_unused_set(int id, const struct sysv_seen *same, uint32_t *waiters)
{
	uint16_t *now = mem_zero(same->st.nr + 1, sizeof(*now));
	int ret = sysv_same_values(id, same, now);

	if (!ret)
		ret = sysv_count_waiters(id, same->st.nr, now, waiters);
	if (!ret)
		ret = sysv_same_values(id, same, now);
	free(now);
	return ret;
}

static int sysv_discard(enum sysv_kind kind, int id)
{
	return live_sysv_control(kind, id, IPC_RMID, NULL);
}

static int sysv_remove(enum sysv_kind kind, int id, const struct sysv_seen *same,
		       struct sysv_stat *now, uint32_t *waiters)
{
	int ret = 0, gone;

	*waiters = 0;
	if (kind == SYSV_SEM && !same->in_use)
		ret = sysv_unused_set(id, same, waiters);
	if (ret && ret != -ESTALE)
		return ret;
	gone = sysv_look(kind, id, now);
	if (ret || gone)
		return ret ?: gone;
	if (!host_sysv_unchanged(kind, same, now))
		return -ESTALE;
	return sysv_discard(kind, id);
}

struct sysv_creation {
	enum sysv_kind kind;
	const struct object_spec *spec;
	unsigned int lost;
	int ret;
};

/* The next object gets this id, if the place is free: proc(5). */
static bool sysv_reserve_id(enum sysv_kind kind, int id)
{
	static const char *const paths[] = {
		[SYSV_SHM] = "/proc/sys/kernel/shm_next_id",
		[SYSV_SEM] = "/proc/sys/kernel/sem_next_id",
		[SYSV_MSG] = "/proc/sys/kernel/msg_next_id",
	};
	char text[16];
	ssize_t len;
	int fd = open(paths[kind], O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	len = snprintf(text, sizeof(text), "%d", id);
	len = write(fd, text, len) - len;
	close(fd);
	return !len;
}

uint32_t host_closed_mode(uint32_t mode)
{
	/* Nobody may use it until it is finished; without privileges that has to include us. */
	const uint32_t closed = geteuid() ? 0600 : 0;

	return (mode & 0777) == closed ? closed | 0100 : closed;
}

static void *sysv_create_in_thread(void *arg)
{
	struct sysv_creation *creation = arg;
	const struct sysv_stat *st = &creation->spec->st;
	const int flags = IPC_CREAT | IPC_EXCL | (int)host_closed_mode(st->mode);

	if (st->id >= 0)
		sysv_reserve_id(creation->kind, st->id);
	/* The kernel takes the creator from who calls. Only the raw calls change the ids of one
	 * thread, and this one ends when it is done. */
	if ((st->cgid != getegid() && syscall(SETRESGID, -1, st->cgid, -1)) ||
	    (st->cuid != geteuid() && syscall(SETRESUID, -1, st->cuid, -1)))
		creation->lost |= LOST_CREATOR;
	switch (creation->kind) {
	case SYSV_SHM:	creation->ret = shmget((key_t)st->key, st->size, flags); break;
	case SYSV_SEM:	creation->ret = semget((key_t)st->key, (int)st->nr, flags); break;
	case SYSV_MSG:	creation->ret = msgget((key_t)st->key, flags); break;
	}
	if (creation->ret < 0)
		creation->ret = -errno;
	else if (st->id >= 0 && creation->ret != st->id)
		creation->lost |= LOST_ID;
	return NULL;
}

static int sysv_set_permissions(enum sysv_kind kind, int id,
				const struct sysv_stat *st, uint64_t qbytes)
{
	const struct ipc_perm perm = {
		.uid = st->uid, .gid = st->gid, .mode = st->mode & 0777,
	};
	struct shmid_ds shm = { .shm_perm = perm };
	struct semid_ds sem = { .sem_perm = perm };
	struct msqid_ds msg = { .msg_perm = perm, .msg_qbytes = qbytes };
	void *const data[] = { [SYSV_SHM] = &shm, [SYSV_SEM] = &sem, [SYSV_MSG] = &msg };

	return live_sysv_control(kind, id, IPC_SET, data[kind]);
}

static int sysv_create(enum sysv_kind kind, const struct object_spec *spec, unsigned int *lost)
{
	struct sysv_creation creation = { .kind = kind, .spec = spec };
	struct sysv_stat now;
	pthread_t thread;
	int err = pthread_create(&thread, NULL, sysv_create_in_thread, &creation);

	if (err)
		return -err;
	pthread_join(thread, NULL);
	*lost |= creation.lost;
	/* A reservation that nobody used must not hit somebody else. */
	if (creation.ret < 0 && spec->st.id >= 0)
		sysv_reserve_id(kind, -1);
	/* Its messages may be more than a new queue takes; what is not allowed sysv_finish()
	 * finds out. */
	if (creation.ret >= 0 && kind == SYSV_MSG && !spec->fresh &&
	    !sysv_look(kind, creation.ret, &now) && spec->st.qbytes > now.qbytes)
		sysv_set_permissions(kind, creation.ret, &now, spec->st.qbytes);
	return creation.ret;
}
static int sysv_finish(enum sysv_kind kind, int id,
		       const struct object_spec *spec, unsigned int *lost)
{
	const struct sysv_stat *st = &spec->st;
	struct sysv_stat now;
	int ret = sysv_set_permissions(kind, id, st, st->qbytes);

	if (!ret && kind == SYSV_SHM && !spec->fresh && st->mode & HOST_SHM_LOCKED &&
	    live_sysv_control(kind, id, SHM_LOCK, NULL))
		*lost |= LOST_LOCK;
	if (ret != -EPERM || kind != SYSV_MSG ||
	    sysv_look(kind, id, &now) || now.qbytes == st->qbytes)
		return ret;
	/* More than msgmnb is for CAP_SYS_RESOURCE alone. */
	*lost |= LOST_LIMIT;
	return spec->fresh ? ret : sysv_set_permissions(kind, id, st, now.qbytes);
}

/* The last look: whoever uses it meanwhile, it is the same object. */
static int sysv_expect(enum sysv_kind kind, int id, const struct sysv_stat *st,
		       struct sysv_stat *now)
{
	const struct sysv_seen same = { .st = *st, .in_use = true };
	int ret = sysv_look(kind, id, now);

	return !ret && !host_sysv_unchanged(kind, &same, now) ? -ESTALE : ret;
}

static int sysv_set(enum sysv_kind kind, int id, const struct sysv_stat *same,
		    const struct host_set *set, unsigned int *lost)
{
	struct object_spec spec = { .fresh = true };
	int ret = sysv_expect(kind, id, same, &spec.st);

	if (ret)
		return ret;
	if (set->what & HOST_SET_OWNER)
		spec.st.uid = set->uid;
	if (set->what & HOST_SET_GROUP)
		spec.st.gid = set->gid;
	if (set->what & HOST_SET_MODE)
		spec.st.mode = set->mode;
	if (set->what & HOST_SET_LIMIT)
		spec.st.qbytes = set->qbytes;
	return sysv_finish(kind, id, &spec, lost);
}

static int sysv_set_value(int id, const struct sysv_stat *same, uint32_t num, uint16_t value)
{
	struct sysv_stat now;
	int ret = sysv_expect(SYSV_SEM, id, same, &now);

	if (!ret && semctl(id, (int)num, SETVAL, (union semun){ .val = value }))
		ret = -errno;
	return ret;
}

static int sysv_lock(int id, const struct sysv_stat *same, bool locked)
{
	struct sysv_stat now;
	int ret = sysv_expect(SYSV_SHM, id, same, &now);

	return ret ?: live_sysv_control(SYSV_SHM, id, locked ? SHM_LOCK : SHM_UNLOCK, NULL);
}

const struct sysv_write_ops live_sysv_write = {
	.look		= sysv_look,
	.remove		= sysv_remove,
	.create		= sysv_create,
	.finish		= sysv_finish,
	.discard	= sysv_discard,
	.set		= sysv_set,
	.set_value	= sysv_set_value,
	.lock		= sysv_lock,
};
