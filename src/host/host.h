/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_H
#define HOST_H

/*
 * The only way to the kernel. The live one makes system calls; the fake one of the tests
 * answers from a text. No other file
 * opens anything in /proc.
 *
 * Functions return 0 or a positive count, or -errno. All may be called from
 * several threads at once unless said otherwise. Nothing here changes what it
 * looks at: no time stamp, no count, no waking; pipe_fill(), open_diag_of() and connect_test()
 * apart.
 */

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipcscope/buf.h"
#include "ipcscope/host.h"

/* An open directory: of /proc, of a process, of a mount. */
struct host_dir {
	const struct host *host;
	int fd;			/* the live host's */
	bool foreign;		/* may not answer: foreign.c */
	bool local;		/* it answers; what is in it may be another file system */
	bool near;		/* on a disk of ours or in memory: only its lock may be waited for */
	bool looks;		/* whoever reads it calls stat() for each entry */
	const struct foreign_entry *entry;	/* in hand, while it is read */
	void *priv;		/* the fixture's */
};

struct host_stat {
	uint64_t dev;		/* makedev(3) */
	uint64_t rdev;
	uint64_t ino;
	uint32_t mode;		/* with the type bits of S_IFMT */
	uint32_t nlink;
	uid_t uid;
	gid_t gid;
	uint64_t size;		/* bytes */
	uint64_t used;		/* bytes allocated: st_blocks * 512 */
	int64_t atime, mtime, ctime;
	uint32_t atime_ns, mtime_ns, ctime_ns;
	bool fine;		/* nanoseconds are told */
	int64_t btime;		/* 0: not told */
	uint32_t btime_ns;	/* and so many nanoseconds */
	/* Of a socket, by find_file(): device << 32 | inode as UNIX_DIAG_VFS tells them, which
	 * in an overlay or a subvolume are others; 0: not told. */
	uint64_t vfs;
};

/* @dev as makedev(3) makes it; the kernel tells 32 bits of each. */
uint64_t host_vfs(uint64_t dev, uint64_t ino);

/* A mapping of a file: one line of /proc/PID/maps. */
struct host_vma {
	uint64_t start, end;
	uint64_t offset;
	uint64_t dev;
	uint64_t ino;
	uint64_t page_size;	/* 0: not told */
	uint8_t access;		/* 1 r, 2 w, 4 x: as enum access */
	bool shared;
	uint32_t len;		/* of name, without " (deleted)" */
	bool deleted;
	const char *name;	/* valid until the next call; "" if none */
};

struct host_maps {
	const struct host *host;
	int fd;
	bool query;		/* by PROCMAP_QUERY; else by text */
	bool private;		/* private mappings, too, of files on no block device */
	uint64_t next;		/* address, or offset in text */
	struct buf text;
	char name[4096 + 16];
};

enum sysv_kind { SYSV_SHM, SYSV_SEM, SYSV_MSG };

#define HOST_SHM_LOCKED	02000	/* in sysv_stat.mode */

/* shmid_ds, semid_ds or msqid_ds, whichever was asked; see shmctl(2). */
struct sysv_stat {
	int id;
	uint32_t key;
	uid_t uid, cuid;
	gid_t gid, cgid;
	uint32_t mode;		/* with SHM_DEST 01000 and SHM_LOCKED 02000 */
	uint64_t size;		/* shm: bytes; msg: bytes queued */
	uint64_t nr;		/* shm: nattch; sem: nsems; msg: messages */
	uint64_t qbytes;
	pid_t pid, pid2;	/* shm: creator, last; msg: last sent, received */
	int64_t ctime, atime, dtime;	/* sem: otime in atime; msg: stime, rtime */
};

/* SHM_INFO, SEM_INFO or MSG_INFO. */
struct sysv_totals {
	uint64_t objects;
	uint64_t parts;		/* shm: pages; sem: semaphores; msg: messages */
	uint64_t bytes;		/* msg: queued */
	uint64_t resident, swapped;	/* shm: pages */
	uint64_t swap_attempts, swap_successes;
};

struct host_mq {
	uint64_t maxmsg, msgsize, messages;
};

/* Room in a file system; all 0 where there is no limit. */
struct host_space {
	uint64_t bytes, free_bytes;
	uint64_t inodes, free_inodes;
};

/* libproc2's view of one process (in the starting thread only). */
struct host_process {
	char unit[256];		/* systemd unit it belongs to; "" if none */
	uint64_t start;		/* as in struct process */
};

/* A namespace: ioctl_nsfs(2). */
struct host_ns {
	uint64_t ino;
	uint64_t id;		/* never given to another since the boot; 0: not told */
	uint32_t type;		/* CLONE_NEWIPC and so on; 0: it is none */
	uint64_t user_ns;	/* whose capabilities count there; 0: not told */
	uid_t owner;		/* of that; (uid_t)-1: not told */
};

/* A sock_diag socket in one network namespace. */
struct host_diag {
	const struct host *host;
	uint64_t ns;		/* inode of the namespace; 0: the tool's own */
	int fd;
	void *priv;
};

/* One message of a dump, header included; not 0 ends it early. */
typedef int host_diag_fn(void *arg, const struct nlmsghdr *msg);

/* Not 0 ends the listing. */
typedef int host_dir_fn(void *arg, const char *name, uint64_t ino, unsigned char type);

enum host_shared { HOST_FILES, HOST_MEMORY };
#define HOST_BEFORE	1
#define HOST_AFTER	2

#define HOST_FOLLOW	(1 << 0)	/* stat what a /proc link leads to */
#define HOST_BTIME	(1 << 1)	/* btime too */
#define HOST_IN_ROOT	(1 << 2)	/* @at is the root of the path */

/* One of many questions: as which file, host_stat.vfs, @path leads to thread @tid (0: to us)
 * or, if @path is NULL, of which network namespace socket @number is, its descriptor @fd. */
struct host_ask {
	pid_t tid;
	int fd;
	const char *path;
	uint64_t number;	/* the answer: 0: no socket */
	int err;		/* 0 or -errno */
};

struct host_ops {
#define OP(type, name, args)	type (*name) args;
#include "ops.def"
#undef OP
};

struct host {
	const struct host_ops *ops;
};

/* How much of a link of /proc or the name of a mapping is the file's: what is
 * before " (deleted)". */
size_t host_link_name(const char *name, size_t len, bool *deleted);

/* Parses one line of /proc/PID/maps at @*text, and moves on behind it. The name stays in the
 * text. 1, 0 at the end of the text, -EBADMSG for a line that is not one (skipped). */
int host_parse_vma(const char **text, const char *end, struct host_vma *vma);

/* Takes the next line of /proc/PID/mountinfo off @*text: the type of a file system ("ext4")
 * and where it is mounted. False at the end. */
bool host_parse_mount(const char **text, const char *end, struct buf *type, struct buf *path);

/* The capabilities in effect, a bit each; 0 if they are not told. */
uint64_t host_capabilities(const struct host *host);
/* Adds the name of a user or group, escaped, or the number. Starting thread. */
void host_put_name(const struct host *host, bool group, uint32_t id, struct buf *to);

/* Columns of the terminal @fd is; 0 if it is none or does not tell. */
unsigned int host_terminal_width(int fd);

/* What all hosts must agree on. */

/* Whether a /proc file of that name, if empty, was kept from the reader: the
 * kernel opens it for uid 0 without capabilities and then says nothing. */
bool host_never_empty(const char *path);

/* Ends @name of @vma at its len, which " (deleted)" is taken off. */
void host_end_name(struct host_vma *vma, char *name, size_t len);
/* next_vma() and find_vma() of what is in maps->text. */
int host_next_in_text(struct host_maps *maps, struct host_vma *vma);
int host_find_in_text(struct host_maps *maps, uint64_t addr, struct host_vma *vma);

/* Where the next file system of @type in the text of /proc/PID/mountinfo at
 * @*text is mounted; @*text moves on. */
bool host_next_mount(const char **text, const char *end, const char *type, struct buf *path);

/* A dump under way. */
struct host_dump {
	uint32_t seq, port;	/* of the request; other messages are not ours */
	host_diag_fn *each;	/* NULL: what still comes is dropped */
	void *arg;
	bool mixed;		/* something changed while it was listed */
	bool done;
	int ret;		/* what ended it early: @each, or the kernel */
};

/* Takes one datagram of it; 0, or -EBADMSG if that is cut off or nonsense. */
int host_dump_messages(struct host_dump *dump, const void *data, size_t len);
/* What a dump that is done came to. */
int host_dump_result(const struct host_dump *dump);

/* The process that looks up what may never answer, which is no user of anything; 0:
 * there is none. */
extern _Atomic pid_t host_helper;
extern _Atomic uint32_t host_helper_sockets[2];	/* nor are these anybody's: their inodes */
/* At the start: what is opened next must not be taken for an output that the caller closed,
 * where writing fails as before; and a file that may grow no more (RLIMIT_FSIZE) is an error of
 * writing, not the end. */
void host_guard_outputs(void);
/* -ETIMEDOUT if file @path does not answer; else 0. */
int host_file_answers(const char *path);
/* -ETIMEDOUT if what @path is in, or would be in, does not answer; else 0. */
int host_answers(const char *path);
/* Whether only we and root can have written a file of settings, and can put another in its
 * place; -EPERM: others can. */
int host_trusts(const char *path);

#endif
