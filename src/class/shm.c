// SPDX-License-Identifier: GPL-2.0-or-later
/* System V shared memory: shmctl(2), /proc/sysvipc/shm, ipc/shm.c. */
#include <errno.h>

#include "sysv.h"

#include "ipcscope/text.h"

static void shm_list(struct collector *col)
{
	static const struct sysv_table table = {
		.class = CLASS_shm, .kind = SYSV_SHM,
		.path = "/proc/sysvipc/shm", .id = "shmid",
		.fields = {
			{ COLUMN_SIZE, FIELD_SIZE }, { COLUMN_NR, FIELD_ATTACHES },
			{ COLUMN_PID, FIELD_CPID }, { COLUMN_PID2, FIELD_LPID },
			{ COLUMN_ATIME, FIELD_ATIME }, { COLUMN_DTIME, FIELD_DTIME },
			{ COLUMN_RSS, FIELD_RSS }, { COLUMN_SWAP, FIELD_SWAP },
			{ COLUMN_USED, FIELD_USED },
		},
	};

	sysv_list(col, &table);
}

static bool shm_is_segment(const struct collector *col, const struct host_vma *vma,
			   uint32_t *key, bool *huge)
{
	const char *text = vma->name + strlen("/SYSV");
	uint64_t num;
	int i;

	if (!vma->shared || vma->len != strlen("/SYSV01234567") ||
	    memcmp(vma->name, "/SYSV", strlen("/SYSV")) ||
	    !num_hex(&text, &num) || text != vma->name + vma->len)
		return false;
	for (i = 0; i < col->nr_memory_devs; i++) {
		if (vma->dev == col->memory_devs[i])
			break;
	}
	*key = (uint32_t)num;
	*huge = i > 0;
	return i < col->nr_memory_devs;
}

/* Whether the listed segment of that id can be the one that is attached. */
static bool shm_could_be(const struct snapshot *base, const struct attachment *at)
{
	struct object_key id = { .space = SPACE_SHM, .ns = base->host.ipc_ns, .id = at->id };
	uint64_t now = 0, size = UINT64_MAX, flags = 0, attaches = 1;
	uint32_t object = snapshot_find(base, id);
	const struct object *obj;

	if (object == NO_INDEX)
		return false;
	obj = &base->objects.at[object];
	object_num(base, obj, FIELD_ATTACHES, &attaches);
	object_num(base, obj, FIELD_KEY, &now);
	object_num(base, obj, FIELD_SIZE, &size);
	object_num(base, obj, FIELD_FLAGS, &flags);
	return (now == at->key || flags & IS(DEST)) && attaches && at->offset < size + (2 << 20);
}

static void shm_add_place(struct scan *scan, pid_t tid)
{
	struct ipc_place place = { .pid = scan->pid, .tid = tid };
	char path[SCAN_PATH_ROOM];
	const struct ipc_place *old;

	snprintf(path, sizeof(path), "task/%d/ns/ipc", (int)tid);
	scan_ns(scan->col->host, &scan->dir, path, &place.ns);
	vec_for_each(old, &scan->attached.places) {
		if (!place.ns || (old->pid == place.pid && old->ns == place.ns))
			return;
	}
	if (place.ns)
		*vec_add(&scan->attached.places) = place;
}

/* Adds the namespaces of the threads, seen after the mapping, unless all are in the tool's own. */
static bool shm_is_home(struct scan *scan, bool *gone)
{
	const uint32_t nr = scan->attached.places.nr;
	const uint64_t home = scan->snap->base->host.ipc_ns;
	uint64_t now;
	int err;

	*gone = false;
	if (nr && scan->attached.places.at[nr - 1].pid == scan->pid)
		return false;
	if (scan->nr_threads > 1) {
		scan_threads(scan, shm_add_place);
		*gone = scan->attached.places.nr == nr;
	} else {
		/* It may have left for another before it attached what is mapped now. */
		err = scan_ns(scan->col->host, &scan->dir, "ns/ipc", &now);
		*gone = err == -ENOENT || err == -ESRCH;
		if (err && !*gone)
			scan_gap(scan, PART_MAPS, err);
		if (!err)
			*vec_add(&scan->attached.places) =
				(struct ipc_place){ scan->pid, scan->pid, now };
	}
	if (scan->attached.places.nr == nr + 1 && scan->attached.places.at[nr].ns == home)
		scan->attached.places.nr = nr;
	return scan->attached.places.nr == nr;
}

/* The inode of the mapping is the shmid, in whichever IPC namespace it was attached: a
 * process may have moved to another since. */
static bool shm_vma(struct scan *scan, const struct host_vma *vma)
{
	struct attachment at = {
		.pid = scan->pid, .living = scan->living, .id = vma->ino,
		.access = vma->access, .address = vma->start,
		.offset = vma->offset, .length = vma->end - vma->start,
	};
	struct host_stat st;
	uint32_t process;
	bool gone;

	if (!shm_is_segment(scan->col, vma, &at.key, &at.huge))
		return false;
	process = scan_process(scan);
	/* A namespace that cannot be told is a gap already. */
	if (process == NO_INDEX || !scan_ipc_ns(scan))
		return true;
	at.start = scan->snap->processes.at[process].start;
	at.home = shm_is_home(scan, &gone);
	/* Where it was when it attached it cannot be told any more. */
	if (gone)
		return true;
	at.fits = at.home && shm_could_be(scan->snap->base, &at);
	if (!at.fits && !vma_stat(scan, vma, &st)) {
		at.made = shm_made(&st);
		at.size = st.size;
	}
	*vec_add(&scan->attached.list) = at;
	return true;
}

/* The segment of an id where @host is asked; err -EINVAL: there is none. */
struct shm_visit {
	const struct host *host;
	int id;
	struct sysv_stat *st;
	int err;
};

/* The index is what an id has in its low bits, more of them with ipcmni_extend. */
static void shm_visit(void *arg)
{
	static const int indexes[] = { 1 << 15, 1 << 24 };
	struct shm_visit *visit = arg;
	size_t i;

	visit->err = -EINVAL;
	for (i = 0; visit->err && i < ARRAY_SIZE(indexes); i++) {
		visit->err = visit->host->ops->sysv_stat(visit->host, SYSV_SHM,
							 visit->id % indexes[i], visit->st);
		if (!visit->err && visit->st->id != visit->id)
			visit->err = -EINVAL;
	}
}

int shm_segment(struct collector *col, uint64_t ns, pid_t tid, int id, struct sysv_stat *st)
{
	struct shm_visit visit = { .host = col->host, .id = id, .st = st };
	const struct host_ops *ops = col->host->ops;
	struct host_ns there = { 0 };
	char path[32];
	int err = 0;

	snprintf(path, sizeof(path), "%d/ns/ipc", (int)tid);
	if (ns == col->snap->host.ipc_ns)
		ns = 0;
	else if (tid)
		err = ops->open_ipc_ns(col->host, 0, &col->proc, path, &there);
	if (!err && there.ino && there.ino != ns)
		err = -ESTALE;
	return err ?: ops->in_ipc_ns(col->host, ns, shm_visit, &visit) ?: visit.err;
}

static const struct class_field shm_fields[] = {
	HAS(KEY), HAS_BY(OLD_KEY, NEED(MAPS)), HAS(IPC_NS), HAS(UID),
	HAS(GID), HAS(CUID), HAS(CGID), HAS(MODE), HAS(SIZE), HAS_ASKED(RSS),
	HAS_ASKED(SWAP), HAS_ASKED(USED), HAS(ATTACHES), HAS(CPID), HAS(LPID), HAS(CTIME),
	HAS(ATIME), HAS(DTIME),
};

DEFINE_CLASS(shm) = {
	.info = {
		.name	= "shm",
		.title	= "System V shared memory segment",
		.noun	= "segment",
		.manual	= "shmget(2), shmat(2), sysvipc(7)",
		.space	= SPACE_SHM,
		.groups	= GROUP_SYSV,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(shm_fields),
		.listed_by = NEED(SYSV),
		.users_by  = NEED(MAPS),
		.amount	= FIELD_SIZE,
		.columns = "ref,key,owner,mode,size,attaches,state,age,users",
		.wide	= "ref,key,owner,mode,size,rss,attaches,state,age,idle,made_by,last_by,users",
		.states_told = IS(ATTACHED) | IS(UNATTACHED),
		.last_use_fields = { FIELD_ATIME, FIELD_DTIME },
		.refs	= "shm:ID or shm:0xKEY",
	},
	.list	= shm_list,
	.vma	= shm_vma,
	.vma_counted = true,
	.settle	= shm_settle,
};
