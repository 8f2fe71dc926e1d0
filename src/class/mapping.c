// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that several processes have mapped and that no other class is: files, and anonymous
 * memory that was inherited (mmap(2), MAP_SHARED). What one memory alone has is none, nor are
 * files that nobody has mapped to write, as those of a C library. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inode.h"

static bool mapping_is(const struct host_vma *vma, const char *name)
{
	return vma->len == strlen(name) && !memcmp(vma->name, name, vma->len);
}

static bool mapping_begins(const struct host_vma *vma, const char *with)
{
	return vma->len > strlen(with) && !memcmp(vma->name, with, strlen(with));
}

static bool mapping_is_anonymous(const struct host_vma *vma)
{
	return vma->deleted && (mapping_is(vma, "/dev/zero") || mapping_is(vma, "/anon_hugepage"));
}

/* Segments, memfds, POSIX shared memory and secret memory have classes of their own, whether
 * or not these are asked for. */
static bool mapping_is_other(const struct collector *col, const struct host_vma *vma)
{
	int i;

	if (vma->len && (vma->dev == col->shm_dev || shmfs_is_elsewhere(vma->name, vma->len)))
		return true;
	if (mapping_is(vma, "/secretmem") && vma->deleted && !major(vma->dev))
		return true;
	for (i = 0; i < col->nr_memory_devs; i++) {
		if (vma->dev == col->memory_devs[i])
			return mapping_begins(vma, "/memfd:") || mapping_begins(vma, "/SYSV");
	}
	return false;
}

static bool mapping_vma(struct scan *scan, const struct host_vma *vma)
{
	const struct object_key key = { .space = SPACE_INODE, .ns = vma->dev, .id = vma->ino };
	const bool anonymous = mapping_is_anonymous(vma);
	uint32_t object;

	if (!vma->shared || !vma->ino || vma->name[0] != '/' || mapping_is_other(scan->col, vma) ||
	    scan->pid == host_helper || scan->pid == scan->col->snap->host.pid)
		return false;
	object = snapshot_object(scan->snap, CLASS_mapping, key);
	object_set_word(scan->snap, object, FIELD_TYPE, anonymous ? "anonymous" : "file");
	if (!anonymous)
		object_set_first(scan->snap, object, FIELD_PATH, vma->name, vma->len);
	vma_edge(scan, vma, object);
	return true;
}

/* What is found of each object of this class. */
struct mapping_found {
	pid_t pid;		/* one that has it; 0: none */
	bool several;		/* another memory has it, too, or may */
	bool written;		/* one of them can write to it */
	bool looked;
};

static void mapping_note(struct collector *col, struct mapping_found *found,
			 const struct edge *edge)
{
	const struct process *proc = &col->snap->processes.at[edge->process];
	const struct host *host = col->host;
	int order;

	if (!found->pid)
		found->pid = proc->pid;
	found->written |= edge->access & ACCESS_WRITE;
	found->several |= col->query->only_pids;	/* nobody else was looked at */
	if (found->several || found->pid == proc->pid)
		return;
	order = host->ops->compare(host, HOST_MEMORY, found->pid, proc->pid);
	if (order == -ESRCH && host->ops->compare(host, HOST_MEMORY, found->pid, found->pid) < 0)
		found->pid = proc->pid;
	found->several = order && order != -ESRCH;
	if (found->several && order < 0)
		snapshot_gap(col->snap, PART_MEMORIES, -order, proc->pid, proc->uid, proc->ipc_ns);
}

/* Devices have mappings of which each may be of other memory. False: it is one. */
static bool mapping_look(struct collector *col, const struct edge *edge)
{
	const pid_t pid = col->snap->processes.at[edge->process].pid;
	const struct object *obj = &col->snap->objects.at[edge->object];
	const struct str *path = object_str(col->snap, obj, FIELD_PATH);
	const unsigned long long start = edge->address, end = start + edge->length;
	struct host_stat st;
	char file[96];

	snprintf(file, sizeof(file), "%d/map_files/%llx-%llx", (int)pid, start, end);
	/* Unprivileged users may not; nor is there more to be said of what is gone. */
	if (col->host->ops->stat(col->host, &col->proc, file, HOST_FOLLOW | HOST_BTIME, &st))
		return !path || path->len < 5 || memcmp(path->data, "/dev/", 5) != 0;
	if (!S_ISREG(st.mode) && !S_ISBLK(st.mode))
		return false;
	if (!path)
		st.nlink = 1;	/* it never had a name to lose */
	inode_fill(col->snap, edge->object, &st);
	return true;
}

static void mapping_settle(struct collector *col, struct attachments *attached)
{
	struct snapshot *snap = col->snap;
	struct mapping_found *found = mem_zero(snap->objects.nr, sizeof(*found));
	const struct edge *edge;
	uint32_t i;

	vec_for_each(edge, &snap->edges) {
		if (edge->kind == EDGE_ATTACHED &&
		    snap->objects.at[edge->object].class == CLASS_mapping)
			mapping_note(col, &found[edge->object], edge);
	}
	for (i = 0; i < snap->objects.nr; i++) {
		if (!found[i].written && object_str(snap, &snap->objects.at[i], FIELD_PATH))
			found[i].several = false;
	}
	vec_for_each(edge, &snap->edges) {
		if (!found[edge->object].looked && found[edge->object].several)
			found[edge->object].several = mapping_look(col, edge);
		found[edge->object].looked = true;
	}
	for (i = 0; i < snap->objects.nr; i++) {
		if (found[i].pid && !found[i].several)
			snapshot_replace(snap, i, NO_INDEX);
	}
	free(found);
}

static void mapping_list(struct collector *col)
{
	struct host_stat st;

	if (!col->host->ops->stat(col->host, NULL, "/dev/shm", 0, &st))
		col->shm_dev = st.dev;
	if (col->nr_memory_devs)
		col->snap->host.home_dev[CLASS_mapping] = col->memory_devs[0];
}

static const struct class_field mapping_fields[] = {
	HAS(TYPE), HAS(PATH), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED), HAS(LINKS),
	HAS(ATIME), HAS(MTIME), HAS(CTIME), HAS(BTIME),
};

DEFINE_CLASS(mapping) = {
	.info = {
		.name	= "mapping",
		.title	= "memory mapped by several processes",
		.noun	= "mapping",
		.manual	= "mmap(2)",
		.space	= SPACE_INODE,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(mapping_fields),
		.listed_by = NEED(MAPS) | NEED(MEMORIES),
		.users_by  = NEED(MAPS) | NEED(MEMORIES),
		.amount	= FIELD_SIZE,
		.columns = "ref,owner,size,type,path,age,users",
		.wide	= "ref,owner,mode,size,used,type,path,age,users",
		.refs	= "mapping:INODE, or mapping:MAJOR:MINOR/INODE",
	},
	.list	= mapping_list,
	.vma	= mapping_vma,
	.vma_shared = true,
	.settle	= mapping_settle,
};
