// SPDX-License-Identifier: GPL-2.0-or-later
/* System V message queues: msgctl(2), /proc/sysvipc/msg, ipc/msg.c. */
#include "sysv.h"

static void msg_list(struct collector *col)
{
	static const struct sysv_table table = {
		.class = CLASS_msg, .kind = SYSV_MSG,
		.path = "/proc/sysvipc/msg", .id = "msqid",
		.fields = {
			{ COLUMN_SIZE, FIELD_USED }, { COLUMN_NR, FIELD_MESSAGES },
			{ COLUMN_PID, FIELD_LSPID }, { COLUMN_PID2, FIELD_LRPID },
			{ COLUMN_ATIME, FIELD_STIME }, { COLUMN_DTIME, FIELD_RTIME },
			{ COLUMN_QBYTES, FIELD_QBYTES },
		},
	};

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
		.persistence	= PERSISTENCE_KERNEL,
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
