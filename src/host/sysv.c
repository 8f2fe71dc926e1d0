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

#include "ipcscope/vec.h"
#include "live.h"

int live_sysv_control(enum sysv_kind kind, int id, int command, void *data)
{
	int ret = -1;

	switch (kind) {
	case SYSV_SHM:	ret = shmctl(id, command, data); break;
	case SYSV_SEM:	ret = semctl(id, 0, command, (union semun){ .buf = data }); break;
	case SYSV_MSG:	ret = msgctl(id, command, data); break;
	}
	return ret < 0 ? -errno : ret;
}

/* Its result is the highest index in use. */
static int sysv_info(enum sysv_kind kind, struct sysv_totals *totals)
{
	static const int commands[] = { SHM_INFO, SEM_INFO, MSG_INFO };
	union {
		struct shm_info shm;
		struct seminfo sem;
		struct msginfo msg;
	} info = { 0 };
	const int max = live_sysv_control(kind, 0, commands[kind], &info);

	*totals = (struct sysv_totals){ 0 };
	if (max < 0)
		return max;
	switch (kind) {
	case SYSV_SHM:
		totals->objects = (uint64_t)info.shm.used_ids;
		totals->parts = info.shm.shm_tot;
		totals->resident = info.shm.shm_rss;
		totals->swapped = info.shm.shm_swp;
		totals->swap_attempts = info.shm.swap_attempts;
		totals->swap_successes = info.shm.swap_successes;
		break;
	case SYSV_SEM:
		totals->objects = (uint64_t)info.sem.semusz;
		totals->parts = (uint64_t)info.sem.semaem;
		break;
	case SYSV_MSG:
		totals->objects = (uint64_t)info.msg.msgpool;
		totals->parts = (uint64_t)info.msg.msgmap;
		totals->bytes = (uint64_t)info.msg.msgtql;
		break;
	}
	return max;
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
		*max = live_sysv_control(kind, 0, IPC_INFO, &limits);
		return *max < 0 ? *max : 0;
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

static int sysv_ask_stat(enum sysv_kind kind, int index, int command, struct sysv_stat *st)
{
	/* All three begin with it. */
	union {
		struct ipc_perm perm;
		struct shmid_ds shm;
		struct semid_ds sem;
		struct msqid_ds msg;
	} ds = {};
	const int id = live_sysv_control(kind, index, command, &ds);

	*st = (struct sysv_stat){ .id = id };
	if (id < 0)
		return id;
	st->key = ds.perm.__key;
	st->uid = ds.perm.uid;
	st->gid = ds.perm.gid;
	st->cuid = ds.perm.cuid;
	st->cgid = ds.perm.cgid;
	st->mode = ds.perm.mode;
	switch (kind) {
	case SYSV_SHM:
		st->size = ds.shm.shm_segsz;
		st->nr = ds.shm.shm_nattch;
		st->pid = ds.shm.shm_cpid;
		st->pid2 = ds.shm.shm_lpid;
		st->ctime = ds.shm.shm_ctime;
		st->atime = ds.shm.shm_atime;
		st->dtime = ds.shm.shm_dtime;
		break;
	case SYSV_SEM:
		st->nr = ds.sem.sem_nsems;
		st->ctime = ds.sem.sem_ctime;
		st->atime = ds.sem.sem_otime;
		break;
	case SYSV_MSG:
		st->size = ds.msg.__msg_cbytes;
		st->nr = ds.msg.msg_qnum;
		st->qbytes = ds.msg.msg_qbytes;
		st->pid = ds.msg.msg_lspid;
		st->pid2 = ds.msg.msg_lrpid;
		st->ctime = ds.msg.msg_ctime;
		st->atime = ds.msg.msg_stime;
		st->dtime = ds.msg.msg_rtime;
		break;
	}
	return 0;
}

int live_sysv_stat(const struct host *host, enum sysv_kind kind, int index,
		   struct sysv_stat *st)
{
	static const int commands[] = { SHM_STAT_ANY, SEM_STAT_ANY, MSG_STAT_ANY };

	return sysv_ask_stat(kind, index, commands[kind], st);
}

int live_sysv_by_id(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	int ret = sysv_ask_stat(kind, id, IPC_STAT, st);

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
	int answers[3] = { 0 }, i;

	for (i = 0; i < (zcnt ? 3 : 2); i++) {
		answers[i] = semctl(id, num, commands[i]);
		if (answers[i] < 0)
			return -errno;
	}
	*pid = answers[0];
	*ncnt = answers[1];
	if (zcnt)
		*zcnt = answers[2];
	return 0;
}
