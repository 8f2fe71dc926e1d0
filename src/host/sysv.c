// SPDX-License-Identifier: GPL-2.0-or-later
/* System V IPC of the live host. */

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "live.h"

/* *_INFO: its result, the highest index in use. */
static int sysv_info(enum sysv_kind kind, struct sysv_totals *totals)
{
	struct shm_info shm = { 0 };
	struct seminfo sem = { 0 };
	struct msginfo msg = { 0 };
	int max;

	switch (kind) {
	case SYSV_SHM:
		max = shmctl(0, SHM_INFO, (struct shmid_ds *)&shm);
		*totals = (struct sysv_totals){
			.objects = (uint64_t)shm.used_ids, .parts = shm.shm_tot,
			.resident = shm.shm_rss, .swapped = shm.shm_swp,
			.swap_attempts = shm.swap_attempts, .swap_successes = shm.swap_successes,
		};
		break;
	case SYSV_SEM:
		max = semctl(0, 0, SEM_INFO, (union semun){ .info = &sem });
		*totals = (struct sysv_totals){
			.objects = (uint64_t)sem.semusz, .parts = (uint64_t)sem.semaem,
		};
		break;
	default:
		max = msgctl(0, MSG_INFO, (struct msqid_ds *)&msg);
		*totals = (struct sysv_totals){
			.objects = (uint64_t)msg.msgpool, .parts = (uint64_t)msg.msgmap,
			.bytes = (uint64_t)msg.msgtql,
		};
	}
	return max < 0 ? -errno : max;
}

int live_sysv_totals(const struct host *host, enum sysv_kind kind, struct sysv_totals *totals)
{
	const int max = sysv_info(kind, totals);

	return max < 0 ? max : 0;
}

int live_sysv_max(const struct host *host, enum sysv_kind kind, int *max, uint32_t *used)
{
	struct sysv_totals totals;
	struct shminfo limits;

	/* SHM_INFO walks all segments for its sums; IPC_INFO walks nothing. */
	if (kind == SYSV_SHM && !used) {
		*max = shmctl(0, IPC_INFO, (struct shmid_ds *)&limits);
		return *max < 0 ? -errno : 0;
	}
	*max = sysv_info(kind, &totals);
	if (*max < 0)
		return *max;
	if (used) {
		*used = (uint32_t)totals.objects;
		*max = *used ? *max : -1;
	}
	return 0;
}

static void sysv_copy_perm(const struct ipc_perm *perm, struct sysv_stat *st)
{
	st->key = perm->__key;
	st->uid = perm->uid;
	st->gid = perm->gid;
	st->cuid = perm->cuid;
	st->cgid = perm->cgid;
	st->mode = perm->mode;
}

static int sysv_stat_shm(int index, int command, struct sysv_stat *st)
{
	struct shmid_ds ds = { 0 };

	st->id = shmctl(index, command, &ds);
	if (st->id < 0)
		return -errno;
	sysv_copy_perm(&ds.shm_perm, st);
	st->size = ds.shm_segsz;
	st->nr = ds.shm_nattch;
	st->pid = ds.shm_cpid;
	st->pid2 = ds.shm_lpid;
	st->ctime = ds.shm_ctime;
	st->atime = ds.shm_atime;
	st->dtime = ds.shm_dtime;
	return 0;
}

static int sysv_stat_sem(int index, int command, struct sysv_stat *st)
{
	struct semid_ds ds = { 0 };

	st->id = semctl(index, 0, command, (union semun){ .buf = &ds });
	if (st->id < 0)
		return -errno;
	sysv_copy_perm(&ds.sem_perm, st);
	st->nr = ds.sem_nsems;
	st->ctime = ds.sem_ctime;
	st->atime = ds.sem_otime;
	return 0;
}

static int sysv_stat_msg(int index, int command, struct sysv_stat *st)
{
	struct msqid_ds ds = { 0 };

	st->id = msgctl(index, command, &ds);
	if (st->id < 0)
		return -errno;
	sysv_copy_perm(&ds.msg_perm, st);
	st->size = ds.__msg_cbytes;
	st->nr = ds.msg_qnum;
	st->qbytes = ds.msg_qbytes;
	st->pid = ds.msg_lspid;
	st->pid2 = ds.msg_lrpid;
	st->ctime = ds.msg_ctime;
	st->atime = ds.msg_stime;
	st->dtime = ds.msg_rtime;
	return 0;
}

static int sysv_ask_stat(enum sysv_kind kind, int index, const int *commands,
			 struct sysv_stat *st)
{
	static int (*const ask[])(int index, int command, struct sysv_stat *st) = {
		[SYSV_SHM] = sysv_stat_shm,
		[SYSV_SEM] = sysv_stat_sem,
		[SYSV_MSG] = sysv_stat_msg,
	};

	*st = (struct sysv_stat){ 0 };
	return ask[kind](index, commands[kind], st);
}

int live_sysv_stat(const struct host *host, enum sysv_kind kind, int index,
		   struct sysv_stat *st)
{
	static const int commands[] = {
		[SYSV_SHM] = SHM_STAT_ANY,
		[SYSV_SEM] = SEM_STAT_ANY,
		[SYSV_MSG] = MSG_STAT_ANY,
	};

	return sysv_ask_stat(kind, index, commands, st);
}

int live_sysv_by_id(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	static const int commands[] = { IPC_STAT, IPC_STAT, IPC_STAT };
	int ret = sysv_ask_stat(kind, id, commands, st);

	st->id = id;	/* what IPC_STAT returns is no id */
	return ret;
}

/* GETALL takes no length: it writes as many values as the set has, which is more than expected
 * if the id went to another set meanwhile. What does not fit must hit a page that cannot be
 * written, for the kernel to stop there. */
static struct {
	pthread_mutex_t lock;
	char *pages;
	size_t size;		/* of what can be written */
} sysv_guarded = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int sysv_guarded_room(size_t size)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	char *pages;

	if (size <= sysv_guarded.size)
		return 0;
	size = (size + page - 1) / page * page;
	pages = mmap(NULL, size + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return -ENOMEM;
	if (mprotect(pages, size, PROT_READ | PROT_WRITE)) {
		munmap(pages, size + page);
		return -ENOMEM;
	}
	if (sysv_guarded.pages)
		munmap(sysv_guarded.pages, sysv_guarded.size + page);
	sysv_guarded.pages = pages;
	sysv_guarded.size = size;
	return 0;
}

int live_sem_values(const struct host *host, int id, uint32_t nr, uint16_t *values)
{
	const size_t size = nr * sizeof(*values);
	char *to;
	int ret;

	pthread_mutex_lock(&sysv_guarded.lock);
	ret = sysv_guarded_room(size);
	if (!ret) {
		to = sysv_guarded.pages + sysv_guarded.size - size;
		if (semctl(id, 0, GETALL, (union semun){ .array = (void *)to }))
			ret = errno == EFAULT ? -EIDRM : -errno;
		else
			memcpy(values, to, size);
	}
	pthread_mutex_unlock(&sysv_guarded.lock);
	return ret;
}

int live_sem_detail(const struct host *host, int id, uint32_t num, pid_t *pid,
		    uint32_t *ncnt, uint32_t *zcnt)
{
	static const int commands[] = { GETPID, GETNCNT, GETZCNT };
	int answers[3], i;

	for (i = 0; i < 3; i++) {
		answers[i] = semctl(id, num, commands[i]);
		if (answers[i] < 0)
			return -errno;
	}
	*pid = answers[0];
	*ncnt = answers[1];
	*zcnt = answers[2];
	return 0;
}
