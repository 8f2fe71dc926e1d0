// SPDX-License-Identifier: GPL-2.0-or-later
/* What is to be removed, as it was when that was decided. */
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "make.h"
#include "ipcscope/render.h"
#include "ipcscope/text.h"

const char *const outcome_words[NR_OUTCOMES] = {
	[OUTCOME_PLANNED]	= "remove",
	[OUTCOME_REMOVED]	= "removed",
	[OUTCOME_GONE]		= "gone",
	[OUTCOME_SKIPPED]	= "skipped",
	[OUTCOME_REFUSED]	= "refused",
	[OUTCOME_FAILED]	= "failed",
	[OUTCOME_REPORTED]	= "report",
	[OUTCOME_STOPPED]	= "stopped",
};

void target_query(struct query *query)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_NAME, FIELD_PATH, FIELD_UID, FIELD_OWNER,
		FIELD_GID, FIELD_CUID, FIELD_CGID, FIELD_MODE, FIELD_SIZE,
		FIELD_USED, FIELD_NSEMS, FIELD_MESSAGES,
		FIELD_MAXMSG, FIELD_MSGSIZE, FIELD_QBYTES, FIELD_ATTACHES,
		FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_LRPID, FIELD_CTIME,
		FIELD_ATIME, FIELD_DTIME, FIELD_OTIME, FIELD_STIME, FIELD_RTIME,
		FIELD_MTIME, FIELD_BTIME, FIELD_AMOUNT,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
}

void removal_query(struct query *query)
{
	target_query(query);
	query_add_field(query, FIELD_VALUES);
	query_add_field(query, FIELD_STATE);
	query_add_field(query, FIELD_USERS);
}

bool removal_can_prove(enum class_id class)
{
	return class == CLASS_pshm || class == CLASS_psem || class == CLASS_pmsg;
}

enum sysv_kind target_sysv_kind(enum class_id class)
{
	return class == CLASS_shm ? SYSV_SHM : class == CLASS_sem ? SYSV_SEM :
	       SYSV_MSG;
}

void removal_init(struct removal *rm, const char *command)
{
	*rm = (struct removal){
		.command = command, .host = &live_host, .log = -1, .lock = -1,
		.ops = &live_write_ops, .save_limit = 64 << 20,
	};
}

static uint64_t num_of(const struct snapshot *snap, const struct object *obj,
		       enum field_id field)
{
	uint64_t num = 0;

	object_num(snap, obj, field, &num);
	return num;
}

#define NUM(field)	num_of(snap, obj, FIELD_##field)

static void fill_sysv(struct target *target, const struct snapshot *snap,
		      const struct object *obj)
{
	target->sysv = (struct sysv_stat){
		.id = (int)obj->key.id, .key = (uint32_t)NUM(KEY),
		.uid = target->uid, .gid = (gid_t)NUM(GID),
		.cuid = (uid_t)NUM(CUID), .cgid = (gid_t)NUM(CGID),
		.mode = (uint32_t)NUM(MODE), .ctime = (int64_t)NUM(CTIME),
	};
	switch (target->class) {
	case CLASS_shm:
		target->sysv.size = NUM(SIZE);
		target->sysv.nr = NUM(ATTACHES);
		target->sysv.pid = (pid_t)NUM(CPID);
		target->sysv.pid2 = (pid_t)NUM(LPID);
		target->sysv.atime = (int64_t)NUM(ATIME);
		target->sysv.dtime = (int64_t)NUM(DTIME);
		target->bytes = target->memory = target->sysv.size;
		break;
	case CLASS_sem:
		target->sysv.nr = NUM(NSEMS);
		target->sysv.atime = (int64_t)NUM(OTIME);
		break;
	default:
		target->sysv.size = NUM(USED);
		target->sysv.nr = NUM(MESSAGES);
		target->sysv.qbytes = NUM(QBYTES);
		target->sysv.pid = (pid_t)NUM(LSPID);
		target->sysv.pid2 = (pid_t)NUM(LRPID);
		target->sysv.atime = (int64_t)NUM(STIME);
		target->sysv.dtime = (int64_t)NUM(RTIME);
		target->bytes = target->memory = target->sysv.size;
		break;
	}
}

static void fill_values(struct removal *rm, struct target *target,
			const struct snapshot *snap, const struct object *obj)
{
	const struct sems *sems = object_sems(snap, obj);
	uint32_t i;

	if (!sems || sems->nr != target->sysv.nr)
		return;
	target->values = arena_alloc(&rm->arena,
				     (sems->nr + 1) * sizeof(*target->values));
	for (i = 0; i < sems->nr; i++)
		target->values[i] = sems->sem[i].value;
}

static mode_t type_of(enum class_id class)
{
	return class == CLASS_fifo ? S_IFIFO : class == CLASS_unix ? S_IFSOCK :
	       S_IFREG;
}

static void fill_file(struct target *target, const struct snapshot *snap,
		      const struct object *obj)
{
	target->file = (struct host_stat){
		.dev = obj->key.ns, .ino = obj->key.id,
		.mode = (uint32_t)NUM(MODE) | type_of(target->class),
		.uid = target->uid, .gid = (gid_t)NUM(GID), .size = NUM(SIZE),
		.used = NUM(USED), .atime = (int64_t)NUM(ATIME),
		.mtime = (int64_t)NUM(MTIME), .ctime = (int64_t)NUM(CTIME),
		.btime = (int64_t)NUM(BTIME),
	};
	target->mq = (struct host_mq){
		.maxmsg = NUM(MAXMSG), .msgsize = NUM(MSGSIZE),
		.messages = NUM(MESSAGES),
	};
	if (target->class == CLASS_pshm || target->class == CLASS_psem)
		target->bytes = target->memory = target->file.used;
	if (target->class == CLASS_pmsg)
		target->file.size = 80;	/* ipc/mqueue.c: FILENT_SIZE */
}

const struct str *object_path(struct arena *arena, enum class_id class,
			      const struct str *name)
{
	const char *prefix = class == CLASS_pshm ? "/dev/shm/" :
			     class == CLASS_psem ? "/dev/shm/sem." : "/";
	struct buf path = {};
	const struct str *made;

	if (!name || !name->len || name->data[0] != '/' ||
	    memchr(name->data, '\0', name->len))
		return NULL;
	buf_puts(&path, prefix);
	buf_add(&path, name->data + 1, name->len - 1);
	made = arena_str(arena, path.data, path.len);
	buf_free(&path);
	return made;
}

/* Somebody who has all of the segment mapped in one piece. */
static void find_mapping(struct target *target, const struct snapshot *snap,
			 const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind != EDGE_ATTACHED || edge->offset ||
		    edge->length < target->sysv.size ||
		    edge->process == NO_INDEX)
			continue;
		target->seen_pid = snap->processes.at[edge->process].pid;
		target->seen_start = edge->address;
		target->seen_end = edge->address + edge->length;
		return;
	}
}

static const struct str *cell_of(struct removal *rm, const struct snapshot *snap,
				 const struct object *obj, enum field_id field)
{
	const struct view view = { .width = 80, .terminal = true };
	struct buf text = {};
	const struct str *made;

	render_cell(&text, &view, snap, obj, field, 0);
	made = arena_str(&rm->arena, text.data ? text.data : "", text.len);
	buf_free(&text);
	return made;
}

static const struct str *reason_of(struct arena *arena,
				   const struct finding *finding,
				   unsigned int room)
{
	struct buf text = {};
	const struct str *made;

	if (finding)
		finding_why(&text, finding, room);
	made = arena_str(arena, text.data ? text.data : "", text.len);
	buf_free(&text);
	return made;
}

struct target *removal_add(struct removal *rm, const struct snapshot *snap,
			   uint32_t object, const struct finding *finding)
{
	const struct object *obj = &snap->objects.at[object];
	struct target *target = vec_add(&rm->targets);

	target->object = object;
	target->class = obj->class;
	target->key = obj->key;
	target->uid = (uid_t)NUM(UID);
	target->ref = cell_of(rm, snap, obj, FIELD_REF);
	target->owner = cell_of(rm, snap, obj, FIELD_OWNER);
	target->amount = cell_of(rm, snap, obj, FIELD_AMOUNT);
	target->verdict = finding ? finding->verdict : VERDICT_UNKNOWN;
	target->brief = reason_of(&rm->arena, finding, WHY_BRIEF);
	target->sentence = reason_of(&rm->arena, finding, 0);
	if (target_is_sysv(target)) {
		fill_sysv(target, snap, obj);
		fill_values(rm, target, snap, obj);
		find_mapping(target, snap, obj);
	} else {
		fill_file(target, snap, obj);
		target->path = object_path(&rm->arena, target->class,
					   object_str(snap, obj, FIELD_NAME));
	}
	return target;
}

const char *target_impossible(const struct target *target,
			      const struct snapshot *snap)
{
	const struct object *obj = &snap->objects.at[target->object];
	uint64_t home = snap->host.home_dev[target->class];
	uint64_t flags = num_of(snap, obj, FIELD_FLAGS);

	switch (target->class) {
	case CLASS_shm:
	case CLASS_sem:
	case CLASS_msg:
		return obj->key.ns == snap->host.ipc_ns ? NULL :
		       "is in another IPC namespace";
	case CLASS_pshm:
	case CLASS_psem:
	case CLASS_pmsg:
	case CLASS_fifo:
		if (flags & IS(UNLINKED))
			return "has no name any more: it goes with the last process that has it";
		if (!target->path)
			return "has no path to reach it by";
		if (home && obj->key.ns != home)
			return "is in another namespace";
		return NULL;
	case CLASS_unix:
		if (target->key.space == SPACE_INODE)
			return target->path ? NULL :
			       "has no path to reach it by";
		return "is a live socket: it goes with its processes";
	default:
		return "cannot be removed: it goes with the last process that has it";
	}
}

void target_note(struct removal *rm, struct target *target,
		 enum outcome outcome, const char *brief, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	target->outcome = outcome;
	target->note = arena_str(&rm->arena, text, strlen(text));
	target->note_brief = arena_str(&rm->arena, brief, strlen(brief));
}
