// SPDX-License-Identifier: GPL-2.0-or-later
/* System V message queues: msgctl(2), /proc/sysvipc/msg, ipc/msg.c. */
#include "sysv.h"

static void msg_fill(struct snapshot *snap, uint32_t object,
		     const struct sysv_line *line)
{
	const struct sysv_stat *st = &line->st;

	object_set(snap, object, FIELD_USED, st->size);
	object_set(snap, object, FIELD_MESSAGES, st->nr);
	object_set(snap, object, FIELD_LSPID, (uint64_t)st->pid);
	object_set(snap, object, FIELD_LRPID, (uint64_t)st->pid2);
	object_set(snap, object, FIELD_STIME, (uint64_t)st->atime);
	object_set(snap, object, FIELD_RTIME, (uint64_t)st->dtime);
	if (st->qbytes)
		object_set(snap, object, FIELD_QBYTES, st->qbytes);
}

static void msg_list(struct collector *col)
{
	struct sysv_table table = {
		.class = CLASS_msg, .kind = SYSV_MSG,
		.path = "/proc/sysvipc/msg", .id = "msqid",
		.fill = msg_fill,
	};

	if (object_wants(col->snap, CLASS_msg, FIELD_QBYTES))
		table.stat_only = FIELD_QBYTES;
	sysv_list(col, &table);
}

static const struct class_field msg_fields[] = {
	HAS(KEY), HAS(IPC_NS), HAS(UID), HAS(GID), HAS(CUID), HAS(CGID),
	HAS(MODE), HAS(USED), HAS(MESSAGES), HAS(QBYTES), HAS(LSPID),
	HAS(LRPID), HAS(CTIME), HAS(STIME), HAS(RTIME),
};

DEFINE_CLASS(msg) = {
	.info = {
		.name	= "msg",
		.title	= "System V message queue",
		.noun	= "queue",
		.manual	= "msgget(2), msgsnd(2), sysvipc(7)",
		.space	= SPACE_MSG,
		.groups	= GROUP_SYSV,
		.persistence	= LIVES_KERNEL,
		FIELDS(msg_fields),
		.listed_by = NEED(SYSV),
		.waits_by  = NEED(CALLS),
		.amount	= FIELD_MESSAGES,
		.unit	= "msg",
		.columns = "ref,key,owner,mode,messages,used,qbytes,state,age,idle,users",
		.wide	= "ref,key,owner,group,mode,messages,used,qbytes,state,age,idle,last_by,users",
		.last_use_fields = { FIELD_STIME, FIELD_RTIME },
		.refs	= "msg:ID or msg:0xKEY",
	},
	.list	= msg_list,
};
