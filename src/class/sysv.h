/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_SYSV_H
#define CLASS_SYSV_H

/* What the three System V classes share. */

#include "class.h"

/* What is told of an object, by *_STAT_ANY and by the text of /proc/sysvipc. */
enum sysv_column {
	COLUMN_NONE, COLUMN_KEY, COLUMN_ID, COLUMN_PERMS, COLUMN_SIZE,
	COLUMN_NR, COLUMN_PID, COLUMN_PID2, COLUMN_UID, COLUMN_GID,
	COLUMN_CUID, COLUMN_CGID, COLUMN_ATIME, COLUMN_DTIME, COLUMN_CTIME,
	COLUMN_QBYTES,		/* not in the text */
	COLUMN_RSS, COLUMN_SWAP, COLUMN_USED,	/* only in the text */
	NR_COLUMNS
};
#define COLUMNS_OF_TEXT	(1u << COLUMN_RSS | 1u << COLUMN_SWAP | 1u << COLUMN_USED)

/* One object as either source tells it; what is not known is no 0. */
struct sysv_line {
	uint32_t known;		/* 1u << COLUMN_... */
	uint64_t value[NR_COLUMNS];
};

struct sysv_field {
	enum sysv_column column;
	enum field_id field;
};

struct sysv_table {
	enum class_id class;
	enum sysv_kind kind;
	const char *path;	/* /proc/sysvipc/... */
	const char *id;		/* the id's column there */
	struct sysv_field fields[10];	/* besides those all have; FIELD_NONE ends */
};

/* Adds one object for each in the table: by *_STAT_ANY, or by the text of /proc/sysvipc if
 * only that has what is asked or few ids of many are in use. */
void sysv_list(struct collector *col, const struct sysv_table *table);

/* When a segment was made, in nanoseconds since 1970; 0: not told. */
static inline uint64_t shm_made(const struct host_stat *st)
{
	return st->btime > 0 ? (uint64_t)st->btime * 1000000000 + st->btime_ns : 0;
}

/* The segment of an id in namespace @ns: the tool's own, that of thread @tid or, if @tid is 0, one
 * that was opened. -EINVAL: there is none. */
int shm_segment(struct collector *col, uint64_t ns, pid_t tid, int id, struct sysv_stat *st);
/* Tells of which segment each attachment is: see ipc_class. */
void shm_settle(struct collector *col, struct attachments *attached);

#endif
