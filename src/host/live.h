/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_LIVE_H
#define HOST_LIVE_H

/* The operations of the live host, and what they have in common. */

#include <sys/stat.h>

#include "host.h"

#define OP(type, name, args)	type live_##name args;
#include "ops.def"
#undef OP

void live_copy_stat(const struct statx *from, struct host_stat *st);
/* What host_stat.vfs is of the file open as @fd, which thread @pid (0: we) found. */
uint64_t live_vfs(int fd, pid_t pid, const struct statx *st);
/* Opens what @place, a descriptor of O_PATH, is of: it can no longer be
 * exchanged. A descriptor, or -errno. */
int live_reopen(int place, int flags);
/* Of a call that is interrupted: a filter may do so for ever. */
#define LIVE_TRIES	100

/* All that can be read from @fd. */
int live_read_fd(int fd, struct buf *buf);
/* A System V object by id, with read permission: IPC_STAT. */
int live_sysv_by_id(enum sysv_kind kind, int id, struct sysv_stat *st);
/* shmctl(2), semctl(2) or msgctl(2); their result, or -errno. */
int live_sysv_control(enum sysv_kind kind, int id, int command, void *data);

/* semctl(2) has its caller define it. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

/* What may never return - a look-up on a file system whose server is dead, a page of foreign
 * memory that such a file backs - is done by a process of its own, which is left behind when
 * it does not answer in time: a thread stuck in the kernel would keep this program from
 * ending. The words of one request and its answer, in memory that both share. */
struct helper_call {
	pid_t pid;		/* thread whose /proc directory it is about; 0: our own */
	int at;			/* lookup: AT_FDCWD or one of its descriptors */
	unsigned int flags;	/* lookup: HOST_IN_ROOT */
	uint64_t addr;		/* memory: where, and how many bytes */
	uint64_t size;
	char path[4096];	/* lookup: what to look up; answer: where it is */
	struct host_stat st;	/* answer; of a socket to connect to: what it must be */
	unsigned char data[8192];	/* answer: memory */
	uint64_t dev;		/* the file system being asked right now; 0: none */
	uint64_t silent[8];	/* file systems, or pids, that did not answer before */
};

/* Has the helper process do @work, which may block: its result, -ETIMEDOUT if there was no
 * answer, and at once for a file system that did not answer before. May be called by several
 * threads, one is served at a time. */
int helper_ask(int (*work)(struct helper_call *call), struct helper_call *call);
/* In the helper: goes on with file system @dev, or process -@dev; -ETIMEDOUT if
 * that did not answer before. */
int helper_enter(struct helper_call *call, uint64_t dev);
/* In the helper: what call->path leads to, O_PATH; -errno. */
int live_open_path(struct helper_call *call);

#endif
