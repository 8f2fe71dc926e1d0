// SPDX-License-Identifier: GPL-2.0-or-later
/* System V semaphores: semctl(2), /proc/sysvipc/sem, ipc/sem.c. */
#include "sysv.h"

#include <errno.h>
#include <stdatomic.h>

#include "ipcscope/threads.h"

#define LEAST		1024	/* semaphores worth a thread */

static void sem_read_values(struct collector *col, uint32_t object, struct buf *scratch)
{
	struct snapshot *snap = col->snap;
	int id = (int)snap->objects.at[object].key.id;
	const uint16_t *values;
	struct sems *sems;
	uint64_t nr, i;
	int err;

	if (!object_num(snap, &snap->objects.at[object], FIELD_NSEMS, &nr))
		return;
	buf_reset(scratch);
	values = (const void *)buf_room(scratch, nr * sizeof(*values));
	err = col->host->ops->sem_values(col->host, id, (uint32_t)nr,
					 (uint16_t *)(uintptr_t)values);
	if (err == -EIDRM || err == -EINVAL)
		return;		/* gone meanwhile */
	if (err < 0) {
		snapshot_warn(snap, PART_SEMS, -err, "sem:%d", id);
		return;
	}
	sems = arena_alloc(&snap->arena, sizeof(*sems) + nr * sizeof(sems->sem[0]));
	sems->nr = (uint32_t)nr;
	for (i = 0; i < nr; i++)
		sems->sem[i].value = values[i];
	object_set_sems(snap, object, sems);
}

static void sem_list(struct collector *col)
{
	static const struct sysv_table table = {
		.class = CLASS_sem, .kind = SYSV_SEM,
		.path = "/proc/sysvipc/sem", .id = "semid",
		.fields = {
			{ COLUMN_NR, FIELD_NSEMS }, { COLUMN_ATIME, FIELD_OTIME },
		},
	};
	uint32_t first = col->snap->objects.nr, i;
	struct buf scratch = { 0 };

	sysv_list(col, &table);
	if (!object_wants(col->snap, CLASS_sem, FIELD_VALUES))
		return;
	for (i = first; i < col->snap->objects.nr; i++)
		sem_read_values(col, i, &scratch);
	buf_free(&scratch);
}

struct sem_looking {
	const struct host *host;
	int id;
	struct sem *sem;
	atomic_int err;
};

static void sem_look_at(void *arg, uint32_t first, uint32_t end)
{
	struct sem_looking *looking = arg;

	for (; first < end && !looking->err; first++) {
		struct sem *sem = &looking->sem[first];
		/* Where the value is 0 nobody waits for it. */
		int err = looking->host->ops->sem_detail(looking->host, looking->id, first,
							 &sem->pid, &sem->ncnt,
							 sem->value ? &sem->zcnt : NULL);

		if (err < 0)
			looking->err = err;
		sem->detailed = !err;
	}
}

/* Who used each semaphore last, and how many wait for it. */
static void sem_look(struct collector *col, uint32_t object)
{
	const struct object *obj = &col->snap->objects.at[object];
	struct sems *sems = (struct sems *)(uintptr_t)object_sems(col->snap, obj);
	const unsigned int threads = threads_wanted(col->query->threads);
	struct sem_looking looking = { .host = col->host, .id = (int)obj->key.id };

	if (!sems || obj->key.ns != col->snap->host.ipc_ns)
		return;
	looking.sem = sems->sem;
	threads_split(sem_look_at, &looking, sems->nr, MIN(threads, sems->nr / LEAST + 1));
	if (looking.err && looking.err != -EIDRM && looking.err != -EINVAL)
		snapshot_warn(col->snap, PART_SEMS, -looking.err, "sem:%d", looking.id);
}

static const struct class_field sem_fields[] = {
	HAS(KEY), HAS(IPC_NS), HAS(UID), HAS(GID), HAS(CUID), HAS(CGID),
	HAS(MODE), HAS(NSEMS), HAS_BY(VALUES, NEED(SEMS)), HAS(CTIME),
	HAS(OTIME),
};

DEFINE_CLASS(sem) = {
	.info = {
		.name	= "sem",
		.title	= "System V semaphore set",
		.noun	= "semaphore set",
		.manual	= "semget(2), semop(2), sysvipc(7)",
		.space	= SPACE_SEM,
		.groups	= GROUP_SYSV,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(sem_fields),
		.listed_by = NEED(SYSV),
		.waits_by  = NEED(CALLS),
		.amount	= FIELD_NSEMS,
		.unit	= "sem",
		.columns = "ref,key,owner,mode,nsems,values,state,age,idle,users",
		.wide	= "ref,key,owner,group,mode,nsems,values,state,waiters,age,idle,users",
		.last_use_fields = { FIELD_OTIME },
		.refs	= "sem:ID or sem:0xKEY",
		.never_full = true,
	},
	.list	= sem_list,
	.look	= sem_look,
};
