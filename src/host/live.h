/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_LIVE_H
#define HOST_LIVE_H

/* The operations of the live host, and what they have in common. */

#include <stdatomic.h>
#include <sys/stat.h>

#include "host.h"

#define OP(type, name, args)	type live_##name args;
#include "ops.def"
#undef OP

/* statx(2), not synced with a server, nothing mounted by it; 0 or -errno. */
int live_statx(int dir, const char *path, int how, unsigned int mask, struct statx *st);
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

/* Opens the namespace, of whatever type, that a file is; see open_ipc_ns(). */
int live_open_ns(pid_t tid, const struct host_dir *at, const char *path, uint64_t *ino);
/* Calls @work in a thread that has entered the namespace open as @ns; 0 or -errno. */
int live_visit(int ns, int type, void (*work)(void *arg), void *arg);
/* This thread has. */
extern _Thread_local bool live_is_away;

/* semctl(2) has its caller define it. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

/* One of many questions in one request. */
struct helper_item {
	pid_t tid;
	int fd;			/* AT_FDCWD: it is about a path */
	int err;
	uint64_t number;
};

/* What may never return - a look-up on a file system whose server is dead, a page of foreign
 * memory that such a file backs - is done by a process of its own, which is left behind when
 * it does not answer in time: a thread stuck in the kernel would keep this program from
 * ending. The words of one request and its answer, in memory that both share. */
struct helper_call {
	pid_t pid;		/* thread whose /proc directory it is about; 0: our own */
	int at;			/* lookup: AT_FDCWD or one of its descriptors */
	unsigned int flags;	/* lookup: HOST_IN_ROOT, HOST_NO_LAST_LINK */
	uint64_t addr;		/* memory: where, and how many bytes */
	uint64_t size;
	int fd;			/* a descriptor that goes along, and one that comes back; 0: none */
	char path[4096];	/* lookup: what to look up; answer: where it is */
	uint32_t nr;		/* batch: of items; their paths, one behind the other */
	char paths[8192];
	struct helper_item items[256];
	struct host_stat st;	/* answer; of a socket to connect to: what it must be */
	char *data;		/* answer, in the helper: HELPER_ROOM bytes, of which @size count */
	uint64_t dev;		/* the file system being asked right now; 0: none */
	uint64_t silent[64];	/* file systems, or pids, that did not answer before */
};

#define HELPER_ROOM	(256 * 1024)

/* What else than a file system may not answer: no device has such a number, nor less a pid. */
#define HELPER_NAMES		(1ull << 63)
#define HELPER_PROCESSES	(HELPER_NAMES + 1)

/* Has the helper process do @work, which may block: its result, -ETIMEDOUT if there was no
 * answer, and at once for a file system that did not answer before. What it has written to
 * call->data is added to @data. May be called by several threads, one is served at a time. */
int helper_ask(int (*work)(struct helper_call *call), struct helper_call *call, struct buf *data);
/* In the helper: goes on with file system @dev, or process -@dev; -ETIMEDOUT if
 * that did not answer before. */
int helper_enter(struct helper_call *call, uint64_t dev);
/* In the helper: what host_stat.vfs is of what call->path leads to; 0 or -errno. */
int live_find_vfs(struct helper_call *call, uint64_t *vfs);
/* In the helper: a thread that lives of process @pid, whose first has ended and has neither
 * files nor a root any more; 0: none. */
pid_t lookup_living(pid_t pid);
/* A descriptor of the network namespace of socket call->addr, call->at of thread call->pid. */
int live_copy_socket_ns(struct helper_call *call);

/* The same of what SIGKILL ends, and so the end of this program: a thread can do it, which
 * costs less than a process. After -ETIMEDOUT @thread is the thread's own. */
struct helper_thread {
	void (*work)(struct helper_thread *thread);
	_Atomic uint32_t turn;
	_Atomic pid_t tid;
};

int helper_by_thread(struct helper_thread *thread, uint64_t dev);

#define HOST_NO_LAST_LINK	(1 << 8)	/* what the path leads to may be a link itself */

/* In the helper: the file that call->path means, seen from call->fd if there is one, as
 * O_PATH, and its call->st; or -errno. */
int lookup_place(struct helper_call *call);
/* Start of a process in clock ticks; 0 if there is none. */
uint64_t live_start_of(pid_t pid);
/* A file of notes of ours that one run leaves to the next, below /run; -1. */
int live_open_note(const char *name, int flags);

/* What is not in a file system of the kernel may wait for ever, the listing of a directory in
 * memory, too: it is locked while a file is removed that somebody writes a page to which does
 * not come. All of that goes through here. */
int foreign_ask(const struct host_dir *at, const char *path, bool follow,
		int (*work)(struct helper_call *call), struct helper_call *call, struct buf *data);
int foreign_open(const struct host_dir *at, const char *path, bool follow, struct host_stat *st);
/* The same as O_PATH of what the path means to thread @tid. */
int foreign_open_as(pid_t tid, const char *path);
int foreign_stat(const struct host_dir *at, const char *path, unsigned int flags,
		 struct host_stat *st);
int foreign_open_dir(const struct host_dir *at, const char *path, bool follow,
		     struct host_dir *dir);
/* As getdents64(2), of a directory that is near; less than half of @size is all that is left. */
ssize_t foreign_get_entries(const struct host_dir *dir, char *to, size_t size);
int foreign_read_dir(struct host_dir *dir, struct buf *scratch, host_dir_fn *each, void *arg);
int foreign_read(const struct host_dir *at, const char *path, pid_t pid, struct buf *buf);
ssize_t foreign_read_link(const struct host_dir *at, const char *path, char *to, size_t size);
/* What live_fs_magic() is asked for, of files that are not the kernel's own. */
int fs_find_magic(const struct host_dir *at, const char *path, uint64_t *magic);
/* The magic number of file system @dev, if it was asked for, or is @set. */
bool fs_known_magic(uint64_t dev, uint64_t *magic, bool set);
/* Whether what is open as @place, of device @dev, is on a disk of ours or in memory. */
bool fs_is_local(int place, uint64_t dev);
bool fs_is_memory(uint64_t dev);

#endif
