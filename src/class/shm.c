// SPDX-License-Identifier: GPL-2.0-or-later
/* System V shared memory: shmctl(2), /proc/sysvipc/shm, ipc/shm.c. */
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

/*
 * The inode of the mapping is the shmid, in whichever IPC namespace it was
 * attached: a process may have moved to another since. The key the segment
 * was made with stands in the name and settles most of that.
 */
static bool shm_could_be(const struct snapshot *base, uint32_t object,
			 uint32_t key, const struct host_vma *vma)
{
	const struct object *obj = &base->objects.at[object & ~IN_BASE];
	uint64_t now = 0, size = UINT64_MAX, flags = 0, attaches = 1;

	object_num(base, obj, FIELD_ATTACHES, &attaches);
	object_num(base, obj, FIELD_KEY, &now);
	object_num(base, obj, FIELD_SIZE, &size);
	object_num(base, obj, FIELD_FLAGS, &flags);
	return (now == key || flags & IS(DEST)) && attaches && vma->offset < size + (2 << 20);
}

static bool shm_vma(struct scan *scan, const struct host_vma *vma)
{
	const struct snapshot *base = scan->snap->base;
	struct object_key id = { .space = SPACE_SHM, .id = vma->ino };
	uint32_t object, key;
	struct edge *edge;
	bool huge;

	if (!shm_is_segment(scan->col, vma, &key, &huge))
		return false;
	id.ns = scan_ipc_ns(scan);
	if (!id.ns)
		return true;	/* the gap is noted */
	object = snapshot_object(scan->snap, CLASS_shm, id);
	if (!(object & IN_BASE) || !shm_could_be(base, object, key, vma)) {
		struct object_key home = id;

		home.ns = base->host.ipc_ns;
		if (snapshot_find(base, home) != NO_INDEX &&
		    shm_could_be(base, snapshot_find(base, home), key, vma))
			object = snapshot_find(base, home) | IN_BASE;
		else if (object & IN_BASE)
			return true;	/* another namespace's, unknown which */
	}
	edge = vma_edge(scan, vma, object);
	if (edge) {
		edge->key = key;
		edge->huge = huge;
	}
	if (!(object & IN_BASE)) {
		object_set(scan->snap, object, FIELD_IPC_NS, id.ns);
		object_set(scan->snap, object, FIELD_KEY, key);
	}
	return true;
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
};
