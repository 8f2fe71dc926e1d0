/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_HOST_H
#define IPCSCOPE_HOST_H

/*
 * The only way to the kernel. The live one (src/host/live.c) makes system
 * calls; the fixture (src/host/fixture.c) answers from a text. No other file
 * opens anything in /proc.
 *
 * Functions return 0 or a positive count, or -errno. All may be called from
 * several threads at once unless said otherwise. Nothing here changes what it
 * looks at: no time stamp, no count, no waking; pipe_fill() and connect_test()
 * apart.
 */

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipcscope/buf.h"

struct host;

/* An open directory: of /proc, of a process, of a mount. */
struct host_dir {
	const struct host *host;
	int fd;			/* the live host's */
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
	int64_t btime;		/* 0: not told */
};

/* A shared mapping of a file: one line of /proc/PID/maps. */
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
	int64_t started;	/* seconds since 1970 */
};

/* A sock_diag socket in one network namespace. */
struct host_diag {
	const struct host *host;
	int fd;
	void *priv;
};

/* One message of a dump, header included; not 0 ends it early. */
typedef int host_diag_fn(void *arg, const struct nlmsghdr *msg);

/* Not 0 ends the listing. */
typedef int host_dir_fn(void *arg, const char *name, uint64_t ino,
			unsigned char type);

#define HOST_FOLLOW	(1 << 0)	/* stat what a /proc link leads to */
#define HOST_BTIME	(1 << 1)	/* btime too */

struct host_ops {
	/*
	 * A directory below @at (NULL: an absolute path); never through a
	 * last symbolic link, unless @path is one of the magic ones of /proc.
	 */
	int (*open_dir)(const struct host *host, const struct host_dir *at,
			const char *path, struct host_dir *dir);
	void (*close_dir)(struct host_dir *dir);
	/* Everything but . and .., in the kernel's order. @scratch is used. */
	int (*read_dir)(struct host_dir *dir, struct buf *scratch,
			host_dir_fn *each, void *arg);
	/* Everything in a file of /proc or /sys; @buf is emptied first. A
	 * file that may be opened but gives -EPERM or nothing where there
	 * must be something is -EACCES (see KERNEL: uid 0 without caps). */
	int (*read_file)(const struct host *host, const struct host_dir *at,
			 const char *path, struct buf *buf);
	/* Bytes of the target (not NUL-terminated: it is, if it fits). */
	ssize_t (*read_link)(const struct host *host, const struct host_dir *at,
			     const char *path, char *to, size_t size);
	/* statx(AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT). @path "" is @at itself. */
	int (*stat)(const struct host *host, const struct host_dir *at,
		    const char *path, unsigned int flags, struct host_stat *st);
	/* Magic number of the file system that a link of /proc leads to. Asks
	 * the file system, so a dead network mount may hang: first stat(). */
	int (*fs_magic)(const struct host *host, const struct host_dir *at,
			const char *path, uint64_t *magic);
	/* statfs(2) of the file system @path is on; may hang likewise. */
	int (*fs_space)(const struct host *host, const char *path,
			struct host_space *space);
	/* First bytes of a regular file in /dev/shm, atime unchanged
	 * (O_NOATIME|O_NOFOLLOW|O_NONBLOCK); bytes read. */
	ssize_t (*peek)(const struct host *host, const struct host_dir *at,
			const char *path, void *to, size_t size);

	/* @proc is a /proc/PID directory. PTRACE_MODE_READ. */
	int (*open_maps)(const struct host_dir *proc, struct host_maps *maps);
	/* The next shared mapping of a file; 1, or 0 at the end. */
	int (*next_vma)(struct host_maps *maps, struct host_vma *vma);
	/* The mapping at @addr, of whatever kind; 1, or 0 if there is none. */
	int (*find_vma)(struct host_maps *maps, uint64_t addr,
			struct host_vma *vma);
	void (*close_maps)(struct host_maps *maps);
	/* process_vm_readv(2); -EACCES, or short counts as -EFAULT. */
	int (*read_memory)(const struct host *host, pid_t pid, uint64_t addr,
			   void *to, size_t size);

	/* Highest index in use, -1 (or, the kernel does not tell, 0) if none;
	 * IPC_INFO. How many objects there are, too, if @used is not NULL;
	 * SHM_INFO. -ENOSYS: the kernel has no System V IPC. */
	int (*sysv_max)(const struct host *host, enum sysv_kind kind,
			int *max, uint32_t *used);
	/* What all objects of a kind add up to. */
	int (*sysv_totals)(const struct host *host, enum sysv_kind kind,
			   struct sysv_totals *totals);
	/* *_STAT_ANY of an INDEX; -EINVAL: a hole. */
	int (*sysv_stat)(const struct host *host, enum sysv_kind kind,
			 int index, struct sysv_stat *st);
	/* GETALL: @nr values. -EACCES without read permission; -EIDRM: the id
	 * went to a larger set meanwhile. */
	int (*sem_values)(const struct host *host, int id, uint32_t nr,
			  uint16_t *values);
	/* GETPID, GETNCNT, GETZCNT of one semaphore. */
	int (*sem_detail)(const struct host *host, int id, uint32_t num,
			  pid_t *pid, uint32_t *ncnt, uint32_t *zcnt);

	/* Message queues of this IPC namespace, by a detached mount, else by
	 * the mounted /dev/mqueue. -EPERM: neither; -ENOSYS: not supported. */
	int (*open_mqueues)(const struct host *host, struct host_dir *dir);
	/* Of a queue in that directory, or of one that the link @name of
	 * /proc/PID/fd leads to: -EINVAL if that is none. */
	int (*mq_attr)(const struct host *host, const struct host_dir *dir,
		       const char *name, struct host_mq *mq);

	/* sock_diag in the network namespace of the process whose /proc/PID
	 * is @proc (NULL: the tool's own). -EPERM: may not enter it. */
	int (*open_diag)(const struct host *host, const struct host_dir *proc,
			 struct host_diag *diag);
	/* Sends @req as a dump request of @type, calls @each for every
	 * answer. The error in NLMSG_DONE is returned (-ENOENT: this kernel
	 * lacks the handler). -EINTR: changed meanwhile (NLM_F_DUMP_INTR):
	 * what came is a mixture; ask again. */
	int (*dump)(struct host_diag *diag, uint16_t type, const void *req,
		    size_t len, host_diag_fn *each, void *arg);
	void (*close_diag)(struct host_diag *diag);
	/* "UNIX-STREAM", "TCP", ...: system.sockprotoname of a descriptor. */
	ssize_t (*sock_protocol)(const struct host *host,
				 const struct host_dir *fds, const char *fd,
				 char *to, size_t size);

	/* Unread bytes and capacity of a pipe, by duplicating an end for a
	 * microsecond (pidfd_getfd): for `show` alone. */
	int (*pipe_fill)(const struct host *host, pid_t pid, int fd,
			 uint64_t *unread, uint64_t *capacity);

	/*
	 * Whether a socket is bound to @path, in whatever network namespace:
	 * 1, or 0 if a datagram socket of ours is refused. -ESTALE: another
	 * file than that of @st is there. For stale, clean and rm alone, and
	 * paths that no live socket was seen to have (KERNEL: a live datagram
	 * socket's path gets a new atime).
	 */
	int (*connect_test)(const struct host *host, const char *path,
			    const struct host_stat *st);

	/* @buf gets the name; -ENOENT: the id has none. Starting thread. */
	int (*id_name)(const struct host *host, bool group, uint32_t id,
		       struct buf *buf);
	int (*name_id)(const struct host *host, bool group, const char *name,
		       uint32_t *id);
	/* Devices of the kernel's own tmpfs and hugetlbfs mounts, where
	 * segments and memfds live; how many were put in @devs. */
	int (*memory_devs)(const struct host *host, uint64_t *devs, int room);
	/* What libproc2 says of @pid; -ESRCH. Starting thread only. */
	int (*process)(const struct host *host, pid_t pid,
		       struct host_process *proc);
	/* Seconds since 1970. */
	int64_t (*now)(const struct host *host);
	/* uname and the ids of the caller. */
	int (*identity)(const struct host *host, struct buf *hostname,
			struct buf *kernel, uid_t *uid, pid_t *pid,
			uint32_t *ticks, uint32_t *page_size);
};

struct host {
	const struct host_ops *ops;
};


/* How much of a link of /proc or the name of a mapping is the file's: what is
 * before " (deleted)". */
size_t host_link_name(const char *name, size_t len, bool *deleted);

/*
 * Parses one line of /proc/PID/maps at @*text, and moves on behind it. The
 * name stays in the text. 1, 0 at the end of the text, -EBADMSG for a line
 * that is not one (skipped).
 */
int host_parse_vma(const char **text, const char *end, struct host_vma *vma);

/*
 * Takes the next line of /proc/PID/mountinfo off @*text: the type of a file
 * system ("ext4") and where it is mounted. False at the end.
 */
bool host_parse_mount(const char **text, const char *end, struct buf *type,
		      struct buf *path);

/* Adds the name of a user or group, escaped, or the number. Starting thread. */
void host_put_name(const struct host *host, bool group, uint32_t id,
		   struct buf *to);

/* Columns of the terminal @fd is; 0 if it is none or does not tell. */
unsigned int host_terminal_width(int fd);

extern const struct host live_host;

#endif
