// SPDX-License-Identifier: GPL-2.0-or-later
/* Setting what may be set of System V objects: IPC_SET and its like. */
#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "internal.h"

void set_caller(uid_t *uid, gid_t *gid)
{
	*uid = geteuid();
	*gid = getegid();
}

/* The last look: whoever uses it meanwhile, it is the same object. */
static int look(enum sysv_kind kind, int id, const struct sysv_stat *st,
		struct sysv_stat *now)
{
	const struct host_sysv_same same = { .st = *st, .in_use = true };
	int ret = remove_sysv_look(kind, id, now);

	if (ret)
		return ret;
	return host_sysv_unchanged(kind, &same, now) ? 0 : -ESTALE;
}

int set_sysv(enum sysv_kind kind, int id, const struct sysv_stat *same,
	     const struct host_set *set, unsigned int *lost)
{
	struct object_spec made = { .fresh = true };
	int ret = look(kind, id, same, &made.st);

	if (ret)
		return ret;
	if (set->what & HOST_SET_OWNER)
		made.st.uid = set->uid;
	if (set->what & HOST_SET_GROUP)
		made.st.gid = set->gid;
	if (set->what & HOST_SET_MODE)
		made.st.mode = set->mode;
	if (set->what & HOST_SET_LIMIT)
		made.st.qbytes = set->qbytes;
	return remake_sysv_finish(kind, id, &made, lost);
}

int set_sem_value(int id, const struct sysv_stat *same, uint32_t num,
		  uint16_t value)
{
	struct sysv_stat now;
	int ret = look(SYSV_SEM, id, same, &now);

	if (ret)
		return ret;
	return semctl(id, (int)num, SETVAL, (union semun){ .val = value }) ?
	       -errno : 0;
}

int set_shm_lock(int id, const struct sysv_stat *same, bool locked)
{
	struct sysv_stat now;
	int ret = look(SYSV_SHM, id, same, &now);

	if (ret)
		return ret;
	return shmctl(id, locked ? SHM_LOCK : SHM_UNLOCK, NULL) ? -errno : 0;
}
