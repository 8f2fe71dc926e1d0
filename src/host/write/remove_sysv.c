// SPDX-License-Identifier: GPL-2.0-or-later
/* Removing System V objects: shmctl(2), semctl(2), msgctl(2). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "host/live.h"
#include "internal.h"

/* ipc/util.h: the index in an id, by default and with ipcmni_extend. */
static const int index_masks[] = { 0x7fff, 0xffffff };

/* An owner may remove what its mode does not let them read. */
static int look_by_index(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(index_masks); i++) {
		int ret = live_sysv_stat(&live_host, kind,
					 id & index_masks[i], st);

		if (!ret && st->id == id)
			return 0;
	}
	return -EACCES;
}

int remove_sysv_look(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	int ret = live_sysv_by_id(kind, id, st);

	return ret == -EACCES ? look_by_index(kind, id, st) : ret;
}

static bool same_object(const struct sysv_stat *a, const struct sysv_stat *b,
			enum sysv_kind kind)
{
	return a->key == b->key && a->uid == b->uid && a->gid == b->gid &&
	       a->cuid == b->cuid && a->cgid == b->cgid &&
	       !((a->mode ^ b->mode) & 0777) && a->ctime == b->ctime &&
	       (kind == SYSV_MSG || a->size == b->size) &&
	       (kind != SYSV_SHM || a->pid == b->pid) &&
	       (kind != SYSV_SEM || a->nr == b->nr);
}

static bool same_use(const struct host_sysv_same *same,
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

bool host_sysv_unchanged(enum sysv_kind kind, const struct host_sysv_same *same,
			 const struct sysv_stat *now)
{
	return same_object(&same->st, now, kind) &&
	       (same->in_use || same_use(same, now, kind));
}

static int same_values(int id, const struct host_sysv_same *same)
{
	uint32_t nr = same->st.nr;
	uint16_t *now;
	int ret;

	if (!same->values)
		return 0;
	now = mem_zero(nr, sizeof(*now));
	ret = live_sem_values(&live_host, id, nr, now);
	if (!ret && memcmp(now, same->values, nr * sizeof(*now)))
		ret = -ESTALE;
	free(now);
	return ret;
}

static int count_waiters(int id, uint32_t nr, uint32_t *waiters)
{
	uint32_t i;

	*waiters = 0;
	for (i = 0; i < nr; i++) {
		int up = semctl(id, i, GETNCNT);
		int zero = up < 0 ? up : semctl(id, i, GETZCNT);

		if (zero < 0)
			return errno == EACCES ? 0 : -errno;
		*waiters += up + zero;
	}
	return *waiters ? -ESTALE : 0;
}

int remove_sysv_now(enum sysv_kind kind, int id)
{
	int ret = -1;

	switch (kind) {
	case SYSV_SHM:	ret = shmctl(id, IPC_RMID, NULL); break;
	case SYSV_SEM:	ret = semctl(id, 0, IPC_RMID); break;
	case SYSV_MSG:	ret = msgctl(id, IPC_RMID, NULL); break;
	}
	return ret < 0 ? -errno : 0;
}

int remove_sysv(enum sysv_kind kind, int id, const struct host_sysv_same *same,
		struct sysv_stat *now, uint32_t *waiters)
{
	int ret = 0;

	*waiters = 0;
	if (kind == SYSV_SEM && !same->in_use)
		ret = same_values(id, same);
	if (kind == SYSV_SEM && !same->in_use && !ret)
		ret = count_waiters(id, same->st.nr, waiters);
	if (ret && ret != -ESTALE)
		return ret;
	if (ret) {
		remove_sysv_look(kind, id, now);
		return ret;
	}
	ret = remove_sysv_look(kind, id, now);
	if (ret)
		return ret;
	if (!host_sysv_unchanged(kind, same, now))
		return -ESTALE;
	return remove_sysv_now(kind, id);
}
