/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_HELPER_H
#define HOST_HELPER_H

/*
 * What may never return - a look-up on a file system whose server is dead, a
 * page of foreign memory that such a file backs - is done by a process of its
 * own, which is left behind when it does not answer in time: a thread stuck in
 * the kernel would keep this program from ending.
 */

#include "host/host.h"

/* The words of one request and its answer, in memory that both share. */
struct helper_call {
	pid_t pid;		/* thread whose /proc directory it is about; 0: our own */
	int at;			/* lookup: AT_FDCWD or one of its descriptors */
	uint64_t addr;		/* memory: where, and how many bytes */
	uint64_t size;
	char path[4096];	/* lookup: what to look up; answer: where it is */
	struct host_stat st;	/* answer */
	unsigned char data[8192];	/* answer: memory */
	uint64_t dev;		/* the file system being asked right now; 0: none */
	uint64_t silent[8];	/* file systems, or pids, that did not answer before */
};

#define HELPER_MEMORY	sizeof(((struct helper_call *)0)->data)

/*
 * Looks up in the helper process; 0 or -errno, -ETIMEDOUT if there was no
 * answer, and at once for a file system that did not answer before. May be
 * called by several threads, one is served at a time. @call->path holds at
 * most PATH_MAX bytes and a NUL.
 */
int helper_lookup(struct helper_call *call);
/* Copies @call->size bytes, at most HELPER_MEMORY, of the memory of @call->pid. */
int helper_memory(struct helper_call *call);
/* host_ops.connect_test() with @call->path and what must be there, @call->st. */
int helper_connect(struct helper_call *call);
/* In the helper: goes on with file system @dev, or process -@dev; -ETIMEDOUT if
 * that did not answer before. */
int helper_enter(struct helper_call *call, uint64_t dev);
/* In the helper: the look-up itself, which may block. */
int lookup_path(struct helper_call *call);
int connect_path(struct helper_call *call);

#endif
